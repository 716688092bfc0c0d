//! A call that somebody who is not sure asked for, for staff in its conversation.

use app::callback::{self, Waiting};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::Staff;
use super::acts::run;
use super::conversation::ThreadPath;
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::Phone;
use crate::pages::staff::CallBlock;
use crate::run::WebState;

/// What staff read of it.
pub(super) fn block(locale: Locale, time: &SiteTime, found: &Waiting) -> CallBlock {
    let by = time.full(locale, found.due_at.micros());
    let hour = time.clock(locale, found.due_at.micros()).text;
    let key = if found.late { "staff-call-late" } else { "staff-call-by" };
    let mut who = locale.t1("staff-call-who", "name", &found.asked_by);
    if found.taken_back {
        who = format!("{who} {}", locale.t("staff-call-taken-back"));
    }
    CallBlock {
        title: locale.t1(key, "time", hour),
        by,
        who,
        calling: found.calling.as_ref().map(|who| locale.t1("staff-call-calling", "name", who)),
        phone: (!found.phone.is_empty()).then(|| Phone::new(&found.phone)),
        on_record: found
            .on_record
            .iter()
            .filter(|phone| **phone != found.phone)
            .map(|phone| Phone::new(phone))
            .collect(),
    }
}

/// The list that the page came from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallingForm {
    #[serde(default)]
    list: String,
}

/// `POST …/calling`: the reader is calling now.
pub async fn calling(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<CallingForm>,
) -> Result<Response> {
    let thread = path.id()?;
    run(&state, &staff, thread, &form.list, "", move |cx| callback::calling(cx, thread)).await
}
