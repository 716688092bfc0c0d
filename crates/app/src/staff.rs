//! What staff pages show around their main thing: the frame, and everything beside a conversation, an
//! envelope or a patient.
//!
//! Each part asks for its own permit. What the reader may not see is left out without an entry in the
//! access log, since nothing was asked for. Deliberately absent: acts on work (see `work`).

pub mod list;
pub mod watch;

use domain::ids::{CareTeamId, PatientId, PersonId, ThreadId};
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use store::access::{
    AssignWork, CloseThread, HandleWork, ListQueue, MergeThread, MoveThread, ReadChart, ReadCircle,
    ReadEnvelope, ReadNotes, ReadThread, ReadTime, Reply, StartStaffThread, StartThread, WriteNote,
};
use store::draft::DraftKind;
use store::inbox_row;
use store::seal::Place;
use store::work_item::{self, WorkItemRow};
use store::{care_team, circle, organization, person};

pub use store::care_team::TeamRow;
pub use store::inbox_row::After;

use crate::content::{Preview, thread_owner};
use crate::cx::Cx;
use crate::draft::{self, Draft};
use crate::error::{Error, Result};
use crate::inbox::{self, InboxItem};
use crate::note::{self, Note};
use crate::patient::{self, Patient};
use crate::read_back;
use crate::roster::Duty;
use crate::thread::{self, Names, ThreadView};
use crate::work;

/// Who works here, for the frame of every staff page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Full name.
    pub name: String,
    /// Role in plain words; may be empty.
    pub title: String,
    /// The organization's name; empty when the log-in belongs to none.
    pub organization: String,
    /// The reader's teams now.
    pub teams: Vec<TeamRow>,
    /// How many calls wait in those teams, because nobody has opened the answer.
    pub calls: i64,
    /// Those of them that they lead.
    pub leads: Vec<CareTeamId>,
}

/// Whether the actor sees time spent on care: `Forbidden` when not.
pub fn may_read_time(cx: &mut Cx<'_, '_>) -> Result<()> {
    cx.authorize::<ReadTime>(()).map(|_| ())
}

/// The frame of the actor's pages.
pub fn frame(cx: &mut Cx<'_, '_>) -> Result<Frame> {
    let me = cx.person()?;
    let row = person::get(cx.tx(), me)?.ok_or(Error::SignedOut)?;
    let profile = cx.profile(&row)?;
    let organization = match row.organization {
        Some(id) => organization::get(cx.tx(), id)?,
        None => None,
    };
    let teams = work::my_teams(cx)?.into_iter().map(|(team, _)| team).collect();
    let calls = if row.role.is_clinical() { read_back::count(cx, me)? } else { 0 };
    let now = cx.now();
    let leads = care_team::list_led(cx.tx(), me, now)?;
    Ok(Frame {
        name: profile.name,
        title: profile.title,
        organization: organization.map(|found| found.name).unwrap_or_default(),
        teams,
        calls,
        leads,
    })
}

/// What the policy lets the reader do in a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights {
    /// Claim, release, wait, set the level.
    pub handle: bool,
    /// Assign and pass.
    pub assign: bool,
    /// Close and reopen.
    pub close: bool,
    /// Answer.
    pub reply: bool,
    /// Write notes.
    pub note: bool,
    /// Move it to the right patient's record.
    pub refile: bool,
    /// Join it with another of the same patient.
    pub merge: bool,
}

/// A colleague to whom work can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// `clinician` or `nurse`.
    pub role: String,
}

