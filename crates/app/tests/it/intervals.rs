//! Who is shown which part of a conversation, and who may act on it: work that was passed on, a team
//! that came later, somebody who left and came back, the two portals apart, a program's token.

use app::draft;
use app::message::{self, Outgoing};
use app::thread::{self, NewConversation};
use app::{Error, access_log, inbox, note, search, verify, work};
use domain::access::{Actor, Role, Scopes};
use domain::ids::{CareTeamId, GrantId, Id, ParticipationId, PatientId, PersonId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, CorrectionKind, Line};
use domain::thread::{AboutKind, Category, ThreadKind};
use domain::time::Timestamp;
use domain::work_item::{Level, Outcome};
use store::draft::AfterRelease;
use store::inbox_row::{After, Filter};
use store::sql;
use store::thread::About;
use store::work_item::{QueueAfter, QueueList};
use uuid::Uuid;

use crate::world::World;

fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

fn outgoing(body: &str, key: &str) -> Outgoing {
    Outgoing {
        body: Body::parse(body).unwrap(),
        ask: Ask::Inform,
        questions: Vec::new(),
        answers: Vec::new(),
        language: "en".to_owned(),
        channel: Channel::Api,
        prepared_by: None,
        client_msg_id: ClientMsgId::parse(key).unwrap(),
        base_seq: None,
        answers_up_to: None,
        after: AfterRelease::Nothing,
        outcome: None,
    }
}

impl World {
    /// Somebody's message, at once.
    fn says(&self, who: PersonId, thread: ThreadId, body: &'static str) -> app::Result<i64> {
        self.pass_seconds(60);
        let key = self.app.new_id::<ThreadId>().unwrap().to_string();
        let sent = self
            .app
            .write(&self.actor(who), move |cx| message::reply(cx, thread, &outgoing(body, &key)));
        sent.map(|delivered| delivered.seq)
    }

    /// The texts somebody reads when they open the conversation, oldest first.
    fn reads(&self, who: PersonId, thread: ThreadId) -> Vec<String> {
        let actor = self.actor(who);
        let view = self.app.read(&actor, |cx| thread::view(cx, thread, i64::MAX, 50)).unwrap();
        view.messages.into_iter().map(|shown| shown.letter.body).collect()
    }

    /// The previews a queue shows somebody.
    fn previews(&self, who: PersonId, team: CareTeamId, list: QueueList) -> Vec<String> {
        let actor = self.actor(who);
        let page = self.app.read(&actor, |cx| work::queue(cx, team, list, QueueAfter::START, 50));
        page.unwrap().entries.into_iter().map(|entry| entry.preview).collect()
    }

    fn hits(&self, who: PersonId, words: &str) -> usize {
        let (actor, patient) = (self.actor(who), self.ana_patient);
        let id = search::run(&self.app, &actor, patient, words).unwrap();
        self.app.read(&actor, |cx| search::get(cx, patient, id)).unwrap().hits.len()
    }

    fn relates(&self, patient: PatientId, team: CareTeamId) {
        let id: GrantId = self.app.new_id().unwrap();
        let now = self.app.now();
        self.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO care_relation (id, patient_id, team_id, from_at, until_at) \
                     VALUES ($1, $2, $3, $4, $5)"
                ),
                &[&id, &patient, &team, &now, &Timestamp::FOREVER],
            )
        });
    }

    /// Everything that can be told apart about a conversation's work and words.
    fn state_of(&self, thread: ThreadId) -> Vec<String> {
        let rows = self.app.db().read(|tx| {
            tx.query(
                sql!(
                    "SELECT 'thread', owner_team_id, last_seq, version FROM thread WHERE id = $1 \
                     UNION ALL SELECT 'item ' || state, id, level, version \
                     FROM work_item WHERE thread_id = $1 \
                     UNION ALL SELECT 'assignee', assignee_id, 0, 0 \
                     FROM work_item WHERE thread_id = $1 AND assignee_id IS NOT NULL \
                     UNION ALL SELECT 'step', id, 0, 0 FROM work_event WHERE thread_id = $1 \
                     UNION ALL SELECT 'note', id, 0, 0 FROM staff_note WHERE thread_id = $1 \
                     UNION ALL SELECT 'party', party_id, from_seq, to_seq FROM participation \
                     WHERE thread_id = $1 ORDER BY 1, 2"
                ),
                &[&thread],
            )
        });
        let rows: Result<_, store::db::DbError> = rows;
        let text = |row: &store::db::Row| -> String {
            let (what, id): (String, Uuid) = (row.get(0).unwrap(), row.get(1).unwrap());
            let (a, b): (i64, i64) = (row.get(2).unwrap(), row.get(3).unwrap());
            format!("{what} {id} {a} {b}")
        };
        rows.unwrap().iter().map(text).collect()
    }
}

