//! A permit used twice by copying it.
// error: no method named `clone` found

use store::access::{Permit, ReadThread};

pub fn twice<'t>(permit: Permit<'t, ReadThread>) -> [Permit<'t, ReadThread>; 2] {
    [permit.clone(), permit]
}
