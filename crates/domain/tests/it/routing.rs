//! Routing told a second time, and what no rule set may do: leave a message without an active team, lower
//! a level, or hold a rule that never gets its turn.

use std::collections::{BTreeMap, BTreeSet};

use domain::care_team::TeamStatus;
use domain::ids::{CareTeamId, Id as _};
use domain::routing::{
    Asked, Conditions, Decision, Facts, Failed, Fault, FirstRole, Hours, Instead, Known, Looked,
    Never, Nowhere, Practice, RULES_MAX, Rule, RuleSet, Target, TeamFacts, Tie, Via, Window, route,
};
use domain::thread::{AboutKind, Category};
use domain::work_item::Level;
use jiff::civil::{DateTime, date};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

/// Teams are numbered; 7 and 8 belong to no practice here.
fn team(n: u128) -> CareTeamId {
    CareTeamId::from_uuid(Uuid::from_u128(n))
}

fn teams() -> impl Strategy<Value = CareTeamId> {
    (0_u128..9).prop_map(team)
}

fn category() -> impl Strategy<Value = Category> {
    (0..4_usize).prop_map(|n| Category::ALL[n])
}

fn about() -> impl Strategy<Value = AboutKind> {
    (0..AboutKind::ALL.len()).prop_map(|n| AboutKind::ALL[n])
}

fn level() -> impl Strategy<Value = Level> {
    (1_i64..=4).prop_map(|n| Level::new(n).unwrap())
}

fn tie() -> impl Strategy<Value = Tie> {
    prop_oneof![Just(Tie::Treats), Just(Tie::Clinician)]
}

fn window() -> impl Strategy<Value = Window> {
    (btree_set(1_i8..=7, 0..4), 0_u16..24, 1_u16..=24)
        .prop_filter_map("a time", |(days, a, b)| Window::new(days, a.min(b) * 60, a.max(b) * 60))
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let known = (teams(), tie(), any::<bool>()).prop_map(|(team, tie, is)| Known { team, tie, is });
    let hours = prop_oneof![Just(Hours::Open), Just(Hours::Closed)];
    let when = (
        btree_set(category(), 0..3),
        btree_set(about(), 0..3),
        btree_set(level(), 0..2),
        option::of(known),
        option::of(hours),
        option::of(window()),
    );
    let when = when.prop_map(|(categories, about, levels, known, hours, window)| Conditions {
        categories,
        about,
        levels,
        known,
        hours,
        window,
    });
    let to = prop_oneof![
        3 => teams().prop_map(Target::Team),
        1 => Just(Target::Visit),
        1 => Just(Target::Chosen),
        1 => Just(Target::Triage),
    ];
    let first = prop_oneof![Just(FirstRole::Nurse), Just(FirstRole::Desk)];
    let rule = (when, to, option::of(first), option::weighted(0.2, level()))
        .prop_map(|(when, to, first, raise)| Rule { when, to, first, raise });
    vec(rule, 0..7)
}

fn practice() -> impl Strategy<Value = Practice> {
    let state = prop_oneof![
        4 => Just(TeamStatus::Active),
        1 => Just(TeamStatus::Draft),
        2 => Just(TeamStatus::Ended),
    ];
    let facts = (state, option::of(teams()), any::<bool>())
        .prop_map(|(state, successor, open)| TeamFacts { state, successor, open });
    (vec(facts, 7), option::of((0_u128..7).prop_map(team))).prop_map(|(facts, triage)| {
        let teams: BTreeMap<_, _> = (0..).map(team).zip(facts).collect();
        Practice { teams, triage }
    })
}

fn wall() -> impl Strategy<Value = DateTime> {
    (1_i8..=28, 0_i8..24, 0_i8..60)
        .prop_map(|(day, hour, minute)| date(2026, 11, day).at(hour, minute, 0, 0))
}

fn asked() -> impl Strategy<Value = Asked> {
    let ties = btree_set((teams(), tie()), 0..5);
    (category(), about(), level(), ties, option::of(teams()), option::of(teams()), wall()).prop_map(
        |(category, about, level, ties, visit, chosen, wall)| Asked {
            category,
            about,
            level,
            ties,
            visit,
            chosen,
            wall,
        },
    )
}

