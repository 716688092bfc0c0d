//! `/work`: a team's list of work, or the desk's envelopes, or conversations between colleagues.

use app::crossed::Crossed;
use app::draft::{DraftKind, Unsent};
use app::staff::list::WorkPage;
use app::staff::{After, Frame, StaffThread};
use app::work::{Marks, QueueAfter, QueueCounts, QueueEntry, QueueList};
use axum::extract::{Query, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::Role;
use domain::ids::{CareTeamId, Id, PersonId, ThreadId, WorkItemId};
use domain::message::Side;
use domain::time::Timestamp;
use domain::work_item::WorkState;
use http::StatusCode;

use super::{From, FromQuery, List, Rail, Staff, bulk, desk, see, words};
use crate::error::{Fault, Result};
use crate::i18n::{Locale, SiteTime};
use crate::middleware::context::home;
use crate::pages::staff::{DeskPage, Filter, Queue, QueuePage, QueueRow, UnsentRow};
use crate::pages::{self, Chrome};
use crate::run::WebState;

/// Rows of a page, as many as the patient's list has: about two screens, and each row is a patient whose
/// own record says that the reader was shown it.
pub const PAGE: i64 = 25;

/// A place in a list as it stands in an address: figures and an id, no word.
pub fn cursor(after: QueueAfter) -> String {
    let item = after.item.map(|item| item.to_string()).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(format!("{} {} {item}", after.level, after.due_at.micros()))
}

/// Reads a place back; what is none is not found.
pub fn read_cursor(text: &str) -> Result<QueueAfter> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.splitn(3, ' ');
        Some(QueueAfter {
            level: parts.next()?.parse().ok()?,
            due_at: Timestamp::from_micros(parts.next()?.parse().ok()?),
            item: Some(WorkItemId::parse(parts.next()?).ok()?),
        })
    };
    read().ok_or(Fault::NotFound)
}

fn colleague_cursor(after: After) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", after.last_at.micros(), after.thread))
}

fn read_colleague_cursor(text: &str) -> Result<After> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (at, thread) = text.split_once(' ')?;
        Some(After {
            last_at: Timestamp::from_micros(at.parse().ok()?),
            thread: ThreadId::parse(thread).ok()?,
        })
    };
    read().ok_or(Fault::NotFound)
}

/// A list with the counts of its team.
pub struct Loaded {
    /// The list.
    pub queue: Queue,
    /// The counts, when they were asked for.
    pub counts: Option<QueueCounts>,
}

/// What makes rows of entries.
struct Maker<'a> {
    locale: Locale,
    time: &'a SiteTime,
    now: Timestamp,
    from: From,
    open: Option<ThreadId>,
    me: PersonId,
}

impl Maker<'_> {
    fn row(&self, entry: QueueEntry) -> QueueRow {
        let Self { locale, time, now, from, open, me } = self;
        let owed = matches!(entry.item.state, WorkState::Queued | WorkState::Claimed);
        let thread = entry.item.thread;
        let by_helper = entry.last_side == Side::Patient && entry.from != entry.patient_name;
        QueueRow {
            thread: thread.to_string(),
            seq: entry.last_seq,
            href: from.thread(thread),
            level: words::level(entry.item.level),
            patient_short: words::short(*locale, &entry.birth_date, &entry.gender, *now),
            patient: entry.patient.map(|_| entry.patient_name),
            headline: entry.headline,
            preview: entry.preview,
            by_helper: by_helper.then_some(entry.from),
            between_staff: false,
            category: locale.t(&format!("staff-category-{}", entry.category.code())),
            since: time.short(*locale, entry.item.opened_at.micros()),
            due: owed.then(|| words::due(*locale, time, entry.item.due_at, *now)),
            mine: entry.item.assignee == Some(*me),
            with: entry.holder,
            first: entry.first.map(|first| super::routed::tag(*locale, first)),
            unread: entry.unread,
            open: *open == Some(thread),
            marks: entry
                .flag
                .map(|flag| super::flag::mark(*locale, flag))
                .into_iter()
                .chain(marks(*locale, time, entry.marks))
                .collect(),
            pick: Some(bulk::pick(thread, entry.item.version)),
            picked: false,
        }
    }

    fn colleague_row(&self, entry: StaffThread) -> QueueRow {
        let Self { locale, time, now, from, open, .. } = self;
        let who = entry.patient.map(|patient| patient.demographics).unwrap_or_default();
        QueueRow {
            thread: entry.thread.to_string(),
            seq: entry.last_seq,
            href: from.thread(entry.thread),
            level: words::level(3),
            patient_short: words::short(*locale, &who.birth_date, &who.gender, *now),
            patient: (!who.name.is_empty()).then_some(who.name),
            headline: entry.headline,
            preview: locale.t2("staff-said", "name", entry.from, "text", entry.preview),
            by_helper: None,
            between_staff: true,
            category: locale.t(&format!("staff-category-{}", entry.category.code())),
            since: time.short(*locale, entry.last_at.micros()),
            due: None,
            with: Some(entry.team),
            first: None,
            mine: false,
            unread: entry.unread,
            open: *open == Some(entry.thread),
            marks: Vec::new(),
            pick: None,
            picked: false,
        }
    }
}

