//! Holidays come from a calendar file, a short day is typed, and what is open follows both.

use app::admin::dates::{self, Owner};
use app::{Error, FieldError, deadline, thread};
use domain::access::Role;
use domain::calendar::{Date, Day, Unreadable, Week};
use domain::ids::{Id as _, SiteId};
use store::access::Administer;
use store::team_clock;

use crate::world::World;

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261123\r\n\
    SUMMARY:Founders' day\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20261224T120000Z\r\n\
    SUMMARY:Office party\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\n\
    RRULE:FREQ=YEARLY\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn site_of(world: &World) -> SiteId {
    let team = world.team;
    let found = world.app.db().read(|tx| store::care_team::get(tx, team));
    found.unwrap_or_else(|error| panic!("{error}")).unwrap().site
}

#[test]
fn holidays_are_imported_whole_and_open_work_follows() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (team, site) = (world.team, site_of(&world));
        world
            .app
            .write(&ada, move |cx| {
                let permit = cx.authorize::<Administer>(())?;
                let week = Week::parse("mon 08:00-17:00; tue 08:00-17:00").unwrap();
                Ok(team_clock::set(cx.tx(), &permit, team, &week, 60, 80)?)
            })
            .unwrap();
        let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let due = || {
            while deadline::follow_settings(&world.app).unwrap() > 0 {}
            let nils = world.actor(world.nils);
            let view = world.app.read(&nils, |cx| thread::view(cx, thread, i64::MAX, 50));
            view.unwrap().items[0].due_at.to_jiff().to_string()
        };
        // Sunday: an hour of Monday morning in New York.
        assert_eq!(due(), "2026-11-23T14:00:00Z");
        let owner = Owner::Site(site);
        let import = || world.app.write(&ada, move |cx| dates::import(cx, owner, CALENDAR));
        let done = import().unwrap();
        let days: Vec<String> = done.added.iter().map(|date| date.day.to_string()).collect();
        assert_eq!(days, ["2026-11-23", "2026-12-25", "2027-12-25", "2028-12-25"]);
        assert_eq!(done.left_out.len(), 1);
        assert_eq!(done.left_out[0].line, 6);
        assert_eq!(done.left_out[0].why, Unreadable::TimeOfDay);
        assert_eq!(due(), "2026-11-24T14:00:00Z");
        // A second import changes nothing.
        let again = import().unwrap();
        assert_eq!((again.added.len(), again.kept.len()), (0, 4));
        // The team's own short day wins over the site's holiday.
        let own = Owner::Team(team);
        let put = |day: &'static str, hours: &'static str| {
            world.app.write(&ada, move |cx| {
                let hours = Day::parse(hours).unwrap();
                dates::put(cx, own, date(day), &hours, "Skeleton crew")
            })
        };
        put("2026-11-23", "10:00-12:00").unwrap();
        assert_eq!(due(), "2026-11-23T16:00:00Z");
        for far in ["2026-11-21", "2036-01-01"] {
            let refused = put(far, "").unwrap_err();
            assert!(
                matches!(&refused, Error::Invalid(faults) if faults[0].field == "day"),
                "{refused:?}"
            );
        }
        let remove = || world.app.write(&ada, move |cx| dates::remove(cx, own, date("2026-11-23")));
        remove().unwrap();
        assert!(matches!(remove(), Err(Error::NotFound)));
        assert_eq!(due(), "2026-11-24T14:00:00Z");
    }
}

#[test]
fn what_is_no_calendar_is_refused_and_strangers_see_nothing() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let owner = Owner::Site(site_of(&world));
        let import = |text: String| {
            let refused = world.app.write(&ada, move |cx| dates::import(cx, owner, &text));
            match refused {
                Err(Error::Invalid(faults)) => faults,
                other => panic!("{other:?}"),
            }
        };
        let none = [FieldError::new("calendar", "no-events")];
        for text in ["", "Happy holidays", "BEGIN:VCALENDAR\nEND:VCALENDAR", "\u{0}\u{7}"] {
            assert_eq!(import(text.to_owned()), none, "{text:?}");
        }
        let past = CALENDAR.replace("RRULE:FREQ=YEARLY\r\n", "").replace("2026", "2016");
        let past = past.replace("T120000Z", "");
        assert_eq!(import(past), none, "nothing to come");
        assert_eq!(import("x".repeat(200_001))[0].problem, "too-long");
        let known = world.app.read(&ada, move |cx| dates::list(cx, owner)).unwrap();
        assert!(known.dates.is_empty(), "{known:?}");
        let nowhere = Owner::Site(SiteId::from_uuid(uuid::Uuid::nil()));
        let gone = world.app.read(&ada, move |cx| dates::list(cx, nowhere));
        assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
        let Owner::Site(site) = owner else { unreachable!() };
        world.app.write(&ada, move |cx| dates::set_duty(cx, site, true)).unwrap();
        let known = world.app.read(&ada, move |cx| dates::list(cx, owner)).unwrap();
        assert_eq!(known.has_duty, Some(true));
        for stranger in [world.ana, world.nils] {
            let actor = world.actor(stranger);
            let seen = world.app.read(&actor, move |cx| dates::list(cx, owner));
            assert!(matches!(seen, Err(Error::NotFound | Error::Forbidden)), "{seen:?}");
            let set = world.app.write(&actor, move |cx| dates::set_duty(cx, site, false));
            assert!(matches!(set, Err(Error::NotFound | Error::Forbidden)), "{set:?}");
        }
    }
}
