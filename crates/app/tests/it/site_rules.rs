//! What a site adds to the rules of the urgency check: kept in versions, checked before, in force at once.

use app::admin::site_rules::{self, Checked};
use app::draft::{self, Sent};
use app::{Conflict, Error, urgency};
use domain::access::{Actor, Role};
use domain::message::Line;
use domain::urgency::{FaultKind, Lang, Level};

use crate::world::World;

const PUMP: &str = "rule site.pump-alarm emergency\n\
    title: The insulin pump gives an alarm\n\
    title_es: La bomba de insulina da una alarma\n\
    source: Riverside Clinic, policy 12\n\
    en: pump (_3) (alarm*|beep*)\n\
    yes en: My pump keeps beeping.\n\
    yes en: the pump gave an alarm twice\n\
    yes en: my pump beeps\n\
    no en: The pump came in the mail.\n\
    no en: No pump alarm today.\n";
const BEEPS: &str = "A question about my pills. Also my pump beeps since noon.";

fn checked(world: &World, who: &Actor, text: &str) -> Checked {
    world.app.read(who, |cx| site_rules::check(cx, text)).unwrap().unwrap()
}

fn keep(world: &World, who: &Actor, version: i64, text: &str) -> app::Result<i64> {
    let (site, checked) = (world.site, checked(world, who, text));
    let reason = Line::parse("Policy 12").unwrap();
    world.app.write(who, move |cx| site_rules::save(cx, site, version, &checked, &reason))
}

/// What becomes of a text of Ana's: the level that is kept with it, and by which rules.
fn reads(world: &World, body: &str) -> (Level, Vec<String>, String) {
    let ana = world.actor(world.ana);
    let typed = world.typed_new("Pills", body);
    let (id, version) = world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
    let sent = world.app.write(&ana, move |cx| draft::send(cx, id, version, None)).unwrap();
    if sent != Sent::Asked {
        return (Level::None, Vec::new(), String::new());
    }
    let answer = urgency::Answer::Send;
    let done =
        world.app.write(&ana, move |cx| urgency::answer(cx, id, version, answer, None)).unwrap();
    let nils = world.actor(world.nils);
    let kept = world.app.read(&nils, |cx| urgency::of_thread(cx, done.thread)).unwrap();
    let rules = kept[0].detail.hits.iter().map(|hit| hit.rule.clone()).collect();
    if let Some(hit) = kept[0].detail.hits.iter().find(|hit| hit.rule == "site.pump-alarm") {
        let own = hit.own.as_ref().expect("what the rule was called");
        assert_eq!(own.title, "The insulin pump gives an alarm");
        assert_eq!(hit.words, "pump beeps");
    }
    (done.urgency, rules, kept[0].pack.clone())
}

#[test]
fn a_sites_rule_counts_from_the_next_message_on_and_its_version_is_kept_with_it() {
    for world in World::all_checked() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let site = world.site;
        assert_eq!(reads(&world, BEEPS).0, Level::None);
        assert_eq!(keep(&world, &ada, 0, PUMP).unwrap(), 1);
        let (level, rules, pack) = reads(&world, BEEPS);
        assert_eq!((level, rules[0].as_str()), (Level::Emergency, "site.pump-alarm"));
        assert!(pack.ends_with("+site.1"), "{pack}");
        // A second node has it too: nothing but the record says what is in force.
        let other = world.restarted();
        let shown = other.read(&ada, |cx| site_rules::show(cx, site, None)).unwrap();
        assert_eq!((shown.version, shown.text.as_str()), (1, PUMP));
        assert_eq!(shown.versions[0].reason, "Policy 12");
        assert_eq!(shown.versions[0].by.as_deref(), Some("Ada Novak"));
        // Of two who keep something the second is told; what is empty adds nothing, and ships what ships.
        let late = keep(&world, &ada, 0, "");
        assert!(matches!(late, Err(Error::Conflict(Conflict::Changed))), "{late:?}");
        assert_eq!(keep(&world, &ada, 1, "").unwrap(), 2);
        assert_eq!(reads(&world, BEEPS).0, Level::None);
        let chest = "Refill please. Also since 4 this morning a heavy feeling in my chest.";
        assert_eq!(reads(&world, chest).0, Level::Emergency);
        let old = world.app.read(&ada, |cx| site_rules::show(cx, site, Some(1))).unwrap();
        assert_eq!((old.latest, old.text.as_str()), (2, PUMP));
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn a_language_that_is_off_is_not_read_and_the_page_can_say_so() {
    for world in World::all_checked() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (ana, team) = (world.actor(world.ana), world.team);
        let left_out = || world.app.read(&ana, |cx| urgency::leaves_out(cx, team)).unwrap();
        let chest = "Refill please. Also since 4 this morning a heavy feeling in my chest.";
        assert!(!left_out());
        keep(&world, &ada, 0, "language es off\n").unwrap();
        assert!(!left_out(), "hers is English");
        assert_eq!(reads(&world, chest).0, Level::Emergency);
        keep(&world, &ada, 1, "language en off\n").unwrap();
        assert!(left_out());
        assert_eq!(reads(&world, chest).0, Level::None);
        app::testing::clinic::check_urgency(&world.app, false).unwrap();
        assert!(!left_out(), "where nothing is checked, nothing is left out");
    }
}

#[test]
fn what_is_broken_is_never_kept_and_only_administrators_look() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let site = world.site;
        let lower = world.app.read(&ada, |cx| site_rules::check(cx, "raise RF21 ask")).unwrap();
        assert_eq!(lower.unwrap_err()[0].kind, FaultKind::NotHigher);
        let silent = PUMP.replace("my pump beeps", "my pump is blue");
        let silent = world.app.read(&ada, |cx| site_rules::check(cx, &silent)).unwrap();
        assert_eq!(silent.unwrap_err()[0].kind, FaultKind::Silent);
        let tried = world
            .app
            .read(&ada, |cx| site_rules::try_out(cx, PUMP, (BEEPS, Some(Lang::En))))
            .unwrap()
            .unwrap();
        assert_eq!((tried.level, tried.off), (Level::Emergency, false));
        assert!(!tried.shipped.is_card(), "{:?}", tried.shipped);
        assert!(tried.fired[0].own && tried.fired[0].words == "pump beeps");
        let long = "a ".repeat(site_rules::SAMPLE_MAX);
        let long = world.app.read(&ada, |cx| site_rules::try_out(cx, "", (&long, None)));
        assert!(matches!(long, Err(Error::Invalid(_))));
        let nothing = world.app.read(&ada, |cx| site_rules::show(cx, site, None)).unwrap();
        assert_eq!((nothing.version, nothing.text.as_str()), (0, ""));
        assert!(world.app.read(&ada, |cx| site_rules::show(cx, site, Some(1))).is_err());
        let good = checked(&world, &ada, PUMP);
        for person in [world.nils, world.dora, world.ana] {
            let stranger = world.actor(person);
            assert!(world.app.read(&stranger, |cx| site_rules::show(cx, site, None)).is_err());
            assert!(world.app.read(&stranger, |cx| site_rules::check(cx, "")).is_err());
            assert!(
                world.app.read(&stranger, |cx| site_rules::try_out(cx, "", ("a", None))).is_err()
            );
            let (good, reason) = (good.clone(), Line::parse("Why").unwrap());
            let kept =
                world.app.write(&stranger, move |cx| site_rules::save(cx, site, 0, &good, &reason));
            assert!(kept.is_err());
        }
    }
}
