//! Saving steps: only a [`Transition`] can be saved, so no step goes without its events.

use crate::query::execute;
use crate::{Error, Tx};
use sqlx::types::Json;
use towpath_domain::ids::{PersonId, PlacementId, PromotionId, TokenId};
use towpath_domain::promotions::{Choice, Decision, Promotion, State, Transition};
use towpath_domain::times::Time;
use towpath_domain::words::{Reason, Reference};

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
        column(&promotion.state),
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

/// The state as queries ask for it, by which all that is open waits; what it is more exactly stands in the data.
const fn column(state: &State) -> &'static str {
    if state.is_open() { State::Waiting.name() } else { state.name() }
}

async fn insert(tx: &mut Tx, promotion: &Promotion, due: Option<Time>) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into promotions (id, project, number, integration, build, from_kind, from_key, from_slug,
                                 to_kind, to_key, to_slug, workflow, workflow_version, gates, requested_by,
                                 requested_with, requested_at, reason, reference, state, state_data, version,
                                 due_at, automatic, scheduled_for, in_turn, emergency, to_review, ended_at,
                                 pin, pin_service, pin_environment, tag, takes_back,
                                 by_hand)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                 $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)",
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
        column(&promotion.state),
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
        promotion.takes_back.map(PlacementId::uuid),
        promotion.by_hand,
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
