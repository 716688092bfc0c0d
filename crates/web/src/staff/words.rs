//! From what operations return to what staff pages show: moments, deadlines, people, steps, lines.

use app::content::CorrectionContent;
use app::patient::Patient;
use app::thread::{Shown, ShownStep, ThreadView};
use domain::ids::PersonId;
use domain::message::{Channel, CorrectionKind, Side};
use domain::thread::Ladder;
use domain::time::Timestamp;
use domain::work_item::{WorkEventKind, WorkState};

use crate::i18n::{Locale, SiteTime, calendar_date};
use crate::pages::staff::{Due, Entry, EventLine, Letter, Level, PatientLine, Step, WasText};
use crate::portal::lines;

/// A level's words for its figure; what is no level counts as "soon".
pub fn level(number: i64) -> Level {
    match number {
        1 => Level::Now,
        2 => Level::Today,
        4 => Level::Whenever,
        _ => Level::Soon,
    }
}

/// What is left until a deadline, or by how much it is late.
pub fn due(locale: Locale, time: &SiteTime, at: Timestamp, now: Timestamp) -> Due {
    let seconds = at.seconds_since(now);
    let minutes = seconds.unsigned_abs() / 60;
    let left = length(locale, minutes);
    Due { at: time.deadline(locale, at.micros()), left, late: seconds < 0 }
}

/// A length of time in the two largest units that matter: minutes to ten hours, hours to two days, then
/// days alone. A part of zero is not said.
fn length(locale: Locale, minutes: u64) -> String {
    let (days, hours, rest) = (minutes / 1_440, minutes / 60, minutes % 60);
    match minutes {
        0..60 => locale.t1("staff-minutes", "m", minutes),
        60..600 if rest > 0 => locale.t2("staff-hours-minutes", "h", hours, "m", rest),
        60..1_440 => locale.t1("staff-hours", "h", hours),
        1_440..2_880 if hours % 24 > 0 => locale.t2("staff-days-hours", "d", days, "h", hours % 24),
        _ => locale.t1("staff-days", "d", days),
    }
}

/// The step of the ladder that the patient sees.
pub const fn step(ladder: &Ladder) -> Step {
    match ladder {
        Ladder::Received => Step::Received,
        Ladder::WithTeam(_) => Step::WithTeam,
        Ladder::BeingHandled(..) => Step::Handled,
        Ladder::WaitingForYou(_) => Step::WaitingPatient,
        Ladder::Answered(_) => Step::Answered,
        Ladder::Closed(..) => Step::Closed,
    }
}

/// The same from the state of a team's work.
pub const fn step_of(state: WorkState) -> Step {
    match state {
        WorkState::Queued => Step::WithTeam,
        WorkState::Claimed => Step::Handled,
        WorkState::Waiting => Step::WaitingPatient,
        WorkState::Answered => Step::Answered,
        WorkState::Closed => Step::Closed,
    }
}

/// FHIR administrative gender in one letter or word.
pub fn sex(locale: Locale, gender: &str) -> String {
    match gender {
        "female" | "male" | "other" => locale.t(&format!("staff-sex-{gender}")),
        _ => String::new(),
    }
}

/// Whole years, or nothing when the birth date is not exact.
pub fn age(birth_date: &str, now: Timestamp) -> String {
    let who = app::patient::Demographics {
        birth_date: birth_date.to_owned(),
        ..app::patient::Demographics::default()
    };
    let today = jiff::Timestamp::from_microsecond(now.micros())
        .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    let years = today.ok().and_then(|today| who.age_on(today));
    years.map(|years| years.to_string()).unwrap_or_default()
}

/// "62 F"
pub fn short(locale: Locale, birth_date: &str, gender: &str, now: Timestamp) -> String {
    let (age, sex) = (age(birth_date, now), sex(locale, gender));
    [age, sex].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Who a page is about.
pub fn patient(locale: Locale, shown: &Patient, now: Timestamp) -> PatientLine {
    let who = &shown.demographics;
    let reads = shown.row.language.split('-').next().unwrap_or_default();
    let language = (!reads.is_empty() && !locale.lang().starts_with(reads)).then(|| {
        let key = format!("staff-language-{reads}");
        if locale.has(&key) { locale.t(&key) } else { shown.row.language.clone() }
    });
    PatientLine {
        id: shown.row.id.to_string(),
        name: who.name.clone(),
        age: age(&who.birth_date, now),
        sex: sex(locale, &who.gender),
        birth_date: calendar_date(locale, &who.birth_date),
        record_number: who.record_number.clone(),
        language,
    }
}

/// Somebody's role on the patient's side, in words.
pub fn relation(locale: Locale, basis: &str) -> String {
    match basis {
        "representative" => locale.t("staff-relation-representative"),
        "self" => locale.t("staff-role-patient"),
        _ => locale.t("staff-role-helper"),
    }
}

/// A text in its paragraphs.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if line.trim().is_empty() {
            open = false;
        } else if let Some(last) = found.last_mut().filter(|_| open) {
            last.push('\n');
            last.push_str(line);
        } else {
            found.push(line.to_owned());
            open = true;
        }
    }
    found
}

