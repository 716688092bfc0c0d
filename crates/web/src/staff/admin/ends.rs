//! What an administrator takes away from a log-in: asked first, with what follows from it, and done
//! with a reason that is kept.

use app::admin::ends::{self, End, Ended};
use app::admin::{self, PersonDetail};
use app::staff::TeamRow;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::care_team::TeamStatus;
use domain::ids::{CareTeamId, GrantId, Id as _};
use domain::message::Line;
use serde::Deserialize;

use super::PersonPath;
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::staff::{ConfirmPage, EndLine};
use crate::pages::{self, Chrome};
use crate::run::WebState;
use crate::staff::{Rail, Staff, desk, id, see, status, with_faults};

/// What is to be ended.
#[derive(Debug, Clone, Copy)]
enum What {
    LogIn,
    Membership(CareTeamId),
    Grant(GrantId),
}

impl What {
    /// Under the person's page: where the question stands and its form posts to.
    fn path(self) -> String {
        match self {
            Self::LogIn => "disable".to_owned(),
            Self::Membership(team) => format!("memberships/{team}/end"),
            Self::Grant(grant) => format!("grants/{grant}/end"),
        }
    }

    /// The question, what follows, and the button; `NotFound` when there is nothing of that to end.
    fn words(self, locale: Locale, found: &PersonDetail) -> Result<(String, String, String)> {
        let who = &found.line.profile.name;
        match self {
            Self::LogIn => Ok((
                locale.t1("staff-disable-title", "name", who),
                locale.t("staff-disable-signs-out"),
                locale.t("staff-disable-go"),
            )),
            Self::Membership(team) => {
                let own = found.teams.iter().find(|(own, _)| own.id == team);
                let name = &own.ok_or(Fault::NotFound)?.0.name;
                Ok((
                    locale.t2("staff-end-membership-title", "name", who, "team", name),
                    locale.t("staff-end-membership-ties"),
                    locale.t("staff-end-membership-go"),
                ))
            }
            Self::Grant(grant) => {
                let mut own = found.grants.iter().filter(|own| own.revoked_at.is_none());
                own.find(|own| own.id == grant).ok_or(Fault::NotFound)?;
                Ok((
                    locale.t1("staff-end-grant-title", "name", who),
                    locale.t("staff-end-grant-ties"),
                    locale.t("staff-end-grant-go"),
                ))
            }
        }
    }
}

async fn ask(
    state: &WebState,
    staff: &Staff,
    path: &PersonPath,
    what: What,
    (chrome, reason): (Chrome, String),
) -> Result<Response> {
    let of = path.id()?;
    let (frame, found) = state
        .read(staff.actor(), move |cx| Ok((app::staff::frame(cx)?, admin::show_person(cx, of)?)))
        .await?;
    let locale = staff.locale();
    let (title, follows, button) = what.words(locale, &found)?;
    let page = ConfirmPage {
        desk: desk(staff, &frame, Rail::On("/admin")),
        title,
        consequences: vec![follows, locale.t("staff-disable-keeps")],
        action: format!("{}/{}", path.page(), what.path()),
        hidden: Vec::new(),
        button,
        grave: true,
        asks_reason: true,
        reason,
        back: path.page(),
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// The answer to the question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndForm {
    #[serde(default)]
    confirm: String,
    #[serde(default)]
    reason: String,
}

async fn end(
    state: &WebState,
    staff: &Staff,
    path: &PersonPath,
    what: What,
    form: EndForm,
) -> Result<Response> {
    let of = path.id()?;
    if form.confirm != "yes" {
        return Ok(see(&format!("{}/{}", path.page(), what.path())));
    }
    let reason = match Line::parse(&form.reason) {
        Ok(reason) => reason,
        Err(error) => {
            let faults = [app::FieldError::text("reason", error)];
            let chrome = with_faults(staff.chrome(), &faults);
            return ask(state, staff, path, what, (chrome, form.reason)).await;
        }
    };
    let ended = state
        .write(staff.actor(), move |cx| match what {
            What::LogIn => ends::disable(cx, of, &reason),
            What::Membership(team) => ends::end_member(cx, team, of, &reason),
            What::Grant(grant) => ends::revoke_grant(cx, grant, of, &reason),
        })
        .await;
    match ended {
        Ok(()) => Ok(see(&format!("{}?done=saved", path.page()))),
        Err(app::Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            ask(state, staff, path, what, (chrome, form.reason)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET …/disable`
pub async fn ask_disable(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
) -> Result<Response> {
    let fresh = (staff.chrome(), String::new());
    ask(&state, &staff, &path, What::LogIn, fresh).await
}

/// `POST …/disable`
pub async fn disable(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<EndForm>,
) -> Result<Response> {
    end(&state, &staff, &path, What::LogIn, form).await
}

/// `GET …/memberships/{team}/end`
pub async fn ask_membership(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
) -> Result<Response> {
    let fresh = (staff.chrome(), String::new());
    ask(&state, &staff, &path, What::Membership(id(&path.team)?), fresh).await
}

/// `POST …/memberships/{team}/end`
pub async fn membership(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<EndForm>,
) -> Result<Response> {
    end(&state, &staff, &path, What::Membership(id(&path.team)?), form).await
}

/// `GET …/grants/{grant}/end`
pub async fn ask_grant(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
) -> Result<Response> {
    let fresh = (staff.chrome(), String::new());
    ask(&state, &staff, &path, What::Grant(id(&path.grant)?), fresh).await
}

/// `POST …/grants/{grant}/end`
pub async fn grant(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<EndForm>,
) -> Result<Response> {
    end(&state, &staff, &path, What::Grant(id(&path.grant)?), form).await
}

/// What was ended, as the person's page tells it.
pub(super) fn line(
    locale: Locale,
    time: &SiteTime,
    end: &End,
    teams: &[(TeamRow, TeamStatus)],
) -> EndLine {
    let what = match end.what {
        Ended::Disabled => locale.t("staff-ended-disabled"),
        Ended::Membership(team) => {
            let found = teams.iter().find(|(row, _)| row.id.as_uuid() == team);
            let name = found.map(|(row, _)| row.name.as_str()).unwrap_or_default();
            locale.t1("staff-ended-membership", "team", name)
        }
        Ended::Grant(grant) => {
            let tail = crate::staff::words::tail(&grant.to_string());
            locale.t1("staff-ended-grant", "right", tail)
        }
    };
    EndLine {
        what,
        reason: end.reason.clone(),
        by: end.by.clone(),
        at: time.full(locale, end.at.micros()),
    }
}
