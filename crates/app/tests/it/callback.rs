//! "I'm not sure": the draft goes out unchanged with a request for a call, and the clock tells one tier after another.

use app::contact::{self, Attempt, Call, With};
use app::draft::{self, Sent};
use app::testing::clinic;
use app::urgency::{self, Answer};
use app::work::{self, QueueAfter, QueueList};
use app::{App, Conflict, Error, callback, message, thread};
use domain::access::Role;
use domain::calendar::Week;
use domain::callback::There;
use domain::contact::Tried;
use domain::ids::{DraftId, PersonId, ThreadId};
use domain::message::{Body, ClientMsgId};
use domain::urgency::Level;
use store::access::Administer;
use store::draft::AfterRelease;
use store::{sql, team_clock};

use crate::world::World;

const WORDS: &str = "My cut looks a bit odd.  Is that\nall right?";

/// Ana types a new message and asks for a call at a number.
fn asks(world: &World, text: &str, phone: &'static str) -> app::Result<Sent> {
    let ana = world.actor(world.ana);
    let typed = world.typed_new("A question", text);
    let (draft, version) =
        world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
    world.app.write(&ana, move |cx| callback::send(cx, draft, version, phone, 0))
}

fn sent(result: app::Result<Sent>) -> message::Delivered {
    match result.unwrap() {
        Sent::Delivered(delivered) => delivered,
        other => panic!("not sent: {other:?}"),
    }
}

fn waiting(world: &World, person: PersonId, thread: ThreadId) -> Option<callback::Waiting> {
    let actor = world.actor(person);
    world.app.read(&actor, |cx| callback::waiting(cx, thread)).unwrap()
}

