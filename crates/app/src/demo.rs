//! The demo clinic: its story, and how the story gets into an empty installation.

pub mod seed;
pub mod story;
