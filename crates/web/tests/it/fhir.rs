//! Programs write, read and search conversations, and learn nothing they may not know.

mod urgency;

use app::communication::Order;
use app::content::DraftContent;
use app::draft::{self, AfterRelease, Target, Typed};
use app::message::Outgoing;
use app::prepared;
use app::testing::clinic::{self, Clinic};
use app::told::{self, Into, Speaker};
use domain::access::Actor;
use domain::ids::{Id as _, PersonId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, CorrectionKind};
use http::Method;
use serde_json::{Value, json};

use crate::support::{Page, Request, TestSite};

const ALL: &str = "patient/Communication.crs patient/Patient.r";

/// A program with a token.
struct Program<'s> {
    site: &'s TestSite,
    token: String,
}

impl<'s> Program<'s> {
    fn of(site: &'s TestSite, person: PersonId) -> Self {
        Self::with(site, person, ALL)
    }

    fn with(site: &'s TestSite, person: PersonId, scopes: &'static str) -> Self {
        let token = clinic::token(&site.installation.app, person, scopes).unwrap();
        Self { site, token }
    }

    fn send(&self, request: Request) -> Page {
        let bearer = format!("Bearer {}", self.token);
        self.site.browser().send(request.header("authorization", &bearer).alone())
    }

    /// GETs an address of the API, with or without its base.
    fn get(&self, path: &str) -> Page {
        let path = path.strip_prefix("https://portal.example.org/fhir/R4").unwrap_or(path);
        self.send(Request::new(Method::GET, &format!("/fhir/R4{path}")))
    }

    fn post(&self, body: &Value) -> Page {
        self.send(posted(body.to_string().into_bytes()))
    }

    #[track_caller]
    fn found(&self, path: &str) -> Value {
        let page = self.get(path);
        page.expect(200);
        assert_eq!(page.header("content-type"), "application/fhir+json; charset=utf-8");
        json_of(&page)
    }

    /// The resources of every page of a search.
    #[track_caller]
    fn all(&self, path: &str) -> Vec<Value> {
        let mut next = Some(path.to_owned());
        let mut all = Vec::new();
        while let Some(path) = next {
            let bundle = self.found(&path);
            assert_eq!(bundle["type"], "searchset");
            assert!(bundle.get("total").is_none(), "how many there are is not told");
            for entry in bundle["entry"].as_array().unwrap() {
                let id = entry["resource"]["id"].as_str().unwrap();
                let url = entry["fullUrl"].as_str().unwrap();
                assert!(url.ends_with(&format!("/fhir/R4/Communication/{id}")));
                all.push(entry["resource"].clone());
            }
            let links = bundle["link"].as_array().unwrap();
            next = links
                .iter()
                .find(|link| link["relation"] == "next")
                .map(|link| link["url"].as_str().unwrap().to_owned());
        }
        all
    }
}

fn posted(body: Vec<u8>) -> Request {
    Request::new(Method::POST, "/fhir/R4/Communication")
        .header("content-type", "application/fhir+json")
        .body(body)
}

fn json_of(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap()
}

/// The FHIRPath expressions of an OperationOutcome.
fn expressions(page: &Page) -> Vec<String> {
    let outcome = json_of(page);
    assert_eq!(outcome["resourceType"], "OperationOutcome", "{page:?}");
    let issues = outcome["issue"].as_array().unwrap().iter();
    issues.filter_map(|issue| Some(issue["expression"][0].as_str()?.to_owned())).collect()
}

/// An extension of ours.
fn extension<'a>(resource: &'a Value, name: &str) -> &'a Value {
    let url = format!("urn:tidings:fhir:{name}");
    let all = resource["extension"].as_array().unwrap();
    let found = all.iter().find(|one| one["url"] == url);
    let found = found.unwrap_or_else(|| panic!("no {name} in {resource}"));
    found.as_object().unwrap().iter().find(|(key, _)| *key != "url").unwrap().1
}

