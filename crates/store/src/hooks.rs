//! Hooks of integrations, and what came to them.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::hooks::{Hook, HookDelivery, Source, Verdict};
use towpath_domain::ids::{HookDeliveryId, HookId, IntegrationId, ProjectId, TokenId};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

/// A hook with what is not shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub hook: Hook,
    pub project: ProjectId,
    pub integration: IntegrationId,
    /// Sealed.
    pub secret: Vec<u8>,
    /// The sealed secret before it, and until when that counts, too.
    pub former: Option<(Vec<u8>, Time)>,
    /// In whose name it acts.
    pub token: TokenId,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: HookId,
    #[sqlx(try_from = "Uuid")]
    project: ProjectId,
    #[sqlx(try_from = "String")]
    project_slug: Slug,
    #[sqlx(try_from = "Uuid")]
    integration: IntegrationId,
    #[sqlx(try_from = "String")]
    integration_slug: Slug,
    #[sqlx(try_from = "String")]
    title: Title,
    source: String,
    secret: Vec<u8>,
    former: Option<Vec<u8>>,
    former_until: Option<i64>,
    #[sqlx(try_from = "Uuid")]
    token: TokenId,
    #[sqlx(try_from = "i64")]
    created_at: Time,
}

impl TryFrom<Row> for Stored {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let former_until = row.former_until.map(Time::from_micros);
        let source = Source::parse(&row.source);
        Ok(Self {
            hook: Hook {
                id: row.id,
                project: row.project_slug,
                integration: row.integration_slug,
                title: row.title,
                source: source.ok_or_else(|| Error::inconsistent("hooks", row.source))?,
                created_at: row.created_at,
                former_until,
            },
            project: row.project,
            integration: row.integration,
            secret: row.secret,
            former: row.former.zip(former_until),
            token: row.token,
        })
    }
}

/// The columns of [`Row`]; each query adds its own condition. What was deleted with its integration is not there.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select h.id, i.project, p.slug as project_slug, h.integration, i.slug as integration_slug, h.title, h.source,
                    h.secret, h.former, h.former_until, h.token, h.created_at
             from hooks h join integrations i on i.id = h.integration join projects p on p.id = i.project
             where i.deleted_at is null and ",
            $condition
        )
    };
}

pub async fn find(conn: &mut Conn, id: HookId) -> Result<Option<Stored>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("h.id = $1"), id.uuid())?;
    row.map(Stored::try_from).transpose()
}

/// Those of an integration, the newest first.
pub async fn list(conn: &mut Conn, integration: IntegrationId) -> Result<Vec<Stored>, Error> {
    let sql = select!("h.integration = $1 order by h.id desc");
    let rows = fetch!(fetch_all, Row, conn, sql, integration.uuid())?;
    rows.into_iter().map(Stored::try_from).collect()
}

pub async fn insert(tx: &mut Tx, new: &Stored) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into hooks (id, integration, title, source, secret, token, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        new.hook.id.uuid(),
        new.integration.uuid(),
        new.hook.title.as_str(),
        new.hook.source.name(),
        new.secret.as_slice(),
        new.token.uuid(),
        new.hook.created_at.micros(),
    )
    .map(drop)
}

/// Puts another secret in force; the one before counts, too, until a time.
pub async fn rotate(tx: &mut Tx, id: HookId, secret: &[u8], until: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update hooks set former = secret, former_until = $3, secret = $2 where id = $1",
        id.uuid(),
        secret,
        until.micros()
    )
    .map(drop)
}

/// Takes it away with what came to it; false where it was gone.
pub async fn delete(tx: &mut Tx, id: HookId) -> Result<bool, Error> {
    execute!(tx.conn(), "delete from hook_deliveries where hook = $1", id.uuid())?;
    Ok(execute!(tx.conn(), "delete from hooks where id = $1", id.uuid())? == 1)
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    #[sqlx(try_from = "Uuid")]
    id: HookDeliveryId,
    #[sqlx(try_from = "Uuid")]
    hook: HookId,
    sent_as: String,
    #[sqlx(try_from = "i64")]
    received_at: Time,
    verdict: String,
    detail: String,
    #[sqlx(json)]
    headers: Vec<(String, String)>,
    body: String,
    replayed_at: Option<i64>,
}

impl TryFrom<DeliveryRow> for (HookId, HookDelivery) {
    type Error = Error;

