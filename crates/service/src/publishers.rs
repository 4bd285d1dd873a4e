//! Publishers: which CI jobs may push into a project, and demanding that nobody else does. `exchanging` is what happens when
//! a job comes.

mod exchanging;

pub(crate) use exchanging::Issuers;
pub use exchanging::{Issued, exchange};

use crate::people::machine;
use crate::scenes::{self, project_scene};
use crate::{Error, Service, allow};
use towpath_domain::access::{Action, Actor, Grant, Place, Publishing, Role, Scope, Target};
use towpath_domain::buckets::{BucketKind, Slot};
use towpath_domain::confirmations::Guarded;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{ProjectId, PublisherId, RefusalId};
use towpath_domain::integrations::Integration;
use towpath_domain::people::Person;
use towpath_domain::projects::Project;
use towpath_domain::publishers::{
    NewPublisher, Publisher, PublisherChoices, PublisherForm, PublisherLine, PublishersView, Reach, Refused,
    RefusedView, compare, text,
};
use towpath_domain::timeline::Change;
use towpath_domain::words::PersonName;
use towpath_oidc::Keys;
use towpath_store::{Conn, integrations, projects, publishers};

/// What only a CI's signed token may do.
const DEMANDED: &str = "This project takes pushes of trusted CI jobs alone: the CI shows its own token (OpenID Connect), and no \
                        other token or person pushes. The guide's page “Trusted publishing” tells how.";

/// How long refused exchanges are kept, in seconds.
const KEPT: i64 = 7 * 86_400;

/// The integrations of a project and the buckets that they have.
async fn places(conn: &mut Conn, project: &Project) -> Result<(Vec<Integration>, Vec<Slot>), Error> {
    let mut slots = Vec::new();
    for kind in BucketKind::ALL {
        slots.extend(scenes::slots(conn, project.id, kind).await?);
    }
    Ok((integrations::list(conn, project.id, "", i64::MAX).await?, slots))
}

/// Where the jobs of a publisher may push, in words.
pub(crate) async fn reach_words(conn: &mut Conn, publisher: &Publisher) -> Result<String, Error> {
    let project = projects::load(conn, publisher.project).await?;
    let (integrations, slots) = places(conn, &project).await?;
    Ok(publisher.reach.words(&integrations, &slots))
}

/// Whoever sets a publisher up could push themselves anywhere in the project, also into production.
fn may_configure(actor: &Actor, project: ProjectId) -> Result<(), Error> {
    let target = Target::project(project);
    allow(actor, Action::Configure, &target)?;
    allow(actor, Action::Push, &Target { production: true, ..target })
}

fn explained(actor: &Actor, project: &Project) -> Result<(), String> {
    let permitted = may_configure(actor, project.id).map_err(|error| error.to_string());
    crate::projects::in_use(project, permitted)
}

/// The publishers of a project; what was refused lately, for who configures. Whom a project trusts is nothing for its jobs,
/// and more than a token is for that is narrowed to integrations.
pub async fn view(service: &Service, actor: &Actor, project: &str) -> Result<PublishersView, Error> {
    if actor.publisher().is_some() || actor.narrowed().is_some() {
        return Err(Error::not_found("This page"));
    }
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let (integrations, slots) = places(&mut conn, &project).await?;
    let all = publishers::list(&mut conn, project.id).await?;
    let may_configure = explained(actor, &project);
    let refused = match may_configure {
        Ok(()) => publishers::refused(&mut conn, project.id).await?,
        Err(_) => Vec::new(),
    };
    let refused = refused.into_iter().map(|refused| beside(refused, &all)).collect();
    let line = |publisher: Publisher| PublisherLine {
        reach: publisher.reach.words(&integrations, &slots),
        publisher,
    };
    Ok(PublishersView {
        demanded: publishers::demanded(&mut conn, project.id).await?,
        publishers: all.into_iter().map(line).collect(),
        refused,
        audience: service.public_url().to_owned(),
        may_configure,
        project,
        now: service.now(),
    })
}

/// A refused exchange beside the publishers of its issuer, as they are now.
fn beside(refused: Refused, all: &[Publisher]) -> RefusedView {
    let issuer = refused.claims.get("iss").map(text).unwrap_or_default();
    let own: Vec<&Publisher> = all.iter().filter(|publisher| publisher.issuer == issuer).collect();
    let asked = |claim: &str| {
        own.iter().flat_map(|publisher| &publisher.conditions).any(|condition| condition.claim == claim)
    };
    let others = refused.claims.iter().filter(|(claim, _)| !asked(claim));
    let others = others.map(|(claim, value)| (claim.clone(), text(value))).collect();
    let beside = own.iter().map(|publisher| (publisher.title.clone(), compare(publisher, &refused.claims)));
    RefusedView { beside: beside.collect(), others, refused }
}

/// What the form for a new publisher offers; `like` is a refused exchange by which it is filled in.
pub async fn choices(
    service: &Service,
    actor: &Actor,
    project: &str,
    like: Option<RefusalId>,
) -> Result<PublisherChoices, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let (integrations, slots) = places(&mut conn, &project).await?;
    let may_configure = explained(actor, &project);
    let start = match (like, &may_configure) {
        (Some(id), Ok(())) => {
            let refused = publishers::refused(&mut conn, project.id).await?;
            let own = publishers::list(&mut conn, project.id).await?;
            let like = refused.iter().find(|refused| refused.id == id);
            like.map(|refused| PublisherForm::trusting(refused, &own))
        }
        _ => None,
    };
    Ok(PublisherChoices {
        integrations,
        slots,
        audience: service.public_url().to_owned(),
        start: start.unwrap_or_default(),
        may_configure,
        project,
    })
}

