//! Carrying all rows from one database to another, of the same engine or not.
//!
//! Rows travel as JSON arrays of texts, which both engines write and read: numbers in decimal digits, bytes (and on Postgres
//! ids) in hexadecimal ones, switches as 0 and 1. What a column is, each engine's own catalogue tells. So nothing here knows
//! a table, and one that is added later is carried like the others.

mod catalogue;

use crate::db::{Address, Conn, POSTGRES, Pool, SQLITE};
use crate::garbage::Sized;
use crate::query::{execute, fetch};
use crate::{Error, diagnosis, scrub};
use catalogue::Table;
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;

/// How many rows are carried at once.
const BATCH: i64 = 500;

/// Copies all rows as they are at one moment, whoever writes meanwhile, and says how many they were. The target has to be
/// empty: its schema is made first.
///
/// # Errors
/// [`Error::Outdated`] where a start of the server would change the source's schema; [`Error::Occupied`] where an
/// installation is in the target already.
pub async fn copy(from: &str, to: &str) -> Result<u64, Error> {
    let source = Address::parse(from)?.readers().await?;
    let target = Address::parse(to)?.writer().await?;
    let copied = between(&source, &target).await;
    source.close().await;
    target.close().await;
    copied
}

/// All contents that a database names and does not know to be damaged, with their sizes in bytes. It is read only.
pub async fn contents(database: &str) -> Result<Vec<Sized>, Error> {
    let pool = Address::parse(database)?.readers().await?;
    let mut conn = pool.acquire().await?;
    let mut contents: Vec<Sized> = Vec::new();
    loop {
        let after = contents.last().map(|(digest, _)| digest.to_string()).unwrap_or_default();
        let batch = scrub::contents(&mut conn, &after, BATCH).await?;
        if batch.is_empty() {
            break;
        }
        contents.extend(batch);
    }
    drop(conn);
    pool.close().await;
    Ok(contents)
}

async fn between(source: &Pool, target: &Pool) -> Result<u64, Error> {
    let (mut source, mut target) = (source.acquire().await?, target.acquire().await?);
    let applied = diagnosis::applied(&mut source).await?;
    let known = match &source {
        Conn::Sqlite(_) => &SQLITE,
        Conn::Postgres(_) => &POSTGRES,
    };
    let known: BTreeSet<i64> = known.iter().map(|migration| migration.version).collect();
    if let Some(newer) = applied.difference(&known).max() {
        return Err(Error::Newer(*newer));
    }
    if applied != known {
        return Err(Error::Outdated);
    }
    begin(&mut source).await?;
    begin(&mut target).await?;
    let (there,) = fetch!(fetch_one, (i64,), &mut target, "select count(*) from installation")?;
    if there > 0 {
        return Err(Error::Occupied);
    }
    defer(&mut target).await?;
    let mut rows = 0;
    let columns = catalogue::tables(&mut target).await?;
    for table in catalogue::tables(&mut source).await? {
        let twin = columns.iter().find(|twin| twin.name == table.name);
        let twin =
            twin.ok_or_else(|| Error::inconsistent("the catalogue", format!("no table {}", table.name)))?;
        rows += carry(&mut source, &mut target, &table, &twin.like(&table)?).await?;
    }
    settle(&mut target).await?;
    execute!(&mut target, "commit")?;
    execute!(&mut source, "rollback")?;
    Ok(rows)
}

/// Begins a transaction that sees one moment.
async fn begin(conn: &mut Conn) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(_) => execute!(conn, "begin")?,
        Conn::Postgres(_) => {
            execute!(&mut *conn, "begin isolation level repeatable read")?;
            execute!(&mut *conn, "set local statement_timeout = 0")?;
            execute!(conn, "set local idle_in_transaction_session_timeout = 0")?
        }
    };
    Ok(())
}

/// Lets rows come in any order: what refers to what is looked at in the end.
async fn defer(conn: &mut Conn) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(_) => execute!(conn, "pragma defer_foreign_keys = on").map(drop),
        Conn::Postgres(_) => {
            catalogue::alter_references(conn, "deferrable initially deferred").await?;
            execute!(conn, "set constraints all deferred").map(drop)
        }
    }
}

/// Looks at what refers to what, and from then on at once again.
async fn settle(conn: &mut Conn) -> Result<(), Error> {
    if let Conn::Sqlite(_) = conn {
        // By the end of the transaction.
        return Ok(());
    }
    execute!(&mut *conn, "set constraints all immediate")?;
    catalogue::alter_references(conn, "not deferrable").await
}

async fn carry(source: &mut Conn, target: &mut Conn, table: &Table, twin: &Table) -> Result<u64, Error> {
    // Of what the schema brings along.
    let (there,) = fetch!(fetch_one, (i64,), &mut *target, AssertSqlSafe(table.count()))?;
    if there > 0 {
        execute!(&mut *target, AssertSqlSafe(table.clear()))?;
    }
    let write = twin.write();
    let (mut rows, mut reading) = (0, Reading::begin(source, table).await?);
    loop {
        let batch = reading.next(source).await?;
        if batch.is_empty() {
            return reading.end(source).await.map(|()| rows);
        }
        rows += execute!(&mut *target, AssertSqlSafe(write.as_str()), format!("[{}]", batch.join(",")))?;
    }
}

/// Reads a table piece by piece, as each engine does that without beginning anew for each.
struct Reading {
    sql: String,
    /// The last row of SQLite's that was read.
    after: i64,
}

impl Reading {
    async fn begin(source: &mut Conn, table: &Table) -> Result<Self, Error> {
        let sql = match source {
            Conn::Sqlite(_) => table.read("rowid", "where rowid > $1 order by rowid limit $2"),
            Conn::Postgres(_) => {
                let declare = format!("declare carried no scroll cursor for {}", table.read("0::bigint", ""));
                execute!(source, AssertSqlSafe(declare))?;
                format!("fetch {BATCH} from carried")
            }
        };
        Ok(Self { sql, after: i64::MIN })
    }

    async fn next(&mut self, source: &mut Conn) -> Result<Vec<String>, Error> {
        let sql = AssertSqlSafe(self.sql.as_str());
        let rows: Vec<(i64, String)> = match source {
            Conn::Sqlite(conn) => {
                sqlx::query_as(sql).bind(self.after).bind(BATCH).fetch_all(&mut **conn).await?
            }
            Conn::Postgres(conn) => sqlx::query_as(sql).fetch_all(&mut **conn).await?,
        };
        self.after = rows.last().map_or(self.after, |(row, _)| *row);
        Ok(rows.into_iter().map(|(_, text)| text).collect())
    }

    async fn end(self, source: &mut Conn) -> Result<(), Error> {
        if let Conn::Postgres(_) = source {
            execute!(source, "close carried")?;
        }
        Ok(())
    }
}