fn new_thread(clinic: &Clinic, id: &str, topic: &str, text: &str) -> Value {
    json!({
        "resourceType": "Communication",
        "status": "completed",
        "identifier": [{ "value": id }],
        "subject": { "reference": format!("Patient/{}", clinic.ana_patient) },
        "recipient": [{ "reference": format!("CareTeam/{}", clinic.team) }],
        "topic": { "text": topic },
        "category": [{ "coding": [{ "system": "urn:tidings:fhir:category", "code": "symptom" }] }],
        "about": [{ "reference": format!("Encounter/{}", clinic.visit) }],
        "payload": [{ "contentString": text }],
    })
}

fn reply(clinic: &Clinic, thread: &str, id: &str, text: &str) -> Value {
    json!({
        "resourceType": "Communication",
        "identifier": [{ "value": id }],
        "partOf": [{ "reference": format!("Communication/{thread}") }],
        "subject": { "reference": format!("Patient/{}", clinic.ana_patient) },
        "payload": [{ "contentString": text }],
    })
}

fn inbox_of(clinic: &Clinic) -> String {
    let patient = clinic.ana_patient;
    format!("/Communication?patient={patient}&part-of:missing=true&_sort=-sent&_count=25")
}

/// The thread of a message as it was answered.
fn thread_of(page: &Page) -> String {
    let reference = json_of(page)["partOf"][0]["reference"].as_str().unwrap().to_owned();
    reference.strip_prefix("Communication/").unwrap().to_owned()
}

/// Ana starts a conversation; its thread.
#[track_caller]
fn started(ana: &Program<'_>, clinic: &Clinic) -> String {
    let page = ana.post(&new_thread(clinic, "first", "Dizzy", "I feel dizzy when I get up."));
    page.expect(201);
    thread_of(&page)
}

fn each(story: impl Fn(&TestSite, &Clinic)) {
    TestSite::each(|site| {
        let clinic = Clinic::open(&site.installation.app).unwrap();
        story(site, &clinic);
    });
}

#[test]
fn what_the_api_can_do_is_open_to_everybody() {
    let site = TestSite::new();
    let page = site.browser().send(Request::new(Method::GET, "/fhir/R4/metadata"));
    let statement = json_of(page.expect(200));
    assert_eq!(statement["resourceType"], "CapabilityStatement");
    assert_eq!(statement["fhirVersion"], "4.0.1");
    let xml = Request::new(Method::GET, "/fhir/R4/metadata").header("accept", "application/xml");
    site.browser().send(xml).expect(406);
}

