//! Moving an environment into another release stream: what should run there before and after, and what stands in the way.

use crate::projects::in_use;
use crate::{Error, Service, allow, explain, scenes};
use std::collections::BTreeMap;
use towpath_domain::access::{Action, Actor, Place, Target};
use towpath_domain::deletions::User;
use towpath_domain::environments::{Environment, MoveOutlook, MoveRefused, MoveView, Named, ShouldRun};
use towpath_domain::forms::Invalid;
use towpath_domain::holds::HoldOn;
use towpath_domain::ids::StreamId;
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_domain::streams::Stream;
use towpath_domain::timeline::Change;
use towpath_store::deletions::Doomed;
use towpath_store::{Conn, access, deletions, environments, promotions, services, streams};

/// An environment with the streams that it could go into, and what the one of this name would mean, for who may move it; empty
/// for none yet.
pub async fn preview(
    service: &Service,
    actor: &Actor,
    (project, environment): (&str, &str),
    stream: &str,
) -> Result<MoveView, Error> {
    let mut conn = service.read().await?;
    let (project, environment) = find(&mut conn, actor, project, environment).await?;
    let mut all = streams::list(&mut conn).await?;
    let to = match stream {
        "" => None,
        slug => {
            allow(actor, Action::Configure, &Target::project(project.id))?;
            Some(named(&all, slug)?)
        }
    };
    let outlook = match to {
        Some(to) => Some(outlook(&mut conn, (service, actor), &project, &environment, to).await?),
        None => None,
    };
    all.retain(|stream| stream.id != environment.stream.id);
    let mut may_move = in_use(&project, explain(actor, Action::Configure, &Target::project(project.id)));
    if outlook.as_ref().is_some_and(MoveOutlook::touches_production) {
        may_move = may_move.and_then(|()| explain(actor, Action::Configure, &Target::installation()));
    }
    Ok(MoveView { project: project.slug, environment, streams: all, outlook, may_move })
}

/// Moves an environment into another stream. Into production and out of it by whoever may configure streams alone: else a way
/// out and back led past the gates there. Not while a hold is on either stream, for the same reason. `from` is the stream in which who asks saw it; empty for whichever.
pub async fn move_to(
    service: &Service,
    actor: &Actor,
    (project, environment): (&str, &str),
    stream: &str,
    from: &str,
) -> Result<MoveOutlook, Error> {
    let mut conn = service.read().await?;
    let (project, found) = find(&mut conn, actor, project, environment).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let to = named(&streams::list(&mut conn).await?, stream)?;
    drop(conn);
    let (writer, actor, from) = (service.clone(), actor.clone(), from.trim().to_owned());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, project.id).await?;
            let environment = environments::load(tx, found.id).await?;
            let there = environment.stream.slug.clone();
            if !from.is_empty() && from != there.as_str() {
                return Err(MoveRefused::Elsewhere(there).into());
            }
            let outlook = outlook(tx, (&writer, &actor), &project, &environment, to).await?;
            outlook.check()?;
            if outlook.touches_production() {
                allow(&actor, Action::Configure, &Target::installation())?;
            }
            let way = (outlook.from.id, outlook.to.id);
            if !environments::move_to(tx, environment.id, way, writer.now()).await? {
                return Err(Error::not_found("The environment"));
            }
            // What waits is judged by what runs in the environments of a stream, too.
            promotions::look_soon_at(tx, &HoldOn::Installation, writer.now()).await?;
            let changed = outlook.services.iter().filter(|service| service.changes());
            let change = Change::EnvironmentMoved {
                slug: environment.slug,
                before: outlook.from.slug.clone(),
                after: outlook.to.slug.clone(),
                production: (outlook.from.production, outlook.to.production),
                services: changed.map(|service| service.service.clone()).collect(),
            };
            let by = Service::event_actor(&actor);
            tx.tell(writer.event(by, scenes::project_scene(&project), change));
            Ok(outlook)
        })
        .await
}

async fn find(
    conn: &mut Conn,
    actor: &Actor,
    project: &str,
    environment: &str,
) -> Result<(Project, Environment), Error> {
    let project = scenes::project(conn, actor, project).await?;
    let own = environments::list(conn, project.id).await?;
    let found = own.into_iter().find(|own| own.slug.as_str() == environment);
    let missing = || Error::not_found(format_args!("The environment “{}/{environment}”", project.slug));
    Ok((project.clone(), found.ok_or_else(missing)?))
}

fn named(all: &[Stream], slug: &str) -> Result<Stream, Error> {
    let found = all.iter().find(|stream| stream.slug.as_str() == slug).cloned();
    found.ok_or_else(|| Invalid::field("stream", "Choose a release stream.").into())
}

async fn outlook(
    conn: &mut Conn,
    (service, actor): (&Service, &Actor),
    project: &Project,
    environment: &Environment,
    to: Stream,
) -> Result<MoveOutlook, Error> {
    let from = environment.stream.clone();
    let now = service.now();
    let before = should_run(conn, (service, actor), environment, from.id).await?;
    let mut after = should_run(conn, (service, actor), environment, to.id).await?;
    let services = before.into_iter().map(|(service, before)| {
        let after = after.remove(&service).flatten();
        ShouldRun { service, before, after }
    });
    let mut holds = deletions::holds(conn, Some(&project.slug), &environment.slug, now).await?;
    for stream in [&from, &to] {
        holds.extend(deletions::holds(conn, None, &stream.slug, now).await?);
    }
    let promoting = deletions::promoting(conn, Doomed::Environment(environment.id), now).await?;
    let (seen, unseen): (Vec<_>, Vec<_>) =
        promoting.into_iter().partition(|one| actor.may(Action::View, &Target::project(one.project)));
    let seen =
        seen.into_iter().map(|one| User::Promotion { project: one.slug, number: one.number, pins: one.pins });
    let unseen = (!unseen.is_empty()).then_some(User::Unseen { count: unseen.len() });
    let bindings = access::bindings(conn).await?;
    let at = |stream: StreamId| {
        bindings.iter().filter(|bound| bound.binding.place == Place::Stream { stream }).count()
    };
    Ok(MoveOutlook {
        users: holds.into_iter().map(|number| User::Hold { number }).chain(seen).chain(unseen).collect(),
        services: services.collect(),
        roles_lost: at(from.id),
        roles_won: at(to.id),
        from,
        to,
    })
}

/// What every service should run in an environment, were it of a stream; as far as who asks sees what builds it.
async fn should_run(
    conn: &mut Conn,
    (service, actor): (&Service, &Actor),
    environment: &Environment,
    stream: StreamId,
) -> Result<BTreeMap<Slug, Option<Named>>, Error> {
    let here = (environment.id, stream);
    let mut all = services::should_run(conn, environment.project, here, service.now()).await?;
    all.retain(|one| actor.may(Action::View, &Target::integration(environment.project, one.built_by)));
    let named = |one: services::ShouldRun| {
        let bucket = one.bucket;
        (one.service, one.build.map(|(_, digest, tag)| Named { tag, digest, bucket }))
    };
    Ok(all.into_iter().map(named).collect())
}
