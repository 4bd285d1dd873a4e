//! Pins: exceptions by which an environment runs, for one service, another build than its bucket says.
//!
//! A pin is asked for as a promotion, and judged like one by the gates of the stage that feeds the environment; what was
//! current there before is gone back to like a rollback. It ends by itself, or is released.

mod form;

pub use form::{Ask, LONGEST, PinForm, UntilError, read_until};

use crate::access::{Action, Actor, Refusal, Target, may};
use crate::digests::Digest;
use crate::environments::Environment;
use crate::ids::{BuildId, EnvironmentId, IntegrationId, PersonId, ProjectId, PromotionId, ServiceId};
use crate::projects::Project;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::streams::Stream;
use crate::timeline::{BuildName, Named};
use crate::times::Time;
use crate::words::{Reason, Title};
use serde::{Deserialize, Serialize};

/// What a promotion is to pin: which service in which environment, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinning {
    /// The project of the environment and the service; the integration may be one that all projects share.
    pub project: Named<ProjectId>,
    pub environment: Named<EnvironmentId>,
    pub service: Named<ServiceId>,
    pub until: Time,
}

/// A build that an environment runs for a service whatever its bucket says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The promotion that made it, which names it.
    pub promotion: PromotionId,
    pub number: i64,
    pub integration: IntegrationId,
    pub service: ServiceId,
    pub environment: EnvironmentId,
    pub build: BuildName,
    pub reason: Reason,
    /// Who asked for it.
    pub by: PersonId,
    pub at: Time,
    /// When it ends by itself.
    pub until: Time,
    /// How it ended before its time.
    pub end: Option<End>,
}

/// The end of a pin before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum End {
    Released {
        by: PersonId,
        at: Time,
        reason: Reason,
    },
    /// Another build was pinned in its place.
    Replaced {
        /// The number of the other's promotion.
        by: i64,
        at: Time,
    },
}

/// How a pin stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    InForce,
    /// Its time is over.
    Over,
    Released,
    Replaced,
}

/// What says which build a service should run in an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Source {
    #[default]
    Bucket,
    Pin(Box<Mark>),
    /// The integration's default build, as nothing else says anything.
    Default,
}

/// A pin in force, as it is told beside what should run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub build: BuildId,
    pub digest: Digest,
    pub tag: Tag,
    pub reason: Reason,
    /// Who asked for it.
    pub by: PersonId,
    pub at: Time,
    pub until: Time,
    /// The project and the number of the promotion that made it.
    pub project: Slug,
    pub number: i64,
}

/// A pin as pages and lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinLine {
    pub pin: Pin,
    pub service: Slug,
    /// The integration with its project, where the promotion has its page.
    pub board: (Slug, Slug),
    pub by: String,
    pub released_by: Option<String>,
    pub may_release: Result<(), String>,
}

/// What a service should run in an environment, and what it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effective {
    pub service: Slug,
    /// The board where its builds are moved, by project and integration; absent where it may not be seen.
    pub board: Option<(Slug, Slug)>,
    /// The integration's bucket for the environment or for its stream.
    pub bucket: Slug,
    pub build: Option<(Digest, Tag)>,
    /// Whether that is marked bad.
    #[serde(default)]
    pub bad: bool,
    pub source: Source,
    pub run: Option<(crate::deployments::Run, crate::deployments::Likeness)>,
    /// Promotions that wait to pin another build, by number.
    pub waiting: Vec<i64>,
}

/// An environment with what should run there, and the pins of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentView {
    pub project: Project,
    pub environment: Environment,
    pub services: Vec<Effective>,
    /// Whether there is a service for which who looks may ask to pin a build.
    pub may_pin: Result<(), String>,
    /// Whether who looks may delete it, as far as nothing uses it.
    pub may_delete: bool,
    pub in_force: Vec<PinLine>,
    /// A page of those that have ended, the newest first.
    pub ended: Vec<PinLine>,
    /// The promotion before which the next page starts, where there is one.
    pub older: Option<PromotionId>,
    /// The audit log's size when this was read.
    pub as_of: i64,
    pub now: Time,
}

/// What the form of a new pin offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinChoices {
    pub project: Slug,
    pub environment: Slug,
    pub title: Title,
    /// The services of the project whose builds who looks may see.
    pub services: Vec<Slug>,
    /// The one that was chosen, with what can be pinned of it.
    pub chosen: Option<Chosen>,
    pub now: Time,
}

/// A service, and the builds that can be pinned of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub service: Slug,
    /// The bucket that feeds the environment.
    pub bucket: Slug,
    /// What it takes to enter that bucket, in words.
    pub gates: Vec<String>,
    /// The form of the reference that its stage asks for.
    pub asks_for: Option<String>,
    /// The pin in force.
    pub pinned: Option<Mark>,
    /// What is or was current in the bucket, and in the stages before it; the newest first, each once.
    pub builds: Vec<Candidate>,
    /// Whether who looks may pass the gates in an emergency.
    pub may_pass: bool,
    pub may: Result<(), String>,
}

/// A build that can be pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub digest: Digest,
    pub tag: Tag,
    /// The bucket where it is or was current.
    pub from: Slug,
    /// Whether it still is.
    pub current: bool,
    /// Whether it has been in the bucket that feeds the environment, so that no gate keeps it out.
    pub was_here: bool,
}

impl Pinning {
    /// Where one must be permitted to pin: the one environment, whatever else its bucket feeds.
    pub fn place(&self, integration: IntegrationId, stream: &Stream) -> Target {
        place(self.project.id, self.environment.id, integration, stream)
    }
}

/// A service's builds in one environment, for the question who may do what.
pub fn place(
    project: ProjectId,
    environment: EnvironmentId,
    integration: IntegrationId,
    stream: &Stream,
) -> Target {
    Target {
        environment: Some(environment),
        stream: Some(stream.id),
        production: stream.production,
        ..Target::integration(project, integration)
    }
}

impl Pin {
    pub fn phase(&self, now: Time) -> Phase {
        match self.end {
            Some(End::Released { .. }) => Phase::Released,
            Some(End::Replaced { .. }) => Phase::Replaced,
            None if self.until <= now => Phase::Over,
            None => Phase::InForce,
        }
    }

    pub fn is_in_force(&self, now: Time) -> bool {
        self.phase(now) == Phase::InForce
    }

    /// When it ends by itself, or has ended before.
    pub fn ends_at(&self) -> Time {
        match self.end {
            Some(End::Released { at, .. } | End::Replaced { at, .. }) => at,
            None => self.until,
        }
    }

    /// Whether an actor may release it: whoever may hold there, and who asked for it while they may still promote there.
    pub fn may_release(&self, actor: &Actor, place: &Target) -> Result<(), Refusal> {
        if actor.person() == self.by && actor.may(Action::Promote, place) {
            return Ok(());
        }
        may(actor, Action::Hold, place)
    }
}

impl Phase {
    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Over => "over",
            Self::Released => "released",
            Self::Replaced => "replaced",
        }
    }
}

impl Source {
    pub const fn pin(&self) -> Option<&Mark> {
        match self {
            Self::Pin(mark) => Some(mark),
            Self::Bucket | Self::Default => None,
        }
    }
}

impl Mark {
    /// “pinned to 1.4 until 2026-11-24 09:00:00 UTC”
    pub fn words(&self) -> String {
        format!("pinned to {} until {}", self.tag, self.until.to_words())
    }
}

#[cfg(test)]
mod tests;
