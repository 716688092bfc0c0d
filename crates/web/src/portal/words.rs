//! From what operations return to what pages show: moments, the ladder, whom to call.

use app::chart::Label;
use app::circle::{Reader, TeamRow};
use domain::access::Role;
use domain::forecast::Forecast;
use domain::thread::AboutKind;
use domain::time::Timestamp;

use super::custody;
use super::subject::Subject;
use crate::i18n::{Locale, SiteTime};
use crate::pages::Phone;
use crate::pages::common::{Hear, Ladder, Safety};
use crate::run::WebState;

/// The site's clock now.
pub fn site_time(state: &WebState) -> SiteTime {
    let app = state.app();
    SiteTime::new(&app.settings().time_zone, app.now().micros())
}

/// Whom to call when a message is too slow: the numbers of the team's site; without a team the
/// deployment's phone for all of them.
pub fn safety_of(state: &WebState, team: Option<&TeamRow>) -> Safety {
    let fallback = &state.app().settings().site_phone;
    let phone = |text: Option<&String>| {
        Phone::new(text.filter(|text| !text.is_empty()).unwrap_or(fallback))
    };
    Safety {
        crisis: phone(team.map(|team| &team.crisis_phone)),
        emergency: phone(team.map(|team| &team.emergency_phone)),
        nurse: phone(team.map(|team| &team.nurse_phone)),
        nurse_hours: None,
        left_out: false,
    }
}

/// The same where somebody writes: it says so where messages in the reader's language are not checked.
pub async fn safety_for_writing(
    state: &WebState,
    subject: &Subject,
    team: Option<&TeamRow>,
) -> crate::error::Result<Safety> {
    let safety = safety_of(state, team);
    let Some(id) = team.map(|team| team.id) else { return Ok(safety) };
    let look = move |cx: &mut app::Cx<'_, '_>| app::urgency::leaves_out(cx, id);
    let left_out = state.read(&subject.session.actor, look).await?;
    Ok(Safety { left_out, ..safety })
}

/// Where a conversation stands, in the patient's words. `asked` is whether the team waits for an answer
/// to something it asked.
pub fn ladder(
    ladder: &domain::thread::Ladder,
    team: &str,
    (holder, role): (Option<&str>, Option<Role>),
    asked: bool,
) -> Ladder {
    use domain::thread::Ladder as State;
    match ladder {
        State::Received => Ladder::Received,
        State::WithTeam(_) => Ladder::WithTeam { team: team.to_owned(), since: None },
        State::BeingHandled(..) => {
            let (who, role) = (holder.map(str::to_owned), role.map(custody::role_code));
            Ladder::BeingHandled { team: team.to_owned(), who, role }
        }
        State::WaitingForYou(_) => Ladder::AskedYou,
        State::Answered(_) if asked => Ladder::AskedYou,
        State::Answered(_) => Ladder::Answered,
        State::Closed(_, outcome) => Ladder::Closed { outcome: outcome.code().to_owned() },
    }
}

/// When the patient's side will hear: what can still come true of it. None for a team that never opens.
pub fn hear(time: &SiteTime, locale: Locale, forecast: Forecast, now: Timestamp) -> Option<Hear> {
    let until = |at: Timestamp| time.until(locale, at.micros());
    let latest = forecast.latest();
    Some(match forecast {
        _ if latest == Timestamp::FOREVER => return None,
        _ if latest <= now => Hear::Late(until(latest)),
        Forecast::Usual { half_by, most_by, .. } if now < half_by && half_by < most_by => {
            Hear::Usual { half: until(half_by), most: until(most_by), latest: until(latest) }
        }
        Forecast::Usual { most_by, .. } if now < most_by => {
            Hear::Most { most: until(most_by), latest: until(latest) }
        }
        Forecast::Usual { .. } => Hear::Slow(until(latest)),
        Forecast::Behind { .. } => Hear::Busy(until(latest)),
        Forecast::NewTeam { .. } => Hear::Few(until(latest)),
    })
}

/// Who of a team reads a message first, as a sentence.
pub fn reads_first(locale: Locale, team: &TeamRow) -> String {
    let key = if team.kind == "care" { "reads-first-care" } else { "reads-first-other" };
    locale.t1(key, "team", team.name.as_str())
}

/// Who will read a text: the team, then the patient's side without the reader.
pub fn reader_names(subject: &Subject, team: Option<&str>, readers: &[Reader]) -> Vec<String> {
    let others = readers
        .iter()
        .filter(|reader| reader.person != subject.session.person)
        .map(|reader| reader.name.clone());
    team.map(str::to_owned).into_iter().chain(others).collect()
}

/// The line under a reader's name.
pub fn reader_role(locale: Locale, basis: &str) -> String {
    match basis {
        "helper" | "representative" => locale.t("reader-helper"),
        _ => String::new(),
    }
}

/// "About your visit on October 28": what a conversation refers to.
pub fn about(locale: Locale, time: &SiteTime, label: &Label) -> String {
    match (label.kind, label.at) {
        (AboutKind::Encounter | AboutKind::Appointment, Some(at)) => {
            let day = time.recorded_day(locale, &label.said, at.micros());
            locale.t1("about-visit-on", "day", &day.text)
        }
        _ => locale.t1("about-thing", "what", &label.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_still_come_true_is_said() {
        let locale = Locale::english();
        let hour = |n: i64| Timestamp::from_seconds(1_795_361_400 + n * 3_600);
        let said = |forecast, now: Timestamp| {
            let time = SiteTime::new("America/New_York", now.micros());
            hear(&time, locale, forecast, now)
        };
        let usual = Forecast::Usual { half_by: hour(1), most_by: hour(3), latest: hour(5) };
        assert!(matches!(said(usual, hour(0)), Some(Hear::Usual { .. })));
        assert!(matches!(said(usual, hour(1)), Some(Hear::Most { .. })));
        assert!(matches!(said(usual, hour(3)), Some(Hear::Slow(_))));
        assert!(matches!(said(usual, hour(5)), Some(Hear::Late(_))));
        let behind = Forecast::Behind { half_by: hour(1), most_by: hour(9), latest: hour(5) };
        assert!(matches!(said(behind, hour(0)), Some(Hear::Busy(_))));
        assert!(matches!(said(behind, hour(6)), Some(Hear::Late(_))));
        let few = Forecast::NewTeam { latest: hour(5) };
        assert!(matches!(said(few, hour(0)), Some(Hear::Few(_))));
        let never = Forecast::NewTeam { latest: Timestamp::FOREVER };
        assert_eq!(said(never, hour(0)), None, "no moment is better than a wrong one");
    }
}
