//! A team's message reaches each person on the patient's side as one mail that says nothing, through a
//! real SMTP conversation.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use app::address::Slot;
use app::clock::SetClock;
use app::communication::{self, Destination, Post};
use app::credential::Password;
use app::mail::{MailConfig, MailSecurity, SmtpMailer};
use app::{App, Settings};
use domain::access::{Actor, Purpose, Scopes};
use domain::ids::{PatientId, PersonId, ThreadId};
use domain::message::{Ask, Body, ClientMsgId};
use store::seal::RootKey;
use tidings_server::cli::Place;
use tidings_server::open::{Opened, demo_settings};
use tidings_server::place::{DEMO_ROOT_KEY, Located, now};
use tidings_server::serve::Shutdown;
use tidings_server::workers;

/// A mail as the sink took it.
#[derive(Debug, Clone)]
struct Mail {
    to: String,
    text: String,
}

type Mailbox = Arc<Mutex<Vec<Mail>>>;

/// A mail server that takes everything (RFC 5321).
fn sink() -> (u16, Mailbox) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mails = Mailbox::default();
    let taken = Arc::clone(&mails);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mails = Arc::clone(&taken);
            std::thread::spawn(move || converse(&stream.unwrap(), &mails));
        }
    });
    (port, mails)
}

fn converse(stream: &TcpStream, mails: &Mailbox) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let say = |text: &str| {
        let mut stream = stream;
        stream.write_all(format!("{text}\r\n").as_bytes()).unwrap();
    };
    say("220 sink.example.org");
    let mut to = String::new();
    while let Some(line) = lines.next() {
        let upper = line.to_ascii_uppercase();
        if upper.starts_with("EHLO") || upper.starts_with("HELO") {
            say("250 sink.example.org");
        } else if let Some(rest) = upper.strip_prefix("RCPT TO:") {
            to = rest.trim_matches(['<', '>', ' ']).to_lowercase();
            say("250 ok");
        } else if upper == "DATA" {
            say("354 go on");
            let text: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
            mails.lock().unwrap().push(Mail { to: to.clone(), text: text.join("\n") });
            say("250 taken");
        } else if upper == "QUIT" {
            say("221 bye");
            return;
        } else {
            say("250 ok");
        }
    }
}

struct Clinic {
    app: App,
    ana: PatientId,
    dora: PersonId,
    thread: ThreadId,
}

/// A seeded clinic under the machine's clock.
fn clinic(folder: &std::path::Path) -> Clinic {
    RootKey::create(&folder.join(DEMO_ROOT_KEY)).unwrap();
    let place = Place { config: None, data: Some(folder.to_owned()) };
    let opened = Opened::open(&Located::find(&place).unwrap()).unwrap();
    let (clock, at) = (Arc::new(SetClock::new(now())), now());
    let seeding = opened.app_at(demo_settings(""), Arc::<SetClock>::clone(&clock));
    let note = app::demo::seed::seed(&seeding, &clock, at, "").unwrap();
    let settings = Settings { mail: true, ..demo_settings("https://messages.example.org") };
    let app = opened.app(settings);
    let ana = note.people.iter().find(|person| person.key == "ana").unwrap();
    let ana = ana.patient_id.as_deref().unwrap().parse().unwrap();
    let dora = app.write(&Actor::system(), |cx| app::admin::find_person(cx, "dora")).unwrap();
    // The clinic's answers are in time here, and nobody's claim runs out at the hour of the day at which this runs:
    // these stories are about other mail.
    let never = domain::time::Timestamp::FOREVER;
    let calm = store::sql!(
        "UPDATE work_item SET escalate_at = $1,
            lease_until = CASE WHEN lease_until IS NULL THEN NULL ELSE $1 END"
    );
    app.db().write(move |tx| tx.execute(calm, &[&never])).unwrap();
    // A conversation that Dora may write in.
    let thread = note.threads.values().find_map(|id| {
        let id: ThreadId = id.parse().unwrap();
        let shown = app.read(&actor(&app, dora), |cx| app::thread::view(cx, id, i64::MAX, 1));
        shown.ok().filter(|view| view.patient == Some(ana)).map(|_| id)
    });
    Clinic { thread: thread.unwrap(), app, ana, dora }
}

fn actor(app: &App, person: PersonId) -> Actor {
    let facts = app.db().read(|tx| store::access::actor_facts(tx, person)).unwrap();
    let (role, epoch) = facts.unwrap();
    Actor {
        person: Some(person),
        role,
        session: None,
        device: None,
        scopes: Scopes::Session,
        auth_time: app.now(),
        epoch,
        purpose: Purpose::Treatment,
    }
}

