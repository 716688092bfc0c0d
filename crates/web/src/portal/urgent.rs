//! `/drafts/{id}/urgent`: what an urgent text is answered with before it is sent, and the cards of other pages.
//!
//! Every answer sends the text; leaving keeps the draft. The page is there without JavaScript.

use app::draft::{self, Draft, DraftKind};
use app::thread::ThreadView;
use app::urgency::{self, Answer, Said};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use domain::calendar::Opening;
use domain::ids::DraftId;
use domain::urgency::Level;
use http::{StatusCode, header};
use serde::Deserialize;

use super::compose::{DraftPath, shown_after, went};
use super::see;
use super::subject::Subject;
use super::words::site_time;
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::common::Text;
use crate::pages::urgent::{Beside, Card, Urgency, Urgent};
use crate::pages::{self, Phone, Place};
use crate::run::WebState;

/// Where the page of a draft is.
pub(super) fn at(subject: &Subject, draft: DraftId) -> String {
    subject.at(&format!("/drafts/{draft}/urgent"))
}

/// Where it is for somebody who said yes to the question when that could not be kept.
fn asked_at(subject: &Subject, draft: DraftId, said: Said) -> String {
    format!("{}?asked={}", at(subject, draft), said.code())
}

/// When somebody will look at what is sent now, as a sentence that is true of the team's calendar.
fn look(state: &WebState, locale: Locale, card: &urgency::Card) -> String {
    let time = site_time(state);
    match card.opening {
        _ if card.duty => locale.t("urgent-look-duty"),
        Opening::Always | Opening::Until(_) => locale.t("urgent-look-open"),
        Opening::From(at) => {
            locale.t1("urgent-look-closed", "when", time.coming(locale, at.micros()).text)
        }
        Opening::Never => locale.t("urgent-look-never"),
    }
}

/// A card in the reader's words.
pub(super) fn card(state: &WebState, subject: &Subject, found: &urgency::Card) -> Option<Card> {
    let level = match found.level {
        Level::None => return None,
        Level::Ask => Urgency::Ask,
        Level::Sameday => Urgency::Today,
        Level::Emergency => Urgency::Emergency,
        Level::Crisis => Urgency::Crisis,
    };
    let given = |text: &String| (!text.is_empty()).then(|| Phone::new(text));
    let fallback = || Phone::new(&state.app().settings().site_phone);
    let safety = &found.safety;
    Some(Card {
        level,
        whose: subject.helps().then(|| subject.name.clone()),
        words: found.words.clone(),
        emergency: given(&safety.emergency).unwrap_or_else(fallback),
        crisis: given(&safety.crisis).unwrap_or_else(fallback),
        poison: given(&safety.poison),
        maternal: given(&safety.maternal),
        nurse: given(&safety.nurse).unwrap_or_else(fallback),
        nurse_hours: safety.nurse_hours.clone(),
        look: look(state, subject.session.locale(), found),
        sent: false,
        owed: None,
        yes: None,
    })
}

/// The card of a draft, for the page that checks it or says that it is on its way.
pub(super) async fn card_of(
    state: &WebState,
    subject: &Subject,
    draft: DraftId,
) -> Result<Option<Card>> {
    let found = state.read(&subject.session.actor, move |cx| urgency::look(cx, draft)).await?;
    let Some(card) = found.and_then(|found| card(state, subject, &found)) else { return Ok(None) };
    if subject.rights != "write" {
        return Ok(Some(card));
    }
    Ok(Some(if card.is_now() {
        Card { owed: Some(at(subject, draft)), ..card }
    } else {
        Card { yes: Some(format!("{}/said", at(subject, draft))), ..card }
    }))
}

/// The card of what the reader wrote last in a conversation: a reply that is on its way or whose card waits for an
/// answer, else their own message when nobody has answered it.
pub(super) async fn on_thread(
    state: &WebState,
    subject: &Subject,
    view: &ThreadView,
    reply: Option<&Draft>,
) -> Result<Option<Card>> {
    let (id, me) = (view.id, subject.session.person);
    let reply = reply.map(|draft| (draft.row.id, draft.row.release_at.is_some()));
    if let Some((draft, held)) = reply {
        let waits = move |cx: &mut app::Cx<'_, '_>| urgency::waits(cx, draft);
        if held || state.read(&subject.session.actor, waits).await? {
            let go_on = (!held).then(|| at(subject, draft));
            let card = card_of(state, subject, draft).await?.filter(shown_after);
            return Ok(card.map(|card| Card { owed: go_on, yes: None, ..card }));
        }
    }
    let newest = view.messages.last().filter(|message| message.author == me);
    let newest = newest.map(|message| message.id);
    let found = state
        .read(&subject.session.actor, move |cx| urgency::card_of_thread(cx, id, newest))
        .await?;
    let card = found.and_then(|found| card(state, subject, &found)).filter(shown_after);
    Ok(card.map(|card| Card { sent: true, ..card }))
}

/// The reader's own draft of a message about the patient of the address.
pub(super) async fn open(state: &WebState, subject: &Subject, id: DraftId) -> Result<Draft> {
    let draft = state.read(&subject.session.actor, move |cx| draft::get(cx, id)).await?;
    let sent_by_author = matches!(draft.row.kind, DraftKind::New | DraftKind::Reply);
    if draft.row.patient == Some(subject.patient) && sent_by_author {
        Ok(draft)
    } else {
        Err(Fault::NotFound)
    }
}

