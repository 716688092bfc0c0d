//! An answer in an imported record that is somebody's work: what staff read of it, above its conversation.

use app::staff::Conversation;
use app::urgency::Kept;
use app::urgency::screening::Screening;
use domain::instrument::{HIGHEST, Instrument};

use crate::i18n::{Locale, SiteTime};
use crate::pages::Phone;
use crate::pages::staff::{Piece, RecordBlock, Sign};

/// What was answered and what to do, while the conversation is not closed and the flag stands.
pub(super) fn block(
    locale: Locale,
    time: &SiteTime,
    conversation: &Conversation,
    kept: &[Kept],
) -> Option<RecordBlock> {
    let open = !conversation.view.items.is_empty();
    let found = kept.iter().filter(|found| open && found.detail.taken_back().is_none());
    let found = found.filter_map(|found| found.detail.screening.as_ref()).next_back()?;
    let who = conversation.patient.as_ref();
    let phones = who.map(|who| who.demographics.phones.as_slice()).unwrap_or_default();
    let team = conversation.view.team.as_ref();
    let crisis = team.map(|team| team.crisis_phone.as_str()).filter(|phone| !phone.is_empty());
    Some(RecordBlock {
        said: said(locale, time, found),
        sign: sign(locale, found),
        came: locale.t(RecordBlock::came(found.item())),
        act: locale.t(RecordBlock::act(found.item())),
        name: who.map(|who| who.demographics.name.clone()).unwrap_or_default(),
        phones: phones.iter().map(|phone| Phone::new(phone)).collect(),
        crisis: crisis.map(Phone::new),
    })
}

/// The answer and its date, as sentences.
pub(super) fn said(locale: Locale, time: &SiteTime, found: &Screening) -> Vec<String> {
    let answer = match found.item().instrument() {
        Instrument::Phq9 => locale.t(&format!("record-answer-{}", found.answer.min(HIGHEST))),
        Instrument::Columbia if found.answer == 0 => locale.t("record-answer-other"),
        Instrument::Columbia => locale.t("record-answer-yes"),
    };
    let given = match found.said.as_str() {
        "" => locale.t("record-no-date"),
        said => locale.t1("record-date", "date", time.recorded(locale, said).text),
    };
    vec![answer, given]
}

/// The message that stands in the record, its date as the reader's language writes dates.
pub(super) fn text(
    locale: Locale,
    time: &SiteTime,
    found: &Screening,
    body: &str,
) -> Vec<Vec<Piece>> {
    if found.said.is_empty() {
        return Vec::new();
    }
    let text = body.replace(&found.said, &time.recorded(locale, &found.said).text);
    vec![vec![Piece { text, marked: false }]]
}

/// What it is about, with who published it.
pub(super) fn sign(locale: Locale, found: &Screening) -> Sign {
    Sign::of_record(locale, found.item())
}