/// A conversation with everything beside it.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// The conversation.
    pub view: ThreadView,
    /// Whom it is about.
    pub patient: Option<Patient>,
    /// The people on the patient's side who read along.
    pub readers: Vec<crate::circle::Reader>,
    /// How far the rights of each go (`read`, `draft`, `write`), for who may see the circle.
    pub reader_rights: Vec<(PersonId, String)>,
    /// Team notes, oldest first.
    pub notes: Vec<Note>,
    /// What the reader may do.
    pub rights: Rights,
    /// Whether the reader belongs to the team that owns it.
    pub own_team: bool,
    /// Whom it may be assigned to.
    pub colleagues: Vec<Colleague>,
    /// The teams it may be passed to.
    pub targets: Vec<TeamRow>,
    /// The reader's reply in the making, or on its way.
    pub reply: Option<Draft>,
    /// Whether the patient's side wrote while an answer of the reader's was leaving, and still waits.
    pub crossed: bool,
    /// The reader's note in the making.
    pub note: Option<Draft>,
    /// Whether the reader may open the patient's chart.
    pub reads_chart: bool,
    /// Colleagues who are writing a reply, by name.
    pub writers: Vec<String>,
    /// Replies that somebody asked or was asked about, the reader among them.
    pub shared: Vec<crate::share::Line>,
    /// Why it went to the team it first went to, when a rule or the visit decided.
    pub routed: Option<crate::routing::Why>,
    /// Until when the work on it is put off.
    pub snoozed: Option<Timestamp>,
    /// How often it went back to a team that had passed it on.
    pub bounces: i64,
}

/// Opens a conversation for staff: the newest `limit` messages below `before`.
///
/// Errors: `NotFound`/`Forbidden` by policy; `NotFound` for the patient's side, whose page is another.
pub fn conversation(
    cx: &mut Cx<'_, '_>,
    id: ThreadId,
    before: i64,
    limit: i64,
) -> Result<Conversation> {
    let view = thread::view(cx, id, before, limit)?;
    if view.patient_side {
        return Err(Error::NotFound);
    }
    let reading = cx.authorize::<ReadThread>(id)?;
    let found = threads_patient(cx, &reading)?;
    let routed = crate::routing::why(cx, &reading)?;
    let care = view.kind.with_patient();
    let readers = if care { crate::circle::readers(cx, id)? } else { Vec::new() };
    let reader_rights = match view.patient {
        Some(patient) if care && cx.may::<ReadCircle>(patient)? => {
            let permit = cx.authorize::<ReadCircle>(patient)?;
            let rows = circle::list(cx.tx(), &permit)?;
            rows.into_iter().map(|row| (row.person, row.rights)).collect()
        }
        _ => Vec::new(),
    };
    let rights = Rights {
        handle: cx.may::<HandleWork>(id)?,
        assign: cx.may::<AssignWork>(id)?,
        close: cx.may::<CloseThread>(id)?,
        reply: cx.may::<Reply>(id)?,
        note: cx.may::<WriteNote>(id)?,
        refile: cx.may::<MoveThread>(id)?,
        merge: cx.may::<MergeThread>(id)?,
    };
    let (mut notes, writers) = if cx.may::<ReadNotes>(id)? {
        (note::list(cx, id)?, writers(cx, id)?)
    } else {
        (Vec::new(), Vec::new())
    };
    for joined in &view.joined {
        if cx.may::<ReadNotes>(joined.thread)? {
            notes.extend(note::list(cx, joined.thread)?);
        }
    }
    notes.sort_by_key(|note| note.at);
    let owner = view.team.as_ref().map(|team| team.id);
    // Who belonged to a team that has ended may open its conversations again: they go to the next one.
    let own_team = (view.follows.is_some() && rights.close)
        || work::my_teams(cx)?.iter().any(|(team, _)| Some(team.id) == owner);
    let work = care || !view.items.is_empty();
    let (colleagues, targets) = match owner.filter(|_| rights.assign && own_team && work) {
        Some(team) => receivers(cx, team)?,
        None => (Vec::new(), Vec::new()),
    };
    let reads_chart = match view.patient {
        Some(patient) => cx.may::<ReadChart>(patient)?,
        None => false,
    };
    Ok(Conversation {
        patient: found,
        readers,
        reader_rights,
        notes,
        rights,
        own_team,
        colleagues,
        targets,
        reply: draft::find_in_thread(cx, id, DraftKind::Reply)?,
        crossed: crate::crossed::is_open(cx, &reading)?,
        note: draft::find_in_thread(cx, id, DraftKind::Note)?,
        reads_chart,
        writers,
        shared: crate::share::list_in_thread(cx, id)?,
        routed,
        bounces: store::pass::count_of(cx.tx(), &reading)?,
        snoozed: if rights.handle { store::snooze::get(cx.tx(), &reading)? } else { None },
        view,
    })
}