#[test]
fn work_that_was_passed_on_is_gone() {
    for world in World::all() {
        let id = world.ana_writes("Heart", "My heart races.").thread;
        let fred = world.add_person(Role::Desk, "Fred Front");
        world.join(world.team, fred, "desk");
        let (nils, to, back) = (world.actor(world.nils), world.other_team, world.team);
        let kept = World::typed_reply(id, "Begun before the pass.", 1, AfterRelease::Nothing);
        let (kept, _) = world.app.write(&nils, move |cx| draft::save(cx, None, 0, &kept)).unwrap();
        world
            .app
            .write(&nils, move |cx| work::pass(cx, id, to, &line("A question of rhythm"), None))
            .unwrap();
        let before = world.state_of(id);

        let refused = |what: &str, answer: app::Result<()>| {
            assert!(matches!(answer, Err(Error::Forbidden)), "{what}: {answer:?}");
            assert_eq!(world.state_of(id), before, "{what} changed nothing");
        };
        let act = |who: &Actor, f: fn(&mut app::Cx<'_, '_>, ThreadId, &Ids) -> app::Result<()>| {
            let ids = Ids { dora: world.dora, nils: world.nils, team: back };
            world.app.write(who, move |cx| f(cx, id, &ids))
        };
        refused("claim", act(&nils, |cx, id, _| work::claim(cx, id, None)));
        refused("release", act(&nils, |cx, id, _| work::release(cx, id, None)));
        refused("assign", act(&nils, |cx, id, w| work::assign(cx, id, w.dora, None, None)));
        refused("pass", act(&nils, |cx, id, w| work::pass(cx, id, w.team, &line("Mine"), None)));
        refused("wait", act(&nils, |cx, id, _| work::wait(cx, id, None)));
        refused("close", act(&nils, |cx, id, _| work::close(cx, id, Outcome::Order, None, None)));
        refused("reopen", act(&nils, |cx, id, _| work::reopen(cx, id)));
        refused(
            "level",
            act(&nils, |cx, id, _| work::set_level(cx, id, Level::NOW, Some(&line("Worse")), None)),
        );
        refused("add", act(&nils, |cx, id, w| app::participation::add(cx, id, w.dora)));
        refused(
            "note",
            act(&nils, |cx, id, _| {
                let body = Body::parse("One more thing").unwrap();
                note::add(cx, id, &body, &ClientMsgId::parse("n").unwrap())
            }),
        );
        refused("send", world.says(world.nils, id, "From us, still.").map(|_| ()));
        let open = world.app.read(&nils, |cx| draft::get(cx, kept)).map(|_| ());
        refused("a draft kept", open);
        let fred = world.actor(fred);
        refused(
            "the desk's pass",
            act(&fred, |cx, id, w| work::pass(cx, id, w.team, &line("Mine"), None)),
        );
        refused(
            "the desk's assigning",
            act(&fred, |cx, id, w| work::assign(cx, id, w.nils, None, None)),
        );

        // What they saw they keep; what comes after is not theirs, by no road.
        world.says(world.ana, id, "Now I feel faint.").unwrap();
        assert_eq!(world.reads(world.nils, id), ["My heart races."]);
        assert_eq!(world.reads(world.eve, id), ["My heart races.", "Now I feel faint."]);
        assert_eq!(world.previews(world.nils, back, QueueList::Done), ["My heart races."]);
        assert_eq!(world.previews(world.eve, to, QueueList::Team), ["Now I feel faint."]);
        assert_eq!(world.hits(world.nils, "faint"), 0);
        assert_eq!(world.hits(world.nils, "races"), 1);
        let eve = world.actor(world.eve);
        world.app.write(&eve, move |cx| work::claim(cx, id, None)).unwrap();
        let steps = |who: &Actor| {
            let view = world.app.read(who, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
            view.custody.len()
        };
        assert_eq!((steps(&nils), steps(&eve)), (2, 3), "custody too: opened and passed");

        // It comes back: all of it, and the work with it.
        let reason = line("Rhythm is fine");
        world.app.write(&eve, move |cx| work::pass(cx, id, back, &reason, None)).unwrap();
        assert_eq!(world.reads(world.nils, id).len(), 2);
        assert_eq!(world.previews(world.nils, back, QueueList::Team), ["Now I feel faint."]);
        world.app.write(&nils, move |cx| work::claim(cx, id, None)).unwrap();
        world.says(world.nils, id, "We will call you.").unwrap();
        assert_eq!(world.reads(world.eve, id).len(), 2, "and the heart clinic has left");
        assert_eq!(
            verify::run(&world.app, |_| {}).unwrap().findings,
            Vec::<verify::Finding>::new()
        );
    }
}

/// The ids that acts need, without borrowing the world.
struct Ids {
    dora: PersonId,
    nils: PersonId,
    team: CareTeamId,
}

#[test]
fn a_colleague_asked_for_an_opinion_is_not_given_the_work() {
    for world in World::all() {
        let id = world.ana_writes("Heart", "My heart races.").thread;
        let (nils, eve) = (world.actor(world.nils), world.eve);
        let organization = world.organization;
        world.run(move |tx| {
            tx.execute_one(
                sql!("UPDATE person SET organization_id = $2 WHERE id = $1"),
                &[&eve, &organization],
            )
        });
        world.app.write(&nils, move |cx| app::participation::add(cx, id, eve)).unwrap();
        let before = world.state_of(id);
        let eve = world.actor(eve);
        for answer in [
            world.app.write(&eve, move |cx| work::claim(cx, id, None)),
            world.app.write(&eve, move |cx| work::wait(cx, id, None)),
            world.app.write(&eve, move |cx| work::close(cx, id, Outcome::Order, None, None)),
        ] {
            assert!(matches!(answer, Err(Error::Forbidden)), "{answer:?}");
        }
        assert_eq!(world.state_of(id), before);
        world.says(world.eve, id, "An opinion.").unwrap();
        assert_eq!(world.reads(world.nils, id).len(), 2);
    }
}

#[test]
fn who_came_later_gets_no_preview_from_before() {
    for world in World::all() {
        let id = world.ana_writes("Heart", "My heart races.").thread;
        world.relates(world.ana_patient, world.other_team);
        let (nils, to) = (world.actor(world.nils), world.other_team);
        world.app.write(&nils, move |cx| work::pass(cx, id, to, &line("Rhythm"), None)).unwrap();
        // The heart clinic was given nothing of the past.
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "UPDATE participation SET from_seq = 3 WHERE thread_id = $1 AND party_id = $2"
                ),
                &[&id, &to],
            )
        });
        assert_eq!(world.previews(world.eve, to, QueueList::Team), [""]);
        let (eve, patient) = (world.actor(world.eve), world.ana_patient);
        let page =
            world.app.read(&eve, |cx| work::queue(cx, to, QueueList::Team, QueueAfter::START, 5));
        let entry = page.unwrap().entries.remove(0);
        assert_eq!((entry.from.as_str(), entry.patient), ("", Some(patient)), "the work is there");
        assert_eq!(world.hits(world.eve, "races"), 0);
        assert!(world.reads(world.eve, id).is_empty());
        let listed = world
            .app
            .read(&eve, |cx| inbox::list(cx, patient, Filter::All, After::start(), 25))
            .unwrap();
        assert!(listed.items.is_empty(), "no preview in the patient's list");
        let header = world.app.read(&eve, |cx| app::communication::get(cx, id.as_uuid())).unwrap();
        assert!(!format!("{header:?}").contains("races"), "{header:?}");

        world.says(world.ana, id, "It races still.").unwrap();
        assert_eq!(world.previews(world.eve, to, QueueList::Team), ["It races still."]);
        assert_eq!(world.hits(world.eve, "races"), 1);
        assert_eq!(world.reads(world.eve, id), ["It races still."]);
    }
}

