//! When what waits is looked at again.

use super::rows::{Row, with_decisions};
use super::select;
use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::buckets::BucketKey;
use towpath_domain::holds::HoldOn;
use towpath_domain::ids::{BuildId, IntegrationId, PromotionId};
use towpath_domain::promotions::Promotion;
use towpath_domain::times::Time;

/// Up to `limit` promotions that are to be looked at again by now, the longest due first. Nothing in an archived project
/// changes, so its own stay until it is restored.
pub async fn due(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<Promotion>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "join projects o on o.id = m.project
             where m.due_at <= $1 and o.archived_at is null
               and not exists (select 1 from environments e join projects a on a.id = e.project
                               where e.id = m.pin_environment and a.archived_at is not null)
             order by m.due_at, m.id limit $2"
        ),
        now.micros(),
        limit
    )?;
    with_decisions(conn, rows).await
}

/// Looks at a waiting promotion later, since it could not be looked at now.
pub async fn postpone(tx: &mut Tx, id: PromotionId, until: Time) -> Result<(), Error> {
    let sql = "update promotions set due_at = $2 where id = $1 and state = 'waiting'";
    execute!(tx.conn(), sql, id.uuid(), until.micros()).map(drop)
}

/// Looks again at what waits for a bucket, such as when it is open again.
pub async fn look_soon(
    tx: &mut Tx,
    integration: IntegrationId,
    to: BucketKey,
    now: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update promotions set due_at = $4
         where state = 'waiting' and integration = $1 and to_kind = $2 and to_key = $3
           and (due_at is null or due_at > $4)",
        integration.uuid(),
        to.kind().name(),
        to.id(),
        now.micros()
    )
    .map(drop)
}

/// Looks again at what wants to leave a bucket, such as when its build is reported to run there.
pub async fn look_soon_from(
    tx: &mut Tx,
    integration: IntegrationId,
    from: BucketKey,
    now: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update promotions set due_at = $4
         where state = 'waiting' and integration = $1 and from_kind = $2 and from_key = $3
           and (due_at is null or due_at > $4)",
        integration.uuid(),
        from.kind().name(),
        from.id(),
        now.micros()
    )
    .map(drop)
}

/// Looks again at what waits of a build, such as when a check was reported on it.
pub async fn look_soon_of(tx: &mut Tx, build: BuildId, now: Time) -> Result<(), Error> {
    let sql = "update promotions set due_at = $2
               where state = 'waiting' and build = $1 and (due_at is null or due_at > $2)";
    execute!(tx.conn(), sql, build.uuid(), now.micros()).map(drop)
}

/// Looks again at what waits for a place, or of a build, that is held from a moment on or no more; at what is due earlier,
/// then.
pub async fn look_soon_at(tx: &mut Tx, on: &HoldOn, now: Time) -> Result<(), Error> {
    macro_rules! due {
        ($condition:literal $(, $bind:expr)*) => {
            execute!(
                tx.conn(),
                concat!(
                    "update promotions set due_at = $1
                     where state = 'waiting' and (due_at is null or due_at > $1)",
                    $condition
                ),
                now.micros() $(, $bind)*
            )
        };
    }
    match on {
        HoldOn::Installation => due!(""),
        HoldOn::Project { project } => due!(" and project = $2", project.uuid()),
        HoldOn::Stream { stream } => due!(
            " and (to_key = $2 or to_key in (select id from environments where stream = $2))",
            stream.uuid()
        ),
        HoldOn::Environment { project, environment, stream } => due!(
            " and (to_key = $2 or (to_key = $3 and project = $4))",
            environment.uuid(),
            stream.uuid(),
            project.uuid()
        ),
        HoldOn::Bucket { integration, bucket, .. } => {
            return look_soon(tx, *integration, *bucket, now).await;
        }
        HoldOn::Build { digest, .. } => {
            due!(" and build in (select id from builds where digest = $2)", digest.to_string())
        }
    }
    .map(drop)
}
