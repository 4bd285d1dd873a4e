//! Roles, and their bindings to people.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::access::{Binding, Grant, Permissions, Place, Role};
use towpath_domain::groups::GroupName;
use towpath_domain::ids::{BindingId, PersonId};
use towpath_domain::providers::RoleSource;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
pub(crate) struct RoleRow {
    #[sqlx(try_from = "String")]
    slug: Slug,
    title: String,
    #[sqlx(json)]
    permissions: Permissions,
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        Self { slug: row.slug, title: row.title, permissions: row.permissions }
    }
}

#[derive(sqlx::FromRow)]
struct BindingRow {
    #[sqlx(try_from = "Uuid")]
    id: BindingId,
    #[sqlx(try_from = "Uuid")]
    person: PersonId,
    #[sqlx(json)]
    place: Place,
    provider: Option<String>,
    provider_group: Option<String>,
    group_slug: Option<String>,
    group_title: Option<String>,
    #[sqlx(flatten)]
    role: RoleRow,
}

/// A binding with the role that it binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    pub binding: Binding,
    pub role: Role,
    /// Where it comes from, where nobody gave it by hand.
    pub source: Option<RoleSource>,
    /// The group to which it is bound, where it is not bound to the person.
    pub group: Option<GroupName>,
}

impl Bound {
    /// Whether it is the person's own, so that it can be taken from them.
    pub const fn is_own(&self) -> bool {
        self.group.is_none()
    }
}

impl TryFrom<BindingRow> for Bound {
    type Error = Error;

    fn try_from(row: BindingRow) -> Result<Self, Error> {
        let source = |provider: String| {
            let provider = Slug::parse(&provider).map_err(|error| Error::inconsistent("bindings", error))?;
            Ok::<_, Error>(RoleSource { provider, group: row.provider_group })
        };
        let source = row.provider.map(source).transpose()?;
        let group = match row.group_slug.zip(row.group_title) {
            Some((slug, title)) => Some(GroupName {
                slug: Slug::parse(&slug).map_err(|error| Error::inconsistent("people_groups", error))?,
                title,
            }),
            None => None,
        };
        let binding = Binding { id: row.id, person: row.person, place: row.place };
        Ok(Self { binding, role: row.role.into(), source, group })
    }
}

/// The roles that there are, by title.
pub async fn roles(conn: &mut Conn) -> Result<Vec<Role>, Error> {
    let rows = fetch!(
        fetch_all,
        RoleRow,
        conn,
        "select slug, title, permissions from roles where deleted_at is null order by title"
    )?;
    Ok(rows.into_iter().map(Role::from).collect())
}

/// Adds a built-in role, or brings it to what this version means by it.
pub async fn save_built_in(tx: &mut Tx, role: &Role) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into roles (slug, title, permissions, built_in) values ($1, $2, $3, true)
         on conflict (slug) do update set title = excluded.title, permissions = excluded.permissions",
        role.slug.as_str(),
        role.title.as_str(),
        Json(&role.permissions),
    )
    .map(drop)
}

/// What people hold, with the columns of a [`BindingRow`].
macro_rules! held {
    ($more:literal) => {
        concat!(
            "select b.id, b.person, b.place, b.provider, b.provider_group, g.slug as group_slug, g.title as group_title,
             r.slug, r.title, r.permissions
             from held_roles b join roles r on r.slug = b.role left join people_groups g on g.id = b.of_group ",
            $more
        )
    };
}

/// Everything that one person was granted.
pub async fn grants(conn: &mut Conn, person: PersonId) -> Result<Vec<Grant>, Error> {
    let bound = bindings_of(conn, person).await?;
    Ok(bound.into_iter().map(|bound| Grant { role: bound.role, place: bound.binding.place }).collect())
}

/// Everything that anybody holds, by person: also what they hold as members of groups, after their own.
pub async fn bindings(conn: &mut Conn) -> Result<Vec<Bound>, Error> {
    let rows = fetch!(fetch_all, BindingRow, conn, held!("order by b.person, b.of_group is not null, b.id"))?;
    rows.into_iter().map(Bound::try_from).collect()
}

/// What one person holds, also as a member of groups.
pub async fn bindings_of(conn: &mut Conn, person: PersonId) -> Result<Vec<Bound>, Error> {
    let rows = fetch!(
        fetch_all,
        BindingRow,
        conn,
        held!("where b.person = $1 order by b.of_group is not null, b.id"),
        person.uuid()
    )?;
    rows.into_iter().map(Bound::try_from).collect()
}

/// The bindings that go with groups of providers, by person.
pub async fn bindings_by_groups(conn: &mut Conn) -> Result<Vec<Bound>, Error> {
    let rows = fetch!(
        fetch_all,
        BindingRow,
        conn,
        held!("where b.provider_group is not null order by b.person, b.id")
    )?;
    rows.into_iter().map(Bound::try_from).collect()
}

/// Binds a role. `source` is where it comes from, where nobody gave it by hand.
pub async fn bind(
    tx: &mut Tx,
    binding: &Binding,
    role: &Slug,
    source: Option<&RoleSource>,
    at: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into bindings (id, person, role, place, provider, provider_group, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        binding.id.uuid(),
        binding.person.uuid(),
        role.as_str(),
        Json(&binding.place),
        source.map(|source| source.provider.as_str()),
        source.and_then(|source| source.group.as_deref()),
        at.micros(),
    )
    .map(drop)
}

/// Takes a binding away; false where it was gone already.
pub async fn unbind(tx: &mut Tx, id: BindingId) -> Result<bool, Error> {
    let rows = execute!(tx.conn(), "delete from bindings where id = $1", id.uuid())?;
    Ok(rows == 1)
}
