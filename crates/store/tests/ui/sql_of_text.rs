//! A statement made at run time.
// error: no rules expected

pub fn forge(table: &'static str) -> store::db::Sql {
    store::sql!(table)
}
