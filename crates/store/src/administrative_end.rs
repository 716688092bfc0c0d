//! Why an administrator took something away from a log-in: kept beside what was ended.
//!
//! The reason is sealed under the person's key. Deliberately absent: changing or deleting a reason.

use domain::ids::{AdministrativeEndId, PersonId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::access::{Administer, Permit};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// What was ended, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The log-in.
    Disabled,
    /// A membership of this team.
    Membership(Uuid),
    /// This right to act for a patient.
    Grant(Uuid),
}

impl Ended {
    const fn parts(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Disabled => ("disabled", None),
            Self::Membership(team) => ("membership", Some(team)),
            Self::Grant(grant) => ("grant", Some(grant)),
        }
    }

    fn from_parts(what: &str, object: Option<Uuid>) -> Option<Self> {
        match (what, object) {
            ("disabled", None) => Some(Self::Disabled),
            ("membership", Some(team)) => Some(Self::Membership(team)),
            ("grant", Some(grant)) => Some(Self::Grant(grant)),
            _ => None,
        }
    }
}

/// An end with its reason.
#[derive(Debug, Clone)]
pub struct EndRow {
    /// Its id.
    pub id: AdministrativeEndId,
    /// What was ended.
    pub what: Ended,
    /// Who did it; `None` at the machine's command line.
    pub by: Option<PersonId>,
    /// Why, sealed.
    pub reason: Sealed,
    /// When.
    pub at: Timestamp,
}

/// Keeps why something of a log-in was ended.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    id: AdministrativeEndId,
    person: PersonId,
    what: Ended,
    reason: &Sealed,
) -> Result<(), DbError> {
    let (what, object) = what.parts();
    tx.execute_one(
        sql!(
            "INSERT INTO administrative_end \
             (id, person_id, what, object_id, ended_by, reason_sealed, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[&id, &person, &what, &object, &permit.person(), reason, &permit.now()],
    )
}

/// What was ended of a log-in, newest first.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    person: PersonId,
) -> Result<Vec<EndRow>, DbError> {
    let rows = tx.query(
        sql!(
            "SELECT id, what, object_id, ended_by, reason_sealed, at FROM administrative_end \
             WHERE person_id = $1 ORDER BY at DESC, id DESC"
        ),
        &[&person],
    )?;
    rows.iter()
        .map(|row| {
            let what: String = row.get(1)?;
            let what = Ended::from_parts(&what, row.get(2)?)
                .ok_or_else(|| DbError::Decode("what".to_owned()))?;
            Ok(EndRow {
                id: row.get(0)?,
                what,
                by: row.get(3)?,
                reason: row.get(4)?,
                at: row.get(5)?,
            })
        })
        .collect()
}
