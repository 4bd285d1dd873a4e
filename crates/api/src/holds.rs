//! Holds: stops on what may enter buckets, and builds that are marked bad.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::holds as domain;
use towpath_domain::times::Time;
use utoipa::ToSchema;

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hold {
    /// Counts up in the installation.
    pub number: i64,
    /// What it stops: `installation`, `stream:STREAM`, `project:PROJECT`, `environment:PROJECT/ENVIRONMENT`,
    /// `bucket:PROJECT/INTEGRATION/BUCKET`, `build:DIGEST` or `build:PROJECT/DIGEST`.
    pub on: String,
    pub state: HoldState,
    pub reason: String,
    pub from: Timestamp,
    /// When it ends by itself; absent where a person has to release it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whether it stops rollbacks, too.
    pub rollbacks: bool,
    pub made_by: String,
    pub made_at: Timestamp,
    /// Its end before its time, by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<Released>,
}

/// How a hold stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    Planned,
    InForce,
    Over,
    Released,
}

/// The end of a hold before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Released {
    pub by: String,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A hold to place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    /// What it stops, as in [`Hold::on`].
    pub on: String,
    pub reason: String,
    /// When it begins; left out, now.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(examples("2026-12-20T18:00:00Z"))]
    pub from: String,
    /// When it ends by itself, as a time or as a length of time after its start; left out, it has to be released.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(examples("2026-12-27T08:00:00Z", "2h"))]
    pub until: String,
    /// Whether it stops rollbacks, too.
    #[serde(default)]
    pub rollbacks: bool,
}

/// Ends a hold before its time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelease {
    #[serde(default)]
    pub reason: String,
}

impl Hold {
    pub fn new(line: domain::HoldLine, now: Time) -> Self {
        let domain::HoldLine { hold, made_by, released_by, may_release: _ } = line;
        let state = match hold.phase(now) {
            domain::Phase::Planned => HoldState::Planned,
            domain::Phase::InForce => HoldState::InForce,
            domain::Phase::Over => HoldState::Over,
            domain::Phase::Released => HoldState::Released,
        };
        let released = |released: domain::Released| Released {
            by: released_by.unwrap_or_default(),
            at: released.at.into(),
            reason: released.reason.map(Into::into),
        };
        Self {
            number: hold.number,
            on: hold.address.to_string(),
            state,
            reason: hold.reason.into(),
            from: hold.from.into(),
            until: hold.until.map(Timestamp::from),
            rollbacks: hold.rollbacks,
            made_by,
            made_at: hold.made_at.into(),
            released: hold.released.map(released),
        }
    }
}

impl HoldState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InForce => "in force",
            Self::Over => "over",
            Self::Released => "released",
        }
    }
}

impl From<NewHold> for domain::HoldForm {
    fn from(new: NewHold) -> Self {
        let NewHold { on, reason, from, until, rollbacks } = new;
        Self { on, reason, from, until, rollbacks }
    }
}
