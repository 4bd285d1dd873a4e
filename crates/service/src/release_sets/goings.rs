//! What an act would do in each integration, and doing it there.

use crate::buckets::{Rolled, Rolling};
use crate::builds::build_name;
use crate::promotions::Wish;
use crate::scenes::{self, Located};
use crate::{Error, Service};
use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use towpath_domain::access::{Action, Actor};
use towpath_domain::buckets::{BucketKind, Slot};
use towpath_domain::gates::Gate;
use towpath_domain::ids::{BuildId, IntegrationId, PlacementId, ProjectId, WorkflowId};
use towpath_domain::integrations::Follows;
use towpath_domain::projects::Project;
use towpath_domain::promotions::Outlook;
use towpath_domain::release_sets::{Course, Likeness, MOST, Outcome, Part, Picked, Prospect};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::BuildName;
use towpath_domain::words::{Reason, Reference};
use towpath_domain::workflows::Workflow;
use towpath_store::builds::Pushed;
use towpath_store::release_sets::{Called, Stand};
use towpath_store::{Conn, Tx, buckets, builds, integrations, projects};

/// How many integrations are judged at most for one comparison.
const LOOKED_AT: usize = 500;

/// What an act would do in one integration, with what it takes to do it.
pub(super) struct Going {
    pub part: Part,
    pub integration: IntegrationId,
    /// What would become current.
    pub build: Option<Called>,
    way: Way,
}

enum Way {
    Promote(Box<Wish>),
    RollBack(Box<Rolling>),
    /// Nothing can be done, or there is nothing to do.
    None,
}

/// What is read once for all parts of an act.
pub(super) struct Survey<'a> {
    pub service: &'a Service,
    pub actor: &'a Actor,
    projects: HashMap<ProjectId, Project>,
    slots: HashMap<(ProjectId, BucketKind), Vec<Slot>>,
    workflows: HashMap<(ProjectId, BucketKind, Follows<WorkflowId>), Option<Workflow>>,
    /// The placements that the acts of the set have made, where it is about taking one back.
    pub own: HashSet<PlacementId>,
}

impl<'a> Survey<'a> {
    pub fn new(service: &'a Service, actor: &'a Actor) -> Self {
        Self {
            service,
            actor,
            projects: HashMap::new(),
            slots: HashMap::new(),
            workflows: HashMap::new(),
            own: HashSet::new(),
        }
    }

    /// Integrations with their projects, as far as who asks may see them.
    pub async fn visible(
        &mut self,
        conn: &mut Conn,
        ids: &[IntegrationId],
    ) -> Result<HashMap<IntegrationId, Located>, Error> {
        let mut found = HashMap::new();
        for integration in integrations::of_ids(conn, ids).await? {
            let id = integration.project;
            if let Entry::Vacant(vacant) = self.projects.entry(id) {
                vacant.insert(projects::load(conn, id).await?);
            }
            let located = Located { project: self.projects[&id].clone(), integration };
            if self.actor.may(Action::View, &located.target()) {
                found.insert(located.integration.id, located);
            }
        }
        Ok(found)
    }

