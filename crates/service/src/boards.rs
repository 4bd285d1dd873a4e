//! The board of an integration: read in a fixed number of queries for each bucket, whatever the history.

mod history;

pub use history::{history, placement};

use crate::builds::name_of;
use crate::circumstances::Judge;
use crate::holds::Standing;
use crate::projects::in_use;
use crate::scenes::Located;
use crate::{Error, Service, circumstances, explain, scenes};
use history::{Known, behind, emergencies};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::boards::{Board, Card, Column, RefusedCard, Waiting};
use towpath_domain::buckets::Slot;
use towpath_domain::digests::Digest;
use towpath_domain::gates::{Gate, Reported};
use towpath_domain::ids::{BuildId, PersonId, PlacementId};
use towpath_domain::outside_steps::{Does, OutsideStep, done_into};
use towpath_domain::placements::BY_ITSELF;
use towpath_domain::promotions::{Promotion, State};
use towpath_domain::references::Tag;
use towpath_domain::times::Time;
use towpath_domain::workflows::{Stage, Workflow, arrivals_without_stage};
use towpath_store::buckets::{Bucket, Placed, RefusedArrival};
use towpath_store::builds::Pushed;
use towpath_store::deployments::Place;
use towpath_store::{
    Conn, buckets, builds, deployments, integrations, outside_steps, people, promotions, timeline,
};

/// How many earlier builds, refusals and unclassified builds the board shows.
const HISTORY: i64 = 10;
const REFUSED: i64 = 5;
const UNCLASSIFIED: i64 = 10;

pub async fn view(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
) -> Result<Board, Error> {
    let mut conn = service.read().await?;
    let as_of = timeline::size(&mut conn).await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    let now = service.now();
    let slots = located.slots(&mut conn).await?;
    let workflow = located.workflow(&mut conn).await?;
    let places: Vec<Target> = slots.iter().map(|slot| located.slot_target(slot)).collect();
    let gates: Vec<Gate> = workflow
        .iter()
        .flat_map(|workflow| workflow.graph.stages())
        .flat_map(|stage| stage.gates.iter().cloned())
        .collect();
    let rows = Rows::load(&mut conn, actor, &located, &gates, now).await?;
    let default = integrations::default_of(&mut conn, located.integration.id).await?;
    let digests = rows.digests();
    let standing = Standing::load(&mut conn, &digests, now).await?;
    let holds = standing.lines(&mut conn, actor, &places, &digests).await?;
    let mut columns: Vec<Column> =
        slots.into_iter().map(|slot| rows.column(actor, &located, workflow.as_ref(), slot)).collect();
    columns.sort_by_key(|column| position(workflow.as_ref(), &column.slot));
    Ok(Board {
        default_build: default.map(|default| default.build),
        unclassified: rows.unclassified.iter().map(|pushed| rows.pushed_card(pushed)).collect(),
        project: located.project,
        integration: located.integration,
        workflow,
        columns,
        registry: service.registry_host().to_owned(),
        insecure: service.public_url().starts_with("http://"),
        openings: circumstances::openings(&gates, now),
        holds,
        actor: actor.clone(),
        as_of,
        now,
    })
}

/// Everything that the board needs from the store, with builds and names each read once.
struct Rows {
    buckets: Vec<BucketRows>,
    waiting: Vec<Promotion>,
    judge: Judge,
    unclassified: Vec<Pushed>,
    steps: Vec<OutsideStep>,
    places: Vec<Place>,
    known: Known,
}

struct BucketRows {
    bucket: Bucket,
    /// Newest first, the current one among them.
    history: Vec<Placed>,
    refused: Vec<RefusedArrival>,
}

impl Rows {
    async fn load(
        conn: &mut Conn,
        actor: &Actor,
        located: &Located,
        gates: &[Gate],
        now: Time,
    ) -> Result<Self, Error> {
        let mut rows = Vec::new();
        for bucket in buckets::list(conn, located.integration.id).await? {
            let history = buckets::history(conn, bucket.id, None, HISTORY + 1).await?;
            let refused = buckets::refused(conn, bucket.id, REFUSED).await?;
            rows.push(BucketRows { bucket, history, refused });
        }
        let waiting = promotions::waiting_of(conn, located.integration.id).await?;
        let steps = outside_steps::list(conn, located.integration.id).await?;
        let unclassified = builds::unclassified(conn, located.integration.id, None, UNCLASSIFIED).await?;
        let mut wanted: Vec<BuildId> = rows
            .iter()
            .flat_map(|row| {
                let placed = row.history.iter().map(|placed| placed.placement.build);
                placed.chain(row.refused.iter().map(|refused| refused.build))
            })
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let builds: HashMap<BuildId, Pushed> =
            builds::list(conn, &wanted).await?.into_iter().map(|pushed| (pushed.build.id, pushed)).collect();
        let mut acted: Vec<PersonId> = rows
            .iter()
            .flat_map(|row| {
                let placed = row.history.iter().map(|placed| placed.placement.by.person);
                placed.chain(row.refused.iter().map(|refused| refused.by.person))
            })
            .chain(waiting.iter().map(|promotion| promotion.requested_by))
            .chain(unclassified.iter().map(|pushed| pushed.by.person))
            .collect();
        acted.sort_unstable();
        acted.dedup();
        let names = people::names(conn, &acted).await?;
        let judge = Judge::of(conn, &waiting, now).await?;
        let been = circumstances::where_been(conn, gates, &wanted).await?;
        let placements: Vec<PlacementId> =
            rows.iter().flat_map(|row| row.history.iter().map(|placed| placed.placement.id)).collect();
        let ran = circumstances::has_run(conn, gates, &placements, now).await?;
        let checks = circumstances::checked(conn, gates, &wanted).await?;
        let witnesses = circumstances::witnessed(conn, gates, &wanted).await?;
        let behind = behind(conn, gates, builds.values().chain(&unclassified)).await?;
        let history = rows.iter().flat_map(|row| &row.history);
        let emergencies = emergencies(conn, history).await?;
        let known = Known { builds, names, emergencies, been, ran, checks, witnesses, behind };
        let mut places = deployments::of_integration(conn, located.integration.id, now).await?;
        places.retain(|place| actor.may(Action::View, &Target::project(place.project)));
        Ok(Self { buckets: rows, waiting, judge, unclassified, steps, places, known })
    }

