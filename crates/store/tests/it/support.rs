//! What the tests of this crate share.

pub use store::testing::TestDb;

use store::db::{Db, DbError, Tx};
use store::sql;

/// Runs `story` on every engine there is.
pub fn on_each(story: impl Fn(&TestDb)) {
    for test in TestDb::all() {
        story(&test);
    }
}

/// A table of numbers by name.
pub fn make_table(db: &Db) {
    db.write(|tx| {
        tx.execute(
            sql!("CREATE TABLE counter (name TEXT PRIMARY KEY, n BIGINT NOT NULL, b BYTEA, f BOOLEAN)"),
            &[],
        )
    })
    .unwrap();
}

pub fn put(tx: &mut Tx<'_>, name: &str, n: i64) -> Result<(), DbError> {
    tx.execute_one(sql!("INSERT INTO counter (name, n) VALUES ($1, $2)"), &[&name, &n])
}

pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<i64>, DbError> {
    let row = tx.query_opt(sql!("SELECT n FROM counter WHERE name = $1"), &[&name])?;
    row.map(|row| row.get(0)).transpose()
}

pub fn count(db: &Db) -> i64 {
    db.read(|tx| tx.query_one(sql!("SELECT count(*) FROM counter"), &[])?.get::<i64>(0)).unwrap()
}
