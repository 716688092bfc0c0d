//! Conversations: rows of `thread`, and who takes part in them.
//!
//! Sealed columns: `headline_sealed` under the patient's key (a staff thread without a patient: the
//! organization's), row `thread.id`, version 1.

use domain::access::Actor;
use domain::ids::{CareTeamId, EncounterId, Id, ParticipationId, PatientId, PersonId, ThreadId};
use domain::thread::{AboutKind, Category, ItemFacts, ThreadKind};
use domain::time::Timestamp;
use domain::work_item::{Outcome, WorkState};
use uuid::Uuid;

use crate::access::closed::Closed;
use crate::access::{Action, ThreadObject};
use crate::access::{
    AssignWork, CloseThread, ImportRecords, MergeThread, MoveThread, Permit, ReadEnvelope,
    ReadThread, Reply, StartStaffThread, StartThread, UndoWork,
};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::work_item::WorkRight;
use crate::{code, sql};

/// What a thread is about: a kind and, unless it is nothing, the id of the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The kind.
    pub kind: AboutKind,
    /// The encounter or chart item; `None` for nothing.
    pub id: Option<uuid::Uuid>,
}

impl About {
    /// About nothing in the record.
    pub const NOTHING: Self = Self { kind: AboutKind::Nothing, id: None };

    /// The visit it is about, if it is one.
    pub fn encounter(&self) -> Option<EncounterId> {
        (self.kind == AboutKind::Encounter).then_some(self.id).flatten().map(EncounterId::from_uuid)
    }
}

/// A party of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The patient's side, helpers included.
    Patient(PatientId),
    /// A team.
    Team(CareTeamId),
    /// One person.
    Person(PersonId),
}

impl Party {
    /// The stored code of the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Patient(_) => "patient",
            Self::Team(_) => "team",
            Self::Person(_) => "person",
        }
    }

    /// The stored id.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Patient(id) => id.as_uuid(),
            Self::Team(id) => id.as_uuid(),
            Self::Person(id) => id.as_uuid(),
        }
    }

    pub(crate) fn read(row: &Row, first: usize) -> Result<Self, DbError> {
        let kind: String = row.get(first)?;
        match kind.as_str() {
            "patient" => Ok(Self::Patient(row.get(first + 1)?)),
            "team" => Ok(Self::Team(row.get(first + 1)?)),
            "person" => Ok(Self::Person(row.get(first + 1)?)),
            _ => Err(DbError::Decode("party kind".to_owned())),
        }
    }
}

/// A thread to be made.
#[derive(Debug)]
pub struct NewThread<'a> {
    /// Its id.
    pub id: ThreadId,
    /// Care or staff.
    pub kind: ThreadKind,
    /// What it is about, as a category.
    pub category: Category,
    /// Its headline, sealed.
    pub headline: &'a Sealed,
    /// What it refers to.
    pub about: About,
    /// The team that owns it.
    pub owner_team: CareTeamId,
    /// Who starts it; `None` is the server itself.
    pub created_by: Option<PersonId>,
    /// The closed thread it continues.
    pub continues: Option<ThreadId>,
    /// When.
    pub at: Timestamp,
}

/// A thread as stored.
#[derive(Debug, Clone)]
pub struct ThreadRow {
    /// Its id.
    pub id: ThreadId,
    /// Whom it is about.
    pub patient: Option<PatientId>,
    /// Its kind.
    pub kind: ThreadKind,
    /// Its category.
    pub category: Category,
    /// Whether it is hidden from helpers without the confidential right.
    pub confidential: bool,
    /// Its headline, sealed.
    pub headline: Sealed,
    /// What it refers to.
    pub about: About,
    /// The team that owns it.
    pub owner_team: Option<CareTeamId>,
    /// Its newest sequence number.
    pub last_seq: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// Who began it; `None` is the server itself.
    pub created_by: Option<PersonId>,
    /// The thread it continues.
    pub continues: Option<ThreadId>,
}

/// The right to write a line in one thread, held by whoever may send there and by those who handle its
/// work: a [`Permit`], or the proof of having just opened it. Closed: no other crate adds one.
pub trait SendRight<'t>: Closed {
    /// The thread.
    fn thread(&self) -> ThreadId;
}

