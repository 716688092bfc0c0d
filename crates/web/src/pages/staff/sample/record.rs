//! An answer in an imported record, with a number and without one.

use domain::instrument::{Instrument, Item};

use super::super::{
    Can, Choice, Custody, Entry, Judged, Letter, Level, LevelPanel, Recognised, RecordBlock, Sign,
    Step, ThreadView,
};
use super::THREAD;
use super::work::{judged, letter, thread_between_staff};
use crate::i18n::{Locale, calendar_date};
use crate::pages::Phone;
use crate::pages::urgent::Urgency;

/// Nobody has it yet.
pub(in super::super) fn thread_record(locale: Locale, item: Item) -> ThreadView {
    let sign = Sign::of_record(locale, item);
    let date = calendar_date(locale, "2026-11-20").text;
    let (answer, answered) = match item.instrument() {
        Instrument::Phq9 => ("record-answer-2", "2 / 3"),
        Instrument::Columbia => ("record-answer-yes", "+"),
    };
    let said = vec![locale.t(answer), locale.t1("record-date", "date", date.as_str())];
    let headline = format!("{}, item {}", item.instrument().name(), item.number());
    let (level, urgency) = match item {
        Item::EverActed => (Level::Today, Urgency::Today),
        _ => (Level::Now, Urgency::Crisis),
    };
    let view = thread_between_staff(locale);
    let outcome = |code: &str| Choice {
        value: code.to_owned(),
        text: locale.t(&format!("staff-outcome-{code}")),
        chosen: false,
    };
    ThreadView {
        headline: headline.clone(),
        custody: Custody { step: Step::WithTeam, holder: None, mine: false, ..view.custody },
        level: LevelPanel { now: level, patient: None, rules: Some(level), clinician: None },
        can: Can { claim: true, release: false, wait: false, merge: false, ..view.can },
        outcomes: vec![outcome("callback"), outcome("no_answer_needed")],
        entries: vec![Entry::Letter(Box::new(Letter {
            author: "Tidings".to_owned(),
            role: String::new(),
            from_patient: false,
            body: vec![format!("{headline} (LOINC {}): {answered}. {date}", item.loinc())],
            recognised: Some(Recognised {
                level: urgency,
                signs: vec![sign.clone()],
                said: said.clone(),
                at: None,
                pack: String::new(),
                text: Vec::new(),
                judged: Judged {
                    acts: Vec::new(),
                    address: Some(format!("/work/threads/{THREAD}/messages/m1/flag")),
                    ..judged(locale)
                },
            }),
            ..letter(locale, 1, 12)
        }))],
        record: Some(RecordBlock {
            said,
            sign,
            came: locale.t(RecordBlock::came(item)),
            act: locale.t(RecordBlock::act(item)),
            name: "Ana <b>Reyes</b>".to_owned(),
            phones: vec![Phone::new("555-0199"), Phone::new("(555) 010-0142 ext. 7")],
            crisis: Some(Phone::new("988")),
        }),
        ..view
    }
}
