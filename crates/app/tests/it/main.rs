//! Stories of the operations, on each engine there is.

mod access_log;
mod conversation;
mod import;
mod plaintext;
mod search;
mod ties;
mod work;
mod world;
