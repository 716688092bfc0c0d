//! Operations: authorize, load, decide, store, audit, enqueue, in one transaction.
//!
//! A handler parses, calls one operation, chooses a page. Deliberately absent: HTTP and SQL.

pub mod access_log;
pub mod access_token;
pub mod account;
pub mod act;
pub mod address;
pub mod admin;
pub mod announcement;
pub mod callback;
pub mod chart;
pub mod circle;
pub mod clock;
pub mod closing;
pub mod communication;
pub mod contact;
pub mod content;
pub mod cover;
pub mod credential;
pub mod custody;
pub mod cx;
pub mod deadline;
pub mod demo;
pub mod direct;
pub mod draft;
pub mod duplicate;
pub mod enrol;
pub mod equity;
pub mod error;
pub mod fhir;
pub mod figures;
pub mod forecast;
pub mod import;
pub mod inbox;
mod line_detail;
pub mod live;
pub mod mail;
pub mod merge;
pub mod message;
pub mod note;
pub mod notice;
pub mod participation;
pub mod pass;
pub mod patient;
pub mod picker;
pub mod plan_limit;
pub mod prepared;
pub mod question;
pub mod random;
pub mod read_back;
pub mod refile;
pub mod room;
pub mod roster;
pub mod routing;
pub mod saved_reply;
pub mod search;
pub mod sequencer;
pub mod session;
pub mod share;
pub mod sign_in;
pub mod site_rules;
pub mod snooze;
pub mod staff;
pub mod succession;
#[cfg(feature = "testing")]
pub mod testing;
pub mod thread;
mod throttle;
pub mod told;
pub mod urgency;
pub mod verify;
pub mod work;

pub use store::change::Numbered;

pub use cx::{App, Cx, SessionLimits, Settings};
pub use error::{Conflict, Error, FieldError, Result};
