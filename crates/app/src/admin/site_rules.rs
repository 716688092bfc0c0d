//! What a site adds to the rules of the urgency check: every kept version stays readable, and a text can be tried.
//!
//! A text is checked wholly, with its examples, before it is kept (`check`), outside of the transaction that keeps it.
//! Deliberately absent: changing or deleting a kept version.

use domain::ids::{OrganizationId, SiteId, SiteRulesId};
use domain::message::Line;
use domain::time::Timestamp;
use domain::urgency::{Lang, Level, PREFIX, PatientFacts, SiteFault, SitePack, assess};
use store::access::Administer;
use store::organization;
use store::seal::{KeyOwner, Place};
use store::site_rules as rows;

use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::urgency;

/// Most kept versions that a page shows.
const VERSIONS_MAX: i64 = 50;
/// The longest text that is tried, in characters: that of a message.
pub const SAMPLE_MAX: usize = 20_000;

/// A kept version without its text.
#[derive(Debug, Clone)]
pub struct VersionLine {
    /// Its number.
    pub version: i64,
    /// Who kept it, by name; `None` at the machine's command line.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What a site adds.
#[derive(Debug, Clone)]
pub struct SiteRules {
    /// The site.
    pub site: SiteId,
    /// Its name.
    pub name: String,
    /// The version that is shown; 0 when none was ever kept.
    pub version: i64,
    /// The newest version, which is in force.
    pub latest: i64,
    /// The text of the version that is shown.
    pub text: String,
    /// The kept versions, the newest first.
    pub versions: Vec<VersionLine>,
}

fn place_of<'a>(id: &'a SiteRulesId, column: &'static str) -> Place<'a> {
    Place::new("site_rules", id, column, 1)
}

fn site_of(cx: &mut Cx<'_, '_>, site: SiteId) -> Result<(String, OrganizationId)> {
    let row = organization::get_site(cx.tx(), site)?.ok_or(Error::NotFound)?;
    Ok((row.name, row.organization))
}

/// What a site adds at a version, the newest when none is named. `NotFound` when there is no such site or version.
pub fn show(cx: &mut Cx<'_, '_>, site: SiteId, version: Option<i64>) -> Result<SiteRules> {
    let permit = cx.authorize::<Administer>(())?;
    let (name, organization) = site_of(cx, site)?;
    let owner = KeyOwner::Organization(organization);
    let latest = rows::latest(cx.tx(), site)?;
    let version = version.unwrap_or(latest);
    let text = if version == 0 && latest == 0 {
        String::new()
    } else {
        let id = rows::of_version(cx.tx(), site, version)?.ok_or(Error::NotFound)?;
        let sealed = rows::text(cx.tx(), id)?.ok_or(Error::NotFound)?;
        cx.open(owner, &place_of(&id, "text_sealed"), &sealed)?
    };
    let mut versions = Vec::new();
    for row in rows::list_versions(cx.tx(), &permit, site, VERSIONS_MAX)? {
        let reason = cx.open(owner, &place_of(&row.id, "reason_sealed"), &row.reason)?;
        let by = row.author.map(|by| cx.profile_of(by)).transpose()?.map(|profile| profile.name);
        versions.push(VersionLine { version: row.version, by, reason, at: row.at });
    }
    Ok(SiteRules { site, name, version, latest, text, versions })
}

/// A text that was found good, with all its examples.
#[derive(Debug, Clone)]
pub struct Checked(String);

/// What a text would be refused for, in the order of its lines; or the text, good to keep. Writes nothing.
pub fn check(
    cx: &mut Cx<'_, '_>,
    text: &str,
) -> Result<std::result::Result<Checked, Vec<SiteFault>>> {
    cx.authorize::<Administer>(())?;
    let pack = urgency::pack().ok_or_else(no_pack)?;
    Ok(SitePack::read(text, pack).map(|_| Checked(text.to_owned())))
}

fn no_pack() -> Error {
    Error::Internal("the rules of the urgency check cannot be read".to_owned())
}

/// Keeps a text as a site's next version, in force from the next text that is read on; its number.
///
/// Errors: `NotFound` when there is no such site; `Conflict(Changed)` when `version` is not the newest any more.
pub fn save(
    cx: &mut Cx<'_, '_>,
    site: SiteId,
    version: i64,
    text: &Checked,
    reason: &Line,
) -> Result<i64> {
    let permit = cx.authorize::<Administer>(())?;
    let (_, organization) = site_of(cx, site)?;
    if rows::latest(cx.tx(), site)? != version {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let owner = KeyOwner::Organization(organization);
    let id: SiteRulesId = cx.new_id()?;
    let sealed = cx.seal(owner, &place_of(&id, "text_sealed"), text.0.as_bytes())?;
    let reason = cx.seal(owner, &place_of(&id, "reason_sealed"), reason.as_str().as_bytes())?;
    let next = version.saturating_add(1);
    rows::add(cx.tx(), &permit, (id, site, next), (&sealed, &reason))?;
    Ok(next)
}

/// A rule that fired on a text that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The rule's name.
    pub rule: String,
    /// What it is about, in English and Spanish; empty where it is no published sign.
    pub titles: (String, String),
    /// The level it asks for here.
    pub level: Level,
    /// The words that made it.
    pub words: String,
    /// Whether it is the site's own.
    pub own: bool,
}

/// What became of a text that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Its level.
    pub level: Level,
    /// The level without what the site adds.
    pub shipped: Level,
    /// What fired, the highest level first.
    pub fired: Vec<Fired>,
    /// Whether texts in this language are not checked at all.
    pub off: bool,
}

/// Tries a text out with rules that need not have been kept: nothing is written. What is wrong with the rules is
/// said in place of it. `Invalid` on `sample` for a text longer than a message.
pub fn try_out(
    cx: &mut Cx<'_, '_>,
    rules: &str,
    (sample, lang): (&str, Option<Lang>),
) -> Result<std::result::Result<Tried, Vec<SiteFault>>> {
    cx.authorize::<Administer>(())?;
    if sample.chars().count() > SAMPLE_MAX {
        return Err(Error::Invalid(vec![crate::FieldError {
            field: "sample",
            problem: "too-long",
            max: Some(SAMPLE_MAX),
        }]));
    }
    let shipped = urgency::pack().ok_or_else(no_pack)?;
    let pack = match SitePack::read(rules, shipped) {
        Ok(pack) => pack,
        Err(faults) => return Ok(Err(faults)),
    };
    let facts = PatientFacts::default();
    let found = pack.assess((sample, lang), &facts, shipped, "");
    let fired = found.hits.into_iter().map(|hit| {
        let own = hit.rule.starts_with(PREFIX);
        let rule = if own {
            pack.rules().iter().find(|rule| rule.id == hit.rule)
        } else {
            shipped.rule(&hit.rule)
        };
        Fired {
            titles: rule
                .map(|rule| (rule.title.clone(), rule.title_es.clone()))
                .unwrap_or_default(),
            words: sample.get(hit.start..hit.end).unwrap_or_default().to_owned(),
            level: hit.level,
            rule: hit.rule,
            own,
        }
    });
    Ok(Ok(Tried {
        level: found.level,
        shipped: assess(sample, lang, &facts, shipped).level,
        fired: fired.collect(),
        off: !pack.checks(lang),
    }))
}