fn config(port: u16) -> MailConfig {
    MailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        security: MailSecurity::None,
        login: None,
        from: "Riverside <no-reply@example.org>".to_owned(),
    }
}

/// Waits until `count` mails arrived, and a while longer for one too many.
fn arrived(mails: &Mailbox, count: usize) -> Vec<Mail> {
    let since = Instant::now();
    while mails.lock().unwrap().len() < count {
        assert!(since.elapsed() < Duration::from_secs(20), "{:?}", mails.lock().unwrap());
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_secs(2));
    mails.lock().unwrap().clone()
}

/// The line of a mail's head that starts with `name`.
fn head<'m>(mail: &'m Mail, name: &str) -> &'m str {
    mail.text.lines().find(|line| line.starts_with(name)).unwrap()
}

#[test]
fn changes_of_an_account_are_mailed_once_to_the_old_address_and_the_new() {
    let folder = tempfile::tempdir().unwrap();
    let clinic = clinic(folder.path());
    let app = &clinic.app;
    let (port, mails) = sink();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let shutdown = Shutdown::default();
    let workers = runtime.block_on(async {
        workers::start(app, Some(SmtpMailer::new(&config(port)).unwrap()), &shutdown).await.unwrap()
    });
    // A paper code that makes Vera's log-in anew is told to her in her language; using it too.
    let system = Actor::system();
    let vera = app.write(&system, |cx| app::admin::find_person(cx, "vera")).unwrap();
    let paper = app::admin::add_code(app, &system, vera, 7).unwrap().code;
    let password = Password::parse("seven quiet herons at dawn").unwrap();
    let form = app::enrol::Form {
        code: paper.expose().to_string(),
        username: "vera".to_owned(),
        password: Password::parse("seven quiet herons at dawn").ok(),
        same_twice: true,
        address: std::net::IpAddr::from([203, 0, 113, 9]),
    };
    app::enrol::enrol(app, &form).unwrap();
    let told = arrived(&mails, 2);
    assert_eq!(told.len(), 2, "{told:?}");
    for mail in &told {
        assert_eq!(mail.to, "vera@example.org");
        assert!(mail.text.contains("555-0100"), "{mail:?}");
        assert!(!mail.text.contains(&*paper.expose()), "{mail:?}");
    }
    // A new address: the code goes there, and its use is told to both.
    let actor = actor(app, vera);
    assert!(
        app::address::set(app, &actor, Slot::First, Some(&password), "vera.new@example.org")
            .unwrap()
    );
    let code_mail = arrived(&mails, 3).pop().unwrap();
    assert_eq!(code_mail.to, "vera.new@example.org");
    let body = code_mail.text.split_once("\n\n").unwrap().1;
    let digits: Vec<&str> =
        body.split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() == 3).collect();
    let code = digits.first().copied().unwrap().to_owned() + digits.get(1).copied().unwrap();
    assert!(!head(&code_mail, "Subject:").contains(digits.first().copied().unwrap()));
    app::address::prove(app, &actor, Slot::First, &code).unwrap();
    let all = arrived(&mails, 5);
    let mut last: Vec<&str> = all.iter().skip(3).map(|mail| mail.to.as_str()).collect();
    last.sort_unstable();
    assert_eq!(last, ["vera.new@example.org", "vera@example.org"]);
    // Only the old address gets the link that puts it back; what it holds works as mailed.
    let linked: Vec<&Mail> =
        all.iter().filter(|mail| mail.text.contains("/undo-address/ua_")).collect();
    let [linked] = linked.as_slice() else { panic!("{all:?}") };
    assert_eq!(linked.to, "vera@example.org");
    // Long lines are folded in a mail (quoted-printable, RFC 2045, 6.7).
    let text = linked.text.replace("=\r\n", "").replace("=\n", "");
    let at = text.find("ua_").unwrap();
    let from = std::net::IpAddr::from([203, 0, 113, 9]);
    assert!(app::address::undo::works(app, &text[at..at + 46], from).unwrap());
    // Each is a mail of its own with an id of its own, and says nothing about a person or a message.
    let ids: std::collections::BTreeSet<&str> =
        all.iter().map(|mail| head(mail, "Message-ID:")).collect();
    assert_eq!((all.len(), ids.len()), (5, 5), "{all:?}");
    for mail in &all {
        for word in ["Vera ", "Dora", "Feldman", "Family", "Heart", "Diabetes"] {
            assert!(!mail.text.contains(word), "{word} in {mail:?}");
        }
    }
    shutdown.trigger();
    runtime.block_on(workers.finish());
}

