//! Read tokens of an environment.

use serde::{Deserialize, Serialize};
use towpath_domain::read_tokens as domain;
use utoipa::ToSchema;

/// A read token to make: it resolves the environment and pulls what is or was current there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReadToken {
    pub title: String,
    /// Days until it expires, 1 to 365.
    pub days: i64,
}

impl From<NewReadToken> for domain::ReadTokenForm {
    fn from(new: NewReadToken) -> Self {
        Self { title: new.title, days: new.days.to_string() }
    }
}
