//! SQL, encryption at rest and permits: the only crate that knows a database.

pub mod seal;
