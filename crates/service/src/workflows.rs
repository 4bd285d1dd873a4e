//! Promotion workflows.

use crate::{Error, Service, allow, circumstances, patterns, people, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::{BucketKind, Slot};
use towpath_domain::forms::Invalid;
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Change;
use towpath_domain::workflows::{Given, NewWorkflow, Workflow, WorkflowForm, WorkflowName, declared};
use towpath_store::workflows;

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
    let roles: Vec<Slug> =
        people::approving_roles(&mut conn).await?.into_iter().map(|role| role.slug).collect();
    let given = Given {
        project: &project.slug,
        slots: &slots,
        roles: &roles,
        zone: circumstances::is_zone,
        pattern: patterns::check,
    };
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
    let event = service.event(Service::event_actor(actor), scenes::project_scene(project), change);
    let (stored, now) = (workflow.clone(), service.now());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, stored.project).await?;
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
