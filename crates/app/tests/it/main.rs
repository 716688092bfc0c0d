//! Stories of the operations, on each engine there is.

mod conversation;
mod work;
mod world;
