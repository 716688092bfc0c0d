//! `tidings admin routing`: the rules of a practice, read from a file and tried out; and
//! `tidings admin professional`: which log-in somebody named in the records is.

use std::collections::BTreeSet;

use app::App;
use app::admin::routing::{self, PracticeRules, Saved, TeamLine, Trial};
use domain::calendar::Day;
use domain::ids::{CareTeamId, Id as _, PractitionerId};
use domain::routing::{
    Conditions, Fault, FirstRole, Hours, Known, Looked, Never, Nowhere, RULES_MAX, Rule, Target,
    Tie, Via, Window,
};
use domain::thread::{AboutKind, Category};
use domain::work_item::Level;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::admin::{Outcome, reason};
use super::find;
use crate::cli::routing::{
    ProfessionalLink, ProfessionalVerb, RoutingSet, RoutingShow, RoutingTry, RoutingVerb,
};
use crate::command::Failure;

/// The days of the week as a rule file names them, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A rule file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rules: Vec<Line>,
}

/// One rule of a file; what is left out does not matter.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Line {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    category: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    about: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    level: Vec<i64>,
    /// `treats`, `not-treats`, `clinician`, `not-clinician`.
    #[serde(skip_serializing_if = "String::is_empty")]
    patient: String,
    /// The team that `patient` is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    team: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    hours: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    days: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    time: String,
    to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    first: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    raise: Option<i64>,
}

/// Carries out one command about rules.
pub(super) fn act(app: &App, verb: RoutingVerb) -> Outcome {
    match verb {
        RoutingVerb::Show(show) => shown(app, &show),
        RoutingVerb::Set(set) => save(app, &set),
        RoutingVerb::Try(trial) => try_out(app, &trial),
        RoutingVerb::Direct(set) => {
            let (team, on) = (find::team(app, &set.team)?, set.direct == "on");
            find::run(app, "the team", move |cx| app::direct::allow(cx, team, on))?;
            Ok(json!({ "id": team.to_string(), "direct": on }))
        }
    }
}

fn load(app: &App, typed: &str, version: Option<i64>) -> Result<PracticeRules, Failure> {
    let practice = find::organization(app, typed)?;
    find::run(app, "the rules", move |cx| routing::show(cx, practice, version))
}

fn shown(app: &App, show: &RoutingShow) -> Outcome {
    let known = load(app, &show.practice, show.version)?;
    let rules: Vec<Line> = known.rules.iter().map(|rule| line(rule, &known.teams)).collect();
    let versions: Vec<Value> = known
        .versions
        .iter()
        .map(|line| {
            json!({
                "version": line.version, "at": line.at.to_jiff().to_string(),
                "by": line.by, "reason": line.reason,
            })
        })
        .collect();
    let wrong = known.faults.iter().filter(|_| known.version == known.latest);
    Ok(json!({
        "organization": known.organization.name, "version": known.version, "rules": rules,
        "wrong": wrong.map(|fault| sentence(*fault)).collect::<Vec<_>>(), "versions": versions,
    }))
}

fn save(app: &App, set: &RoutingSet) -> Outcome {
    let reason = reason(&set.why)?;
    let known = load(app, &set.practice, None)?;
    let file: File = serde_json::from_str(&set.text).map_err(|error| {
        Failure::misused(format!("the rule file: {error}; docs/routing.md names its fields"))
    })?;
    let read = (1..).zip(&file.rules).map(|(n, line)| rule(n, line, &known.teams));
    let rules = read.collect::<Result<Vec<Rule>, Failure>>()?;
    let (practice, version) = (known.organization.id, set.version.unwrap_or(known.latest));
    let saved = find::run(app, "the rules", move |cx| {
        routing::save(cx, practice, version, &rules, &reason)
    })?;
    match saved {
        Saved::As(version) => Ok(json!({ "version": version })),
        Saved::Refused(faults) => {
            let all: Vec<String> = faults.into_iter().map(sentence).collect();
            Err(Failure::misused(all.join("; ")))
        }
    }
}