#[test]
fn a_conversation_is_started_answered_and_read() {
    each(|site, clinic| {
        let (ana, nils) = (Program::of(site, clinic.ana), Program::of(site, clinic.nils));
        let sent = ana.post(&new_thread(clinic, "a-1", "Dizzy", "I feel dizzy when I get up."));
        sent.expect(201);
        assert_eq!(sent.header("etag"), "W/\"1\"");
        let first = json_of(&sent);
        let read = ana.get(sent.header("location"));
        assert_eq!(read.expect(200).header("etag"), "W/\"1\"");
        let mut read = json_of(&read);
        assert_eq!(read["sender"]["display"], "Ana Alvarez");
        read["sender"].as_object_mut().unwrap().remove("display");
        assert_eq!(read, first, "what was answered is what is stored");
        assert_eq!(first["sender"]["reference"], format!("Patient/{}", clinic.ana_patient));

        let thread = thread_of(&sent);
        site.pass_seconds(60);
        let mut answer = reply(clinic, &thread, "n-1", "Please sit down slowly.");
        answer["inResponseTo"] =
            json!([{ "reference": format!("Communication/{}", first["id"].as_str().unwrap()) }]);
        answer["extension"] = json!([{ "url": "urn:tidings:fhir:ask", "valueCode": "action" }]);
        answer["language"] = json!("en-GB");
        let answered = nils.post(&answer);
        answered.expect(201);
        assert_eq!(answered.header("etag"), "W/\"2\"", "an API send has no hold");

        let inbox = ana.all(&inbox_of(clinic));
        assert_eq!(inbox.len(), 1);
        let header = &inbox[0];
        assert_eq!(header["id"], thread.as_str());
        assert_eq!(header["topic"]["text"], "Dizzy");
        assert_eq!(header["category"][0]["coding"][0]["code"], "symptom");
        assert_eq!(header["about"][0]["reference"], format!("Encounter/{}", clinic.visit));
        assert_eq!(header["recipient"][0]["display"], "Diabetes team");
        assert_eq!(extension(header, "preview"), "Please sit down slowly.");
        assert_eq!(extension(header, "from"), "Nils Lee");
        assert_eq!(extension(header, "unread"), true);
        assert_eq!(extension(header, "ladder"), "answered");
        assert_eq!(
            &ana.found(&format!("/Communication/{thread}")),
            header,
            "one thing, one answer"
        );

        let messages = ana.all(&format!("/Communication?part-of={thread}&_count=20"));
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0]["payload"][0]["contentString"], "Please sit down slowly.");
        assert_eq!(messages[0]["sender"]["reference"], format!("Practitioner/{}", clinic.nils));
        assert_eq!(
            messages[0]["inResponseTo"][0]["reference"],
            answer["inResponseTo"][0]["reference"]
        );
        assert_eq!(messages[0]["language"], "en-GB");
        assert_eq!(extension(&messages[0], "ask"), "action");
        assert!(messages[0].get("identifier").is_none(), "a sender's id is the sender's alone");
        assert_eq!(messages[1]["identifier"][0]["value"], "a-1");
        let turned = ana.all(&format!("/Communication?part-of=Communication/{thread}&_sort=sent"));
        assert_eq!([&turned[1], &turned[0]], [&messages[0], &messages[1]]);
        // Reading has moved no mark.
        assert_eq!(extension(&ana.all(&inbox_of(clinic))[0], "unread"), true);

        let patient = ana.found(&format!("/Patient/{}", clinic.ana_patient));
        assert_eq!(patient["name"][0]["text"], "Ana Alvarez");
        assert_eq!(patient["birthDate"], "1964-03-05");
        assert_eq!(patient["communication"][0]["language"]["coding"][0]["code"], "en");
    });
}

#[test]
fn a_helper_writes_in_her_own_name() {
    each(|site, clinic| {
        let thread = started(&Program::of(site, clinic.ana), clinic);
        let pia = Program::of(site, clinic.pia);
        let sent = pia.post(&reply(clinic, &thread, "p-1", "I am with her today."));
        sent.expect(201);
        let who = format!("RelatedPerson/{}", clinic.pia);
        assert_eq!(json_of(&sent)["sender"]["reference"], who.as_str());
        let mut posed = reply(clinic, &thread, "p-2", "I am Ana.");
        posed["sender"] = json!({ "reference": format!("Patient/{}", clinic.ana_patient) });
        let refused = pia.post(&posed);
        assert_eq!(expressions(refused.expect(422)), ["Communication.sender"]);
        posed["sender"] = json!({ "reference": who });
        pia.post(&posed).expect(201);
    });
}

#[test]
fn pages_hold_everything_once() {
    each(|site, clinic| {
        let ana = Program::of(site, clinic.ana);
        for n in 0..5 {
            let new = new_thread(clinic, &format!("t-{n}"), &format!("Topic {n}"), "Text");
            ana.post(&new).expect(201);
            site.pass_seconds(1);
        }
        let patient = clinic.ana_patient;
        let inbox = ana.all(&format!(
            "/Communication?patient=Patient/{patient}&part-of:missing=true&_count=2"
        ));
        let topics: Vec<&str> =
            inbox.iter().map(|header| header["topic"]["text"].as_str().unwrap()).collect();
        assert_eq!(topics, ["Topic 4", "Topic 3", "Topic 2", "Topic 1", "Topic 0"]);

        let thread = inbox[0]["id"].as_str().unwrap();
        for n in 0..4 {
            ana.post(&reply(clinic, thread, &format!("r-{n}"), &format!("Reply {n}"))).expect(201);
        }
        for (sort, want) in [("sent", [1, 2, 3, 4, 5]), ("-sent", [5, 4, 3, 2, 1])] {
            let all = ana.all(&format!("/Communication?part-of={thread}&_sort={sort}&_count=2"));
            let seqs: Vec<i64> =
                all.iter().map(|message| extension(message, "seq").as_i64().unwrap()).collect();
            assert_eq!(seqs, want);
        }
    });
}

