//! What several patient pages show: whose move it is, numbers to call, choices, a message's text.

use super::markup::{Block, blocks};
use crate::i18n::{Locale, SiteTime, When};
use crate::pages::Phone;

/// Where a conversation stands, in the patient's words (MODEL.md, the status ladder).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ladder {
    /// Held for some seconds so that it can be taken back.
    Sending,
    /// It has arrived.
    Received,
    /// It waits with a team.
    WithTeam {
        /// The team's plain name.
        team: String,
        /// Since when: `SiteTime::since`.
        since: Option<When>,
    },
    /// Somebody works on it.
    BeingHandled {
        /// The team's plain name.
        team: String,
        /// The person, when the team shows names.
        who: Option<String>,
        /// What they are, when it does not: `clinician`, `nurse` or `other`.
        role: Option<&'static str>,
    },
    /// The team asked something.
    AskedYou,
    /// The team answered.
    Answered,
    /// It ended; `outcome` is the code of `domain::work_item::Outcome`.
    Closed {
        /// The outcome's code.
        outcome: String,
    },
}

impl Ladder {
    /// The short words of a list: "With Diabetes team".
    pub fn tag(&self, locale: &Locale) -> String {
        match self {
            Self::Sending => locale.t("ladder-sending"),
            Self::Received => locale.t("ladder-received"),
            Self::WithTeam { team, .. } => locale.t1("ladder-with", "team", team),
            Self::BeingHandled { .. } => locale.t("ladder-handled"),
            Self::AskedYou => locale.t("ladder-asked"),
            Self::Answered => locale.t("ladder-answered"),
            Self::Closed { .. } => locale.t("ladder-closed"),
        }
    }

    /// The sentence of the thread page: "With Diabetes team since 9:12 am."
    pub fn sentence(&self, locale: &Locale) -> String {
        match self {
            Self::Sending => locale.t("ladder-sending-long"),
            Self::Received => locale.t("ladder-received-long"),
            Self::WithTeam { team, since: Some(since) } => {
                locale.t2("ladder-with-since", "team", team, "since", &since.text)
            }
            Self::WithTeam { team, since: None } => locale.t1("ladder-with-long", "team", team),
            Self::BeingHandled { who: Some(who), team, .. } => {
                locale.t2("ladder-handled-by", "who", who, "team", team)
            }
            Self::BeingHandled { who: None, team, role: Some(role) } => {
                locale.t1(&format!("ladder-handled-{role}"), "team", team)
            }
            Self::BeingHandled { who: None, team, role: None } => {
                locale.t1("ladder-handled-long", "team", team)
            }
            Self::AskedYou => locale.t("ladder-asked-long"),
            Self::Answered => locale.t("ladder-answered-long"),
            Self::Closed { outcome } => {
                locale.t1("ladder-closed-long", "outcome", locale.t(&format!("outcome-{outcome}")))
            }
        }
    }

    /// The colour of the tag; the words say the same.
    pub fn class(&self) -> &'static str {
        match self {
            Self::AskedYou => "att",
            Self::Answered => "good",
            Self::WithTeam { .. } | Self::BeingHandled { .. } => "info",
            Self::Sending | Self::Received | Self::Closed { .. } => "plain",
        }
    }
}

/// When the patient's side will hear, as far as it can still come true. Each moment is `SiteTime::until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hear {
    /// What is usual, and the promise.
    Usual {
        /// Half of such messages are answered by then.
        half: When,
        /// Nine of ten are.
        most: When,
        /// The promise.
        latest: When,
    },
    /// The first moment is over or the same as the second.
    Most {
        /// Nine of ten are answered by then.
        most: When,
        /// The promise.
        latest: When,
    },
    /// What is usual is over; the promise stands.
    Slow(When),
    /// The team is behind; the promise stands.
    Busy(When),
    /// The team has too few answers to say what is usual; the promise.
    Few(When),
    /// Only the promise.
    Promise(When),
    /// The promise was broken.
    Late(When),
}

