//! Words: Fluent messages in English and Spanish, dates as people of each language write them,
//! and the choice of a language for a request.
//!
//! Two pseudo-languages are made from the English text when the program starts: `en-XA` (accented
//! and at least 40% longer) and `ar-XB` (right to left). They exist for tests and the gallery and
//! are never chosen from a browser's header.
//! Deliberately absent: any text of a person. Messages are keys and arguments, nothing else.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

mod dates;

pub use dates::{SiteTime, When, calendar_date};

/// The Fluent files: one folder per language, any number of files in it.
#[derive(RustEmbed)]
#[folder = "locales/"]
struct Files;

/// One language with all its messages.
struct Catalogue {
    tag: &'static str,
    right_to_left: bool,
    pseudo: bool,
    bundle: FluentBundle<FluentResource>,
    keys: BTreeSet<String>,
    faults: Vec<String>,
}

static CATALOGUES: LazyLock<[Catalogue; 4]> = LazyLock::new(|| {
    [
        Catalogue::load("en", "en", None),
        Catalogue::load("es", "es", None),
        Catalogue::load("en-XA", "en", Some(accented)),
        Catalogue::load("ar-XB", "en", Some(mirrored)),
    ]
});

impl Catalogue {
    /// Reads every file of `folder`; what cannot be read is kept as a fault for the tests.
    fn load(tag: &'static str, folder: &str, transform: Option<fn(&str) -> Cow<'_, str>>) -> Self {
        // Plural rules are those of the language whose text is used.
        let plural: LanguageIdentifier = folder.parse().unwrap_or_default();
        let right_to_left = tag.starts_with("ar");
        let mut bundle = FluentBundle::new_concurrent(vec![plural]);
        bundle.set_use_isolating(right_to_left);
        bundle.set_transform(transform);
        let (mut keys, mut faults) = (BTreeSet::new(), Vec::new());
        for name in Files::iter().filter(|name| name.starts_with(&format!("{folder}/"))) {
            let Some(file) = Files::get(&name) else { continue };
            let text = String::from_utf8_lossy(&file.data).into_owned();
            keys.extend(message_keys(&text));
            let resource = match FluentResource::try_new(text) {
                Ok(resource) => resource,
                Err((resource, problems)) => {
                    faults.extend(problems.iter().map(|problem| format!("{name}: {problem}")));
                    resource
                }
            };
            if let Err(problems) = bundle.add_resource(resource) {
                faults.extend(problems.iter().map(|problem| format!("{name}: {problem}")));
            }
        }
        Self { tag, right_to_left, pseudo: transform.is_some(), bundle, keys, faults }
    }

    /// The text of a message, or nothing when the key is missing or an argument is.
    fn format(&self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut problems = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(arguments), &mut problems);
        problems.is_empty().then(|| text.into_owned())
    }
}

/// The keys a Fluent file defines: what stands before ` =` at the start of a line.
fn message_keys(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()))
        .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim().to_owned()))
}

/// A language to show a page in. Cheap to copy; compare by `lang()`.
#[derive(Clone, Copy)]
pub struct Locale(&'static Catalogue);

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Locale({})", self.0.tag)
    }
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.0.tag == other.0.tag
    }
}
impl Eq for Locale {}

impl Default for Locale {
    fn default() -> Self {
        Self::english()
    }
}

impl Locale {
    /// English, the language every other falls back to.
    pub fn english() -> Self {
        let [english, ..] = &*CATALOGUES;
        Self(english)
    }

    /// The languages people can choose, in the order the account page shows them.
    pub fn offered() -> impl Iterator<Item = Self> {
        CATALOGUES.iter().filter(|catalogue| !catalogue.pseudo).map(Self)
    }

    /// The offered languages and the two pseudo-languages, for tests and the gallery.
    pub fn every() -> impl Iterator<Item = Self> {
        CATALOGUES.iter().map(Self)
    }

    /// The language with exactly this tag (`en`, `es`, `en-XA`, `ar-XB`), if there is one.
    pub fn by_tag(tag: &str) -> Option<Self> {
        CATALOGUES.iter().find(|catalogue| catalogue.tag.eq_ignore_ascii_case(tag)).map(Self)
    }

