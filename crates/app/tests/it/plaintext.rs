//! Whoever steals the files reads nothing: no words, names, dates or addresses stand in the database,
//! its write-ahead log or the key store, and a ciphertext in another place opens as nothing.

use std::path::{Path, PathBuf};

use app::content::DraftContent;
use app::credential::Password;
use app::draft;
use app::message::Outgoing;
use app::{Error, note, search, thread, work};
use domain::access::{Actor, Role};
use domain::ids::{ContactPointId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, CorrectionKind, Line};
use store::access::Administer;
use store::contact_point::{NewContactPoint, Slot};
use store::db::DbConfig;
use store::draft::AfterRelease;
use store::seal::{KeyOwner, Place};
use store::sql;
use store::testing::TestDb;

use crate::world::World;

/// What only somebody with the keys may read, each said once in the story below. Seven bytes at least:
/// k letters of either case stand in N random bytes by chance about N × 2^-7k times, so seven in 8 MB
/// (2^23) once in 2^26 looks. A shorter word would fail this test now and then for nothing.
const SECRETS: &[&str] = &[
    "quetzal-headline",
    "quetzal-body",
    "quetzal-question",
    "quetzal-answer",
    "quetzal-correction",
    "quetzal-note",
    "quetzal-reason",
    "quetzal-draft",
    "quetzal-search",
    "quetzal.username",
    "quetzal password",
    "198.51.100",
    "quetzal@example.org",
    "Quetzalcoatl",
    "1931-07-19",
    "19310719",
    "Ana Alvarez",
    "Alvarez",
    "alvarez",
    "Ben Brown",
    "Nils Lee",
    "1964-03-05",
];

/// Every file beside a database, with its content: the database, its log, its shared memory.
fn files_of(db: &TestDb) -> Vec<(PathBuf, Vec<u8>)> {
    let DbConfig::Sqlite(config) = db.config() else { panic!("an SQLite database") };
    let folder: &Path = config.path.parent().unwrap();
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

/// What stands in a file as text, in lower case; a word in ASCII is found whatever lies around it.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes.to_ascii_lowercase()).into_owned()
}

/// A word as UTF-8 and as UTF-16 write it.
fn forms(word: &str) -> [String; 2] {
    let word = word.to_ascii_lowercase();
    let wide = word.chars().flat_map(|c| [c, '\0']).collect();
    [word, wide]
}

fn outgoing(body: &str) -> Outgoing {
    Outgoing {
        body: Body::parse(body).unwrap(),
        ask: Ask::Inform,
        questions: Vec::new(),
        answers: Vec::new(),
        language: "en".to_owned(),
        channel: Channel::Api,
        prepared_by: None,
        client_msg_id: ClientMsgId::parse("plaintext-1").unwrap(),
        base_seq: None,
        answers_up_to: None,
        after: AfterRelease::Nothing,
        outcome: None,
    }
}

/// A story that says every secret once.
fn tell(world: &World) -> ThreadId {
    let ana = world.actor(world.ana);
    let mut typed = world.typed_new("quetzal-headline", "This is the quetzal-body.");
    typed.content.questions = vec!["Is it the quetzal-question?".to_owned()];
    let (draft, version) =
        world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
    world.app.write(&ana, move |cx| draft::send(cx, draft, version, None)).unwrap();
    world.pass_seconds(11);
    assert_eq!(draft::release_due(&world.app).unwrap(), 1);
    let id: ThreadId = one(world, |tx| tx.query_one(sql!("SELECT id FROM thread"), &[])?.get(0));

    let nils = world.actor(world.nils);
    world.app.write(&nils, move |cx| work::claim(cx, id, None)).unwrap();
    let note = Body::parse("A quetzal-note among us.").unwrap();
    let key = ClientMsgId::parse("note").unwrap();
    world.app.write(&nils, move |cx| note::add(cx, id, &note, &key)).unwrap();
    let (to, reason) = (world.dora, Line::parse("The quetzal-reason").unwrap());
    world.app.write(&nils, move |cx| work::assign(cx, id, to, Some(&reason), None)).unwrap();
    let dora = world.actor(world.dora);
    let answer = outgoing("A quetzal-answer.");
    let sent = world.app.write(&dora, move |cx| app::message::reply(cx, id, &answer)).unwrap();
    let better = Body::parse("The quetzal-correction.").unwrap();
    world
        .app
        .write(&dora, move |cx| {
            let kind = CorrectionKind::Correction;
            app::message::correct(cx, id, sent.id, kind, Some(&better), "quetzal-reason")
        })
        .unwrap();
    let mut typed = World::typed_reply(id, "Still a quetzal-draft", 9, AfterRelease::Nothing);
    typed.content = DraftContent { headline: String::new(), ..typed.content };
    world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
    search::run(&world.app, &ana, world.ana_patient, "quetzal-search").unwrap();

    enrol(world);
    id
}

