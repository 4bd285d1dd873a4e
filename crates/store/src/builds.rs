//! Builds.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx, people};
use sqlx::types::Json;
use towpath_domain::builds::{Arrival, Build, Claim, Origin};
use towpath_domain::digests::Digest;
use towpath_domain::gates::{Behind, Gate, Party};
use towpath_domain::ids::{BuildId, IntegrationId, PersonId, TokenId};
use towpath_domain::placements::Placer;
use towpath_domain::references::Tag;
use towpath_domain::search::{commit_key, tag_key};
use towpath_domain::times::Time;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    #[sqlx(try_from = "Uuid")]
    id: BuildId,
    #[sqlx(try_from = "Uuid")]
    integration: IntegrationId,
    #[sqlx(try_from = "String")]
    digest: Digest,
    external_id: String,
    #[sqlx(try_from = "String")]
    tag: Tag,
    media_type: String,
    size: i64,
    #[sqlx(json)]
    platforms: Vec<String>,
    #[sqlx(json)]
    origin: Origin,
    #[sqlx(try_from = "i64")]
    received_at: Time,
    received_via: String,
    #[sqlx(try_from = "Uuid")]
    pushed_by: PersonId,
    pushed_with: Option<Uuid>,
}

/// A build with who pushed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    pub build: Build,
    pub by: Placer,
}

impl TryFrom<Row> for Pushed {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let received_via = match row.received_via.as_str() {
            "push" => Arrival::Push,
            other => return Err(Error::inconsistent("builds", format!("received via {other}"))),
        };
        let build = Build {
            id: row.id,
            integration: row.integration,
            digest: row.digest,
            external_id: row.external_id,
            tag: row.tag,
            media_type: row.media_type,
            size: row.size,
            platforms: row.platforms,
            origin: row.origin,
            received_at: row.received_at,
            received_via,
        };
        Ok(Self { build, by: Placer { person: row.pushed_by, token: row.pushed_with.map(TokenId) } })
    }
}

pub async fn load(conn: &mut Conn, id: BuildId) -> Result<Pushed, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select id, integration, digest, external_id, tag, media_type, size, platforms, origin, received_at,
                received_via, pushed_by, pushed_with
         from builds where id = $1",
        id.uuid()
    )?;
    row.try_into()
}

/// The builds of these ids, in no order.
pub async fn list(conn: &mut Conn, ids: &[BuildId]) -> Result<Vec<Pushed>, Error> {
    let rows = fetch_in!(
        Row,
        conn,
        "select id, integration, digest, external_id, tag, media_type, size, platforms, origin, received_at,
                received_via, pushed_by, pushed_with
         from builds where id in (",
        ids.iter().map(|id| id.uuid()).collect(),
        ")"
    )?;
    rows.into_iter().map(Pushed::try_from).collect()
}

/// The build of an integration with this identity.
pub async fn find(
    conn: &mut Conn,
    integration: IntegrationId,
    digest: &Digest,
    external_id: &str,
) -> Result<Option<Pushed>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, integration, digest, external_id, tag, media_type, size, platforms, origin, received_at,
                received_via, pushed_by, pushed_with
         from builds where integration = $1 and digest = $2 and external_id = $3",
        integration.uuid(),
        digest.to_string(),
        external_id
    )?;
    row.map(Pushed::try_from).transpose()
}

/// Every build with a digest, in whichever integration, oldest first.
pub async fn with_digest(conn: &mut Conn, digest: &Digest) -> Result<Vec<Pushed>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, integration, digest, external_id, tag, media_type, size, platforms, origin, received_at,
                received_via, pushed_by, pushed_with
         from builds where digest = $1 order by id limit 100",
        digest.to_string()
    )?;
    rows.into_iter().map(Pushed::try_from).collect()
}

/// Builds of an integration that came without a bucket's name, that no rule has led and that never were in a bucket; the
/// newest first, from before one of them.
pub async fn unclassified(
    conn: &mut Conn,
    integration: IntegrationId,
    before: Option<BuildId>,
    limit: i64,
) -> Result<Vec<Pushed>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select b.id, b.integration, b.digest, b.external_id, b.tag, b.media_type, b.size, b.platforms, b.origin,
                b.received_at, b.received_via, b.pushed_by, b.pushed_with
         from routings o join builds b on b.id = o.build
         where o.integration = $1 and o.key is null and o.build < $2 and b.retired_at is null
           and not exists (select 1 from placements p where p.build = o.build)
         order by o.build desc limit $3",
        integration.uuid(),
        before.map_or(Uuid::max(), BuildId::uuid),
        limit
    )?;
    rows.into_iter().map(Pushed::try_from).collect()
}

/// Who stands behind a build: whom it names only where gates ask, since people are looked for then.
pub async fn behind(conn: &mut Conn, pushed: &Pushed, gates: &[Gate]) -> Result<Behind, Error> {
    let mut behind = Behind::from(pushed.by.person);
    if gates.iter().any(Gate::asks_whom_it_names) {
        behind.author = party(conn, pushed.build.origin.author.as_ref()).await?;
        behind.actor = party(conn, pushed.build.origin.actor.as_ref()).await?;
    }
    Ok(behind)
}

async fn party(conn: &mut Conn, claim: Option<&Claim>) -> Result<Option<Party>, Error> {
    let Some(claim) = claim else { return Ok(None) };
    let mut people = Vec::new();
    for key in Party::keys(&claim.value) {
        people.extend(people::known_as(conn, &key).await?);
    }
    people.sort_unstable();
    people.dedup();
    Ok(Some(Party { said: claim.value.clone(), people }))
}

pub async fn insert(tx: &mut Tx, build: &Build, by: Placer) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into builds (id, integration, digest, external_id, tag, media_type, size, platforms, origin,
                             received_at, received_via, pushed_by, pushed_with, tag_key, commit_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        build.id.uuid(),
        build.integration.uuid(),
        build.digest.to_string(),
        build.external_id.as_str(),
        build.tag.as_str(),
        build.media_type.as_str(),
        build.size,
        Json(&build.platforms),
        Json(&build.origin),
        build.received_at.micros(),
        build.received_via.name(),
        by.person.uuid(),
        by.token.map(TokenId::uuid),
        tag_key(&build.tag),
        build.origin.commit.as_ref().map(|commit| commit_key(&commit.value)),
    )
    .map(drop)
}