/// Where a draft is changed.
pub(super) fn edit(subject: &Subject, draft: &Draft) -> String {
    match draft.row.thread.filter(|_| draft.row.kind == DraftKind::Reply) {
        Some(thread) => subject.at(&format!("/threads/{thread}#body")),
        None => subject.at(&format!("/drafts/{}/write?edit=true", draft.row.id)),
    }
}

/// `?asked=yes` or `harm`: what the writer said yes to, where it could not be kept.
#[derive(Debug, Default, Deserialize)]
pub struct AskedQuery {
    asked: Option<String>,
}

/// `GET /drafts/{id}/urgent`
pub async fn show(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Query(query): Query<AskedQuery>,
) -> Result<Response> {
    let id = path.id()?;
    let draft = match open(&state, &subject, id).await {
        Ok(draft) => draft,
        Err(Fault::NotFound) => return went(&state, &subject, id).await,
        Err(fault) => return Err(fault),
    };
    let said = query.asked.as_deref().and_then(Said::from_code);
    let look = move |cx: &mut app::Cx<'_, '_>| urgency::look_said(cx, id, said);
    let found = state.read(&subject.session.actor, look).await?;
    let said = found.as_ref().and_then(|found| found.said);
    let shown = found.and_then(|found| card(&state, &subject, &found)).filter(Card::is_now);
    // The text was changed meanwhile: it is sent like any other.
    let Some(card) = shown else { return Ok(see(&edit(&subject, &draft))) };
    let page = Urgent {
        chrome: subject.chrome(Place::Drafts),
        action: at(&subject, id),
        version: draft.row.version,
        asked: said.map_or("", Said::code),
        calls: draft.content.call.is_some(),
        headline: draft.content.headline.clone(),
        body: Text::new(&draft.content.body),
        edit: edit(&subject, &draft),
        hand_to: (subject.rights == "draft").then(|| subject.name.clone()),
        card,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// What the writer says yes to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidForm {
    #[serde(default)]
    said: String,
}

/// `POST /drafts/{id}/urgent/said`: a yes to the question is kept with the draft; the page that says whom to call
/// follows.
pub async fn say(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<SaidForm>,
) -> Result<Response> {
    let id = path.id()?;
    match open(&state, &subject, id).await {
        Ok(_) => {}
        Err(Fault::NotFound) => return went(&state, &subject, id).await,
        Err(fault) => return Err(fault),
    }
    let Some(said) = Said::from_code(&form.said) else { return Ok(see(&at(&subject, id))) };
    let keep = move |cx: &mut app::Cx<'_, '_>| urgency::say(cx, id, said);
    match state.write_reserved(&subject.session.actor, keep).await {
        Ok(_) => Ok(see(&at(&subject, id))),
        Err(error @ (app::Error::NotFound | app::Error::Forbidden)) => Err(error.into()),
        // Whom to call is shown also when nothing can be kept.
        Err(error) => {
            tracing::error!(%error, "a yes to the question could not be kept with its draft");
            Ok(see(&asked_at(&subject, id, said)))
        }
    }
}

/// `GET /drafts/{id}/urgent/beside`: the card of the text as it was saved last, while it is written. The question is
/// asked before sending only. Keeps nothing and says nothing of having been shown. Who asks too often is told when to
/// ask again, and the script keeps what it shows until then.
pub async fn beside(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    if let Err(seconds) = state.may_look(subject.session.person) {
        let later = [(header::RETRY_AFTER, seconds.to_string())];
        return Ok((StatusCode::TOO_MANY_REQUESTS, later).into_response());
    }
    let id = path.id()?;
    open(&state, &subject, id).await?;
    let look = move |cx: &mut app::Cx<'_, '_>| urgency::look_beside(cx, id);
    let found = state.read(&subject.session.actor, look).await?;
    let card = found.and_then(|found| card(&state, &subject, &found)).filter(shown_after);
    Ok(pages::respond(StatusCode::OK, &Beside { chrome: subject.chrome(Place::Drafts), card }))
}

/// Where the script asks for the card of what is typed.
pub(super) fn beside_at(subject: &Subject, draft: &str) -> String {
    subject.at(&format!("/drafts/{draft}/urgent/beside"))
}

/// The answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    version: i64,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    asked: String,
}

/// `POST /drafts/{id}/urgent`: sends at once, whatever was answered.
pub async fn answer(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<AnswerForm>,
) -> Result<Response> {
    let id = path.id()?;
    let said = Said::from_code(&form.asked);
    let again = said.map_or_else(|| at(&subject, id), |said| asked_at(&subject, id, said));
    let Some(answer) = Answer::from_code(&form.answer) else { return Ok(see(&again)) };
    let calls = match open(&state, &subject, id).await {
        Ok(draft) => draft.content.call.is_some(),
        // A second press after it left: what it became is shown.
        Err(Fault::NotFound) => return went(&state, &subject, id).await,
        Err(fault) => return Err(fault),
    };
    let sent = state
        .write(&subject.session.actor, move |cx| {
            urgency::answer(cx, id, form.version, answer, said)
        })
        .await;
    match sent {
        Ok(delivered) if calls => {
            Ok(see(&subject.at(&format!("/threads/{}#call", delivered.thread))))
        }
        Ok(delivered) => Ok(see(&subject.at(&format!("/threads/{}/sent", delivered.thread)))),
        // Another window saved meanwhile: the card of the newest text is shown, and a yes stands.
        Err(app::Error::Conflict(_)) => Ok(see(&again)),
        Err(app::Error::NotFound) => went(&state, &subject, id).await,
        Err(app::Error::Invalid(_)) => {
            Ok(see(&subject.at(&format!("/drafts/{id}/write?edit=true"))))
        }
        Err(error) => Err(error.into()),
    }
}
