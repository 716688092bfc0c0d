//! What a team may be called, and what it must have before patients can write to it.
//!
//! Patients choose a team by its name and purpose; a name such as `FAM_MED_2` tells them nothing. They
//! count on its hours and must always reach somebody, so a team is opened only when [`missing`] names
//! nothing. Deliberately absent: length and control characters, which every text of the directory is
//! checked for.

crate::code::codes! {
    /// Where a team stands.
    TeamStatus {
        /// Being set up: nobody can write to it.
        Draft = "draft",
        /// Open: its patients can write to it.
        Active = "active",
        /// Ended: nobody can write to it any more.
        Ended = "ended",
    }
}

crate::code::codes! {
    /// Something a team must have before it is opened.
    Missing {
        /// A name in plain words.
        Name = "name",
        /// A purpose in plain words.
        Purpose = "purpose",
        /// Hours of at least one day.
        Hours = "hours",
        /// A member who may answer.
        Member = "member",
        /// A member who may answer and stands in when all are away.
        LastResort = "last_resort",
        /// An active triage desk of its organization, for whoever is not sure whom to write to.
        TriageDesk = "triage_desk",
    }
}

/// What is known of a team that is to be opened, or to stay open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is for.
    pub purpose: &'a str,
    /// Whether its week opens at least once.
    pub opens: bool,
    /// Whether a member may answer now.
    pub answers: bool,
    /// Whether somebody who is a member and may answer stands in when all are away.
    pub last_resort: bool,
    /// Whether it is a triage desk itself.
    pub is_triage_desk: bool,
    /// Whether its organization has an active triage desk besides it.
    pub has_triage_desk: bool,
}

/// Everything a team lacks, in the order it is set up; empty when it can be opened.
pub fn missing(facts: &Facts<'_>) -> Vec<Missing> {
    let has = |what: Missing| match what {
        Missing::Name => !facts.name.trim().is_empty() && plain_name(facts.name).is_ok(),
        Missing::Purpose => !facts.purpose.trim().is_empty() && plain_name(facts.purpose).is_ok(),
        Missing::Hours => facts.opens,
        Missing::Member => facts.answers,
        Missing::LastResort => facts.last_resort,
        Missing::TriageDesk => facts.is_triage_desk || facts.has_triage_desk,
    };
    Missing::ALL.iter().copied().filter(|what| !has(*what)).collect()
}

/// A text is a code rather than plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a code, not plain words")]
pub struct NotPlain {
    /// The same in plain words as far as they can be read out of it; `None` when nothing can.
    pub suggestion: Option<String>,
}

