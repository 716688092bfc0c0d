//! What is allowed: a permit of the right action, in its own transaction.

use domain::access::Actor;
use domain::ids::ThreadId;
use domain::time::Timestamp;
use store::access::{AccessError, ReadThread, authorize};
use store::db::{Db, Tx};
use store::message;

pub fn in_one(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ThreadId,
    now: Timestamp,
) -> Result<usize, AccessError> {
    let permit = authorize::<ReadThread>(tx, actor, id, now)?;
    Ok(message::list(tx, &permit, i64::MAX, 50)?.len())
}

pub fn read(db: &Db, actor: &Actor, id: ThreadId, now: Timestamp) -> Result<usize, AccessError> {
    db.read(|tx| in_one(tx, actor, id, now))
}