#[test]
fn sending_again_sends_once() {
    each(|site, clinic| {
        let ana = Program::of(site, clinic.ana);
        let first = new_thread(clinic, "same", "Dizzy", "Once.");
        let sent = ana.post(&first);
        sent.expect(201);
        site.pass_seconds(5);
        for _ in 0..3 {
            let again = ana.post(&first);
            assert_eq!(json_of(again.expect(200)), json_of(&sent));
            assert_eq!(again.header("location"), sent.header("location"));
        }
        let thread = thread_of(&sent);
        let answer = reply(clinic, &thread, "same-2", "Twice.");
        let (one, two) = (ana.post(&answer), ana.post(&answer));
        assert_eq!(json_of(one.expect(201)), json_of(two.expect(200)));
        for other in [
            reply(clinic, &thread, "same-2", "Thrice."),
            new_thread(clinic, "same-2", "Dizzy", "Twice."),
            new_thread(clinic, "same", "Dizzy", "Other words."),
        ] {
            let refused = ana.post(&other);
            assert_eq!(expressions(refused.expect(422)), ["Communication.identifier[0].value"]);
        }
        assert_eq!(ana.all(&inbox_of(clinic)).len(), 1);
        assert_eq!(ana.all(&format!("/Communication?part-of={thread}")).len(), 2);
        // The id is the sender's own: another's same id is another message.
        Program::of(site, clinic.nils).post(&reply(clinic, &thread, "same-2", "Mine.")).expect(201);
    });
}

#[test]
fn newer_messages_are_shown_before_a_send() {
    each(|site, clinic| {
        let (ana, nils) = (Program::of(site, clinic.ana), Program::of(site, clinic.nils));
        let thread = started(&ana, clinic);
        nils.post(&reply(clinic, &thread, "n-1", "How long already?")).expect(201);
        let body = reply(clinic, &thread, "a-2", "It is better now.");
        let with =
            |tag: &str| ana.send(posted(body.to_string().into_bytes()).header("if-match", tag));
        let refused = with("W/\"1\"");
        assert_eq!(refused.expect(412).header("etag"), "W/\"2\"");
        assert_eq!(json_of(&refused)["resourceType"], "OperationOutcome");
        for wrong in ["2", "*", "W/\"x\"", "W/\"1\", W/\"2\"", "\"-1\""] {
            with(wrong).expect(400);
        }
        assert_eq!(ana.all(&format!("/Communication?part-of={thread}")).len(), 2);
        with("W/\"2\"").expect(201);
    });
}

#[test]
fn a_stranger_and_a_random_id_get_the_same_bytes() {
    each(|site, clinic| {
        let ana = Program::of(site, clinic.ana);
        let thread = started(&ana, clinic);
        let message = ana.all(&format!("/Communication?part-of={thread}"))[0]["id"].clone();
        let message = message.as_str().unwrap();
        let random = "0197a1b2-0000-7000-8000-0000000000aa";
        let patient = clinic.ana_patient;
        for stranger in [clinic.ben, clinic.eve] {
            let stranger = Program::of(site, stranger);
            let unknown = stranger.get(&format!("/Communication/{random}"));
            unknown.expect(404);
            for path in [
                format!("/Communication/{thread}"),
                format!("/Communication/{message}"),
                format!("/Communication?part-of={thread}"),
                format!("/Communication?part-of={random}"),
                format!("/Communication?part-of={message}"),
                format!("/Communication?patient={patient}&part-of:missing=true"),
                format!("/Communication?patient={random}&part-of:missing=true"),
                format!("/Patient/{patient}"),
                format!("/Patient/{random}"),
                "/Communication/not-an-id".to_owned(),
                "/Communication/%ff".to_owned(),
                "/Observation/1".to_owned(),
            ] {
                let page = stranger.get(&path);
                assert_eq!(page.expect(404).body, unknown.body, "{path}");
                assert_eq!(page.headers, unknown.headers, "{path}");
            }
            for body in [
                reply(clinic, &thread, "s-1", "Let me in."),
                reply(clinic, random, "s-2", "Let me in."),
                new_thread(clinic, "s-3", "Hello", "Let me in."),
            ] {
                assert_eq!(stranger.post(&body).expect(404).body, unknown.body);
            }
        }
        assert_eq!(ana.all(&format!("/Communication?part-of={thread}")).len(), 1);
        // The front desk of the team knows of the conversation and reads no word of it.
        let fred = Program::of(site, clinic.fred);
        let desk = fred.get(&format!("/Communication?part-of={thread}"));
        assert!(!desk.expect(403).body.contains("dizzy"));
    });
}

