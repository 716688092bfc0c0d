//! Samples of the staff pages: one small clinic on one morning, and texts that are too long or
//! hostile. People's names and words stay as typed; everything else comes from Fluent.

mod office;
mod patient;
mod record;
mod work;

pub(super) use office::{
    access_log, admin, billing, confirm, confirm_level, dates, days, enrolment, envelope,
    envelopes, missed_envelope, new_person, person, sites, team, team_settings, teams,
};
pub(super) use patient::{promote, staff_patient, start};
pub(super) use record::thread_record;
pub(super) use work::{
    newer, patient, patient_long, queue, thread, thread_bare, thread_between_staff, thread_closed,
    thread_crossed, thread_long, thread_newer, thread_unclaimed, thread_unsent,
};

use super::{Choice, Desk, Due, RailGroup, RailLink};
use crate::i18n::{Locale, SiteTime, When};
use crate::pages::{Chrome, Flash, FlashKind, Place, Problem};

/// Sunday, November 22, 2026, 10:30 in New York: the moment every sample is made.
const NOW: i64 = 1_795_361_400_000_000;
const MINUTE: i64 = 60_000_000;

pub(super) const THREAD: &str = "0198c0de-0000-7000-8000-000000000101";
pub(super) const PATIENT: &str = "0198c0de-0000-7000-8000-000000000001";
pub(super) const DORA: &str = "Dr. Dora Lind";
pub(super) const NILS: &str = "Nils Berg";
pub(super) const FAMILY: &str = "Family medicine";
pub(super) const LONG_NAME: &str = "<script>alert(\"x\")</script> Wolfeschlegelsteinhausenbergerdorff \
     O'Connor-y-Fernández de la Concepción \"Mária\" <b>III</b>";
pub(super) const LONG: &str = "The question is long & <b>bold</b>, with \"quotes\" and a word \
     Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft that does not \
     break, and then it goes on for a while about 5 < 6 and what the leaflet said. ";

fn site() -> SiteTime {
    SiteTime::new("America/New_York", NOW)
}

/// A letter's moment, `minutes` before now.
pub(super) fn ago(locale: Locale, minutes: i64) -> When {
    site().full(locale, NOW - minutes * MINUTE)
}

/// A list's moment, `minutes` before now.
pub(super) fn short(locale: Locale, minutes: i64) -> When {
    site().short(locale, NOW - minutes * MINUTE)
}

/// A day, `days` before now.
fn day(locale: Locale, days: i64) -> When {
    site().day(locale, NOW - days * 1_440 * MINUTE)
}

/// A deadline, `minutes` from now; negative when it has passed.
fn due(locale: Locale, minutes: i64, left: &str) -> Due {
    Due {
        at: site().until(locale, NOW + minutes * MINUTE),
        left: left.to_owned(),
        late: minutes < 0,
    }
}

/// The chrome of a nurse at work.
pub(super) fn chrome(locale: Locale) -> Chrome {
    Chrome { user_name: Some(NILS.to_owned()), ..Chrome::sample(locale, Place::Elsewhere) }
}

/// The chrome after an act that can still be undone.
pub(super) fn flashed(locale: Locale, key: &str) -> Chrome {
    let undo = Some((format!("/work/threads/{THREAD}/undo"), 10));
    Chrome {
        flash: Some(Flash { kind: FlashKind::Good, text: locale.t(key), undo }),
        ..chrome(locale)
    }
}

/// The chrome after a form whose field was not right.
pub(super) fn faulty(locale: Locale, field: &str, key: &str) -> Chrome {
    let problem = Problem { field: field.to_owned(), text: locale.t(key) };
    Chrome { problems: vec![problem], ..chrome(locale) }
}

fn link(locale: Locale, key: &str, href: &str, count: Option<u64>) -> RailLink {
    RailLink { text: locale.t(key), href: href.to_owned(), count, current: false, key: None }
}

/// The frame of a nurse in two teams, on the team queue.
pub(super) fn desk(locale: Locale) -> Desk {
    let mut queue = link(locale, "staff-rail-queue", "/work?list=team", Some(9));
    queue.current = true;
    queue.key = Some("q");
    let mut mine = link(locale, "staff-rail-mine", "/work?list=mine", Some(2));
    mine.key = Some("m");
    let mut waiting = link(locale, "staff-rail-waiting", "/work?list=waiting", Some(7));
    waiting.key = Some("w");
    let closed = link(locale, "staff-rail-closed", "/work?list=closed", None);
    let team = |name: &str, count| RailLink {
        text: name.to_owned(),
        href: format!("/work?team={THREAD}"),
        count: Some(count),
        current: false,
        key: None,
    };
    let work = vec![queue, mine, waiting, closed];
    let teams = vec![team(FAMILY, 6), team("Diabetes care", 3)];
    let patients = vec![link(locale, "staff-find", "/patients", None)];
    Desk {
        place: "Riverside · Family medicine".to_owned(),
        me: format!("{NILS}, {}", locale.t("staff-role-nurse")),
        rail: vec![
            RailGroup { title: locale.t("staff-rail-work"), links: work },
            RailGroup { title: locale.t("staff-rail-teams"), links: teams },
            RailGroup { title: locale.t("staff-rail-patients"), links: patients },
        ],
        finds_patients: true,
        single_keys: true,
    }
}

/// The same frame on a page that is none of its lists.
pub(super) fn desk_elsewhere(locale: Locale) -> Desk {
    let mut desk = desk(locale);
    for link in desk.rail.iter_mut().flat_map(|group| &mut group.links) {
        link.current = false;
    }
    desk
}

/// The same frame with everything too long.
pub(super) fn long_desk(locale: Locale) -> Desk {
    let mut desk = desk(locale);
    desk.place = LONG_NAME.into();
    desk.me = LONG_NAME.into();
    for link in desk.rail.iter_mut().flat_map(|group| &mut group.links) {
        link.text = LONG_NAME.into();
        link.count = Some(12_345);
    }
    desk
}

/// The frame of an office: one group of links, the first of them current.
fn office_desk(locale: Locale, who: &str, role: &str, links: &[(&str, &str)]) -> Desk {
    let links = links
        .iter()
        .enumerate()
        .map(|(at, (key, href))| RailLink { current: at == 0, ..link(locale, key, href, None) })
        .collect();
    Desk {
        place: "Riverside".to_owned(),
        me: format!("{who}, {role}"),
        rail: vec![RailGroup { title: locale.t("staff-rail-office"), links }],
        finds_patients: false,
        single_keys: true,
    }
}

/// A choice of a select.
fn choice(value: &str, text: &str, chosen: bool) -> Choice {
    Choice { value: value.to_owned(), text: text.to_owned(), chosen }
}

/// Choices whose words are too long.
pub(super) fn long_choices() -> Vec<Choice> {
    vec![choice("1", LONG_NAME, true), choice("2", LONG, false)]
}
