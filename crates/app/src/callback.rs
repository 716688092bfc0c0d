//! "I'm not sure": a draft goes out unchanged, and with it a request to be called within minutes.
//!
//! The wish stands in the draft (`DraftContent::call`), so the message and the request are one transaction,
//! whichever page sends it: a card of the urgency check still comes first, and its answer sends both. The clock is
//! `domain::callback`'s; [`look`] is called by workers of every node, each step one transaction moved by
//! compare-and-set. An answer, a record of a call or closing ends it. Deliberately absent: any sentence (`web`).

use domain::access::{Actor, Role};
use domain::callback::{self as clockwork, CALLING_S, Step, There};
use domain::deadline::Tier;
use domain::ids::{CareTeamId, DraftId, MessageId, PatientId, PersonId, ThreadId};
use domain::site::{self, Safety};
use domain::time::Timestamp;
use domain::work_item::Level;
use store::access::{Permit, ReadThread, Reply, UseOwn};
use store::callback::{self as rows, CallRow, DueCall, NewCall};
use store::change::Change;
use store::inbox_row::ListedCall;
use store::seal::Place;
use store::site_safety;
use store::thread::SendRight;

use crate::content::thread_owner;
use crate::cx::{App, Cx};
use crate::draft::{self, Draft, Offer, Sent, Target, Typed};
use crate::error::{Conflict, Error, Result};
use crate::line_detail::LineDetail;
use crate::message::{self, Delivered};
use crate::{custody, deadline, notice, patient, roster, urgency, work};

/// Calls looked at in one round.
const BATCH: i64 = 100;

/// How a call ended on the team's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The team wrote, or recorded that it called.
    Answered,
    /// The conversation was closed.
    Closed,
}

/// How the team stands, and by when it calls.
#[derive(Debug, Clone)]
pub struct Promise {
    /// The team's name.
    pub team: String,
    /// How it stands.
    pub there: There,
    /// From when the clock runs.
    pub from_at: Timestamp,
    /// By when somebody calls; nobody can say when nobody is there and nothing says when ([`There::Unknown`]).
    pub due_at: Timestamp,
    /// Whom to call meanwhile.
    pub safety: Safety,
}

/// What the page before the sending says and asks.
#[derive(Debug, Clone)]
pub struct Preview {
    /// By when somebody calls.
    pub promise: Promise,
    /// The numbers on record that the writer may see.
    pub phones: Vec<String>,
    /// The number that was chosen before.
    pub chosen: Option<String>,
    /// The newest number of the conversation, and how many messages others wrote since the writer looked.
    pub seen: i64,
    /// How many those are.
    pub newer: i64,
    /// A call is asked for in this conversation already.
    pub joins: bool,
}

