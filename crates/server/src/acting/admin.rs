//! `tidings admin`, noun by noun: what was typed becomes one operation, its outcome JSON.

#![allow(
    clippy::indexing_slicing,
    reason = "indexing a JSON object of our own making adds the key"
)]

use app::admin::ends::{self, End, Ended};
use app::admin::{self, NewGrant, NewPerson, PersonLine};
use app::{App, Error, FieldError};
use domain::access::{Actor, Role};
use domain::ids::{GrantId, Id as _, OrganizationId, PatientId, PersonId};
use domain::message::{Line, TextError};
use domain::time::Timestamp;
use serde_json::{Value, json};
use std::str::FromStr as _;
use store::care_team::TeamRow;
use store::grant::GrantRow;

use super::{find, routing, said, site, team};
use crate::cli::admin::{
    AccountAdd, AdminCommand, Care, CareList, EndOne, EnrolAdd, Facet, GrantAdd, GrantBasis,
    GrantList, Member, MemberEnd, MemberList, PairVerb, PersonAdd, PersonRole, Verb, Why,
};
use crate::command::Failure;

pub(super) type Outcome = Result<Value, Failure>;

/// Carries out one command.
pub(super) fn act(app: &App, command: AdminCommand) -> Outcome {
    match command {
        AdminCommand::Person(verb) => match verb {
            Verb::Add(new) => add_person(app, &new),
            Verb::List(list) => {
                people(app, |line| list.role.is_none_or(|role| line.role == role_of(role)))
            }
            Verb::Show(which) => show_person(app, &which.id),
            Verb::End(one) => disable(app, &one),
        },
        AdminCommand::Organization(verb) => match verb {
            Verb::Add(new) => {
                let id = find::run(app, "the organization", move |cx| {
                    admin::add_organization(cx, &new.name, &new.phone)
                })?;
                Ok(json!({ "id": id.to_string() }))
            }
            Verb::List(_) => organizations(app, None),
            Verb::Show(which) => organizations(app, Some(find::organization(app, &which.id)?)),
            Verb::End(_) => Err(stays("an organization")),
        },
        AdminCommand::Site(verb) => site::act(app, verb),
        AdminCommand::Team(verb) => team::act(app, verb),
        AdminCommand::Roster(verb) => super::roster::act(app, verb),
        AdminCommand::Routing(verb) => routing::act(app, verb),
        AdminCommand::Professional(verb) => routing::professional(app, verb),
        AdminCommand::Member(verb) => member(app, verb),
        AdminCommand::Care(verb) => care(app, verb),
        AdminCommand::Account(verb) => match verb {
            Verb::Add(AccountAdd { patient, email }) => login(app, &patient, &email),
            Verb::List(_) => people(app, |line| line.enrolled),
            Verb::Show(which) => show_person(app, &which.id),
            Verb::End(one) => disable(app, &one),
        },
        AdminCommand::Enrol(verb) => match verb {
            Verb::Add(new) => add_code(app, &new),
            Verb::List(_) => codes(app, None),
            Verb::Show(which) => codes(app, Some(find::person(app, &which.id)?)),
            Verb::End(which) => {
                let person = find::person(app, &which.id)?;
                let codes = find::run(app, "the codes", move |cx| admin::end_codes(cx, person))?;
                Ok(json!({ "ended": codes }))
            }
        },
        AdminCommand::Grant(verb) => match verb {
            Verb::Add(new) => add_grant(app, new),
            Verb::List(list) => grants(app, &list),
            Verb::Show(which) => {
                let id = grant_id(&which.id)?;
                let (row, ended) = find::run(app, "the grant", move |cx| {
                    let row = admin::show_grant(cx, id)?;
                    let ended = ends::list(cx, row.person)?;
                    Ok((row, ended))
                })?;
                let what = Ended::Grant(id.as_uuid());
                let ended: Value =
                    ended.iter().filter(|end| end.what == what).map(end_line).collect();
                Ok(joined(grant_line(&row), json!({ "ended": ended })))
            }
            Verb::End(one) => {
                let (reason, id) = (reason(&one.why)?, grant_id(&one.id)?);
                find::run(app, "the grant", move |cx| {
                    let person = admin::show_grant(cx, id)?.person;
                    ends::revoke_grant(cx, id, person, &reason)
                })?;
                Ok(ended(&one.id))
            }
        },
        AdminCommand::Disable(verb) => match verb {
            Verb::Add(one) => disable(app, &one),
            Verb::List(_) => people(app, |line| !line.active),
            Verb::Show(which) => show_person(app, &which.id),
            Verb::End(which) => {
                let person = find::person(app, &which.id)?;
                find::run(app, "the log-in", move |cx| admin::enable(cx, person))?;
                Ok(json!({ "enabled": person.to_string() }))
            }
        },
    }
}

