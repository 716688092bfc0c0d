//! How long the teams' answers took to the many patients of whom the story does not tell, so that each team
//! has a habit to forecast from. A team and times, as they are kept of every answer.

use domain::access::Actor;
use domain::forecast::WINDOW;
use domain::ids::CareTeamId;
use domain::time::Timestamp;
use domain::work_item::Level;
use store::team_clock::TeamClock;
use store::work_item::Asked;

use super::Seeder;
use crate::demo::story::{self, Moment};
use crate::error::{Error, Result};

/// Days of answers before now: a window before the first day on which a forecast is made.
const DAYS: u16 = 56;
/// Hours of the clinic's clock at which patients write, one after the other.
const WRITTEN_AT: [(i8, i8); 7] =
    [(9, 10), (13, 25), (7, 45), (11, 5), (15, 40), (20, 15), (8, 20)];
/// Working minutes to an answer, one after the other: most are quick, some wait for a result.
const TOOK_MINUTES: [i64; 11] = [35, 80, 20, 150, 55, 210, 95, 45, 320, 125, 240];

impl Seeder<'_> {
    /// Notes the answers of every team up to now.
    pub(super) fn add_answers(&self) -> Result<()> {
        for told in story::teams() {
            let team = self.team(told.key)?;
            let read = |tx: &mut store::db::Tx<'_>| store::team_clock::get(tx, team);
            let clock = self.app.db().read(read).map_err(Error::from)?.ok_or(Error::NotFound)?;
            let answers = self.habit(&clock, told.answers_a_day);
            self.app.write(&Actor::system(), move |cx| note_all(cx, team, &answers))?;
        }
        Ok(())
    }

    /// Moments at which patients wrote and were answered.
    fn habit(&self, clock: &TeamClock, a_day: usize) -> Vec<(Timestamp, Timestamp)> {
        let mut took = TOOK_MINUTES.iter().cycle();
        let mut answers = Vec::new();
        for days in (1..=DAYS).rev() {
            for (hour, minute) in WRITTEN_AT.iter().copied().take(a_day) {
                let asked_at = self.at(Moment::Day { days, hour, minute });
                if clock.calendar.hours_on(clock.calendar.date_of(asked_at)).is_closed() {
                    continue;
                }
                let seconds = took.next().copied().unwrap_or(60) * 60;
                let answered_at = clock.calendar.plus_working(asked_at, seconds);
                if answered_at < self.now {
                    answers.push((asked_at, answered_at));
                }
            }
        }
        answers
    }

    /// The moments at which the teams' forecasts were made: each morning of the last window.
    pub(super) fn mornings(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let days = u16::try_from(WINDOW / 86_400).unwrap_or(28);
        (1..=days).rev().map(|days| self.at(Moment::Day { days, hour: 6, minute: 0 }))
    }
}

fn note_all(
    cx: &mut crate::Cx<'_, '_>,
    team: CareTeamId,
    answers: &[(Timestamp, Timestamp)],
) -> Result<()> {
    for (at, answered_at) in answers {
        let asked = Asked { at: *at, level: Level::SOON, said: None };
        let id = cx.new_id()?;
        store::team_forecast::add_answer(cx.tx(), id, team, &asked, *answered_at, None)?;
    }
    Ok(())
}
