//! `/work/announcements`: one text for many of a team's patients, written, looked at, sent and followed.

use app::announcement::{self, Announcement, Reach, State as At, Typed};
use app::{Conflict, Cx, Error};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::{AnnouncementId, CareTeamId};
use http::StatusCode;
use serde::Deserialize;

use super::{Rail, Staff, desk, id, see, status, with_faults};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{
    AnnounceEditPage, AnnouncementPage, AnnouncementRow, AnnouncementsPage, Choice, PreviewPart,
};
use crate::pages::{self, Chrome, Flash, FlashKind};
use crate::run::WebState;

/// `?team=…`, and what was done last.
#[derive(Debug, Default, Deserialize)]
pub struct TeamQuery {
    team: Option<String>,
    #[serde(default)]
    done: String,
}

/// The announcement of an address.
#[derive(Debug, Deserialize)]
pub struct AnnouncePath {
    id: String,
}

impl AnnouncePath {
    fn id(&self) -> Result<AnnouncementId> {
        id(&self.id)
    }
}

/// An announcement as it is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnounceForm {
    id: String,
    team: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    language: String,
    #[serde(default)]
    headline_en: String,
    #[serde(default)]
    text_en: String,
    #[serde(default)]
    headline_es: String,
    #[serde(default)]
    text_es: String,
}

/// What the page said when somebody pressed "send".
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendForm {
    version: i64,
    patients: i64,
}

/// No field of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoForm {}

fn state_words(locale: Locale, at: At) -> String {
    locale.t(&format!("announce-state-{}", at.code()))
}

fn headline(locale: Locale, announcement: &Announcement) -> String {
    let texts = &announcement.texts;
    let own = texts.iter().find(|text| text.language == locale.lang());
    own.or_else(|| texts.first()).map(|text| text.headline.clone()).unwrap_or_default()
}

