//! Who will read a new message, as the practice's rules would send it now.

use app::circle::TeamRow;
use app::direct::{self, First};
use app::draft::{Draft, Target};
use app::routing;
use domain::ids::{Id as _, PersonId};

use super::subject::Subject;
use super::words::{hear, site_time};
use crate::error::{Fault, Result};
use crate::i18n::Locale;
use crate::pages::common::{Choice, Hear};
use crate::run::WebState;

/// Who will read it.
#[derive(Debug, Default)]
pub struct Routed {
    /// The team; none while none is chosen, or when the chosen one is not open any more.
    pub team: Option<TeamRow>,
    /// The name of the team that was chosen, when another one gets it.
    pub instead_of: Option<String>,
    /// When they will hear.
    pub hear: Option<Hear>,
    /// Who reads it first, as a sentence, when the writer chose a clinician.
    pub first: Option<String>,
}

impl Routed {
    /// The team's name; empty without one.
    pub fn name(&self) -> String {
        self.team.as_ref().map(|team| team.name.clone()).unwrap_or_default()
    }

    /// The sentence that says so when another team than the chosen one gets it.
    pub fn moved(&self, locale: Locale) -> Option<String> {
        let (chosen, team) = (self.instead_of.as_ref()?, self.team.as_ref()?);
        Some(locale.t2("check-routed", "chosen", chosen, "team", &team.name))
    }
}

/// Who will read a draft of a new message.
pub async fn routed(
    state: &WebState,
    subject: &Subject,
    draft: &Draft,
    locale: Locale,
) -> Result<Routed> {
    let target = app::draft::target_of(&draft.row)?;
    let Target::New { patient, team: Some(team), category, about, .. } = target else {
        return Ok(Routed::default());
    };
    let person = PersonId::parse(&draft.content.direct).ok();
    let read = move |cx: &mut app::Cx<'_, '_>| {
        let first = match person {
            Some(person) => direct::first(cx, patient, team, person)?,
            None => None,
        };
        let found = match first {
            Some(_) => routing::preview_direct(cx, patient, team, category, about)?,
            None => routing::preview(cx, patient, team, category, about)?,
        };
        Ok((found, first))
    };
    match state.read(&subject.session.actor, read).await {
        Ok((found, first)) => Ok(Routed {
            first: first.map(|first| sentence(locale, &first, &found.team.name)),
            instead_of: found.instead_of.map(|team| team.name),
            hear: hear(&site_time(state), locale, found.hear, state.app().now()),
            team: Some(found.team),
        }),
        // The chosen team has ended meanwhile; sending says so.
        Err(app::Error::Invalid(_)) => Ok(Routed::default()),
        Err(error) => Err(Fault::from(error)),
    }
}

/// Who reads a message to a clinician first.
fn sentence(locale: Locale, first: &First, team: &str) -> String {
    match first {
        First::Clinician(name) => locale.t2("direct-first", "name", name, "team", team),
        First::StandsIn(name, holder) => {
            let (name, holder) = (name.as_str(), holder.as_str());
            locale.t_args(
                "direct-stands-in",
                &[("name", &name), ("holder", &holder), ("team", &team)],
            )
        }
        First::Team(name) => locale.t2("direct-away", "name", name, "team", team),
    }
}

/// Who may read a draft first: the team, and the clinicians to whom the patient may write; nothing where
/// the team does not offer it.
pub async fn direct_choices(
    state: &WebState,
    subject: &Subject,
    draft: &Draft,
    locale: Locale,
) -> Result<Vec<Choice>> {
    let (Some(patient), Some(team)) = (draft.row.patient, draft.row.team) else {
        return Ok(Vec::new());
    };
    let read = move |cx: &mut app::Cx<'_, '_>| direct::choices(cx, patient, team);
    let found = state.read(&subject.session.actor, read).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let chosen = draft.content.direct.as_str();
    let none = found.iter().all(|(person, _)| person.to_string() != chosen);
    let choice = |value: &str, text: String, on: bool| {
        let choice = Choice::new(value, &text, "");
        if on { choice.chosen() } else { choice }
    };
    let team = choice("", locale.t("direct-team"), none);
    let people = found.iter().map(|(person, name)| {
        let value = person.to_string();
        choice(&value, locale.t1("direct-person", "name", name), value == chosen)
    });
    Ok(std::iter::once(team).chain(people).collect())
}
