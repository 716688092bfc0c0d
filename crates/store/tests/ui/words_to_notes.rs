//! A permit for the patient's words used to read the staff's notes.
// error: mismatched types

use store::access::{Permit, ReadThread};
use store::db::Tx;

pub fn notes<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, ReadThread>) {
    let _ = store::staff_note::list(tx, permit);
}
