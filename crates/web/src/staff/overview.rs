//! How a team does, for who leads it and for administrators; and how groups of its patients wait, for who
//! leads it and for the privacy officer.

use app::figures::{self, MemberLoad, OpenRow, Overview, Times};
use app::staff::TeamRow;
use app::{Cx, equity};
use axum::extract::{Query, State};
use axum::response::Response;
use domain::access::Role;
use domain::equity::{AGES, Dimension, Group, Measure, Row, Summary, Typical};
use domain::ids::CareTeamId;
use domain::time::Timestamp;
use http::StatusCode;
use serde::Deserialize;

use super::{Rail, Staff, desk, id};
use crate::error::{Fault, Result};
use crate::i18n::{Locale, SiteTime};
use crate::pages;
use crate::pages::staff::{
    Choice, CutPart, EquityPage, GroupLine, LoadLine, MeasureLine, OpenLine, OverviewPage,
    TimesLine,
};
use crate::run::WebState;

/// `?team=…`
#[derive(Debug, Default, Deserialize)]
pub struct TeamQuery {
    team: Option<String>,
}

impl TeamQuery {
    pub(super) fn team(&self) -> Result<Option<CareTeamId>> {
        self.team.as_deref().map(id).transpose()
    }
}

/// The teams to choose from, the one that is shown chosen.
pub(super) fn choices(teams: Vec<TeamRow>, chosen: Option<CareTeamId>) -> Vec<Choice> {
    teams
        .into_iter()
        .map(|team| Choice {
            value: team.id.to_string(),
            chosen: Some(team.id) == chosen,
            text: team.name,
        })
        .collect()
}

/// `GET /work/overview`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<TeamQuery>,
) -> Result<Response> {
    let wanted = query.team()?;
    let (frame, teams, shown, equity) = state
        .read(staff.actor(), move |cx: &mut Cx<'_, '_>| {
            let teams = figures::teams(cx)?;
            let chosen = wanted.or_else(|| teams.first().map(|team| team.id));
            let shown = chosen.map(|team| figures::overview(cx, team)).transpose()?;
            let equity = match chosen {
                Some(team) => figures::equity_teams(cx)?.iter().any(|row| row.id == team),
                None => false,
            };
            Ok((app::staff::frame(cx)?, teams, shown, equity))
        })
        .await?;
    let role = staff.actor().role;
    // An installation without a team: its administrator reads that there is none.
    if shown.is_none() && !role.is_clinical() && role != Role::Administrator {
        return Err(Fault::NotFound);
    }
    let locale = staff.locale();
    let time = staff.time(&state, &frame);
    let chosen = shown.as_ref().map(|shown| shown.team.id);
    let mut page = OverviewPage {
        chrome: staff.chrome(),
        desk: desk(&staff, &frame, Rail::On("/work/overview")),
        team: String::new(),
        teams: choices(teams, chosen),
        sentence: String::new(),
        open: Vec::new(),
        waiting: 0,
        members: Vec::new(),
        times: Vec::new(),
        steps: Vec::new(),
        equity: chosen.filter(|_| equity).map(|team| format!("/work/equity?team={team}")),
        precision: chosen.map(|team| format!("/work/urgency?team={team}")),
    };
    if let Some(shown) = shown {
        fill(&mut page, locale, &time, shown);
    }
    Ok(pages::respond(StatusCode::OK, &page))
}

