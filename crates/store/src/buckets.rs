//! Buckets with their placements, and the arrivals that they refused.

use crate::query::{execute, fetch};
use crate::workflows::kind;
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::buckets::BucketKey;
use towpath_domain::digests::Digest;
use towpath_domain::ids::{BucketId, BuildId, IntegrationId, PersonId, PlacementId, TokenId, uuid_v7};
use towpath_domain::placements::{Cause, Placement, Placer, Refused};
use towpath_domain::references::Tag;
use towpath_domain::times::Time;
use uuid::Uuid;

/// By which a build goes, as a row of a bucket says.
pub(crate) fn read_tag(text: &str) -> Result<Tag, Error> {
    Tag::parse(text).map_err(|error| Error::inconsistent("placements", error))
}

/// A bucket that has had a placement or a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    pub id: BucketId,
    pub key: BucketKey,
    pub current: Option<Placement>,
    pub paused_at: Option<Time>,
    pub version: i64,
}

impl Bucket {
    /// The id of the next placement: a fresh one, or the one after the current placement's where two were
    /// made in one millisecond or the clocks of two replicas disagree, since history is read in the order of ids.
    pub fn next(&self, fresh: PlacementId) -> PlacementId {
        let after = self.current.as_ref().map(|current| current.id.uuid().as_u128().saturating_add(1));
        after.map_or(fresh, |after| fresh.max(Uuid::from_u128(after).into()))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: BucketId,
    kind: String,
    key: Uuid,
    paused_at: Option<i64>,
    version: i64,
    placement: Option<Uuid>,
    build: Option<Uuid>,
    tag: Option<String>,
    cause: Option<Json<Cause>>,
    person: Option<Uuid>,
    token: Option<Uuid>,
    at: Option<i64>,
}

impl TryFrom<Row> for Bucket {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let current = match (row.placement, row.build, row.tag, row.cause, row.person, row.at) {
            (None, ..) => None,
            (Some(id), Some(build), Some(tag), Some(Json(cause)), Some(person), Some(at)) => {
                Some(Placement {
                    id: id.into(),
                    build: build.into(),
                    tag: read_tag(&tag)?,
                    cause,
                    by: Placer { person: person.into(), token: row.token.map(TokenId) },
                    at: at.into(),
                })
            }
            _ => return Err(Error::inconsistent("buckets", format!("{} has no such placement", row.id))),
        };
        Ok(Self {
            id: row.id,
            key: BucketKey::new(kind("buckets", &row.kind)?, row.key),
            current,
            paused_at: row.paused_at.map(Time::from_micros),
            version: row.version,
        })
    }
}

/// The buckets of an integration that have a row, with what is current in each.
pub async fn list(conn: &mut Conn, integration: IntegrationId) -> Result<Vec<Bucket>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select b.id, b.kind, b.key, b.paused_at, b.version, b.placement, p.build, p.tag, p.cause, p.person,
                p.token, p.at
         from buckets b left join placements p on p.id = b.placement where b.integration = $1",
        integration.uuid()
    )?;
    rows.into_iter().map(Bucket::try_from).collect()
}

pub async fn find(
    conn: &mut Conn,
    integration: IntegrationId,
    key: BucketKey,
) -> Result<Option<Bucket>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select b.id, b.kind, b.key, b.paused_at, b.version, b.placement, p.build, p.tag, p.cause, p.person,
                p.token, p.at
         from buckets b left join placements p on p.id = b.placement
         where b.integration = $1 and b.kind = $2 and b.key = $3",
        integration.uuid(),
        key.kind().name(),
        key.id()
    )?;
    row.map(Bucket::try_from).transpose()
}

