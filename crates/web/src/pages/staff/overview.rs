//! How a team does, and how groups of its patients wait: words, small tables, and bars that need neither
//! script nor colour.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// Open work of one level, or of all.
#[derive(Debug, Clone)]
pub struct OpenLine {
    /// The level in words.
    pub label: String,
    /// How many of each age, the oldest last.
    pub ages: (i64, i64, i64, i64),
    /// All of them.
    pub total: i64,
    /// Late.
    pub late: i64,
    /// Nearly late.
    pub nearly: i64,
    /// The length of its bar, 0 to 100.
    pub bar: i64,
}

/// What one member has to do and has done.
#[derive(Debug, Clone)]
pub struct LoadLine {
    /// The name.
    pub name: String,
    /// The role in words; empty for who has left.
    pub role: String,
    /// Until when they are away, if they are.
    pub away: Option<When>,
    /// Held now.
    pub held: i64,
    /// Answered in 7 days.
    pub week: i64,
    /// Answered in 28 days.
    pub month: i64,
    /// The length of the bar of what is held, 0 to 100.
    pub bar: i64,
}

/// How long something took.
#[derive(Debug, Clone)]
pub struct TimesLine {
    /// What.
    pub label: String,
    /// Of how many.
    pub n: usize,
    /// Half took no longer.
    pub half: String,
    /// Nine in ten took no longer.
    pub most: String,
    /// The length of the bar of the half, 0 to 100.
    pub half_bar: i64,
    /// The length of the bar of the nine in ten, 0 to 100.
    pub most_bar: i64,
}

/// `GET /work/overview`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/overview.html")]
pub struct OverviewPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team's name; empty when there is none to show.
    pub team: String,
    /// The teams to choose from, when there are several.
    pub teams: Vec<Choice>,
    /// The state of things in one sentence.
    pub sentence: String,
    /// Open work by level, then all.
    pub open: Vec<OpenLine>,
    /// Items that wait for the patient.
    pub waiting: i64,
    /// Load by member.
    pub members: Vec<LoadLine>,
    /// Times to the first reading and to the answer; empty while nothing was answered.
    pub times: Vec<TimesLine>,
    /// What happened in 28 days, in words, with how many times.
    pub steps: Vec<(String, i64)>,
    /// Where the page about how groups wait is, for who may see it.
    pub equity: Option<String>,
    /// Where the page about the rules of the urgency check is.
    pub precision: Option<String>,
}

/// One group of patients.
#[derive(Debug, Clone)]
pub struct GroupLine {
    /// The group in words.
    pub label: String,
    /// How many answers; `None` when that is withheld.
    pub n: Option<u32>,
    /// Whether the others are compared with it.
    pub reference: bool,
    /// Until it was first read.
    pub read: MeasureLine,
    /// Until it was answered.
    pub answered: MeasureLine,
}

/// One measure of a group, in words.
#[derive(Debug, Clone, Default)]
pub struct MeasureLine {
    /// The typical time; empty when it is withheld or not known.
    pub typical: String,
    /// Its interval.
    pub interval: String,
    /// Against the reference, with its interval; empty where there is nothing to compare.
    pub ratio: String,
    /// Whether the difference is marked.
    pub differs: bool,
    /// The length of the bar, 0 to 100.
    pub bar: i64,
}

/// One cut.
#[derive(Debug, Clone)]
pub struct CutPart {
    /// Its word in ids.
    pub code: &'static str,
    /// Its title.
    pub title: String,
    /// Its groups.
    pub groups: Vec<GroupLine>,
}

/// `GET /work/equity`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/equity.html")]
pub struct EquityPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team's name; empty when there is none to show.
    pub team: String,
    /// The teams to choose from, when there are several.
    pub teams: Vec<Choice>,
    /// When it was counted; `None` before the first night.
    pub made: Option<When>,
    /// The first day of what was asked.
    pub since: Option<When>,
    /// Whether there was anything to count.
    pub counted: bool,
    /// The cuts.
    pub cuts: Vec<CutPart>,
}

