//! What every request goes through, from the outside in: security headers, compression, the context
//! (session, language, request id, error pages), the catching of panics, and the guard of forms.
//!
//! The listener (`server`) adds the request's id, its log line and HSTS. Deliberately absent: CORS,
//! since nothing here is for other origins.

pub mod context;
pub mod cookie;
pub mod form;
pub mod headers;
pub mod outcome;

pub use context::Context;
