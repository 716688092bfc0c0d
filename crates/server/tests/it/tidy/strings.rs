//! What people read exists in every language: the same keys and attributes, the same variables.

use super::assert_none;
use super::tree::files;
use std::collections::{BTreeMap, BTreeSet};

const LOCALES: &str = "crates/web/locales/";

/// Messages that each language builds from parts of its own: the order and kind of a date's and a
/// clock's parts (12 or 24 hours) belong to the language.
const OWN_PARTS: &str = "date-";

/// A message's key (`key` or `key.attribute`) and the variables it uses.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// The messages of one Fluent file, read line by line (Fluent Syntax 1.0: an entry begins in the
/// first column, everything that belongs to it is indented).
fn messages(text: &str) -> Messages {
    let mut found = Messages::new();
    let (mut entry, mut key) = (String::new(), String::new());
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let name = line.trim_start().split('=').next().unwrap_or("").trim();
        let is_name = |s: &str| {
            !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        if !line.starts_with([' ', '}', '\t']) && line.contains('=') && is_name(name) {
            name.clone_into(&mut entry);
            name.clone_into(&mut key);
        } else if let Some(attribute) =
            name.strip_prefix('.').filter(|a| is_name(a) && line.contains('='))
        {
            key = format!("{entry}.{attribute}");
        }
        let variables = found.entry(key.clone()).or_default();
        for piece in line.split('$').skip(1) {
            variables.insert(
                piece
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
                    .collect(),
            );
        }
    }
    found
}

/// How a language's messages differ from English.
fn difference(language: &str, english: &Messages, other: &Messages) -> Vec<String> {
    let mut faults = Vec::new();
    for (key, variables) in english {
        match other.get(key) {
            None => faults.push(format!("{language} lacks {key}")),
            Some(theirs) if theirs != variables && !key.starts_with(OWN_PARTS) => faults
                .push(format!("{language}: {key} uses {theirs:?}, English uses {variables:?}")),
            Some(_) => {}
        }
    }
    faults.extend(
        other
            .keys()
            .filter(|key| !english.contains_key(*key))
            .map(|key| format!("{language} has {key}, which English lacks")),
    );
    faults
}

#[test]
fn every_language_has_the_same_messages() {
    let mut languages: BTreeMap<String, Messages> = BTreeMap::new();
    for file in files().iter().filter(|file| file.is_a(&["ftl"])) {
        let rest = file.path.strip_prefix(LOCALES);
        if let Some((language, _)) = rest.and_then(|rest| rest.split_once('/')) {
            languages.entry(language.to_owned()).or_default().extend(messages(&file.text));
        }
    }
    let Some(english) = languages.remove("en") else {
        assert!(languages.is_empty(), "there are languages but no English");
        return;
    };
    assert!(languages.contains_key("es"), "Spanish is there from the start");
    assert_none(
        &languages
            .iter()
            .flat_map(|(language, other)| difference(language, &english, other))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_missing_message_is_noticed() {
    let english = messages(
        "# About\ninbox = Messages\n    .title = Your messages\ncount = { $n ->\n    [one] One file\n   *[other] { $n } files\n}\n",
    );
    assert_eq!(english.keys().collect::<Vec<_>>(), ["count", "inbox", "inbox.title"]);
    assert_none(&difference("es", &english, &english));
    let spanish =
        messages("inbox = Mensajes\n    .label = Sus mensajes\ncount = { $total } archivos\n");
    assert_eq!(
        difference("es", &english, &spanish).len(),
        3,
        "{:?}",
        difference("es", &english, &spanish)
    );
}
