//! What a site adds to the rules of the urgency check, beside a text that is being read.
//!
//! What is in force is looked up with every text, so a change counts on every node from the next text on. A version
//! that was read once is remembered: its row never changes. Deliberately absent: changing it (`admin::site_rules`).

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use domain::ids::{CareTeamId, OrganizationId, SiteRulesId};
use domain::urgency::{Assessment, Lang, PREFIX, PatientFacts, Rule, RulePack, SitePack};
use serde::{Deserialize, Serialize};
use store::care_team::TeamRow;
use store::seal::{KeyOwner, Place};
use store::site_rules as rows;

use crate::cx::Cx;
use crate::error::{Error, Result};

/// Read versions that are remembered, the ones used last.
const REMEMBERED_MAX: usize = 16;

/// The versions that were read, the one used last first.
type Read = VecDeque<(SiteRulesId, Arc<SitePack>)>;

static READ: LazyLock<Mutex<Read>> = LazyLock::new(|| Mutex::new(Read::new()));

/// What a rule of a site's own was called when it fired: it may be gone when somebody reads of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRule {
    /// What it is about, in English.
    #[serde(rename = "t")]
    pub title: String,
    /// What it is about, in Spanish.
    #[serde(rename = "e")]
    pub title_es: String,
    /// Where the site has it from.
    #[serde(rename = "q")]
    pub source: String,
    /// Its address; may be empty.
    #[serde(rename = "a", default)]
    pub address: String,
}

impl From<&Rule> for OwnRule {
    fn from(rule: &Rule) -> Self {
        Self {
            title: rule.title.clone(),
            title_es: rule.title_es.clone(),
            source: rule.source.clone(),
            address: rule.address.clone(),
        }
    }
}

/// What is in force at a site.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    pack: Arc<SitePack>,
    version: i64,
}

impl InForce {
    /// Whether texts of a writer with this language are checked.
    pub(crate) fn checks(&self, lang: Option<Lang>) -> bool {
        self.pack.checks(lang)
    }

    /// Assesses a text; the version of the site stands behind that of the pack.
    pub(crate) fn assess(
        &self,
        said: (&str, Option<Lang>),
        facts: &PatientFacts,
        shipped: &RulePack,
    ) -> Assessment {
        self.pack.assess(said, facts, shipped, &format!("{PREFIX}{}", self.version))
    }

    /// The site's own rule of this name.
    pub(crate) fn rule(&self, id: &str) -> Option<OwnRule> {
        self.pack.rules().iter().find(|rule| rule.id == id).map(OwnRule::from)
    }
}

/// What is in force at the site of a team; `None` when it adds nothing. A text that does not open is logged and
/// left out: what ships is read all the same.
pub(crate) fn of_team(
    cx: &mut Cx<'_, '_>,
    team: Option<CareTeamId>,
    shipped: &RulePack,
) -> Result<Option<InForce>> {
    let Some(team) = team else { return Ok(None) };
    let Some(row) = rows::of_team(cx.tx(), team)? else { return Ok(None) };
    let pack = read(cx, (row.id, row.organization), shipped)?;
    Ok(pack.map(|pack| InForce { pack, version: row.version }))
}

/// What rules of the site of a team were called in one of its versions, by name. Empty for a version that is none.
pub(crate) fn titles(
    cx: &mut Cx<'_, '_>,
    team: &TeamRow,
    version: i64,
    shipped: &RulePack,
) -> Result<BTreeMap<String, OwnRule>> {
    let Some(id) = rows::of_version(cx.tx(), team.site, version)? else {
        return Ok(BTreeMap::new());
    };
    let pack = read(cx, (id, team.organization), shipped)?;
    let rules = pack.iter().flat_map(|pack| pack.rules());
    Ok(rules.map(|rule| (rule.id.clone(), OwnRule::from(rule))).collect())
}

/// A version; `None` when its text does not open.
fn read(
    cx: &mut Cx<'_, '_>,
    (id, organization): (SiteRulesId, OrganizationId),
    shipped: &RulePack,
) -> Result<Option<Arc<SitePack>>> {
    if let Some(pack) = remembered(id) {
        return Ok(Some(pack));
    }
    let sealed = rows::text(cx.tx(), id)?;
    let sealed = sealed.ok_or_else(|| Error::Internal("rules without a text".to_owned()))?;
    let place = Place::new("site_rules", &id, "text_sealed", 1);
    match cx.open(KeyOwner::Organization(organization), &place, &sealed) {
        Ok(text) => {
            let pack = Arc::new(SitePack::kept(&text, shipped));
            remember(id, Arc::clone(&pack));
            Ok(Some(pack))
        }
        Err(error) => {
            tracing::error!(%error, "the urgency check read without the rules of a site");
            Ok(None)
        }
    }
}

fn remembered(id: SiteRulesId) -> Option<Arc<SitePack>> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let at = read.iter().position(|(known, _)| *known == id)?;
    let found = read.remove(at)?;
    let pack = Arc::clone(&found.1);
    read.push_front(found);
    Some(pack)
}

fn remember(id: SiteRulesId, pack: Arc<SitePack>) {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if read.iter().all(|(known, _)| *known != id) {
        read.push_front((id, pack));
    }
    read.truncate(REMEMBERED_MAX);
}