/// One message as staff see it. `newer` marks what came in while its reader wrote.
pub fn letter(
    locale: Locale,
    time: &SiteTime,
    shown: &Shown,
    me: PersonId,
    patient_name: &str,
    newer: bool,
) -> Letter {
    let from_patient = shown.side == Side::Patient;
    let newest = shown.corrections.last();
    let taken = newest.filter(|(kind, ..)| *kind == CorrectionKind::Retraction);
    let taken_back = taken.map(|(_, content, at)| {
        let at = time.full(locale, at.micros()).text;
        let words = locale.t2("staff-taken-back", "name", writer(shown), "time", at);
        with_reason(locale, words, &content.reason)
    });
    let body = newest.map_or(shown.letter.body.as_str(), |(_, content, _)| content.body.as_str());
    let gone = taken_back.is_some();
    Letter {
        id: shown.id.to_string(),
        seq: u64::try_from(shown.seq).unwrap_or(0),
        author: shown.letter.author.clone(),
        role: role_of(locale, shown, from_patient),
        on_behalf_of: shown
            .on_behalf_of
            .map(|_| locale.t1("staff-for", "name", patient_name))
            .or_else(|| prepared_by(locale, shown)),
        channel: match (shown.channel, shown.letter.written_by.as_str()) {
            (Channel::Phone, "") => lines::call(locale, time, &shown.letter)
                .or_else(|| Some(locale.t("staff-by-phone"))),
            (Channel::Letter, "") => Some(locale.t("staff-by-letter")),
            (Channel::Phone | Channel::Letter, clerk) => {
                let key = format!("staff-channel-{}", shown.channel.code());
                Some(locale.t1(&key, "name", clerk))
            }
            (Channel::Api | Channel::Portal, _) => None,
        },
        sent: time.full(locale, shown.sent_at.micros()),
        body: if gone { Vec::new() } else { paragraphs(body) },
        from_patient,
        mine: shown.author == me,
        newer,
        was: if gone { Vec::new() } else { wordings(locale, time, shown) },
        taken_back,
        seen: None,
        held: None,
        recognised: None,
    }
}

/// Whose log-in wrote a message, by name: for words that were told, who wrote them down.
fn writer(shown: &Shown) -> &str {
    let app::content::Letter { author, written_by, .. } = &shown.letter;
    if written_by.is_empty() { author } else { written_by }
}

/// Who prepared a text that somebody else sent.
fn prepared_by(locale: Locale, shown: &Shown) -> Option<String> {
    let name = &shown.letter.prepared_by;
    (!name.is_empty()).then(|| match shown.side {
        Side::Patient => locale.t1("staff-prepared-by", "name", name),
        Side::Team => locale.t2("share-written-by", "name", name, "sender", &shown.letter.author),
    })
}

fn role_of(locale: Locale, shown: &Shown, from_patient: bool) -> String {
    match (from_patient, shown.on_behalf_of) {
        (true, None) => locale.t("staff-role-patient"),
        (true, Some(_)) => locale.t("staff-role-helper"),
        (false, _) => shown.letter.title.clone(),
    }
}

fn with_reason(locale: Locale, words: String, reason: &str) -> String {
    if reason.is_empty() {
        words
    } else {
        locale.t2("staff-event-because", "what", words, "reason", reason)
    }
}

/// The wordings before the one shown, newest first.
fn wordings(locale: Locale, time: &SiteTime, shown: &Shown) -> Vec<WasText> {
    let mut before = shown.letter.body.as_str();
    let mut was = Vec::new();
    for (_, content, at) in &shown.corrections {
        let CorrectionContent { body, reason } = content;
        let at = time.full(locale, at.micros()).text;
        let words = locale.t2("staff-corrected", "time", at, "name", writer(shown));
        was.push(WasText { text: with_reason(locale, words, reason), before: paragraphs(before) });
        before = body;
    }
    was.reverse();
    was
}

/// Messages and the steps between them, in the order they happened.
pub fn entries(
    locale: Locale,
    time: &SiteTime,
    view: &ThreadView,
    letters: Vec<(Timestamp, Letter)>,
) -> Vec<Entry> {
    let from = match letters.first() {
        Some((at, _)) if view.older => *at,
        _ => Timestamp::EPOCH,
    };
    let mut all: Vec<(Timestamp, Entry)> = Vec::new();
    for (at, letter) in letters {
        all.push((at, Entry::Letter(Box::new(letter))));
    }
    for step in view.custody.iter().filter(|step| step.at >= from) {
        if let Some(text) = custody_line(locale, view, step) {
            let at = time.full(locale, step.at.micros());
            let staff_only = matches!(
                step.kind,
                WorkEventKind::Level
                    | WorkEventKind::Escalated
                    | WorkEventKind::Refiled
                    | WorkEventKind::Snoozed
                    | WorkEventKind::Undone
            );
            all.push((step.at, Entry::Event(EventLine { text, at, staff_only })));
        }
    }
    let records = view.lines.iter().filter(|line| line.at >= from);
    for line in records.filter(|line| matches!(line.kind.as_str(), "tried" | "brought" | "call")) {
        let Some(what) = lines::happening(locale, time, view, line) else { continue };
        let (text, at) = (what.words(&locale), time.full(locale, line.at.micros()));
        all.push((line.at, Entry::Event(EventLine { text, at, staff_only: false })));
    }
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, entry)| entry).collect()
}

