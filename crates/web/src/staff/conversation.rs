//! `/work/threads/{id}`: one conversation with everything beside it.

use app::chart::{self, Item, ObservationDetail};
use app::draft::Draft;
use app::staff::{Conversation, Frame};
use app::thread::{LevelSaid, level_said};
use app::work::QueueList;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::{DraftId, PatientId, SavedReplyId, ThreadId};
use domain::message::Ask;
use domain::saved_reply::Act;
use domain::thread::{AboutKind, Ladder, ThreadKind, ThreadState};
use domain::time::Timestamp;
use domain::work_item::{Level as Urgency, WorkState};
use http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;

use super::{
    From, FromQuery, List, Rail, Staff, desk, id, questions, queue, see, thread_address, words,
};
use crate::error::Result;
use crate::i18n::{Locale, SiteTime};
use crate::pages::staff::{
    About, Can, ChartCard, ChartLine, Choice, Custody, Due, Entry, HelperLine, Letter, LevelPanel,
    NoteForm, NoteView, PrintPage, Queue, ReplyForm, Step, ThreadPage, ThreadView, UnsentView,
};
use crate::pages::{self, Chrome};
use crate::run::WebState;

/// Messages on a page.
const PAGE: i64 = 50;
/// Messages on paper.
const PRINT: i64 = 2_000;

/// The conversation of the address, and what of it is named.
#[derive(Debug, Deserialize)]
pub struct ThreadPath {
    id: String,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) note: String,
    #[serde(default)]
    pub(super) question: String,
}

impl ThreadPath {
    /// The conversation.
    pub fn id(&self) -> Result<ThreadId> {
        id(&self.id)
    }
}

/// What a page of a conversation is made of.
pub struct Opened {
    pub(super) frame: Frame,
    pub(super) conversation: Conversation,
    pub(super) chart: Vec<ChartCard>,
    pub(super) about: Option<About>,
    pub(super) fresh: [String; 2],
    pub(super) saved: Vec<(SavedReplyId, String)>,
    pub(super) recognised: Vec<app::urgency::Kept>,
    pub(super) call: Option<app::callback::Waiting>,
}

/// What a form that was refused puts back into the page.
#[derive(Debug, Default)]
pub struct Typed {
    /// The reply's text.
    pub body: Option<String>,
    /// The note's text.
    pub note: Option<String>,
    /// The number the writer had seen, when others wrote since, and how many.
    pub newer: Option<(i64, i64)>,
    /// What the saved reply that was just put in suggests, with the reason as typed.
    pub offer: Option<(Act, String)>,
}

/// Opens a conversation for the page.
pub async fn open(
    state: &WebState,
    staff: &Staff,
    id: ThreadId,
    before: Option<i64>,
    limit: i64,
) -> Result<Opened> {
    let before = before.unwrap_or(i64::MAX);
    let (frame, conversation, saved, recognised, call) = state
        .read(staff.actor(), move |cx| {
            let conversation = app::staff::conversation(cx, id, before, limit)?;
            let team = conversation.view.team.as_ref().map(|team| team.id);
            let saved = if conversation.rights.reply {
                app::saved_reply::offered(cx, team)?
            } else {
                Vec::new()
            };
            let recognised = super::recognised::of(cx, &conversation.view)?;
            let call = app::callback::waiting(cx, id)?;
            Ok((app::staff::frame(cx)?, conversation, saved, recognised, call))
        })
        .await?;
    let time = staff.time(state, &frame);
    let mut cards = Vec::new();
    let mut about = None;
    if let (Some(patient), true) = (conversation.view.patient, conversation.reads_chart) {
        cards = chart_cards(state, staff, &time, patient).await?;
        about = visit(state, staff, &time, &conversation, patient).await?;
    }
    let fresh = [
        state.app().new_id::<DraftId>()?.to_string(),
        state.app().new_id::<DraftId>()?.to_string(),
    ];
    Ok(Opened { frame, conversation, chart: cards, about, fresh, saved, recognised, call })
}

