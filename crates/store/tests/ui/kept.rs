//! A permit that leaves its transaction.
// error: lifetime may not live long enough

use domain::access::Actor;
use domain::ids::ThreadId;
use domain::time::Timestamp;
use store::access::{AccessError, Permit, ReadThread, authorize};
use store::db::Db;

pub fn keep<'a>(
    db: &Db,
    actor: &Actor,
    id: ThreadId,
    now: Timestamp,
) -> Option<Permit<'a, ReadThread>> {
    db.read(|tx| -> Result<Permit<'a, ReadThread>, AccessError> {
        authorize::<ReadThread>(tx, actor, id, now)
    })
    .ok()
}
