//! Roles that go with the groups of a provider: given while someone is in the group, and taken with it.

use super::Settings;
use crate::people::Places;
use crate::{Error, Service, delegations};
use towpath_domain::access::{Binding, Place, Role};
use towpath_domain::ids::PersonId;
use towpath_domain::providers::{GroupRole, RoleSource, granted};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, Event, EventActor, Scene};
use towpath_store::access::{Bound, bind, bindings_by_groups, bindings_of, unbind};
use towpath_store::{Conn, Tx};

/// What a rule grants, in words: “Admin in the project shop”.
pub(super) fn words(rule: &GroupRole, places: &Places, roles: &[Role]) -> String {
    let title =
        roles.iter().find(|role| role.slug == rule.role).map_or(rule.role.as_str(), |role| &role.title);
    let words = places.named_so(&rule.place).map_or_else(|| rule.place.clone(), |place| places.words(&place));
    format!("{title} in {words}")
}

/// A role that someone is to hold.
#[derive(PartialEq, Eq)]
struct Wanted {
    role: Slug,
    place: Place,
    source: RoleSource,
}

impl Wanted {
    fn is(&self, bound: &Bound) -> bool {
        self.role == bound.role.slug
            && self.place == bound.binding.place
            && Some(&self.source) == bound.source.as_ref()
    }
}

/// Brings someone's roles in line with the groups that a provider says they are in. What was given by hand, or comes from
/// another provider, stays. The last admin does not stay one here: whoever left the group has no say any more, and
/// `admin-link` makes another.
pub(super) async fn follow(
    tx: &mut Tx,
    service: &Service,
    settings: &Settings,
    person: PersonId,
    groups: &[String],
) -> Result<(), Error> {
    let wanted = wanted(tx, settings, &granted(&settings.groups, groups)).await?;
    let mut held = bindings_of(tx, person).await?;
    held.retain(|bound| {
        bound.source.as_ref().is_some_and(|source| source.provider == settings.slug && source.group.is_some())
    });
    for bound in held.iter().filter(|bound| !wanted.iter().any(|wanted| wanted.is(bound))) {
        take(tx, service, bound).await?;
    }
    for new in wanted.into_iter().filter(|wanted| !held.iter().any(|bound| wanted.is(bound))) {
        let binding = Binding { id: service.id(), person, place: new.place };
        give(tx, service, &binding, &new.role, new.source).await?;
    }
    delegations::end_lost(tx, service, person, EventActor::System).await
}

/// The roles by these rules, each once, as far as their places are there.
async fn wanted(conn: &mut Conn, settings: &Settings, rules: &[&GroupRole]) -> Result<Vec<Wanted>, Error> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let places = Places::load(conn).await?;
    let mut all = Vec::new();
    for rule in rules {
        let Some(place) = places.named_so(&rule.place) else { continue };
        let source = RoleSource { provider: settings.slug.clone(), group: Some(rule.group.clone()) };
        let wanted = Wanted { role: rule.role.clone(), place, source };
        if !all.contains(&wanted) {
            all.push(wanted);
        }
    }
    Ok(all)
}

pub(super) async fn give(
    tx: &mut Tx,
    service: &Service,
    binding: &Binding,
    role: &Slug,
    source: RoleSource,
) -> Result<(), Error> {
    let Binding { id, person, place } = *binding;
    bind(tx, binding, role, Some(&source), service.now()).await?;
    tx.tell(told(
        service,
        Change::RoleGranted { binding: id, person, role: role.clone(), place, source: Some(source) },
    ));
    Ok(())
}

async fn take(tx: &mut Tx, service: &Service, bound: &Bound) -> Result<(), Error> {
    let Binding { id, person, place } = bound.binding;
    unbind(tx, id).await?;
    let (role, source) = (bound.role.slug.clone(), bound.source.clone());
    tx.tell(told(service, Change::RoleRevoked { binding: id, person, role, place, source }));
    Ok(())
}

fn told(service: &Service, change: Change) -> Event {
    service.event(EventActor::System, Scene::default(), change)
}

/// Takes the roles of groups that the configuration names no more, or no more with that role: nobody would come back
/// to have them taken. To be called when the server starts; tells how many there were.
pub async fn let_go(service: &Service) -> Result<usize, Error> {
    let own = service.clone();
    service
        .db()
        .write(async move |tx| {
            let mut gone = bindings_by_groups(tx).await?;
            if gone.is_empty() {
                return Ok(0);
            }
            let places = Places::load(tx).await?;
            gone.retain(|bound| {
                !own.0.providers.all.iter().any(|known| is_configured(&known.settings, bound, &places))
            });
            for bound in &gone {
                take(tx, &own, bound).await?;
                delegations::end_lost(tx, &own, bound.binding.person, EventActor::System).await?;
            }
            Ok(gone.len())
        })
        .await
}

fn is_configured(settings: &Settings, bound: &Bound, places: &Places) -> bool {
    bound.source.as_ref().is_some_and(|source| {
        source.provider == settings.slug
            && settings.groups.iter().any(|rule| {
                source.group.as_ref() == Some(&rule.group)
                    && rule.role == bound.role.slug
                    && places.named_so(&rule.place) == Some(bound.binding.place)
            })
    })
}
