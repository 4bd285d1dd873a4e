//! Saved views, and which one each person begins with.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::home::Filter;
use towpath_domain::ids::{PersonId, ProjectId, SavedViewId};
use towpath_domain::saved_views::SavedView;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: SavedViewId,
    #[sqlx(try_from = "Uuid")]
    owner: PersonId,
    #[sqlx(try_from = "String")]
    title: Title,
    #[sqlx(json)]
    filter: Filter,
    project: Option<Uuid>,
    #[sqlx(try_from = "i64")]
    created_at: Time,
    project_slug: Option<String>,
    by_name: String,
}

/// A view with the names around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub view: SavedView,
    /// The project that it is shared with.
    pub shared: Option<Slug>,
    /// Who saved it.
    pub by: String,
}

impl TryFrom<Row> for Found {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let shared = row.project_slug.as_deref().map(Slug::parse).transpose();
        Ok(Self {
            view: SavedView {
                id: row.id,
                owner: row.owner,
                title: row.title,
                filter: row.filter,
                shared: row.project.map(ProjectId),
                created_at: row.created_at,
            },
            shared: shared.map_err(|error| Error::inconsistent("saved_views", error))?,
            by: row.by_name,
        })
    }
}

/// The columns of [`Row`]; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select v.id, v.owner, v.title, v.filter, v.project, v.created_at, o.slug as project_slug, p.name as by_name
             from saved_views v join people p on p.id = v.owner left join projects o on o.id = v.project ",
            $condition
        )
    };
}

/// The views of a person, by title.
pub async fn own(conn: &mut Conn, person: PersonId) -> Result<Vec<Found>, Error> {
    let rows =
        fetch!(fetch_all, Row, conn, select!("where v.owner = $1 order by v.title, v.id"), person.uuid())?;
    rows.into_iter().map(Found::try_from).collect()
}

/// The views that others share with some of these projects, by title.
pub async fn shared(
    conn: &mut Conn,
    person: PersonId,
    projects: &[ProjectId],
    limit: i64,
) -> Result<Vec<Found>, Error> {
    let rows = fetch_in!(
        Row,
        conn,
        [(select!("where v.owner <> "), person.uuid())] " and v.project in (",
        projects.iter().map(|project| project.uuid()).collect(),
        format!(") order by v.title, v.id limit {limit}")
    )?;
    rows.into_iter().map(Found::try_from).collect()
}

pub async fn find(conn: &mut Conn, id: SavedViewId) -> Result<Option<Found>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where v.id = $1"), id.uuid())?;
    row.map(Found::try_from).transpose()
}

/// What a person begins with, where they chose anything.
pub async fn start(conn: &mut Conn, person: PersonId) -> Result<Option<SavedViewId>, Error> {
    let sql = "select view from start_views where person = $1";
    let row = fetch!(fetch_optional, (Uuid,), conn, sql, person.uuid())?;
    Ok(row.map(|(view,)| SavedViewId(view)))
}

/// Adds a view. Two of one person's do not share a title.
pub async fn insert(tx: &mut Tx, view: &SavedView) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into saved_views (id, owner, title, filter, project, created_at) values ($1, $2, $3, $4, $5, $6)",
        view.id.uuid(),
        view.owner.uuid(),
        view.title.as_str(),
        Json(&view.filter),
        view.shared.map(ProjectId::uuid),
        view.created_at.micros(),
    )
    .map(drop)
}

/// Saves another title, filter or project of a view.
pub async fn update(tx: &mut Tx, view: &SavedView) -> Result<(), Error> {
    let rows = execute!(
        tx.conn(),
        "update saved_views set title = $2, filter = $3, project = $4 where id = $1",
        view.id.uuid(),
        view.title.as_str(),
        Json(&view.filter),
        view.shared.map(ProjectId::uuid),
    )?;
    if rows == 1 { Ok(()) } else { Err(Error::Changed) }
}

/// Deletes a view; whoever began with it begins with everything.
pub async fn delete(tx: &mut Tx, id: SavedViewId) -> Result<(), Error> {
    execute!(tx.conn(), "delete from saved_views where id = $1", id.uuid()).map(drop)
}

/// Lets a person begin with a view, or with everything.
pub async fn set_start(tx: &mut Tx, person: PersonId, view: Option<SavedViewId>) -> Result<(), Error> {
    match view {
        None => execute!(tx.conn(), "delete from start_views where person = $1", person.uuid()).map(drop),
        Some(view) => execute!(
            tx.conn(),
            "insert into start_views (person, view) values ($1, $2)
             on conflict (person) do update set view = excluded.view",
            person.uuid(),
            view.uuid(),
        )
        .map(drop),
    }
}
