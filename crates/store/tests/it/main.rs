//! Tests of the store against real databases.

#![allow(clippy::unwrap_used, reason = "a helper of a test that cannot go on has failed it")]

mod away;
mod engine;
mod group;
mod listen;
mod power;
mod seal;
mod statements;
mod support;
mod ui;
