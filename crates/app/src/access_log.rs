//! Who came near one patient's record, for the privacy officer.
//!
//! People's names are opened from their own profiles. Deliberately absent: the patient's name, any
//! word of a message, and other patients that the same list showed.

use domain::ids::{AuditEventId, PatientId, PersonId};
use domain::time::Timestamp;
use store::access::{FindAccessLog, ReadAccessLog};
use store::audit_event;
use store::seal::Purpose;

pub use store::audit_event::LogPart;

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::thread::Names;

/// One access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The audit event.
    pub id: AuditEventId,
    /// When.
    pub at: Timestamp,
    /// Who, by id; `None` is the system.
    pub person: Option<PersonId>,
    /// Who, by name; empty for the system.
    pub who: String,
    /// In which role, as a code.
    pub role: String,
    /// Whether they acted for the patient.
    pub for_patient: bool,
    /// On what ground, as a code.
    pub basis: String,
    /// What was done, as a code.
    pub action: String,
    /// Whether it was allowed.
    pub allowed: bool,
    /// How often.
    pub times: i64,
}

/// Asks for the right to look into the logs of others' records; patients see their own elsewhere.
pub fn may_look(cx: &mut Cx<'_, '_>) -> Result<()> {
    cx.authorize::<FindAccessLog>(()).map(|_| ())
}

/// The patient with this record number. `NotFound` when there is none or more than one.
pub fn find(cx: &mut Cx<'_, '_>, record_number: &str) -> Result<PatientId> {
    may_look(cx)?;
    let token = cx.app().keys().blind(Purpose::Identifier, record_number.trim());
    let found = store::patient::resolve_identifier(cx.tx(), &token)?;
    let [patient] = found.as_slice() else { return Err(Error::NotFound) };
    let _: store::access::Permit<'_, ReadAccessLog> = cx.authorize(*patient)?;
    Ok(*patient)
}

/// A part of a patient's log, newest first.
pub fn list(cx: &mut Cx<'_, '_>, patient: PatientId, part: &LogPart) -> Result<Vec<Access>> {
    let permit = cx.authorize::<ReadAccessLog>(patient)?;
    let rows = audit_event::list_of_patient(cx.tx(), &permit, part)?;
    let mut names = Names::default();
    rows.into_iter()
        .map(|row| {
            let who = match row.actor {
                Some(person) => names.person(cx, person)?,
                None => String::new(),
            };
            Ok(Access {
                id: row.id,
                at: row.at,
                person: row.actor,
                who,
                role: row.role,
                for_patient: row.acting_for == Some(patient),
                basis: row.basis,
                action: row.action,
                allowed: row.outcome == "allowed",
                times: row.repeats,
            })
        })
        .collect()
}