    /// The digests of the builds that it shows.
    fn digests(&self) -> Vec<&Digest> {
        let builds = self.known.builds.values().chain(&self.unclassified);
        builds.map(|pushed| &pushed.build.digest).collect()
    }

    fn column(&self, actor: &Actor, located: &Located, workflow: Option<&Workflow>, slot: Slot) -> Column {
        let rows = self.buckets.iter().find(|rows| rows.bucket.key == slot.key);
        let stage = workflow.and_then(|workflow| workflow.graph.stage(slot.key));
        let target = located.slot_target(&slot);
        let mut history: Vec<Card> = rows
            .map(|rows| rows.history.iter().filter_map(|placed| self.known.card(placed)).collect())
            .unwrap_or_default();
        let current = (!history.is_empty()).then(|| history.remove(0));
        let waiting = self.waiting.iter().filter(|promotion| promotion.to.key == slot.key);
        Column {
            is_stage: stage.is_some(),
            arrivals: workflow
                .map_or_else(|| arrivals_without_stage(&slot), |workflow| workflow.graph.arrivals(&slot)),
            gates: stage.map(Stage::words).unwrap_or_default(),
            automatic: stage.is_some_and(|stage| stage.automatic),
            outside: done_into(&self.steps, &slot.slug).map(Does::words),
            current,
            history,
            waiting: waiting.map(|promotion| self.waiting(promotion)).collect(),
            refused: rows.map(|rows| self.refused(rows)).unwrap_or_default(),
            fed: self
                .places
                .iter()
                .filter(|place| place.is_of(slot.key))
                .map(|place| place.fed.clone())
                .collect(),
            paused_at: rows.and_then(|rows| rows.bucket.paused_at),
            version: rows.map_or(0, |rows| rows.bucket.version),
            may_roll_back: in_use(&located.project, explain(actor, Action::RollBack, &target)),
            may_resume: in_use(&located.project, explain(actor, Action::Hold, &target)),
            slot,
        }
    }

    fn pushed_card(&self, pushed: &Pushed) -> Card {
        Card {
            build: pushed.build.clone(),
            behind: self.known.behind(pushed),
            placement: None,
            cause: "push".to_owned(),
            by: self.known.name(pushed.by.person),
            by_token: pushed.by.token.is_some(),
            at: pushed.build.received_at,
            reason: None,
            emergency: None,
            been: Vec::new(),
            ran: Reported::Nobody,
            checks: Vec::new(),
            witnesses: Vec::new(),
        }
    }

    fn waiting(&self, promotion: &Promotion) -> Waiting {
        let verdicts = self.judge.verdicts(promotion);
        Waiting {
            number: promotion.number,
            build: promotion.build,
            tag: promotion.tag.clone(),
            from: promotion.from.slug.clone(),
            needs: promotion.needs(&verdicts),
            ready: matches!(promotion.state, State::Ready { .. }),
            failed: matches!(promotion.state, State::Failed { .. }),
            until: self.judge.passes_at(promotion),
            requested_by: if promotion.automatic {
                BY_ITSELF.to_owned()
            } else {
                self.known.name(promotion.requested_by)
            },
            scheduled_for: promotion.scheduled_for,
            pins_in: promotion.pin.as_ref().map(|pin| pin.environment.slug.clone()),
            requested_at: promotion.requested_at,
            back: promotion.is_rollback(),
        }
    }

    fn refused(&self, rows: &BucketRows) -> Vec<RefusedCard> {
        let card = |refused: &RefusedArrival| {
            let pushed = self.known.builds.get(&refused.build)?;
            Some(RefusedCard {
                build: pushed.build.clone(),
                tag: Tag::parse(&refused.tag).ok()?,
                why: refused.refused.to_string(),
                by: name_of(&self.known.names, refused.by),
                at: refused.at,
            })
        };
        rows.refused.iter().filter_map(card).collect()
    }
}

/// Where a bucket stands on the board: stages in the workflow's order come first, other buckets after them.
pub(crate) fn position(workflow: Option<&Workflow>, slot: &Slot) -> usize {
    let stages = workflow.map(|workflow| workflow.graph.stages()).unwrap_or_default();
    stages.iter().position(|stage| stage.bucket == slot.key).unwrap_or(usize::MAX)
}
