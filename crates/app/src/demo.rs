//! The demo clinic.

pub mod story;
