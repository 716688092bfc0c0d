//! The circle round a patient: whom somebody helps, and who reads along.

use std::collections::HashMap;

use domain::forecast::Forecast;
use domain::ids::{CareTeamId, PatientId, PersonId, ThreadId};
use domain::thread::Category;
use store::access::{Action, DraftThread, PatientObject, Permit, ReadThread, UseOwn};
use store::care_team;

pub use store::care_team::TeamRow;

use store::circle as rows;

use crate::cx::Cx;
use crate::error::Result;
use crate::{forecast, patient};

/// A patient whom the actor may act for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helped {
    /// The patient.
    pub patient: PatientId,
    /// The patient's name.
    pub name: String,
    /// Whether it is the actor's own record.
    pub own: bool,
    /// `self`, `helper` or `representative`.
    pub basis: String,
    /// `read`, `draft` or `write`.
    pub rights: String,
    /// How many drafts wait for the actor there.
    pub drafts: i64,
}

/// The patients whom the actor may act for now, the own record first.
pub fn helped(cx: &mut Cx<'_, '_>) -> Result<Vec<Helped>> {
    let person = cx.person()?;
    let own = cx.authorize::<UseOwn>(person)?;
    let found = rows::patients_of(cx.tx(), &own)?;
    let mut helped = Vec::with_capacity(found.len());
    for acting in found {
        let name = patient::get(cx, acting.patient)?.demographics.name;
        let drafts = store::draft::count_waiting(cx.tx(), &own, acting.patient)?;
        helped.push(Helped {
            patient: acting.patient,
            name,
            own: acting.basis == "self",
            basis: acting.basis,
            rights: acting.rights,
            drafts,
        });
    }
    Ok(helped)
}

/// Somebody who can read a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// `self`, `helper` or `representative`.
    pub basis: String,
}

/// The people on the patient's side who can read a conversation now.
pub fn readers(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Vec<Reader>> {
    let permit = cx.authorize::<ReadThread>(thread)?;
    let found = rows::readers(cx.tx(), &permit)?;
    named(cx, found)
}

fn named(cx: &mut Cx<'_, '_>, found: Vec<(PersonId, String)>) -> Result<Vec<Reader>> {
    found
        .into_iter()
        .map(|(person, basis)| {
            let name = cx.profile_of(person)?.name;
            Ok(Reader { person, name, basis })
        })
        .collect()
}

/// What the first steps of writing need: the teams that can be written to, and who will read along.
#[derive(Debug, Clone)]
pub struct Audience {
    /// The teams that treat the patient, by name.
    pub teams: Vec<TeamRow>,
    /// The people on the patient's side who may read the patient's conversations.
    pub readers: Vec<Reader>,
    /// When each of the teams would answer a message that came now.
    pub hear: HashMap<CareTeamId, Forecast>,
}

/// The triage desk that reads what comes from a patient who is not sure: that of the organization of the
/// team they met last, at its place if there are several. `None` when there is none.
pub(crate) fn desk<'t, A: Action<Object = PatientObject>>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
    recent: Option<&TeamRow>,
) -> Result<Option<TeamRow>> {
    let mut desks = care_team::list_desks(cx.tx(), permit)?;
    if let Some(recent) = recent {
        desks.sort_by_key(|desk| {
            let elsewhere = desk.organization != recent.organization;
            (elsewhere, desk.id != recent.id, desk.site != recent.site)
        });
    }
    Ok(desks.into_iter().next())
}

/// The teams and readers of a new conversation of a patient in a category.
pub fn audience(cx: &mut Cx<'_, '_>, patient: PatientId, category: Category) -> Result<Audience> {
    let permit = cx.authorize::<DraftThread>(patient)?;
    let teams = care_team::list_for_patient(cx.tx(), &permit)?;
    let found = rows::people_of(cx.tx(), &permit)?;
    let readers = named(cx, found)?;
    let mut hear = HashMap::with_capacity(teams.len());
    for team in &teams {
        hear.insert(team.id, forecast::before_sending(cx, team.id, category)?);
    }
    Ok(Audience { teams, readers, hear })
}
