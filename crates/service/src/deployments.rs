//! Deployment reports: what deployers say of environments.

use crate::builds::{build_name, placer};
use crate::{Error, Service, allow, scenes};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::{BucketKey, BucketKind};
use towpath_domain::deployments::{Deployment, DeploymentLine, Fed, NewReport, Outcome, ReportForm};
use towpath_domain::environments::Environment;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{BuildId, DeploymentId, IntegrationId, PersonId, ServiceId};
use towpath_domain::projects::Project;
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, Named};
use towpath_domain::times::Time;
use towpath_store::deployments::{self, Running, Standing};
use towpath_store::services::Built;
use towpath_store::{
    Conn, Tx, buckets, builds, environments, integrations, people, pins, promotions, services,
};

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    pub line: DeploymentLine,
    /// Whether it said something new: the same again changes nothing.
    pub new: bool,
}

/// Takes a deployer's word on an environment. What it says again is answered with what is known; what comes late is kept
/// and does not change what runs.
pub async fn report(
    service: &Service,
    actor: &Actor,
    project: &str,
    environment: &str,
    form: ReportForm,
) -> Result<Reported, Error> {
    let mut conn = service.read().await?;
    let (project, environment) = find(&mut conn, actor, project, environment).await?;
    let new = form.check(service.now())?;
    let built = services::find(&mut conn, project.id, &new.service).await?;
    let built = built.ok_or_else(|| {
        let words = format!("There is no service “{}” in {}.", new.service, project.slug);
        Invalid::field("service", words)
    })?;
    let place = Target {
        integration: Some(built.service.integration),
        environment: Some(environment.id),
        stream: Some(environment.stream.id),
        production: environment.stream.production,
        ..Target::project(project.id)
    };
    allow(actor, Action::Report, &place)?;
    drop(conn);
    let reporting =
        Reporting { service: service.clone(), actor: actor.clone(), project, environment, built, new };
    let (report, new) = service.db().write(async move |tx| reporting.run(tx).await).await?;
    let mut conn = service.read().await?;
    let line = lines(&mut conn, vec![report]).await?.pop();
    let line = line.ok_or_else(|| Error::Internal("a report has no line".to_owned()))?;
    Ok(Reported { line, new })
}

/// The environment of this name, for someone who may see its project.
pub(crate) async fn find(
    conn: &mut Conn,
    actor: &Actor,
    project: &str,
    environment: &str,
) -> Result<(Project, Environment), Error> {
    let project = scenes::project(conn, actor, project).await?;
    let all = environments::list(conn, project.id).await?;
    let missing = || Error::not_found(format_args!("The environment “{}/{environment}”", project.slug));
    let found = all.into_iter().find(|known| known.slug.as_str() == environment).ok_or_else(missing)?;
    Ok((project, found))
}

struct Reporting {
    service: Service,
    actor: Actor,
    project: Project,
    environment: Environment,
    built: Built,
    new: NewReport,
}

impl Reporting {
    async fn run(self, tx: &mut Tx) -> Result<(Deployment, bool), Error> {
        scenes::check_in_use(tx, self.project.id).await?;
        let Self { service, environment, built, new, .. } = &self;
        let (integration, of) = (built.service.integration, built.service.id);
        let bucket = match built.kind {
            BucketKind::Environment => BucketKey::Environment(environment.id),
            BucketKind::ReleaseStream => BucketKey::ReleaseStream(environment.stream.id),
        };
        let standing = deployments::lock(tx, of, environment.id).await?;
        if let Some(last) = standing.as_ref().map(|standing| &standing.last)
            && self.repeats(last)
        {
            return Ok((last.clone(), false));
        }
        let now = service.now();
        let current = self.effective(tx, bucket, now).await?;
        let build = deployments::build_of(tx, integration, &new.digest, current).await?;
        let report = Deployment {
            id: service.id(),
            service: of,
            environment: environment.id,
            digest: new.digest.clone(),
            build,
            tag: self.called(tx, bucket, build).await?,
            outcome: new.outcome,
            link: new.link.clone(),
            at: new.at.unwrap_or(now),
            by: placer(&self.actor),
            reported_at: now,
        };
        // What is sent again after its answer was lost.
        if let Some(same) = deployments::find(tx, &report).await? {
            return Ok((same, false));
        }
        deployments::insert(tx, &report).await?;
        let before = standing.as_ref().and_then(|standing| standing.runs.as_ref());
        let before = before.map(|running| running.report.digest.clone());
        let late = standing.as_ref().is_some_and(|standing| report.at < standing.last.at);
        deployments::keep(tx, &stands(standing, &report)).await?;
        promotions::look_soon_from(tx, integration, bucket, now).await?;
        self.tell(tx, &report, before, late).await?;
        Ok((report, true))
    }

