//! Forecasts made at each message's arrival from what was known then, and what became of them.

use std::collections::BTreeMap;

use domain::calendar::Calendar;
use domain::forecast::{Answer, Asking, Said, Summary, Unanswered};
use domain::time::Timestamp;

use super::clinic::{self, Sent, Style};

/// How often a line was kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept {
    pub n: u32,
    pub half: u32,
    pub most: u32,
}

impl Kept {
    pub fn add(&mut self, other: Self) {
        self.n += other.n;
        self.half += other.half;
        self.most += other.most;
    }

    pub fn half_share(self) -> f64 {
        100.0 * f64::from(self.half) / f64::from(self.n.max(1))
    }

    pub fn most_share(self) -> f64 {
        100.0 * f64::from(self.most) / f64::from(self.n.max(1))
    }
}

/// What a team's held-out weeks came to.
#[derive(Debug, Default)]
pub struct Run {
    pub weekdays: [Kept; 7],
    weeks: BTreeMap<(u64, i64), Kept>,
    /// Seconds of working time to each answer, half line and 90% line.
    took: Vec<i64>,
    half: Vec<i64>,
    most: Vec<i64>,
}

impl Run {
    pub fn all(&self) -> Kept {
        let mut all = Kept::default();
        self.weekdays.iter().for_each(|kept| all.add(*kept));
        all
    }

    pub fn add(&mut self, other: Self) {
        for (sum, kept) in self.weekdays.iter_mut().zip(other.weekdays) {
            sum.add(kept);
        }
        self.weeks.extend(other.weeks);
        self.took.extend(other.took);
        self.half.extend(other.half);
        self.most.extend(other.most);
    }

    /// How long answers took and how long the lines were, in hours of working time, and how many of the
    /// worst week's 90% lines were kept.
    pub fn hours(mut self) -> String {
        let mut at = |of: fn(&mut Self) -> &mut Vec<i64>, percent: usize| {
            let all = of(&mut self);
            all.sort_unstable();
            let seconds = all[all.len() * percent / 100];
            f64::from(i32::try_from(seconds).unwrap()) / 3_600.0
        };
        let (took, slow) = (at(|run| &mut run.took, 50), at(|run| &mut run.took, 90));
        let (half, most) = (at(|run| &mut run.half, 50), at(|run| &mut run.most, 50));
        let worst = self.weeks.values().map(|kept| kept.most_share()).fold(100.0, f64::min);
        format!("{took:.1} h, {slow:.1} h | {half:.1} h, {most:.1} h | {worst:.0}%")
    }
}

/// Weeks before the first that counts: the first 28 days, and as long again to learn.
pub const BEFORE: i64 = 8;

/// Runs a team through its weeks; a summary is built every night at three.
pub fn run(style: &Style, weeks: i64, seed: u64) -> Run {
    run_with(style, weeks, seed, true)
}

/// The same with summaries that know nothing of those before them.
pub fn run_without_learning(style: &Style, weeks: i64, seed: u64) -> Run {
    run_with(style, weeks, seed, false)
}

fn run_with(style: &Style, weeks: i64, seed: u64, learning: bool) -> Run {
    let calendar = style.calendar();
    let sent = style.history(weeks, seed);
    let mut said: Vec<Option<Said>> = vec![None; sent.len()];
    let mut run = Run::default();
    let mut summary: Option<Summary> = None;
    let (mut first, mut next) = (0, 0);
    for day in 0..weeks * 7 {
        let night = clinic::at(day * 1_440 + 180, 0);
        while next < sent.len() && sent[next].asked_at <= night {
            said[next] = summary
                .as_ref()
                .and_then(|summary| ask(&sent[next], summary, &calendar, seed, &mut run));
            next += 1;
        }
        while first < next && sent[first].asked_at < night.plus_seconds(-domain::forecast::WINDOW) {
            first += 1;
        }
        let before = summary.as_ref().filter(|_| learning);
        summary = Some(build(&sent[first..next], &said[first..next], &calendar, night, before));
    }
    run
}

/// What is known in one night.
fn build(
    sent: &[Sent],
    said: &[Option<Said>],
    calendar: &Calendar,
    night: Timestamp,
    before: Option<&Summary>,
) -> Summary {
    let (mut answers, mut open) = (Vec::new(), Vec::new());
    for (one, said) in sent.iter().zip(said.iter().copied()) {
        let (asked_at, level) = (one.asked_at, one.level);
        if one.answered_at <= night {
            answers.push(Answer { asked_at, answered_at: one.answered_at, level, said });
        } else {
            open.push(Unanswered { asked_at, level, said });
        }
    }
    Summary::build(&answers, &open, calendar, night, before)
}

fn ask(
    one: &Sent,
    summary: &Summary,
    calendar: &Calendar,
    seed: u64,
    run: &mut Run,
) -> Option<Said> {
    let asking = Asking {
        now: one.asked_at,
        level: one.level,
        load: one.load,
        latest: one.asked_at.plus_seconds(14 * 86_400),
    };
    let shown = summary.forecast(calendar, &asking);
    if let Some((half_by, most_by)) = shown.lines()
        && one.week >= BEFORE
    {
        let kept = |line: Timestamp| u32::from(one.answered_at <= line);
        let kept = Kept { n: 1, half: kept(half_by), most: kept(most_by) };
        run.weekdays[one.weekday].add(kept);
        run.weeks.entry((seed, one.week)).or_default().add(kept);
        let working = |until| calendar.working_seconds(one.asked_at, until);
        run.took.push(working(one.answered_at));
        run.half.push(working(half_by));
        run.most.push(working(most_by));
    }
    shown.said(one.load)
}

/// Weekdays of a team, neighbours with fewer than a hundred messages each merged: how they are called, and
/// what was kept.
pub fn cells(weekdays: &[Kept; 7]) -> Vec<(String, Kept)> {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut cells: Vec<(String, Kept)> = Vec::new();
    for (name, kept) in NAMES.iter().zip(weekdays) {
        match cells.last_mut() {
            Some((last, sum)) if kept.n < 100 && sum.n < 100 || kept.n == 0 => {
                *last = format!("{last}+{name}");
                sum.add(*kept);
            }
            _ => cells.push(((*name).to_owned(), *kept)),
        }
    }
    cells
}
