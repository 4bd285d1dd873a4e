//! The first page: services by environments, read in a fixed number of queries, and the inbox beside it.

use crate::holds::Standing;
use crate::{Error, Service, explain, holds, inbox, saved_views};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::{BucketKey, BucketKind};
use towpath_domain::deployments::Run;
use towpath_domain::digests::Digest;
use towpath_domain::environments::Environment;
use towpath_domain::home::{Cell, Filter, Home, HomeEnvironment, HomeGroup, HomeService, Place, Placed};
use towpath_domain::ids::{BuildId, EnvironmentId, IntegrationId, ProjectId, ServiceId};
use towpath_domain::pins::{Mark, Source};
use towpath_domain::projects::{Project, Step};
use towpath_domain::saved_views::SavedViews;
use towpath_domain::search::Term;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_store::home::{Criteria, Current, Line, current, lines, waiting};
use towpath_store::integrations::DefaultBuild;
use towpath_store::services::Built;
use towpath_store::{Conn, deployments, environments, integrations, pins, projects, promotions, timeline};

/// How many services a page has.
pub const PAGE: usize = 50;
/// How many promotions the inbox beside the matrix shows.
const INBOX: usize = 6;

/// A page of the services that fit the filter and that who asks may see, from after a place.
pub async fn view(
    service: &Service,
    actor: &Actor,
    filter: &Filter,
    after: Option<&Place>,
    limit: usize,
) -> Result<Home, Error> {
    let mut conn = service.read().await?;
    let as_of = timeline::size(&mut conn).await?;
    let mut seen = projects::list(&mut conn, "", i64::MAX).await?;
    seen.retain(|project| actor.may(Action::View, &Target::project(project.id)));
    let all = seen.len();
    seen.retain(|project| project.archived_at.is_none());
    let archived = seen.len() < all;
    let mut lines = match criteria(actor, &seen, filter) {
        Some(criteria) => {
            lines(&mut conn, &criteria, after, i64::try_from(limit + 1).unwrap_or(i64::MAX)).await?
        }
        None => Vec::new(),
    };
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next = lines.last().filter(|_| more).map(|last| Place {
        project: last.project.slug.clone(),
        service: last.service.as_ref().map(|built| built.service.slug.clone()),
    });
    let now = service.now();
    let matrix = Matrix::load(&mut conn, &lines, now).await?;
    let stopped = holds::of_installation(&mut conn, actor, &matrix.standing, now).await?;
    drop(conn);
    let inbox = inbox::list(service, actor).await?;
    // A token has none.
    let views = match actor.token() {
        None => saved_views::list(service, actor).await?,
        Some(_) => SavedViews::default(),
    };
    let waiting = inbox.waiting();
    Ok(Home {
        groups: matrix.groups(actor, lines),
        next,
        filter: filter.clone(),
        views,
        projects: seen
            .into_iter()
            .filter(|project| !project.is_global())
            .map(|project| (project.slug, project.title))
            .collect(),
        to_decide: inbox.to_decide.into_iter().take(INBOX).collect(),
        waiting,
        may_create: explain(actor, Action::Configure, &Target::installation()),
        roleless: actor.grants.is_empty().then(|| service.0.providers.contact().to_owned()),
        archived,
        stopped,
        turns_at: matrix.turns_at(),
        as_of,
        now,
    })
}

/// What to read; absent where the filter names nothing that who asks sees.
fn criteria(actor: &Actor, seen: &[Project], filter: &Filter) -> Option<Criteria> {
    let project = match filter.project.as_str() {
        "" => None,
        slug => Some(seen.iter().find(|project| project.slug.as_str() == slug)?.slug.clone()),
    };
    let name = match filter.q.trim() {
        "" => None,
        typed => Some(Term::parse(typed)?.text().to_owned()),
    };
    let sees_all = actor.scope.is_none() && actor.may(Action::View, &Target::installation());
    Some(Criteria {
        project,
        name,
        visible: (!sees_all).then(|| seen.iter().map(|project| project.id).collect()),
        integrations: actor.narrowed(),
    })
}

/// Everything that the lines of a page need, by where it stands.
struct Matrix {
    environments: HashMap<ProjectId, Vec<Environment>>,
    current: HashMap<(IntegrationId, BucketKey), Current>,
    waiting: HashMap<(IntegrationId, BucketKey), i64>,
    standing: Standing,
    runs: HashMap<(ServiceId, EnvironmentId), Run>,
    pinned: HashMap<(ServiceId, EnvironmentId), Mark>,
    to_pin: HashMap<(ServiceId, EnvironmentId), Vec<i64>>,
    defaults: HashMap<IntegrationId, DefaultBuild>,
    now: Time,
}