fn misread(n: usize, what: &str, text: &str, instead: &str) -> Failure {
    Failure::misused(format!("rule {n}: {what} {text} is unknown; write {instead}"))
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> String {
    all.iter().map(|one| code(*one)).collect::<Vec<_>>().join(", ")
}

/// Reads one rule of a file; `n` counts from 1.
fn rule(n: usize, line: &Line, teams: &[TeamLine]) -> Result<Rule, Failure> {
    let coded = |what: &str, text: &str, all: String| misread(n, what, text, &all);
    let categories = line.category.iter().map(|text| {
        let all = || coded("category", text, codes(Category::ALL, Category::code));
        Category::from_code(text).ok_or_else(all)
    });
    let about = line.about.iter().map(|text| {
        let all = || coded("about", text, codes(AboutKind::ALL, AboutKind::code));
        AboutKind::from_code(text).ok_or_else(all)
    });
    let level = |level: i64| {
        Level::new(level)
            .ok_or_else(|| misread(n, "level", &level.to_string(), "a number from 1 to 4"))
    };
    let known = match (line.patient.as_str(), line.team.as_str()) {
        ("", "") => None,
        (tie, team) => Some(known(n, tie, named(n, team, teams)?)?),
    };
    let hours = match line.hours.as_str() {
        "" => None,
        text => {
            let all = || coded("hours", text, codes(Hours::ALL, Hours::code));
            Some(Hours::from_code(text).ok_or_else(all)?)
        }
    };
    let to = match line.to.as_str() {
        "visit" => Target::Visit,
        "chosen" => Target::Chosen,
        "triage" => Target::Triage,
        team => Target::Team(named(n, team, teams)?),
    };
    let first = match line.first.as_str() {
        "" => None,
        text => {
            let all = || coded("first", text, codes(FirstRole::ALL, FirstRole::code));
            Some(FirstRole::from_code(text).ok_or_else(all)?)
        }
    };
    Ok(Rule {
        when: Conditions {
            categories: categories.collect::<Result<_, _>>()?,
            about: about.collect::<Result<_, _>>()?,
            levels: line.level.iter().map(|one| level(*one)).collect::<Result<_, _>>()?,
            known,
            hours,
            window: window(n, line)?,
        },
        to,
        first,
        raise: line.raise.map(level).transpose()?,
    })
}

fn known(n: usize, text: &str, team: CareTeamId) -> Result<Known, Failure> {
    let (tie, is) = text.strip_prefix("not-").map_or((text, true), |tie| (tie, false));
    let all = "treats, not-treats, clinician or not-clinician, and a team beside it";
    let tie = Tie::from_code(tie).ok_or_else(|| misread(n, "patient", text, all))?;
    Ok(Known { team, tie, is })
}

fn named(n: usize, text: &str, teams: &[TeamLine]) -> Result<CareTeamId, Failure> {
    let by_id = CareTeamId::parse(text).ok();
    let mut found = teams.iter().filter(|team| by_id.map_or(team.name == text, |id| team.id == id));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.id),
        (Some(_), Some(_)) => Err(misread(n, "team", text, "its id: several have this name")),
        _ => Err(misread(n, "team", text, "the name or id of a team of this organization")),
    }
}

fn window(n: usize, line: &Line) -> Result<Option<Window>, Failure> {
    if line.days.is_empty() && line.time.is_empty() {
        return Ok(None);
    }
    let day = |text: &String| {
        let place = (1_i8..).zip(DAYS).find(|(_, day)| day == text);
        place.map(|(n, _)| n).ok_or_else(|| misread(n, "day", text, &DAYS.join(", ")))
    };
    let days = line.days.iter().map(day).collect::<Result<BTreeSet<i8>, _>>()?;
    let read =
        if line.time.is_empty() { Day::parse("00:00-24:00") } else { Day::parse(&line.time) };
    let hours = match read.as_ref().map(Day::hours) {
        Ok([one]) => Window::new(days, one.from(), one.to()),
        _ => None,
    };
    let wrong = || misread(n, "time", &line.time, "one stretch of the day, such as 17:00-24:00");
    hours.ok_or_else(wrong).map(Some)
}

