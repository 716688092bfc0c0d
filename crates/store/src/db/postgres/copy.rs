//! COPY, table by table, on a connection of its own: for backups and their restore.
//!
//! The snapshot is SERIALIZABLE READ ONLY DEFERRABLE: PostgreSQL waits for a moment from which no
//! serializable writer can show an order of events that never was, and the long read then neither
//! fails nor makes a writer fail. Pieces are handed over one at a time, so memory does not grow with
//! the database. Deliberately absent: what the pieces are written to (`crate::backup`).

use std::cell::RefCell;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::{Deserialize, Serialize};
use tokio_postgres::NoTls;

use super::{Attempt, Link, Postgres, begin_writing, translate};
use crate::db::{DbError, Tx, WriteMode};
use crate::sql;

/// The longest one statement, or the wait for one piece, may take.
const STEP_MAX: Duration = Duration::from_hours(1);
/// The longest wait for a safe snapshot.
const SNAPSHOT_MAX: Duration = Duration::from_mins(5);
/// The longest silence of the network before the connection counts as lost. Longer than elsewhere,
/// because a busy server may stop reading for a while.
const SILENCE_MAX: Duration = Duration::from_mins(2);

/// A table with its columns in the order in which they are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableShape {
    /// Its name.
    pub name: String,
    /// Name and type of each column.
    pub columns: Vec<(String, String)>,
    /// About how many bytes it takes on the server's disk; says how far a copy is.
    #[serde(skip)]
    pub bytes: u64,
}

impl TableShape {
    /// The table and its columns as COPY wants them.
    fn target(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        format!("{} ({})", quoted(&self.name), columns.join(", "))
    }
}

/// A name as an identifier, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Postgres {
    /// As [`crate::db::Db::snapshot_apart`].
    pub(in crate::db) fn snapshot_apart<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> FnMut(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        // The SELECT is what waits for the snapshot.
        let begin = format!(
            "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE; \
             SET LOCAL statement_timeout = {}; SELECT 1; SET LOCAL statement_timeout = 0",
            SNAPSHOT_MAX.as_millis()
        );
        let f = RefCell::new(f);
        self.once(&begin, &|tx: &mut Tx<'_>| (f.borrow_mut())(tx))
    }

    /// As [`crate::db::Db::load_apart`].
    pub(in crate::db) fn load_apart<T, E, F>(&self, lock: i64, f: F) -> Result<T, E>
    where
        F: for<'t> FnMut(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        let begin = begin_writing(WriteMode { lock: Some(lock), statement_ms_max: Some(0) });
        let f = RefCell::new(f);
        self.once(&begin, &|tx: &mut Tx<'_>| (f.borrow_mut())(tx))
    }

    /// Runs `f` in one transaction on a connection of its own, and never again.
    fn once<T, E, F>(&self, begin: &str, f: &F) -> Result<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        match self.apart()?.attempt(begin, STEP_MAX, f) {
            Attempt::Done(result) => result,
            Attempt::Again => Err(E::from(DbError::Serialization)),
        }
    }

    /// The same database by one connection, without the limits that keep a server responsive.
    fn apart(&self) -> Result<Self, DbError> {
        let mut server = self.server.clone();
        let options = server.get_options().unwrap_or_default().to_owned();
        // The last setting of a name counts.
        server.options(format!(
            "{options} -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
        ));
        server.connect_timeout(self.acquire_max).tcp_user_timeout(SILENCE_MAX);
        server.keepalives_idle(SILENCE_MAX);
        let manager = Manager::from_config(
            (*server).clone(),
            NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(1)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(self.acquire_max))
            .create_timeout(Some(self.acquire_max))
            .build()
            .map_err(|error| DbError::other(error.to_string()))?;
        Ok(Self {
            pool,
            handle: self.handle.clone(),
            server,
            own: None,
            // The wait for the snapshot counts as a part of beginning.
            acquire_max: SNAPSHOT_MAX,
            statement_max: STEP_MAX,
            random: aws_lc_rs::rand::SystemRandom::new(),
        })
    }
}

