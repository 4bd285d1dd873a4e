//! What a project keeps, and what is set about it.

use serde::{Deserialize, Serialize};
use towpath_domain::storage::{Quota, StorageView};
use utoipa::ToSchema;

/// What a project keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Storage {
    /// Bytes of all that its repositories hold, each content counted once.
    pub used_bytes: i64,
    /// How many they may be; absent without a limit.
    pub quota_bytes: Option<i64>,
    /// Whether anybody may pull its images without signing in.
    pub anonymous_pull: bool,
}

/// Whether anybody may pull a project's images without signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnonymousPull {
    pub allowed: bool,
}

/// How many bytes a project may keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuota {
    /// Left out or null for no limit.
    #[serde(default)]
    #[schema(examples(20_000_000_000_i64), minimum = 1)]
    pub quota_bytes: Option<i64>,
}

impl From<StorageView> for Storage {
    fn from(view: StorageView) -> Self {
        Self {
            used_bytes: view.used,
            quota_bytes: view.quota.map(Quota::bytes),
            anonymous_pull: view.anonymous_pull,
        }
    }
}
