//! Administration: people, teams and sites. No health data: no struct here knows a patient's words,
//! threads or chart.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// One log-in in the list of people.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// The person.
    pub id: String,
    /// The name, family name first.
    pub name: String,
    /// The user name.
    pub username: String,
    /// Roles in the reader's words.
    pub roles: String,
    /// Teams, in words.
    pub teams: String,
    /// The last sign-in.
    pub last_seen: Option<When>,
    /// May sign in.
    pub active: bool,
    /// Signs in with a second factor; absent for those who need none and have none.
    pub second_factor: Option<bool>,
}

/// `GET /admin`: everybody who can sign in.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/admin.html")]
pub struct AdminPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Active people, everybody, or those without a second factor.
    pub filters: Vec<Choice>,
    /// The people.
    pub rows: Vec<PersonRow>,
    /// How many there are, when all of them are shown.
    pub total: Option<u64>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl Page for AdminPage {
    const NAME: &'static str = "staff-admin";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::admin(locale);
        let empty = Self { rows: Vec::new(), total: Some(0), next: None, ..typical.clone() };
        let mut long = typical.clone();
        for row in &mut long.rows {
            row.name = sample::LONG_NAME.into();
            row.username = "a".repeat(64);
            row.teams = sample::LONG.into();
        }
        vec![("typical", typical), ("empty", empty), ("longest", long)]
    }
}

/// A membership or grant that a person has, with its end.
#[derive(Debug, Clone)]
pub struct Affiliation {
    /// What: "Family medicine, nurse", "Helps Ana Reyes, whole record".
    pub text: String,
    /// From when, if it is said.
    pub from: Option<When>,
    /// Until when, if it ended or will.
    pub until: Option<When>,
    /// The address of the page that asks before ending it; absent once it ended.
    pub end: Option<String>,
}

/// `GET /admin/people/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/person.html")]
pub struct PersonPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The person.
    pub person: PersonRow,
    /// The number of sessions open now.
    pub sessions: u64,
    /// Memberships of teams.
    pub memberships: Vec<Affiliation>,
    /// Rights to act for patients, their own included.
    pub grants: Vec<Affiliation>,
    /// Teams the person could be added to; the role in it follows from the person's.
    pub teams: Vec<Choice>,
    /// What was ended and why, newest first.
    pub ended: Vec<EndLine>,
}

/// Something an administrator ended.
#[derive(Debug, Clone)]
pub struct EndLine {
    /// What it was.
    pub what: String,
    /// Why.
    pub reason: String,
    /// Who did it; absent at the machine's command line.
    pub by: Option<String>,
    /// When.
    pub at: When,
}

impl Page for PersonPage {
    const NAME: &'static str = "staff-person";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::person(locale);
        let mut disabled = typical.clone();
        disabled.person.active = false;
        disabled.person.last_seen = None;
        disabled.sessions = 0;
        disabled.memberships.clear();
        disabled.grants.clear();
        let mut long = typical.clone();
        long.person.name = sample::LONG_NAME.into();
        for line in long.memberships.iter_mut().chain(&mut long.grants) {
            line.text = sample::LONG.into();
        }
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[("team", "staff-fault-team")]),
            ..typical.clone()
        };
        vec![("typical", typical), ("disabled", disabled), ("longest", long), ("error", wrong)]
    }
}

/// `POST /admin/people/{id}/enrol`: a paper code, printed and handed over; shown once.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/enrolment.html")]
pub struct EnrolmentPage {
    /// What every page carries; its language is that of the person the sheet is for.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Whose code it is.
    pub name: String,
    /// The user name to sign in with.
    pub username: String,
    /// The code in groups of four.
    pub groups: Vec<String>,
    /// The address to type, without a path: "https://portal.example.org".
    pub address: String,
    /// Until when it works.
    pub until: When,
    /// The site's name and phone.
    pub site: (String, String),
    /// Whose record it opens, when that is somebody else's.
    pub helps: Option<String>,
    /// Where to go on.
    pub back: String,
}

impl Page for EnrolmentPage {
    const NAME: &'static str = "staff-enrolment";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::enrolment(locale);
        let long = Self {
            name: sample::LONG_NAME.to_owned(),
            helps: Some(sample::LONG_NAME.to_owned()),
            ..typical.clone()
        };
        vec![("typical", typical), ("longest", long)]
    }
}

/// `GET /admin/people/new`: a log-in to be made; a paper code makes it one that signs in.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/new_person.html")]
pub struct NewPersonPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// What the log-in is for.
    pub roles: Vec<Choice>,
    /// Whose staff they are.
    pub organizations: Vec<Choice>,
    /// Language of pages and notices.
    pub languages: Vec<Choice>,
    /// The name so far.
    pub name: String,
    /// The title so far.
    pub title: String,
    /// The phone so far.
    pub phone: String,
    /// The address for notices so far.
    pub email: String,
}

impl Page for NewPersonPage {
    const NAME: &'static str = "staff-new-person";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::new_person(locale);
        let wrong = Self {
            chrome: typical
                .chrome
                .clone()
                .with_problems(&[("name", "staff-fault-name"), ("email", "staff-fault-email")]),
            name: String::new(),
            ..typical.clone()
        };
        let long = Self {
            name: sample::LONG_NAME.into(),
            title: sample::LONG_NAME.into(),
            organizations: sample::long_choices(),
            ..typical.clone()
        };
        vec![("typical", typical), ("error", wrong), ("longest", long)]
    }
}

/// One team in the list.
#[derive(Debug, Clone)]
pub struct TeamRow {
    /// The team's page.
    pub href: String,
    /// Its plain name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Its site.
    pub site: String,
    /// How many members it has now.
    pub members: u64,
    /// Where it stands, in words.
    pub state: String,
    /// Patients can write to it.
    pub active: bool,
    /// What is missing before it can be activated, in words.
    pub missing: Option<String>,
}

