//! A patient's search over her own conversations: complete, because everything is opened and read.
//!
//! Messages are opened in chunks, each a read of its own with its own permit and audit row, so that a
//! revocation bites between them and nothing holds a snapshot for long. Words and hits are kept sealed
//! under an id that expires; no address carries a word (SECURITY 10).

use std::time::{Duration, Instant};

use domain::access::Actor;
use domain::fold::fold;
use domain::ids::{Id, PatientId, SearchId, ThreadId};
use domain::message::LINE_MAX_CHARS;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use store::access::SearchThreads;
use store::seal::{KeyOwner, Place};
use store::search::{self as rows, Scanned};

use crate::content::Letter;
use crate::cx::{App, Cx};
use crate::error::{Error, Result};

/// Messages opened in one chunk at most.
const CHUNK: i64 = 2_000;
/// A chunk ends after this time even when it is not full.
const CHUNK_MAX: Duration = Duration::from_millis(100);
/// Most hits kept; the page says when there were more.
pub const HITS_MAX: usize = 200;
/// Seconds a result can be looked at.
const RESULT_S: i64 = 900;
/// Most words of a search.
const WORDS_MAX: usize = 12;

/// What was searched and found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The words as they were typed.
    #[serde(rename = "w")]
    pub words: String,
    /// Newest first.
    #[serde(rename = "h")]
    pub hits: Vec<Hit>,
    /// Whether more were found than are kept.
    #[serde(rename = "m")]
    pub more: bool,
}

/// A message that holds all the words, in its text or its conversation's headline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The conversation.
    #[serde(rename = "t")]
    pub thread: ThreadId,
    /// The message's number.
    #[serde(rename = "s")]
    pub seq: i64,
    /// The headline.
    #[serde(rename = "l")]
    pub headline: String,
    /// Who wrote it.
    #[serde(rename = "n")]
    pub from: String,
    /// The words around the first match.
    #[serde(rename = "x")]
    pub snippet: String,
    /// When it was sent.
    #[serde(rename = "a")]
    pub sent_at: Timestamp,
}

/// Searches all of a patient's conversations that the actor may read and keeps the result.
///
/// Errors: `Invalid` when there is no word or too much text; `NotFound`/`Forbidden` by policy.
pub fn run(app: &App, actor: &Actor, patient: PatientId, typed: &str) -> Result<SearchId> {
    if typed.chars().nth(LINE_MAX_CHARS).is_some() {
        return Err(Error::field("words", "too-long"));
    }
    let words: Vec<String> = fold(typed).into_iter().take(WORDS_MAX).collect();
    if words.is_empty() {
        return Err(Error::field("words", "empty"));
    }
    let mut hits = Vec::new();
    let mut more = false;
    let mut from = (ThreadId::from_uuid(uuid::Uuid::nil()), 0);
    loop {
        let (found, next) = app.read(actor, |cx| chunk(cx, patient, &words, from))?;
        hits.extend(found);
        if hits.len() > HITS_MAX * 4 {
            newest(&mut hits);
            more = true;
        }
        match next {
            Some(next) => from = next,
            None => break,
        }
    }
    more |= hits.len() > HITS_MAX;
    newest(&mut hits);
    let found = Found { words: typed.trim().to_owned(), hits, more };
    app.write_reserved(actor, move |cx| keep(cx, patient, &found))
}

fn newest(hits: &mut Vec<Hit>) {
    hits.sort_by_key(|hit| std::cmp::Reverse((hit.sent_at, hit.seq)));
    hits.truncate(HITS_MAX);
}

type Cursor = (ThreadId, i64);

fn chunk(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    words: &[String],
    from: Cursor,
) -> Result<(Vec<Hit>, Option<Cursor>)> {
    let permit = cx.authorize::<SearchThreads>(patient)?;
    let scanned = rows::scan(cx.tx(), &permit, from, CHUNK)?;
    let full = i64::try_from(scanned.len()).is_ok_and(|found| found >= CHUNK);
    let began = Instant::now();
    let mut hits = Vec::new();
    let mut last = None;
    let mut cut = false;
    for row in &scanned {
        if began.elapsed() > CHUNK_MAX {
            cut = true;
            break;
        }
        last = Some((row.thread, row.seq));
        hits.extend(look(cx, patient, words, row)?);
    }
    Ok((hits, last.filter(|_| full || cut)))
}

