//! Deleting integrations, environments, streams, workflows and CI rules, and restoring an integration.
//!
//! Whatever uses a thing stands in its way, and is named; nothing is taken from under a stage, a rule or a promotion.

use crate::projects::in_use;
use crate::{Error, Service, allow, delegations, explain, groups, scenes};
use towpath_domain::access::{Action, Actor, Place, Target};
use towpath_domain::buckets::{BucketKey, BucketKind};
use towpath_domain::deletions::{
    Consequences, Deleted, DeletedView, DeletionRefused, DeletionView, RESTORABLE, Subject, User,
};
use towpath_domain::forms::Invalid;
use towpath_domain::ids::ProjectId;
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, EventActor, Named, Personal, Scene};
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use towpath_store::access::{self, Bound};
use towpath_store::deletions::{self, Doomed};
use towpath_store::links::{self, Link, Purpose};
use towpath_store::{Conn, Tx, environments, rules, streams, workflows};

/// How many users and losses are named.
const NAMED: usize = 20;
/// How many deleted integrations are listed.
const LISTED: i64 = 200;

/// The subject as it is stored.
struct Found {
    doomed: Doomed,
    /// Absent for a stream.
    project: Option<Project>,
    slug: Slug,
    title: Title,
    built_in: bool,
    /// The bucket that it stands for, where it stands for one.
    bucket: Option<BucketKey>,
}

impl Found {
    fn target(&self) -> Target {
        self.project.as_ref().map_or_else(Target::installation, |project| Target::project(project.id))
    }

    fn scene(&self) -> Scene {
        let project = self.project.as_ref().map(scenes::project_scene).unwrap_or_default();
        match self.doomed {
            Doomed::Integration(id) => {
                Scene { integration: Some(Named { id, slug: self.slug.clone() }), ..project }
            }
            _ => project,
        }
    }

    /// Whether a role or an invitation is bound at it.
    fn is_place(&self, place: &Place) -> bool {
        match (self.doomed, place) {
            (Doomed::Environment(id), Place::Environment { environment, .. }) => id == *environment,
            (Doomed::Stream(id), Place::Stream { stream }) => id == *stream,
            _ => false,
        }
    }

    async fn roles(&self, conn: &mut Conn) -> Result<Vec<Bound>, Error> {
        let mut bound = access::bindings(conn).await?;
        bound.retain(|bound| self.is_place(&bound.binding.place));
        Ok(bound)
    }

    async fn invitations(&self, conn: &mut Conn, now: Time) -> Result<Vec<Link>, Error> {
        let mut open = links::open_invitations(conn, now).await?;
        open.retain(
            |link| matches!(&link.purpose, Purpose::Invitation { place, .. } if self.is_place(place)),
        );
        Ok(open)
    }

    /// Ends the roles that are bound at it and the invitations to it: a place that is gone gives no right, nor a way in.
    async fn end_rights(&self, tx: &mut Tx, service: &Service, by: EventActor) -> Result<(), Error> {
        for Bound { binding, role, source, .. } in self.roles(tx).await?.into_iter().filter(Bound::is_own) {
            access::unbind(tx, binding.id).await?;
            let (person, place) = (binding.person, binding.place);
            let change = Change::RoleRevoked { binding: binding.id, person, role: role.slug, place, source };
            tx.tell(service.event(by, Scene::default(), change));
            delegations::end_lost(tx, service, person, by).await?;
        }
        groups::end_at(tx, service, by, |place| self.is_place(place)).await?;
        for Link { id, purpose, .. } in self.invitations(tx, service.now()).await? {
            let Purpose::Invitation { email, role, place } = purpose else { continue };
            links::withdraw(tx, id).await?;
            let change = Change::InvitationWithdrawn { link: id, email: Personal::new(&email), role, place };
            tx.tell(service.event(by, Scene::default(), change));
        }
        Ok(())
    }

