//! Whom a page is about: the patient's own pages stand at `/…`, a helper's at `/for/{patient}/…`.
//!
//! The patient is named by the address and never kept in the session, so that two tabs cannot mix two
//! people (MODEL, Access). Deliberately absent: any right; the operations decide.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Response};
use domain::ids::{Id, NotAnId, PatientId};
use http::request::Parts;

use crate::error::Fault;
use crate::extract::Session;
use crate::pages::{ActingFor, Chrome, Links, Place};
use crate::run::WebState;

/// The patient of the address, for a signed-in person.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Who acts.
    pub session: Session,
    /// The patient.
    pub patient: PatientId,
    /// The patient's name.
    pub name: String,
    /// `""` for oneself, `/for/{patient}` for somebody else.
    pub prefix: String,
    /// `read`, `draft` or `write`.
    pub rights: String,
    /// How many drafts wait for the reader.
    drafts: u32,
}

impl Subject {
    /// An address of this patient's pages.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Whether the pages are about somebody else.
    pub const fn helps(&self) -> bool {
        !self.prefix.is_empty()
    }

    /// The frame of a page.
    pub fn chrome(&self, place: Place) -> Chrome {
        let mut chrome = self.session.chrome(place);
        let helping = chrome.links.helping.take();
        chrome.links = Links { helping, ..Links::under(&self.prefix) };
        chrome.drafts = self.drafts;
        if self.helps() {
            chrome.acting_for =
                Some(ActingFor { name: self.name.clone(), switch: "/helping".to_owned() });
        }
        chrome
    }
}

/// The patient an address names, if it names one; an address with a spelling that is no id is refused.
async fn named_patient(parts: &mut Parts, state: &WebState) -> Result<Option<PatientId>, NotAnId> {
    let Ok(params) = RawPathParams::from_request_parts(parts, state).await else {
        return Err(NotAnId);
    };
    let named = params.iter().find(|(name, _)| *name == "patient");
    named.map(|(_, value)| PatientId::parse(value)).transpose()
}

/// Staff have no pages here: the first page leads them to their own, the rest are not there.
fn at_home(session: &Session, path: &str) -> Response {
    if path == "/" {
        return super::see(crate::middleware::context::home(session.role()));
    }
    Fault::NotFound.into_response()
}

impl FromRequestParts<WebState> for Subject {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Response> {
        let refuse = |fault: Fault| fault.into_response();
        let session = Session::from_request_parts(parts, state).await.map_err(refuse)?;
        if session.role().is_staff() {
            return Err(at_home(&session, parts.uri.path()));
        }
        let Ok(named) = named_patient(parts, state).await else {
            return Err(refuse(Fault::NotFound));
        };
        let helped = state
            .read(&session.actor, app::circle::helped)
            .await
            .map_err(|error| refuse(error.into()))?;
        let found = match named {
            Some(patient) => helped.into_iter().find(|helped| helped.patient == patient),
            None => helped.into_iter().find(|helped| helped.own),
        };
        let Some(found) = found else {
            // A helper without a record of their own chooses whom to help.
            return Err(match named {
                None => super::see("/helping"),
                Some(_) => refuse(Fault::NotFound),
            });
        };
        let prefix = named.map_or_else(String::new, |patient| format!("/for/{patient}"));
        Ok(Self {
            session,
            patient: found.patient,
            name: found.name,
            prefix,
            rights: found.rights,
            drafts: u32::try_from(found.drafts).unwrap_or(u32::MAX),
        })
    }
}
