//! The front desk, billing, the access log and administration.

use super::super::{
    AccessLogPage, AccessRow, AdminPage, Affiliation, BillingPage, BillingRow, BulkBar, Choice,
    ConfirmPage, DayField, DeskPage, EnrolmentPage, EnvelopePage, EnvelopeRow, Hidden,
    NewPersonPage, PersonPage, PersonRow, SiteRow, SitesPage, Step, TargetLine, TeamPage, TeamRow,
    TeamSettingsPage, TeamsPage,
};
use super::super::{DateLine, DatesPage, Desk, EndLine, ImportReport};
use super::{
    DORA, FAMILY, NILS, PATIENT, THREAD, ago, choice, chrome, day, desk_elsewhere, due,
    office_desk, short, work,
};
use crate::i18n::Locale;
use crate::pages::Chrome;

fn as_person(locale: Locale, name: &str) -> Chrome {
    Chrome { user_name: Some(name.to_owned()), ..chrome(locale) }
}

fn admin_desk(locale: Locale) -> Desk {
    office_desk(
        locale,
        "Ada Novak",
        &locale.t("staff-role-administrator"),
        &[
            ("staff-rail-people", "/admin"),
            ("staff-rail-teams-admin", "/admin/teams"),
            ("staff-rail-sites", "/admin/sites"),
        ],
    )
}

/// What is said of an envelope that was not assigned.
pub(in super::super) fn missed_envelope(locale: Locale) -> String {
    let what = locale.t2("bulk-what-envelope", "reference", "K7-198", "name", "Reyes, Ana");
    locale.t2("bulk-missed", "what", what, "why", locale.t("bulk-why-changed"))
}

pub(in super::super) fn envelopes(locale: Locale) -> DeskPage {
    let row = |reference: &str,
               patient: &str,
               number: &str,
               team: &str,
               step,
               since,
               left: Option<(i64, &str)>| {
        EnvelopeRow {
            reference: reference.to_owned(),
            href: format!("/work/envelopes/{THREAD}"),
            patient: patient.to_owned(),
            record_number: number.to_owned(),
            team: team.to_owned(),
            step,
            received: short(locale, since),
            due: left.map(|(minutes, text)| due(locale, minutes, text)),
            pick: Some(reference.to_owned()),
            picked: reference == "K7-198",
        }
    };
    DeskPage {
        bulk: Some(BulkBar { handles: false, ..work::bulk(locale) }),
        missed: Vec::new(),
        chrome: as_person(locale, "Fred Okoye"),
        desk: Desk {
            finds_patients: true,
            ..office_desk(
                locale,
                "Fred Okoye",
                &locale.t("staff-role-desk"),
                &[("staff-rail-desk", "/work"), ("staff-find", "/patients")],
            )
        },
        rows: vec![
            row(
                "K7-204",
                "Moreno, Ben",
                "RV-003112",
                FAMILY,
                Step::WithTeam,
                42,
                Some((-12, "0:12")),
            ),
            row(
                "K7-198",
                "Reyes, Ana",
                "RV-004417",
                FAMILY,
                Step::Handled,
                95,
                Some((185, "3:05")),
            ),
            row(
                "K7-171",
                "Petrova, Irina",
                "RV-001090",
                "Diabetes care",
                Step::Handled,
                200,
                Some((362, "6:02")),
            ),
            row("K7-105", "García, Luz", "RV-004001", FAMILY, Step::WaitingPatient, 2_900, None),
        ],
        total: 4,
        late: 1,
        next: Some("/work/desk?after=3".to_owned()),
        filter: None,
    }
}

pub(in super::super) fn envelope(locale: Locale) -> EnvelopePage {
    let list = envelopes(locale);
    EnvelopePage {
        chrome: list.chrome,
        desk: list.desk,
        thread: THREAD.to_owned(),
        version: 3,
        row: EnvelopeRow {
            reference: "K7-198".to_owned(),
            href: format!("/work/envelopes/{THREAD}"),
            patient: "Reyes, Ana".to_owned(),
            record_number: "RV-004417".to_owned(),
            team: FAMILY.to_owned(),
            step: Step::Handled,
            received: short(locale, 95),
            due: Some(due(locale, 185, "3:05")),
            pick: None,
            picked: false,
        },
        holder: Some(NILS.to_owned()),
        members: vec![choice("1", NILS, true), choice("2", DORA, false)],
        passes: vec![choice("3", "Diabetes care", true)],
        reasons: crate::staff::pass::reasons(locale),
    }
}

