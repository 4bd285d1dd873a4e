//! What was applied and rolled back in a project, for insights.

use crate::query::fetch;
use crate::{Conn, Error};
use towpath_domain::ids::{IntegrationId, ProjectId, uuid_v7};
use towpath_domain::insights::{Applied, Rollbacks};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: IntegrationId,
    #[sqlx(try_from = "String")]
    integration: Slug,
    #[sqlx(try_from = "String")]
    from_slug: Slug,
    #[sqlx(try_from = "String")]
    to_slug: Slug,
    #[sqlx(try_from = "i64")]
    received_at: Time,
    came_at: Option<i64>,
    #[sqlx(try_from = "i64")]
    requested_at: Time,
    #[sqlx(try_from = "i64")]
    ended_at: Time,
    decided: bool,
    emergency: bool,
}

/// The promotions of a project that were applied since a moment, the newest first, each with its integration.
pub async fn applied(
    conn: &mut Conn,
    project: ProjectId,
    since: Time,
    limit: i64,
) -> Result<Vec<(IntegrationId, Applied)>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select i.id, coalesce(i.deleted_slug, i.slug) as integration, m.from_slug, m.to_slug, b.received_at, m.requested_at, m.ended_at,
                (select max(p.at) from placements p join buckets k on k.id = p.bucket
                 where p.build = m.build and k.integration = m.integration and k.kind = m.from_kind
                   and k.key = m.from_key and p.at <= m.requested_at) as came_at,
                exists (select 1 from decisions d where d.promotion = m.id) as decided,
                m.emergency is not null as emergency
         from promotions m
         join integrations i on i.id = m.integration
         join builds b on b.id = m.build
         where m.project = $1 and m.state = 'applied' and m.pin is null and m.takes_back is null and m.ended_at >= $2
         order by m.ended_at desc limit $3",
        project.uuid(),
        since.micros(),
        limit
    )?;
    let read = |row: Row| {
        let applied = Applied {
            integration: row.integration,
            from: row.from_slug,
            to: row.to_slug,
            received_at: row.received_at,
            came_at: row.came_at.map(Time::from_micros),
            requested_at: row.requested_at,
            applied_at: row.ended_at,
            decided: row.decided,
            emergency: row.emergency,
        };
        (row.id, applied)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// How often each bucket of a project was rolled back since a moment, each with its integration.
pub async fn rollbacks(
    conn: &mut Conn,
    project: ProjectId,
    since: Time,
) -> Result<Vec<(IntegrationId, Rollbacks)>, Error> {
    // Ids begin with the time, so that only the placements since then are read.
    let first = uuid_v7(since, [0; 10]);
    let rows = fetch!(
        fetch_all,
        (Uuid, String, String, i64),
        conn,
        "select i.id, coalesce(i.deleted_slug, i.slug),
                coalesce(e.deleted_slug, e.slug, s.deleted_slug, s.slug), count(*)
         from integrations i
         join buckets k on k.integration = i.id
         join placements p on p.bucket = k.id and p.id >= $2
         left join environments e on k.kind = 'environment' and e.id = k.key
         left join release_streams s on k.kind = 'release_stream' and s.id = k.key
         where i.project = $1 and cast(p.cause as text) like '%\"rollback\"%' and p.at >= $3
         group by 1, 2, 3",
        project.uuid(),
        first,
        since.micros()
    )?;
    let slug = |text: &str| Slug::parse(text).map_err(|error| Error::inconsistent("buckets", error));
    rows.into_iter()
        .map(|(id, integration, bucket, count)| {
            let count = usize::try_from(count).unwrap_or_default();
            Ok((id.into(), Rollbacks { integration: slug(&integration)?, bucket: slug(&bucket)?, count }))
        })
        .collect()
}
