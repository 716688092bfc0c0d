//! The practice's rules send Ana's message; the record says why, and nothing is left unrouted.

use std::collections::BTreeSet;

use app::admin::routing::{self as rules, Saved, Trial};
use app::communication::{self, Destination, Post};
use app::routing::{Road, preview};
use app::staff::list::work_page;
use app::{Conflict, Cx, Error, draft, staff, thread, work};
use domain::access::{Actor, Role};
use domain::ids::{CareTeamId, EncounterId, Id as _, OrganizationId, PractitionerId};
use domain::message::{Ask, Body, ClientMsgId, Line};
use domain::routing::Failed::{Hours as AtWork, Known as Tied, Window as At};
use domain::routing::{
    Conditions, Fault, FirstRole, Hours, Instead, Known, Looked, Nowhere, Rule, Target, Tie, Via,
};
use domain::thread::{AboutKind, Category, ThreadKind};
use domain::work_item::Level;
use store::sql;
use store::thread::About;
use store::work_item::{QueueAfter, QueueList};

use crate::world::World;

fn rule(to: Target) -> Rule {
    Rule { when: Conditions::default(), to, first: None, raise: None }
}

/// A rule that fires for who is treated by a team.
fn treated(by: CareTeamId, to: Target) -> Rule {
    let mut rule = rule(to);
    rule.when.known = Some(Known { team: by, tie: Tie::Treats, is: true });
    rule
}

fn save(world: &World, actor: &Actor, version: i64, all: &[Rule]) -> app::Result<Saved> {
    let (organization, all) = (world.organization, all.to_vec());
    world.app.write(actor, move |cx| {
        let reason = Line::parse("Heart questions go to the heart clinic").expect("a line");
        rules::save(cx, organization, version, &all, &reason)
    })
}

/// A second active team of a kind beside a team, in the same place.
pub(crate) fn add_beside(
    world: &World,
    team: CareTeamId,
    name: &'static str,
    kind: &'static str,
) -> CareTeamId {
    let id: CareTeamId = world.app.new_id().unwrap();
    world
        .app
        .write(&Actor::system(), move |cx| {
            cx.tx().execute_one(
                sql!(
                    "INSERT INTO care_team (id, organization_id, site_id, plain_name, care_type, purpose, \
                     kind, status, week, answer_minutes, escalate_percent, show_names, policy_version, \
                     version, updated_at) SELECT $1, organization_id, site_id, $3, '', 'Sorts', $4, \
                     'active', week, answer_minutes, escalate_percent, show_names, 1, 1, updated_at \
                     FROM care_team WHERE id = $2"
                ),
                &[&id, &team, &name, &kind],
            )?;
            Ok(())
        })
        .unwrap();
    id
}

fn end(world: &World, team: CareTeamId, successor: Option<CareTeamId>) {
    let ended = sql!("UPDATE care_team SET status = 'ended', successor_team_id = $2 WHERE id = $1");
    world
        .app
        .write(&Actor::system(), move |cx| Ok(cx.tx().execute_one(ended, &[&team, &successor])?))
        .unwrap();
}

