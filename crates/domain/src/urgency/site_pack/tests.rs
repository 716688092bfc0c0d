//! What a site may write, what it may not, and what it can never do.

use std::sync::LazyLock;

use super::*;

static SHIPPED: LazyLock<RulePack> = LazyLock::new(|| RulePack::shipped().unwrap());

const PUMP: &str = "rule site.pump-alarm sameday\n\
    title: The insulin pump gives an alarm\n\
    title_es: La bomba de insulina da una alarma\n\
    source: Riverside Clinic, policy 12\n\
    en: pump (_3) (alarm*|beep*)\n\
    es: bomba (_3) (alarma*|pita*)\n\
    yes en: My pump keeps beeping.\n\
    yes en: the pump gave an alarm twice\n\
    yes es: La bomba pita todo el rato.\n\
    no en: The pump came in the mail.\n\
    no en: No pump alarm today.\n";

fn faults(text: &str) -> Vec<(usize, FaultKind, String)> {
    let found = SitePack::read(text, &SHIPPED).err().unwrap_or_default();
    found.into_iter().map(|fault| (fault.line, fault.kind, fault.word)).collect()
}

fn fault(text: &str) -> FaultKind {
    match faults(text).as_slice() {
        [(_, kind, _), ..] => *kind,
        [] => panic!("nothing is wrong with {text}"),
    }
}

fn assess(pack: &SitePack, text: &str) -> Assessment {
    pack.assess((text, Some(Lang::En)), &PatientFacts::default(), &SHIPPED, "site.3")
}

#[test]
fn a_rule_of_a_site_fires_beside_those_that_ship() {
    let pack = SitePack::read(PUMP, &SHIPPED).unwrap();
    let found = assess(&pack, "Hello. My pump beeps since noon.");
    assert_eq!((found.level, found.hits.len()), (Level::Sameday, 1));
    assert_eq!(found.hits[0].rule, "site.pump-alarm");
    let text = "My pump beeps and I have a heavy feeling in my chest since 4 this morning";
    let found = assess(&pack, text);
    assert_eq!(found.level, Level::Emergency, "what ships is read as ever");
    let own = found.hits.iter().find(|hit| hit.rule == "site.pump-alarm").unwrap();
    assert_eq!(&text[own.start..own.end], "pump beeps");
    assert_eq!(found.pack, format!("{}+site.3", SHIPPED.version()));
    assert_eq!(pack.rules().len(), 1);
}

#[test]
fn a_raised_rule_is_higher_and_one_that_is_lower_is_refused() {
    let text = "bad sciatica today, leg is giving way";
    let pack = SitePack::read("raise X50c emergency\n", &SHIPPED).unwrap();
    assert_eq!(assess(&pack, text).level, Level::Emergency);
    assert_eq!(
        super::super::assess(text, None, &PatientFacts::default(), &SHIPPED).level,
        Level::Sameday
    );
    let lower = faults("raise RF21 sameday\n");
    assert_eq!(lower, [(1, FaultKind::NotHigher, "emergency".to_owned())]);
    assert_eq!(fault("raise X50c sameday"), FaultKind::NotHigher);
    assert_eq!(fault("raise RF99999 crisis"), FaultKind::NoRule);
    assert_eq!(fault("raise X50c higher"), FaultKind::Level);
    assert_eq!(fault("raise X50c emergency\nraise X50c crisis"), FaultKind::Twice);
}

#[test]
fn a_language_is_switched_off_but_never_all() {
    let pack = SitePack::read("language es off\n", &SHIPPED).unwrap();
    assert!(pack.checks(Some(Lang::En)) && !pack.checks(Some(Lang::Es)) && pack.checks(None));
    assert_eq!(fault("language es off\nlanguage en off"), FaultKind::NoLanguage);
    assert_eq!(fault("language fr off"), FaultKind::Language);
    assert_eq!(fault("language es on"), FaultKind::Line);
}