#[test]
fn a_mail_sent_again_after_a_crash_has_the_id_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let clinic = clinic(folder.path());
    let app = &clinic.app;
    let (port, mails) = sink();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let system = Actor::system();
    let ana = app.write(&system, |cx| app::admin::find_person(cx, "ana")).unwrap();
    app::admin::add_code(app, &system, ana, 7).unwrap();
    // The mail server takes the mail, and the process dies before that is written down.
    let taken = app::notice::lease(app, 1).unwrap().pop().unwrap();
    runtime.block_on(async {
        let mailer = SmtpMailer::new(&config(port)).unwrap();
        mailer.send(&taken.id.to_string(), &taken.to, "lost", "lost").await.unwrap();
    });
    // Its lease runs out, as the next process sees it.
    let id = taken.id;
    app.db()
        .write(move |tx| {
            tx.execute_one(store::sql!("UPDATE notice SET lease_until = 0 WHERE id = $1"), &[&id])
        })
        .unwrap();
    let shutdown = Shutdown::default();
    let workers = runtime.block_on(async {
        workers::start(app, Some(SmtpMailer::new(&config(port)).unwrap()), &shutdown).await.unwrap()
    });
    let waiting = Arc::clone(&mails);
    let twice = runtime.block_on(async move {
        tokio::task::spawn_blocking(move || arrived(&waiting, 2)).await.unwrap()
    });
    let ids: Vec<&str> = twice.iter().map(|mail| head(mail, "Message-ID:")).collect();
    let id = format!("Message-ID: <{id}@example.org>");
    assert_eq!(ids, [id.as_str(), id.as_str()]);
    shutdown.trigger();
    runtime.block_on(workers.finish());
}

#[test]
fn each_recipient_gets_one_mail_that_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let clinic = clinic(folder.path());
    let (port, mails) = sink();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let shutdown = Shutdown::default();
    let workers = runtime.block_on(async {
        let mailer = SmtpMailer::new(&config(port)).unwrap();
        workers::start(&clinic.app, Some(mailer), &shutdown).await.unwrap()
    });
    let mut live = clinic.app.listen(vec![app::live::Topic::Patient(clinic.ana)]);
    let secret = "Your potassium is 5.9, please come in";
    for n in 0..2 {
        let post = Arc::new(Post {
            patient: clinic.ana,
            to: Destination::Thread { thread: clinic.thread, in_reply_to: None, base_seq: None },
            author: None,
            body: Body::parse(secret).unwrap(),
            ask: Ask::Inform,
            language: None,
            // The second send is a retry of the first.
            client_msg_id: ClientMsgId::parse("notice-1").unwrap(),
        });
        let dora = actor(&clinic.app, clinic.dora);
        let sent = clinic.app.write(&dora, move |cx| communication::send(cx, &post)).unwrap();
        assert_eq!(sent.delivered.repeated, n == 1);
    }
    let since = Instant::now();
    while mails.lock().unwrap().is_empty() {
        assert!(since.elapsed() < Duration::from_secs(20), "no mail");
        std::thread::sleep(Duration::from_millis(50));
    }
    // Long enough for a second mail to the same person, if there were one.
    std::thread::sleep(Duration::from_secs(3));
    let mails = mails.lock().unwrap().clone();
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for mail in &mails {
        *count.entry(mail.to.clone()).or_default() += 1;
        assert!(mail.text.contains("Subject: You have a new message"), "{mail:?}");
        assert!(mail.text.contains("https://messages.example.org"), "{mail:?}");
        for word in ["potassium", "Dora", "Feldman", "Ana", "Family", "Heart", "Diabetes"] {
            assert!(!mail.text.contains(word), "{word} in {mail:?}");
        }
    }
    assert!(count.values().all(|times| *times == 1), "{count:?}");
    assert!(count.keys().any(|to| to.starts_with("ana")), "{count:?}");
    let mut heard = std::iter::from_fn(|| live.try_next());
    assert!(heard.any(|one| one.kind == "message_team"));
    shutdown.trigger();
    runtime.block_on(workers.finish());
    assert!(!app::sequencer::is_behind(&clinic.app).unwrap());
}