/// A rule as a file says it.
fn line(rule: &Rule, teams: &[TeamLine]) -> Line {
    let name = |id: CareTeamId| {
        let known = teams.iter().find(|team| team.id == id);
        let alone = known.is_some_and(|known| {
            teams.iter().filter(|team| team.name == known.name).count() == 1
                && !matches!(known.name.as_str(), "visit" | "chosen" | "triage" | "")
        });
        known.filter(|_| alone).map_or_else(|| id.to_string(), |known| known.name.clone())
    };
    let when = &rule.when;
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let window = when.window.as_ref();
    let days = window.map(Window::days);
    Line {
        category: when.categories.iter().map(|one| one.code().to_owned()).collect(),
        about: when.about.iter().map(|one| one.code().to_owned()).collect(),
        level: when.levels.iter().map(|one| one.number()).collect(),
        patient: when
            .known
            .map(|known| format!("{}{}", if known.is { "" } else { "not-" }, known.tie.code()))
            .unwrap_or_default(),
        team: when.known.map(|known| name(known.team)).unwrap_or_default(),
        hours: when.hours.map(|hours| hours.code().to_owned()).unwrap_or_default(),
        days: (1_i8..)
            .zip(DAYS)
            .filter(|(n, _)| days.is_some_and(|days| days.contains(n)))
            .map(|(_, day)| day.to_owned())
            .collect(),
        time: window
            .filter(|window| (window.from(), window.to()) != (0, 1_440))
            .map(|window| format!("{}-{}", clock(window.from()), clock(window.to())))
            .unwrap_or_default(),
        to: match rule.to {
            Target::Team(team) => name(team),
            Target::Visit => "visit".to_owned(),
            Target::Chosen => "chosen".to_owned(),
            Target::Triage => "triage".to_owned(),
        },
        first: rule.first.map(|first| first.code().to_owned()).unwrap_or_default(),
        raise: rule.raise.map(Level::number),
    }
}

/// What is wrong with a set, and what to change.
fn sentence(fault: Fault) -> String {
    let n = fault.rule().map_or(0, |place| place.saturating_add(1));
    match fault {
        Fault::TooMany => {
            format!("there are too many rules: keep them to {RULES_MAX} by putting some together")
        }
        Fault::CategoryAlone { .. } => format!(
            "rule {n} sends by the category alone: add another condition, or send to triage or chosen"
        ),
        Fault::RoutesNowhere { why, .. } => match why {
            Nowhere::Foreign => {
                format!("rule {n} sends to no team of this organization: name one of its teams")
            }
            Nowhere::Draft => {
                format!("rule {n} sends to a team that is not open yet: open it, or name another")
            }
            Nowhere::Ended => format!("rule {n} sends to a team that has ended: name another"),
            Nowhere::NoTriage => format!(
                "rule {n} sends to the triage desk, and there is none: open one, or name a team"
            ),
        },
        Fault::NeverFires { why, .. } => match why {
            Never::NoVisit => format!(
                "rule {n} never fits, because what it is about has no visit: name a team in to"
            ),
            Never::NoSuchTeam => {
                format!("rule {n} asks about a team that is not open: name another in team")
            }
        },
        Fault::Shadowed { by, .. } => {
            let by = by.saturating_add(1);
            format!(
                "rule {n} never gets its turn, because rule {by} fits all that it would: move it up or \
                 remove it"
            )
        }
        Fault::RaisesNothing { .. } => {
            format!("rule {n} makes nothing more urgent: lower its raise, or leave raise out")
        }
    }
}

