//! The custody lines of a conversation on the patient's side: who has it, and why it moved.
//!
//! Calm, not noisy: what letters and lines say already is no step here, and steps with no letter between
//! them are one line with the rest behind it. Deliberately absent: who may see what (`app::custody`).

use app::thread::{ShownStep, ThreadView};
use domain::access::Role;
use domain::thread::Ladder;
use domain::time::Timestamp;
use domain::work_item::WorkEventKind;

use crate::i18n::{Locale, SiteTime, When};
use crate::pages::thread::{Entry, Step, Steps};

/// The steps between the letters, each group with the number of the letter or line it follows. On a page
/// whose older letters stand on another one, the steps before its first letter are one group; a page of
/// older letters leaves what came after its last letter to the page of the newer ones.
pub fn lines(view: &ThreadView, time: &SiteTime, locale: Locale) -> Vec<(i64, Timestamp, Entry)> {
    let first = view.messages.first().filter(|_| view.older).map_or(0, |first| first.seq);
    let last = view.messages.last().filter(|last| has_newer(view, last.seq));
    let until = last.map_or(Timestamp::FOREVER, |last| last.sent_at);
    let mut groups: Vec<(i64, Timestamp, Vec<Step>)> = Vec::new();
    for step in view.custody.iter().filter(|step| step.at <= until) {
        let Some(text) = words(locale, time, step) else { continue };
        let after = place(view, first, step.at);
        let line = Step { text, when: time.full(locale, step.at.micros()) };
        match groups.last_mut() {
            Some((seq, at, steps)) if *seq == after => {
                *at = step.at;
                // Giving it from hand to hand and back reads as where it is.
                if steps.last().is_none_or(|last| last.text != line.text) {
                    steps.push(line);
                }
            }
            _ => groups.push((after, step.at, vec![line])),
        }
    }
    groups
        .into_iter()
        .filter_map(|(seq, at, mut earlier)| {
            let latest = earlier.pop()?;
            Some((seq, at, Entry::Steps(Steps { latest, earlier })))
        })
        .collect()
}

/// Whether letters follow the one numbered `seq` that stand on another page: numbers that no line has.
fn has_newer(view: &ThreadView, seq: i64) -> bool {
    let lines = view.lines.iter().filter(|line| line.seq > seq).count();
    view.last_seq.saturating_sub(seq) > i64::try_from(lines).unwrap_or(i64::MAX)
}

/// The number of the newest letter or line of the page at a moment; just before `first` when it is older.
fn place(view: &ThreadView, first: i64, at: Timestamp) -> i64 {
    let letters = view.messages.iter().map(|message| (message.sent_at, message.seq));
    let lines = view.lines.iter().map(|line| (line.at, line.seq)).filter(|(_, seq)| *seq >= first);
    let before = letters.chain(lines).filter(|(moment, _)| *moment <= at);
    before.map(|(_, seq)| seq).max().unwrap_or_else(|| first.saturating_sub(1))
}

/// What a step says; none for those that a letter or line says.
fn words(locale: Locale, time: &SiteTime, step: &ShownStep) -> Option<String> {
    let by = person(locale, step.by.as_deref(), step.by_role, &step.team);
    let to = person(locale, step.to_person.as_deref(), step.to_role, &step.team);
    let team = || locale.t1("custody-team", "team", &step.team);
    Some(match (step.kind, to) {
        (WorkEventKind::Claimed | WorkEventKind::Assigned, Some(who)) => {
            locale.t1("custody-taken", "who", who)
        }
        (WorkEventKind::Assigned | WorkEventKind::Released | WorkEventKind::Expired, _) => team(),
        (WorkEventKind::Covered, to) => {
            let has = match to {
                Some(who) => locale.t1("custody-taken", "who", who),
                None => team(),
            };
            let away = match (by, step.away_until) {
                (Some(away), Some(until)) => {
                    let day = time.back(locale, until.micros()).text;
                    locale.t2("custody-away-until", "who", away, "day", day)
                }
                (Some(away), None) => locale.t1("custody-away", "who", away),
                (None, _) => return Some(has),
            };
            format!("{away} {has}")
        }
        (WorkEventKind::Returned, Some(who)) => locale.t1("custody-returned", "who", who),
        _ => return None,
    })
}

/// A role as sentences for patients tell it.
pub const fn role_code(role: Role) -> &'static str {
    match role {
        Role::Clinician => "clinician",
        Role::Nurse => "nurse",
        _ => "other",
    }
}

/// Somebody by name, or by their role in the team; none when it is nobody.
fn person(locale: Locale, name: Option<&str>, role: Option<Role>, team: &str) -> Option<String> {
    match (name, role) {
        (Some(name), _) => Some(name.to_owned()),
        (None, Some(role)) => {
            Some(locale.t1(&format!("custody-role-{}", role_code(role)), "team", team))
        }
        (None, None) => None,
    }
}

/// Since when whoever has it has had it: the moment of the last step that moved it, while it is owed.
pub fn since(view: &ThreadView, time: &SiteTime, locale: Locale) -> Option<When> {
    if !matches!(view.ladder, Ladder::WithTeam(_) | Ladder::BeingHandled(..)) {
        return None;
    }
    let moves =
        |step: &&ShownStep| !matches!(step.kind, WorkEventKind::Level | WorkEventKind::Escalated);
    let last = view.custody.iter().rev().find(moves)?;
    Some(time.since(locale, last.at.micros()))
}
