//! `/work/replies`: saved replies are kept here, and put into a reply in the making.

use app::saved_reply::{self, Filled, Holder, SavedReply, Typed};
use app::staff::Conversation;
use app::thread::open_questions;
use app::{Cx, Error};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Role;
use domain::ids::{CareTeamId, DraftId, Id as _, SavedReplyId};
use domain::message::{Side, preview};
use domain::saved_reply::{Act, End, Placeholder};
use domain::work_item::{Level, Outcome, Said};
use http::StatusCode;
use serde::Deserialize;

use super::conversation::{ThreadPath, can, owner_item};
use super::messages::{Kept, ReplyForm, keep};
use super::{Rail, Staff, desk, id, see, status, thread_address, with_faults};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{Choice, OfferView, RepliesPage, ReplyEditPage, SavedGroup, SavedRow};
use crate::pages::{self, Chrome, Flash, FlashKind};
use crate::run::WebState;

/// Words of a reply that its line shows.
const WORDS: usize = 100;

/// `?team=…` of a new reply, and what was done last.
#[derive(Debug, Default, Deserialize)]
pub struct RepliesQuery {
    #[serde(default)]
    team: String,
    #[serde(default)]
    done: String,
}

/// The saved reply of an address.
#[derive(Debug, Deserialize)]
pub struct SavedPath {
    id: String,
}

/// A saved reply as it is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedForm {
    id: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    team: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text_en: String,
    #[serde(default)]
    text_es: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    act: String,
}

impl SavedForm {
    /// What is suggested; `None` for what no page offers.
    fn suggests(&self) -> Option<Act> {
        let end = Act::from_code(&self.act).filter(|act| act.level.is_none())?.end;
        let level = match self.level.as_str() {
            "" => None,
            level => Some(level.parse().ok().and_then(Level::new)?),
        };
        Some(Act { level, end })
    }
}

/// No field of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoForm {}

fn language(locale: Locale, code: &str) -> String {
    let key = format!("equity-language-{code}");
    if locale.has(&key) { locale.t(&key) } else { code.to_uppercase() }
}

/// What a reply does besides being sent, each step in a sentence, in its order.
fn steps(locale: Locale, act: Act) -> Vec<String> {
    let level = act.level.map(|level| {
        let level = locale.t(&format!("staff-level-{}", level.number()));
        locale.t1("replies-step-level", "level", level)
    });
    let end = match act.end {
        End::Nothing => None,
        End::Wait => Some(locale.t("replies-step-wait")),
        End::Close(outcome) => {
            let outcome = locale.t(&format!("staff-outcome-{}", outcome.code()));
            Some(locale.t1("replies-step-close", "outcome", outcome))
        }
    };
    level.into_iter().chain(end).collect()
}

/// Every end there is, with its words.
fn ends(locale: Locale, chosen: End) -> Vec<Choice> {
    // A call is closed by its own record, not by a message.
    let written = Outcome::ALL.iter().filter(|outcome| outcome.said() != Said::Call);
    let all = [End::Nothing, End::Wait].into_iter();
    all.chain(written.map(|outcome| End::Close(*outcome)))
        .map(|end| {
            let text = match end {
                End::Nothing => locale.t("replies-end-none"),
                End::Wait => locale.t("replies-act-wait"),
                End::Close(outcome) => {
                    let outcome = locale.t(&format!("staff-outcome-{}", outcome.code()));
                    locale.t1("replies-act-close", "outcome", outcome)
                }
            };
            Choice { chosen: end == chosen, value: Act { level: None, end }.code(), text }
        })
        .collect()
}

/// Every level there is, and none.
fn levels(locale: Locale, chosen: Option<Level>) -> Vec<Choice> {
    let none = Choice {
        value: String::new(),
        text: locale.t("replies-level-none"),
        chosen: chosen.is_none(),
    };
    let all = (1..=4).filter_map(Level::new).map(|level| Choice {
        value: level.number().to_string(),
        text: locale.t(&format!("staff-level-{}", level.number())),
        chosen: chosen == Some(level),
    });
    std::iter::once(none).chain(all).collect()
}

fn row(locale: Locale, reply: &SavedReply) -> SavedRow {
    let languages: Vec<String> =
        reply.texts.iter().map(|(code, _)| language(locale, code)).collect();
    let words = reply.texts.first().map(|(_, text)| preview(text, WORDS)).unwrap_or_default();
    SavedRow {
        title: reply.title.clone(),
        words,
        languages: languages.join(", "),
        act: steps(locale, reply.act).join(" "),
        href: format!("/work/replies/{}", reply.id),
    }
}