#[test]
fn who_left_and_came_back_reads_both_parts_and_not_the_gap() {
    for world in World::all() {
        let id = world.ana_writes("Heart", "First: my heart races.").thread;
        world.relates(world.ana_patient, world.other_team);
        for (who, words) in [
            (world.nils, "Second: since when does it race?"),
            (world.ana, "Third: since it races at work, a secret."),
            (world.dora, "Fourth: it races for a reason, a secret."),
            (world.ana, "Fifth: it races less."),
            (world.nils, "Sixth: good that it races less."),
        ] {
            world.says(who, id, words).unwrap();
        }
        // Eve was there for the first two, left, and is back since the fifth.
        let (eve, start) = (world.eve, world.app.now());
        for (from, to) in [(5, i64::MAX), (1, 2)] {
            let key: ParticipationId = world.app.new_id().unwrap();
            world.run(move |tx| {
                tx.execute_one(
                    sql!(
                        "INSERT INTO participation (id, thread_id, party_kind, party_id, from_seq, \
                         to_seq, from_at, until_at, added_by, reason) \
                         VALUES ($1, $2, 'person', $3, $4, $5, $6, $7, NULL, 'consulted')"
                    ),
                    &[&key, &id, &eve, &from, &to, &start, &Timestamp::FOREVER],
                )
            });
        }
        let numbers = |limit: i64, before: i64| -> (Vec<i64>, bool) {
            let actor = world.actor(eve);
            let view = world.app.read(&actor, |cx| thread::view(cx, id, before, limit)).unwrap();
            (view.messages.iter().map(|shown| shown.seq).collect(), view.older)
        };
        assert_eq!(numbers(50, i64::MAX), (vec![1, 2, 5, 6], false));
        // Pages walk over the gap without losing a message.
        assert_eq!(numbers(3, i64::MAX), (vec![2, 5, 6], true));
        assert_eq!(numbers(3, 2), (vec![1], false));
        assert_eq!(numbers(2, i64::MAX), (vec![5, 6], true));
        assert_eq!(numbers(2, 5), (vec![1, 2], false));
        let actor = world.actor(eve);
        let oldest = |after: i64, limit: i64| -> Vec<i64> {
            let order = app::communication::Order::OldestAfter(after);
            let page = world
                .app
                .read(&actor, |cx| app::communication::messages(cx, id, order, limit))
                .unwrap();
            page.items.iter().map(|shown| shown.seq).collect()
        };
        assert_eq!(oldest(0, 3), [1, 2, 5]);
        assert_eq!(oldest(2, 3), [5, 6]);
        let patient = world.ana_patient;
        assert_eq!(world.hits(eve, "races"), 3, "first, fifth and sixth");
        assert_eq!(world.hits(eve, "secret"), 0);
        // A message of the gap is not there by its id either; corrections and questions stay with theirs.
        let dora = world.actor(world.dora);
        let view = world.app.read(&dora, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        let at = |seq: i64| view.messages.iter().find(|shown| shown.seq == seq).unwrap().id;
        let get = |seq: i64| {
            let id = at(seq).as_uuid();
            world.app.read(&actor, |cx| app::communication::get(cx, id)).map(|_| ())
        };
        assert!(get(2).is_ok() && get(5).is_ok());
        assert!(matches!(get(4), Err(Error::NotFound)));
        let (gap, near) = (at(4), at(2));
        let take_back = move |cx: &mut app::Cx<'_, '_>, message| {
            message::correct(cx, id, message, CorrectionKind::Retraction, None, "Wrong person")
        };
        world.app.write(&dora, move |cx| take_back(cx, gap)).unwrap();
        let nils = world.actor(world.nils);
        world.app.write(&nils, move |cx| take_back(cx, near)).unwrap();
        let seen = world.app.read(&actor, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        let marks: Vec<usize> = seen.messages.iter().map(|shown| shown.corrections.len()).collect();
        assert_eq!(marks, [0, 1, 0, 0]);
        // She may answer what she is shown, from before she left too, and nothing else.
        let answer = |to, key: &'static str| {
            let post = app::communication::Post {
                patient,
                to: app::communication::Destination::Thread {
                    thread: id,
                    in_reply_to: Some(to),
                    base_seq: None,
                },
                author: None,
                body: Body::parse("An opinion.").unwrap(),
                ask: Ask::Inform,
                language: None,
                client_msg_id: ClientMsgId::parse(key).unwrap(),
            };
            world.app.write(&actor, move |cx| app::communication::send(cx, &post)).map(|_| ())
        };
        assert!(matches!(answer(gap, "to-gap"), Err(Error::Invalid(_))));
        answer(at(1), "to-first").unwrap();
    }
}

#[test]
fn a_taken_back_text_lives_on_in_no_preview_of_who_left() {
    for world in World::all() {
        let id = world.ana_writes("Heart", "Wrong: my boss drinks.").thread;
        let (nils, to, team) = (world.actor(world.nils), world.other_team, world.team);
        world.app.write(&nils, move |cx| work::pass(cx, id, to, &line("Rhythm"), None)).unwrap();
        world.says(world.ana, id, "I take that back.").unwrap();
        assert_eq!(world.previews(world.nils, team, QueueList::Done), ["Wrong: my boss drinks."]);
        let ana = world.actor(world.ana);
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        let first = view.messages.first().unwrap().id;
        world
            .app
            .write(&ana, move |cx| {
                message::correct(cx, id, first, CorrectionKind::Retraction, None, "Not for here")
            })
            .unwrap();
        assert_eq!(world.previews(world.nils, team, QueueList::Done), [""]);
        assert_eq!(world.previews(world.eve, to, QueueList::Team), ["I take that back."]);
    }
}

#[test]
fn a_conversation_between_staff_refers_to_its_own_patient() {
    for world in World::all() {
        let others = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let ben = world
            .app
            .read(&world.actor(world.ben), |cx| Ok(app::circle::helped(cx)?.remove(0).patient));
        let ben = ben.unwrap();
        let visit: domain::ids::EncounterId = world.app.new_id().unwrap();
        let ana = world.ana_patient;
        world
            .app
            .write(&Actor::system(), move |cx| {
                let place = store::seal::Place::new("encounter", &visit, "detail_sealed", 1);
                let detail = cx.seal(store::seal::KeyOwner::Patient(ana), &place, b"{}")?;
                let now = cx.now();
                cx.tx().execute_one(
                    sql!(
                        "INSERT INTO encounter (id, patient_id, status, started_at, detail_sealed, \
                         version, updated_at) VALUES ($1, $2, 'finished', $3, $4, 1, $3)"
                    ),
                    &[&visit, &ana, &now, &detail],
                )?;
                Ok(())
            })
            .unwrap();
        let (dora, team) = (world.actor(world.dora), world.team);
        let start = |patient, about, continues, key: &'static str| {
            let new = NewConversation {
                kind: ThreadKind::Staff,
                team,
                category: Category::Symptom,
                about,
                headline: line("A question"),
                continues,
            };
            world.app.write(&dora, move |cx| {
                thread::start(cx, patient, &new, &outgoing("Please look.", key)).map(|_| ())
            })
        };
        let visit = About { kind: AboutKind::Encounter, id: Some(visit.as_uuid()) };
        let count = || -> i64 {
            let count = world
                .app
                .db()
                .read(|tx| tx.query_one(sql!("SELECT count(*) FROM thread"), &[])?.get(0));
            let count: Result<i64, store::db::DbError> = count;
            count.unwrap()
        };
        let before = count();
        let mistaken = About { kind: AboutKind::Problem, ..visit };
        for (what, answer) in [
            ("Ana's visit in Ben's talk", start(ben, visit, None, "a")),
            ("a visit that is called a problem", start(ana, mistaken, None, "b")),
            ("Ana's conversation in Ben's talk", start(ben, About::NOTHING, Some(others), "c")),
        ] {
            assert!(matches!(answer, Err(Error::Invalid(_))), "{what}: {answer:?}");
        }
        assert_eq!(count(), before, "nothing was begun");
        start(ana, visit, Some(others), "d").unwrap();
        assert_eq!(count(), before + 1);
    }
}