/// Somebody with an address, a user name and a password.
fn enrol(world: &World) {
    let person = world.add_person(Role::Patient, "Quetzalcoatl Feather");
    let contact: ContactPointId = world.app.new_id().unwrap();
    world
        .app
        .write(&Actor::system(), move |cx| {
            let permit = cx.authorize::<Administer>(())?;
            let place = Place::new("contact_point", &contact, "value_sealed", 1);
            let value = cx.seal(KeyOwner::Person(person), &place, b"quetzal@example.org")?;
            let new = NewContactPoint {
                id: contact,
                kind: "email",
                slot: Slot::First,
                value: &value,
                verified: true,
            };
            Ok(store::contact_point::add(cx.tx(), &permit, person, &new)?)
        })
        .unwrap();
    world.add_patient("Quetzalcoatl Feather", "1931-07-19", person);
    let code = app::admin::add_code(&world.app, &Actor::system(), person, 7).unwrap();
    let form = app::enrol::Form {
        code: code.code.expose().to_string(),
        username: "quetzal.username".to_owned(),
        password: Password::parse("quetzal password at dawn").ok(),
        same_twice: true,
        address: std::net::IpAddr::from([198, 51, 100, 7]),
    };
    app::enrol::enrol(&world.app, &form).unwrap();
}

fn one<T: Send + 'static>(
    world: &World,
    f: impl for<'t> Fn(&mut store::db::Tx<'t>) -> Result<T, store::db::DbError>,
) -> T {
    world.app.db().read(f).unwrap()
}

#[test]
fn the_files_hold_no_word_of_it() {
    let world = World::on(TestDb::sqlite());
    tell(&world);
    assert!(SECRETS.iter().all(|secret| secret.len() >= 7), "chance finds a shorter word");
    let mut searched = 0;
    for db in &world.dbs {
        for (path, bytes) in files_of(db) {
            searched += bytes.len();
            let text = text_of(&bytes);
            for secret in SECRETS {
                let found = forms(secret).iter().any(|form| text.contains(form.as_str()));
                assert!(!found, "{secret} stands in {}", path.display());
            }
        }
    }
    assert!(searched > 100_000, "only {searched} bytes were looked at");
    // The search can find what is there: the team's name is not sealed.
    let mut all = world.dbs.iter().flat_map(files_of);
    let found = all.any(|(_, bytes)| text_of(&bytes).contains("heart clinic"));
    assert!(found, "the search is blind");
}

#[test]
fn a_ciphertext_in_another_place_is_refused() {
    for world in World::all() {
        let first = world.ana_writes("First", "I feel dizzy.");
        let second = world.ana_writes("Second", "I feel fine.");
        let ana = world.actor(world.ana);
        let view = |id| world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50));
        view(second.thread).unwrap();
        // One message's words under another's row, of the same patient and key.
        let (from, to) = (first.id, second.id);
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "UPDATE message SET content_sealed = \
                     (SELECT m.content_sealed FROM message m WHERE m.id = $1) WHERE id = $2"
                ),
                &[&from, &to],
            )
        });
        let opened = view(second.thread);
        assert!(
            matches!(opened, Err(Error::Internal(_))),
            "{:?}",
            opened.map(|view| view.headline)
        );
        view(first.thread).unwrap();
        // A headline moved to another thread.
        let (from, to) = (second.thread, first.thread);
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "UPDATE thread SET headline_sealed = \
                     (SELECT t.headline_sealed FROM thread t WHERE t.id = $1) WHERE id = $2"
                ),
                &[&from, &to],
            )
        });
        assert!(matches!(view(first.thread), Err(Error::Internal(_))));
        // A name moved to another patient's row opens under no key.
        let other = world.add_person(Role::Patient, "Cleo Cole");
        let cleo = world.add_patient("Cleo Cole", "1990-01-01", other);
        let ana_patient = world.ana_patient;
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "UPDATE patient SET demographics_sealed = \
                     (SELECT p.demographics_sealed FROM patient p WHERE p.id = $1) WHERE id = $2"
                ),
                &[&ana_patient, &cleo],
            )
        });
        let actor = world.actor(other);
        let read = world.app.read(&actor, |cx| app::patient::get(cx, cleo));
        assert!(read.is_err(), "another's name under this patient");
        // An old text under a new version of the same row: a draft put back.
        let typed = world.typed_new("Draft", "The first text");
        let (draft, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let old: Vec<u8> = one(&world, move |tx| {
            tx.query_one(sql!("SELECT content_sealed FROM draft WHERE id = $1"), &[&draft])?.get(0)
        });
        let typed = world.typed_new("Draft", "The second text");
        world.app.write(&ana, move |cx| draft::save(cx, Some(draft), version, &typed)).unwrap();
        world.run(move |tx| {
            tx.execute_one(
                sql!("UPDATE draft SET content_sealed = $2 WHERE id = $1"),
                &[&draft, &old],
            )
        });
        assert!(world.app.read(&ana, |cx| draft::get(cx, draft)).is_err());
    }
}
