//! A helper who may only draft prepares, the patient decides: Pia and Ana, on each engine.

use app::draft::{self, DraftKind, Offer, Sent, Typed};
use app::thread;
use app::{Conflict, Error, inbox, notice, prepared};
use domain::access::{Actor, Role};
use domain::ids::{ContactPointId, DraftId, GrantId, PersonId, ThreadId};
use domain::time::Timestamp;
use store::access::Administer;
use store::contact_point::{NewContactPoint, Slot};
use store::draft::AfterRelease;
use store::inbox_row::{After, Filter};
use store::seal::{KeyOwner, Place};
use store::sql;

use crate::world::World;

impl World {
    /// Somebody beside Ana with these rights.
    pub fn helps(&self, name: &'static str, basis: &'static str, rights: &'static str) -> PersonId {
        let person = self.add_person(Role::Helper, name);
        let (grant, patient) = (self.app.new_id::<GrantId>().unwrap(), self.ana_patient);
        self.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO care_grant (id, patient_id, person_id, basis, rights, demographics, \
                     chart, threads, care_time, confidential, all_topics, paused, from_at, until_at, \
                     version, updated_at) VALUES ($1, $2, $3, $4, $5, TRUE, FALSE, TRUE, FALSE, TRUE, \
                     TRUE, FALSE, 0, $6, 1, 0)"
                ),
                &[&grant, &patient, &person, &basis, &rights, &Timestamp::FOREVER],
            )
        });
        person
    }

    /// Somebody's finished draft, handed over.
    fn hands_over(&self, who: PersonId, typed: Typed) -> (DraftId, i64) {
        let actor = self.actor(who);
        self.app
            .write(&actor, move |cx| {
                let (id, version) = draft::save(cx, None, 0, &typed)?;
                prepared::offer(cx, id, version)?;
                Ok((id, version))
            })
            .unwrap()
    }

    fn waiting(&self, who: PersonId) -> Vec<prepared::Prepared> {
        let patient = self.ana_patient;
        self.app.read(&self.actor(who), |cx| prepared::list_if_allowed(cx, patient)).unwrap()
    }

    fn takes(&self, who: PersonId, id: DraftId, version: i64) -> app::Result<prepared::Taken> {
        let patient = self.ana_patient;
        self.app.write(&self.actor(who), move |cx| prepared::take(cx, patient, id, version))
    }

    fn offer_of(&self, who: PersonId, id: DraftId) -> Offer {
        self.app.read(&self.actor(who), |cx| draft::get(cx, id)).unwrap().row.offer
    }
}

fn answer(thread: ThreadId, body: &str) -> Typed {
    World::typed_reply(thread, body, 1, AfterRelease::Nothing)
}

#[test]
fn the_patient_changes_what_a_helper_prepared_and_sends_it_as_her_own() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let pia = world.helps("Pia Alvarez", "helper", "draft");
        let (offered, version) = world.hands_over(pia, answer(id, "Mother is dizzy at night."));
        // Nobody of the clinic, no other helper, no stranger sees it.
        let writer = world.helps("Hugo Alvarez", "helper", "write");
        assert!(world.waiting(writer).is_empty() && world.waiting(pia).is_empty());
        for other in [writer, pia, world.nils, world.ben, world.eve] {
            let taken = world.takes(other, offered, version);
            assert!(matches!(taken, Err(Error::Forbidden | Error::NotFound)), "{taken:?}");
        }
        let waiting = world.waiting(world.ana);
        assert_eq!(waiting.len(), 1);
        let found = &waiting[0];
        assert_eq!((found.by.as_str(), found.named.headline.as_str()), ("Pia Alvarez", "Dizzy"));
        assert_eq!(found.named.draft.content.body, "Mother is dizzy at night.");
        let list = |who| {
            let patient = world.ana_patient;
            let list = |cx: &mut app::Cx<'_, '_>| {
                inbox::list(cx, patient, Filter::Open, After::start(), 25)
            };
            world.app.read(&world.actor(who), list).unwrap().prepared
        };
        assert_eq!((list(world.ana), list(pia), list(world.nils)), (1, 0, 0));

        // A stale look takes nothing.
        let stale = world.takes(world.ana, offered, version + 1);
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Changed))), "{stale:?}");
        let taken = world.takes(world.ana, offered, version).unwrap();
        assert_eq!(taken.thread, Some(id));
        let twice = world.takes(world.ana, offered, version);
        assert!(matches!(twice, Err(Error::Conflict(Conflict::Withdrawn))), "{twice:?}");
        assert!(world.waiting(world.ana).is_empty());
        assert_eq!(world.offer_of(pia, offered), Offer::Taken, "Pia's own draft stays and says so");

        let ana = world.actor(world.ana);
        let mine = world
            .app
            .read(&ana, |cx| draft::find_in_thread(cx, id, DraftKind::Reply))
            .unwrap()
            .unwrap();
        assert_eq!((mine.row.id, mine.row.prepared_by), (taken.draft, Some(pia)));
        let better = answer(id, "I am dizzy at night, and in the morning.");
        let (draft, at) = world
            .app
            .write(&ana, move |cx| draft::save(cx, Some(taken.draft), 1, &better))
            .unwrap();
        let sent = world.app.write(&ana, move |cx| draft::send(cx, draft, at, None)).unwrap();
        assert!(matches!(sent, Sent::Held(_)));
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        for reader in [world.ana, world.nils, pia] {
            let reader = world.actor(reader);
            let view = world.app.read(&reader, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
            let last = view.messages.last().unwrap();
            assert_eq!(last.letter.body, "I am dizzy at night, and in the morning.");
            assert_eq!((last.author, last.on_behalf_of), (world.ana, None), "Ana sent it");
            assert_eq!(last.letter.prepared_by, "Pia Alvarez", "and Pia prepared it");
        }
        let stored: Option<PersonId> = world
            .app
            .db()
            .read(|tx| {
                tx.query_one(
                    sql!("SELECT entered_by FROM message WHERE thread_id = $1 ORDER BY seq DESC LIMIT 1"),
                    &[&id],
                )?
                .get(0)
            })
            .map_err(|error: store::db::DbError| error)
            .unwrap();
        assert_eq!(stored, Some(pia));
    }
}