/// The right to add a message to one thread: a [`Permit`] to reply, or the proof of having just opened
/// it. Who assigns or closes work writes lines, not messages.
pub trait MessageRight<'t>: SendRight<'t> {}
impl<'t> MessageRight<'t> for Permit<'t, Reply> {}
impl<'t> MessageRight<'t> for Opened<'t> {}

impl<'t> SendRight<'t> for Permit<'t, Reply> {
    fn thread(&self) -> ThreadId {
        Permit::thread(self)
    }
}

/// Those who handle work write its lines into the thread: it moved, it was closed, it came back.
macro_rules! line_rights {
    ($($action:ident)*) => {
        $(
            impl<'t> SendRight<'t> for Permit<'t, $action> {
                fn thread(&self) -> ThreadId {
                    Permit::thread(self)
                }
            }
        )*
    };
}
line_rights! { AssignWork CloseThread UndoWork MoveThread MergeThread }

/// The right to take a conversation from one team to another: a [`Permit`] to assign, or the proof that its
/// owner has ended (`crate::succession`).
pub trait PassRight<'t>: SendRight<'t> + WorkRight<'t> {}
impl<'t> PassRight<'t> for Permit<'t, AssignWork> {}

/// Makes another team the owner of the thread.
pub fn move_owner<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, AssignWork>,
    team: CareTeamId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE thread SET owner_team_id = $2, version = version + 1, updated_at = $3 WHERE id = $1"
        ),
        &[&permit.thread(), &team, &permit.now()],
    )
}

/// The parties that take part now, for passing work on.
pub fn parties_for_work<'t>(
    tx: &mut Tx<'t>,
    right: &impl PassRight<'t>,
) -> Result<Vec<Party>, DbError> {
    list_parties(tx, SendRight::thread(right), right.at())
}

/// Proof of having just opened a thread in this transaction.
#[derive(Debug)]
pub struct Opened<'t> {
    thread: ThreadId,
    brand: std::marker::PhantomData<fn(&'t ()) -> &'t ()>,
}

impl Closed for Opened<'_> {}

impl<'t> SendRight<'t> for Opened<'t> {
    fn thread(&self) -> ThreadId {
        self.thread
    }
}

/// Opens a care thread for the permit's patient.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, StartThread>,
    new: &NewThread<'_>,
) -> Result<Opened<'t>, DbError> {
    insert(tx, Some(permit.patient()), new)
}

/// Opens a thread between staff about the permit's patient.
pub fn add_staff<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, StartStaffThread>,
    new: &NewThread<'_>,
) -> Result<Opened<'t>, DbError> {
    insert(tx, Some(permit.patient()), new)
}

/// Opens a thread between staff about what an import brought for a patient.
pub fn add_screening<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, ImportRecords>,
    patient: PatientId,
    new: &NewThread<'_>,
) -> Result<Opened<'t>, DbError> {
    insert(tx, Some(patient), new)
}

fn insert<'t>(
    tx: &mut Tx<'t>,
    patient: Option<PatientId>,
    new: &NewThread<'_>,
) -> Result<Opened<'t>, DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO thread (id, patient_id, kind, category, confidential, headline_sealed, \
             about_kind, about_id, owner_team_id, retention_class, legal_hold, last_seq, created_by, \
             created_at, continues, version, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'record', FALSE, 0, $10, $11, $12, 1, $11)"
        ),
        &[
            &new.id,
            &patient,
            &new.kind.code(),
            &new.category.code(),
            &new.category.is_confidential(),
            new.headline,
            &new.about.kind.code(),
            &new.about.id,
            &new.owner_team,
            &new.created_by,
            &new.at,
            &new.continues,
        ],
    )?;
    Ok(Opened { thread: new.id, brand: std::marker::PhantomData })
}

/// Takes the thread's next sequence number: the thread's own counter, in this transaction.
pub fn next_seq<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    at: Timestamp,
) -> Result<i64, DbError> {
    tx.query_one(
        sql!(
            "UPDATE thread SET last_seq = last_seq + 1, updated_at = $2 WHERE id = $1 \
             RETURNING last_seq"
        ),
        &[&right.thread(), &at],
    )?
    .get(0)
}

/// The newest number of the right's thread.
pub fn last_seq<'t>(tx: &mut Tx<'t>, right: &impl SendRight<'t>) -> Result<i64, DbError> {
    tx.query_one(sql!("SELECT last_seq FROM thread WHERE id = $1"), &[&right.thread()])?.get(0)
}

