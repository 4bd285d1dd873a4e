//! What gates are judged by beside the words of people: how long a build was where, and where it has been.

use crate::query::{fetch, fetch_in};
use crate::workflows::kind;
use crate::{Conn, Error};
use std::collections::HashMap;
use towpath_domain::buckets::BucketKey;
use towpath_domain::gates::Stay;
use towpath_domain::ids::{BucketId, BuildId, PromotionId};
use towpath_domain::times::Time;
use uuid::Uuid;

/// The last time that a build was current in a bucket, until the next one was placed there.
pub async fn stay(conn: &mut Conn, bucket: BucketId, build: BuildId) -> Result<Option<Stay>, Error> {
    let row = fetch!(
        fetch_optional,
        (i64, Option<i64>),
        conn,
        "select p.at,
                (select n.at from placements n where n.bucket = p.bucket and n.id > p.id order by n.id limit 1)
         from placements p where p.build = $1 and p.bucket = $2 order by p.id desc limit 1",
        build.uuid(),
        bucket.uuid()
    )?;
    Ok(row.map(read))
}

/// The same for the build of each of these promotions in the bucket that it comes from, and when the build was
/// received.
pub async fn of_promotions(
    conn: &mut Conn,
    promotions: &[PromotionId],
) -> Result<HashMap<PromotionId, (Time, Option<Stay>)>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(try_from = "Uuid")]
        promotion: PromotionId,
        #[sqlx(try_from = "i64")]
        received_at: Time,
        since: Option<i64>,
        until: Option<i64>,
    }
    let rows = fetch_in!(
        Row,
        conn,
        "select m.id as promotion, b.received_at, p.at as since,
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
    let stay = |row: &Row| row.since.map(|since| read((since, row.until)));
    Ok(rows.into_iter().map(|row| (row.promotion, (row.received_at, stay(&row)))).collect())
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

fn read((from, to): (i64, Option<i64>)) -> Stay {
    Stay { from: Time::from_micros(from), to: to.map(Time::from_micros) }
}
