//! `/work/urgency`: how the rules of the urgency check do, for who leads a team and for administrators.

use app::site_rules::OwnRule;
use app::urgency::precision::{self, Shown};
use app::{Cx, figures, urgency};
use axum::extract::{Query, State};
use axum::response::Response;
use domain::access::Role;
use domain::precision::{Line, SAID_YES, Within};
use http::StatusCode;

use super::overview::{TeamQuery, choices, length};
use super::{Rail, Staff, desk, recognised};
use crate::error::{Fault, Result};
use crate::i18n::Locale;
use crate::pages;
use crate::pages::staff::{CheckedRule, PrecisionPage};
use crate::run::WebState;

/// `GET /work/urgency`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<TeamQuery>,
) -> Result<Response> {
    let wanted = query.team()?;
    let (frame, teams, shown) = state
        .read(staff.actor(), move |cx: &mut Cx<'_, '_>| {
            let teams = figures::teams(cx)?;
            let chosen = wanted.or_else(|| teams.first().map(|team| team.id));
            let shown = chosen.map(|team| precision::show(cx, team)).transpose()?;
            Ok((app::staff::frame(cx)?, teams, shown))
        })
        .await?;
    let role = staff.actor().role;
    if shown.is_none() && !role.is_clinical() && role != Role::Administrator {
        return Err(Fault::NotFound);
    }
    let locale = staff.locale();
    let time = staff.time(&state, &frame);
    let mut page = PrecisionPage {
        chrome: staff.chrome(),
        desk: desk(&staff, &frame, Rail::On("/work/urgency")),
        team: String::new(),
        teams: choices(teams, shown.as_ref().map(|shown| shown.team.id)),
        made: None,
        since: None,
        messages: 0,
        lines: Vec::new(),
    };
    if let Some(Shown { team, summary, own }) = shown {
        page.team = team.name;
        if let Some((summary, made)) = summary {
            page.made = Some(time.day(locale, made.micros()));
            page.since = Some(time.day(locale, summary.since.micros()));
            page.messages = summary.messages;
            let named = |found: &Line| {
                line(locale, found, own.get(&(found.pack.clone(), found.rule.clone())))
            };
            page.lines = summary.lines.iter().map(named).collect();
        }
    }
    Ok(pages::respond(StatusCode::OK, &page))
}

fn line(locale: Locale, found: &Line, own: Option<&OwnRule>) -> CheckedRule {
    let counts = &found.counts;
    let within = |percent| match counts.read_within(percent) {
        None => String::new(),
        Some(Within::Minutes(minutes)) => length(locale, minutes),
        Some(Within::More) => locale.t("precision-more"),
    };
    let answers = urgency::Answer::ALL.iter().map(|answer| answer.code());
    let answers = answers.chain([urgency::SAID_NO]).filter_map(|code| {
        let n = counts.answers.get(code).copied().filter(|n| *n > 0)?;
        Some(locale.t1(&format!("precision-answer-{code}"), "n", n))
    });
    let changed =
        (counts.changed > 0).then(|| locale.t1("precision-answer-changed", "n", counts.changed));
    let whole = |share: f64| format!("{:.0}", share * 100.0);
    let share = counts.precision().map(|it| {
        let (share, low, high) = (whole(it.share), whole(it.low), whole(it.high));
        locale.t_args("precision-share", &[("share", &share), ("low", &low), ("high", &high)])
    });
    let judged = counts.judged();
    let right = (judged > 0).then(|| locale.t2("precision-of", "right", counts.right, "n", judged));
    let said_yes = found.rule == SAID_YES;
    CheckedRule {
        title: if said_yes {
            locale.t("precision-said-yes")
        } else {
            recognised::title(locale, &found.rule, own)
        },
        name: match own {
            Some(_) => found.rule.clone(),
            None => urgency::rule(&found.rule).map(|rule| rule.id.clone()).unwrap_or_default(),
        },
        pack: found.pack.clone(),
        fired: counts.fired,
        shown: counts.shown,
        answers: answers.chain(changed).collect(),
        taken_back: counts.taken_back,
        half: within(50),
        most: within(90),
        unread: counts.unread,
        few: judged > 0 && share.is_none(),
        right: right.unwrap_or_default(),
        share: share.unwrap_or_default(),
    }
}
