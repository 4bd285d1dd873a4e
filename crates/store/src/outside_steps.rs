//! Outside steps of integrations, and what is under way elsewhere.

mod work;

pub use work::{Due, begin, claim, due, end, fail, keep, progress, renew};

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use std::collections::HashSet;
use towpath_domain::buckets::BucketKey;
use towpath_domain::ids::{IntegrationId, PromotionId, RegistryId};
use towpath_domain::outside_steps::{Does, OutsideStep, Place, StepOf, TagPattern};
use towpath_domain::references::RepositoryName;
use towpath_domain::registries::Address;
use towpath_domain::slugs::Slug;
use uuid::Uuid;

/// What stands for every bucket that has no step of its own.
const EVERY: Uuid = Uuid::nil();

#[derive(sqlx::FromRow)]
struct Row {
    bucket: Option<String>,
    does: String,
    registry: Option<Uuid>,
    registry_slug: Option<String>,
    address: Option<String>,
    repository: Option<String>,
    #[sqlx(json)]
    tags: Vec<TagPattern>,
}

impl TryFrom<Row> for OutsideStep {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        fn wrong(what: &impl ToString) -> Error {
            Error::inconsistent("outside_steps", what.to_string())
        }
        let Row { bucket, does, registry, registry_slug, address, repository, tags } = row;
        let place = match (registry, registry_slug, address, repository) {
            (Some(registry), Some(slug), Some(address), Some(repository)) => Some(Place {
                registry: RegistryId(registry),
                slug: Slug::parse(&slug).map_err(|error| wrong(&error))?,
                address: Address::parse(&address).map_err(|error| wrong(&error))?,
                repository: RepositoryName::parse(&repository).map_err(|error| wrong(&error))?,
                tags,
            }),
            _ => None,
        };
        let does = match (does.as_str(), place) {
            ("record", None) => Does::Record,
            ("tag", Some(place)) => Does::Tag(place),
            ("copy", Some(place)) => Does::Copy(place),
            (other, _) => return Err(wrong(&other)),
        };
        Ok(Self {
            bucket: bucket.as_deref().map(Slug::parse).transpose().map_err(|error| wrong(&error))?,
            does,
        })
    }
}

/// The columns of [`Row`]; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select coalesce(e.slug, t.slug) as bucket, s.does, s.registry, r.slug as registry_slug, r.address,
                    s.repository, s.tags
             from outside_steps s left join registries r on r.id = s.registry
             left join environments e on e.id = s.bucket_key left join release_streams t on t.id = s.bucket_key ",
            $condition
        )
    };
}

/// The steps of an integration: that of every other bucket first.
pub async fn list(conn: &mut Conn, integration: IntegrationId) -> Result<Vec<OutsideStep>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!("where s.integration = $1 order by s.bucket_key <> $2, coalesce(e.slug, t.slug)"),
        integration.uuid(),
        EVERY
    )?;
    rows.into_iter().map(OutsideStep::try_from).collect()
}

/// What is set for a bucket itself, or for every other one.
pub async fn find(
    conn: &mut Conn,
    integration: IntegrationId,
    bucket: Option<BucketKey>,
) -> Result<Option<OutsideStep>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        select!("where s.integration = $1 and s.bucket_key = $2"),
        integration.uuid(),
        bucket.map_or(EVERY, BucketKey::id)
    )?;
    row.map(OutsideStep::try_from).transpose()
}

/// What promotions into a bucket do: its own step, or that of every other bucket.
pub async fn of_bucket(
    conn: &mut Conn,
    integration: IntegrationId,
    bucket: BucketKey,
) -> Result<Does, Error> {
    let own = find(conn, integration, Some(bucket)).await?;
    let step = match own {
        Some(own) => Some(own),
        None => find(conn, integration, None).await?,
    };
    Ok(step.map_or(Does::Record, |step| step.does))
}

