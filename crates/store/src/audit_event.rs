//! The record of accesses: complete from the first row.
//!
//! Rows are collected in the transaction's ledger by `authorize` and written with it (a write), in a
//! second transaction before the answer leaves (a read), or after the rollback (a denial). Writers
//! leave `position` null; the sequencer alone numbers rows. Deliberately absent: deletion.

use domain::access::{ActionKind, Actor, Allowed, ObjectKind};
use domain::ids::{AuditEventId, DeviceId, Id as _, PatientId, PersonId, SessionId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::access::{Action, Permit, ReadAccessLog};
use crate::db::{DbError, Tx};
use crate::sql;

/// The encoding version of the rows written now.
const ENCODING: i64 = 1;

/// One access, not yet written.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    at: Timestamp,
    actor: Option<PersonId>,
    role: &'static str,
    acting_for: Option<PatientId>,
    session: Option<SessionId>,
    device: Option<DeviceId>,
    epoch: i64,
    basis: &'static str,
    basis_id: Option<Uuid>,
    purpose: &'static str,
    action: &'static str,
    object_kind: &'static str,
    object_id: Option<Uuid>,
    outcome: &'static str,
    repeats: i64,
    subjects: Vec<PatientId>,
}

impl AuditEntry {
    /// An entry about one object; `subject` is the patient it shows, if any.
    pub fn new(
        actor: &Actor,
        action: ActionKind,
        kind: ObjectKind,
        object_id: Option<Uuid>,
        subject: Option<PatientId>,
        at: Timestamp,
    ) -> Self {
        Self {
            at,
            actor: actor.person,
            role: actor.role.code(),
            acting_for: None,
            session: actor.session,
            device: actor.device,
            epoch: actor.epoch,
            basis: "none",
            basis_id: None,
            purpose: actor.purpose.code(),
            action: action.code(),
            object_kind: kind.code(),
            object_id,
            outcome: "not_found",
            repeats: 1,
            subjects: subject.into_iter().collect(),
        }
    }

    pub(crate) fn allowed(mut self, allowed: &Allowed) -> Self {
        self.outcome = "allowed";
        self.basis = allowed.basis;
        self.basis_id = allowed.basis_id;
        if allowed.patient_side && allowed.basis != "self" {
            self.acting_for = self.subjects.first().copied();
        }
        self
    }

    pub(crate) const fn denied(mut self, outcome: &'static str) -> Self {
        self.outcome = outcome;
        self
    }

    /// Whether the access was refused.
    pub fn is_denied(&self) -> bool {
        self.outcome != "allowed"
    }

    /// What makes two refusals the same for counting: who, what, on which thing, with which answer.
    pub fn denial_key(&self) -> (Option<PersonId>, &'static str, Option<Uuid>, &'static str) {
        (self.actor, self.action, self.object_id, self.outcome)
    }

    /// The same entry standing for `repeats` refusals.
    #[must_use]
    pub const fn repeated(mut self, repeats: i64) -> Self {
        self.repeats = repeats;
        self
    }

    /// Adds patients that a list shows beside the entry's own.
    pub fn add_subjects(&mut self, patients: impl IntoIterator<Item = PatientId>) {
        for patient in patients {
            if !self.subjects.contains(&patient) {
                self.subjects.push(patient);
            }
        }
    }
}

/// The audit entries of one transaction.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<AuditEntry>,
}

impl Ledger {
    /// Notes an access; the place of its entry.
    pub(crate) fn note(&mut self, entry: AuditEntry) -> usize {
        // The same look at the same thing in one request is one access.
        let known = self.entries.iter().position(|known| {
            known.denial_key() == entry.denial_key() && known.basis_id == entry.basis_id
        });
        known.unwrap_or_else(|| {
            self.entries.push(entry);
            self.entries.len() - 1
        })
    }

    pub(crate) fn take(&mut self) -> Vec<AuditEntry> {
        std::mem::take(&mut self.entries)
    }

    fn get_mut(&mut self, place: usize) -> Option<&mut AuditEntry> {
        self.entries.get_mut(place)
    }
}

impl Tx<'_> {
    /// Takes the audit entries collected so far, for writing.
    pub fn take_audit(&mut self) -> Vec<AuditEntry> {
        self.ext.take()
    }

    /// Adds the patients that a list shows to the entry of the permit it rests on: a row per patient shown.
    pub fn audit_subjects<A: Action>(
        &mut self,
        permit: &Permit<'_, A>,
        patients: impl IntoIterator<Item = PatientId>,
    ) {
        if let Some(entry) = self.ext.get_mut(permit.entry()) {
            entry.add_subjects(patients);
        }
    }
}