/// `GET /work/replies`
pub async fn list(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<RepliesQuery>,
) -> Result<Response> {
    let (frame, (own, teams)) = state
        .read(staff.actor(), |cx: &mut Cx<'_, '_>| {
            Ok((app::staff::frame(cx)?, saved_reply::list(cx)?))
        })
        .await?;
    let locale = staff.locale();
    let mut chrome = staff.chrome();
    let key = match query.done.as_str() {
        "saved" => Some("replies-saved"),
        "deleted" => Some("replies-deleted"),
        _ => None,
    };
    if let Some(key) = key {
        let text = chrome.t(key);
        chrome.flash = Some(Flash { kind: FlashKind::Good, text, undo: None });
    }
    let mut groups = vec![SavedGroup {
        title: locale.t("replies-own"),
        rows: own.iter().map(|reply| row(locale, reply)).collect(),
        add: "/work/replies/new".to_owned(),
    }];
    groups.extend(teams.into_iter().map(|(team, replies)| SavedGroup {
        title: team.name,
        rows: replies.iter().map(|reply| row(locale, reply)).collect(),
        add: format!("/work/replies/new?team={}", team.id),
    }));
    let page =
        RepliesPage { desk: desk(&staff, &frame, Rail::On("/work/replies")), groups, chrome };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `GET /work/replies/new`
pub async fn show_new(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<RepliesQuery>,
) -> Result<Response> {
    let form = SavedForm {
        id: state.app().new_id::<SavedReplyId>()?.to_string(),
        team: query.team,
        ..SavedForm::default()
    };
    page(&state, &staff, staff.chrome(), form).await
}

/// `GET /work/replies/{id}`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<SavedPath>,
) -> Result<Response> {
    let wanted: SavedReplyId = id(&path.id)?;
    let reply = state.read(staff.actor(), move |cx| saved_reply::get(cx, wanted)).await?;
    let text = |code: &str| {
        let found = reply.texts.iter().find(|(language, _)| language == code);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let form = SavedForm {
        id: reply.id.to_string(),
        version: reply.version,
        team: match reply.holder {
            Holder::Team(team) => team.to_string(),
            Holder::Own(_) => String::new(),
        },
        text_en: text("en"),
        text_es: text("es"),
        level: reply.act.level.map(|level| level.number().to_string()).unwrap_or_default(),
        act: Act { level: None, end: reply.act.end }.code(),
        title: reply.title.clone(),
    };
    page(&state, &staff, staff.chrome(), form).await
}

async fn page(
    state: &WebState,
    staff: &Staff,
    chrome: Chrome,
    form: SavedForm,
) -> Result<Response> {
    if !staff.actor().role.is_clinical() {
        return Err(Fault::NotFound);
    }
    let (frame, teams) = state
        .read(staff.actor(), |cx| Ok((app::staff::frame(cx)?, saved_reply::teams(cx)?)))
        .await?;
    let locale = staff.locale();
    let (new, act) = (form.version == 0, form.suggests().unwrap_or_default());
    let own = Choice {
        value: String::new(),
        text: locale.t("replies-own"),
        chosen: form.team.is_empty(),
    };
    let teams = teams.into_iter().map(|team| {
        let value = team.id.to_string();
        Choice { chosen: value == form.team, value, text: team.name }
    });
    let holders: Vec<Choice> = std::iter::once(own).chain(teams).collect();
    let whose = holders.iter().find(|holder| holder.chosen).map(|holder| holder.text.clone());
    let placeholders = Placeholder::ALL.iter().map(|one| {
        let key = format!("replies-put-{}", one.code().replace(' ', "-"));
        (format!("{{{}}}", one.code()), format!("{{{}}}", one.spanish()), locale.t(&key))
    });
    let fill = ("{fill: …}", "{completar: …}", locale.t("replies-put-fill"));
    let fill = (fill.0.to_owned(), fill.1.to_owned(), fill.2);
    let page = ReplyEditPage {
        desk: desk(staff, &frame, Rail::On("/work/replies")),
        action: if new {
            "/work/replies/new".to_owned()
        } else {
            format!("/work/replies/{}", form.id)
        },
        new,
        whose: whose.unwrap_or_default(),
        holders,
        version: form.version,
        levels: levels(locale, act.level),
        acts: ends(locale, act.end),
        placeholders: placeholders.chain(std::iter::once(fill)).collect(),
        delete: (!new).then(|| format!("/work/replies/{}/delete", form.id)),
        id: form.id,
        title: form.title,
        text_en: form.text_en,
        text_es: form.text_es,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// `POST /work/replies/new` and `POST /work/replies/{id}`
pub async fn save(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<SavedForm>,
) -> Result<Response> {
    let reply: SavedReplyId = id(&form.id)?;
    let team = match form.team.as_str() {
        "" => None,
        team => Some(id::<CareTeamId>(team)?),
    };
    let Some(act) = form.suggests() else { return Err(Fault::Invalid(Vec::new())) };
    let typed = Typed {
        team,
        title: form.title.clone(),
        texts: [form.text_en.clone(), form.text_es.clone()],
        act,
    };
    let version = form.version;
    let saved =
        state.write(staff.actor(), move |cx| saved_reply::save(cx, reply, version, &typed)).await;
    match saved {
        Ok(()) => Ok(see("/work/replies?done=saved")),
        Err(Error::Invalid(faults)) => {
            page(&state, &staff, with_faults(staff.chrome(), &faults), form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /work/replies/{id}/delete`
pub async fn delete(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<SavedPath>,
    Form(NoForm {}): Form<NoForm>,
) -> Result<Response> {
    let reply: SavedReplyId = id(&path.id)?;
    state.write(staff.actor(), move |cx| saved_reply::remove(cx, reply)).await?;
    Ok(see("/work/replies?done=deleted"))
}

/// `POST /work/threads/{id}/reply/insert`: puts a saved reply behind what was typed, keeps that as the draft, and shows
/// the conversation with it.
pub async fn insert(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(mut form): Form<ReplyForm>,
) -> Result<Response> {
    let thread = path.id()?;
    let draft_id: DraftId = id(&form.client_msg_id)?;
    let reply: SavedReplyId = id(&form.saved)?;
    let Filled { text, .. } =
        state.read(staff.actor(), move |cx| saved_reply::filled(cx, thread, reply)).await?;
    form.body = match form.body.trim_end() {
        "" => text,
        before => format!("{before}\n\n{text}"),
    };
    let typed = form.typed(thread);
    match keep(&state, &staff, draft_id, form.version, &typed).await? {
        Kept::At(_) => {
            let address = thread_address(thread, &form.list, "");
            let joint = if address.contains('?') { '&' } else { '?' };
            Ok(see(&format!("{address}{joint}saved={reply}#body")))
        }
        Kept::Gone => Ok(see(&thread_address(thread, &form.list, "sent"))),
        Kept::Changed => {
            super::acts::stale(&state, &staff, thread, &form.list, Some(form.body)).await
        }
    }
}

/// The saved replies of a conversation, to choose from.
pub(super) fn choices(saved: Vec<(SavedReplyId, String)>) -> Vec<Choice> {
    let choice =
        |(id, text): (SavedReplyId, String)| Choice { value: id.to_string(), text, chosen: false };
    saved.into_iter().map(choice).collect()
}

/// What the reply that was just put in suggests; nothing for one that suggests nothing or is gone.
pub(super) async fn suggested(state: &WebState, staff: &Staff, saved: Option<&str>) -> Option<Act> {
    let reply = SavedReplyId::parse(saved?).ok()?;
    let found = state.read(staff.actor(), move |cx| saved_reply::get(cx, reply)).await.ok()?;
    Some(found.act).filter(|act| *act != Act::default())
}

/// A suggested act as one press would do it here and now, by this reader; what it would not do is said.
pub(super) fn offer(
    locale: Locale,
    staff: &Staff,
    conversation: &Conversation,
    (mut act, why): (Act, &str),
) -> OfferView {
    let (can, open) =
        (can(conversation, staff), open_questions(conversation.view.said(), Side::Patient).0);
    let shown = owner_item(conversation).map_or(Level::SOON.number(), |item| item.level);
    let mut but = Vec::new();
    let lowers = act.level.is_some_and(|level| level.number() > shown);
    if act.level.is_some() && !can.level || lowers && staff.actor().role != Role::Clinician {
        act.level = None;
        but.push(locale.t(if can.level { "replies-but-lower" } else { "replies-but-level" }));
    }
    act.level = act.level.filter(|level| level.number() != shown);
    match act.end {
        End::Close(_) if !can.close => {
            act.end = End::Nothing;
            but.push(locale.t("replies-but-close"));
        }
        End::Close(_) if open > 0 => but.push(locale.t("replies-but-questions")),
        _ => {}
    }
    let mut steps = steps(locale, act);
    if !steps.is_empty() {
        steps.insert(0, locale.t("replies-step-send"));
    }
    let label = match (act.level, act.end) {
        (None, End::Wait) => "staff-send-wait",
        (None, End::Close(_)) => "staff-send-close",
        _ => "replies-press-go",
    };
    OfferView {
        steps,
        but,
        then: act.code(),
        label: locale.t(label),
        level_shown: shown,
        why: act.level.filter(|_| lowers).map(|_| why.to_owned()),
    }
}
