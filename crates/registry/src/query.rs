//! The query of a request.

use axum::extract;
use http::Uri;

use crate::refusals::{Code, Refusal};

/// Decoded parameters in their order; a name may stand more than once.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(uri: &Uri) -> Result<Self, Refusal> {
        match extract::Query::try_from_uri(uri) {
            Ok(extract::Query(pairs)) => Ok(Self(pairs)),
            Err(error) => {
                Err(Refusal::new(Code::Unsupported, error.body_text())
                    .with_status(http::StatusCode::BAD_REQUEST))
            }
        }
    }

    /// The first parameter of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every parameter of this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