fn is_active(practice: &Practice, team: CareTeamId) -> bool {
    practice.teams.get(&team).is_some_and(|found| found.state == TeamStatus::Active)
}

/// The slow telling of where a target leads.
fn leads_to(practice: &Practice, asked: &Asked, target: Target) -> Option<CareTeamId> {
    let open = |team: Option<CareTeamId>| team.filter(|team| is_active(practice, *team));
    match target {
        Target::Visit => open(asked.visit),
        Target::Chosen => open(asked.chosen),
        Target::Triage => open(practice.triage),
        Target::Team(first) => {
            let mut at = Some(first);
            for _ in 0..20 {
                if let Some(here) = at.filter(|here| is_active(practice, *here)) {
                    return Some(here);
                }
                at = at.and_then(|here| practice.teams.get(&here)).and_then(|team| team.successor);
            }
            open(practice.triage)
        }
    }
}

/// The slow telling of whether a rule fires.
fn fires(practice: &Practice, asked: &Asked, rule: &Rule) -> Option<CareTeamId> {
    let to = leads_to(practice, asked, rule.to)?;
    let when = &rule.when;
    let day = asked.wall.date().weekday().to_monday_one_offset();
    let minute = u16::try_from(asked.wall.hour()).unwrap() * 60
        + u16::try_from(asked.wall.minute()).unwrap();
    let all = [
        when.categories.is_empty() || when.categories.contains(&asked.category),
        when.about.is_empty() || when.about.contains(&asked.about),
        when.levels.is_empty() || when.levels.contains(&asked.level),
        match when.known {
            Some(known) if known.is => asked.ties.contains(&(known.team, known.tie)),
            Some(known) => !asked.ties.contains(&(known.team, known.tie)),
            None => true,
        },
        match when.hours {
            Some(Hours::Open) => practice.teams[&to].open,
            Some(Hours::Closed) => !practice.teams[&to].open,
            None => true,
        },
        match &when.window {
            Some(window) => {
                (window.days().is_empty() || window.days().contains(&day))
                    && minute >= window.from()
                    && minute < window.to()
            }
            None => true,
        },
    ];
    all.into_iter().all(|holds| holds).then_some(to)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, ..ProptestConfig::default() })]

    #[test]
    fn every_message_gets_an_active_team_and_never_a_lower_level(
        rules in rules(), practice in practice(), asked in asked(),
    ) {
        let able = [practice.triage, asked.chosen, asked.visit];
        let able = able.into_iter().flatten().any(|team| is_active(&practice, team));
        let Ok(facts) = Facts::new(practice.clone(), asked.clone()) else {
            prop_assert!(!able, "refused only when nobody could take it");
            return Ok(());
        };
        prop_assert!(able);
        let set = RuleSet::stored(rules.clone());
        let decision = route(&set, &facts);
        prop_assert!(is_active(&practice, decision.team));
        prop_assert!(decision.level <= asked.level);
        prop_assert_eq!(decision.looked.len(), rules.len());
        // The second telling.
        let first = rules.iter().enumerate()
            .find_map(|(n, rule)| fires(&practice, &asked, rule).map(|to| (n, to)));
        if let Some((n, to)) = first {
            prop_assert_eq!((decision.via, decision.team), (Via::Rule(n), to));
            let raised = rules[n].raise.map_or(asked.level, |raise| raise.min(asked.level));
            prop_assert_eq!((decision.first, decision.level), (rules[n].first, raised));
            for (at, looked) in decision.looked.iter().enumerate() {
                match at.cmp(&n) {
                    std::cmp::Ordering::Less => {
                        prop_assert!(matches!(looked, Looked::Failed(_)));
                    }
                    std::cmp::Ordering::Equal => prop_assert_eq!(*looked, Looked::Fired),
                    std::cmp::Ordering::Greater => prop_assert_eq!(*looked, Looked::NotAsked),
                }
            }
        } else {
            let chain = [Target::Visit, Target::Chosen, Target::Triage];
            let to = chain.into_iter().find_map(|to| leads_to(&practice, &asked, to));
            prop_assert_eq!(Some(decision.team), to);
            prop_assert!(decision.first.is_none() && decision.level == asked.level);
            prop_assert!(decision.looked.iter().all(|one| matches!(one, Looked::Failed(_))));
        }
    }

    #[test]
    fn a_set_that_passed_stays_whole_when_teams_end(
        rules in rules(), practice in practice(), asked in asked(), ended in btree_set(teams(), 0..4),
    ) {
        let Ok(set) = RuleSet::new(rules, &practice) else { return Ok(()) };
        let mut later = practice;
        for team in ended {
            if let Some(found) = later.teams.get_mut(&team) {
                found.state = TeamStatus::Ended;
            }
        }
        if let Ok(facts) = Facts::new(later.clone(), asked) {
            prop_assert!(is_active(&later, route(&set, &facts).team));
        }
    }

    #[test]
    fn a_rule_said_to_be_shadowed_never_fires(
        rules in rules(), practice in practice(), messages in vec(asked(), 20),
    ) {
        let Err(faults) = RuleSet::new(rules.clone(), &practice) else { return Ok(()) };
        let set = RuleSet::stored(rules);
        for fault in faults {
            let Fault::Shadowed { rule, by } = fault else { continue };
            prop_assert!(by < rule);
            for asked in &messages {
                if practice.triage.is_none_or(|desk| !is_active(&practice, desk)) {
                    // A rule for a triage desk that is not there is refused for that.
                    continue;
                }
                if let Ok(facts) = Facts::new(practice.clone(), asked.clone()) {
                    prop_assert_ne!(route(&set, &facts).via, Via::Rule(rule));
                }
            }
        }
    }

    #[test]
    fn what_the_patient_calls_the_matter_never_moves_a_message_alone(
        rules in rules(), practice in practice(), asked in asked(),
    ) {
        let Ok(set) = RuleSet::new(rules, &practice) else { return Ok(()) };
        let Ok(facts) = Facts::new(practice, asked) else { return Ok(()) };
        let decision = route(&set, &facts);
        if let Via::Rule(index) = decision.via {
            let rule = &set.rules()[index];
            let when = &rule.when;
            let more = !when.about.is_empty() || !when.levels.is_empty() || when.known.is_some()
                || when.hours.is_some() || when.window.is_some();
            let safe = matches!(rule.to, Target::Triage | Target::Chosen);
            prop_assert!(when.categories.is_empty() || more || safe);
        }
    }
}

