//! Operations: authorize, load, decide, store, audit, enqueue, in one transaction.
//!
//! A handler parses, calls one operation, chooses a page. Deliberately absent: HTTP and SQL.

pub mod clock;
pub mod cx;
pub mod error;
pub mod fhir;
pub mod random;

pub use cx::{App, Cx, Settings};
pub use error::{Conflict, Error, FieldError, Result};
