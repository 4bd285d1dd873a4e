//! Search: whatever someone may see, by any of its names. What they may not see is neither found nor counted.

use crate::timeline::colleagues;
use crate::{Error, Service};
use std::collections::{HashMap, HashSet};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::environments::Environment;
use towpath_domain::ids::{BuildId, IntegrationId, ProjectId};
use towpath_domain::integrations::Integration;
use towpath_domain::projects::Project;
use towpath_domain::search::{Errand, FoundBuild, FoundBuilds, Group, Hit, Kind, Rank, Results, Term};
use towpath_domain::services::Service as Workload;
use towpath_domain::slugs::Slug;
use towpath_store::search::{Found, Key, Prefix, Wanted, current_in};
use towpath_store::{Conn, environments, integrations, projects, search, services};

/// How many things of each kind a box lists that is typed in, and how many a page does.
pub const BRIEF: usize = 6;
pub const WHOLE: usize = 20;
/// How many builds a page of them has.
pub const PAGE: usize = 50;

/// Finds up to `limit` things of each kind.
pub async fn find(service: &Service, actor: &Actor, typed: &str, limit: usize) -> Result<Results, Error> {
    let empty = Results { typed: typed.trim().to_owned(), groups: Vec::new(), now: service.now() };
    let Some(term) = Term::parse(typed) else { return Ok(empty) };
    let mut conn = service.read().await?;
    let known = Known::load(&mut conn, actor).await?;
    let mut ranked = known.named(&term);
    ranked.extend(known.promotions(&mut conn, &term, actor).await?);
    let (builds, more) = known.builds(&mut conn, &term, None, limit).await?;
    ranked.extend(builds.into_iter().map(|build| (rank_of(&term, &build), Hit::Build(build))));
    for (id, name) in colleagues(&mut conn, actor, &known.projects).await? {
        if let Some(rank) = term.rank(&[&name]) {
            ranked.push((rank, Hit::Person { id, name }));
        }
    }
    for errand in Errand::ALL.into_iter().filter(|errand| errand.is_for(actor)) {
        if let Some(rank) = term.rank(&[errand.words(), errand.also()]) {
            ranked.push((rank, Hit::Errand { errand }));
        }
    }
    Ok(Results { groups: group(ranked, limit, more.is_some()), ..empty })
}

/// The builds that a term finds, from after the place that the page before named.
pub async fn builds(
    service: &Service,
    actor: &Actor,
    typed: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<FoundBuilds, Error> {
    let none = FoundBuilds { builds: Vec::new(), next: None, now: service.now() };
    let Some(term) = Term::parse(typed) else { return Ok(none) };
    let mut conn = service.read().await?;
    let known = Known::load(&mut conn, actor).await?;
    let (builds, next) = known.builds(&mut conn, &term, after.and_then(Place::parse), limit).await?;
    Ok(FoundBuilds { builds, next: next.map(Place::to_text), ..none })
}

/// The best kinds first, in each the best first, as many as are wanted.
fn group(ranked: Vec<(Rank, Hit)>, limit: usize, more_builds: bool) -> Vec<Group> {
    let mut kinds = HashMap::<Kind, Vec<(Rank, Hit)>>::new();
    for (rank, hit) in ranked {
        kinds.entry(kind(&hit)).or_default().push((rank, hit));
    }
    let mut groups: Vec<(Rank, Group)> = Vec::new();
    for (kind, mut hits) in kinds {
        // Stable: things that fit alike stay in the order of their names.
        hits.sort_by_key(|(rank, _)| *rank);
        let more = hits.len() > limit || (kind == Kind::Build && more_builds);
        let best = hits.first().map_or(Rank::Inside, |(rank, _)| *rank);
        let hits = hits.into_iter().take(limit).map(|(_, hit)| hit).collect();
        groups.push((best, Group { kind, hits, more }));
    }
    groups.sort_by_key(|(best, group)| (*best, group.kind));
    groups.into_iter().map(|(_, group)| group).collect()
}

const fn kind(hit: &Hit) -> Kind {
    match hit {
        Hit::Project { .. } => Kind::Project,
        Hit::Integration { .. } => Kind::Integration,
        Hit::Service { .. } => Kind::Service,
        Hit::Environment { .. } => Kind::Environment,
        Hit::Build(_) => Kind::Build,
        Hit::Promotion { .. } => Kind::Promotion,
        Hit::Person { .. } => Kind::Person,
        Hit::Errand { .. } => Kind::Errand,
    }
}

/// A build is found by what starts with the term; all of it is better.
fn rank_of(term: &Term, build: &FoundBuild) -> Rank {
    let (digest, tag) = (build.digest.to_string(), build.tag.as_str());
    let names = [tag, &digest, build.digest.hex(), build.commit.as_deref().unwrap_or_default()];
    term.rank(&names).map_or(Rank::Prefix, |rank| rank.min(Rank::Prefix))
}

/// Where a page of builds starts: which prefix is walked, and after which build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    prefix: usize,
    after: BuildId,
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let (prefix, after) = text.split_once('.')?;
        Some(Self { prefix: prefix.parse().ok()?, after: after.parse().ok()? })
    }

    fn to_text(self) -> String {
        format!("{}.{}", self.prefix, self.after)
    }
}

