//! What the urgency check recognised, for staff at the message: the words marked in the text, the sign and its source,
//! what the writer was shown and answered. Never on paper: a print may be handed to somebody.

use app::site_rules::OwnRule;
use app::thread::{Shown, ThreadView};
use app::urgency::{self, Detail, Kept, Said};
use app::{Cx, Result as Done};
use domain::ids::PersonId;
use domain::message::Channel;
use domain::urgency::{ASK, LEARNED, Level, PLAN_LIMIT, PREFIX};

use crate::i18n::{Locale, SiteTime};
use crate::pages::staff::{Entry, Judged, Piece, Recognised, Sign};
use crate::pages::urgent::Urgency;

/// What was recognised in a conversation and in those joined with it.
pub(super) fn of(cx: &mut Cx<'_, '_>, view: &ThreadView) -> Done<Vec<Kept>> {
    let mut kept = urgency::of_thread(cx, view.id)?;
    for joined in &view.joined {
        kept.extend(urgency::of_thread(cx, joined.thread)?);
    }
    Ok(kept)
}

/// Puts what was recognised to the letters it was recognised in.
pub(super) fn put(
    locale: Locale,
    time: &SiteTime,
    me: PersonId,
    view: &ThreadView,
    kept: &[Kept],
    entries: &mut [Entry],
) {
    let shown = || view.messages.iter().chain(view.joined.iter().flat_map(|one| &one.messages));
    for found in kept {
        let Some(message) = shown().find(|message| message.id == found.message) else { continue };
        let id = found.message.to_string();
        for entry in entries.iter_mut() {
            if let Entry::Letter(letter) = entry
                && letter.id == id
            {
                let gone = letter.taken_back.is_some();
                let shown = recognised(locale, time, message, found, gone);
                letter.recognised = shown.map(|shown| Recognised {
                    judged: super::flag::judged(locale, time, me, found),
                    ..shown
                });
            }
        }
    }
}

fn recognised(
    locale: Locale,
    time: &SiteTime,
    message: &Shown,
    kept: &Kept,
    gone: bool,
) -> Option<Recognised> {
    let detail = &kept.detail;
    let level = match detail.level() {
        Level::None => return None,
        Level::Ask => Urgency::Ask,
        Level::Sameday => Urgency::Today,
        Level::Emergency => Urgency::Emergency,
        Level::Crisis => Urgency::Crisis,
    };
    let spans: Vec<(usize, usize)> = detail.hits.iter().map(|hit| (hit.start, hit.end)).collect();
    let as_read = message.corrections.is_empty();
    if let Some(record) = &detail.screening {
        return Some(Recognised {
            level,
            signs: vec![super::screening::sign(locale, record)],
            said: super::screening::said(locale, time, record),
            at: None,
            pack: String::new(),
            text: super::screening::text(locale, time, record, &message.letter.body),
            judged: Judged::default(),
        });
    }
    let mut said = said(locale, message, detail);
    if !as_read && !gone {
        said.push(locale.t("recognised-corrected"));
    }
    Some(Recognised {
        level,
        signs: signs(locale, detail, gone),
        said,
        at: (detail.answered_at > 0).then(|| time.full(locale, detail.answered_at)),
        pack: kept.pack.clone(),
        text: if as_read { marked(&message.letter.body, spans) } else { Vec::new() },
        judged: Judged::default(),
    })
}

/// What the writer was shown and answered.
fn said(locale: Locale, message: &Shown, detail: &Detail) -> Vec<String> {
    let mut said = Vec::new();
    match detail.said {
        Some(Said::Sign) => said.push(locale.t("recognised-said-yes")),
        Some(Said::Harm) => said.push(locale.t("recognised-said-harm")),
        None => {}
    }
    match Level::parse(&detail.card) {
        Some(Level::Crisis) => said.push(locale.t("recognised-card-crisis")),
        Some(Level::Emergency) => said.push(locale.t("recognised-card-emergency")),
        Some(Level::Sameday) => said.push(locale.t("recognised-card-sameday")),
        Some(Level::Ask) => said.push(locale.t("recognised-asked-no")),
        _ if message.channel == Channel::Api => said.push(locale.t("recognised-card-program")),
        _ => {}
    }
    if let Some(answer) = urgency::Answer::from_code(&detail.answer) {
        said.push(locale.t(&format!("recognised-answer-{}", answer.code())));
    }
    said
}

/// The signs, each once with all its words; without the words of a text that was taken back.
fn signs(locale: Locale, detail: &Detail, gone: bool) -> Vec<Sign> {
    let mut signs: Vec<(&str, Sign)> = Vec::new();
    for hit in &detail.hits {
        let words = hit.words.trim();
        // What the learned layer only asks about does not read like an emergency.
        let asks = hit.rule == LEARNED && hit.level == Level::Ask.as_str();
        let new = || sign(locale, if asks { ASK } else { hit.rule.as_str() }, hit.own.as_ref());
        let place = signs.iter().position(|(rule, _)| *rule == hit.rule);
        let at = place.unwrap_or(signs.len());
        if place.is_none() {
            signs.push((&hit.rule, new()));
        }
        if let Some((_, sign)) = signs.get_mut(at)
            && !gone
            && !words.is_empty()
            && !sign.words.iter().any(|known| known == words)
        {
            sign.words.push(words.to_owned());
        }
    }
    signs.into_iter().map(|(_, sign)| sign).collect()
}

