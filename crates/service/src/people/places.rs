//! Where roles can be bound, by the names and words of forms and pages.

use crate::Error;
use towpath_domain::access::{Action, Actor, Place, Target};
use towpath_domain::forms::Invalid;
use towpath_domain::people::{Invitation, MemberRole};
use towpath_store::access::Bound;
use towpath_store::links::{Link, Purpose};
use towpath_store::{Conn, environments, projects, streams};

/// A place as a target of permission, for who may manage the people there.
pub(crate) fn target(place: &Place) -> Target {
    match *place {
        Place::Installation | Place::Stream { .. } => Target::installation(),
        Place::Project { project } => Target::project(project),
        Place::Environment { project, environment } => {
            Target { environment: Some(environment), ..Target::project(project) }
        }
    }
}

/// Whether someone may know of a place. Streams, and the installation itself, are no secret.
pub(crate) fn sees(actor: &Actor, place: &Place) -> bool {
    match place {
        Place::Installation | Place::Stream { .. } => true,
        Place::Project { .. } | Place::Environment { .. } => actor.may(Action::View, &target(place)),
    }
}

/// Where roles can be bound, with the form's value and the words for each.
pub(crate) struct Places(Vec<NamedPlace>);

struct NamedPlace {
    place: Place,
    value: String,
    words: String,
}

/// How many projects the list of places names at most.
const PROJECTS: i64 = 1_000;

impl Places {
    pub async fn load(conn: &mut Conn) -> Result<Self, Error> {
        let mut places = vec![NamedPlace {
            place: Place::Installation,
            value: "installation".to_owned(),
            words: "the whole installation".to_owned(),
        }];
        for project in projects::list(conn, "", PROJECTS).await? {
            places.push(NamedPlace {
                place: Place::Project { project: project.id },
                value: format!("project:{}", project.slug),
                words: format!("the project {}", project.slug),
            });
        }
        for stream in streams::list(conn).await? {
            for (project, slug, environment, id) in environments::of_stream(conn, stream.id).await? {
                places.push(NamedPlace {
                    place: Place::Environment { project, environment: id },
                    value: format!("environment:{slug}/{environment}"),
                    words: format!("the environment {slug}/{environment}"),
                });
            }
            places.push(NamedPlace {
                place: Place::Stream { stream: stream.id },
                value: format!("stream:{}", stream.slug),
                words: format!("the release stream {}", stream.slug),
            });
        }
        Ok(Self(places))
    }

    /// The place of this name, for someone who may know of it.
    pub fn find(&self, value: &str, actor: &Actor) -> Result<Place, Error> {
        let place = self.0.iter().find(|known| known.value == value && sees(actor, &known.place));
        place
            .map(|place| place.place)
            .ok_or_else(|| Invalid::field("place", "Choose where the role holds.").into())
    }

    /// The form's value and the words of some of them.
    pub fn named(&self, which: impl Fn(&Place) -> bool) -> Vec<(String, String)> {
        let named = self.0.iter().filter(|known| which(&known.place));
        named.map(|known| (known.value.clone(), known.words.clone())).collect()
    }

    /// The place that an invitation, or the configuration, names so.
    pub fn named_so(&self, value: &str) -> Option<Place> {
        self.0.iter().find(|known| known.value == value).map(|known| known.place)
    }

    pub fn words(&self, place: &Place) -> String {
        let known = self.0.iter().find(|known| known.place == *place);
        known.map_or_else(|| "a place that is gone".to_owned(), |known| known.words.clone())
    }

    pub fn role(&self, bound: &Bound, may_revoke: bool) -> MemberRole {
        MemberRole {
            binding: bound.binding.id,
            role: bound.role.slug.clone(),
            title: bound.role.title.clone(),
            place: self.words(&bound.binding.place),
            source: bound.source.clone(),
            group: bound.group.clone(),
            may_revoke: may_revoke && bound.is_own(),
        }
    }

    pub fn invitation(&self, link: Link) -> Option<Invitation> {
        match link.purpose {
            Purpose::Admin => None,
            Purpose::Invitation { email, role, place } => {
                let (place, expires_at) = (self.words(&place), link.expires_at);
                Some(Invitation { link: link.id, email, role, place, expires_at })
            }
        }
    }
}

/// A place in words: “the project shop”.
pub(crate) async fn place_words(conn: &mut Conn, place: &Place) -> Result<String, Error> {
    Ok(Places::load(conn).await?.words(place))
}

/// The places of a page of events in words, loaded once.
pub(crate) async fn place_names(conn: &mut Conn) -> Result<impl Fn(&Place) -> String, Error> {
    let places = Places::load(conn).await?;
    Ok(move |place: &Place| places.words(place))
}
