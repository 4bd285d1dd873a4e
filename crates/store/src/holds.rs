//! Holds and builds that are marked bad. Those that are over stay for the record.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::digests::Digest;
use towpath_domain::holds::{Hold, HoldAddress, HoldOn, Listed, Phase, Released};
use towpath_domain::ids::{HoldId, IntegrationId, PersonId, ProjectId};
use towpath_domain::times::Time;
use towpath_domain::words::Reason;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: HoldId,
    number: i64,
    #[sqlx(json)]
    subject: HoldOn,
    #[sqlx(try_from = "String")]
    address: HoldAddress,
    #[sqlx(try_from = "String")]
    reason: Reason,
    #[sqlx(try_from = "i64")]
    from_at: Time,
    until_at: Option<i64>,
    rollbacks: bool,
    #[sqlx(try_from = "Uuid")]
    made_by: PersonId,
    #[sqlx(try_from = "i64")]
    made_at: Time,
    released_by: Option<Uuid>,
    released_at: Option<i64>,
    release_reason: Option<String>,
}

impl TryFrom<Row> for Hold {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let reason = row.release_reason.as_deref().map(Reason::parse).transpose();
        let reason = reason.map_err(|error| Error::inconsistent("holds", error))?;
        let released = row.released_by.zip(row.released_at);
        Ok(Self {
            id: row.id,
            number: row.number,
            on: row.subject,
            address: row.address,
            reason: row.reason,
            from: row.from_at,
            until: row.until_at.map(Time::from_micros),
            rollbacks: row.rollbacks,
            made_by: row.made_by,
            made_at: row.made_at,
            released: released.map(|(by, at)| Released { by: by.into(), at: at.into(), reason }),
        })
    }
}

/// The columns of [`Row`]; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, number, subject, address, reason, from_at, until_at, rollbacks, made_by, made_at,
                    released_by, released_at, release_reason
             from holds ",
            $condition
        )
    };
}

fn read(rows: Vec<Row>) -> Result<Vec<Hold>, Error> {
    rows.into_iter().map(Hold::try_from).collect()
}

/// The number of the next hold. Writes come one after the other, so it is not given twice.
pub async fn next_number(tx: &mut Tx) -> Result<i64, Error> {
    let (number,) = fetch!(fetch_one, (i64,), tx.conn(), "select coalesce(max(number), 0) + 1 from holds")?;
    Ok(number)
}

pub async fn insert(tx: &mut Tx, hold: &Hold) -> Result<(), Error> {
    let digest = match &hold.on {
        HoldOn::Build { digest, .. } => Some(digest.to_string()),
        _ => None,
    };
    execute!(
        tx.conn(),
        "insert into holds (id, number, subject, address, digest, reason, from_at, until_at, ends_at, rollbacks,
                            made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        hold.id.uuid(),
        hold.number,
        Json(&hold.on),
        hold.address.to_string(),
        digest.as_deref(),
        hold.reason.as_str(),
        hold.from.micros(),
        hold.until.map(Time::micros),
        hold.until.map_or(i64::MAX, Time::micros),
        hold.rollbacks,
        hold.made_by.uuid(),
        hold.made_at.micros(),
    )
    .map(drop)
}

/// Keeps a release; false where the hold had ended before.
pub async fn release(tx: &mut Tx, id: HoldId, released: &Released) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update holds set released_by = $2, released_at = $3, ends_at = $3, release_reason = $4
         where id = $1 and released_at is null and ends_at > $3",
        id.uuid(),
        released.by.uuid(),
        released.at.micros(),
        released.reason.as_ref().map(Reason::as_str),
    )?;
    Ok(rows == 1)
}

pub async fn find(conn: &mut Conn, number: i64) -> Result<Option<Hold>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where number = $1"), number)?;
    row.map(Hold::try_from).transpose()
}

/// The holds on places that have not ended by now: in force, or still to begin. The oldest first.
pub async fn standing(conn: &mut Conn, now: Time) -> Result<Vec<Hold>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!("where digest is null and ends_at > $1 order by number"),
        now.micros()
    )?;
    read(rows)
}

/// The marks on builds of these digests that have not ended by now. The oldest first.
pub async fn marks(conn: &mut Conn, digests: &[&Digest], now: Time) -> Result<Vec<Hold>, Error> {
    let digests: Vec<String> = digests.iter().map(ToString::to_string).collect();
    let digests: Vec<&str> = digests.iter().map(String::as_str).collect();
    let rows = fetch_in!(Row, conn, select!("where digest in ("), digests, ") order by number")?;
    let marks = read(rows)?.into_iter();
    Ok(marks.filter(|mark| !matches!(mark.phase(now), Phase::Over | Phase::Released)).collect())
}

/// Holds with a number below `before`, the newest first.
pub async fn list(
    conn: &mut Conn,
    listed: Listed,
    now: Time,
    before: i64,
    limit: i64,
) -> Result<Vec<Hold>, Error> {
    let standing = listed == Listed::Standing;
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!("where (ends_at > $1) = $2 and number < $3 order by number desc limit $4"),
        now.micros(),
        standing,
        before,
        limit
    )?;
    read(rows)
}

/// The integrations, each with its project, that have a build of one of these digests.
pub async fn integrations_with(
    conn: &mut Conn,
    digests: &[&Digest],
) -> Result<Vec<(Digest, ProjectId, IntegrationId)>, Error> {
    let digests: Vec<String> = digests.iter().map(ToString::to_string).collect();
    let digests: Vec<&str> = digests.iter().map(String::as_str).collect();
    let rows = fetch_in!(
        (String, Uuid, Uuid),
        conn,
        "select distinct b.digest, i.project, i.id from builds b join integrations i on i.id = b.integration
         where b.digest in (",
        digests,
        ")"
    )?;
    rows.into_iter()
        .map(|(digest, project, integration): (String, Uuid, Uuid)| {
            let digest = Digest::parse(&digest).map_err(|error| Error::inconsistent("builds", error))?;
            Ok((digest, project.into(), integration.into()))
        })
        .collect()
}

/// The holds that somebody placed and that end by themselves between two times, the first first.
pub async fn ending(
    conn: &mut Conn,
    by: PersonId,
    (from, to): (Time, Time),
    limit: i64,
) -> Result<Vec<Hold>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "where made_by = $1 and released_at is null and ends_at > $2 and ends_at <= $3 order by ends_at limit $4"
        ),
        by.uuid(),
        from.micros(),
        to.micros(),
        limit
    )?;
    read(rows)
}
