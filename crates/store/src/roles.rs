//! Roles of an installation's own.

use crate::access::RoleRow;
use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::access::Role;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

/// A role that is there, built in or not.
pub async fn find(conn: &mut Conn, slug: &Slug) -> Result<Option<Role>, Error> {
    let row = fetch!(
        fetch_optional,
        RoleRow,
        conn,
        "select slug, title, permissions from roles where slug = $1 and deleted_at is null",
        slug.as_str()
    )?;
    Ok(row.map(Role::from))
}

/// Adds one. A slug is taken for good, also by a role that was deleted.
pub async fn insert(tx: &mut Tx, role: &Role) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into roles (slug, title, permissions, built_in) values ($1, $2, $3, false)",
        role.slug.as_str(),
        role.title.as_str(),
        Json(&role.permissions),
    )
    .map(drop)
}

/// Changes one, for everyone who holds it; false where it is built in, or gone.
pub async fn change(tx: &mut Tx, role: &Role) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update roles set title = $2, permissions = $3 where slug = $1 and not built_in and deleted_at is null",
        role.slug.as_str(),
        role.title.as_str(),
        Json(&role.permissions),
    )?;
    Ok(rows == 1)
}

/// Takes one out of lists for good; false where it is built in, or gone.
pub async fn delete(tx: &mut Tx, slug: &Slug, now: Time) -> Result<bool, Error> {
    let sql = "update roles set deleted_at = $2 where slug = $1 and not built_in and deleted_at is null";
    Ok(execute!(tx.conn(), sql, slug.as_str(), now.micros())? == 1)
}