/// What a row says of a call that is asked for, of open questions and of calls that reached nobody.
fn marks(locale: Locale, time: &SiteTime, marks: Marks) -> Vec<String> {
    let call = marks
        .call_by
        .map(|by| locale.t1("staff-call-mark", "time", time.clock(locale, by.micros()).text));
    let tried = (marks.tried > 0).then(|| locale.t1("staff-tried", "n", marks.tried));
    let open = (marks.open > 0)
        .then(|| locale.t2("staff-questions-open", "n", marks.open, "all", marks.asked));
    call.into_iter().chain(open).chain(tried).collect()
}

/// Loads a list of the reader's.
pub async fn load(
    state: &WebState,
    staff: &Staff,
    time: &SiteTime,
    from: From,
    after: Option<&str>,
    open: Option<ThreadId>,
) -> Result<Loaded> {
    let locale = staff.locale();
    let team = from.team;
    let maker = Maker { locale, time, now: state.app().now(), from, open, me: staff.0.person };
    match from.list {
        List::Work(part) => {
            let after = after.map_or(Ok(QueueAfter::START), read_cursor)?;
            let page = state
                .read(staff.actor(), move |cx| app::work::queue(cx, team, part, after, PAGE))
                .await?;
            Ok(work_list(&maker, page))
        }
        List::Colleagues => {
            let after = match after {
                Some(text) => read_colleague_cursor(text)?,
                None => After::start(),
            };
            let (found, next) = state
                .read(staff.actor(), move |cx| app::staff::between_staff(cx, team, after, PAGE))
                .await?;
            let queue = Queue {
                title: locale.t(from.list.key()),
                href: from.href(),
                total: None,
                late: 0,
                rows: found.into_iter().map(|entry| maker.colleague_row(entry)).collect(),
                next: next.map(|next| format!("{}&after={}", from.href(), colleague_cursor(next))),
                bulk: None,
            };
            Ok(Loaded { queue, counts: None })
        }
    }
}

/// A page of a team's work.
fn work_list(maker: &Maker<'_>, page: app::work::QueuePage) -> Loaded {
    let (from, counts) = (maker.from, page.counts);
    let late = if from.list == List::Work(QueueList::Team) { counts.late } else { 0 };
    let queue = Queue {
        title: maker.locale.t(from.list.key()),
        href: from.href(),
        total: from.list.count(counts),
        late: u64::try_from(late).unwrap_or(0),
        rows: page.entries.into_iter().map(|entry| maker.row(entry)).collect(),
        next: page.next.map(|next| format!("{}&after={}", from.href(), cursor(next))),
        bulk: None,
    };
    Loaded { queue, counts: Some(counts) }
}

/// The list that an address asks for; without a word, the first team's queue.
pub fn wanted(frame: &Frame, query: &FromQuery) -> Result<Option<From>> {
    let list = match query.list.as_deref() {
        None => List::Work(QueueList::Team),
        Some(code) => List::from_code(code).ok_or(Fault::NotFound)?,
    };
    let team = match query.team.as_deref() {
        Some(text) => Some(CareTeamId::parse(text).map_err(|_| Fault::NotFound)?),
        None => frame.teams.first().map(|team| team.id),
    };
    Ok(team.map(|team| From { team, list }))
}

