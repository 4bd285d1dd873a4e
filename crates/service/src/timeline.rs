//! The audit timeline: a page by any filter, as sentences.

pub mod export;

use crate::{Error, Service, people as names, scenes};
use std::collections::HashSet;
use towpath_domain::access::{Action, Actor, Place, Target};
use towpath_domain::ids::{PersonId, TokenId};
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::sentence::tell;
use towpath_domain::timeline::{
    Entry, Event, EventActor, Filter, KINDS, SignedUpTo, TimelinePage, Unmatched,
};
use towpath_store::timeline::{Criteria, Logged, export, list, size};
use towpath_store::{Conn, access, audit, buckets, integrations, people, projects, tokens};

/// How many events a page has.
pub const PAGE: i64 = 50;
/// How many projects are looked through for those that someone sees.
const PROJECTS: i64 = 1_000;

/// A page of events that fit the filter and that who asks may see, newest first, from before a number.
pub async fn page(
    service: &Service,
    actor: &Actor,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<TimelinePage, Error> {
    let mut conn = service.read().await?;
    let as_of = size(&mut conn).await?;
    let seen = seen(&mut conn, actor).await?;
    let mut page = choices(&mut conn, actor, &seen, service, as_of).await?;
    let criteria = match criteria(&mut conn, actor, &seen, filter).await {
        Ok(criteria) => criteria,
        Err(Miss::Named(nothing)) => {
            page.unmatched = Some(nothing);
            return Ok(page);
        }
        Err(Miss::Failed(error)) => return Err(error),
    };
    let mut events = list(&mut conn, &criteria, before.unwrap_or(i64::MAX), limit + 1).await?;
    if i64::try_from(events.len()).is_ok_and(|count| count > limit) {
        events.pop();
        page.older = events.last().map(|(seq, _)| *seq);
    }
    page.entries = entries(&mut conn, events).await?;
    // Someone whom one does not know may have done something that one sees; if not, it may as well be nobody.
    let known = |id: PersonId| page.people.iter().any(|(person, _)| *person == id);
    if page.entries.is_empty() && before.is_none() && criteria.person.is_some_and(|person| !known(person)) {
        page.unmatched = Some(Unmatched::Person);
    }
    Ok(page)
}

/// The number of the newest event.
pub async fn head(service: &Service) -> Result<i64, Error> {
    Ok(size(&mut service.read().await?).await?)
}

/// The projects that who asks may see: their grants, narrowed by a token's scope.
async fn seen(conn: &mut Conn, actor: &Actor) -> Result<Vec<Project>, Error> {
    let mut seen = projects::list(conn, "", PROJECTS).await?;
    seen.retain(|project| actor.may(Action::View, &Target::project(project.id)));
    Ok(seen)
}

/// What the filter can choose from, as far as who asks sees it.
async fn choices(
    conn: &mut Conn,
    actor: &Actor,
    seen: &[Project],
    service: &Service,
    as_of: i64,
) -> Result<TimelinePage, Error> {
    let mut all = integrations::list_all(conn).await?;
    let mut names = Vec::new();
    for project in seen {
        let mut own = all.remove(&project.id).unwrap_or_default();
        own.retain(|integration| actor.may(Action::View, &Target::integration(project.id, integration.id)));
        names.extend(own.into_iter().map(|integration| format!("{}/{}", project.slug, integration.slug)));
    }
    Ok(TimelinePage {
        entries: Vec::new(),
        older: None,
        projects: seen.iter().map(|project| project.slug.clone()).collect(),
        integrations: names,
        people: colleagues(conn, actor, seen).await?,
        as_of,
        signed: audit::newest(conn).await?.map(|signed| SignedUpTo { seq: signed.size, at: signed.at }),
        unmatched: None,
        now: service.now(),
    })
}

/// The people whom who asks may know of: those with a role in something that they both see, and everyone for
/// who sees all that happens.
pub(crate) async fn colleagues(
    conn: &mut Conn,
    actor: &Actor,
    seen: &[Project],
) -> Result<Vec<(PersonId, String)>, Error> {
    let mut people = people::list_all(conn).await?;
    if !actor.may(Action::View, &Target::installation()) {
        let bindings = access::bindings(conn).await?.into_iter().map(|bound| bound.binding);
        let inside = |place: &Place| match *place {
            Place::Installation | Place::Stream { .. } => !seen.is_empty(),
            Place::Project { project } | Place::Environment { project, .. } => {
                seen.iter().any(|known| known.id == project)
            }
        };
        let known: HashSet<PersonId> =
            bindings.filter(|binding| inside(&binding.place)).map(|binding| binding.person).collect();
        people.retain(|person| known.contains(&person.id));
    }
    Ok(people.into_iter().map(|person| (person.id, person.name.to_string())).collect())
}

/// What narrows the log to those events that who asks may see.
async fn visible(conn: &mut Conn, actor: &Actor) -> Result<Criteria, Error> {
    let seen = seen(conn, actor).await?;
    match criteria(conn, actor, &seen, &Filter::default()).await {
        Ok(criteria) => Ok(criteria),
        Err(Miss::Named(nothing)) => Err(Error::not_found(nothing)),
        Err(Miss::Failed(error)) => Err(error),
    }
}

/// An event by its number, if who asks may see it.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, seq: i64) -> Result<Logged, Error> {
    let criteria = visible(conn, actor).await?;
    let found = match seq.checked_sub(1).filter(|after| *after >= 0) {
        Some(after) => export(conn, &criteria, after, seq, 1).await?.pop(),
        None => None,
    };
    found.ok_or_else(|| Error::not_found(format!("The event {seq}")))
}

