//! Ana does not know whom to ask: the teams she can choose say who they are, and whoever is not sure
//! reaches a triage desk. Nobody chooses a team that is not theirs.

use app::admin::team::{self, SettingsInput};
use app::admin::{self, TeamInput};
use app::draft::{self, Target};
use app::picker::{self, Picker, Who};
use app::testing::clinic::{add_triage_desk, open_team};
use app::{Cx, Error, FieldError};
use domain::access::{Actor, Role};
use domain::calendar::Opening;
use domain::ids::{CareTeamId, SiteId, ThreadId};
use domain::thread::Category;

use crate::world::World;

fn tiles(world: &World) -> Picker {
    let patient = world.ana_patient;
    let open = |cx: &mut Cx<'_, '_>| picker::open(cx, patient, Category::Other);
    world.app.read(&world.actor(world.ana), open).unwrap()
}

/// Ana writes to a team through draft and hold; the conversation, or what is wrong.
fn writes_to(world: &World, team: CareTeamId) -> app::Result<ThreadId> {
    let ana = world.actor(world.ana);
    let mut typed = world.typed_new("A question", "Whom do I ask?");
    if let Target::New { team: to, .. } = &mut typed.target {
        *to = Some(team);
    }
    let id = world.app.write(&ana, move |cx| {
        let (id, version) = draft::save(cx, None, 0, &typed)?;
        draft::send(cx, id, version, None)?;
        Ok(id)
    })?;
    world.pass_seconds(11);
    draft::release_due(&world.app)?;
    world.app.read(&ana, move |cx| draft::became(cx, id))
}

/// A second practice with a team that treats Ana and a triage desk of its own.
fn second_practice(world: &World) -> (CareTeamId, CareTeamId) {
    let patient = world.ana_patient;
    let site: SiteId = world
        .app
        .write(&Actor::system(), |cx| {
            let organization = admin::add_organization(cx, "Hillside", "555-0900")?;
            let row = admin::SiteRow {
                id: cx.new_id()?,
                organization,
                name: "Hillside".to_owned(),
                phone: "555-0900".to_owned(),
                hours: String::new(),
                time_zone: "America/New_York".to_owned(),
                country: "US".to_owned(),
                emergency_phone: "911".to_owned(),
                crisis_phone: "988".to_owned(),
                nurse_phone: "555-0901".to_owned(),
            };
            admin::add_site(cx, &row)
        })
        .unwrap();
    let desk = add_triage_desk(&world.app, site).unwrap();
    let ruiz = world.add_person(Role::Clinician, "Rosa Ruiz");
    let team = world
        .app
        .write(&Actor::system(), move |cx| {
            let input = TeamInput {
                site,
                name: "Heart center".to_owned(),
                care_type: "Heart care".to_owned(),
                purpose: "Heart and blood pressure".to_owned(),
                kind: "care".to_owned(),
                week: "mon 08:00-17:00".to_owned(),
                answer_minutes: 480,
            };
            let team = admin::add_team(cx, &input)?;
            admin::add_member(cx, team, ruiz)?;
            admin::relate(cx, patient, team)?;
            Ok(team)
        })
        .unwrap();
    open_team(&world.app, team, ruiz).unwrap();
    (team, desk)
}

#[test]
fn whoever_is_not_sure_reaches_the_triage_desk_of_the_practice_met_last() {
    for world in World::all() {
        let all = tiles(&world);
        let names: Vec<&str> = all.tiles.iter().map(|tile| tile.team.name.as_str()).collect();
        assert_eq!(names, ["Diabetes team"], "the desk does not treat her");
        assert_eq!(all.desk.unwrap().team.id, world.triage);
        let thread = writes_to(&world, world.triage).unwrap();
        let triage = world.triage;
        let nurse = world
            .app
            .db()
            .read(|tx| store::care_team::members(tx, triage, world.app.now()))
            .map_err(|error: store::db::DbError| error)
            .unwrap()[0]
            .person;
        let view = |of| world.app.read(&world.actor(of), |cx| app::thread::view(cx, thread, 99, 9));
        assert_eq!(view(nurse).unwrap().messages.len(), 1);
        assert!(matches!(view(world.eve), Err(Error::NotFound)));
        // Another practice, met later, has its own desk.
        let (heart, desk) = second_practice(&world);
        assert_eq!(tiles(&world).desk.unwrap().team.id, world.triage, "nobody wrote there yet");
        world.pass_seconds(3_600);
        writes_to(&world, heart).unwrap();
        let all = tiles(&world);
        assert_eq!(all.tiles[0].team.id, heart, "the one met last comes first");
        assert_eq!(all.desk.unwrap().team.id, desk);
        writes_to(&world, desk).unwrap();
    }
}

