//! CI integrations.

use crate::builds::build_name;
use crate::holds::Standing;
use crate::retention::check_kept;
use crate::scenes::Located;
use crate::{Error, Service, allow, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::integrations::{Follows, Integration, IntegrationForm};
use towpath_domain::timeline::{BuildName, Change, Named, Scene};
use towpath_domain::workflows::WorkflowName;
use towpath_store::{Tx, builds, integrations, services, workflows};

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
            crate::deletions::check_free(tx, stored.project, &stored.slug, stored.created_at).await?;
            integrations::insert(tx, &stored).await.map_err(|error| {
                Error::taken(error, "slug", "There is an integration of this name in the project already.")
            })?;
            tx.tell(created);
            // What is global is deployed by the projects that use it.
            if !shared && !services::is_taken(tx, stored.project, &workload.slug).await? {
                if !services::adopt(tx, &workload).await? {
                    services::insert(tx, &workload).await?;
                }
                tx.tell(served);
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(integration)
}

/// Makes a build what services of its integration run where neither a pin nor a bucket says anything.
pub async fn set_default(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
    digest: &str,
) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    allow(actor, Action::Configure, &Target::project(located.project.id))?;
    let missing =
        || Invalid::field("digest", format!("There is no build “{digest}” in {project}/{integration}."));
    let parsed = Digest::parse(digest.trim()).map_err(|_| missing())?;
    let pushed = builds::find(&mut conn, located.integration.id, &parsed, "").await?.ok_or_else(missing)?;
    drop(conn);
    let (writer, actor) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, located.project.id).await?;
            check_kept(tx, &pushed.build).await?;
            let (build, now) = (pushed.build, writer.now());
            let standing = Standing::load(tx, &[&build.digest], now).await?;
            let holds = standing.concerning(&located.target(), &build.digest);
            if let Some(mark) = holds.iter().find(|hold| hold.is_bad_mark() && hold.is_in_force(now)) {
                return Err(Error::Refused(format!(
                    "{} is marked bad by hold {number}, so it is no default. Release the mark first.",
                    build.tag,
                    number = mark.number
                )));
            }
            let before = default_name(tx, &located).await?;
            if before.as_ref().is_some_and(|before| before.id == build.id) {
                return Ok(());
            }
            integrations::set_default(tx, located.integration.id, Some(build.id), now).await?;
            let change = Change::DefaultBuildSet { build: build_name(&build), before };
            tx.tell(writer.event(Service::event_actor(&actor), located.scene(), change));
            Ok(())
        })
        .await
}

/// Leaves an integration without a default build; one that has none stays as it is.
pub async fn clear_default(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    allow(actor, Action::Configure, &Target::project(located.project.id))?;
    drop(conn);
    let (writer, actor) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, located.project.id).await?;
            let Some(before) = default_name(tx, &located).await? else { return Ok(()) };
            integrations::set_default(tx, located.integration.id, None, writer.now()).await?;
            let change = Change::DefaultBuildCleared { before };
            tx.tell(writer.event(Service::event_actor(&actor), located.scene(), change));
            Ok(())
        })
        .await
}

async fn default_name(tx: &mut Tx, located: &Located) -> Result<Option<BuildName>, Error> {
    Ok(integrations::default_of(tx, located.integration.id).await?.map(|default| default.build))
}
