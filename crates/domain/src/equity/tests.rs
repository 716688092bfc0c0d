//! Known figures, a simulated coverage, and what is withheld.

use super::*;

fn close(found: f64, known: f64, off: f64) {
    assert!((found - known).abs() <= off, "{found} is not {known}");
}

fn sums(values: &[f64]) -> Sums {
    let n = u32::try_from(values.len()).unwrap();
    let squares = values.iter().map(|value| value * value).sum();
    Sums { n, sum: values.iter().sum(), squares }
}

/// The table of Student's t that statistics books print, two-sided 5%.
#[test]
fn points_of_t_are_those_of_the_table() {
    let table = [
        (1.0, 12.706),
        (2.0, 4.303),
        (3.0, 3.182),
        (5.0, 2.571),
        (10.0, 2.228),
        (25.0, 2.060),
        (29.0, 2.045),
        (60.0, 2.000),
        (120.0, 1.980),
        (100_000.0, 1.960),
    ];
    for (freedom, known) in table {
        close(t_975(freedom), known, 0.000_6);
    }
    assert!(t_975(0.0).is_finite() && t_975(f64::NAN).is_finite());
}

/// The first of the examples with which Welch's test is commonly shown: 15 and 15 values, t = -2.46 with
/// 25.0 degrees of freedom, P = 0.021.
#[test]
fn a_known_comparison() {
    let ours = sums(&[
        27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4,
    ]);
    let theirs = sums(&[
        27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4,
    ]);
    let ratio = ours.compared_with(&theirs).unwrap();
    let difference = ratio.times.ln();
    let half = (ratio.high.ln() - ratio.low.ln()) / 2.0;
    close(difference / (half / 2.060), -2.46, 0.01);
    assert!(ratio.excludes_one(), "P = 0.021");
    let back = theirs.compared_with(&ours).unwrap();
    close(back.times * ratio.times, 1.0, 1e-9);
    close(back.low * ratio.high, 1.0, 1e-9);
}

#[test]
fn a_typical_time_is_the_geometric_mean() {
    let mut waits = Sums::default();
    assert_eq!(waits.typical(), None);
    waits.add(10 * 60);
    assert_eq!(waits.typical(), None, "one wait has no spread");
    waits.add(1_000 * 60);
    let typical = waits.typical().unwrap();
    close(typical.minutes, 100.0, 1e-6);
    // ln 10 and ln 1000: standard error ln 10, and t of one degree of freedom.
    close(typical.high.ln() - typical.minutes.ln(), 12.706 * 10.0_f64.ln(), 0.01);
    let mut short = Sums::default();
    short.add(-5);
    short.add(3);
    close(short.typical().unwrap().minutes, 1.0, 1e-9);
    assert_eq!(short.compared_with(&waits).map(|ratio| ratio.excludes_one()), Some(false));
    assert_eq!(short.compared_with(&short), None, "no spread, no interval");
}

/// xorshift64*, so that a failure can be run again.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = u32::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32).unwrap();
        (f64::from(bits) + 0.5) / 4_294_967_296.0
    }

    /// A wait whose logarithm is normal (Box and Muller 1958), in seconds.
    fn wait(&mut self, median_minutes: f64, spread: f64) -> i64 {
        let normal = (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos();
        let seconds = (median_minutes * (spread * normal).exp() * 60.0).round();
        format!("{seconds:.0}").parse().unwrap()
    }
}

#[test]
fn ninety_five_of_a_hundred_intervals_hold_the_truth() {
    let mut dice = Dice(0x7469_6469_6e67_7333);
    let mut held = 0;
    for _ in 0..2_000 {
        let (mut few, mut many) = (Sums::default(), Sums::default());
        for _ in 0..30 {
            few.add(dice.wait(300.0, 1.4));
        }
        for _ in 0..140 {
            many.add(dice.wait(200.0, 0.7));
        }
        let ratio = few.compared_with(&many).unwrap();
        held += i32::from(ratio.low <= 1.5 && 1.5 <= ratio.high);
    }
    // Two thousand trials: three standard errors are 1.5%.
    assert!((1_870..=1_930).contains(&held), "{held} of 2000");
}

