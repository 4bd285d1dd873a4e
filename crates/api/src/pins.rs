//! Pins: environments that run another build than their bucket says.

use crate::holds::Released;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::pins as domain;
use towpath_domain::times::Time;
use utoipa::ToSchema;

/// A pin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pin {
    pub service: String,
    pub digest: String,
    pub tag: String,
    pub state: PinState,
    pub reason: String,
    /// Who asked for it.
    pub by: String,
    pub at: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// The project and the number of the promotion that made it.
    pub project: String,
    pub number: i64,
    /// Its end before its time, by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<Released>,
    /// The number of the promotion that pinned another build in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<i64>,
}

/// How a pin stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PinState {
    InForce,
    Over,
    Released,
    Replaced,
}

/// A pin in force, beside what should run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PinMark {
    pub digest: String,
    pub tag: String,
    pub reason: String,
    pub until: Timestamp,
    /// The project and the number of the promotion that made it.
    pub project: String,
    pub number: i64,
}

/// What a promotion is to pin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pinning {
    pub project: String,
    pub environment: String,
    pub service: String,
    pub until: Timestamp,
}

/// A wish for a pin. It is asked for as a promotion, which the gates of the stage judge that feeds the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPin {
    #[schema(examples("checkout"))]
    pub service: String,
    pub digest: String,
    /// The slug of the bucket where the build is, or was, current; left out, the one that feeds the environment, or else
    /// the nearest before it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// When it ends by itself: a time, or a length of time from now, up to 365 days.
    #[schema(examples("2026-12-27T08:00:00Z", "7d"))]
    pub until: String,
    /// Why; a dry run needs none.
    #[serde(default)]
    pub reason: String,
    /// What it refers to, such as a change ticket, where the stage asks for one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// Before when it shall not be applied, as for a promotion.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scheduled_for: String,
    /// Passes the gates in an emergency, as for a promotion.
    #[serde(default)]
    pub emergency: bool,
    /// Only tells what it would meet.
    #[serde(default)]
    pub dry_run: bool,
}

/// Ends a pin before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPinRelease {
    /// The number of the promotion that made the pin which is meant; refused where another one is in force by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    pub reason: String,
}

impl Pin {
    pub fn new(line: domain::PinLine, now: Time) -> Self {
        let domain::PinLine { pin, service, board, by, released_by, may_release: _ } = line;
        let state = match pin.phase(now) {
            domain::Phase::InForce => PinState::InForce,
            domain::Phase::Over => PinState::Over,
            domain::Phase::Released => PinState::Released,
            domain::Phase::Replaced => PinState::Replaced,
        };
        let (released, replaced_by) = match pin.end {
            Some(domain::End::Released { at, reason, .. }) => {
                let by = released_by.unwrap_or_default();
                (Some(Released { by, at: at.into(), reason: Some(reason.into()) }), None)
            }
            Some(domain::End::Replaced { by, .. }) => (None, Some(by)),
            None => (None, None),
        };
        Self {
            service: service.into(),
            digest: pin.build.digest.into(),
            tag: pin.build.tag.into(),
            state,
            reason: pin.reason.into(),
            by,
            at: pin.at.into(),
            until: pin.until.into(),
            project: board.0.into(),
            number: pin.number,
            released,
            replaced_by,
        }
    }
}

impl PinState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Over => "over",
            Self::Released => "released",
            Self::Replaced => "replaced",
        }
    }
}

impl From<domain::Mark> for PinMark {
    fn from(mark: domain::Mark) -> Self {
        Self {
            digest: mark.digest.into(),
            tag: mark.tag.into(),
            reason: mark.reason.into(),
            until: mark.until.into(),
            project: mark.project.into(),
            number: mark.number,
        }
    }
}

impl From<domain::Pinning> for Pinning {
    fn from(pin: domain::Pinning) -> Self {
        Self {
            project: pin.project.slug.into(),
            environment: pin.environment.slug.into(),
            service: pin.service.slug.into(),
            until: pin.until.into(),
        }
    }
}

impl From<NewPin> for domain::PinForm {
    fn from(new: NewPin) -> Self {
        let NewPin { service, digest, from, until, reason, reference, scheduled_for, emergency, dry_run: _ } =
            new;
        Self { service, digest, from, until, reason, reference, scheduled_for, emergency }
    }
}