impl Link<'_> {
    /// As [`Tx::table_shapes`].
    pub(in crate::db) fn table_shapes(&self) -> Result<Vec<TableShape>, DbError> {
        let text = sql!(
            "SELECT c.relname, a.attname, CAST(format_type(a.atttypid, a.atttypmod) AS TEXT), \
             pg_table_size(c.oid) \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_attribute a ON a.attrelid = c.oid \
             WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') \
             AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
        );
        let mut shapes: Vec<TableShape> = Vec::new();
        for row in self.query(text.postgres(), &[])? {
            let (name, column): (String, String) = (row.get(0)?, row.get(1)?);
            let (kind, bytes): (String, i64) = (row.get(2)?, row.get(3)?);
            match shapes.last_mut().filter(|last| last.name == name) {
                Some(last) => last.columns.push((column, kind)),
                None => shapes.push(TableShape {
                    name,
                    columns: vec![(column, kind)],
                    bytes: u64::try_from(bytes).unwrap_or(0),
                }),
            }
        }
        Ok(shapes)
    }

    /// As [`Tx::count_rows`].
    pub(in crate::db) fn count_rows(&self, table: &TableShape) -> Result<u64, DbError> {
        let text = format!("SELECT count(*) FROM {}", quoted(&table.name));
        let rows = self.query(&text, &[])?;
        let count: i64 = rows.first().ok_or(DbError::NotFound)?.get(0)?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// As [`Tx::count_relations`].
    pub(in crate::db) fn count_relations(&self) -> Result<u64, DbError> {
        // Without a schema nothing could be made, and nothing would be found.
        let text = sql!(
            "SELECT count(*), current_schema() IS NOT NULL FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = current_schema() AND NOT EXISTS \
             (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"
        );
        let rows = self.query(text.postgres(), &[])?;
        let row = rows.first().ok_or(DbError::NotFound)?;
        if !row.get::<bool>(1)? {
            return Err(DbError::other("it has no schema in which its role may make tables"));
        }
        Ok(u64::try_from(row.get::<i64>(0)?).unwrap_or(u64::MAX))
    }

    /// As [`Tx::empty_tables`].
    pub(in crate::db) fn empty_tables(&self, tables: &[TableShape]) -> Result<(), DbError> {
        let names: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
        self.execute_batch(&format!("TRUNCATE {}", names.join(", ")))
    }

    /// As [`Tx::copy_out`].
    pub(in crate::db) fn copy_out(
        &self,
        table: &TableShape,
        to: &mut dyn FnMut(&[u8]) -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        let text = format!("COPY {} TO STDOUT (FORMAT binary)", table.target());
        let rows = self.drive(async {
            self.client.copy_out(text.as_str()).await.map_err(|e| translate(&e))
        })?;
        let mut rows = pin!(rows);
        while let Some(piece) =
            self.drive(async { rows.next().await.transpose().map_err(|error| translate(&error)) })?
        {
            to(&piece)?;
        }
        Ok(())
    }

    /// As [`Tx::copy_in`].
    pub(in crate::db) fn copy_in(
        &self,
        table: &TableShape,
        from: &mut dyn FnMut() -> Result<Option<Vec<u8>>, DbError>,
    ) -> Result<u64, DbError> {
        let text = format!("COPY {} FROM STDIN (FORMAT binary)", table.target());
        let sink = self
            .drive(async { self.client.copy_in(text.as_str()).await.map_err(|e| translate(&e)) })?;
        let mut sink = pin!(sink);
        // Dropped before its end, it tells the server that the copy failed.
        while let Some(piece) = from()? {
            self.drive(async {
                sink.send(Bytes::from(piece)).await.map_err(|error| translate(&error))
            })?;
        }
        let rows =
            self.drive(async { sink.as_mut().finish().await.map_err(|error| translate(&error)) })?;
        self.execute_batch(&format!("ANALYZE {}", quoted(&table.name)))?;
        Ok(rows)
    }
}