/// Lets CI jobs push that their issuer vouches for.
pub async fn add(
    service: &Service,
    actor: &Actor,
    project: &str,
    form: PublisherForm,
) -> Result<PublisherLine, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    may_configure(actor, project.id)?;
    service.check_fresh(actor, Guarded::Tokens)?;
    project.check_in_use()?;
    let (integrations, slots) = places(&mut conn, &project).await?;
    drop(conn);
    let new = form.check(&integrations, &slots)?;
    if new.keys.as_ref().is_some_and(|keys| Keys::parse(keys).is_none()) {
        let words =
            "Paste a set of public keys as the issuer publishes it under “jwks_uri”: {\"keys\": […]}.";
        return Err(Invalid::field("keys", words).into());
    }
    let (publisher, account) = make(service, &project, new)?;
    let conditions = publisher.conditions.iter();
    let change = Change::PublisherAdded {
        publisher: publisher.id,
        title: publisher.title.to_string(),
        issuer: publisher.issuer.clone(),
        conditions: conditions.map(|wanted| format!("{} = {}", wanted.claim, wanted.value)).collect(),
        reach: publisher.reach.words(&integrations, &slots),
    };
    let event = service.event(Service::event_actor(actor), project_scene(&project), change);
    let line = PublisherLine { reach: publisher.reach.words(&integrations, &slots), publisher };
    let stored = line.publisher.clone();
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, project.id).await?;
            publishers::insert(tx, &stored, &account).await?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(line)
}

/// A publisher with the account in whose name its jobs act.
fn make(service: &Service, project: &Project, new: NewPublisher) -> Result<(Publisher, Person), Error> {
    let NewPublisher { title, system, issuer, keys, conditions, reach, pull_requests } = new;
    let name = PersonName::parse(title.as_str()).map_err(|error| Invalid::field("title", error))?;
    let account = machine(service, name, "publisher")?;
    let publisher = Publisher {
        id: service.id(),
        project: project.id,
        account: account.id,
        title,
        system,
        issuer,
        keys,
        conditions,
        pull_requests,
        reach,
        created_at: service.now(),
        used_at: None,
        removed_at: None,
    };
    Ok((publisher, account))
}

/// Takes a publisher away: its jobs get no more tokens, and those that they have stop working.
pub async fn remove(service: &Service, actor: &Actor, project: &str, id: PublisherId) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let found = publishers::load(&mut conn, id).await?;
    let found = found.filter(|publisher| publisher.project == project.id);
    let publisher = found.ok_or_else(|| Error::not_found("This publisher"))?;
    drop(conn);
    let change = Change::PublisherRemoved { publisher: id, title: publisher.title.to_string() };
    let event = service.event(Service::event_actor(actor), project_scene(&project), change);
    let now = service.now();
    service
        .db()
        .write(async move |tx| {
            if !publishers::remove(tx, id, now).await? {
                return Err(Error::Conflict("This publisher was removed already.".to_owned()));
            }
            tx.tell(event);
            Ok(())
        })
        .await
}

/// Demands that nobody but trusted jobs pushes into a project, or lets tokens push again.
pub async fn demand(service: &Service, actor: &Actor, project: &str, demanded: bool) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    project.check_in_use()?;
    drop(conn);
    let change = Change::TrustedPublishingDemanded { before: !demanded, after: demanded };
    let event = service.event(Service::event_actor(actor), project_scene(&project), change);
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, project.id).await?;
            // The same again is no change.
            if publishers::demand(tx, project.id, demanded).await? {
                tx.tell(event);
            }
            Ok::<_, Error>(())
        })
        .await
}

/// Refuses a push into a project that takes those of trusted jobs alone.
pub(crate) async fn check_demand(conn: &mut Conn, actor: &Actor, project: ProjectId) -> Result<(), Error> {
    if actor.publisher().is_none() && publishers::demanded(conn, project).await? {
        return Err(Error::Refused(DEMANDED.to_owned()));
    }
    Ok(())
}

/// What a publisher's job may do, as the publisher is now; nothing where it was removed.
pub(crate) async fn acting(
    conn: &mut Conn,
    id: PublisherId,
    scope: Scope,
) -> Result<Option<(Vec<Grant>, Scope)>, Error> {
    let found = publishers::load(conn, id).await?.filter(|publisher| publisher.removed_at.is_none());
    let Some(Publisher { project, reach, .. }) = found else { return Ok(None) };
    let Reach { integrations, buckets, by_rule } = reach;
    let grant = Grant { role: Role::publisher(), place: Place::Project { project } };
    let publishing = Some(Publishing { publisher: id, integrations, buckets, by_rule });
    Ok(Some((vec![grant], Scope { publishing, ..scope })))
}

/// Takes away what was refused long ago, and the marks of job tokens that nobody can show any more; tells how many.
pub async fn sweep(service: &Service) -> Result<u64, Error> {
    let now = service.now();
    let write = async move |tx: &mut towpath_store::Tx| {
        Ok(publishers::sweep(tx, now.plus_seconds(-KEPT), now).await?)
    };
    service.db().write(write).await
}