pub(in super::super) fn billing(locale: Locale) -> BillingPage {
    let row = |days,
               reference: &str,
               patient: &str,
               number: &str,
               person: &str,
               key: &str,
               time: &str| {
        BillingRow {
            day: day(locale, days),
            reference: reference.to_owned(),
            patient: patient.to_owned(),
            record_number: number.to_owned(),
            person: person.to_owned(),
            activity: locale.t(key),
            time: time.to_owned(),
        }
    };
    let nurse = format!("{NILS}, {}", locale.t("staff-role-nurse"));
    let doctor = format!("{DORA}, {}", locale.t("staff-role-clinician"));
    BillingPage {
        chrome: as_person(locale, "Bob Tanaka"),
        desk: office_desk(
            locale,
            "Bob Tanaka",
            &locale.t("staff-role-billing"),
            &[("staff-rail-time", "/billing")],
        ),
        recorded: true,
        from: "2026-11-01".to_owned(),
        to: "2026-11-22".to_owned(),
        rows: vec![
            row(0, "K7-198", "Reyes, Ana", "RV-004417", &nurse, "staff-activity-answering", "6:20"),
            row(
                0,
                "K7-198",
                "Reyes, Ana",
                "RV-004417",
                &doctor,
                "staff-activity-reviewing",
                "4:05",
            ),
            row(
                1,
                "K7-171",
                "Petrova, Irina",
                "RV-001090",
                &nurse,
                "staff-activity-answering",
                "2:10",
            ),
        ],
        sum: "12:35".to_owned(),
        next: None,
    }
}

pub(in super::super) fn access_log(locale: Locale) -> AccessLogPage {
    let row =
        |at: usize, minutes, who: &str, role: &str, what: &str, basis: String, allowed, times| {
            AccessRow {
                id: THREAD.replace("0101", &format!("5{at:03}")),
                at: ago(locale, minutes),
                who: who.to_owned(),
                role: role.to_owned(),
                what: locale.t(what),
                basis,
                allowed,
                times,
            }
        };
    let member = || locale.t1("staff-basis-member", "team", FAMILY);
    let grant = locale.t1("staff-basis-grant", "date", day(locale, 203).text);
    let (nurse, clinician) = (locale.t("staff-role-nurse"), locale.t("staff-role-clinician"));
    AccessLogPage {
        chrome: as_person(locale, "Olga Marin"),
        desk: office_desk(
            locale,
            "Olga Marin",
            &locale.t("staff-role-privacy_officer"),
            &[("staff-rail-privacy", "/access-log")],
        ),
        record_number: "RV-004417".to_owned(),
        from: "2026-11-01".to_owned(),
        to: String::new(),
        outcomes: vec![
            choice("all", &locale.t("staff-outcomes-all"), true),
            choice("refused", &locale.t("staff-outcomes-refused"), false),
        ],
        rows: Some(vec![
            row(1, 95, NILS, &nurse, "staff-what-reply", member(), true, 1),
            row(2, 96, NILS, &nurse, "staff-what-read-chart", member(), true, 1),
            row(
                3,
                700,
                "Pia Reyes",
                &locale.t("staff-role-helper"),
                "staff-what-read-thread",
                grant,
                true,
                1,
            ),
            row(
                4,
                1_500,
                "Dr. Eve Stone",
                &clinician,
                "staff-what-read-thread",
                locale.t("staff-basis-none"),
                false,
                3,
            ),
        ]),
        next: Some("/privacy/0198c0de-0000-7000-8000-0000000000aa?after=4".to_owned()),
    }
}

