//! Bounds of a list made by hand.
// error: with struct literal syntax due to private fields

use domain::ids::PersonId;
use domain::time::Timestamp;
use store::access::Scope;

pub fn forge<'t>(person: PersonId, now: Timestamp) -> Scope<'t> {
    Scope { person: Some(person), now }
}
