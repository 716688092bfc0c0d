//! A tie opens what it says, while it is valid, and nothing else: the two views, with the policy on
//! top, on each engine.

use app::admin::ends::{self, Ended};
use app::draft::{self, Target, Typed};
use app::staff::list::envelopes_page;
use app::{Error, inbox, search, thread, work};
use domain::access::{Actor, Role};
use domain::ids::{CareTeamId, GrantId, Id as _, PatientId, PersonId, ThreadId};
use domain::message::Line;
use domain::time::Timestamp;
use store::access::{
    Action, ListEnvelopes, ListQueue, ListThreads, Object, ReadAccessLog, ReadChart, ReadCircle,
    ReadDemographics, ReadEnvelope, ReadThread, ReadTime, Reply, SearchThreads, StartThread,
};
use store::db::ToParam;
use store::draft::AfterRelease;
use store::inbox_row::{After, Filter};
use store::sql;
use store::work_item::{QueueAfter, QueueList};

use crate::world::World;

/// A helper's right as it stands in the record.
struct Given {
    rights: &'static str,
    chart: bool,
    threads: bool,
    confidential: bool,
    all_topics: bool,
    paused: bool,
    from_at: Timestamp,
    until_at: Timestamp,
}

impl World {
    fn whole(&self) -> Given {
        Given {
            rights: "write",
            chart: true,
            threads: true,
            confidential: true,
            all_topics: true,
            paused: false,
            from_at: self.app.now(),
            until_at: Timestamp::FOREVER,
        }
    }

    fn helper(&self, given: &Given) -> (PersonId, GrantId) {
        let person = self.add_person(Role::Helper, "Pia Alvarez");
        let (id, patient): (GrantId, _) = (self.app.new_id().unwrap(), self.ana_patient);
        let (rights, from, until) = (given.rights, given.from_at, given.until_at);
        let (chart, threads, confidential) = (given.chart, given.threads, given.confidential);
        let (all_topics, paused) = (given.all_topics, given.paused);
        self.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO care_grant (id, patient_id, person_id, basis, rights, demographics, \
                     chart, threads, care_time, confidential, all_topics, paused, from_at, until_at, \
                     version, updated_at) VALUES ($1, $2, $3, 'helper', $4, TRUE, $5, $6, FALSE, $7, \
                     $8, $9, $10, $11, 1, 0)"
                ),
                &[
                    &id, &patient, &person, &rights, &chart, &threads, &confidential, &all_topics,
                    &paused, &from, &until,
                ],
            )
        });
        (person, id)
    }

    /// Changes the record behind the operations' back.
    pub fn run(
        &self,
        f: impl Fn(&mut store::db::Tx<'_>) -> Result<(), store::db::DbError> + Send + 'static,
    ) {
        self.app.db().write(move |tx| f(tx)).unwrap();
    }

    fn may<A: Action>(&self, person: PersonId, key: <A::Object as Object>::Key) -> &'static str {
        let actor = self.actor(person);
        match self.app.read(&actor, |cx| cx.authorize::<A>(key).map(|_| ())) {
            Ok(()) => "yes",
            Err(Error::Forbidden) => "403",
            Err(Error::NotFound) => "404",
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Whether somebody comes to a thread's words by any road: opening, listing, searching, writing.
    /// All roads agree.
    fn sees(&self, person: PersonId, id: ThreadId) -> bool {
        let actor = self.actor(person);
        let patient = self.ana_patient;
        let opened = self.app.read(&actor, |cx| thread::view(cx, id, i64::MAX, 50));
        let opens = match opened {
            Ok(view) => !view.messages.is_empty(),
            Err(Error::NotFound | Error::Forbidden) => false,
            Err(other) => panic!("{other:?}"),
        };
        let listed =
            self.app.read(&actor, |cx| inbox::list(cx, patient, Filter::All, After::start(), 25));
        let lists = listed.is_ok_and(|page| page.items.iter().any(|item| item.thread == id));
        let finds = search::run(&self.app, &actor, patient, "dizzy").is_ok_and(|found| {
            let found = self.app.read(&actor, |cx| search::get(cx, patient, found)).unwrap();
            found.hits.iter().any(|hit| hit.thread == id)
        });
        let typed = World::typed_reply(id, "An answer", 1, AfterRelease::Nothing);
        let writes = self.app.write(&actor, move |cx| draft::save(cx, None, 0, &typed)).is_ok();
        assert_eq!(
            (opens, opens, opens),
            (lists, finds, writes),
            "opening, listing, searching and writing agree on {:?}",
            self.app.db().engine()
        );
        opens
    }
}

#[test]
fn a_grant_holds_from_its_first_moment_and_not_at_its_last() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let start = world.app.now();
        let given = Given {
            from_at: start.plus_seconds(100),
            until_at: start.plus_seconds(200),
            ..world.whole()
        };
        let (pia, _) = world.helper(&given);
        for (seconds, seen) in [(0, false), (99, false), (100, true), (199, true), (200, false)] {
            world.clock.set(start.plus_seconds(seconds));
            assert_eq!(world.sees(pia, id), seen, "after {seconds} s");
        }
        assert_eq!(world.may::<ReadChart>(pia, world.ana_patient), "404", "nothing is left");
    }
}