    /// All buckets that an integration can have.
    pub async fn slots(&mut self, conn: &mut Conn, located: &Located) -> Result<&[Slot], Error> {
        let key = (located.project.id, located.integration.kind);
        Ok(match self.slots.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => vacant.insert(scenes::slots(conn, key.0, key.1).await?),
        })
    }

    /// The workflow that an integration follows now.
    pub async fn workflow(&mut self, conn: &mut Conn, located: &Located) -> Result<Option<&Workflow>, Error> {
        let integration = &located.integration;
        let known = self.workflows.entry((located.project.id, integration.kind, integration.workflow));
        let workflow = match known {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => vacant.insert(located.workflow(conn).await?),
        };
        Ok(workflow.as_ref())
    }

    async fn slot(&mut self, conn: &mut Conn, located: &Located, slug: &Slug) -> Result<Option<Slot>, Error> {
        Ok(self.slots(conn, located).await?.iter().find(|slot| slot.slug == *slug).cloned())
    }

    /// What a course would do in each of these integrations that who asks may see and, where they picked some, in those
    /// alone: first those that can go, up to one more than a set may have. Whether there are more is told, too.
    pub async fn goings(
        &mut self,
        conn: &mut Conn,
        stands: Vec<Stand>,
        course: &Course,
        picked: &[Picked],
    ) -> Result<(Vec<Going>, bool), Error> {
        let ids: Vec<IntegrationId> = stands.iter().map(|stand| stand.integration).collect();
        let mut visible = self.visible(conn, &ids).await?;
        if !picked.is_empty() {
            visible.retain(|_, located| picked.iter().any(|pick| names(pick, located)));
        }
        let stands: Vec<Stand> =
            stands.into_iter().filter(|stand| visible.contains_key(&stand.integration)).collect();
        let (mut goings, mut can) = (Vec::new(), 0);
        for some in stands.chunks(MOST) {
            let named = some
                .iter()
                .flat_map(|stand| [&stand.comes, &stand.there])
                .flatten()
                .map(|called| called.build);
            let named = builds::list(conn, &named.collect::<Vec<_>>()).await?.into_iter();
            let named: HashMap<BuildId, Pushed> = named.map(|pushed| (pushed.build.id, pushed)).collect();
            for stand in some {
                if can > MOST || goings.len() >= LOOKED_AT {
                    break;
                }
                let Some(located) = visible.remove(&stand.integration) else { continue };
                let going = self.going(conn, located, stand, course, &named).await?;
                can += usize::from(going.part.prospect.can());
                goings.push(going);
            }
        }
        let more = goings.len() < stands.len();
        goings.sort_by_key(|going| match going.part.likeness() {
            Likeness::Differs | Likeness::New => 0,
            Likeness::Cannot => 1,
            Likeness::Same => 2,
        });
        Ok((goings, more))
    }

    async fn going(
        &mut self,
        conn: &mut Conn,
        located: Located,
        stand: &Stand,
        course: &Course,
        named: &HashMap<BuildId, Pushed>,
    ) -> Result<Going, Error> {
        let (project, integration) = (located.project.slug.clone(), located.integration.slug.clone());
        let name =
            |called: &Called| Some(build_name(&named.get(&called.build)?.build.clone().called(&called.tag)));
        let (comes, there) = (stand.comes.as_ref().and_then(name), stand.there.as_ref().and_then(name));
        let pushed = stand.comes.as_ref().and_then(|called| named.get(&called.build)).cloned();
        let mut asks_for = None;
        let (prospect, way) = match (self.slot(conn, &located, course.bucket()).await?, course) {
            _ if is_same(stand.comes.as_ref(), stand.there.as_ref()) => (Prospect::Same, Way::None),
            (None, _) => cannot(format!("{project}/{integration} has no bucket {}.", course.bucket())),
            (Some(to), Course::Promote { from, .. }) => {
                let stage = self.workflow(conn, &located).await?;
                let stage = stage.and_then(|workflow| workflow.graph.stage(to.key));
                let pattern = stage.and_then(|stage| stage.gates.iter().find_map(Gate::reference));
                asks_for = pattern.map(|pattern| pattern.as_str().to_owned());
                match self.slot(conn, &located, from).await?.zip(pushed) {
                    Some((from, pushed)) => self.promotion(conn, located, (from, to), pushed).await?,
                    None => cannot(format!("{project}/{integration} has no bucket {from}.")),
                }
            }
            (Some(slot), Course::TakeBack { .. })
                if !stand.since.is_some_and(|since| self.own.contains(&since)) =>
            {
                cannot(not_its_own(&slot.slug, stand, there.as_ref()))
            }
            (Some(slot), course) => {
                let was = if matches!(course, Course::TakeBack { .. }) { "before" } else { "then" };
                self.rollback(conn, located, slot, stand.placement.ok_or(was)).await?
            }
        };
        let part = Part { project, integration, comes, there, prospect, asks_for };
        let build = [&stand.comes, &stand.member, &stand.there].into_iter().flatten().next().cloned();
        Ok(Going { part, integration: stand.integration, build, way })
    }

    async fn promotion(
        &self,
        conn: &mut Conn,
        located: Located,
        (from, to): (Slot, Slot),
        pushed: Pushed,
    ) -> Result<(Prospect, Way), Error> {
        let wish = Wish::between(self.service, self.actor, located, (from, to), pushed);
        let prospect = match wish.outlook(conn).await? {
            Outlook::Enters => Prospect::Enters,
            Outlook::Waits { needs, until } => Prospect::Waits { needs, until },
            Outlook::Refused { refused } => Prospect::Cannot { because: refused.to_string() },
        };
        Ok((prospect, Way::Promote(Box::new(wish))))
    }

    /// A rollback to a placement; where there is none, `to` says when nothing was current.
    async fn rollback(
        &self,
        conn: &mut Conn,
        located: Located,
        slot: Slot,
        to: Result<PlacementId, &str>,
    ) -> Result<(Prospect, Way), Error> {
        let bucket = buckets::find(conn, located.integration.id, slot.key).await?;
        let (to, bucket) = match (to, bucket) {
            (Ok(to), Some(bucket)) => (to, bucket),
            (to, _) => {
                let was = to.err().unwrap_or("then");
                return Ok(cannot(format!(
                    "Nothing was current in {} {was}, and a bucket is never emptied.",
                    slot.slug
                )));
            }
        };
        let (service, actor) = (self.service.clone(), self.actor.clone());
        let rolling = Rolling { service, actor, located, slot, to, expected: Some(bucket.version) };
        let prospect = match rolling.foresee(conn, &bucket).await {
            Ok(_) => match rolling.needs(conn).await? {
                needs if needs.is_empty() => Prospect::Enters,
                needs => Prospect::Waits { needs, until: None },
            },
            Err(error) => Prospect::Cannot { because: error.refusal()? },
        };
        Ok((prospect, Way::RollBack(Box::new(rolling))))
    }
}

