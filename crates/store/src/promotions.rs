//! Promotions and decisions: finding them. What steps on them change is in a module of its own.

mod contest;
mod destinations;
mod looking;
mod rows;
mod saving;

pub use contest::{ahead, open, rival, to_pin, waiting_for, waiting_to_pin, was_asked_by_itself};
pub use destinations::{Destination, destinations};
pub use looking::{due, look_soon, look_soon_at, look_soon_from, look_soon_of, postpone};
pub use saving::save;

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use rows::{Row, complete, with_decisions};
use std::collections::HashMap;
use towpath_domain::boards::Passed;
use towpath_domain::ids::{BuildId, IntegrationId, PersonId, ProjectId, PromotionId};
use towpath_domain::promotions::Promotion;
use towpath_domain::times::Time;
use uuid::Uuid;

/// The columns of [`Row`] with what it joins; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select m.id, m.project, m.number, m.integration, m.build, b.digest, m.tag, m.from_kind, m.from_key,
                    m.from_slug, m.to_kind, m.to_key, m.to_slug, m.workflow, m.workflow_version, m.gates,
                    m.requested_by, m.requested_with, m.requested_at, b.pushed_by, m.reason, m.reference, m.automatic,
                    m.scheduled_for, m.in_turn, m.pin, m.takes_back, m.by_hand, m.emergency, m.state_data, m.version
             from promotions m join builds b on b.id = m.build ",
            $condition
        )
    };
}

use select;

pub async fn find(conn: &mut Conn, project: ProjectId, number: i64) -> Result<Option<Promotion>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        select!("where m.project = $1 and m.number = $2"),
        project.uuid(),
        number
    )?;
    complete(conn, row).await
}

/// The promotion as it is now, locked until the commit.
pub async fn lock(tx: &mut Tx, id: PromotionId) -> Result<Option<Promotion>, Error> {
    execute!(tx.conn(), "update promotions set version = version where id = $1", id.uuid())?;
    let row = fetch!(fetch_optional, Row, tx.conn(), select!("where m.id = $1"), id.uuid())?;
    complete(tx, row).await
}

/// The promotions of a project, newest first, with a number below `before`.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    before: i64,
    limit: i64,
) -> Result<Vec<Promotion>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!("where m.project = $1 and m.number < $2 order by m.number desc limit $3"),
        project.uuid(),
        before,
        limit
    )?;
    with_decisions(conn, rows).await
}

/// The promotions of these ids, in no order.
pub async fn of_ids(conn: &mut Conn, ids: &[PromotionId]) -> Result<Vec<Promotion>, Error> {
    let ids = ids.iter().map(|id| id.uuid()).collect();
    let rows = fetch_in!(Row, conn, select!("where m.id in ("), ids, ")")?;
    with_decisions(conn, rows).await
}

/// Those of these promotions whose gates were passed in an emergency.
pub async fn emergencies(
    conn: &mut Conn,
    ids: &[PromotionId],
) -> Result<HashMap<PromotionId, Passed>, Error> {
    let ids = ids.iter().map(|id| id.uuid()).collect();
    let passed = fetch_in!(
        (Uuid, i64, bool),
        conn,
        "select m.id, m.number, m.to_review from promotions m where m.emergency is not null and m.id in (",
        ids,
        ")"
    )?;
    let mark = |(id, number, to_review): (Uuid, i64, bool)| {
        (PromotionId::from(id), Passed { number, reviewed: !to_review })
    };
    Ok(passed.into_iter().map(mark).collect())
}

/// All that waits in the installation, oldest first; in an archived project nobody can decide.
pub async fn waiting(conn: &mut Conn, limit: i64) -> Result<Vec<Promotion>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "where m.state = 'waiting'
               and not exists (select 1 from projects a where a.id = m.project and a.archived_at is not null)
             order by m.id limit $1"
        ),
        limit
    )?;
    with_decisions(conn, rows).await
}

/// What waits in the buckets of an integration, oldest first.
pub async fn waiting_of(conn: &mut Conn, integration: IntegrationId) -> Result<Vec<Promotion>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!("where m.integration = $1 and m.state = 'waiting' order by m.id limit 200"),
        integration.uuid()
    )?;
    with_decisions(conn, rows).await
}

/// The promotions of a build that were not applied, oldest first.
pub async fn unapplied(conn: &mut Conn, build: BuildId, limit: i64) -> Result<Vec<Promotion>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!("where m.build = $1 and m.state <> 'applied' order by m.id limit $2"),
        build.uuid(),
        limit
    )?;
    with_decisions(conn, rows).await
}

/// The promotions whose gates were passed in an emergency that nobody has reviewed, the newest first.
pub async fn to_review(conn: &mut Conn, limit: i64) -> Result<Vec<Promotion>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "where m.to_review
               and not exists (select 1 from projects a where a.id = m.project and a.archived_at is not null)
             order by m.id desc limit $1"
        ),
        limit
    )?;
    with_decisions(conn, rows).await
}

/// Takes back what a person approved of what still waits, or another did in their name, or they in another's, and tells how
/// much. Whoever decides on one at the same moment has to look again, and so does the engine: one may be ready no more.
pub async fn take_back_approvals(tx: &mut Tx, person: PersonId, now: Time) -> Result<u64, Error> {
    execute!(
        tx.conn(),
        "update promotions set version = version + 1, due_at = $2 where state = 'waiting' and id in
         (select promotion from decisions where (person = $1 or decided_by = $1) and choice = 'approve')",
        person.uuid(),
        now.micros()
    )?;
    execute!(
        tx.conn(),
        "delete from decisions where (person = $1 or decided_by = $1) and choice = 'approve' and promotion in
         (select id from promotions where state = 'waiting')",
        person.uuid()
    )
}
