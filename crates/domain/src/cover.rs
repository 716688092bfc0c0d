//! Who stands in for whom: absences with a date on which they end, and their cover.
//!
//! Cover is transitive (the one who stands in may be away too), safe against circles (a circle ends at
//! the team), and over on its date without anybody's doing. Deliberately absent: rosters of duty, and
//! what happens to open work (the app moves it by what is resolved here). `cover` is never "coverage":
//! that word belongs to insurance.

use crate::ids::PersonId;
use crate::time::Timestamp;

/// Who has the work of somebody who is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// A colleague.
    Person(PersonId),
    /// The queue of the team whose work it is.
    Team,
}

/// A dated absence, `[from, until)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// Who is away.
    pub person: PersonId,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who stands in.
    pub cover: Cover,
}

impl Absence {
    const fn is_at(&self, at: Timestamp) -> bool {
        self.from.micros() <= at.micros() && at.micros() < self.until.micros()
    }
}

/// Why an absence cannot be entered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AbsenceError {
    /// It ends before it begins, or has no end: cover ends on a date.
    #[error("an absence begins before it ends, and ends")]
    Dates,
    /// Somebody would stand in for themselves, through these people in turn.
    #[error("the cover goes round in a circle")]
    Circle(Vec<PersonId>),
    /// The person is away already in that time.
    #[error("the person is away already")]
    Overlap,
}

/// Who has it, and until when that is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    /// The person, or the team's queue.
    pub holder: Holder,
    /// When the answer may change: an absence begins or ends along the line; `FOREVER` when never.
    pub until: Timestamp,
}

/// Where work goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// To somebody who is there.
    Person(PersonId),
    /// To the queue of the team whose work it is.
    Team,
}

/// Who has the work of `person` at `at`. Whoever is there has it; whoever is away is followed to their
/// cover; a circle, or an absence without cover, ends at the team. Terminates: nobody is visited twice.
pub fn resolve(person: PersonId, at: Timestamp, absences: &[Absence]) -> Resolved {
    let mut seen: Vec<PersonId> = Vec::new();
    let mut until = Timestamp::FOREVER;
    let mut next = person;
    loop {
        if seen.contains(&next) {
            return Resolved { holder: Holder::Team, until };
        }
        seen.push(next);
        let Some(absence) = absences.iter().find(|a| a.person == next && a.is_at(at)) else {
            let begins = absences.iter().filter(|a| a.person == next && a.from > at);
            until = begins.map(|a| a.from).min().map_or(until, |from| until.min(from));
            return Resolved { holder: Holder::Person(next), until };
        };
        until = until.min(absence.until);
        match absence.cover {
            Cover::Person(cover) => next = cover,
            Cover::Team => return Resolved { holder: Holder::Team, until },
        }
    }
}

/// Checks an absence to be entered beside those known. Errors: `Dates`, `Overlap` with the same
/// person's, `Circle` when at any moment the cover would lead back to somebody on its own line.
pub fn check(new: &Absence, known: &[Absence]) -> Result<(), AbsenceError> {
    if new.from >= new.until || new.until == Timestamp::FOREVER {
        return Err(AbsenceError::Dates);
    }
    let overlaps = |a: &&Absence| a.from < new.until && new.from < a.until;
    if known.iter().filter(overlaps).any(|a| a.person == new.person) {
        return Err(AbsenceError::Overlap);
    }
    let mut all: Vec<Absence> = known.iter().filter(overlaps).copied().collect();
    all.push(*new);
    // Between two moments at which an absence begins, lines only get shorter.
    let begins: Vec<Timestamp> = all.iter().map(|a| a.from.max(new.from)).collect();
    for at in begins {
        if let Some(circle) = circle(new.person, at, &all) {
            return Err(AbsenceError::Circle(circle));
        }
    }
    Ok(())
}

