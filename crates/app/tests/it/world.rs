//! A small clinic for the stories: one organization, one team, a nurse, a physician, a patient, and
//! somebody without any tie.

use std::sync::Arc;

use app::clock::SetClock;
use app::content::Profile;
use app::draft::{self, Sent, Target, Typed};
use app::message::Delivered;
use app::patient::Demographics;
use app::random::SystemRandomness;
use app::staff::list::envelopes_page;
use app::testing::clinic::{add_triage_desk, open_team};
use app::work::{QueueAfter, QueueEntry, QueueList};
use app::{App, Settings};
use domain::access::{Actor, Purpose, Role, Scopes};
use domain::ids::{CareTeamId, Id, MembershipId, OrganizationId, PatientId, PersonId, ThreadId};
use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use store::access::{Administer, ImportRecords};
use store::care_team::NewTeam;
use store::draft::AfterRelease;
use store::migrate::migrate;
use store::migrations::RECORD;
use store::patient::PatientRow;
use store::person::NewPerson;
use store::seal::{KeyDb, KeyOwner, Keys, Place, RootKey};
use store::sql;
use store::testing::TestDb;
use store::thread::About;

/// Sunday noon, 22 November 2026, UTC.
pub const NOON: Timestamp = Timestamp::from_seconds(1_795_348_800);

pub struct World {
    pub app: App,
    pub clock: Arc<SetClock>,
    pub organization: OrganizationId,
    pub team: CareTeamId,
    pub other_team: CareTeamId,
    /// The organization's triage desk, with a nurse of its own.
    pub triage: CareTeamId,
    pub site: domain::ids::SiteId,
    pub ana: PersonId,
    pub ana_patient: PatientId,
    pub ben: PersonId,
    pub nils: PersonId,
    pub dora: PersonId,
    pub eve: PersonId,
    /// The database of the record, then that of the keys.
    pub dbs: Vec<TestDb>,
}

impl World {
    /// The clinic on every engine there is.
    pub fn all() -> Vec<Self> {
        TestDb::all().into_iter().map(Self::on).collect()
    }

    /// The clinic on every engine there is, for stories about the urgency check: in all others it is off, and what
    /// people write there is whatever the story needs.
    pub fn all_checked() -> Vec<Self> {
        let worlds = Self::all();
        for world in &worlds {
            app::testing::clinic::check_urgency(&world.app, true).unwrap();
        }
        worlds
    }

    /// The clinic on one engine.
    pub fn on(record: TestDb) -> Self {
        let mut world = Self::bare(record);
        world.fill();
        world
    }

    /// An installation without anything in it, on every engine there is; the ids of its people are nil.
    pub fn empty() -> Vec<Self> {
        TestDb::all().into_iter().map(Self::bare).collect()
    }

    fn bare(record: TestDb) -> Self {
        let clock = Arc::new(SetClock::new(NOON));
        migrate(&record.db, RECORD, NOON).expect("the record migrates");
        let key_db = TestDb::sqlite();
        let app = Self::app_on(&record, &key_db, &clock);
        let organization: OrganizationId = app.new_id().unwrap();
        Self {
            app,
            clock,
            organization,
            team: CareTeamId::from_uuid(uuid::Uuid::nil()),
            other_team: CareTeamId::from_uuid(uuid::Uuid::nil()),
            triage: CareTeamId::from_uuid(uuid::Uuid::nil()),
            site: domain::ids::SiteId::from_uuid(uuid::Uuid::nil()),
            ana: PersonId::from_uuid(uuid::Uuid::nil()),
            ana_patient: PatientId::from_uuid(uuid::Uuid::nil()),
            ben: PersonId::from_uuid(uuid::Uuid::nil()),
            nils: PersonId::from_uuid(uuid::Uuid::nil()),
            dora: PersonId::from_uuid(uuid::Uuid::nil()),
            eve: PersonId::from_uuid(uuid::Uuid::nil()),
            dbs: vec![record, key_db],
        }
    }

