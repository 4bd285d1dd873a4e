//! The whole history of one bucket, a page at a time.

use crate::buckets::BucketAddress;
use crate::deployments::fed;
use crate::projects::in_use;
use crate::scenes::Located;
use crate::{Error, Service, explain, scenes};
use std::collections::{BTreeMap, HashMap};
use towpath_domain::access::{Action, Actor};
use towpath_domain::boards::{Card, History, Passed};
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::checks::Check;
use towpath_domain::evidence::Witness;
use towpath_domain::gates::{Behind, Gate, Reported};
use towpath_domain::ids::{BuildId, PersonId, PlacementId, PromotionId};
use towpath_domain::workflows::arrivals_without_stage;
use towpath_store::buckets::{Bucket, Placed};
use towpath_store::builds::Pushed;
use towpath_store::{Conn, buckets, builds, people, promotions, timeline};

/// A page of what was current in a bucket, newest first, from before a placement.
pub async fn history(
    service: &Service,
    actor: &Actor,
    at: &BucketAddress,
    before: Option<PlacementId>,
    limit: i64,
) -> Result<History, Error> {
    let mut conn = service.read().await?;
    let found = Found::find(service, &mut conn, actor, at).await?;
    let mut placed = found.placed(&mut conn, before, limit + 1).await?;
    let more = i64::try_from(placed.len()).is_ok_and(|count| count > limit);
    if more {
        placed.pop();
    }
    let older = placed.last().filter(|_| more).map(|placed| placed.placement.id);
    found.page(&mut conn, actor, placed, older).await
}

/// One placement of a bucket's history, as a page that holds nothing else.
pub async fn placement(
    service: &Service,
    actor: &Actor,
    at: &BucketAddress,
    id: PlacementId,
) -> Result<History, Error> {
    let mut conn = service.read().await?;
    let found = Found::find(service, &mut conn, actor, at).await?;
    let placed = match &found.bucket {
        Some(bucket) => buckets::find_placement(&mut conn, bucket.id, id).await?,
        None => None,
    };
    let placed = placed.ok_or_else(|| {
        Error::not_found(format_args!("This placement in the history of {}", found.slot.slug))
    })?;
    found.page(&mut conn, actor, vec![placed], None).await
}

struct Found {
    located: Located,
    slot: Slot,
    /// Absent where nothing was ever placed or refused.
    bucket: Option<Bucket>,
    as_of: i64,
    now: towpath_domain::times::Time,
}

impl Found {
    async fn find(
        service: &Service,
        conn: &mut Conn,
        actor: &Actor,
        at: &BucketAddress,
    ) -> Result<Self, Error> {
        let as_of = timeline::size(conn).await?;
        let located = scenes::integration(conn, actor, &at.project, &at.integration).await?;
        let slot = located.slot(conn, &at.bucket).await?;
        let bucket = buckets::find(conn, located.integration.id, slot.key).await?;
        Ok(Self { located, slot, bucket, as_of, now: service.now() })
    }

    async fn placed(
        &self,
        conn: &mut Conn,
        before: Option<PlacementId>,
        limit: i64,
    ) -> Result<Vec<Placed>, Error> {
        let Some(bucket) = &self.bucket else { return Ok(Vec::new()) };
        Ok(buckets::history(conn, bucket.id, before, limit).await?)
    }

    async fn page(
        self,
        conn: &mut Conn,
        actor: &Actor,
        placed: Vec<Placed>,
        older: Option<PlacementId>,
    ) -> Result<History, Error> {
        let current = self.placed(conn, None, 1).await?.pop();
        let known = Known::load(conn, placed.iter().chain(&current)).await?;
        let workflow = self.located.workflow(conn).await?;
        let stage = workflow.as_ref().and_then(|way| way.graph.stage(self.slot.key));
        let next = workflow.as_ref().map(|way| way.graph.after(self.slot.key)).unwrap_or_default();
        let slots = if next.is_empty() { Vec::new() } else { self.located.slots(conn).await? };
        let leads_to = next.iter().filter_map(|key| slots.iter().find(|slot| slot.key == *key));
        let fed = fed(conn, actor, self.located.integration.id, self.slot.key, self.now).await?;
        let rollback_needs = crate::buckets::needs(conn, &self.located, &self.slot).await?;
        Ok(History {
            leads_to: leads_to.map(|slot| slot.slug.clone()).collect(),
            fed,
            automatic: stage.is_some_and(|stage| stage.automatic),
            arrivals: workflow
                .map_or_else(|| arrivals_without_stage(&self.slot), |way| way.graph.arrivals(&self.slot)),
            current: current.and_then(|placed| known.card(&placed)),
            cards: placed.iter().filter_map(|placed| known.card(placed)).collect(),
            older,
            rollback_needs,
            version: self.bucket.map_or(0, |bucket| bucket.version),
            may_roll_back: in_use(
                &self.located.project,
                explain(actor, Action::RollBack, &self.located.slot_target(&self.slot)),
            ),
            project: self.located.project,
            integration: self.located.integration,
            slot: self.slot,
            as_of: self.as_of,
            now: self.now,
        })
    }
}

