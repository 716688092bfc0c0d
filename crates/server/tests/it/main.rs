//! Integration tests of the binary and of the repository itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy excuses test functions, not the helpers of a test crate"
)]

mod failing;
mod flagged;
mod inside;
mod operator;
mod postgres;
mod room;
mod running;
mod tidy;
mod urgency;
