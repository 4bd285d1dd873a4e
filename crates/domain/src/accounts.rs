//! One's own account: what its page shows, and the forms that change it.

use crate::delegations::DelegationsView;
use crate::forms::{Check, Invalid};
use crate::people::Person;
use crate::providers::ProviderButton;
use crate::sessions::Session;
use crate::times::Time;
use crate::words::{PersonName, check_password};
use serde::{Deserialize, Serialize};

/// What the account page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    pub person: Person,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// The providers, each with since when the account is connected with it.
    pub providers: Vec<(ProviderButton, Option<Time>)>,
    /// Where the person is signed in, this session first and then by use.
    pub sessions: Vec<Session>,
    /// Who decides for this person, and for whom they decide.
    pub delegations: DelegationsView,
    pub now: Time,
}

/// What the form for one's name holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NameForm {
    pub name: String,
}

/// What the form for a new password holds, as typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    pub current_password: String,
    pub new_password: String,
}

/// Leaves the passwords out.
impl std::fmt::Debug for PasswordForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordForm").finish_non_exhaustive()
    }
}

impl NameForm {
    pub fn check(&self) -> Result<PersonName, Invalid> {
        let mut check = Check::default();
        let name = check.field("name", PersonName::parse(&self.name));
        check.finish(name)
    }
}

impl PasswordForm {
    /// Looks at the new password only: whether the current one fits is for the service to find out.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut check = Check::default();
        if self.current_password.is_empty() {
            check.mistake("current_password", "Enter the password that you sign in with now.");
        }
        let new = check.field("new_password", check_password(&self.new_password));
        check.finish(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_follows_the_rules_of_any_other() {
        let form = |current: &str, new: &str| PasswordForm {
            current_password: current.into(),
            new_password: new.into(),
        };
        assert!(form("x", "twelve chars").check().is_ok());
        let mistakes = form("", "short").check().expect_err("both are wrong");
        let fields: Vec<&str> = mistakes.errors().iter().map(|mistake| mistake.field.as_str()).collect();
        assert_eq!(fields, ["current_password", "new_password"]);
    }

    #[test]
    fn passwords_are_not_printed() {
        let form = PasswordForm { current_password: "old one".into(), new_password: "new one".into() };
        assert!(!format!("{form:?}").contains("one"));
    }
}
