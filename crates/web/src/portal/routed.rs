//! Who will read a new message, as the practice's rules would send it now.

use app::circle::TeamRow;
use app::draft::{Draft, Target};
use app::routing;

use super::subject::Subject;
use super::words::{hear, site_time};
use crate::error::{Fault, Result};
use crate::i18n::Locale;
use crate::pages::common::Hear;
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
    let read = move |cx: &mut app::Cx<'_, '_>| routing::preview(cx, patient, team, category, about);
    match state.read(&subject.session.actor, read).await {
        Ok(found) => Ok(Routed {
            instead_of: found.instead_of.map(|team| team.name),
            hear: hear(&site_time(state), locale, found.hear, state.app().now()),
            team: Some(found.team),
        }),
        // The chosen team has ended meanwhile; sending says so.
        Err(app::Error::Invalid(_)) => Ok(Routed::default()),
        Err(error) => Err(Fault::from(error)),
    }
}