/// Nothing that ships gets lower, and no rule of it falls silent, whatever a site adds.
#[test]
fn the_list_that_is_never_missed_is_always_inside() {
    let added = format!("{PUMP}raise X50c emergency\nlanguage es off\n");
    let pack = SitePack::read(&added, &SHIPPED).unwrap();
    let facts = PatientFacts::default();
    for rule in SHIPPED.rules() {
        for example in rule.examples.iter().filter(|example| example.fires) {
            let (text, lang) = (example.text.as_str(), Some(example.lang));
            let alone = super::super::assess(text, lang, &facts, &SHIPPED);
            let both = pack.assess((text, lang), &facts, &SHIPPED, "site.1");
            assert!(both.level >= alone.level, "{}: {text}", rule.id);
            for hit in &alone.hits {
                let kept = both.hits.iter().any(|it| {
                    it.rule == hit.rule && it.level >= hit.level && it.start == hit.start
                });
                assert!(kept || hit.rule == ASK, "{}: {text}", hit.rule);
            }
        }
    }
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let with = |from: &str, to: &str| PUMP.replace(from, to);
    let cases = [
        (with("site.pump-alarm", "RF01"), 1, FaultKind::Name),
        (with("site.pump-alarm", "site.Pump"), 1, FaultKind::Name),
        (with("sameday", "none"), 1, FaultKind::Level),
        (with("title:", "mask:"), 2, FaultKind::Line),
        (with("source: Riverside Clinic, policy 12\n", ""), 1, FaultKind::Missing),
        (with("source: Riverside Clinic, policy 12", "source:"), 4, FaultKind::Missing),
        (with("(alarm*|beep*)\n", "(alarm*|beep*\n"), 5, FaultKind::Pattern),
        (with("pump (_3)", "(_3)? pump"), 5, FaultKind::Pattern),
        (with("pump (_3)", "<no_such> (_3)"), 5, FaultKind::Concept),
        (with("pump (_3)", "((((pump)))) (_3)"), 5, FaultKind::Wide),
        (with("pump (_3)", "pump _90 a _90"), 5, FaultKind::Wide),
        (with("My pump keeps beeping.", "My pump came."), 7, FaultKind::Silent),
        (with("The pump came in the mail.", "The pump beeps."), 10, FaultKind::Fires),
        (with("no en: No pump alarm today.\n", ""), 1, FaultKind::Examples),
        (with("source:", "address: http://x\nsource:"), 4, FaultKind::Address),
        (with("source:", "only: @pregnant & sbp>180\nsource:"), 4, FaultKind::Only),
        (with("source:", "only: @no_such\nsource:"), 4, FaultKind::Only),
        (with("source:", "even: always\nsource:"), 4, FaultKind::Even),
        (format!("{PUMP}{PUMP}"), 12, FaultKind::Twice),
        (format!("title: first\n{PUMP}"), 1, FaultKind::Nowhere),
        (format!("class site_0 mask *\n{PUMP}"), 1, FaultKind::Line),
        (format!("{PUMP}alias: pump = chest\n"), 12, FaultKind::Line),
    ];
    for (text, line, kind) in cases {
        let found = faults(&text);
        assert!(
            found.iter().any(|(at, what, _)| (*at, *what) == (line, kind)),
            "{text}\n{found:?}"
        );
    }
    assert!(faults("").is_empty() && faults("# nothing\n\n").is_empty());
    let said = with("source:", "only: @pregnant & age>12\neven: past resolved\nsource:");
    let lines: Vec<FaultKind> = faults(&said).into_iter().map(|(_, kind, _)| kind).collect();
    assert!(
        lines.iter().all(|kind| *kind == FaultKind::Silent),
        "the condition is read: {lines:?}"
    );
}

#[test]
fn a_condition_and_what_was_are_read_as_they_are_in_the_rules_that_ship() {
    let text = PUMP
        .replace("source:", "even: negated\nsource:")
        .replace("no en: No pump alarm today.", "no en: a pump");
    let pack = SitePack::read(&text, &SHIPPED).unwrap();
    assert_eq!(assess(&pack, "No pump alarm today.").level, Level::Sameday);
    let text = PUMP
        .replace("source:", "only: age<13\nsource:")
        .replace("keeps beeping.", "keeps beeping and my son is 6 years old.")
        .replace("an alarm twice", "an alarm, he is a 9 year old")
        .replace("todo el rato", "todo el rato, mi hijo tiene 7 años");
    let pack = SitePack::read(&text, &SHIPPED).unwrap_or_else(|faults| panic!("{faults:?}"));
    let child = PatientFacts { age_years: Some(4.0), ..PatientFacts::default() };
    let found = |facts| pack.assess(("The pump beeps.", None), facts, &SHIPPED, "").level;
    assert_eq!((found(&child), found(&PatientFacts::default())), (Level::Sameday, Level::None));
}

#[test]
fn hostile_texts_are_refused_before_anything_walks_them() {
    assert_eq!(fault(&"(".repeat(TEXT_MAX + 1)), FaultKind::TooLong);
    let deep = PUMP.replace("pump (_3)", &format!("{}a{}", "(".repeat(700), ")".repeat(700)));
    assert_eq!(faults(&deep)[0].1, FaultKind::Wide);
    let open = PUMP.replace("pump (_3)", &"a _9999999999999999999 ".repeat(30));
    assert!(!faults(&open).is_empty());
    let many = "rule site.a sameday\n".repeat(900);
    assert!(faults(&many).iter().any(|(_, kind, _)| *kind == FaultKind::TooMany));
    for text in [
        "rule",
        "rule site. ask",
        ":",
        "::::",
        "yes en: x",
        "\u{0}\u{7f}",
        "🙂: 🙂",
        "rule site.x ask never_miss",
    ] {
        assert!(!faults(text).is_empty(), "{text}");
    }
}

/// A pattern at its widest over a text made of its words.
#[test]
fn a_wide_pattern_over_a_long_text_ends_soon() {
    let wide = PUMP.replace(
        "en: pump (_3) (alarm*|beep*)",
        "en: pump (_3) (alarm*|beep*) | beeping (_3) (beep*|beeping|_3 beep*)? (_3) beeping",
    );
    let pack = SitePack::read(&wide, &SHIPPED).unwrap_or_else(|faults| panic!("{faults:?}"));
    let text = "beeping ".repeat(2_500);
    let begun = std::time::Instant::now();
    assess(&pack, &text);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_kept_text_stands_but_for_what_cannot_be_read_any_more() {
    let gone = format!(
        "{PUMP}{}raise RF99999 crisis\nraise X50c emergency\n",
        PUMP.replace("site.pump-alarm", "site.b").replace("pump (_3)", "<gone> (_3)")
    );
    let pack = SitePack::kept(&gone, &SHIPPED);
    assert_eq!(
        pack.rules().iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(),
        ["site.pump-alarm"]
    );
    assert_eq!(pack.raised().collect::<Vec<_>>(), [("X50c", Level::Emergency)]);
    assert_eq!(assess(&pack, "My pump beeps.").level, Level::Sameday);
}