async fn visit(
    state: &WebState,
    staff: &Staff,
    time: &SiteTime,
    conversation: &Conversation,
    patient: PatientId,
) -> Result<Option<About>> {
    let about = conversation.view.about;
    let (AboutKind::Encounter, Some(encounter)) = (about.kind, about.encounter()) else {
        return Ok(None);
    };
    let found = state
        .read(staff.actor(), move |cx| match chart::encounter(cx, patient, encounter) {
            Err(app::Error::NotFound) => Ok(None),
            other => other.map(Some),
        })
        .await?;
    Ok(found.map(|visit| {
        let locale = staff.locale();
        let day = time.recorded_day(locale, &visit.detail.began, visit.started_at.micros()).text;
        let with = visit.detail.practitioners.first().cloned();
        let with = with.unwrap_or_else(|| visit.detail.organization.clone());
        let text = if with.is_empty() {
            locale.t1("staff-about-visit-day", "date", day)
        } else {
            locale.t2("staff-about-visit", "date", day, "with", with)
        };
        About { text }
    }))
}

/// Facts that a card shows.
const CARD_LINES: usize = 5;

/// The chart beside a conversation: results with the value before, medicines, problems, visits.
pub(super) async fn chart_cards(
    state: &WebState,
    staff: &Staff,
    time: &SiteTime,
    patient: PatientId,
) -> Result<Vec<ChartCard>> {
    let (results, medicines, problems, visits) = state
        .read(staff.actor(), move |cx| {
            Ok((
                chart::observations(cx, patient)?,
                chart::medications(cx, patient)?,
                chart::conditions(cx, patient)?,
                chart::encounters(cx, patient)?,
            ))
        })
        .await?;
    let locale = staff.locale();
    let short = |said: &str, at: Timestamp| {
        (at > Timestamp::EPOCH).then(|| time.recorded_short(locale, said, at.micros()))
    };
    let card = |key: &str, total: usize, lines: Vec<ChartLine>| ChartCard {
        title: locale.t(key),
        total: u64::try_from(total).unwrap_or(0),
        lines,
    };
    let plain = |name: &str, said: &str, at| ChartLine {
        name: name.to_owned(),
        value: None,
        when: short(said, at),
        before: None,
    };
    let active: Vec<_> = medicines.iter().filter(|item| item.status == "active").collect();
    let medicine_lines = active.iter().take(CARD_LINES).map(|item| {
        let dose = item.detail.dosage.first().cloned().filter(|dose| !dose.is_empty());
        ChartLine { name: item.detail.code.text.clone(), value: dose, when: None, before: None }
    });
    let current: Vec<_> = problems.iter().filter(|item| item.detail.ended.is_empty()).collect();
    let problem_lines = current
        .iter()
        .take(CARD_LINES)
        .map(|item| plain(&item.detail.code.text, &item.detail.began, item.at));
    let now = state.app().now();
    let (coming, past): (Vec<_>, Vec<_>) = visits.iter().partition(|visit| visit.started_at > now);
    let visit_lines = |visits: &[&chart::Encounter]| {
        let shown = visits.iter().take(CARD_LINES);
        let line = |visit: &&chart::Encounter| {
            plain(&visit.detail.type_text, &visit.detail.began, visit.started_at)
        };
        shown.map(line).collect()
    };
    let mut cards = vec![
        card("staff-chart-results", results.len(), result_lines(locale, time, &results)),
        card("staff-chart-medicines", active.len(), medicine_lines.collect()),
        card("staff-chart-conditions", current.len(), problem_lines.collect()),
    ];
    if !coming.is_empty() {
        cards.push(card("staff-chart-coming", coming.len(), visit_lines(&coming)));
    }
    cards.push(card("staff-chart-visits", past.len(), visit_lines(&past)));
    Ok(cards)
}

/// A value as it was written, or its parts: "135/83 mm[Hg]".
fn value(detail: &ObservationDetail) -> String {
    let one = |measured: &chart::Measured| {
        format!("{}{} {}", measured.comparator, measured.value, measured.unit).trim().to_owned()
    };
    if !detail.measured.value.is_empty() {
        return one(&detail.measured);
    }
    let parts: Vec<String> = detail.parts.iter().map(|part| part.measured.value.clone()).collect();
    let unit = detail.parts.first().map(|part| part.measured.unit.clone()).unwrap_or_default();
    format!("{} {unit}", parts.join("/")).trim().to_owned()
}

