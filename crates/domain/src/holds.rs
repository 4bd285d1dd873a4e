//! Holds: stops on what may enter buckets, at once or from a date, and builds that are marked bad.
//!
//! A hold is judged like a gate that every stage has: [`judge`](crate::gates::judge) tells of those that are in force,
//! so that a promotion waits for their end. A build that is marked bad enters nothing.

mod address;
mod form;

pub use address::{AddressError, HoldAddress};
pub use form::{HoldForm, NewHold};

use crate::access::Target;
use crate::buckets::BucketKey;
use crate::digests::Digest;
use crate::gates::{GateVerdict, Verdict};
use crate::ids::{EnvironmentId, HoldId, IntegrationId, PersonId, ProjectId, StreamId};
use crate::times::Time;
use crate::words::Reason;
use serde::{Deserialize, Serialize};

/// A stop, with who made it and why, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub id: HoldId,
    /// Counts up in the installation; people say `hold 7`.
    pub number: i64,
    pub on: HoldOn,
    /// The same by names.
    pub address: HoldAddress,
    pub reason: Reason,
    pub from: Time,
    /// When it ends by itself; without one, a person has to release it.
    pub until: Option<Time>,
    /// Whether it stops rollbacks, too.
    pub rollbacks: bool,
    pub made_by: PersonId,
    pub made_at: Time,
    pub released: Option<Released>,
}

/// What a hold stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case")]
pub enum HoldOn {
    Installation,
    Stream {
        stream: StreamId,
    },
    Project {
        project: ProjectId,
    },
    /// Its own buckets, and those of its stream in its project, which feed it.
    Environment {
        project: ProjectId,
        environment: EnvironmentId,
        stream: StreamId,
    },
    Bucket {
        project: ProjectId,
        integration: IntegrationId,
        bucket: BucketKey,
        /// The stream itself, or that of the environment.
        stream: StreamId,
    },
    /// A build that is marked bad: in one project, or everywhere.
    Build {
        digest: Digest,
        project: Option<ProjectId>,
    },
}

/// The end of a hold before its time, by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    pub by: PersonId,
    pub at: Time,
    pub reason: Option<Reason>,
}

/// How a hold stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// A freeze that has not begun.
    Planned,
    InForce,
    /// Its time is over.
    Over,
    Released,
}

/// Why a hold keeps a build from entering a bucket by other ways than a promotion, which waits for its end. In words
/// that follow the bucket's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "held", rename_all = "snake_case")]
pub enum Held {
    #[error("is stopped by hold {number} on {on}{}", told(reason.as_ref()))]
    Stopped {
        number: i64,
        on: String,
        /// Told to whoever meets the hold, and not kept with what was refused: it is a person's words.
        #[serde(skip)]
        reason: Option<Reason>,
    },
    #[error("takes no build that is marked bad, as this one is by hold {number}{}", told(reason.as_ref()))]
    Bad {
        number: i64,
        #[serde(skip)]
        reason: Option<Reason>,
    },
}

fn told(reason: Option<&Reason>) -> String {
    reason.map(|reason| format!(" ({})", reason.brief())).unwrap_or_default()
}

/// A hold as pages and lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldLine {
    pub hold: Hold,
    pub made_by: String,
    pub released_by: Option<String>,
    pub may_release: Result<(), String>,
}

/// Which of all holds to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    /// In force, or still to begin.
    #[default]
    Standing,
    /// Released, or over by themselves.
    Ended,
}

/// A page of the holds that somebody sees, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldsView {
    pub holds: Vec<HoldLine>,
    /// The number before which the next page starts, where there is one.
    pub older: Option<i64>,
    /// Whether there is anything that they may hold.
    pub may_hold: bool,
    pub now: Time,
}

/// One hold, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldView {
    pub line: HoldLine,
    pub now: Time,
}

/// What somebody may hold, for the form of a new hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldChoices {
    /// What the form was opened for, if it is there to be seen, and whether they may hold it.
    pub on: Option<(HoldAddress, Result<(), String>)>,
    /// Everything else that they may hold, but for buckets and builds, which have pages of their own.
    pub choices: Vec<HoldAddress>,
    pub now: Time,
}

impl HoldOn {
    /// Where one must be permitted to hold. What reaches into several streams reaches into production.
    pub fn target(&self, is_production: impl Fn(StreamId) -> bool) -> Target {
        match *self {
            Self::Installation | Self::Build { project: None, .. } => {
                Target { production: true, ..Target::installation() }
            }
            Self::Project { project } | Self::Build { project: Some(project), .. } => {
                Target { production: true, ..Target::project(project) }
            }
            Self::Stream { stream } => {
                Target { stream: Some(stream), production: is_production(stream), ..Target::installation() }
            }
            Self::Environment { project, environment, stream } => Target {
                environment: Some(environment),
                stream: Some(stream),
                production: is_production(stream),
                ..Target::project(project)
            },
            Self::Bucket { project, integration, bucket, stream } => Target {
                environment: match bucket {
                    BucketKey::Environment(environment) => Some(environment),
                    BucketKey::ReleaseStream(_) => None,
                },
                stream: Some(stream),
                production: is_production(stream),
                ..Target::integration(project, integration)
            },
        }
    }