/// Ids of the buckets that stand for an environment or stream of this name, in one integration or in all.
pub async fn named(
    conn: &mut Conn,
    slug: &str,
    integration: Option<IntegrationId>,
) -> Result<Vec<BucketId>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid,),
        conn,
        "select b.id from buckets b
         left join environments e on b.kind = 'environment' and e.id = b.key
         left join release_streams s on b.kind = 'release_stream' and s.id = b.key
         where coalesce(e.deleted_slug, e.slug, s.deleted_slug, s.slug) = $1 and (b.integration = $2 or $3)",
        slug,
        integration.map(IntegrationId::uuid),
        integration.is_none()
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// Makes the bucket's row if it is missing, and locks it until the commit.
pub async fn lock(
    tx: &mut Tx,
    integration: IntegrationId,
    key: BucketKey,
    id: BucketId,
) -> Result<Bucket, Error> {
    // The update of nothing takes the row's lock on Postgres; SQLite has one writer anyway.
    execute!(
        tx.conn(),
        "insert into buckets (id, integration, kind, key, version) values ($1, $2, $3, $4, 0)
         on conflict (integration, kind, key) do update set version = buckets.version",
        id.uuid(),
        integration.uuid(),
        key.kind().name(),
        key.id(),
    )?;
    find(tx, integration, key).await?.ok_or_else(|| Error::inconsistent("buckets", "a row vanished"))
}

/// Makes a build current in a locked bucket; the history keeps what was there.
pub async fn place(
    tx: &mut Tx,
    bucket: &Bucket,
    placement: &Placement,
    reason: Option<&str>,
) -> Result<(), Error> {
    // An image that is not kept any more is not to run.
    let placed = execute!(
        tx.conn(),
        "insert into placements (id, bucket, build, tag, cause, reason, person, token, at)
         select $1, $2, id, $4, $5, $6, $7, $8, $9 from builds where id = $3 and retired_at is null",
        placement.id.uuid(),
        bucket.id.uuid(),
        placement.build.uuid(),
        placement.tag.as_str(),
        Json(&placement.cause),
        reason,
        placement.by.person.uuid(),
        placement.by.token.map(TokenId::uuid),
        placement.at.micros(),
    )?;
    if placed != 1 {
        return Err(Error::Changed);
    }
    let rows = execute!(
        tx.conn(),
        "update buckets set placement = $2, version = version + 1, moved_at = $4 where id = $1 and version = $3",
        bucket.id.uuid(),
        placement.id.uuid(),
        bucket.version,
        placement.at.micros(),
    )?;
    if rows != 1 {
        return Err(Error::Changed);
    }
    // What waits for this build to have been here, or for another to stay here, is looked at again.
    execute!(
        tx.conn(),
        "update promotions set due_at = $1
         where state = 'waiting' and integration = (select integration from buckets where id = $2)
           and (build = $3 or (from_kind = $4 and from_key = $5))",
        placement.at.micros(),
        bucket.id.uuid(),
        placement.build.uuid(),
        bucket.key.kind().name(),
        bucket.key.id(),
    )
    .map(drop)
}

/// A bucket whose current build has changed since the automatic stages behind it heard of it last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub id: BucketId,
    pub integration: IntegrationId,
    pub key: BucketKey,
    pub at: Time,
}

/// The buckets of which the stages behind have not heard, the longest waiting first. Nothing in an archived project or
/// a deleted integration moves, so its own stay until it is restored.
pub async fn moved(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<Moved>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, Uuid, String, Uuid, i64),
        conn,
        "select b.id, b.integration, b.kind, b.key, b.moved_at from buckets b
         join integrations i on i.id = b.integration join projects o on o.id = i.project
         where b.moved_at <= $1 and o.archived_at is null and i.deleted_at is null
         order by b.moved_at, b.id limit $2",
        now.micros(),
        limit
    )?;
    let read = |(id, integration, of, key, at): (Uuid, Uuid, String, Uuid, i64)| {
        Ok(Moved {
            id: id.into(),
            integration: integration.into(),
            key: BucketKey::new(kind("buckets", &of)?, key),
            at: at.into(),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Remembers that the stages behind a bucket have heard of its move, unless it has moved again since.
pub async fn heard(tx: &mut Tx, moved: &Moved) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update buckets set moved_at = null where id = $1 and moved_at = $2",
        moved.id.uuid(),
        moved.at.micros()
    )
    .map(drop)
}

/// Lets the stages behind a bucket hear of its move later, since they could not now.
pub async fn tell_later(tx: &mut Tx, moved: &Moved, at: Time) -> Result<(), Error> {
    let sql = "update buckets set moved_at = $3 where id = $1 and moved_at = $2";
    execute!(tx.conn(), sql, moved.id.uuid(), moved.at.micros(), at.micros()).map(drop)
}

/// Lets the stages behind these buckets hear of them again, in the order in which their builds came.
pub async fn tell_again(tx: &mut Tx, integration: IntegrationId, keys: &[BucketKey]) -> Result<(), Error> {
    for key in keys {
        execute!(
            tx.conn(),
            "update buckets set moved_at = (select p.at from placements p where p.id = buckets.placement)
             where integration = $1 and kind = $2 and key = $3",
            integration.uuid(),
            key.kind().name(),
            key.id()
        )?;
    }
    Ok(())
}

/// The same of the buckets in which a build of this digest is current.
pub async fn tell_again_of(tx: &mut Tx, digest: &Digest) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update buckets set moved_at = (select p.at from placements p where p.id = buckets.placement)
         where placement in (select p.id from placements p join builds b on b.id = p.build where b.digest = $1)",
        digest.to_string()
    )
    .map(drop)
}