fn try_out(app: &App, typed: &RoutingTry) -> Outcome {
    let known = load(app, &typed.practice, None)?;
    let team = |text: &String| {
        named(0, text, &known.teams)
            .map_err(|_| Failure::misused(format!("{text} is no team of this organization")))
    };
    let tied = |texts: &[String], tie: Tie| {
        texts.iter().map(|text| Ok((team(text)?, tie))).collect::<Result<Vec<_>, Failure>>()
    };
    let mut ties = tied(&typed.treats, Tie::Treats)?;
    ties.extend(tied(&typed.clinicians, Tie::Clinician)?);
    let unknown = |what: &str| Failure::misused(format!("{what} is unknown; see --help"));
    let at: DateTime = if let Some(text) = &typed.at {
        text.parse().map_err(|_| {
            Failure::misused(format!("{text} is no time: write it like 2026-11-22T18:30"))
        })?
    } else {
        let zone = known.teams.first().map_or("UTC", |team| team.time_zone.as_str());
        let zone = jiff::tz::TimeZone::get(zone).map_err(Failure::failed)?;
        zone.to_datetime(app.now().to_jiff())
    };
    let trial = Trial {
        category: Category::from_code(&typed.category).ok_or_else(|| unknown("the topic"))?,
        about: AboutKind::from_code(&typed.about).ok_or_else(|| unknown("what it is about"))?,
        level: Level::new(typed.level).ok_or_else(|| unknown("the level"))?,
        ties: ties.into_iter().collect(),
        visit: typed.visit.as_ref().map(team).transpose()?,
        chosen: typed.chosen.as_ref().map(team).transpose()?,
        at,
    };
    let practice = known.organization.id;
    let tried = find::run(app, "the message", move |cx| routing::try_out(cx, practice, &trial))?;
    let Some(decision) = tried.decision else {
        return Err(Failure::failed(
            "no team could take this message: open a triage desk, or name an open team in --chosen",
        ));
    };
    let name = known.teams.iter().find(|team| team.id == decision.team);
    let looked = (1..).zip(&decision.looked).map(|(n, looked)| {
        let outcome = match looked {
            Looked::Fired => "fits, and decides".to_owned(),
            Looked::NotAsked => "not looked at".to_owned(),
            Looked::Failed(failed) => format!("does not fit: {}", failed.code()),
        };
        json!({ "rule": n, "outcome": outcome })
    });
    let by = match decision.via {
        Via::Rule(place) => format!("rule {}", place.saturating_add(1)),
        Via::Visit => "visit".to_owned(),
        Via::Chosen => "chosen".to_owned(),
        Via::Triage => "triage".to_owned(),
    };
    Ok(json!({
        "team": name.map(|team| team.name.as_str()), "team_id": decision.team.to_string(), "by": by,
        "instead": decision.instead.map(domain::routing::Instead::code),
        "first": decision.first.map(FirstRole::code), "level": decision.level.number(),
        "rules": looked.collect::<Vec<_>>(),
    }))
}

/// Carries out one command about professionals.
pub(super) fn professional(app: &App, verb: ProfessionalVerb) -> Outcome {
    match verb {
        ProfessionalVerb::List(_) => {
            let list = find::run(app, "professionals", routing::list_professionals)?;
            let line = |line: &routing::ProfessionalLine| {
                json!({
                    "id": line.id.to_string(), "name": line.name,
                    "person": line.person.map(|id| id.to_string()),
                })
            };
            Ok(list.iter().map(line).collect())
        }
        ProfessionalVerb::Link(ProfessionalLink { id, person }) => {
            let professional = PractitionerId::parse(&id).map_err(|_| {
                Failure::misused(format!(
                    "{id} is no professional: take an id of `tidings admin professional list`"
                ))
            })?;
            let person = person.as_deref().map(|typed| find::person(app, typed)).transpose()?;
            find::run(app, "the professional", move |cx| routing::link(cx, professional, person))?;
            Ok(json!({ "id": id, "person": person.map(|id| id.to_string()) }))
        }
    }
}
