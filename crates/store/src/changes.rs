//! What became current in the production buckets of a project, for auditors.

use crate::buckets::{Placed, PlacedRow, last_by};
use crate::query::fetch;
use crate::{Conn, Error};
use towpath_domain::builds::Origin;
use towpath_domain::changes::Period;
use towpath_domain::digests::Digest;
use towpath_domain::ids::{IntegrationId, PersonId, ProjectId, uuid_v7};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use uuid::Uuid;

/// A placement in a production bucket, with its build and the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InProduction {
    pub placed: Placed,
    pub integration: (IntegrationId, Slug),
    pub bucket: Slug,
    pub tag: Tag,
    pub digest: Digest,
    pub origin: Origin,
    pub pushed_by: PersonId,
    pub before: Option<(Tag, Digest)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    placed: PlacedRow,
    #[sqlx(try_from = "Uuid")]
    integration_id: IntegrationId,
    #[sqlx(try_from = "String")]
    integration: Slug,
    #[sqlx(try_from = "String")]
    bucket: Slug,
    #[sqlx(try_from = "String")]
    digest: Digest,
    #[sqlx(json)]
    origin: Origin,
    #[sqlx(try_from = "Uuid")]
    pushed_by: PersonId,
    before_tag: Option<String>,
    before_digest: Option<String>,
}

impl TryFrom<Row> for InProduction {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let before = row.before_tag.zip(row.before_digest).map(|(tag, digest)| {
            let wrong = |error: String| Error::inconsistent("builds", error);
            let tag = Tag::parse(&tag).map_err(|error| wrong(error.to_string()))?;
            Ok::<_, Error>((tag, Digest::parse(&digest).map_err(|error| wrong(error.to_string()))?))
        });
        Ok(Self {
            tag: row.placed.tag().clone(),
            placed: row.placed.into(),
            integration: (row.integration_id, row.integration),
            bucket: row.bucket,
            digest: row.digest,
            origin: row.origin,
            pushed_by: row.pushed_by,
            before: before.transpose()?,
        })
    }
}

/// Up to `limit` placements in production buckets of a project within a period, the newest first. History that was carried over
/// never ran by its new bucket.
pub async fn in_production(
    conn: &mut Conn,
    project: ProjectId,
    period: Period,
    limit: i64,
) -> Result<Vec<InProduction>, Error> {
    // Ids begin with the time, so that only the placements of the period are read.
    let (first, last) = (uuid_v7(period.from, [0; 10]), last_by(period.to));
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select p.id, p.build, p.tag, p.cause, p.reason, p.person, p.token, p.at, i.id as integration_id,
                coalesce(i.deleted_slug, i.slug) as integration,
                coalesce(e.deleted_slug, e.slug, s.deleted_slug, s.slug) as bucket, b.digest, b.origin, b.pushed_by,
                q.tag as before_tag, o.digest as before_digest
         from placements p
         join buckets k on k.id = p.bucket
         join integrations i on i.id = k.integration
         join builds b on b.id = p.build
         left join environments e on k.kind = 'environment' and e.id = k.key
         left join release_streams s on s.id = case when k.kind = 'release_stream' then k.key else e.stream end
         left join placements q on q.id = (select r.id from placements r where r.bucket = p.bucket and r.id < p.id
                                           order by r.id desc limit 1)
         left join builds o on o.id = q.build
         where i.project = $1 and s.production and p.id >= $2 and p.id <= $3 and p.at >= $4 and p.at < $5
           and cast(p.cause as text) not like '%\"earlier\"%'
         order by p.id desc limit $6",
        project.uuid(),
        first,
        last,
        period.from.micros(),
        period.to.micros(),
        limit
    )?;
    rows.into_iter().map(InProduction::try_from).collect()
}