fn one(state: TeamStatus) -> TeamFacts {
    TeamFacts { state, successor: None, open: true }
}

/// 1 is a care team, 2 another, 3 the triage desk, 4 a draft, 5 has ended and 2 follows it.
fn small() -> Practice {
    let mut teams = BTreeMap::new();
    for n in [1, 2, 3] {
        teams.insert(team(n), one(TeamStatus::Active));
    }
    teams.insert(team(4), one(TeamStatus::Draft));
    let ended = TeamFacts { successor: Some(team(2)), ..one(TeamStatus::Ended) };
    teams.insert(team(5), ended);
    Practice { teams, triage: Some(team(3)) }
}

fn message() -> Asked {
    Asked {
        category: Category::Refill,
        about: AboutKind::Medication,
        level: Level::SOON,
        ties: BTreeSet::from([(team(1), Tie::Treats)]),
        visit: None,
        chosen: Some(team(1)),
        // A Sunday.
        wall: date(2026, 11, 22).at(18, 30, 0, 0),
    }
}

fn rule(to: Target) -> Rule {
    Rule { when: Conditions::default(), to, first: None, raise: None }
}

fn sent(rules: Vec<Rule>) -> Decision {
    route(&RuleSet::new(rules, &small()).unwrap(), &Facts::new(small(), message()).unwrap())
}

fn refused(rules: Vec<Rule>) -> Vec<Fault> {
    RuleSet::new(rules, &small()).unwrap_err()
}

