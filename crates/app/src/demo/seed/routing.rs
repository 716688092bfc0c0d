//! The rules by which the demo's practices route, and which log-ins the professionals of the records are.

use std::collections::BTreeSet;

use domain::access::Actor;
use domain::ids::{Id as _, OrganizationId, PersonId, PractitionerId};
use domain::message::Line;
use domain::routing::{Conditions, FirstRole, Rule, Target};
use domain::thread::Category;
use domain::work_item::Level;

use super::Seeder;
use crate::admin::routing::{self as rules, Saved};
use crate::demo::story;
use crate::error::{Error, Result};

/// What goes to the team that was chosen, and to whom there first.
fn first(category: Category, role: FirstRole, raise: Option<Level>) -> Rule {
    let categories = BTreeSet::from([category]);
    let when = Conditions { categories, ..Conditions::default() };
    Rule { when, to: Target::Chosen, first: Some(role), raise }
}

impl Seeder<'_> {
    /// Nurses see refills and new symptoms first, clinicians results.
    pub(super) fn add_rules(&self) -> Result<()> {
        let all = [
            first(Category::Refill, FirstRole::Nurse, None),
            first(Category::Symptom, FirstRole::Nurse, None),
            first(Category::Result, FirstRole::Clinician, None),
        ];
        let practices: BTreeSet<OrganizationId> = self.organizations.values().copied().collect();
        self.app.write(&Actor::system(), move |cx| {
            let reason =
                Line::parse("Who sees what first").map_err(|error| Error::text("reason", error))?;
            for practice in &practices {
                if let Saved::Refused(faults) = rules::save(cx, *practice, 0, &all, &reason)? {
                    return Err(Error::Internal(format!("the demo's rules: {faults:?}")));
                }
            }
            Ok(())
        })
    }

    /// Who stands in the records as a clinician and signs in here is one and the same: visits lead to their
    /// teams.
    pub(super) fn link_professionals(&self) -> Result<()> {
        let mut all: Vec<(PractitionerId, PersonId)> = Vec::new();
        for person in story::people().filter(|person| person.role.is_clinical()) {
            if let Some(found) = self.find_target("Practitioner", person.key)? {
                all.push((PractitionerId::from_uuid(found), self.person(person.key)?));
            }
        }
        self.app.write(&Actor::system(), move |cx| {
            all.iter().try_for_each(|(found, person)| rules::link(cx, *found, Some(*person)))
        })
    }
}
