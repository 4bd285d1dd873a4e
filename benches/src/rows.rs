//! Writing many rows at once, past the service: a long history by its doors would take days.
//!
//! The only SQL outside `store`. What it writes is what the service would have written.

use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::str::FromStr;
use uuid::Uuid;

/// One connection, inside one transaction.
pub enum Rows {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// How many rows one statement holds: below the number of parameters that the engines take.
pub const CHUNK: usize = 500;

/// `insert!(rows, "insert into t (a, b) ", values, |value| [value.a, value.b])`
macro_rules! insert {
    ($rows:expr, $into:literal, $values:expr, |$value:ident| [$($bind:expr),+ $(,)?]) => {{
        macro_rules! on {
            ($engine:ty, $conn:expr) => {
                for chunk in $values.chunks($crate::rows::CHUNK) {
                    let mut query = sqlx::QueryBuilder::<$engine>::new($into);
                    query.push_values(chunk, |mut row, $value| {
                        $(row.push_bind($bind);)+
                    });
                    query.build().execute(&mut *$conn).await?;
                }
            };
        }
        match $rows {
            $crate::rows::Rows::Sqlite(conn) => on!(sqlx::Sqlite, conn),
            $crate::rows::Rows::Postgres(conn) => on!(sqlx::Postgres, conn),
        }
    }};
}

/// `execute!(rows, "update …", binds…)`
macro_rules! execute {
    ($rows:expr, $sql:expr $(, $bind:expr)*) => {
        match $rows {
            $crate::rows::Rows::Sqlite(conn) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut *conn).await.map(drop)
            }
            $crate::rows::Rows::Postgres(conn) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut *conn).await.map(drop)
            }
        }
    };
}

/// `fetch!(rows, Row, "select …")`
macro_rules! fetch {
    ($rows:expr, $row:ty, $sql:expr) => {
        match $rows {
            $crate::rows::Rows::Sqlite(conn) => sqlx::query_as::<_, $row>($sql).fetch_all(&mut *conn).await,
            $crate::rows::Rows::Postgres(conn) => sqlx::query_as::<_, $row>($sql).fetch_all(&mut *conn).await,
        }
    };
}

pub(crate) use {execute, fetch, insert};

impl Rows {
    pub async fn open(address: &str) -> Result<Self> {
        let mut rows = if address.starts_with("postgres") {
            Self::Postgres(PgConnection::connect(address).await?)
        } else {
            // Nobody else is there, and what is lost in a crash is written anew.
            let options = SqliteConnectOptions::from_str(address)?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Off)
                .pragma("cache_size", "-1000000");
            Self::Sqlite(SqliteConnection::connect_with(&options).await?)
        };
        execute!(&mut rows, "begin")?;
        Ok(rows)
    }

    /// Commits, and lets the engine look at what it has, as it does by itself in time.
    pub async fn close(mut self) -> Result<()> {
        execute!(&mut self, "commit")?;
        execute!(&mut self, "analyze")?;
        if let Self::Sqlite(conn) = &mut self {
            sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut *conn).await?;
        }
        match self {
            Self::Sqlite(conn) => conn.close().await?,
            Self::Postgres(conn) => conn.close().await?,
        }
        Ok(())
    }
}

/// An integration with its project and its environments.
#[derive(Debug, Clone)]
pub struct Place {
    pub project: (Uuid, String),
    pub integration: (Uuid, String),
    pub workflow: Uuid,
    pub environments: Vec<(Uuid, String)>,
}

impl Rows {
    /// Every integration that there is.
    pub async fn places(&mut self) -> Result<Vec<Place>> {
        let integrations = fetch!(
            &mut *self,
            (Uuid, String, Uuid, String, Uuid),
            "select i.id, i.slug, p.id, p.slug, w.id from integrations i join projects p on p.id = i.project
             join workflows w on w.project = p.id and w.is_default order by i.id"
        )?;
        let environments = fetch!(
            &mut *self,
            (Uuid, Uuid, String),
            "select project, id, slug from environments order by project, position"
        )?;
        let place = |(id, slug, project, project_slug, workflow)| Place {
            project: (project, project_slug),
            integration: (id, slug),
            workflow,
            environments: environments
                .iter()
                .filter(|(of, ..)| *of == project)
                .map(|(_, id, slug)| (*id, slug.clone()))
                .collect(),
        };
        Ok(integrations.into_iter().map(place).collect())
    }
}
