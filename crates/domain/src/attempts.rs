//! Refused attempts: who was turned away, by which door and why. They are no changes, so the audit log does not tell of them;
//! they are kept for a while and bounded, as anybody may knock.

use crate::forms::Invalid;
use crate::ids::AttemptId;
use crate::sheets::row;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    /// A password, a token, a session, a one-time link or a provider's word does not let anybody in.
    SignIn,
    /// Somebody who is known may not do it.
    Permission,
    /// A webhook, or the token of a CI job, is not signed by whom it should be.
    Signature,
}

impl AttemptKind {
    pub const ALL: [Self; 3] = [Self::SignIn, Self::Permission, Self::Signature];

    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Permission => "permission",
            Self::Signature => "signature",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }

    /// As pages name it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-in",
            Self::Permission => "Permission",
            Self::Signature => "Signature",
        }
    }
}

/// One that was refused, or several alike within a minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub id: AttemptId,
    pub kind: AttemptKind,
    /// The method and the pattern of the address, such as `POST /api/v1/projects`; empty where several are counted together.
    pub door: String,
    pub because: String,
    /// The name of who acted, where that was known.
    pub who: Option<String>,
    /// The network that it came from: an address, of IPv6 the /64; absent where several are counted together.
    pub from: Option<String>,
    pub count: i64,
    /// The first and the last of them.
    pub at: Time,
    pub last_at: Time,
}

/// Which to show, as an address says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttemptsForm {
    /// The name of a kind; empty for all.
    pub kind: String,
}

impl AttemptsForm {
    pub fn check(&self) -> Result<Option<AttemptKind>, Invalid> {
        match self.kind.as_str() {
            "" => Ok(None),
            name => match AttemptKind::parse(name) {
                Some(kind) => Ok(Some(kind)),
                None => Err(Invalid::field("kind", "Choose sign_in, permission or signature.")),
            },
        }
    }
}

/// A page of them, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptsView {
    pub attempts: Vec<Attempt>,
    /// The last of this page, where there are more.
    pub older: Option<AttemptId>,
    pub kind: Option<AttemptKind>,
    /// For how many days they are kept.
    pub kept_days: i64,
    pub now: Time,
}

/// The columns of a sheet.
const COLUMNS: [&str; 8] = ["at", "last_at", "count", "kind", "door", "because", "who", "from"];

/// The first line of a sheet.
pub fn heading() -> String {
    row(COLUMNS.map(str::to_owned))
}

impl Attempt {
    /// Its line in a sheet.
    pub fn csv(&self) -> String {
        row([
            self.at.to_string(),
            self.last_at.to_string(),
            self.count.to_string(),
            self.kind.name().to_owned(),
            self.door.clone(),
            self.because.clone(),
            self.who.clone().unwrap_or_default(),
            self.from.clone().unwrap_or_default(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_its_name_and_nothing_else_is() {
        for kind in AttemptKind::ALL {
            assert_eq!(AttemptsForm { kind: kind.name().into() }.check(), Ok(Some(kind)));
        }
        assert_eq!(AttemptsForm::default().check(), Ok(None));
        assert!(AttemptsForm { kind: "theft".into() }.check().is_err());
    }
}