fn facts(language: &str, race: &[&str]) -> Facts {
    Facts {
        language: language.to_owned(),
        race: race.iter().map(|race| (*race).to_owned()).collect(),
        ..Facts::default()
    }
}

fn summary(groups: &[(&str, u32, i64)]) -> Summary {
    let mut tally = Tally::default();
    for (language, n, minutes) in groups {
        for at in 0..*n {
            let wait = (minutes + i64::from(at % 5)) * 60;
            tally.add(&facts(language, &[]), Some(wait / 2), wait);
        }
    }
    tally.summary(Timestamp::EPOCH, Timestamp::FOREVER)
}

#[test]
fn a_difference_is_marked_for_thirty_and_no_fewer() {
    for (n, marked) in [(29, false), (30, true)] {
        let rows = summary(&[("en", 200, 100), ("es", n, 300)]).rows(Dimension::Language);
        let [english, spanish] = rows.as_slice() else { panic!("{rows:?}") };
        assert!(english.reference && english.answered.ratio.is_none());
        assert_eq!(spanish.answered.differs, marked, "{n}");
        assert_eq!(spanish.read.differs, marked, "{n}");
        assert!((2.5..3.0).contains(&spanish.answered.ratio.unwrap().times));
    }
    let alike = summary(&[("en", 200, 100), ("es", 90, 100)]).rows(Dimension::Language);
    assert!(alike.iter().all(|row| !row.answered.differs));
}

#[test]
fn small_groups_are_withheld_and_never_one_alone() {
    let shown = |groups: &[(&str, u32, i64)]| -> Vec<Option<u32>> {
        summary(groups).rows(Dimension::Language).into_iter().map(|row| row.n).collect()
    };
    assert_eq!(shown(&[("en", 50, 9), ("es", 11, 9)]), [Some(50), Some(11)]);
    assert_eq!(shown(&[("en", 50, 9), ("es", 10, 9)]), [None, None], "or a subtraction tells");
    assert_eq!(shown(&[("en", 50, 9), ("es", 20, 9), ("so", 3, 9)]), [Some(50), None, None]);
    assert_eq!(shown(&[("en", 50, 9), ("es", 4, 9), ("so", 3, 9)]), [Some(50), None, None]);
    let rows = summary(&[("en", 50, 9), ("es", 4, 9), ("so", 3, 9)]).rows(Dimension::Language);
    assert!(rows[1].answered == Measure::default() && rows[1].read == Measure::default());
    assert!(summary(&[]).rows(Dimension::Age).is_empty());
}

#[test]
fn patients_are_grouped_by_what_the_record_says() {
    let mut known = facts("es-MX", &["White", "Asian"]);
    known.age = Some(44);
    "Blue Plan".clone_into(&mut known.payer);
    let groups = known.groups().map(|(_, group)| group);
    let named = |text: &str| Group::Named(text.to_owned());
    assert_eq!(groups, [named("es"), Group::Age(1), named("Blue Plan"), Group::Several]);
    for (age, group) in [
        (Some(0), Group::Age(0)),
        (Some(17), Group::Age(0)),
        (Some(18), Group::Age(1)),
        (Some(79), Group::Age(3)),
        (Some(120), Group::Age(4)),
        (Some(-1), Group::NotRecorded),
        (None, Group::NotRecorded),
    ] {
        let groups = Facts { age, ..Facts::default() }.groups();
        assert_eq!(groups[1], (Dimension::Age, group));
    }
}

#[test]
fn however_many_names_there_are_the_room_is_bounded() {
    let mut tally = Tally::default();
    for n in 0..500 {
        tally.add(&facts("en", &[&format!("{n} {}", "x".repeat(5_000))]), None, 600);
    }
    let summary = tally.summary(Timestamp::EPOCH, Timestamp::FOREVER);
    let races = summary.cells.iter().filter(|cell| cell.dimension == Dimension::Race);
    assert_eq!(races.count(), GROUPS_MAX + 1, "and the others");
    assert_eq!(summary.answers, 500);
}
