//! Promotions and decisions. Only a [`Transition`] can be saved, so no step goes without its events.

use crate::query::{execute, fetch, fetch_in};
use crate::workflows::kind;
use crate::{Conn, Error, Tx, builds};
use sqlx::types::Json;
use std::collections::HashMap;
use towpath_domain::access::Target;
use towpath_domain::buckets::{BucketKey, BucketName};
use towpath_domain::digests::Digest;
use towpath_domain::gates::Gate;
use towpath_domain::holds::HoldOn;
use towpath_domain::ids::{
    BuildId, EnvironmentId, IntegrationId, PersonId, ProjectId, PromotionId, ServiceId, TokenId, WorkflowId,
};
use towpath_domain::pins::Pinning;
use towpath_domain::promotions::{Choice, Decision, Emergency, Promotion, State, Transition};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::{Reason, Reference};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: PromotionId,
    #[sqlx(try_from = "Uuid")]
    project: ProjectId,
    number: i64,
    #[sqlx(try_from = "Uuid")]
    integration: IntegrationId,
    #[sqlx(try_from = "Uuid")]
    build: BuildId,
    #[sqlx(try_from = "String")]
    digest: Digest,
    #[sqlx(try_from = "String")]
    tag: Tag,
    from_kind: String,
    from_key: Uuid,
    #[sqlx(try_from = "String")]
    from_slug: Slug,
    to_kind: String,
    to_key: Uuid,
    #[sqlx(try_from = "String")]
    to_slug: Slug,
    #[sqlx(try_from = "Uuid")]
    workflow: WorkflowId,
    workflow_version: i64,
    #[sqlx(json)]
    gates: Vec<Gate>,
    #[sqlx(try_from = "Uuid")]
    requested_by: PersonId,
    requested_with: Option<Uuid>,
    #[sqlx(try_from = "i64")]
    requested_at: Time,
    #[sqlx(try_from = "Uuid")]
    pushed_by: PersonId,
    #[sqlx(try_from = "String")]
    reason: Reason,
    reference: Option<String>,
    automatic: bool,
    scheduled_for: Option<i64>,
    in_turn: bool,
    pin: Option<Json<Pinning>>,
    emergency: Option<Json<Emergency>>,
    #[sqlx(json)]
    state_data: State,
    version: i64,
}

impl Row {
    /// The promotion, of a build of which is known who pushed it.
    fn read(self, decisions: Vec<Decision>) -> Result<Promotion, Error> {
        let key = |of: &str, id| Ok::<_, Error>(BucketKey::new(kind("promotions", of)?, id));
        let reference = self.reference.as_deref().map(Reference::parse).transpose();
        Ok(Promotion {
            id: self.id,
            project: self.project,
            number: self.number,
            integration: self.integration,
            build: self.build,
            digest: self.digest,
            tag: self.tag,
            from: BucketName { key: key(&self.from_kind, self.from_key)?, slug: self.from_slug },
            to: BucketName { key: key(&self.to_kind, self.to_key)?, slug: self.to_slug },
            workflow: self.workflow,
            workflow_version: self.workflow_version,
            gates: self.gates,
            requested_by: self.requested_by,
            requested_with: self.requested_with.map(TokenId),
            requested_at: self.requested_at,
            behind: self.pushed_by.into(),
            reason: self.reason,
            reference: reference.map_err(|error| Error::inconsistent("promotions", error))?,
            automatic: self.automatic,
            scheduled_for: self.scheduled_for.map(Time::from_micros),
            in_turn: self.in_turn,
            pin: self.pin.map(|pin| pin.0),
            decisions,
            emergency: self.emergency.map(|emergency| emergency.0),
            state: self.state_data,
            version: self.version,
        })
    }
}

#[derive(sqlx::FromRow)]
struct DecisionRow {
    #[sqlx(try_from = "Uuid")]
    promotion: PromotionId,
    #[sqlx(try_from = "Uuid")]
    person: PersonId,
    decided_by: Option<Uuid>,
    choice: String,
    comment: Option<String>,
    #[sqlx(try_from = "String")]
    digest: Digest,
    #[sqlx(json)]
    roles: Vec<Slug>,
    #[sqlx(try_from = "i64")]
    at: Time,
}

impl TryFrom<DecisionRow> for Decision {
    type Error = Error;

