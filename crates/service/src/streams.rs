//! Release streams.

use crate::{Error, Service, allow, explain};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::streams::{Stream, StreamForm, StreamLine, StreamsView};
use towpath_domain::timeline::{Change, Scene};
use towpath_store::{environments, projects, streams};

/// How many projects are looked through for those that someone sees.
const PROJECTS: i64 = 1_000;

/// All streams, each with its environments as far as who asks may see their projects, and these are in use.
pub async fn list(service: &Service, actor: &Actor) -> Result<StreamsView, Error> {
    let mut conn = service.read().await?;
    let mut projects = projects::list(&mut conn, "", PROJECTS).await?;
    projects.retain(|project| {
        project.archived_at.is_none() && actor.may(Action::View, &Target::project(project.id))
    });
    let mut lines = Vec::new();
    for stream in streams::list(&mut conn).await? {
        let environments = environments::of_stream(&mut conn, stream.id)
            .await?
            .into_iter()
            .filter(|(id, ..)| projects.iter().any(|project| project.id == *id))
            .map(|(_, project, environment, _)| format!("{project}/{environment}"))
            .collect();
        lines.push(StreamLine { stream, environments });
    }
    let may_configure = explain(actor, Action::Configure, &Target::installation());
    Ok(StreamsView { streams: lines, may_configure })
}

pub async fn create(service: &Service, actor: &Actor, form: StreamForm) -> Result<Stream, Error> {
    allow(actor, Action::Configure, &Target::installation())?;
    let new = form.check()?;
    let stream = Stream {
        id: service.id(),
        slug: new.slug,
        title: new.title,
        production: new.production,
        built_in: false,
    };
    let change =
        Change::StreamCreated { stream: stream.id, slug: stream.slug.clone(), production: stream.production };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let stored = stream.clone();
    service
        .db()
        .write(async move |tx| {
            streams::insert(tx, &stored)
                .await
                .map_err(|error| Error::taken(error, "slug", "There is a stream of this name already."))?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(stream)
}
