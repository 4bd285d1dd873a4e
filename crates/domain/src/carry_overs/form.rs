//! The form by which an integration is carried over, as typed, and its check.

use super::{Source, choose};
use crate::buckets::{BucketKind, Slot};
use crate::forms::{Check, Invalid};
use crate::integrations::{FOLLOW_DEFAULT, IntegrationForm, NewIntegration};
use crate::slugs::Slug;
use crate::workflows::WorkflowName;
use serde::{Deserialize, Serialize};

/// The word by which a bucket stays empty; longer than any bucket's name may be, since that has no colon.
pub const FEED_NOTHING: &str = ":nothing";

/// What the form holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CarryOverForm {
    pub slug: String,
    pub title: String,
    /// As in the form for a new integration; empty for the project's default.
    pub workflow: String,
    /// Buckets that are left out are filled from what belongs to them.
    pub feeds: Vec<Feed>,
    /// Whether its services come, too.
    pub services: Option<String>,
}

/// From which bucket of the old integration one of the new is filled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Feed {
    pub bucket: String,
    /// Empty for what belongs to it, [`FEED_NOTHING`] for nothing.
    pub from: String,
}

/// A bucket of the new integration with the one that it is filled from.
pub type Fill<'a> = (&'a Slot, Option<&'a Source>);

impl CarryOverForm {
    /// What was asked for a bucket.
    pub fn asked(&self, bucket: &Slug) -> &str {
        let feed = self.feeds.iter().find(|feed| feed.bucket == bucket.as_str());
        feed.map(|feed| feed.from.as_str()).unwrap_or_default()
    }

    /// Whether the services come, too.
    pub const fn moves_services(&self) -> bool {
        self.services.is_some()
    }

    /// Checks the form against what there is: the new integration, and from what each of its buckets is filled.
    pub fn check<'a>(
        &self,
        (project, kind): (&Slug, BucketKind),
        workflows: &[WorkflowName],
        (targets, sources): (&'a [Slot], &'a [Source]),
    ) -> Result<(NewIntegration, Vec<Fill<'a>>), Invalid> {
        let mut check = Check::default();
        let workflow = if self.workflow.is_empty() { FOLLOW_DEFAULT } else { &self.workflow };
        let form = IntegrationForm {
            slug: self.slug.clone(),
            title: self.title.clone(),
            kind: kind.name().to_owned(),
            workflow: workflow.to_owned(),
        };
        let new = match form.check(project, workflows) {
            Ok(new) => Some(new),
            Err(invalid) => {
                for error in invalid.errors() {
                    check.mistake(&error.field, &error.message);
                }
                None
            }
        };
        for (index, feed) in self.feeds.iter().enumerate() {
            let there = targets.iter().any(|target| target.slug.as_str() == feed.bucket);
            if !there {
                let kind = kind.plural();
                let message = format!("There is no bucket “{}” among the {kind}.", feed.bucket);
                check.mistake(&format!("feeds[{index}][bucket]"), message);
            } else if self.feeds[..index].iter().any(|earlier| earlier.bucket == feed.bucket) {
                let message = format!("{} is filled twice. Name it once.", feed.bucket);
                check.mistake(&format!("feeds[{index}][bucket]"), message);
            }
        }
        let mut fills = Vec::new();
        for target in targets {
            let source = choose(target, sources, self.asked(&target.slug));
            fills.extend(check.field(&self.field(&target.slug), source).map(|source| (target, source)));
        }
        check.finish(new.map(|new| (new, fills)))
    }

    /// The field that says from what a bucket is filled; where it was left out, the bucket's own name tells which it is.
    fn field(&self, bucket: &Slug) -> String {
        let index = self.feeds.iter().position(|feed| feed.bucket == bucket.as_str());
        index.map_or_else(|| format!("feeds[{bucket}]"), |index| format!("feeds[{index}][from]"))
    }
}