#[test]
fn what_a_grant_leaves_out_is_not_there() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let other = world.ana_writes("Dizzy again", "I feel dizzy again.").thread;
        let (whole, _) = world.helper(&world.whole());
        assert!(world.sees(whole, id));
        let (paused, _) = world.helper(&Given { paused: true, ..world.whole() });
        assert!(!world.sees(paused, id));
        let (chart_only, _) = world.helper(&Given { threads: false, ..world.whole() });
        assert!(!world.sees(chart_only, id));
        assert_eq!(world.may::<ReadChart>(chart_only, world.ana_patient), "yes");
        assert_eq!(world.may::<ListThreads>(chart_only, world.ana_patient), "403");
        let (no_chart, _) = world.helper(&Given { chart: false, ..world.whole() });
        assert_eq!(world.may::<ReadChart>(no_chart, world.ana_patient), "403");
        assert_eq!(world.may::<ReadCircle>(whole, world.ana_patient), "403");
        assert_eq!(world.may::<ReadAccessLog>(whole, world.ana_patient), "403");

        // Topics: none of them, then the right one.
        let (by_topic, grant) = world.helper(&Given { all_topics: false, ..world.whole() });
        assert!(!world.sees(by_topic, id));
        for (topic, seen) in [("medication", false), ("symptom", true)] {
            world.run(move |tx| {
                tx.execute_one(
                    sql!("INSERT INTO care_grant_topic (grant_id, category) VALUES ($1, $2)"),
                    &[&grant, &topic],
                )
            });
            assert_eq!(world.sees(by_topic, id), seen, "{topic}");
        }
        // One conversation left out, the other not.
        let (but_one, grant) = world.helper(&world.whole());
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO care_grant_excluded_thread (grant_id, thread_id) VALUES ($1, $2)"
                ),
                &[&grant, &id],
            )
        });
        assert!(!world.sees(but_one, id));
        assert!(world.sees(but_one, other));
        // A confidential conversation needs the right to confidential ones.
        let (plain, _) = world.helper(&Given { confidential: false, ..world.whole() });
        assert!(world.sees(plain, id));
        world.run(move |tx| {
            tx.execute_one(sql!("UPDATE thread SET confidential = TRUE WHERE id = $1"), &[&id])
        });
        assert!(!world.sees(plain, id));
        assert!(world.sees(plain, other));
        assert!(world.sees(whole, id));
        assert!(world.sees(world.ana, id));
    }
}

#[test]
fn a_revoked_helper_is_out_at_once_and_their_draft_stays_shut() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (pia, grant) = world.helper(&world.whole());
        let before = world.actor(pia);
        let typed = World::typed_reply(id, "Mother is dizzy.", 1, AfterRelease::Nothing);
        let (kept, _) =
            world.app.write(&before, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let held = World::typed_reply(id, "On its way.", 1, AfterRelease::Nothing);
        let (held, version) =
            world.app.write(&before, move |cx| draft::save(cx, None, 0, &held)).unwrap();
        world.app.write(&before, move |cx| draft::send(cx, held, version, None)).unwrap();
        world.app.write(&Actor::system(), move |cx| app::admin::revoke_grant(cx, grant)).unwrap();
        // The request that ran on the old epoch, and a new one.
        let late = world.app.read(&before, |cx| thread::view(cx, id, i64::MAX, 50));
        assert!(matches!(late, Err(Error::SignedOut)), "{late:?}");
        assert!(!world.sees(pia, id));
        let now = world.actor(pia);
        let opened = world.app.read(&now, |cx| draft::get(cx, kept));
        assert!(matches!(opened, Err(Error::NotFound)));
        assert!(world.app.read(&now, draft::list).unwrap().is_empty());
        // What was held is not sent for somebody who may not send any more.
        world.pass_seconds(11);
        let _ = draft::release_due(&world.app);
        let ana = world.actor(world.ana);
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.messages.len(), 1);
    }
}

