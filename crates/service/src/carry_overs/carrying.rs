//! Writing what a plan says, in one transaction.

use super::{Filling, Goal, Plan, There};
use crate::builds::{build_name, name_in, placer};
use crate::scenes::Located;
use crate::{Error, Service};
use std::collections::HashMap;
use towpath_domain::access::Actor;
use towpath_domain::buckets::BucketName;
use towpath_domain::builds::Build;
use towpath_domain::carry_overs::Outlook;
use towpath_domain::checks::Check;
use towpath_domain::ids::{BuildId, IntegrationId};
use towpath_domain::integrations::{Follows, Integration, NewIntegration};
use towpath_domain::placements::{Cause, Placement};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{BuildName, Change, Scene};
use towpath_domain::times::Time;
use towpath_store::buckets::{Bucket, Moved};
use towpath_store::carry_overs::{self as stored, Came};
use towpath_store::images::{self, Repository};
use towpath_store::{Tx, buckets, builds, checks, integrations};

pub(super) struct Carrying<'a> {
    service: &'a Service,
    actor: &'a Actor,
    there: &'a There,
    plan: &'a Plan<'a>,
    now: Time,
}

/// The builds of the new integration, by those of the old that they are copies of.
type Copies = HashMap<BuildId, Build>;

impl<'a> Carrying<'a> {
    pub(super) fn new(service: &'a Service, actor: &'a Actor, there: &'a There, plan: &'a Plan<'a>) -> Self {
        Self { service, actor, there, plan, now: service.now() }
    }

    pub(super) async fn run(&self, tx: &mut Tx, outlook: &Outlook) -> Result<(), Error> {
        let home = match &self.plan.goal {
            Goal::Earlier { id, .. } => {
                let integration = integrations::load(tx, *id).await?;
                Located { project: self.there.located.project.clone(), integration }
            }
            Goal::New(new) => self.make(tx, new, outlook).await?,
        };
        for (id, slug) in &self.plan.moved {
            let moved = outlook.services.iter().find(|moved| moved.service == *slug);
            let changes = moved.map(|moved| moved.changes.as_slice()).unwrap_or_default();
            stored::move_service(tx, *id, (self.source(), home.integration.id)).await?;
            self.tell(
                tx,
                home.scene(),
                Change::ServiceMoved {
                    slug: slug.clone(),
                    before: self.there.located.integration.slug.clone(),
                    after: home.integration.slug.clone(),
                    environments: changes.iter().map(|change| change.environment.clone()).collect(),
                },
            );
        }
        Ok(())
    }

    fn source(&self) -> IntegrationId {
        self.there.located.integration.id
    }

    fn tell(&self, tx: &mut Tx, scene: Scene, change: Change) {
        tx.tell(self.service.event(Service::event_actor(self.actor), scene, change));
    }

    /// The new integration with all that comes into it.
    async fn make(&self, tx: &mut Tx, new: &NewIntegration, outlook: &Outlook) -> Result<Located, Error> {
        let project = self.there.located.project.clone();
        let integration = Integration {
            id: self.service.id(),
            project: project.id,
            slug: new.slug.clone(),
            title: new.title.clone(),
            kind: new.kind,
            workflow: new.workflow,
            rule: Follows::Default,
            created_at: self.now,
        };
        integrations::insert(tx, &integration).await?;
        stored::remember(tx, integration.id, self.source(), self.now).await?;
        let home = Located { project, integration };
        let own = match new.workflow {
            Follows::Own(id) => self.there.workflows.iter().find(|workflow| workflow.name.id == id),
            Follows::Default | Follows::None => None,
        };
        let created = Change::IntegrationCreated {
            title: home.integration.title.to_string(),
            of: home.integration.kind,
            workflow: own.map(|workflow| workflow.name.slug.clone()),
        };
        self.tell(tx, home.scene(), created);
        let carried = Change::IntegrationCarriedOver {
            to: home.integration.slug.clone(),
            of: home.integration.kind,
            builds: outlook.builds,
        };
        self.tell(tx, self.there.located.scene(), carried);
        let copies = self.copy(tx, &home).await?;
        for fill in &self.plan.fills {
            if let Some((source, current)) = fill.source.zip(fill.current.as_ref()) {
                self.fill(tx, &home, &copies, (fill, &source.slot.slug, current)).await?;
            }
        }
        Ok(home)
    }