    fn try_from(row: DeliveryRow) -> Result<Self, Error> {
        let verdict = Verdict::parse(&row.verdict);
        let delivery = HookDelivery {
            id: row.id,
            sent_as: row.sent_as,
            received_at: row.received_at,
            verdict: verdict.ok_or_else(|| Error::inconsistent("hook_deliveries", row.verdict))?,
            detail: row.detail,
            headers: row.headers,
            body: row.body,
            replayed_at: row.replayed_at.map(Time::from_micros),
        };
        Ok((row.hook, delivery))
    }
}

macro_rules! select_deliveries {
    ($condition:literal) => {
        concat!(
            "select id, hook, sent_as, received_at, verdict, detail, headers, body, replayed_at from hook_deliveries ",
            $condition
        )
    };
}

/// What came under an id of its sender.
pub async fn find_sent(conn: &mut Conn, hook: HookId, sent_as: &str) -> Result<Option<HookDelivery>, Error> {
    let sql = select_deliveries!("where hook = $1 and sent_as = $2");
    let row = fetch!(fetch_optional, DeliveryRow, conn, sql, hook.uuid(), sent_as)?;
    row.map(|row| row.try_into().map(|(_, delivery): (HookId, _)| delivery)).transpose()
}

/// What came, by our id, with the hook that it came to.
pub async fn find_delivery(
    conn: &mut Conn,
    id: HookDeliveryId,
) -> Result<Option<(HookId, HookDelivery)>, Error> {
    let row = fetch!(fetch_optional, DeliveryRow, conn, select_deliveries!("where id = $1"), id.uuid())?;
    row.map(TryInto::try_into).transpose()
}

/// A page of what came to a hook, the newest first.
pub async fn deliveries(
    conn: &mut Conn,
    hook: HookId,
    before: Option<HookDeliveryId>,
    limit: i64,
) -> Result<Vec<HookDelivery>, Error> {
    let before = before.map_or(Uuid::max(), HookDeliveryId::uuid);
    let sql = select_deliveries!("where hook = $1 and id < $2 order by id desc limit $3");
    let rows = fetch!(fetch_all, DeliveryRow, conn, sql, hook.uuid(), before, limit)?;
    rows.into_iter().map(|row| row.try_into().map(|(_, delivery): (HookId, _)| delivery)).collect()
}

/// Keeps what came; false where something came under its sender's id before.
pub async fn insert_delivery(tx: &mut Tx, hook: HookId, delivery: &HookDelivery) -> Result<bool, Error> {
    let inserted = execute!(
        tx.conn(),
        "insert into hook_deliveries (id, hook, sent_as, received_at, verdict, detail, headers, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (hook, sent_as) do nothing",
        delivery.id.uuid(),
        hook.uuid(),
        delivery.sent_as.as_str(),
        delivery.received_at.micros(),
        delivery.verdict.name(),
        delivery.detail.as_str(),
        Json(&delivery.headers),
        delivery.body.as_str(),
    )?;
    Ok(inserted == 1)
}

/// Takes up again what was left unfinished; false where someone else has taken it up since a time.
pub async fn resume_delivery(
    tx: &mut Tx,
    id: HookDeliveryId,
    untouched_since: Time,
    now: Time,
) -> Result<bool, Error> {
    let resumed = execute!(
        tx.conn(),
        "update hook_deliveries set replayed_at = $3
         where id = $1 and verdict = 'unfinished' and coalesce(replayed_at, received_at) <= $2",
        id.uuid(),
        untouched_since.micros(),
        now.micros()
    )?;
    Ok(resumed == 1)
}

/// Keeps what became of a delivery by now.
pub async fn judge(
    tx: &mut Tx,
    id: HookDeliveryId,
    verdict: Verdict,
    detail: &str,
    replayed_at: Option<Time>,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update hook_deliveries set verdict = $2, detail = $3, replayed_at = coalesce($4, replayed_at) where id = $1",
        id.uuid(),
        verdict.name(),
        detail,
        replayed_at.map(Time::micros)
    )
    .map(drop)
}

/// Forgets what came before a time.
pub async fn sweep(tx: &mut Tx, before: Time) -> Result<u64, Error> {
    execute!(tx.conn(), "delete from hook_deliveries where received_at < $1", before.micros())
}