fn person_row(locale: Locale, id: usize, name: &str, username: &str, role: &str) -> PersonRow {
    PersonRow {
        id: PATIENT.replace("0001", &format!("4{id:03}")),
        name: name.to_owned(),
        username: username.to_owned(),
        roles: locale.t(role),
        teams: FAMILY.to_owned(),
        last_seen: Some(short(locale, 90)),
        active: true,
        second_factor: Some(true),
    }
}

pub(in super::super) fn admin(locale: Locale) -> AdminPage {
    let patient = PersonRow {
        teams: String::new(),
        second_factor: Some(false),
        last_seen: None,
        ..person_row(locale, 3, "Reyes, Ana", "ana", "staff-role-patient")
    };
    let gone = PersonRow {
        active: false,
        teams: String::new(),
        ..person_row(locale, 4, "Hill, Rex", "rex", "staff-role-helper")
    };
    AdminPage {
        chrome: as_person(locale, "Ada Novak"),
        desk: admin_desk(locale),
        filters: vec![
            choice("active", &locale.t("staff-filter-active"), true),
            choice("all", &locale.t("staff-filter-all"), false),
            choice("no-second-factor", &locale.t("staff-filter-no-factor"), false),
        ],
        rows: vec![
            person_row(locale, 1, "Berg, Nils", "nils", "staff-role-nurse"),
            person_row(locale, 2, "Lind, Dora", "dora", "staff-role-clinician"),
            patient,
            gone,
        ],
        total: Some(4),
        next: Some("/admin?after=4".to_owned()),
    }
}

pub(in super::super) fn person(locale: Locale) -> PersonPage {
    let id = PATIENT.replace("0001", "4001");
    let role = locale.t("staff-role-nurse");
    PersonPage {
        chrome: as_person(locale, "Ada Novak"),
        desk: admin_desk(locale),
        person: person_row(locale, 1, "Nils Berg", "nils", "staff-role-nurse"),
        sessions: 2,
        memberships: vec![
            Affiliation {
                text: locale.t2("staff-membership", "team", FAMILY, "role", &role),
                from: Some(day(locale, 900)),
                until: None,
                end: Some(format!("/admin/people/{id}/memberships/{THREAD}/end")),
            },
            Affiliation {
                text: locale.t2("staff-membership", "team", "Diabetes care", "role", &role),
                from: Some(day(locale, 700)),
                until: Some(day(locale, 30)),
                end: None,
            },
        ],
        grants: vec![Affiliation {
            text: locale.t1("staff-person-grant-helper", "patient", "Ana Reyes"),
            from: Some(day(locale, 203)),
            until: None,
            end: Some(format!("/admin/grants/{THREAD}/end")),
        }],
        teams: vec![choice("1", "Diabetes care", true), choice("2", "Cardiology", false)],
        ended: vec![EndLine {
            what: locale.t1("staff-ended-membership", "team", "Cardiology"),
            reason: "Works at another clinic now".to_owned(),
            by: Some("Ada Novak".to_owned()),
            at: day(locale, 30),
        }],
    }
}

pub(in super::super) fn enrolment(locale: Locale) -> EnrolmentPage {
    EnrolmentPage {
        chrome: as_person(locale, "Ada Novak"),
        desk: admin_desk(locale),
        name: "Ana Reyes".to_owned(),
        username: "ana.reyes".to_owned(),
        groups: ["K7QF", "2MXW", "9DTR", "H4BC"].map(str::to_owned).to_vec(),
        address: "https://portal.example.org".to_owned(),
        until: day(locale, -14),
        site: ("Riverside".to_owned(), "555-0100".to_owned()),
        helps: None,
        back: format!("/admin/people/{PATIENT}"),
    }
}

fn team_row(locale: Locale, at: usize, name: &str, purpose: &str, members: u64) -> TeamRow {
    let what = ["staff-need-member", "staff-need-last-resort"].map(|key| locale.t(key)).join(", ");
    let missing = (members == 0).then(|| locale.t1("staff-team-missing", "what", what));
    let status = if missing.is_none() { "active" } else { "draft" };
    TeamRow {
        href: format!("/admin/teams/{}", THREAD.replace("0101", &format!("3{at:03}"))),
        name: name.to_owned(),
        purpose: purpose.to_owned(),
        site: "Riverside".to_owned(),
        members,
        state: locale.t(&format!("staff-team-status-{status}")),
        active: missing.is_none(),
        missing,
    }
}

