//! From what operations return to what pages show: moments, the ladder, whom to call.

use app::chart::Label;
use app::circle::{Reader, TeamRow};
use domain::thread::AboutKind;

use super::subject::Subject;
use crate::i18n::{Locale, SiteTime};
use crate::pages::Phone;
use crate::pages::common::{Ladder, Safety};
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
    }
}

/// Where a conversation stands, in the patient's words. `asked` is whether the team waits for an answer
/// to something it asked.
pub fn ladder(
    ladder: &domain::thread::Ladder,
    team: &str,
    holder: Option<&str>,
    asked: bool,
) -> Ladder {
    use domain::thread::Ladder as State;
    match ladder {
        State::Received => Ladder::Received,
        State::WithTeam(_) => Ladder::WithTeam { team: team.to_owned(), since: None },
        State::BeingHandled(..) => {
            Ladder::BeingHandled { team: team.to_owned(), who: holder.map(str::to_owned) }
        }
        State::WaitingForYou(_) => Ladder::AskedYou,
        State::Answered(_) if asked => Ladder::AskedYou,
        State::Answered(_) => Ladder::Answered,
        State::Closed(_, outcome) => Ladder::Closed { outcome: outcome.code().to_owned() },
    }
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
            locale.t1("about-visit-on", "day", &time.day(locale, at.micros()).text)
        }
        _ => locale.t1("about-thing", "what", &label.text),
    }
}
