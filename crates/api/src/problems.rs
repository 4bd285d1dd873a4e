//! How failures are told: problem details (RFC 9457), each type with a page that explains it.

use crate::rejections::{Told, told};
use serde::{Deserialize, Serialize};
use serde_path_to_error::Segment;
use utoipa::ToSchema;

/// Where the pages of problem types are, below the installation's public address.
pub const PAGES: &str = "/problems/";

/// Why a request was not fulfilled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The stable name of this type of problem: the path of the page that explains it.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", examples("/problems/not-found"))]
    pub kind: String,
    /// The type in words; the same for every problem of it.
    pub title: String,
    /// The HTTP status once more.
    pub status: u16,
    /// What is wrong this time, and what to do about it.
    pub detail: String,
    /// Names this request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The permission that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// What is wrong with each part of the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Mistake>,
}

/// One mistake in a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mistake {
    /// What is wrong and what to do.
    pub detail: String,
    /// The field of the body, as a JSON pointer in a fragment (RFC 6901 §6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("#/stages/0/bucket"))]
    pub pointer: Option<String>,
    /// The parameter of the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}

/// The types of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    Malformed,
    Unauthenticated,
    Forbidden,
    /// It takes a fresh sign-in.
    ConfirmationNeeded,
    NotFound,
    MethodNotAllowed,
    Conflict,
    /// A rule, such as a gate, stands against it.
    Blocked,
    Gone,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    TooManyRequests,
    Internal,
    Busy,
}

impl ProblemKind {
    pub const ALL: [Self; 15] = [
        Self::Malformed,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::ConfirmationNeeded,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::Blocked,
        Self::Gone,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::TooManyRequests,
        Self::Internal,
        Self::Busy,
    ];

    /// The last segment of the type's address.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::ConfirmationNeeded => "confirmation-needed",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Conflict => "conflict",
            Self::Blocked => "blocked",
            Self::Gone => "gone",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::Invalid => "invalid",
            Self::TooManyRequests => "too-many-requests",
            Self::Internal => "internal",
            Self::Busy => "busy",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "The request cannot be read",
            Self::Unauthenticated => "Sign in first",
            Self::Forbidden => "You may not do this",
            Self::ConfirmationNeeded => "Confirm that it is you",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "This cannot be done here",
            Self::Conflict => "Something stands against it",
            Self::Blocked => "A rule blocks it",
            Self::Gone => "Not usable any more",
            Self::TooLarge => "The request is too large",
            Self::UnsupportedMediaType => "Send JSON",
            Self::Invalid => "Something in the request is wrong",
            Self::TooManyRequests => "Too many requests",
            Self::Internal => "The server failed",
            Self::Busy => "The server is busy",
        }
    }

    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden | Self::ConfirmationNeeded => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict | Self::Blocked => 409,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Busy => 503,
        }
    }
}

impl Problem {
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("{PAGES}{}", kind.slug()),
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            request_id: None,
            permission: None,
            errors: Vec::new(),
        }
    }

    /// The type, if this version knows it.
    pub fn known(&self) -> Option<ProblemKind> {
        let slug = self.kind.rsplit_once(PAGES)?.1;
        ProblemKind::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}

impl Mistake {
    /// A mistake in a field of the body, named as forms do: `stages[0][bucket]`.
    pub fn in_field(field: &str, detail: impl Into<String>) -> Self {
        let path = field.replace('[', "/").replace(']', "");
        Self { detail: detail.into(), pointer: Some(format!("#/{path}")), parameter: None }
    }

    /// The same mistake where the field is a parameter of the query.
    #[must_use]
    pub fn of_query(self) -> Self {
        let field = self.pointer.as_deref().and_then(|pointer| pointer.strip_prefix("#/")).map(str::to_owned);
        Self { parameter: self.parameter.or(field), pointer: None, ..self }
    }

    /// A mistake in the body as a whole.
    pub fn of_body(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), pointer: Some("#".to_owned()), parameter: None }
    }

    /// A mistake at the place where JSON could not be read as what it should be.
    pub fn in_json(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let words = error.inner().to_string();
        // The pointer says it better than the line and column that JSON's own words end in.
        let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
        let Told { detail, missing } = told(words);
        let place = pointer(error.path());
        let pointer = missing.map_or_else(|| place.clone(), |field| format!("{place}/{}", escaped(&field)));
        Self { detail, pointer: Some(pointer), parameter: None }
    }

    /// The same mistake in a part of the body, such as `documents/3`.
    #[must_use]
    pub fn below(self, part: &str) -> Self {
        let inner = |pointer: String| format!("#/{part}{}", pointer.trim_start_matches('#'));
        Self { pointer: self.pointer.map(inner), ..self }
    }

    pub fn in_parameter(parameter: &str, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), pointer: None, parameter: Some(parameter.to_owned()) }
    }
}

/// A path as a JSON pointer in a fragment (RFC 6901 §3 and §6).
fn pointer(path: &serde_path_to_error::Path) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(escaped(key)),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(segment).fold("#".to_owned(), |pointer, segment| format!("{pointer}/{segment}"))
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// As a person reads it: the detail, and each mistake with its place.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.errors.len() != 1 {
            f.write_str(&self.detail)?;
        }
        for mistake in &self.errors {
            let line = if self.errors.len() == 1 { "" } else { "\n  " };
            let pointer = mistake.pointer.as_deref().and_then(|pointer| pointer.strip_prefix("#/"));
            match pointer.or(mistake.parameter.as_deref()) {
                Some(place) => write!(f, "{line}{place}: {}", mistake.detail)?,
                None => write!(f, "{line}{}", mistake.detail)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_knows_each_type_by_its_address() {
        for kind in ProblemKind::ALL {
            assert_eq!(Problem::new(kind, "").known(), Some(kind));
        }
        let newer = Problem { kind: "/problems/newer".to_owned(), ..Problem::new(ProblemKind::Busy, "") };
        assert_eq!(newer.known(), None);
    }

    #[test]
    fn a_form_field_becomes_a_pointer() {
        let mistake = Mistake::in_field("stages[0][bucket]", "wrong");
        assert_eq!(mistake.pointer.as_deref(), Some("#/stages/0/bucket"));
    }

    #[test]
    fn a_field_of_a_question_is_a_parameter() {
        let mistake = Mistake::in_field("place", "wrong").of_query();
        assert_eq!((mistake.pointer.as_deref(), mistake.parameter.as_deref()), (None, Some("place")));
        let mistake = Mistake::in_parameter("limit", "wrong");
        assert_eq!(mistake.clone().of_query(), mistake);
    }

    #[test]
    fn every_type_has_its_page() {
        let pages = include_str!("../../../docs/problems.md");
        for kind in ProblemKind::ALL {
            assert!(pages.contains(&format!("\n## {}\n", kind.slug())), "{}", kind.slug());
        }
    }
}
