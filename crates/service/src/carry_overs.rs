//! Carrying the builds of an integration over into a new one of the other type: what that means, and doing it.

mod carrying;

use crate::holds::Standing;
use crate::projects::in_use;
use crate::scenes::Located;
use crate::{Error, Service, allow, explain, scenes};
use carrying::Carrying;
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::{BucketKey, BucketKind, Slot};
use towpath_domain::carry_overs::{
    CarryOverForm, CarryOverRefused, CarryOverView, Changed, Choice, Fill, Filled, Moved, Outlook, Source,
    belongs, choose, depth,
};
use towpath_domain::deletions::User;
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{BucketId, IntegrationId, ServiceId};
use towpath_domain::integrations::NewIntegration;
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::workflows::{Workflow, WorkflowName};
use towpath_store::buckets::Bucket;
use towpath_store::carry_overs::{self as stored, Came};
use towpath_store::deletions::Doomed;
use towpath_store::{Conn, buckets, builds, deletions, environments, integrations, services, workflows};

/// The form by which an integration is carried over and, where one was filled in, what that would mean; for who may do it.
pub async fn preview(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    form: Option<&CarryOverForm>,
) -> Result<CarryOverView, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    let there = There::load(&mut conn, located).await?;
    let outlook = match form {
        None => None,
        Some(form) => {
            allow(actor, Action::Configure, &there.target())?;
            let now = service.now();
            Some(there.plan(&mut conn, form, now).await?.outlook(&mut conn, now).await?)
        }
    };
    let mut may_carry = in_use(&there.located.project, explain(actor, Action::Configure, &there.target()));
    if outlook.as_ref().is_some_and(Outlook::touches_production) {
        may_carry = may_carry.and_then(|()| explain(actor, Action::Configure, &Target::installation()));
    }
    let source = there.located.integration.id;
    Ok(CarryOverView {
        services: stored::services(&mut conn, source).await?.into_iter().map(|(_, slug)| slug).collect(),
        earlier: stored::of_integration(&mut conn, source).await?,
        buckets: there.choices(),
        integration: there.located.integration.slug.clone(),
        title: there.located.integration.title.clone(),
        kind: there.kind,
        project: there.located.project,
        workflows: there.workflows,
        outlook,
        may_carry,
        now: service.now(),
    })
}

/// Makes an integration of the other type and fills its buckets. The old one stays as it is. The same again changes nothing,
/// but for services that come later.
///
/// Where a service should run another image in production since, it takes who may configure the installation: else a choice
/// between environments led past the gates of one.
pub async fn carry_over(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    form: CarryOverForm,
) -> Result<Outlook, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    allow(actor, Action::Configure, &Target::project(located.project.id))?;
    drop(conn);
    let (writer, actor) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, located.project.id).await?;
            let there = There::load(tx, located).await?;
            let now = writer.now();
            let plan = there.plan(tx, &form, now).await?;
            let outlook = plan.outlook(tx, now).await?;
            outlook.check()?;
            if outlook.touches_production() {
                allow(&actor, Action::Configure, &Target::installation())?;
            }
            Carrying::new(&writer, &actor, &there, &plan).run(tx, &outlook).await?;
            Ok(outlook)
        })
        .await
}

/// What there is to carry over, and the buckets that it can go to.
struct There {
    located: Located,
    /// The type of the new one.
    kind: BucketKind,
    targets: Vec<Slot>,
    sources: Vec<Source>,
    /// The rows of the sources that have one.
    rows: Vec<Bucket>,
    /// Those of the new one's type.
    workflows: Vec<Workflow>,
}

