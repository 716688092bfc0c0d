//! What the urgency check rests on: a site's numbers and switch, and the limits of a patient's plan.

use app::admin::safety;
use app::draft::{self, AfterRelease, Sent};
use app::urgency::{self, Answer, Said};
use app::work::{self, QueueAfter, QueueList};
use app::{Conflict, Error, FieldError, plan_limit, thread};
use domain::access::Role;
use domain::ids::{DraftId, PlanLimitId};
use domain::plan_limit::Limit;
use domain::site::Safety;
use domain::urgency::Level;
use domain::work_item::Level as WorkLevel;

use crate::world::World;

fn limit(quantity: &str, side: &str, value: &str, unit: &str, days: &str) -> Limit {
    Limit::parse(quantity, side, value, unit, days).unwrap()
}

fn faults<T: std::fmt::Debug>(result: app::Result<T>) -> Vec<(&'static str, &'static str)> {
    match result {
        Err(Error::Invalid(faults)) => {
            faults.iter().map(|FieldError { field, problem, .. }| (*field, *problem)).collect()
        }
        other => panic!("not refused for its fields: {other:?}"),
    }
}

#[test]
fn the_check_is_off_where_a_card_could_not_say_whom_to_call() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let site = world.site;
        let organization = world.organization;
        let new = |country: &str| app::admin::SiteRow {
            id: site,
            organization,
            name: format!("Branch {country}"),
            phone: "555-0100".to_owned(),
            hours: String::new(),
            time_zone: "UTC".to_owned(),
            country: country.to_owned(),
            emergency_phone: String::new(),
            crisis_phone: String::new(),
            nurse_phone: String::new(),
        };
        let add = |row: app::admin::SiteRow| {
            world.app.write(&ada, move |cx| app::admin::add_site(cx, &row))
        };
        let get = |id| world.app.read(&ada, |cx| safety::get(cx, id)).unwrap();
        let set = |id, safety: Safety, version| {
            world.app.write(&ada, move |cx| safety::set(cx, id, &safety, version))
        };
        let home = get(add(new("us")).unwrap());
        assert!(home.safety.checks(), "on in the United States, its numbers filled in");
        assert_eq!(home.safety.poison, "1-800-222-1222");
        let abroad = get(add(new("ES")).unwrap());
        assert!(!abroad.safety.checks() && abroad.safety.emergency.is_empty());
        assert_eq!(faults(add(new("Spain"))), [("country", "unknown")]);
        let odd = app::admin::SiteRow { nurse_phone: "ask Nils".to_owned(), ..new("US") };
        assert_eq!(faults(add(odd)), [("nurse", "number")]);

        let on = Safety { urgency_check: true, ..abroad.safety.clone() };
        let refused = set(abroad.site, on.clone(), abroad.version);
        assert_eq!(faults(refused), [("emergency", "needed"), ("crisis", "needed")]);
        let typed =
            Safety { emergency: "uno uno dos".to_owned(), poison: "x".to_owned(), ..on.clone() };
        let refused = set(abroad.site, typed, abroad.version);
        assert_eq!(faults(refused), [("emergency", "number"), ("poison", "number")]);
        let filled = Safety { emergency: "112".to_owned(), crisis: " 024 ".to_owned(), ..on };
        set(abroad.site, filled.clone(), abroad.version).unwrap();
        let kept = get(abroad.site);
        assert!(kept.safety.checks());
        assert_eq!(kept.safety.crisis, "024");
        let late = set(abroad.site, filled, abroad.version);
        assert!(matches!(late, Err(Error::Conflict(Conflict::Changed))), "{late:?}");
        let gone = set(abroad.site, Safety { crisis: String::new(), ..kept.safety }, kept.version);
        assert_eq!(faults(gone), [("crisis", "needed")]);
        for person in [world.nils, world.ana] {
            let stranger = world.actor(person);
            assert!(world.app.read(&stranger, |cx| safety::get(cx, site)).is_err());
        }
    }
}

