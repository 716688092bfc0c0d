//! Everything that is HTTP: the portal, the FHIR API, pages and their assets.
//!
//! `server` asks [`router::router`] for the whole site. A handler takes what it needs from
//! [`extract`], runs one operation through [`WebState`], and answers with a page; what fails becomes
//! a [`Fault`] that [`middleware`] turns into a page or an OperationOutcome. Deliberately absent: SQL
//! and rules.

pub mod assets;
pub mod error;
pub mod extract;
pub mod fhir;
pub mod i18n;
pub mod live;
pub mod middleware;
mod pace;
pub mod pages;
mod plan;
pub mod portal;
pub mod router;
pub mod run;
pub mod staff;

pub use error::{Fault, Result};
pub use run::WebState;