#[test]
fn a_message_goes_where_the_rules_say_and_the_record_says_why() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (ana, eve, nils) =
            (world.actor(world.ana), world.actor(world.eve), world.actor(world.nils));
        let (team, other, patient) = (world.team, world.other_team, world.ana_patient);
        let refused = save(&world, &nils, 0, &[]);
        assert!(matches!(refused, Err(Error::Forbidden)), "a nurse sets no rules");
        let mut first = treated(team, Target::Team(other));
        first.when.categories = BTreeSet::from([Category::Symptom]);
        first.first = Some(FirstRole::Nurse);
        first.raise = Some(Level::TODAY);
        assert_eq!(save(&world, &ada, 0, std::slice::from_ref(&first)).unwrap(), Saved::As(1));
        let late = save(&world, &ada, 0, &[]);
        assert!(matches!(late, Err(Error::Conflict(Conflict::Changed))));

        let said = world
            .app
            .read(&ana, |cx| preview(cx, patient, team, Category::Symptom, About::NOTHING))
            .unwrap();
        assert_eq!(said.team.id, other, "Ana is told before she sends");
        assert_eq!(said.instead_of.map(|team| team.id), Some(team));
        let kept = world
            .app
            .read(&ana, |cx| preview(cx, patient, team, Category::Form, About::NOTHING))
            .unwrap();
        assert_eq!((kept.team.id, kept.instead_of.is_none()), (team, true));

        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let seen = world.app.read(&eve, |cx| staff::conversation(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(seen.view.team.as_ref().map(|team| team.id), Some(other));
        assert_eq!(seen.view.items[0].level(), Level::TODAY);
        let why = seen.routed.expect("a reason");
        assert_eq!((why.road, why.version), (Road::Rules(Via::Rule(0)), 1));
        assert_eq!(why.chosen.as_deref(), Some("Diabetes team"));
        assert_eq!(why.first, Some(FirstRole::Nurse));
        let hidden = world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 50));
        assert!(matches!(hidden, Err(Error::NotFound)), "the chosen team has no part in it");
        let levels = sql!("SELECT level_rules, level_patient FROM work_item WHERE thread_id = $1");
        let (given, patients): (Option<i64>, Option<i64>) = world
            .app
            .db()
            .read(|tx| {
                let row = tx.query_one(levels, &[&id])?;
                Ok::<_, store::db::DbError>((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!((given, patients), (Some(2), None));
        let page = world.app.read(&eve, |cx| {
            let start = store::work_item::QueueAfter::START;
            app::work::queue(cx, other, app::work::QueueList::Team, start, 50)
        });
        assert_eq!(page.unwrap().entries[0].first, Some(FirstRole::Nurse));
        // Whoever it is for first can see only that, until somebody has it.
        let lea = world.add_person(Role::Nurse, "Lea Wolf");
        world.join(other, lea, "nurse");
        let first = |who: &Actor| {
            let list = |cx: &mut Cx<'_, '_>| {
                work::queue(cx, other, QueueList::First, QueueAfter::START, 50)
            };
            let found = world.app.read(who, list).unwrap().entries;
            found.iter().map(|entry| entry.item.thread).collect::<Vec<_>>()
        };
        assert_eq!(first(&world.actor(lea)), [id]);
        assert!(first(&eve).is_empty(), "she is no nurse");
        let shown =
            |cx: &mut Cx<'_, '_>| work_page(cx, other, QueueList::Team, QueueAfter::START, 50);
        assert!(world.app.read(&eve, shown).unwrap().says_first);
        let outside = world.app.read(&nils, shown);
        assert!(matches!(outside, Err(Error::NotFound | Error::Forbidden)));
        world.app.write(&eve, move |cx| work::claim(cx, id, None)).unwrap();
        assert!(first(&world.actor(lea)).is_empty(), "somebody has it");
    }
}

#[test]
fn a_program_is_routed_too_and_a_retry_finds_the_first_result() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let ana = world.actor(world.ana);
        let (team, other) = (world.team, world.other_team);
        save(&world, &ada, 0, &[treated(team, Target::Team(other))]).unwrap();
        let post = Post {
            patient: world.ana_patient,
            to: Destination::New {
                team,
                category: Category::Form,
                headline: Line::headline("A form").unwrap(),
                encounter: None,
            },
            author: None,
            body: Body::parse("Please sign.").unwrap(),
            ask: Ask::Action,
            language: None,
            client_msg_id: ClientMsgId::parse("form-1").unwrap(),
        };
        let send = |post: &Post| {
            let post = post.clone();
            world.app.write(&ana, move |cx| communication::send(cx, &post)).unwrap().delivered
        };
        let first = send(&post);
        let owner = |of: domain::ids::ThreadId| {
            world.app.read(&ana, |cx| thread::view(cx, of, i64::MAX, 9)).unwrap().team.unwrap().id
        };
        assert_eq!(owner(first.thread), other);
        save(&world, &ada, 1, &[]).unwrap();
        let again = send(&post);
        assert_eq!((again.thread, again.repeated), (first.thread, true), "whatever the rules say");
        let second = send(&Post { client_msg_id: ClientMsgId::parse("form-2").unwrap(), ..post });
        assert_eq!(owner(second.thread), team, "without rules it goes to the chosen team");
    }
}

