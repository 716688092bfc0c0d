//! From what an administrator types to ids: an id, a user name, a record number, a name.

use std::str::FromStr;

use app::{App, Cx, admin};
use domain::access::Actor;
use domain::ids::{CareTeamId, OrganizationId, PatientId, PersonId, SiteId};

use super::said;
use crate::command::Failure;

/// Runs an operation as the local administrator.
pub(super) fn run<T, F>(app: &App, what: &str, op: F) -> Result<T, Failure>
where
    F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<T> + Send + Sync + 'static,
    T: Send + 'static,
{
    app.write_reserved(&Actor::system(), op).map_err(|error| said(what, error))
}

/// A person, by id or user name.
pub(super) fn person(app: &App, typed: &str) -> Result<PersonId, Failure> {
    if let Ok(id) = PersonId::from_str(typed) {
        return Ok(id);
    }
    let name = typed.to_owned();
    run(app, &format!("person {typed}"), move |cx| admin::find_person(cx, &name))
}

/// A patient, by id or `mrn:NUMBER`.
pub(super) fn patient(app: &App, typed: &str) -> Result<PatientId, Failure> {
    let Some(number) = typed.strip_prefix("mrn:") else {
        return PatientId::from_str(typed).map_err(|_| {
            Failure::misused(format!("{typed} is no patient: give an id or mrn:NUMBER"))
        });
    };
    let number = number.to_owned();
    let found = run(app, "the patient", move |cx| admin::patient::find(cx, &number))?;
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::failed("no patient has this record number; import the record first")),
        _ => Err(Failure::failed("several patients have this number; give the patient's id")),
    }
}

/// The only one of `list` with the id or name that was typed.
fn named<I: FromStr + Copy + PartialEq>(
    kind: &str,
    typed: &str,
    list: impl Iterator<Item = (I, String)>,
) -> Result<I, Failure> {
    let id = I::from_str(typed).ok();
    let found: Vec<I> = list
        .filter(|(one, name)| id.map_or_else(|| name == typed, |id| id == *one))
        .map(|(one, _)| one)
        .collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::failed(format!(
            "there is no {kind} {typed}; look with `tidings admin {kind} list`"
        ))),
        _ => Err(Failure::failed(format!("several have the name {typed}; give the {kind}'s id"))),
    }
}

/// An organization, by id or name.
pub(super) fn organization(app: &App, typed: &str) -> Result<OrganizationId, Failure> {
    let list = run(app, "organizations", admin::list_organizations)?;
    named("organization", typed, list.into_iter().map(|row| (row.id, row.name)))
}

/// A site, by id or name.
pub(super) fn site(app: &App, typed: &str) -> Result<SiteId, Failure> {
    let list = run(app, "sites", admin::list_sites)?;
    named("site", typed, list.into_iter().map(|row| (row.id, row.name)))
}

/// A team, by id or name.
pub(super) fn team(app: &App, typed: &str) -> Result<CareTeamId, Failure> {
    let list = run(app, "teams", admin::list_teams)?;
    named("team", typed, list.into_iter().map(|(row, _)| (row.id, row.name)))
}
