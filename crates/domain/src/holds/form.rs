//! A new hold as people fill it in.

use super::HoldAddress;
use crate::forms::{Check, Invalid};
use crate::spans::read_moment;
use crate::times::Time;
use crate::words::Reason;
use serde::{Deserialize, Serialize};

/// A new hold, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HoldForm {
    /// A [`HoldAddress`].
    pub on: String,
    pub reason: String,
    /// A time, a length of time from now such as `2h`, or nothing for now.
    pub from: String,
    /// A time, a length of time after the start such as `2h`, or nothing for until it is released.
    pub until: String,
    /// Whether rollbacks are stopped, too.
    pub rollbacks: bool,
}

/// A new hold that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHold {
    pub on: HoldAddress,
    pub reason: Reason,
    pub from: Time,
    pub until: Option<Time>,
    pub rollbacks: bool,
}

/// How far ahead a hold may begin or end: what is further away is a slip of the pen.
const AHEAD: i64 = 5 * 366 * 86_400;
/// How long ago a start may be for it to be taken as now.
const SLACK: i64 = 120;

impl HoldForm {
    pub fn check(&self, now: Time) -> Result<NewHold, Invalid> {
        let mut check = Check::default();
        let on = check.field("on", HoldAddress::parse(&self.on));
        let reason = check.field("reason", Reason::parse(&self.reason));
        let from = check.field("from", read_start(&self.from, now));
        let until = check.field("until", read_end(&self.until, from.unwrap_or(now), now));
        let new = on.zip(reason).zip(from.zip(until)).map(|((on, reason), (from, until))| NewHold {
            on,
            reason,
            from,
            until,
            rollbacks: self.rollbacks,
        });
        check.finish(new)
    }
}

fn read_start(text: &str, now: Time) -> Result<Time, String> {
    match text.trim() {
        "" => Ok(now),
        text => {
            let from = read_moment(text, now)?;
            if from.plus_seconds(SLACK) < now {
                return Err("This is in the past. Leave it empty to begin now.".to_owned());
            }
            if now.plus_seconds(AHEAD) < from {
                return Err("Choose a time within five years.".to_owned());
            }
            Ok(from.max(now))
        }
    }
}

fn read_end(text: &str, from: Time, now: Time) -> Result<Option<Time>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let until = read_moment(text, from)?;
    if until <= now {
        return Err("This is in the past. A hold ends after now.".to_owned());
    }
    if until <= from {
        return Err("A hold ends after it begins.".to_owned());
    }
    if now.plus_seconds(AHEAD) < until {
        return Err("Choose a time within five years.".to_owned());
    }
    Ok(Some(until))
}