    /// The same deployment as a server that was just started finds it: nothing of the first is in memory.
    pub fn restarted(&self) -> App {
        let [record, key_db] = self.dbs.as_slice() else { panic!("two databases") };
        Self::app_on(record, key_db, &self.clock)
    }

    fn app_on(record: &TestDb, key_db: &TestDb, clock: &Arc<SetClock>) -> App {
        let store = KeyDb::open(key_db.db.clone(), NOON).expect("the key store opens");
        let keys = Keys::load(RootKey::from_bytes([7; 32]), Box::new(store), NOON).expect("keys");
        let settings = Settings {
            public_url: "http://localhost:8080".to_owned(),
            hold_seconds: 10,
            demo: true,
            site_name: "Riverside Messages".to_owned(),
            site_phone: "555-0100".to_owned(),
            time_zone: "America/New_York".to_owned(),
            mail: false,
            sessions: app::SessionLimits::default(),
        };
        App::new(
            record.db.clone(),
            keys,
            Arc::<SetClock>::clone(clock),
            Arc::new(SystemRandomness::default()),
            settings,
        )
    }

    fn fill(&mut self) {
        let organization = self.organization;
        let site = self.app.new_id::<domain::ids::SiteId>().unwrap();
        self.app
            .write(&Actor::system(), move |cx| {
                let now = cx.now();
                cx.tx().execute_one(
                    sql!(
                        "INSERT INTO organization (id, name, phone, version, updated_at) \
                         VALUES ($1, 'Riverside Clinic', '555-0100', 1, $2)"
                    ),
                    &[&organization, &now],
                )?;
                cx.tx().execute_one(
                    sql!(
                        "INSERT INTO site (id, organization_id, name, phone, hours, time_zone, country, \
                         emergency_phone, crisis_phone, nurse_phone, poison_phone, maternal_phone, \
                         nurse_hours, urgency_check, has_duty, version, updated_at) \
                         VALUES ($1, $2, 'Main street', '555-0100', '', 'America/New_York', 'US', '911', \
                         '988', '555-0101', '1-800-222-1222', '1-833-852-6262', '', FALSE, FALSE, 1, $3)"
                    ),
                    &[&site, &organization, &now],
                )?;
                Ok(())
            })
            .unwrap();
        self.site = site;
        self.team = self.add_team(site, "Diabetes team");
        self.other_team = self.add_team(site, "Heart clinic");
        self.ana = self.add_person(Role::Patient, "Ana Alvarez");
        self.ben = self.add_person(Role::Patient, "Ben Brown");
        self.nils = self.add_person(Role::Nurse, "Nils Lee");
        self.dora = self.add_person(Role::Clinician, "Dora Park");
        self.eve = self.add_person(Role::Clinician, "Eve Stone");
        self.join(self.team, self.nils, "nurse");
        self.join(self.team, self.dora, "clinician");
        self.join(self.other_team, self.eve, "clinician");
        self.triage = add_triage_desk(&self.app, site).unwrap();
        open_team(&self.app, self.team, self.dora).unwrap();
        open_team(&self.app, self.other_team, self.eve).unwrap();
        self.ana_patient = self.add_patient("Ana Alvarez", "1964-03-05", self.ana);
        self.add_patient("Ben Brown", "1958-01-02", self.ben);
    }

    /// A team that is still being set up.
    pub fn add_team(&self, site: domain::ids::SiteId, name: &'static str) -> CareTeamId {
        let (organization, id) = (self.organization, self.app.new_id().unwrap());
        self.app
            .write(&Actor::system(), move |cx| {
                let permit = cx.authorize::<Administer>(())?;
                let new = NewTeam {
                    id,
                    organization,
                    site,
                    name,
                    care_type: "Care",
                    purpose: "Questions between visits",
                    kind: "care",
                    week: app::testing::clinic::ALWAYS_OPEN,
                    answer_minutes: 480,
                };
                Ok(store::care_team::add(cx.tx(), &permit, &new)?)
            })
            .unwrap();
        id
    }

