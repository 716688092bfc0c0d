//! The demo clinic, seeded on each engine.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use app::credential::password::Password;
use app::demo::seed::{DemoManifest, ManifestPerson, seed};
use app::demo::story::{self, DemoAct};
use app::sign_in::{Attempt, SignedIn, sign_in};
use app::{chart, circle, draft, inbox, note, thread};
use domain::access::{Actor, Purpose, Scopes};
use domain::ids::{PatientId, PersonId, ThreadId};
use domain::message::CorrectionKind;
use domain::thread::{Category, ThreadState};
use domain::time::Timestamp;
use domain::work_item::Outcome;
use store::db::DbError;
use store::inbox_row::{After, Filter};
use store::sql;

use crate::world::World;

/// Sunday, 22 November 2026, 15:20 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_795_360_800);

struct Clinic {
    test: World,
    manifest: DemoManifest,
}

impl Clinic {
    fn person(&self, key: &str) -> &ManifestPerson {
        self.manifest.people.iter().find(|person| person.key == key).expect("in the manifest")
    }

    fn actor(&self, key: &str) -> Actor {
        let app = &self.test.app;
        let username = key.to_owned();
        let id: PersonId = app
            .write(&Actor::system(), move |cx| app::admin::find_person(cx, &username))
            .expect("a log-in");
        let (role, epoch) =
            app.db().read(|tx| store::access::actor_facts(tx, id)).expect("facts").expect("active");
        Actor {
            person: Some(id),
            role,
            session: None,
            device: None,
            scopes: Scopes::Session,
            auth_time: app.now(),
            epoch,
            purpose: Purpose::Treatment,
        }
    }

    fn patient(&self, key: &str) -> PatientId {
        self.person(key).patient_id.as_deref().expect("a patient").parse().expect("an id")
    }

    fn thread(&self, key: &str) -> ThreadId {
        self.manifest.threads[key].parse().expect("an id")
    }

    fn view(&self, who: &str, key: &str) -> app::Result<thread::ThreadView> {
        let (actor, id) = (self.actor(who), self.thread(key));
        self.test.app.read(&actor, |cx| thread::view(cx, id, i64::MAX, 100))
    }

    /// What a statement about the moment of the demo counts.
    fn count(&self, statement: store::db::Sql) -> i64 {
        let read = |tx: &mut store::db::Tx<'_>| -> Result<i64, DbError> {
            tx.query_one(statement, &[&NOW])?.get(0)
        };
        self.test.app.db().read(read).expect("a count")
    }
}

#[test]
fn the_demo_clinic_tells_its_story_on_each_engine() {
    for test in World::empty() {
        let begun = Instant::now();
        let manifest = seed(&test.app, &test.clock, NOW, "http://localhost:8080").unwrap();
        println!("seeded in {:?}", begun.elapsed());
        assert_eq!(test.app.now(), NOW);
        let clinic = Clinic { test, manifest };
        the_manifest_is_whole(&clinic);
        nothing_lies_in_the_future(&clinic);
        every_thread_is_as_the_story_ends(&clinic);
        ana_sees_her_year(&clinic);
        strangers_stay_strangers(&clinic);
        teams_say_when_they_answer(&clinic);
        people_can_sign_in(&clinic);
        let again = seed(&clinic.test.app, &clinic.test.clock, NOW, "http://localhost:8080");
        assert!(matches!(again, Err(app::Error::Conflict(_))), "a seeded clinic is left alone");
    }
}

fn the_manifest_is_whole(clinic: &Clinic) {
    let manifest = &clinic.manifest;
    assert_eq!(manifest.url, "http://localhost:8080");
    assert_eq!(manifest.teams.len(), story::teams().len());
    assert_eq!(manifest.threads.len(), story::threads().count());
    let signing_in = story::people().filter(|person| person.signs_in).count();
    assert_eq!(manifest.people.len(), signing_in);
    for person in &manifest.people {
        let told = story::people().find(|told| told.key == person.key).unwrap();
        assert_eq!(person.role, told.role.code());
        assert_eq!(person.totp_secret.is_some(), told.role.is_staff(), "{}", person.key);
        assert_eq!(person.patient_id.is_some(), person.role == "patient", "{}", person.key);
    }
    let text = serde_json::to_string(manifest).unwrap();
    assert_eq!(&serde_json::from_str::<DemoManifest>(&text).unwrap(), manifest);
    assert!(!format!("{manifest:?}").contains(&clinic.person("ana").password));
}

