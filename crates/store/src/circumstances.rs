//! What gates are judged by beside the words of people: how long a build was where, and where it has been.

use crate::query::{fetch, fetch_in};
use crate::workflows::kind;
use crate::{Conn, Error};
use std::collections::HashMap;
use towpath_domain::buckets::BucketKey;
use towpath_domain::gates::{Reported, Stay};
use towpath_domain::ids::{BucketId, BuildId, PlacementId, PromotionId};
use towpath_domain::times::Time;
use uuid::Uuid;

/// The last time that a build was current in a bucket, until the next one was placed there, with its placement.
pub async fn stay(
    conn: &mut Conn,
    bucket: BucketId,
    build: BuildId,
) -> Result<Option<(PlacementId, Stay)>, Error> {
    let row = fetch!(
        fetch_optional,
        (Uuid, i64, Option<i64>),
        conn,
        "select p.id, p.at,
                (select n.at from placements n where n.bucket = p.bucket and n.id > p.id order by n.id limit 1)
         from placements p where p.build = $1 and p.bucket = $2 order by p.id desc limit 1",
        build.uuid(),
        bucket.uuid()
    )?;
    Ok(row.map(|(placement, from, to)| (placement.into(), read(from, to))))
}

/// When the build of a promotion was received, and its last stay where it comes from.
pub type Past = (Time, Option<(PlacementId, Stay)>);

/// The same for the build of each of these promotions in the bucket that it comes from.
pub async fn of_promotions(
    conn: &mut Conn,
    promotions: &[PromotionId],
) -> Result<HashMap<PromotionId, Past>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(try_from = "Uuid")]
        promotion: PromotionId,
        #[sqlx(try_from = "i64")]
        received_at: Time,
        placement: Option<Uuid>,
        since: Option<i64>,
        until: Option<i64>,
    }
    let rows = fetch_in!(
        Row,
        conn,
        "select m.id as promotion, b.received_at, p.id as placement, p.at as since,
                (select n.at from placements n where n.bucket = p.bucket and n.id > p.id order by n.id limit 1)
                as until
         from promotions m
         join builds b on b.id = m.build
         left join buckets k on k.integration = m.integration and k.kind = m.from_kind and k.key = m.from_key
         left join placements p on p.id = (
             select l.id from placements l where l.build = m.build and l.bucket = k.id order by l.id desc limit 1
         )
         where m.id in (",
        promotions.iter().map(|promotion| promotion.uuid()).collect(),
        ")"
    )?;
    let stay = |row: &Row| {
        let (placement, since) = row.placement.zip(row.since)?;
        Some((placement.into(), read(since, row.until)))
    };
    Ok(rows.into_iter().map(|row| (row.promotion, (row.received_at, stay(&row)))).collect())
}

/// Since when the build of each of these placements has been running in all the environments that its bucket feeds and
/// that deployers report of, or when it ran there last. It counts from when that was known here, so that nobody reports
/// the past to pass a gate. Those of which nobody reports are left out. Environments that are pinned by now do not count, as
/// they are not to run it; where all are, it has not run yet.
pub async fn ran(
    conn: &mut Conn,
    placements: &[PlacementId],
    now: Time,
) -> Result<HashMap<PlacementId, Reported>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(try_from = "Uuid")]
        placement: PlacementId,
        #[sqlx(try_from = "i64")]
        placed_at: Time,
        /// Whether it is what runs by now, and since when that is known.
        runs: bool,
        known_since: Option<i64>,
        /// The first report of success since the placement, and the next of another image.
        first: Option<i64>,
        next: Option<i64>,
        /// Whether another build is pinned there, so that it is not to run it.
        pinned: bool,
    }
    let rows = fetch_in!(
        Row,
        conn,
        [(
            "select p.id as placement, p.at as placed_at, (n.build is not null and n.build = p.build) as runs,
                r.known_since,
                (select min(d.reported_at) from deployments d
                 where d.build = p.build and d.environment = r.environment and d.service = r.service
                   and d.outcome = 'succeeded' and d.at >= p.at) as first,
                (select min(o.reported_at) from deployments o
                 where o.environment = r.environment and o.service = r.service and o.outcome = 'succeeded'
                   and (o.build is null or o.build <> p.build)
                   and o.id > (select d.id from deployments d
                               where d.build = p.build and d.environment = r.environment
                                 and d.service = r.service and d.outcome = 'succeeded' and d.at >= p.at
                               order by d.id limit 1)) as next,
                exists (select 1 from pins x where x.service = s.id and x.environment = e.id
                                               and x.open and x.until_at > ",
            now.micros()
        )]
        ") as pinned
         from placements p
         join buckets k on k.id = p.bucket
         join services s on s.integration = k.integration
         join environments e on e.project = s.project and (e.id = k.key or e.stream = k.key)
         join runs r on r.service = s.id and r.environment = e.id
         left join deployments n on n.id = r.runs
         where p.id in (",
        placements.iter().map(|placement| placement.uuid()).collect(),
        ")"
    )?;
    let mut ran = HashMap::<PlacementId, Reported>::new();
    let mut pinned = Vec::new();
    for row in rows {
        if row.pinned {
            pinned.push(row.placement);
            continue;
        }
        let here = match (row.runs, row.known_since, row.first.zip(row.next)) {
            (true, Some(since), _) => Reported::Since(row.placed_at.max(since.into())),
            (_, _, Some((first, next))) => Reported::Once { from: first.into(), to: next.into() },
            _ => Reported::NotYet,
        };
        let all = ran.get(&row.placement).map_or(here, |there| there.and(here));
        ran.insert(row.placement, all);
    }
    // A pin takes a witness away, and makes none: where all are pinned, nobody has seen the build run.
    for placement in pinned {
        ran.entry(placement).or_insert(Reported::NotYet);
    }
    Ok(ran)
}

/// The buckets in which each of these builds is or ever was current.
pub async fn been(conn: &mut Conn, builds: &[BuildId]) -> Result<HashMap<BuildId, Vec<BucketKey>>, Error> {
    let rows = fetch_in!(
        (Uuid, String, Uuid),
        conn,
        "select distinct p.build, k.kind, k.key from placements p join buckets k on k.id = p.bucket
         where p.build in (",
        builds.iter().map(|build| build.uuid()).collect(),
        ")"
    )?;
    let mut been = HashMap::<BuildId, Vec<BucketKey>>::new();
    for (build, of, key) in rows {
        been.entry(BuildId(build)).or_default().push(BucketKey::new(kind("buckets", &of)?, key));
    }
    Ok(been)
}

fn read(from: i64, to: Option<i64>) -> Stay {
    Stay { from: Time::from_micros(from), to: to.map(Time::from_micros) }
}
