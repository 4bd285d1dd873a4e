//! Registries elsewhere that a project, or the installation, is connected with: where they are, who signs in there, and
//! which of their repositories may be used.

mod known;

pub use known::{KNOWN, Known, known};

use crate::forms::{Check, Invalid};
use crate::ids::RegistryId;
use crate::outside_steps::StepOf;
use crate::projects::Project;
use crate::references::{ImageReference, RepositoryName};
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::is_plain;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A registry elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    pub id: RegistryId,
    /// The project that it is connected with; absent where the whole installation is.
    pub project: Option<Slug>,
    pub slug: Slug,
    pub address: Address,
    /// Absent where nobody signs in there.
    pub user: Option<String>,
    pub below: Option<Below>,
    pub created_at: Time,
}

/// Where a registry is: `https://HOST[:PORT]`, without a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// Below which repositories lie: `acme`, or `acme/{project}` for each project its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Below(String);

/// What stands in [`Below`] for the name of a project.
const PROJECT: &str = "{project}";
/// The longest name of a user and the longest password that are taken: a key of a cloud is a JSON of some kilobytes.
const LONGEST_USER: usize = 256;
const LONGEST_SECRET: usize = 16 * 1024;

/// By which names images of Docker Hub go, and where that answers as a registry.
const HUB: [&str; 4] = ["docker.io", "index.docker.io", "hub.docker.com", "registry.hub.docker.com"];
const HUB_SERVER: &str = "registry-1.docker.io";

impl Address {
    /// Reads an address as people write it, with or without `https://`. Docker Hub answers under another name than its own.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().trim_end_matches('/');
        let (scheme, host) = text.split_once("://").unwrap_or(("https", text));
        if !matches!(scheme, "https" | "http") {
            return Err("Enter a host, such as ghcr.io, or an address that starts with https://.");
        }
        if host.contains('/') {
            return Err("Leave out the path: which repository is meant is said where it is used.");
        }
        // A name that is read as an image's has its host checked.
        let named = ImageReference::parse(&format!("{}/x", host.to_lowercase()));
        let host = named.ok().and_then(|image| image.host).or_else(|| internal(host));
        let host = host.ok_or("Enter a host, with a port if it has one: registry.example.org:5000.")?;
        let host = if HUB.contains(&host.as_str()) { HUB_SERVER.to_owned() } else { host };
        Ok(Self(format!("{scheme}://{host}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By which host the registry's images are named.
    pub fn host(&self) -> &str {
        let host = self.0.split_once("://").map_or(self.0.as_str(), |(_, host)| host);
        if host == HUB_SERVER { HUB[0] } else { host }
    }
}

/// A name without a dot, as networks of one's own have them: `registry`.
fn internal(host: &str) -> Option<String> {
    let named = ImageReference::parse(&format!("{}:443/x", host.to_lowercase())).ok()?;
    named.host?.strip_suffix(":443").map(str::to_owned)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Address {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

impl Below {
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().trim_matches('/');
        RepositoryName::parse(&text.replace(PROJECT, "p")).map_err(|error| format!("Here {error}."))?;
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Below what the repositories of a project lie.
    pub fn of(&self, project: &Slug) -> String {
        self.0.replace(PROJECT, project.as_str())
    }

    /// Whether a repository may be used by a project.
    pub fn holds(&self, project: &Slug, repository: &RepositoryName) -> bool {
        let rest = repository.as_str().strip_prefix(&self.of(project));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl TryFrom<String> for Below {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Below> for String {
    fn from(below: Below) -> Self {
        below.0
    }
}

impl Registry {
    /// Whether a project may use a repository there, and why not.
    pub fn check(&self, project: &Slug, repository: &RepositoryName) -> Result<(), String> {
        match &self.below {
            Some(below) if !below.holds(project, repository) => {
                let (slug, below) = (&self.slug, below.of(project));
                Err(format!("Of {slug}, {project} may use only what lies below {below}/."))
            }
            _ => Ok(()),
        }
    }
}

/// What the form for a registry holds, as typed. Of one that is changed, an empty password means the one that it has.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistryForm {
    pub name: String,
    pub address: String,
    pub user: String,
    pub secret: String,
    pub below: String,
}

/// A checked registry.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRegistry {
    pub slug: Slug,
    pub address: Address,
    pub user: Option<String>,
    /// Absent where nobody signs in, or where the password stays as it is.
    pub secret: Option<String>,
    pub below: Option<Below>,
}

impl RegistryForm {
    /// Checks it, as a new one or as a change of one that is there.
    pub fn check(&self, before: Option<&Registry>) -> Result<NewRegistry, Invalid> {
        let mut check = Check::default();
        let slug = match before {
            Some(before) => Some(before.slug.clone()),
            None => check.field("name", Slug::parse(&self.name)),
        };
        let address = check.field("address", Address::parse(&self.address));
        let user = Some(self.user.trim().to_owned()).filter(|user| !user.is_empty());
        if user.as_ref().is_some_and(|user| !fits(user)) {
            check.mistake("user", "A name has no colon and no line breaks, and at most 256 characters.");
        }
        if let Err(why) = self.check_secret(before, address.as_ref(), user.as_ref()) {
            check.mistake("secret", why);
        }
        let below = match self.below.trim() {
            "" => Some(None),
            text => check.field("below", Below::parse(text)).map(Some),
        };
        let secret = Some(self.secret.clone()).filter(|secret| !secret.is_empty());
        let parts = slug.zip(address).zip(below);
        check.finish(parts.map(|((slug, address), below)| NewRegistry { slug, address, user, secret, below }))
    }

    /// A password belongs to a name at an address: it is not shown to another, who could be anybody.
    fn check_secret(
        &self,
        before: Option<&Registry>,
        address: Option<&Address>,
        user: Option<&String>,
    ) -> Result<(), &'static str> {
        if self.secret.len() > LONGEST_SECRET {
            return Err("A password has at most 16 KiB.");
        }
        match (user, self.secret.is_empty(), before) {
            (None, true, _) | (Some(_), false, _) => Ok(()),
            (None, false, _) => {
                Err("A password needs a user name beside it. Leave both empty to sign in nowhere.")
            }
            (Some(_), true, None) => Err("Enter the password or the token of this user."),
            (Some(user), true, Some(before)) => {
                let same = Some(&before.address) == address && before.user.as_ref() == Some(user);
                same.then_some(()).ok_or("Enter the password again, as the address or the user is another.")
            }
        }
    }
}

fn fits(user: &str) -> bool {
    is_plain(user) && !user.contains(':') && user.chars().count() <= LONGEST_USER
}

/// Never the password.
impl fmt::Debug for RegistryForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, address, user, below, secret: _ } = self;
        f.debug_struct("RegistryForm")
            .field("name", name)
            .field("address", address)
            .field("user", user)
            .field("below", below)
            .finish_non_exhaustive()
    }
}

/// What a try to speak with a registry came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    pub works: bool,
    /// What was found, or what failed, as sentences.
    pub words: String,
}

/// Tags of a repository elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    pub repository: RepositoryName,
    pub tags: Vec<String>,
    /// The tag after which the next page starts, where there is one.
    pub after: Option<String>,
}

/// The registries of a project, or of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistriesView {
    /// Absent for those of the installation.
    pub project: Option<Project>,
    pub registries: Vec<Registry>,
    /// Those of the installation, which a project may use beside its own.
    pub shared: Vec<Registry>,
    pub now: Time,
}

/// A registry, with what uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryView {
    pub registry: Registry,
    pub used_by: Vec<StepOf>,
    pub now: Time,
}

#[cfg(test)]
mod tests;