#[test]
fn a_token_does_what_its_scopes_say() {
    each(|site, clinic| {
        let thread = started(&Program::of(site, clinic.ana), clinic);
        let list = format!("/Communication?part-of={thread}");
        let nobody = site.browser();
        for request in [
            Request::new(Method::GET, &format!("/fhir/R4{list}")),
            Request::new(Method::GET, &format!("/fhir/R4{list}"))
                .header("authorization", "Bearer at_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            Request::new(Method::GET, "/fhir/R4/Nothing"),
            posted(reply(clinic, &thread, "x", "Hello").to_string().into_bytes()),
        ] {
            let page = nobody.send(request);
            assert!(page.expect(401).header("www-authenticate").starts_with("Bearer "));
        }
        let writer = Program::with(site, clinic.ana, "patient/Communication.c");
        writer.post(&reply(clinic, &thread, "w-1", "Written blind.")).expect(201);
        let reader = Program::with(site, clinic.ana, "patient/Communication.rs");
        assert_eq!(reader.all(&list).len(), 2);
        for (page, scope) in [
            (writer.get(&list), "Communication.r"),
            (writer.get(&inbox_of(clinic)), "Communication.s"),
            (writer.get(&format!("/Communication/{thread}")), "Communication.r"),
            (reader.post(&reply(clinic, &thread, "r-1", "No.")), "Communication.c"),
            (reader.post(&new_thread(clinic, "r-2", "No", "No.")), "Communication.c"),
            (reader.get(&format!("/Patient/{}", clinic.ana_patient)), "Patient.r"),
        ] {
            let asked = page.expect(403).header("www-authenticate").to_owned();
            assert!(asked.contains("insufficient_scope") && asked.contains(scope), "{asked}");
        }
        assert_eq!(reader.all(&list).len(), 2, "a refused send changes nothing");
        // Whoever is stopped is stopped at once.
        site.disable(clinic.ana);
        reader.get(&list).expect(401);
    });
}

#[test]
fn words_never_reach_the_wrong_patient() {
    each(|site, clinic| {
        let (ana, nils) = (Program::of(site, clinic.ana), Program::of(site, clinic.nils));
        let thread = started(&ana, clinic);
        let mut body = reply(clinic, &thread, "n-1", "For Ana only.");
        body["subject"] = json!({ "reference": format!("Patient/{}", clinic.ben_patient) });
        let refused = nils.post(&body);
        assert_eq!(expressions(refused.expect(422)), ["Communication.subject"]);
        let mut about = new_thread(clinic, "n-2", "Visit", "About another's visit.");
        about["subject"] = body["subject"].clone();
        let refused = nils.post(&about);
        assert_eq!(expressions(refused.expect(422)), ["Communication.about[0]"]);
        let mut team = new_thread(clinic, "a-2", "Team", "To a team that does not treat me.");
        team["recipient"] = json!([{ "reference": format!("CareTeam/{}", clinic.other_team) }]);
        assert_eq!(expressions(ana.post(&team).expect(422)), ["Communication.recipient[0]"]);
        let mut answer = reply(clinic, &thread, "a-3", "An answer to nothing.");
        answer["inResponseTo"] = json!([{ "reference": format!("Communication/{thread}") }]);
        assert_eq!(expressions(ana.post(&answer).expect(422)), ["Communication.inResponseTo[0]"]);
        assert_eq!(ana.all(&inbox_of(clinic)).len(), 1);
        assert_eq!(ana.all(&format!("/Communication?part-of={thread}")).len(), 1);
    });
}

#[test]
fn corrections_are_shown_and_what_was_taken_back_is_not() {
    each(|site, clinic| {
        let (ana, nils) = (Program::of(site, clinic.ana), Program::of(site, clinic.nils));
        let thread = started(&ana, clinic);
        nils.post(&reply(clinic, &thread, "n-1", "Take two.")).expect(201);
        let actor = session_of(site, clinic.nils);
        let app = &site.installation.app;
        let id = ThreadId::parse(&thread).unwrap();
        let correct = |kind, text: Option<&str>| {
            let body = text.map(|text| Body::parse(text).unwrap());
            app.write(&actor, move |cx| {
                let order = Order::NewestBefore(i64::MAX);
                let page = app::communication::messages(cx, id, order, 1)?;
                let message = page.items[0].id;
                app::message::correct(cx, id, message, kind, body.as_ref(), "A slip of the pen.")
            })
            .unwrap();
        };
        correct(CorrectionKind::Correction, Some("Take one."));
        let newest = |program: &Program<'_>| {
            program.all(&format!("/Communication?part-of={thread}"))[0].clone()
        };
        let corrected = newest(&ana);
        assert_eq!(corrected["payload"][0]["contentString"], "Take one.");
        assert_eq!(corrected["meta"]["versionId"], "2.1");
        assert_eq!(corrected["statusReason"]["text"], "A slip of the pen.");
        extension(&corrected, "corrected");
        assert_eq!(extension(&ana.all(&inbox_of(clinic))[0], "preview"), "Take one.");
        correct(CorrectionKind::Retraction, None);
        let taken = newest(&ana);
        assert_eq!(taken["status"], "entered-in-error");
        assert!(taken.get("payload").is_none());
        assert!(!taken.to_string().contains("Take"));
        assert!(!ana.all(&inbox_of(clinic))[0].to_string().contains("Take"));
    });
}