fn circle(person: PersonId, at: Timestamp, absences: &[Absence]) -> Option<Vec<PersonId>> {
    let mut line = vec![person];
    let mut last = person;
    loop {
        let away = absences.iter().find(|a| a.person == last && a.is_at(at))?;
        let Cover::Person(next) = away.cover else { return None };
        if line.contains(&next) {
            line.push(next);
            return Some(line);
        }
        line.push(next);
        last = next;
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::ids::Id as _;

    fn person(n: u64) -> PersonId {
        PersonId::from_uuid(Uuid::from_u64_pair(0, n))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    fn away(n: u64, from: i64, until: i64, cover: Cover) -> Absence {
        Absence { person: person(n), from: at(from), until: at(until), cover }
    }

    #[test]
    fn cover_is_transitive_and_ends_on_its_date() {
        let absences = [
            away(1, 10, 50, Cover::Person(person(2))),
            away(2, 20, 30, Cover::Person(person(3))),
            away(3, 25, 28, Cover::Team),
        ];
        let who = |second| resolve(person(1), at(second), &absences);
        assert_eq!(who(5), Resolved { holder: Holder::Person(person(1)), until: at(10) });
        assert_eq!(who(10), Resolved { holder: Holder::Person(person(2)), until: at(20) });
        assert_eq!(who(20), Resolved { holder: Holder::Person(person(3)), until: at(25) });
        assert_eq!(who(26), Resolved { holder: Holder::Team, until: at(28) });
        assert_eq!(who(29).holder, Holder::Person(person(3)));
        assert_eq!(who(30).holder, Holder::Person(person(2)));
        let back = Resolved { holder: Holder::Person(person(1)), until: Timestamp::FOREVER };
        assert_eq!(who(50), back);
    }

    #[test]
    fn a_circle_ends_at_the_team_and_is_refused_beforehand() {
        let known =
            [away(1, 10, 50, Cover::Person(person(2))), away(2, 30, 60, Cover::Person(person(3)))];
        let back = away(3, 40, 45, Cover::Person(person(1)));
        let line = [3, 1, 2, 3].map(person).to_vec();
        assert_eq!(check(&back, &known), Err(AbsenceError::Circle(line)));
        assert_eq!(check(&away(3, 50, 55, Cover::Person(person(1))), &known), Ok(()));
        assert_eq!(check(&away(3, 11, 29, Cover::Person(person(1))), &known), Ok(()));
        let itself = away(4, 0, 9, Cover::Person(person(4)));
        let line = [4, 4].map(person).to_vec();
        assert_eq!(check(&itself, &known), Err(AbsenceError::Circle(line)));
        let round = [known[0], known[1], back];
        assert_eq!(resolve(person(1), at(41), &round).holder, Holder::Team);
        assert_eq!(check(&away(5, 9, 9, Cover::Team), &known), Err(AbsenceError::Dates));
        let open = Absence { until: Timestamp::FOREVER, ..back };
        assert_eq!(check(&open, &known), Err(AbsenceError::Dates));
        let twice = away(1, 49, 70, Cover::Team);
        assert_eq!(check(&twice, &known), Err(AbsenceError::Overlap));
    }

    fn covers() -> impl Strategy<Value = Cover> {
        prop_oneof![
            4 => (0_u64..6).prop_map(|n| Cover::Person(person(n))),
            1 => Just(Cover::Team),
        ]
    }

    proptest! {
        #[test]
        fn work_never_sits_with_somebody_who_is_away(
            made in vec((0_u64..6, 0_i64..40, 1_i64..20, covers()), 0..12),
            second in 0_i64..60,
        ) {
            let mut known: Vec<Absence> = Vec::new();
            for (who, from, length, cover) in made {
                let new = away(who, from, from + length, cover);
                if check(&new, &known).is_ok() {
                    known.push(new);
                }
            }
            for n in 0..6 {
                let found = resolve(person(n), at(second), &known);
                if let Holder::Person(holder) = found.holder {
                    prop_assert!(!known.iter().any(|a| a.person == holder && a.is_at(at(second))));
                }
                // What was accepted holds no circle at any moment.
                prop_assert_eq!(circle(person(n), at(second), &known), None);
                // The answer holds until the moment it names.
                let last = found.until.micros().saturating_sub(1);
                if found.until < Timestamp::FOREVER {
                    let same = resolve(person(n), Timestamp::from_micros(last), &known);
                    prop_assert_eq!(same.holder, found.holder);
                }
            }
        }
    }
}
