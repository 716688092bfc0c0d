//! The desk's permit to assign used to send.
// error: the trait bound `Permit<'t, AssignWork>: MessageRight

use store::access::{AssignWork, Permit};
use store::db::Tx;
use store::message::{NewMessage, add};

pub fn send<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, AssignWork>, new: &NewMessage<'_>) {
    let _ = add(tx, permit, new);
}