    pub fn add_person(&self, role: Role, name: &'static str) -> PersonId {
        let id: PersonId = self.app.new_id().unwrap();
        self.app
            .write(&Actor::system(), move |cx| {
                let permit = cx.authorize::<Administer>(())?;
                let place = Place::new("person", &id, "profile_sealed", 1);
                let profile = Profile { name: name.to_owned(), ..Profile::default() };
                let sealed = cx.seal_json(KeyOwner::Person(id), &place, &profile)?;
                let new = NewPerson {
                    id,
                    role,
                    organization: None,
                    profile: &sealed,
                    language: "en",
                    at: cx.now(),
                };
                Ok(store::person::add(cx.tx(), &permit, &new)?)
            })
            .unwrap();
        id
    }

    pub fn join(&self, team: CareTeamId, person: PersonId, role: &'static str) {
        let id: MembershipId = self.app.new_id().unwrap();
        self.app
            .write(&Actor::system(), move |cx| {
                let permit = cx.authorize::<Administer>(())?;
                Ok(store::care_team::add_member(cx.tx(), &permit, id, team, person, role)?)
            })
            .unwrap();
    }

    /// The team's list as a new colleague at its desk reads it.
    pub fn desk_reads(&self) -> Vec<QueueEntry> {
        let fred = self.add_desk();
        self.envelopes(fred)
    }

    /// A new colleague at the desk of the team.
    pub fn add_desk(&self) -> PersonId {
        let fred = self.add_person(Role::Desk, "Fred Okoye");
        self.join(self.team, fred, "desk");
        fred
    }

    /// The team's list as somebody at its desk reads it.
    pub fn envelopes(&self, desk: PersonId) -> Vec<QueueEntry> {
        let (list, after, team) = (QueueList::Team, QueueAfter::START, self.team);
        let read = |cx: &mut app::Cx<'_, '_>| envelopes_page(cx, team, list, after, 9);
        self.app.read(&self.actor(desk), read).unwrap().page.entries
    }

    pub fn add_patient(
        &self,
        name: &'static str,
        born: &'static str,
        person: PersonId,
    ) -> PatientId {
        let id: PatientId = self.app.new_id().unwrap();
        let (organization, team) = (self.organization, self.team);
        let grant = self.app.new_id::<domain::ids::GrantId>().unwrap();
        self.app
            .write(&Actor::system(), move |cx| {
                let importing = cx.authorize::<ImportRecords>(())?;
                let demographics = Demographics {
                    name: name.to_owned(),
                    birth_date: born.to_owned(),
                    ..Demographics::default()
                };
                let place = Place::new("patient", &id, "demographics_sealed", 1);
                let sealed = cx.seal_json(KeyOwner::Patient(id), &place, &demographics)?;
                let row = PatientRow {
                    id,
                    organization: Some(organization),
                    status: "active".to_owned(),
                    language: "en".to_owned(),
                    interpreter: false,
                    time_zone: "America/New_York".to_owned(),
                    demographics: sealed,
                    version: 1,
                };
                let tokens = demographics.tokens(cx.app().keys());
                store::patient::put(cx.tx(), &importing, &row, &tokens)?;
                let permit = cx.authorize::<Administer>(())?;
                let relation = uuid::Uuid::from_u128(id.as_uuid().as_u128() + 1);
                store::care_team::add_relation(cx.tx(), &permit, relation, id, team)?;
                let now = cx.now();
                cx.tx().execute_one(
                    sql!(
                        "INSERT INTO care_grant (id, patient_id, person_id, basis, rights, demographics, \
                         chart, threads, care_time, confidential, all_topics, paused, from_at, until_at, \
                         version, updated_at) VALUES ($1, $2, $3, 'self', 'write', TRUE, TRUE, TRUE, TRUE, \
                         TRUE, TRUE, FALSE, $4, $5, 1, $4)"
                    ),
                    &[&grant, &id, &person, &now, &Timestamp::FOREVER],
                )?;
                Ok(())
            })
            .unwrap();
        id
    }

