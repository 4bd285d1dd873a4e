//! Taking one step, by the use cases by which people do the same.

use crate::proposals::Outcome;
use crate::{
    Error, Service, deletions, environments, integrations, projects, retention, roles, rules, streams,
    trust_roots, workflows,
};
use towpath_domain::access::Actor;
use towpath_domain::declarations::{Declaration, DeclaredIntegration, Kind, Name, Step, World};
use towpath_domain::deletions::Subject;
use towpath_domain::integrations::FOLLOW_DEFAULT;
use towpath_domain::retention::Retention;

/// Takes a step from what there was, as it was looked at, to what is declared.
pub(super) async fn take(service: &Service, actor: &Actor, world: &World, step: &Step) -> Result<(), Error> {
    match (&step.before, &step.after) {
        (None, Some(after)) => create(service, actor, after.clone()).await,
        (Some(before), Some(after)) => change(service, actor, world, before, after.clone()).await,
        (Some(_), None) => delete(service, actor, &step.name).await,
        (None, None) => Ok(()),
    }
}

async fn create(service: &Service, actor: &Actor, declared: Declaration) -> Result<(), Error> {
    match declared {
        Declaration::Stream(form) => streams::create(service, actor, form).await.map(drop),
        Declaration::Role(form) => roles::create(service, actor, form).await.map(drop),
        Declaration::Project(form) => projects::create(service, actor, form).await.map(drop),
        Declaration::TrustRoot { project, form } => {
            trust_roots::add(service, actor, &project, form).await.map(drop)
        }
        Declaration::Environment { project, form } => {
            environments::create(service, actor, &project, form).await.map(drop)
        }
        Declaration::Workflow { project, workflow } => {
            workflows::declare(service, actor, &project, workflow).await.map(drop)
        }
        Declaration::Rule { project, form } => rules::create(service, actor, &project, form).await.map(drop),
        Declaration::Integration(declared) => {
            integrations::create(service, actor, &declared.project, declared.form.clone()).await?;
            let usual = DeclaredIntegration {
                rule: FOLLOW_DEFAULT.to_owned(),
                retention: Retention::default(),
                ..declared.clone()
            };
            set(service, actor, &usual, declared).await
        }
    }
}

async fn change(
    service: &Service,
    actor: &Actor,
    world: &World,
    before: &Declaration,
    after: Declaration,
) -> Result<(), Error> {
    match (before, after) {
        (
            Declaration::Environment { form: before, .. },
            Declaration::Environment { project, form: after },
        ) => {
            let at = (project.as_str(), after.slug.as_str());
            environments::move_to(service, actor, at, &after.stream, &before.stream).await.map(drop)
        }
        (_, Declaration::Role(form)) => {
            let slug = form.slug.clone();
            roles::change(service, actor, &slug, form).await.map(drop)
        }
        (_, Declaration::Workflow { project, workflow }) => {
            let found = world.holding(&project).and_then(|holding| holding.workflow(&workflow.slug));
            let version = found.map(|found| found.version).unwrap_or_default();
            let slug = workflow.slug.clone();
            let done = workflows::redeclare(service, actor, &project, &slug, version, workflow).await?;
            at_once(done)
        }
        (_, Declaration::Rule { project, form }) => {
            let found = world.holding(&project).and_then(|holding| holding.rule(&form.slug));
            let version = found.map(|found| found.version).unwrap_or_default();
            let slug = form.slug.clone();
            rules::change(service, actor, &project, &slug, version, form).await.map(drop)
        }
        (Declaration::Integration(before), Declaration::Integration(after)) => {
            set(service, actor, before, after).await
        }
        // The plan refuses what is permanent.
        (_, Declaration::Stream(_) | Declaration::Project(_) | Declaration::TrustRoot { .. }) => {
            Err(Error::Refused("It cannot be changed.".to_owned()))
        }
        (_, Declaration::Environment { .. } | Declaration::Integration(_)) => {
            Err(Error::Internal("a step compares two kinds".to_owned()))
        }
    }
}

/// Sets what is set for an integration that is there.
async fn set(
    service: &Service,
    actor: &Actor,
    before: &DeclaredIntegration,
    after: DeclaredIntegration,
) -> Result<(), Error> {
    let (project, slug) = (after.project.as_str(), after.form.slug.as_str());
    if before.form.workflow != after.form.workflow {
        workflows::choose(service, actor, project, slug, &after.form.workflow).await?;
    }
    if before.rule != after.rule {
        rules::choose(service, actor, project, slug, &after.rule).await?;
    }
    if before.retention != after.retention {
        retention::set(service, actor, (project, slug), after.retention.into()).await?;
    }
    Ok(())
}

async fn delete(service: &Service, actor: &Actor, name: &Name) -> Result<(), Error> {
    if name.kind == Kind::TrustRoot {
        return trust_roots::remove(service, actor, &name.project, &name.slug).await;
    }
    deletions::delete(service, actor, &subject(name)?, None).await.map(drop)
}

/// What goes out of reach with a thing that is to be deleted, in words.
pub(super) async fn loss(service: &Service, actor: &Actor, name: &Name) -> Result<Option<String>, Error> {
    if name.kind == Kind::TrustRoot {
        return Ok(Some("No signature counts by it from then on.".to_owned()));
    }
    let view = deletions::preview(service, actor, &subject(name)?).await?;
    Ok(match view.consequences.lost {
        0 => None,
        1 => Some("1 build that is current goes out of reach with it.".to_owned()),
        lost => Some(format!("{lost} builds that are current go out of reach with it.")),
    })
}

fn subject(name: &Name) -> Result<Subject, Error> {
    let (project, slug) = (name.project.clone(), name.slug.clone());
    Ok(match name.kind {
        Kind::Stream => Subject::Stream { slug },
        Kind::Environment => Subject::Environment { project, slug },
        Kind::Workflow => Subject::Workflow { project, slug },
        Kind::Rule => Subject::Rule { project, slug },
        Kind::Integration => Subject::Integration { project, slug },
        Kind::Project | Kind::Role | Kind::TrustRoot => {
            return Err(Error::Refused("It is not deleted by documents.".to_owned()));
        }
    })
}

/// A step counts once it is done. What waits for a second person stops the rest, which is applied again once it is confirmed.
fn at_once<T>(outcome: Outcome<T>) -> Result<(), Error> {
    match outcome {
        Outcome::Done(_) => Ok(()),
        Outcome::Proposed(proposal) => Err(Error::Conflict(format!(
            "It takes a second person, and waits as proposal {}. Apply the documents again once it is confirmed.",
            proposal.number
        ))),
    }
}
