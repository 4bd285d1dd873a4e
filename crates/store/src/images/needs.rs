//! What an image is needed for.

use crate::query::fetch;
use crate::{Conn, Error};
use towpath_domain::digests::Digest;
use towpath_domain::ids::IntegrationId;
use towpath_domain::slugs::Slug;
use towpath_domain::storage::Need;

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    slug: Option<String>,
    number: i64,
}

impl TryFrom<Row> for Need {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let bucket = row.slug.as_deref().map(Slug::parse).transpose();
        let bucket = bucket.map_err(|error| Error::inconsistent("buckets", error))?;
        let number = row.number;
        match (row.kind.as_str(), bucket) {
            ("current", Some(bucket)) => Ok(Self::Current { bucket }),
            ("history", Some(bucket)) => Ok(Self::History { bucket }),
            ("refused", Some(bucket)) => Ok(Self::Refused { bucket }),
            ("promotion", _) => Ok(Self::Promotion { number }),
            ("pin", _) => Ok(Self::Pin { number }),
            ("default", _) => Ok(Self::Default),
            (kind, _) => Err(Error::inconsistent("builds", format!("needed as {kind}"))),
        }
    }
}

/// What an integration needs the image of a digest for; nothing where it is no build of it.
pub async fn needs(conn: &mut Conn, integration: IntegrationId, digest: &Digest) -> Result<Vec<Need>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "with own as (select id, digest from builds where integration = $1 and digest = $2
                                                    and retired_at is null),
              needed as (
            select 'current' as kind, k.id as bucket, cast(0 as bigint) as number
            from own b join placements p on p.build = b.id join buckets k on k.placement = p.id
            union
            select 'history', p.bucket, 0 from own b join placements p on p.build = b.id
            where not exists (select 1 from buckets k join placements c on c.id = k.placement
                              where k.id = p.bucket and c.build = b.id)
            union
            select 'refused', r.bucket, 0 from own b join refused_arrivals r on r.build = b.id
            union
            select 'promotion', null, m.number from own b join promotions m on m.build = b.id
            where m.state = 'waiting'
            union
            select 'pin', null, m.number
            from own b join pins x on x.build = b.id join promotions m on m.id = x.promotion where x.open
            union
            select 'default', null, 0 from own b join integrations i on i.default_build = b.id)
         select n.kind, coalesce(e.deleted_slug, e.slug, s.deleted_slug, s.slug) as slug, n.number
         from needed n
         left join buckets k on k.id = n.bucket
         left join environments e on k.kind = 'environment' and e.id = k.key
         left join release_streams s on k.kind = 'release_stream' and s.id = k.key
         order by n.kind, 2, n.number",
        integration.uuid(),
        digest.to_string(),
    )?;
    rows.into_iter().map(Need::try_from).collect()
}