/// `GET /admin/teams`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/teams.html")]
pub struct TeamsPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The teams.
    pub rows: Vec<TeamRow>,
}

impl Page for TeamsPage {
    const NAME: &'static str = "staff-teams";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::teams(locale);
        let mut long = typical.clone();
        for row in &mut long.rows {
            row.name = sample::LONG_NAME.into();
            row.purpose = sample::LONG.into();
        }
        let empty = Self { rows: Vec::new(), ..typical.clone() };
        vec![("typical", typical), ("empty", empty), ("longest", long)]
    }
}

/// `GET /admin/teams/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/team.html")]
pub struct TeamPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team.
    pub team: TeamRow,
    /// Hours, answer time, last-resort cover, successor: title in the reader's language, value.
    pub facts: Vec<(String, String)>,
    /// Its members.
    pub members: Vec<Affiliation>,
    /// What it must have before patients can write to it; empty unless it is being set up.
    pub checklist: Vec<CheckLine>,
    /// The page that asks before the team ends; `None` when it has ended and left nothing.
    pub end: Option<String>,
    /// What became of what it left, in sentences; empty unless it has ended.
    pub left: Vec<String>,
}

/// Something a team must have.
#[derive(Debug, Clone)]
pub struct CheckLine {
    /// What.
    pub text: String,
    /// Whether it has it.
    pub done: bool,
    /// The page where it is done.
    pub href: String,
}

impl Page for TeamPage {
    const NAME: &'static str = "staff-team";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::team(locale);
        let mut idle = typical.clone();
        idle.team.active = false;
        idle.team.state = locale.t("staff-team-status-draft");
        idle.members.clear();
        let needs = ["name", "purpose", "hours", "member", "last-resort", "triage-desk"];
        let lines = needs.iter().enumerate().map(|(n, what)| CheckLine {
            text: locale.t(&format!("staff-need-{what}")),
            done: n < 3,
            href: "/admin/teams/t/settings#name".to_owned(),
        });
        idle.checklist = lines.collect();
        let mut refused = idle.clone();
        refused.chrome = sample::chrome(locale).with_problems(&[
            ("activate", "staff-lack-member"),
            ("activate", "staff-lack-last-resort"),
            ("activate", "staff-lack-triage-desk"),
        ]);
        let mut whole = idle.clone();
        whole.checklist.iter_mut().for_each(|line| line.done = true);
        let mut long = typical.clone();
        long.team.name = sample::LONG_NAME.into();
        long.team.purpose = sample::LONG.into();
        let mut over = typical.clone();
        over.team.active = false;
        over.team.state = locale.t("staff-team-status-ended");
        over.left = vec![
            locale.t1("staff-team-ended-to", "to", "Heart clinic"),
            locale.t1("staff-team-ended-gone", "n", 1_000),
            locale.t1("staff-team-ended-waiting", "n", 37),
        ];
        vec![
            ("ended", over),
            ("typical", typical),
            ("empty", idle),
            ("error", refused),
            ("whole", whole),
            ("longest", long),
        ]
    }
}

/// One site in the list.
#[derive(Debug, Clone)]
pub struct SiteRow {
    /// The page of its holidays and short days.
    pub dates: String,
    /// Its name.
    pub name: String,
    /// The phone that error pages and late pages show.
    pub phone: String,
    /// Its hours in words.
    pub hours: String,
    /// The IANA zone.
    pub zone: String,
    /// The emergency number.
    pub emergency: String,
    /// The page of its numbers and its urgency check.
    pub safety: String,
    /// Whether texts are checked for urgency.
    pub checks: bool,
}

/// `GET /admin/sites`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/sites.html")]
pub struct SitesPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The sites.
    pub rows: Vec<SiteRow>,
}

impl Page for SitesPage {
    const NAME: &'static str = "staff-sites";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::sites(locale);
        let mut long = typical.clone();
        for row in &mut long.rows {
            row.name = sample::LONG_NAME.into();
            row.hours = sample::LONG.into();
        }
        let empty = Self { rows: Vec::new(), ..typical.clone() };
        vec![("typical", typical), ("empty", empty), ("longest", long)]
    }
}

/// A hidden field that a confirmation carries on.
#[derive(Debug, Clone)]
pub struct Hidden {
    /// The field.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Asks before an act: disabling a log-in, ending a membership or a grant, lowering a level.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/confirm.html")]
pub struct ConfirmPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The question as a heading: "Disable Nils Berg?"
    pub title: String,
    /// What follows from it, in sentences.
    pub consequences: Vec<String>,
    /// Where the form posts to.
    pub action: String,
    /// What it carries.
    pub hidden: Vec<Hidden>,
    /// The words of the button, saying the act.
    pub button: String,
    /// The act takes something away from somebody: the button says so by its look.
    pub grave: bool,
    /// Asks for a reason in the field `reason`.
    pub asks_reason: bool,
    /// The reason so far.
    pub reason: String,
    /// Where Cancel leads.
    pub back: String,
}

impl Page for ConfirmPage {
    const NAME: &'static str = "staff-confirm";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::confirm(locale);
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[("reason", "staff-fault-reason")]),
            ..typical.clone()
        };
        let plain = Self { asks_reason: false, ..typical.clone() };
        let long = Self { title: sample::LONG.to_owned(), ..typical.clone() };
        vec![
            ("typical", typical),
            ("error", wrong),
            ("plain", plain),
            ("level", sample::confirm_level(locale)),
            ("longest", long),
        ]
    }
}
