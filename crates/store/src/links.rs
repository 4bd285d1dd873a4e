//! One-time links: how the first admin and invited people join.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::access::Place;
use towpath_domain::ids::{LinkId, PersonId};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Email;
use uuid::Uuid;

/// A one-time link; its secret is known by its hash only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: LinkId,
    pub purpose: Purpose,
    pub created_at: Time,
    pub expires_at: Time,
    pub used_at: Option<Time>,
}

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Makes, or restores, an admin of the installation.
    Admin,
    Invitation {
        email: Email,
        role: Slug,
        place: Place,
    },
}

impl Link {
    /// Where an invitation gives its role.
    pub const fn place(&self) -> Option<&Place> {
        match &self.purpose {
            Purpose::Admin => None,
            Purpose::Invitation { place, .. } => Some(place),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: LinkId,
    purpose: String,
    email: Option<String>,
    role: Option<String>,
    place: Option<Json<Place>>,
    #[sqlx(try_from = "i64")]
    created_at: Time,
    #[sqlx(try_from = "i64")]
    expires_at: Time,
    used_at: Option<i64>,
}

impl TryFrom<Row> for Link {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let wrong = |what: &dyn ToString| Error::inconsistent("links", what.to_string());
        let purpose = match (row.purpose.as_str(), row.email, row.role, row.place) {
            ("admin", None, None, None) => Purpose::Admin,
            ("invitation", Some(email), Some(role), Some(Json(place))) => Purpose::Invitation {
                email: Email::parse(&email).map_err(|error| wrong(&error))?,
                role: Slug::parse(&role).map_err(|error| wrong(&error))?,
                place,
            },
            _ => return Err(wrong(&row.id)),
        };
        Ok(Self {
            id: row.id,
            purpose,
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: row.used_at.map(Time::from_micros),
        })
    }
}

pub async fn insert(tx: &mut Tx, link: &Link, hash: &[u8]) -> Result<(), Error> {
    let (purpose, email, role, place) = match &link.purpose {
        Purpose::Admin => ("admin", None, None, None),
        Purpose::Invitation { email, role, place } => {
            ("invitation", Some(email.as_str()), Some(role.as_str()), Some(Json(place)))
        }
    };
    execute!(
        tx.conn(),
        "insert into links (id, hash, purpose, email, role, place, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        link.id.uuid(),
        hash,
        purpose,
        email,
        role,
        place,
        link.created_at.micros(),
        link.expires_at.micros(),
    )
    .map(drop)
}

pub async fn find(conn: &mut Conn, hash: &[u8]) -> Result<Option<Link>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, purpose, email, role, place, created_at, expires_at, used_at from links where hash = $1",
        hash
    )?;
    row.map(Link::try_from).transpose()
}

/// Invitations that nobody has used, newest first.
pub async fn open_invitations(conn: &mut Conn, now: Time) -> Result<Vec<Link>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, purpose, email, role, place, created_at, expires_at, used_at from links
         where purpose = 'invitation' and used_at is null and expires_at > $1 order by id desc",
        now.micros()
    )?;
    rows.into_iter().map(Link::try_from).collect()
}

/// Marks a link as used; false where it was used or had expired, so that it works once.
pub async fn redeem(tx: &mut Tx, id: LinkId, by: PersonId, now: Time) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update links set used_at = $2, used_by = $3 where id = $1 and used_at is null and expires_at > $2",
        id.uuid(),
        now.micros(),
        by.uuid(),
    )?;
    Ok(rows == 1)
}

/// Takes an invitation back; false where it was used or is gone already, so that nobody joins by it later.
pub async fn withdraw(tx: &mut Tx, id: LinkId) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "delete from links where id = $1 and purpose = 'invitation' and used_at is null",
        id.uuid()
    )?;
    Ok(rows == 1)
}
