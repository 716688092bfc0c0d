//! Administration of what hangs on a patient: finding the record by its number, its log-in, and the
//! teams that treat the patient.
//!
//! A name is read only to name the log-in after its patient, by the local administrator alone.
//! Deliberately absent: anything else of a record.

use domain::access::{Actor, Role};
use domain::ids::{CareTeamId, PatientId, PersonId};
use store::access::{Administer, ImportRecords};
use store::care_team::{self, MemberRow, RelationRow};
use store::grant;
use store::patient as rows;
use store::seal::Purpose;

use super::{NewGrant, NewPerson, add_grant, insert_person};
use crate::cx::{App, Cx};
use crate::error::{Error, Result};

/// The patients with this record number or other identifier.
pub fn find(cx: &mut Cx<'_, '_>, identifier: &str) -> Result<Vec<PatientId>> {
    let permit = cx.authorize::<Administer>(())?;
    let token = cx.app().keys().blind(Purpose::Identifier, identifier.trim());
    Ok(rows::find_for_administration(cx.tx(), &permit, &token)?)
}

/// The log-in of a patient, made from the imported name and language when there is none yet, and
/// whether it was made now. It cannot sign in before a paper code was used. `NotFound` without such a
/// patient.
pub fn ensure_login(
    app: &App,
    actor: &Actor,
    patient: PatientId,
    email: &str,
) -> Result<(PersonId, bool)> {
    // Made once, as in `add_person`.
    let id: PersonId = app.new_id()?;
    let email = email.to_owned();
    app.write(actor, move |cx| {
        let permit = cx.authorize::<ImportRecords>(())?;
        let row = rows::get_for_import(cx.tx(), &permit, patient)?.ok_or(Error::NotFound)?;
        if let Some(known) = login(cx, patient)? {
            return Ok((known, false));
        }
        let found = crate::patient::open(cx, row)?;
        let new = NewPerson {
            role: Role::Patient,
            organization: None,
            name: found.demographics.name,
            title: String::new(),
            phone: String::new(),
            language: found.row.language,
            email: email.clone(),
        };
        insert_person(cx, id, &new)?;
        let own = NewGrant {
            patient,
            person: id,
            basis: "self".to_owned(),
            rights: "write".to_owned(),
            demographics: true,
            chart: true,
            threads: true,
            from_at: None,
            until_at: None,
            verified_by: String::new(),
        };
        add_grant(cx, &own)?;
        Ok((id, true))
    })
}

/// The log-in of a patient, if there is one that may act for itself now.
pub fn login(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Option<PersonId>> {
    let permit = cx.authorize::<Administer>(())?;
    let now = cx.now();
    let own = grant::list_of_patient(cx.tx(), &permit, patient)?
        .into_iter()
        .find(|row| row.basis == "self" && row.from_at <= now && row.until_at > now);
    Ok(own.map(|row| row.person))
}

/// The teams that treat a patient now.
pub fn relations(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<RelationRow>> {
    let permit = cx.authorize::<Administer>(())?;
    Ok(care_team::list_relations(cx.tx(), &permit, patient)?)
}

/// The members of a team now.
pub fn members(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Vec<MemberRow>> {
    cx.authorize::<Administer>(())?;
    let now = cx.now();
    Ok(care_team::members(cx.tx(), team, now)?)
}
