//! Environments: the running places of a project, each of one release stream.

use crate::forms::{Check, Invalid};
use crate::ids::{EnvironmentId, ProjectId, StreamId};
use crate::slugs::Slug;
use crate::streams::Stream;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// One running place of a project. Its slug is unique in the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub id: EnvironmentId,
    pub project: ProjectId,
    pub slug: Slug,
    pub title: Title,
    pub stream: Stream,
}

/// What the form for a new environment holds, as typed; `stream` is a stream's slug.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnvironmentForm {
    pub slug: String,
    pub title: String,
    pub stream: String,
}

/// A checked new environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEnvironment {
    pub slug: Slug,
    pub title: Title,
    pub stream: StreamId,
}

impl EnvironmentForm {
    /// Checks the form against the streams that exist.
    pub fn check(&self, streams: &[Stream]) -> Result<NewEnvironment, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let slug = check.field("slug", Slug::parse_new(&self.slug));
        let stream = streams
            .iter()
            .find(|stream| stream.slug.as_str() == self.stream)
            .ok_or("Choose the release stream that this environment belongs to.");
        let stream = check.field("stream", stream);
        let new = slug.zip(title).zip(stream).map(|((slug, title), stream)| NewEnvironment {
            slug,
            title,
            stream: stream.id,
        });
        check.finish(new)
    }
}
