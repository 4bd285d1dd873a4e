//! The sample project: small real images with a history, made by the use cases that every door calls.
//!
//! Nothing in it is written past the rules: who loads it needs the permissions, each change has its event, and what
//! takes another person's approval waits for one. Loading that broke off goes on where it stopped, since each step
//! looks first whether it was taken.

mod cast;
mod image;
mod layer;
mod past;
mod plan;
mod program;

pub use cast::Account;
pub use past::Past;

use crate::images::{self, Name, Push, Reference, append_upload, begin_upload, finish_upload, push_manifest};
use crate::{
    Error, Service, allow, boards, buckets, checks, deployments, environments, inbox, integrations, projects,
    promotions, workflows,
};
use bytes::Bytes;
use cast::Cast;
use image::Image;
use plan::{ENVIRONMENTS, INTEGRATIONS, PROJECT, STEPS, Step, WORKFLOWS, Way};
use std::convert::Infallible;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::boards::{Board, Column};
use towpath_domain::checks::{CheckForm, CheckLine, CheckState};
use towpath_domain::deployments::{DeploymentLine, Outcome, ReportForm};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::environments::EnvironmentForm;
use towpath_domain::inbox::InboxItem;
use towpath_domain::integrations::{FOLLOW_DEFAULT, IntegrationForm};
use towpath_domain::projects::{Project, ProjectForm, Sample};
use towpath_domain::promotions::State;
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::workflows::{StageForm, WorkflowForm};
use towpath_store::{builds, projects as stored};

/// What loading takes besides creating the project.
const NEEDED: [Action; 5] =
    [Action::Configure, Action::Push, Action::Promote, Action::RollBack, Action::Report];

/// How many of the sample's promotions are looked through.
const PROMOTIONS: i64 = 200;
/// How many reports of one service in one environment are looked through.
const REPORTS: i64 = 100;

/// Loads the sample project in the name of who asks, or the rest of it.
pub async fn load(service: &Service, actor: &Actor) -> Result<Project, Error> {
    let everywhere = Target { production: true, ..Target::installation() };
    for action in NEEDED {
        allow(actor, action, &everywhere)?;
    }
    play(service, Cast::alone(actor), None).await
}

/// Makes three people on an empty installation and loads the sample in their names, as what happened in the weeks before:
/// the clock of the service is `past`. Answers how to sign in.
pub async fn demonstrate(service: &Service, past: &Past) -> Result<Vec<Account>, Error> {
    let (cast, accounts) = Cast::engage(service).await?;
    let played = play(service, cast, Some(past)).await;
    past.ends();
    played.map(|_| accounts)
}

async fn play(service: &Service, cast: Cast, past: Option<&Past>) -> Result<Project, Error> {
    let slug = slug(PROJECT)?;
    let there = stored::find(&mut service.read().await?, &slug).await?;
    let project = if let Some(there) = there {
        goes_on(there)?
    } else {
        let form = ProjectForm { slug: PROJECT.to_owned(), title: "Sample project".to_owned() };
        projects::add(service, &cast.admin, form, Some(Sample::Unfinished)).await?
    };
    let play = Play { service, cast };
    play.set_up().await?;
    for (hours, step) in STEPS {
        if let Some(past) = past {
            past.comes_to(hours);
        }
        play.take(step).await?;
    }
    let id = project.id;
    service.db().write(async move |tx| stored::finish_sample(tx, id).await).await?;
    Ok(Project { sample: Some(Sample::Whole), ..project })
}

/// The project of that name, where it is what loading left unfinished.
fn goes_on(project: Project) -> Result<Project, Error> {
    let conflict = |words: &str| Err(Error::Conflict(words.to_owned()));
    match project.sample {
        None => conflict(
            "There is a project called “sample” that is not the sample, and it keeps its name. So the sample \
             cannot be loaded here.",
        ),
        Some(_) if project.archived_at.is_some() => conflict(
            "The sample was loaded before and is archived. Restore it on the page of the project “sample”.",
        ),
        Some(Sample::Whole) => conflict("The sample is loaded already, as the project “sample”."),
        Some(Sample::Unfinished) => Ok(project),
    }
}

struct Play<'a> {
    service: &'a Service,
    cast: Cast,
}