#[test]
fn rights_go_as_far_as_they_say() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        for (rights, drafts, sends) in
            [("read", false, false), ("draft", true, false), ("write", true, true)]
        {
            let (pia, _) = world.helper(&Given { rights, ..world.whole() });
            let actor = world.actor(pia);
            assert_eq!(world.may::<ReadThread>(pia, id), "yes");
            assert_eq!(world.may::<Reply>(pia, id), if sends { "yes" } else { "403" });
            let start = world.may::<StartThread>(pia, world.ana_patient);
            assert_eq!(start, if sends { "yes" } else { "403" });
            let typed = World::typed_reply(id, "For my mother.", 1, AfterRelease::Nothing);
            let saved = world.app.write(&actor, move |cx| draft::save(cx, None, 0, &typed));
            assert_eq!(saved.is_ok(), drafts, "{rights}");
            if let Ok((draft, version)) = saved {
                let sent = world.app.write(&actor, move |cx| draft::send(cx, draft, version, None));
                assert_eq!(sent.is_ok(), sends, "{rights}: {sent:?}");
            }
        }
    }
}

#[test]
fn a_membership_holds_from_its_first_moment_and_not_at_its_last() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let nora = world.add_person(Role::Nurse, "Nora New");
        world.join(world.team, nora, "nurse");
        assert!(world.sees(nora, id));
        let start = world.app.now();
        let (from, until) = (start.plus_seconds(100), start.plus_seconds(200));
        world.run(move |tx| {
            tx.execute_one(
                sql!("UPDATE membership SET from_at = $2, until_at = $3 WHERE person_id = $1"),
                &[&nora, &from, &until],
            )
        });
        for (seconds, seen) in [(0, false), (99, false), (100, true), (199, true), (200, false)] {
            world.clock.set(start.plus_seconds(seconds));
            assert_eq!(world.sees(nora, id), seen, "after {seconds} s");
            let queue = world.may::<ListQueue>(nora, world.team);
            assert_eq!(queue, if seen { "yes" } else { "404" });
        }
    }
}

#[test]
fn a_left_thread_shows_what_was_seen_and_takes_no_words() {
    for world in World::all() {
        let sent = world.ana_writes("Dizzy", "I feel dizzy.");
        let (id, team) = (sent.thread, world.team);
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "UPDATE participation SET to_seq = 1 WHERE thread_id = $1 AND party_kind = 'team' \
                     AND party_id = $2"
                ),
                &[&id, &team],
            )
        });
        let ana = world.actor(world.ana);
        let typed = World::typed_reply(id, "I feel dizzy and faint.", 1, AfterRelease::Nothing);
        let (draft, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        world.app.write(&ana, move |cx| draft::send(cx, draft, version, None)).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let nils = world.actor(world.nils);
        let view = world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        let seqs: Vec<i64> = view.messages.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, [1]);
        assert_eq!(world.may::<Reply>(world.nils, id), "403");
        let patient = world.ana_patient;
        let page = world
            .app
            .read(&nils, |cx| inbox::list(cx, patient, Filter::All, After::start(), 25))
            .unwrap();
        assert!(
            page.items.iter().all(|item| !item.preview.contains("faint")),
            "no preview of what was written after they left"
        );
        let found = search::run(&world.app, &nils, patient, "faint").unwrap();
        assert!(
            world.app.read(&nils, |cx| search::get(cx, patient, found)).unwrap().hits.is_empty()
        );
        let found = search::run(&world.app, &nils, patient, "dizzy").unwrap();
        assert_eq!(
            world.app.read(&nils, |cx| search::get(cx, patient, found)).unwrap().hits.len(),
            1
        );
    }
}