    /// By which a build goes in the bucket that feeds the environment.
    async fn called(
        &self,
        tx: &mut Tx,
        key: BucketKey,
        build: Option<BuildId>,
    ) -> Result<Option<Tag>, Error> {
        let Some(build) = build else { return Ok(None) };
        let Some(bucket) = buckets::find(tx, self.built.service.integration, key).await? else {
            return Ok(None);
        };
        Ok(buckets::called_in(tx, bucket.id, build).await?)
    }

    /// The build that should run there.
    async fn effective(&self, tx: &mut Tx, bucket: BucketKey, now: Time) -> Result<Option<BuildId>, Error> {
        let (integration, of) = (self.built.service.integration, self.built.service.id);
        let pinned = pins::open(tx, of, self.environment.id).await?;
        if let Some(pin) = pinned.filter(|pin| pin.is_in_force(now)) {
            return Ok(Some(pin.build.id));
        }
        let current = buckets::find(tx, integration, bucket).await?.and_then(|bucket| bucket.current);
        Ok(match current {
            Some(placement) => Some(placement.build),
            None => integrations::default_of(tx, integration).await?.map(|default| default.build.id),
        })
    }

    /// Whether it says no more than the newest report: a deployer may tell what runs as often as it likes. Another attempt
    /// has another link, or says when it was.
    fn repeats(&self, last: &Deployment) -> bool {
        let new = &self.new;
        let same = last.digest == new.digest && last.outcome == new.outcome && last.link == new.link;
        same && (new.outcome == Outcome::Succeeded || new.at.is_none_or(|at| at == last.at))
    }

    async fn tell(
        &self,
        tx: &mut Tx,
        report: &Deployment,
        before: Option<towpath_domain::digests::Digest>,
        late: bool,
    ) -> Result<(), Error> {
        let build = match report.build {
            Some(build) => {
                let build = builds::load(tx, build).await?.build;
                let tag = report.tag.clone().unwrap_or_else(|| build.tag.clone());
                Some(build_name(&build.called(&tag)))
            }
            None => None,
        };
        let mut scene = scenes::project_scene(&self.project);
        // An integration of another project has a timeline of its own, which this does not belong to.
        if self.built.home == self.project.id {
            let (_, slug) = self.built.board.clone();
            scene.integration = Some(Named { id: self.built.service.integration, slug });
        }
        let change = Change::DeploymentReported {
            environment: self.environment.slug.clone(),
            service: self.built.service.slug.clone(),
            digest: report.digest.clone(),
            build,
            outcome: report.outcome,
            link: report.link.clone(),
            at: report.at,
            late,
            before,
        };
        tx.tell(self.service.event(Service::event_actor(&self.actor), scene, change));
        Ok(())
    }
}

/// How a service stands after a report. What runs is the newest success, whatever was begun since; an image that runs
/// already goes on running.
fn stands(before: Option<Standing>, report: &Deployment) -> Standing {
    let (ran, last) = before.map_or((None, None), |standing| (standing.runs, Some(standing.last)));
    let newer = |other: &Deployment| other.at <= report.at;
    let runs = match ran {
        ran if report.outcome != Outcome::Succeeded => ran,
        Some(ran) if !newer(&ran.report) => Some(ran),
        Some(ran) if is_same(&ran.report, report) => Some(Running { report: report.clone(), ..ran }),
        _ => Some(Running { report: report.clone(), since: report.at, known_since: report.reported_at }),
    };
    let last = last.filter(|last| !newer(last)).unwrap_or_else(|| report.clone());
    Standing { runs, last }
}