#[test]
fn a_nurse_who_is_also_a_daughter_has_two_log_ins() {
    for world in World::all() {
        // Nils is given Ana's whole record as a helper, under his staff log-in.
        let (grant, ana, nils) =
            (world.app.new_id::<GrantId>().unwrap(), world.ana_patient, world.nils);
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO care_grant (id, patient_id, person_id, basis, rights, demographics, \
                     chart, threads, care_time, confidential, all_topics, paused, from_at, until_at, \
                     version, updated_at) VALUES ($1, $2, $3, 'helper', 'write', TRUE, TRUE, TRUE, \
                     FALSE, TRUE, TRUE, FALSE, 0, $4, 1, 0)"
                ),
                &[&grant, &ana, &nils, &Timestamp::FOREVER],
            )
        });
        let own = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let dora = world.actor(world.dora);
        let (away, to) = (world.ana_writes("Heart", "My heart is dizzy.").thread, world.other_team);
        world.app.write(&dora, move |cx| work::pass(cx, away, to, &line("Rhythm"), None)).unwrap();
        // The other team's conversation, as if his team had never been in it.
        let team = world.team;
        world.run(move |tx| {
            tx.execute_one(
                sql!("DELETE FROM participation WHERE thread_id = $1 AND party_id = $2"),
                &[&away, &team],
            )
        });
        let actor = world.actor(nils);
        let listed = world
            .app
            .read(&actor, |cx| inbox::list(cx, ana, Filter::All, After::start(), 25))
            .unwrap();
        let listed: Vec<ThreadId> = listed.items.iter().map(|item| item.thread).collect();
        assert_eq!(listed, [own], "the list holds what his team's ties open");
        let opened = world.app.read(&actor, |cx| thread::view(cx, away, i64::MAX, 50));
        assert!(matches!(opened, Err(Error::NotFound)), "and opening agrees");
        assert_eq!(world.hits(nils, "dizzy"), 1);
        assert_eq!(world.app.read(&actor, |cx| inbox::count_unread(cx, ana)).unwrap(), 1);
        assert!(world.previews(nils, team, QueueList::Done).is_empty(), "nor does his queue");
        // Nobody is told that he reads along, since he cannot.
        let readers =
            world.app.read(&world.actor(world.ana), |cx| app::circle::readers(cx, own)).unwrap();
        assert!(readers.iter().all(|reader| reader.person != nils), "{readers:?}");
    }
}