#[test]
fn the_first_rule_that_fires_decides_and_says_why() {
    let mut weekend = rule(Target::Team(team(2)));
    weekend.when.window = Window::new(BTreeSet::from([6, 7]), 17 * 60, 24 * 60);
    weekend.first = Some(FirstRole::Nurse);
    weekend.raise = Some(Level::TODAY);
    let mut results = rule(Target::Triage);
    results.when.about = BTreeSet::from([AboutKind::Result]);
    let decision = sent(vec![results, weekend, rule(Target::Chosen)]);
    assert_eq!((decision.team, decision.via), (team(2), Via::Rule(1)));
    assert_eq!((decision.first, decision.level), (Some(FirstRole::Nurse), Level::TODAY));
    let failed = Looked::Failed(Failed::About);
    assert_eq!(decision.looked, [failed, Looked::Fired, Looked::NotAsked]);
    assert_eq!(sent(Vec::new()).via, Via::Chosen);
}

#[test]
fn a_team_that_ends_later_is_followed_by_its_successor_else_by_triage() {
    let ends = |successor: Option<CareTeamId>| {
        let mut practice = small();
        let set = RuleSet::new(vec![rule(Target::Team(team(1)))], &practice).unwrap();
        let mut ended = one(TeamStatus::Ended);
        ended.successor = successor;
        practice.teams.insert(team(1), ended);
        let asked = Asked { chosen: None, ..message() };
        let decision = route(&set, &Facts::new(practice, asked).unwrap());
        (decision.team, decision.instead)
    };
    assert_eq!(ends(Some(team(2))), (team(2), Some(Instead::Successor)));
    assert_eq!(ends(None), (team(3), Some(Instead::Triage)));
    assert_eq!(ends(Some(team(1))), (team(3), Some(Instead::Triage)), "a circle ends at triage");
    assert_eq!(ends(Some(team(8))), (team(3), Some(Instead::Triage)), "no other practice's team");
}

#[test]
fn each_bad_rule_is_refused_by_its_place() {
    let mut category = rule(Target::Team(team(2)));
    category.when.categories = BTreeSet::from([Category::Refill]);
    assert_eq!(refused(vec![category.clone()]), [Fault::CategoryAlone { rule: 0 }]);
    // Naming every other condition without asking for anything is no second condition.
    category.when.about = AboutKind::ALL.iter().copied().collect();
    category.when.levels = (1..=4).filter_map(Level::new).collect();
    category.when.window = Window::new((1..=7).collect(), 0, 1_440);
    assert_eq!(refused(vec![category.clone()]), [Fault::CategoryAlone { rule: 0 }]);
    for to in [Target::Triage, Target::Chosen] {
        let safe = Rule { to, ..category.clone() };
        assert!(RuleSet::new(vec![safe], &small()).is_ok());
    }
    for (n, why) in [(4, Nowhere::Draft), (5, Nowhere::Ended), (8, Nowhere::Foreign)] {
        let fault = Fault::RoutesNowhere { rule: 0, why };
        assert_eq!(refused(vec![rule(Target::Team(team(n)))]), [fault]);
    }
    let mut never = rule(Target::Visit);
    never.when.about = BTreeSet::from([AboutKind::Medication]);
    assert_eq!(refused(vec![never]), [Fault::NeverFires { rule: 0, why: Never::NoVisit }]);
    for is in [true, false] {
        // Also what is always so: beside the matter it would be a condition that asks for nothing.
        let mut nobody = rule(Target::Triage);
        nobody.when.known = Some(Known { team: team(5), tie: Tie::Treats, is });
        assert_eq!(refused(vec![nobody]), [Fault::NeverFires { rule: 0, why: Never::NoSuchTeam }]);
    }
    let mut calm = rule(Target::Triage);
    calm.raise = Some(Level::WHENEVER);
    assert_eq!(refused(vec![calm]), [Fault::RaisesNothing { rule: 0 }]);
    let shadowed = refused(vec![rule(Target::Triage), rule(Target::Team(team(1)))]);
    assert_eq!(shadowed, [Fault::Shadowed { rule: 1, by: 0 }]);
    assert_eq!(refused(vec![rule(Target::Chosen); RULES_MAX + 1]), [Fault::TooMany]);
    let desk = Practice { triage: None, ..small() };
    let fault = Fault::RoutesNowhere { rule: 0, why: Nowhere::NoTriage };
    assert_eq!(RuleSet::new(vec![rule(Target::Triage)], &desk).unwrap_err(), [fault]);
}
