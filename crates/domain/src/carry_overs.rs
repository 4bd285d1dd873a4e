//! Carrying the builds of an integration over into a new one of the other type, since a type never changes.
//!
//! Each bucket of the new one is filled from one of the old that is of the same release stream, so that a build comes nowhere
//! where it has not been, and past no gate. Where several buckets of a stream differ, somebody has to choose.

mod form;

pub use form::{CarryOverForm, FEED_NOTHING, Feed, Fill};

use crate::buckets::{BucketKind, Slot};
use crate::deletions::User;
use crate::digests::Digest;
use crate::projects::Project;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Title;
use crate::workflows::Workflow;
use serde::{Deserialize, Serialize};

/// How many builds of its history a bucket brings at most, the current one among them.
pub const KEPT: usize = 50;
/// How many the buckets bring together: all of it is one transaction, for which others wait.
pub const TOGETHER: usize = 1000;

/// A bucket of the old integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub slot: Slot,
    /// By what it goes there.
    pub current: Option<(Tag, Digest)>,
}

/// Why a bucket is not filled as it was wished, or not by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("There is no bucket “{0}” to fill it from. Choose one of those listed.")]
    Unknown(String),
    #[error(
        "{from} is of the stream {is}, and this bucket of {should}. Builds are carried over only within a stream; elsewhere they are promoted."
    )]
    Elsewhere { from: Slug, is: Slug, should: Slug },
    #[error("These differ: {}. Choose whose build becomes current.", listed(.0))]
    Differ(Vec<(Slug, Tag)>),
}

fn listed(all: &[(Slug, Tag)]) -> String {
    all.iter().map(|(bucket, tag)| format!("{bucket} has {tag}")).collect::<Vec<_>>().join(", ")
}

/// Whether a bucket of one type belongs to one of the other: both are of one release stream.
pub fn belongs(source: &Slot, target: &Slot) -> bool {
    source.stream.id == target.stream.id
}

/// From which bucket one is filled: the one that was asked for, or else what belongs to it and agrees.
pub fn choose<'a>(target: &Slot, sources: &'a [Source], asked: &str) -> Result<Option<&'a Source>, Unfit> {
    match asked {
        FEED_NOTHING => return Ok(None),
        "" => {}
        slug => {
            let named = sources.iter().find(|source| source.slot.slug.as_str() == slug);
            let source = named.ok_or_else(|| Unfit::Unknown(slug.to_owned()))?;
            if belongs(&source.slot, target) {
                return Ok(Some(source));
            }
            return Err(Unfit::Elsewhere {
                from: source.slot.slug.clone(),
                is: source.slot.stream.slug.clone(),
                should: target.stream.slug.clone(),
            });
        }
    }
    let own: Vec<(&Source, &Tag, &Digest)> = sources
        .iter()
        .filter(|source| belongs(&source.slot, target))
        .filter_map(|source| source.current.as_ref().map(|(tag, digest)| (source, tag, digest)))
        .collect();
    let Some((first, _, digest)) = own.first() else { return Ok(None) };
    if own.iter().all(|(.., other)| other == digest) {
        return Ok(Some(first));
    }
    Err(Unfit::Differ(
        own.iter().map(|(source, tag, _)| (source.slot.slug.clone(), (*tag).clone())).collect(),
    ))
}

/// How many builds each of so many buckets brings.
pub fn depth(buckets: usize) -> usize {
    (TOGETHER / buckets.max(1)).clamp(1, KEPT)
}

/// The page that asks before it carries an integration over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryOverView {
    pub project: Project,
    pub integration: Slug,
    pub title: Title,
    /// What the buckets of the new one stand for.
    pub kind: BucketKind,
    pub buckets: Vec<Choice>,
    /// Those of the new one's type.
    pub workflows: Vec<Workflow>,
    /// The services that it builds.
    pub services: Vec<Slug>,
    /// What was made of it before.
    pub earlier: Vec<Earlier>,
    /// What it means as it was asked for.
    pub outlook: Option<Outlook>,
    pub may_carry: Result<(), String>,
    pub now: Time,
}

/// A bucket of the new integration, and from which of the old it can be filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub bucket: Slug,
    pub production: bool,
    /// Those of its stream, with what is current there.
    pub sources: Vec<(Slug, Option<Tag>)>,
    /// Whether they differ, so that somebody has to choose.
    pub differ: bool,
}

/// An integration that one was carried over to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub slug: Slug,
    pub at: Time,
}

/// What carrying an integration over means, or meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    pub slug: Slug,
    pub kind: BucketKind,
    /// Whether it was carried over before: then only the services that still stayed come.
    pub already: bool,
    pub buckets: Vec<Filled>,
    /// The buckets of the old one that fill none, though something is current in them.
    pub left: Vec<Slug>,
    /// How many builds come in all.
    pub builds: usize,
    pub services: Vec<Moved>,
    /// The services that stay with the old one.
    pub staying: Vec<Slug>,
    /// In the way: it is carried over only when none is left.
    pub users: Vec<User>,
}

