//! Whom to write to: `/new` and `/drafts/{id}/who`. Teams are tiles, those met last first; "I'm not sure"
//! is one of them and goes to the triage desk of the patient's practice.

use app::content::DraftContent;
use app::draft::{self, Target, Typed};
use app::picker::{self, Met, Picker, Tile, Visit, Who};
use app::thread::About;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::calendar::Opening;
use domain::ids::{CareTeamId, Id, PatientId};
use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use http::StatusCode;
use serde::Deserialize;

use super::compose::{DraftPath, open, save, typed_of};
use super::see;
use super::subject::Subject;
use super::words::hear;
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::common::Choice;
use crate::pages::compose::{ComposeWho, TeamTile};
use crate::pages::{self, Chrome, Place};
use crate::run::WebState;

/// What the choice "I'm not sure" posts.
const UNSURE: &str = "unsure";
/// So many teams stand open on the page; the rest, whom one met less lately, is behind a fold.
const SHOWN: usize = 6;

async fn load(state: &WebState, subject: &Subject, category: Category) -> Result<Picker> {
    let patient = subject.patient;
    let read = move |cx: &mut app::Cx<'_, '_>| picker::open(cx, patient, category);
    Ok(state.read(&subject.session.actor, read).await?)
}

/// A team as its tile.
fn tile(state: &WebState, locale: Locale, tile: &Tile, chosen: bool) -> TeamTile {
    let now = state.app().now();
    let team = &tile.team;
    let time = SiteTime::new(&team.time_zone, now.micros());
    let who = match &tile.who {
        Who::Named(names) => names.join(", "),
        Who::Roles(roles) => {
            let words = roles.iter().map(|role| locale.t(&format!("tile-role-{role}")));
            words.collect::<Vec<_>>().join(", ")
        }
    };
    let care = [team.care_type.trim(), who.as_str()];
    let care: Vec<&str> = care.into_iter().filter(|part| !part.is_empty()).collect();
    let place = match hours(&time, locale, tile.opening) {
        Some(hours) => format!("{}. {hours}", team.site_name),
        None => team.site_name.clone(),
    };
    let day = |met: &Met| time.recorded_day(locale, &met.said, met.at.micros()).text;
    let visit = tile.visit.as_ref().map(|visit| match visit {
        Visit::Next(met) => locale.t1("tile-visit-next", "day", day(met)),
        Visit::Last(met) => locale.t1("tile-visit-last", "day", day(met)),
    });
    let lines = [Some(team.purpose.clone()), Some(place), visit];
    let choice = Choice::new(&team.id.to_string(), &team.name, &care.join(", "));
    TeamTile {
        choice: if chosen { choice.chosen() } else { choice },
        lines: lines.into_iter().flatten().filter(|line| !line.trim().is_empty()).collect(),
        hear: hear(&time, locale, tile.hear, now),
    }
}

/// A team's hours now, in words; none for a team that never opens.
fn hours(time: &SiteTime, locale: Locale, opening: Opening) -> Option<String> {
    Some(match opening {
        Opening::Always => locale.t("tile-open-always"),
        Opening::Never => return None,
        Opening::Until(at) if time.is_today(at.micros()) => {
            locale.t1("tile-open-today", "time", time.clock(locale, at.micros()).text)
        }
        Opening::Until(at) => {
            locale.t1("tile-open-until", "when", time.coming(locale, at.micros()).text)
        }
        Opening::From(at) => locale.t1("tile-opens", "when", time.coming(locale, at.micros()).text),
    })
}

