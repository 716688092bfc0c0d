//! The rules and types of conversations between patients, their helpers and care teams.
//!
//! Everything here is a pure function of its arguments. Deliberately absent: I/O, the clock,
//! randomness, SQL and HTTP.

pub mod access;
pub mod calendar;
pub mod callback;
pub mod care_team;
mod code;
pub mod contact;
pub mod cover;
pub mod deadline;
pub mod duplicate;
pub mod equity;
pub mod flag;
pub mod fold;
pub mod forecast;
pub mod ids;
pub mod instrument;
pub mod message;
pub mod pass;
pub mod plan_limit;
pub mod precision;
pub mod read_back;
pub mod roster;
pub mod routing;
pub mod saved_reply;
pub mod site;
pub mod snooze;
pub mod thread;
pub mod time;
pub mod urgency;
pub mod work_act;
pub mod work_item;