pub(in super::super) fn new_person(locale: Locale) -> NewPersonPage {
    let list = admin(locale);
    NewPersonPage {
        chrome: list.chrome,
        desk: list.desk,
        roles: ["patient", "nurse", "clinician"]
            .iter()
            .map(|code| choice(code, &locale.t(&format!("staff-role-{code}")), *code == "nurse"))
            .collect(),
        organizations: vec![choice("1", "Riverside", true)],
        languages: vec![choice("en", "English", true), choice("es", "Español", false)],
        name: "Sara Kim".to_owned(),
        title: String::new(),
        phone: String::new(),
        email: String::new(),
    }
}

pub(in super::super) fn teams(locale: Locale) -> TeamsPage {
    TeamsPage {
        chrome: as_person(locale, "Ada Novak"),
        desk: admin_desk(locale),
        rows: vec![
            team_row(locale, 1, FAMILY, "Everyday questions, medicines, follow-up of visits", 5),
            team_row(locale, 2, "Diabetes care", "Sugar, insulin, A1c results", 3),
            team_row(locale, 3, "Foot clinic", "Wounds and nails", 0),
        ],
    }
}

pub(in super::super) fn team(locale: Locale) -> TeamPage {
    let member = |name: &str, role: &str, days| Affiliation {
        text: format!("{name}, {}", locale.t(role)),
        from: Some(day(locale, days)),
        until: None,
        end: Some(format!("/admin/people/{PATIENT}/memberships/{THREAD}/end")),
    };
    TeamPage {
        chrome: as_person(locale, "Ada Novak"),
        desk: admin_desk(locale),
        team: team_row(locale, 1, FAMILY, "Everyday questions, medicines, follow-up of visits", 5),
        facts: vec![
            (locale.t("staff-team-hours"), "8–17".to_owned()),
            (locale.t("staff-team-target"), "8 h".to_owned()),
            (locale.t("staff-team-cover"), DORA.to_owned()),
        ],
        members: vec![
            member(NILS, "staff-role-nurse", 900),
            member("Dora Lind", "staff-role-clinician", 2_000),
        ],
        checklist: Vec::new(),
        left: Vec::new(),
        end: Some("/admin/teams/t/end".to_owned()),
    }
}

/// Office hours, Monday first, as a form shows them.
pub(in super::super) fn days(locale: Locale) -> Vec<DayField> {
    let fields =
        ["hours_mon", "hours_tue", "hours_wed", "hours_thu", "hours_fri", "hours_sat", "hours_sun"];
    (1..)
        .zip(fields)
        .map(|(n, field)| DayField {
            field,
            name: locale.t(&format!("weekday-{n}")),
            hours: if n < 6 { "08:00-12:00 13:00-17:00".to_owned() } else { String::new() },
        })
        .collect()
}

pub(in super::super) fn team_settings(locale: Locale) -> TeamSettingsPage {
    let choice =
        |value: &str, text: String| Choice { value: value.to_owned(), text, chosen: value == "d" };
    let member =
        |value: &str, name: &str, role: &str| choice(value, format!("{name}, {}", locale.t(role)));
    let members =
        vec![member("n", NILS, "staff-role-nurse"), member("d", DORA, "staff-role-clinician")];
    let none = |key: &str| choice("", locale.t(key));
    let soon = format!("3 {}", locale.t("staff-level-3"));
    TeamSettingsPage {
        chrome: as_person(locale, "Ada Novak"),
        desk: admin_desk(locale),
        team: format!("/admin/teams/{THREAD}"),
        title: FAMILY.to_owned(),
        name: FAMILY.to_owned(),
        care_type: "Family doctor".to_owned(),
        purpose: "Everyday questions, medicines, follow-up of visits".to_owned(),
        days: days(locale),
        zone: "America/New_York".to_owned(),
        hours: "8".to_owned(),
        percent: "80".to_owned(),
        covers: std::iter::once(none("staff-team-cover-none")).chain(members.clone()).collect(),
        leads: members,
        successors: vec![
            none("staff-team-successor-none"),
            choice("t", "Diabetes care".to_owned()),
        ],
        targets: vec![TargetLine {
            what: format!("{}, {soon}", locale.t("staff-category-refill")),
            hours: "16".to_owned(),
            category: "refill".to_owned(),
            level: 3,
        }],
        categories: vec![
            none("staff-target-any"),
            choice("refill", locale.t("staff-category-refill")),
        ],
        levels: vec![choice("3", soon)],
        target_hours: String::new(),
        direct: true,
        show_names: true,
        version: 3,
        lost: Vec::new(),
    }
}

