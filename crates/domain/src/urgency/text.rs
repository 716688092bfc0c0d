//! A message as tokens: words and numbers in a plain form, each with the bytes it came from.
//!
//! The plain form is lower case without accents (NFKD without combining marks), without apostrophes
//! ("can't" is `cant`), and with letters written three times or more written once ("heeelp" is `help`).
//! Deliberately absent: spelling repair (`spelling`) and meaning (`concept`).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Tokens that are read; what stands behind them is not (a message has at most 20,000 characters).
pub(super) const TOKENS_MAX: usize = 6_000;
/// Characters of a word that are kept; longer ones are cut.
const FORM_MAX: usize = 40;
/// Abbreviations that end with a period and end no sentence.
const ABBREVIATED: [&str; 22] = [
    "dr", "dra", "mr", "mrs", "ms", "sr", "sra", "st", "vs", "approx", "appt", "am", "pm", "a",
    "p", "m", "e", "g", "i", "no", "tel", "aprox",
];

/// What stands between a token and the one before it, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing, a space, a hyphen within a word.
    Space,
    /// A slash, as in 180/110.
    Slash,
    /// A comma, a dash, a colon, a parenthesis, a line's end.
    Comma,
    /// The end of a sentence or of a paragraph.
    Sentence,
}

/// One word or number of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    /// First byte of it in the text.
    pub start: usize,
    /// First byte behind it.
    pub end: usize,
    /// Its plain form.
    pub form: String,
    /// Its value, when it is a number.
    pub number: Option<f64>,
    /// What stands before it.
    pub gap: Gap,
    /// Whether its sentence ends with a question mark.
    pub asked: bool,
    /// Whether it stands within quotation marks together with at least three others.
    pub quoted: bool,
    /// Number of its sentence, from 0.
    pub sentence: usize,
    /// Number of its paragraph, from 0: an empty line ends one.
    pub paragraph: usize,
}

/// The plain letters of one character, or none where it is no letter or digit.
fn plain(c: char) -> impl Iterator<Item = char> {
    c.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase)
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ')
}

/// What a character between two tokens says.
fn gap_of(c: char, next: Option<char>, word_before: &str) -> Gap {
    let follows_space = next.is_none_or(char::is_whitespace);
    match c {
        '.' if ABBREVIATED.contains(&word_before) => Gap::Space,
        '!' | '?' | ';' | '…' => Gap::Sentence,
        '.' if follows_space => Gap::Sentence,
        '.' | ',' | ':' | '(' | ')' | '–' | '—' | '\n' | '"' | '¿' | '¡' | '•' => {
            Gap::Comma
        }
        '-' | '*' if follows_space => Gap::Comma,
        '/' => Gap::Slash,
        _ => Gap::Space,
    }
}

/// What is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Word,
    Number,
}

struct Reader {
    tokens: Vec<Token>,
    sentence: usize,
    paragraph: usize,
    gap: Gap,
}

impl Reader {
    /// Ends a token and puts it behind the others.
    fn push(&mut self, start: usize, end: usize, form: &str, reading: Reading) {
        if self.tokens.len() >= TOKENS_MAX {
            return;
        }
        if self.gap == Gap::Sentence && !self.tokens.is_empty() {
            self.sentence = self.sentence.saturating_add(1);
        }
        let number = (reading == Reading::Number).then(|| value(form)).flatten();
        let form = if reading == Reading::Number { form.to_owned() } else { squeeze(form) };
        let (gap, sentence, paragraph) = (self.gap, self.sentence, self.paragraph);
        self.tokens.push(Token {
            start,
            end,
            form,
            number,
            gap,
            asked: false,
            quoted: false,
            sentence,
            paragraph,
        });
        self.gap = Gap::Space;
    }

    fn mark_question(&mut self) {
        let sentence = self.sentence;
        for token in self.tokens.iter_mut().rev().take_while(|t| t.sentence == sentence) {
            token.asked = true;
        }
    }
}