/// Those of these promotions that do something elsewhere, as things are set now.
pub async fn of_promotions(
    conn: &mut Conn,
    promotions: &[PromotionId],
) -> Result<HashSet<PromotionId>, Error> {
    let rows = fetch_in!(
        (Uuid,),
        conn,
        [(
            "select m.id from promotions m
             where 'record' <> coalesce((select s.does from outside_steps s
                                         where s.integration = m.integration and s.bucket_key = m.to_key),
                                        (select s.does from outside_steps s
                                         where s.integration = m.integration and s.bucket_key = ",
            EVERY
        )]
        "), 'record') and m.pin is null and m.id in (",
        promotions.iter().map(|promotion| promotion.uuid()).collect(),
        ")"
    )?;
    Ok(rows.into_iter().map(|(id,): (Uuid,)| id.into()).collect())
}

/// The steps that use a registry.
pub async fn using(conn: &mut Conn, registry: RegistryId) -> Result<Vec<StepOf>, Error> {
    #[derive(sqlx::FromRow)]
    struct Using {
        #[sqlx(try_from = "String")]
        project: Slug,
        #[sqlx(try_from = "String")]
        integration: Slug,
        #[sqlx(flatten)]
        step: Row,
    }
    let rows = fetch!(
        fetch_all,
        Using,
        conn,
        "select p.slug as project, coalesce(i.deleted_slug, i.slug) as integration,
                coalesce(e.slug, t.slug) as bucket, s.does, s.registry, r.slug as registry_slug, r.address,
                s.repository, s.tags
         from outside_steps s join registries r on r.id = s.registry
         join integrations i on i.id = s.integration join projects p on p.id = i.project
         left join environments e on e.id = s.bucket_key left join release_streams t on t.id = s.bucket_key
         where s.registry = $1 order by p.slug, i.slug, s.bucket_key",
        registry.uuid()
    )?;
    let used = |Using { project, integration, step }| {
        let OutsideStep { bucket, does } = OutsideStep::try_from(step)?;
        Ok(StepOf { project, integration, bucket, words: does.words() })
    };
    rows.into_iter().map(used).collect()
}

/// A repository of a registry that a step uses.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Used {
    #[sqlx(try_from = "String")]
    pub project: Slug,
    #[sqlx(try_from = "String")]
    pub integration: Slug,
    #[sqlx(try_from = "String")]
    pub repository: RepositoryName,
}

/// The repositories of a registry that steps use.
pub async fn places(conn: &mut Conn, registry: RegistryId) -> Result<Vec<Used>, Error> {
    fetch!(
        fetch_all,
        Used,
        conn,
        "select p.slug as project, coalesce(i.deleted_slug, i.slug) as integration, s.repository
         from outside_steps s join integrations i on i.id = s.integration join projects p on p.id = i.project
         where s.registry = $1 order by p.slug, i.slug",
        registry.uuid()
    )
}

/// Sets what the promotions into a bucket do, or into every other one.
pub async fn set(
    tx: &mut Tx,
    integration: IntegrationId,
    bucket: Option<BucketKey>,
    does: &Does,
) -> Result<(), Error> {
    let place = does.place();
    execute!(
        tx.conn(),
        "insert into outside_steps (integration, bucket_key, does, registry, repository, tags)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (integration, bucket_key) do update
         set does = excluded.does, registry = excluded.registry, repository = excluded.repository, tags = excluded.tags",
        integration.uuid(),
        bucket.map_or(EVERY, BucketKey::id),
        does.name(),
        place.map(|place| place.registry.uuid()),
        place.map(|place| place.repository.as_str()),
        Json(place.map(|place| place.tags.as_slice()).unwrap_or_default()),
    )
    .map(drop)
}

/// Takes a step away; false where there was none.
pub async fn remove(
    tx: &mut Tx,
    integration: IntegrationId,
    bucket: Option<BucketKey>,
) -> Result<bool, Error> {
    let sql = "delete from outside_steps where integration = $1 and bucket_key = $2";
    Ok(execute!(tx.conn(), sql, integration.uuid(), bucket.map_or(EVERY, BucketKey::id))? == 1)
}
