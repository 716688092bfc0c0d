//! Tests of the store against real databases.

mod engine;
mod support;
