//! The permit of one transaction used in another.
// error: lifetime may not live long enough

use store::access::{Permit, ReadThread};
use store::db::Tx;

pub fn words<'a, 'b>(tx: &mut Tx<'a>, permit: &Permit<'b, ReadThread>) {
    let _ = store::message::list(tx, permit, i64::MAX, 50);
}
