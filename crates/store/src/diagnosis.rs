//! A look at a database from outside of a running server, which changes nothing.

use crate::Error;
use crate::audit;
use crate::db::{Address, Conn, POSTGRES, Pool, SQLITE};
use crate::query::fetch;
use std::collections::BTreeSet;
use towpath_domain::times::Time;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// `SQLite` or `Postgres`, with its version.
    pub engine: String,
    /// How many migrations the next start would run.
    pub pending: usize,
    /// A migration that this program does not know, as a newer one has run it.
    pub newer: Option<i64>,
    /// What SQLite found wrong with its file.
    pub damage: Option<String>,
    /// When the newest event happened, by the clock of the server that wrote it.
    pub newest: Option<Time>,
    /// What the clock of the database's own machine shows; SQLite has none of its own.
    pub clock: Option<Time>,
    /// The public key by which the audit log is signed now.
    pub signed_by: Option<String>,
}

impl Diagnosis {
    /// Looks at `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// When it is out of reach, or no database of Towpath.
    pub async fn make(url: &str) -> Result<Self, Error> {
        let pool = Address::parse(url)?.readers().await?;
        let found = look(&pool).await;
        pool.close().await;
        found
    }
}

async fn look(pool: &Pool) -> Result<Diagnosis, Error> {
    let mut conn = pool.acquire().await?;
    let (engine, known) = match &mut conn {
        Conn::Sqlite(_) => ("SQLite", &SQLITE),
        Conn::Postgres(_) => ("Postgres", &POSTGRES),
    };
    let known: BTreeSet<i64> = known.iter().map(|migration| migration.version).collect();
    let applied = applied(&mut conn).await?;
    let current = applied.is_superset(&known);
    let (version, clock, damage) = of_engine(&mut conn).await?;
    Ok(Diagnosis {
        engine: format!("{engine} {version}"),
        pending: known.difference(&applied).count(),
        newer: applied.difference(&known).max().copied(),
        damage,
        // Of an older schema only what never changes is asked.
        newest: if current { newest(&mut conn).await? } else { None },
        signed_by: if current { audit::keys(&mut conn).await?.pop().map(|key| key.public) } else { None },
        clock,
    })
}

/// The migrations that were run, by their numbers; none in a database that was just made.
pub(crate) async fn applied(conn: &mut Conn) -> Result<BTreeSet<i64>, Error> {
    let table = match conn {
        Conn::Sqlite(_) => "select count(*) from sqlite_master where name = '_sqlx_migrations'",
        Conn::Postgres(_) => "select count(*) from pg_tables where tablename = '_sqlx_migrations'",
    };
    let (there,) = fetch!(fetch_one, (i64,), &mut *conn, table)?;
    if there == 0 {
        return Ok(BTreeSet::new());
    }
    let rows = fetch!(fetch_all, (i64,), conn, "select version from _sqlx_migrations where success")?;
    Ok(rows.into_iter().map(|(version,)| version).collect())
}

async fn newest(conn: &mut Conn) -> Result<Option<Time>, Error> {
    let row = fetch!(fetch_optional, (i64,), conn, "select at from events order by seq desc limit 1")?;
    Ok(row.map(|(at,)| Time::from_micros(at)))
}

/// What each engine tells in words of its own: its version, its clock, and what is wrong with its file.
async fn of_engine(conn: &mut Conn) -> Result<(String, Option<Time>, Option<String>), Error> {
    match conn {
        Conn::Sqlite(conn) => {
            let (version,): (String,) =
                sqlx::query_as("select sqlite_version()").fetch_one(&mut **conn).await?;
            let (said,): (String,) = sqlx::query_as("pragma quick_check(1)").fetch_one(&mut **conn).await?;
            Ok((version, None, (said != "ok").then_some(said)))
        }
        Conn::Postgres(conn) => {
            let text = "select current_setting('server_version'), (extract(epoch from clock_timestamp()) * 1000000)::bigint";
            let (version, now): (String, i64) = sqlx::query_as(text).fetch_one(&mut **conn).await?;
            Ok((version, Some(Time::from_micros(now)), None))
        }
    }
}
