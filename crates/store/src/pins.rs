//! Pins. Those that are over stay for the record; one for each service in an environment is open until its end is told.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use std::collections::HashMap;
use towpath_domain::buckets::BucketKey;
use towpath_domain::digests::Digest;
use towpath_domain::ids::{
    BuildId, EnvironmentId, IntegrationId, PersonId, ProjectId, PromotionId, ServiceId,
};
use towpath_domain::pins::{End, Mark, Pin};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::BuildName;
use towpath_domain::times::Time;
use towpath_domain::words::Reason;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    promotion: PromotionId,
    number: i64,
    #[sqlx(try_from = "Uuid")]
    integration: IntegrationId,
    #[sqlx(try_from = "Uuid")]
    service: ServiceId,
    #[sqlx(try_from = "Uuid")]
    environment: EnvironmentId,
    #[sqlx(try_from = "Uuid")]
    build: BuildId,
    #[sqlx(try_from = "String")]
    digest: Digest,
    #[sqlx(try_from = "String")]
    tag: Tag,
    #[sqlx(try_from = "String")]
    reason: Reason,
    #[sqlx(try_from = "Uuid")]
    requested_by: PersonId,
    #[sqlx(try_from = "i64")]
    at: Time,
    #[sqlx(try_from = "i64")]
    until_at: Time,
    end_data: Option<Json<End>>,
}

impl From<Row> for Pin {
    fn from(row: Row) -> Self {
        Self {
            promotion: row.promotion,
            number: row.number,
            integration: row.integration,
            service: row.service,
            environment: row.environment,
            build: BuildName { id: row.build, digest: row.digest, tag: row.tag },
            reason: row.reason,
            by: row.requested_by,
            at: row.at,
            until: row.until_at,
            end: row.end_data.map(|end| end.0),
        }
    }
}

/// The columns of [`Row`] with what it joins; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select x.promotion, m.number, m.integration, x.service, x.environment, x.build, b.digest, m.tag,
                    m.reason, m.requested_by, x.at, x.until_at, x.end_data
             from pins x
             join promotions m on m.id = x.promotion
             join builds b on b.id = x.build ",
            $condition
        )
    };
}

/// A pin to keep. Nothing else may be open in its place.
#[derive(Debug, Clone, Copy)]
pub struct New {
    pub promotion: PromotionId,
    pub service: ServiceId,
    pub environment: EnvironmentId,
    pub build: BuildId,
    /// The bucket that feeds the environment.
    pub bucket: BucketKey,
    pub at: Time,
    pub until: Time,
}

pub async fn insert(tx: &mut Tx, pin: New) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into pins (promotion, service, environment, build, key, at, until_at, open)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        pin.promotion.uuid(),
        pin.service.uuid(),
        pin.environment.uuid(),
        pin.build.uuid(),
        pin.bucket.id(),
        pin.at.micros(),
        pin.until.micros(),
        true
    )
    .map(drop)
}

/// Closes an open pin: before its time, or since that is over; false where it was closed before.
pub async fn close(tx: &mut Tx, promotion: PromotionId, end: Option<&End>) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update pins set open = $2, end_data = $3 where promotion = $1 and open",
        promotion.uuid(),
        false,
        end.map(Json)
    )?;
    Ok(rows == 1)
}

/// The pin of a service in an environment whose end has not been told, whether or not it is over.
pub async fn open(
    conn: &mut Conn,
    service: ServiceId,
    environment: EnvironmentId,
) -> Result<Option<Pin>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        select!("where x.service = $1 and x.environment = $2 and x.open"),
        service.uuid(),
        environment.uuid()
    )?;
    Ok(row.map(Pin::from))
}

/// Up to `limit` open pins whose time is over by now, the first over first. Nothing in an archived project changes, so its
/// own stay until it is restored.
pub async fn over(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<Pin>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "join projects o on o.id = m.project
             where x.open and x.until_at <= $1 and o.archived_at is null order by x.until_at, x.promotion limit $2"
        ),
        now.micros(),
        limit
    )?;
    Ok(rows.into_iter().map(Pin::from).collect())
}

/// The pins in force in an environment at a moment, by service.
pub async fn in_force(conn: &mut Conn, environment: EnvironmentId, now: Time) -> Result<Vec<Pin>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "join services s on s.id = x.service
             where x.environment = $1 and x.open and x.until_at > $2 order by s.slug"
        ),
        environment.uuid(),
        now.micros()
    )?;
    Ok(rows.into_iter().map(Pin::from).collect())
}

/// The pins of an environment that have ended by a moment, the newest first, from before one of them.
pub async fn ended(
    conn: &mut Conn,
    environment: EnvironmentId,
    now: Time,
    before: Option<PromotionId>,
    limit: i64,
) -> Result<Vec<Pin>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "where x.environment = $1 and (not x.open or x.until_at <= $2) and x.promotion < $3
             order by x.promotion desc limit $4"
        ),
        environment.uuid(),
        now.micros(),
        before.map_or(Uuid::max(), PromotionId::uuid),
        limit
    )?;
    Ok(rows.into_iter().map(Pin::from).collect())
}

/// The promotions by which a build was pinned, the first first, each with its pin.
pub async fn of_build(conn: &mut Conn, build: BuildId, limit: i64) -> Result<Vec<Pin>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!("where x.build = $1 order by x.at, x.promotion limit $2"),
        build.uuid(),
        limit
    )?;
    Ok(rows.into_iter().map(Pin::from).collect())
}

/// The pin that a promotion made, as far as it did.
pub async fn find(conn: &mut Conn, promotion: PromotionId) -> Result<Option<Pin>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where x.promotion = $1"), promotion.uuid())?;
    Ok(row.map(Pin::from))
}