/// `GET /work`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<FromQuery>,
) -> Result<Response> {
    let at = home(staff.0.role());
    if at != "/work" {
        return Ok(see(at));
    }
    let Seen { frame, wanted, page: found } = seen(&state, &staff, &query).await?;
    let (mut chrome, missed) = bulk::said(&state, &staff, staff.chrome(), &query).await?;
    chrome.live = wanted.map(|from| format!("/work/live?team={}", from.team));
    if staff.0.role() == Role::Desk {
        let after = query.after.as_deref();
        let page = desk::list(&state, &staff, (&frame, chrome), wanted, after).await?;
        return Ok(pages::respond(StatusCode::OK, &DeskPage { missed, ..page }));
    }
    let Some(from) = wanted else {
        let page = QueuePage {
            filter: None,
            desk: desk(&staff, &frame, Rail::On("")),
            queue: no_team(chrome.locale),
            unsent: not_done(&staff, state.read(staff.actor(), lists_not_done).await?),
            missed,
            on_duty: None,
            roster: None,
            chrome,
        };
        return Ok(pages::respond(StatusCode::OK, &page));
    };
    let page = match found {
        Some(found) => work_page(&state, &staff, (frame, chrome), from, found),
        None => page(&state, &staff, (frame, chrome), from, query.after.as_deref()).await?,
    };
    Ok(pages::respond(StatusCode::OK, &QueuePage { missed, ..page }))
}

/// What the address of a list asks for, and what of it was read with the frame.
struct Seen {
    frame: Frame,
    wanted: Option<From>,
    page: Option<WorkPage>,
}

/// Reads the frame, and what most people look at most with it: one snapshot instead of two, each of which
/// would load its pages anew after every commit.
async fn seen(state: &WebState, staff: &Staff, query: &FromQuery) -> Result<Seen> {
    let (asked, desk) = (query.clone(), staff.0.role() == Role::Desk);
    let after = query.after.as_deref().map_or(Ok(QueueAfter::START), read_cursor);
    let read = move |cx: &mut app::Cx<'_, '_>| {
        let frame = app::staff::frame(cx)?;
        let list = wanted(&frame, &asked).ok().flatten();
        let part = match (list, after.as_ref().ok()) {
            (Some(From { team, list: List::Work(part) }), Some(after)) if !desk => {
                Some(app::staff::list::work_page(cx, team, part, *after, PAGE)?)
            }
            _ => None,
        };
        Ok((frame, part))
    };
    let (frame, page) = state.read(staff.actor(), read).await?;
    let wanted = wanted(&frame, query)?;
    Ok(Seen { frame, wanted, page })
}

/// The page of a list of a team's work.
fn work_page(
    state: &WebState,
    staff: &Staff,
    (frame, chrome): (Frame, Chrome),
    from: From,
    found: WorkPage,
) -> QueuePage {
    let (locale, time) = (chrome.locale, staff.time(state, &frame));
    let now = state.app().now();
    let maker = Maker { locale, time: &time, now, from, open: None, me: staff.0.person };
    let mut loaded = work_list(&maker, found.page);
    loaded.queue.bulk = found.offers.map(|offers| bulk::bar(locale, from, offers));
    let mut lines = not_done(staff, (found.unsent, found.crossed));
    lines.extend(super::share::lines(locale, found.shared));
    QueuePage {
        filter: filter(locale, from, found.says_first),
        ..framed(staff, (&frame, chrome), from, loaded, lines, &found.duty)
    }
}

/// A list in its frame.
fn framed(
    staff: &Staff,
    (frame, chrome): (&Frame, Chrome),
    from: From,
    loaded: Loaded,
    unsent: Vec<UnsentRow>,
    duty: &app::roster::Now,
) -> QueuePage {
    QueuePage {
        filter: None,
        on_duty: super::roster::words(chrome.locale, duty.names.as_deref()),
        roster: duty.keeps.then(|| super::roster::address(from.team)),
        desk: desk(staff, frame, Rail::At(from, loaded.counts)),
        queue: loaded.queue,
        unsent,
        missed: Vec::new(),
        chrome,
    }
}

