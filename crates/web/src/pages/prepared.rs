//! What a helper prepares and the patient sends: the page on which the patient decides, and the page that
//! tells the helper what will happen.

use askama::Template;

use super::common::Text;
use super::{Chrome, Page, Place, Sample, render};
use crate::i18n::{Locale, SiteTime, When};

/// A line above a list or a conversation that leads to something prepared.
#[derive(Clone, Debug)]
pub struct PreparedNote {
    /// One sentence.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// What the link says.
    pub link: String,
}

/// A text as it stands on both pages.
#[derive(Clone, Debug)]
pub struct PreparedText {
    /// The team it would go to.
    pub team: String,
    /// Its headline or the conversation's.
    pub headline: String,
    /// The text.
    pub text: Text,
    /// Its numbered questions.
    pub questions: Vec<String>,
    /// When it was handed over.
    pub when: When,
}

/// `GET /prepared/{id}`: the patient looks at what a helper prepared. Posts `version` to `take`.
#[derive(Template)]
#[template(path = "patient/prepared.html")]
pub struct Prepared {
    /// Layout.
    pub chrome: Chrome,
    /// The drafts.
    pub back: String,
    /// Who prepared it.
    pub by: String,
    /// The text.
    pub shown: PreparedText,
    /// The conversation it answers in.
    pub thread: Option<String>,
    /// The version looked at.
    pub version: i64,
    /// Where taking it on posts.
    pub take: String,
    /// The page that asks before it is set aside.
    pub decline: String,
}

/// `GET /drafts/{id}/offered`: the helper's own text after it was handed over.
#[derive(Template)]
#[template(path = "patient/offered.html")]
pub struct Offered {
    /// Layout.
    pub chrome: Chrome,
    /// The drafts.
    pub back: String,
    /// The patient.
    pub patient: String,
    /// `offered`, `taken` or `declined`.
    pub state: String,
    /// The text.
    pub shown: PreparedText,
    /// Where taking it back posts.
    pub withdraw: String,
    /// The page that asks before it is deleted.
    pub delete: String,
}

// Samples --------------------------------------------------------------------------------------------

const NOW: i64 = 1_795_361_400_000_000;

fn sample_text(locale: Locale) -> PreparedText {
    PreparedText {
        team: "Diabetes team".to_owned(),
        headline: "Your A1c result & next step".to_owned(),
        text: Text::new("Both feet tingle, <b>since May</b>.\n\n- worse at night\n- no sore"),
        questions: vec!["Should she come in?".to_owned()],
        when: SiteTime::new("America/New_York", NOW).full(locale, NOW - 7_200_000_000),
    }
}

impl Page for Prepared {
    const NAME: &'static str = "prepared";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |thread: Option<&str>, shown| Self {
            chrome: Chrome::sample(locale, Place::Drafts),
            back: "/drafts".to_owned(),
            by: "Pia <b>\"P\"</b> Reyes".to_owned(),
            shown,
            thread: thread.map(str::to_owned),
            version: 3,
            take: "/prepared/d1/take".to_owned(),
            decline: "/prepared/d1/decline".to_owned(),
        };
        let mut plain = sample_text(locale);
        plain.questions.clear();
        vec![("reply", page(Some("/threads/t1"), plain)), ("new", page(None, sample_text(locale)))]
    }
}

impl Page for Offered {
    const NAME: &'static str = "offered";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |state: &'static str| {
            let page = Self {
                chrome: Chrome::sample_helper(locale, Place::Drafts),
                back: "/for/p1/drafts".to_owned(),
                patient: "Ana <b>Reyes</b>".to_owned(),
                state: state.to_owned(),
                shown: sample_text(locale),
                withdraw: "/for/p1/drafts/d1/withdraw".to_owned(),
                delete: "/for/p1/drafts/d1/delete".to_owned(),
            };
            (state, page)
        };
        vec![page("offered"), page("taken"), page("declined")]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<Prepared>(locale, out);
    render::<Offered>(locale, out);
}
