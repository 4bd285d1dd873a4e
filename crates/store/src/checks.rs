//! Checks: the newest result of each on a build, from each who reports it.

use crate::query::{execute, fetch, fetch_in};
use crate::workflows::kind;
use crate::{Conn, Error, Tx};
use std::collections::HashMap;
use towpath_domain::buckets::{BucketKey, BucketName};
use towpath_domain::checks::{Check, CheckName, CheckState, TokenName};
use towpath_domain::ids::{BuildId, PersonId, ProjectId, TokenId};
use towpath_domain::placements::Placer;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::{Link, Reason};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    build: BuildId,
    #[sqlx(try_from = "String")]
    name: CheckName,
    kind: Option<String>,
    key: Option<Uuid>,
    slug: Option<String>,
    state: String,
    link: Option<String>,
    summary: Option<String>,
    #[sqlx(try_from = "Uuid")]
    person: PersonId,
    token: Option<Uuid>,
    #[sqlx(try_from = "i64")]
    reported_at: Time,
    failures: i64,
}

impl TryFrom<Row> for Check {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let wrong = |what: String| Error::inconsistent("checks", what);
        let bucket = match (row.kind, row.key, row.slug) {
            (Some(of), Some(key), Some(slug)) => Some(BucketName {
                key: BucketKey::new(kind("checks", &of)?, key),
                slug: Slug::parse(&slug).map_err(|error| wrong(error.to_string()))?,
            }),
            _ => None,
        };
        let link = row.link.as_deref().map(Link::parse).transpose();
        let summary = row.summary.as_deref().map(Reason::parse).transpose();
        Ok(Self {
            build: row.build,
            name: row.name,
            bucket,
            state: CheckState::parse(&row.state).ok_or_else(|| wrong(format!("state {}", row.state)))?,
            link: link.map_err(|error| wrong(error.to_string()))?,
            summary: summary.map_err(|error| wrong(error.to_string()))?,
            by: Placer { person: row.person, token: row.token.map(TokenId) },
            reported_at: row.reported_at,
            failures: row.failures,
        })
    }
}

/// The results of each of these builds, by name.
pub async fn list(conn: &mut Conn, builds: &[BuildId]) -> Result<HashMap<BuildId, Vec<Check>>, Error> {
    let rows = fetch_in!(
        Row,
        conn,
        "select build, name, kind, key, slug, state, link, summary, person, token, reported_at, failures
         from checks where build in (",
        builds.iter().map(|build| build.uuid()).collect(),
        ") order by build, name, place, reporter"
    )?;
    let mut checks = HashMap::<BuildId, Vec<Check>>::new();
    for row in rows {
        let check = Check::try_from(row)?;
        checks.entry(check.build).or_default().push(check);
    }
    Ok(checks)
}

/// Keeps a result, in place of an earlier one of the same reporter.
pub async fn put(tx: &mut Tx, check: &Check) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into checks (build, name, place, reporter, kind, key, slug, state, link, summary, person, token,
                             reported_at, failures)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (build, name, place, reporter) do update
         set state = excluded.state, link = excluded.link, summary = excluded.summary, person = excluded.person,
             reported_at = excluded.reported_at, failures = excluded.failures",
        check.build.uuid(),
        check.name.as_str(),
        place(check),
        reporter(check),
        check.bucket.as_ref().map(|bucket| bucket.key.kind().name()),
        check.bucket.as_ref().map(|bucket| bucket.key.id()),
        check.bucket.as_ref().map(|bucket| bucket.slug.as_str()),
        check.state.name(),
        check.link.as_ref().map(Link::as_str),
        check.summary.as_ref().map(Reason::as_str),
        check.by.person.uuid(),
        check.by.token.map(TokenId::uuid),
        check.reported_at.micros(),
        check.failures,
    )
    .map(drop)
}

fn place(check: &Check) -> String {
    check.bucket.as_ref().map(|bucket| bucket.key.id().to_string()).unwrap_or_default()
}

/// What people report by hand is one reporter's word, whoever it was.
fn reporter(check: &Check) -> String {
    check.by.token.map(|token| token.to_string()).unwrap_or_default()
}

/// The tokens that can report in a project at a moment, by title.
pub async fn reporters(conn: &mut Conn, project: ProjectId, now: Time) -> Result<Vec<TokenName>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, String),
        conn,
        "select id, title from tokens
         where (project is null or project = $1) and revoked_at is null and expires_at > $2
           and cast(actions as text) like '%\"report\"%'
         order by title, id limit 200",
        project.uuid(),
        now.micros()
    )?;
    Ok(rows.into_iter().map(|(id, title)| TokenName { id: id.into(), title }).collect())
}
