//! A wish for a pin, as people type it.

use crate::forms::{Check, Invalid};
use crate::slugs::Slug;
use crate::spans::{Span, read_moment};
use crate::times::Time;
use crate::words::Reason;
use serde::{Deserialize, Serialize};

/// How long a pin lasts at most.
pub const LONGEST: Span = Span::DAYS_365;

/// A wish for a pin, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PinForm {
    pub service: String,
    pub digest: String,
    /// The bucket where the build is or was current; empty for the nearest one on the way.
    pub from: String,
    /// A time, or a length of time from now such as `7d`.
    pub until: String,
    pub reason: String,
    /// What it refers to, where the stage asks for that.
    pub reference: String,
    /// Before when it shall not be applied; empty for at once.
    pub scheduled_for: String,
    /// Whether its gates are passed in an emergency.
    pub emergency: bool,
}

/// What can be checked of it by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub service: Slug,
    pub until: Time,
    pub reason: Reason,
}

/// Why a time does not end a pin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UntilError {
    #[error(
        "Say until when, as a time or as a length of time such as 7d. A pin is an exception, so it ends."
    )]
    Missing,
    #[error("{0}")]
    Unread(String),
    #[error("This is in the past. A pin ends after now.")]
    Past,
    #[error("A pin lasts 365 days at most. Name an earlier time.")]
    TooLong,
}

impl PinForm {
    /// Checks all that needs no look at what there is.
    pub fn check(&self, now: Time) -> Result<Ask, Invalid> {
        let mut check = Check::default();
        let service = check.field("service", Slug::parse(&self.service));
        let until = check.field("until", read_until(&self.until, now));
        let reason = check.field("reason", Reason::parse(&self.reason));
        check.finish(service.zip(until).zip(reason).map(|((service, until), reason)| Ask {
            service,
            until,
            reason,
        }))
    }
}

/// Reads the end of a pin.
pub fn read_until(text: &str, now: Time) -> Result<Time, UntilError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(UntilError::Missing);
    }
    let until = read_moment(text, now).map_err(UntilError::Unread)?;
    if until <= now {
        return Err(UntilError::Past);
    }
    if LONGEST.after(now) < until {
        return Err(UntilError::TooLong);
    }
    Ok(until)
}