#[test]
fn somebody_added_in_person_sees_their_interval_while_they_take_part() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        assert!(!world.sees(world.eve, id));
        let start = world.app.now();
        let (eve, until) = (world.eve, start.plus_seconds(100));
        let key: domain::ids::ParticipationId = world.app.new_id().unwrap();
        world.run(move |tx| {
            let params: &[&dyn ToParam] = &[&key, &id, &eve, &i64::MAX, &start, &until];
            tx.execute_one(
                sql!(
                    "INSERT INTO participation (id, thread_id, party_kind, party_id, from_seq, to_seq, \
                     from_at, until_at, added_by, reason) \
                     VALUES ($1, $2, 'person', $3, 1, $4, $5, $6, NULL, 'consulted')"
                ),
                params,
            )
        });
        assert_eq!(world.may::<ReadThread>(eve, id), "yes");
        assert_eq!(world.may::<Reply>(eve, id), "yes");
        // Taking part in one conversation is no tie to the patient.
        assert_eq!(world.may::<ReadChart>(eve, world.ana_patient), "404");
        assert_eq!(world.may::<ListThreads>(eve, world.ana_patient), "404");
        world.run(move |tx| {
            tx.execute_one(sql!("UPDATE participation SET from_seq = 2 WHERE id = $1"), &[&key])
        });
        let actor = world.actor(eve);
        let view = world.app.read(&actor, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert!(view.messages.is_empty(), "a newcomer sees what they were given of the past");
        world.clock.set(until);
        assert_eq!(world.may::<ReadThread>(eve, id), "404");
    }
}

#[test]
fn treating_a_patient_opens_the_chart_and_no_conversation() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        relate(&world, world.ana_patient, world.other_team);
        assert_eq!(world.may::<ReadChart>(world.eve, world.ana_patient), "yes");
        assert_eq!(world.may::<ReadDemographics>(world.eve, world.ana_patient), "yes");
        assert!(!world.sees(world.eve, id));
        assert_eq!(world.may::<ReadThread>(world.eve, id), "404");
    }
}

fn relate(world: &World, patient: PatientId, team: CareTeamId) {
    let id: GrantId = world.app.new_id().unwrap();
    let now = world.app.now();
    world.run(move |tx| {
        tx.execute_one(
            sql!(
                "INSERT INTO care_relation (id, patient_id, team_id, from_at, until_at) \
                 VALUES ($1, $2, $3, $4, $5)"
            ),
            &[&id, &patient, &team, &now, &Timestamp::FOREVER],
        )
    });
}

#[test]
fn the_desk_sees_envelopes_whatever_its_membership_is_called() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (patient, team) = (world.ana_patient, world.team);
        for membership in ["desk", "nurse", "clinician"] {
            let fred = world.add_person(Role::Desk, "Fred Front");
            world.join(team, fred, membership);
            assert_eq!(world.may::<ReadEnvelope>(fred, id), "yes", "{membership}");
            assert_eq!(world.may::<ListEnvelopes>(fred, team), "yes", "{membership}");
            assert_eq!(world.may::<ReadDemographics>(fred, patient), "yes", "{membership}");
            assert_eq!(world.may::<ReadThread>(fred, id), "403", "{membership}");
            assert_eq!(world.may::<Reply>(fred, id), "403", "{membership}");
            assert_eq!(world.may::<ReadChart>(fred, patient), "403", "{membership}");
            assert_eq!(world.may::<ListThreads>(fred, patient), "403", "{membership}");
            assert_eq!(world.may::<SearchThreads>(fred, patient), "403", "{membership}");
            assert_eq!(world.may::<ReadCircle>(fred, patient), "403", "{membership}");
            assert_eq!(world.may::<ListQueue>(fred, team), "403", "{membership}");
            assert!(!world.sees(fred, id));
            let actor = world.actor(fred);
            let page = world
                .app
                .read(&actor, |cx| envelopes_page(cx, team, QueueList::Team, QueueAfter::START, 50))
                .unwrap()
                .page;
            assert_eq!(page.entries.len(), 1);
            let shown = format!("{:?}", page.entries);
            assert!(!shown.contains("Dizzy") && !shown.contains("dizzy"), "{shown}");
        }
    }
}

#[test]
fn a_clinician_who_sits_at_a_desk_elsewhere_reads_no_words_there() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        // Eve treats Ana in her own team, and sits at the desk of the team that talks with Ana.
        relate(&world, world.ana_patient, world.other_team);
        world.join(world.team, world.eve, "desk");
        assert_eq!(world.may::<ReadEnvelope>(world.eve, id), "yes");
        assert!(!world.sees(world.eve, id));
    }
}

