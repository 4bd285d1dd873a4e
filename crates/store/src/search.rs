//! Builds and promotions by what people know of them. Prefixes are ranges, which either engine finds by an
//! index whose order is that of bytes.

use crate::query::{fetch, fetch_in};
use crate::{Conn, Error};
use std::collections::HashMap;
use towpath_domain::digests::Digest;
use towpath_domain::ids::{BuildId, IntegrationId, ProjectId};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use uuid::Uuid;

/// More integrations than this are looked through together: one walk of the index that holds all of them soon
/// meets enough that may be seen.
const FEW: usize = 64;

/// What a build is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Tag,
    Commit,
    Digest,
}

/// What the key of a build starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix {
    pub key: Key,
    pub text: String,
}

impl Key {
    const fn column(self) -> &'static str {
        match self {
            Self::Tag => "b.tag_key",
            Self::Commit => "b.commit_key",
            Self::Digest => "b.digest",
        }
    }
}

impl Prefix {
    /// What sorts after everything that starts so: nothing has this character.
    fn end(&self) -> String {
        format!("{}\u{10ffff}", self.text)
    }
}

/// A build that was found.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    #[sqlx(try_from = "Uuid")]
    pub id: BuildId,
    #[sqlx(try_from = "Uuid")]
    pub integration: IntegrationId,
    #[sqlx(try_from = "String")]
    pub digest: Digest,
    #[sqlx(try_from = "String")]
    pub tag: Tag,
    pub commit_key: Option<String>,
    #[sqlx(try_from = "i64")]
    pub received_at: Time,
}

/// Which builds to find: those whose key starts with `prefix`, but not those that one of `before` finds.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub prefix: &'a Prefix,
    pub before: &'a [Prefix],
    /// The integrations that the reader may see; absent for whoever sees all.
    pub visible: Option<&'a [IntegrationId]>,
    /// The build after which to go on.
    pub after: Option<BuildId>,
}

/// Finds up to `limit` builds, by their key, and of one key the newest first.
pub async fn builds(conn: &mut Conn, wanted: &Wanted<'_>, limit: i64) -> Result<Vec<Found>, Error> {
    let column = wanted.prefix.key.column();
    let after = match wanted.after {
        Some(id) => key_of(conn, wanted.prefix.key, id).await?.map(|key| (key, id)),
        None => None,
    };
    // A commit's first digits single out a handful of builds anyway, and no index has them by integration.
    let few = wanted.prefix.key != Key::Commit && wanted.visible.is_some_and(|visible| visible.len() <= FEW);
    macro_rules! find {
        ($engine:ty, $conn:expr) => {{
            let mut query = sqlx::QueryBuilder::<$engine>::new(
                "select b.id, b.integration, b.digest, b.tag, b.commit_key, b.received_at from builds b where ",
            );
            let from = after.as_ref().map_or(&wanted.prefix.text, |(key, _)| key);
            query.push(column).push(" >= ").push_bind(from.clone());
            query.push(" and ").push(column).push(" < ").push_bind(wanted.prefix.end());
            if let Some((key, id)) = &after {
                query.push(" and (").push(column).push(" > ").push_bind(key.clone());
                query.push(" or b.id < ").push_bind(id.uuid()).push(")");
            }
            for earlier in wanted.before {
                let column = earlier.key.column();
                query.push(" and (").push(column).push(" is null or ");
                query.push(column).push(" < ").push_bind(earlier.text.clone()).push(" or ");
                query.push(column).push(" >= ").push_bind(earlier.end()).push(")");
            }
            if let Some(visible) = wanted.visible {
                // The index of each integration where they are few; otherwise the expression keeps the planner
                // to the index that is in the wanted order already.
                let integration = if few { "b.integration" } else { "coalesce(b.integration, b.integration)" };
                query.push(" and ").push(integration).push(" in (");
                let mut list = query.separated(", ");
                for id in visible {
                    list.push_bind(id.uuid());
                }
                query.push(")");
            }
            query.push(" order by ").push(column);
            if few {
                query.push(" || ''");
            }
            query.push(", b.id desc limit ").push_bind(limit);
            query.build_query_as::<Found>().fetch_all(&mut **$conn).await
        }};
    }
    if wanted.visible.is_some_and(<[_]>::is_empty) {
        return Ok(Vec::new());
    }
    let found = match conn {
        Conn::Sqlite(conn) => find!(sqlx::Sqlite, conn),
        Conn::Postgres(conn) => find!(sqlx::Postgres, conn),
    };
    Ok(found?)
}

async fn key_of(conn: &mut Conn, key: Key, id: BuildId) -> Result<Option<String>, Error> {
    let sql = match key {
        Key::Tag => "select tag_key from builds where id = $1",
        Key::Commit => "select commit_key from builds where id = $1",
        Key::Digest => "select digest from builds where id = $1",
    };
    let row = fetch!(fetch_optional, (Option<String>,), conn, sql, id.uuid())?;
    Ok(row.and_then(|(key,)| key))
}

/// The names of the buckets in which these builds are current now.
pub async fn current_in(conn: &mut Conn, builds: &[BuildId]) -> Result<HashMap<BuildId, Vec<Slug>>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(try_from = "Uuid")]
        build: BuildId,
        #[sqlx(try_from = "String")]
        slug: Slug,
    }
    let rows = fetch_in!(
        Row,
        conn,
        "select p.build, coalesce(e.deleted_slug, e.slug, s.deleted_slug, s.slug) as slug
         from placements p
         join buckets k on k.id = p.bucket and k.placement = p.id
         left join environments e on k.kind = 'environment' and e.id = k.key
         left join release_streams s on k.kind = 'release_stream' and s.id = k.key
         where p.build in (",
        builds.iter().map(|build| build.uuid()).collect(),
        ") order by coalesce(e.position, s.position)"
    )?;
    let mut current = HashMap::<BuildId, Vec<Slug>>::new();
    for row in rows {
        current.entry(row.build).or_default().push(row.slug);
    }
    Ok(current)
}

/// A promotion that was found by its number.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Numbered {
    #[sqlx(try_from = "Uuid")]
    pub project_id: ProjectId,
    #[sqlx(try_from = "Uuid")]
    pub integration_id: IntegrationId,
    #[sqlx(try_from = "String")]
    pub project: Slug,
    #[sqlx(try_from = "String")]
    pub integration: Slug,
    #[sqlx(try_from = "String")]
    pub tag: Tag,
    #[sqlx(try_from = "String")]
    pub to_slug: Slug,
    pub state: String,
}

/// The promotions of a number, one for each project that has come so far.
pub async fn promotions(conn: &mut Conn, number: i64) -> Result<Vec<Numbered>, Error> {
    fetch!(
        fetch_all,
        Numbered,
        conn,
        "select m.project as project_id, m.integration as integration_id, o.slug as project,
                coalesce(i.deleted_slug, i.slug) as integration, m.tag, m.to_slug, m.state
         from promotions m
         join projects o on o.id = m.project
         join integrations i on i.id = m.integration
         where m.number = $1 order by o.slug",
        number
    )
}
