//! Stories over HTTP, told by people of a small clinic, on every engine.
//!
//! `support` has the site and the browser; each other file tells the stories of one part.

mod fhir;
mod forms;
mod portal;
mod sessions;
mod sign_in;
mod strangers;
mod support;