/// The fields of both objects.
pub(super) fn joined(mut one: Value, more: Value) -> Value {
    if let (Value::Object(one), Value::Object(more)) = (&mut one, more) {
        one.extend(more);
    }
    one
}

/// The field `name` of an object.
fn taken(mut value: Value, name: &str) -> Value {
    value.get_mut(name).map(Value::take).unwrap_or_default()
}

/// Whether the field `name` holds `text`.
fn holds(value: &Value, name: &str, text: &str) -> bool {
    value.get(name).and_then(Value::as_str) == Some(text)
}

pub(super) fn stays(what: &str) -> Failure {
    Failure::failed(format!("{what} stays, because conversations name it; end its teams instead"))
}

pub(super) fn ended(id: &str) -> Value {
    json!({ "ended": id })
}

const fn role_of(role: PersonRole) -> Role {
    match role {
        PersonRole::Patient => Role::Patient,
        PersonRole::Helper => Role::Helper,
        PersonRole::Clinician => Role::Clinician,
        PersonRole::Nurse => Role::Nurse,
        PersonRole::Desk => Role::Desk,
        PersonRole::Billing => Role::Billing,
        PersonRole::Administrator => Role::Administrator,
        PersonRole::PrivacyOfficer => Role::PrivacyOfficer,
    }
}

/// A moment as RFC 3339; nothing for the open end.
fn time(at: Timestamp) -> Value {
    if at == Timestamp::FOREVER { Value::Null } else { at.to_jiff().to_string().into() }
}

fn add_person(app: &App, new: &PersonAdd) -> Outcome {
    let role = role_of(new.role);
    let organization =
        new.organization.as_deref().map(|typed| find::organization(app, typed)).transpose()?;
    if role.is_staff() && organization.is_none() {
        return Err(Failure::misused("staff belong to an organization; give --organization"));
    }
    let new = NewPerson {
        role,
        organization,
        name: new.name.clone(),
        title: new.title.clone(),
        phone: new.phone.clone(),
        language: new.language.clone(),
        email: new.email.clone(),
    };
    let id = admin::add_person(app, &Actor::system(), &new)
        .map_err(|error| said("the person", error))?;
    Ok(json!({ "id": id.to_string() }))
}

/// The log-ins that pass `test`, all of them, page by page.
fn people(app: &App, test: impl Fn(&PersonLine) -> bool) -> Outcome {
    let (mut after, mut all) = (None, Vec::new());
    loop {
        let page = find::run(app, "people", move |cx| admin::list_people(cx, after))?;
        all.extend(page.iter().filter(|line| test(line)).map(person_line));
        match page.last() {
            Some(last) => after = Some(last.id),
            None => return Ok(all.into()),
        }
    }
}

fn person_line(line: &PersonLine) -> Value {
    json!({
        "id": line.id.to_string(), "role": line.role.code(), "username": line.profile.username,
        "name": line.profile.name, "active": line.active, "enrolled": line.enrolled,
        "second_factor": line.second_factor, "last_seen": line.last_seen_at.map(time),
    })
}

fn show_person(app: &App, typed: &str) -> Outcome {
    let person = find::person(app, typed)?;
    let (found, ends) = find::run(app, "the person", move |cx| {
        let found = admin::show_person(cx, person)?;
        let ends = ends::list(cx, person)?;
        Ok((found, ends))
    })?;
    let ends: Value = ends.iter().map(end_line).collect();
    let teams: Value = found
        .teams
        .iter()
        .map(|(team, role)| json!({ "id": team.id.to_string(), "name": team.name, "role": role }))
        .collect();
    let grants: Value = found.grants.iter().map(grant_line).collect();
    Ok(joined(
        person_line(&found.line),
        json!({
            "language": found.line.language,
            "organization": found.line.organization.map(|id| id.to_string()),
            "sessions": found.sessions, "teams": teams, "grants": grants, "ended": ends,
        }),
    ))
}

/// Something that was ended, with why, by whom (nothing for the command line) and when.
fn end_line(end: &End) -> Value {
    let (what, id) = match end.what {
        Ended::Disabled => ("log-in", None),
        Ended::Membership(team) => ("membership", Some(team)),
        Ended::Grant(grant) => ("grant", Some(grant)),
    };
    json!({
        "what": what, "id": id.map(|id| id.to_string()), "reason": end.reason, "by": end.by,
        "at": time(end.at),
    })
}

