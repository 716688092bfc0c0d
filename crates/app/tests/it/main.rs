//! Stories of the operations, on each engine there is.

mod conversation;
mod import;
mod search;
mod work;
mod world;
