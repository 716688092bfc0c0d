//! Saved replies: texts with placeholders that are filled when they are put into a reply.
//!
//! A placeholder stands in braces and has one name in each language: `{patient first name}` or
//! `{nombre del paciente}`. `{fill: dose}` says what the writer puts in by hand. Names that are none are refused when a
//! text is saved, and a placeholder that is left in a reply is refused when it is sent. Deliberately absent: any
//! other language of templates; a text is put in, read and sent by a person.

use crate::code::codes;
use crate::work_item::{Level, Outcome, Said};

/// Longest body of a saved reply, in characters.
pub const BODY_MAX: usize = 10_000;

codes! {
    /// What is filled in.
    Placeholder {
        /// The patient's first name.
        PatientFirstName = "patient first name",
        /// The patient's whole name.
        PatientName = "patient name",
        /// The plain name of the team that owns the conversation.
        Team = "team",
        /// The phone of the team's site.
        Phone = "phone",
        /// The nurse line of the team's site.
        NurseLine = "nurse line",
        /// The writer's name.
        MyName = "my name",
    }
}

impl Placeholder {
    /// Its name in Spanish.
    pub const fn spanish(self) -> &'static str {
        match self {
            Self::PatientFirstName => "nombre del paciente",
            Self::PatientName => "nombre completo del paciente",
            Self::Team => "equipo",
            Self::Phone => "teléfono",
            Self::NurseLine => "línea de enfermería",
            Self::MyName => "mi nombre",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.code() == name || one.spanish() == name)
    }
}

/// What stands in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Braced<'a> {
    Known(Placeholder),
    /// To be written by hand: what.
    Fill,
    Unknown(&'a str),
}

/// A piece of a text.
enum Piece<'a> {
    Words(&'a str),
    Braces(&'a str, Braced<'a>),
}

/// The pieces of a text. A brace that is not closed on its line is a brace.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        let inside = from.get(1..).unwrap_or_default();
        let end = inside.find(['}', '{', '\n']);
        let closed = end.filter(|end| inside.get(*end..).is_some_and(|c| c.starts_with('}')));
        let Some(end) = closed else {
            let skipped = before.len() + 1;
            found.push(Piece::Words(rest.get(..skipped).unwrap_or_default()));
            rest = rest.get(skipped..).unwrap_or_default();
            continue;
        };
        found.push(Piece::Words(before));
        let name = inside.get(..end).unwrap_or_default();
        found.push(Piece::Braces(from.get(..end + 2).unwrap_or_default(), braced(name)));
        rest = inside.get(end + 1..).unwrap_or_default();
    }
    found.push(Piece::Words(rest));
    found
}

fn braced(inside: &str) -> Braced<'_> {
    let words: Vec<&str> = inside.split_whitespace().collect();
    let name = words.join(" ").to_lowercase();
    if let Some(known) = Placeholder::named(&name) {
        return Braced::Known(known);
    }
    let fill = ["fill:", "completar:"].iter().find_map(|word| name.strip_prefix(word));
    match fill {
        Some(what) if !what.trim().is_empty() => Braced::Fill,
        _ => Braced::Unknown(inside),
    }
}

/// The first name in braces that is none, if there is one: such a text is not saved.
pub fn unknown(text: &str) -> Option<&str> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Braces(_, Braced::Unknown(name)) => Some(name),
        _ => None,
    })
}

/// The first placeholder that a text still holds, with its braces: such a text is not sent. What people write in
/// braces otherwise is theirs.
pub fn unfilled(text: &str) -> Option<&str> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Braces(whole, Braced::Known(_) | Braced::Fill) => Some(whole),
        _ => None,
    })
}

/// The text with every placeholder filled that `value` knows; the others stay as they are.
pub fn fill(text: &str, value: impl Fn(Placeholder) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => filled.push_str(words),
            Piece::Braces(whole, Braced::Known(known)) => {
                let put = value(known).filter(|put| !put.trim().is_empty());
                // A name that reads like a placeholder is no placeholder.
                let put = put.map(|put| put.replace(['{', '}'], ""));
                filled.push_str(put.as_deref().unwrap_or(whole));
            }
            Piece::Braces(whole, _) => filled.push_str(whole),
        }
    }
    filled
}

