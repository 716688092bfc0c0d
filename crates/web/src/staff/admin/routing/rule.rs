//! One rule: its form, read and written.

use std::collections::BTreeSet;

use app::admin::routing::{self, PracticeRules, Saved, TeamLine};
use app::{Cx, Error, FieldError};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::calendar::Day;
use domain::care_team::TeamStatus;
use domain::ids::{CareTeamId, Id as _};
use domain::message::Line;
use domain::routing::{Conditions, FirstRole, Hours, Known, Rule, Target, Tie, Window};
use domain::thread::{AboutKind, Category};
use domain::work_item::Level;
use serde::Deserialize;

use super::{RAIL, RoutingPath, address, words};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{Choice, RulePage};
use crate::pages::{self, Chrome, Problem};
use crate::run::WebState;
use crate::staff::{Staff, desk, see, status, with_faults};

/// What the form of a rule posts.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleForm {
    category: Vec<String>,
    about: Vec<String>,
    level: Vec<String>,
    known: String,
    hours: String,
    days: Vec<String>,
    time: String,
    to: String,
    first: String,
    raise: String,
    reason: String,
    version: i64,
}

/// Reads codes that were ticked; what is none is a fault of the field.
fn ticked<T: Ord>(
    texts: &[String],
    field: &'static str,
    faults: &mut Vec<FieldError>,
    read: impl Fn(&str) -> Option<T>,
) -> BTreeSet<T> {
    let found: Option<BTreeSet<T>> = texts.iter().map(|text| read(text)).collect();
    found.unwrap_or_else(|| {
        faults.push(FieldError::new(field, "unknown"));
        BTreeSet::new()
    })
}

/// Reads a choice of which the empty one is none.
fn chosen<T>(
    text: &str,
    field: &'static str,
    faults: &mut Vec<FieldError>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let found = read(text);
    if found.is_none() {
        faults.push(FieldError::new(field, "unknown"));
    }
    found
}

fn read_level(text: &str) -> Option<Level> {
    Level::new(text.parse().ok()?)
}

/// `treats:ID`, `not-treats:ID`, `clinician:ID`, `not-clinician:ID`.
fn read_known(text: &str) -> Option<Known> {
    let (tie, team) = text.split_once(':')?;
    let (tie, is) = tie.strip_prefix("not-").map_or((tie, true), |tie| (tie, false));
    Some(Known { team: CareTeamId::parse(team).ok()?, tie: Tie::from_code(tie)?, is })
}

fn known_text(known: Known) -> String {
    format!("{}{}:{}", if known.is { "" } else { "not-" }, known.tie.code(), known.team)
}

/// `visit`, `chosen`, `triage` or a team's id.
fn read_target(text: &str) -> Option<Target> {
    match text {
        "visit" => Some(Target::Visit),
        "chosen" => Some(Target::Chosen),
        "triage" => Some(Target::Triage),
        team => CareTeamId::parse(team).ok().map(Target::Team),
    }
}

fn target_text(target: Target) -> String {
    match target {
        Target::Visit => "visit".to_owned(),
        Target::Chosen => "chosen".to_owned(),
        Target::Triage => "triage".to_owned(),
        Target::Team(team) => team.to_string(),
    }
}

