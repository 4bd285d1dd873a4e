//! What a token is narrowed to.

use super::{Action, Target};
use crate::buckets::BucketKey;
use crate::ids::{EnvironmentId, IntegrationId, ProjectId, PublisherId, StreamId};
use serde::{Deserialize, Serialize};

/// What a token may be used for, within what its owner may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub actions: Vec<Action>,
    pub project: Option<ProjectId>,
    pub integration: Option<IntegrationId>,
    /// Of the token that a CI job got in exchange for its own.
    pub publishing: Option<Publishing>,
    /// Of a deployer's read token.
    pub reading: Option<Reading>,
}

/// The environment of which a read token shows what is or was current there, in its buckets or in its stream's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub project: ProjectId,
    pub environment: EnvironmentId,
    pub stream: StreamId,
}

/// What a publisher's jobs may push, within their project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publishing {
    pub publisher: PublisherId,
    /// Empty for all.
    pub integrations: Vec<IntegrationId>,
    pub buckets: Vec<BucketKey>,
    /// Whether they may push without a bucket's name, to wherever the CI rule leads.
    pub by_rule: bool,
}

impl Scope {
    pub(super) fn covers(&self, action: Action, target: &Target) -> bool {
        if let Some(own) = self.reading {
            return own.covers(action, target);
        }
        // Whoever may push or pull must be able to see what they push to.
        let action_fits = self.actions.contains(&action) || action == Action::View;
        let project_fits = self.project.is_none() || self.project == target.project;
        let integration_fits = self.integration.is_none()
            || self.integration == target.integration
            || (action == Action::View && target.integration.is_none());
        let publishing_fits = self.publishing.as_ref().is_none_or(|own| own.covers(action, target));
        action_fits && project_fits && integration_fits && publishing_fits
    }
}

impl Reading {
    /// Not even to see: what is pulled is named by who knows it.
    fn covers(&self, action: Action, target: &Target) -> bool {
        action == Action::Pull
            && match (target.environment, target.stream) {
                (Some(environment), _) => environment == self.environment,
                (None, stream) => stream == Some(self.stream),
            }
    }
}

impl Publishing {
    fn covers(&self, action: Action, target: &Target) -> bool {
        let named = |integration| self.integrations.contains(&integration);
        let integration_fits = match target.integration {
            Some(integration) => self.integrations.is_empty() || named(integration),
            None => action == Action::View,
        };
        let bucket_fits = action != Action::Push
            || match (target.environment, target.stream) {
                (Some(environment), _) => self.buckets.contains(&BucketKey::Environment(environment)),
                (None, Some(stream)) => self.buckets.contains(&BucketKey::ReleaseStream(stream)),
                (None, None) => self.by_rule,
            };
        integration_fits && bucket_fits
    }
}
