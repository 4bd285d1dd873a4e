//! Projects, and the page that lists them.

mod archiving;

pub use archiving::{archive, restore};

use crate::{Error, Service, allow, explain, people, scenes, trust_roots};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::ids::ProjectId;
use towpath_domain::projects::{
    Listed, Part, Project, ProjectForm, ProjectLine, ProjectView, ProjectsView, Sample, Served,
};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Change;
use towpath_store::services::Built;
use towpath_store::{checks, environments, integrations, projects, rules, services, streams, workflows};

/// How many projects a page lists, and how many integrations or services a project's page.
pub const PAGE: usize = 50;
/// How many integrations are shown of each project in a list.
const FIRST: i64 = 8;
/// How many projects are read at once while looking for those that are listed.
const READ: i64 = 200;

/// A page of the projects that someone sees, with their first integrations: those in use, or those that are archived.
pub async fn list(
    service: &Service,
    actor: &Actor,
    listed: Listed,
    after: Option<&Slug>,
    limit: usize,
) -> Result<ProjectsView, Error> {
    let mut conn = service.read().await?;
    let mut found = Vec::new();
    let mut archived = false;
    let mut after = after.map(Slug::to_string).unwrap_or_default();
    // Those that the person does not see take no place on the page.
    while found.len() <= limit {
        let read = projects::list(&mut conn, &after, READ).await?;
        let Some(last) = read.last() else { break };
        after = last.slug.to_string();
        let seen = read.into_iter().filter(|project| actor.may(Action::View, &Target::project(project.id)));
        for project in seen {
            archived |= project.archived_at.is_some();
            if project.archived_at.is_some() == (listed == Listed::Archived) {
                found.push(project);
            }
        }
    }
    let next = cut(&mut found, limit, |project| &project.slug);
    let ids: Vec<ProjectId> = found.iter().map(|project| project.id).collect();
    let mut first = integrations::first_of(&mut conn, &ids, FIRST).await?;
    let line = |project: Project| {
        let (mut integrations, total) = first.remove(&project.id).unwrap_or_default();
        let more = usize::try_from(total).unwrap_or(usize::MAX).saturating_sub(integrations.len());
        // A token of some integrations is not told how many others there are.
        let narrowed = actor.narrowed().is_some();
        integrations.retain(|own| actor.may(Action::View, &Target::integration(project.id, own.id)));
        ProjectLine { project, integrations, more: if narrowed { 0 } else { more } }
    };
    let projects = found.into_iter().map(line).collect();
    let may_create = explain(actor, Action::Configure, &Target::installation());
    Ok(ProjectsView { listed, projects, next, may_create, archived, now: service.now() })
}

/// A project with all that belongs to it.
pub async fn whole(service: &Service, actor: &Actor, slug: &str) -> Result<ProjectView, Error> {
    view(service, actor, slug, &Part::default(), usize::MAX).await
}

/// A project with all that its page and its forms show; of its integrations and services a page of up to `limit`.
pub async fn view(
    service: &Service,
    actor: &Actor,
    slug: &str,
    part: &Part,
    limit: usize,
) -> Result<ProjectView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, slug).await?;
    let read = i64::try_from(limit).map_or(i64::MAX, |limit| limit.saturating_add(1));
    let from = |after: &Option<Slug>| after.as_ref().map(Slug::to_string).unwrap_or_default();
    let mut integrations = integrations::list(&mut conn, project.id, &from(&part.integrations), read).await?;
    let has_integration = !integrations.is_empty()
        || (part.integrations.is_some()
            && !integrations::list(&mut conn, project.id, "", 1).await?.is_empty());
    let mut services = services::list(&mut conn, project.id, &from(&part.services), read).await?;
    let next = Part {
        integrations: cut(&mut integrations, limit, |own| &own.slug),
        services: cut(&mut services, limit, |built| &built.service.slug),
    };
    // A token of one integration sees its project, but not what stands beside it.
    let sees = |integration| actor.may(Action::View, &Target::integration(project.id, integration));
    integrations.retain(|own| sees(own.id));
    services.retain(|built| sees(built.service.integration));
    let served = |built: Built| Served {
        built_by: actor
            .may(Action::View, &Target::integration(built.home, built.service.integration))
            .then_some(built.board),
        service: built.service,
    };
    let may_archive = explain(actor, Action::Configure, &Target::project(project.id));
    Ok(ProjectView {
        environments: environments::list(&mut conn, project.id).await?,
        streams: streams::list(&mut conn).await?,
        workflows: workflows::list(&mut conn, project.id).await?,
        rules: rules::list(&mut conn, project.id).await?,
        integrations,
        services: services.into_iter().map(served).collect(),
        next,
        has_integration,
        approving_roles: people::approving_roles(&mut conn).await?,
        reporters: match may_archive {
            Ok(()) => checks::reporters(&mut conn, project.id, service.now()).await?,
            Err(_) => Vec::new(),
        },
        roots: match may_archive {
            Ok(()) => trust_roots::names(&mut conn, project.id).await?,
            Err(_) => Vec::new(),
        },
        may_configure: in_use(&project, may_archive.clone()),
        may_archive,
        may_load_sample: in_use(&project, explain(actor, Action::Configure, &Target::installation())),
        now: service.now(),
        project,
    })
}

/// Leaves a page of up to `limit`; answers the name of its last where more came after it.
fn cut<T>(list: &mut Vec<T>, limit: usize, name: impl Fn(&T) -> &Slug) -> Option<Slug> {
    let more = list.len() > limit;
    list.truncate(limit);
    list.last().filter(|_| more).map(|last| name(last).clone())
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
