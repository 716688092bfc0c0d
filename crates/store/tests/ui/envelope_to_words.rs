//! The desk's permit for an envelope used to read words.
// error: mismatched types

use store::access::{Permit, ReadEnvelope};
use store::db::Tx;

pub fn words<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, ReadEnvelope>) {
    let _ = store::message::list(tx, permit, i64::MAX, 50);
}
