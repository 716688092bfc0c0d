//! The quiet lines between letters: what happened in a conversation besides messages, for readers of both
//! sides.

use app::content::Letter;
use app::thread::{ShownLine, ThreadView};
use domain::ids::PersonId;
use domain::time::Timestamp;

use crate::i18n::{Locale, SiteTime, calendar_date};
use crate::pages::thread::Happening;

/// Moments closer than this many seconds are said once.
const SAME_S: u64 = 300;

/// What a line says; `None` for a code that no page shows.
pub fn happening(
    locale: Locale,
    time: &SiteTime,
    view: &ThreadView,
    line: &ShownLine,
) -> Option<Happening> {
    let more = &line.more;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(match line.kind.as_str() {
        "closed" => Happening::Closed {
            outcome: line.detail.clone(),
            what: some(&more.what),
            on: some(&more.on).map(|on| calendar_date(locale, &on).text),
            remark: some(&more.remark),
        },
        "tried" => Happening::Tried {
            how: line.detail.clone(),
            by: more.by.clone(),
            time: moment(locale, time, line),
            said: some(&more.remark),
        },
        "brought" => Happening::Brought {
            how: line.detail.clone(),
            by: more.by.clone(),
            to: more.to.clone(),
            time: moment(locale, time, line),
        },
        "call" => Happening::Call(call_line(locale, time, line)),
        "reopened" => Happening::Reopened,
        "refiled" => Happening::Refiled,
        "merged" => Happening::Merged,
        "absorbed" => Happening::Absorbed,
        "moved" => Happening::Moved {
            team: line.detail.clone(),
            reason: moved_reason(locale, view, line.at),
        },
        "joined" => Happening::Joined { who: line.detail.clone(), by: None },
        "left" => Happening::Left { who: line.detail.clone() },
        _ => return None,
    })
}

/// What happened about a call that was asked for.
fn call_line(locale: Locale, time: &SiteTime, line: &ShownLine) -> String {
    let more = &line.more;
    match (line.detail.as_str(), more.by.as_str(), more.to.as_str()) {
        ("asked", ..) => locale.t1("call-line-asked", "time", time.full(locale, more.at).text),
        ("told", _, "") => locale.t("call-line-told"),
        ("told", _, who) => locale.t1("call-line-told-who", "who", who),
        ("late", ..) => locale.t("call-line-late"),
        ("calling", "", _) => locale.t("call-line-calling"),
        ("calling", who, _) => locale.t1("call-line-calling-who", "who", who),
        ("off", ..) => locale.t("call-line-off"),
        _ => locale.t("call-line-unknown"),
    }
}

/// When it happened, unless it was written down at once.
fn moment(locale: Locale, time: &SiteTime, line: &ShownLine) -> Option<String> {
    let at = Timestamp::from_micros(line.more.at);
    let apart = line.at.seconds_since(at).unsigned_abs() > SAME_S;
    (line.more.at != 0 && apart).then(|| time.full(locale, line.more.at).text)
}

/// Why the conversation went to another team: the reason of the custody step of that moment.
fn moved_reason(locale: Locale, view: &ThreadView, at: Timestamp) -> Option<String> {
    let step = view
        .custody
        .iter()
        .find(|step| step.kind == domain::work_item::WorkEventKind::Passed && step.at == at)?;
    match step.prepared {
        Some(reason) => Some(locale.t(&format!("pass-reason-{}", reason.code()))),
        None => step.reason.clone(),
    }
}

/// The team that got the conversation since the reader last wrote, for a warning before sending.
pub fn joined_since(view: &ThreadView, reader: PersonId) -> Option<String> {
    let own = view.messages.iter().filter(|message| message.author == reader);
    let last = own.map(|message| message.seq).max()?;
    let moved = view.lines.iter().rev().find(|line| line.kind == "moved")?;
    (moved.seq > last).then(|| moved.detail.clone())
}

/// "By phone with Ana Reyes, Today, 9:12 am", for the record of a call.
pub fn call(locale: Locale, time: &SiteTime, letter: &Letter) -> Option<String> {
    let at = || time.full(locale, letter.spoke_at).text;
    (!letter.spoke_with.is_empty())
        .then(|| locale.t2("letter-call", "name", letter.spoke_with.as_str(), "time", at()))
}