fn fill(page: &mut OverviewPage, locale: Locale, time: &SiteTime, shown: Overview) {
    let total = OpenRow {
        level: 0,
        ages: shown.open.iter().fold([0; 4], |mut sums, row| {
            for (sum, n) in sums.iter_mut().zip(row.ages) {
                *sum += n;
            }
            sums
        }),
        late: shown.open.iter().map(|row| row.late).sum(),
        nearly: shown.open.iter().map(|row| row.nearly).sum(),
    };
    page.sentence = if shown.open.is_empty() {
        locale.t("leads-nothing-open")
    } else {
        locale.t2("leads-late", "late", total.late, "nearly", total.nearly)
    };
    let most = shown.open.iter().map(all_ages).max().unwrap_or(0);
    page.open = shown
        .open
        .iter()
        .map(|row| open_line(locale.t(&format!("staff-level-{}", row.level)), row, most))
        .collect();
    if page.open.len() > 1 {
        page.open.push(open_line(locale.t("leads-all"), &total, 0));
    }
    page.waiting = shown.waiting;
    let held = shown.members.iter().map(|member| member.held).max().unwrap_or(0);
    page.members =
        shown.members.into_iter().map(|member| load_line(locale, time, member, held)).collect();
    let longest = [&shown.read, &shown.answered];
    let longest = longest.iter().filter_map(|times| times.map(|times| times.most)).max();
    for (key, times) in [("leads-to-read", shown.read), ("leads-to-answer", shown.answered)] {
        if let Some(times) = times {
            page.times.push(times_line(locale, key, times, longest.unwrap_or(0)));
        }
    }
    page.steps = vec![
        (locale.t("leads-escalated"), shown.escalated),
        (locale.t("leads-expired"), shown.expired),
        (locale.t("leads-covered"), shown.covered),
        (locale.t("leads-returned"), shown.returned),
        (locale.t("leads-bounces"), shown.bounces),
    ];
    page.team = shown.team.name;
}

fn all_ages(row: &OpenRow) -> i64 {
    row.ages.iter().sum()
}

/// The length of a bar in hundredths of the longest; what is not nothing shows.
fn share(of: i64, longest: i64) -> i64 {
    if of <= 0 || longest <= 0 { 0 } else { (of.saturating_mul(100) / longest).clamp(1, 100) }
}

fn open_line(label: String, row: &OpenRow, most: i64) -> OpenLine {
    let total = all_ages(row);
    OpenLine {
        label,
        ages: row.ages.into(),
        total,
        late: row.late,
        nearly: row.nearly,
        bar: share(total, most),
    }
}

fn load_line(locale: Locale, time: &SiteTime, member: MemberLoad, most: i64) -> LoadLine {
    let role = match member.role.as_str() {
        "" => String::new(),
        role => locale.t(&format!("staff-role-{role}")),
    };
    LoadLine {
        name: member.name,
        role,
        away: member.away_until.map(|until| time.day(locale, until.micros())),
        held: member.held,
        week: member.week,
        month: member.month,
        bar: share(member.held, most),
    }
}

fn times_line(locale: Locale, key: &str, times: Times, longest: i64) -> TimesLine {
    TimesLine {
        label: locale.t(key),
        n: times.n,
        half: length(locale, times.half.div_euclid(60)),
        most: length(locale, times.most.div_euclid(60)),
        half_bar: share(times.half, longest),
        most_bar: share(times.most, longest),
    }
}

/// A stretch of time in words: minutes below an hour, hours below two days, then days. Less than a
/// minute is a minute.
pub(super) fn length(locale: Locale, minutes: i64) -> String {
    let minutes = minutes.max(1);
    match (minutes / 60, minutes % 60) {
        (0, _) => locale.t1("staff-minutes", "m", minutes),
        (hours, 0) if hours < 48 => locale.t1("staff-hours", "h", hours),
        (hours, rest) if hours < 48 => locale.t2("staff-hours-minutes", "h", hours, "m", rest),
        (hours, _) => locale.t2("leads-days-hours", "d", hours / 24, "h", hours % 24),
    }
}