    fn change(&self, current: usize) -> Change {
        let (slug, title) = (self.slug.clone(), self.title.to_string());
        match self.doomed {
            Doomed::Integration(_) => Change::IntegrationDeleted { title, current },
            Doomed::Environment(_) => Change::EnvironmentDeleted { slug, title, current },
            Doomed::Workflow(_) => Change::WorkflowDeleted { slug, title },
            Doomed::Rule(_) => Change::RuleDeleted { slug, title },
            Doomed::Stream(_) => Change::StreamDeleted { slug, title, current },
        }
    }
}

/// What deleting something would mean, for who may see it.
pub async fn preview(service: &Service, actor: &Actor, subject: &Subject) -> Result<DeletionView, Error> {
    let mut conn = service.read().await?;
    let found = find(&mut conn, actor, subject).await?;
    if found.project.is_none() {
        // Everyone sees a stream, but not what is of it in every project.
        allow(actor, Action::Configure, &found.target())?;
    }
    check_built_in(&found)?;
    let consequences = consequences(&mut conn, actor, &found, service.now()).await?;
    let permitted = explain(actor, Action::Configure, &found.target());
    let may_delete = match &found.project {
        Some(project) => in_use(project, permitted),
        None => permitted,
    };
    Ok(DeletionView { consequences, project: found.project, may_delete })
}

/// Deletes something that nothing uses. `name` is what a person typed to say that they mean it, where builds go out of
/// reach with it; a program, which names it in the address, leaves it out.
pub async fn delete(
    service: &Service,
    actor: &Actor,
    subject: &Subject,
    name: Option<&str>,
) -> Result<Consequences, Error> {
    let mut conn = service.read().await?;
    let found = find(&mut conn, actor, subject).await?;
    allow(actor, Action::Configure, &found.target())?;
    check_built_in(&found)?;
    drop(conn);
    let (writer, actor, what) = (service.clone(), actor.clone(), subject.what());
    let name = name.map(|name| name.trim().to_owned());
    service
        .db()
        .write(async move |tx| {
            if let Some(project) = &found.project {
                scenes::check_in_use(tx, project.id).await?;
            }
            let now = writer.now();
            let consequences = consequences(tx, &actor, &found, now).await?;
            let who = Service::event_actor(&actor);
            consequences.check(what)?;
            if consequences.lost > 0 && name.is_some_and(|name| name != found.slug.as_str()) {
                let message = format!("Type {} to say that this is the {what} you mean.", found.slug);
                return Err(Invalid::field("name", message).into());
            }
            deletions::delete(tx, found.doomed, now).await?;
            found.end_rights(tx, &writer, who).await?;
            let change = found.change(consequences.lost);
            tx.tell(writer.event(who, found.scene(), change));
            Ok(consequences)
        })
        .await
}

/// The integrations of a project that were deleted and can be restored.
pub async fn list(service: &Service, actor: &Actor, project: &str) -> Result<DeletedView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let target = Target::project(project.id);
    let now = service.now();
    let mut integrations = Vec::new();
    for (id, deleted) in deletions::list(&mut conn, project.id, since(now), LISTED).await? {
        // A token of one integration learns nothing of the others.
        if actor.may(Action::View, &Target::integration(project.id, id)) {
            integrations.push(deleted);
        }
    }
    let may_restore = in_use(&project, explain(actor, Action::Configure, &target));
    Ok(DeletedView { project, integrations, may_restore, now })
}

/// Takes a deleted integration into use again, as it was.
pub async fn restore(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
) -> Result<Deleted, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let missing = || {
        Error::not_found(format_args!(
            "A deleted integration “{}/{integration}” that can be restored",
            project.slug
        ))
    };
    let slug = Slug::parse(integration).map_err(|_| missing())?;
    let found = deletions::find(&mut conn, project.id, &slug, since(service.now())).await?;
    let (id, deleted) = found.ok_or_else(missing)?;
    drop(conn);
    let scene = Scene { integration: Some(Named { id, slug }), ..scenes::project_scene(&project) };
    let change = Change::IntegrationRestored { title: deleted.title.to_string() };
    let event = service.event(Service::event_actor(actor), scene, change);
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, project.id).await?;
            deletions::restore(tx, id).await?;
            tx.tell(event);
            Ok(deleted)
        })
        .await
}