#[test]
fn a_new_message_can_be_prepared_and_set_aside() {
    for world in World::all() {
        let pia = world.helps("Pia Alvarez", "helper", "draft");
        let (offered, version) = world.hands_over(pia, world.typed_new("Pills", "Which pill?"));
        let (ana, patient) = (world.actor(world.ana), world.ana_patient);
        let decline = |version: i64| {
            world.app.write(&ana, move |cx| prepared::decline(cx, patient, offered, version))
        };
        assert!(matches!(decline(9), Err(Error::Conflict(Conflict::Changed))));
        decline(version).unwrap();
        assert!(world.waiting(world.ana).is_empty());
        assert_eq!(world.offer_of(pia, offered), Offer::Declined);
        let gone = world.app.read(&ana, |cx| prepared::get(cx, patient, offered));
        assert!(matches!(gone, Err(Error::Conflict(Conflict::Withdrawn))), "{:?}", gone.err());
        assert!(world.app.read(&ana, draft::list).unwrap().is_empty(), "nothing was made of it");

        // Pia changes it and gives it again; Ana takes it on and sends it.
        let actor = world.actor(pia);
        let better = world.typed_new("Pills", "Which of the two pills?");
        let version = world
            .app
            .write(&actor, move |cx| {
                prepared::withdraw(cx, offered)?;
                let (id, version) = draft::save(cx, Some(offered), version, &better)?;
                prepared::offer(cx, id, version).map(|()| version)
            })
            .unwrap();
        let taken = world.takes(world.ana, offered, version).unwrap();
        assert_eq!(taken.thread, None);
        world.app.write(&ana, move |cx| draft::send(cx, taken.draft, 1, None)).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let page = world
            .app
            .read(&ana, |cx| inbox::list(cx, patient, Filter::Open, After::start(), 25))
            .unwrap();
        assert_eq!(page.items[0].preview, "Which of the two pills?");
    }
}

#[test]
fn what_is_handed_over_does_not_change_under_the_reader() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let pia = world.helps("Pia Alvarez", "helper", "draft");
        let actor = world.actor(pia);
        // Half a thought is not handed over, nor an old version, nor one's own care.
        let empty = answer(id, " ");
        let half = world.app.write(&actor, move |cx| {
            let (id, version) = draft::save(cx, None, 0, &empty)?;
            prepared::offer(cx, id, version)
        });
        assert!(matches!(half, Err(Error::Invalid(_))), "{half:?}");
        let text = answer(id, "Both feet.");
        let (kept, version) =
            world.app.write(&actor, move |cx| draft::save(cx, None, 0, &text)).unwrap();
        let stale = world.app.write(&actor, move |cx| prepared::offer(cx, kept, version + 1));
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Changed))), "{stale:?}");
        let ana = world.actor(world.ana);
        let own = answer(id, "My own words.");
        let mine = world.app.write(&ana, move |cx| {
            let (id, version) = draft::save(cx, None, 0, &own)?;
            prepared::offer(cx, id, version)
        });
        assert!(matches!(mine, Err(Error::Forbidden)), "{mine:?}");

        world.app.write(&actor, move |cx| prepared::offer(cx, kept, version)).unwrap();
        world.app.write(&actor, move |cx| prepared::offer(cx, kept, version)).unwrap();
        let other = answer(id, "Quite another text.");
        let saved = world.app.write(&actor, move |cx| draft::save(cx, Some(kept), version, &other));
        assert!(matches!(saved, Err(Error::Conflict(Conflict::Changed))), "{saved:?}");
        let sent = world.app.write(&actor, move |cx| draft::send(cx, kept, version, None));
        assert!(matches!(sent, Err(Error::Conflict(_) | Error::Forbidden)), "{sent:?}");
        assert_eq!(world.waiting(world.ana)[0].named.draft.content.body, "Both feet.");

        // Taken back, changed and given again: Ana's old page decides nothing.
        let other = answer(id, "Quite another text.");
        world
            .app
            .write(&actor, move |cx| {
                prepared::withdraw(cx, kept)?;
                draft::save(cx, Some(kept), version, &other).map(|_| ())
            })
            .unwrap();
        let gone = world.takes(world.ana, kept, version);
        assert!(matches!(gone, Err(Error::Conflict(Conflict::Withdrawn))), "{gone:?}");
        world.app.write(&actor, move |cx| prepared::offer(cx, kept, version + 1)).unwrap();
        let stale = world.takes(world.ana, kept, version);
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Changed))), "{stale:?}");
        world.takes(world.ana, kept, version + 1).unwrap();
    }
}

