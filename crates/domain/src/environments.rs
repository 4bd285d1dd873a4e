//! Environments: the running places of a project, each of one release stream.

use crate::deletions::User;
use crate::digests::Digest;
use crate::forms::{Check, Invalid};
use crate::ids::{EnvironmentId, ProjectId, StreamId};
use crate::references::Tag;
use crate::slugs::Slug;
use crate::streams::Stream;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// One running place of a project. Its slug is unique in the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub id: EnvironmentId,
    pub project: ProjectId,
    pub slug: Slug,
    pub title: Title,
    pub stream: Stream,
}

/// What the form for a new environment holds, as typed; `stream` is a stream's slug.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnvironmentForm {
    pub slug: String,
    pub title: String,
    pub stream: String,
}

/// What an environment would go by in another release stream, before it is moved there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveView {
    pub project: Slug,
    pub environment: Environment,
    /// The streams that it could go into.
    pub streams: Vec<Stream>,
    /// What that would mean for the one that was chosen.
    pub outlook: Option<MoveOutlook>,
    pub may_move: Result<(), String>,
}

/// What moving an environment into another release stream means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveOutlook {
    pub from: Stream,
    pub to: Stream,
    /// In the way: it is moved only when none is left.
    pub users: Vec<User>,
    /// What every service should run there, before and after.
    pub services: Vec<ShouldRun>,
    /// How many roles that are bound at a stream count here no more, and how many do from then on.
    pub roles_lost: usize,
    pub roles_won: usize,
}

/// What one service should run in an environment, as it is and as it would be in another stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShouldRun {
    pub service: Slug,
    pub before: Option<Named>,
    pub after: Option<Named>,
}

/// A build by its name, and the bucket that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub tag: Tag,
    pub digest: Digest,
    pub bucket: Slug,
}

/// Why an environment is not moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveRefused {
    #[error("It is in the stream {0} already.")]
    There(Slug),
    #[error("It is in the stream {0} by now. Reload the page and look again.")]
    Elsewhere(Slug),
    #[error("It is not moved while something goes by its stream: {}.", listed(.0))]
    InUse(Vec<User>),
}

impl ShouldRun {
    /// Whether another image should run there from then on.
    pub fn changes(&self) -> bool {
        let digest = |named: &Option<Named>| named.as_ref().map(|named| named.digest.clone());
        digest(&self.before) != digest(&self.after)
    }
}

impl MoveOutlook {
    /// Whether it leads into production or out of it.
    pub const fn touches_production(&self) -> bool {
        self.from.production || self.to.production
    }

    /// Whether nothing stands in the way.
    pub fn check(&self) -> Result<(), MoveRefused> {
        match (self.from.id == self.to.id, self.users.is_empty()) {
            (true, _) => Err(MoveRefused::There(self.to.slug.clone())),
            (false, true) => Ok(()),
            (false, false) => Err(MoveRefused::InUse(self.users.clone())),
        }
    }

    /// What the other stream means beside what should run, in words.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        match (self.from.production, self.to.production) {
            (false, true) => words.push(
                "It becomes a place of production: builds enter its bucket by promotion only, unless a stage says otherwise, \
                 and who promotes outside production only promotes here no more."
                    .to_owned(),
            ),
            (true, false) => words.push(
                "It is no place of production any more: its bucket takes what is pushed, unless a stage says otherwise, and \
                 who promotes outside production only may do so here."
                    .to_owned(),
            ),
            _ => {}
        }
        let roles = |count: usize| if count == 1 { "1 role".to_owned() } else { format!("{count} roles") };
        if self.roles_lost > 0 {
            words.push(format!(
                "{} at the stream {} count here no more.",
                roles(self.roles_lost),
                self.from.slug
            ));
        }
        if self.roles_won > 0 {
            words.push(format!("{} at the stream {} count here.", roles(self.roles_won), self.to.slug));
        }
        words
    }
}

fn listed(users: &[User]) -> String {
    users.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A checked new environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEnvironment {
    pub slug: Slug,
    pub title: Title,
    pub stream: StreamId,
}

impl EnvironmentForm {
    /// Checks the form against the streams that exist.
    pub fn check(&self, streams: &[Stream]) -> Result<NewEnvironment, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let slug = check.field("slug", Slug::parse_new(&self.slug));
        let stream = streams
            .iter()
            .find(|stream| stream.slug.as_str() == self.stream)
            .ok_or("Choose the release stream that this environment belongs to.");
        let stream = check.field("stream", stream);
        let new = slug.zip(title).zip(stream).map(|((slug, title), stream)| NewEnvironment {
            slug,
            title,
            stream: stream.id,
        });
        check.finish(new)
    }
}
