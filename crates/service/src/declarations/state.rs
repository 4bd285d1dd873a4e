//! What there is, as far as declarations can be about it and who asks sees it.

use crate::{Error, Service, circumstances, patterns, trust_roots};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::declarations::{Holding, Kept, Means, World};
use towpath_domain::ids::ProjectId;
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_store::{Conn, access, checks, environments, integrations, projects, retention, rules, streams};

/// How many projects are read at once.
const READ: i64 = 200;

const MEANS: Means = Means {
    is_zone: circumstances::is_zone,
    pattern: patterns::check,
    readable: patterns::check_criterion,
    trusts: trust_roots::check,
};

/// The installation with these projects, of those that somebody sees.
pub(super) async fn of(service: &Service, actor: &Actor, named: &[Slug]) -> Result<World, Error> {
    let mut conn = service.read().await?;
    let mut found = Vec::new();
    for slug in named {
        found.extend(projects::find(&mut conn, slug).await?);
    }
    load(service, actor, &mut conn, found).await
}

/// The installation with all of its projects that are in use.
pub(super) async fn whole(service: &Service, actor: &Actor) -> Result<World, Error> {
    let mut conn = service.read().await?;
    let mut found: Vec<Project> = Vec::new();
    loop {
        let after = found.last().map(|project| project.slug.to_string()).unwrap_or_default();
        let read = projects::list(&mut conn, &after, READ).await?;
        if read.is_empty() {
            break;
        }
        found.extend(read);
    }
    found.retain(|project| project.archived_at.is_none());
    load(service, actor, &mut conn, found).await
}

async fn load(
    service: &Service,
    actor: &Actor,
    conn: &mut Conn,
    mut found: Vec<Project>,
) -> Result<World, Error> {
    found.retain(|project| actor.may(Action::View, &Target::project(project.id)));
    let mut holdings = Vec::new();
    for project in found {
        let kept = kept(conn, actor, project.id).await?;
        holdings.push(Holding {
            environments: environments::list(conn, project.id).await?,
            workflows: towpath_store::workflows::list(conn, project.id).await?,
            rules: rules::list(conn, project.id).await?,
            integrations: kept,
            reporters: checks::reporters(conn, project.id, service.now()).await?,
            roots: towpath_store::trust_roots::list(conn, project.id).await?,
            project,
        });
    }
    Ok(World {
        streams: streams::list(conn).await?,
        roles: access::roles(conn).await?,
        projects: holdings,
        means: MEANS,
    })
}

/// The integrations of a project; a token of some of them sees no others.
async fn kept(conn: &mut Conn, actor: &Actor, project: ProjectId) -> Result<Vec<Kept>, Error> {
    let mut retention: HashMap<_, _> = retention::of_project(conn, project).await?;
    let mut all = integrations::list(conn, project, "", i64::MAX).await?;
    all.retain(|one| actor.may(Action::View, &Target::integration(project, one.id)));
    let kept = all.into_iter().map(|integration| Kept {
        retention: retention.remove(&integration.id).unwrap_or_default(),
        integration,
    });
    Ok(kept.collect())
}