impl Hear {
    /// Every kind once, for samples.
    pub fn samples(locale: Locale) -> Vec<Self> {
        let now = 1_795_361_400_000_000_i64;
        let time = SiteTime::new("America/New_York", now);
        let at = |hours: i64| time.until(locale, now + hours * 3_600_000_000);
        vec![
            Self::Usual { half: at(2), most: at(26), latest: at(50) },
            Self::Most { most: at(3), latest: at(27) },
            Self::Slow(at(5)),
            Self::Busy(at(29)),
            Self::Few(at(48)),
            Self::Promise(at(6)),
            Self::Late(at(-3)),
        ]
    }

    /// The usual kind, for samples.
    pub fn sample(locale: Locale) -> Option<Self> {
        Self::samples(locale).into_iter().next()
    }
}

/// Whom to call when a message is too slow. All of the site's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    /// The crisis line, for instance 988, also by text message where it says so.
    pub crisis: Phone,
    /// The emergency number, for instance 911.
    pub emergency: Phone,
    /// Today's nurse line.
    pub nurse: Phone,
    /// When the nurse line answers, in words: "until 8 pm"; none when always.
    pub nurse_hours: Option<String>,
    /// Whether messages in the reader's language are not checked where others are.
    pub left_out: bool,
}

impl Safety {
    /// The sample clinic's numbers.
    pub fn sample() -> Self {
        Self {
            crisis: Phone::new("988"),
            emergency: Phone::new("911"),
            nurse: Phone::new("555-0100"),
            nurse_hours: None,
            left_out: false,
        }
    }
}

/// One choice of a list of radio buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is posted.
    pub value: String,
    /// What people choose.
    pub label: String,
    /// A second line; may be empty.
    pub detail: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// A choice that is not chosen.
    pub fn new(value: &str, label: &str, detail: &str) -> Self {
        Self {
            value: value.to_owned(),
            label: label.to_owned(),
            detail: detail.to_owned(),
            chosen: false,
        }
    }

    /// The same choice, chosen.
    #[must_use]
    pub fn chosen(mut self) -> Self {
        self.chosen = true;
        self
    }
}

/// A text that a person wrote, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its paragraphs and lists.
    pub blocks: Vec<Block>,
    /// Its language when it is not the page's (BCP 47), for screen readers.
    pub lang: Option<String>,
}

impl Text {
    /// Reads a plain text in the page's own language.
    pub fn new(text: &str) -> Self {
        Self { blocks: blocks(text), lang: None }
    }

    /// Reads a plain text in another language.
    pub fn in_language(text: &str, lang: &str) -> Self {
        Self { blocks: blocks(text), lang: Some(lang.to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_category_and_ask_has_words() {
        for locale in Locale::every() {
            let codes =
                domain::work_item::Outcome::ALL.iter().map(|c| format!("outcome-{}", c.code()));
            let codes = codes
                .chain(
                    domain::thread::Category::ALL.iter().map(|c| format!("category-{}", c.code())),
                )
                .chain(domain::message::Ask::ALL.iter().map(|c| format!("ask-{}", c.code())));
            for key in codes {
                assert!(locale.has(&key), "{key}");
            }
        }
    }

    #[test]
    fn names_are_joined_as_people_do() {
        let names =
            |n: usize| ["A", "B", "C"].iter().take(n).map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let es = crate::pages::Chrome::new(Locale::by_tag("es").unwrap(), "", "");
        assert_eq!(es.joined(&names(3)), "A, B y C");
        assert_eq!(es.joined(&names(1)), "A");
        assert_eq!(es.joined(&[]), "");
        assert_eq!(es.nth("about", 0), "about");
        assert_eq!(es.nth("about", 1), "about-1");
        assert_eq!(es.nth_of("about", 0, 0), "about");
        assert_eq!(es.nth_of("about", 1, 0), "about-1-0");
    }
}