/// The lines about the call as a reader sees them: code and names.
fn lines(world: &World, person: PersonId, id: ThreadId) -> Vec<(String, String)> {
    let view =
        world.app.read(&world.actor(person), |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
    let all = view.lines.into_iter().filter(|line| line.kind == "call");
    all.map(|line| (line.detail, format!("{}{}", line.more.by, line.more.to))).collect()
}

fn codes(world: &World, id: ThreadId) -> Vec<String> {
    lines(world, world.ana, id).into_iter().map(|(code, _)| code).collect()
}

/// Whom mails went to, with the step.
fn told(world: &World) -> Vec<(PersonId, String)> {
    let list = sql!(
        "SELECT person_id, dedupe_key FROM notice WHERE kind = 'call' ORDER BY created_at, id"
    );
    let rows = world.app.db().read(|tx| tx.query(list, &[])).unwrap();
    let step = |key: String| key.split(':').nth(2).unwrap_or_default().to_owned();
    rows.iter().map(|row| (row.get(0).unwrap(), step(row.get(1).unwrap()))).collect()
}

fn look(app: &App) {
    while callback::look(app).unwrap() > 0 {}
}

fn lead(world: &World, person: PersonId) {
    let team = world.team;
    let set = sql!("UPDATE membership SET is_lead = TRUE WHERE team_id = $1 AND person_id = $2");
    world
        .app
        .write(&domain::access::Actor::system(), move |cx| {
            Ok(cx.tx().execute_one(set, &[&team, &person])?)
        })
        .unwrap();
}

#[test]
fn the_words_go_out_as_they_are_and_the_clock_tells_one_tier_after_another() {
    for world in World::all_checked() {
        lead(&world, world.nils);
        let earlier = world.ana_writes("A form", "Please sign the form for my school.").thread;
        let draft = {
            let (ana, typed) = (world.actor(world.ana), world.typed_new("A question", WORDS));
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap()
        };
        let ana = world.actor(world.ana);
        let page = world.app.read(&ana, |cx| callback::preview(cx, draft.0)).unwrap().unwrap();
        assert_eq!(page.promise.there, There::Now);
        assert_eq!(page.promise.due_at.seconds_since(world.app.now()), 15 * 60);
        assert_eq!(page.promise.safety.emergency, "911");
        let bad =
            world.app.write(&ana, move |cx| callback::send(cx, draft.0, draft.1, "call me", 0));
        assert!(matches!(bad, Err(Error::Invalid(_))), "{bad:?}");
        let press =
            || world.app.write(&ana, move |cx| callback::send(cx, draft.0, draft.1, "555-0199", 0));
        let id = sent(press()).thread;
        // A second press is not a second request: it finds what the draft became.
        assert!(matches!(press(), Err(Error::NotFound)));
        assert_eq!(world.app.read(&ana, |cx| draft::became(cx, draft.0)).unwrap(), id);
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 9)).unwrap();
        assert_eq!(view.messages.len(), 1);
        assert_eq!(view.messages[0].letter.body, Body::parse(WORDS).unwrap().as_str());
        assert_eq!(view.items[0].level, 1, "on top of the list");
        let team = world.team;
        let nils = world.actor(world.nils);
        let queue = world
            .app
            .read(&nils, |cx| work::queue(cx, team, QueueList::Team, QueueAfter::START, 9))
            .unwrap();
        assert_eq!(queue.entries[0].item.thread, id);
        assert_eq!(queue.entries[0].marks.call_by, Some(page.promise.due_at));
        assert!(
            queue.entries.iter().any(|it| it.item.thread == earlier && it.marks.call_by.is_none())
        );
        // Those on duty know; staff read the number, Ana hers, nobody else.
        let people: Vec<PersonId> = told(&world).into_iter().map(|(person, _)| person).collect();
        assert!(people.contains(&world.nils) && people.contains(&world.dora), "{people:?}");
        assert_eq!(waiting(&world, world.nils, id).unwrap().phone, "555-0199");
        assert_eq!(waiting(&world, world.ana, id).unwrap().phone, "555-0199");
        let pia = world.add_person(Role::Helper, "Pia Alvarez");
        clinic::grant(&world.app, world.ana_patient, pia, "helper").unwrap();
        assert_eq!(waiting(&world, pia, id).unwrap().phone, "");
        let eve = world.actor(world.eve);
        let foreign = world.app.read(&eve, |cx| callback::waiting(cx, id));
        assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");

        world.pass_seconds(9 * 60);
        look(&world.app);
        assert_eq!(codes(&world, id), ["asked"]);
        world.pass_seconds(61);
        look(&world.app);
        look(&world.app);
        assert_eq!(
            lines(&world, world.ana, id)[1],
            ("told".to_owned(), "Nils Lee".to_owned()),
            "the lead, by name and once"
        );
        assert!(!waiting(&world, world.ana, id).unwrap().late);
        // A server that was killed in between goes on where the first one stood.
        world.pass_seconds(5 * 60);
        look(&world.restarted());
        look(&world.app);
        assert_eq!(codes(&world, id), ["asked", "told", "late"]);
        assert!(waiting(&world, world.ana, id).unwrap().late);
        let steps: Vec<_> = told(&world).into_iter().filter(|(_, step)| step != "asked").collect();
        let expected = [(world.nils, "leads".to_owned()), (world.dora, "last_resort".to_owned())];
        assert_eq!(steps, expected);
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn what_the_team_does_ends_it_and_a_try_does_not() {
    for world in World::all_checked() {
        let (ana, nils, dora) =
            (world.actor(world.ana), world.actor(world.nils), world.actor(world.dora));
        let id = sent(asks(&world, WORDS, "")).thread;
        let calls = |who| world.app.write(who, move |cx| callback::calling(cx, id));
        calls(&nils).unwrap();
        calls(&nils).unwrap();
        assert!(matches!(calls(&dora), Err(Error::Conflict(Conflict::Changed))), "one calls");
        assert!(matches!(calls(&ana), Err(Error::NotFound)));
        let seen = waiting(&world, world.ana, id).unwrap();
        assert_eq!(seen.calling.as_deref(), Some("Nils Lee"));
        assert_eq!(codes(&world, id), ["asked", "calling"]);
        // Whoever is calling is left to it; a call that reached nobody lets the clock go on.
        world.pass_seconds(9 * 60);
        look(&world.app);
        assert_eq!(codes(&world, id), ["asked", "calling"]);
        let attempt = Attempt {
            how: Tried::Nobody,
            at: world.app.now(),
            said: None,
            id: world.app.new_id().unwrap(),
        };
        world.app.write(&nils, move |cx| contact::tried(cx, id, &attempt)).unwrap();
        assert!(waiting(&world, world.ana, id).unwrap().calling.is_none());
        world.pass_seconds(2 * 60);
        look(&world.app);
        assert_eq!(codes(&world, id), ["asked", "calling", "told"]);
        let record = Call {
            with: With::Patient,
            at: world.app.now(),
            said: Body::parse("Keep it dry.").unwrap(),
            answers: Vec::new(),
            language: "en".to_owned(),
            client_msg_id: ClientMsgId::parse("call-1").unwrap(),
        };
        world.app.write(&dora, move |cx| contact::call(cx, id, &record, false, None)).unwrap();
        assert!(waiting(&world, world.ana, id).is_none());
        world.pass_seconds(3_600);
        look(&world.app);
        assert_eq!(codes(&world, id).len(), 3, "nobody hears of what has ended");
        assert!(matches!(calls(&nils), Err(Error::Conflict(Conflict::Changed))));

        // An answer in writing ends it too, and so does the writer's word; the message stays.
        let id = sent(asks(&world, WORDS, "")).thread;
        world.replies(world.nils, id, "That is all right.");
        assert!(waiting(&world, world.ana, id).is_none());
        let id = sent(asks(&world, WORDS, "")).thread;
        let off = |who| world.app.write(who, move |cx| callback::withdraw(cx, id));
        assert!(matches!(off(&nils), Err(Error::NotFound)));
        off(&ana).unwrap();
        off(&ana).unwrap();
        assert_eq!(codes(&world, id), ["asked", "off"]);
        let view = world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 9)).unwrap();
        assert_eq!((view.messages.len(), view.items.len()), (1, 1));
    }
}