#[test]
fn who_prepared_a_text_and_who_wrote_words_down_is_told_by_name() {
    each(|site, clinic| {
        let (ana, nils) = (Program::of(site, clinic.ana), Program::of(site, clinic.nils));
        let thread = started(&ana, clinic);
        let (id, patient) = (ThreadId::parse(&thread).unwrap(), clinic.ana_patient);
        let app = &site.installation.app;
        let typed = Typed {
            target: Target::Reply { thread: id, after: AfterRelease::Nothing, outcome: None },
            ask: Ask::Inform,
            content: DraftContent { body: "Dizzy at night.".to_owned(), ..DraftContent::default() },
            base_seq: 1,
        };
        let offered = app
            .write(&session_of(site, clinic.pia), move |cx| {
                let (draft, version) = draft::save(cx, None, 0, &typed)?;
                prepared::offer(cx, draft, version)?;
                Ok((draft, version))
            })
            .unwrap();
        app.write(&session_of(site, clinic.ana), move |cx| {
            let taken = prepared::take(cx, patient, offered.0, offered.1)?;
            let version = draft::get(cx, taken.draft)?.row.version;
            draft::send(cx, taken.draft, version, None)
        })
        .unwrap();
        site.pass_seconds(11);
        draft::release_due(app).unwrap();
        let call = Outgoing {
            body: Body::parse("It is worse now.").unwrap(),
            ask: Ask::Action,
            questions: Vec::new(),
            answers: Vec::new(),
            language: "en".to_owned(),
            channel: Channel::Phone,
            prepared_by: None,
            client_msg_id: ClientMsgId::parse("call-1").unwrap(),
            base_seq: None,
            answers_up_to: None,
            after: AfterRelease::Nothing,
            outcome: None,
        };
        app.write(&session_of(site, clinic.nils), move |cx| {
            told::enter(cx, patient, Speaker::Patient, &Into::Thread(id), &call)
        })
        .unwrap();
        for reader in [&ana, &nils, &Program::of(site, clinic.pia)] {
            let all = reader.all(&format!("/Communication?part-of={thread}&_sort=sent"));
            let said = |message: &Value| {
                let names = ["prepared-by", "entered-by"].into_iter();
                let said = names.filter(|name| {
                    message["extension"].to_string().contains(&format!("urn:tidings:fhir:{name}"))
                });
                said.map(|name| format!("{name} {}", extension(message, name))).collect::<Vec<_>>()
            };
            let said: Vec<_> = all.iter().map(said).collect();
            let none = Vec::<String>::new();
            let (pia, by_nils) = ("prepared-by \"Pia Alvarez\"", "entered-by \"Nils Lee\"");
            assert_eq!(said, [none, vec![pia.to_owned()], vec![by_nils.to_owned()]]);
            let hers = format!("Patient/{patient}");
            assert!(all.iter().all(|message| message["sender"]["reference"] == hers.as_str()));
            assert_eq!(all[2]["medium"][0]["text"], "phone");
            // The name alone: no id leads to the person, nor to a role.
            let ids = [clinic.pia.to_string(), clinic.nils.to_string()];
            assert!(ids.iter().all(|id| !all[1].to_string().contains(id)), "{}", all[1]);
            assert!(ids.iter().all(|id| !all[2].to_string().contains(id)), "{}", all[2]);
            let one = all[1]["id"].as_str().unwrap();
            assert_eq!(reader.found(&format!("/Communication/{one}")), all[1]);
        }
    });
}