fn who_page(
    state: &WebState,
    chrome: Chrome,
    subject: &Subject,
    action: String,
    all: &Picker,
    chosen: Option<CareTeamId>,
) -> ComposeWho {
    let locale = chrome.locale;
    let treats = |id: CareTeamId| all.tiles.iter().any(|tile| tile.team.id == id);
    // Whoever wrote to a desk that does not treat them was not sure.
    let unsure = chosen.is_some_and(|id| !treats(id));
    let shown = |one: &Tile| tile(state, locale, one, chosen == Some(one.team.id));
    let (care, other): (Vec<_>, Vec<_>) = all.tiles.iter().partition(|t| t.team.kind == "care");
    let later = care.iter().skip(SHOWN).copied().chain(other);
    let desk = all.desk.as_ref().map(|desk| {
        let mut words = tile(state, locale, desk, unsure);
        words.choice = Choice { value: UNSURE.to_owned(), ..words.choice };
        let goes = locale.t1("compose-unsure-goes", "team", &desk.team.name);
        words.choice.label = locale.t("compose-unsure");
        words.choice.detail = goes;
        words.lines.retain(|line| *line != desk.team.purpose);
        words
    });
    ComposeWho {
        action,
        back: subject.at("/"),
        teams: care.iter().take(SHOWN).map(|one| shown(one)).collect(),
        more: later.map(shown).collect(),
        desk,
        chrome,
    }
}

/// `GET /new`
pub async fn new(State(state): State<WebState>, subject: Subject) -> Result<Response> {
    let all = load(&state, &subject, Category::Other).await?;
    let chrome = subject.chrome(Place::Inbox);
    let page = who_page(&state, chrome, &subject, subject.at("/new"), &all, None);
    Ok(pages::respond(StatusCode::OK, &page))
}

/// The team a message goes to: an id, or `unsure`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhoForm {
    #[serde(default)]
    team: String,
}

/// The team that was chosen, of those the patient may choose; whoever is unsure writes to the triage desk.
fn chosen_team(all: &Picker, typed: &str) -> Option<CareTeamId> {
    if typed == UNSURE {
        return all.desk.as_ref().map(|desk| desk.team.id);
    }
    let id = CareTeamId::parse(typed).ok()?;
    all.tiles.iter().find(|tile| tile.team.id == id).map(|tile| tile.team.id)
}

/// `POST /new`
pub async fn begin(
    State(state): State<WebState>,
    subject: Subject,
    Form(typed): Form<WhoForm>,
) -> Result<Response> {
    let all = load(&state, &subject, Category::Other).await?;
    let Some(team) = chosen_team(&all, &typed.team) else {
        let chrome = subject.chrome(Place::Inbox).with_problems(&[("team", "problem-team")]);
        let page = who_page(&state, chrome, &subject, subject.at("/new"), &all, None);
        return Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let draft = fresh(subject.patient, team);
    let (id, _) =
        state.write(&subject.session.actor, move |cx| draft::save(cx, None, 0, &draft)).await?;
    Ok(see(&subject.at(&format!("/drafts/{id}/about"))))
}

fn fresh(patient: PatientId, team: CareTeamId) -> Typed {
    Typed {
        target: Target::New {
            patient,
            kind: ThreadKind::Care,
            team: Some(team),
            category: Category::Other,
            about: About::NOTHING,
        },
        ask: Ask::Inform,
        content: DraftContent::default(),
        base_seq: 0,
    }
}

/// `GET /drafts/{id}/who`
pub async fn who(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let draft = open(&state, &subject, &path).await?;
    let all = load(&state, &subject, draft.row.category).await?;
    let action = subject.at(&format!("/drafts/{}/who", draft.row.id));
    let chrome = subject.chrome(Place::Drafts);
    let page = who_page(&state, chrome, &subject, action, &all, draft.row.team);
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `POST /drafts/{id}/who`
pub async fn set_who(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<WhoForm>,
) -> Result<Response> {
    let draft = open(&state, &subject, &path).await?;
    let all = load(&state, &subject, draft.row.category).await?;
    let Some(chosen) = chosen_team(&all, &form.team) else {
        let chrome = subject.chrome(Place::Drafts).with_problems(&[("team", "problem-team")]);
        let action = subject.at(&format!("/drafts/{}/who", draft.row.id));
        let page = who_page(&state, chrome, &subject, action, &all, draft.row.team);
        return Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let mut typed = typed_of(&draft)?;
    if let Target::New { team, .. } = &mut typed.target {
        *team = Some(chosen);
    }
    // Somebody of another team is no choice any more.
    typed.content.direct.clear();
    save(&state, &subject, &draft, typed).await?;
    Ok(see(&subject.at(&format!("/drafts/{}/about", draft.row.id))))
}