#[test]
fn offices_see_no_conversation_whatever_ties_are_left_over() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let patient = world.ana_patient;
        for role in [Role::Administrator, Role::Billing, Role::PrivacyOfficer] {
            let person = world.add_person(role, "Olga Office");
            for left_over in [false, true] {
                if left_over {
                    // A membership that outlived a change of role.
                    world.join(world.team, person, "clinician");
                }
                assert!(!world.sees(person, id), "{role:?}");
                for answer in [
                    world.may::<ReadThread>(person, id),
                    world.may::<ReadEnvelope>(person, id),
                    world.may::<ListThreads>(person, patient),
                    world.may::<ReadChart>(person, patient),
                    world.may::<ReadDemographics>(person, patient),
                    world.may::<ListQueue>(person, world.team),
                    world.may::<ListEnvelopes>(person, world.team),
                ] {
                    assert_eq!(answer, "404", "{role:?}");
                }
            }
            let log = world.may::<ReadAccessLog>(person, patient);
            assert_eq!(log, if role == Role::PrivacyOfficer { "yes" } else { "404" });
            let time = world.may::<ReadTime>(person, ());
            assert_eq!(time, if role == Role::Billing { "yes" } else { "403" });
        }
    }
}

#[test]
fn a_thread_between_staff_is_not_there_for_the_patient() {
    for world in World::all() {
        relate(&world, world.ana_patient, world.team);
        let dora = world.actor(world.dora);
        let typed = Typed {
            target: Target::New {
                patient: world.ana_patient,
                kind: domain::thread::ThreadKind::Staff,
                team: Some(world.team),
                category: domain::thread::Category::Symptom,
                about: store::thread::About::NOTHING,
            },
            ..world.typed_new("Is Ana dizzy?", "She sounds dizzy to me.")
        };
        let (draft, version) =
            world.app.write(&dora, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        world.app.write(&dora, move |cx| draft::send(cx, draft, version, None)).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let id: ThreadId = world
            .app
            .db()
            .read(|tx| {
                tx.query_one(sql!("SELECT id FROM thread WHERE kind = 'staff'"), &[])?.get(0)
            })
            .map_err(|error: store::db::DbError| error)
            .unwrap();
        assert_eq!(world.may::<ReadThread>(world.dora, id), "yes");
        assert_eq!(world.may::<ReadThread>(world.nils, id), "yes");
        // Even somebody who was added to it in person by mistake.
        let (pia, _) = world.helper(&world.whole());
        let (key, ana): (domain::ids::ParticipationId, _) =
            (world.app.new_id().unwrap(), world.ana);
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO participation (id, thread_id, party_kind, party_id, from_seq, to_seq, \
                     from_at, until_at, added_by, reason) \
                     VALUES ($1, $2, 'person', $3, 1, $4, 0, $4, NULL, 'mistake')"
                ),
                &[&key, &id, &ana, &i64::MAX],
            )
        });
        for person in [world.ana, pia] {
            assert!(!world.sees(person, id));
            assert_eq!(world.may::<ReadThread>(person, id), "404");
            assert_eq!(world.may::<ReadEnvelope>(person, id), "404");
        }
    }
}

#[test]
fn a_disabled_person_is_signed_out_of_everything() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let nils = world.actor(world.nils);
        let of = world.nils;
        let admin = Actor::system();
        let (team, why) = (world.team, |text| Line::parse(text).unwrap());
        let (moved, left) = (why("Moved to cardiology"), why("Left the clinic"));
        world.app.write(&admin, move |cx| ends::end_member(cx, team, of, &moved)).unwrap();
        world.app.write(&admin, move |cx| ends::disable(cx, of, &left)).unwrap();
        // Who did it at the machine has no name; why is kept, newest first, and for nobody else.
        let kept = world.app.read(&admin, |cx| ends::list(cx, of)).unwrap();
        let told: Vec<_> =
            kept.iter().map(|end| (end.what, end.reason.as_str(), end.by.as_deref())).collect();
        let member = Ended::Membership(team.as_uuid());
        let expected =
            [(Ended::Disabled, "Left the clinic", None), (member, "Moved to cardiology", None)];
        assert_eq!(told, expected);
        let ana = world.ana;
        assert!(world.app.read(&admin, |cx| ends::list(cx, ana)).unwrap().is_empty());
        let read = world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 50));
        assert!(matches!(read, Err(Error::SignedOut)));
        let write = world.app.write(&nils, move |cx| work::claim(cx, id, None));
        assert!(matches!(write, Err(Error::SignedOut)));
        // Also when only the status says so.
        world.app.write(&Actor::system(), move |cx| app::admin::enable(cx, of)).unwrap();
        let again = world.actor(of);
        world.run(move |tx| {
            tx.execute_one(sql!("UPDATE person SET status = 'disabled' WHERE id = $1"), &[&of])
        });
        let read = world.app.read(&again, |cx| thread::view(cx, id, i64::MAX, 50));
        assert!(matches!(read, Err(Error::SignedOut)));
    }
}

