//! Any text, in any language, with any age: the urgency check answers, and its places lie within the text.

#![no_main]

use std::sync::LazyLock;

use domain::urgency::{Lang, PatientFacts, RulePack, assess};
use libfuzzer_sys::fuzz_target;

static PACK: LazyLock<RulePack> =
    LazyLock::new(|| RulePack::shipped().expect("the shipped rules read"));

fuzz_target!(|input: &[u8]| {
    let [first, text @ ..] = input else { return };
    let text = &*String::from_utf8_lossy(text);
    let lang = [None, Some(Lang::En), Some(Lang::Es)][usize::from(first % 3)];
    let facts = PatientFacts { age_years: Some(f64::from(first / 3)), ..Default::default() };
    let assessed = assess(text, lang, &facts, &PACK);
    for hit in &assessed.hits {
        assert!(text.get(hit.start..hit.end).is_some(), "{hit:?}");
    }
    let most = assessed.hits.iter().map(|hit| hit.level).max().unwrap_or_default();
    assert_eq!(assessed.level, most);
});
