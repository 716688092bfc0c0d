//! `tidings admin team`: teams and what is set of them.

use app::admin::team::{self, SettingsInput, TeamSettings};
use app::admin::{self, TeamInput, activation, ending};
use app::succession::Moved;
use app::{App, Cx};
use domain::care_team::{Missing, TeamStatus, plain_name};
use domain::ids::{CareTeamId, PersonId};
use domain::thread::Category;
use domain::work_item::Level;
use serde_json::{Value, json};
use store::care_team::TeamRow;

use super::admin::{Outcome, joined, members};
use super::find;
use crate::cli::admin::{TeamAdd, TeamSet, TeamVerb, Verb};
use crate::command::Failure;

/// Carries out one command.
pub(super) fn act(app: &App, verb: TeamVerb) -> Outcome {
    match verb {
        TeamVerb::Usual(Verb::Add(new)) => add(app, new),
        TeamVerb::Usual(Verb::List(_)) => {
            let list = find::run(app, "teams", admin::list_teams)?;
            Ok(list.iter().map(|(row, status)| line(row, *status)).collect())
        }
        TeamVerb::Usual(Verb::Show(which)) => show(app, &which.id),
        TeamVerb::Usual(Verb::End(which)) => {
            let team = find::team(app, &which.id)?;
            end(app, team)
        }
        TeamVerb::Set(set) => change(app, &set),
        TeamVerb::Activate(which) => {
            let team = find::team(app, &which.id)?;
            find::run(app, "the team", move |cx| activation::activate(cx, team))?;
            show(app, &team.to_string())
        }
    }
}

/// Ends a team and moves what it leaves; run again after it was interrupted, it moves the rest.
fn end(app: &App, team: CareTeamId) -> Outcome {
    let plan = find::run(app, "the team", move |cx| ending::end(cx, team))?;
    let mut moved = Moved::default();
    loop {
        let some = find::run(app, "the team", move |cx| ending::move_some(cx, team))?;
        if some.is_nothing() {
            break;
        }
        moved = moved.and(some);
    }
    let to = plan.to.map(|to| json!({ "id": to.id.to_string(), "name": to.name }));
    Ok(json!({
        "ended": team.to_string(),
        "moved": moved.conversations,
        "patients": moved.patients,
        "followed_by": to,
    }))
}

fn add(app: &App, new: TeamAdd) -> Outcome {
    plain("name", &new.name)?;
    plain("purpose", &new.purpose)?;
    let input = TeamInput {
        site: find::site(app, &new.site)?,
        name: new.name,
        care_type: new.care_type,
        purpose: new.purpose,
        kind: new.kind,
        week: new.week,
        answer_minutes: new.answer_minutes.into(),
    };
    let id = find::run(app, "the team", move |cx| admin::add_team(cx, &input))?;
    let status = TeamStatus::Draft.code();
    Ok(json!({ "id": id.to_string(), "status": status }))
}

/// Refuses a code where patients read plain words, and says how it would read.
fn plain(what: &str, text: &str) -> Result<(), Failure> {
    plain_name(text).map_err(|fault| {
        let instead = fault.suggestion.map(|plain| format!(", like \"{plain}\""));
        Failure::misused(format!(
            "the {what} {text} is a code: write words that a patient would say{}",
            instead.unwrap_or_default()
        ))
    })
}

fn line(row: &TeamRow, status: TeamStatus) -> Value {
    json!({
        "id": row.id.to_string(), "name": row.name, "kind": row.kind,
        "site": row.site.to_string(), "answer_minutes": row.answer_minutes,
        "active": status == TeamStatus::Active, "status": status.code(),
    })
}

/// One team with what is set of it and its members.
pub(super) fn show(app: &App, typed: &str) -> Outcome {
    let team = find::team(app, typed)?;
    let read = move |cx: &mut Cx<'_, '_>| {
        let known = team::settings(cx, team)?;
        Ok((activation::of(cx, &known)?, known))
    };
    let (lacks, known) = find::run(app, "the team", read)?;
    let lacks: Vec<&str> = lacks.iter().map(|what| what.code()).collect();
    let people: Vec<Value> = members(app, &known.team)?.as_array().cloned().unwrap_or_default();
    let more = json!({
        "purpose": known.team.purpose, "care_type": known.team.care_type,
        "week": known.week.to_string(), "escalate_percent": known.escalate_percent,
        "leads": leads(&known), "last_resort": known.last_resort.map(|id| id.to_string()),
        "successor": known.successor.map(|id| id.to_string()), "names": known.show_names,
        "targets": targets(&known),
        "members": people, "missing": lacks,
    });
    Ok(joined(line(&known.team, known.status), more))
}

fn leads(known: &TeamSettings) -> Vec<String> {
    let leads = known.members.iter().filter(|member| member.is_lead);
    leads.map(|member| member.person.to_string()).collect()
}

fn targets(known: &TeamSettings) -> Vec<String> {
    let text = |((category, level), minutes): &((Option<Category>, Level), i64)| {
        format!("{}:{}={minutes}", category.map_or("any", Category::code), level.number())
    };
    known.targets.iter().map(text).collect()
}

/// What is changed, with every name already an id.
struct Change {
    input: Box<dyn Fn(&mut SettingsInput) + Send + Sync>,
    targets: Vec<((Option<Category>, Level), i64)>,
    no_targets: Vec<(Option<Category>, Level)>,
}