impl Page for OverviewPage {
    const NAME: &'static str = "staff-overview";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let choice = |value: &str, text: &str, chosen: bool| Choice {
            value: value.to_owned(),
            text: text.to_owned(),
            chosen,
        };
        let line = |key: &str, ages: (i64, i64, i64, i64), late, nearly, bar| OpenLine {
            label: locale.t(key),
            ages,
            total: ages.0 + ages.1 + ages.2 + ages.3,
            late,
            nearly,
            bar,
        };
        let member = |name: &str, role: &str, held, week, month, bar| LoadLine {
            name: name.to_owned(),
            role: locale.t(role),
            away: None,
            held,
            week,
            month,
            bar,
        };
        let back = When { iso: "2026-11-30".to_owned(), text: "Nov 30".to_owned() };
        let times = |key: &str, half: &str, most: &str, half_bar, most_bar| TimesLine {
            label: locale.t(key),
            n: 212,
            half: half.to_owned(),
            most: most.to_owned(),
            half_bar,
            most_bar,
        };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            team: "Family medicine".to_owned(),
            teams: vec![choice("1", "Family medicine", true), choice("2", "Heart clinic", false)],
            sentence: locale.t2("leads-late", "late", 3_i64, "nearly", 5_i64),
            open: vec![
                line("staff-level-1", (0, 0, 0, 0), 0, 0, 0),
                line("staff-level-2", (2, 1, 0, 0), 1, 1, 10),
                line("staff-level-3", (9, 12, 5, 2), 2, 3, 100),
                line("staff-level-4", (1, 2, 0, 1), 0, 1, 15),
                line("leads-all", (12, 15, 5, 3), 3, 5, 100),
            ],
            waiting: 7,
            members: vec![
                member("Dora Lind", "staff-role-clinician", 6, 21, 84, 60),
                LoadLine {
                    away: Some(back),
                    ..member("Nils Berg", "staff-role-nurse", 10, 40, 171, 100)
                },
            ],
            times: vec![
                times("leads-to-read", "42 min", "3 h 10 min", 6, 28),
                times("leads-to-answer", "2 h 5 min", "11 h 20 min", 18, 100),
            ],
            steps: vec![
                (locale.t("leads-escalated"), 9),
                (locale.t("leads-expired"), 4),
                (locale.t("leads-covered"), 2),
                (locale.t("leads-returned"), 2),
                (locale.t("leads-bounces"), 1),
            ],
            equity: Some("/work/equity?team=1".to_owned()),
            precision: Some("/work/urgency?team=1".to_owned()),
        };
        let quiet = Self {
            open: Vec::new(),
            waiting: 0,
            times: Vec::new(),
            teams: Vec::new(),
            equity: None,
            precision: None,
            sentence: locale.t("leads-nothing-open"),
            ..typical.clone()
        };
        let empty = Self { team: String::new(), ..quiet.clone() };
        let mut long = typical.clone();
        sample::LONG_NAME.clone_into(&mut long.team);
        long.teams = sample::long_choices();
        for member in &mut long.members {
            sample::LONG_NAME.clone_into(&mut member.name);
        }
        vec![("typical", typical), ("quiet", quiet), ("empty", empty), ("longest", long)]
    }
}

impl Page for EquityPage {
    const NAME: &'static str = "staff-equity";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let language = sample_cut(locale);
        let payer =
            CutPart { code: "payer", title: locale.t("equity-by-payer"), groups: Vec::new() };
        let at = |iso: &str, text: &str| When { iso: iso.to_owned(), text: text.to_owned() };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            team: "Family medicine".to_owned(),
            teams: vec![Choice {
                value: "1".to_owned(),
                text: "Family medicine".to_owned(),
                chosen: true,
            }],
            made: Some(at("2026-11-22T02:00:00-05:00", "Nov 22")),
            since: Some(at("2026-08-23", "Aug 23")),
            counted: true,
            cuts: vec![language, payer],
        };
        let nothing = Self { counted: false, cuts: Vec::new(), ..typical.clone() };
        let never = Self { made: None, since: None, ..nothing.clone() };
        let empty = Self { team: String::new(), teams: Vec::new(), ..never.clone() };
        let mut long = typical.clone();
        sample::LONG_NAME.clone_into(&mut long.team);
        long.teams = sample::long_choices();
        for cut in &mut long.cuts {
            for group in &mut cut.groups {
                sample::LONG_NAME.clone_into(&mut group.label);
            }
        }
        vec![
            ("typical", typical),
            ("nothing", nothing),
            ("never", never),
            ("empty", empty),
            ("longest", long),
        ]
    }
}

/// Three groups: one that others are compared with, one that waits longer, one that is withheld.
fn sample_cut(locale: Locale) -> CutPart {
    let measure = |typical: &str, interval: &str, ratio: &str, differs, bar| MeasureLine {
        typical: typical.to_owned(),
        interval: interval.to_owned(),
        ratio: ratio.to_owned(),
        differs,
        bar,
    };
    let group = |label: String, n, read: MeasureLine, answered: MeasureLine| GroupLine {
        label,
        n,
        reference: false,
        read,
        answered,
    };
    let times = |times: &str, low: &str, high: &str| {
        locale.t_args(
            "equity-ratio",
            &[("times", &times.to_owned()), ("low", &low.to_owned()), ("high", &high.to_owned())],
        )
    };
    let interval = |low: &str, high: &str| {
        locale.t2("equity-interval", "low", low.to_owned(), "high", high.to_owned())
    };
    CutPart {
        code: "language",
        title: locale.t("equity-by-language"),
        groups: vec![
            GroupLine {
                reference: true,
                ..group(
                    locale.t("equity-language-en"),
                    Some(611),
                    measure("44 min", &interval("41 min", "48 min"), "", false, 30),
                    measure("2 h 5 min", &interval("1 h 58 min", "2 h 12 min"), "", false, 71),
                )
            },
            group(
                locale.t("equity-language-es"),
                Some(93),
                measure(
                    "52 min",
                    &interval("40 min", "1 h 6 min"),
                    &times("1.2", "0.9", "1.5"),
                    false,
                    35,
                ),
                measure(
                    "2 h 56 min",
                    &interval("2 h 28 min", "3 h 29 min"),
                    &times("1.4", "1.2", "1.7"),
                    true,
                    100,
                ),
            ),
            group(
                locale.t("equity-not-recorded"),
                None,
                MeasureLine::default(),
                MeasureLine::default(),
            ),
        ],
    }
}
