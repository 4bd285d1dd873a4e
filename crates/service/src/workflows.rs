//! Promotion workflows.

mod choosing;

pub use choosing::choose;

use crate::proposals::Outcome;
use crate::{Error, Service, allow, circumstances, patterns, people, proposals, scenes, trust_roots};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::{BucketKind, Slot};
use towpath_domain::checks::TokenName;
use towpath_domain::forms::Invalid;
use towpath_domain::gates::Gate;
use towpath_domain::projects::Project;
use towpath_domain::proposals::{Command, Subject};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, EventActor, Scene, StageShape, WorkflowShape};
use towpath_domain::trust_roots::RootName;
use towpath_domain::workflows::{
    Contest, Given, NewWorkflow, Order, Workflow, WorkflowForm, WorkflowName, WorkflowView, declared,
};
use towpath_store::{Conn, Tx, checks, projects, workflows};

/// Creates a workflow from the form, whose stages follow one another.
pub async fn create(
    service: &Service,
    actor: &Actor,
    project: &str,
    form: WorkflowForm,
) -> Result<Workflow, Error> {
    let kind = BucketKind::parse(&form.kind);
    add(service, actor, project, kind, |given| form.check(given)).await
}

/// Creates a workflow as it is declared: any graph, each stage with any gates.
pub async fn declare(
    service: &Service,
    actor: &Actor,
    project: &str,
    workflow: declared::Workflow,
) -> Result<Workflow, Error> {
    let kind = Some(workflow.kind);
    add(service, actor, project, kind, |given| workflow.check(given)).await
}

const NEW_DEFAULT: &str = "The default leads into production, so another one takes a second person. Create this without being the \
     default, then propose to make it so.";

/// How many of the integrations that follow a workflow are named.
const NAMED: usize = 8;
/// How many of the promotions that wait under it are looked at to be named.
const WAITS: i64 = 20;

/// A workflow in its newest version, with what a change of it would touch.
pub async fn view(
    service: &Service,
    actor: &Actor,
    project: &str,
    slug: &str,
) -> Result<WorkflowView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let workflow = find(&mut conn, &project, slug).await?;
    let (followers, followed_by) = workflows::followers(&mut conn, &workflow, NAMED).await?;
    let waiting = workflows::waiting(&mut conn, workflow.name.id).await?;
    let waiting = usize::try_from(waiting).unwrap_or_default();
    let waits = workflows::waits(&mut conn, workflow.name.id, WAITS).await?;
    let waits = waits.into_iter().filter(|(project, _)| actor.may(Action::View, &Target::project(*project)));
    let waits = waits.map(|(_, waits)| waits).collect();
    Ok(WorkflowView { workflow, followers, followed_by, waiting, waits })
}

async fn find(conn: &mut Conn, project: &Project, slug: &str) -> Result<Workflow, Error> {
    let missing = || Error::not_found(format_args!("The workflow “{}/{slug}”", project.slug));
    let slug = Slug::parse(slug).map_err(|_| missing())?;
    workflows::find(conn, project.id, &slug).await?.ok_or_else(missing)
}

/// Changes a workflow to what the form says; `version` is the one that the form was filled in for.
pub async fn change(
    service: &Service,
    actor: &Actor,
    project: &str,
    slug: &str,
    version: i64,
    form: WorkflowForm,
) -> Result<Outcome<Workflow>, Error> {
    make_next(service, actor, project, slug, version, |before, given| {
        let name = &before.name;
        // What is permanent is not asked for.
        let form = WorkflowForm { slug: name.slug.to_string(), kind: name.kind.name().to_owned(), ..form };
        let next = form.check(given)?;
        form.check_drops(&before.graph, &next.graph, given.slots)?;
        Ok(next)
    })
    .await
}

/// The same to what is declared.
pub async fn redeclare(
    service: &Service,
    actor: &Actor,
    project: &str,
    slug: &str,
    version: i64,
    workflow: declared::Workflow,
) -> Result<Outcome<Workflow>, Error> {
    make_next(service, actor, project, slug, version, |before, given| {
        let name = &before.name;
        declared::Workflow { slug: name.slug.to_string(), kind: name.kind, ..workflow }.check(given)
    })
    .await
}