/// Pauses arrivals since `at`, or resumes them.
pub async fn pause(tx: &mut Tx, id: BucketId, at: Option<Time>) -> Result<(), Error> {
    execute!(tx.conn(), "update buckets set paused_at = $2 where id = $1", id.uuid(), at.map(Time::micros))
        .map(drop)
}

#[derive(sqlx::FromRow)]
pub(crate) struct PlacedRow {
    #[sqlx(try_from = "Uuid")]
    id: PlacementId,
    #[sqlx(try_from = "Uuid")]
    build: BuildId,
    #[sqlx(try_from = "String")]
    tag: Tag,
    #[sqlx(json)]
    cause: Cause,
    reason: Option<String>,
    #[sqlx(try_from = "Uuid")]
    person: PersonId,
    token: Option<Uuid>,
    #[sqlx(try_from = "i64")]
    at: Time,
}

impl PlacedRow {
    /// By which the build goes in the bucket.
    pub(crate) const fn tag(&self) -> &Tag {
        &self.tag
    }
}

/// A line of a bucket's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub placement: Placement,
    pub reason: Option<String>,
}

impl From<PlacedRow> for Placed {
    fn from(row: PlacedRow) -> Self {
        let by = Placer { person: row.person, token: row.token.map(TokenId) };
        let placement =
            Placement { id: row.id, build: row.build, tag: row.tag, cause: row.cause, by, at: row.at };
        Self { placement, reason: row.reason }
    }
}

/// A bucket's history from before a placement, newest first.
pub async fn history(
    conn: &mut Conn,
    bucket: BucketId,
    before: Option<PlacementId>,
    limit: i64,
) -> Result<Vec<Placed>, Error> {
    let rows = fetch!(
        fetch_all,
        PlacedRow,
        conn,
        "select id, build, tag, cause, reason, person, token, at from placements
         where bucket = $1 and id < $2 order by id desc limit $3",
        bucket.uuid(),
        before.map_or(Uuid::max(), PlacementId::uuid),
        limit
    )?;
    Ok(rows.into_iter().map(Placed::from).collect())
}

/// A placement in the life of a build, with what came into the bucket after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lived {
    pub key: BucketKey,
    pub placed: Placed,
    pub current: bool,
    pub next: Option<Next>,
}

/// The placement that came after another in the same bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    pub digest: Digest,
    pub tag: Tag,
    pub cause: Cause,
    pub at: Time,
}

#[derive(sqlx::FromRow)]
struct LivedRow {
    kind: String,
    key: Uuid,
    placement: Option<Uuid>,
    #[sqlx(flatten)]
    placed: PlacedRow,
    next_at: Option<i64>,
    next_cause: Option<Json<Cause>>,
    next_tag: Option<String>,
    next_digest: Option<String>,
}

impl TryFrom<LivedRow> for Lived {
    type Error = Error;