/// `GET /work/equity`
pub async fn equity_page(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<TeamQuery>,
) -> Result<Response> {
    let wanted = query.team()?;
    let (frame, teams, shown) = state
        .read(staff.actor(), move |cx: &mut Cx<'_, '_>| {
            let teams = figures::equity_teams(cx)?;
            let chosen = wanted.or_else(|| teams.first().map(|team| team.id));
            let shown = chosen.map(|team| equity::show(cx, team)).transpose()?;
            Ok((app::staff::frame(cx)?, teams, shown))
        })
        .await?;
    let role = staff.actor().role;
    if shown.is_none() && !role.is_clinical() && role != Role::PrivacyOfficer {
        return Err(Fault::NotFound);
    }
    let locale = staff.locale();
    let time = staff.time(&state, &frame);
    let day = |at: Timestamp| time.day(locale, at.micros());
    let mut page = EquityPage {
        chrome: staff.chrome(),
        desk: desk(&staff, &frame, Rail::On("/work/equity")),
        team: String::new(),
        teams: choices(teams, shown.as_ref().map(|shown| shown.team.id)),
        made: None,
        since: None,
        counted: false,
        cuts: Vec::new(),
    };
    if let Some(shown) = shown {
        page.team = shown.team.name;
        if let Some((summary, made)) = shown.summary {
            page.made = Some(day(made));
            page.since = Some(day(summary.since));
            page.counted = summary.answers > 0;
            if page.counted {
                page.cuts =
                    Dimension::ALL.iter().map(|cut| cut_part(locale, &summary, *cut)).collect();
            }
        }
    }
    Ok(pages::respond(StatusCode::OK, &page))
}

fn cut_part(locale: Locale, summary: &Summary, dimension: Dimension) -> CutPart {
    let rows = summary.rows(dimension);
    let minutes = |measure: &Measure| measure.typical.map_or(0, |typical| whole(typical.minutes));
    let longest =
        rows.iter().flat_map(|row| [minutes(&row.read), minutes(&row.answered)]).max().unwrap_or(0);
    CutPart {
        code: dimension.code(),
        title: locale.t(&format!("equity-by-{}", dimension.code())),
        groups: rows.iter().map(|row| group_line(locale, dimension, row, longest)).collect(),
    }
}

fn group_line(locale: Locale, dimension: Dimension, row: &Row, longest: i64) -> GroupLine {
    GroupLine {
        label: group_label(locale, dimension, &row.group),
        n: row.n,
        reference: row.reference,
        read: measure_line(locale, &row.read, longest),
        answered: measure_line(locale, &row.answered, longest),
    }
}

fn group_label(locale: Locale, dimension: Dimension, group: &Group) -> String {
    match group {
        Group::Age(at) => {
            let at = usize::from(*at);
            let from = AGES.get(at).map_or(0, |from| u32::from(*from));
            match AGES.get(at + 1) {
                Some(next) => locale.t2("equity-ages", "from", from, "to", u32::from(*next) - 1),
                None => locale.t1("equity-ages-from", "from", from),
            }
        }
        Group::Named(name) if dimension == Dimension::Language => {
            let key = format!("equity-language-{name}");
            if locale.has(&key) { locale.t(&key) } else { name.to_uppercase() }
        }
        Group::Named(name) => name.clone(),
        Group::Several => locale.t("equity-several"),
        Group::Other => locale.t("equity-other"),
        Group::NotRecorded => locale.t("equity-not-recorded"),
    }
}

fn measure_line(locale: Locale, measure: &Measure, longest: i64) -> MeasureLine {
    let Some(Typical { minutes, low, high }) = measure.typical else {
        return MeasureLine::default();
    };
    let words = |minutes: f64| length(locale, whole(minutes));
    let ratio = measure.ratio.map(|ratio| {
        let one = |value: f64| format!("{value:.1}");
        locale.t_args(
            "equity-ratio",
            &[("times", &one(ratio.times)), ("low", &one(ratio.low)), ("high", &one(ratio.high))],
        )
    });
    MeasureLine {
        typical: words(minutes),
        interval: locale.t2("equity-interval", "low", words(low), "high", words(high)),
        ratio: ratio.unwrap_or_default(),
        differs: measure.differs,
        bar: share(whole(minutes), longest),
    }
}

/// The nearest whole number; 0 for what is none.
fn whole(value: f64) -> i64 {
    format!("{value:.0}").parse().unwrap_or(0)
}
