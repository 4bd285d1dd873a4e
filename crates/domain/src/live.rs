//! What happens, as open pages are told of it: a line for each event of the audit log, just enough for a page
//! to know whether what it shows has changed. What it shows, it then reads anew.

use crate::slugs::Slug;
use crate::timeline::Event;
use serde::{Deserialize, Serialize};

/// One event of the audit log, by its number, its kind and where it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub seq: i64,
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Slug>,
    /// The number of the promotion that it is about, in its project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<i64>,
}

impl Notice {
    pub fn of(seq: i64, event: &Event) -> Self {
        let scene = &event.scene;
        Self {
            seq,
            kind: event.change.kind().to_owned(),
            project: scene.project.as_ref().map(|project| project.slug.clone()),
            integration: scene.integration.as_ref().map(|integration| integration.slug.clone()),
            bucket: scene.bucket.as_ref().map(|bucket| bucket.slug.clone()),
            promotion: event.change.promotion(),
        }
    }

    /// Whether it may have changed an integration: it happened there, or in its project as a whole, or it is about a
    /// release stream or a hold, which may belong to no project.
    pub fn touches(&self, project: &Slug, integration: &Slug) -> bool {
        match (&self.project, &self.integration) {
            (None, _) => self.kind == "stream_created" || self.is_of_hold(),
            (Some(here), None) => here == project,
            (Some(here), Some(one)) => here == project && one == integration,
        }
    }

    /// Whether it is about a hold, whichever.
    pub fn is_of_hold(&self) -> bool {
        matches!(self.kind.as_str(), "hold_placed" | "hold_released")
    }

    /// Whether it is about what is said of builds, or about who is believed.
    pub fn is_of_evidence(&self) -> bool {
        self.kind == "evidence_found" || self.kind.starts_with("trust_root_")
    }

    /// Whether it is about a release set, whichever.
    pub fn is_of_release_set(&self) -> bool {
        self.kind.starts_with("release_set_")
    }

    /// Whether it is about a change that takes a second person.
    pub fn is_of_proposal(&self) -> bool {
        self.kind.starts_with("proposal_")
    }

    /// Whether somebody decides for another from now on, or no more.
    pub fn is_of_delegation(&self) -> bool {
        self.kind.starts_with("delegation_")
    }

    /// Whether it is about a promotion, whichever.
    pub const fn is_of_promotion(&self) -> bool {
        self.promotion.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug(text: &str) -> Slug {
        Slug::parse(text).unwrap()
    }

    fn notice(kind: &str, project: Option<&str>, integration: Option<&str>) -> Notice {
        Notice {
            seq: 1,
            kind: kind.to_owned(),
            project: project.map(slug),
            integration: integration.map(slug),
            bucket: None,
            promotion: None,
        }
    }

    #[test]
    fn an_integration_is_touched_by_what_happens_there_or_around_it() {
        let touches = |notice: Notice| notice.touches(&slug("shop"), &slug("checkout"));
        assert!(touches(notice("build_placed", Some("shop"), Some("checkout"))));
        assert!(touches(notice("environment_created", Some("shop"), None)));
        assert!(touches(notice("stream_created", None, None)));
        assert!(!touches(notice("build_placed", Some("shop"), Some("billing"))));
        assert!(!touches(notice("build_placed", Some("lab"), Some("checkout"))));
        assert!(!touches(notice("token_created", None, None)));
    }
}
