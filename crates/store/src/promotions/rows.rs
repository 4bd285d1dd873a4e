//! Promotions as they are read: rows, with the decisions on them and those behind their builds.

use crate::query::fetch_in;
use crate::workflows::kind;
use crate::{Conn, Error, builds, makers};
use sqlx::types::Json;
use std::collections::HashMap;
use towpath_domain::buckets::{BucketKey, BucketName};
use towpath_domain::digests::Digest;
use towpath_domain::gates::Gate;
use towpath_domain::ids::{
    BuildId, IntegrationId, PersonId, PlacementId, ProjectId, PromotionId, TokenId, WorkflowId,
};
use towpath_domain::pins::Pinning;
use towpath_domain::promotions::{Choice, Decision, Emergency, Promotion, State};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::{Reason, Reference};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
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
    takes_back: Option<Uuid>,
    by_hand: bool,
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
            makers: Vec::new(),
            reason: self.reason,
            reference: reference.map_err(|error| Error::inconsistent("promotions", error))?,
            automatic: self.automatic,
            scheduled_for: self.scheduled_for.map(Time::from_micros),
            in_turn: self.in_turn,
            pin: self.pin.map(|pin| pin.0),
            takes_back: self.takes_back.map(PlacementId),
            by_hand: self.by_hand,
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

/// Finds whom gates bar from approving: whom the build names, where they ask, and who made the machine that asked.
async fn name_those_behind(conn: &mut Conn, promotions: &mut [Promotion]) -> Result<(), Error> {
    let approved =
        |promotion: &&Promotion| promotion.gates.iter().any(|gate| matches!(gate, Gate::Approvals(_)));
    let requesters: Vec<PersonId> =
        promotions.iter().filter(approved).map(|promotion| promotion.requested_by).collect();
    let made = makers::of(conn, &requesters).await?;
    for promotion in promotions {
        promotion.makers = made.by_then(promotion.requested_by, promotion.requested_at);
        if promotion.gates.iter().any(Gate::asks_whom_it_names) {
            let pushed = builds::load(conn, promotion.build).await?;
            promotion.behind = builds::behind(conn, &pushed, &promotion.gates).await?;
        }
    }
    Ok(())
}

pub(super) async fn complete(conn: &mut Conn, row: Option<Row>) -> Result<Option<Promotion>, Error> {
    let Some(row) = row else { return Ok(None) };
    Ok(with_decisions(conn, vec![row]).await?.pop())
}

pub(super) async fn with_decisions(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Promotion>, Error> {
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
        promotions.push(row.read(of)?);
    }
    name_those_behind(conn, &mut promotions).await?;
    Ok(promotions)
}