/// The newest of each kind of result, with the value before.
fn result_lines(
    locale: Locale,
    time: &SiteTime,
    results: &[Item<ObservationDetail>],
) -> Vec<ChartLine> {
    let mut lines: Vec<ChartLine> = Vec::new();
    for item in results {
        let (name, shown) = (&item.detail.code.text, value(&item.detail));
        if name.is_empty() || shown.is_empty() {
            continue;
        }
        match lines.iter_mut().find(|line| line.name == *name) {
            Some(line) if line.before.is_none() => {
                line.before = Some(locale.t1("staff-chart-was", "value", shown));
            }
            Some(_) => {}
            None => lines.push(ChartLine {
                name: name.clone(),
                value: Some(shown),
                when: (item.at > Timestamp::EPOCH)
                    .then(|| time.recorded_short(locale, &item.detail.at, item.at.micros())),
                before: None,
            }),
        }
    }
    lines.truncate(CARD_LINES);
    lines
}

/// `GET /work/threads/{id}`
pub async fn show(
    State(state): State<WebState>,
    method: Method,
    headers: HeaderMap,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Query(query): Query<FromQuery>,
) -> Result<Response> {
    let id = path.id()?;
    let opened = open(&state, &staff, id, query.before, PAGE).await?;
    if let Some(into) = opened.conversation.view.goes_on_in {
        return Ok(see(&thread_address(into, "", query.done.as_deref().unwrap_or("goes-on"))));
    }
    let (seen, marked) = (opened.conversation.view.last_seq, opened.conversation.view.marked);
    let (chrome, _) = super::bulk::said(&state, &staff, staff.chrome(), &query).await?;
    let from = opened_from(&opened, &query);
    let offer = super::replies::suggested(&state, &staff, query.saved.as_deref()).await;
    let typed = Typed { offer: offer.map(|act| (act, String::new())), ..Typed::default() };
    let response = respond(&state, &staff, chrome, opened, from, typed, StatusCode::OK).await?;
    // A look of the browser's own is not reading, and an old page does not show the newest.
    let ahead = headers
        .get("sec-purpose")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("prefetch"));
    if !marked && query.before.is_none() && method == Method::GET && !ahead {
        state.write_reserved(staff.actor(), move |cx| app::thread::mark_read(cx, id, seen)).await?;
    }
    Ok(response)
}

/// Who else is writing a reply, in a sentence.
fn presence(locale: Locale, conversation: &Conversation) -> Option<String> {
    match conversation.writers.as_slice() {
        [] => None,
        [one] => Some(locale.t1("staff-writing", "name", one.clone())),
        [first, rest @ ..] => {
            Some(locale.t2("staff-writing-more", "name", first.clone(), "n", rest.len()))
        }
    }
}

/// The list a conversation was opened from: the address says so, else the owner's or the reader's own.
fn opened_from(opened: &Opened, query: &FromQuery) -> Option<From> {
    let teams = &opened.frame.teams;
    let asked = queue::wanted(&opened.frame, query).ok().flatten();
    let asked = asked.filter(|from| teams.iter().any(|team| team.id == from.team));
    if query.team.is_some() && asked.is_some() {
        return asked;
    }
    let owner = opened.conversation.view.team.as_ref().map(|team| team.id);
    let team = teams.iter().find(|team| Some(team.id) == owner).or_else(|| teams.first())?;
    let list = match opened.conversation.view.kind {
        ThreadKind::Staff if opened.conversation.view.items.is_empty() => List::Colleagues,
        _ => List::Work(QueueList::Team),
    };
    Some(From { team: team.id, list })
}

/// The page again after a form was refused; `list` is what the form carried.
pub async fn again(
    state: &WebState,
    staff: &Staff,
    id: ThreadId,
    list: &str,
    chrome: Chrome,
    typed: Typed,
) -> Result<Response> {
    let opened = open(state, staff, id, None, PAGE).await?;
    let status = match (typed.newer, chrome.problems.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
    };
    let from =
        From::parse(list).filter(|from| opened.frame.teams.iter().any(|team| team.id == from.team));
    let from = from.or_else(|| opened_from(&opened, &FromQuery::default()));
    respond(state, staff, chrome, opened, from, typed, status).await
}