    /// The actor a signed-in person is.
    pub fn actor(&self, person: PersonId) -> Actor {
        let (role, epoch) = self
            .app
            .db()
            .read(|tx| store::access::actor_facts(tx, person))
            .unwrap()
            .expect("an active person");
        Actor {
            person: Some(person),
            role,
            session: None,
            device: None,
            scopes: Scopes::Session,
            auth_time: NOON,
            epoch,
            purpose: Purpose::PatientRequest,
        }
    }

    /// The database's file, on SQLite.
    pub fn sqlite_file(&self) -> Option<std::path::PathBuf> {
        match self.dbs.first()?.config() {
            store::db::DbConfig::Sqlite(config) => Some(config.path.clone()),
            store::db::DbConfig::Postgres(_) => None,
        }
    }

    /// Moves the clock.
    pub fn pass_seconds(&self, seconds: i64) {
        self.clock.set(self.app.now().plus_seconds(seconds));
    }

    /// A first message of Ana's to the team, through draft, hold and release.
    pub fn ana_writes(&self, headline: &str, body: &str) -> Delivered {
        let actor = self.actor(self.ana);
        let typed = self.typed_new(headline, body);
        let (id, version) =
            self.app.write(&actor, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let sent = self.app.write(&actor, move |cx| draft::send(cx, id, version, None)).unwrap();
        assert!(matches!(sent, Sent::Held(_)), "a portal send is held first");
        self.pass_seconds(11);
        assert_eq!(draft::release_due(&self.app).unwrap(), 1);
        self.newest(&actor)
    }

    /// A reply through draft, hold and release.
    pub fn replies(&self, person: PersonId, thread: ThreadId, body: &str) {
        let actor = self.actor(person);
        let view = self.app.read(&actor, |cx| app::thread::view(cx, thread, i64::MAX, 1)).unwrap();
        let typed = Self::typed_reply(thread, body, view.last_seq, AfterRelease::Nothing);
        self.app
            .write(&actor, move |cx| {
                let (id, version) = draft::save(cx, None, 0, &typed)?;
                draft::send(cx, id, version, None)
            })
            .unwrap();
        self.pass_seconds(11);
        assert_eq!(draft::release_due(&self.app).unwrap(), 1);
    }

    pub fn typed_new(&self, headline: &str, body: &str) -> Typed {
        Typed {
            target: Target::New {
                patient: self.ana_patient,
                kind: ThreadKind::Care,
                team: Some(self.team),
                category: Category::Symptom,
                about: About::NOTHING,
            },
            ask: Ask::Opinion,
            content: app::content::DraftContent {
                headline: headline.to_owned(),
                body: body.to_owned(),
                questions: vec!["Should I stop the pill?".to_owned()],
                ..app::content::DraftContent::default()
            },
            base_seq: 0,
        }
    }

    /// A reply on its way, typed by `person`.
    pub fn typed_reply(thread: ThreadId, body: &str, base_seq: i64, after: AfterRelease) -> Typed {
        Typed {
            target: Target::Reply { thread, after, outcome: None },
            ask: Ask::Inform,
            content: app::content::DraftContent {
                body: body.to_owned(),
                ..app::content::DraftContent::default()
            },
            base_seq,
        }
    }

    /// The newest thread of Ana's list.
    fn newest(&self, actor: &Actor) -> Delivered {
        let patient = self.ana_patient;
        let page = self
            .app
            .read(actor, |cx| {
                app::inbox::list(
                    cx,
                    patient,
                    store::inbox_row::Filter::All,
                    store::inbox_row::After::start(),
                    1,
                )
            })
            .unwrap();
        let row = page.items.first().expect("a thread");
        let thread = row.thread;
        let view = self.app.read(actor, |cx| app::thread::view(cx, thread, i64::MAX, 50)).unwrap();
        let message = view.messages.last().expect("a message");
        Delivered {
            id: message.id,
            thread,
            seq: message.seq,
            repeated: false,
            urgency: domain::urgency::Level::None,
        }
    }
}