/// A pin in force with where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub service: ServiceId,
    pub environment: EnvironmentId,
    pub mark: Mark,
}

#[derive(sqlx::FromRow)]
struct MarkRow {
    service: Uuid,
    environment: Uuid,
    build: Uuid,
    #[sqlx(try_from = "String")]
    digest: Digest,
    #[sqlx(try_from = "String")]
    tag: Tag,
    #[sqlx(try_from = "String")]
    reason: Reason,
    requested_by: Uuid,
    #[sqlx(try_from = "i64")]
    at: Time,
    #[sqlx(try_from = "i64")]
    until_at: Time,
    #[sqlx(try_from = "String")]
    project: Slug,
    number: i64,
}

impl From<MarkRow> for Placed {
    fn from(row: MarkRow) -> Self {
        let mark = Mark {
            build: row.build.into(),
            digest: row.digest,
            tag: row.tag,
            reason: row.reason,
            by: row.requested_by.into(),
            at: row.at,
            until: row.until_at,
            project: row.project,
            number: row.number,
        };
        Self { service: row.service.into(), environment: row.environment.into(), mark }
    }
}

/// The pins in force of these services, wherever they are.
pub async fn of_services(
    conn: &mut Conn,
    services: &[ServiceId],
    now: Time,
) -> Result<HashMap<(ServiceId, EnvironmentId), Mark>, Error> {
    let rows = fetch_in!(
        MarkRow,
        conn,
        [(
            "select x.service, x.environment, x.build, b.digest, m.tag, m.reason, m.requested_by, x.at, x.until_at,
                    o.slug as project, m.number
             from pins x
             join promotions m on m.id = x.promotion
             join projects o on o.id = m.project
             join builds b on b.id = x.build
             where x.open and x.until_at > ",
            now.micros()
        )]
        " and x.service in (",
        services.iter().map(|service| service.uuid()).collect(),
        ")"
    )?;
    let placed = rows.into_iter().map(Placed::from);
    Ok(placed.map(|placed| ((placed.service, placed.environment), placed.mark)).collect())
}

/// A place where a build is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedIn {
    pub in_project: ProjectId,
    pub project: Slug,
    pub environment: Slug,
    pub service: Slug,
    pub until: Time,
    pub number: i64,
}

/// Where a build is pinned by now, by project, environment and service.
pub async fn where_pinned(conn: &mut Conn, build: BuildId, now: Time) -> Result<Vec<PinnedIn>, Error> {
    #[derive(sqlx::FromRow)]
    struct InRow {
        #[sqlx(try_from = "Uuid")]
        in_project: ProjectId,
        #[sqlx(try_from = "String")]
        project: Slug,
        #[sqlx(try_from = "String")]
        environment: Slug,
        #[sqlx(try_from = "String")]
        service: Slug,
        #[sqlx(try_from = "i64")]
        until_at: Time,
        number: i64,
    }
    let rows = fetch!(
        fetch_all,
        InRow,
        conn,
        "select p.id as in_project, p.slug as project, e.slug as environment, s.slug as service, x.until_at, m.number
         from pins x
         join promotions m on m.id = x.promotion
         join services s on s.id = x.service
         join environments e on e.id = x.environment
         join projects p on p.id = e.project
         where x.build = $1 and x.open and x.until_at > $2 order by p.slug, e.position, s.slug limit 200",
        build.uuid(),
        now.micros()
    )?;
    let place = |row: InRow| PinnedIn {
        in_project: row.in_project,
        project: row.project,
        environment: row.environment,
        service: row.service,
        until: row.until_at,
        number: row.number,
    };
    Ok(rows.into_iter().map(place).collect())
}

/// A pin that ends soon, as those are told who asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingPin {
    /// The project of the environment, and the integration of the service.
    pub home: ProjectId,
    pub integration: IntegrationId,
    pub project: Slug,
    pub environment: Slug,
    pub service: Slug,
    pub tag: Tag,
    pub until: Time,
}

/// The pins that somebody asked for and that end between two times, the first first.
pub async fn ending(
    conn: &mut Conn,
    by: PersonId,
    (from, to): (Time, Time),
    limit: i64,
) -> Result<Vec<EndingPin>, Error> {
    #[derive(sqlx::FromRow)]
    struct EndingRow {
        home: Uuid,
        integration: Uuid,
        #[sqlx(try_from = "String")]
        project: Slug,
        #[sqlx(try_from = "String")]
        environment: Slug,
        #[sqlx(try_from = "String")]
        service: Slug,
        #[sqlx(try_from = "String")]
        tag: Tag,
        until_at: i64,
    }
    let rows = fetch!(
        fetch_all,
        EndingRow,
        conn,
        "select o.id as home, m.integration, o.slug as project, e.slug as environment, s.slug as service, m.tag, x.until_at
         from pins x
         join promotions m on m.id = x.promotion
         join services s on s.id = x.service
         join environments e on e.id = x.environment
         join projects o on o.id = e.project
         where x.open and x.until_at > $2 and x.until_at <= $3 and m.requested_by = $1 and o.archived_at is null
         order by x.until_at limit $4",
        by.uuid(),
        from.micros(),
        to.micros(),
        limit
    )?;
    let line = |row: EndingRow| EndingPin {
        home: row.home.into(),
        integration: row.integration.into(),
        project: row.project,
        environment: row.environment,
        service: row.service,
        tag: row.tag,
        until: row.until_at.into(),
    };
    Ok(rows.into_iter().map(line).collect())
}