/// Reads a text into tokens, in its order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { tokens: Vec::new(), sentence: 0, paragraph: 0, gap: Gap::Sentence };
    let mut chars = text.char_indices().peekable();
    let mut open: Option<(usize, String, Reading)> = None;
    let mut last_char = ' ';
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        if let Some((start, form, reading)) = &mut open {
            let goes_on = match reading {
                Reading::Word => {
                    (c.is_alphabetic() && !is_apostrophe(c))
                        || is_combining_mark(c)
                        || (is_apostrophe(c) && next.is_some_and(char::is_alphabetic))
                        || (c.is_ascii_digit() && (form.len() == 1 || form == "spo"))
                }
                Reading::Number => {
                    c.is_ascii_digit()
                        || (matches!(c, '.' | ',') && next.is_some_and(|n| n.is_ascii_digit()))
                }
            };
            if goes_on {
                if form.len() < FORM_MAX && !is_apostrophe(c) {
                    form.extend(plain(c).filter(|c| c.is_alphanumeric() || matches!(c, '.' | ',')));
                }
                last_char = c;
                continue;
            }
            let (start, form, reading) = (*start, std::mem::take(form), *reading);
            reader.push(start, at, &form, reading);
            open = None;
        }
        if c.is_ascii_digit() {
            open = Some((at, c.to_string(), Reading::Number));
        } else if c.is_alphabetic() {
            open = Some((at, plain(c).collect(), Reading::Word));
        } else {
            let before = reader.tokens.last().map_or("", |t| t.form.as_str());
            let double_line = c == '\n' && last_char == '\n';
            let gap = if double_line { Gap::Sentence } else { gap_of(c, next, before) };
            if double_line && !reader.tokens.is_empty() {
                reader.paragraph = reader.paragraph.saturating_add(1);
            }
            if c == '?' {
                reader.mark_question();
            }
            reader.gap = reader.gap.max(gap);
        }
        if c != ' ' && c != '\r' {
            last_char = c;
        }
    }
    if let Some((start, form, reading)) = open {
        reader.push(start, text.len(), &form, reading);
    }
    mark_quoted(text, &mut reader.tokens);
    reader.tokens
}

/// Fewest tokens of a quotation; fewer are a word that somebody sets apart.
const QUOTED_MIN: usize = 4;
/// Most bytes of a quotation: a mark that is never closed quotes nothing.
const QUOTED_BYTES_MAX: usize = 400;

/// Marks what stands within quotation marks. A single mark between letters is an apostrophe.
fn mark_quoted(text: &str, tokens: &mut [Token]) {
    let (mut double, mut single): (Option<usize>, Option<usize>) = (None, None);
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, c)| *c);
        match (c, double, single) {
            ('“' | '«', ..) | ('"', None, _) => double = Some(at),
            ('”' | '»' | '"', Some(from), _) => {
                double = None;
                quote(tokens, from, at);
            }
            ('\'' | '‘', _, None) if !before.is_alphanumeric() && after.is_alphabetic() => {
                single = Some(at);
            }
            ('\'' | '’', _, Some(from)) if !after.is_alphanumeric() => {
                single = None;
                quote(tokens, from, at);
            }
            _ => {}
        }
        before = c;
    }
}

/// Marks the tokens between two bytes, if they are enough and not too many.
fn quote(tokens: &mut [Token], from: usize, to: usize) {
    let first = tokens.partition_point(|t| t.start < from);
    let last = tokens.partition_point(|t| t.start < to);
    let inside = tokens.get_mut(first..last).unwrap_or_default();
    if inside.len() >= QUOTED_MIN && to - from <= QUOTED_BYTES_MAX {
        for token in inside {
            token.quoted = true;
        }
    }
}

/// The value of digits with a point, a decimal comma or commas between thousands.
fn value(form: &str) -> Option<f64> {
    let thousands = form
        .split(',')
        .skip(1)
        .all(|part| part.split('.').next().is_some_and(|digits| digits.len() == 3));
    let digits = if thousands { form.replace(',', "") } else { form.replace(',', ".") };
    digits.parse().ok()
}

/// A word with letters that stand three times or more in a row written once.
fn squeeze(form: &str) -> String {
    let letters: Vec<char> = form.chars().collect();
    let mut out = String::with_capacity(form.len());
    for run in letters.chunk_by(|a, b| a == b) {
        let times = if run.len() > 2 { 1 } else { run.len() };
        out.extend(run.iter().take(times));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|t| t.form).collect()
    }

    #[test]
    fn words_and_numbers_get_their_plain_form() {
        assert_eq!(forms("I CAN’T breathe"), ["i", "cant", "breathe"]);
        assert_eq!(forms("Me desmayé, señor"), ["me", "desmaye", "senor"]);
        assert_eq!(forms("temp 103.2F b4 2pm"), ["temp", "103.2", "f", "b4", "2", "pm"]);
        assert_eq!(forms("heeeelp sooo bad"), ["help", "so", "bad"]);
    }

    #[test]
    fn every_token_knows_the_bytes_it_came_from() {
        let text = "¿Le duele? ﬁne — año 38,5";
        for token in tokens(text) {
            let source = text.get(token.start..token.end);
            assert!(source.is_some_and(|s| !s.trim().is_empty()), "{token:?}");
        }
    }

    #[test]
    fn numbers_have_their_value_whatever_the_comma_means() {
        let values = |text| tokens(text).iter().filter_map(|t| t.number).collect::<Vec<_>>();
        assert_eq!(values("38,5 and 101.4 and 1,200"), [38.5, 101.4, 1200.0]);
        assert_eq!(values("180/110"), [180.0, 110.0]);
    }

    #[test]
    fn sentences_end_where_a_reader_would_end_them() {
        let sentences = |text| tokens(text).last().map(|t| t.sentence);
        assert_eq!(sentences("Dr. Ruiz saw me. Fine"), Some(1));
        assert_eq!(sentences("at 3 p.m. it hurt"), Some(0));
        assert_eq!(sentences("one\n\ntwo"), Some(1));
    }
}