/// Why a filter has no criteria.
enum Miss {
    /// A part of it names nothing that who asks sees.
    Named(Unmatched),
    Failed(Error),
}

impl From<towpath_store::Error> for Miss {
    fn from(error: towpath_store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// What a name stands for, or that it stands for nothing.
fn known<T>(found: Result<T, Error>, nothing: Unmatched) -> Result<T, Miss> {
    found.map_err(|error| match error {
        Error::NotFound(_) => Miss::Named(nothing),
        other => Miss::Failed(other),
    })
}

/// The filter's names as ids.
async fn criteria(
    conn: &mut Conn,
    actor: &Actor,
    seen: &[Project],
    filter: &Filter,
) -> Result<Criteria, Miss> {
    // Events of no project, such as invitations, are the installation's own.
    let sees_all = actor.may(Action::View, &Target::installation());
    let Filter { project, integration, bucket, person, kind } = filter;
    let mut criteria = Criteria {
        visible: (!sees_all).then(|| seen.iter().map(|project| project.id).collect()),
        // A token of some integrations sees their project, but not what happens beside it.
        narrowed: actor.narrowed(),
        kind: (!kind.is_empty()).then(|| kind.clone()),
        ..Criteria::default()
    };
    if !project.is_empty() {
        let found = scenes::project(conn, actor, project).await;
        criteria.project = Some(known(found, Unmatched::Project(project.clone()))?.id);
    }
    if !integration.is_empty() {
        let (place, slug) = integration.split_once('/').unwrap_or((integration, ""));
        let nothing = Unmatched::Integration(integration.clone());
        let id = match scenes::integration(conn, actor, place, slug).await {
            // What was deleted is told of on.
            Err(Error::NotFound(_)) => {
                scenes::deleted_integration(conn, actor, place, slug).await.map(|(id, _)| id)
            }
            found => found.map(|located| located.integration.id),
        };
        criteria.integration = Some(known(id, nothing)?);
    }
    if !kind.is_empty() && !KINDS.iter().any(|(known, _)| known == kind) {
        return Err(Miss::Named(Unmatched::Kind(kind.clone())));
    }
    if !bucket.is_empty() {
        let nothing = || Miss::Named(Unmatched::Bucket(bucket.clone()));
        // What cannot be a name is no reason to ask the database, which may not even take it as a text.
        Slug::parse(bucket).map_err(|_| nothing())?;
        let named = buckets::named(conn, bucket, criteria.integration).await?;
        criteria.buckets = Some(named).filter(|named| !named.is_empty()).ok_or_else(nothing)?.into();
    }
    if !person.is_empty() {
        criteria.person = Some(person.parse().map_err(|_| Miss::Named(Unmatched::Person))?);
    }
    Ok(criteria)
}

/// Whom a sentence about an event names.
fn people_of(event: &Event) -> [Option<PersonId>; 3] {
    [event.actor.person(), event.change.person(), event.change.second_person()]
}

pub(crate) async fn entries(conn: &mut Conn, events: Vec<(i64, Event)>) -> Result<Vec<Entry>, Error> {
    let told = events.iter().map(|(_, event)| event);
    let mut acted: Vec<PersonId> = told.clone().flat_map(people_of).flatten().collect();
    let mut used: Vec<TokenId> = told.filter_map(|event| event.actor.token()).collect();
    acted.sort_unstable();
    acted.dedup();
    used.sort_unstable();
    used.dedup();
    let named = people::names(conn, &acted).await?;
    let titles = tokens::titles(conn, &used).await?;
    let places = names::place_names(conn).await?;
    let name = |person: PersonId| named.get(&person).cloned().unwrap_or_else(|| "someone".to_owned());
    let entry = |(seq, event): (i64, Event)| Entry {
        seq,
        at: event.at,
        kind: event.change.kind().to_owned(),
        who: match event.actor {
            EventActor::Person { person } | EventActor::Token { owner: person, .. } => name(person),
            EventActor::Shell => "Someone in the server’s shell".to_owned(),
            EventActor::System => "The server".to_owned(),
        },
        with: event.actor.token().and_then(|token| titles.get(&token).cloned()),
        sentence: tell(&event, name, &places),
        reason: event.change.reason().map(|reason| reason.text().to_owned()),
        mark: event.mark().map(str::to_owned),
    };
    Ok(events.into_iter().map(entry).collect())
}