/// Takes a team's name or purpose. Refused are underscores, words that mix two or more capitals with
/// digits (`CARD-01`), and texts of which more than half of the letters and digits are capitals or
/// digits. Writing without capitals is never refused for its letters.
pub fn plain_name(text: &str) -> Result<(), NotPlain> {
    if is_plain(text) {
        return Ok(());
    }
    let words: Vec<String> = text
        .split(|c: char| c == '_' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .flat_map(|word| {
            let is_code = !is_plain(word);
            let parts = word.split(move |c: char| is_code && !c.is_alphanumeric());
            parts.map(move |part| if is_code { part.to_lowercase() } else { part.to_owned() })
        })
        .filter(|word| !word.is_empty())
        .collect();
    let suggestion = capitalized(&words.join(" "));
    let plain = is_plain(&suggestion) && suggestion.chars().any(char::is_alphabetic);
    Err(NotPlain { suggestion: plain.then_some(suggestion) })
}

fn is_plain(text: &str) -> bool {
    let all = text.chars().filter(|c| c.is_alphanumeric()).count();
    let coded = text.chars().filter(|c| c.is_uppercase() || c.is_numeric()).count();
    let is_code = |word: &str| {
        word.chars().filter(|c| c.is_uppercase()).nth(1).is_some()
            && word.chars().any(char::is_numeric)
    };
    !text.contains('_') && coded.saturating_mul(2) <= all && !text.split_whitespace().any(is_code)
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn suggestion(text: &str) -> Option<String> {
        plain_name(text).unwrap_err().suggestion
    }

    const WHOLE: Facts<'static> = Facts {
        name: "Diabetes team",
        purpose: "Sugar and insulin",
        opens: true,
        answers: true,
        last_resort: true,
        is_triage_desk: false,
        has_triage_desk: true,
    };

    #[test]
    fn a_whole_team_lacks_nothing_and_each_gap_is_named() {
        assert_eq!(missing(&WHOLE), []);
        let gaps = [
            (Facts { name: " ", ..WHOLE }, Missing::Name),
            (Facts { name: "FAM_MED_2", ..WHOLE }, Missing::Name),
            (Facts { purpose: "", ..WHOLE }, Missing::Purpose),
            (Facts { opens: false, ..WHOLE }, Missing::Hours),
            (Facts { answers: false, ..WHOLE }, Missing::Member),
            (Facts { last_resort: false, ..WHOLE }, Missing::LastResort),
            (Facts { has_triage_desk: false, ..WHOLE }, Missing::TriageDesk),
        ];
        for (facts, gap) in gaps {
            assert_eq!(missing(&facts), [gap], "{facts:?}");
        }
        let desk = Facts { is_triage_desk: true, has_triage_desk: false, ..WHOLE };
        assert_eq!(missing(&desk), [], "the first triage desk needs no other");
        let nothing = Facts {
            name: "",
            purpose: "",
            opens: false,
            answers: false,
            last_resort: false,
            is_triage_desk: false,
            has_triage_desk: false,
        };
        assert_eq!(missing(&nothing), Missing::ALL, "all at once, in the order they are set up");
    }

    #[test]
    fn codes_are_refused_with_plain_words() {
        assert_eq!(suggestion("FAM_MED_2").as_deref(), Some("Fam med 2"));
        assert_eq!(suggestion("CARD-01").as_deref(), Some("Card 01"));
        assert_eq!(suggestion("Heart CARD-01").as_deref(), Some("Heart card 01"));
        assert_eq!(suggestion("ENDOCRINOLOGY").as_deref(), Some("Endocrinology"));
        assert_eq!(suggestion("foot_care").as_deref(), Some("Foot care"));
        for nothing in ["4711", "A1_B2", "___", "X-1"] {
            assert_eq!(suggestion(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn plain_words_pass_in_every_script() {
        let names = [
            "Diabetes team",
            "ENT clinic",
            "Team 4",
            "Dr. Park's patients",
            "Équipe du cœur",
            "فريق السكري",
            "糖尿病",
            "",
        ];
        for name in names {
            assert_eq!(plain_name(name), Ok(()), "{name}");
        }
    }

    proptest! {
        #[test]
        fn what_is_suggested_is_plain(text in "\\PC{0,60}|[A-Za-z0-9_ -]{0,40}") {
            if let Err(NotPlain { suggestion: Some(suggestion) }) = plain_name(&text) {
                prop_assert_eq!(plain_name(&suggestion), Ok(()));
                prop_assert!(!suggestion.contains('_'));
            }
        }

        #[test]
        fn an_underscore_is_never_plain(before in "[A-Za-z ]{0,20}", after in "[A-Za-z ]{0,20}") {
            let text = format!("{before}_{after}");
            prop_assert!(plain_name(&text).is_err());
        }

        #[test]
        fn capitals_and_digits_are_never_plain(text in "[A-Z]{2,8}[-/ ]?[0-9]{1,4}") {
            prop_assert!(plain_name(&text).is_err());
        }

        #[test]
        fn capitalized_words_are_plain(words in proptest::collection::vec("[A-Z][a-z]{2,12}", 1..6)) {
            prop_assert_eq!(plain_name(&words.join(" ")), Ok(()));
        }
    }
}
