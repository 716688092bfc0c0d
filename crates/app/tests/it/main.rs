//! Stories of the operations, on each engine there is.

mod conversation;
mod search;
mod work;
mod world;
