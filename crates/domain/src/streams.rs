//! Release streams: named classes of environments, the same throughout an installation.

use crate::forms::{Check, Invalid};
use crate::ids::StreamId;
use crate::slugs::{Slug, SlugError, check_shape};
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// A named class of environments. `production` sets stricter defaults for what enters them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    pub id: StreamId,
    pub slug: Slug,
    pub title: Title,
    pub production: bool,
    /// Built-in streams cannot be deleted.
    pub built_in: bool,
}

/// What the form for a new stream holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StreamForm {
    pub slug: String,
    pub title: String,
    pub production: Option<String>,
}

/// A checked new stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStream {
    pub slug: Slug,
    pub title: Title,
    pub production: bool,
}

/// Reads the slug of a new stream: 2 to 32 characters.
pub fn parse_slug(text: &str) -> Result<Slug, SlugError> {
    check_shape(text, 2, 32)?;
    Slug::parse_new(text)
}

impl StreamForm {
    pub fn check(&self) -> Result<NewStream, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let slug = check.field("slug", parse_slug(&self.slug));
        let stream = slug.zip(title).map(|(slug, title)| NewStream {
            slug,
            title,
            production: self.production.is_some(),
        });
        check.finish(stream)
    }
}

/// The streams of an installation with the environments of each, as far as who looks may see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamsView {
    pub streams: Vec<StreamLine>,
    pub may_configure: Result<(), String>,
}

/// A stream with its environments, as `PROJECT/ENVIRONMENT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamLine {
    pub stream: Stream,
    pub environments: Vec<String>,
}
