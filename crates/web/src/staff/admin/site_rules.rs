//! `/admin/sites/{id}/rules`: what a site adds to the rules of the urgency check. A text is tried with what stands in
//! the form, before anything is kept; every kept text is a new version with a reason.

use app::admin::site_rules::{self, Tried};
use app::{Error, FieldError};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::SiteId;
use domain::message::Line;
use domain::urgency::{Lang, Level, SiteFault};
use serde::Deserialize;

use super::PersonPath;
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{FiredLine, SiteRulesPage, TriedText, VersionRow};
use crate::pages::{self, Chrome, Flash, FlashKind, Problem};
use crate::run::WebState;
use crate::staff::{Rail, Staff, desk, id, see, status, with_faults};

/// Faults that a page shows at most.
const FAULTS_MAX: usize = 30;

/// `?version=…` of an old version, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub struct RulesQuery {
    version: Option<i64>,
    done: Option<String>,
}

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulesForm {
    version: i64,
    rules: String,
    sample: String,
    spanish: String,
    reason: String,
    intent: String,
}

/// `GET …/rules`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Query(query): Query<RulesQuery>,
) -> Result<Response> {
    let mut chrome = staff.chrome();
    if query.done.is_some() {
        let text = chrome.t("site-rules-done");
        chrome.flash = Some(Flash { kind: FlashKind::Good, text, undo: None });
    }
    page(&state, &staff, id(&path.id)?, query.version, None, chrome).await
}

/// `POST …/rules`: tries a text, or keeps what was typed.
pub async fn set(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<RulesForm>,
) -> Result<Response> {
    let of: SiteId = id(&path.id)?;
    if form.intent == "save" {
        save(&state, &staff, of, form).await
    } else {
        try_out(&state, &staff, of, form).await
    }
}

async fn try_out(state: &WebState, staff: &Staff, of: SiteId, form: RulesForm) -> Result<Response> {
    let (rules, sample) = (form.rules.clone(), form.sample.clone());
    let lang = if form.spanish == "on" { Lang::Es } else { Lang::En };
    let tried = state
        .read(staff.actor(), move |cx| site_rules::try_out(cx, &rules, (&sample, Some(lang))))
        .await;
    let mut chrome = staff.chrome();
    let tried = match tried {
        Ok(Ok(tried)) => Some(tried),
        Ok(Err(faults)) => {
            chrome.problems.extend(problems(chrome.locale, &faults));
            None
        }
        Err(Error::Invalid(faults)) => {
            chrome = with_faults(chrome, &faults);
            None
        }
        Err(error) => return Err(error.into()),
    };
    page(state, staff, of, None, Some((form, tried)), chrome).await
}

async fn save(state: &WebState, staff: &Staff, of: SiteId, form: RulesForm) -> Result<Response> {
    let mut chrome = staff.chrome();
    let Ok(reason) = Line::parse(&form.reason) else {
        chrome = with_faults(chrome, &[FieldError::new("reason", "empty")]);
        return page(state, staff, of, None, Some((form, None)), chrome).await;
    };
    // Every example is held before the transaction that keeps the text.
    let rules = form.rules.clone();
    let checked = state.read(staff.actor(), move |cx| site_rules::check(cx, &rules)).await?;
    let checked = match checked {
        Ok(checked) => checked,
        Err(faults) => {
            chrome.problems.extend(problems(chrome.locale, &faults));
            return page(state, staff, of, None, Some((form, None)), chrome).await;
        }
    };
    let version = form.version;
    let kept = state
        .write(staff.actor(), move |cx| site_rules::save(cx, of, version, &checked, &reason))
        .await;
    match kept {
        Ok(_) => Ok(see(&format!("/admin/sites/{of}/rules?done=saved"))),
        // What was typed stays in the form; saving again would be on top of what somebody else kept.
        Err(Error::Conflict(_)) => {
            let text = chrome.t("site-rules-changed");
            chrome.problems.push(Problem { field: String::new(), text });
            page(state, staff, of, None, Some((form, None)), chrome).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What is wrong, line by line.
fn problems(locale: Locale, faults: &[SiteFault]) -> Vec<Problem> {
    let say = |fault: &SiteFault| {
        let key = format!("site-rules-fault-{}", fault.kind.code());
        let what = locale.t1(&key, "word", fault.word.as_str());
        let text = if fault.line == 0 {
            what
        } else {
            format!("{} {what}", locale.t1("site-rules-line", "n", fault.line))
        };
        Problem { field: "rules".to_owned(), text }
    };
    faults.iter().take(FAULTS_MAX).map(say).collect()
}

fn level(locale: Locale, level: Level) -> String {
    match level {
        Level::None => locale.t("site-rules-level-none"),
        level => locale.t(&format!("recognised-level-{}", level.as_str())),
    }
}

fn tried_text(locale: Locale, tried: Tried) -> TriedText {
    let spanish = locale.lang().starts_with("es");
    let fired = tried.fired.into_iter().map(|line| FiredLine {
        title: if spanish { line.titles.1 } else { line.titles.0 },
        level: level(locale, line.level),
        rule: line.rule,
        words: line.words,
    });
    TriedText {
        level: level(locale, tried.level),
        without: (tried.shipped != tried.level).then(|| level(locale, tried.shipped)),
        off: tried.off,
        fired: fired.collect(),
    }
}

async fn page(
    state: &WebState,
    staff: &Staff,
    of: SiteId,
    version: Option<i64>,
    typed: Option<(RulesForm, Option<Tried>)>,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, known) = state
        .read(staff.actor(), move |cx| {
            let known = site_rules::show(cx, of, version)?;
            Ok((app::staff::frame(cx)?, known))
        })
        .await?;
    let locale = staff.locale();
    let time = staff.time(state, &frame);
    let address = format!("/admin/sites/{of}/rules");
    let versions = known.versions.iter().map(|line| VersionRow {
        version: line.version,
        href: format!("{address}?version={}", line.version),
        at: time.full(locale, line.at.micros()),
        by: line.by.clone().unwrap_or_else(|| locale.t("routing-by-command")),
        reason: line.reason.clone(),
        current: line.version == known.version,
    });
    let versions = versions.collect();
    let (form, tried) = match typed {
        Some((form, tried)) => (form, tried),
        None => (RulesForm { rules: known.text, ..RulesForm::default() }, None),
    };
    let shown = SiteRulesPage {
        desk: desk(staff, &frame, Rail::On("/admin/sites")),
        address,
        title: known.name,
        version: known.version,
        latest: known.latest,
        newest: known.version == known.latest,
        rules: form.rules,
        reason: form.reason,
        sample: form.sample,
        spanish: form.spanish == "on",
        tried: tried.map(|tried| tried_text(locale, tried)),
        versions,
        chrome,
    };
    Ok(pages::respond(status(&shown.chrome), &shown))
}
