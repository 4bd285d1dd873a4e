//! API tokens, kept under the hash of their secret.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx, makers};
use sqlx::types::Json;
use std::collections::HashMap;
use towpath_domain::access::{Action, Scope};
use towpath_domain::ids::{EnvironmentId, IntegrationId, PersonId, ProjectId, PublisherId, TokenId};
use towpath_domain::times::Time;
use towpath_domain::tokens::Token;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: TokenId,
    #[sqlx(try_from = "Uuid")]
    owner: PersonId,
    #[sqlx(try_from = "String")]
    title: Title,
    #[sqlx(json)]
    actions: Vec<Action>,
    project: Option<Uuid>,
    integration: Option<Uuid>,
    publisher: Option<Uuid>,
    environment: Option<Uuid>,
    project_slug: Option<String>,
    integration_slug: Option<String>,
    environment_name: Option<String>,
    #[sqlx(try_from = "i64")]
    created_at: Time,
    #[sqlx(try_from = "i64")]
    expires_at: Time,
    last_used_at: Option<i64>,
    last_used_from: Option<String>,
    former_until: Option<i64>,
    revoked_at: Option<i64>,
}

/// A token with what it is scoped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scoped {
    pub token: Token,
    pub scope: Scope,
    /// Whose job got it, where a person did not make it.
    pub publisher: Option<PublisherId>,
    /// Of which it is a read token, where it is one.
    pub environment: Option<EnvironmentId>,
}

impl From<Row> for Scoped {
    fn from(row: Row) -> Self {
        let scope = Scope {
            actions: row.actions.clone(),
            project: row.project.map(ProjectId),
            integration: row.integration.map(IntegrationId),
            ..Scope::default()
        };
        let words = match (row.project_slug, row.integration_slug) {
            (Some(project), Some(integration)) => format!("{project}/{integration}"),
            (Some(project), None) => project,
            _ => "everything its owner may reach".to_owned(),
        };
        let token = Token {
            id: row.id,
            owner: row.owner,
            title: row.title,
            actions: row.actions,
            scope: words,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at.map(Time::from_micros),
            last_used_from: row.last_used_from,
            former_until: row.former_until.map(Time::from_micros),
            revoked_at: row.revoked_at.map(Time::from_micros),
            environment: row.environment_name,
            made_by: Vec::new(),
        };
        let (publisher, environment) = (row.publisher.map(PublisherId), row.environment.map(EnvironmentId));
        Self { token, scope, publisher, environment }
    }
}

/// Tokens with the names of what they are for.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select t.id, t.owner, t.title, t.actions, t.project, t.integration, t.publisher, t.environment,
                    p.slug as project_slug,
                    coalesce(i.deleted_slug, i.slug) as integration_slug,
                    r.slug || ' / ' || e.slug as environment_name, t.created_at, t.expires_at, t.last_used_at,
                    t.last_used_from, t.former_until, t.revoked_at
             from tokens t left join projects p on p.id = t.project
             left join integrations i on i.id = t.integration
             left join environments e on e.id = t.environment left join projects r on r.id = e.project ",
            $rest
        )
    };
}

/// The token that has this secret, by its hash.
pub async fn find(conn: &mut Conn, hash: &[u8]) -> Result<Option<Scoped>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where t.hash = $1"), hash)?;
    Ok(row.map(Scoped::from))
}

/// The token that had this secret before the one that it has.
pub async fn find_former(conn: &mut Conn, hash: &[u8]) -> Result<Option<Scoped>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where t.former = $1"), hash)?;
    Ok(row.map(Scoped::from))
}

/// The tokens of a person that expire within a time, the first first.
pub async fn ending(
    conn: &mut Conn,
    owner: PersonId,
    (from, until): (Time, Time),
    limit: i64,
) -> Result<Vec<Token>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "where t.owner = $1 and t.revoked_at is null and t.expires_at > $2 and t.expires_at <= $3
             order by t.expires_at, t.id limit $4"
        ),
        owner.uuid(),
        from.micros(),
        until.micros(),
        limit
    )?;
    Ok(rows.into_iter().map(|row| Scoped::from(row).token).collect())
}

