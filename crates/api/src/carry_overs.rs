//! Carrying an integration over into a new one of the other type.

use crate::integrations::Follows;
use crate::workflows::BucketKind;
use serde::{Deserialize, Serialize};
use towpath_domain::carry_overs as domain;
use utoipa::ToSchema;

/// The integration to make, and what comes into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCarryOver {
    #[schema(examples("checkout-streams"))]
    pub slug: String,
    pub title: String,
    /// Left out, the project's default workflow of its type.
    #[serde(default)]
    pub workflow: Follows,
    /// Buckets that are left out are filled from what is of their release stream. One has to be named where several
    /// environments of its stream differ.
    #[serde(default)]
    pub feeds: Vec<Feed>,
    /// Whether the services that the old integration builds are built by the new one from then on.
    #[serde(default)]
    pub services: bool,
    /// Only tells what it would mean.
    #[serde(default)]
    pub dry_run: bool,
}

/// From which bucket of the old integration one of the new is filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    pub bucket: String,
    /// A bucket of the same release stream; null for none, so that it stays empty.
    #[schema(required)]
    pub from: Option<String>,
}

/// What carrying an integration over means, or meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CarryOver {
    /// The slug of the new integration.
    pub integration: String,
    pub kind: BucketKind,
    /// Whether it was carried over before. Then nothing comes but services that had stayed.
    pub already: bool,
    pub buckets: Vec<Filled>,
    /// The buckets of the old integration from which nothing comes.
    pub left: Vec<String>,
    /// How many builds come in all.
    pub builds: usize,
    pub services: Vec<MovedService>,
    /// The services that stay with the old integration.
    pub staying: Vec<String>,
    /// What stands in the way, in words: it is carried over only when there is nothing.
    pub in_the_way: Vec<String>,
}

/// A bucket of the new integration, and what comes into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Filled {
    pub bucket: String,
    /// Whose current build becomes current; absent where it stays empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// How many earlier builds come with it, to roll back to.
    pub earlier: usize,
    /// The other buckets whose builds are among them.
    pub beside: Vec<String>,
    /// How many older ones stay with the old integration.
    pub older: usize,
}

/// A service that comes, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovedService {
    pub service: String,
    /// Where it should run another image from then on.
    pub changes: Vec<ChangedImage>,
}

/// An environment in which a service should run another image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedImage {
    pub environment: String,
    pub production: bool,
    /// The tags; absent for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl From<NewCarryOver> for domain::CarryOverForm {
    fn from(new: NewCarryOver) -> Self {
        let feed = |feed: Feed| domain::Feed {
            bucket: feed.bucket,
            from: feed.from.unwrap_or_else(|| domain::FEED_NOTHING.to_owned()),
        };
        Self {
            slug: new.slug,
            title: new.title,
            workflow: new.workflow.choice(),
            feeds: new.feeds.into_iter().map(feed).collect(),
            services: new.services.then(|| "on".to_owned()),
        }
    }
}

impl From<domain::Outlook> for CarryOver {
    fn from(outlook: domain::Outlook) -> Self {
        let words = |slugs: Vec<towpath_domain::slugs::Slug>| slugs.into_iter().map(String::from).collect();
        Self {
            integration: outlook.slug.into(),
            kind: outlook.kind.into(),
            already: outlook.already,
            buckets: outlook.buckets.into_iter().map(Filled::from).collect(),
            left: words(outlook.left),
            builds: outlook.builds,
            services: outlook.services.into_iter().map(MovedService::from).collect(),
            staying: words(outlook.staying),
            in_the_way: outlook.users.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<domain::Filled> for Filled {
    fn from(filled: domain::Filled) -> Self {
        let (tag, digest) = filled.current.unzip();
        Self {
            bucket: filled.bucket.into(),
            from: filled.from.map(String::from),
            tag: tag.map(String::from),
            digest: digest.map(String::from),
            earlier: filled.earlier,
            beside: filled.beside.into_iter().map(String::from).collect(),
            older: filled.older,
        }
    }
}

impl From<domain::Moved> for MovedService {
    fn from(moved: domain::Moved) -> Self {
        let changed = |changed: domain::Changed| ChangedImage {
            environment: changed.environment.into(),
            production: changed.production,
            before: changed.before.map(String::from),
            after: changed.after.map(String::from),
        };
        Self { service: moved.service.into(), changes: moved.changes.into_iter().map(changed).collect() }
    }
}
