//! What is under way elsewhere: one row for each promotion that waits for it.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::PromotionId;
use towpath_domain::outside_steps::Progress;
use towpath_domain::times::Time;
use uuid::Uuid;

/// Something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub promotion: PromotionId,
    pub tries: i64,
}

/// Begins what a promotion does elsewhere; the same again changes nothing.
pub async fn begin(tx: &mut Tx, promotion: PromotionId, now: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into outside_work (promotion, due_at) values ($1, $2) on conflict (promotion) do nothing",
        promotion.uuid(),
        now.micros()
    )
    .map(drop)
}

/// Ends it, as done or as needed no more.
pub async fn end(tx: &mut Tx, promotion: PromotionId) -> Result<(), Error> {
    execute!(tx.conn(), "delete from outside_work where promotion = $1", promotion.uuid()).map(drop)
}

/// What is due and no server has, the longest due first. Nothing in an archived project is done.
pub async fn due(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<Due>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, i64),
        conn,
        "select w.promotion, w.tries from outside_work w join promotions m on m.id = w.promotion
         join projects p on p.id = m.project
         where w.due_at <= $1 and w.leased_until <= $1 and p.archived_at is null
         order by w.due_at, w.promotion limit $2",
        now.micros(),
        limit
    )?;
    Ok(rows.into_iter().map(|(promotion, tries)| Due { promotion: promotion.into(), tries }).collect())
}

/// Takes it for one server; false where another has it, or it is over.
pub async fn claim(tx: &mut Tx, promotion: PromotionId, now: Time, until: Time) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update outside_work set leased_until = $3 where promotion = $1 and leased_until <= $2 and due_at <= $2",
        promotion.uuid(),
        now.micros(),
        until.micros()
    )?;
    Ok(rows == 1)
}

/// Keeps it for longer, and how far it is; false where it is over.
pub async fn renew(
    tx: &mut Tx,
    promotion: PromotionId,
    until: Time,
    (sent, total): (i64, i64),
) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update outside_work set leased_until = $2, sent = $3, total = $4 where promotion = $1",
        promotion.uuid(),
        until.micros(),
        sent,
        total
    )?;
    Ok(rows == 1)
}

/// Gives it back, to be taken again at once.
pub async fn keep(tx: &mut Tx, promotion: PromotionId) -> Result<(), Error> {
    let sql = "update outside_work set leased_until = 0 where promotion = $1";
    execute!(tx.conn(), sql, promotion.uuid()).map(drop)
}

/// Gives it back after a try that failed, to be tried again later.
pub async fn fail(tx: &mut Tx, promotion: PromotionId, trouble: &str, due_at: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update outside_work set leased_until = 0, tries = tries + 1, trouble = $2, due_at = $3 where promotion = $1",
        promotion.uuid(),
        trouble,
        due_at.micros()
    )
    .map(drop)
}

/// How far it is; absent where nothing is under way.
pub async fn progress(conn: &mut Conn, promotion: PromotionId) -> Result<Option<Progress>, Error> {
    let row = fetch!(
        fetch_optional,
        (i64, Option<String>, i64, i64, i64),
        conn,
        "select tries, trouble, due_at, sent, total from outside_work where promotion = $1",
        promotion.uuid()
    )?;
    Ok(row.map(|(tries, trouble, due_at, sent, all)| Progress {
        words: None,
        tries,
        trouble,
        due_at: due_at.into(),
        sent,
        all,
    }))
}
