//! A permit put aside for the next transaction.
// error: borrowed data escapes outside of

use domain::access::Actor;
use domain::ids::ThreadId;
use domain::time::Timestamp;
use store::access::{AccessError, Permit, ReadThread, authorize};
use store::db::Db;

pub fn keep<'a>(
    db: &Db,
    aside: &std::cell::RefCell<Option<Permit<'a, ReadThread>>>,
    actor: &Actor,
    id: ThreadId,
    now: Timestamp,
) {
    let _ = db.read(|tx| -> Result<(), AccessError> {
        *aside.borrow_mut() = Some(authorize::<ReadThread>(tx, actor, id, now)?);
        Ok(())
    });
}