    /// The project that it lies in; absent where it reaches further.
    pub const fn project(&self) -> Option<ProjectId> {
        match self {
            Self::Installation | Self::Stream { .. } => None,
            Self::Project { project } | Self::Environment { project, .. } | Self::Bucket { project, .. } => {
                Some(*project)
            }
            Self::Build { project, .. } => *project,
        }
    }
}

impl Hold {
    pub fn phase(&self, now: Time) -> Phase {
        match (&self.released, self.until) {
            (Some(_), _) => Phase::Released,
            (None, Some(until)) if until <= now => Phase::Over,
            (None, _) if now < self.from => Phase::Planned,
            (None, _) => Phase::InForce,
        }
    }

    pub fn is_in_force(&self, now: Time) -> bool {
        self.phase(now) == Phase::InForce
    }

    pub const fn is_bad_mark(&self) -> bool {
        matches!(self.on, HoldOn::Build { .. })
    }

    /// Whether it concerns a build on its way into a bucket, now or at another time.
    pub fn concerns(&self, bucket: &Target, digest: &Digest) -> bool {
        match &self.on {
            HoldOn::Build { digest: bad, project } => {
                bad == digest && project.is_none_or(|project| bucket.project == Some(project))
            }
            _ => self.covers(bucket),
        }
    }

    /// Whether it concerns a build on its way to a place that a bucket feeds: by what stops the place, and by all that
    /// stops the bucket but other environments that this feeds, too.
    pub fn concerns_place(&self, place: &Target, bucket: &Target, digest: &Digest) -> bool {
        let elsewhere = matches!(self.on, HoldOn::Environment { .. });
        self.concerns(place, digest) || (!elsewhere && self.concerns(bucket, digest))
    }

    /// Whether it stops a bucket, whatever the build.
    pub fn covers(&self, bucket: &Target) -> bool {
        // A bucket that stands for a stream has no environment.
        let of_stream = |stream| bucket.environment.is_none() && bucket.stream == Some(stream);
        match &self.on {
            HoldOn::Installation => true,
            HoldOn::Stream { stream } => bucket.stream == Some(*stream),
            HoldOn::Project { project } => bucket.project == Some(*project),
            HoldOn::Environment { project, environment, stream } => {
                bucket.environment == Some(*environment)
                    || (bucket.project == Some(*project) && of_stream(*stream))
            }
            HoldOn::Bucket { integration, bucket: key, .. } => {
                bucket.integration == Some(*integration)
                    && match key {
                        BucketKey::Environment(environment) => bucket.environment == Some(*environment),
                        BucketKey::ReleaseStream(stream) => of_stream(*stream),
                    }
            }
            HoldOn::Build { .. } => false,
        }
    }

    /// How it stands as a gate; absent while it is not in force. Its words go into the audit log for good, so they do
    /// not give its reason.
    pub(crate) fn judge(&self, now: Time) -> Option<GateVerdict> {
        if !self.is_in_force(now) {
            return None;
        }
        let (number, on) = (self.number, &self.address);
        let verdict = if self.is_bad_mark() {
            Verdict::Blocked { because: format!("It is marked bad by hold {number}.") }
        } else {
            Verdict::Waits { needs: format!("the end of hold {number} on {}", on.words()), until: self.until }
        };
        let rule = if self.is_bad_mark() { "not marked bad".to_owned() } else { "no hold".to_owned() };
        Some(GateVerdict { rule, verdict, note: None })
    }

    /// The next moment at which it begins or ends by itself.
    pub(crate) fn turns(&self, now: Time) -> Option<Time> {
        match self.phase(now) {
            Phase::Planned => Some(self.from),
            Phase::InForce => self.until,
            Phase::Over | Phase::Released => None,
        }
    }
}

/// Why a build may not arrive in a bucket that these holds concern.
pub fn stops_arrival(holds: &[Hold], now: Time) -> Option<Held> {
    held(holds.iter(), now)
}

/// Why a bucket that these holds concern may not be rolled back to a build: only where a hold says so.
pub fn stops_rollback(holds: &[Hold], now: Time) -> Option<Held> {
    held(holds.iter().filter(|hold| hold.rollbacks || hold.is_bad_mark()), now)
}

/// A mark on the build comes first, since that is for good.
fn held<'a>(holds: impl Iterator<Item = &'a Hold>, now: Time) -> Option<Held> {
    let mut holds: Vec<&Hold> = holds.filter(|hold| hold.is_in_force(now)).collect();
    holds.sort_by_key(|hold| !hold.is_bad_mark());
    let hold = *holds.first()?;
    let (number, reason) = (hold.number, Some(hold.reason.clone()));
    Some(if hold.is_bad_mark() {
        Held::Bad { number, reason }
    } else {
        Held::Stopped { number, on: hold.address.words(), reason }
    })
}

/// The first moment after now at which one of these holds begins or ends by itself.
pub fn next_turn<'a>(holds: impl Iterator<Item = &'a Hold>, now: Time) -> Option<Time> {
    holds.filter_map(|hold| hold.turns(now)).filter(|at| *at > now).min()
}

impl Held {
    pub const fn number(&self) -> i64 {
        match self {
            Self::Stopped { number, .. } | Self::Bad { number, .. } => *number,
        }
    }
}

impl Phase {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InForce => "in_force",
            Self::Over => "over",
            Self::Released => "released",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InForce => "in force",
            Self::Over => "over",
            Self::Released => "released",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