/// The page of a list.
async fn page(
    state: &WebState,
    staff: &Staff,
    (frame, chrome): (Frame, Chrome),
    from: From,
    after: Option<&str>,
) -> Result<QueuePage> {
    match from.list {
        List::Work(part) => {
            let after = after.map_or(Ok(QueueAfter::START), read_cursor)?;
            let team = from.team;
            let read = move |cx: &mut app::Cx<'_, '_>| {
                app::staff::list::work_page(cx, team, part, after, PAGE)
            };
            let found = state.read(staff.actor(), read).await?;
            Ok(work_page(state, staff, (frame, chrome), from, found))
        }
        List::Colleagues => {
            let time = staff.time(state, &frame);
            let loaded = load(state, staff, &time, from, after, None).await?;
            let read = move |cx: &mut app::Cx<'_, '_>| {
                Ok((lists_not_done(cx)?, app::roster::now(cx, from.team)?))
            };
            let (found, duty) = state.read(staff.actor(), read).await?;
            let lines = not_done(staff, found);
            Ok(framed(staff, (&frame, chrome), from, loaded, lines, &duty))
        }
    }
}

/// The link from a team's list to what is for the reader first, where the practice's rules say who goes first;
/// and back.
pub(super) fn filter(locale: Locale, from: From, says_first: bool) -> Option<Filter> {
    let (to, key) = match from.list {
        List::Work(QueueList::Team) if says_first => (QueueList::First, "staff-queue-only-first"),
        List::Work(QueueList::First) => (QueueList::Team, "staff-queue-all"),
        _ => return None,
    };
    Some(Filter { href: From { list: List::Work(to), ..from }.href(), text: locale.t(key) })
}

/// A list once more, with what is wrong with the form of several rows, and those rows still chosen.
pub(super) async fn again(
    state: &WebState,
    staff: &Staff,
    from: From,
    faults: &[app::FieldError],
    chosen: &[String],
) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let mut chrome = super::with_faults(staff.chrome(), faults);
    chrome.live = Some(format!("/work/live?team={}", from.team));
    let picked = |pick: &Option<String>| pick.as_ref().is_some_and(|pick| chosen.contains(pick));
    if staff.0.role() == Role::Desk {
        let mut page = desk::list(state, staff, (&frame, chrome), Some(from), None).await?;
        for row in &mut page.rows {
            row.picked = picked(&row.pick);
        }
        return Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let mut page = page(state, staff, (frame, chrome), from, None).await?;
    for row in &mut page.queue.rows {
        row.picked = picked(&row.pick);
    }
    Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// What the reader sent and what did not come of it as was meant.
type NotDone = (Vec<Unsent>, Vec<Crossed>);

fn lists_not_done(cx: &mut app::Cx<'_, '_>) -> app::Result<NotDone> {
    Ok((app::draft::list_unsent(cx)?, app::crossed::list(cx)?))
}

/// What could not leave, and what left and closed nothing, in words, with where it is.
fn not_done(staff: &Staff, (unsent, crossed): NotDone) -> Vec<UnsentRow> {
    let locale = staff.locale();
    let stays = crossed.into_iter().map(|found| UnsentRow {
        text: locale.t1("staff-crossed-about", "headline", &found.headline),
        href: format!("/work/threads/{}#crossed", found.thread),
    });
    unsent.into_iter().filter_map(|found| did_not_leave(locale, &found)).chain(stays).collect()
}

fn did_not_leave(locale: Locale, found: &Unsent) -> Option<UnsentRow> {
    let (named, row) = (&found.named, &found.named.draft.row);
    let reply = row.thread.filter(|_| row.kind == DraftKind::Reply);
    let href = match (reply, row.patient) {
        (Some(thread), _) => format!("/work/threads/{thread}#unsent"),
        (None, Some(patient)) => format!("/patients/{patient}/threads/new?draft={}", row.id),
        (None, None) => return None,
    };
    let headline = &named.headline;
    let text = if found.passed {
        let key = "staff-unsent-passed-about";
        locale.t2(key, "headline", headline, "team", &named.team)
    } else {
        locale.t1("staff-unsent-about", "headline", headline)
    };
    Some(UnsentRow { text, href })
}

/// Somebody of no team has no work here yet.
fn no_team(locale: Locale) -> Queue {
    Queue {
        title: locale.t("staff-no-team"),
        href: "/work".to_owned(),
        total: None,
        late: 0,
        rows: Vec::new(),
        next: None,
        bulk: None,
    }
}
