//! The estimate by itself, against cases that can be reckoned by hand.

use proptest::collection::vec;
use proptest::prelude::*;

use super::Load;
use super::estimate::{WHOLE, Weighed, within};
use super::tune::stretched;

fn weighed(took: u32, answered: bool) -> Weighed {
    Weighed { took, answered, weight: WHOLE }
}

#[test]
fn the_rank_is_that_of_split_conformal_prediction() {
    // ceil((n + 1) q): of 19 the 18th is nine of ten, the 10th is half.
    let seen = (1..=19).map(|took| weighed(took, true)).collect::<Vec<_>>();
    assert_eq!(within(&seen, 900), Some(18));
    assert_eq!(within(&seen, 500), Some(10));
    // Of 8 the rank would be the 9th, which nobody has seen: the longest.
    assert_eq!(within(&seen[..8], 900), Some(8));
    assert_eq!(within(&[], 900), None);
}

#[test]
fn open_messages_are_counted_as_kaplan_and_meier_do() {
    // At risk with the new one: 5, then 3. Still waiting: 4/5, then 4/5 * 2/3 = 0.53, then 4/5 * 2/3 * 1/2 = 0.27.
    let seen = [weighed(1, true), weighed(2, false), weighed(3, true), weighed(4, true)];
    assert_eq!(within(&seen, 200), Some(1));
    assert_eq!(within(&seen, 210), Some(3));
    assert_eq!(within(&seen, 500), Some(4));
}

#[test]
fn stretching_doubles_and_halves() {
    assert_eq!(stretched(600, 0), 600);
    assert_eq!(stretched(600, 1_000_000), 1_200);
    assert_eq!(stretched(600, 500_000), 900);
    assert_eq!(stretched(600, -2_000_000), 150);
    assert!(stretched(i64::MAX, 2_000_000) > 0);
}

#[test]
fn load_is_work_per_person() {
    let load = |open_items_now, people_on_duty_now, people_usually| {
        Load { open_items_now, people_on_duty_now, people_usually }.per_person()
    };
    assert_eq!(load(9, 2, 3), 500);
    assert_eq!(load(9, 0, 3), 2_000);
    assert_eq!(load(9, 0, 0), 1_000);
    assert!(load(u32::MAX, 1, 1) > load(9, 1, 1));
}

proptest! {
    #[test]
    fn a_larger_share_takes_no_less(
        mut seen in vec((0..500_u32, any::<bool>(), 1..=WHOLE), 1..60),
        (low, high) in (0..=1_000_u32, 0..=1_000_u32),
    ) {
        seen.sort_unstable();
        let seen = seen.into_iter().map(|(took, answered, weight)| Weighed { took, answered, weight });
        let seen = seen.collect::<Vec<_>>();
        prop_assert!(within(&seen, low.min(high)) <= within(&seen, low.max(high)));
    }
}