/// The names of all that someone sees.
struct Known {
    projects: Vec<Project>,
    integrations: HashMap<IntegrationId, Integration>,
    services: Vec<Workload>,
    environments: Vec<Environment>,
    /// Whether every build there is may be found.
    sees_all: bool,
}

impl Known {
    async fn load(conn: &mut Conn, actor: &Actor) -> Result<Self, Error> {
        let mut projects = projects::list(conn, "", i64::MAX).await?;
        // What is archived is found by its address only.
        let archived = projects.iter().any(|project| project.archived_at.is_some());
        projects.retain(|project| {
            project.archived_at.is_none() && actor.may(Action::View, &Target::project(project.id))
        });
        let own_projects: HashSet<ProjectId> = projects.iter().map(|project| project.id).collect();
        let sees = |project, integration| actor.may(Action::View, &Target::integration(project, integration));
        let mut own = integrations::list_all(conn).await?;
        let integrations = projects
            .iter()
            .flat_map(|project| own.remove(&project.id).unwrap_or_default())
            .filter(|own| sees(own.project, own.id))
            .map(|own| (own.id, own))
            .collect();
        let mut services = services::list_all(conn).await?;
        services.retain(|own| own_projects.contains(&own.project) && sees(own.project, own.integration));
        let mut environments = environments::list_all(conn).await?;
        environments.retain(|own| own_projects.contains(&own.project));
        let sees_all = !archived && actor.may(Action::View, &Target::installation()) && actor.scope.is_none();
        Ok(Self { projects, integrations, services, environments, sees_all })
    }

    fn slug(&self, id: ProjectId) -> Option<&Slug> {
        self.projects.iter().find(|project| project.id == id).map(|project| &project.slug)
    }

    /// What has a slug and a title, by that or by the way to it.
    fn named(&self, term: &Term) -> Vec<(Rank, Hit)> {
        let slugs: HashMap<ProjectId, &Slug> =
            self.projects.iter().map(|project| (project.id, &project.slug)).collect();
        let rank = |project: &Slug, slug: &Slug, title: &str| {
            term.rank(&[slug.as_str(), title, &format!("{project}/{slug}")])
        };
        let mut ranked = Vec::new();
        for Project { slug, title, .. } in &self.projects {
            if let Some(rank) = term.rank(&[slug.as_str(), title.as_str()]) {
                ranked.push((rank, Hit::Project { slug: slug.clone(), title: title.to_string() }));
            }
        }
        let mut integrations: Vec<&Integration> = self.integrations.values().collect();
        integrations.sort_by_key(|own| (slugs.get(&own.project), &own.slug));
        for Integration { project, slug, title, .. } in integrations {
            let Some(&project) = slugs.get(project) else { continue };
            if let Some(rank) = rank(project, slug, title.as_str()) {
                let (project, slug) = (project.clone(), slug.clone());
                ranked.push((rank, Hit::Integration { project, slug, title: title.to_string() }));
            }
        }
        for Workload { project, slug, title, integration, .. } in &self.services {
            let Some(&project) = slugs.get(project) else { continue };
            let built_by = self.integrations.get(integration);
            let built_by =
                built_by.and_then(|own| Some(((*slugs.get(&own.project)?).clone(), own.slug.clone())));
            if let Some(rank) = rank(project, slug, title.as_str()) {
                let (project, slug, title) = (project.clone(), slug.clone(), title.to_string());
                ranked.push((rank, Hit::Service { project, slug, title, built_by }));
            }
        }
        for Environment { project, slug, title, stream, .. } in &self.environments {
            let Some(&project) = slugs.get(project) else { continue };
            if let Some(rank) = rank(project, slug, title.as_str()) {
                let (project, slug, title) = (project.clone(), slug.clone(), title.to_string());
                ranked.push((rank, Hit::Environment { project, slug, title, stream: stream.slug.clone() }));
            }
        }
        ranked
    }

