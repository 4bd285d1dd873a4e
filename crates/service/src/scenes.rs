//! Finding what an address names, for someone who may see it, and naming it in events.

use crate::{Error, allow};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::{BucketKey, BucketKind, Slot};
use towpath_domain::deletions::{Deleted, RESTORABLE};
use towpath_domain::environments::Environment;
use towpath_domain::ids::{BucketId, IntegrationId, ProjectId};
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_domain::streams::Stream;
use towpath_domain::timeline::{Named, Scene};
use towpath_domain::times::Time;
use towpath_domain::workflows::Workflow;
use towpath_store::{Conn, deletions, environments, integrations, projects, streams, workflows};

/// An integration with its project: where its slots and its workflow are to be found.
#[derive(Debug, Clone)]
pub struct Located {
    pub project: Project,
    pub integration: Integration,
}

/// The project of this name, for someone who may see it.
pub(crate) async fn project(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Project, Error> {
    let missing = || Error::not_found(format_args!("The project “{slug}”"));
    let parsed = Slug::parse(slug).map_err(|_| missing())?;
    let project = projects::find(conn, &parsed).await?.ok_or_else(missing)?;
    allow(actor, Action::View, &Target::project(project.id)).map_err(|_| missing())?;
    Ok(project)
}

/// Refuses a change in a project that is archived by the time of its transaction.
pub(crate) async fn check_in_use(conn: &mut Conn, project: ProjectId) -> Result<(), Error> {
    Ok(projects::load(conn, project).await?.check_in_use()?)
}

/// The integration of this name, for someone who may see it.
pub(crate) async fn integration(
    conn: &mut Conn,
    actor: &Actor,
    project_slug: &str,
    slug: &str,
) -> Result<Located, Error> {
    let project = project(conn, actor, project_slug).await?;
    let missing = || Error::not_found(format_args!("The integration “{project_slug}/{slug}”"));
    let parsed = Slug::parse(slug).map_err(|_| missing())?;
    let Some(integration) = integrations::find(conn, project.id, &parsed).await? else {
        let (_, deleted) = deleted_integration(conn, actor, project_slug, slug).await?;
        return Err(Error::not_found(format_args!(
            "The integration “{project_slug}/{slug}”, which was deleted on {} and can be restored for {},",
            deleted.at.day(),
            RESTORABLE.words()
        )));
    };
    let located = Located { project, integration };
    allow(actor, Action::View, &located.target()).map_err(|_| missing())?;
    Ok(located)
}

/// The integration of this name that was deleted last, for someone who might have seen it.
pub(crate) async fn deleted_integration(
    conn: &mut Conn,
    actor: &Actor,
    project_slug: &str,
    slug: &str,
) -> Result<(IntegrationId, Deleted), Error> {
    let project = project(conn, actor, project_slug).await?;
    let missing = || Error::not_found(format_args!("The integration “{project_slug}/{slug}”"));
    let parsed = Slug::parse(slug).map_err(|_| missing())?;
    let found =
        deletions::find(conn, project.id, &parsed, Time::from_micros(0)).await?.ok_or_else(missing)?;
    allow(actor, Action::View, &Target::integration(project.id, found.0)).map_err(|_| missing())?;
    Ok(found)
}

/// The slots that an integration or a workflow of a kind has in a project.
pub(crate) async fn slots(conn: &mut Conn, project: ProjectId, kind: BucketKind) -> Result<Vec<Slot>, Error> {
    Ok(match kind {
        BucketKind::Environment => {
            environments::list(conn, project).await?.into_iter().map(of_environment).collect()
        }
        BucketKind::ReleaseStream => streams::list(conn).await?.into_iter().map(of_stream).collect(),
    })
}

fn of_environment(environment: Environment) -> Slot {
    Slot {
        key: BucketKey::Environment(environment.id),
        slug: environment.slug,
        title: environment.title,
        stream: environment.stream,
    }
}

fn of_stream(stream: Stream) -> Slot {
    Slot {
        key: BucketKey::ReleaseStream(stream.id),
        slug: stream.slug.clone(),
        title: stream.title.clone(),
        stream,
    }
}

/// The slot of a bucket that something went to, also where its environment or stream was deleted since.
pub(crate) async fn slot_of(conn: &mut Conn, bucket: BucketKey) -> Result<Slot, Error> {
    Ok(match bucket {
        BucketKey::Environment(id) => of_environment(environments::load(conn, id).await?),
        BucketKey::ReleaseStream(id) => of_stream(streams::load(conn, id).await?),
    })
}

impl Located {
    pub fn target(&self) -> Target {
        Target::integration(self.project.id, self.integration.id)
    }

    pub(crate) fn slot_target(&self, slot: &Slot) -> Target {
        slot.target(self.project.id, self.integration.id)
    }

    pub(crate) async fn slots(&self, conn: &mut Conn) -> Result<Vec<Slot>, Error> {
        slots(conn, self.project.id, self.integration.kind).await
    }

    /// The slot of this name.
    pub(crate) async fn slot(&self, conn: &mut Conn, slug: &str) -> Result<Slot, Error> {
        let slots = self.slots(conn).await?;
        let slot = slots.into_iter().find(|slot| slot.slug.as_str() == slug);
        slot.ok_or_else(|| {
            Error::not_found(format_args!(
                "The bucket “{}/{}/{slug}”",
                self.project.slug, self.integration.slug
            ))
        })
    }

    /// The workflow that holds for it now.
    pub(crate) async fn workflow(&self, conn: &mut Conn) -> Result<Option<Workflow>, Error> {
        Ok(match self.integration.workflow {
            Follows::None => None,
            Follows::Own(workflow) => Some(workflows::load(conn, workflow).await?),
            Follows::Default => workflows::find_default(conn, self.project.id, self.integration.kind).await?,
        })
    }

    pub(crate) fn scene(&self) -> Scene {
        Scene {
            integration: Some(Named { id: self.integration.id, slug: self.integration.slug.clone() }),
            ..project_scene(&self.project)
        }
    }

    pub(crate) fn bucket_scene(&self, bucket: BucketId, slug: &Slug) -> Scene {
        Scene { bucket: Some(Named { id: bucket, slug: slug.clone() }), ..self.scene() }
    }
}

pub(crate) fn project_scene(project: &Project) -> Scene {
    Scene { project: Some(Named { id: project.id, slug: project.slug.clone() }), ..Scene::default() }
}
