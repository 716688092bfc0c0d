//! A nurse asks a doctor about a reply: what she sees, who else does not, and what the message keeps.

use app::content::DraftContent;
use app::draft::{self, AfterRelease, DraftKind, Target, Typed};
use app::share::{self, Seen, ShareState};
use app::{Conflict, Error, thread};
use domain::access::Actor;
use domain::ids::{DraftId, PersonId, ThreadId};
use domain::message::Ask;
use store::sql;

use crate::world::World;

fn reply(thread: ThreadId, body: &str) -> Typed {
    Typed {
        target: Target::Reply { thread, after: AfterRelease::Nothing, outcome: None },
        ask: Ask::Inform,
        content: DraftContent { body: body.to_owned(), ..DraftContent::default() },
        base_seq: 1,
    }
}

impl World {
    fn drafts(&self, who: &Actor, thread: ThreadId, body: &str) -> (DraftId, i64) {
        let typed = reply(thread, body);
        self.app.write(who, move |cx| draft::save(cx, None, 0, &typed)).unwrap()
    }

    fn asks(
        &self,
        who: &Actor,
        thread: ThreadId,
        draft: (DraftId, i64),
        to: Option<PersonId>,
    ) -> app::Result<()> {
        self.app.write(who, move |cx| share::ask(cx, thread, draft, to, "Is the dose right?"))
    }

    fn sees_shared(
        &self,
        who: &Actor,
        thread: ThreadId,
        id: DraftId,
    ) -> app::Result<share::Shared> {
        self.app.read(who, move |cx| share::view(cx, thread, id))
    }
}

const SEEN: Seen = Seen { share: 1, draft: 1 };

#[test]
fn a_colleague_takes_a_reply_over_and_the_message_keeps_who_wrote_it() {
    for world in World::all() {
        let id = world.ana_writes("Sugar", "My sugar is high.").thread;
        let (nils, dora) = (world.actor(world.nils), world.actor(world.dora));
        let (ana, eve) = (world.actor(world.ana), world.actor(world.eve));
        let kept = world.drafts(&nils, id, "Take half a tablet.");
        assert!(
            matches!(world.sees_shared(&dora, id, kept.0), Err(Error::NotFound)),
            "not asked yet"
        );
        // Only somebody of the team can be asked.
        for stranger in [world.eve, world.ana, world.nils] {
            let refused = world.asks(&nils, id, kept, Some(stranger));
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        }
        world.asks(&nils, id, kept, Some(world.dora)).unwrap();
        let lines = world.app.read(&dora, share::list).unwrap();
        assert_eq!((lines.len(), lines[0].name.as_str()), (1, "Nils Lee"));
        let found = world.sees_shared(&dora, id, kept.0).unwrap();
        assert_eq!((found.note.as_str(), found.by.as_str()), ("Is the dose right?", "Nils Lee"));
        assert_eq!(found.draft.content.body, "Take half a tablet.");
        for stranger in [&ana, &eve] {
            let refused = world.sees_shared(stranger, id, kept.0);
            assert!(matches!(refused, Err(Error::NotFound | Error::Forbidden)), "{refused:?}");
            let refused = world.app.write(stranger, move |cx| share::take(cx, id, kept.0, SEEN));
            assert!(matches!(refused, Err(Error::NotFound | Error::Forbidden)), "{refused:?}");
            assert!(world.app.read(stranger, share::list).unwrap().is_empty());
        }
        // The writer's change stops who has the old text before them.
        let better = reply(id, "Take half a tablet, with food.");
        world.app.write(&nils, move |cx| draft::save(cx, Some(kept.0), 1, &better)).unwrap();
        let late = world.app.write(&dora, move |cx| share::take(cx, id, kept.0, SEEN));
        assert!(matches!(late, Err(Error::Conflict(Conflict::Changed))), "{late:?}");
        let seen = Seen { share: 1, draft: 2 };
        let taken = world.app.write(&dora, move |cx| share::take(cx, id, kept.0, seen)).unwrap();
        let again = world.app.write(&dora, move |cx| share::take(cx, id, kept.0, seen));
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        let stands = world.sees_shared(&nils, id, kept.0).unwrap();
        assert_eq!((stands.state, stands.decided_by.as_str()), (ShareState::Taken, "Dora Park"));
        world.app.write(&dora, move |cx| draft::send(cx, taken, 1, None)).unwrap();
        draft::release_due(&world.app).unwrap();
        world.pass_seconds(60);
        draft::release_due(&world.app).unwrap();
        let view =
            |who: &Actor| world.app.read(who, |cx| thread::view(cx, id, i64::MAX, 9)).unwrap();
        let (staff, patient) = (view(&nils), view(&ana));
        let letter = &staff.messages.last().unwrap().letter;
        assert_eq!(
            (letter.author.as_str(), letter.prepared_by.as_str()),
            ("Dora Park", "Nils Lee")
        );
        assert_eq!(letter.body, "Take half a tablet, with food.");
        let letter = &patient.messages.last().unwrap().letter;
        assert_eq!((letter.author.as_str(), letter.prepared_by.as_str()), ("Dora Park", ""));
    }
}

