//! Proposals: changes that wait for a second person. Only steps are saved.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::ids::{PersonId, ProposalId};
use towpath_domain::proposals::{Proposal, State, Subject, Transition};
use towpath_domain::times::Time;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: ProposalId,
    number: i64,
    #[sqlx(json)]
    subject: Subject,
    #[sqlx(try_from = "Uuid")]
    proposed_by: PersonId,
    #[sqlx(try_from = "i64")]
    proposed_at: Time,
    #[sqlx(try_from = "i64")]
    expires_at: Time,
    #[sqlx(json)]
    state_data: State,
    version: i64,
}

impl From<Row> for Proposal {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            number: row.number,
            subject: row.subject,
            by: row.proposed_by,
            at: row.proposed_at,
            expires_at: row.expires_at,
            state: row.state_data,
            version: row.version,
        }
    }
}

/// The columns of [`Row`]; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, number, subject, proposed_by, proposed_at, expires_at, state_data, version from proposals ",
            $condition
        )
    };
}

/// The number of the next proposal. Writes come one after the other, so it is not given twice.
pub async fn next_number(tx: &mut Tx) -> Result<i64, Error> {
    let sql = "select coalesce(max(number), 0) + 1 from proposals";
    let (number,) = fetch!(fetch_one, (i64,), tx.conn(), sql)?;
    Ok(number)
}

/// Saves a step: the first adds the proposal, the others expect the version that they started from.
pub async fn save(tx: &mut Tx, step: &Transition) -> Result<(), Error> {
    let proposal = step.proposal();
    if proposal.version == 1 {
        return insert(tx, proposal).await;
    }
    let rows = execute!(
        tx.conn(),
        "update proposals set state = $2, state_data = $3, version = $4 where id = $1 and version = $5",
        proposal.id.uuid(),
        proposal.state.name(),
        Json(&proposal.state),
        proposal.version,
        proposal.version - 1,
    )?;
    if rows == 1 { Ok(()) } else { Err(Error::Changed) }
}

async fn insert(tx: &mut Tx, proposal: &Proposal) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into proposals (id, number, subject, proposed_by, proposed_at, expires_at, state, state_data, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        proposal.id.uuid(),
        proposal.number,
        Json(&proposal.subject),
        proposal.by.uuid(),
        proposal.at.micros(),
        proposal.expires_at.micros(),
        proposal.state.name(),
        Json(&proposal.state),
        proposal.version,
    )
    .map(drop)
}

pub async fn find(conn: &mut Conn, number: i64) -> Result<Option<Proposal>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where number = $1"), number)?;
    Ok(row.map(Proposal::from))
}

/// Those that wait, the oldest first.
pub async fn waiting(conn: &mut Conn) -> Result<Vec<Proposal>, Error> {
    let rows = fetch!(fetch_all, Row, conn, select!("where state = 'waiting' order by number"))?;
    Ok(rows.into_iter().map(Proposal::from).collect())
}

/// Up to `limit` that are over, the newest first.
pub async fn over(conn: &mut Conn, limit: i64) -> Result<Vec<Proposal>, Error> {
    let sql = select!("where state <> 'waiting' order by number desc limit $1");
    let rows = fetch!(fetch_all, Row, conn, sql, limit)?;
    Ok(rows.into_iter().map(Proposal::from).collect())
}
