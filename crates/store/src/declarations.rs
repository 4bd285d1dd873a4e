//! Which set of documents declares what.

use crate::query::{execute, fetch_in};
use crate::{Conn, Error, Tx};
use std::collections::HashMap;
use towpath_domain::declarations::Kind;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use uuid::Uuid;

/// How many ids are asked about at once: fewer than either engine binds.
const AT_ONCE: usize = 500;

/// The set of each of these things, of those that have one.
pub async fn owners(conn: &mut Conn, things: &[Uuid]) -> Result<HashMap<Uuid, Slug>, Error> {
    let mut owners = HashMap::new();
    for some in things.chunks(AT_ONCE) {
        let rows = fetch_in!(
            (Uuid, String),
            conn,
            "select thing, of_set from declared where thing in (",
            some.to_vec(),
            ")"
        )?;
        for (thing, set) in rows {
            owners.insert(thing, Slug::parse(&set).map_err(|error| Error::inconsistent("declared", error))?);
        }
    }
    Ok(owners)
}

/// Notes that a set declares something.
pub async fn put(tx: &mut Tx, thing: Uuid, kind: Kind, set: &Slug, at: Time) -> Result<(), Error> {
    let sql = "insert into declared (thing, kind, of_set, since) values ($1, $2, $3, $4)
               on conflict (thing) do update set of_set = excluded.of_set, since = excluded.since
               where declared.of_set <> excluded.of_set";
    execute!(tx.conn(), sql, thing, kind.name(), set.as_str(), at.micros()).map(drop)
}