/// Makes the next version of a workflow, where it differs from the one before, or proposes it where that takes a second person.
/// Promotions that wait keep the version that they were asked for under.
async fn make_next(
    service: &Service,
    actor: &Actor,
    project: &str,
    slug: &str,
    version: i64,
    check: impl FnOnce(&Workflow, &Given) -> Result<NewWorkflow, Invalid>,
) -> Result<Outcome<Workflow>, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let before = find(&mut conn, &project, slug).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let slots = scenes::slots(&mut conn, project.id, before.name.kind).await?;
    let roles = approving(&mut conn).await?;
    let mut reporters = checks::reporters(&mut conn, project.id, service.now()).await?;
    // What it names already stays, also where that is revoked by now.
    reporters.extend(before.named_tokens());
    // A trust root that was removed stays in the version that names it, and comes into no other.
    let roots = trust_roots::names(&mut conn, project.id).await?;
    let graph = Some(&before.graph);
    let given = Given { before: graph, ..given(&project, &slots, &roles, (&reporters, &roots)) };
    // Before its mistakes: who looked at another version would correct what is there no more.
    if version != before.version {
        return Err(towpath_store::Error::Changed.into());
    }
    let new = check(&before, &given)?;
    let after = Workflow {
        name: WorkflowName { title: new.title, ..before.name.clone() },
        is_default: new.is_default,
        version: before.version + 1,
        graph: new.graph,
        project: before.project,
    };
    if shape(&before, &slots) == shape(&after, &slots) && before.graph == after.graph {
        return Ok(Outcome::Done(before));
    }
    let next = Next { before, after, project, slots };
    let (writer, actor) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            if writer.second_person().gates && next.touches_production() {
                scenes::check_in_use(tx, next.after.project).await?;
                let proposal = proposals::propose(tx, &writer, &actor, next.subject()).await?;
                return Ok(Outcome::Proposed(Box::new(proposal)));
            }
            next.save(tx, &writer, Service::event_actor(&actor)).await.map(Outcome::Done)
        })
        .await
}

/// A workflow's next version, beside the one before.
struct Next {
    before: Workflow,
    after: Workflow,
    project: Project,
    slots: Vec<Slot>,
}

impl Next {
    /// Whether it changes what stands before production. Which integrations take the way counts as well.
    fn touches_production(&self) -> bool {
        let (before, after) = (&self.before.graph, &self.after.graph);
        before.touches_production(after, &self.slots)
            || (self.before.is_default != self.after.is_default
                && (before.leads_to_production(&self.slots) || after.leads_to_production(&self.slots)))
    }

    /// The same as somebody reads it who is to confirm it.
    fn subject(&self) -> Subject {
        let (before, after) = (&self.before, &self.after);
        let mut changes = before.graph.changes(&after.graph, &self.slots);
        match (before.is_default, after.is_default) {
            (false, true) => changes.push("Integrations that follow the default take this way.".to_owned()),
            (true, false) => changes.push(
                "It is no default any more: integrations that follow the default have no way.".to_owned(),
            ),
            (true, true) | (false, false) => {}
        }
        if before.name.title != after.name.title {
            changes.push(format!("It is called “{}”.", after.name.title));
        }
        let slug = &self.project.slug;
        Subject {
            title: format!("the change of the workflow {} of {slug}", after.name.slug),
            target: Target { production: true, ..Target::project(self.project.id) },
            project: Some((self.project.id, slug.clone())),
            command: Command::ChangeWorkflow { after: Box::new(after.clone()) },
            changes,
        }
    }

    /// Saves it, as the version after the one before.
    async fn save(self, tx: &mut Tx, service: &Service, who: EventActor) -> Result<Workflow, Error> {
        let production = self.touches_production();
        let Self { before, after, project, slots } = self;
        scenes::check_in_use(tx, after.project).await?;
        let scene = Scene { production, ..scenes::project_scene(&project) };
        take_place(tx, service, who, &scene, &after, &slots).await?;
        workflows::change(tx, &after, service.now()).await?;
        let change = Change::WorkflowChanged {
            slug: after.name.slug.clone(),
            version: after.version,
            before: shape(&before, &slots),
            after: shape(&after, &slots),
        };
        tx.tell(service.event(who, scene, change));
        Ok(after)
    }
}

/// Saves a next version that was proposed, where it still is the next one and nothing that it names is gone.
pub(crate) async fn apply(
    tx: &mut Tx,
    service: &Service,
    who: EventActor,
    after: Workflow,
) -> Result<(), Error> {
    let project = projects::load(tx, after.project).await?;
    let before = find(tx, &project, after.name.slug.as_str()).await?;
    if before.version + 1 != after.version {
        let words = format!("Somebody has made version {} of the workflow since.", before.version);
        return Err(Error::Conflict(words));
    }
    let slots = scenes::slots(tx, project.id, after.name.kind).await?;
    let roles = approving(tx).await?;
    for stage in after.graph.stages() {
        if !slots.iter().any(|slot| slot.key == stage.bucket) {
            return Err(Error::Conflict("A stage of it is gone by now.".to_owned()));
        }
        if let Some(role) = stage.gates.iter().find_map(|gate| match gate {
            Gate::Approvals(approvals) if !roles.contains(&approvals.role) => Some(&approvals.role),
            _ => None,
        }) {
            let words = format!("The role {role}, for whose approval a gate asks, approves no more.");
            return Err(Error::Conflict(words));
        }
    }
    Next { before, after, project, slots }.save(tx, service, who).await.map(drop)
}

/// Lets the project's default of the same kind be one no more, where another takes its place: its next version, so that
/// whoever is changing it hears of this.
async fn take_place(
    tx: &mut Tx,
    service: &Service,
    who: EventActor,
    scene: &Scene,
    next: &Workflow,
    slots: &[Slot],
) -> Result<(), Error> {
    let earlier = match workflows::find_default(tx, next.project, next.name.kind).await? {
        Some(earlier) if next.is_default && earlier.name.id != next.name.id => earlier,
        _ => return Ok(()),
    };
    let later = Workflow { is_default: false, version: earlier.version + 1, ..earlier.clone() };
    let change = Change::WorkflowChanged {
        slug: later.name.slug.clone(),
        version: later.version,
        before: shape(&earlier, slots),
        after: shape(&later, slots),
    };
    workflows::change(tx, &later, service.now()).await?;
    tx.tell(service.event(who, scene.clone(), change));
    Ok(())
}

