//! What Ana sees of who has her conversation: every step that concerns her, no word that colleagues wrote
//! for one another, and roles instead of names where the team says so.

use app::admin::team::{self, SettingsInput};
use app::thread::ShownStep;
use app::{Cx, cover, thread, work};
use domain::access::{Actor, Role};
use domain::ids::{PersonId, ThreadId};
use domain::message::Line;
use domain::thread::Ladder;
use domain::work_item::{Level, WorkEventKind};

use crate::world::{NOON, World};

const DAY: i64 = 86_400;

fn seen_by(world: &World, who: PersonId, thread: ThreadId) -> Vec<ShownStep> {
    let view = world.app.read(&world.actor(who), |cx| thread::view(cx, thread, i64::MAX, 50));
    view.unwrap().custody
}

#[test]
fn the_patient_sees_each_move_and_nothing_between_colleagues() {
    for world in World::all() {
        let (ana, nils, dora) = (world.ana, world.nils, world.dora);
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let as_nils = world.actor(nils);
        world.app.write(&as_nils, move |cx| work::claim(cx, id, None)).unwrap();
        let secret = Line::parse("She is hard to please").unwrap();
        let give = move |cx: &mut Cx<'_, '_>| work::assign(cx, id, dora, Some(&secret), None);
        world.app.write(&as_nils, give).unwrap();
        let why = Line::parse("Heard it twice this week").unwrap();
        let level =
            move |cx: &mut Cx<'_, '_>| work::set_level(cx, id, Level::TODAY, Some(&why), None);
        world.app.write(&as_nils, level).unwrap();
        let steps = seen_by(&world, ana, id);
        let kinds: Vec<WorkEventKind> = steps.iter().map(|step| step.kind).collect();
        let shown = [WorkEventKind::Opened, WorkEventKind::Claimed, WorkEventKind::Assigned];
        assert_eq!(kinds, shown, "the level is between colleagues");
        assert!(steps.iter().all(|step| step.reason.is_none()), "{steps:?}");
        assert_eq!(steps[2].to_person.as_deref(), Some("Dora Park"));
        let theirs = seen_by(&world, nils, id);
        assert!(theirs.iter().any(|step| step.reason.as_deref() == Some("She is hard to please")));
        // The reason of passing it on is written for her.
        let (to, why) = (world.other_team, Line::parse("A question of rhythm").unwrap());
        let pass = move |cx: &mut Cx<'_, '_>| work::pass(cx, id, to, &why, None);
        world.app.write(&as_nils, pass).unwrap();
        let reasons: Vec<Option<String>> =
            seen_by(&world, ana, id).into_iter().map(|step| step.reason).collect();
        assert!(reasons.contains(&Some("A question of rhythm".to_owned())), "{reasons:?}");
        assert_eq!(reasons.iter().flatten().count(), 1);
    }
}

#[test]
fn cover_says_who_is_away_and_until_when() {
    for world in World::all() {
        let (ana, nils, dora) = (world.ana, world.nils, world.dora);
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        world.app.write(&world.actor(nils), move |cx| work::claim(cx, id, None)).unwrap();
        let (from, until) = (NOON.plus_seconds(DAY), NOON.plus_seconds(3 * DAY));
        world
            .app
            .write(&world.actor(nils), move |cx| cover::add(cx, from, until, Some(dora)))
            .unwrap();
        world.clock.set(from);
        cover::move_work(&world.app).unwrap();
        let last = seen_by(&world, ana, id).pop().unwrap();
        assert_eq!(last.kind, WorkEventKind::Covered);
        assert_eq!((last.by.as_deref(), last.away_until), (Some("Nils Lee"), Some(until)));
        assert_eq!(last.to_person.as_deref(), Some("Dora Park"));
        world.clock.set(until);
        cover::move_work(&world.app).unwrap();
        let last = seen_by(&world, ana, id).pop().unwrap();
        assert_eq!(last.kind, WorkEventKind::Returned);
        assert_eq!(last.to_person.as_deref(), Some("Nils Lee"));
    }
}

#[test]
fn a_team_may_show_roles_instead_of_names() {
    for world in World::all() {
        let (ana, nils, team) = (world.ana, world.nils, world.team);
        let hide = move |cx: &mut Cx<'_, '_>| {
            let known = team::settings(cx, team)?.input();
            team::set(cx, team, &SettingsInput { show_names: false, ..known })
        };
        world.app.write(&Actor::system(), hide).unwrap();
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        world.app.write(&world.actor(nils), move |cx| work::claim(cx, id, None)).unwrap();
        let view = world.app.read(&world.actor(ana), |cx| thread::view(cx, id, i64::MAX, 50));
        let view = view.unwrap();
        assert!(matches!(view.ladder, Ladder::BeingHandled(..)));
        assert_eq!((view.holder, view.holder_role), (None, Some(Role::Nurse)));
        let last = view.custody.last().unwrap();
        assert_eq!((&last.by, &last.to_person), (&None, &None));
        assert_eq!(last.to_role, Some(Role::Nurse));
        assert_eq!(last.team, "Diabetes team");
        let theirs = seen_by(&world, world.dora, id);
        assert_eq!(theirs.last().unwrap().to_person.as_deref(), Some("Nils Lee"));
    }
}