async fn respond(
    state: &WebState,
    staff: &Staff,
    mut chrome: Chrome,
    opened: Opened,
    from: Option<From>,
    typed: Typed,
    status: StatusCode,
) -> Result<Response> {
    let time = staff.time(state, &opened.frame);
    let thread = opened.conversation.view.id;
    let loaded = match from {
        Some(from) => Some(queue::load(state, staff, &time, from, None, Some(thread)).await?),
        None => None,
    };
    let counts = loaded.as_ref().and_then(|loaded| loaded.counts);
    let rail = from.map_or(Rail::On(""), |from| Rail::At(from, counts));
    let team = from.map(|from| format!("?team={}", from.team)).unwrap_or_default();
    chrome.live = Some(format!("/work/threads/{thread}/live{team}"));
    let page = ThreadPage {
        desk: desk(staff, &opened.frame, rail),
        queue: loaded.map(|loaded: queue::Loaded| -> Queue { loaded.queue }),
        thread: view(state, staff, &time, opened, from, typed),
        chrome,
    };
    Ok(pages::respond(status, &page))
}

/// The author as the readers of a text will see it: "Nils Berg, nurse".
pub fn shown_as(frame: &Frame) -> String {
    if frame.title.is_empty() {
        frame.name.clone()
    } else {
        format!("{}, {}", frame.name, frame.title)
    }
}

fn view(
    state: &WebState,
    staff: &Staff,
    time: &SiteTime,
    opened: Opened,
    from: Option<From>,
    typed: Typed,
) -> ThreadView {
    let Opened { frame, conversation, chart, about, fresh, saved, recognised, call } = opened;
    let (locale, now) = (staff.locale(), state.app().now());
    let item = owner_item(&conversation);
    let version = item.map_or(0, |item| item.version);
    let earlier = conversation.view.messages.first().filter(|_| conversation.view.older);
    let earlier = earlier.map(|first| {
        let address = thread_address(conversation.view.id, &list_text(from), "");
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}before={}", first.seq)
    });
    let (mut reply, held) = reply_form(locale, time, &conversation, &frame, &fresh, &typed);
    reply.replies = super::replies::choices(saved);
    reply.offer = typed.offer.as_ref().map(|(act, why)| {
        super::replies::offer(locale, staff, &conversation, (*act, why.as_str()))
    });
    let mut entries = entries(locale, time, staff, &conversation, &typed);
    let me = staff.0.person;
    super::recognised::put(locale, time, me, &conversation.view, &recognised, &mut entries);
    entries.extend(held.map(|draft| held_letter(locale, time, now, draft, &frame, &conversation)));
    let kept = conversation.reply.as_ref().filter(|draft| draft.row.release_at.is_none());
    let (ticked, asked) = kept.map_or((&[][..], &[][..]), |draft| {
        (draft.content.answers.as_slice(), draft.content.questions.as_slice())
    });
    let ask = kept.map_or(Ask::Fact, |draft| draft.row.ask);
    let questions = questions::view(locale, &conversation, ticked, asked, ask);
    ThreadView {
        id: conversation.view.id.to_string(),
        version,
        list: list_text(from),
        between_staff: conversation.view.kind == ThreadKind::Staff,
        headline: conversation.view.headline.clone(),
        patient: conversation.patient.as_ref().map(|who| words::patient(locale, who, now)),
        about,
        category: locale.t(&format!("staff-category-{}", conversation.view.category.code())),
        helpers: helpers(locale, &conversation),
        custody: custody(locale, time, now, staff, &conversation),
        level: level(&conversation),
        questions,
        earlier,
        entries,
        notes: notes(locale, time, &conversation),
        chart_as_of: None,
        chart,
        presence: presence(locale, &conversation),
        call: call.map(|found| super::calling::block(locale, time, &found)),
        record: super::screening::block(locale, time, &conversation, &recognised),
        can: can(&conversation, staff),
        members: members(locale, &conversation, staff),
        passes: passes(&conversation),
        reasons: super::pass::reasons(locale),
        outcomes: super::closing::outcomes(locale, conversation.view.kind.with_patient()),
        crossed: conversation.crossed.then(|| locale.t("staff-crossed")),
        unsent: unsent(locale, &conversation),
        shared: super::share::lines(locale, conversation.shared.clone()),
        reply,
        note: note_form(&conversation, &fresh, typed),
    }
}

