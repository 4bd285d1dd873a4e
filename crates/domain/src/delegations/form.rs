//! What the form to hand decisions over holds.

use crate::forms::{Check, Invalid};
use crate::slugs::Slug;
use crate::spans::{Span, read_moment};
use crate::times::Time;
use crate::words::{Email, Reason};
use serde::{Deserialize, Serialize};

/// For how long decisions are handed over at most, so that nothing is forgotten for good.
pub const LONGEST: Span = Span::DAYS_90;

/// The form as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DelegationForm {
    /// The address of who is to decide.
    pub delegate: String,
    /// A role's slug; empty for every role.
    pub role: String,
    /// A project's slug; empty for everywhere.
    pub project: String,
    /// A time, or a length of time from now.
    pub until: String,
    pub reason: String,
}

/// A checked wish, before its names are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelegation {
    pub delegate: Email,
    pub role: Option<Slug>,
    pub project: Option<Slug>,
    pub until: Time,
    pub reason: Reason,
}

impl DelegationForm {
    pub fn check(&self, now: Time) -> Result<NewDelegation, Invalid> {
        let mut check = Check::default();
        let delegate = check.field("delegate", Email::parse(&self.delegate));
        let role = check.field("role", optional(&self.role).map_err(|()| "Choose a role that you hold."));
        let project =
            check.field("project", optional(&self.project).map_err(|()| "Choose a project that you see."));
        let until = check.field("until", read_end(&self.until, now));
        let reason = check.field("reason", Reason::parse(&self.reason));
        let new = delegate.zip(role).zip(project).zip(until).zip(reason);
        let new = new.map(|((((delegate, role), project), until), reason)| NewDelegation {
            delegate,
            role,
            project,
            until,
            reason,
        });
        check.finish(new)
    }
}

fn optional(text: &str) -> Result<Option<Slug>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => Slug::parse(text).map(Some).map_err(|_| ()),
    }
}

fn read_end(text: &str, now: Time) -> Result<Time, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("Say until when.".to_owned());
    }
    let until = read_moment(text, now)?;
    if until <= now {
        return Err("This time is over. Name one to come.".to_owned());
    }
    if until > LONGEST.after(now) {
        return Err(format!(
            "Decisions are handed over for {} at most. Name an earlier end, and hand them over again then.",
            LONGEST.words()
        ));
    }
    Ok(until)
}