fn nothing_lies_in_the_future(clinic: &Clinic) {
    for (what, late) in [
        ("message", sql!("SELECT count(*) FROM message WHERE sent_at >= $1")),
        ("line", sql!("SELECT count(*) FROM thread_event WHERE happened_at >= $1")),
        ("step", sql!("SELECT count(*) FROM work_event WHERE happened_at >= $1")),
        ("note", sql!("SELECT count(*) FROM staff_note WHERE written_at >= $1")),
        ("answer", sql!("SELECT count(*) FROM answer_time WHERE answered_at >= $1")),
        ("log", sql!("SELECT count(*) FROM audit_event WHERE at > $1")),
        (
            "unnumbered",
            sql!("SELECT count(*) FROM audit_event WHERE position IS NULL AND at <= $1"),
        ),
        ("notice", sql!("SELECT count(*) FROM notice WHERE created_at <= $1")),
    ] {
        assert_eq!(clinic.count(late), 0, "{what}");
    }
    // Numbers are dense: as many messages and lines as the newest number says.
    let gaps = sql!(
        "SELECT count(*) FROM thread t WHERE t.created_at < $1 AND t.last_seq <> \
         (SELECT count(*) FROM message m WHERE m.thread_id = t.id) + \
         (SELECT count(*) FROM thread_event e WHERE e.thread_id = t.id)"
    );
    assert_eq!(clinic.count(gaps), 0);
}

/// Whose move it is after the last entry that moves anything.
fn told_state(told: &story::DemoThread) -> ThreadState {
    let staff = |key: &str| story::people().any(|p| p.key == key && p.role.is_staff());
    let mut state = ThreadState::WaitingTeam;
    for entry in told.entries {
        state = match entry.act {
            DemoAct::Message { .. } if !staff(entry.author) => ThreadState::WaitingTeam,
            DemoAct::Message { questions: [], .. } | DemoAct::Phone { .. } => ThreadState::Open,
            DemoAct::Message { .. } => ThreadState::WaitingPatient,
            DemoAct::Pass { .. } | DemoAct::Claim | DemoAct::Assign { .. } => {
                ThreadState::WaitingTeam
            }
            DemoAct::Close { .. } => ThreadState::Closed,
            _ => state,
        };
    }
    state
}

fn every_thread_is_as_the_story_ends(clinic: &Clinic) {
    let mut notes = 0;
    for told in story::threads() {
        // The last colleague who acted reads it, else one of the team.
        let clinical = |key: &str| story::people().any(|p| p.key == key && p.role.is_clinical());
        let team = story::teams().iter().find(|team| team.key == told.team).unwrap();
        let acted = told.entries.iter().rev().map(|entry| entry.author);
        let reader = acted.chain(team.members.iter().copied()).find(|key| clinical(key)).unwrap();
        let view = clinic.view(reader, told.key).unwrap_or_else(|e| panic!("{}: {e}", told.key));
        assert_eq!(view.headline, told.headline);
        let messages: Vec<_> = told
            .entries
            .iter()
            .filter_map(|entry| match entry.act {
                DemoAct::Message { text, .. } | DemoAct::Phone { text } => Some(text),
                DemoAct::Close { outcome: Outcome::Callback, note } => Some(note),
                _ => None,
            })
            .collect();
        let shown: Vec<_> = view.messages.iter().map(|m| m.letter.body.as_str()).collect();
        assert_eq!(shown, messages, "{}", told.key);
        if told.kind == domain::thread::ThreadKind::Care {
            assert_eq!(view.state, told_state(told), "{}", told.key);
        }
        let id = clinic.thread(told.key);
        let actor = clinic.actor(reader);
        notes += clinic.test.app.read(&actor, |cx| note::list(cx, id)).unwrap().len();
        let corrected = view.messages.iter().flat_map(|m| &m.corrections);
        let retracted = corrected.filter(|(kind, ..)| *kind == CorrectionKind::Retraction).count();
        let wanted =
            told.entries.iter().filter(|e| matches!(e.act, DemoAct::Retraction { .. })).count();
        assert_eq!(retracted, wanted, "{}", told.key);
    }
    assert!(notes >= 8, "{notes} notes");
}

