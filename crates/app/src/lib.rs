//! Operations: authorize, load, decide, store, audit, enqueue, in one transaction.

pub mod fhir;
