//! Typed identifiers: `UUIDv7` (RFC 9562 §5.7), made from an injected time and injected random bytes.

use crate::times::Time;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// Makes a `UUIDv7` from a time and ten random bytes, so that ids sort by when they were made.
pub fn uuid_v7(at: Time, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )+};
}

ids! {
    /// Names a refused attempt.
    AttemptId,
    /// Names a binding of a role to a person at a place.
    BindingId,
    /// Names a build of an integration.
    BuildId,
    /// Names that one person decides for another.
    DelegationId,
    /// Names an event on its way to a subscription.
    DeliveryId,
    /// Names a deployment report.
    DeploymentId,
    /// Names an environment of a project.
    EnvironmentId,
    /// Names an audit event.
    EventId,
    /// Names a hold; people use its number.
    HoldId,
    /// Names a webhook that came to a hook.
    HookDeliveryId,
    /// Names a group of people.
    GroupId,
    /// Names an address at which builds are announced; not its secret.
    HookId,
    /// Names a CI integration.
    IntegrationId,
    /// Names a one-time link.
    LinkId,
    /// Names a person.
    PersonId,
    /// Names a placement of a build in a bucket.
    PlacementId,
    /// Names a project.
    ProjectId,
    /// Names a promotion; people use its number.
    PromotionId,
    /// Names a change that waits for a second person; people use its number.
    ProposalId,
    /// Names a publisher of a project.
    PublisherId,
    /// Names a refused exchange of a CI job's token.
    RefusalId,
    /// Names a registry elsewhere.
    RegistryId,
    /// Names a bucket that has had a placement, a refusal or a hold.
    BucketId,
    /// Names a release set; people use its number.
    ReleaseSetId,
    /// Names an act on a release set.
    ReleaseSetActId,
    /// Names a CI rule.
    RuleId,
    /// Names a saved view of the first page.
    SavedViewId,
    /// Names a service of a project.
    ServiceId,
    /// Names a session to its owner; not its secret.
    SessionId,
    /// Names a release stream.
    StreamId,
    /// Names an address to which events are sent.
    SubscriptionId,
    /// Names an API token; not its secret.
    TokenId,
    /// Names a test of a provider.
    TrialId,
    /// Names a trust root of a project.
    TrustRootId,
    /// Names a promotion workflow.
    WorkflowId,
}
