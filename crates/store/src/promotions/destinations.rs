//! Where promotions lead.

use crate::query::fetch_in;
use crate::{Conn, Error};
use std::collections::HashMap;
use towpath_domain::access::Target;
use towpath_domain::ids::PromotionId;
use towpath_domain::promotions::Promotion;
use towpath_domain::slugs::Slug;
use uuid::Uuid;

/// Where a promotion leads, as a place of permission, with the names of its project and integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub project: Slug,
    pub integration: Slug,
    pub target: Target,
    /// The bucket itself, which feeds more than the one environment that is the target of a pin.
    pub bucket: Target,
}

/// Where these promotions lead, as far as it still exists.
pub async fn destinations(
    conn: &mut Conn,
    promotions: &[Promotion],
) -> Result<HashMap<PromotionId, Destination>, Error> {
    #[derive(sqlx::FromRow)]
    struct DestinationRow {
        #[sqlx(try_from = "Uuid")]
        id: PromotionId,
        project_id: Uuid,
        #[sqlx(try_from = "String")]
        project: Slug,
        integration_id: Uuid,
        #[sqlx(try_from = "String")]
        integration: Slug,
        environment: Option<Uuid>,
        stream: Uuid,
        production: bool,
        pinned: Option<Uuid>,
        pinned_project: Option<Uuid>,
    }
    let rows = fetch_in!(
        DestinationRow,
        conn,
        "select m.id, o.id as project_id, o.slug as project, i.id as integration_id,
                coalesce(i.deleted_slug, i.slug) as integration,
                e.id as environment, s.id as stream, s.production, y.id as pinned, y.project as pinned_project
         from promotions m
         join integrations i on i.id = m.integration
         join projects o on o.id = i.project
         left join environments e on m.to_kind = 'environment' and e.id = m.to_key
         join release_streams s on s.id = coalesce(e.stream, m.to_key)
         left join environments y on y.id = m.pin_environment
         where m.id in (",
        promotions.iter().map(|promotion| promotion.id.uuid()).collect(),
        ")"
    )?;
    let destination = |row: DestinationRow| {
        let bucket = Target {
            project: Some(row.project_id.into()),
            integration: Some(row.integration_id.into()),
            environment: row.environment.map(Into::into),
            stream: Some(row.stream.into()),
            production: row.production,
        };
        let target = match row.pinned.zip(row.pinned_project) {
            Some((environment, project)) => {
                Target { project: Some(project.into()), environment: Some(environment.into()), ..bucket }
            }
            None => bucket,
        };
        (row.id, Destination { project: row.project, integration: row.integration, target, bucket })
    };
    Ok(rows.into_iter().map(destination).collect())
}