/// Why there is nothing of the set to take back out of a bucket.
fn not_its_own(bucket: &Slug, stand: &Stand, there: Option<&BuildName>) -> String {
    match there {
        None => format!("Nothing is current in {bucket}."),
        Some(_) if is_same(stand.there.as_ref(), stand.member.as_ref()) => {
            format!(
                "What is current in {bucket} did not come by this set, or something else came in the meantime."
            )
        }
        Some(there) => format!("{} is current in {bucket}, which is not of this set.", there.tag),
    }
}

/// Whether both are there and are one build, by whatever they go.
fn is_same(one: Option<&Called>, other: Option<&Called>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.build == other.build)
}

fn names(pick: &Picked, located: &Located) -> bool {
    pick.project == located.project.slug && pick.integration == located.integration.slug
}

fn cannot(because: String) -> (Prospect, Way) {
    (Prospect::Cannot { because }, Way::None)
}

impl Going {
    /// Does it. What a rule refuses is an outcome, too, and has written nothing; an error of ours ends the whole act.
    pub async fn run(
        self,
        tx: &mut Tx,
        reason: &Reason,
        reference: Option<&Reference>,
    ) -> Result<Outcome, Error> {
        let done = match self.way {
            Way::Promote(wish) => {
                // A reference concerns the stages that ask for one.
                let reference = reference.filter(|_| self.part.asks_for.is_some()).cloned();
                let asked = Box::pin(wish.ask(tx, reason.clone(), reference, false)).await;
                asked.map(|promotion| Outcome::Asked { promotion: promotion.id })
            }
            Way::RollBack(rolling) => rolling.run(tx, reason).await.map(|rolled| match rolled {
                Rolled::Back { placement, .. } => Outcome::RolledBack { placement },
                Rolled::Asked(promotion) => Outcome::Asked { promotion: promotion.id },
            }),
            Way::None => {
                let because = match self.part.prospect {
                    Prospect::Cannot { because } => because,
                    _ => "It is current there already.".to_owned(),
                };
                return Ok(Outcome::Refused { because });
            }
        };
        match done {
            Ok(outcome) => Ok(outcome),
            // Everyone reads it later, so that it is not told to whoever was refused.
            Err(Error::Forbidden(refusal)) => {
                let because = format!("The permission “{}” was missing.", refusal.action());
                Ok(Outcome::Refused { because })
            }
            Err(error) => Ok(Outcome::Refused { because: error.refusal()? }),
        }
    }
}
