//! Environments.

mod moving;

pub use moving::{move_to, preview};

use crate::{Error, Service, allow, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::environments::{Environment, EnvironmentForm};
use towpath_domain::forms::Invalid;
use towpath_domain::timeline::Change;
use towpath_store::{environments, streams};

pub async fn create(
    service: &Service,
    actor: &Actor,
    project: &str,
    form: EnvironmentForm,
) -> Result<Environment, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    if project.is_global() {
        return Err(Invalid::field("slug", "The global project has no environments of its own.").into());
    }
    let streams = streams::list(&mut conn).await?;
    let new = form.check(&streams)?;
    let stream = streams.into_iter().find(|stream| stream.id == new.stream);
    let environment = Environment {
        id: service.id(),
        project: project.id,
        slug: new.slug,
        title: new.title,
        stream: stream.ok_or_else(|| Error::not_found("The release stream"))?,
    };
    let change = Change::EnvironmentCreated {
        slug: environment.slug.clone(),
        title: environment.title.to_string(),
        stream: environment.stream.slug.clone(),
    };
    let event = service.event(Service::event_actor(actor), scenes::project_scene(&project), change);
    let stored = environment.clone();
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, stored.project).await?;
            environments::insert(tx, &stored).await.map_err(|error| {
                Error::taken(error, "slug", "There is an environment of this name in the project already.")
            })?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(environment)
}