    /// Chooses the language of a request: the person's own setting, else the browser's
    /// `Accept-Language` by weight (RFC 9110, 12.5.4) matched on the primary subtag, else English.
    pub fn negotiate(setting: Option<&str>, accept_language: Option<&str>) -> Self {
        if let Some(locale) = setting.and_then(Self::by_tag) {
            return locale;
        }
        let mut wishes: Vec<(f32, Self)> = accept_language
            .unwrap_or_default()
            .split(',')
            .take(20)
            .filter_map(|part| {
                let (range, weight) = match part.split_once(";q=") {
                    Some((range, weight)) => (range, weight.trim().parse().unwrap_or(0.0)),
                    None => (part, 1.0),
                };
                let primary = range.trim().split('-').next().unwrap_or_default();
                let found = Self::offered().find(|l| l.0.tag.eq_ignore_ascii_case(primary))?;
                (weight > 0.0).then_some((weight, found))
            })
            .collect();
        wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
        wishes.first().map_or_else(Self::english, |(_, locale)| *locale)
    }

    /// The BCP 47 tag for `<html lang>`.
    pub fn lang(&self) -> &'static str {
        self.0.tag
    }

    /// The writing direction for `<html dir>`: `ltr` or `rtl`.
    pub fn dir(&self) -> &'static str {
        if self.0.right_to_left { "rtl" } else { "ltr" }
    }

    /// The message `key`, which takes no arguments. A missing key falls back to English; a key that
    /// English lacks shows as `⟦key⟧`, which the test that renders every page refuses.
    pub fn t(&self, key: &str) -> String {
        self.t_args(key, &[])
    }

    /// The message `key` with one argument.
    pub fn t1(&self, key: &str, name: &str, value: impl Word) -> String {
        self.t_args(key, &[(name, &value)])
    }

    /// The message `key` with two arguments.
    pub fn t2(
        &self,
        key: &str,
        name1: &str,
        value1: impl Word,
        name2: &str,
        value2: impl Word,
    ) -> String {
        self.t_args(key, &[(name1, &value1), (name2, &value2)])
    }

    /// The message `key` with named arguments. Numbers choose plural forms.
    pub fn t_args(&self, key: &str, arguments: &[(&str, &dyn Word)]) -> String {
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            values.set((*name).to_owned(), value.value());
        }
        if let Some(text) = self.0.format(key, &values) {
            return text;
        }
        tracing::error!(key, lang = self.0.tag, "a message is missing or lacks an argument");
        Self::english().0.format(key, &values).unwrap_or_else(|| format!("⟦{key}⟧"))
    }

    /// Whether this language has the message.
    pub fn has(&self, key: &str) -> bool {
        self.0.keys.contains(key)
    }
}

/// What could not be read in the language files: nothing in a sound build.
pub fn faults() -> impl Iterator<Item = &'static str> {
    CATALOGUES.iter().flat_map(|catalogue| &catalogue.faults).map(String::as_str)
}

/// What can stand in a message: text or a whole number.
pub trait Word {
    /// The value Fluent sees; numbers stay numbers so that plural forms match.
    fn value(&self) -> FluentValue<'static>;
}

impl Word for str {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(isolated(self)))
    }
}

impl Word for String {
    fn value(&self) -> FluentValue<'static> {
        self.as_str().value()
    }
}

macro_rules! number_words {
    ($($number:ty),*) => {$(
        impl Word for $number {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )*};
}
number_words!(i32, u32, i64, u64, usize);

impl<T: Word + ?Sized> Word for &T {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}

/// Sets text with right-to-left letters apart, so that a name cannot reorder the sentence round it
/// (Unicode UAX 9, 2.7). Plain text stays untouched, which keeps accessible names exact.
fn isolated(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{202a}'..='\u{202e}');
    if text.contains(turns) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// English made longer and full of accents: what is not accented on a page was not translated.
fn accented(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match c {
            'a' => out.push_str("àá"),
            'e' => out.push_str("éê"),
            'i' => out.push_str("ïí"),
            'o' => out.push_str("öô"),
            'u' => out.push_str("ûü"),
            'y' => out.push_str("ÿý"),
            'n' => out.push_str("ñń"),
            's' => out.push_str("šś"),
            'r' => out.push_str("řŕ"),
            'c' => out.push('ç'),
            'A' => out.push_str("ÂÅ"),
            'E' => out.push_str("ÉË"),
            'I' => out.push_str("ÎÏ"),
            'O' => out.push_str("ÖÕ"),
            'S' => out.push_str("Šš"),
            't' => out.push_str("ťt"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// English whose every word is turned round by a right-to-left override.
fn mirrored(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut in_word = false;
    for c in text.chars() {
        if c.is_alphanumeric() != in_word {
            out.push(if in_word { '\u{202c}' } else { '\u{202e}' });
            in_word = !in_word;
        }
        out.push(c);
    }
    if in_word {
        out.push('\u{202c}');
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
