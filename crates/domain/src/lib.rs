//! The rules and types of conversations: no I/O, no clock, no randomness.
