//! A permit made by hand.
// error: with struct literal syntax due to private fields

use store::access::{Permit, ReadThread};

pub fn forge<'t>(of: &Permit<'t, ReadThread>) -> Permit<'t, ReadThread> {
    Permit::<ReadThread> { object: of.object().clone(), allowed: of.allowed().clone() }
}