/// The colleagues who are writing a reply now, by name.
fn writers(cx: &mut Cx<'_, '_>, id: ThreadId) -> Result<Vec<String>> {
    let permit = cx.authorize::<ReadNotes>(id)?;
    let (me, since) = (cx.person()?, cx.now().plus_seconds(-draft::WRITING_S));
    let found = store::draft::list_writers(cx.tx(), &permit, me, since)?;
    found.into_iter().map(|person| cx.profile_of(person).map(|profile| profile.name)).collect()
}

fn threads_patient<'t, A>(
    cx: &mut Cx<'_, 't>,
    permit: &store::access::Permit<'t, A>,
) -> Result<Option<Patient>>
where
    A: store::access::Action<Object = store::access::ThreadObject> + store::patient::ShowsSubject,
{
    let row = store::patient::get_of_thread(cx.tx(), permit)?;
    row.map(|row| patient::open(cx, row)).transpose()
}

/// The people and teams that work can be given to.
type Receivers = (Vec<Colleague>, Vec<TeamRow>);

/// The people and teams that work of `team` can be given to.
pub(crate) fn receivers(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Receivers> {
    let duty = Duty::read(cx, team)?;
    receivers_beside(cx, team, &duty)
}

/// The same, where who the team is has been read already.
pub(crate) fn receivers_beside(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    duty: &Duty,
) -> Result<Receivers> {
    let mut colleagues = Vec::new();
    for member in duty.members.iter().filter(|member| member.role != "desk") {
        let (person, role) = (member.person, member.role.clone());
        colleagues.push(Colleague { person, name: cx.profile_of(person)?.name, role });
    }
    // Whoever is on duty now comes first.
    colleagues.sort_by_key(|one| (!duty.there.contains(&one.person), one.name.clone()));
    let targets = match care_team::get(cx.tx(), team)? {
        Some(row) => care_team::list_of_organization(cx.tx(), row.organization)?,
        None => Vec::new(),
    };
    Ok((colleagues, targets.into_iter().filter(|target| target.id != team).collect()))
}

/// One conversation without its words, for those who say where it goes.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Whom it is about.
    pub patient: Option<Patient>,
    /// The team that owns it.
    pub team: Option<TeamRow>,
    /// What that team owes; `None` when it is closed.
    pub item: Option<WorkItemRow>,
    /// Who holds it, by name.
    pub holder: Option<String>,
    /// Whom it may be assigned to.
    pub colleagues: Vec<Colleague>,
    /// The teams it may be passed to.
    pub targets: Vec<TeamRow>,
}

/// Opens an envelope.
pub fn envelope(cx: &mut Cx<'_, '_>, id: ThreadId) -> Result<Envelope> {
    let permit = cx.authorize::<ReadEnvelope>(id)?;
    let found = threads_patient(cx, &permit)?;
    let owner = permit.object().owner_team;
    let items = work_item::list_shown(cx.tx(), &permit)?;
    let item = items.into_iter().find(|item| Some(item.team) == owner);
    let holder = match item.as_ref().and_then(|item| item.assignee) {
        Some(person) => Some(cx.profile_of(person)?.name),
        None => None,
    };
    let team = match owner {
        Some(team) => care_team::get(cx.tx(), team)?,
        None => None,
    };
    let (colleagues, targets) = match owner.filter(|_| item.is_some()) {
        Some(team) if cx.may::<AssignWork>(id)? => receivers(cx, team)?,
        _ => (Vec::new(), Vec::new()),
    };
    Ok(Envelope { patient: found, team, item, holder, colleagues, targets })
}

