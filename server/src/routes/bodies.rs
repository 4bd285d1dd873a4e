//! Bodies of requests: JSON of a bounded size, whose mistakes are told where they are.

use super::failures::Failure;
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::error::Error;
use towpath_api::problems::{Mistake, ProblemKind};

/// The most bytes of a body.
pub const LIMIT: usize = 256 * 1_024;
/// The most bytes of a body that declares a whole installation.
pub const LARGEST: usize = 4 * 1_024 * 1_024;

/// The body of a request, of at most so many bytes.
pub struct Body<T, const MOST: usize = LIMIT>(pub T);

impl<T: DeserializeOwned, S: Sync, const MOST: usize> FromRequest<S> for Body<T, MOST> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        if !is_json(request.headers()) {
            let detail = "Send the body as JSON, with “Content-Type: application/json”.";
            return Err(Failure::new(ProblemKind::UnsupportedMediaType, detail));
        }
        let bytes = axum::body::to_bytes(request.into_body(), MOST).await.map_err(|error| {
            if error.source().is_some_and(<dyn Error>::is::<LengthLimitError>) {
                let detail = format!("The body has more than {} KiB.", MOST / 1_024);
                return Failure::new(ProblemKind::TooLarge, detail);
            }
            Failure::new(ProblemKind::Malformed, "The body ended before all of it had arrived.")
        })?;
        parse(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    // Derived types read a list of their fields' values as well; the contract knows objects only.
    if bytes.trim_ascii_start().starts_with(b"[") {
        let detail = "Send an object, not a list.".to_owned();
        return Err(Failure::invalid(vec![Mistake {
            detail,
            pointer: Some("#".to_owned()),
            parameter: None,
        }]));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value =
        serde_path_to_error::deserialize(&mut json).map_err(|error| match error.inner().classify() {
            Category::Data => Failure::invalid(vec![Mistake::in_json(&error)]),
            Category::Syntax | Category::Eof | Category::Io => malformed(error.inner()),
        })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Failure {
    Failure::new(ProblemKind::Malformed, format!("The body is no JSON: {error}."))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[derive(Debug, serde::Deserialize)]
    struct Named {
        name: String,
    }

    #[test]
    fn a_list_of_values_is_no_object() {
        assert!(parse::<Named>(br#" ["shop"]"#).is_err());
        assert_eq!(parse::<Named>(br#"{"name":"shop"}"#).expect("an object").name, "shop");
    }
}