/// What a step of custody says; opening and answering are the messages themselves.
fn custody_line(locale: Locale, view: &ThreadView, step: &ShownStep) -> Option<String> {
    let by = step.by.clone().unwrap_or_else(|| locale.t("staff-who-system"));
    let closing = view.lines.iter().find(|line| line.kind == "closed" && line.at == step.at);
    if let (WorkEventKind::Closed, Some(line)) = (step.kind, closing) {
        let outcome = locale.t(&format!("staff-outcome-{}", line.detail));
        let on = calendar_date(locale, &line.more.on).text;
        let said = [outcome, line.more.what.clone(), on].into_iter();
        let said: Vec<String> = said.filter(|part| !part.is_empty()).collect();
        let said = said.join(", ");
        let words = locale.t2("staff-event-closed-as", "name", by, "outcome", said);
        return Some(with_reason(locale, words, &line.more.remark));
    }
    let to = match step.kind {
        WorkEventKind::Passed => step.to_team.as_deref(),
        _ => step.to_person.as_deref(),
    };
    let words = step_words(locale, step.kind, by, to)?;
    let prepared = step.prepared.map(|reason| super::pass::sentence(locale, reason));
    let reason = prepared.or_else(|| step.reason.clone()).unwrap_or_default();
    Some(with_reason(locale, words, &reason))
}

/// What somebody did with the work, in a sentence; none for what a message says.
pub fn step_words(
    locale: Locale,
    kind: WorkEventKind,
    by: String,
    to: Option<&str>,
) -> Option<String> {
    let name = |key: &str| locale.t1(key, "name", &by);
    let both = |key: &str| locale.t2(key, "name", &by, "to", to.unwrap_or_default());
    Some(match kind {
        WorkEventKind::Opened | WorkEventKind::Answered => return None,
        WorkEventKind::Claimed => name("staff-event-claimed"),
        WorkEventKind::Released => name("staff-event-released"),
        WorkEventKind::Assigned => both("staff-event-assigned"),
        WorkEventKind::Passed => both("staff-event-passed"),
        WorkEventKind::Waiting => name("staff-event-waiting"),
        WorkEventKind::Closed => name("staff-event-closed"),
        WorkEventKind::Reopened => name("staff-event-reopened"),
        WorkEventKind::Level => name("staff-event-level"),
        WorkEventKind::Covered if to.is_some() => both("staff-event-covered"),
        WorkEventKind::Covered => name("staff-event-covered-team"),
        WorkEventKind::Returned => locale.t1("staff-event-returned", "to", to.unwrap_or_default()),
        WorkEventKind::Refiled => name("staff-event-refiled"),
        WorkEventKind::Merged => name("staff-event-merged"),
        WorkEventKind::Snoozed => name("staff-event-snoozed"),
        WorkEventKind::Undone => name("staff-event-undone"),
        WorkEventKind::Expired => name("staff-event-expired"),
        WorkEventKind::Escalated => match to {
            Some(to) => locale.t1("staff-event-escalated-to", "to", to),
            None => locale.t("staff-event-escalated"),
        },
    })
}

/// A short reference of a conversation, to say on the phone: the end of its id, in two groups.
pub fn reference(thread: domain::ids::ThreadId) -> String {
    tail(&thread.to_string())
}

/// The end of an id, in two groups.
pub fn tail(id: &str) -> String {
    let text = id.replace('-', "").to_uppercase();
    let tail = text.get(text.len().saturating_sub(8)..).unwrap_or_default();
    let (first, second) = tail.split_at_checked(4).unwrap_or((tail, ""));
    format!("{first}-{second}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_says_no_part_of_zero_and_days_alone_after_two() {
        let said =
            |minutes| length(Locale::default(), minutes).replace(['\u{2068}', '\u{2069}'], "");
        for (minutes, words) in [
            (0, "0 min"),
            (59, "59 min"),
            (60, "1 h"),
            (61, "1 h 1 min"),
            (599, "9 h 59 min"),
            (600, "10 h"),
            (1_439, "23 h"),
            (1_440, "1 d"),
            (1_500, "1 d 1 h"),
            (2_879, "1 d 23 h"),
            (2_880, "2 d"),
            (2_999, "2 d"),
            (14_400, "10 d"),
        ] {
            assert_eq!(said(minutes), words, "{minutes} minutes");
        }
    }
}