    fn try_from(row: DecisionRow) -> Result<Self, Error> {
        let wrong = |what: String| Error::inconsistent("decisions", what);
        let comment = row.comment.as_deref().map(Reason::parse).transpose();
        Ok(Self {
            person: row.person,
            by: row.decided_by.map(PersonId),
            choice: Choice::parse(&row.choice).ok_or_else(|| wrong(format!("choice {}", row.choice)))?,
            comment: comment.map_err(|error| wrong(error.to_string()))?,
            digest: row.digest,
            roles: row.roles,
            at: row.at,
        })
    }
}

/// The columns of [`Row`] with what it joins; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select m.id, m.project, m.number, m.integration, m.build, b.digest, m.tag, m.from_kind, m.from_key,
                    m.from_slug, m.to_kind, m.to_key, m.to_slug, m.workflow, m.workflow_version, m.gates,
                    m.requested_by, m.requested_with, m.requested_at, b.pushed_by, m.reason, m.reference, m.automatic,
                    m.scheduled_for, m.in_turn, m.pin, m.emergency, m.state_data, m.version
             from promotions m join builds b on b.id = m.build ",
            $condition
        )
    };
}

async fn decisions(conn: &mut Conn, id: PromotionId) -> Result<Vec<Decision>, Error> {
    let rows = fetch!(
        fetch_all,
        DecisionRow,
        conn,
        "select promotion, person, decided_by, choice, comment, digest, roles, at from decisions
         where promotion = $1 order by at",
        id.uuid()
    )?;
    rows.into_iter().map(Decision::try_from).collect()
}

/// Finds whom the build names, where its gates ask.
async fn name_those_behind(conn: &mut Conn, promotion: &mut Promotion) -> Result<(), Error> {
    if promotion.gates.iter().any(Gate::asks_whom_it_names) {
        let pushed = builds::load(conn, promotion.build).await?;
        promotion.behind = builds::behind(conn, &pushed, &promotion.gates).await?;
    }
    Ok(())
}

async fn complete(conn: &mut Conn, row: Option<Row>) -> Result<Option<Promotion>, Error> {
    let Some(row) = row else { return Ok(None) };
    let decisions = decisions(conn, row.id).await?;
    let mut promotion = row.read(decisions)?;
    name_those_behind(conn, &mut promotion).await?;
    Ok(Some(promotion))
}

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

/// Up to `limit` promotions that are to be looked at again by now, the longest due first. Nothing in an archived project
/// changes, so its own stay until it is restored.
pub async fn due(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<Promotion>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        select!(
            "join projects o on o.id = m.project
             where m.due_at <= $1 and o.archived_at is null
               and not exists (select 1 from environments e join projects a on a.id = e.project
                               where e.id = m.pin_environment and a.archived_at is not null)
             order by m.due_at, m.id limit $2"
        ),
        now.micros(),
        limit
    )?;
    with_decisions(conn, rows).await
}

/// Looks at a waiting promotion later, since it could not be looked at now.
pub async fn postpone(tx: &mut Tx, id: PromotionId, until: Time) -> Result<(), Error> {
    let sql = "update promotions set due_at = $2 where id = $1 and state = 'waiting'";
    execute!(tx.conn(), sql, id.uuid(), until.micros()).map(drop)
}

/// Looks again at what waits for a bucket, such as when it is open again.
pub async fn look_soon(
    tx: &mut Tx,
    integration: IntegrationId,
    to: BucketKey,
    now: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update promotions set due_at = $4
         where state = 'waiting' and integration = $1 and to_kind = $2 and to_key = $3
           and (due_at is null or due_at > $4)",
        integration.uuid(),
        to.kind().name(),
        to.id(),
        now.micros()
    )
    .map(drop)
}

/// Looks again at what wants to leave a bucket, such as when its build is reported to run there.
pub async fn look_soon_from(
    tx: &mut Tx,
    integration: IntegrationId,
    from: BucketKey,
    now: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update promotions set due_at = $4
         where state = 'waiting' and integration = $1 and from_kind = $2 and from_key = $3
           and (due_at is null or due_at > $4)",
        integration.uuid(),
        from.kind().name(),
        from.id(),
        now.micros()
    )
    .map(drop)
}

/// Looks again at what waits of a build, such as when a check was reported on it.
pub async fn look_soon_of(tx: &mut Tx, build: BuildId, now: Time) -> Result<(), Error> {
    let sql = "update promotions set due_at = $2
               where state = 'waiting' and build = $1 and (due_at is null or due_at > $2)";
    execute!(tx.conn(), sql, build.uuid(), now.micros()).map(drop)
}

