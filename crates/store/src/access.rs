//! The only maker of permits: loads the facts, asks the policy, notes the audit row, and hands out a
//! proof that store functions on patient data demand.
//!
//! A [`Permit`] is branded with its transaction, has private fields and no `Clone`: it cannot be
//! forged, kept, or used in another transaction. Deliberately absent: the policy itself
//! (`domain::access`).

use std::marker::PhantomData;

use domain::access::{
    self as policy, ActionKind, Actor, Allowed, Decision, Facets, Facts, ObjectKind,
};
use domain::access::{Rights, Role, Tie, TieKind};
use domain::ids::{CareTeamId, Id, PatientId, PersonId, ThreadId};
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::audit_event::AuditEntry;
use crate::db::{DbError, Row, Tx};
use crate::sql;

/// Why no permit was made.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Outside the relation, or no such thing.
    #[error("no such thing for this actor")]
    NotFound,
    /// Known to the actor but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// The actor's rights ended while the request ran.
    #[error("the actor is signed out")]
    Revoked,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Closes the traits of permits and rights to other crates: an action, an object or a right made
/// elsewhere would be a permit made elsewhere.
pub(crate) mod closed {
    /// Only this crate can name it, so only this crate implements what asks for it.
    pub trait Closed {}
}
use closed::Closed;

/// Something that can be asked for: a marker type per [`ActionKind`]. Closed: no other crate adds one.
pub trait Action: Closed {
    /// The action's kind, as the policy and the audit rows know it.
    const KIND: ActionKind;
    /// What it acts on.
    type Object: Object;
}

/// A thing actions act on, loaded with its facts. Closed: no other crate adds one.
pub trait Object: Closed + Sized {
    /// How it is named.
    type Key: Copy;
    /// Its kind, for the audit row.
    const KIND: ObjectKind;
    /// Loads the thing and the actor's ties to it that are valid at `now`; `None` when there is none.
    fn load(
        tx: &mut Tx<'_>,
        actor: &Actor,
        key: Self::Key,
        now: Timestamp,
    ) -> Result<Option<Loaded<Self>>, DbError>;
    /// The id for the audit row.
    fn key_id(key: Self::Key) -> Option<Uuid>;
    /// The patients whose data an allowed access shows.
    fn subject(&self) -> Option<PatientId>;
}

/// An object with the part of the facts that depends on it.
#[derive(Debug)]
pub struct Loaded<O> {
    object: O,
    staff_thread: bool,
    own: bool,
    ties: Vec<Tie>,
}

/// Proof that `A` was allowed on one object in the transaction `'t`.
#[derive(Debug)]
pub struct Permit<'t, A: Action> {
    object: A::Object,
    allowed: Allowed,
    person: Option<PersonId>,
    now: Timestamp,
    /// The place of its entry in the ledger of the transaction.
    entry: usize,
    brand: PhantomData<fn(&'t ()) -> &'t ()>,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Closed for Permit<'_, A> {}

impl<A: Action> Permit<'_, A> {
    /// The object the permit is for.
    pub const fn object(&self) -> &A::Object {
        &self.object
    }

    /// The tie and bounds it rests on.
    pub const fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    /// Who acts; `None` is the system.
    pub const fn person(&self) -> Option<PersonId> {
        self.person
    }

    /// The place of its entry in the ledger of the transaction.
    pub(crate) const fn entry(&self) -> usize {
        self.entry
    }

    /// The moment the ties were checked for; lists bind it in `from_at <= now AND until_at > now`.
    pub const fn now(&self) -> Timestamp {
        self.now
    }
}

impl<'t, A: Action> Permit<'t, A> {
    /// The bounds of a list: whose ties count, and when. The system has no ties and so no rows.
    pub fn scope(&self) -> Scope<'t> {
        Scope {
            person: self.person,
            patient_side: self.allowed.patient_side,
            now: self.now,
            brand: PhantomData,
        }
    }
}

impl<A: Action<Object = ThreadObject>> Permit<'_, A> {
    /// The thread.
    pub const fn thread(&self) -> ThreadId {
        self.object.id
    }
}