#[test]
fn a_message_about_a_visit_goes_to_the_team_of_the_visit() {
    for world in World::all() {
        let (other, patient, eve) = (world.other_team, world.ana_patient, world.eve);
        let visit: EncounterId = world.app.new_id().unwrap();
        let professional: PractitionerId = world.app.new_id().unwrap();
        world
            .app
            .write(&Actor::system(), move |cx| {
                let now = cx.now();
                cx.tx().execute_one(
                    sql!(
                        "INSERT INTO practitioner (id, profile_sealed, version, updated_at) \
                         VALUES ($1, $2, 1, $3)"
                    ),
                    &[&professional, &[0_u8].as_slice(), &now],
                )?;
                cx.tx().execute_one(
                    sql!(
                        "INSERT INTO encounter (id, patient_id, practitioner_id, status, started_at, \
                         detail_sealed, version, updated_at) \
                         VALUES ($1, $2, $3, 'finished', $4, $5, 1, $4)"
                    ),
                    &[&visit, &patient, &professional, &now, &[0_u8].as_slice()],
                )?;
                app::admin::relate(cx, patient, other)?;
                Ok(())
            })
            .unwrap();
        let writes = |headline: &'static str| {
            let mut typed = world.typed_new(headline, "About my visit.");
            let about = About { kind: AboutKind::Encounter, id: Some(visit.as_uuid()) };
            typed.target = draft::Target::New {
                patient,
                kind: ThreadKind::Care,
                team: Some(world.team),
                category: Category::AfterVisit,
                about,
            };
            let ana = world.actor(world.ana);
            let id = world.app.write(&ana, move |cx| {
                let (id, version) = draft::save(cx, None, 0, &typed)?;
                draft::send(cx, id, version, None)?;
                Ok(id)
            });
            let id = id.unwrap();
            world.pass_seconds(11);
            draft::release_due(&world.app).unwrap();
            let view = world.app.read(&ana, |cx| {
                let thread = draft::became(cx, id)?;
                thread::view(cx, thread, i64::MAX, 9)
            });
            view.unwrap().team.unwrap().id
        };
        assert_eq!(writes("First"), world.team, "nobody knows whose visit it was");
        let link = |person| {
            world.app.write(&Actor::system(), move |cx| rules::link(cx, professional, person))
        };
        let patients_own = link(Some(world.ana));
        assert!(matches!(patients_own, Err(Error::Invalid(_))), "a patient sees nobody at visits");
        link(Some(eve)).unwrap();
        assert_eq!(writes("Second"), other);
        link(None).unwrap();
        assert_eq!(writes("Third"), world.team);
    }
}