impl Matrix {
    async fn load(conn: &mut Conn, lines: &[Line], now: Time) -> Result<Self, Error> {
        let mut of: Vec<ProjectId> = lines.iter().map(|line| line.project.id).collect();
        of.dedup();
        let mut built: Vec<IntegrationId> = lines
            .iter()
            .filter_map(|line| line.service.as_ref())
            .map(|built| built.service.integration)
            .collect();
        built.sort_unstable();
        built.dedup();
        let services: Vec<ServiceId> =
            lines.iter().filter_map(|line| line.service.as_ref()).map(|built| built.service.id).collect();
        let current = current(conn, &built).await?;
        let pinned = pins::of_services(conn, &services, now).await?;
        let defaults = integrations::defaults(conn, &built).await?;
        let standing = {
            let placed =
                current.iter().filter_map(|bucket| bucket.build.as_ref()).map(|placed| &placed.digest);
            let others = pinned.values().map(|mark| &mark.digest);
            let mut digests: Vec<&Digest> =
                placed.chain(others).chain(defaults.values().map(|default| &default.build.digest)).collect();
            digests.sort_unstable();
            digests.dedup();
            Standing::load(conn, &digests, now).await?
        };
        let mut matrix = Self {
            environments: HashMap::new(),
            current: current.into_iter().map(|bucket| ((bucket.integration, bucket.key), bucket)).collect(),
            waiting: HashMap::new(),
            standing,
            runs: deployments::of_services(conn, &services).await?,
            pinned,
            to_pin: promotions::to_pin(conn, &services).await?,
            defaults,
            now,
        };
        for environment in environments::list_of(conn, &of).await? {
            matrix.environments.entry(environment.project).or_default().push(environment);
        }
        for (integration, key, count) in waiting(conn, &built).await? {
            matrix.waiting.insert((integration, key), count);
        }
        Ok(matrix)
    }

    /// When the first hold or pin ends, or a hold begins, by itself.
    fn turns_at(&self) -> Option<Time> {
        let pins = self.pinned.values().map(|mark| mark.until);
        pins.chain(self.standing.next_turn(self.now)).min()
    }

    fn groups(&self, actor: &Actor, lines: Vec<Line>) -> Vec<HomeGroup> {
        let mut groups: Vec<HomeGroup> = Vec::new();
        for line in lines {
            let environments = self.environments.get(&line.project.id).map_or(&[][..], Vec::as_slice);
            if groups.last().is_none_or(|group| group.project != line.project.slug) {
                let may_configure = actor.may(Action::Configure, &Target::project(line.project.id));
                let column = |environment: &Environment| HomeEnvironment {
                    title: environment.title.clone(),
                    production: environment.stream.production,
                };
                groups.push(HomeGroup {
                    step: Step::next(!environments.is_empty(), line.has_workflow, line.has_integration),
                    project: line.project.slug,
                    title: line.project.title,
                    environments: environments.iter().map(column).collect(),
                    services: Vec::new(),
                    may_configure,
                });
            }
            if let Some((built, group)) = line.service.zip(groups.last_mut()) {
                group.services.push(self.row(actor, built, environments));
            }
        }
        groups
    }

    fn row(&self, actor: &Actor, built: Built, environments: &[Environment]) -> HomeService {
        let sees = actor.may(Action::View, &Target::integration(built.home, built.service.integration));
        HomeService {
            cells: environments.iter().map(|environment| self.cell(&built, environment)).collect(),
            board: sees.then_some(built.board),
            slug: built.service.slug,
            title: built.service.title,
        }
    }

    fn cell(&self, built: &Built, environment: &Environment) -> Cell {
        let (key, bucket): (BucketKey, &Slug) = match built.kind {
            BucketKind::Environment => (BucketKey::Environment(environment.id), &environment.slug),
            BucketKind::ReleaseStream => {
                (BucketKey::ReleaseStream(environment.stream.id), &environment.stream.slug)
            }
        };
        let place = Target {
            environment: (built.kind == BucketKind::Environment).then_some(environment.id),
            stream: Some(environment.stream.id),
            production: environment.stream.production,
            ..Target::integration(built.home, built.service.integration)
        };
        let at = (built.service.integration, key);
        let here = (built.service.id, environment.id);
        let current = self.current.get(&at);
        let (should, placed, source) = self.effective(built.service.integration, here, current);
        let to_pin = self.to_pin.get(&here).map_or(0, Vec::len);
        let bad =
            placed.as_ref().is_some_and(|placed| self.standing.marks_bad(&place, &placed.digest, self.now));
        Cell {
            bucket: bucket.clone(),
            build: placed,
            source,
            waiting: self.waiting.get(&at).copied().unwrap_or(0) + i64::try_from(to_pin).unwrap_or_default(),
            paused: current.is_some_and(|current| current.paused),
            held: self.standing.stops(&place, self.now),
            bad,
            run: self.runs.get(&here).map(|run| (run.clone(), run.likeness(should))),
        }
    }

    /// What should run, since when, and what says so.
    fn effective(
        &self,
        integration: IntegrationId,
        here: (ServiceId, EnvironmentId),
        current: Option<&Current>,
    ) -> (Option<BuildId>, Option<Placed>, Source) {
        if let Some(mark) = self.pinned.get(&here) {
            let build = Placed { tag: mark.tag.clone(), digest: mark.digest.clone(), at: mark.at };
            return (Some(mark.build), Some(build), Source::Pin(Box::new(mark.clone())));
        }
        if let Some(current) = current.filter(|current| current.id.is_some()) {
            return (current.id, current.build.clone(), Source::Bucket);
        }
        match self.defaults.get(&integration) {
            None => (None, None, Source::Bucket),
            Some(DefaultBuild { build, at }) => {
                let placed = Placed { tag: build.tag.clone(), digest: build.digest.clone(), at: *at };
                (Some(build.id), Some(placed), Source::Default)
            }
        }
    }
}
