//! A message that says what the patient's side said a moment ago is offered as one conversation with it,
//! before it is sent: a new one, and a reply. It is an offer: sending it all the same goes on working.
//!
//! Only conversations that the writer may read and write in are compared, so that the offer tells nobody
//! of one they do not know. The rule is `domain::duplicate`'s. Deliberately absent: programs, which are
//! not asked.

use domain::duplicate::{WITHIN_S, Words};
use domain::ids::{DraftId, PatientId, ThreadId};
use domain::thread::ThreadKind;
use domain::time::Timestamp;
use store::access::{DraftThread, ReadThread};
use store::duplicate as rows;
use store::seal::{KeyOwner, Place};

use crate::content::{DraftContent, Letter};
use crate::cx::Cx;
use crate::draft::{self, AfterRelease, Draft, DraftKind, Offer, Target, Typed};
use crate::error::{Conflict, Error, Result};
use crate::{thread, urgency};

/// Messages compared at most.
const COMPARED_MAX: i64 = 50;

/// What was said already.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// The conversation.
    pub thread: ThreadId,
    /// Its headline.
    pub headline: String,
    /// Who wrote it, by the name they had then.
    pub author: String,
    /// The text.
    pub text: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// The newest text of the last 72 hours that this draft of a new conversation or of a reply repeats; of a
/// reply also one in its own conversation. `None` when there is none. Errors: as opening the draft.
pub fn find(cx: &mut Cx<'_, '_>, draft: DraftId) -> Result<Option<Earlier>> {
    let draft = draft::get(cx, draft)?;
    match patient_of(&draft) {
        Some(patient) => compare(cx, patient, &draft.content.body),
        None => Ok(None),
    }
}

fn patient_of(draft: &Draft) -> Option<PatientId> {
    let asked = match draft.row.kind {
        DraftKind::New => draft.row.thread_kind == ThreadKind::Care,
        DraftKind::Reply => true,
        DraftKind::Note | DraftKind::Told => false,
    };
    draft.row.patient.filter(|_| asked)
}

fn compare(cx: &mut Cx<'_, '_>, patient: PatientId, body: &str) -> Result<Option<Earlier>> {
    if !cx.may::<DraftThread>(patient)? {
        return Ok(None);
    }
    let permit = cx.authorize::<DraftThread>(patient)?;
    if !permit.allowed().patient_side {
        return Ok(None);
    }
    let words = Words::of(body);
    if words.total() < domain::duplicate::WORDS_MIN {
        return Ok(None);
    }
    let since = cx.now().plus_seconds(-WITHIN_S);
    for row in rows::list_recent(cx.tx(), &permit, since, COMPARED_MAX)? {
        let place = Place::new("message", &row.id, "content_sealed", 1);
        let letter: Letter = cx.open_json(KeyOwner::Patient(patient), &place, &row.content)?;
        if !words.repeats(&Words::of(&letter.body)) {
            continue;
        }
        // Its words are shown: that is a reading like any other, asked for and recorded.
        let _ = cx.authorize::<ReadThread>(row.thread)?;
        let (headline, _) = thread::headline(cx, row.thread)?;
        return Ok(Some(Earlier {
            thread: row.thread,
            headline,
            author: letter.author,
            text: letter.body,
            sent_at: row.sent_at,
        }));
    }
    Ok(None)
}

/// Makes a draft of a new conversation, or of a reply in another one, a reply in an earlier one, where its
/// writer can look at it and send it: what was begun there comes first. The draft goes, its text does not.
///
/// Errors: `NotFound` when the writer may not write there, or the conversation is another patient's or the
/// draft's own;
/// `Conflict(Changed)` when the draft was saved in another window or handed over, or a text there is on its
/// way.
pub fn join(cx: &mut Cx<'_, '_>, id: DraftId, version: i64, to: ThreadId) -> Result<()> {
    let draft = draft::get(cx, id)?;
    let patient = patient_of(&draft).ok_or(Error::NotFound)?;
    if draft.row.kind == DraftKind::Reply && draft.row.thread == Some(to) {
        return Err(Error::NotFound);
    }
    if draft.row.version != version
        || draft.row.offer != Offer::None
        || draft.row.release_at.is_some()
    {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let reading = cx.authorize::<ReadThread>(to)?;
    if reading.object().patient != Some(patient) || reading.object().kind != ThreadKind::Care {
        return Err(Error::NotFound);
    }
    let begun = draft::find_in_thread(cx, to, DraftKind::Reply)?;
    let mut content = DraftContent { headline: String::new(), ..draft.content.clone() };
    let (own, version) = match &begun {
        Some(begun) => {
            let before = begun.content.body.trim_end();
            if !before.is_empty() {
                content.body = format!("{before}\n\n{}", content.body);
            }
            let mut questions = begun.content.questions.clone();
            questions.append(&mut content.questions);
            content.questions = questions;
            content.answers.clone_from(&begun.content.answers);
            (Some(begun.row.id), begun.row.version)
        }
        None => (None, 0),
    };
    let typed = Typed {
        target: Target::Reply { thread: to, after: AfterRelease::Nothing, outcome: None },
        ask: draft.row.ask,
        content,
        base_seq: reading.object().last_seq,
    };
    let (joined, _) = draft::save(cx, own, version, &typed)?;
    urgency::carry(cx, &draft, joined)?;
    draft::remove(cx, id)
}