fn list_text(from: Option<From>) -> String {
    from.map(From::text).unwrap_or_default()
}

/// What the owning team owes, while it is open.
pub fn owner_item(conversation: &Conversation) -> Option<&app::work::WorkItemRow> {
    let owner = conversation.view.team.as_ref().map(|team| team.id);
    conversation.view.items.iter().find(|item| Some(item.team) == owner)
}

fn entries(
    locale: Locale,
    time: &SiteTime,
    staff: &Staff,
    conversation: &Conversation,
    typed: &Typed,
) -> Vec<Entry> {
    let name =
        conversation.patient.as_ref().map(|who| who.demographics.name.as_str()).unwrap_or_default();
    let me = staff.0.person;
    let mut letters: Vec<_> = conversation
        .view
        .messages
        .iter()
        .map(|shown| {
            let newer = typed.newer.is_some_and(|(seen, _)| shown.seq > seen && shown.author != me);
            (shown.sent_at, words::letter(locale, time, shown, me, name, newer))
        })
        .collect();
    // What was said in a joined conversation keeps its own numbers: those of the page must differ.
    for (n, joined) in (1_u64..).zip(&conversation.view.joined) {
        for shown in &joined.messages {
            let mut letter = words::letter(locale, time, shown, me, name, false);
            letter.seq = letter.seq.saturating_add(n.saturating_mul(1_000_000));
            letter.mine = false;
            letters.push((shown.sent_at, letter));
        }
    }
    words::entries(locale, time, &conversation.view, letters)
}

fn helpers(locale: Locale, conversation: &Conversation) -> Vec<HelperLine> {
    conversation
        .readers
        .iter()
        .filter(|reader| reader.basis != "self")
        .map(|reader| HelperLine {
            name: reader.name.clone(),
            relation: words::relation(locale, &reader.basis),
            rights: {
                let known = conversation.reader_rights.iter();
                let mut known = known.filter(|(person, _)| *person == reader.person);
                let rights = known.next().map_or("read", |(_, rights)| rights.as_str());
                locale.t(&format!("staff-rights-{rights}"))
            },
        })
        .collect()
}

fn custody(
    locale: Locale,
    time: &SiteTime,
    now: Timestamp,
    staff: &Staff,
    conversation: &Conversation,
) -> Custody {
    let view = &conversation.view;
    let item = owner_item(conversation);
    let owed = item.filter(|item| matches!(item.state, WorkState::Queued | WorkState::Claimed));
    let since = view.custody.last().map_or(view.created_at, |step| step.at);
    let due: Option<Due> = owed.map(|item| words::due(locale, time, item.due_at, now));
    let step = match (&view.ladder, view.kind) {
        (_, ThreadKind::Staff) if !view.has_work() => Step::WithTeam,
        (ladder, _) => words::step(ladder),
    };
    Custody {
        step,
        team: match (&view.team, &view.follows) {
            (Some(team), _) => team.name.clone(),
            (None, Some(follows)) => follows.ended.clone(),
            (None, None) => String::new(),
        },
        holder: view.holder.clone(),
        mine: owed.is_some_and(|item| item.assignee == Some(staff.0.person)),
        lease_until: None,
        routed: conversation.routed.as_ref().map(|why| super::routed::why(locale, why)),
        bounces: (conversation.bounces > 0)
            .then(|| locale.t1("staff-bounces", "n", conversation.bounces)),
        since: time.short(locale, since.micros()),
        due,
        snoozed: conversation.snoozed.map(|at| time.full(locale, at.micros())),
        outcome: match &view.ladder {
            Ladder::Closed(_, outcome) => {
                Some(locale.t(&format!("staff-outcome-{}", outcome.code())))
            }
            _ => None,
        },
    }
}

fn level(conversation: &Conversation) -> LevelPanel {
    let item = owner_item(conversation);
    let said =
        item.map_or_else(LevelSaid::default, |item| level_said(item, &conversation.view.custody));
    LevelPanel {
        now: words::level(item.map_or(Urgency::SOON.number(), |item| item.level)),
        patient: None,
        rules: said.rules.map(|level| words::level(level.number())),
        clinician: said.clinician.map(|(level, by)| (words::level(level.number()), by)),
    }
}

