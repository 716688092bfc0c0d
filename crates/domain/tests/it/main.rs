//! The policy seen from outside: printed as a table, and compared with a second telling of it.

#![allow(clippy::unwrap_used, reason = "a helper of a test that cannot go on has failed it")]

mod oracle;
mod policy_table;
mod scopes;
