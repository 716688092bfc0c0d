//! The page of a team's work, read at once: one snapshot and one entry in the access log instead of one
//! for each of its parts.

use domain::ids::CareTeamId;

use crate::act::{self, Offers};
use crate::crossed::{self, Crossed};
use crate::cx::Cx;
use crate::draft::{self, Unsent};
use crate::error::Result;
use crate::roster;
use crate::share;
use crate::work::{self, QueueAfter, QueueList, QueuePage};

/// What the page of a team's work shows.
#[derive(Debug, Clone)]
pub struct WorkPage {
    /// Texts of the reader's that did not leave.
    pub unsent: Vec<Unsent>,
    /// Conversations that stay open, since their patients wrote while an answer of the reader's was leaving.
    pub crossed: Vec<Crossed>,
    /// Replies that colleagues ask the reader about, and the reader's own that were given back.
    pub shared: Vec<share::Line>,
    /// The rows and the counts.
    pub page: QueuePage,
    /// Who is on duty.
    pub duty: roster::Now,
    /// What can be done with several rows; `None` where there are none, and for what is done.
    pub offers: Option<Offers>,
    /// Whether the list can be narrowed to what is for the reader first.
    pub says_first: bool,
}

/// A page of a list of a team. Errors as [`work::queue`].
pub fn work_page(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    list: QueueList,
    after: QueueAfter,
    limit: i64,
) -> Result<WorkPage> {
    let (unsent, crossed, shared) = (draft::list_unsent(cx)?, crossed::list(cx)?, share::list(cx)?);
    let page = work::queue(cx, team, list, after, limit)?;
    let offers = offers(cx, team, list, &page)?;
    let says_first = list == QueueList::Team && work::says_first(cx, team)?;
    Ok(WorkPage { unsent, crossed, shared, page, duty: roster::now(cx, team)?, offers, says_first })
}

/// What can be done with several rows of a page; `None` where there are none, and for what is done.
fn offers(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    list: QueueList,
    page: &QueuePage,
) -> Result<Option<Offers>> {
    let several = list != QueueList::Done && !page.entries.is_empty();
    several.then(|| act::offers(cx, team)).transpose()
}

/// What the page of the desk's envelopes shows.
#[derive(Debug, Clone)]
pub struct EnvelopesPage {
    /// The rows, without a word, and the counts.
    pub page: QueuePage,
    /// What can be done with several; `None` where there are none, and for what is done.
    pub offers: Option<Offers>,
    /// Whether the list can be narrowed to what is for the desk first.
    pub says_first: bool,
}

/// A page of the envelopes of a team. Errors as [`work::envelopes`].
pub fn envelopes_page(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    list: QueueList,
    after: QueueAfter,
    limit: i64,
) -> Result<EnvelopesPage> {
    let page = work::envelopes(cx, team, list, after, limit)?;
    let offers = offers(cx, team, list, &page)?;
    Ok(EnvelopesPage { page, offers, says_first: work::says_first(cx, team)? })
}
