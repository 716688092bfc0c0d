//! A permit to read used to send.
// error: the trait bound `Permit<'t, ReadThread>: MessageRight

use store::access::{Permit, ReadThread};
use store::db::Tx;
use store::message::{NewMessage, add};

pub fn send<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, ReadThread>, new: &NewMessage<'_>) {
    let _ = add(tx, permit, new);
}