#[test]
fn it_is_given_back_withdrawn_and_ends_with_the_membership() {
    for world in World::all() {
        let id = world.ana_writes("Sugar", "My sugar is high.").thread;
        let (nils, dora) = (world.actor(world.nils), world.actor(world.dora));
        let kept = world.drafts(&nils, id, "Take half a tablet.");
        let stale = world.asks(&nils, id, (kept.0, 7), None);
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Changed))), "{stale:?}");
        world.asks(&nils, id, kept, None).unwrap();
        let back = |text: &'static str| {
            world.app.write(&dora, move |cx| share::give_back(cx, id, kept.0, SEEN, text))
        };
        assert!(matches!(back("  "), Err(Error::Invalid(_))));
        back("See the last creatinine.").unwrap();
        let found = world.sees_shared(&nils, id, kept.0).unwrap();
        assert_eq!((found.state, found.mine), (ShareState::Returned, true));
        assert_eq!(found.answer, "See the last creatinine.");
        let lines = world.app.read(&nils, share::list).unwrap();
        assert_eq!((lines.len(), lines[0].name.as_str(), lines[0].mine), (1, "Dora Park", true));
        assert!(world.app.read(&dora, share::list).unwrap().is_empty());
        // Asked anew, and taken back.
        world.asks(&nils, id, kept, Some(world.dora)).unwrap();
        assert_eq!(world.app.read(&dora, share::list).unwrap().len(), 1);
        let by_hand = world.app.write(&dora, move |cx| share::withdraw(cx, kept.0));
        assert!(matches!(by_hand, Err(Error::NotFound)), "only the writer takes it back");
        world.app.write(&nils, move |cx| share::withdraw(cx, kept.0)).unwrap();
        assert!(matches!(world.sees_shared(&dora, id, kept.0), Err(Error::NotFound)));
        // What one has begun is not written over.
        world.asks(&nils, id, kept, None).unwrap();
        let mine = world.drafts(&dora, id, "I would say");
        let taken = world.app.write(&dora, move |cx| share::take(cx, id, kept.0, SEEN));
        assert!(matches!(taken, Err(Error::Invalid(_))), "{taken:?}");
        world.app.write(&dora, move |cx| draft::remove(cx, mine.0)).unwrap();
        // The writer leaves the team: nothing of it is in sight.
        let (gone, now) = (world.nils, world.app.now());
        world.run(move |tx| {
            let ended = sql!("UPDATE membership SET until_at = $2 WHERE person_id = $1");
            tx.execute(ended, &[&gone, &now]).map(|_| ())
        });
        world.pass_seconds(1);
        assert!(world.app.read(&dora, share::list).unwrap().is_empty());
        assert!(matches!(world.sees_shared(&dora, id, kept.0), Err(Error::NotFound)));
    }
}

#[test]
fn a_draft_of_a_made_up_team_or_thread_is_refused() {
    for world in World::all() {
        let nils = world.actor(world.nils);
        let typed = reply(world.app.new_id().unwrap(), "To nobody");
        let refused = world.app.write(&nils, move |cx| draft::save(cx, None, 0, &typed));
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        let (patient, team) = (world.ana_patient, world.app.new_id().unwrap());
        let category = domain::thread::Category::Other;
        let target = Target::Told { patient, team: Some(team), category };
        let typed = Typed { target, ..reply(world.app.new_id().unwrap(), "She called") };
        let refused = world.app.write(&nils, move |cx| draft::save(cx, None, 0, &typed));
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        let found = world.app.read(&nils, draft::list).unwrap();
        assert!(found.iter().all(|draft| draft.row.kind != DraftKind::Told));
    }
}
