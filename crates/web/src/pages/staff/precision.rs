//! How the rules of the urgency check do, rule by rule.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// One rule in one version.
#[derive(Debug, Clone)]
pub struct CheckedRule {
    /// What it is about, in the reader's language.
    pub title: String,
    /// Its name in the rules; empty for what is no rule.
    pub name: String,
    /// The version of the rules.
    pub pack: String,
    /// Messages in which it fired.
    pub fired: u32,
    /// Cards and questions that were shown.
    pub shown: u32,
    /// What was answered, in words with counts.
    pub answers: Vec<String>,
    /// Flags that clinicians took back.
    pub taken_back: u32,
    /// Until half were first opened; empty when nothing was.
    pub half: String,
    /// Until nine in ten were.
    pub most: String,
    /// Messages that nobody has opened.
    pub unread: u32,
    /// "8 of 10 right"; empty when nobody has said.
    pub right: String,
    /// The share with its interval; empty below twenty answers.
    pub share: String,
    /// Whether there are answers, but too few for a share.
    pub few: bool,
}

/// `GET /work/urgency`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/precision.html")]
pub struct PrecisionPage {
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
    /// The first day of what was sent.
    pub since: Option<When>,
    /// Messages in which something was recognised.
    pub messages: u32,
    /// Rules, those shown most first.
    pub lines: Vec<CheckedRule>,
}

impl Page for PrecisionPage {
    const NAME: &'static str = "staff-precision";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let at = |iso: &str, text: &str| When { iso: iso.to_owned(), text: text.to_owned() };
        let answer = |code: &str, n: u32| locale.t1(&format!("precision-answer-{code}"), "n", n);
        let line = CheckedRule {
            title: "Chest pressure <or> pain".to_owned(),
            name: "RF01".to_owned(),
            pack: "2026-11-23.a4c460f4".to_owned(),
            fired: 41,
            shown: 44,
            answers: vec![answer("call", 9), answer("not_now", 12), answer("send", 20)],
            taken_back: 6,
            half: "7 min".to_owned(),
            most: "1 h 30 min".to_owned(),
            unread: 1,
            right: locale.t2("precision-of", "right", 24, "n", 30),
            share: locale
                .t_args("precision-share", &[("share", &"80"), ("low", &"63"), ("high", &"90")]),
            few: false,
        };
        let few = CheckedRule {
            title: locale.t("recognised-ask"),
            name: String::new(),
            answers: vec![answer("no", 3)],
            right: locale.t2("precision-of", "right", 1, "n", 2),
            share: String::new(),
            few: true,
            ..line.clone()
        };
        let unjudged = CheckedRule {
            answers: Vec::new(),
            half: String::new(),
            most: String::new(),
            right: String::new(),
            few: false,
            ..few.clone()
        };
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
            since: Some(at("2025-11-23", "Nov 23")),
            messages: 97,
            lines: vec![line, few, unjudged],
        };
        let nothing = Self { messages: 0, lines: Vec::new(), ..typical.clone() };
        let never = Self { made: None, since: None, ..nothing.clone() };
        let empty = Self { team: String::new(), teams: Vec::new(), ..never.clone() };
        let mut long = typical.clone();
        sample::LONG_NAME.clone_into(&mut long.team);
        long.teams = sample::long_choices();
        for line in &mut long.lines {
            sample::LONG_NAME.clone_into(&mut line.title);
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
