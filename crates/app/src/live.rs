//! Who listens for which changes: each live page hears what concerns it, and nobody else is woken.
//!
//! A listener names its topics; a change is handed to the listeners of its own topics only, so that a
//! thousand idle pages cost a send nothing. Each has room for a few changes; one that falls behind is
//! told that it missed some and looks again. Deliberately absent: rights (each page asks anew for
//! everything it says) and words.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::{CareTeamId, PatientId, PersonId, ThreadId};
use tokio::sync::mpsc;

pub use store::change::Change;

/// Changes kept for a listener that has not come round to them.
const ROOM: usize = 16;

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// What somebody may do has ended somewhere: kind `revoked`.
    Revoked(PersonId),
    /// What somebody sent could not leave: kind `unsent`.
    Unsent(PersonId),
    /// Any conversation of a patient.
    Patient(PatientId),
    /// A team's work.
    Team(CareTeamId),
    /// One conversation.
    Thread(ThreadId),
}

/// The kind of change that only the person concerned hears of: what they sent could not leave.
pub(crate) const UNSENT: &str = "unsent";

/// The topics of a change.
fn topics(change: &Change) -> [Option<Topic>; 3] {
    if change.kind == "revoked" {
        return [change.person.map(Topic::Revoked), None, None];
    }
    if change.kind == UNSENT {
        return [change.person.map(Topic::Unsent), None, None];
    }
    if change.kind == "writing" {
        return [None, change.team.map(Topic::Team), None];
    }
    [
        change.patient.map(Topic::Patient),
        change.team.map(Topic::Team),
        change.thread.map(Topic::Thread),
    ]
}

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A change of one of its topics.
    Change(Arc<Change>),
    /// More changes came than it had room for.
    Missed,
}

struct Entry {
    id: u64,
    to: mpsc::Sender<Arc<Change>>,
    missed: Arc<AtomicBool>,
}

/// Hands changes to those who listen for them.
#[derive(Default)]
pub(crate) struct Hub {
    listeners: Mutex<HashMap<Topic, Vec<Entry>>>,
    next: AtomicU64,
}

impl Hub {
    /// Listens for `topics` until the listener is dropped.
    pub(crate) fn listen(self: &Arc<Self>, topics: Vec<Topic>) -> Listener {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (to, heard) = mpsc::channel(ROOM);
        let missed = Arc::new(AtomicBool::new(false));
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        for topic in &topics {
            let entry = Entry { id, to: to.clone(), missed: Arc::clone(&missed) };
            listeners.entry(*topic).or_default().push(entry);
        }
        drop(listeners);
        Listener { hub: Arc::clone(self), id, topics, heard, missed }
    }

    /// Hands a change to those who listen for one of its topics, once to each.
    pub(crate) fn publish(&self, change: &Change) {
        let listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        // Shared: an idle listener then keeps room for sixteen addresses, not for sixteen changes.
        let shared = Arc::new(change.clone());
        let mut told: Vec<u64> = Vec::new();
        for topic in topics(change).into_iter().flatten() {
            for entry in listeners.get(&topic).into_iter().flatten() {
                if told.contains(&entry.id) {
                    continue;
                }
                told.push(entry.id);
                if entry.to.try_send(Arc::clone(&shared)).is_err() {
                    entry.missed.store(true, Ordering::Release);
                }
            }
        }
    }

    fn forget(&self, id: u64, topics: &[Topic]) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        for topic in topics {
            let empty = listeners.get_mut(topic).is_some_and(|entries| {
                entries.retain(|entry| entry.id != id);
                entries.is_empty()
            });
            if empty {
                listeners.remove(topic);
            }
        }
    }
}

/// Hears the changes of its topics in their order; dropping it ends that.
pub struct Listener {
    hub: Arc<Hub>,
    id: u64,
    topics: Vec<Topic>,
    heard: mpsc::Receiver<Arc<Change>>,
    missed: Arc<AtomicBool>,
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").field("topics", &self.topics).finish_non_exhaustive()
    }
}