#[test]
fn a_token_has_no_account_and_no_drafts() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let session = world.actor(world.ana);
        let typed = World::typed_reply(id, "Half a thought", 1, AfterRelease::Nothing);
        let (kept, _) =
            world.app.write(&session, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let token = Actor {
            scopes: Scopes::Token(vec!["user/*.cruds".to_owned(), "patient/*.cruds".to_owned()]),
            ..world.actor(world.ana)
        };
        let reads = world.app.read(&token, |cx| thread::view(cx, id, i64::MAX, 50)).map(|_| ());
        assert!(matches!(reads, Err(Error::Forbidden)), "marks are for people: {reads:?}");
        let order = app::communication::Order::NewestBefore(i64::MAX);
        world.app.read(&token, |cx| app::communication::messages(cx, id, order, 5)).unwrap();
        for (what, answer) in [
            ("drafts", world.app.read(&token, draft::list).map(|_| ())),
            ("a draft", world.app.read(&token, |cx| draft::get(cx, kept)).map(|_| ())),
            ("patients", world.app.read(&token, app::circle::helped).map(|_| ())),
            ("removal", world.app.write(&token, move |cx| draft::remove(cx, kept))),
        ] {
            assert!(matches!(answer, Err(Error::Forbidden)), "{what}: {answer:?}");
        }
        assert_eq!(world.app.read(&session, draft::list).unwrap().len(), 1);
    }
}

#[test]
fn only_a_privacy_officer_finds_a_log_and_the_refusal_is_recorded() {
    for world in World::all() {
        let officer = world.add_person(Role::PrivacyOfficer, "Olga Office");
        world.app.read(&world.actor(officer), access_log::may_look).unwrap();
        for person in [world.nils, world.dora, world.ana] {
            let actor = world.actor(person);
            let asked = world.app.read(&actor, access_log::may_look);
            assert!(matches!(asked, Err(Error::Forbidden)), "{asked:?}");
            let found = world.app.read(&actor, |cx| access_log::find(cx, "A-1").map(|_| ()));
            assert!(matches!(found, Err(Error::Forbidden)), "{found:?}");
        }
        let refused: i64 = world
            .app
            .db()
            .read(|tx| {
                tx.query_one(
                    sql!(
                        "SELECT count(*) FROM audit_event WHERE action = 'find_access_log' \
                         AND outcome = 'forbidden'"
                    ),
                    &[],
                )?
                .get(0)
            })
            .map_err(|error: store::db::DbError| error)
            .unwrap();
        assert_eq!(refused, 3, "one row each, the second within the minute counted");
    }
}