/// A new default would change the gates of all that follow the default, past the second person.
async fn check_place(tx: &mut Tx, service: &Service, next: &Workflow, slots: &[Slot]) -> Result<(), Error> {
    if !service.second_person().gates || !next.is_default {
        return Ok(());
    }
    let earlier = workflows::find_default(tx, next.project, next.name.kind).await?;
    if earlier.is_some_and(|earlier| earlier.graph.leads_to_production(slots)) {
        return Err(Invalid::field("is_default", NEW_DEFAULT).into());
    }
    Ok(())
}

/// A workflow as an event tells it.
fn shape(workflow: &Workflow, slots: &[Slot]) -> WorkflowShape {
    let name = |key| slots.iter().find(|slot| slot.key == key).map(|slot| slot.slug.clone());
    let stages = workflow.graph.stages().iter().filter_map(|stage| {
        Some(StageShape {
            bucket: name(stage.bucket)?,
            gates: stage.gates.iter().map(Gate::words).collect(),
            arrivals: stage.arrivals,
            automatic: stage.automatic,
            contest: Some(stage.contest).filter(|contest| *contest != Contest::default()),
            rollbacks_ask: stage.rollbacks_ask,
            by_hand: stage.by_hand,
            order: Some(stage.order).filter(|order| *order != Order::default()),
        })
    });
    let ways = workflow.graph.stages().iter().flat_map(|from| {
        let after = workflow.graph.after(from.bucket).into_iter();
        after.filter_map(move |to| Some((name(from.bucket)?, name(to)?)))
    });
    WorkflowShape {
        title: workflow.name.title.to_string(),
        is_default: workflow.is_default,
        stages: stages.collect(),
        edges: ways.collect(),
    }
}

/// What a workflow of a project is checked against.
fn given<'a>(
    project: &'a Project,
    slots: &'a [Slot],
    roles: &'a [Slug],
    (reporters, roots): (&'a [TokenName], &'a [RootName]),
) -> Given<'a> {
    Given {
        project: &project.slug,
        slots,
        roles,
        reporters,
        roots,
        before: None,
        is_zone: circumstances::is_zone,
        pattern: patterns::check,
    }
}

/// The roles that can approve.
async fn approving(conn: &mut Conn) -> Result<Vec<Slug>, Error> {
    Ok(people::approving_roles(conn).await?.into_iter().map(|role| role.slug).collect())
}

/// Adds the workflow that `check` makes of the project's slots of a kind and the roles that can approve.
async fn add(
    service: &Service,
    actor: &Actor,
    project: &str,
    kind: Option<BucketKind>,
    check: impl FnOnce(&Given) -> Result<NewWorkflow, Invalid>,
) -> Result<Workflow, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let slots = match kind {
        Some(kind) => scenes::slots(&mut conn, project.id, kind).await?,
        None => Vec::new(),
    };
    let roles = approving(&mut conn).await?;
    let reporters = checks::reporters(&mut conn, project.id, service.now()).await?;
    let roots = trust_roots::names(&mut conn, project.id).await?;
    let given = given(&project, &slots, &roles, (&reporters, &roots));
    let new = check(&given)?;
    save(service, actor, &project, &slots, new).await
}

async fn save(
    service: &Service,
    actor: &Actor,
    project: &Project,
    slots: &[Slot],
    new: NewWorkflow,
) -> Result<Workflow, Error> {
    let workflow = Workflow {
        name: WorkflowName { id: service.id(), slug: new.slug, title: new.title, kind: new.graph.kind() },
        project: project.id,
        is_default: new.is_default,
        version: 1,
        graph: new.graph,
    };
    let change = Change::WorkflowCreated {
        slug: workflow.name.slug.clone(),
        title: workflow.name.title.to_string(),
        of: workflow.name.kind,
        stages: stage_names(&workflow, slots),
        is_default: workflow.is_default,
    };
    let (who, scene) = (Service::event_actor(actor), scenes::project_scene(project));
    let event = service.event(who, scene.clone(), change);
    let (writer, stored, now) = (service.clone(), workflow.clone(), service.now());
    let slots = slots.to_vec();
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, stored.project).await?;
            check_place(tx, &writer, &stored, &slots).await?;
            take_place(tx, &writer, who, &scene, &stored, &slots).await?;
            workflows::insert(tx, &stored, now).await.map_err(|error| {
                Error::taken(error, "slug", "There is a workflow of this name in the project already.")
            })?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(workflow)
}

fn stage_names(workflow: &Workflow, slots: &[Slot]) -> Vec<Slug> {
    let stages = workflow.graph.stages().iter();
    stages
        .filter_map(|stage| slots.iter().find(|slot| slot.key == stage.bucket))
        .map(|slot| slot.slug.clone())
        .collect()
}
