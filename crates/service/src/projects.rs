//! Projects, and the page that lists them.

mod archiving;

pub use archiving::{archive, restore};

use crate::{Error, Service, allow, explain, people, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::projects::{
    Listed, Project, ProjectForm, ProjectLine, ProjectView, ProjectsView, Sample,
};
use towpath_domain::timeline::Change;
use towpath_store::{environments, integrations, projects, services, streams, workflows};

/// How many projects the page lists.
const LISTED: usize = 200;
/// How many projects are read at once while looking for those.
const READ: i64 = 200;

/// The projects that someone sees, with their integrations: those in use, or those that are archived.
pub async fn list(service: &Service, actor: &Actor, listed: Listed) -> Result<ProjectsView, Error> {
    let mut conn = service.read().await?;
    let mut lines = Vec::new();
    let mut all = integrations::list_all(&mut conn).await?;
    let (mut after, mut archived) = (String::new(), false);
    // Those that the person does not see take no place on the page.
    while lines.len() < LISTED {
        let read = projects::list(&mut conn, &after, READ).await?;
        let Some(last) = read.last() else { break };
        after = last.slug.to_string();
        for project in read {
            if !actor.may(Action::View, &Target::project(project.id)) {
                continue;
            }
            archived |= project.archived_at.is_some();
            if project.archived_at.is_some() != (listed == Listed::Archived) {
                continue;
            }
            let mut integrations = all.remove(&project.id).unwrap_or_default();
            integrations.retain(|own| actor.may(Action::View, &Target::integration(project.id, own.id)));
            lines.push(ProjectLine { project, integrations });
        }
    }
    lines.truncate(LISTED);
    let may_create = explain(actor, Action::Configure, &Target::installation());
    Ok(ProjectsView { listed, projects: lines, may_create, archived, now: service.now() })
}

/// A project with all that its page and its forms show.
pub async fn view(service: &Service, actor: &Actor, slug: &str) -> Result<ProjectView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, slug).await?;
    // A token of one integration sees its project, but not what stands beside it.
    let sees = |integration| actor.may(Action::View, &Target::integration(project.id, integration));
    let mut integrations = integrations::list(&mut conn, project.id).await?;
    integrations.retain(|own| sees(own.id));
    let mut services = services::list(&mut conn, project.id).await?;
    services.retain(|own| sees(own.integration));
    let may_archive = explain(actor, Action::Configure, &Target::project(project.id));
    Ok(ProjectView {
        environments: environments::list(&mut conn, project.id).await?,
        streams: streams::list(&mut conn).await?,
        workflows: workflows::list(&mut conn, project.id).await?,
        integrations,
        services,
        approving_roles: people::approving_roles(&mut conn).await?,
        may_configure: in_use(&project, may_archive.clone()),
        may_archive,
        may_load_sample: in_use(&project, explain(actor, Action::Configure, &Target::installation())),
        now: service.now(),
        project,
    })
}

/// Whether something may be done in a project, given what the policy says: nothing may where it is archived.
pub(crate) fn in_use(project: &Project, permitted: Result<(), String>) -> Result<(), String> {
    permitted.and_then(|()| project.check_in_use().map_err(|archived| archived.to_string()))
}

pub async fn create(service: &Service, actor: &Actor, form: ProjectForm) -> Result<Project, Error> {
    add(service, actor, form, None).await
}

/// Creates a project: one of the installation's own, or the sample.
pub(crate) async fn add(
    service: &Service,
    actor: &Actor,
    form: ProjectForm,
    sample: Option<Sample>,
) -> Result<Project, Error> {
    allow(actor, Action::Configure, &Target::installation())?;
    let new = form.check()?;
    let project = Project {
        id: service.id(),
        slug: new.slug,
        title: new.title,
        created_at: service.now(),
        archived_at: None,
        sample,
    };
    let change = Change::ProjectCreated { title: project.title.to_string() };
    let event = service.event(Service::event_actor(actor), scenes::project_scene(&project), change);
    let stored = project.clone();
    service
        .db()
        .write(async move |tx| {
            projects::insert(tx, &stored)
                .await
                .map_err(|error| Error::taken(error, "slug", "There is a project of this name already."))?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(project)
}