pub(super) fn can(conversation: &Conversation, staff: &Staff) -> Can {
    let rights = conversation.rights;
    let view = &conversation.view;
    let with_patient = view.kind.with_patient();
    let care = with_patient && conversation.own_team;
    let worked = view.has_work() && conversation.own_team;
    let item = owner_item(conversation);
    let state = item.map(|item| item.state);
    let open = worked && item.is_some();
    let mine = item.is_some_and(|item| item.assignee == Some(staff.0.person));
    let claimed = state == Some(WorkState::Claimed);
    Can {
        claim: open && rights.handle && state.is_some_and(domain::work_item::can_claim),
        release: open && rights.handle && claimed && mine,
        assign: open && rights.assign && !conversation.colleagues.is_empty(),
        pass: open && rights.assign && !conversation.targets.is_empty(),
        wait: open && with_patient && rights.handle && state != Some(WorkState::Waiting),
        close: open && rights.close,
        reopen: worked && rights.close && view.state == ThreadState::Closed,
        reply: rights.reply,
        note: rights.note && with_patient,
        level: open && rights.handle,
        unread: true,
        refile: rights.refile && conversation.own_team && view.kind.moves(view.has_work()),
        merge: rights.merge && care,
        snooze: open
            && rights.handle
            && matches!(state, Some(WorkState::Queued | WorkState::Claimed)),
    }
}

fn members(locale: Locale, conversation: &Conversation, staff: &Staff) -> Vec<Choice> {
    let holder = owner_item(conversation).and_then(|item| item.assignee);
    conversation
        .colleagues
        .iter()
        .map(|colleague| {
            let role = locale.t(&format!("staff-role-{}", colleague.role));
            let me = colleague.person == staff.0.person;
            let name = if me { locale.t("staff-with-me") } else { colleague.name.clone() };
            Choice {
                value: colleague.person.to_string(),
                text: format!("{name}, {role}"),
                chosen: holder == Some(colleague.person),
            }
        })
        .collect()
}

/// The choice that stands first until somebody chooses.
pub fn passes(conversation: &Conversation) -> Vec<Choice> {
    choices(&conversation.targets)
}

pub(super) fn choices(teams: &[app::staff::TeamRow]) -> Vec<Choice> {
    teams
        .iter()
        .map(|team| Choice { value: team.id.to_string(), text: team.name.clone(), chosen: false })
        .collect()
}

/// A note as staff see it.
pub(super) fn note_view(locale: Locale, time: &SiteTime, note: &app::note::Note) -> NoteView {
    let author = if note.letter.title.is_empty() {
        note.letter.author.clone()
    } else {
        format!("{}, {}", note.letter.author, note.letter.title)
    };
    NoteView {
        id: note.id.to_string(),
        author,
        at: time.full(locale, note.at.micros()),
        body: words::paragraphs(&note.letter.body),
        may_promote: false,
    }
}

fn notes(locale: Locale, time: &SiteTime, conversation: &Conversation) -> Vec<NoteView> {
    let may = conversation.rights.reply && conversation.view.kind.with_patient();
    conversation
        .notes
        .iter()
        .map(|note| NoteView {
            may_promote: may && note.promoted_to.is_none() && note.thread == conversation.view.id,
            ..note_view(locale, time, note)
        })
        .collect()
}

/// The form of the reply, and the text that is on its way already.
fn reply_form<'a>(
    locale: Locale,
    time: &SiteTime,
    conversation: &'a Conversation,
    frame: &Frame,
    fresh: &[String; 2],
    typed: &Typed,
) -> (ReplyForm, Option<&'a Draft>) {
    let draft = conversation.reply.as_ref();
    let held = draft.filter(|draft| draft.row.release_at.is_some());
    let kept = draft.filter(|draft| draft.row.release_at.is_none());
    let last_seq = u64::try_from(conversation.view.last_seq).unwrap_or(0);
    let [new, _] = fresh;
    let form = ReplyForm {
        body: match (&typed.body, kept) {
            (Some(body), _) => body.clone(),
            (None, Some(draft)) => draft.content.body.clone(),
            (None, None) => String::new(),
        },
        shown_as: shown_as(frame),
        base_seq: match kept {
            // What came in after the draft was begun has not been answered by it.
            Some(draft) if typed.newer.is_none() => {
                u64::try_from(draft.row.base_seq).unwrap_or(last_seq)
            }
            _ => last_seq,
        },
        client_msg_id: kept.map_or_else(|| new.clone(), |draft| draft.row.id.to_string()),
        version: kept.map_or(0, |draft| draft.row.version),
        newer: typed.newer.map_or(0, |(_, count)| u64::try_from(count).unwrap_or(0)),
        joined: ended(locale, conversation),
        saved: kept.map(|draft| time.short(locale, draft.row.updated_at.micros())),
        replies: Vec::new(),
        offer: None,
    };
    (form, held)
}

