//! What a project keeps: who may pull it, how much it may be, and which repositories there are.

use crate::{Error, Service, allow, explain, projects::in_use, scenes};
use towpath_domain::access::{Action, Actor, Identity, Target};
use towpath_domain::ids::ProjectId;
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_domain::storage::{OverQuota, Quota, StorageView};
use towpath_domain::timeline::Change;
use towpath_store::storage::{self, Settings};
use towpath_store::{Conn, Tx};

/// What a project keeps, and what is set about it.
pub async fn view(service: &Service, actor: &Actor, project: &str) -> Result<StorageView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    // A token of one integration is not told what the others keep.
    allow(actor, Action::View, &Target::project(project.id))?;
    let Settings { quota, anonymous_pull } = storage::settings(&mut conn, project.id).await?;
    let target = Target::project(project.id);
    Ok(StorageView {
        used: storage::used(&mut conn, project.id).await?,
        quota,
        anonymous_pull,
        may_configure: in_use(&project, explain(actor, Action::Configure, &target)),
        may_set_quota: in_use(&project, explain(actor, Action::Configure, &Target::installation())),
        project,
    })
}

/// Lets anybody pull from a project without signing in, or ends that.
pub async fn set_anonymous_pull(
    service: &Service,
    actor: &Actor,
    project: &str,
    allowed: bool,
) -> Result<StorageView, Error> {
    let found = scenes::project(&mut service.read().await?, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(found.id))?;
    change(service, actor, found, move |before| {
        let change = Change::AnonymousPullSet { allowed };
        (before.anonymous_pull != allowed).then_some((Settings { anonymous_pull: allowed, ..before }, change))
    })
    .await?;
    view(service, actor, project).await
}

/// Bounds what a project may keep. What it keeps already stays.
pub async fn set_quota(
    service: &Service,
    actor: &Actor,
    project: &str,
    quota: Option<Quota>,
) -> Result<StorageView, Error> {
    let found = scenes::project(&mut service.read().await?, actor, project).await?;
    allow(actor, Action::Configure, &Target::installation())?;
    change(service, actor, found, move |before| {
        let bytes = |quota: Option<Quota>| quota.map(Quota::bytes);
        let change = Change::QuotaSet { before: bytes(before.quota), after: bytes(quota) };
        (before.quota != quota).then_some((Settings { quota, ..before }, change))
    })
    .await?;
    view(service, actor, project).await
}

/// Saves other settings with their event; the same again changes nothing.
async fn change(
    service: &Service,
    actor: &Actor,
    project: Project,
    step: impl FnOnce(Settings) -> Option<(Settings, Change)> + Send + 'static,
) -> Result<(), Error> {
    let (clerk, by) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, project.id).await?;
            if let Some((after, change)) = step(storage::settings(tx, project.id).await?) {
                storage::save(tx, project.id, after).await?;
                tx.tell(clerk.event(by, scenes::project_scene(&project), change));
            }
            Ok(())
        })
        .await
}

/// Whoever asks without saying who they are, if anybody may pull from the project of this name.
pub async fn anybody(service: &Service, project: &Slug) -> Result<Option<Actor>, Error> {
    let project = storage::open_to_all(&mut service.read().await?, project).await?;
    Ok(project.map(Actor::anybody))
}

/// The names of repositories that hold something, in the order of ASCII, for an admin of the installation: also by a token
/// of theirs that is for all of it.
pub async fn repositories(service: &Service, actor: &Actor) -> Result<Vec<String>, Error> {
    allow(actor, Action::View, &Target::installation())?;
    let identity = Identity::Person { person: actor.person() };
    let owner = Actor { identity, grants: actor.grants.clone(), scope: None, proven_at: None };
    allow(&owner, Action::Configure, &Target::installation())?;
    let names = storage::repositories(&mut service.read().await?).await?;
    let mut names: Vec<String> = names
        .into_iter()
        .map(|(project, integration, bucket)| match bucket {
            Some(bucket) => format!("{project}/{integration}/{bucket}"),
            None => format!("{project}/{integration}"),
        })
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// What a project with a quota keeps before something is added to it, to be held against the same afterwards: so contents
/// that it has already are never too much, and of several pushes at once none slips through.
#[derive(Debug)]
pub(crate) struct Room {
    project: ProjectId,
    quota: Option<(Quota, i64)>,
}

impl Room {
    pub(crate) async fn measure(conn: &mut Conn, project: ProjectId) -> Result<Self, Error> {
        let quota = match storage::settings(conn, project).await?.quota {
            Some(quota) => Some((quota, storage::used(conn, project).await?)),
            None => None,
        };
        Ok(Self { project, quota })
    }

    /// The most bytes that one content may have: what all of them may have together.
    pub(crate) fn most(&self) -> Option<u64> {
        self.quota.and_then(|(quota, _)| u64::try_from(quota.bytes()).ok())
    }

    /// Refuses whatever would come on top, where there is no room for one byte more.
    pub(crate) async fn check_free(&self, conn: &mut Conn) -> Result<Result<(), OverQuota>, Error> {
        match self.quota {
            Some((quota, used)) if used >= quota.bytes() => Ok(Err(self.over(conn, quota, used).await?)),
            _ => Ok(Ok(())),
        }
    }

    /// Refuses a content that is larger than all may be together.
    pub(crate) async fn too_much(&self, conn: &mut Conn) -> Result<Option<OverQuota>, Error> {
        match self.quota {
            Some((quota, used)) => Ok(Some(self.over(conn, quota, used).await?)),
            None => Ok(None),
        }
    }

    async fn over(&self, conn: &mut Conn, quota: Quota, used: i64) -> Result<OverQuota, Error> {
        let project = towpath_store::projects::load(conn, self.project).await?.slug;
        Ok(OverQuota { project, used, quota })
    }

    /// Refuses what was added in this transaction, where the project may not keep it.
    pub(crate) async fn check(self, tx: &mut Tx) -> Result<Result<(), OverQuota>, Error> {
        let Some((quota, before)) = self.quota else { return Ok(Ok(())) };
        let after = storage::used(tx, self.project).await?;
        if after <= before || after <= quota.bytes() {
            return Ok(Ok(()));
        }
        Ok(Err(self.over(tx, quota, before).await?))
    }
}