/// `GET /work/announcements`
pub async fn list(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<TeamQuery>,
) -> Result<Response> {
    if !staff.actor().role.is_clinical() {
        return Err(Fault::NotFound);
    }
    let wanted: Option<CareTeamId> = query.team.as_deref().map(id).transpose()?;
    let (frame, teams, shown) = state
        .read(staff.actor(), move |cx: &mut Cx<'_, '_>| {
            let teams = announcement::teams(cx)?;
            let chosen = wanted.or_else(|| teams.first().map(|team| team.id));
            let shown = match chosen {
                Some(team) => Some((team, announcement::list(cx, team)?)),
                None => None,
            };
            Ok((app::staff::frame(cx)?, teams, shown))
        })
        .await?;
    let locale = staff.locale();
    let time = staff.time(&state, &frame);
    let mut chrome = staff.chrome();
    if query.done == "deleted" {
        let text = chrome.t("replies-deleted");
        chrome.flash = Some(Flash { kind: FlashKind::Good, text, undo: None });
    }
    let chosen = shown.as_ref().map(|(team, _)| *team);
    let name = teams.iter().find(|team| Some(team.id) == chosen).map(|team| team.name.clone());
    let page = AnnouncementsPage {
        desk: desk(&staff, &frame, Rail::On("/work/announcements")),
        team: name.unwrap_or_default(),
        teams: teams
            .into_iter()
            .map(|team| Choice {
                value: team.id.to_string(),
                chosen: Some(team.id) == chosen,
                text: team.name,
            })
            .collect(),
        add: chosen.map(|team| format!("/work/announcements/new?team={team}")).unwrap_or_default(),
        rows: shown
            .map(|(_, list)| list)
            .unwrap_or_default()
            .iter()
            .map(|one| AnnouncementRow {
                headline: headline(locale, one),
                href: format!("/work/announcements/{}", one.id),
                state: state_words(locale, one.state),
                by: one.by.clone(),
                at: time.short(locale, one.started_at.unwrap_or(one.created_at).micros()),
            })
            .collect(),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `GET /work/announcements/new`
pub async fn show_new(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<TeamQuery>,
) -> Result<Response> {
    let form = AnnounceForm {
        id: state.app().new_id::<AnnouncementId>()?.to_string(),
        team: query.team.unwrap_or_default(),
        ..AnnounceForm::default()
    };
    edit_page(&state, &staff, staff.chrome(), form).await
}

/// `GET /work/announcements/{id}/edit`
pub async fn edit(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<AnnouncePath>,
) -> Result<Response> {
    let wanted = path.id()?;
    let found = state.read(staff.actor(), move |cx| announcement::get(cx, wanted)).await?;
    if found.state != At::Draft {
        return Ok(see(&format!("/work/announcements/{wanted}")));
    }
    let text = |code: &str| {
        let found = found.texts.iter().find(|text| text.language == code);
        found.map(|text| (text.headline.clone(), text.body.clone())).unwrap_or_default()
    };
    let ((headline_en, text_en), (headline_es, text_es)) = (text("en"), text("es"));
    let form = AnnounceForm {
        id: wanted.to_string(),
        team: found.team.id.to_string(),
        version: found.version,
        language: found.language.clone(),
        headline_en,
        text_en,
        headline_es,
        text_es,
    };
    edit_page(&state, &staff, staff.chrome(), form).await
}

/// Everybody or one language, with how many.
fn audience(locale: Locale, reach: &Reach) -> String {
    if reach.language.is_empty() {
        return locale.t1("announce-everybody", "n", reach.patients);
    }
    let key = format!("equity-language-{}", reach.language);
    let language = if locale.has(&key) { locale.t(&key) } else { reach.language.to_uppercase() };
    locale.t2("announce-language", "language", language, "n", reach.patients)
}

async fn edit_page(
    state: &WebState,
    staff: &Staff,
    chrome: Chrome,
    form: AnnounceForm,
) -> Result<Response> {
    let team: CareTeamId = id(&form.team)?;
    let (frame, row, reach) = state
        .read(staff.actor(), move |cx| {
            let reach = announcement::reach(cx, team)?;
            let row = announcement::teams(cx)?.into_iter().find(|row| row.id == team);
            Ok((app::staff::frame(cx)?, row.ok_or(Error::NotFound)?, reach))
        })
        .await?;
    let locale = staff.locale();
    let languages = reach.iter().map(|one| Choice {
        value: one.language.clone(),
        text: audience(locale, one),
        chosen: one.language == form.language,
    });
    let page = AnnounceEditPage {
        desk: desk(staff, &frame, Rail::On("/work/announcements")),
        team: row.name,
        team_id: form.team,
        id: form.id,
        version: form.version,
        languages: languages.collect(),
        headline_en: form.headline_en,
        text_en: form.text_en,
        headline_es: form.headline_es,
        text_es: form.text_es,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// `POST /work/announcements/new`: keeps it as a draft and shows how it reads.
pub async fn save(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<AnnounceForm>,
) -> Result<Response> {
    let (announcement, team): (AnnouncementId, CareTeamId) = (id(&form.id)?, id(&form.team)?);
    let typed = Typed {
        language: form.language.clone(),
        texts: [
            (form.headline_en.clone(), form.text_en.clone()),
            (form.headline_es.clone(), form.text_es.clone()),
        ],
    };
    let version = form.version;
    let saved = state
        .write(staff.actor(), move |cx| announcement::save(cx, team, announcement, version, &typed))
        .await;
    match saved {
        Ok(()) => Ok(see(&format!("/work/announcements/{announcement}"))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            edit_page(&state, &staff, chrome, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /work/announcements/{id}`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<AnnouncePath>,
    Query(query): Query<TeamQuery>,
) -> Result<Response> {
    let mut chrome = staff.chrome();
    let key = match query.done.as_str() {
        "sending" => Some("announce-sending"),
        "stopped" => Some("announce-stopped"),
        "changed" => Some("announce-changed"),
        _ => None,
    };
    if let Some(key) = key {
        let kind = if query.done == "changed" { FlashKind::Attention } else { FlashKind::Good };
        let text = chrome.t(key);
        chrome.flash = Some(Flash { kind, text, undo: None });
    }
    let wanted = path.id()?;
    let (frame, found, reach) = state
        .read(staff.actor(), move |cx| {
            let found = announcement::get(cx, wanted)?;
            let reach = announcement::reach(cx, found.team.id)?;
            let by = cx.actor().person;
            Ok((app::staff::frame(cx)?, (found, by), reach))
        })
        .await?;
    let (found, me) = found;
    let locale = staff.locale();
    let nobody = Reach { language: found.language.clone(), patients: 0, readers: 0 };
    let of = reach.iter().find(|one| one.language == found.language).unwrap_or(&nobody);
    let progress = found.progress;
    let all = progress.sent + progress.queued + progress.skipped;
    let page = AnnouncementPage {
        desk: desk(&staff, &frame, Rail::On("/work/announcements")),
        href: format!("/work/announcements/{wanted}"),
        headline: headline(locale, &found),
        state: state_words(locale, found.state),
        draft: found.state == At::Draft,
        own: Some(found.made_by) == me,
        sending: found.state == At::Sending,
        audience: audience(locale, of),
        patients: of.patients,
        readers: of.readers,
        version: found.version,
        previews: found
            .texts
            .iter()
            .map(|text| PreviewPart {
                language: locale.t(&format!("equity-language-{}", text.language)),
                lang: text.language.clone(),
                headline: text.headline.clone(),
                body: text.body.clone(),
            })
            .collect(),
        progress: (progress.sent, progress.queued, progress.skipped),
        bar: if all > 0 { progress.sent * 100 / all } else { 0 },
        team: found.team.name,
        by: found.by,
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `POST /work/announcements/{id}/send`
pub async fn send(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<AnnouncePath>,
    Form(form): Form<SendForm>,
) -> Result<Response> {
    let wanted = path.id()?;
    let begun = state
        .write(staff.actor(), move |cx| {
            announcement::begin(cx, wanted, form.version, form.patients)
        })
        .await;
    match begun {
        Ok(()) => Ok(see(&format!("/work/announcements/{wanted}?done=sending"))),
        Err(Error::Conflict(Conflict::Changed)) => {
            Ok(see(&format!("/work/announcements/{wanted}?done=changed")))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /work/announcements/{id}/stop`
pub async fn stop(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<AnnouncePath>,
    Form(NoForm {}): Form<NoForm>,
) -> Result<Response> {
    let wanted = path.id()?;
    match state.write(staff.actor(), move |cx| announcement::stop(cx, wanted)).await {
        // It was over a moment before: the page says so.
        Ok(()) | Err(Error::Conflict(Conflict::Changed)) => {
            Ok(see(&format!("/work/announcements/{wanted}?done=stopped")))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /work/announcements/{id}/delete`
pub async fn delete(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<AnnouncePath>,
    Form(NoForm {}): Form<NoForm>,
) -> Result<Response> {
    let wanted = path.id()?;
    state.write(staff.actor(), move |cx| announcement::remove(cx, wanted)).await?;
    Ok(see("/work/announcements?done=deleted"))
}
