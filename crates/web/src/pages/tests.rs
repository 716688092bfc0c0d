//! Every page in every language: it renders, says what it is, escapes what people typed, and its
//! labels and references hold.

use std::collections::BTreeSet;

use super::*;

/// The attributes of every tag in a document, in order: (tag, attribute, value).
fn attributes(html: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '>').unwrap();
        let tag = rest[..end].to_owned();
        rest = &rest[end..];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.starts_with('>') {
                break;
            }
            let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c)).unwrap();
            let name = rest[..end].to_owned();
            assert!(!name.is_empty(), "a stray character in <{tag}>: {:?}", &rest[..20]);
            rest = &rest[end..];
            let mut value = String::new();
            if let Some(quoted) = rest.strip_prefix("=\"") {
                let end = quoted.find('"').unwrap();
                value = quoted[..end].to_owned();
                rest = &quoted[end + 1..];
            }
            found.push((tag.clone(), name, value));
        }
    }
    found
}

fn check(name: &str, html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(format!("{name}: {text}"));
    if html.contains('⟦') {
        let at = html.find('⟦').unwrap();
        fault(format!("a missing message {:?}", html[at..].chars().take(60).collect::<String>()));
    }
    let title = html.split("<title>").nth(1).and_then(|t| t.split("</title>").next());
    let site = " – Riverside Messages";
    match title.map(str::trim) {
        Some(title) if title.ends_with(site) && title.len() > site.len() => {}
        other => fault(format!("title is {other:?}")),
    }
    if html.matches("<h1").count() != 1 {
        fault("not exactly one h1".to_owned());
    }
    let attributes = attributes(html);
    let mut ids = BTreeSet::new();
    for (_, attribute, value) in &attributes {
        if attribute == "id" && !ids.insert(value.clone()) {
            fault(format!("id {value:?} twice"));
        }
    }
    for (tag, attribute, value) in &attributes {
        let references = match attribute.as_str() {
            "for" | "aria-labelledby" | "aria-describedby" | "aria-controls" | "list" | "form" => {
                value.split_whitespace().map(str::to_owned).collect()
            }
            "href" if value.starts_with('#') => vec![value[1..].to_owned()],
            _ => Vec::new(),
        };
        for reference in references {
            if !ids.contains(&reference) {
                fault(format!("<{tag} {attribute}> names {reference:?}, which is not there"));
            }
        }
        if attribute.starts_with("on") || attribute == "style" || attribute == "required" {
            fault(format!("<{tag}> has {attribute}: the policy forbids it"));
        }
        if (attribute == "href" || attribute == "src" || attribute == "action")
            && (value.is_empty() || value.contains("/assets/missing"))
        {
            fault(format!("<{tag} {attribute}> goes nowhere"));
        }
        if attribute == "datetime" && !value.starts_with(|c: char| c.is_ascii_digit()) {
            fault(format!("datetime {value:?}"));
        }
    }
    for typed in ["<script>alert", "<b>", "onerror=alert(1)>"] {
        if html.contains(typed) {
            fault(format!("{typed:?} was not escaped"));
        }
    }
    let posts = html.matches("method=\"post\"").count();
    let tokens = html.matches("name=\"form_token\"").count();
    if posts != tokens {
        fault(format!("{posts} forms, {tokens} form tokens"));
    }
    let errors = html.contains("id=\"problems\"");
    if errors && !title.unwrap_or_default().contains(':') {
        fault("the title does not start with the error".to_owned());
    }
    faults
}

#[test]
fn every_page_renders_in_every_language_and_holds_together() {
    let mut faults = Vec::new();
    for locale in Locale::every() {
        let samples = gallery(locale);
        let names: BTreeSet<_> = samples.iter().map(|sample| &sample.name).collect();
        assert_eq!(names.len(), samples.len(), "two samples of one name");
        for sample in &samples {
            let html = sample.html.as_ref().unwrap();
            faults.extend(check(&format!("{} {}", locale.lang(), sample.name), html));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// Every key a template or a page names exists, also on branches no sample takes.
#[test]
fn every_message_that_is_named_exists() {
    fn walk(folder: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, out) } else { out.push(path) }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(&root.join("templates"), &mut files);
    walk(&root.join("src/pages"), &mut files);
    let mut missing = BTreeSet::new();
    for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = std::fs::read_to_string(file).unwrap();
        for call in [".t(\"", ".t1(\"", ".t2(\"", ".t_args(\""] {
            for part in text.split(call).skip(1) {
                let key = part.split('"').next().unwrap();
                if !Locale::english().has(key) {
                    missing.insert(format!("{key} in {}", file.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_checks_see_what_they_must() {
    let good =
        "<title>A – Riverside Messages</title><h1>A</h1><p id=\"a\"></p><label for=\"a\"></label>";
    assert!(check("good", good).is_empty(), "{:?}", check("good", good));
    for (bad, says) in [
        ("<label for=\"b\"></label>", "not there"),
        ("<p id=\"a\"></p>", "twice"),
        ("<p style=\"x\"></p>", "forbids"),
        ("<script>alert(1)</script>", "escaped"),
        ("⟦key⟧", "missing message"),
        ("<form method=\"post\" action=\"/x\"></form>", "form tokens"),
        ("<a href=\"\">x</a>", "nowhere"),
    ] {
        let faults = check("bad", &format!("{good}{bad}"));
        assert!(faults.iter().any(|fault| fault.contains(says)), "{bad}: {faults:?}");
    }
}

#[test]
fn a_message_is_parted_around_its_value_which_stands_there_once() {
    for locale in Locale::offered() {
        let chrome = Chrome::sample(locale, Place::Inbox);
        let (before, after) = chrome.around("call-nurse", "phone");
        let plain = chrome.t1("call-nurse", "phone", "555-0101");
        let plain = plain.replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(format!("{before}555-0101{after}"), plain);
        assert!(!before.is_empty() && !before.contains('5'), "{before}");
    }
}
