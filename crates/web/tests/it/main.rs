//! Stories over HTTP, told by people of a small clinic, on every engine.
//!
//! `support` has the site and the browser; each other file tells the stories of one part.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy excuses test functions, not the helpers of a test crate"
)]

mod acts;
mod calls;
mod contact;
mod duplicate;
mod email;
mod ending;
mod fhir;
mod flag;
mod forms;
mod grade;
mod held;
mod leads;
mod live;
mod office;
mod portal;
mod refile;
mod replies;
mod routing;
mod screening;
mod sessions;
mod share;
mod sign_in;
mod site_rules;
mod snooze;
mod staff;
mod strangers;
mod support;
mod told;
mod urgency;