fn look(
    cx: &Cx<'_, '_>,
    patient: PatientId,
    words: &[String],
    row: &Scanned,
) -> Result<Option<Hit>> {
    let owner = KeyOwner::Patient(patient);
    let place = Place::new("message", &row.id, "content_sealed", 1);
    let letter: Letter = cx.open_json(owner, &place, &row.content)?;
    let place = Place::new("thread", &row.thread, "headline_sealed", 1);
    let headline = cx.open(owner, &place, &row.headline)?;
    let in_text = fold(&letter.body);
    let in_headline = fold(&headline);
    let holds = |word: &String| {
        in_text.iter().chain(&in_headline).any(|found| found.starts_with(word.as_str()))
    };
    if !words.iter().all(holds) {
        return Ok(None);
    }
    Ok(Some(Hit {
        thread: row.thread,
        seq: row.seq,
        headline,
        from: letter.author,
        snippet: snippet(&letter.body, words),
        sent_at: row.sent_at,
    }))
}

/// Characters of text shown around a match.
const SNIPPET_CHARS: usize = 160;

/// The text around the first word that matches, cut at words.
fn snippet(body: &str, words: &[String]) -> String {
    let parts: Vec<&str> = body.split_whitespace().collect();
    let matches = |part: &&str| {
        fold(part).iter().any(|found| words.iter().any(|word| found.starts_with(word.as_str())))
    };
    let at = parts.iter().position(matches).unwrap_or(0);
    let start = at.saturating_sub(6);
    let mut text = String::new();
    if start > 0 {
        text.push('…');
    }
    for part in parts.iter().skip(start) {
        if text.chars().count() + part.chars().count() > SNIPPET_CHARS {
            text.push('…');
            break;
        }
        if !text.is_empty() && !text.ends_with('…') {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
}

/// A snippet cut at its first match: what stands before, the word, what follows.
pub fn split_at_match(snippet: &str, words: &str) -> (String, String, String) {
    let wanted = fold(words);
    let mut before = String::new();
    let mut parts = snippet.split_inclusive(' ');
    for part in parts.by_ref() {
        let found = fold(part);
        let hit = found.iter().any(|f| wanted.iter().any(|w| f.starts_with(w.as_str())));
        if hit {
            let word = part.trim_end();
            let gap = part.get(word.len()..).unwrap_or_default();
            return (before, word.to_owned(), format!("{gap}{}", parts.collect::<String>()));
        }
        before.push_str(part);
    }
    (before, String::new(), String::new())
}

fn keep(cx: &mut Cx<'_, '_>, patient: PatientId, found: &Found) -> Result<SearchId> {
    let permit = cx.authorize::<SearchThreads>(patient)?;
    let id: SearchId = cx.new_id()?;
    let place = Place::new("search_result", &id, "result_sealed", 1);
    let sealed = cx.seal_json(KeyOwner::Patient(patient), &place, found)?;
    let expires_at = cx.now().plus_seconds(RESULT_S);
    rows::add(cx.tx(), &permit, id, &sealed, expires_at)?;
    Ok(id)
}

/// The patient a search of the actor's own is about. `NotFound` when there is none or it is over.
pub fn patient_of(cx: &mut Cx<'_, '_>, id: SearchId) -> Result<PatientId> {
    let person = cx.person()?;
    let now = cx.now();
    rows::patient_of(cx.tx(), id, person, now)?.ok_or(Error::NotFound)
}

/// A kept result, without the hits that the actor may not read any more.
pub fn get(cx: &mut Cx<'_, '_>, patient: PatientId, id: SearchId) -> Result<Found> {
    let permit = cx.authorize::<SearchThreads>(patient)?;
    let sealed = rows::get(cx.tx(), &permit, id)?.ok_or(Error::NotFound)?;
    let place = Place::new("search_result", &id, "result_sealed", 1);
    let mut found: Found = cx.open_json(KeyOwner::Patient(patient), &place, &sealed)?;
    let mut shown = Vec::with_capacity(found.hits.len());
    for hit in found.hits {
        if rows::still_shown(cx.tx(), &permit, hit.thread, hit.seq)? {
            shown.push(hit);
        }
    }
    found.hits = shown;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_shows_the_match() {
        let words = vec!["water".to_owned()];
        let body = "One two three four five six seven eight nine the water pill makes me dizzy";
        let shown = snippet(body, &words);
        assert!(shown.starts_with('…') && shown.contains("water pill"), "{shown}");
        assert_eq!(snippet("Short text", &words), "Short text");
    }
}