    async fn promotions(
        &self,
        conn: &mut Conn,
        term: &Term,
        actor: &Actor,
    ) -> Result<Vec<(Rank, Hit)>, Error> {
        let Some((project, number)) = term.promotion() else { return Ok(Vec::new()) };
        let mut found = search::promotions(conn, number).await?;
        found.retain(|one| {
            project.as_ref().is_none_or(|project| one.project == *project)
                && self.slug(one.project_id).is_some()
                && actor.may(Action::View, &Target::integration(one.project_id, one.integration_id))
        });
        let hit = |one: search::Numbered| Hit::Promotion {
            project: one.project,
            number,
            integration: one.integration,
            tag: one.tag,
            to: one.to_slug,
            state: one.state,
        };
        Ok(found.into_iter().map(|one| (Rank::Exact, hit(one))).collect())
    }

    /// Builds by tag, then by commit, then by digest; each once. With where the next page starts.
    async fn builds(
        &self,
        conn: &mut Conn,
        term: &Term,
        from: Option<Place>,
        limit: usize,
    ) -> Result<(Vec<FoundBuild>, Option<Place>), Error> {
        let prefixes = prefixes(term);
        let visible: Option<Vec<IntegrationId>> =
            (!self.sees_all).then(|| self.integrations.keys().copied().collect());
        let start = from.map_or(0, |place| place.prefix);
        let mut found: Vec<(usize, Found)> = Vec::new();
        for (index, prefix) in prefixes.iter().enumerate().skip(start) {
            let wanted = Wanted {
                prefix,
                before: &prefixes[..index],
                visible: visible.as_deref(),
                after: from.filter(|place| place.prefix == index).map(|place| place.after),
            };
            let missing = i64::try_from(limit + 1 - found.len()).unwrap_or(i64::MAX);
            found.extend(
                search::builds(conn, &wanted, missing).await?.into_iter().map(|build| (index, build)),
            );
            if found.len() > limit {
                break;
            }
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let next =
            found.last().filter(|_| more).map(|(prefix, last)| Place { prefix: *prefix, after: last.id });
        let ids: Vec<BuildId> = found.iter().map(|(_, build)| build.id).collect();
        let mut current = current_in(conn, &ids).await?;
        let build = |(_, build): (usize, Found)| {
            let integration = self.integrations.get(&build.integration)?;
            Some(FoundBuild {
                project: self.slug(integration.project)?.clone(),
                integration: integration.slug.clone(),
                current_in: current.remove(&build.id).unwrap_or_default(),
                digest: build.digest,
                tag: build.tag,
                commit: build.commit_key,
                received_at: build.received_at,
            })
        };
        Ok((found.into_iter().filter_map(build).collect(), next))
    }
}

/// What the keys of a build that may be meant start with.
fn prefixes(term: &Term) -> Vec<Prefix> {
    let one = |key, text: Option<String>| text.map(|text| Prefix { key, text });
    let digests = term.digests().into_iter().map(|text| Prefix { key: Key::Digest, text });
    one(Key::Tag, term.tag()).into_iter().chain(one(Key::Commit, term.commit())).chain(digests).collect()
}