impl There {
    async fn load(conn: &mut Conn, located: Located) -> Result<Self, Error> {
        let (project, kind) = (located.project.id, located.integration.kind.other());
        if located.project.is_global() {
            return Err(CarryOverRefused::Global.into());
        }
        let rows = buckets::list(conn, located.integration.id).await?;
        let mut named = named(conn, &rows).await?;
        let slots = located.slots(conn).await?;
        let source = |slot: Slot| Source { current: named.remove(&slot.key), slot };
        let mut workflows = workflows::list(conn, project).await?;
        workflows.retain(|workflow| workflow.name.kind == kind);
        Ok(Self {
            sources: slots.into_iter().map(source).collect(),
            targets: scenes::slots(conn, project, kind).await?,
            located,
            kind,
            rows,
            workflows,
        })
    }

    fn target(&self) -> Target {
        Target::project(self.located.project.id)
    }

    fn choices(&self) -> Vec<Choice> {
        let choice = |target: &Slot| {
            let own = self.sources.iter().filter(|source| belongs(&source.slot, target));
            let tag = |source: &Source| source.current.as_ref().map(|(tag, _)| tag.clone());
            Choice {
                bucket: target.slug.clone(),
                production: target.stream.production,
                sources: own.map(|source| (source.slot.slug.clone(), tag(source))).collect(),
                differ: choose(target, &self.sources, "").is_err(),
            }
        };
        self.targets.iter().map(choice).collect()
    }

    /// What a form asks for, in full.
    async fn plan(&self, conn: &mut Conn, form: &CarryOverForm, now: Time) -> Result<Plan<'_>, Error> {
        let Located { project, integration } = &self.located;
        let served = stored::services(conn, integration.id).await?;
        let (moved, staying) =
            if form.moves_services() { (served, Vec::new()) } else { (Vec::new(), served) };
        let slug = Slug::parse(form.slug.trim());
        let earlier = match &slug {
            Ok(slug) => stored::find(conn, (project.id, integration.id), slug).await?,
            Err(_) => None,
        };
        if let (Some(earlier), Ok(slug)) = (earlier, slug) {
            let goal = Goal::Earlier { id: earlier, slug };
            return Ok(Plan { there: self, goal, fills: Vec::new(), moved, staying });
        }
        let names: Vec<WorkflowName> = self.workflows.iter().map(|workflow| workflow.name.clone()).collect();
        let (new, fills) = form.check((&project.slug, self.kind), &names, (&self.targets, &self.sources))?;
        let taken = "There is an integration of this name in the project already.";
        if integrations::find(conn, project.id, &new.slug).await?.is_some() {
            return Err(Invalid::field("slug", taken).into());
        }
        crate::deletions::check_free(conn, project.id, &new.slug, now).await?;
        let filled = fills.iter().filter(|(_, source)| source.is_some()).count();
        let mut filling = Vec::new();
        for fill in fills {
            filling.push(self.fill(conn, fill, depth(filled)).await?);
        }
        Ok(Plan { there: self, goal: Goal::New(new), fills: filling, moved, staying })
    }

    fn row(&self, key: BucketKey) -> Option<&Bucket> {
        self.rows.iter().find(|row| row.key == key)
    }

    /// What comes into a bucket: the history of all that belong to it, and last what becomes current.
    async fn fill<'a>(
        &'a self,
        conn: &mut Conn,
        (slot, source): Fill<'a>,
        depth: usize,
    ) -> Result<Filling<'a>, Error> {
        let row = source.and_then(|source| self.row(source.slot.key));
        let current = row.and_then(|row| row.current.as_ref().map(|placement| (row, placement)));
        let (Some(source), Some((row, placement))) = (source, current) else {
            return Ok(Filling {
                slot,
                source: None,
                current: None,
                earlier: Vec::new(),
                beside: Vec::new(),
                older: 0,
            });
        };
        let own = self.sources.iter().filter(|own| belongs(&own.slot, slot));
        let rows: Vec<(&Source, &Bucket)> =
            own.filter_map(|own| self.row(own.slot.key).map(|row| (own, row))).collect();
        let ids: Vec<BucketId> = rows.iter().map(|(_, row)| row.id).collect();
        let (mut earlier, all) = stored::history(conn, &ids, depth).await?;
        earlier.retain(|came| came.build != placement.build);
        earlier.truncate(depth - 1);
        let beside = rows.iter().filter(|(_, other)| earlier.iter().any(|came| came.bucket == other.id));
        let beside = beside.map(|(own, _)| *own).filter(|own| own.slot.key != source.slot.key).collect();
        let current = Came {
            build: placement.build,
            bucket: row.id,
            placement: placement.id,
            tag: placement.tag.clone(),
        };
        let older = all.saturating_sub(earlier.len() + 1);
        earlier.reverse();
        Ok(Filling { slot, source: Some(source), current: Some(current), earlier, beside, older })
    }
}