#[test]
fn bad_rules_are_refused_and_a_team_that_ends_leaves_nothing_unrouted() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (team, other) = (world.team, world.other_team);
        let foreign: OrganizationId = world.app.new_id().unwrap();
        let elsewhere = add_beside(&world, team, "Elsewhere", "care");
        world
            .app
            .write(&Actor::system(), move |cx| {
                let now = cx.now();
                cx.tx().execute_one(
                    sql!(
                        "INSERT INTO organization (id, name, phone, version, updated_at) \
                         VALUES ($1, 'Lake Clinic', '555-0200', 1, $2)"
                    ),
                    &[&foreign, &now],
                )?;
                let moved = sql!("UPDATE care_team SET organization_id = $2 WHERE id = $1");
                Ok(cx.tx().execute_one(moved, &[&elsewhere, &foreign])?)
            })
            .unwrap();
        let nowhere = Fault::RoutesNowhere { rule: 0, why: Nowhere::Foreign };
        let saved = save(&world, &ada, 0, &[rule(Target::Team(elsewhere))]).unwrap();
        assert_eq!(saved, Saved::Refused(vec![nowhere]));
        let two = [rule(Target::Team(other)), rule(Target::Chosen)];
        let saved = save(&world, &ada, 0, &two).unwrap();
        assert_eq!(saved, Saved::Refused(vec![Fault::Shadowed { rule: 1, by: 0 }]));

        let desk = add_beside(&world, team, "A desk that sorts", "triage");
        assert_eq!(save(&world, &ada, 0, &[rule(Target::Team(other))]).unwrap(), Saved::As(1));
        let goes_to = || {
            let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
            let ana = world.actor(world.ana);
            let view = world.app.read(&ana, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
            view.team.unwrap().id
        };
        assert_eq!(goes_to(), other);
        let next = add_beside(&world, team, "Heart clinic of tomorrow", "care");
        end(&world, other, Some(next));
        assert_eq!(goes_to(), next);
        end(&world, next, Some(elsewhere));
        assert_eq!(goes_to(), desk, "never out of the organization");
        let organization = world.organization;
        let shown = world.app.read(&ada, |cx| rules::show(cx, organization, None)).unwrap();
        let ended = Fault::RoutesNowhere { rule: 0, why: Nowhere::Ended };
        assert_eq!(shown.faults, [ended], "the page says so");
        assert_eq!(shown.versions[0].reason, "Heart questions go to the heart clinic");
        assert_eq!(shown.versions[0].by.as_deref(), Some("Ada Novak"));
        save(&world, &ada, 1, &[]).unwrap();
        let old = world.app.read(&ada, |cx| rules::show(cx, organization, Some(1))).unwrap();
        assert_eq!((old.rules.len(), old.latest), (1, 2), "an old set stays readable");
        let none = world.app.read(&ada, |cx| rules::show(cx, organization, Some(7)).map(|_| ()));
        assert!(matches!(none, Err(Error::NotFound)));
    }
}

#[test]
fn a_dry_run_says_what_became_of_each_rule() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let desk = add_beside(&world, world.team, "A desk that sorts", "triage");
        let (team, other, organization) = (world.team, world.other_team, world.organization);
        let mut closed = rule(Target::Team(other));
        closed.when.hours = Some(Hours::Closed);
        let mut weekend = rule(Target::Triage);
        weekend.when.window = domain::routing::Window::new(BTreeSet::from([6, 7]), 0, 24 * 60);
        save(&world, &ada, 0, &[closed, weekend, treated(team, Target::Team(other))]).unwrap();
        let trial = |at: &str, ties: &[(CareTeamId, Tie)]| {
            let trial = Trial {
                category: Category::Refill,
                about: AboutKind::Medication,
                level: Level::SOON,
                ties: ties.iter().copied().collect(),
                visit: None,
                chosen: Some(team),
                at: at.parse().unwrap(),
            };
            world.app.read(&ada, |cx| rules::try_out(cx, organization, &trial)).unwrap()
        };
        let sunday = trial("2026-11-22T10:00", &[]).decision.unwrap();
        assert_eq!((sunday.team, sunday.via), (desk, Via::Rule(1)));
        let failed = |what| Looked::Failed(what);
        assert_eq!(sunday.looked, [failed(AtWork), Looked::Fired, Looked::NotAsked]);
        let monday = trial("2026-11-23T10:00", &[(team, Tie::Treats)]).decision.unwrap();
        assert_eq!(monday.looked, [failed(AtWork), failed(At), Looked::Fired]);
        let stranger = trial("2026-11-23T10:00", &[]).decision.unwrap();
        assert_eq!(stranger.looked, [failed(AtWork), failed(At), failed(Tied)]);
        assert_eq!((stranger.team, stranger.via, stranger.instead), (team, Via::Chosen, None));
        end(&world, other, None);
        let desked = trial("2026-11-23T10:00", &[(team, Tie::Treats)]).decision.unwrap();
        assert_eq!((desked.team, desked.instead), (desk, Some(Instead::Triage)));
    }
}

