//! How often one person may ask a node for what costs it work: a burst, given back one by one as time passes.
//!
//! Kept in the memory of the node: each node of several counts for itself, and a restart forgets. Whoever has all of it
//! back is not kept at all, and there is room for so many others; beyond that the one who is nearest to it is forgotten.
//! Pure: the time is given. Deliberately absent: failures and waits that grow (`app::throttle`).

use std::collections::HashMap;
use std::hash::Hash;

use domain::time::Timestamp;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// The counts of one kind of asking.
#[derive(Debug)]
pub struct Pace<K> {
    /// How much can be asked at once, as the time in which it is given back.
    burst: i64,
    /// The time in which one is given back.
    each: i64,
    /// Most who are kept.
    most: usize,
    /// When each will have all of it back.
    whole_at: HashMap<K, Timestamp>,
}

impl<K: Eq + Hash + Copy> Pace<K> {
    /// `burst` at once, one given back every `each_s` seconds, for at most `most` people.
    pub fn new(burst: i64, each_s: i64, most: usize) -> Self {
        let each = each_s.saturating_mul(SECOND);
        Self { burst: burst.saturating_mul(each), each, most, whole_at: HashMap::new() }
    }

    /// Takes one. Error: when there is none, after how many seconds there is one.
    pub fn take(&mut self, who: K, now: Timestamp) -> Result<(), i64> {
        let now = now.micros();
        // Beyond the burst nobody can owe: a clock that was set back keeps nobody waiting.
        let owed = self.whole_at.get(&who).map_or(0, |at| at.micros().saturating_sub(now));
        let owed = owed.clamp(0, self.burst);
        let after = owed.saturating_add(self.each);
        if after > self.burst {
            let wait = after.saturating_sub(self.burst);
            return Err(wait.saturating_add(SECOND - 1) / SECOND);
        }
        self.make_room(who, now);
        self.whole_at.insert(who, Timestamp::from_micros(now.saturating_add(after)));
        Ok(())
    }

    fn make_room(&mut self, who: K, now: i64) {
        if self.whole_at.len() < self.most || self.whole_at.contains_key(&who) {
            return;
        }
        self.whole_at.retain(|_, at| at.micros() > now);
        if self.whole_at.len() < self.most {
            return;
        }
        let nearest = self.whole_at.iter().min_by_key(|(_, at)| **at).map(|(who, _)| *who);
        if let Some(nearest) = nearest {
            self.whole_at.remove(&nearest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(1_800_000_000 * SECOND + millis * 1_000)
    }

    #[test]
    fn a_burst_is_given_back_one_by_one() {
        let mut pace = Pace::new(3, 2, 10);
        for _ in 0..3 {
            assert_eq!(pace.take('a', at(0)), Ok(()));
        }
        assert_eq!(pace.take('a', at(0)), Err(2));
        assert_eq!(pace.take('a', at(1_999)), Err(1), "never none to wait");
        assert_eq!(pace.take('b', at(1_999)), Ok(()), "another has a burst of their own");
        assert_eq!(pace.take('a', at(2_000)), Ok(()));
        assert_eq!(pace.take('a', at(2_000)), Err(2));
        // What was refused costs nothing; after a rest all of it is there, and no more.
        for _ in 0..3 {
            assert_eq!(pace.take('a', at(60_000)), Ok(()));
        }
        assert_eq!(pace.take('a', at(60_000)), Err(2));
    }

    #[test]
    fn who_keeps_to_the_pace_is_never_stopped() {
        let mut pace = Pace::new(1, 1, 10);
        for second in 0..1_000 {
            assert_eq!(pace.take('a', at(second * 1_000)), Ok(()));
        }
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_nobody_waiting() {
        let mut pace = Pace::new(2, 1, 10);
        assert_eq!(pace.take('a', at(3_600_000)), Ok(()));
        assert_eq!(pace.take('a', at(0)), Err(1));
        assert_eq!(pace.take('b', at(0)), Ok(()));
    }

    #[test]
    fn there_is_room_for_so_many_and_the_nearest_to_all_of_it_is_forgotten() {
        let mut pace = Pace::new(2, 1, 3);
        for who in ['a', 'a', 'b', 'c', 'c'] {
            assert_eq!(pace.take(who, at(0)), Ok(()));
        }
        assert_eq!(pace.take('d', at(0)), Ok(()));
        assert_eq!(pace.whole_at.len(), 3);
        assert!(!pace.whole_at.contains_key(&'b'), "b had used least");
        assert_eq!(pace.take('a', at(0)), Err(1));
        // Who has it all back leaves before anybody is forgotten.
        assert_eq!(pace.take('c', at(1_500)), Ok(()));
        assert_eq!(pace.take('e', at(2_100)), Ok(()));
        assert_eq!(pace.whole_at.len(), 2);
        assert!(pace.whole_at.contains_key(&'c'));
    }
}