#[test]
fn a_right_that_ended_takes_what_it_prepared_out_of_sight() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let pia = world.helps("Pia Alvarez", "helper", "draft");
        let (reply, reply_version) = world.hands_over(pia, answer(id, "Both feet."));
        let (new, new_version) = world.hands_over(pia, world.typed_new("Pills", "Which pill?"));
        assert_eq!(world.waiting(world.ana).len(), 2);
        // One conversation is left out: its answer goes, the rest stays.
        let grant: GrantId = world
            .app
            .db()
            .read(|tx| {
                tx.query_one(sql!("SELECT id FROM care_grant WHERE person_id = $1"), &[&pia])?
                    .get(0)
            })
            .map_err(|error: store::db::DbError| error)
            .unwrap();
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO care_grant_excluded_thread (grant_id, thread_id) VALUES ($1, $2)"
                ),
                &[&grant, &id],
            )
        });
        assert_eq!(world.waiting(world.ana).len(), 1);
        let gone = world.takes(world.ana, reply, reply_version);
        assert!(matches!(gone, Err(Error::Conflict(Conflict::Withdrawn))), "{gone:?}");
        for rights in ["read", "revoked"] {
            world.run(move |tx| {
                if rights == "read" {
                    tx.execute_one(
                        sql!("UPDATE care_grant SET rights = 'read' WHERE id = $1"),
                        &[&grant],
                    )
                } else {
                    tx.execute_one(
                        sql!("UPDATE care_grant SET rights = 'draft', until_at = 1 WHERE id = $1"),
                        &[&grant],
                    )
                }
            });
            assert!(world.waiting(world.ana).is_empty(), "{rights}");
            let gone = world.takes(world.ana, new, new_version);
            assert!(matches!(gone, Err(Error::Conflict(Conflict::Withdrawn))), "{gone:?}");
            let again = world.app.write(&world.actor(pia), move |cx| prepared::offer(cx, new, 1));
            assert!(matches!(again, Err(Error::Forbidden | Error::NotFound)), "{again:?}");
        }
        let ana = world.actor(world.ana);
        assert!(world.app.read(&ana, draft::list).unwrap().is_empty());
    }
}

#[test]
fn a_representative_decides_only_on_what_they_may_read() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let pia = world.helps("Pia Alvarez", "helper", "draft");
        let rosa = world.helps("Rosa Alvarez", "representative", "write");
        let (offered, version) = world.hands_over(pia, answer(id, "Both feet."));
        assert_eq!(world.waiting(rosa).len(), 1);
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO care_grant_excluded_thread (grant_id, thread_id) \
                     SELECT id, $2 FROM care_grant WHERE person_id = $1"
                ),
                &[&rosa, &id],
            )
        });
        assert!(world.waiting(rosa).is_empty(), "no words of a conversation that is kept from her");
        assert!(world.takes(rosa, offered, version).is_err());
        assert_eq!(world.waiting(world.ana).len(), 1);
    }
}

#[test]
fn the_patient_is_told_that_there_is_something_and_nothing_else() {
    for world in World::all() {
        let (ana, contact): (_, ContactPointId) = (world.ana, world.app.new_id().unwrap());
        world
            .app
            .write(&Actor::system(), move |cx| {
                let permit = cx.authorize::<Administer>(())?;
                let place = Place::new("contact_point", &contact, "value_sealed", 1);
                let value = cx.seal(KeyOwner::Person(ana), &place, b"ana@example.com")?;
                let new = NewContactPoint {
                    id: contact,
                    kind: "email",
                    slot: Slot::First,
                    value: &value,
                    verified: true,
                };
                Ok(store::contact_point::add(cx.tx(), &permit, ana, &new)?)
            })
            .unwrap();
        let pia = world.helps("Pia Alvarez", "helper", "draft");
        world.hands_over(pia, world.typed_new("Pills", "Which pill?"));
        app::sequencer::run(&world.app).unwrap();
        notice::enqueue(&world.app).unwrap();
        let out = notice::lease(&world.app, 10).unwrap();
        assert_eq!(out.len(), 1, "one notice, to Ana");
        assert_eq!((out[0].to.as_str(), out[0].kind.as_str()), ("ana@example.com", "message"));
        notice::enqueue(&world.app).unwrap();
        assert!(notice::lease(&world.app, 10).unwrap().is_empty(), "and only once");
    }
}
