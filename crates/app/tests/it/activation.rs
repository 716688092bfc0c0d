//! A team is a draft until it is whole: nobody can write to it, nor pass work to it; and what open teams
//! rest on stays.

use app::admin::team::{self, SettingsInput};
use app::admin::{self, TeamInput, activation};
use app::{Error, FieldError, work};
use domain::access::{Actor, Role};
use domain::care_team::{Missing, TeamStatus};
use domain::ids::CareTeamId;
use domain::message::Line;

use crate::world::World;

fn faults<T: std::fmt::Debug>(result: app::Result<T>) -> Vec<(&'static str, &'static str)> {
    match result {
        Err(Error::Invalid(faults)) => {
            faults.iter().map(|fault: &FieldError| (fault.field, fault.problem)).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn add(world: &World, kind: &'static str, purpose: &'static str) -> CareTeamId {
    let site = world.site;
    let new = TeamInput {
        site,
        name: "Foot care".to_owned(),
        care_type: String::new(),
        purpose: purpose.to_owned(),
        kind: kind.to_owned(),
        week: admin::OFFICE_WEEK.to_owned(),
        answer_minutes: 480,
    };
    world.app.write(&Actor::system(), move |cx| admin::add_team(cx, &new)).unwrap()
}

#[test]
fn a_draft_is_nobodys_until_it_is_whole() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (ana, nils) = (world.actor(world.ana), world.actor(world.nils));
        let (patient, eve) = (world.ana_patient, world.eve);
        let draft = add(&world, "care", "");
        let activate = || world.app.write(&ada, move |cx| activation::activate(cx, draft));
        let needs = ["purpose", "member", "last_resort"].map(|what| ("activate", what));
        assert_eq!(faults(activate()), needs);
        world.app.write(&ada, move |cx| admin::relate(cx, patient, draft)).unwrap();
        // It treats Ana on paper, and she can neither see nor write to it.
        let audience = |cx: &mut app::Cx<'_, '_>| {
            app::circle::audience(cx, patient, domain::thread::Category::Other)
        };
        let offered = || world.app.read(&ana, audience).unwrap().teams;
        assert!(offered().iter().all(|team| team.id != draft));
        let mut typed = world.typed_new("Sore foot", "It hurts.");
        if let app::draft::Target::New { team, .. } = &mut typed.target {
            *team = Some(draft);
        }
        let sent = world.app.write(&ana, move |cx| {
            let (id, version) = app::draft::save(cx, None, 0, &typed)?;
            app::draft::send(cx, id, version, None)
        });
        assert_eq!(faults(sent), [("team", "unknown")]);
        // Nor can work be passed to it.
        let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let why = Line::parse("Feet are theirs").unwrap();
        let passed = world.app.write(&nils, move |cx| work::pass(cx, thread, draft, &why, None));
        assert_eq!(faults(passed), [("team", "unknown")]);
        world.app.write(&ada, move |cx| admin::add_member(cx, draft, eve)).unwrap();
        let set = move |cx: &mut app::Cx<'_, '_>| {
            let known = team::settings(cx, draft)?;
            let purpose = "Sores and shoes".to_owned();
            let new = SettingsInput { purpose, last_resort: Some(eve), ..known.input() };
            team::set(cx, draft, &new)
        };
        world.app.write(&ada, set).unwrap();
        for stranger in [&ana, &nils] {
            let tried = world.app.write(stranger, move |cx| activation::activate(cx, draft));
            assert!(matches!(tried, Err(Error::NotFound | Error::Forbidden)), "{tried:?}");
        }
        activate().unwrap();
        assert!(matches!(activate(), Err(Error::NotFound)), "it is no draft any more");
        assert!(offered().iter().any(|team| team.id == draft));
        // What it was opened with, it keeps.
        let emptied = move |cx: &mut app::Cx<'_, '_>| {
            let known = team::settings(cx, draft)?.input();
            let new = SettingsInput { purpose: String::new(), last_resort: None, ..known };
            team::set(cx, draft, &new)
        };
        let kept = [("purpose", "needed"), ("last_resort", "needed")];
        assert_eq!(faults(world.app.write(&ada, emptied)), kept);
    }
}

#[test]
fn what_open_teams_rest_on_stays() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (triage, heart, eve, dora) = (world.triage, world.other_team, world.eve, world.dora);
        let end = |of: CareTeamId| {
            world.app.write(&ada, move |cx| admin::ending::end(cx, of)).map(|_| ())
        };
        assert_eq!(faults(end(triage)), [("team", "last-desk")]);
        // Whoever a team counts on names another one first.
        let leave = move |cx: &mut app::Cx<'_, '_>| admin::end_member(cx, heart, eve);
        assert_eq!(faults(world.app.write(&ada, leave)), [("person", "last-resort")]);
        let disable = move |cx: &mut app::Cx<'_, '_>| admin::disable(cx, eve);
        assert_eq!(faults(world.app.write(&ada, disable)), [("person", "last-resort")]);
        let name_another = move |cx: &mut app::Cx<'_, '_>| {
            admin::add_member(cx, heart, dora)?;
            let known = team::settings(cx, heart)?.input();
            team::set(cx, heart, &SettingsInput { last_resort: Some(dora), ..known })
        };
        world.app.write(&ada, name_another).unwrap();
        world.app.write(&ada, leave).unwrap();
        world.app.write(&ada, disable).unwrap();
        end(world.team).unwrap();
        assert!(matches!(end(world.team), Err(Error::NotFound)));
        // Another triage desk lets the first one go.
        let second = add(&world, "triage", "When you are not sure");
        let whole = move |cx: &mut app::Cx<'_, '_>| {
            admin::add_member(cx, second, dora)?;
            let known = team::settings(cx, second)?.input();
            team::set(cx, second, &SettingsInput { last_resort: Some(dora), ..known })
        };
        world.app.write(&ada, whole).unwrap();
        assert_eq!(faults(end(triage)), [("team", "last-desk")], "a draft is no desk yet");
        world.app.write(&ada, move |cx| activation::activate(cx, second)).unwrap();
        end(triage).unwrap();
        let teams = world.app.read(&ada, admin::list_teams).unwrap();
        let status = |of: CareTeamId| teams.iter().find(|(team, _)| team.id == of).unwrap().1;
        assert_eq!(status(triage), TeamStatus::Ended);
        assert_eq!(status(second), TeamStatus::Active);
        // A team of another organization needs a triage desk of its own.
        let lacks = world.app.read(&ada, |cx| activation::lacks(cx, heart)).unwrap();
        assert!(!lacks.contains(&Missing::TriageDesk));
    }
}

#[test]
fn of_two_who_set_a_team_at_once_the_second_is_told() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let team = world.team;
        let read = move |cx: &mut app::Cx<'_, '_>| Ok(team::settings(cx, team)?.input());
        let seen = world.app.read(&ada, read).unwrap();
        let set = |purpose: &str| {
            let new = SettingsInput { purpose: purpose.to_owned(), ..seen.clone() };
            world.app.write(&ada, move |cx| team::set(cx, team, &new))
        };
        set("Sugar and insulin").unwrap();
        assert!(matches!(set("Feet"), Err(Error::Conflict(_))));
        assert_eq!(world.app.read(&ada, read).unwrap().purpose, "Sugar and insulin");
    }
}
