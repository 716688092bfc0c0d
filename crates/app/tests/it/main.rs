//! Stories of the operations, on each engine there is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "clippy excuses test functions, not the helpers of a test crate"
)]

mod access_log;
mod act;
mod activation;
mod announcement;
mod callback;
mod callback_moved;
mod chores;
mod contact;
mod conversation;
mod cover;
mod crossed;
mod custody;
mod dates;
mod deadline;
mod demo;
mod duplicate;
mod flag;
mod forecast;
mod import;
mod intervals;
mod leads;
mod pass;
mod picker;
mod plaintext;
mod prepared;
mod question;
mod read_back;
mod refile;
mod replies;
mod roster;
mod routing;
mod said;
mod screening;
mod search;
mod share;
mod site_rules;
mod snooze;
mod succession;
mod team_settings;
mod ties;
mod told;
mod urgency;
mod work;
mod world;