fn ana_sees_her_year(clinic: &Clinic) {
    let (ana, patient) = (clinic.actor("ana"), clinic.patient("ana"));
    let app = &clinic.test.app;
    let page =
        app.read(&ana, |cx| inbox::list(cx, patient, Filter::All, After::start(), 100)).unwrap();
    let hers =
        |t: &&story::DemoThread| t.patient == "ana" && t.kind == domain::thread::ThreadKind::Care;
    assert_eq!(page.items.len(), story::threads().filter(hers).count());
    assert!(page.items.iter().any(|item| item.unread) && page.items.iter().any(|i| !i.unread));
    assert!(page.items.iter().any(|item| item.asked), "something waits for her");
    assert!(page.items.is_sorted_by(|a, b| a.last_at >= b.last_at));
    let visits = app.read(&ana, |cx| chart::encounters(cx, patient)).unwrap();
    let told = story::visits().iter().filter(|visit| visit.patient == "ana").count();
    assert_eq!(visits.len(), told);
    for visit in &visits {
        let ahead = visit.started_at > NOW;
        assert_eq!(visit.status, if ahead { "planned" } else { "finished" });
        assert!(visit.detail.practitioners.iter().all(|name| name.starts_with("Dr. ")));
    }
    let medicines = app.read(&ana, |cx| chart::medications(cx, patient)).unwrap();
    for told in story::medications().iter().filter(|told| told.patient == "ana") {
        let found = medicines.iter().find(|m| m.detail.code.text == told.name).unwrap();
        let status = if told.until_days.is_some() { "stopped" } else { "active" };
        assert_eq!(found.status, status, "{}", told.key);
    }
    let readings = app.read(&ana, |cx| chart::observations(cx, patient)).unwrap();
    let told: usize =
        story::series().iter().filter(|s| s.patient == "ana").map(|s| s.readings.len()).sum();
    assert_eq!(readings.len(), told);
    let drafts = app.read(&ana, draft::list).unwrap();
    assert_eq!(drafts.len(), story::drafts().iter().filter(|d| d.owner == "ana").count());
}

fn teams_say_when_they_answer(clinic: &Clinic) {
    let app = &clinic.test.app;
    let (ana, patient) = (clinic.actor("ana"), clinic.patient("ana"));
    let told = app.read(&ana, |cx| circle::audience(cx, patient, Category::Other)).unwrap();
    assert!(!told.teams.is_empty());
    for team in &told.teams {
        let forecast = told.hear[&team.id];
        assert!(forecast.lines().is_some(), "{}: {forecast:?}", team.name);
    }
    let evening = clinic.manifest.teams.iter().find(|team| team.key == "evening").unwrap();
    let answers = sql!(
        "SELECT f.answers FROM team_forecast f JOIN care_team c ON c.id = f.team_id \
         WHERE c.plain_name = $1"
    );
    let few = app.db().read(|tx| tx.query_one(answers, &[&evening.name])?.get::<i64>(0));
    let few = few.unwrap_or_else(|error: DbError| panic!("{error}"));
    assert!(few < 20, "{few} answers");
}

fn strangers_stay_strangers(clinic: &Clinic) {
    for who in ["eve", "ben", "fred", "bob", "ada", "olga"] {
        let seen = clinic.view(who, "ana-carvedilol-dizzy");
        assert!(
            matches!(seen, Err(app::Error::NotFound | app::Error::Forbidden)),
            "{who} reads Ana's"
        );
    }
    clinic.view("pia", "ana-carvedilol-dizzy").expect("a helper reads");
    for told in story::threads().filter(|t| t.patient == "tom" && t.category.is_confidential()) {
        assert!(clinic.view("paul", told.key).is_err(), "{} is Tom's own", told.key);
        clinic.view("tom", told.key).expect("his own");
    }
}

fn people_can_sign_in(clinic: &Clinic) {
    for (key, staff) in [("ana", false), ("dora", true)] {
        let person = clinic.person(key);
        let attempt = Attempt {
            username: person.username.clone(),
            password: Password::parse(&person.password).ok(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            devices: Vec::new(),
            shared_device: false,
        };
        let signed = sign_in(&clinic.test.app, &attempt).unwrap();
        match signed {
            SignedIn::Session(_) => assert!(!staff),
            SignedIn::Code(_) => assert!(staff, "the second factor is owed"),
            other => panic!("{key}: {other:?}"),
        }
    }
}