fn is_same(one: &Deployment, other: &Deployment) -> bool {
    one.digest == other.digest || (one.build.is_some() && one.build == other.build)
}

/// A page of the reports of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployments {
    pub lines: Vec<DeploymentLine>,
    /// The report before which the next page starts, where there is one.
    pub older: Option<DeploymentId>,
}

/// The reports of an environment, or of one service in it, the newest first. Those of integrations that who asks may not
/// see are left out, so that a page may be shorter than the next one.
pub async fn list(
    service: &Service,
    actor: &Actor,
    (project, environment): (&str, &str),
    of: Option<&str>,
    before: Option<DeploymentId>,
    limit: i64,
) -> Result<Deployments, Error> {
    let mut conn = service.read().await?;
    let (project, environment) = find(&mut conn, actor, project, environment).await?;
    let all = services::list(&mut conn, project.id, "", i64::MAX).await?;
    let sees =
        |built: &&Built| actor.may(Action::View, &Target::integration(project.id, built.service.integration));
    let of = match of {
        None => None,
        Some(name) => {
            let missing = || Error::not_found(format_args!("The service “{}/{name}”", project.slug));
            let slug = Slug::parse(name).map_err(|_| missing())?;
            let found = all.iter().find(|built| built.service.slug == slug && sees(built));
            Some(found.ok_or_else(missing)?.service.id)
        }
    };
    let visible: Vec<ServiceId> = all.iter().filter(sees).map(|built| built.service.id).collect();
    let mut reports = deployments::list(&mut conn, environment.id, of, before, limit + 1).await?;
    let more = i64::try_from(reports.len()).is_ok_and(|count| count > limit);
    if more {
        reports.pop();
    }
    let older = reports.last().filter(|_| more).map(|report| report.id);
    reports.retain(|report| visible.contains(&report.service));
    Ok(Deployments { lines: lines(&mut conn, reports).await?, older })
}

/// Reports with the names of what they are about, in a fixed number of queries.
/// The environments that a bucket feeds, with what runs in each, as far as who asks may see them.
pub(crate) async fn fed(
    conn: &mut Conn,
    actor: &Actor,
    integration: IntegrationId,
    bucket: BucketKey,
    now: Time,
) -> Result<Vec<Fed>, Error> {
    let places = deployments::of_integration(conn, integration, now).await?.into_iter();
    let places = places.filter(|place| place.is_of(bucket));
    let seen = places.filter(|place| actor.may(Action::View, &Target::project(place.project)));
    Ok(seen.map(|place| place.fed).collect())
}

async fn lines(conn: &mut Conn, reports: Vec<Deployment>) -> Result<Vec<DeploymentLine>, Error> {
    let mut of: Vec<BuildId> = reports.iter().filter_map(|report| report.build).collect();
    let mut acted: Vec<PersonId> = reports.iter().map(|report| report.by.person).collect();
    let mut about: Vec<ServiceId> = reports.iter().map(|report| report.service).collect();
    of.sort_unstable();
    of.dedup();
    acted.sort_unstable();
    acted.dedup();
    about.sort_unstable();
    about.dedup();
    let tags: HashMap<BuildId, _> = builds::list(conn, &of)
        .await?
        .into_iter()
        .map(|pushed| (pushed.build.id, pushed.build.tag))
        .collect();
    let names = people::names(conn, &acted).await?;
    let slugs = services::slugs(conn, &about).await?;
    let line = |report: Deployment| {
        Some(DeploymentLine {
            service: slugs.get(&report.service)?.clone(),
            tag: report.tag.clone().or_else(|| tags.get(&report.build?).cloned()),
            by: names.get(&report.by.person).cloned().unwrap_or_else(|| "someone".to_owned()),
            by_token: report.by.token.is_some(),
            report,
        })
    };
    Ok(reports.into_iter().filter_map(line).collect())
}