/// Whom builds name, where gates ask.
pub(super) async fn behind(
    conn: &mut Conn,
    gates: &[Gate],
    builds: impl Iterator<Item = &Pushed>,
) -> Result<HashMap<BuildId, Behind>, Error> {
    let mut known = HashMap::new();
    if gates.iter().any(Gate::asks_whom_it_names) {
        for pushed in builds {
            known.insert(pushed.build.id, builds::behind(conn, pushed, gates).await?);
        }
    }
    Ok(known)
}

/// The builds and the people that placements name, each read once.
pub(super) struct Known {
    pub(super) builds: HashMap<BuildId, Pushed>,
    pub(super) names: BTreeMap<PersonId, String>,
    /// The promotions that passed their gates in an emergency.
    pub(super) emergencies: HashMap<PromotionId, Passed>,
    /// Where each build has been, as far as somebody wants to know.
    pub(super) been: HashMap<BuildId, Vec<BucketKey>>,
    /// Since when each placed build was reported to run, as far as somebody wants to know.
    pub(super) ran: HashMap<PlacementId, Reported>,
    /// What was reported on each build, as far as somebody wants to know.
    pub(super) checks: HashMap<BuildId, Vec<Check>>,
    /// What trust roots make of what is said about each build, as far as somebody wants to know.
    pub(super) witnesses: HashMap<BuildId, Vec<Witness>>,
    /// Whom each build names, as far as somebody wants to know.
    pub(super) behind: HashMap<BuildId, Behind>,
}

/// The promotions by which something came and that passed their gates in an emergency.
pub(super) async fn emergencies(
    conn: &mut Conn,
    placed: impl Iterator<Item = &Placed>,
) -> Result<HashMap<PromotionId, Passed>, Error> {
    let promotions: Vec<PromotionId> =
        placed.filter_map(|placed| placed.placement.cause.promotion()).collect();
    Ok(promotions::emergencies(conn, &promotions).await?)
}

impl Known {
    async fn load(conn: &mut Conn, placed: impl Iterator<Item = &Placed> + Clone) -> Result<Self, Error> {
        let mut wanted: Vec<BuildId> = placed.clone().map(|placed| placed.placement.build).collect();
        let mut acted: Vec<PersonId> = placed.clone().map(|placed| placed.placement.by.person).collect();
        wanted.sort_unstable();
        wanted.dedup();
        acted.sort_unstable();
        acted.dedup();
        let emergencies = emergencies(conn, placed).await?;
        let builds = builds::list(conn, &wanted).await?;
        let builds = builds.into_iter().map(|pushed| (pushed.build.id, pushed)).collect();
        Ok(Self {
            builds,
            names: people::names(conn, &acted).await?,
            emergencies,
            been: HashMap::new(),
            ran: HashMap::new(),
            checks: HashMap::new(),
            witnesses: HashMap::new(),
            behind: HashMap::new(),
        })
    }

    /// A placement as a card; absent where its build was not read.
    pub(super) fn card(&self, placed: &Placed) -> Option<Card> {
        let pushed = self.builds.get(&placed.placement.build)?;
        Some(Card {
            build: pushed.build.clone().called(&placed.placement.tag),
            behind: self.behind(pushed),
            placement: Some(placed.placement.id),
            cause: placed.placement.cause.name().to_owned(),
            by: placed.placement.cause.by(&self.name(placed.placement.by.person)).to_owned(),
            by_token: placed.placement.by.token.is_some() && !placed.placement.cause.is_automatic(),
            at: placed.placement.at,
            reason: placed.reason.clone(),
            emergency: placed.placement.cause.promotion().and_then(|id| self.emergencies.get(&id)).copied(),
            been: self.been.get(&pushed.build.id).cloned().unwrap_or_default(),
            ran: self.ran.get(&placed.placement.id).copied().unwrap_or_default(),
            checks: self.checks.get(&pushed.build.id).cloned().unwrap_or_default(),
            witnesses: self.witnesses.get(&pushed.build.id).cloned().unwrap_or_default(),
        })
    }

    pub(super) fn behind(&self, pushed: &Pushed) -> Behind {
        self.behind.get(&pushed.build.id).cloned().unwrap_or_else(|| pushed.by.person.into())
    }

    pub(super) fn name(&self, person: PersonId) -> String {
        self.names.get(&person).cloned().unwrap_or_else(|| "someone".to_owned())
    }
}
