//! Events on their way to subscriptions, one after the other for each.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::{DeliveryId, SubscriptionId};
use towpath_domain::subscriptions::{Attempt, Delivery, DeliveryState};
use towpath_domain::times::Time;
use uuid::Uuid;

/// The consumer's name among the cursors of the audit log.
const CONSUMER: &str = "subscriptions";

/// What is sent next to a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub id: DeliveryId,
    pub seq: i64,
    pub attempts: i64,
    pub due_at: Time,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: DeliveryId,
    #[sqlx(try_from = "Uuid")]
    subscription: SubscriptionId,
    seq: Option<i64>,
    kind: String,
    #[sqlx(try_from = "i64")]
    made_at: Time,
    state: String,
    attempts: i64,
    #[sqlx(try_from = "i64")]
    due_at: Time,
    sent_at: Option<i64>,
    took: Option<i64>,
    request: Option<String>,
    status: Option<i64>,
    answer: Option<String>,
    error: Option<String>,
}

impl TryFrom<Row> for (SubscriptionId, Delivery) {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let wrong = |what: String| Error::inconsistent("deliveries", what);
        let status = row.status.map(u16::try_from).transpose().map_err(|error| wrong(error.to_string()))?;
        let attempt = |at| Attempt {
            at: Time::from_micros(at),
            took: row.took.unwrap_or_default(),
            request: row.request.unwrap_or_default(),
            status,
            answer: row.answer.unwrap_or_default(),
            error: row.error,
        };
        let state = DeliveryState::parse(&row.state).ok_or_else(|| wrong(row.state))?;
        let delivery = Delivery {
            id: row.id,
            seq: row.seq,
            kind: row.kind,
            made_at: row.made_at,
            state,
            attempts: row.attempts,
            due_at: row.due_at,
            last: row.sent_at.map(attempt),
        };
        Ok((row.subscription, delivery))
    }
}

/// The number of the last event that was looked at.
pub async fn cursor(conn: &mut Conn) -> Result<i64, Error> {
    let sql = "select seq from event_cursors where consumer = $1";
    fetch!(fetch_one, (i64,), conn, sql, CONSUMER).map(|(seq,)| seq)
}

pub async fn advance(tx: &mut Tx, seq: i64) -> Result<(), Error> {
    execute!(tx.conn(), "update event_cursors set seq = $2 where consumer = $1", CONSUMER, seq).map(drop)
}

/// Puts an event in the queue of a subscription; the same again changes nothing.
pub async fn queue(
    tx: &mut Tx,
    id: DeliveryId,
    subscription: SubscriptionId,
    (seq, kind): (i64, &str),
    now: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into deliveries (id, subscription, seq, kind, made_at, state, attempts, due_at)
         values ($1, $2, $3, $4, $5, 'waiting', 0, $5) on conflict (subscription, seq) do nothing",
        id.uuid(),
        subscription.uuid(),
        seq,
        kind,
        now.micros()
    )
    .map(drop)
}

/// The subscriptions whose first waiting event is due, and to which no server sends.
pub async fn due(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<SubscriptionId>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid,),
        conn,
        "select s.id from subscriptions s where s.disabled_at is null and s.leased_until <= $1
           and (select d.due_at from deliveries d where d.subscription = s.id and d.state = 'waiting'
                order by d.id limit 1) <= $1
         order by s.leased_until, s.id limit $2",
        now.micros(),
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// What is to be sent next, due or not.
pub async fn head(conn: &mut Conn, subscription: SubscriptionId) -> Result<Option<Head>, Error> {
    let row = fetch!(
        fetch_optional,
        (Uuid, Option<i64>, i64, i64),
        conn,
        "select id, seq, attempts, due_at from deliveries where subscription = $1 and state = 'waiting'
         order by id limit 1",
        subscription.uuid()
    )?;
    let Some((id, seq, attempts, due_at)) = row else { return Ok(None) };
    let seq = seq.ok_or_else(|| Error::inconsistent("deliveries", format!("{id} waits without an event")))?;
    Ok(Some(Head { id: id.into(), seq, attempts, due_at: due_at.into() }))
}

/// Keeps the outcome of a try.
pub async fn record(
    tx: &mut Tx,
    id: DeliveryId,
    attempt: &Attempt,
    state: DeliveryState,
    due_at: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update deliveries set state = $2, attempts = attempts + 1, due_at = $3, sent_at = $4, took = $5, request = $6,
                               status = $7, answer = $8, error = $9
         where id = $1",
        id.uuid(),
        state.name(),
        due_at.micros(),
        attempt.at.micros(),
        attempt.took,
        attempt.request.as_str(),
        attempt.status.map(i64::from),
        attempt.answer.as_str(),
        attempt.error.as_deref(),
    )
    .map(drop)
}

/// Keeps a test, which waits for nothing.
pub async fn record_test(
    tx: &mut Tx,
    id: DeliveryId,
    subscription: SubscriptionId,
    kind: &str,
    now: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into deliveries (id, subscription, kind, made_at, state, attempts, due_at)
         values ($1, $2, $3, $4, 'failed', 0, $4)",
        id.uuid(),
        subscription.uuid(),
        kind,
        now.micros()
    )
    .map(drop)
}

/// A page of what was sent to a subscription, or waits, the newest first.
pub async fn deliveries(
    conn: &mut Conn,
    subscription: SubscriptionId,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, Error> {
    let before = before.map_or(Uuid::max(), DeliveryId::uuid);
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, subscription, seq, kind, made_at, state, attempts, due_at, sent_at, took, request, status, answer,
                error
         from deliveries where subscription = $1 and id < $2 order by id desc limit $3",
        subscription.uuid(),
        before,
        limit
    )?;
    rows.into_iter().map(|row| row.try_into().map(|(_, delivery): (SubscriptionId, _)| delivery)).collect()
}

/// A delivery, with the subscription that it is of.
pub async fn delivery(conn: &mut Conn, id: DeliveryId) -> Result<Option<(SubscriptionId, Delivery)>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, subscription, seq, kind, made_at, state, attempts, due_at, sent_at, took, request, status, answer,
                error
         from deliveries where id = $1",
        id.uuid()
    )?;
    row.map(TryInto::try_into).transpose()
}

/// Those of these subscriptions where what was tried last was not taken.
pub async fn failing(conn: &mut Conn, ids: &[SubscriptionId]) -> Result<Vec<SubscriptionId>, Error> {
    let rows = fetch_in!(
        (Uuid,),
        conn,
        "select s.id from subscriptions s
         where (select d.state from deliveries d where d.subscription = s.id and d.sent_at is not null
                order by d.id desc limit 1) <> 'delivered' and s.id in (",
        ids.iter().map(|id| id.uuid()).collect(),
        ") order by s.id"
    )?;
    Ok(rows.into_iter().map(|(id,): (Uuid,)| id.into()).collect())
}

/// How many events wait to be sent.
pub async fn waiting(conn: &mut Conn, subscription: SubscriptionId) -> Result<i64, Error> {
    let sql = "select count(*) from deliveries where subscription = $1 and state = 'waiting'";
    fetch!(fetch_one, (i64,), conn, sql, subscription.uuid()).map(|(count,)| count)
}

/// Forgets what was sent, or given up, before a time.
pub async fn sweep(tx: &mut Tx, before: Time) -> Result<u64, Error> {
    let sql = "delete from deliveries where made_at < $1 and state <> 'waiting'";
    execute!(tx.conn(), sql, before.micros())
}