#[test]
fn somebody_without_a_team_reaches_a_desk_too() {
    for world in World::all() {
        let (patient, team) = (world.ana_patient, world.team);
        let end = move |cx: &mut Cx<'_, '_>| admin::end_relation(cx, patient, team);
        world.app.write(&Actor::system(), end).unwrap();
        let all = tiles(&world);
        assert!(all.tiles.is_empty());
        assert_eq!(all.desk.unwrap().team.id, world.triage, "that of her organization");
        writes_to(&world, world.triage).unwrap();
    }
}

#[test]
fn nobody_chooses_a_team_that_is_not_theirs() {
    for world in World::all() {
        let (heart, _) = second_practice(&world);
        let patient = world.ana_patient;
        let draft = world.add_team(world.site, "Foot care");
        let foreign: CareTeamId = world.app.new_id().unwrap();
        // A desk of a practice that does not treat her is not hers either.
        let end = move |cx: &mut Cx<'_, '_>| admin::end_relation(cx, patient, heart);
        world.app.write(&Actor::system(), end).unwrap();
        let relate = move |cx: &mut Cx<'_, '_>| admin::relate(cx, patient, draft);
        world.app.write(&Actor::system(), relate).unwrap();
        let desks = world.app.db().read(|tx| {
            let kinds = store::sql!("SELECT id FROM care_team WHERE kind = 'triage'");
            tx.query(kinds, &[])?.iter().map(|row| row.get(0)).collect::<Result<Vec<_>, _>>()
        });
        let desks: Vec<CareTeamId> = desks.map_err(|error: store::db::DbError| error).unwrap();
        let other_desk = desks.into_iter().find(|desk| *desk != world.triage).unwrap();
        for team in [world.other_team, heart, draft, foreign, other_desk] {
            match writes_to(&world, team) {
                Err(Error::Invalid(faults)) => {
                    assert_eq!(faults, [FieldError::new("team", "unknown")]);
                }
                Err(Error::NotFound) => {}
                other => panic!("{other:?}"),
            }
        }
        let own = tiles(&world);
        assert_eq!(own.tiles.len(), 1);
        let rows = world.app.db().read(|tx| {
            let all = store::sql!("SELECT count(*) FROM thread");
            tx.query_one(all, &[])?.get::<i64>(0)
        });
        assert_eq!(rows.map_err(|error: store::db::DbError| error).unwrap(), 0);
    }
}

#[test]
fn a_tile_says_who_is_there_and_until_when() {
    for world in World::all() {
        let team = world.team;
        let tile = tiles(&world).tiles.remove(0);
        assert_eq!(tile.who, Who::Named(vec!["Dora Park".to_owned()]));
        assert_eq!((tile.opening, tile.wrote_at), (Opening::Always, None));
        writes_to(&world, team).unwrap();
        let set = move |cx: &mut Cx<'_, '_>| {
            let known = team::settings(cx, team)?.input();
            let week = domain::calendar::Week::parse("mon 08:00-17:00").unwrap();
            team::set(cx, team, &SettingsInput { show_names: false, week, ..known })
        };
        world.app.write(&Actor::system(), set).unwrap();
        let tile = tiles(&world).tiles.remove(0);
        assert_eq!(tile.who, Who::Roles(vec!["clinician", "nurse"]), "roles instead of names");
        assert!(tile.wrote_at.is_some());
        // Sunday noon in London is seven in New York; Monday's hours begin at eight there.
        let Opening::From(at) = tile.opening else { panic!("{:?}", tile.opening) };
        assert_eq!(at.to_jiff().to_string(), "2026-11-23T13:00:00Z");
    }
}