/// The thread's row with its words.
pub fn get<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, ReadThread>) -> Result<ThreadRow, DbError> {
    read_row(tx, permit.thread())
}

/// The thread's row for somebody about to reply.
pub fn get_for_reply<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
) -> Result<ThreadRow, DbError> {
    read_row(tx, permit.thread())
}

/// The thread's row for the desk: the caller shows no headline.
pub fn get_envelope<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadEnvelope>,
) -> Result<ThreadRow, DbError> {
    read_row(tx, permit.thread())
}

fn read_row(tx: &mut Tx<'_>, id: ThreadId) -> Result<ThreadRow, DbError> {
    let row = tx.query_one(
        sql!(
            "SELECT patient_id, kind, category, confidential, headline_sealed, about_kind, about_id, \
             owner_team_id, last_seq, created_at, created_by, continues FROM thread WHERE id = $1"
        ),
        &[&id],
    )?;
    Ok(ThreadRow {
        id,
        patient: row.get(0)?,
        kind: code(&row, 1, ThreadKind::from_code)?,
        category: code(&row, 2, Category::from_code)?,
        confidential: row.get(3)?,
        headline: row.get(4)?,
        about: About { kind: code(&row, 5, AboutKind::from_code)?, id: row.get(6)? },
        owner_team: row.get(7)?,
        last_seq: row.get(8)?,
        created_at: row.get(9)?,
        created_by: row.get(10)?,
        continues: row.get(11)?,
    })
}

/// A party's interval to be added.
#[derive(Debug)]
pub struct NewParticipation {
    /// Its id.
    pub id: ParticipationId,
    /// Who.
    pub party: Party,
    /// The first sequence number the party sees.
    pub from_seq: i64,
    /// Since when.
    pub from_at: Timestamp,
    /// Who added them.
    pub added_by: Actor,
    /// Why, as a code.
    pub reason: &'static str,
}

/// Adds a party to a thread with an open interval.
pub fn add_participation<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    new: &NewParticipation,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO participation (id, thread_id, party_kind, party_id, from_seq, to_seq, from_at, \
             until_at, added_by, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[
            &new.id,
            &right.thread(),
            &new.party.kind(),
            &new.party.id(),
            &new.from_seq,
            &i64::MAX,
            &new.from_at,
            &Timestamp::FOREVER,
            &new.added_by.person,
            &new.reason,
        ],
    )
}

/// Ends a team's part in the right's thread: it keeps what it has seen up to `to_seq`, and sees and does
/// nothing after it.
pub fn end_participation<'t>(
    tx: &mut Tx<'t>,
    right: &impl PassRight<'t>,
    team: CareTeamId,
    to_seq: i64,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE participation SET to_seq = $3 WHERE thread_id = $1 AND party_kind = 'team' \
             AND party_id = $2 AND to_seq = $4"
        ),
        &[&SendRight::thread(right), &team, &to_seq, &i64::MAX],
    )
    .map(|_| ())
}

/// The parties that take part now, for a reader.
pub fn parties_shown<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Vec<Party>, DbError> {
    list_parties(tx, permit.thread(), permit.now())
}

fn list_parties(tx: &mut Tx<'_>, id: ThreadId, now: Timestamp) -> Result<Vec<Party>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT party_kind, party_id FROM participation \
             WHERE thread_id = $1 AND from_at <= $2 AND until_at > $2 AND to_seq = $3 \
             ORDER BY party_kind, party_id"
        ),
        &[&id, &now, &i64::MAX],
    )?
    .iter()
    .map(|row| Party::read(row, 0))
    .collect()
}

/// The work items of a thread as the state and the ladder need them.
pub fn item_facts<'t, A: Action<Object = ThreadObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Vec<ItemFacts>, DbError> {
    let rows = tx.query(
        sql!(
            "SELECT team_id, state, assignee_id, opened_at, outcome FROM work_item WHERE thread_id = $1"
        ),
        &[&permit.thread()],
    )?;
    let owner = permit.object().owner_team;
    rows.iter()
        .map(|row| {
            let team: CareTeamId = row.get(0)?;
            Ok(ItemFacts {
                team,
                owner: owner == Some(team),
                state: code(row, 1, WorkState::from_code)?,
                assignee: row.get(2)?,
                opened_at: row.get(3)?,
                outcome: row.get::<Option<String>>(4)?.as_deref().and_then(Outcome::from_code),
            })
        })
        .collect()
}
