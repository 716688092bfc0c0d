//! SQL, encryption at rest and permits: the only crate that knows a database.

pub mod db;
pub mod migrate;
pub mod migrations;
pub mod seal;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
