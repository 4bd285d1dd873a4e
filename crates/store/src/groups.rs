//! Groups, who is in them, and the roles that are bound to them.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::access::Place;
use towpath_domain::groups::Group;
use towpath_domain::ids::{BindingId, GroupId, PersonId};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: GroupId,
    #[sqlx(try_from = "String")]
    slug: Slug,
    #[sqlx(try_from = "String")]
    title: Title,
    #[sqlx(try_from = "i64")]
    created_at: Time,
}

impl From<Row> for Group {
    fn from(row: Row) -> Self {
        Self { id: row.id, slug: row.slug, title: row.title, created_at: row.created_at }
    }
}

/// A role that is bound to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupBinding {
    pub id: BindingId,
    pub group: GroupId,
    pub role: Slug,
    pub place: Place,
}

#[derive(sqlx::FromRow)]
struct BindingRow {
    #[sqlx(try_from = "Uuid")]
    id: BindingId,
    #[sqlx(try_from = "Uuid")]
    of_group: GroupId,
    #[sqlx(try_from = "String")]
    role: Slug,
    #[sqlx(json)]
    place: Place,
}

impl From<BindingRow> for GroupBinding {
    fn from(row: BindingRow) -> Self {
        Self { id: row.id, group: row.of_group, role: row.role, place: row.place }
    }
}

/// The groups that there are, by title.
pub async fn list(conn: &mut Conn) -> Result<Vec<Group>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, slug, title, created_at from people_groups where deleted_at is null order by title, slug"
    )?;
    Ok(rows.into_iter().map(Group::from).collect())
}

pub async fn find(conn: &mut Conn, slug: &Slug) -> Result<Option<Group>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, slug, title, created_at from people_groups where slug = $1 and deleted_at is null",
        slug.as_str()
    )?;
    Ok(row.map(Group::from))
}

/// Who is in each group, and since when.
pub async fn members(conn: &mut Conn) -> Result<Vec<(GroupId, PersonId, Time)>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, Uuid, i64),
        conn,
        "select m.of_group, m.person, m.since from group_members m join people_groups g on g.id = m.of_group
         where g.deleted_at is null order by m.of_group, m.person"
    )?;
    let member =
        |(group, person, since): (Uuid, Uuid, i64)| (group.into(), person.into(), Time::from_micros(since));
    Ok(rows.into_iter().map(member).collect())
}

/// The roles that are bound to groups, the first bound first.
pub async fn bindings(conn: &mut Conn) -> Result<Vec<GroupBinding>, Error> {
    let rows = fetch!(
        fetch_all,
        BindingRow,
        conn,
        "select id, of_group, role, place from group_bindings order by id"
    )?;
    Ok(rows.into_iter().map(GroupBinding::from).collect())
}

/// Adds a group. A slug is taken for good, also by one that was deleted.
pub async fn insert(tx: &mut Tx, group: &Group) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into people_groups (id, slug, title, created_at) values ($1, $2, $3, $4)",
        group.id.uuid(),
        group.slug.as_str(),
        group.title.as_str(),
        group.created_at.micros(),
    )
    .map(drop)
}

/// Takes a group away with its members and roles; false where it was gone already.
pub async fn delete(tx: &mut Tx, group: GroupId, now: Time) -> Result<bool, Error> {
    execute!(tx.conn(), "delete from group_bindings where of_group = $1", group.uuid())?;
    execute!(tx.conn(), "delete from group_members where of_group = $1", group.uuid())?;
    let sql = "update people_groups set deleted_at = $2 where id = $1 and deleted_at is null";
    Ok(execute!(tx.conn(), sql, group.uuid(), now.micros())? == 1)
}

/// Puts someone into a group; false where they are in it already.
pub async fn join(tx: &mut Tx, group: GroupId, person: PersonId, now: Time) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "insert into group_members (of_group, person, since) values ($1, $2, $3) on conflict do nothing",
        group.uuid(),
        person.uuid(),
        now.micros(),
    )?;
    Ok(rows == 1)
}

/// Takes someone out of a group; false where they are not in it.
pub async fn leave(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<bool, Error> {
    let sql = "delete from group_members where of_group = $1 and person = $2";
    Ok(execute!(tx.conn(), sql, group.uuid(), person.uuid())? == 1)
}

/// Binds a role to a group.
pub async fn bind(tx: &mut Tx, binding: &GroupBinding, now: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into group_bindings (id, of_group, role, place, created_at) values ($1, $2, $3, $4, $5)",
        binding.id.uuid(),
        binding.group.uuid(),
        binding.role.as_str(),
        Json(&binding.place),
        now.micros(),
    )
    .map(drop)
}

/// Takes a role from a group; false where it was gone already.
pub async fn unbind(tx: &mut Tx, id: BindingId) -> Result<bool, Error> {
    Ok(execute!(tx.conn(), "delete from group_bindings where id = $1", id.uuid())? == 1)
}