#[test]
fn a_clinician_sets_limits_and_the_patient_reads_them() {
    for world in World::all() {
        let (ana, patient) = (world.actor(world.ana), world.ana_patient);
        let (dora, nils, eve) =
            (world.actor(world.dora), world.actor(world.nils), world.actor(world.eve));
        let list = |who| world.app.read(who, |cx| plan_limit::list(cx, patient));
        let add = |who, limit: Limit| {
            world.app.write(who, move |cx| plan_limit::add(cx, patient, &limit))
        };
        let end =
            |who, id: PlanLimitId| world.app.write(who, move |cx| plan_limit::end(cx, patient, id));
        let gain = limit("weight_gain", "ge", "3", "[lb_av]", "1");
        assert!(!world.app.read(&ana, |cx| plan_limit::has_any(cx, patient)).unwrap());
        let first = add(&dora, gain).unwrap();
        let slower = limit("weight_gain", "ge", "5", "[lb_av]", "7");
        add(&dora, slower).unwrap();
        let again = add(&dora, limit("weight_gain", "ge", "2", "kg", "1"));
        assert_eq!(faults(again), [("quantity", "already")]);
        // A nurse of the team reads them, sets none; another team's clinician does not know of them.
        assert_eq!(list(&nils).unwrap().len(), 2);
        assert!(matches!(add(&nils, slower), Err(Error::Forbidden)));
        assert!(matches!(add(&eve, slower), Err(Error::NotFound)));
        assert!(matches!(list(&eve), Err(Error::NotFound)));
        assert!(matches!(add(&ana, slower), Err(Error::Forbidden)));
        let ben = world.actor(world.ben);
        assert!(matches!(list(&ben), Err(Error::NotFound)));

        let hers = list(&ana).unwrap();
        assert_eq!((hers[0].id, hers[0].limit), (first, gain));
        assert_eq!(hers[0].set_by_name, "Dora Park");
        assert!(world.app.read(&ana, |cx| plan_limit::has_any(cx, patient)).unwrap());
        assert!(matches!(end(&ana, first), Err(Error::Forbidden)));
        end(&dora, first).unwrap();
        assert!(matches!(end(&dora, first), Err(Error::NotFound)), "it ends once");
        assert_eq!(list(&ana).unwrap().len(), 1);
        let (bens, team) = (world.add_patient("Ben Brown", "1950-01-01", world.ben), world.team);
        let system = domain::access::Actor::system();
        world.app.write(&system, move |cx| app::admin::relate(cx, bens, team)).unwrap();
        let other = world.app.write(&dora, move |cx| plan_limit::end(cx, bens, first));
        assert!(matches!(other, Err(Error::NotFound)), "a limit is ended at its own patient");
        // What was ended may be set anew.
        add(&dora, gain).unwrap();
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

const CHEST: &str = "Refill please. Also since 4 this morning a heavy feeling in my chest.";

/// A draft of a new message of Ana's, and what sending it does.
fn tries(world: &World, headline: &str, body: &str) -> (DraftId, i64, Sent) {
    let ana = world.actor(world.ana);
    let typed = world.typed_new(headline, body);
    let (draft, version) =
        world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
    let sent = world.app.write(&ana, move |cx| draft::send(cx, draft, version, None)).unwrap();
    (draft, version, sent)
}

#[test]
fn a_heavy_chest_in_a_refill_request_is_on_top_of_the_queue_whatever_is_answered() {
    for world in World::all_checked() {
        let (ana, nils) = (world.actor(world.ana), world.actor(world.nils));
        let earlier = world.ana_writes("A form", "Please sign the form for my school.");
        for answer in Answer::ALL {
            let (draft, version, sent) = tries(&world, "Refill", CHEST);
            assert_eq!(sent, Sent::Asked, "the card comes first");
            // Leaving keeps the draft, and nothing was sent.
            assert!(world.app.read(&ana, |cx| urgency::waits(cx, draft)).unwrap());
            let kept = world.app.read(&ana, |cx| draft::get(cx, draft)).unwrap();
            assert_eq!(kept.row.release_at, None);
            let card = world.app.read(&ana, |cx| urgency::look(cx, draft)).unwrap().unwrap();
            assert_eq!(card.level, Level::Emergency);
            assert_eq!(card.safety.emergency, "911");
            assert!(card.words.iter().any(|words| words.contains("chest")), "{:?}", card.words);
            // Each answer sends at once, without a hold.
            let delivered = world
                .app
                .write(&ana, move |cx| urgency::answer(cx, draft, version, answer, None))
                .unwrap();
            assert_eq!(delivered.urgency, Level::Emergency, "no answer lowers it");
            let thread = delivered.thread;
            let seen = world.app.read(&nils, |cx| urgency::of_thread(cx, thread)).unwrap();
            assert_eq!((seen.len(), seen[0].message), (1, delivered.id));
            let detail = &seen[0].detail;
            assert_eq!(
                (detail.card.as_str(), detail.answer.as_str()),
                ("emergency", answer.code())
            );
            assert!(detail.answered_at > 0 && !seen[0].pack.is_empty());
            let hit = &detail.hits[0];
            assert_eq!(&CHEST[hit.start..hit.end], hit.words);
            let view = world.app.read(&nils, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
            assert_eq!(view.items[0].level, 1);
            let team = world.team;
            let queue = world
                .app
                .read(&nils, |cx| work::queue(cx, team, QueueList::Team, QueueAfter::START, 50))
                .unwrap();
            let (first, last) = (queue.entries.first().unwrap(), queue.entries.last().unwrap());
            assert_eq!((first.item.level, last.item.thread), (1, earlier.thread));
        }
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn a_later_message_raises_the_work_that_is_open_and_a_clinician_lowered() {
    for world in World::all_checked() {
        let (ana, dora) = (world.actor(world.ana), world.actor(world.dora));
        let thread = world.ana_writes("A form", "Please sign the form for my school.").thread;
        let reason = domain::message::Line::parse("A form can wait").unwrap();
        world
            .app
            .write(&dora, move |cx| {
                app::work::set_level(cx, thread, WorkLevel::WHENEVER, Some(&reason), None)
            })
            .unwrap();
        let item = || {
            let view = world.app.read(&dora, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
            view.items[0].clone()
        };
        let before = item();
        assert_eq!(before.level, 4);
        let typed = World::typed_reply(thread, CHEST, 9, AfterRelease::Nothing);
        let (draft, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let sent = world.app.write(&ana, move |cx| draft::send(cx, draft, version, Some(9)));
        assert_eq!(sent.unwrap(), Sent::Asked);
        world
            .app
            .write(&ana, move |cx| urgency::answer(cx, draft, version, Answer::Send, None))
            .unwrap();
        let after = item();
        assert_eq!(after.level, 1);
        assert!(after.due_at < before.due_at, "its clock is the one of what is urgent");
    }
}

#[test]
fn what_is_not_recognised_is_held_as_ever_and_a_switch_that_is_off_checks_nothing() {
    for world in World::all_checked() {
        let ana = world.actor(world.ana);
        let (draft, _, sent) = tries(&world, "A form", "Please sign the form for my school.");
        assert!(matches!(sent, Sent::Held(_)));
        assert!(world.app.read(&ana, |cx| urgency::look(cx, draft)).unwrap().is_none());
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let site = world.site;
        let row = world.app.read(&ada, |cx| safety::get(cx, site)).unwrap();
        let off = Safety { urgency_check: false, ..row.safety };
        world.app.write(&ada, move |cx| safety::set(cx, site, &off, row.version)).unwrap();
        let (draft, _, sent) = tries(&world, "Refill", CHEST);
        assert!(matches!(sent, Sent::Held(_)));
        assert!(world.app.read(&ana, |cx| urgency::look(cx, draft)).unwrap().is_none());
    }
}

#[test]
fn a_plain_text_becomes_urgent_by_the_writers_word_and_a_helpers_card_is_their_own() {
    for world in World::all_checked() {
        let (ana, nils) = (world.actor(world.ana), world.actor(world.nils));
        let typed = world.typed_new("A form", "Please sign the form for my school.");
        let (draft, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let sent = world
            .app
            .write(&ana, move |cx| {
                urgency::answer(cx, draft, version, Answer::Call, Some(Said::Sign))
            })
            .unwrap();
        assert_eq!(sent.urgency, Level::Emergency);
        let thread = sent.thread;
        let seen = world.app.read(&nils, |cx| urgency::of_thread(cx, thread)).unwrap();
        assert!(seen[0].detail.said == Some(Said::Sign) && seen[0].detail.hits.is_empty());
        let view = world.app.read(&nils, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
        assert_eq!(view.items[0].level, 1);
        // Of what Ana wrote her helper sees no card.
        let pia = world.add_person(Role::Helper, "Pia Alvarez");
        app::testing::clinic::grant(&world.app, world.ana_patient, pia, "helper").unwrap();
        let helper = world.actor(pia);
        assert!(world.app.read(&helper, |cx| urgency::of_thread(cx, thread)).unwrap().is_empty());
        assert_eq!(world.app.read(&ana, |cx| urgency::of_thread(cx, thread)).unwrap().len(), 1);
    }
}

#[test]
fn who_says_that_there_are_thoughts_of_harm_is_in_a_crisis_whatever_the_text_is_about() {
    for world in World::all_checked() {
        let (ana, nils) = (world.actor(world.ana), world.actor(world.nils));
        let typed = world.typed_new("Headache", "I have had a headache since Monday.");
        let (draft, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let asked = world.app.read(&ana, |cx| urgency::look(cx, draft)).unwrap().unwrap();
        assert_eq!(asked.level, Level::Ask);
        let answer = Answer::HadCare;
        let sent = world
            .app
            .write(&ana, move |cx| urgency::answer(cx, draft, version, answer, Some(Said::Harm)))
            .unwrap();
        assert_eq!(sent.urgency, Level::Crisis);
        let thread = sent.thread;
        // What was recognised of the head is no word of a crisis.
        let newest = Some(sent.id);
        let card = world.app.read(&ana, |cx| urgency::card_of_thread(cx, thread, newest));
        let card = card.unwrap().unwrap();
        assert_eq!((card.level, card.words), (Level::Crisis, Vec::new()));
        let seen = world.app.read(&nils, |cx| urgency::of_thread(cx, thread)).unwrap();
        let detail = &seen[0].detail;
        assert_eq!((detail.said, detail.level()), (Some(Said::Harm), Level::Crisis));
        assert!(detail.is_flag() && !detail.hits.is_empty());
        let view = world.app.read(&nils, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
        assert_eq!(view.items[0].level, 1);
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}