impl<A: Action<Object = PatientObject>> Permit<'_, A> {
    /// The patient.
    pub const fn patient(&self) -> PatientId {
        self.object.id
    }
}

impl<A: Action<Object = TeamObject>> Permit<'_, A> {
    /// The team.
    pub const fn team(&self) -> CareTeamId {
        self.object.id
    }
}

/// Whose ties bound a list, and when; bound as parameters into literal SQL.
#[derive(Debug)]
pub struct Scope<'t> {
    person: Option<PersonId>,
    patient_side: bool,
    now: Timestamp,
    brand: PhantomData<fn(&'t ()) -> &'t ()>,
}

impl Scope<'_> {
    /// The person whose ties count; the nil id, which nobody has, for the system.
    pub fn person(&self) -> PersonId {
        self.person.unwrap_or_else(|| PersonId::from_uuid(Uuid::nil()))
    }

    /// Which ties count: those of the patient's side, or those of the clinic's. The portals are apart, so
    /// that a nurse who is also a patient's daughter lists and opens by her team's ties alone; lists bind
    /// it in `a.patient_side = $n`.
    pub const fn patient_side(&self) -> bool {
        self.patient_side
    }

    /// The moment of the validity predicate.
    pub const fn now(&self) -> Timestamp {
        self.now
    }
}

/// One conversation.
#[derive(Debug, Clone)]
pub struct ThreadObject {
    /// Its id.
    pub id: ThreadId,
    /// Whom it is about.
    pub patient: Option<PatientId>,
    /// Its kind.
    pub kind: ThreadKind,
    /// What kind of matter it is about.
    pub category: Category,
    /// The team that owns it.
    pub owner_team: Option<CareTeamId>,
    /// Its newest sequence number.
    pub last_seq: i64,
}

/// One patient.
#[derive(Debug, Clone)]
pub struct PatientObject {
    /// Its id.
    pub id: PatientId,
}

/// One team.
#[derive(Debug, Clone)]
pub struct TeamObject {
    /// Its id.
    pub id: CareTeamId,
}

/// What belongs to one log-in.
#[derive(Debug, Clone)]
pub struct OwnObject {
    /// The log-in.
    pub person: PersonId,
}

/// The deployment as a whole.
#[derive(Debug, Clone)]
pub struct DeploymentObject;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident on $object:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;
            impl Closed for $name {}
            impl Action for $name {
                const KIND: ActionKind = ActionKind::$name;
                type Object = $object;
            }
        )*
    };
}

