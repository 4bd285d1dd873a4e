//! Outside steps: what a promotion does in a registry elsewhere before its build becomes current here.

use crate::buckets::Slot;
use crate::forms::{Check, Invalid};
use crate::ids::RegistryId;
use crate::integrations::Integration;
use crate::projects::Project;
use crate::references::{ReferenceError, RepositoryName, Tag};
use crate::registries::{Address, Registry};
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the promotions into a bucket do elsewhere, or into every bucket that has no step of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideStep {
    /// Absent where it holds for every bucket that has none of its own.
    pub bucket: Option<Slug>,
    pub does: Does,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "does", rename_all = "snake_case")]
pub enum Does {
    /// Nothing: the promotion is recorded here.
    Record,
    /// The image, which is there already, gets the tags.
    Tag(Place),
    /// The image is copied there, and gets the tags.
    Copy(Place),
}

/// Where something is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub registry: RegistryId,
    pub slug: Slug,
    pub address: Address,
    pub repository: RepositoryName,
    /// By which names the image goes there; a copy may have none but its digest.
    pub tags: Vec<TagPattern>,
}

/// A tag in which `{bucket}`, `{number}` and `{tag}` stand for those of the promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TagPattern(String);

/// What stands in patterns for a promotion's own.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    pub bucket: &'a Slug,
    pub number: i64,
    pub tag: &'a Tag,
}

/// How many tags a step gives at most.
const MOST_TAGS: usize = 8;
/// Stands for the number of the promotion, so that a tag with it never names another image.
const NUMBER: &str = "{number}";

impl TagPattern {
    pub fn parse(text: &str) -> Result<Self, String> {
        let example = text.replace("{bucket}", "b").replace(NUMBER, "1").replace("{tag}", "t");
        if example.contains(['{', '}']) {
            return Err(format!(
                "“{text}” has something else in braces than {{bucket}}, {{number}} and {{tag}}."
            ));
        }
        Tag::parse(&example).map_err(|error| format!("“{text}” makes no tag: {error}."))?;
        Ok(Self(text.to_owned()))
    }

    /// The tag of a promotion.
    pub fn of(&self, names: Names<'_>) -> Result<Tag, ReferenceError> {
        let text = self.0.replace("{bucket}", names.bucket.as_str());
        let text = text.replace(NUMBER, &names.number.to_string());
        // Last, as a tag may look like a pattern.
        Tag::parse(&text.replace("{tag}", names.tag.as_str()))
    }

    /// Whether its tags stay where they are.
    pub fn stays(&self) -> bool {
        self.0.contains(NUMBER)
    }
}

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for TagPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<TagPattern> for String {
    fn from(pattern: TagPattern) -> Self {
        pattern.0
    }
}

impl Does {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Tag(_) => "tag",
            Self::Copy(_) => "copy",
        }
    }

    pub const fn place(&self) -> Option<&Place> {
        match self {
            Self::Record => None,
            Self::Tag(place) | Self::Copy(place) => Some(place),
        }
    }

    /// In words: “copies to ghcr.io/acme/checkout as {bucket}”.
    pub fn words(&self) -> String {
        match self {
            Self::Record => "does nothing elsewhere".to_owned(),
            Self::Tag(place) => format!("tags in {place}"),
            Self::Copy(place) => format!("copies to {place}"),
        }
    }

    /// What one promotion does, with the tags that are its own: “copies to ghcr.io/acme/checkout as prod”.
    pub fn words_of(&self, names: Names<'_>) -> String {
        let Some(place) = self.place() else { return self.words() };
        let verb = if matches!(self, Self::Tag(_)) { "tags in" } else { "copies to" };
        // A tag that is too long is told as its pattern; why it cannot be given is told where it is tried.
        let tag = |pattern: &TagPattern| {
            pattern.of(names).map_or_else(|_| pattern.to_string(), |tag| tag.to_string())
        };
        let tags: Vec<String> = place.tags.iter().map(tag).collect();
        let suffix = if tags.is_empty() { String::new() } else { format!(" as {}", tags.join(", ")) };
        format!("{verb} {}/{}{suffix}", place.address.host(), place.repository)
    }
}

/// `ghcr.io/acme/checkout as {bucket}, {bucket}-{number}`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address.host(), self.repository)?;
        for (at, tag) in self.tags.iter().enumerate() {
            write!(f, "{}{tag}", if at == 0 { " as " } else { ", " })?;
        }
        Ok(())
    }
}

/// What the form for an outside step holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepForm {
    /// Empty for every bucket that has none of its own.
    pub bucket: String,
    /// `record`, `tag` or `copy`.
    pub does: String,
    /// The registry's name: of one of the project, or else of the installation.
    pub registry: String,
    pub repository: String,
    /// With spaces or commas between them.
    pub tags: String,
}