    fn try_from(row: LivedRow) -> Result<Self, Error> {
        let wrong = |error: &dyn ToString| Error::inconsistent("builds", error.to_string());
        let next = match (row.next_at, row.next_cause, row.next_tag, row.next_digest) {
            (Some(at), Some(Json(cause)), Some(tag), Some(digest)) => Some(Next {
                digest: Digest::parse(&digest).map_err(|error| wrong(&error))?,
                tag: Tag::parse(&tag).map_err(|error| wrong(&error))?,
                cause,
                at: at.into(),
            }),
            _ => None,
        };
        Ok(Self {
            key: BucketKey::new(kind("buckets", &row.kind)?, row.key),
            current: row.placement == Some(row.placed.id.uuid()),
            placed: row.placed.into(),
            next,
        })
    }
}

/// Up to `limit` placements of a build in whichever bucket, oldest first, after one of them.
pub async fn life(
    conn: &mut Conn,
    build: BuildId,
    after: Option<PlacementId>,
    limit: i64,
) -> Result<Vec<Lived>, Error> {
    let rows = fetch!(
        fetch_all,
        LivedRow,
        conn,
        "select k.kind, k.key, k.placement, p.id, p.build, p.tag, p.cause, p.reason, p.person, p.token,
                p.at, n.at as next_at, n.cause as next_cause, n.tag as next_tag, c.digest as next_digest
         from placements p
         join buckets k on k.id = p.bucket
         left join placements n on n.id = (select q.id from placements q where q.bucket = p.bucket and q.id > p.id
                                           order by q.id limit 1)
         left join builds c on c.id = n.build
         where p.build = $1 and p.id > $2 order by p.id limit $3",
        build.uuid(),
        after.map_or(Uuid::nil(), PlacementId::uuid),
        limit
    )?;
    rows.into_iter().map(Lived::try_from).collect()
}

/// Seconds by which the clocks of two replicas may differ, so that a placement's id may be later than its time.
const SKEW: i64 = 600;

/// The last id that a placement of this time may have. Ids sort by when they were made, so that a walk back through history
/// begins near the moment and not at its end.
pub(crate) fn last_by(at: Time) -> Uuid {
    uuid_v7(at.plus_seconds(SKEW), [0xff; 10])
}

/// What was current in a bucket at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentThen {
    pub bucket: BucketKey,
    pub placement: PlacementId,
    pub build: BuildId,
    pub tag: Tag,
    pub since: Time,
}

/// What was current in the buckets of an integration at a moment: each that had something.
pub async fn current_at(
    conn: &mut Conn,
    integration: IntegrationId,
    at: Time,
) -> Result<Vec<CurrentThen>, Error> {
    let last = last_by(at);
    let rows = fetch!(
        fetch_all,
        (String, Uuid, Uuid, Uuid, String, i64),
        conn,
        "select k.kind, k.key, p.id, p.build, p.tag, p.at
         from buckets k
         join placements p on p.id = (select q.id from placements q where q.bucket = k.id and q.id <= $2 and q.at <= $3
                                      order by q.id desc limit 1)
         where k.integration = $1",
        integration.uuid(),
        last,
        at.micros()
    )?;
    let read = |(of, key, placement, build, tag, at): (String, Uuid, Uuid, Uuid, String, i64)| {
        Ok(CurrentThen {
            bucket: BucketKey::new(kind("buckets", &of)?, key),
            placement: placement.into(),
            build: build.into(),
            tag: read_tag(&tag)?,
            since: at.into(),
        })
    };
    rows.into_iter().map(read).collect()
}

/// When a build was placed by this placement, if it ever was.
pub async fn placed_at(conn: &mut Conn, build: BuildId, id: PlacementId) -> Result<Option<Time>, Error> {
    let row = fetch!(
        fetch_optional,
        (i64,),
        conn,
        "select at from placements where id = $1 and build = $2",
        id.uuid(),
        build.uuid()
    )?;
    Ok(row.map(|(at,)| at.into()))
}

/// The placement itself, if it is one of this bucket.
pub async fn find_placement(
    conn: &mut Conn,
    bucket: BucketId,
    id: PlacementId,
) -> Result<Option<Placed>, Error> {
    let row = fetch!(
        fetch_optional,
        PlacedRow,
        conn,
        "select id, build, tag, cause, reason, person, token, at from placements where bucket = $1 and id = $2",
        bucket.uuid(),
        id.uuid()
    )?;
    Ok(row.map(Placed::from))
}

