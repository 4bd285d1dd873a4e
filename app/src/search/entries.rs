//! What was found, as a line that leads to it.

use crate::components::icon::Symbol;
use crate::paths;
use serde::{Deserialize, Serialize};
use towpath_domain::search::{Errand, FoundBuild, Hit, Kind};

/// A line of results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub kind: Kind,
    pub title: String,
    /// What tells it apart from others of the same name.
    pub note: String,
    pub goes: Goes,
}

/// Where an entry leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Goes {
    To(String),
    /// Out: that is something done, not a place.
    Out,
}

impl Entry {
    pub fn of(hit: Hit) -> Self {
        let to = |kind, title: String, note: String, href| Self { kind, title, note, goes: Goes::To(href) };
        match hit {
            Hit::Project { slug, title } => to(Kind::Project, title, slug.to_string(), paths::project(&slug)),
            Hit::Integration { project, slug, title } => {
                let href = paths::integration(&project, &slug);
                to(Kind::Integration, title, format!("{project}/{slug}"), href)
            }
            Hit::Service { project, slug, title, built_by } => {
                let href = match built_by {
                    Some((project, integration)) => paths::integration(&project, &integration),
                    None => paths::project(&project),
                };
                to(Kind::Service, title, format!("{project}/{slug}"), href)
            }
            Hit::Environment { project, slug, title, stream } => {
                let note = format!("{project}/{slug}, {stream} stream");
                to(Kind::Environment, title, note, paths::environment(&project, &slug, None))
            }
            Hit::Build(build) => {
                let (title, note, href) = (build.tag.to_string(), about(&build), paths::build(&build.digest));
                to(Kind::Build, title, note, href)
            }
            Hit::Promotion { project, number, integration, tag, to: bucket, state } => {
                let title = format!("#{number} {tag} to {bucket}");
                let href = paths::promotion(&project, number);
                to(Kind::Promotion, title, format!("{project}/{integration}, {state}"), href)
            }
            Hit::Person { id, name } => to(Kind::Person, name, "what they did".to_owned(), paths::deeds(id)),
            Hit::Errand { errand } => Self::errand(errand),
        }
    }

    fn errand(errand: Errand) -> Self {
        let to = |href: &str| Goes::To(href.to_owned());
        let goes = match errand {
            Errand::Home => to(paths::HOME),
            Errand::Projects => to(paths::PROJECTS),
            Errand::Inbox => to(paths::INBOX),
            Errand::Timeline => to(paths::TIMELINE),
            Errand::Holds => to(paths::HOLDS),
            Errand::NewProject => to(paths::NEW_PROJECT),
            Errand::NewStream => to(paths::STREAMS),
            Errand::NewHold => to(&paths::new_hold(None)),
            Errand::MakeToken => to(paths::TOKENS),
            Errand::Invite => to(paths::PEOPLE),
            Errand::Account => to(paths::ACCOUNT),
            Errand::Guide => to(paths::DOCS),
            Errand::SignOut => Goes::Out,
        };
        Self { kind: Kind::Errand, title: errand.words().to_owned(), note: String::new(), goes }
    }

    pub const fn symbol(&self) -> Symbol {
        match self.kind {
            Kind::Project | Kind::Integration => Symbol::Branch,
            Kind::Service => Symbol::Pulse,
            Kind::Environment => Symbol::Gate,
            Kind::Build => Symbol::Tag,
            Kind::Promotion | Kind::Errand => Symbol::Arrow,
            Kind::Person => Symbol::Inbox,
        }
    }
}

/// Where a build belongs, what it was built from, and where it is current.
pub fn about(build: &FoundBuild) -> String {
    let commit = build.commit.as_deref().map(|commit| {
        let short: String = commit.chars().take(12).collect();
        format!(", commit {short}")
    });
    let current = match build.current_in.as_slice() {
        [] => "current nowhere".to_owned(),
        buckets => {
            let names: Vec<&str> = buckets.iter().map(towpath_domain::slugs::Slug::as_str).collect();
            format!("current in {}", names.join(", "))
        }
    };
    format!("{}/{}{}, {current}", build.project, build.integration, commit.unwrap_or_default())
}
