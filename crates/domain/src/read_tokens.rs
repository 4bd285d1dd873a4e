//! Read tokens: by which a deployer resolves what an environment should run and pulls what is or was current there, and does
//! nothing else.

use crate::access::Action;
use crate::environments::Environment;
use crate::forms::{Check, Invalid};
use crate::projects::Project;
use crate::times::Time;
use crate::tokens::{NewToken, Token, days};
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// What the form for a new one holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadTokenForm {
    pub title: String,
    /// Days until it expires.
    pub days: String,
}

impl ReadTokenForm {
    pub fn check(&self) -> Result<NewToken, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let days = check.field("days", days(&self.days));
        let new = title.zip(days).map(|(title, days)| NewToken {
            title,
            scope: String::new(),
            actions: vec![Action::Pull],
            days,
        });
        check.finish(new)
    }
}

/// The read tokens of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadTokensView {
    pub project: Project,
    pub environment: Environment,
    /// The newest first; empty for who may not make them.
    pub tokens: Vec<Token>,
    pub may_make: Result<(), String>,
    pub now: Time,
}