/// What is current in these buckets, by what it goes there.
async fn named(conn: &mut Conn, rows: &[Bucket]) -> Result<HashMap<BucketKey, (Tag, Digest)>, Error> {
    let current: Vec<_> =
        rows.iter().filter_map(|row| row.current.as_ref().map(|current| (row.key, current))).collect();
    let ids: Vec<_> = current.iter().map(|(_, placement)| placement.build).collect();
    let found = builds::list(conn, &ids).await?;
    let digests: HashMap<_, _> =
        found.into_iter().map(|pushed| (pushed.build.id, pushed.build.digest)).collect();
    let named = current.into_iter().filter_map(|(key, placement)| {
        digests.get(&placement.build).map(|digest| (key, (placement.tag.clone(), digest.clone())))
    });
    Ok(named.collect())
}

/// The integration that it is carried over to.
enum Goal {
    New(NewIntegration),
    /// It was carried over there before.
    Earlier {
        id: IntegrationId,
        slug: Slug,
    },
}

struct Plan<'a> {
    there: &'a There,
    goal: Goal,
    fills: Vec<Filling<'a>>,
    moved: Vec<(ServiceId, Slug)>,
    staying: Vec<(ServiceId, Slug)>,
}

/// A bucket of the new integration with all that comes into it.
struct Filling<'a> {
    slot: &'a Slot,
    source: Option<&'a Source>,
    current: Option<Came>,
    /// Oldest first.
    earlier: Vec<Came>,
    /// The other buckets from which some of it comes.
    beside: Vec<&'a Source>,
    older: usize,
}

impl Filling<'_> {
    /// Everything that comes, oldest first and what becomes current last.
    fn all(&self) -> impl Iterator<Item = &Came> {
        self.earlier.iter().chain(&self.current)
    }

    /// Whether builds come from a bucket.
    fn takes_from(&self, key: BucketKey) -> bool {
        self.source.into_iter().chain(self.beside.iter().copied()).any(|source| source.slot.key == key)
    }
}