impl Play<'_> {
    /// Makes what is missing of the environments, workflows and integrations.
    async fn set_up(&self) -> Result<(), Error> {
        let (service, admin) = (self.service, &self.cast.admin);
        let there = projects::whole(service, admin, PROJECT).await?;
        for (slug, title, stream) in ENVIRONMENTS {
            if there.environments.iter().all(|known| known.slug.as_str() != slug) {
                let form = EnvironmentForm { slug: slug.into(), title: title.into(), stream: stream.into() };
                environments::create(service, admin, PROJECT, form).await?;
            }
        }
        for way in WORKFLOWS {
            if there.workflows.iter().all(|known| known.name.slug.as_str() != way.slug) {
                workflows::create(service, admin, PROJECT, form(&way)).await?;
            }
        }
        for (slug, title, kind) in INTEGRATIONS {
            if there.integrations.iter().all(|known| known.slug.as_str() != slug) {
                let form = IntegrationForm {
                    slug: slug.into(),
                    title: title.into(),
                    kind: kind.into(),
                    workflow: FOLLOW_DEFAULT.into(),
                };
                integrations::create(service, admin, PROJECT, form).await?;
            }
        }
        Ok(())
    }

    /// Takes a step, unless it was taken before.
    async fn take(&self, step: Step) -> Result<(), Error> {
        match step {
            Step::Push { integration, bucket, version } => {
                let image = Image::of(integration, version);
                if self.arrived(integration, bucket, &image.digest()).await? {
                    return Ok(());
                }
                self.push(integration, bucket, version, image).await
            }
            Step::Promote { integration, version, from, to, reason } => {
                let digest = Image::of(integration, version).digest();
                if self.promotion(integration, &digest, to).await?.is_some() {
                    return Ok(());
                }
                let wish = promotions::Request {
                    project: PROJECT.to_owned(),
                    integration: integration.to_owned(),
                    digest: digest.to_string(),
                    from: from.to_owned(),
                    to: to.to_owned(),
                    reason: reason.to_owned(),
                    ..promotions::Request::default()
                };
                let production = to.starts_with("prod");
                let asks = if production { &self.cast.admin } else { &self.cast.developer };
                promotions::request(self.service, asks, wish).await.map(drop)
            }
            Step::Decide { integration, version, choice, comment } => {
                let digest = Image::of(integration, version).digest();
                let asked = self.promotion(integration, &digest, "prod").await?.map(|item| item.promotion);
                let waiting = asked.filter(|promotion| promotion.state == State::Waiting);
                let (Some(manager), Some(promotion)) = (&self.cast.manager, waiting) else { return Ok(()) };
                let decision = promotions::Decide {
                    in_name_of: String::new(),
                    project: PROJECT.to_owned(),
                    number: promotion.number,
                    choice,
                    comment: comment.to_owned(),
                    digest: digest.to_string(),
                };
                promotions::decide(self.service, manager, decision).await.map(drop)
            }
            Step::RollBack { integration, bucket, to, reason } => {
                self.roll_back(integration, bucket, to, reason).await
            }
            Step::Check { integration, version, name, bucket, state } => {
                self.check(integration, version, (name, bucket), state).await
            }
            Step::Report { service, environment, version, outcome } => {
                self.report(service, environment, version, outcome).await
            }
        }
    }

    async fn board(&self, integration: &str) -> Result<Board, Error> {
        boards::view(self.service, &self.cast.admin, PROJECT, integration).await
    }

    /// Whether a build came before, to a bucket or to the integration, and was taken or refused there.
    async fn arrived(&self, integration: &str, bucket: Option<&str>, digest: &Digest) -> Result<bool, Error> {
        let board = self.board(integration).await?;
        match bucket {
            None => {
                let mut conn = self.service.read().await?;
                Ok(builds::find(&mut conn, board.integration.id, digest, "").await?.is_some())
            }
            Some(bucket) => {
                let column = column(&board, bucket)?;
                let taken = column.cards().any(|card| card.build.digest == *digest);
                Ok(taken || column.refused.iter().any(|card| card.build.digest == *digest))
            }
        }
    }

    /// The promotion of a build into a bucket, whatever became of it.
    async fn promotion(
        &self,
        integration: &str,
        digest: &Digest,
        to: &str,
    ) -> Result<Option<InboxItem>, Error> {
        let asked = inbox::promotions(self.service, &self.cast.admin, PROJECT, None, PROMOTIONS).await?;
        Ok(asked.into_iter().find(|item| {
            item.integration.as_str() == integration
                && item.promotion.digest == *digest
                && item.promotion.to.slug.as_str() == to
        }))
    }

    /// Pushes an image as a registry client does: blobs first, then the manifest under its tag.
    async fn push(
        &self,
        integration: &str,
        bucket: Option<&str>,
        version: &str,
        image: Image,
    ) -> Result<(), Error> {
        let name = Name {
            project: slug(PROJECT)?,
            integration: slug(integration)?,
            bucket: bucket.map(slug).transpose()?,
        };
        let tag = Tag::parse(version).map_err(|error| Error::Internal(error.to_string()))?;
        let push = Push {
            reference: Reference::Tag(tag),
            tags: Vec::new(),
            content_type: image::MANIFEST.to_owned(),
            content: image.manifest,
        };
        let pushed = async {
            for blob in [image.layer, image.config] {
                self.upload(&name, blob).await?;
            }
            push_manifest(self.service, &self.cast.developer, &name, push).await
        };
        match pushed.await {
            // Some arrivals are there to be refused: they are kept and listed beside the bucket.
            Ok(_) | Err(images::Error::Denied(_)) => Ok(()),
            Err(images::Error::Other(error)) => Err(error),
            Err(error) => Err(Error::Internal(format!("pushing {name}:{version}: {error}"))),
        }
    }

    async fn upload(&self, name: &Name, content: Bytes) -> Result<(), images::Error> {
        let (service, developer) = (self.service, &self.cast.developer);
        let digest = Digest::of(Algorithm::Sha256, &content);
        let upload = begin_upload(service, developer, name, Algorithm::Sha256).await?;
        let content = futures::stream::iter([Ok::<_, Infallible>(content)]);
        append_upload(service, developer, name, upload, None, content).await?;
        finish_upload(service, developer, name, upload, &digest).await
    }

    async fn roll_back(&self, integration: &str, bucket: &str, to: &str, reason: &str) -> Result<(), Error> {
        let board = self.board(integration).await?;
        let column = column(&board, bucket)?;
        if column.cards().any(|card| card.cause == "rollback") {
            return Ok(());
        }
        let earlier = column.history.iter().find(|card| card.build.tag.as_str() == to);
        let placement = earlier.and_then(|card| card.placement);
        let wish = buckets::RollBack {
            at: buckets::BucketAddress {
                project: PROJECT.to_owned(),
                integration: integration.to_owned(),
                bucket: bucket.to_owned(),
            },
            to: placement.ok_or_else(|| Error::not_found(format_args!("{to} in the history of {bucket}")))?,
            reason: reason.to_owned(),
            expected: Some(column.version),
        };
        let who = self.cast.manager.as_ref().unwrap_or(&self.cast.admin);
        buckets::roll_back(self.service, who, wish).await.map(drop)
    }

    async fn check(
        &self,
        of: &str,
        version: &str,
        (name, bucket): (&str, &str),
        state: CheckState,
    ) -> Result<(), Error> {
        let (service, admin) = (self.service, &self.cast.admin);
        let digest = Image::of(of, version).digest().to_string();
        let told = checks::list(service, admin, (PROJECT, of), &digest).await?;
        let was = |line: &CheckLine| {
            line.check.state == state || (state == CheckState::Failure && line.check.failures > 0)
        };
        if told.iter().any(|line| line.check.name.as_str() == name && was(line)) {
            return Ok(());
        }
        let form = CheckForm {
            name: name.to_owned(),
            state: state.name().to_owned(),
            bucket: bucket.to_owned(),
            ..CheckForm::default()
        };
        checks::report(service, admin, (PROJECT, of), &digest, form).await.map(drop)
    }

    async fn report(
        &self,
        of: &str,
        environment: &str,
        version: &str,
        outcome: Outcome,
    ) -> Result<(), Error> {
        let (service, admin, digest) = (self.service, &self.cast.admin, Image::of(of, version).digest());
        let at = (PROJECT, environment);
        let told = deployments::list(service, admin, at, Some(of), None, REPORTS).await?;
        let same = |line: &DeploymentLine| line.report.digest == digest && line.report.outcome == outcome;
        if told.lines.iter().any(same) {
            return Ok(());
        }
        let form = ReportForm {
            service: of.to_owned(),
            digest: digest.to_string(),
            outcome: outcome.name().to_owned(),
            ..ReportForm::default()
        };
        deployments::report(service, admin, PROJECT, environment, form).await.map(drop)
    }
}

fn column<'a>(board: &'a Board, bucket: &str) -> Result<&'a Column, Error> {
    let found = board.columns.iter().find(|column| column.slot.slug.as_str() == bucket);
    found.ok_or_else(|| Error::not_found(format_args!("The bucket “{bucket}” of the sample")))
}

fn form(way: &Way) -> WorkflowForm {
    let stage = |(bucket, approvals, checks): (&str, &str, &str)| StageForm {
        bucket: bucket.to_owned(),
        approvals: approvals.to_owned(),
        checks: checks.to_owned(),
        ..StageForm::default()
    };
    WorkflowForm {
        slug: way.slug.to_owned(),
        title: way.title.to_owned(),
        kind: way.kind.to_owned(),
        is_default: Some("on".to_owned()),
        stages: way.stages.map(stage).into(),
        drops: None,
    }
}

fn slug(text: &str) -> Result<Slug, Error> {
    Slug::parse(text).map_err(|error| Error::Internal(error.to_string()))
}
