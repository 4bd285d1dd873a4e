//! What can go wrong below the use cases.

/// A failure of the database, or rows that make no sense.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error(
        "the database was written by a newer Towpath (migration {0}); start that version, or restore a backup"
    )]
    Newer(i64),
    #[error("the database address {0:?} is not understood; use sqlite:PATH or postgres://…")]
    Address(String),
    /// What is to be copied has an older schema than this program.
    #[error("the database is older than this Towpath; start the server once, which brings it up to date")]
    Outdated,
    /// What is to be copied to is no empty database.
    #[error("there is an installation in the database already; name an empty one")]
    Occupied,
    /// A row that fits no state: reported, never coerced.
    #[error("inconsistent row in {table}: {what}")]
    Inconsistent { table: &'static str, what: String },
    /// The write may or may not have happened: its connection broke before the answer came.
    #[error("the database connection broke during a write")]
    Lost,
    #[error("the row was changed in the meantime")]
    Changed,
}

impl Error {
    /// Whether a uniqueness rule of the schema refused the write.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    #[expect(clippy::needless_pass_by_value, reason = "calls read better without a borrow")]
    pub(crate) fn inconsistent(table: &'static str, what: impl ToString) -> Self {
        Self::Inconsistent { table, what: what.to_string() }
    }
}