pub(in super::super) fn dates(locale: Locale) -> DatesPage {
    let date = |iso: &str, days: i64, hours: &str, name: &str| DateLine {
        day: crate::i18n::When { iso: iso.to_owned(), text: day(locale, days).text },
        hours: hours.to_owned(),
        name: name.to_owned(),
    };
    let why = locale.t("staff-ical-time");
    let name = "Office party".to_owned();
    let left_out: [(&str, &dyn crate::i18n::Word); 3] =
        [("line", &6_u64), ("name", &name), ("why", &why)];
    DatesPage {
        chrome: as_person(locale, "Ada Novak"),
        desk: admin_desk(locale),
        address: format!("/admin/sites/{THREAD}/dates"),
        back: ("/admin/sites".to_owned(), locale.t("staff-sites-title")),
        title: "Riverside".to_owned(),
        of_team: false,
        dates: vec![
            date("2026-12-24", -32, "08:00-12:00", "Christmas Eve"),
            date("2026-12-25", -33, "", "Christmas Day"),
        ],
        day: String::new(),
        hours: String::new(),
        date_name: String::new(),
        calendar: String::new(),
        duty: Some((format!("/admin/sites/{THREAD}/duty"), true)),
        report: Some(ImportReport {
            added: 11,
            kept: 1,
            left_out: vec![locale.t_args("staff-ical-left-out", &left_out)],
        }),
    }
}

pub(in super::super) fn sites(locale: Locale) -> SitesPage {
    SitesPage {
        chrome: as_person(locale, "Ada Novak"),
        desk: admin_desk(locale),
        rows: vec![SiteRow {
            dates: format!("/admin/sites/{THREAD}/dates"),
            name: "Riverside".to_owned(),
            phone: "555-0100".to_owned(),
            hours: "8–17".to_owned(),
            zone: "America/New_York".to_owned(),
            emergency: "911".to_owned(),
            safety: format!("/admin/sites/{THREAD}/safety"),
            checks: true,
        }],
    }
}

pub(in super::super) fn confirm(locale: Locale) -> ConfirmPage {
    ConfirmPage {
        chrome: as_person(locale, "Ada Novak"),
        desk: admin_desk(locale),
        title: locale.t1("staff-disable-title", "name", NILS),
        consequences: vec![
            locale.t("staff-disable-signs-out"),
            locale.t("staff-disable-work"),
            locale.t("staff-disable-keeps"),
        ],
        action: format!("/admin/people/{PATIENT}/disable"),
        hidden: vec![Hidden { name: "version".to_owned(), value: "4".to_owned() }],
        button: locale.t("staff-disable-go"),
        grave: true,
        asks_reason: true,
        reason: String::new(),
        back: format!("/admin/people/{PATIENT}"),
    }
}

pub(in super::super) fn confirm_level(locale: Locale) -> ConfirmPage {
    let level = format!("4 {}", locale.t("staff-level-4"));
    ConfirmPage {
        chrome: chrome(locale),
        desk: desk_elsewhere(locale),
        title: locale.t1("staff-lower-title", "level", level),
        consequences: vec![locale.t("staff-lower-why")],
        action: format!("/work/threads/{THREAD}/level"),
        hidden: vec![Hidden { name: "level".to_owned(), value: "4".to_owned() }],
        button: locale.t("staff-lower-go"),
        grave: false,
        back: format!("/work/threads/{THREAD}"),
        ..confirm(locale)
    }
}