/// Whether a build is, or ever was, current in a bucket.
pub async fn was_current(conn: &mut Conn, bucket: BucketId, build: BuildId) -> Result<bool, Error> {
    Ok(called_in(conn, bucket, build).await?.is_some())
}

/// The tag by which a build went in a bucket when it was current there last; absent where it never was.
pub async fn called_in(conn: &mut Conn, bucket: BucketId, build: BuildId) -> Result<Option<Tag>, Error> {
    let row = fetch!(
        fetch_optional,
        (String,),
        conn,
        "select tag from placements where build = $1 and bucket = $2 order by id desc limit 1",
        build.uuid(),
        bucket.uuid()
    )?;
    row.map(|(called,)| read_tag(&called)).transpose()
}

/// A build that arrived and may not enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedArrival {
    pub build: BuildId,
    pub tag: String,
    pub refused: Refused,
    pub by: Placer,
    pub at: Time,
}

/// Keeps a refused arrival beside its bucket; the same build again renews it.
pub async fn refuse(tx: &mut Tx, bucket: BucketId, arrival: &RefusedArrival) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into refused_arrivals (bucket, build, tag, refused, person, token, at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (bucket, build) do update
         set tag = excluded.tag, refused = excluded.refused, person = excluded.person,
             token = excluded.token, at = excluded.at",
        bucket.uuid(),
        arrival.build.uuid(),
        arrival.tag.as_str(),
        Json(&arrival.refused),
        arrival.by.person.uuid(),
        arrival.by.token.map(TokenId::uuid),
        arrival.at.micros(),
    )
    .map(drop)
}

#[derive(sqlx::FromRow)]
struct RefusedRow {
    #[sqlx(try_from = "Uuid")]
    build: BuildId,
    tag: String,
    #[sqlx(json)]
    refused: Refused,
    #[sqlx(try_from = "Uuid")]
    person: PersonId,
    token: Option<Uuid>,
    #[sqlx(try_from = "i64")]
    at: Time,
}

impl From<RefusedRow> for RefusedArrival {
    fn from(row: RefusedRow) -> Self {
        Self {
            build: row.build,
            tag: row.tag,
            refused: row.refused,
            by: Placer { person: row.person, token: row.token.map(TokenId) },
            at: row.at,
        }
    }
}

/// The arrivals of a build that its buckets refused, with the bucket, oldest first.
pub async fn refusals(
    conn: &mut Conn,
    build: BuildId,
    limit: i64,
) -> Result<Vec<(BucketKey, RefusedArrival)>, Error> {
    #[derive(sqlx::FromRow)]
    struct RefusalRow {
        kind: String,
        key: Uuid,
        #[sqlx(flatten)]
        refused: RefusedRow,
    }
    let rows = fetch!(
        fetch_all,
        RefusalRow,
        conn,
        "select k.kind, k.key, r.build, r.tag, r.refused, r.person, r.token, r.at
         from refused_arrivals r join buckets k on k.id = r.bucket
         where r.build = $1 order by r.at limit $2",
        build.uuid(),
        limit
    )?;
    rows.into_iter()
        .map(|row| Ok((BucketKey::new(kind("buckets", &row.kind)?, row.key), row.refused.into())))
        .collect()
}

/// The newest refused arrivals of a bucket, of builds that never became current in it.
pub async fn refused(conn: &mut Conn, bucket: BucketId, limit: i64) -> Result<Vec<RefusedArrival>, Error> {
    let rows = fetch!(
        fetch_all,
        RefusedRow,
        conn,
        "select r.build, r.tag, r.refused, r.person, r.token, r.at from refused_arrivals r
         where r.bucket = $1
           and not exists (select 1 from placements p where p.build = r.build and p.bucket = r.bucket)
         order by r.at desc limit $2",
        bucket.uuid(),
        limit
    )?;
    Ok(rows.into_iter().map(RefusedArrival::from).collect())
}
