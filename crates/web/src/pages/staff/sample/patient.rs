//! The patient's page, and what is begun from it: a conversation, a note that becomes one.

use super::super::{
    NoteView, PromotePage, StaffPatientPage, StartKind, StartPage, Step, ThreadLine, VisitLine,
};
use super::work::{chart, helpers, nurse, patient};
use super::{DORA, FAMILY, NILS, THREAD, choice, chrome, day, desk_elsewhere, short};
use crate::i18n::Locale;

pub(in super::super) fn start(locale: Locale, kind: StartKind) -> StartPage {
    StartPage {
        chrome: chrome(locale),
        desk: desk_elsewhere(locale),
        kind,
        patient: patient(locale),
        readers: vec!["Ana Reyes".to_owned(), "Pia Reyes (daughter)".to_owned(), FAMILY.to_owned()],
        teams: vec![choice("1", FAMILY, true), choice("2", "Diabetes care", false)],
        visits: vec![choice(
            "1",
            &locale.t2("staff-about-visit", "date", day(locale, 25).text, "with", DORA),
            true,
        )],
        categories: ["after_visit", "medication", "result", "other"]
            .into_iter()
            .map(|code| {
                choice(code, &locale.t(&format!("staff-category-{code}")), code == "result")
            })
            .collect(),
        headline: "Your A1c result".to_owned(),
        body: String::new(),
        shown_as: format!("{NILS}, {}", nurse(locale)),
        client_msg_id: THREAD.replace("0101", "6002"),
        version: 0,
    }
}

pub(in super::super) fn promote(locale: Locale) -> PromotePage {
    let note = NoteView {
        id: THREAD.replace("0101", "8001"),
        author: DORA.to_owned(),
        at: short(locale, 25),
        body: vec!["Keep metformin as it is, check again in March.".to_owned()],
        may_promote: true,
    };
    PromotePage {
        chrome: chrome(locale),
        desk: desk_elsewhere(locale),
        thread: THREAD.to_owned(),
        body: note.body.join("\n\n"),
        note,
        readers: vec!["Ana Reyes".to_owned(), "Pia Reyes (daughter)".to_owned()],
        shown_as: format!("{NILS}, {}", nurse(locale)),
        base_seq: 3,
        client_msg_id: THREAD.replace("0101", "6003"),
    }
}

pub(in super::super) fn staff_patient(locale: Locale) -> StaffPatientPage {
    let thread = |headline: &str, team: &str, step, minutes| ThreadLine {
        href: format!("/work/threads/{THREAD}"),
        headline: headline.to_owned(),
        team: team.to_owned(),
        step,
        last: short(locale, minutes),
    };
    let visit = |text: &str, with: &str, days| VisitLine {
        at: day(locale, days),
        text: text.to_owned(),
        with: with.to_owned(),
    };
    let fact = |key: &str, value: &str| (locale.t(key), value.to_owned());
    StaffPatientPage {
        chrome: chrome(locale),
        desk: desk_elsewhere(locale),
        patient: patient(locale),
        facts: vec![
            fact("staff-fact-language", "English"),
            fact("staff-fact-phone", "555-0142"),
            fact("staff-fact-address", "14 Mill Lane, Riverside"),
        ],
        has_account: Some(true),
        circle: helpers(locale),
        threads: vec![
            thread("Your A1c result and next step", FAMILY, Some(Step::Handled), 95),
            thread("Carvedilol: heart rate?", FAMILY, None, 1_500),
            thread("Furosemide and the heat", "Cardiology", Some(Step::Closed), 90_000),
        ],
        visits: vec![
            visit("Office visit, follow-up of diabetes", &format!("{DORA}, Riverside"), 25),
            visit("Laboratory", "Riverside laboratory", 28),
            visit("Emergency room, shortness of breath", "Lakeside Hospital", 171),
        ],
        chart: chart(locale),
        chart_as_of: Some(locale.t1("staff-chart-as-of", "date", day(locale, 1).text)),
        plan: Some(vec![locale.t2(
            "plan-line-ge",
            "what",
            locale.t("plan-systolic"),
            "value",
            "160 mmHg",
        )]),
        may_write: true,
        told_begun: false,
    }
}
