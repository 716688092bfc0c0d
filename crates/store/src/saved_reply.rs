//! Saved replies: a team's, and people's own.
//!
//! `saved_reply.content_sealed` holds title, texts and the act it suggests: sealed under the key of the team's
//! organization, or of the person whose own it is, row `saved_reply.id`, at the row's version. They are about no patient,
//! so reading a team's asks the policy without an entry in the access log; changing one leaves an entry.

use domain::ids::{CareTeamId, PersonId, SavedReplyId};

use crate::access::{Action, KeepReplies, Permit, UseOwn};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::sql;

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A team's.
    Team(CareTeamId),
    /// A person's own.
    Own(PersonId),
}

impl Holder {
    const fn team(self) -> Option<CareTeamId> {
        match self {
            Self::Team(team) => Some(team),
            Self::Own(_) => None,
        }
    }

    const fn owner(self) -> Option<PersonId> {
        match self {
            Self::Team(_) => None,
            Self::Own(person) => Some(person),
        }
    }
}

/// A saved reply as stored.
#[derive(Debug, Clone)]
pub struct SavedReplyRow {
    /// Its id.
    pub id: SavedReplyId,
    /// Whose it is.
    pub holder: Holder,
    /// Title, texts and act, sealed at `version`.
    pub content: Sealed,
    /// The row's version.
    pub version: i64,
}

fn read(row: &Row) -> Result<SavedReplyRow, DbError> {
    let team: Option<CareTeamId> = row.get(1)?;
    let owner: Option<PersonId> = row.get(2)?;
    let holder = match (team, owner) {
        (Some(team), _) => Holder::Team(team),
        (None, Some(owner)) => Holder::Own(owner),
        (None, None) => return Err(DbError::Decode("a saved reply of nobody".to_owned())),
    };
    Ok(SavedReplyRow { id: row.get(0)?, holder, content: row.get(3)?, version: row.get(4)? })
}

/// One of them, for whoever then asks the policy for its holder.
pub fn get(tx: &mut Tx<'_>, id: SavedReplyId) -> Result<Option<SavedReplyRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, team_id, owner_id, content_sealed, version FROM saved_reply WHERE id = $1"
        ),
        &[&id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Those of a holder, the oldest first.
pub fn list(tx: &mut Tx<'_>, holder: Holder) -> Result<Vec<SavedReplyRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, team_id, owner_id, content_sealed, version FROM saved_reply \
             WHERE team_id = $1 OR owner_id = $2 ORDER BY id"
        ),
        &[&holder.team(), &holder.owner()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Permits under which a holder's replies are changed.
pub trait KeepsReplies: Action {
    /// Whose replies the permit lets one change.
    fn holder(permit: &Permit<'_, Self>) -> Holder
    where
        Self: Sized;
}
impl KeepsReplies for KeepReplies {
    fn holder(permit: &Permit<'_, Self>) -> Holder {
        Holder::Team(permit.team())
    }
}
impl KeepsReplies for UseOwn {
    fn holder(permit: &Permit<'_, Self>) -> Holder {
        Holder::Own(permit.object().person)
    }
}

/// Adds a reply of the permit's holder (`version` 1), or replaces it (one more than the stored version); `false`
/// when somebody saved it meanwhile, or it is another holder's.
pub fn put<'t, A: KeepsReplies>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    id: SavedReplyId,
    content: &Sealed,
    version: i64,
) -> Result<bool, DbError> {
    let holder = A::holder(permit);
    let (person, now) = (permit.person(), permit.now());
    if version == 1 {
        let written = tx.execute(
            sql!(
                "INSERT INTO saved_reply (id, team_id, owner_id, content_sealed, version, changed_by, \
                 updated_at) VALUES ($1, $2, $3, $4, 1, $5, $6) ON CONFLICT (id) DO NOTHING"
            ),
            &[&id, &holder.team(), &holder.owner(), content, &person, &now],
        )?;
        return Ok(written == 1);
    }
    let written = tx.execute(
        sql!(
            "UPDATE saved_reply SET content_sealed = $4, version = $5, changed_by = $6, updated_at = $7 \
             WHERE id = $1 AND (team_id = $2 OR owner_id = $3) AND version = $5 - 1"
        ),
        &[&id, &holder.team(), &holder.owner(), content, &version, &person, &now],
    )?;
    Ok(written == 1)
}

/// Deletes a reply of the permit's holder; whether there was one.
pub fn remove<'t, A: KeepsReplies>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    id: SavedReplyId,
) -> Result<bool, DbError> {
    let holder = A::holder(permit);
    let written = tx.execute(
        sql!("DELETE FROM saved_reply WHERE id = $1 AND (team_id = $2 OR owner_id = $3)"),
        &[&id, &holder.team(), &holder.owner()],
    )?;
    Ok(written == 1)
}