fn change(app: &App, set: &TeamSet) -> Outcome {
    let team = find::team(app, &set.team)?;
    plain("name", set.name.as_deref().unwrap_or_default())?;
    plain("purpose", set.purpose.as_deref().unwrap_or_default())?;
    let change = read(app, set)?;
    find::run(app, "the team", move |cx| apply(cx, team, &change))?;
    show(app, &team.to_string())
}

fn apply(cx: &mut Cx<'_, '_>, team: CareTeamId, change: &Change) -> app::Result<()> {
    let mut input = team::settings(cx, team)?.input();
    (change.input)(&mut input);
    team::set(cx, team, &input)?;
    for (category, level) in &change.no_targets {
        team::remove_target(cx, team, *category, *level)?;
    }
    for target in &change.targets {
        team::set_target(cx, team, *target)?;
    }
    Ok(())
}

fn read(app: &App, set: &TeamSet) -> Result<Change, Failure> {
    let week = set.week.as_deref().map(team::read_week).transpose();
    let week = week.map_err(|error| super::said("the team", error))?;
    let people = set.leads.iter().map(|typed| find::person(app, typed));
    let leads = people.collect::<Result<Vec<PersonId>, _>>()?;
    let last_resort = set.last_resort.as_deref().map(|typed| find::person(app, typed));
    let last_resort = last_resort.transpose()?;
    let successor = set.successor.as_deref().map(|typed| find::team(app, typed)).transpose()?;
    let targets = set.targets.iter().map(|typed| target(typed)).collect::<Result<_, _>>()?;
    let no_targets = set.no_targets.iter().map(|typed| key(typed)).collect::<Result<_, _>>()?;
    let set = set.clone();
    let input = move |input: &mut SettingsInput| {
        let replace = |to: &mut String, typed: &Option<String>| {
            if let Some(typed) = typed {
                to.clone_from(typed);
            }
        };
        replace(&mut input.name, &set.name);
        replace(&mut input.purpose, &set.purpose);
        replace(&mut input.care_type, &set.care_type);
        if let Some(week) = &week {
            input.week = week.clone();
        }
        input.answer_minutes = set.answer_minutes.map_or(input.answer_minutes, i64::from);
        input.escalate_percent = set.escalate_percent.map_or(input.escalate_percent, i64::from);
        if set.no_leads || !leads.is_empty() {
            input.leads = leads.iter().copied().collect();
        }
        input.last_resort = last_resort.or(input.last_resort);
        if let Some(names) = &set.names {
            input.show_names = names == "on";
        }
        input.successor = if set.no_successor { None } else { successor.or(input.successor) };
    };
    Ok(Change { input: Box::new(input), targets, no_targets })
}

fn key(typed: &str) -> Result<(Option<Category>, Level), Failure> {
    let read = || {
        let (topic, level) = typed.split_once(':')?;
        let category = if topic == "any" { None } else { Some(Category::from_code(topic)?) };
        Some((category, Level::new(level.parse().ok()?)?))
    };
    read().ok_or_else(|| {
        let topics: Vec<&str> = Category::ALL.iter().map(|category| category.code()).collect();
        Failure::misused(format!(
            "{typed} names no answer time: write topic:level, level 1 to 4, topic any or one of {}",
            topics.join(", ")
        ))
    })
}

fn target(typed: &str) -> Result<((Option<Category>, Level), i64), Failure> {
    let (named, minutes) = typed.split_once('=').unwrap_or((typed, ""));
    let key = key(named)?;
    let minutes = minutes.parse().map_err(|_| {
        Failure::misused(format!("{typed} has no minutes: write topic:level=minutes"))
    })?;
    Ok((key, minutes))
}

/// Why the last triage desk does not end.
pub(super) const LAST_DESK: &str = "it is the organization's last active triage desk, and other teams \
     are active: activate another triage desk first";

/// Why a team with open work and nobody after it does not end.
pub(super) const NOBODY_FOLLOWS: &str = "conversations are open there and no team takes over: name the \
     team that follows with `tidings admin team set --successor`, or activate a triage desk, first";

/// Why a team whose announcement is being sent does not end.
pub(super) const ANNOUNCING: &str =
    "an announcement of it is being sent: wait until it is done, or have its lead stop it, first";

/// Why a team cannot follow another.
pub(super) const CIRCLE: &str = "the teams would follow each other in a circle: choose a team whose own \
     line of successors does not lead back";

/// Why somebody on whom a team counts cannot go.
pub(super) const LAST_RESORT: &str = "an active team counts on this person when all are away: name \
     another one first with `tidings admin team set TEAM --last-resort PERSON`";

/// What a team lacks that is to be activated, with the command that adds it.
pub(super) fn lack(code: &str) -> &'static str {
    match Missing::from_code(code) {
        Some(Missing::Name) => "it lacks a name in plain words (team set --name)",
        Some(Missing::Purpose) => "it lacks a purpose in plain words (team set --purpose)",
        Some(Missing::Hours) => "it lacks hours of at least one day (team set --week)",
        Some(Missing::Member) => "it lacks a member who may answer (member add)",
        Some(Missing::LastResort) => {
            "it lacks a member who stands in when all are away (team set --last-resort)"
        }
        Some(Missing::TriageDesk) => {
            "its organization lacks an active triage desk (team add --kind triage)"
        }
        None => "it lacks something",
    }
}