#[test]
fn ana_writes_to_her_clinician_and_cover_steps_in() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (ana, dora) = (world.actor(world.ana), world.actor(world.dora));
        let (team, other, patient) = (world.team, world.other_team, world.ana_patient);
        // The rules would send it elsewhere, and make it more urgent.
        let mut away = treated(team, Target::Team(other));
        away.raise = Some(Level::TODAY);
        save(&world, &ada, 0, &[away]).unwrap();
        let sends = |to: domain::ids::PersonId| {
            let mut typed = world.typed_new("For you", "I feel dizzy.");
            typed.content.direct = to.to_string();
            let sent = world.app.write(&ana, move |cx| {
                let (id, version) = draft::save(cx, None, 0, &typed)?;
                draft::send(cx, id, version, None)?;
                Ok(id)
            })?;
            world.pass_seconds(11);
            draft::release_due(&world.app)?;
            world.app.read(&ana, move |cx| {
                let id = draft::became(cx, sent)?;
                thread::view(cx, id, i64::MAX, 9)
            })
        };
        let no = |sent: app::Result<thread::ThreadView>| match sent {
            Err(Error::Invalid(faults)) => assert_eq!(faults[0].field, "direct"),
            other => panic!("{other:?}"),
        };
        no(sends(world.dora));
        let nobody = world.app.read(&ana, |cx| app::direct::choices(cx, patient, team)).unwrap();
        assert!(nobody.is_empty(), "the team does not offer it yet");
        world.app.write(&ada, move |cx| app::direct::allow(cx, team, true)).unwrap();
        let refused = world.app.write(&dora, move |cx| app::direct::allow(cx, team, true));
        assert!(matches!(refused, Err(Error::Forbidden)));
        let offered = world.app.read(&ana, |cx| app::direct::choices(cx, patient, team)).unwrap();
        assert_eq!(offered, [(world.dora, "Dora Park".to_owned())]);
        no(sends(world.nils));
        no(sends(world.eve));
        let view = sends(world.dora).unwrap();
        assert_eq!(view.ladder, domain::thread::Ladder::BeingHandled(team, Some(world.dora)));
        assert_eq!(view.items[0].level(), Level::TODAY);
        let id = view.id;
        let seen = world.app.read(&dora, |cx| staff::conversation(cx, id, i64::MAX, 9)).unwrap();
        assert_eq!(seen.routed.unwrap().road, Road::Direct);
        let nils = world.actor(world.nils);
        assert!(
            world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 9)).is_ok(),
            "the team reads it"
        );

        let (now, cover) = (world.app.now(), world.nils);
        world
            .app
            .write(&dora, move |cx| app::cover::add(cx, now, now.plus_seconds(86_400), Some(cover)))
            .unwrap();
        let of = world.dora;
        let first = world.app.read(&ana, |cx| app::direct::first(cx, patient, team, of)).unwrap();
        let stands_in = app::direct::First::StandsIn("Dora Park".to_owned(), "Nils Lee".to_owned());
        assert_eq!(first, Some(stands_in));
        let view = sends(world.dora).unwrap();
        assert_eq!(view.holder.as_deref(), Some("Nils Lee"));
    }
}

/// A patient may write into an old conversation whose team has ended meanwhile.
#[test]
fn what_reaches_a_team_that_ended_stands_in_its_queue_until_it_is_done() {
    for world in World::all() {
        let (team, nils) = (world.team, world.actor(world.nils));
        let mine = || {
            let teams = world.app.read(&nils, work::my_teams).unwrap();
            teams.iter().any(|(one, _)| one.id == team)
        };
        end(&world, team, None);
        assert!(!mine(), "nothing is open there");
        let active = sql!("UPDATE care_team SET status = $2 WHERE id = $1");
        let set = |status: &'static str| {
            let set =
                move |cx: &mut Cx<'_, '_>| Ok(cx.tx().execute_one(active, &[&team, &status])?);
            world.app.write(&Actor::system(), set).unwrap();
        };
        set("active");
        let id = world.ana_writes("Sugar", "It is high.").thread;
        set("ended");
        assert!(mine(), "it is seen");
        let start = QueueAfter::START;
        let list = |cx: &mut Cx<'_, '_>| work::queue(cx, team, QueueList::Team, start, 9);
        let queue = world.app.read(&nils, list).unwrap();
        assert!(queue.entries.iter().any(|entry| entry.item.thread == id));
        let closed = sql!("UPDATE work_item SET state = 'closed' WHERE thread_id = $1");
        world
            .app
            .write(&Actor::system(), move |cx| Ok(cx.tx().execute_one(closed, &[&id])?))
            .unwrap();
        assert!(!mine(), "it is done");
    }
}