/// What a rule is about, in the reader's language; a site's own, of which no words are known any more, by its name.
pub(super) fn title(locale: Locale, rule: &str, own: Option<&OwnRule>) -> String {
    if rule.starts_with(PREFIX) && own.is_none() {
        return rule.to_owned();
    }
    sign(locale, rule, own).title
}

fn sign(locale: Locale, rule: &str, own: Option<&OwnRule>) -> Sign {
    let plain = |key: &str| Sign {
        title: locale.t(key),
        words: Vec::new(),
        source: String::new(),
        address: String::new(),
    };
    match (rule, urgency::rule(rule)) {
        (PLAN_LIMIT, _) => plain("recognised-plan-limit"),
        (LEARNED, _) => plain("recognised-learned"),
        (ASK, _) => plain("recognised-ask"),
        (_, None) => match own {
            Some(own) => own_sign(locale, own),
            None => plain("recognised-gone"),
        },
        (_, Some(rule)) => {
            let spanish = locale.lang().starts_with("es") && !rule.title_es.is_empty();
            let opens = rule.address.starts_with("https://");
            Sign {
                title: if spanish { rule.title_es.clone() } else { rule.title.clone() },
                words: Vec::new(),
                source: rule.source.clone(),
                address: if opens { rule.address.clone() } else { String::new() },
            }
        }
    }
}

/// A rule of the site's own, as it was called when it fired.
fn own_sign(locale: Locale, own: &OwnRule) -> Sign {
    let spanish = locale.lang().starts_with("es");
    Sign {
        title: if spanish { own.title_es.clone() } else { own.title.clone() },
        words: Vec::new(),
        source: own.source.clone(),
        address: own.address.clone(),
    }
}

/// A text in the paragraphs of `words::paragraphs`, the bytes of `spans` marked. Spans beyond the text (of the title or
/// a question) and such as cut a letter mark nothing.
fn marked(text: &str, mut spans: Vec<(usize, usize)>) -> Vec<Vec<Piece>> {
    spans.retain(|(start, end)| start < end && text.get(*start..*end).is_some());
    spans.sort_unstable();
    let mut found: Vec<Vec<Piece>> = Vec::new();
    let (mut open, mut at) = (false, 0_usize);
    for whole in text.split_inclusive('\n') {
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let from = at;
        at = at.saturating_add(whole.len());
        if line.trim().is_empty() {
            open = false;
            continue;
        }
        if !open {
            found.push(Vec::new());
        }
        if let Some(last) = found.last_mut() {
            if open {
                push(last, "\n", false);
            }
            cut(text, (from, from.saturating_add(line.len())), &spans, last);
        }
        open = true;
    }
    found
}

/// Adds the bytes of a line, cut at the spans, which are in order.
fn cut(text: &str, (mut at, end): (usize, usize), spans: &[(usize, usize)], into: &mut Vec<Piece>) {
    for (start, stop) in spans {
        let (start, stop) = ((*start).max(at), (*stop).min(end));
        if start < stop {
            push(into, text.get(at..start).unwrap_or_default(), false);
            push(into, text.get(start..stop).unwrap_or_default(), true);
            at = stop;
        }
    }
    push(into, text.get(at..end).unwrap_or_default(), false);
}

fn push(into: &mut Vec<Piece>, text: &str, marked: bool) {
    match into.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.marked == marked => last.text.push_str(text),
        _ => into.push(Piece { text: text.to_owned(), marked }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::paragraphs;
    use super::*;

    #[test]
    fn marks_take_nothing_from_a_text_and_add_nothing() {
        let text = "Señora, me duele\r\nel pecho\n\n\n🙂 and <b>my jaw</b>\nsince four\n";
        let at = |words: &str| {
            let start = text.find(words).unwrap();
            (start, start + words.len())
        };
        let overlong = (3, 9_000);
        let inside = (text.find('ñ').unwrap() + 1, text.len());
        let cases = [
            vec![],
            vec![at("duele\r\nel pecho")],
            vec![at("my jaw"), at("jaw</b>\nsince"), at("🙂"), overlong, inside, (5, 5)],
            vec![(0, text.len())],
        ];
        for spans in cases {
            let shown = marked(text, spans.clone());
            let joined: Vec<String> = shown
                .iter()
                .map(|pieces| pieces.iter().map(|piece| piece.text.as_str()).collect())
                .collect();
            assert_eq!(joined, paragraphs(text), "{spans:?}");
        }
        let pieces = marked(text, vec![at("duele\r\nel pecho")]);
        let said: Vec<&str> = pieces
            .iter()
            .flatten()
            .filter(|piece| piece.marked)
            .map(|piece| piece.text.as_str())
            .collect();
        assert_eq!(said, ["duele", "el pecho"]);
        assert!(marked(text, vec![overlong, inside]).iter().flatten().all(|piece| !piece.marked));
    }
}