#[test]
fn an_epoch_raised_while_a_read_runs_keeps_its_words_in() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let nils = world.actor(world.nils);
        let person = world.nils;
        let rows = |world: &World| -> i64 {
            let count = world.app.db().read(|tx| {
                tx.query_one(
                    sql!("SELECT count(*) FROM audit_event WHERE actor_id = $1 AND outcome = 'allowed'"),
                    &[&person],
                )?
                .get(0)
            });
            count.map_err(|error: store::db::DbError| error).unwrap()
        };
        let before = rows(&world);
        let read = world.app.read(&nils, |cx| {
            let view = thread::view(cx, id, i64::MAX, 50)?;
            // The administrator acts while the words are already in memory.
            let db = cx.app().db().clone();
            std::thread::spawn(move || {
                db.write(move |tx| {
                    tx.execute_one(
                        sql!("UPDATE person SET epoch = epoch + 1 WHERE id = $1"),
                        &[&person],
                    )
                })
            })
            .join()
            .expect("the administrator's thread")?;
            Ok(view)
        });
        assert!(matches!(read, Err(Error::SignedOut)), "{:?}", read.map(|view| view.headline));
        assert_eq!(rows(&world), before, "nothing left, so nothing is recorded as shown");
    }
}

#[test]
fn a_grant_is_for_log_ins_of_patients_and_helpers_and_refused_for_every_staff_role() {
    for world in World::all() {
        let (engine, patient) = (world.app.db().engine(), world.ana_patient);
        let give = |person: PersonId| {
            let new = app::admin::NewGrant {
                patient,
                person,
                basis: "helper".to_owned(),
                rights: "write".to_owned(),
                demographics: true,
                chart: true,
                threads: true,
                from_at: None,
                until_at: None,
                verified_by: String::new(),
            };
            let given =
                world.app.write(&Actor::system(), move |cx| app::admin::add_grant(cx, &new));
            let stand = world
                .app
                .write(&Actor::system(), move |cx| app::admin::list_grants(cx, Some(patient), None))
                .unwrap();
            (given, stand.iter().any(|grant| grant.person == person))
        };
        for role in [
            Role::Clinician,
            Role::Nurse,
            Role::Desk,
            Role::Billing,
            Role::Administrator,
            Role::PrivacyOfficer,
        ] {
            let (given, stands) = give(world.add_person(role, "Sam Staff"));
            let Err(Error::Invalid(fields)) = given else {
                panic!("{role:?} on {engine:?}: {given:?}")
            };
            assert_eq!(fields, [app::FieldError::new("person", "staff")], "{role:?} on {engine:?}");
            assert!(!stands, "{role:?} on {engine:?}");
        }
        for role in [Role::Helper, Role::Patient] {
            let (given, stands) = give(world.add_person(role, "Pia Alvarez"));
            assert!(given.is_ok() && stands, "{role:?} on {engine:?}: {given:?}");
        }
    }
}

#[test]
fn whoever_may_read_conversations_sees_whose_they_are_and_a_right_to_nothing_is_refused() {
    for world in World::all() {
        let pia = world.add_person(Role::Helper, "Pia Alvarez");
        let patient = world.ana_patient;
        let give = |threads: bool| {
            let new = app::admin::NewGrant {
                patient,
                person: pia,
                basis: "helper".to_owned(),
                rights: "read".to_owned(),
                demographics: false,
                chart: false,
                threads,
                from_at: None,
                until_at: None,
                verified_by: String::new(),
            };
            world.app.write(&Actor::system(), move |cx| app::admin::add_grant(cx, &new))
        };
        let Err(Error::Invalid(fields)) = give(false) else { panic!("a right to nothing") };
        assert_eq!(fields, [app::FieldError::new("scope", "required")]);
        give(true).unwrap();
        let helped = world.app.read(&world.actor(pia), app::circle::helped).unwrap();
        let found: Vec<_> = helped.iter().map(|one| (one.patient, one.name.as_str())).collect();
        assert_eq!(found, [(patient, "Ana Alvarez")]);
        assert_eq!(world.may::<ReadChart>(pia, patient), "403");
    }
}
