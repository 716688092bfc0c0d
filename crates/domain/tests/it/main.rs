//! The policy seen from outside, and rules compared with a second, slower telling of them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test that cannot go on has failed it"
)]

mod calendar;
mod deadline;
mod forecast;
mod oracle;
mod policy_table;
mod routing;
mod scopes;
mod urgency;