/// Looks again at what waits for a place that is held no more, or of a build that is marked bad from a moment on; at what
/// is due earlier, then.
pub async fn look_soon_at(tx: &mut Tx, on: &HoldOn, now: Time) -> Result<(), Error> {
    macro_rules! due {
        ($condition:literal $(, $bind:expr)*) => {
            execute!(
                tx.conn(),
                concat!(
                    "update promotions set due_at = $1
                     where state = 'waiting' and (due_at is null or due_at > $1)",
                    $condition
                ),
                now.micros() $(, $bind)*
            )
        };
    }
    match on {
        HoldOn::Installation => due!(""),
        HoldOn::Project { project } => due!(" and project = $2", project.uuid()),
        HoldOn::Stream { stream } => due!(
            " and (to_key = $2 or to_key in (select id from environments where stream = $2))",
            stream.uuid()
        ),
        HoldOn::Environment { project, environment, stream } => due!(
            " and (to_key = $2 or (to_key = $3 and project = $4))",
            environment.uuid(),
            stream.uuid(),
            project.uuid()
        ),
        HoldOn::Bucket { integration, bucket, .. } => {
            return look_soon(tx, *integration, *bucket, now).await;
        }
        HoldOn::Build { digest, .. } => {
            due!(" and build in (select id from builds where digest = $2)", digest.to_string())
        }
    }
    .map(drop)
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

/// The promotions of these ids, in no order.
pub async fn of_ids(conn: &mut Conn, ids: &[PromotionId]) -> Result<Vec<Promotion>, Error> {
    let ids = ids.iter().map(|id| id.uuid()).collect();
    let rows = fetch_in!(Row, conn, select!("where m.id in ("), ids, ")")?;
    with_decisions(conn, rows).await
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

/// Where a promotion leads, as a place of permission, with the names of its project and integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub project: Slug,
    pub integration: Slug,
    pub target: Target,
    /// The bucket itself, which feeds more than the one environment that is the target of a pin.
    pub bucket: Target,
}

/// Where these promotions lead, as far as it still exists.
pub async fn destinations(
    conn: &mut Conn,
    promotions: &[Promotion],
) -> Result<HashMap<PromotionId, Destination>, Error> {
    #[derive(sqlx::FromRow)]
    struct DestinationRow {
        #[sqlx(try_from = "Uuid")]
        id: PromotionId,
        project_id: Uuid,
        #[sqlx(try_from = "String")]
        project: Slug,
        integration_id: Uuid,
        #[sqlx(try_from = "String")]
        integration: Slug,
        environment: Option<Uuid>,
        stream: Uuid,
        production: bool,
        pinned: Option<Uuid>,
        pinned_project: Option<Uuid>,
    }
    let rows = fetch_in!(
        DestinationRow,
        conn,
        "select m.id, o.id as project_id, o.slug as project, i.id as integration_id,
                coalesce(i.deleted_slug, i.slug) as integration,
                e.id as environment, s.id as stream, s.production, y.id as pinned, y.project as pinned_project
         from promotions m
         join integrations i on i.id = m.integration
         join projects o on o.id = i.project
         left join environments e on m.to_kind = 'environment' and e.id = m.to_key
         join release_streams s on s.id = coalesce(e.stream, m.to_key)
         left join environments y on y.id = m.pin_environment
         where m.id in (",
        promotions.iter().map(|promotion| promotion.id.uuid()).collect(),
        ")"
    )?;
    let destination = |row: DestinationRow| {
        let bucket = Target {
            project: Some(row.project_id.into()),
            integration: Some(row.integration_id.into()),
            environment: row.environment.map(Into::into),
            stream: Some(row.stream.into()),
            production: row.production,
        };
        let target = match row.pinned.zip(row.pinned_project) {
            Some((environment, project)) => {
                Target { project: Some(project.into()), environment: Some(environment.into()), ..bucket }
            }
            None => bucket,
        };
        (row.id, Destination { project: row.project, integration: row.integration, target, bucket })
    };
    Ok(rows.into_iter().map(destination).collect())
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

/// Takes back what a person approved of what still waits, or another did in their name, or they in another's, and tells how
/// much. Whoever decides on one at the same moment
/// has to look again.
pub async fn take_back_approvals(tx: &mut Tx, person: PersonId) -> Result<u64, Error> {
    execute!(
        tx.conn(),
        "update promotions set version = version + 1 where state = 'waiting' and id in
         (select promotion from decisions where (person = $1 or decided_by = $1) and choice = 'approve')",
        person.uuid()
    )?;
    execute!(
        tx.conn(),
        "delete from decisions where (person = $1 or decided_by = $1) and choice = 'approve' and promotion in
         (select id from promotions where state = 'waiting')",
        person.uuid()
    )
}

async fn with_decisions(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Promotion>, Error> {
    let decided = fetch_in!(
        DecisionRow,
        conn,
        "select promotion, person, decided_by, choice, comment, digest, roles, at from decisions
         where promotion in (",
        rows.iter().map(|row| row.id.uuid()).collect(),
        ") order by at"
    )?;
    let mut decisions = HashMap::<PromotionId, Vec<Decision>>::new();
    for row in decided {
        decisions.entry(row.promotion).or_default().push(row.try_into()?);
    }
    let mut promotions = Vec::new();
    for row in rows {
        let of = decisions.remove(&row.id).unwrap_or_default();
        let mut promotion = row.read(of)?;
        name_those_behind(conn, &mut promotion).await?;
        promotions.push(promotion);
    }
    Ok(promotions)
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

/// Saves a step: the first adds the promotion, the others expect the version that they started from.
pub async fn save(tx: &mut Tx, transition: &Transition) -> Result<(), Error> {
    let promotion = transition.promotion();
    if promotion.version == 1 {
        return insert(tx, promotion, transition.due()).await;
    }
    let rows = execute!(
        tx.conn(),
        "update promotions
         set state = $2, state_data = $3, version = $4, due_at = $6, emergency = $7, to_review = $8, ended_at = $9
         where id = $1 and version = $5",
        promotion.id.uuid(),
        promotion.state.name(),
        Json(&promotion.state),
        promotion.version,
        promotion.version - 1,
        transition.due().map(Time::micros),
        promotion.emergency.as_ref().map(Json),
        promotion.is_to_review(),
        promotion.state.ended_at().map(Time::micros),
    )?;
    if rows != 1 {
        return Err(Error::Changed);
    }
    for decision in &promotion.decisions {
        insert_decision(tx, promotion.id, decision).await?;
    }
    Ok(())
}

async fn insert(tx: &mut Tx, promotion: &Promotion, due: Option<Time>) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into promotions (id, project, number, integration, build, from_kind, from_key, from_slug,
                                 to_kind, to_key, to_slug, workflow, workflow_version, gates, requested_by,
                                 requested_with, requested_at, reason, reference, state, state_data, version,
                                 due_at, automatic, scheduled_for, in_turn, emergency, to_review, ended_at,
                                 pin, pin_service, pin_environment, tag)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                 $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)",
        promotion.id.uuid(),
        promotion.project.uuid(),
        promotion.number,
        promotion.integration.uuid(),
        promotion.build.uuid(),
        promotion.from.key.kind().name(),
        promotion.from.key.id(),
        promotion.from.slug.as_str(),
        promotion.to.key.kind().name(),
        promotion.to.key.id(),
        promotion.to.slug.as_str(),
        promotion.workflow.uuid(),
        promotion.workflow_version,
        Json(&promotion.gates),
        promotion.requested_by.uuid(),
        promotion.requested_with.map(TokenId::uuid),
        promotion.requested_at.micros(),
        promotion.reason.as_str(),
        promotion.reference.as_ref().map(Reference::as_str),
        promotion.state.name(),
        Json(&promotion.state),
        promotion.version,
        due.map(Time::micros),
        promotion.automatic,
        promotion.scheduled_for.map(Time::micros),
        promotion.in_turn,
        promotion.emergency.as_ref().map(Json),
        promotion.is_to_review(),
        promotion.state.ended_at().map(Time::micros),
        promotion.pin.as_ref().map(Json),
        promotion.pin.as_ref().map(|pin| pin.service.id.uuid()),
        promotion.pin.as_ref().map(|pin| pin.environment.id.uuid()),
        promotion.tag.as_str(),
    )
    .map(drop)
}

async fn insert_decision(tx: &mut Tx, id: PromotionId, decision: &Decision) -> Result<(), Error> {
    let choice = match decision.choice {
        Choice::Approve => "approve",
        Choice::Reject => "reject",
    };
    execute!(
        tx.conn(),
        "insert into decisions (promotion, person, choice, comment, digest, roles, at, decided_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (promotion, person) do nothing",
        id.uuid(),
        decision.person.uuid(),
        choice,
        decision.comment.as_ref().map(Reason::as_str),
        decision.digest.to_string(),
        Json(&decision.roles),
        decision.at.micros(),
        decision.by.map(PersonId::uuid),
    )
    .map(drop)
}
