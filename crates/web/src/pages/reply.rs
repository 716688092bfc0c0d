//! The form of a reply, and the pages before it is sent: when it says what was said a moment ago, and when it names
//! a symptom.

use askama::Template;

use super::common::Text;
use super::compose::Again;
use super::urgent::{Card, Urgency};
use super::{Chrome, Page, Place, Sample, render};
use crate::i18n::{Locale, SiteTime, When};

/// The reply form. Posts `body`, `base_seq`, `client_msg_id`, `version`, `anyway`, `asked`, and `intent`: `send`
/// or `save`.
#[derive(Clone, Debug)]
pub struct ReplyForm {
    /// Where it posts: `/threads/{id}/reply`.
    pub action: String,
    /// Where the script saves (see `ComposeWrite::autosave`).
    pub autosave: String,
    /// Where the script asks for the card of what is typed.
    pub beside: String,
    /// The draft's version; 0 when there is none.
    pub version: i64,
    /// The newest sequence number on the page.
    pub base_seq: i64,
    /// The idempotency key of this reply.
    pub client_msg_id: String,
    /// What was typed.
    pub body: String,
    /// When it was saved.
    pub saved: Option<When>,
    /// Whom it goes to and who else reads it.
    pub readers: Vec<String>,
    /// "Who reads it first: the nurses and doctors of Diabetes team."
    pub reads_first: Option<String>,
    /// Who joined since the reader last wrote: a warning before sending.
    pub joined: Option<String>,
    /// "Diabetes team has ended. Diabetes center will read what you write here."
    pub ended: Option<String>,
    /// The conversation in which nearly the same was said and the reader was shown it; empty when nowhere.
    pub anyway: String,
    /// The reader was asked about the signs of danger; the question comes once.
    pub asked: bool,
    /// The patient whom it is handed to instead of sent (`intent` is then `offer`); none when the writer
    /// may send.
    pub hand_to: Option<String>,
    /// The helper whose text the writer has taken on.
    pub prepared_by: Option<String>,
    /// The button of who is not sure; none where no call is offered.
    pub unsure: Option<String>,
    /// Messages in the reader's language are not checked for urgency.
    pub left_out: bool,
}

/// `POST /threads/{id}/reply` when nearly the same was said before: it is shown first; sending it from here,
/// with `anyway`, is the answer. The other form of the page posts `draft`, `version` and `thread` to `join`.
#[derive(Template)]
#[template(path = "patient/thread_again.html")]
pub struct ThreadAgain {
    /// Layout.
    pub chrome: Chrome,
    /// The conversation.
    pub back: String,
    /// What was said before; `join` is where it can be added, when that is another conversation.
    pub again: Again,
    /// Whether it was said in this very conversation.
    pub here: bool,
    /// The reply as it was typed.
    pub reply: ReplyForm,
}

/// `POST /threads/{id}/reply` when it names a symptom and no sign of danger: one question comes before it, once. Sending
/// it from here, with `asked`, says that none of the signs is there.
#[derive(Template)]
#[template(path = "patient/thread_ask.html")]
pub struct ThreadAsk {
    /// Layout.
    pub chrome: Chrome,
    /// The conversation.
    pub back: String,
    /// The question.
    pub card: Card,
    /// The reply as it was typed.
    pub reply: ReplyForm,
}

const SAMPLE_NOW: i64 = 1_795_361_400_000_000;

pub(super) fn sample_reply() -> ReplyForm {
    ReplyForm {
        action: "/threads/t1/reply".to_owned(),
        autosave: "/threads/t1/draft".to_owned(),
        beside: "/drafts/c1/urgent/beside".to_owned(),
        version: 0,
        base_seq: 4,
        client_msg_id: "c1".to_owned(),
        body: String::new(),
        saved: None,
        readers: vec!["Diabetes team".to_owned(), "Pia Reyes".to_owned()],
        reads_first: None,
        joined: None,
        ended: None,
        anyway: String::new(),
        asked: false,
        hand_to: None,
        prepared_by: None,
        unsure: None,
        left_out: false,
    }
}

pub(super) fn sample_long_reply(locale: Locale) -> ReplyForm {
    let (ended, team) = ("Diabetes team", "Diabetes center");
    ReplyForm {
        joined: Some("Dr. Ruiz".to_owned()),
        ended: Some(locale.t2("reply-ended", "ended", ended, "team", team)),
        unsure: Some(locale.t1("call-button-of", "name", "Ana <b>Reyes</b>")),
        reads_first: Some(locale.t1("reads-first-care", "team", team)),
        left_out: true,
        body: "Both feet. </textarea><script>alert(1)</script>".to_owned(),
        saved: Some(SiteTime::new("America/New_York", SAMPLE_NOW).clock(locale, SAMPLE_NOW)),
        ..sample_reply()
    }
}

impl Page for ThreadAgain {
    const NAME: &'static str = "thread-again";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let time = SiteTime::new("America/New_York", SAMPLE_NOW);
        let page = |here: bool| Self {
            chrome: Chrome::sample(locale, Place::Inbox),
            back: "/threads/t1".to_owned(),
            again: Again {
                thread: "t2".to_owned(),
                headline: "Dizzy".to_owned(),
                by: "Ana Reyes".to_owned(),
                when: time.full(locale, 1_795_300_000_000_000),
                text: Text::new("My new water pill makes me dizzy in the morning."),
                join: "/threads/t1/join".to_owned(),
            },
            here,
            reply: ReplyForm {
                body: "My new water pill makes me dizzy every morning.".to_owned(),
                anyway: "t2".to_owned(),
                version: 1,
                ..sample_reply()
            },
        };
        vec![("typical", page(false)), ("here", page(true))]
    }
}

impl Page for ThreadAsk {
    const NAME: &'static str = "thread-ask";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, whose, reply| Self {
            chrome,
            back: "/threads/t1".to_owned(),
            card: Card {
                yes: Some("/drafts/d1/urgent/said".to_owned()),
                ..Card::sample(locale, Urgency::Ask, whose)
            },
            reply: ReplyForm { asked: true, version: 1, ..reply },
        };
        let typed = ReplyForm {
            body: "I have had a headache since <Monday>.".to_owned(),
            ..sample_reply()
        };
        let own = Chrome::sample(locale, Place::Inbox);
        let helper = Chrome::sample_helper(locale, Place::Inbox);
        vec![
            ("typical", page(own, None, typed)),
            ("helper", page(helper, Some("Ana <b>Reyes</b>"), sample_long_reply(locale))),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<ThreadAgain>(locale, out);
    render::<ThreadAsk>(locale, out);
}