impl Plan<'_> {
    async fn outlook(&self, conn: &mut Conn, now: Time) -> Result<Outlook, Error> {
        let (slug, already) = match &self.goal {
            Goal::New(new) => (new.slug.clone(), false),
            Goal::Earlier { slug, .. } => (slug.clone(), true),
        };
        let filled = self.fills.iter().map(|fill| Filled {
            bucket: fill.slot.slug.clone(),
            production: fill.slot.stream.production,
            from: fill.source.map(|source| source.slot.slug.clone()),
            current: fill.source.and_then(|source| source.current.clone()),
            earlier: fill.earlier.len(),
            beside: fill.beside.iter().map(|source| source.slot.slug.clone()).collect(),
            older: fill.older,
        });
        let mut come: Vec<_> = self.fills.iter().flat_map(Filling::all).map(|came| came.build).collect();
        come.sort_unstable();
        come.dedup();
        let slugs = |services: &[(ServiceId, Slug)]| services.iter().map(|(_, slug)| slug.clone()).collect();
        Ok(Outlook {
            buckets: filled.collect(),
            left: if already { Vec::new() } else { self.left() },
            builds: come.len(),
            services: self.moves(conn, now).await?,
            staying: slugs(&self.staying),
            users: self.users(conn, now).await?,
            kind: self.there.kind,
            slug,
            already,
        })
    }

    fn left(&self) -> Vec<Slug> {
        let left = self.there.sources.iter().filter(|source| {
            source.current.is_some() && !self.fills.iter().any(|fill| fill.takes_from(source.slot.key))
        });
        left.map(|source| source.slot.slug.clone()).collect()
    }

    /// Holds that stop what would become current, and what goes by the old integration for the services that come.
    async fn users(&self, conn: &mut Conn, now: Time) -> Result<Vec<User>, Error> {
        let Located { project, integration } = &self.there.located;
        let mut users = Vec::new();
        let current = |fill: &Filling<'_>| fill.source.and_then(|source| source.current.clone());
        let digests: Vec<Digest> = self.fills.iter().filter_map(current).map(|(_, digest)| digest).collect();
        let standing = Standing::load(conn, &digests.iter().collect::<Vec<_>>(), now).await?;
        let mut numbers = Vec::new();
        for fill in &self.fills {
            let Some((source, (_, digest))) = fill.source.zip(current(fill)) else { continue };
            for slot in [fill.slot, &source.slot] {
                let target = slot.target(project.id, integration.id);
                let holds = standing.concerning(&target, &digest);
                numbers.extend(holds.iter().filter(|hold| hold.is_in_force(now)).map(|hold| hold.number));
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        users.extend(numbers.into_iter().map(|number| User::Hold { number }));
        if !self.moved.is_empty() {
            let promoting = deletions::promoting(conn, Doomed::Integration(integration.id), now).await?;
            users.extend(promoting.into_iter().map(|one| User::Promotion {
                project: one.slug,
                number: one.number,
                pins: one.pins,
            }));
        }
        Ok(users)
    }

    /// The services that come, with the environments in which they should run another image since.
    async fn moves(&self, conn: &mut Conn, now: Time) -> Result<Vec<Moved>, Error> {
        if self.moved.is_empty() {
            return Ok(Vec::new());
        }
        let (project, source) = (self.there.located.project.id, self.there.located.integration.id);
        let (current, default_of) = match self.goal {
            Goal::New(_) => {
                let fill = |fill: &Filling<'_>| {
                    Some((fill.slot.key, fill.source.and_then(|source| source.current.clone())?))
                };
                (self.fills.iter().filter_map(fill).collect(), source)
            }
            Goal::Earlier { id, .. } => {
                let rows = buckets::list(conn, id).await?;
                (named(conn, &rows).await?, id)
            }
        };
        let default = integrations::default_of(conn, default_of).await?;
        let default = default.map(|default| (default.build.tag, default.build.digest));
        let mut changes: HashMap<ServiceId, Vec<Changed>> = HashMap::new();
        for environment in environments::list(conn, project).await? {
            let at = (environment.id, environment.stream.id);
            let key = match self.there.kind {
                BucketKind::Environment => BucketKey::Environment(environment.id),
                BucketKind::ReleaseStream => BucketKey::ReleaseStream(environment.stream.id),
            };
            let after = current.get(&key).or(default.as_ref());
            let before = services::should_run(conn, project, at, now).await?;
            for one in before.into_iter().filter(|one| one.built_by == source) {
                let digest = one.build.as_ref().map(|(_, digest, _)| digest);
                if digest != after.map(|(_, digest)| digest) {
                    changes.entry(one.id).or_default().push(Changed {
                        environment: environment.slug.clone(),
                        production: environment.stream.production,
                        before: one.build.map(|(.., tag)| tag),
                        after: after.map(|(tag, _)| tag.clone()),
                    });
                }
            }
        }
        let moved = |(id, slug): &(ServiceId, Slug)| Moved {
            service: slug.clone(),
            changes: changes.remove(id).unwrap_or_default(),
        };
        Ok(self.moved.iter().map(moved).collect())
    }
}