actions! {
    /// Read a conversation's words.
    ReadThread on ThreadObject;
    /// Read who, when, team and state.
    ReadEnvelope on ThreadObject;
    /// Prepare a reply.
    DraftReply on ThreadObject;
    /// Send.
    Reply on ThreadObject;
    /// Set one's own read mark.
    MarkRead on ThreadObject;
    /// Read staff notes.
    ReadNotes on ThreadObject;
    /// Write a staff note.
    WriteNote on ThreadObject;
    /// Claim, release, wait, set the level.
    HandleWork on ThreadObject;
    /// Take a flag of the urgency check back, or raise it again.
    TakeFlagBack on ThreadObject;
    /// Say whether the urgency check was right.
    RateFlag on ThreadObject;
    /// Ask a colleague about a reply, or be asked.
    ShareDraft on ThreadObject;
    /// Assign or pass.
    AssignWork on ThreadObject;
    /// Close or reopen.
    CloseThread on ThreadObject;
    /// Take back one's own last step.
    UndoWork on ThreadObject;
    /// Take a conversation out of the wrong record.
    MoveThread on ThreadObject;
    /// Join a conversation with another.
    MergeThread on ThreadObject;
    /// Put a conversation into the right record.
    ReceiveThread on PatientObject;
    /// Read name, birth date, language.
    ReadDemographics on PatientObject;
    /// Read visits, conditions, medicines, observations.
    ReadChart on PatientObject;
    /// Set and end the limits of a patient's plan.
    SetPlan on PatientObject;
    /// List a patient's conversations.
    ListThreads on PatientObject;
    /// Search a patient's conversations.
    SearchThreads on PatientObject;
    /// Prepare a new conversation.
    DraftThread on PatientObject;
    /// Start a conversation.
    StartThread on PatientObject;
    /// Start a conversation between staff.
    StartStaffThread on PatientObject;
    /// Take on or set aside what a helper prepared.
    DecideDraft on PatientObject;
    /// See who may act for a patient.
    ReadCircle on PatientObject;
    /// See who opened what.
    ReadAccessLog on PatientObject;
    /// A team's queue with words.
    ListQueue on TeamObject;
    /// A team's queue without words.
    ListEnvelopes on TeamObject;
    /// How a team does, in figures.
    ReadTeamFigures on TeamObject;
    /// How groups of a team's patients wait, in figures.
    ReadEquity on TeamObject;
    /// A team's saved replies.
    KeepReplies on TeamObject;
    /// Write to many of a team's patients.
    Announce on TeamObject;
    /// One's own inbox, drafts, account.
    UseOwn on OwnObject;
    /// Start a session.
    SignIn on OwnObject;
    /// End a session.
    SignOut on OwnObject;
    /// Change what one proves oneself with, and what is signed in.
    ChangeCredentials on OwnObject;
    /// Find a patient.
    FindPatient on DeploymentObject;
    /// See time spent on care.
    ReadTime on DeploymentObject;
    /// Find whose access log to read.
    FindAccessLog on DeploymentObject;
    /// Manage people, teams, grants.
    Administer on DeploymentObject;
    /// Bring in records.
    ImportRecords on DeploymentObject;
    /// Count how groups of patients wait.
    MeasureEquity on DeploymentObject;
    /// Count how the rules of the urgency check do.
    MeasureCheck on DeploymentObject;
}

/// Actions that may keep the directory of organizations and sites, which holds no patient data.
pub trait KeepsDirectory: Action<Object = DeploymentObject> {}
impl KeepsDirectory for Administer {}
impl KeepsDirectory for ImportRecords {}

/// Asks for `A` on the thing named by `key`.
///
/// Notes an audit row in the transaction's ledger either way: an allowed one is written with the
/// transaction, a denied one after its rollback. Errors: [`AccessError`].
pub fn authorize<'t, A: Action>(
    tx: &mut Tx<'t>,
    actor: &Actor,
    key: <A::Object as Object>::Key,
    now: Timestamp,
) -> Result<Permit<'t, A>, AccessError> {
    let loaded = A::Object::load(tx, actor, key, now)?;
    let (object, decision) = match loaded {
        None => (None, Decision::NotFound),
        Some(loaded) => {
            let facts = Facts {
                role: actor.role,
                system: actor.is_system(),
                scopes: actor.scopes.clone(),
                action: A::KIND,
                staff_thread: loaded.staff_thread,
                own: loaded.own,
                ties: loaded.ties,
            };
            (Some(loaded.object), policy::decide(&facts))
        }
    };
    let subject = object.as_ref().and_then(A::Object::subject);
    let entry =
        AuditEntry::new(actor, A::KIND, A::Object::KIND, A::Object::key_id(key), subject, now);
    match (object, decision) {
        (Some(object), Decision::Allow(allowed)) => {
            let entry = tx.ext.note(entry.allowed(&allowed));
            Ok(Permit {
                object,
                allowed,
                person: actor.person,
                now,
                entry,
                brand: PhantomData,
                action: PhantomData,
            })
        }
        (_, Decision::Forbidden) => {
            tx.ext.note(entry.denied("forbidden"));
            Err(AccessError::Forbidden)
        }
        (_, Decision::NotFound | Decision::Allow(_)) => {
            tx.ext.note(entry.denied("not_found"));
            Err(AccessError::NotFound)
        }
    }
}