    /// Makes a build of the new integration of each that comes, with what was said of it.
    async fn copy(&self, tx: &mut Tx, home: &Located) -> Result<Copies, Error> {
        let default = integrations::default_of(tx, self.source()).await?;
        let fills = &self.plan.fills;
        let mut ids: Vec<BuildId> = fills.iter().flat_map(Filling::all).map(|came| came.build).collect();
        ids.extend(default.as_ref().map(|default| default.build.id));
        // As they were received: lists are in the order of ids.
        ids.sort_unstable();
        ids.dedup();
        let mut found = builds::list(tx, &ids).await?;
        found.sort_unstable_by_key(|pushed| pushed.build.id);
        let mut said = checks::list(tx, &ids).await?;
        let named = |integration| Repository { integration, bucket: None };
        let (from, to) = (named(self.source()), named(home.integration.id));
        let mut copies = Copies::new();
        for pushed in found {
            let old = pushed.build.id;
            let build = Build { id: self.service.id(), integration: home.integration.id, ..pushed.build };
            builds::insert(tx, &build, pushed.by).await?;
            stored::name_alike(tx, from, to, &build.digest, self.now).await?;
            images::follow(tx, from, to, &build.digest, self.now).await?;
            stored::examine(tx, (self.source(), home.integration.id), &build.digest, self.now).await?;
            self.copy_checks(tx, build.id, said.remove(&old).unwrap_or_default()).await?;
            copies.insert(old, build);
        }
        if let Some(copy) = default.and_then(|default| copies.get(&default.build.id)) {
            integrations::set_default(tx, home.integration.id, Some(copy.id), self.now).await?;
            let change = Change::DefaultBuildSet { build: build_name(copy), before: None };
            self.tell(tx, home.scene(), change);
        }
        Ok(copies)
    }

    /// A check that was made in a bucket counts in those that this one fills.
    async fn copy_checks(&self, tx: &mut Tx, build: BuildId, mut said: Vec<Check>) -> Result<(), Error> {
        // Where two of a reporter meet in one bucket, the later counts.
        said.sort_by_key(|check| check.reported_at);
        for check in said {
            let Some(place) = &check.bucket else {
                checks::put(tx, &Check { build, ..check }).await?;
                continue;
            };
            for fill in self.plan.fills.iter().filter(|fill| fill.takes_from(place.key)) {
                let bucket = BucketName { key: fill.slot.key, slug: fill.slot.slug.clone() };
                checks::put(tx, &Check { build, bucket: Some(bucket), ..check.clone() }).await?;
            }
        }
        Ok(())
    }

    /// Places what comes into a bucket, the oldest first, and tells of it.
    async fn fill(
        &self,
        tx: &mut Tx,
        home: &Located,
        copies: &Copies,
        (fill, from, current): (&Filling<'_>, &Slug, &Came),
    ) -> Result<(), Error> {
        let mut bucket = buckets::lock(tx, home.integration.id, fill.slot.key, self.service.id()).await?;
        let mut named = Vec::new();
        for came in fill.all() {
            let Some(build) = copies.get(&came.build) else { continue };
            let earlier = came.build != current.build;
            named.push(self.place(tx, (home, fill), &mut bucket, (build, came, earlier)).await?);
        }
        let (Some(build), Some(placement)) = (named.pop(), &bucket.current) else { return Ok(()) };
        let change = Change::BuildsCarriedOver {
            from: self.there.located.integration.slug.clone(),
            bucket: from.clone(),
            build,
            placement: placement.id,
            earlier: named,
        };
        self.tell(tx, home.bucket_scene(bucket.id, &fill.slot.slug), change);
        // What is there is no news to the automatic stages behind: it was there before.
        let moved =
            Moved { id: bucket.id, integration: home.integration.id, key: bucket.key, at: placement.at };
        buckets::heard(tx, &moved).await?;
        let source = fill.source.and_then(|source| self.there.row(source.slot.key));
        if let Some(paused) = source.and_then(|row| row.paused_at) {
            buckets::pause(tx, bucket.id, Some(paused)).await?;
        }
        Ok(())
    }

    async fn place(
        &self,
        tx: &mut Tx,
        (home, fill): (&Located, &Filling<'_>),
        bucket: &mut Bucket,
        (build, came, earlier): (&Build, &Came, bool),
    ) -> Result<BuildName, Error> {
        let to = Repository { integration: home.integration.id, bucket: Some(fill.slot.key) };
        let tag = name_in(tx, (to, &fill.slot.slug), &came.tag, &build.digest, self.now).await?;
        let source = self.there.rows.iter().find(|row| row.id == came.bucket);
        let from = Repository { integration: self.source(), bucket: source.map(|row| row.key) };
        stored::name_alike(tx, from, to, &build.digest, self.now).await?;
        images::follow(tx, from, to, &build.digest, self.now).await?;
        let placement = Placement {
            id: bucket.next(self.service.id()),
            build: build.id,
            tag,
            cause: Cause::CarriedOver { placement: came.placement, earlier },
            by: placer(self.actor),
            at: self.now,
        };
        buckets::place(tx, bucket, &placement, None).await?;
        bucket.version += 1;
        let name = build_name(&build.clone().called(&placement.tag));
        bucket.current = Some(placement);
        Ok(name)
    }
}
