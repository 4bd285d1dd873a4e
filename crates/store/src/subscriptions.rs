//! Subscriptions, and what is on its way to them.

mod deliveries;

pub use deliveries::{
    Head, advance, cursor, deliveries, delivery, due, failing, head, queue, record, record_test, sweep,
    waiting,
};

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::ids::{IntegrationId, PersonId, ProjectId, SubscriptionId};
use towpath_domain::subscriptions::{Disabled, Format, Signing, Subscription};
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

/// A subscription with what is not shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub subscription: Subscription,
    pub project: Option<ProjectId>,
    pub integration: Option<IntegrationId>,
    /// The whole address, sealed.
    pub address: Vec<u8>,
    pub keys: Keys,
    /// The number of the last event that is not sent.
    pub since: i64,
}

/// The sealed keys of a subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    pub secret: Option<Vec<u8>>,
    /// The one before it, and until when that signs, too.
    pub former: Option<(Vec<u8>, Time)>,
    pub public: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: SubscriptionId,
    project: Option<Uuid>,
    project_slug: Option<String>,
    #[sqlx(try_from = "String")]
    title: Title,
    shown: String,
    address: Vec<u8>,
    format: String,
    signing: Option<String>,
    secret: Option<Vec<u8>>,
    former: Option<Vec<u8>>,
    former_until: Option<i64>,
    public_key: Option<String>,
    #[sqlx(json)]
    kinds: Vec<String>,
    integration: Option<Uuid>,
    integration_slug: Option<String>,
    stage: Option<String>,
    #[sqlx(try_from = "i64")]
    created_at: Time,
    since: i64,
    disabled_at: Option<i64>,
    disabled_because: Option<String>,
}

impl TryFrom<Row> for Stored {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let wrong = |what: &str| Error::inconsistent("subscriptions", what);
        let slug = |text: Option<String>| text.map(TryFrom::try_from).transpose();
        let signing =
            row.signing.map(|name| Signing::parse(&name).ok_or_else(|| wrong(&name))).transpose()?;
        let disabled = row.disabled_at.zip(row.disabled_because);
        let subscription = Subscription {
            id: row.id,
            project: slug(row.project_slug).map_err(|error| Error::inconsistent("projects", error))?,
            title: row.title,
            shown: row.shown,
            format: Format::parse(&row.format).ok_or_else(|| wrong(&row.format))?,
            signing,
            public_key: row.public_key.clone(),
            kinds: row.kinds,
            integration: slug(row.integration_slug)
                .map_err(|error| Error::inconsistent("integrations", error))?,
            stage: slug(row.stage).map_err(|error| Error::inconsistent("subscriptions", error))?,
            created_at: row.created_at,
            disabled: disabled.map(|(at, because)| Disabled { at: at.into(), because }),
        };
        Ok(Self {
            subscription,
            project: row.project.map(ProjectId),
            integration: row.integration.map(IntegrationId),
            address: row.address,
            keys: Keys {
                secret: row.secret,
                former: row.former.zip(row.former_until.map(Time::from_micros)),
                public: row.public_key,
            },
            since: row.since,
        })
    }
}

/// The columns of [`Row`]; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select s.id, s.project, p.slug as project_slug, s.title, s.shown, s.address, s.format, s.signing, s.secret,
                    s.former, s.former_until, s.public_key, s.kinds, s.integration,
                    coalesce(i.deleted_slug, i.slug) as integration_slug, s.stage, s.created_at, s.since,
                    s.disabled_at, s.disabled_because
             from subscriptions s left join projects p on p.id = s.project
             left join integrations i on i.id = s.integration ",
            $condition
        )
    };
}

pub async fn find(conn: &mut Conn, id: SubscriptionId) -> Result<Option<Stored>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where s.id = $1"), id.uuid())?;
    row.map(Stored::try_from).transpose()
}

/// Those of a project, or of the installation, the newest first.
pub async fn list(conn: &mut Conn, project: Option<ProjectId>) -> Result<Vec<Stored>, Error> {
    let rows = match project {
        Some(project) => {
            let sql = select!("where s.project = $1 order by s.id desc");
            fetch!(fetch_all, Row, conn, sql, project.uuid())?
        }
        None => fetch!(fetch_all, Row, conn, select!("where s.project is null order by s.id desc"))?,
    };
    rows.into_iter().map(Stored::try_from).collect()
}