/// A row of the list of conversations between staff.
#[derive(Debug, Clone)]
pub struct StaffThread {
    /// The thread.
    pub thread: ThreadId,
    /// Whom it is about.
    pub patient: Option<Patient>,
    /// Its category.
    pub category: Category,
    /// Its headline.
    pub headline: String,
    /// Who wrote the newest message.
    pub from: String,
    /// Its first words.
    pub preview: String,
    /// Its number.
    pub last_seq: i64,
    /// When it was sent.
    pub last_at: Timestamp,
    /// The team it was sent to, by name.
    pub team: String,
    /// Whether the reader has not seen it.
    pub unread: bool,
}

/// The conversations between staff in which the team or the reader takes part, newest first, and
/// where the next page begins.
pub fn between_staff(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    after: After,
    limit: i64,
) -> Result<(Vec<StaffThread>, Option<After>)> {
    let permit = cx.authorize::<ListQueue>(team)?;
    let mut rows = inbox_row::list_between_staff(cx.tx(), &permit, after, limit.saturating_add(1))?;
    let wanted = usize::try_from(limit).unwrap_or(0);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next =
        rows.last().filter(|_| more).map(|row| After { last_at: row.last_at, thread: row.thread });
    let mut names = Names::default();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let owner = thread_owner(row.patient(), None);
        let place = Place::new("thread", &row.thread, "headline_sealed", 1);
        let headline = cx.open(owner, &place, &row.headline)?;
        let place = Place::new("inbox_row", &row.thread, "preview_sealed", row.last_seq);
        let shown: Preview = cx.open_json(owner, &place, &row.preview)?;
        let about = store::patient::get_shown(cx.tx(), &row)?;
        let about = about.map(|about| patient::open(cx, about)).transpose()?;
        let team = match row.team {
            Some(team) => names.team(cx, team)?,
            None => String::new(),
        };
        found.push(StaffThread {
            thread: row.thread,
            patient: about,
            category: row.category,
            headline,
            from: shown.from,
            preview: shown.text,
            last_seq: row.last_seq,
            last_at: row.last_at,
            team,
            unread: row.unread,
        });
    }
    Ok((found, next))
}

/// Somebody of the circle, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircleMember {
    /// Their log-in.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// `self`, `helper` or `representative`.
    pub basis: String,
    /// `read`, `draft` or `write`.
    pub rights: String,
}

/// A conversation between staff in the list of a patient's page.
#[derive(Debug, Clone)]
pub struct StaffThreadLine {
    /// The thread.
    pub thread: ThreadId,
    /// Its headline.
    pub headline: String,
    /// The team it was sent to, by name.
    pub team: String,
    /// When its newest message that the reader may see was sent.
    pub last_at: Timestamp,
}

/// A patient's page.
#[derive(Debug, Clone)]
pub struct PatientDesk {
    /// Who.
    pub patient: Patient,
    /// Who may act for the patient, the patient included; `None` for who may not see it.
    pub circle: Option<Vec<CircleMember>>,
    /// Conversations the reader may open, newest first.
    pub threads: Vec<InboxItem>,
    /// Whether there are more.
    pub more: bool,
    /// Conversations between staff about the patient that the reader may open, newest first.
    pub between_staff: Vec<StaffThreadLine>,
    /// Whether the reader may open the chart.
    pub reads_chart: bool,
    /// Whether the reader may write to the patient.
    pub may_write: bool,
    /// Whether the reader has begun to enter a call or letter.
    pub told_begun: bool,
}

/// Most conversations on a patient's page.
const THREADS_MAX: i64 = 50;