#[test]
fn what_is_held_is_not_there() {
    each(|site, clinic| {
        let ana = Program::of(site, clinic.ana);
        let thread = started(&ana, clinic);
        let actor = session_of(site, clinic.nils);
        let app = &site.installation.app;
        let id = ThreadId::parse(&thread).unwrap();
        let held = clinic::hold_reply(app, &actor, id, "Not yet sent.").unwrap();
        assert!(held, "the portal holds a send first");
        let list = format!("/Communication?part-of={thread}");
        for program in [&ana, &Program::of(site, clinic.nils)] {
            assert!(!program.get(&list).body.contains("Not yet sent."));
            assert!(!program.get(&inbox_of(clinic)).body.contains("Not yet sent."));
        }
        site.pass_seconds(11);
        app::draft::release_due(app).unwrap();
        assert!(ana.get(&list).body.contains("Not yet sent."));
    });
}

/// The actor of somebody who is signed in.
fn session_of(site: &TestSite, person: PersonId) -> Actor {
    clinic::session(&site.installation.app, person).unwrap()
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of bad requests")]
fn what_is_not_understood_changes_nothing() {
    each(|site, clinic| {
        let ana = Program::of(site, clinic.ana);
        let thread = started(&ana, clinic);
        let good = reply(clinic, &thread, "b-1", "Hello.");
        let changed = |name: &str, value: Value| {
            let mut body = good.clone();
            body[name] = value;
            body.to_string().into_bytes()
        };
        let without = |name: &str| {
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(name);
            body.to_string().into_bytes()
        };
        let text = good.to_string();
        let doubled = text.replacen('{', "{\"status\":\"completed\",\"status\":\"completed\",", 1);
        let deep = changed("meta", json!({ "tag": [] })).clone();
        let deep = String::from_utf8(deep).unwrap();
        let deep = deep.replace("[]}", &format!("{}{}}}", "[".repeat(40), "]".repeat(40)));
        let mut latin = text.clone().into_bytes();
        let at = latin.iter().position(|byte| *byte == b'H').unwrap();
        latin[at] = 0xe9;
        let oversized = changed("payload", json!([{ "contentString": "x".repeat(1_000_001) }]));
        let too_long = changed("payload", json!([{ "contentString": "x".repeat(100_001) }]));
        let two = json!([{ "contentString": "a" }, { "contentString": "b" }]);
        let random = "0197a1b2-0000-7000-8000-0000000000aa";
        let cases: Vec<(Vec<u8>, u16, &str)> = vec![
            (Vec::new(), 400, "Communication"),
            (b"{".to_vec(), 400, "Communication"),
            (b"[]".to_vec(), 400, "Communication"),
            (b"null".to_vec(), 400, "Communication"),
            (latin, 400, "Communication"),
            (doubled.into_bytes(), 400, "Communication"),
            (deep.into_bytes(), 400, "Communication"),
            (oversized, 413, ""),
            (too_long, 422, "Communication.payload[0].contentString"),
            (changed("resourceType", json!("Task")), 400, "Communication.resourceType"),
            (changed("colour", json!("red")), 400, "Communication.colour"),
            (changed("a b", json!("red")), 400, "Communication"),
            (changed("note", json!([{ "text": "x" }])), 400, "Communication.note"),
            (changed("payload", json!("x")), 400, "Communication.payload"),
            (changed("payload", json!([])), 400, "Communication.payload"),
            (changed("payload", json!([7])), 400, "Communication.payload[0]"),
            (changed("payload", two), 422, "Communication.payload"),
            (
                changed("payload", json!([{ "contentAttachment": {} }])),
                400,
                "Communication.payload[0].contentAttachment",
            ),
            (
                changed("payload", json!([{ "contentString": 7 }])),
                400,
                "Communication.payload[0].contentString",
            ),
            (
                changed("payload", json!([{ "contentString": " \n" }])),
                422,
                "Communication.payload[0].contentString",
            ),
            (
                changed("payload", json!([{ "contentString": "a\u{0}b" }])),
                422,
                "Communication.payload[0].contentString",
            ),
            (without("payload"), 422, "Communication.payload"),
            (without("subject"), 422, "Communication.subject"),
            (without("identifier"), 422, "Communication.identifier"),
            (
                changed("identifier", json!([{ "value": "a b" }])),
                422,
                "Communication.identifier[0].value",
            ),
            (changed("status", json!("preparation")), 422, "Communication.status"),
            (changed("priority", json!("stat")), 422, "Communication.priority"),
            (changed("topic", json!({ "text": "New" })), 422, "Communication.topic"),
            (changed("language", json!("not a tag")), 422, "Communication.language"),
            (
                changed("subject", json!({ "reference": "Group/1" })),
                422,
                "Communication.subject.reference",
            ),
            (
                changed("partOf", json!([{ "reference": format!("Thread/{thread}") }])),
                422,
                "Communication.partOf[0].reference",
            ),
            (
                changed("extension", json!([{ "url": "urn:x", "valueCode": "y" }])),
                422,
                "Communication.extension[0].url",
            ),
            (
                changed("partOf", json!([{ "reference": format!("Communication/{random}") }])),
                404,
                "",
            ),
            (without("partOf"), 422, "Communication.recipient"),
        ];
        for (body, status, expression) in cases {
            let shown = String::from_utf8_lossy(&body).chars().take(200).collect::<String>();
            let page = ana.send(posted(body));
            assert_eq!(page.status.as_u16(), status, "{shown}: {page:?}");
            let expected: &[&str] = if expression.is_empty() { &[] } else { &[expression] };
            assert_eq!(expressions(&page), expected, "{shown}");
        }
        let labelled =
            |kind: &str| ana.send(posted(text.clone().into_bytes()).header("content-type", kind));
        for kind in ["text/plain", "application/xml", "application/fhir+xml", ""] {
            labelled(kind).expect(415);
        }
        ana.send(posted(text.clone().into_bytes()).header("content-encoding", "gzip")).expect(415);
        for query in ["", "?", "?patient=1", "?part-of=", "?colour=red", "?_count=5"] {
            let page = ana.get(&format!("/Communication{query}"));
            assert!([400, 404].contains(&page.status.as_u16()), "{query}: {page:?}");
        }
        ana.get(&format!("/Communication?part-of={thread}&subject=x")).expect(400);
        ana.send(Request::new(Method::DELETE, &format!("/fhir/R4/Communication/{thread}")))
            .expect(405);
        assert_eq!(ana.all(&format!("/Communication?part-of={thread}")).len(), 1);
        assert_eq!(ana.all(&inbox_of(clinic)).len(), 1);
        labelled("application/json; charset=utf-8").expect(201);
    });
}
