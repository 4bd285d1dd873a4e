//! The query of a request.

use axum::extract;
use http::Uri;

use crate::refusals::{Code, Refusal};

/// The most entries of a list in one answer.
const PAGE: usize = 1_000;

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

    /// How many entries of a list are asked for, `n`; a link leads to the others.
    pub(crate) fn count(&self) -> Result<usize, Refusal> {
        match self.get("n").map(str::parse) {
            None => Ok(PAGE),
            Some(Ok(count)) => Ok(PAGE.min(count)),
            Some(Err(_)) => {
                Err(Refusal::new(Code::Unsupported, "n is a number")
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
