//! Why an administrator took something away from a log-in.
//!
//! The act and its reason are one transaction, on the pages and at the machine's command line.

use domain::ids::{AdministrativeEndId, CareTeamId, GrantId, Id as _, PersonId};
use domain::message::Line;
use domain::time::Timestamp;
use store::access::Administer;
use store::administrative_end as rows;
use store::seal::{KeyOwner, Place};

pub use store::administrative_end::Ended;

use crate::cx::Cx;
use crate::error::{Error, Result};

/// Something that was ended, with the reason.
#[derive(Debug, Clone)]
pub struct End {
    /// What it was.
    pub what: Ended,
    /// Who did it, by name; `None` at the machine's command line.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Stops a log-in at once, and keeps why. Errors as [`super::disable`].
pub fn disable(cx: &mut Cx<'_, '_>, of: PersonId, reason: &Line) -> Result<()> {
    super::disable(cx, of)?;
    keep(cx, of, Ended::Disabled, reason)
}

/// Ends a membership at once, and keeps why. Errors as [`super::end_member`].
pub fn end_member(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    of: PersonId,
    reason: &Line,
) -> Result<()> {
    super::end_member(cx, team, of)?;
    keep(cx, of, Ended::Membership(team.as_uuid()), reason)
}

/// Takes a right of this person back at once, and keeps why. `NotFound` also when the right is
/// somebody else's.
pub fn revoke_grant(
    cx: &mut Cx<'_, '_>,
    grant: GrantId,
    of: PersonId,
    reason: &Line,
) -> Result<()> {
    if super::show_grant(cx, grant)?.person != of {
        return Err(Error::NotFound);
    }
    super::revoke_grant(cx, grant)?;
    keep(cx, of, Ended::Grant(grant.as_uuid()), reason)
}

fn keep(cx: &mut Cx<'_, '_>, of: PersonId, what: Ended, reason: &Line) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    let id: AdministrativeEndId = cx.new_id()?;
    let place = Place::new("administrative_end", &id, "reason_sealed", 1);
    let sealed = cx.seal(KeyOwner::Person(of), &place, reason.as_str().as_bytes())?;
    Ok(rows::add(cx.tx(), &permit, id, of, what, &sealed)?)
}

/// What was ended of a log-in with a reason, newest first.
pub fn list(cx: &mut Cx<'_, '_>, of: PersonId) -> Result<Vec<End>> {
    let permit = cx.authorize::<Administer>(())?;
    let mut ends = Vec::new();
    for row in rows::list(cx.tx(), &permit, of)? {
        let place = Place::new("administrative_end", &row.id, "reason_sealed", 1);
        let reason = cx.open(KeyOwner::Person(of), &place, &row.reason)?;
        let by = row.by.map(|by| cx.profile_of(by)).transpose()?.map(|profile| profile.name);
        ends.push(End { what: row.what, by, reason, at: row.at });
    }
    Ok(ends)
}