impl StepForm {
    /// Checks it, for an integration of a project with these buckets that may use these registries; its project's own
    /// stand before those of the installation.
    pub fn check(
        &self,
        project: &Slug,
        slots: &[Slot],
        registries: &[Registry],
    ) -> Result<(Option<Slot>, Does), Invalid> {
        let mut check = Check::default();
        let bucket = match self.bucket.trim() {
            "" => Some(None),
            slug => {
                let found = slots.iter().find(|slot| slot.slug.as_str() == slug).cloned();
                check.field("bucket", found.ok_or("The integration has no such bucket.")).map(Some)
            }
        };
        let does = match self.does.trim() {
            "record" => Some(Does::Record),
            "tag" => self.place(project, registries, &mut check).map(Does::Tag),
            "copy" => self.place(project, registries, &mut check).map(Does::Copy),
            _ => {
                check.mistake("does", "Choose what a promotion does: record, tag or copy.");
                None
            }
        };
        if matches!(&does, Some(Does::Tag(place)) if place.tags.is_empty()) {
            check.mistake("tags", "Name at least one tag, such as {bucket}.");
        }
        check.finish(bucket.zip(does))
    }

    fn place(&self, project: &Slug, registries: &[Registry], check: &mut Check) -> Option<Place> {
        let named = registries.iter().find(|registry| registry.slug.as_str() == self.registry.trim());
        let registry =
            check.field("registry", named.ok_or("Choose one of the registries that are connected."));
        let read = RepositoryName::parse(self.repository.trim()).map_err(|error| format!("Here {error}."));
        let repository = check.field("repository", read);
        if let (Some(registry), Some(repository)) = (registry, &repository)
            && let Err(why) = registry.check(project, repository)
        {
            check.mistake("repository", why);
        }
        let tags = check.field("tags", self.patterns());
        let (registry, (repository, tags)) = registry.zip(repository.zip(tags))?;
        let (slug, address) = (registry.slug.clone(), registry.address.clone());
        Some(Place { registry: registry.id, slug, address, repository, tags })
    }

    fn patterns(&self) -> Result<Vec<TagPattern>, String> {
        let mut patterns: Vec<TagPattern> = Vec::new();
        for text in self.tags.split([' ', ',', '\n', '\r', '\t']).filter(|text| !text.is_empty()) {
            let pattern = TagPattern::parse(text)?;
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        if patterns.len() > MOST_TAGS {
            return Err(format!("A step gives {MOST_TAGS} tags at most."));
        }
        Ok(patterns)
    }
}

/// What the promotions into a bucket do, among the steps of its integration; absent where that is nothing.
pub fn done_into<'a>(steps: &'a [OutsideStep], bucket: &Slug) -> Option<&'a Does> {
    let own = steps.iter().find(|step| step.bucket.as_ref() == Some(bucket));
    let step = own.or_else(|| steps.iter().find(|step| step.bucket.is_none()))?;
    Some(&step.does).filter(|does| **does != Does::Record)
}

/// An integration's step, as a user of a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepOf {
    pub project: Slug,
    pub integration: Slug,
    pub bucket: Option<Slug>,
    pub words: String,
}

impl fmt::Display for StepOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.project, self.integration)?;
        self.bucket.iter().try_for_each(|bucket| write!(f, " into {bucket}"))
    }
}

/// The outside steps of an integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideStepsView {
    pub project: Project,
    pub integration: Integration,
    pub steps: Vec<OutsideStep>,
    /// The buckets that can have one of their own.
    pub slots: Vec<Slug>,
    /// The registries that can be used; the project's own first.
    pub registries: Vec<Registry>,
    /// Why who looks may not change them.
    pub may_configure: Result<(), String>,
}

/// How far the step of a promotion is that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is done, in words; absent where the step was taken away meanwhile.
    pub words: Option<String>,
    /// How often it was tried in vain.
    pub tries: i64,
    /// Why the last try failed.
    pub trouble: Option<String>,
    /// When it is tried again, where it waits for that.
    pub due_at: Time,
    /// Bytes that are there, and how many there are to be, once that is known.
    pub sent: i64,
    pub all: i64,
}

/// How often a step is tried by itself.
pub const MOST_TRIES: i64 = 6;

/// In how many seconds a step is tried again that failed this many times, for reasons that may pass: each pause is four
/// times as long as the one before, and chance shortens it by up to a half. Absent after the last.
pub fn pause(failed: i64, dice: u8) -> Option<i64> {
    if failed >= MOST_TRIES {
        return None;
    }
    let whole = 5 * 4_i64.saturating_pow(u32::try_from(failed - 1).unwrap_or_default());
    Some(whole - whole * i64::from(dice) / (2 * 255))
}

#[cfg(test)]
mod tests;
