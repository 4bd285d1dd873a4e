//! Release streams.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::StreamId;
use towpath_domain::slugs::Slug;
use towpath_domain::streams::Stream;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    #[sqlx(try_from = "Uuid")]
    id: StreamId,
    #[sqlx(try_from = "String")]
    slug: Slug,
    #[sqlx(try_from = "String")]
    title: Title,
    production: bool,
    built_in: bool,
}

impl From<Row> for Stream {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            title: row.title,
            production: row.production,
            built_in: row.built_in,
        }
    }
}

/// All streams, in the order in which builds usually pass them.
pub async fn list(conn: &mut Conn) -> Result<Vec<Stream>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, slug, title, production, built_in from release_streams
         where deleted_at is null order by position, slug"
    )?;
    Ok(rows.into_iter().map(Stream::from).collect())
}

/// The stream of this id, also where it was deleted, by its own name.
pub async fn load(conn: &mut Conn, id: StreamId) -> Result<Stream, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select id, coalesce(deleted_slug, slug) as slug, title, production, built_in from release_streams where id = $1",
        id.uuid()
    )?;
    Ok(row.into())
}

/// Adds a stream after those that exist.
pub async fn insert(tx: &mut Tx, stream: &Stream) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into release_streams (id, slug, title, production, built_in, position)
         values ($1, $2, $3, $4, $5, (select coalesce(max(position), 0) + 1 from release_streams))",
        stream.id.uuid(),
        stream.slug.as_str(),
        stream.title.as_str(),
        stream.production,
        stream.built_in,
    )
    .map(drop)
}
