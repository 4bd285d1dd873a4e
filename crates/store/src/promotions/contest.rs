//! What else wants to enter the same bucket, or to pin in the same place.

use super::rows::{Row, with_decisions};
use super::select;
use crate::query::{fetch, fetch_in};
use crate::{Conn, Error};
use std::collections::HashMap;
use towpath_domain::buckets::BucketKey;
use towpath_domain::ids::{BuildId, EnvironmentId, IntegrationId, PromotionId, ServiceId};
use towpath_domain::promotions::Promotion;
use towpath_domain::times::Time;
use uuid::Uuid;

/// What waits to become current in a bucket, the first that was asked for first.
pub async fn waiting_for(
    conn: &mut Conn,
    integration: IntegrationId,
    to: BucketKey,
) -> Result<Vec<Promotion>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "where m.integration = $1 and m.to_kind = $2 and m.to_key = $3 and m.state = 'waiting'
               and m.pin is null
             order by m.number limit 500"
        ),
        integration.uuid(),
        to.kind().name(),
        to.id()
    )?;
    with_decisions(conn, rows).await
}

/// What waits to pin a build of a service in an environment, the first that was asked for first.
pub async fn waiting_to_pin(
    conn: &mut Conn,
    service: ServiceId,
    environment: EnvironmentId,
) -> Result<Vec<Promotion>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "where m.pin_service = $1 and m.pin_environment = $2 and m.state = 'waiting' and m.pin is not null
             order by m.number limit 500"
        ),
        service.uuid(),
        environment.uuid()
    )?;
    with_decisions(conn, rows).await
}

/// The numbers of the promotions that wait to pin a build of these services, by where they want to.
pub async fn to_pin(
    conn: &mut Conn,
    services: &[ServiceId],
) -> Result<HashMap<(ServiceId, EnvironmentId), Vec<i64>>, Error> {
    let rows = fetch_in!(
        (Uuid, Uuid, i64),
        conn,
        "select pin_service, pin_environment, number from promotions
         where state = 'waiting' and pin is not null and pin_service in (",
        services.iter().map(|service| service.uuid()).collect(),
        ") order by number"
    )?;
    let mut all = HashMap::<(ServiceId, EnvironmentId), Vec<i64>>::new();
    for (service, environment, number) in rows {
        let (service, environment): (Uuid, Uuid) = (service, environment);
        all.entry((service.into(), environment.into())).or_default().push(number);
    }
    Ok(all)
}

/// The newest promotion that waits to become current in a bucket and whose time has come.
pub async fn rival(
    conn: &mut Conn,
    integration: IntegrationId,
    to: BucketKey,
    now: Time,
) -> Result<Option<i64>, Error> {
    let (number,) = fetch!(
        fetch_one,
        (Option<i64>,),
        conn,
        "select max(number) from promotions
         where integration = $1 and to_kind = $2 and to_key = $3 and state = 'waiting'
           and pin is null and (scheduled_for is null or scheduled_for <= $4)",
        integration.uuid(),
        to.kind().name(),
        to.id(),
        now.micros()
    )?;
    Ok(number)
}

/// Whether the stage of a bucket has asked for a build by itself before, unless another one took its place.
pub async fn was_asked_by_itself(conn: &mut Conn, build: BuildId, to: BucketKey) -> Result<bool, Error> {
    let row = fetch!(
        fetch_optional,
        (i64,),
        conn,
        "select number from promotions
         where build = $1 and to_key = $2 and automatic and state <> 'superseded' limit 1",
        build.uuid(),
        to.id()
    )?;
    Ok(row.is_some())
}

/// For each of these promotions the one before it that waits to enter the same bucket and whose time has come.
pub async fn ahead(
    conn: &mut Conn,
    promotions: &[PromotionId],
    now: Time,
) -> Result<HashMap<PromotionId, i64>, Error> {
    let rows = fetch_in!(
        (Uuid, Option<i64>),
        conn,
        [(
            "select m.id, (select max(w.number) from promotions w
                           where w.integration = m.integration and w.to_kind = m.to_kind and w.to_key = m.to_key
                             and w.state = 'waiting' and w.pin is null and w.number < m.number
                             and (w.scheduled_for is null or w.scheduled_for <= ",
            now.micros()
        )]
        ")) from promotions m where m.id in (",
        promotions.iter().map(|promotion| promotion.uuid()).collect(),
        ")"
    )?;
    Ok(rows.into_iter().filter_map(|(id, number)| Some((id.into(), number?))).collect())
}

/// The number of the promotion of a build into a bucket that is still waiting.
pub async fn open(
    conn: &mut Conn,
    integration: IntegrationId,
    build: BuildId,
    to: BucketKey,
) -> Result<Option<i64>, Error> {
    let row = fetch!(
        fetch_optional,
        (i64,),
        conn,
        "select number from promotions where integration = $1 and build = $2 and to_kind = $3 and to_key = $4
           and state = 'waiting' and pin is null",
        integration.uuid(),
        build.uuid(),
        to.kind().name(),
        to.id()
    )?;
    Ok(row.map(|(number,)| number))
}