impl Listener {
    /// Waits for the next change. It may be dropped while it waits; nothing is lost then.
    pub async fn next(&mut self) -> Heard {
        let change = self.heard.recv().await;
        if self.missed.swap(false, Ordering::AcqRel) {
            while self.heard.try_recv().is_ok() {}
            return Heard::Missed;
        }
        // The channel stays open as long as the listener is known to the hub.
        change.map_or(Heard::Missed, Heard::Change)
    }

    /// A change that has come already; `None` when there is none.
    pub fn try_next(&mut self) -> Option<Arc<Change>> {
        self.heard.try_recv().ok()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.forget(self.id, &self.topics);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::Id as _;
    use uuid::Uuid;

    fn change(thread: u128, team: u128) -> Change {
        Change {
            kind: "work".to_owned(),
            patient: None,
            thread: Some(ThreadId::from_uuid(Uuid::from_u128(thread))),
            team: Some(CareTeamId::from_uuid(Uuid::from_u128(team))),
            person: None,
        }
    }

    fn team(n: u128) -> Topic {
        Topic::Team(CareTeamId::from_uuid(Uuid::from_u128(n)))
    }

    fn thread(n: u128) -> Topic {
        Topic::Thread(ThreadId::from_uuid(Uuid::from_u128(n)))
    }

    #[test]
    fn each_hears_its_own_once() {
        let hub = Arc::new(Hub::default());
        let mut both = hub.listen(vec![team(1), thread(7)]);
        let mut other = hub.listen(vec![team(2)]);
        hub.publish(&change(7, 1));
        hub.publish(&change(8, 2));
        assert_eq!(both.try_next(), Some(Arc::new(change(7, 1))));
        assert_eq!(both.try_next(), None, "one change is heard once");
        assert_eq!(other.try_next(), Some(Arc::new(change(8, 2))));
        assert_eq!(other.try_next(), None);
    }

    #[tokio::test]
    async fn who_falls_behind_is_told() {
        let hub = Arc::new(Hub::default());
        let mut slow = hub.listen(vec![team(1)]);
        for n in 0..100 {
            hub.publish(&change(n, 1));
        }
        assert_eq!(slow.next().await, Heard::Missed);
        hub.publish(&change(5, 1));
        assert_eq!(slow.next().await, Heard::Change(Arc::new(change(5, 1))));
    }

    #[test]
    fn nothing_is_left_of_who_went_away() {
        let hub = Arc::new(Hub::default());
        let gone = hub.listen(vec![team(1), thread(7)]);
        drop(gone);
        assert!(hub.listeners.lock().unwrap().is_empty());
    }

    #[test]
    fn what_did_not_leave_wakes_its_writer_alone() {
        let hub = Arc::new(Hub::default());
        let writer = PersonId::from_uuid(Uuid::from_u128(1));
        let mut hers = hub.listen(vec![Topic::Unsent(writer), team(1)]);
        let mut other = hub.listen(vec![team(1), thread(7)]);
        let unsent = Change { kind: UNSENT.to_owned(), person: Some(writer), ..change(7, 1) };
        hub.publish(&unsent);
        assert_eq!(hers.try_next(), Some(Arc::new(unsent)));
        assert_eq!(other.try_next(), None);
    }

    #[test]
    fn an_end_of_rights_wakes_its_person_alone() {
        let hub = Arc::new(Hub::default());
        let person = |n| PersonId::from_uuid(Uuid::from_u128(n));
        let mut nils = hub.listen(vec![Topic::Revoked(person(1)), team(1)]);
        let mut dora = hub.listen(vec![Topic::Revoked(person(2)), team(1)]);
        let revoked = Change {
            kind: "revoked".to_owned(),
            patient: None,
            thread: None,
            team: None,
            person: Some(person(1)),
        };
        hub.publish(&revoked);
        assert_eq!(nils.try_next(), Some(Arc::new(revoked)));
        assert_eq!(dora.try_next(), None);
    }
}