/// What the site of a team says, where it offers calls.
fn offered(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Option<Safety>> {
    let site = site_safety::of_team(cx.tx(), team)?;
    Ok(site.map(|site| site.safety).filter(Safety::calls))
}

fn promise(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Option<Promise>> {
    let Some(safety) = offered(cx, team)? else { return Ok(None) };
    let now = cx.now();
    let clock = deadline::team_clock(cx, team)?;
    let on_duty = roster::on_duty(cx, team)?;
    let rostered = !store::roster::list(cx.tx(), team)?.is_empty();
    // Nobody at all who may answer is like a roster that names nobody.
    let on_roster = if on_duty.is_empty() { Some(false) } else { rostered.then_some(true) };
    let (there, from_at) =
        clockwork::standing(now, clock.calendar.opening(now), on_roster, clock.policy.duty);
    let due_at = from_at.plus_seconds(safety.call_minutes.saturating_mul(60));
    let name = store::team_settings::get(cx.tx(), team)?.map(|set| set.name).unwrap_or_default();
    Ok(Some(Promise { team: name, there, from_at, due_at, safety }))
}

/// The team that reads what a draft becomes; `None` for what no patient's side sends to a team about care.
fn team_of(cx: &mut Cx<'_, '_>, draft: &Draft) -> Result<Option<CareTeamId>> {
    let team = match draft::target_of(&draft.row)? {
        Target::New { kind: domain::thread::ThreadKind::Care, team, .. } => team,
        Target::Reply { thread, .. } => {
            let permit = cx.authorize::<Reply>(thread)?;
            if !permit.allowed().patient_side {
                return Ok(None);
            }
            permit.object().owner_team
        }
        Target::New { .. } | Target::Note { .. } | Target::Told { .. } => None,
    };
    // Of a team that has ended, the one that reads it now.
    match team.filter(|_| !cx.actor().role.is_staff()) {
        Some(team) => Ok(store::care_team::receiver(cx.tx(), team)?),
        None => Ok(None),
    }
}

/// Whether a writer to a team is offered a call. `None` as team: no.
pub fn is_offered(cx: &mut Cx<'_, '_>, team: Option<CareTeamId>) -> Result<bool> {
    let Some(team) = team else { return Ok(false) };
    Ok(offered(cx, team)?.is_some())
}

/// The numbers on record of a patient that the actor may see.
fn phones(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<String>> {
    if !cx.may::<store::access::ReadDemographics>(patient)? {
        return Ok(Vec::new());
    }
    let known = patient::get(cx, patient)?.demographics.phones;
    Ok(known.iter().filter_map(|phone| site::number(phone)).collect())
}

/// What the page says and asks about a draft of the actor's own; `None` where no call is offered. Errors: as
/// [`draft::get`].
pub fn preview(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<Option<Preview>> {
    let draft = draft::get(cx, id)?;
    let Some(team) = team_of(cx, &draft)? else { return Ok(None) };
    let Some(promise) = promise(cx, team)? else { return Ok(None) };
    let phones = match draft.row.patient {
        Some(patient) => phones(cx, patient)?,
        None => Vec::new(),
    };
    let (mut seen, mut newer, mut joins) = (0, 0, false);
    if let Target::Reply { thread, .. } = draft::target_of(&draft.row)? {
        let permit = cx.authorize::<Reply>(thread)?;
        let author = cx.person()?;
        seen = permit.object().last_seq;
        newer = store::message::written_since(cx.tx(), &permit, draft.row.base_seq, author)?;
        joins = rows::open(cx.tx(), &permit)?.is_some();
    }
    Ok(Some(Preview { promise, phones, chosen: draft.content.call, seen, newer, joins }))
}

/// Whether a card comes before the sending of a draft of the actor's own (`urgency::interrupts`): then the wish is put
/// into it, at the number the patient themselves is known by, so that the card's answer sends both.
pub fn wish(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<bool> {
    let draft = draft::get(cx, id)?;
    if !urgency::interrupts(cx, &draft)? {
        return Ok(false);
    }
    let team = team_of(cx, &draft)?;
    if is_offered(cx, team)? {
        let phone = match (draft.row.patient, cx.actor().role) {
            (Some(patient), Role::Patient) => phones(cx, patient)?.into_iter().next(),
            _ => None,
        };
        put(cx, &draft, Some(phone.unwrap_or_default()))?;
    }
    Ok(true)
}

/// Saves a draft with the wish; its new version.
fn put(cx: &mut Cx<'_, '_>, draft: &Draft, call: Option<String>) -> Result<i64> {
    let mut content = draft.content.clone();
    content.call = call;
    let typed = Typed {
        target: draft::target_of(&draft.row)?,
        ask: draft.row.ask,
        content,
        base_seq: draft.row.base_seq,
    };
    draft::save(cx, Some(draft.row.id), draft.row.version, &typed).map(|(_, version)| version)
}

/// Sends a draft of the actor's own at the version last seen and asks for a call at `phone` (empty: none is known),
/// at once and without a hold. `seen` is the newest number of the conversation that the writer was shown.
///
/// Errors: `Invalid` on `phone` (`number`) and as [`draft::send`]; `Conflict(NewerMessages)`; `Conflict(Changed)`
/// when another window saved meanwhile. What was sent is `NotFound`: once is one request.
pub fn send(
    cx: &mut Cx<'_, '_>,
    id: DraftId,
    version: i64,
    phone: &str,
    seen: i64,
) -> Result<Sent> {
    let draft = draft::get(cx, id)?;
    if draft.row.version != version
        || draft.row.offer != Offer::None
        || draft.row.release_at.is_some()
    {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let phone = read_phone(phone)?;
    draft::check(cx, &draft)?;
    if let Target::Reply { thread, .. } = draft::target_of(&draft.row)? {
        let permit = cx.authorize::<Reply>(thread)?;
        let author = cx.person()?;
        message::stop_for_newer(cx, &permit, author, Some(seen.max(draft.row.base_seq)))?;
    }
    put(cx, &draft, Some(phone))?;
    let draft = draft::get(cx, id)?;
    if urgency::interrupts(cx, &draft)? {
        return Ok(Sent::Asked);
    }
    draft::release(cx, id).map(Sent::Delivered)
}

/// Whether a draft of the actor's own carries the wish for a call.
pub fn is_wished(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<bool> {
    let owner = cx.person()?;
    let _: Permit<'_, UseOwn> = cx.authorize::<UseOwn>(owner)?;
    Ok(draft::get(cx, id)?.content.call.is_some())
}

fn read_phone(text: &str) -> Result<String> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    site::number(text).ok_or_else(|| Error::field("phone", "number"))
}

/// Asks for the call with a message that was just sent, in its transaction. Where calls are not offered any more the
/// message goes alone; where one is open already this joins it.
pub(crate) fn asked(cx: &mut Cx<'_, '_>, sent: &Delivered, phone: &str) -> Result<()> {
    let permit = cx.authorize::<Reply>(sent.thread)?;
    let object = permit.object();
    let (patient, category) = (object.patient, object.category);
    let Some(team) = object.owner_team.filter(|_| permit.allowed().patient_side) else {
        return Ok(());
    };
    let Some(promise) = promise(cx, team)? else { return Ok(()) };
    urgency::raise(cx, &permit, Some(team), category, Level::NOW)?;
    let owner = thread_owner(patient, None);
    if let Some(open) = rows::open(cx.tx(), &permit)? {
        if !phone.is_empty() {
            set_phone(cx, &permit, &open, phone)?;
        }
        return tell(cx, &permit);
    }
    let id = cx.new_id()?;
    let place = Place::new("callback", &id, "phone_sealed", 1);
    let sealed = cx.seal(owner, &place, phone.as_bytes())?;
    // Who is there hears now. When nobody is, the last resort does, and whoever is on duty once there is somebody.
    let told = (promise.there != There::Later).then_some(Step::Duty);
    let next_at = clockwork::next(told, promise.from_at, promise.due_at)
        .map_or(Timestamp::FOREVER, |(_, at)| at);
    let asked_by = cx.person()?;
    let new = NewCall {
        id,
        message: sent.id,
        asked_by,
        phone: &sealed,
        there: promise.there,
        from_at: promise.from_at,
        due_at: promise.due_at,
        told,
        next_at,
    };
    rows::add(cx.tx(), &permit, &new)?;
    let people = match promise.there {
        There::Now => roster::on_duty(cx, team)?,
        There::Later | There::Unknown => deadline::tier_of(cx, team, Tier::LastResort)?,
    };
    notify(cx, &id, "asked", people)?;
    let more = LineDetail { at: promise.due_at.micros(), ..LineDetail::default() };
    let code = match promise.there {
        There::Unknown => "unknown".to_owned(),
        There::Now | There::Later => more.with("asked")?,
    };
    line(cx, &permit, &code)?;
    tell(cx, &permit)
}

/// One mail for each person and step, without a name, a team or a word: whichever clock comes to the step first, this
/// one or that of the work (`deadline`).
pub(crate) fn notify(
    cx: &mut Cx<'_, '_>,
    id: &domain::ids::CallbackId,
    step: &str,
    people: Vec<PersonId>,
) -> Result<()> {
    for person in people {
        let key = format!("call:{id}:{step}:{person}");
        notice::add(cx, person, "call", &key, None, None)?;
    }
    Ok(())
}

fn set_phone<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Reply>,
    row: &CallRow,
    phone: &str,
) -> Result<()> {
    let place = Place::new("callback", &row.id, "phone_sealed", row.phone_version + 1);
    let owner = thread_owner(permit.object().patient, None);
    let sealed = cx.seal(owner, &place, phone.as_bytes())?;
    Ok(rows::set_phone(cx.tx(), permit, row, &sealed)?)
}

/// A line in the conversation that both sides read.
fn line<'t>(cx: &mut Cx<'_, 't>, permit: &Permit<'t, Reply>, detail: &str) -> Result<()> {
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(thread_owner(permit.object().patient, None), &place, detail.as_bytes())?;
    let (person, now) = (cx.actor().person, cx.now());
    store::message::add_event(cx.tx(), permit, id, "call", person, &sealed, now)?;
    Ok(())
}

fn tell<'t>(cx: &mut Cx<'_, 't>, permit: &Permit<'t, Reply>) -> Result<()> {
    let object = permit.object();
    cx.note_change(&Change {
        kind: "work".to_owned(),
        patient: object.patient,
        thread: Some(permit.thread()),
        team: object.owner_team,
        person: cx.actor().person,
    })
}

/// Ends what is open in a conversation that the team answered or closed.
pub(crate) fn ended<'t>(cx: &mut Cx<'_, 't>, right: &impl SendRight<'t>, how: End) -> Result<()> {
    let state = match how {
        End::Answered => "answered",
        End::Closed => "closed",
    };
    let now = cx.now();
    rows::end(cx.tx(), right, state, now)?;
    Ok(())
}

/// A call reached nobody: nobody is calling any more, and the clock is looked at again.
pub(crate) fn reached_nobody<'t>(cx: &mut Cx<'_, 't>, permit: &Permit<'t, Reply>) -> Result<()> {
    let Some(open) = rows::open(cx.tx(), permit)? else { return Ok(()) };
    let now = cx.now();
    Ok(rows::set_calling(cx.tx(), permit, &open, None, now)?)
}

/// Says that the actor is calling now: takes the work unless somebody else holds it, and the patient reads it.
///
/// Errors: `Conflict(Changed)` when the call has ended or somebody else is calling; `NotFound`/`Forbidden` by policy.
pub fn calling(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<()> {
    let permit = cx.authorize::<Reply>(thread)?;
    if permit.allowed().patient_side {
        return Err(Error::NotFound);
    }
    let (me, now) = (cx.person()?, cx.now());
    let open = rows::open(cx.tx(), &permit)?.ok_or(Error::Conflict(Conflict::Changed))?;
    match open.calling.filter(|(_, at)| now.seconds_since(*at) < CALLING_S) {
        Some((who, _)) if who == me => return Ok(()),
        Some(_) => return Err(Error::Conflict(Conflict::Changed)),
        None => {}
    }
    match work::claim(cx, thread, None) {
        Ok(()) | Err(Error::Conflict(_)) => {}
        Err(error) => return Err(error),
    }
    let scheduled = clockwork::next(open.told, open.from_at, open.due_at);
    let next_at =
        scheduled.map_or(Timestamp::FOREVER, |(_, at)| at.max(now.plus_seconds(CALLING_S)));
    rows::set_calling(cx.tx(), &permit, &open, Some((me, now)), next_at)?;
    let named = match permit.object().owner_team {
        Some(team) => custody::shows_names(cx, team)?,
        None => false,
    };
    let by = if named { cx.profile_of(me)?.name } else { String::new() };
    line(cx, &permit, &LineDetail { by, ..LineDetail::default() }.with("calling")?)?;
    tell(cx, &permit)
}

/// Takes the request back; the message stays, and the work goes back to the level and the clock that it would have
/// without the request (`urgency::flag`). Nothing when it has ended. `NotFound`/`Forbidden` by policy.
pub fn withdraw(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<()> {
    let permit = on_patient_side(cx, thread)?;
    let now = cx.now();
    if rows::end(cx.tx(), &permit, "withdrawn", now)? {
        line(cx, &permit, "off")?;
        urgency::flag::settle_call(cx, &permit)?;
        tell(cx, &permit)?;
    }
    Ok(())
}

/// Puts another number to an open request. `Invalid` on `phone`; nothing when it has ended.
pub fn renumber(cx: &mut Cx<'_, '_>, thread: ThreadId, phone: &str) -> Result<()> {
    let permit = on_patient_side(cx, thread)?;
    let phone = read_phone(phone)?;
    if phone.is_empty() {
        return Err(Error::field("phone", "number"));
    }
    let Some(open) = rows::open(cx.tx(), &permit)? else { return Ok(()) };
    set_phone(cx, &permit, &open, &phone)?;
    tell(cx, &permit)
}

fn on_patient_side<'t>(cx: &mut Cx<'_, 't>, thread: ThreadId) -> Result<Permit<'t, Reply>> {
    let permit = cx.authorize::<Reply>(thread)?;
    if permit.allowed().patient_side { Ok(permit) } else { Err(Error::NotFound) }
}

/// A call that is waited for, for readers of its conversation.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The message that it came with.
    pub message: MessageId,
    /// Who asked, by name.
    pub asked_by: String,
    /// Whether the reader did.
    pub mine: bool,
    /// When.
    pub asked_at: Timestamp,
    /// How the team stood then.
    pub there: There,
    /// By when somebody calls.
    pub due_at: Timestamp,
    /// Whether that is over.
    pub late: bool,
    /// Whether the message was taken back since; the wish to be called stands.
    pub taken_back: bool,
    /// Who is calling now; an empty name where patients read none.
    pub calling: Option<String>,
    /// The number to call; empty when none is known. For staff and for who asked.
    pub phone: String,
    /// The numbers on record; for staff.
    pub on_record: Vec<String>,
    /// Whom to call meanwhile; `None` when the site says nothing any more.
    pub safety: Option<Safety>,
}

/// The call that is waited for in a conversation. `NotFound`/`Forbidden` by policy.
pub fn waiting(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Option<Waiting>> {
    let permit = cx.authorize::<ReadThread>(thread)?;
    let Some(row) = rows::shown(cx.tx(), &permit)? else { return Ok(None) };
    let (me, now, patient_side) = (cx.person()?, cx.now(), permit.allowed().patient_side);
    let mine = row.asked_by == me;
    let (team, patient) = (permit.object().owner_team, permit.object().patient);
    let place = Place::new("callback", &row.id, "phone_sealed", row.phone_version);
    let phone = if mine || !patient_side {
        cx.open(thread_owner(patient, None), &place, &row.phone)?
    } else {
        String::new()
    };
    let on_record = match store::patient::get_of_thread(cx.tx(), &permit)? {
        Some(found) if !patient_side => patient::open(cx, found)?.demographics.phones,
        _ => Vec::new(),
    };
    let calling = match row.calling.filter(|(_, at)| now.seconds_since(*at) < CALLING_S) {
        Some((who, _)) if !patient_side => Some(cx.profile_of(who)?.name),
        said => calling_now(cx, said, team)?,
    };
    let safety = match team {
        Some(team) => site_safety::of_team(cx.tx(), team)?.map(|site| site.safety),
        None => None,
    };
    Ok(Some(Waiting {
        message: row.message,
        asked_by: cx.profile_of(row.asked_by)?.name,
        mine,
        asked_at: row.asked_at,
        there: row.there,
        due_at: row.due_at,
        late: row.due_at <= now,
        taken_back: row.taken_back,
        calling,
        phone,
        on_record,
        safety,
    }))
}

/// A call that is waited for, on the row of its conversation.
#[derive(Debug, Clone)]
pub struct Listed {
    /// How the team stood when it was asked for.
    pub there: There,
    /// By when somebody calls.
    pub due_at: Timestamp,
    /// Whether that is over.
    pub late: bool,
    /// Who is calling now; an empty name where patients read none.
    pub calling: Option<String>,
    /// The nurse line; empty when the site says none.
    pub nurse: String,
}

/// What the row of a conversation of `team` says of its call. For who may read the row.
pub(crate) fn listed(
    cx: &mut Cx<'_, '_>,
    row: &ListedCall,
    team: Option<CareTeamId>,
) -> Result<Listed> {
    let safety = match team {
        Some(team) => site_safety::of_team(cx.tx(), team)?.map(|site| site.safety),
        None => None,
    };
    let late = row.due_at <= cx.now();
    Ok(Listed {
        there: row.there,
        due_at: row.due_at,
        late,
        calling: calling_now(cx, row.calling, team)?,
        nurse: safety.map(|safety| safety.nurse).unwrap_or_default(),
    })
}

/// Who is calling now, for the patient's side: an empty name where it reads none.
fn calling_now(
    cx: &mut Cx<'_, '_>,
    said: Option<(PersonId, Timestamp)>,
    team: Option<CareTeamId>,
) -> Result<Option<String>> {
    let now = cx.now();
    let Some((who, _)) = said.filter(|(_, at)| now.seconds_since(*at) < CALLING_S) else {
        return Ok(None);
    };
    let named = match team {
        Some(team) => custody::shows_names(cx, team)?,
        None => false,
    };
    if named { Ok(Some(cx.profile_of(who)?.name)) } else { Ok(Some(String::new())) }
}

/// Tells who is to be told by now; how many calls were looked at.
pub fn look(app: &App) -> Result<usize> {
    let now = app.now();
    let due = app.db().read(|tx| rows::list_due(tx, now, BATCH))?;
    let looked = due.len();
    for call in due {
        app.write_reserved(&Actor::system(), move |cx| step(cx, &call))?;
    }
    Ok(looked)
}

fn step(cx: &mut Cx<'_, '_>, call: &DueCall) -> Result<()> {
    let now = cx.now();
    let Some((step, at)) = clockwork::next(call.told, call.from_at, call.due_at) else {
        return Ok(rows::advance(cx.tx(), call, call.told, Timestamp::FOREVER).map(|_| ())?);
    };
    // Whoever is calling is left to it for a while.
    let at = call.calling_at.map_or(at, |calling| at.max(calling.plus_seconds(CALLING_S)));
    if at > now {
        return Ok(rows::advance(cx.tx(), call, call.told, at).map(|_| ())?);
    }
    let next_at = clockwork::next(Some(step), call.from_at, call.due_at)
        .map_or(Timestamp::FOREVER, |(_, at)| at);
    if !rows::advance(cx.tx(), call, Some(step), next_at)? {
        return Ok(());
    }
    let people = match (call.team, step) {
        (None, _) => Vec::new(),
        (Some(team), Step::Duty) => {
            let there = roster::on_duty(cx, team)?;
            if there.is_empty() { deadline::tier_of(cx, team, Tier::LastResort)? } else { there }
        }
        (Some(team), Step::Leads) => deadline::tier_of(cx, team, Tier::Leads)?,
        (Some(team), Step::LastResort) => deadline::tier_of(cx, team, Tier::LastResort)?,
    };
    if step != Step::Duty {
        say(cx, call, step, &people)?;
    }
    notify(cx, &call.id, step.code(), people)?;
    cx.note_change(&Change {
        kind: "work".to_owned(),
        patient: call.patient,
        thread: Some(call.thread),
        team: call.team,
        person: None,
    })
}

/// The line that both sides read when more people were told, or when nobody has called in time.
fn say(cx: &mut Cx<'_, '_>, call: &DueCall, step: Step, people: &[PersonId]) -> Result<()> {
    let named = match call.team {
        Some(team) => custody::shows_names(cx, team)?,
        None => false,
    };
    let mut names = Vec::new();
    for person in people.iter().filter(|_| named && step == Step::Leads) {
        names.push(cx.profile_of(*person)?.name);
    }
    let more = LineDetail { to: names.join(", "), ..LineDetail::default() };
    let detail = more.with(if step == Step::Leads { "told" } else { "late" })?;
    let (id, now) = (cx.new_id()?, cx.now());
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(thread_owner(call.patient, None), &place, detail.as_bytes())?;
    Ok(rows::say(cx.tx(), call, id, &sealed, now)?)
}