/// Writes one entry and its subject rows. `id` and the 16-byte `salt` come from the caller.
pub fn add(
    tx: &mut Tx<'_>,
    id: AuditEventId,
    salt: &[u8; 16],
    entry: &AuditEntry,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO audit_event (id, at, actor_id, actor_role, acting_for, session_id, device_id, \
             actor_epoch, basis, basis_id, purpose, action, object_kind, object_id, outcome, repeats, \
             salt, encoding) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
        ),
        &[
            &id,
            &entry.at,
            &entry.actor,
            &entry.role,
            &entry.acting_for,
            &entry.session,
            &entry.device,
            &entry.epoch,
            &entry.basis,
            &entry.basis_id,
            &entry.purpose,
            &entry.action,
            &entry.object_kind,
            &entry.object_id,
            &entry.outcome,
            &entry.repeats,
            &salt.as_slice(),
            &ENCODING,
        ],
    )?;
    add_subjects(tx, id, &entry.subjects)
}

/// Writes whom an entry shows: a row each, eight of them with one statement, for a page of a list shows many.
fn add_subjects(tx: &mut Tx<'_>, id: AuditEventId, patients: &[PatientId]) -> Result<(), DbError> {
    let (eights, rest) = patients.as_chunks::<8>();
    for [a, b, c, d, e, f, g, h] in eights {
        let written = tx.execute(
            sql!(
                "INSERT INTO audit_subject (event_id, patient_id) VALUES ($1, $2), ($1, $3), \
                 ($1, $4), ($1, $5), ($1, $6), ($1, $7), ($1, $8), ($1, $9)"
            ),
            &[&id, a, b, c, d, e, f, g, h],
        )?;
        if written != 8 {
            return Err(DbError::RowCount { found: written });
        }
    }
    for patient in rest {
        tx.execute_one(
            sql!("INSERT INTO audit_subject (event_id, patient_id) VALUES ($1, $2)"),
            &[&id, patient],
        )?;
    }
    Ok(())
}

/// One access as the log shows it.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Its id.
    pub id: AuditEventId,
    /// When.
    pub at: Timestamp,
    /// Who; `None` is the system.
    pub actor: Option<PersonId>,
    /// In which role, as a code.
    pub role: String,
    /// For which patient, when the actor acted for one.
    pub acting_for: Option<PatientId>,
    /// On what ground, as a code.
    pub basis: String,
    /// What was done, as a code.
    pub action: String,
    /// `allowed`, `not_found` or `forbidden`.
    pub outcome: String,
    /// How often, when repeated refusals are one row.
    pub repeats: i64,
}

/// Which rows of a patient's log, newest first.
#[derive(Debug, Clone, Copy)]
pub struct LogPart {
    /// From this moment on.
    pub from: Timestamp,
    /// Before this moment.
    pub until: Timestamp,
    /// Only what was refused.
    pub refused: bool,
    /// Rows before this one: its time and id.
    pub before: Option<(Timestamp, AuditEventId)>,
    /// At most so many.
    pub limit: i64,
}

/// The accesses to the permit's patient. A list that showed others too shows only that this patient
/// was in it.
pub fn list_of_patient<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadAccessLog>,
    part: &LogPart,
) -> Result<Vec<AuditRow>, DbError> {
    let (at, id) =
        part.before.map_or((Timestamp::FOREVER, Uuid::nil()), |(at, id)| (at, id.as_uuid()));
    tx.query(
        sql!(
            "SELECT e.id, e.at, e.actor_id, e.actor_role, e.acting_for, e.basis, e.action, e.outcome, \
             e.repeats FROM audit_subject s JOIN audit_event e ON e.id = s.event_id \
             WHERE s.patient_id = $1 AND e.at >= $2 AND e.at < $3 \
             AND (NOT $4 OR e.outcome <> 'allowed') \
             AND (e.at < $5 OR (e.at = $5 AND e.id < $6)) \
             ORDER BY e.at DESC, e.id DESC LIMIT $7"
        ),
        &[&permit.patient(), &part.from, &part.until, &part.refused, &at, &id, &part.limit],
    )?
    .iter()
    .map(|row| {
        Ok(AuditRow {
            id: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            role: row.get(3)?,
            acting_for: row.get(4)?,
            basis: row.get(5)?,
            action: row.get(6)?,
            outcome: row.get(7)?,
            repeats: row.get(8)?,
        })
    })
    .collect()
}
