//! Numbers what writers left unnumbered and passes it on to live pages.

use store::change::{self, Sequenced};
use store::db::Listening;

use crate::cx::App;
use crate::error::{Error, Result};

/// Rows numbered in one transaction; small, so that the writer is never held long.
const BATCH: i64 = 256;
/// How long numbered changes are kept for whoever follows them, in seconds: a week.
const KEEP_S: i64 = 7 * 86_400;
/// Changes forgotten in one transaction.
const FORGET: i64 = 1_000;
/// The advisory lock of the sequencer on PostgreSQL.
const LOCK: i64 = 0x7469_6469_6e67_7301;

/// Where a node's live pages are in the outbox.
#[derive(Debug, Clone, Copy)]
pub struct Follower {
    position: i64,
}

impl Follower {
    /// Follows from now on.
    pub fn start(app: &App) -> Result<Self> {
        let position = app.db().read(|tx| Ok::<_, Error>(change::last_position(tx)?))?;
        Ok(Self { position })
    }

    /// Passes what was numbered since the last call on to live pages; how many changes.
    pub fn publish(&mut self, app: &App) -> Result<usize> {
        let from = self.position;
        let found = app.db().read(|tx| Ok::<_, Error>(change::list_after(tx, from, 1_000)?))?;
        let count = found.len();
        for numbered in found {
            self.position = numbered.position;
            app.publish(&numbered);
        }
        Ok(count)
    }
}

/// Has other nodes wake this one's worker when they have numbered changes, until what is returned is
/// dropped; `None` where there are no other nodes.
pub fn listen(app: &App) -> Option<Listening> {
    let waking = app.clone();
    app.db().listen(change::CHANNEL, move || waking.wake())
}

/// Whether there is anything to number: a cheap look, so that an idle server leaves the writer alone.
pub fn is_behind(app: &App) -> Result<bool> {
    app.db().read(|tx| Ok::<_, Error>(change::is_behind(tx)?))
}

/// Numbers one batch of audit rows and changes; what it did. Call again while it is full.
pub fn run(app: &App) -> Result<Sequenced> {
    Ok(app.db().write_alone(LOCK, |tx| change::sequence(tx, BATCH))?)
}

/// Forgets changes that nobody needs any more, some at a time; how many. Call again until it is 0.
pub fn forget_old(app: &App) -> Result<u64> {
    let before = app.now().plus_seconds(-KEEP_S);
    Ok(app.db().write(move |tx| change::remove_old(tx, before, FORGET))?)
}

/// Whether a run left more to do.
pub const fn is_full(done: Sequenced) -> bool {
    done.audits >= BATCH || done.changes >= BATCH
}