/// The tokens of people that expire within a time and of whose end nobody was told, the first first.
pub async fn unwarned(
    conn: &mut Conn,
    (from, until): (Time, Time),
    limit: i64,
) -> Result<Vec<Scoped>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "where t.publisher is null and t.revoked_at is null and t.warned_at is null
               and t.expires_at > $1 and t.expires_at <= $2
             order by t.expires_at, t.id limit $3"
        ),
        from.micros(),
        until.micros(),
        limit
    )?;
    Ok(rows.into_iter().map(Scoped::from).collect())
}

/// Notes that the end of a token was told.
pub async fn warned(tx: &mut Tx, id: TokenId, now: Time) -> Result<(), Error> {
    execute!(tx.conn(), "update tokens set warned_at = $2 where id = $1", id.uuid(), now.micros()).map(drop)
}

/// Gives a token another secret. The one before works for a while, where `former_until` says so.
pub async fn rotate(
    tx: &mut Tx,
    id: TokenId,
    hash: &[u8],
    expires_at: Time,
    former_until: Option<Time>,
) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update tokens set former = hash, former_until = $4, hash = $2, expires_at = $3, warned_at = null
         where id = $1 and revoked_at is null",
        id.uuid(),
        hash,
        expires_at.micros(),
        former_until.map(Time::micros)
    )?;
    Ok(rows == 1)
}

pub async fn load(conn: &mut Conn, id: TokenId) -> Result<Option<Scoped>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where t.id = $1"), id.uuid())?;
    Ok(row.map(Scoped::from))
}

/// A person's tokens, newest first, with who made them.
pub async fn list(conn: &mut Conn, owner: PersonId) -> Result<Vec<Token>, Error> {
    let rows = fetch!(fetch_all, Row, conn, select!("where t.owner = $1 order by t.id desc"), owner.uuid())?;
    let mut tokens: Vec<Token> = rows.into_iter().map(|row| Scoped::from(row).token).collect();
    let ids: Vec<TokenId> = tokens.iter().map(|token| token.id).collect();
    let mut makers = makers::names(conn, &ids).await?;
    for token in &mut tokens {
        token.made_by = makers.remove(&token.id).unwrap_or_default();
    }
    Ok(tokens)
}

/// The titles of these tokens.
pub async fn titles(conn: &mut Conn, ids: &[TokenId]) -> Result<HashMap<TokenId, String>, Error> {
    let rows = fetch_in!(
        (Uuid, String),
        conn,
        "select id, title from tokens where id in (",
        ids.iter().map(|id| id.uuid()).collect(),
        ")"
    )?;
    Ok(rows.into_iter().map(|(id, title): (Uuid, String)| (id.into(), title)).collect())
}

pub async fn insert(tx: &mut Tx, token: &Token, scope: &Scope, hash: &[u8]) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into tokens (id, owner, title, hash, actions, project, integration, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        token.id.uuid(),
        token.owner.uuid(),
        token.title.as_str(),
        hash,
        Json(&token.actions),
        scope.project.map(ProjectId::uuid),
        scope.integration.map(IntegrationId::uuid),
        token.created_at.micros(),
        token.expires_at.micros(),
    )
    .map(drop)
}

/// Revokes a token; false where it was revoked already.
pub async fn revoke(tx: &mut Tx, id: TokenId, now: Time) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update tokens set revoked_at = $2 where id = $1 and revoked_at is null",
        id.uuid(),
        now.micros()
    )?;
    Ok(rows == 1)
}

/// Revokes every token of a person, and tells how many worked until now.
pub async fn revoke_of(tx: &mut Tx, owner: PersonId, now: Time) -> Result<u64, Error> {
    execute!(
        tx.conn(),
        "update tokens set revoked_at = $2 where owner = $1 and revoked_at is null and expires_at > $2",
        owner.uuid(),
        now.micros()
    )
}

/// Notes that a token is in use, and from where, as far as that is known.
pub async fn touch(tx: &mut Tx, id: TokenId, now: Time, from: Option<&str>) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update tokens set last_used_at = $2, last_used_from = $3 where id = $1",
        id.uuid(),
        now.micros(),
        from
    )
    .map(drop)
}