/// Refuses a new integration of a name that is kept for one that was deleted.
pub(crate) async fn check_free(
    conn: &mut Conn,
    project: ProjectId,
    slug: &Slug,
    now: Time,
) -> Result<(), Error> {
    let Some((_, deleted)) = deletions::find(conn, project, slug, since(now)).await? else { return Ok(()) };
    Err(Invalid::field(
        "slug",
        format!(
            "An integration of this name was deleted on {}. Restore it, or take another name until {}.",
            deleted.at.day(),
            deleted.until().day()
        ),
    )
    .into())
}

/// Deleted before this, a thing stays deleted.
const fn since(now: Time) -> Time {
    now.plus_seconds(-RESTORABLE.seconds())
}

fn check_built_in(found: &Found) -> Result<(), Error> {
    if found.built_in { Err(DeletionRefused::BuiltIn { slug: found.slug.clone() }.into()) } else { Ok(()) }
}

async fn find(conn: &mut Conn, actor: &Actor, subject: &Subject) -> Result<Found, Error> {
    let missing = || {
        let place = subject.project().map(|project| format!("{project}/")).unwrap_or_default();
        Error::not_found(format_args!("The {} “{place}{}”", subject.what(), subject.slug()))
    };
    let slug = || Slug::parse(subject.slug()).map_err(|_| missing());
    let Some(project) = subject.project() else {
        let slug = slug()?;
        let streams = streams::list(conn).await?;
        let stream = streams.into_iter().find(|stream| stream.slug == slug).ok_or_else(missing)?;
        return Ok(Found {
            doomed: Doomed::Stream(stream.id),
            project: None,
            slug: stream.slug,
            title: stream.title,
            built_in: stream.built_in,
            bucket: Some(BucketKey::ReleaseStream(stream.id)),
        });
    };
    if let Subject::Integration { slug, .. } = subject {
        let located = scenes::integration(conn, actor, project, slug).await?;
        let (id, slug, title) = (located.integration.id, located.integration.slug, located.integration.title);
        return Ok(Found {
            doomed: Doomed::Integration(id),
            project: Some(located.project),
            slug,
            title,
            built_in: false,
            bucket: None,
        });
    }
    let project = scenes::project(conn, actor, project).await?;
    let slug = slug()?;
    let (doomed, title, bucket) = match subject {
        Subject::Environment { .. } => {
            let own = environments::list(conn, project.id).await?;
            let found = own.into_iter().find(|own| own.slug == slug).ok_or_else(missing)?;
            (Doomed::Environment(found.id), found.title, Some(BucketKey::Environment(found.id)))
        }
        Subject::Workflow { .. } => {
            let found = workflows::find(conn, project.id, &slug).await?.ok_or_else(missing)?.name;
            (Doomed::Workflow(found.id), found.title, None)
        }
        Subject::Rule { .. } => {
            let found = rules::find(conn, project.id, &slug).await?.ok_or_else(missing)?.name;
            (Doomed::Rule(found.id), found.title, None)
        }
        Subject::Integration { .. } | Subject::Stream { .. } => return Err(missing()),
    };
    Ok(Found { doomed, project: Some(project), slug, title, built_in: false, bucket })
}

