//! CI integrations.

use crate::{Error, Service, allow, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::integrations::{Follows, Integration, IntegrationForm};
use towpath_domain::timeline::{Change, Named, Scene};
use towpath_domain::workflows::WorkflowName;
use towpath_store::{integrations, services, workflows};

/// Creates an integration, and a service of its name where the project has none yet.
pub async fn create(
    service: &Service,
    actor: &Actor,
    project: &str,
    form: IntegrationForm,
) -> Result<Integration, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let names: Vec<WorkflowName> =
        workflows::list(&mut conn, project.id).await?.into_iter().map(|workflow| workflow.name).collect();
    let new = form.check(&project.slug, &names)?;
    let integration = Integration {
        id: service.id(),
        project: project.id,
        slug: new.slug,
        title: new.title,
        kind: new.kind,
        workflow: new.workflow,
        rule: Follows::Default,
        created_at: service.now(),
    };
    let workload = towpath_domain::services::Service {
        id: service.id(),
        project: project.id,
        slug: integration.slug.clone(),
        title: integration.title.clone(),
        integration: integration.id,
    };
    let followed = match integration.workflow {
        Follows::Own(id) => names.iter().find(|name| name.id == id).map(|name| name.slug.clone()),
        Follows::Default | Follows::None => None,
    };
    let change = Change::IntegrationCreated {
        title: integration.title.to_string(),
        of: integration.kind,
        workflow: followed,
    };
    let scene = Scene {
        integration: Some(Named { id: integration.id, slug: integration.slug.clone() }),
        ..scenes::project_scene(&project)
    };
    let who = Service::event_actor(actor);
    let created = service.event(who, scene.clone(), change);
    let served = service.event(who, scene, Change::ServiceCreated { slug: workload.slug.clone() });
    let (stored, shared) = (integration.clone(), project.is_global());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, stored.project).await?;
            integrations::insert(tx, &stored).await.map_err(|error| {
                Error::taken(error, "slug", "There is an integration of this name in the project already.")
            })?;
            tx.tell(created);
            // What is global is deployed by the projects that use it.
            if !shared && !services::is_taken(tx, stored.project, &workload.slug).await? {
                services::insert(tx, &workload).await?;
                tx.tell(served);
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(integration)
}