#[test]
fn a_second_wish_joins_the_first_and_what_others_wrote_is_shown_first() {
    for world in World::all_checked() {
        let ana = world.actor(world.ana);
        let id = sent(asks(&world, WORDS, "")).thread;
        let due = waiting(&world, world.ana, id).unwrap().due_at;
        world.pass_seconds(60);
        let typed = World::typed_reply(id, "Is it better to wait?", 9, AfterRelease::Nothing);
        let (draft, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let page = world.app.read(&ana, |cx| callback::preview(cx, draft)).unwrap().unwrap();
        assert!(page.joins);
        let again =
            world.app.write(&ana, move |cx| callback::send(cx, draft, version, "555-0142", 9));
        assert_eq!(sent(again).thread, id);
        let seen = waiting(&world, world.ana, id).unwrap();
        assert_eq!((seen.due_at, seen.phone.as_str()), (due, "555-0142"), "one clock");
        assert_eq!(codes(&world, id), ["asked"]);
        world.app.write(&ana, move |cx| callback::renumber(cx, id, "555-0143")).unwrap();
        assert_eq!(waiting(&world, world.nils, id).unwrap().phone, "555-0143");

        let other = world.ana_writes("A form", "Please sign the form for my school.").thread;
        let typed = World::typed_reply(other, "And this?", 1, AfterRelease::Nothing);
        let (draft, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        world.replies(world.nils, other, "Which form?");
        let page = world.app.read(&ana, |cx| callback::preview(cx, draft)).unwrap().unwrap();
        assert_eq!(page.newer, 1);
        let blind = world.app.write(&ana, move |cx| callback::send(cx, draft, version, "", 1));
        assert!(matches!(blind, Err(Error::Conflict(Conflict::NewerMessages { .. }))), "{blind:?}");
        let seen = page.seen;
        let knowing = world.app.write(&ana, move |cx| callback::send(cx, draft, version, "", seen));
        assert_eq!(sent(knowing).thread, other);
    }
}

#[test]
fn an_emergency_meets_its_page_first_and_the_answer_sends_both() {
    for world in World::all_checked() {
        let ana = world.actor(world.ana);
        let text = "Since 4 this morning a heavy feeling in my chest.";
        let typed = world.typed_new("A question", text);
        let (draft, _): (DraftId, i64) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        assert!(world.app.write(&ana, move |cx| callback::wish(cx, draft)).unwrap());
        assert!(world.app.read(&ana, |cx| callback::is_wished(cx, draft)).unwrap());
        let version = world.app.read(&ana, |cx| draft::get(cx, draft)).unwrap().row.version;
        let tried =
            world.app.write(&ana, move |cx| callback::send(cx, draft, version, "555-0177", 0));
        assert_eq!(tried.unwrap(), Sent::Asked);
        let version = world.app.read(&ana, |cx| draft::get(cx, draft)).unwrap().row.version;
        let delivered = world
            .app
            .write(&ana, move |cx| urgency::answer(cx, draft, version, Answer::NotNow, None))
            .unwrap();
        assert_eq!(delivered.urgency, Level::Emergency);
        let seen = waiting(&world, world.nils, delivered.thread).unwrap();
        assert_eq!(seen.phone, "555-0177");
    }
}

#[test]
fn a_closed_team_promises_nothing_before_it_opens_and_a_site_may_offer_no_call() {
    for world in World::all_checked() {
        let team = world.team;
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        // The clinic is shut: its hours begin tomorrow.
        let week = "tue 08:00-16:00; wed 08:00-16:00; thu 08:00-16:00; fri 08:00-16:00";
        let shut = move |cx: &mut app::Cx<'_, '_>| {
            let permit = cx.authorize::<Administer>(())?;
            let week = Week::parse(week).unwrap();
            Ok(team_clock::set(cx.tx(), &permit, team, &week, 540, 80)?)
        };
        world.app.write(&domain::access::Actor::system(), shut).unwrap();
        let id = sent(asks(&world, WORDS, "555-0199")).thread;
        let seen = waiting(&world, world.ana, id).unwrap();
        assert_eq!(seen.there, There::Later);
        assert!(seen.due_at.seconds_since(world.app.now()) > 15 * 60);
        assert_eq!(
            told(&world),
            [(world.dora, "asked".to_owned())],
            "the last resort hears at once"
        );
        world.pass_seconds(3_600);
        look(&world.app);
        assert_eq!(codes(&world, id), ["asked"], "the clock begins when the team opens");
        world.pass_seconds(seen.due_at.seconds_since(world.app.now()) - 14 * 60);
        look(&world.app);
        assert!(told(&world).contains(&(world.nils, "duty".to_owned())));
        world.pass_seconds(15 * 60);
        look(&world.app);
        assert_eq!(codes(&world, id), ["asked", "told", "late"]);

        let site = world.site;
        let row = world.app.read(&ada, |cx| app::admin::safety::get(cx, site)).unwrap();
        let set = |minutes, version| {
            let safety = domain::site::Safety { call_minutes: minutes, ..row.safety.clone() };
            world.app.write(&ada, move |cx| app::admin::safety::set(cx, site, &safety, version))
        };
        for odd in [-1, 1, 61] {
            assert!(matches!(set(odd, row.version), Err(Error::Invalid(_))), "{odd}");
        }
        set(0, row.version).unwrap();
        assert!(!world.app.read(&ada, move |cx| callback::is_offered(cx, Some(team))).unwrap());
        let id = sent(asks(&world, WORDS, "555-0199")).thread;
        assert!(waiting(&world, world.ana, id).is_none(), "the message goes alone");
    }
}