impl RuleForm {
    fn of(rule: &Rule, version: i64) -> Self {
        let when = &rule.when;
        let window = when.window.as_ref();
        let time = window.filter(|window| (window.from(), window.to()) != (0, 1_440));
        Self {
            category: when.categories.iter().map(|one| one.code().to_owned()).collect(),
            about: when.about.iter().map(|one| one.code().to_owned()).collect(),
            level: when.levels.iter().map(|one| one.number().to_string()).collect(),
            known: when.known.map(known_text).unwrap_or_default(),
            hours: when.hours.map(|hours| hours.code().to_owned()).unwrap_or_default(),
            days: window
                .map(|window| window.days().iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            time: time
                .map(|time| format!("{}-{}", words::clock(time.from()), words::clock(time.to())))
                .unwrap_or_default(),
            to: target_text(rule.to),
            first: rule.first.map(|first| first.code().to_owned()).unwrap_or_default(),
            raise: rule.raise.map(|raise| raise.number().to_string()).unwrap_or_default(),
            reason: String::new(),
            version,
        }
    }

    /// The rule and the reason that were typed, or what is wrong with each field.
    fn read(&self) -> std::result::Result<(Rule, Line), Vec<FieldError>> {
        let mut faults = Vec::new();
        let when = Conditions {
            categories: ticked(&self.category, "category", &mut faults, Category::from_code),
            about: ticked(&self.about, "about", &mut faults, AboutKind::from_code),
            levels: ticked(&self.level, "level", &mut faults, read_level),
            known: chosen(&self.known, "known", &mut faults, read_known),
            hours: chosen(&self.hours, "hours", &mut faults, Hours::from_code),
            window: self.window(&mut faults),
        };
        let first = chosen(&self.first, "first", &mut faults, FirstRole::from_code);
        let raise = chosen(&self.raise, "raise", &mut faults, read_level);
        let to = read_target(&self.to);
        if to.is_none() {
            faults.push(FieldError::new("to", "unknown"));
        }
        let reason = Line::parse(&self.reason);
        if let Err(error) = &reason {
            faults.push(FieldError::text("reason", *error));
        }
        match (to, reason) {
            (Some(to), Ok(reason)) if faults.is_empty() => {
                Ok((Rule { when, to, first, raise }, reason))
            }
            _ => Err(faults),
        }
    }

    fn window(&self, faults: &mut Vec<FieldError>) -> Option<Window> {
        let days = ticked(&self.days, "days", faults, |day| day.parse::<i8>().ok());
        let time = match self.time.trim() {
            "" => Some((0, 1_440)),
            text => match Day::parse(text).ok().as_ref().map(Day::hours) {
                Some([one]) => Some((one.from(), one.to())),
                _ => None,
            },
        };
        let Some((from, to)) = time else {
            faults.push(FieldError::new("time", "unknown"));
            return None;
        };
        if days.is_empty() && self.time.trim().is_empty() {
            return None;
        }
        let window = Window::new(days, from, to);
        if window.is_none() {
            faults.push(FieldError::new("days", "unknown"));
        }
        window
    }
}

/// `GET …/rules/new`
pub async fn new(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RoutingPath>,
) -> Result<Response> {
    let known = load(&state, &staff, &path).await?;
    let form = RuleForm { version: known.latest, ..RuleForm::default() };
    page(&state, &staff, &known, None, staff.chrome(), form).await
}

/// `GET …/rules/{n}`
pub async fn edit(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RoutingPath>,
) -> Result<Response> {
    let place = path.place();
    let known = load(&state, &staff, &path).await?;
    let place = place?;
    let rule = known.rules.get(place).ok_or(Fault::NotFound)?;
    let form = RuleForm::of(rule, known.latest);
    page(&state, &staff, &known, Some(place), staff.chrome(), form).await
}

/// `POST …/rules/new`
pub async fn add(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RoutingPath>,
    Form(form): Form<RuleForm>,
) -> Result<Response> {
    save(&state, &staff, &path, None, form).await
}

/// `POST …/rules/{n}`
pub async fn set(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RoutingPath>,
    Form(form): Form<RuleForm>,
) -> Result<Response> {
    save(&state, &staff, &path, Some(path.place()), form).await
}

async fn load(state: &WebState, staff: &Staff, path: &RoutingPath) -> Result<PracticeRules> {
    let practice = path.practice()?;
    Ok(state.read(staff.actor(), move |cx| routing::show(cx, practice, None)).await?)
}

async fn save(
    state: &WebState,
    staff: &Staff,
    path: &RoutingPath,
    place: Option<Result<usize>>,
    form: RuleForm,
) -> Result<Response> {
    // Whoever may not administer learns nothing of the fields.
    let known = load(state, staff, path).await?;
    let (practice, version) = (known.organization.id, form.version);
    let place = place.transpose()?;
    let (rule, reason) = match form.read() {
        Ok(read) => read,
        Err(faults) => {
            let chrome = with_faults(staff.chrome(), &faults);
            return page(state, staff, &known, place, chrome, form).await;
        }
    };
    let act = move |cx: &mut Cx<'_, '_>| {
        let mut rules = routing::show(cx, practice, None)?.rules;
        match place {
            Some(place) => *rules.get_mut(place).ok_or(Error::NotFound)? = rule.clone(),
            None => rules.push(rule.clone()),
        }
        routing::save(cx, practice, version, &rules, &reason)
    };
    match state.write(staff.actor(), act).await {
        Ok(Saved::As(_)) => Ok(see(&format!("{}?done=saved", address(practice)))),
        Ok(Saved::Refused(faults)) => {
            let mut chrome = staff.chrome();
            for fault in faults {
                let field = words::field(fault).to_owned();
                chrome.problems.push(Problem { field, text: words::fault(staff.locale(), fault) });
            }
            page(state, staff, &known, place, chrome, form).await
        }
        Err(Error::Conflict(_)) => Ok(see(&format!("{}?done=changed", address(practice)))),
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    staff: &Staff,
    known: &PracticeRules,
    place: Option<usize>,
    chrome: Chrome,
    form: RuleForm,
) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let locale = staff.locale();
    let address = address(known.organization.id);
    let shown = RulePage {
        desk: desk(staff, &frame, RAIL),
        action: match place {
            Some(place) => format!("{address}/rules/{}", place + 1),
            None => format!("{address}/rules/new"),
        },
        back: (address, known.organization.name.clone()),
        n: place.map(|place| place + 1),
        version: form.version,
        categories: categories(locale, &form.category),
        about: abouts(locale, &form.about),
        levels: levels(locale, &form.level),
        known: knowns(locale, &known.teams, &form.known),
        hours: with_any(locale, "routing-any", hours(locale, &form.hours), &form.hours),
        days: (1..=7_i8)
            .map(|day| {
                let value = day.to_string();
                choice(locale.t(&format!("weekday-{day}")), form.days.contains(&value), value)
            })
            .collect(),
        time: form.time,
        targets: targets(locale, &known.teams, &form.to),
        first: with_any(locale, "routing-anybody", firsts(locale, &form.first), &form.first),
        raise: with_any(
            locale,
            "routing-as-it-is",
            levels(locale, std::slice::from_ref(&form.raise)),
            &form.raise,
        ),
        reason: form.reason,
        chrome,
    };
    Ok(pages::respond(status(&shown.chrome), &shown))
}

fn choice(text: String, chosen: bool, value: String) -> Choice {
    Choice { value, text, chosen }
}

fn with_any(locale: Locale, key: &str, rest: Vec<Choice>, chosen: &str) -> Vec<Choice> {
    let none = choice(locale.t(key), chosen.is_empty(), String::new());
    std::iter::once(none).chain(rest).collect()
}

/// The matters, as choices.
pub(super) fn categories(locale: Locale, chosen: &[String]) -> Vec<Choice> {
    let each = Category::ALL.iter().map(|one| one.code());
    coded(locale, "staff-category-", each, chosen)
}

/// What a message can refer to, as choices.
pub(super) fn abouts(locale: Locale, chosen: &[String]) -> Vec<Choice> {
    coded(locale, "routing-about-", AboutKind::ALL.iter().map(|one| one.code()), chosen)
}

fn coded(
    locale: Locale,
    key: &str,
    codes: impl Iterator<Item = &'static str>,
    chosen: &[String],
) -> Vec<Choice> {
    codes
        .map(|code| {
            let value = code.to_owned();
            choice(locale.t(&format!("{key}{code}")), chosen.contains(&value), value)
        })
        .collect()
}

/// The levels, as choices.
pub(super) fn levels(locale: Locale, chosen: &[String]) -> Vec<Choice> {
    (1..=4_i64)
        .filter_map(Level::new)
        .map(|level| {
            let value = level.number().to_string();
            choice(words::level(locale, level), chosen.contains(&value), value)
        })
        .collect()
}

fn hours(locale: Locale, chosen: &str) -> Vec<Choice> {
    Hours::ALL
        .iter()
        .map(|hours| {
            let code = hours.code();
            choice(locale.t(&format!("routing-when-{code}")), code == chosen, code.to_owned())
        })
        .collect()
}

fn firsts(locale: Locale, chosen: &str) -> Vec<Choice> {
    FirstRole::ALL
        .iter()
        .map(|first| {
            choice(words::role(locale, *first), first.code() == chosen, first.code().to_owned())
        })
        .collect()
}

fn knowns(locale: Locale, teams: &[TeamLine], chosen: &str) -> Vec<Choice> {
    let ways = [
        ("routing-when-treats", Tie::Treats, true),
        ("routing-when-treats-not", Tie::Treats, false),
        ("routing-when-clinician", Tie::Clinician, true),
        ("routing-when-clinician-not", Tie::Clinician, false),
    ];
    let active = teams.iter().filter(|team| team.state == TeamStatus::Active);
    let each = active.flat_map(|team| {
        ways.iter().map(move |(key, tie, is)| {
            let value = known_text(Known { team: team.id, tie: *tie, is: *is });
            choice(locale.t1(key, "team", team.name.as_str()), value == chosen, value)
        })
    });
    with_any(locale, "routing-any", each.collect(), chosen)
}

/// Where a rule can send: the teams that are open, and the one that is set although it is not.
fn targets(locale: Locale, teams: &[TeamLine], chosen: &str) -> Vec<Choice> {
    let special = [
        ("chosen", "routing-choose-chosen"),
        ("visit", "routing-choose-visit"),
        ("triage", "routing-choose-triage"),
    ];
    let special = special
        .into_iter()
        .map(|(value, key)| choice(locale.t(key), value == chosen, value.to_owned()));
    let named = teams.iter().filter_map(|team| {
        let value = team.id.to_string();
        let text = match team.state {
            TeamStatus::Active => team.name.clone(),
            _ if value != chosen => return None,
            TeamStatus::Draft => locale.t1("routing-choose-draft", "team", team.name.as_str()),
            TeamStatus::Ended => locale.t1("routing-choose-ended", "team", team.name.as_str()),
        };
        Some(choice(text, value == chosen, value))
    });
    special.chain(named).collect()
}