/// A bucket of the new integration and what comes into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    pub bucket: Slug,
    pub production: bool,
    /// Whose current build becomes current; absent where it stays empty.
    pub from: Option<Slug>,
    pub current: Option<(Tag, Digest)>,
    /// How many earlier builds come with it, to roll back to.
    pub earlier: usize,
    /// The other buckets whose builds are among them.
    pub beside: Vec<Slug>,
    /// How many older ones stay with the old integration.
    pub older: usize,
}

/// A service that the new integration builds from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub service: Slug,
    /// Where another image should run from then on.
    pub changes: Vec<Changed>,
}

/// An environment in which a service should run another image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub environment: Slug,
    pub production: bool,
    pub before: Option<Tag>,
    pub after: Option<Tag>,
}

/// Why an integration is not carried over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarryOverRefused {
    #[error(
        "The global project has release streams only, since environments belong to one project, so this integration keeps its type."
    )]
    Global,
    #[error("It is not carried over while these stand in the way: {}.", in_the_way(.0))]
    InUse(Vec<User>),
}

fn in_the_way(users: &[User]) -> String {
    users.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Outlook {
    /// Whether nothing stands in the way.
    pub fn check(&self) -> Result<(), CarryOverRefused> {
        if self.users.is_empty() { Ok(()) } else { Err(CarryOverRefused::InUse(self.users.clone())) }
    }

    /// Whether another image should run somewhere in production.
    pub fn touches_production(&self) -> bool {
        self.services.iter().any(|moved| moved.changes.iter().any(|change| change.production))
    }
}

impl BucketKind {
    /// The type that an integration of this one is carried over to.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Environment => Self::ReleaseStream,
            Self::ReleaseStream => Self::Environment,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buckets::BucketKey;
    use crate::digests::Algorithm;
    use crate::ids::{EnvironmentId, StreamId};
    use crate::streams::Stream;
    use uuid::Uuid;

    fn stream(number: u128, production: bool) -> Slot {
        let slug = Slug::parse(if production { "production" } else { "qa" }).expect("a slug");
        let title = Title::parse("A stream").expect("a title");
        let id = StreamId(Uuid::from_u128(number));
        Slot {
            key: BucketKey::ReleaseStream(id),
            slug: slug.clone(),
            title: title.clone(),
            stream: Stream { id, slug, title, production, built_in: true },
        }
    }

    fn environment(slug: &str, of: &Slot, tag: Option<&str>) -> Source {
        let slot = Slot {
            key: BucketKey::Environment(EnvironmentId(Uuid::from_u128(9))),
            slug: Slug::parse(slug).expect("a slug"),
            ..of.clone()
        };
        let current =
            tag.map(|tag| (Tag::parse(tag).expect("a tag"), Digest::of(Algorithm::Sha256, tag.as_bytes())));
        Source { slot, current }
    }

    fn name(found: Result<Option<&Source>, Unfit>) -> Result<Option<String>, Unfit> {
        Ok(found?.map(|source| source.slot.slug.to_string()))
    }

    #[test]
    fn a_bucket_is_filled_from_what_is_of_its_stream() {
        let (qa, production) = (stream(1, false), stream(2, true));
        let all = [environment("test", &qa, Some("1.5")), environment("eu", &production, Some("1.4"))];
        assert_eq!(name(choose(&production, &all, "")), Ok(Some("eu".to_owned())));
        assert_eq!(name(choose(&qa, &all, "")), Ok(Some("test".to_owned())));
        assert_eq!(name(choose(&stream(3, false), &all, "")), Ok(None));
        assert_eq!(name(choose(&qa, &all, FEED_NOTHING)), Ok(None));
    }

    #[test]
    fn where_environments_of_a_stream_differ_somebody_chooses() {
        let production = stream(2, true);
        let all = [
            environment("eu", &production, Some("1.4")),
            environment("us", &production, Some("1.5")),
            environment("asia", &production, None),
        ];
        let differ = name(choose(&production, &all, "")).expect_err("nobody chose");
        assert_eq!(
            differ.to_string(),
            "These differ: eu has 1.4, us has 1.5. Choose whose build becomes current."
        );
        assert_eq!(name(choose(&production, &all, "us")), Ok(Some("us".to_owned())));
        // One that is empty agrees with whichever.
        assert_eq!(name(choose(&production, &all[1..], "")), Ok(Some("us".to_owned())));
    }

    #[test]
    fn a_build_comes_nowhere_where_it_has_not_been() {
        let (qa, production) = (stream(1, false), stream(2, true));
        let all = [environment("test", &qa, Some("1.5")), environment("eu", &production, Some("1.4"))];
        let refused = name(choose(&production, &all, "test")).expect_err("is of another stream");
        assert!(refused.to_string().starts_with("test is of the stream qa, and this bucket of production."));
        assert!(matches!(name(choose(&qa, &all, "eu")), Err(Unfit::Elsewhere { .. })));
        assert_eq!(name(choose(&qa, &all, "mars")), Err(Unfit::Unknown("mars".to_owned())));
    }

    #[test]
    fn many_buckets_bring_fewer_builds_each() {
        assert_eq!([depth(0), depth(4), depth(20), depth(50), depth(5000)], [KEPT, KEPT, KEPT, 20, 1]);
    }
}