/// All that are not disabled.
pub async fn active(conn: &mut Conn) -> Result<Vec<Stored>, Error> {
    let rows = fetch!(fetch_all, Row, conn, select!("where s.disabled_at is null order by s.id"))?;
    rows.into_iter().map(Stored::try_from).collect()
}

/// Those of them that someone made.
pub async fn active_of(conn: &mut Conn, person: PersonId) -> Result<Vec<Stored>, Error> {
    let sql = select!("where s.disabled_at is null and s.created_by = $1 order by s.id");
    let rows = fetch!(fetch_all, Row, conn, sql, person.uuid())?;
    rows.into_iter().map(Stored::try_from).collect()
}

pub async fn insert(tx: &mut Tx, new: &Stored, by: PersonId) -> Result<(), Error> {
    let subscription = &new.subscription;
    execute!(
        tx.conn(),
        "insert into subscriptions (id, project, title, shown, address, format, signing, secret, public_key, kinds,
                                    integration, stage, created_by, created_at, since)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        subscription.id.uuid(),
        new.project.map(ProjectId::uuid),
        subscription.title.as_str(),
        subscription.shown.as_str(),
        new.address.as_slice(),
        subscription.format.name(),
        subscription.signing.map(Signing::name),
        new.keys.secret.as_deref(),
        new.keys.public.as_deref(),
        Json(&subscription.kinds),
        new.integration.map(IntegrationId::uuid),
        subscription.stage.as_ref().map(towpath_domain::slugs::Slug::as_str),
        by.uuid(),
        subscription.created_at.micros(),
        new.since,
    )
    .map(drop)
}

/// Puts another key in force.
pub async fn rotate(tx: &mut Tx, id: SubscriptionId, keys: &Keys) -> Result<(), Error> {
    let former = keys.former.as_ref();
    execute!(
        tx.conn(),
        "update subscriptions set secret = $2, former = $3, former_until = $4, public_key = $5 where id = $1",
        id.uuid(),
        keys.secret.as_deref(),
        former.map(|(key, _)| key.as_slice()),
        former.map(|(_, until)| until.micros()),
        keys.public.as_deref(),
    )
    .map(drop)
}

/// Ends what is sent to it; false where that had ended before.
pub async fn disable(tx: &mut Tx, id: SubscriptionId, at: Time, because: &str) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update subscriptions set disabled_at = $2, disabled_because = $3 where id = $1 and disabled_at is null",
        id.uuid(),
        at.micros(),
        because
    )?;
    Ok(rows == 1)
}

/// Begins again with what comes after an event; false where it was not disabled.
pub async fn enable(tx: &mut Tx, id: SubscriptionId, since: i64) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update subscriptions set disabled_at = null, disabled_because = null, since = $2, leased_until = 0
         where id = $1 and disabled_at is not null",
        id.uuid(),
        since
    )?;
    Ok(rows == 1)
}

/// Takes it away with what was sent to it; false where it was gone.
pub async fn delete(tx: &mut Tx, id: SubscriptionId) -> Result<bool, Error> {
    execute!(tx.conn(), "delete from deliveries where subscription = $1", id.uuid())?;
    Ok(execute!(tx.conn(), "delete from subscriptions where id = $1", id.uuid())? == 1)
}

/// Takes the sending to it for one server; false where another has it.
pub async fn lease(tx: &mut Tx, id: SubscriptionId, now: Time, until: Time) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update subscriptions set leased_until = $3 where id = $1 and leased_until <= $2 and disabled_at is null",
        id.uuid(),
        now.micros(),
        until.micros()
    )?;
    Ok(rows == 1)
}

/// Keeps the sending for longer.
pub async fn extend(tx: &mut Tx, id: SubscriptionId, until: Time) -> Result<(), Error> {
    let sql = "update subscriptions set leased_until = $2 where id = $1";
    execute!(tx.conn(), sql, id.uuid(), until.micros()).map(drop)
}

/// Gives the sending back.
pub async fn release(tx: &mut Tx, id: SubscriptionId) -> Result<(), Error> {
    execute!(tx.conn(), "update subscriptions set leased_until = 0 where id = $1", id.uuid()).map(drop)
}