/// Where a conversation stands once the words are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum End {
    /// Where sending alone leaves it.
    #[default]
    Nothing,
    /// Waiting for the patient.
    Wait,
    /// Closed with an outcome.
    Close(Outcome),
}

/// What a saved reply suggests beside its words, all in one press. It is offered, never done by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Act {
    /// The level that is set first.
    pub level: Option<Level>,
    /// Where the conversation stands then.
    pub end: End,
}

impl Act {
    /// The act as it is stored and posted: empty, `wait`, `level-2`, `level-2 close-answered`.
    pub fn code(self) -> String {
        let level = self.level.map(|level| format!("level-{}", level.number()));
        let end = match self.end {
            End::Nothing => None,
            End::Wait => Some("wait".to_owned()),
            End::Close(outcome) => Some(format!("close-{}", outcome.code())),
        };
        level.into_iter().chain(end).collect::<Vec<_>>().join(" ")
    }

    /// Reads an act; `None` for a text that is none, and for closing with a call, which its own record
    /// closes.
    pub fn from_code(code: &str) -> Option<Self> {
        let mut act = Self::default();
        for part in code.split(' ').filter(|_| !code.is_empty()) {
            let open = act.end == End::Nothing;
            match part.split_once('-') {
                Some(("level", level)) if open && act.level.is_none() => {
                    act.level = Some(level.parse().ok().and_then(Level::new)?);
                }
                None if part == "wait" && open => act.end = End::Wait,
                Some(("close", outcome)) if open => {
                    let written = Outcome::from_code(outcome);
                    act.end = End::Close(written.filter(|one| one.said() != Said::Call)?);
                }
                _ => return None,
            }
        }
        Some(act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_either_language() {
        let value = |one: Placeholder| match one {
            Placeholder::PatientFirstName => Some("Ana".to_owned()),
            Placeholder::Team => Some("Diabetes team".to_owned()),
            Placeholder::Phone => Some("555-0100".to_owned()),
            _ => None,
        };
        let english = "Hello {patient first name},\ncall {Team} at { phone }. {my name}";
        assert_eq!(
            fill(english, value),
            "Hello Ana,\ncall Diabetes team at 555-0100. {my name}",
            "what is not known stays"
        );
        let spanish = "{nombre del paciente}: llame al {TELÉFONO} de {equipo}";
        assert_eq!(fill(spanish, value), "Ana: llame al 555-0100 de Diabetes team");
        assert_eq!(unfilled(&fill(english, value)), Some("{my name}"));
        assert_eq!(unfilled(&fill(spanish, value)), None);
        let hostile = |_| Some("{my name}".to_owned());
        assert_eq!(fill("{team}", hostile), "my name", "a value is not read again");
    }

    #[test]
    fn a_name_that_is_none_is_found_and_braces_of_people_are_theirs() {
        assert_eq!(unknown("Hello {patient frist name}"), Some("patient frist name"));
        assert_eq!(unknown("Hello {}"), Some(""));
        assert_eq!(unknown("Take {fill: dose} mg"), None);
        assert_eq!(unknown("Take {fill:} mg"), Some("fill:"));
        for words in ["a { b", "a } b", "{ a\nb }", "{{", "", "é{", "{🙂"] {
            assert_eq!((unknown(words), unfilled(words)), (None, None), "{words}");
            assert_eq!(fill(words, |_| None), words);
        }
        assert_eq!(unfilled("Take {fill: dose} mg"), Some("{fill: dose}"));
        assert_eq!(unfilled("Take {completar: dosis} mg"), Some("{completar: dosis}"));
        assert_eq!(unfilled("f = {x}"), None);
        assert_eq!(unfilled("{a{team}"), Some("{team}"));
    }

    #[test]
    fn acts_have_one_spelling() {
        for code in
            ["", "wait", "close-refill", "level-1", "level-4 wait", "level-2 close-answered"]
        {
            assert_eq!(Act::from_code(code).unwrap().code(), code);
        }
        let none = "close|close-|close-callback|level-0|level-5|level|shout|-| |wait |wait level-2|\
                    level-1 level-2|wait close-refill|level-2  wait";
        for code in none.split('|') {
            assert_eq!(Act::from_code(code), None, "{code}");
        }
    }
}
