//! Texts in a thread: what a body may hold, what is asked, and by which road it came.
//!
//! Deliberately absent: HTML. A body is plain text; the page's own encoder draws a small safe markup.

use crate::code::codes;

codes! {
    /// What the writer wants back.
    Ask {
        /// A fact.
        Fact = "fact",
        /// An opinion.
        Opinion = "opinion",
        /// That something be done.
        Action = "action",
        /// Nothing, just to inform.
        Inform = "inform",
    }
}

codes! {
    /// Which side of a conversation wrote.
    Side {
        /// The patient or somebody for the patient.
        Patient = "patient",
        /// The care team.
        Team = "team",
    }
}

codes! {
    /// By which road a text came.
    Channel {
        /// Typed into the portal.
        Portal = "portal",
        /// Told by phone and entered by staff.
        Phone = "phone",
        /// Written on paper and entered by staff.
        Letter = "letter",
        /// Sent by a program.
        Api = "api",
    }
}

codes! {
    /// Where a numbered question stands.
    QuestionState {
        /// Not answered yet.
        Open = "open",
        /// Answered.
        Answered = "answered",
        /// Set aside, said so.
        SetAside = "set_aside",
    }
}

codes! {
    /// A visible marker on a sent message.
    CorrectionKind {
        /// A better wording; the first stays.
        Correction = "correction",
        /// Taken back; the text stays in the record and reads as taken back.
        Retraction = "retraction",
    }
}

/// Longest body in characters (Unicode scalar values).
pub const BODY_MAX_CHARS: usize = 100_000;
/// Longest headline in characters.
pub const HEADLINE_MAX_CHARS: usize = 200;
/// Longest reason, outcome note or question in characters.
pub const LINE_MAX_CHARS: usize = 1_000;
/// Longest client message id in bytes.
pub const CLIENT_MSG_ID_MAX_BYTES: usize = 128;
/// Most numbered questions of one message.
pub const QUESTIONS_MAX: usize = 10;

/// Why a text was refused. The page says it in the reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("empty")]
    Empty,
    /// Longer than the limit, in characters.
    #[error("too long")]
    TooLong {
        /// The limit in characters.
        max: usize,
    },
    /// Holds a character that is no text (NUL or another control character).
    #[error("not text")]
    NotText,
}

/// A message's text: not empty, at most [`BODY_MAX_CHARS`] characters, lines ended by `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// Reads a text as it was typed. Line ends become `\n`, white space around the whole goes away.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        parse_text(text, BODY_MAX_CHARS, true).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A one-line text: a headline, a reason, a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    /// Reads a headline of at most [`HEADLINE_MAX_CHARS`] characters.
    pub fn headline(text: &str) -> Result<Self, TextError> {
        parse_text(text, HEADLINE_MAX_CHARS, false).map(Self)
    }

    /// Reads a reason or question of at most [`LINE_MAX_CHARS`] characters.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        parse_text(text, LINE_MAX_CHARS, false).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A sender's own id for a message, so that a retry finds the first result: 1 to 128 visible ASCII
/// characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientMsgId(String);

impl ClientMsgId {
    /// Reads the id as sent.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > CLIENT_MSG_ID_MAX_BYTES {
            return Err(TextError::TooLong { max: CLIENT_MSG_ID_MAX_BYTES });
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(TextError::NotText);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn parse_text(text: &str, max: usize, lines: bool) -> Result<String, TextError> {
    // Counting stops early: a hostile megabyte costs no more than the limit.
    if text.chars().nth(max.saturating_mul(2)).is_some() {
        return Err(TextError::TooLong { max });
    }
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let trimmed = unified.trim();
    if trimmed.is_empty() {
        return Err(TextError::Empty);
    }
    if trimmed.chars().nth(max).is_some() {
        return Err(TextError::TooLong { max });
    }
    let mut out = String::with_capacity(trimmed.len());
    for c in trimmed.chars() {
        match c {
            '\n' if lines => out.push('\n'),
            '\n' | '\t' => out.push(' '),
            // Control characters and the bidirectional overrides that can disguise a text
            // (Unicode TR 36, section 2.5).
            c if c.is_control() => return Err(TextError::NotText),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => return Err(TextError::NotText),
            c => out.push(c),
        }
    }
    Ok(out)
}

/// The first characters of a text on one line, for an inbox row: at most `max` characters, cut at a
/// word where possible, with an ellipsis when something was left out.
pub fn preview(text: &str, max: usize) -> String {
    let flat: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().nth(max).is_none() {
        return flat;
    }
    let cut: String = flat.chars().take(max.saturating_sub(1)).collect();
    let end = cut.rfind(' ').filter(|at| *at > cut.len() / 2).unwrap_or(cut.len());
    let mut out: String = cut.get(..end).unwrap_or(&cut).to_owned();
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_text_and_nothing_else() {
        assert_eq!(Body::parse("  hi\r\nthere \t").unwrap().as_str(), "hi\nthere");
        assert_eq!(Body::parse(" \n "), Err(TextError::Empty));
        assert_eq!(Body::parse("a\0b"), Err(TextError::NotText));
        assert_eq!(Body::parse("pay \u{202e}cod"), Err(TextError::NotText));
        assert!(Body::parse(&"é".repeat(BODY_MAX_CHARS)).is_ok());
        assert_eq!(
            Body::parse(&"é".repeat(BODY_MAX_CHARS + 1)),
            Err(TextError::TooLong { max: BODY_MAX_CHARS })
        );
    }

    #[test]
    fn a_line_has_one_line() {
        assert_eq!(Line::headline("a\nb").unwrap().as_str(), "a b");
        assert!(Line::headline(&"x".repeat(201)).is_err());
    }

    #[test]
    fn a_preview_is_short_and_ends_at_a_word() {
        assert_eq!(preview("one  two\nthree", 99), "one two three");
        let short = preview("alpha beta gamma delta", 12);
        assert_eq!(short, "alpha beta…");
        assert!(preview(&"x".repeat(500), 100).chars().count() <= 100);
    }

    #[test]
    fn a_client_id_is_visible_ascii() {
        assert!(ClientMsgId::parse("a-1").is_ok());
        for bad in ["", "a b", "é", &"x".repeat(129)] {
            assert!(ClientMsgId::parse(bad).is_err());
        }
    }
}