/// Whether `A` would be allowed, so that a page leaves out what its reader may not see. Shows nothing,
/// proves nothing and records nothing: whatever is then read is asked for with [`authorize`].
pub fn may<A: Action>(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: <A::Object as Object>::Key,
    now: Timestamp,
) -> Result<bool, DbError> {
    let Some(loaded) = A::Object::load(tx, actor, key, now)? else { return Ok(false) };
    let facts = Facts {
        role: actor.role,
        system: actor.is_system(),
        scopes: actor.scopes.clone(),
        action: A::KIND,
        staff_thread: loaded.staff_thread,
        own: loaded.own,
        ties: loaded.ties,
    };
    Ok(matches!(policy::decide(&facts), Decision::Allow(_)))
}

/// Checks in the running transaction that the actor is still active and nothing of theirs was revoked
/// since the request began. The system always passes.
pub fn check_actor(tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AccessError> {
    let Some(person) = actor.person else { return Ok(()) };
    let row = tx.query_opt(
        sql!("SELECT epoch FROM person WHERE id = $1 AND status = 'active'"),
        &[&person],
    )?;
    match row {
        Some(row) if row.get::<i64>(0)? == actor.epoch => Ok(()),
        _ => Err(AccessError::Revoked),
    }
}

fn tie(row: &Row, first: usize) -> Result<Option<Tie>, DbError> {
    let kind: String = row.get(first)?;
    let rights: String = row.get(first + 2)?;
    let (Some(kind), Some(rights)) = (TieKind::from_code(&kind), Rights::from_code(&rights)) else {
        return Ok(None);
    };
    Ok(Some(Tie {
        kind,
        id: row.get(first + 1)?,
        rights,
        facets: Facets::default(),
        from_seq: 1,
        to_seq: i64::MAX,
    }))
}

impl Closed for ThreadObject {}

impl Object for ThreadObject {
    type Key = ThreadId;
    const KIND: ObjectKind = ObjectKind::Thread;

    fn load(
        tx: &mut Tx<'_>,
        actor: &Actor,
        key: ThreadId,
        now: Timestamp,
    ) -> Result<Option<Loaded<Self>>, DbError> {
        let Some(row) = tx.query_opt(
            sql!("SELECT patient_id, kind, owner_team_id, last_seq, category FROM thread WHERE id = $1"),
            &[&key],
        )?
        else {
            return Ok(None);
        };
        let kind: String = row.get(1)?;
        let object = Self {
            id: key,
            patient: row.get(0)?,
            kind: ThreadKind::from_code(&kind).unwrap_or(ThreadKind::Staff),
            owner_team: row.get(2)?,
            last_seq: row.get(3)?,
            category: Category::from_code(&row.get::<String>(4)?).unwrap_or(Category::Other),
        };
        let mut ties = Vec::new();
        if let Some(person) = actor.person {
            let rows = tx.query(
                sql!(
                    "SELECT tie, tie_id, rights, from_seq, to_seq FROM thread_access \
                     WHERE person_id = $1 AND thread_id = $2 AND from_at <= $3 AND until_at > $3"
                ),
                &[&person, &key, &now],
            )?;
            for row in &rows {
                if let Some(mut found) = tie(row, 0)? {
                    found.from_seq = row.get(3)?;
                    found.to_seq = row.get(4)?;
                    ties.push(found);
                }
            }
        }
        let staff_thread = matches!(object.kind, ThreadKind::Staff | ThreadKind::Interorg);
        Ok(Some(Loaded { object, staff_thread, own: false, ties }))
    }

    fn key_id(key: ThreadId) -> Option<Uuid> {
        Some(key.as_uuid())
    }

    fn subject(&self) -> Option<PatientId> {
        self.patient
    }
}

impl Closed for PatientObject {}

impl Object for PatientObject {
    type Key = PatientId;
    const KIND: ObjectKind = ObjectKind::Patient;

    fn load(
        tx: &mut Tx<'_>,
        actor: &Actor,
        key: PatientId,
        now: Timestamp,
    ) -> Result<Option<Loaded<Self>>, DbError> {
        let known = tx.query_opt(sql!("SELECT id FROM patient WHERE id = $1"), &[&key])?;
        if known.is_none() {
            return Ok(None);
        }
        let mut ties = Vec::new();
        if let Some(person) = actor.person {
            let rows = tx.query(
                sql!(
                    "SELECT tie, tie_id, rights, demographics, chart, threads, care_time \
                     FROM patient_access \
                     WHERE person_id = $1 AND patient_id = $2 AND from_at <= $3 AND until_at > $3"
                ),
                &[&person, &key, &now],
            )?;
            for row in &rows {
                if let Some(mut found) = tie(row, 0)? {
                    found.facets = Facets {
                        demographics: row.get(3)?,
                        chart: row.get(4)?,
                        threads: row.get(5)?,
                        care_time: row.get(6)?,
                    };
                    ties.push(found);
                }
            }
        }
        Ok(Some(Loaded { object: Self { id: key }, staff_thread: false, own: false, ties }))
    }

    fn key_id(key: PatientId) -> Option<Uuid> {
        Some(key.as_uuid())
    }

    fn subject(&self) -> Option<PatientId> {
        Some(self.id)
    }
}

impl Closed for TeamObject {}

impl Object for TeamObject {
    type Key = CareTeamId;
    const KIND: ObjectKind = ObjectKind::Team;

    fn load(
        tx: &mut Tx<'_>,
        actor: &Actor,
        key: CareTeamId,
        now: Timestamp,
    ) -> Result<Option<Loaded<Self>>, DbError> {
        let Some(person) = actor.person else { return Ok(None) };
        let rows = tx.query(
            sql!(
                "SELECT 'team_' || role, id, 'write' FROM membership \
                 WHERE team_id = $1 AND person_id = $2 AND from_at <= $3 AND until_at > $3 \
                 UNION ALL SELECT 'team_lead', id, 'write' FROM membership \
                 WHERE team_id = $1 AND person_id = $2 AND from_at <= $3 AND until_at > $3 \
                 AND is_lead AND role <> 'desk'"
            ),
            &[&key, &person, &now],
        )?;
        let mut ties = Vec::new();
        for row in &rows {
            ties.extend(tie(row, 0)?);
        }
        Ok(Some(Loaded { object: Self { id: key }, staff_thread: false, own: false, ties }))
    }

    fn key_id(key: CareTeamId) -> Option<Uuid> {
        Some(key.as_uuid())
    }

    fn subject(&self) -> Option<PatientId> {
        None
    }
}

impl Closed for OwnObject {}

impl Object for OwnObject {
    type Key = PersonId;
    const KIND: ObjectKind = ObjectKind::Own;

    fn load(
        _tx: &mut Tx<'_>,
        actor: &Actor,
        key: PersonId,
        _now: Timestamp,
    ) -> Result<Option<Loaded<Self>>, DbError> {
        let own = actor.person == Some(key);
        Ok(Some(Loaded {
            object: Self { person: key },
            staff_thread: false,
            own,
            ties: Vec::new(),
        }))
    }

    fn key_id(key: PersonId) -> Option<Uuid> {
        Some(key.as_uuid())
    }

    fn subject(&self) -> Option<PatientId> {
        None
    }
}

impl Closed for DeploymentObject {}

impl Object for DeploymentObject {
    type Key = ();
    const KIND: ObjectKind = ObjectKind::Deployment;

    fn load(
        _tx: &mut Tx<'_>,
        _actor: &Actor,
        (): (),
        _now: Timestamp,
    ) -> Result<Option<Loaded<Self>>, DbError> {
        Ok(Some(Loaded { object: Self, staff_thread: false, own: false, ties: Vec::new() }))
    }

    fn key_id((): ()) -> Option<Uuid> {
        None
    }

    fn subject(&self) -> Option<PatientId> {
        None
    }
}

/// The role of an active person, for making an actor: role, epoch. `None` when there is none or it is
/// disabled.
pub fn actor_facts(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<(Role, i64)>, DbError> {
    let Some(row) = tx.query_opt(
        sql!("SELECT role, epoch FROM person WHERE id = $1 AND status = 'active'"),
        &[&person],
    )?
    else {
        return Ok(None);
    };
    let role: String = row.get(0)?;
    let role = Role::from_code(&role).ok_or_else(|| DbError::Decode("role".to_owned()))?;
    Ok(Some((role, row.get(1)?)))
}
