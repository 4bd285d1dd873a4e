//! Archiving a project, and restoring it.

use crate::{Error, Service, allow, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::projects::{ArchiveRefused, Project};
use towpath_domain::timeline::Change;
use towpath_store::projects;

/// Puts a project away: it leaves home and lists, and nothing in it changes until it is restored.
pub async fn archive(service: &Service, actor: &Actor, project: &str) -> Result<Project, Error> {
    let now = service.now();
    turn(service, actor, project, move |project| project.archive(now)).await
}

/// Takes an archived project into use again, as it was.
pub async fn restore(service: &Service, actor: &Actor, project: &str) -> Result<Project, Error> {
    turn(service, actor, project, Project::restore).await
}

/// Takes a step of the domain on the project as it is by then, with its event.
async fn turn(
    service: &Service,
    actor: &Actor,
    project: &str,
    step: impl FnOnce(Project) -> Result<(Project, Change), ArchiveRefused> + Send + 'static,
) -> Result<Project, Error> {
    let found = scenes::project(&mut service.read().await?, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(found.id))?;
    let (clerk, by) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            let before = projects::load(tx, found.id).await?;
            let (after, change) = step(before.clone())?;
            projects::save_archived(tx, &before, &after).await?;
            tx.tell(clerk.event(by, scenes::project_scene(&after), change));
            Ok(after)
        })
        .await
}
