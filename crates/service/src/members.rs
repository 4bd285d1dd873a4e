//! The members of a project, and who can give a role there.

use crate::people::{Places, target};
use crate::{Error, Service, explain, scenes};
use std::collections::HashSet;
use towpath_domain::access::{Action, Actor, Grant, Identity, Place, Target};
use towpath_domain::ids::{PersonId, ProjectId, StreamId};
use towpath_domain::members::{MembersView, ProjectMember};
use towpath_domain::people::Person;
use towpath_store::access::Bound;
use towpath_store::{Conn, access, environments, links, people, projects};

/// How many are named who can help: one would do.
const GRANTERS: usize = 5;
/// How many projects are looked at for what two people share.
const PROJECTS: i64 = 1_000;

/// The members of a project, for everyone who sees it. Addresses and invitations are for those who manage people.
pub async fn view(service: &Service, actor: &Actor, project: &str) -> Result<MembersView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let places = Places::load(&mut conn).await?;
    let here = Here::load(&mut conn, project.id).await?;
    let manages = |place: &Place| actor.may(Action::ManagePeople, &target(place));
    let whole = Place::Project { project: project.id };
    let bindings = access::bindings(&mut conn).await?;
    let members = people::list(&mut conn)
        .await?
        .into_iter()
        .filter_map(|person| {
            let own = bindings.iter().filter(|bound| bound.binding.person == person.id);
            let roles: Vec<_> = own
                .filter(|bound| here.has(&bound.binding.place))
                .map(|bound| places.role(bound, manages(&bound.binding.place)))
                .collect();
            let email = manages(&whole).then_some(person.email);
            let member = ProjectMember { id: person.id, name: person.name.into(), email, roles };
            (!member.roles.is_empty()).then_some(member)
        })
        .collect();
    let now = service.now();
    let invitations = links::open_invitations(&mut conn, now)
        .await?
        .into_iter()
        .filter(|link| link.place().is_some_and(|place| here.inside(place) && manages(place)))
        .filter_map(|link| places.invitation(link))
        .collect();
    Ok(MembersView {
        members,
        invitations,
        roles: access::roles(&mut conn).await?,
        places: places.named(|place| here.inside(place) && manages(place)),
        may_manage: explain(actor, Action::ManagePeople, &target(&whole)),
        now,
        project,
    })
}

/// The names of some who can give a role in a project, or in the installation where it is none that who asks sees:
/// for a page that says which permission is missing. Nobody learns of people with whom they share nothing.
pub async fn granters(service: &Service, actor: &Actor, project: &str) -> Result<Vec<String>, Error> {
    let mut conn = service.read().await?;
    if actor.grants.is_empty() {
        return Ok(Vec::new());
    }
    let at = match scenes::project(&mut conn, actor, project).await {
        Ok(project) => Target::project(project.id),
        Err(Error::NotFound(_)) => Target::installation(),
        Err(other) => return Err(other),
    };
    let managing: HashSet<PersonId> = access::bindings(&mut conn)
        .await?
        .into_iter()
        .filter(|bound| manages(bound, &at))
        .map(|bound| bound.binding.person)
        .collect();
    let people = people::list(&mut conn).await?.into_iter();
    // Who asks lacks it, whatever else they may.
    let managing = people.filter(|Person { id, .. }| managing.contains(id) && *id != actor.person());
    Ok(managing.take(GRANTERS).map(|person| person.name.into()).collect())
}

/// Whether someone sees an account: as who manages all people, or among the members and machines of a project that they see.
pub(crate) async fn knows(conn: &mut Conn, actor: &Actor, account: PersonId) -> Result<bool, Error> {
    if actor.may(Action::ManagePeople, &Target::installation()) {
        return Ok(true);
    }
    // Who may not act any more is no member of anything.
    if !people::deactivated(conn, &[account]).await?.is_empty() {
        return Ok(false);
    }
    let held = access::bindings_of(conn, account).await?;
    for project in projects::list(conn, "", PROJECTS).await? {
        if !held.is_empty() && actor.may(Action::View, &Target::project(project.id)) {
            let here = Here::load(conn, project.id).await?;
            if held.iter().any(|bound| here.has(&bound.binding.place)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether a role lets its holder give roles at a target.
fn manages(Bound { binding, role, .. }: &Bound, at: &Target) -> bool {
    let identity = Identity::Person { person: binding.person };
    let grants = vec![Grant { role: role.clone(), place: binding.place }];
    Actor { identity, grants, scope: None, proven_at: None }.may(Action::ManagePeople, at)
}

/// What belongs to a project.
struct Here {
    project: ProjectId,
    /// The streams of its environments.
    streams: HashSet<StreamId>,
}

impl Here {
    async fn load(conn: &mut Conn, project: ProjectId) -> Result<Self, Error> {
        let environments = environments::list(conn, project).await?;
        Ok(Self { project, streams: environments.into_iter().map(|own| own.stream.id).collect() })
    }

    /// Whether a place is the project, or one in it.
    fn inside(&self, place: &Place) -> bool {
        match *place {
            Place::Project { project } | Place::Environment { project, .. } => project == self.project,
            Place::Installation | Place::Stream { .. } => false,
        }
    }

    /// Whether a role that is bound at a place counts here.
    fn has(&self, place: &Place) -> bool {
        match place {
            Place::Installation => true,
            Place::Stream { stream } => self.streams.contains(stream),
            Place::Project { .. } | Place::Environment { .. } => self.inside(place),
        }
    }
}