/// The reason that was typed.
pub(super) fn reason(why: &Why) -> Result<Line, Failure> {
    let Some(typed) = &why.reason else {
        return Err(Failure::misused(
            "say why with --reason \"TEXT\": it is kept sealed, and shown with what was ended",
        ));
    };
    Line::parse(typed).map_err(|error| {
        Failure::misused(match error {
            TextError::Empty => "the reason is empty; say why after --reason".to_owned(),
            TextError::TooLong { max } => {
                format!("the reason is too long; say it in {max} characters")
            }
            TextError::NotText => "the reason is not one line of text; write it again".to_owned(),
        })
    })
}

fn disable(app: &App, one: &EndOne) -> Outcome {
    let (reason, person) = (reason(&one.why)?, find::person(app, &one.id)?);
    find::run(app, "the log-in", move |cx| ends::disable(cx, person, &reason))?;
    Ok(json!({ "disabled": person.to_string() }))
}

fn organizations(app: &App, only: Option<OrganizationId>) -> Outcome {
    let list = find::run(app, "organizations", admin::list_organizations)?;
    let shown = list.iter().filter(|row| only.is_none_or(|id| row.id == id));
    Ok(shown
        .map(|row| json!({ "id": row.id.to_string(), "name": row.name, "phone": row.phone }))
        .collect())
}

pub(super) fn members(app: &App, team: &TeamRow) -> Outcome {
    let id = team.id;
    let list = find::run(app, "the members", move |cx| {
        let mut named = Vec::new();
        for member in admin::patient::members(cx, id)? {
            let line = admin::show_person(cx, member.person)?.line;
            named.push((member, line.profile.name));
        }
        Ok(named)
    })?;
    Ok(list
        .iter()
        .map(|(member, name)| {
            json!({
                "team": id.to_string(), "person": member.person.to_string(), "name": name,
                "role": member.role,
            })
        })
        .collect())
}

fn member(app: &App, verb: PairVerb<Member, MemberList, MemberEnd>) -> Outcome {
    match verb {
        PairVerb::Add(Member { team, person }) => {
            let (team, person) = (find::team(app, &team)?, find::person(app, &person)?);
            find::run(app, "the member", move |cx| admin::add_member(cx, team, person))?;
            Ok(json!({ "team": team.to_string(), "person": person.to_string() }))
        }
        PairVerb::List(MemberList { team: Some(team), .. }) => {
            team::show(app, &team).map(|team| taken(team, "members"))
        }
        PairVerb::List(MemberList { person, .. }) => {
            let person = person.unwrap_or_default();
            show_person(app, &person).map(|person| taken(person, "teams"))
        }
        PairVerb::Show(Member { team, person }) => {
            let (team, person) = (team::show(app, &team)?, find::person(app, &person)?.to_string());
            let members = taken(team, "members").as_array().cloned().unwrap_or_default();
            members.into_iter().find(|member| holds(member, "person", &person)).ok_or_else(|| {
                Failure::failed(
                    "the person is no member of the team now; `tidings admin person show` \
                         tells what was ended, and why",
                )
            })
        }
        PairVerb::End(MemberEnd { member: Member { team, person }, why }) => {
            let reason = reason(&why)?;
            let (team, person) = (find::team(app, &team)?, find::person(app, &person)?);
            find::run(app, "the member", move |cx| ends::end_member(cx, team, person, &reason))?;
            Ok(ended(&person.to_string()))
        }
    }
}

fn care(app: &App, verb: PairVerb<Care, CareList>) -> Outcome {
    let pair = |care: &Care| {
        Ok::<_, Failure>((find::patient(app, &care.patient)?, find::team(app, &care.team)?))
    };
    match verb {
        PairVerb::Add(care) => {
            let (patient, team) = pair(&care)?;
            find::run(app, "the care", move |cx| admin::relate(cx, patient, team))?;
            Ok(json!({ "patient": patient.to_string(), "team": team.to_string() }))
        }
        PairVerb::List(CareList { patient }) => relations(app, &patient),
        PairVerb::Show(care) => {
            let team = find::team(app, &care.team)?.to_string();
            let list = relations(app, &care.patient)?;
            let found = list
                .as_array()
                .and_then(|list| list.iter().find(|one| holds(one, "team", &team)).cloned());
            found.ok_or_else(|| Failure::failed("the team does not treat the patient now"))
        }
        PairVerb::End(care) => {
            let (patient, team) = pair(&care)?;
            find::run(app, "the care", move |cx| admin::end_relation(cx, patient, team))?;
            Ok(ended(&team.to_string()))
        }
    }
}