/// Opens a patient's page.
pub fn patient_desk(cx: &mut Cx<'_, '_>, id: PatientId) -> Result<PatientDesk> {
    let patient = patient::get(cx, id)?;
    let circle = if cx.may::<ReadCircle>(id)? {
        let permit = cx.authorize::<ReadCircle>(id)?;
        let mut members = Vec::new();
        for row in circle::list(cx.tx(), &permit)? {
            let name = cx.profile_of(row.person)?.name;
            members.push(CircleMember {
                person: row.person,
                name,
                basis: row.basis,
                rights: row.rights,
            });
        }
        Some(members)
    } else {
        None
    };
    let (threads, more, between_staff) = if cx.may::<store::access::ListThreads>(id)? {
        let page =
            inbox::list(cx, id, inbox_row::Filter::All, inbox_row::After::start(), THREADS_MAX)?;
        (page.items, page.next.is_some(), between_staff_about(cx, id)?)
    } else {
        (Vec::new(), false, Vec::new())
    };
    let may_write = cx.may::<StartThread>(id)?;
    Ok(PatientDesk {
        patient,
        circle,
        threads,
        more,
        between_staff,
        reads_chart: cx.may::<ReadChart>(id)?,
        told_begun: may_write && crate::told::begun(cx, id)?.is_some(),
        may_write,
    })
}

fn between_staff_about(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<StaffThreadLine>> {
    let permit = cx.authorize::<store::access::ListThreads>(patient)?;
    let rows = inbox_row::list_between_staff_about(cx.tx(), &permit, THREADS_MAX)?;
    let mut names = Names::default();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let place = Place::new("thread", &row.thread, "headline_sealed", 1);
        let headline = cx.open(thread_owner(Some(patient), None), &place, &row.headline)?;
        let team = row.team.map(|team| names.team(cx, team)).transpose()?.unwrap_or_default();
        found.push(StaffThreadLine { thread: row.thread, headline, team, last_at: row.last_at });
    }
    Ok(found)
}

/// What starting a conversation needs.
#[derive(Debug, Clone)]
pub struct Starting {
    /// Whom it is about.
    pub patient: Patient,
    /// The teams it can belong to.
    pub teams: Vec<TeamRow>,
    /// Who on the patient's side will read it.
    pub readers: Vec<crate::circle::Reader>,
    /// Whether the reader may open the chart.
    pub reads_chart: bool,
}

/// The teams and readers of a conversation to be started about a patient. With the patient it belongs
/// to a team of the writer's that treats the patient; between staff it goes to any team of the
/// organization.
pub fn starting(cx: &mut Cx<'_, '_>, id: PatientId, kind: ThreadKind) -> Result<Starting> {
    let patient = patient::get(cx, id)?;
    let reads_chart = cx.may::<ReadChart>(id)?;
    let mine = work::my_teams(cx)?;
    if kind == ThreadKind::Staff {
        let _: store::access::Permit<'_, StartStaffThread> = cx.authorize(id)?;
        let mut teams = Vec::new();
        for organization in organizations(&mine) {
            teams.extend(care_team::list_of_organization(cx.tx(), organization)?);
        }
        return Ok(Starting { patient, teams, readers: Vec::new(), reads_chart });
    }
    let _: store::access::Permit<'_, StartThread> = cx.authorize(id)?;
    let audience = crate::circle::audience(cx, id, Category::Other)?;
    let teams = audience
        .teams
        .into_iter()
        .filter(|team| mine.iter().any(|(own, _)| own.id == team.id))
        .collect();
    Ok(Starting { patient, teams, readers: audience.readers, reads_chart })
}

fn organizations(mine: &[(TeamRow, String)]) -> Vec<domain::ids::OrganizationId> {
    let mut found: Vec<_> = mine.iter().map(|(team, _)| team.organization).collect();
    found.sort();
    found.dedup();
    found
}

/// What a note in the making becomes: the text kept for its writer alone is not needed any more.
pub fn add_note(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    body: &domain::message::Body,
    client_msg_id: &domain::message::ClientMsgId,
) -> Result<()> {
    note::add(cx, thread, body, client_msg_id)?;
    match draft::find_in_thread(cx, thread, DraftKind::Note)? {
        Some(kept) => draft::remove(cx, kept.row.id),
        None => Ok(()),
    }
}
