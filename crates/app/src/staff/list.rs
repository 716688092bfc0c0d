//! The page of a team's work, read at once: one snapshot and one entry in the access log instead of one
//! for each of its parts.

use domain::ids::CareTeamId;
use store::access::{ListEnvelopes, ListQueue};
use store::routing;

use crate::act::{self, Offers};
use crate::crossed::{self, Crossed};
use crate::cx::Cx;
use crate::draft::{self, Unsent};
use crate::error::Result;
use crate::roster::{self, Duty};
use crate::share;
use crate::thread::Names;
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
    let permit = cx.authorize::<ListQueue>(team)?;
    let (unsent, crossed, shared) = (draft::list_unsent(cx)?, crossed::list(cx)?, share::list(cx)?);
    let page = work::queue_of(cx, &permit, list, after, limit)?;
    let who = Duty::read(cx, team)?;
    let duty = who.now(cx, &mut Names::default())?;
    let several = offers_several(list, &page);
    let offers = several.then(|| act::offers(cx, team, &who, true)).transpose()?;
    let says_first = list == QueueList::Team && routing::says_first(cx.tx(), &permit)?;
    Ok(WorkPage { unsent, crossed, shared, page, duty, offers, says_first })
}

/// Whether something can be done with several rows of a page: not where there are none, nor with what is done.
fn offers_several(list: QueueList, page: &QueuePage) -> bool {
    list != QueueList::Done && !page.entries.is_empty()
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

/// A page of the envelopes of a team. `NotFound`/`Forbidden` by policy.
pub fn envelopes_page(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    list: QueueList,
    after: QueueAfter,
    limit: i64,
) -> Result<EnvelopesPage> {
    let permit = cx.authorize::<ListEnvelopes>(team)?;
    let page = work::envelopes_of(cx, &permit, list, after, limit)?;
    let offers = if offers_several(list, &page) {
        let duty = Duty::read(cx, team)?;
        Some(act::offers(cx, team, &duty, false)?)
    } else {
        None
    };
    Ok(EnvelopesPage { page, offers, says_first: routing::says_first(cx.tx(), &permit)? })
}