fn relations(app: &App, patient: &str) -> Outcome {
    let patient = find::patient(app, patient)?;
    let list = find::run(app, "the care", move |cx| admin::patient::relations(cx, patient))?;
    Ok(list
        .iter()
        .map(|row| {
            json!({
                "patient": patient.to_string(), "team": row.team.to_string(),
                "from": time(row.from_at), "until": time(row.until_at),
            })
        })
        .collect())
}

fn login(app: &App, patient: &str, email: &str) -> Outcome {
    let patient = find::patient(app, patient)?;
    let (person, made) = ensure_login(app, patient, email)?;
    Ok(json!({ "person": person.to_string(), "patient": patient.to_string(), "made": made }))
}

fn ensure_login(app: &App, patient: PatientId, email: &str) -> Result<(PersonId, bool), Failure> {
    admin::patient::ensure_login(app, &Actor::system(), patient, email)
        .map_err(|error| said("the log-in", error))
}

fn add_code(app: &App, new: &EnrolAdd) -> Outcome {
    let person = match (&new.person, &new.patient) {
        (Some(person), _) => find::person(app, person)?,
        (None, Some(patient)) => ensure_login(app, find::patient(app, patient)?, &new.email)?.0,
        (None, None) => return Err(Failure::misused("give --person or --patient")),
    };
    let made = admin::add_code(app, &Actor::system(), person, new.days.into())
        .map_err(|error| said("the code", error))?;
    Ok(json!({
        "person": person.to_string(), "code": made.code.expose().as_str(),
        "expires": time(made.expires_at),
        "address": format!("{}/enrol", app.settings().public_url),
    }))
}

fn codes(app: &App, only: Option<PersonId>) -> Outcome {
    let list = find::run(app, "the codes", admin::list_codes)?;
    let shown = list.iter().filter(|row| only.is_none_or(|person| row.person == person));
    Ok(shown
        .map(|row| {
            json!({
                "person": row.person.to_string(), "made": time(row.created_at),
                "expires": time(row.expires_at),
            })
        })
        .collect())
}

fn grant_id(typed: &str) -> Result<GrantId, Failure> {
    GrantId::from_str(typed).map_err(|_| {
        Failure::misused(format!("{typed} is no grant's id; see `tidings admin grant list`"))
    })
}

fn add_grant(app: &App, new: GrantAdd) -> Outcome {
    let opens = |facet| new.scope.contains(&Facet::Record) || new.scope.contains(&facet);
    let moment =
        |at: Option<jiff::Timestamp>| at.map(|at| Timestamp::from_micros(at.as_microsecond()));
    let grant = NewGrant {
        patient: find::patient(app, &new.patient)?,
        person: find::person(app, &new.person)?,
        basis: match new.basis {
            GrantBasis::Own => "self",
            GrantBasis::Helper => "helper",
            GrantBasis::Representative => "representative",
        }
        .to_owned(),
        rights: new.level.clone(),
        demographics: opens(Facet::Demographics),
        chart: opens(Facet::Chart),
        threads: opens(Facet::Threads),
        from_at: moment(new.from),
        until_at: moment(new.until),
        verified_by: new.verified_by.clone(),
    };
    let made = app.write_reserved(&Actor::system(), move |cx| admin::add_grant(cx, &grant));
    let id = made.map_err(|error| match &error {
        Error::Invalid(fields) if fields.contains(&FieldError::new("person", "staff")) => {
            Failure::misused(
                "the grant: this log-in is of staff, and a grant opens nothing to it; name the \
                 person's own log-in as patient or helper, or put staff in a team that treats the \
                 patient (`tidings admin care add`, `tidings admin member add`)",
            )
        }
        _ => said("the grant", error),
    })?;
    Ok(json!({ "id": id.to_string() }))
}

fn grants(app: &App, list: &GrantList) -> Outcome {
    let patient = list.patient.as_deref().map(|typed| find::patient(app, typed)).transpose()?;
    let person = list.person.as_deref().map(|typed| find::person(app, typed)).transpose()?;
    let rows = find::run(app, "the grants", move |cx| admin::list_grants(cx, patient, person))?;
    Ok(rows.iter().map(grant_line).collect())
}

fn grant_line(row: &GrantRow) -> Value {
    let scope: Vec<&str> =
        [(row.demographics, "demographics"), (row.chart, "chart"), (row.threads, "threads")]
            .into_iter()
            .filter_map(|(opens, name)| opens.then_some(name))
            .collect();
    json!({
        "id": row.id.to_string(), "patient": row.patient.to_string(),
        "person": row.person.to_string(), "basis": row.basis, "level": row.rights,
        "scope": scope.join(","), "from": time(row.from_at), "until": time(row.until_at),
        "verified_by": row.verified_by,
    })
}