async fn consequences(
    conn: &mut Conn,
    actor: &Actor,
    found: &Found,
    now: Time,
) -> Result<Consequences, Error> {
    let mut users: Vec<(Option<ProjectId>, User)> =
        users(conn, found).await?.into_iter().map(|(project, user)| (Some(project), user)).collect();
    if found.bucket.is_some() {
        let home = found.project.as_ref().map(|project| &project.slug);
        let numbers = deletions::holds(conn, home, &found.slug, now).await?;
        users.extend(numbers.into_iter().map(|number| (None, User::Hold { number })));
    }
    users.extend(deletions::promoting(conn, found.doomed, now).await?.into_iter().map(|promoting| {
        let user =
            User::Promotion { project: promoting.slug, number: promoting.number, pins: promoting.pins };
        (Some(promoting.project), user)
    }));
    let used_by = users.len();
    let (mut seen, unseen): (Vec<_>, Vec<_>) = users
        .into_iter()
        .partition(|(project, _)| project.is_none_or(|id| actor.may(Action::View, &Target::project(id))));
    seen.truncate(NAMED);
    let mut users: Vec<User> = seen.into_iter().map(|(_, user)| user).collect();
    let unseen = unseen.len();
    if unseen > 0 {
        users.push(User::Unseen { count: unseen });
    }
    let named = i64::try_from(NAMED).unwrap_or(i64::MAX);
    let (losses, lost) = deletions::losses(conn, found.doomed, named).await?;
    let (title, slug) = (found.title.clone(), found.slug.clone());
    let (roles, invitations) = (found.roles(conn).await?.len(), found.invitations(conn, now).await?.len());
    Ok(Consequences { title, slug, users, used_by, roles, invitations, losses, lost })
}

/// What uses the subject besides promotions, each with the project that it is in.
async fn users(conn: &mut Conn, found: &Found) -> Result<Vec<(ProjectId, User)>, Error> {
    match (found.doomed, &found.project) {
        (Doomed::Integration(id), Some(home)) => {
            let served = deletions::served(conn, id, home.id).await?;
            Ok(served.into_iter().map(|(id, project, slug)| (id, User::Service { project, slug })).collect())
        }
        (Doomed::Workflow(id), Some(home)) => {
            let workflow = workflows::load(conn, id).await?;
            let (followers, _) = workflows::followers(conn, &workflow, usize::MAX).await?;
            Ok(followed(home, followers))
        }
        (Doomed::Rule(id), Some(home)) => {
            let rule = rules::load(conn, id).await?;
            let followers = rules::followers(conn, &rule).await?;
            Ok(followed(home, followers.into_iter().map(|(_, slug)| slug)))
        }
        (Doomed::Environment(_) | Doomed::Stream(_), _) => {
            let Some(bucket) = found.bucket else { return Ok(Vec::new()) };
            led(conn, found, bucket).await
        }
        (Doomed::Integration(_) | Doomed::Workflow(_) | Doomed::Rule(_), None) => Ok(Vec::new()),
    }
}

fn followed(home: &Project, followers: impl IntoIterator<Item = Slug>) -> Vec<(ProjectId, User)> {
    let user = |slug| (home.id, User::Integration { project: home.slug.clone(), slug });
    followers.into_iter().map(user).collect()
}

/// The environments of a stream, and the stages and rules that lead to a bucket.
async fn led(conn: &mut Conn, found: &Found, bucket: BucketKey) -> Result<Vec<(ProjectId, User)>, Error> {
    let mut users = Vec::new();
    if let Doomed::Stream(stream) = found.doomed {
        for (id, project, slug, _) in environments::of_stream(conn, stream).await? {
            let parse = |text: &str| {
                Slug::parse(text).map_err(|error| Error::Internal(format!("an environment's name: {error}")))
            };
            users.push((id, User::Environment { project: parse(&project)?, slug: parse(&slug)? }));
        }
    }
    let kind: BucketKind = bucket.kind();
    for (project, workflow) in workflows::of_kind(conn, kind).await? {
        if workflow.graph.names(bucket) {
            users.push((workflow.project, User::Workflow { project, slug: workflow.name.slug }));
        }
    }
    for (project, rule) in rules::of_kind(conn, kind).await? {
        if rule.criteria.iter().any(|criterion| criterion.bucket == bucket) {
            users.push((rule.project, User::Rule { project, slug: rule.name.slug }));
        }
    }
    Ok(users)
}
