//! What the urgency check rests on: a site's numbers and switch, and the limits of a patient's plan.

use app::admin::safety;
use app::{Conflict, Error, FieldError, plan_limit};
use domain::access::Role;
use domain::ids::PlanLimitId;
use domain::plan_limit::Limit;
use domain::site::Safety;

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