/// Who reads what is written here when the team has ended.
fn ended(locale: Locale, conversation: &Conversation) -> Option<String> {
    let follows = conversation.view.follows.as_ref()?;
    Some(match &follows.team {
        Some(team) => locale.t2("staff-thread-ended", "ended", &follows.ended, "team", &team.name),
        None => locale.t1("staff-thread-ended-nobody", "ended", &follows.ended),
    })
}

/// The reader's reply that did not leave, and why.
fn unsent(locale: Locale, conversation: &Conversation) -> Option<UnsentView> {
    let draft = conversation.reply.as_ref().filter(|draft| draft.row.unsent_at.is_some())?;
    let team = conversation.view.team.as_ref().filter(|_| !conversation.own_team);
    let text = match team {
        Some(team) => locale.t1("staff-unsent-passed", "team", &team.name),
        None => locale.t("staff-unsent"),
    };
    // Where an answer may be written its form holds the text.
    let body = (!conversation.rights.reply).then(|| draft.content.body.clone());
    Some(UnsentView { text, body, delete: format!("/work/drafts/{}/delete", draft.row.id) })
}

fn held_letter(
    locale: Locale,
    time: &SiteTime,
    now: Timestamp,
    draft: &Draft,
    frame: &Frame,
    conversation: &Conversation,
) -> Entry {
    let left = draft.row.release_at.map_or(0, |at| at.seconds_since(now).max(0) + 1);
    Entry::Letter(Box::new(Letter {
        id: draft.row.id.to_string(),
        seq: u64::try_from(conversation.view.last_seq + 1).unwrap_or(0),
        author: frame.name.clone(),
        role: frame.title.clone(),
        on_behalf_of: None,
        channel: None,
        sent: time.full(locale, now.micros()),
        body: words::paragraphs(&draft.content.body),
        from_patient: false,
        mine: true,
        newer: false,
        taken_back: None,
        was: Vec::new(),
        seen: None,
        held: Some((
            format!("/work/drafts/{}/undo", draft.row.id),
            u32::try_from(left).unwrap_or(1),
        )),
        recognised: None,
    }))
}

fn note_form(conversation: &Conversation, fresh: &[String; 2], typed: Typed) -> NoteForm {
    let kept = conversation.note.as_ref();
    let [_, new] = fresh;
    NoteForm {
        body: match (typed.note, kept) {
            (Some(body), _) => body,
            (None, Some(draft)) => draft.content.body.clone(),
            (None, None) => String::new(),
        },
        client_msg_id: kept.map_or_else(|| new.clone(), |draft| draft.row.id.to_string()),
        version: kept.map_or(0, |draft| draft.row.version),
    }
}

/// `GET /work/threads/{id}/print`
pub async fn print(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
) -> Result<Response> {
    let opened = open(&state, &staff, path.id()?, None, PRINT).await?;
    let time = staff.time(&state, &opened.frame);
    let locale = staff.locale();
    let by = shown_as(&opened.frame);
    let mut thread = view(&state, &staff, &time, opened, None, Typed::default());
    thread.notes.clear();
    thread.can = Can::default();
    thread.entries.retain(|entry| match entry {
        Entry::Letter(letter) => letter.held.is_none(),
        Entry::Event(event) => !event.staff_only,
    });
    for entry in &mut thread.entries {
        if let Entry::Letter(letter) = entry {
            letter.mine = false;
            letter.recognised = None;
        }
    }
    let at = time.dated(locale, state.app().now().micros());
    let page = PrintPage { chrome: staff.chrome(), thread, at, by };
    Ok(pages::respond(StatusCode::OK, &page))
}
