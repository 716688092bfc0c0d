//! Entering what a patient or helper told by phone or wrote on paper.

use askama::Template;

use super::{Choice, Desk, Letter, PatientLine, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// `GET /patients/{id}/told`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/told.html")]
pub struct ToldPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Whom it is about.
    pub patient: PatientLine,
    /// By phone or by letter.
    pub channels: Vec<Choice>,
    /// The patient, and those who may act for the patient.
    pub speakers: Vec<Choice>,
    /// Conversations it can go into, each with the newest number the page knows of; a new one is the
    /// first choice of the page.
    pub threads: Vec<Choice>,
    /// Teams a new one can belong to.
    pub teams: Vec<Choice>,
    /// Topics of a new one.
    pub categories: Vec<Choice>,
    /// What is wanted.
    pub asks: Vec<Choice>,
    /// The headline so far.
    pub headline: String,
    /// The words so far.
    pub body: String,
    /// The draft's id, which makes entering twice one message.
    pub client_msg_id: String,
    /// The draft's version; 0 before it was kept.
    pub version: i64,
    /// When it was last kept.
    pub saved: Option<When>,
    /// What others wrote in the chosen conversation since this was begun.
    pub newer: Vec<Letter>,
}

impl ToldPage {
    fn newer_count(&self) -> u64 {
        u64::try_from(self.newer.len()).unwrap_or(0)
    }
}

impl Page for ToldPage {
    const NAME: &'static str = "staff-told";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let choice =
            |value: &str, text: String, chosen| Choice { value: value.to_owned(), text, chosen };
        let patient = sample::patient(locale);
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            channels: vec![
                choice("phone", locale.t("staff-told-phone"), true),
                choice("letter", locale.t("staff-told-letter"), false),
            ],
            speakers: vec![
                choice("", patient.name.clone(), true),
                choice("p", "Pia Reyes".to_owned(), false),
            ],
            threads: vec![choice("t", "Ankle swelling".to_owned(), false)],
            teams: vec![choice("f", "Family medicine".to_owned(), true)],
            categories: vec![choice("other", locale.t("staff-category-other"), true)],
            asks: vec![choice("action", locale.t("staff-ask-action"), true)],
            headline: String::new(),
            body: String::new(),
            client_msg_id: "m1".to_owned(),
            version: 0,
            saved: None,
            newer: Vec::new(),
            patient,
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("headline", "staff-fault-headline"),
                ("body", "staff-fault-body"),
            ]),
            ..typical.clone()
        };
        let long = Self {
            desk: sample::long_desk(locale),
            patient: sample::patient_long(locale),
            headline: sample::LONG.to_owned(),
            body: sample::LONG.repeat(9),
            threads: sample::long_choices(),
            teams: sample::long_choices(),
            ..typical.clone()
        };
        let fresh = Self { threads: Vec::new(), ..typical.clone() };
        let mut kept = Self {
            body: "She walks better, and asks for the result.".to_owned(),
            version: 3,
            saved: Some(sample::short(locale, 12)),
            newer: sample::newer(locale),
            ..typical.clone()
        };
        for choice in &mut kept.threads {
            choice.chosen = true;
        }
        vec![
            ("typical", typical),
            ("error", wrong),
            ("longest", long),
            ("empty", fresh),
            ("kept", kept),
        ]
    }
}
