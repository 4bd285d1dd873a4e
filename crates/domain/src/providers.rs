//! Signing in by an OpenID Connect provider: what is configured, what groups grant, and why someone is refused.
//!
//! Someone is known by issuer and subject, never by an e-mail address: addresses are given to others, and not every
//! provider checks them.

use crate::ids::PersonId;
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a provider asserts about someone who signed in by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asserted {
    /// Names them for good, together with the issuer.
    pub subject: String,
    pub name: Option<String>,
    pub email: Option<String>,
    /// What the provider says of the address; nothing where it does not say.
    pub email_verified: Option<bool>,
    pub groups: Vec<String>,
}

/// What someone is sent to a provider for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    SignIn,
    /// To see what the provider asserts and what that would grant; signs nobody in.
    Trial {
        person: PersonId,
    },
    /// To sign in by it from now on, to an account that exists.
    Connect {
        person: PersonId,
    },
    /// To prove once more that it is oneself who is signed in.
    Confirm {
        person: PersonId,
    },
}

/// A group of a provider, with the role that its members hold at a place while they are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRole {
    pub group: String,
    pub role: Slug,
    /// `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    pub place: String,
}

/// Where a role comes from that nobody gave by hand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoleSource {
    pub provider: Slug,
    /// The group that it goes with. Without one it is what everyone gets at the first sign-in, and stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// “from the group ops of okta”.
impl fmt::Display for RoleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.group {
            Some(group) => write!(f, "from the group {group} of {}", self.provider),
            None => write!(f, "from the first sign-in with {}", self.provider),
        }
    }
}

/// The roles that groups grant, by the configured rules and in their order.
pub fn granted<'a>(rules: &'a [GroupRole], groups: &[String]) -> Vec<&'a GroupRole> {
    rules.iter().filter(|rule| groups.contains(&rule.group)).collect()
}

/// Why a sign-in was refused. The name stands in events and addresses; the words tell what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// The answer belongs to no sign-in that is under way.
    UnknownAttempt,
    /// The sign-in began in another browser.
    OtherBrowser,
    /// The answer came from another provider than was asked (RFC 9207).
    OtherProvider,
    /// The provider itself said no.
    Denied,
    /// The provider cannot be reached, or answers what it should not.
    Unavailable,
    /// The provider does not take its own code, as when it was used before.
    Code,
    /// Its token cannot be read.
    Malformed,
    /// The token is not signed, or in a way that is not accepted.
    Algorithm,
    /// The token's signature is by none of the provider's keys.
    Signature,
    Issuer,
    Audience,
    Expired,
    Nonce,
    /// The provider tells no usable e-mail address.
    NoEmail,
    EmailUnverified,
    /// Another account has the address.
    EmailTaken,
    /// The address is of none of the domains that may sign in.
    OtherDomain,
    /// The identity belongs to another account.
    Connected,
    /// An admin has deactivated the account.
    Deactivated,
    /// The account is connected with another identity of the provider.
    AnotherConnected,
    /// The provider did not say that they signed in just now, when that was asked for.
    NotFresh,
    /// Somebody else than who is signed in here.
    OtherPerson,
}

impl Refused {
    pub const ALL: [Self; 22] = [
        Self::UnknownAttempt,
        Self::OtherBrowser,
        Self::OtherProvider,
        Self::Denied,
        Self::Unavailable,
        Self::Code,
        Self::Malformed,
        Self::Algorithm,
        Self::Signature,
        Self::Issuer,
        Self::Audience,
        Self::Expired,
        Self::Nonce,
        Self::NoEmail,
        Self::EmailUnverified,
        Self::EmailTaken,
        Self::OtherDomain,
        Self::Connected,
        Self::Deactivated,
        Self::AnotherConnected,
        Self::NotFresh,
        Self::OtherPerson,
    ];

    /// The name in events and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownAttempt => "unknown_attempt",
            Self::OtherBrowser => "other_browser",
            Self::OtherProvider => "other_provider",
            Self::Denied => "denied",
            Self::Unavailable => "unavailable",
            Self::Code => "code",
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::Nonce => "nonce",
            Self::NoEmail => "no_email",
            Self::EmailUnverified => "email_unverified",
            Self::EmailTaken => "email_taken",
            Self::OtherDomain => "other_domain",
            Self::Connected => "connected",
            Self::Deactivated => "deactivated",
            Self::AnotherConnected => "another_connected",
            Self::NotFresh => "not_fresh",
            Self::OtherPerson => "other_person",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refused| refused.name() == name)
    }
}

/// What happened and what to do, for whoever wanted to sign in.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownAttempt => {
                "This sign-in was used already, took longer than ten minutes, or never began here. Start again."
            }
            Self::OtherBrowser => {
                "This sign-in began in another browser, or this one keeps no cookies. Start again here."
            }
            Self::OtherProvider => {
                "The answer came from another provider than was asked. Start again; if it stays so, tell an admin."
            }
            Self::Denied => "The provider refused the sign-in, or it was cancelled there.",
            Self::Unavailable => {
                "The provider cannot be reached, or is not set up for Towpath. Try again later, or tell an admin."
            }
            Self::Code => "The provider’s answer works only once, and has been used. Start again.",
            Self::Malformed => "The provider’s answer cannot be read. Tell an admin.",
            Self::Algorithm => "The provider’s answer is not signed in a way that Towpath accepts. Tell an admin.",
            Self::Signature => "The provider’s answer is not signed by the provider. Tell an admin.",
            Self::Issuer => "The provider’s answer names another issuer than is configured. Tell an admin.",
            Self::Audience => "The provider’s answer is meant for another application. Tell an admin.",
            Self::Expired => {
                "The provider’s answer has expired, or its clock differs from the server’s. Start again, or tell an admin."
            }
            Self::Nonce => "The provider’s answer belongs to another sign-in. Start again.",
            Self::NoEmail => {
                "The provider did not tell your e-mail address, which an account needs. Tell an admin."
            }
            Self::EmailUnverified => {
                "The provider has not checked your e-mail address. Confirm it there, and start again."
            }
            Self::EmailTaken => {
                "There is an account with your e-mail address already. Sign in to it as before, and connect this provider on the page Account."
            }
            Self::OtherDomain => {
                "Your e-mail address is of a domain that may not sign in here. Use another account, or ask an admin."
            }
            Self::Connected => {
                "This identity belongs to another account here. Sign out, and sign in with it."
            }
            Self::AnotherConnected => {
                "Your account is connected with another identity of this provider. Disconnect that first."
            }
            Self::Deactivated => "Your account here is deactivated. An admin can reactivate it.",
            Self::NotFresh => {
                "The provider did not say that you signed in there just now. Start again and sign in anew there; if it stays so, tell an admin."
            }
            Self::OtherPerson => {
                "At the provider you are signed in as somebody else. Confirm it with the identity that your account here is connected with."
            }
        })
    }
}

/// A button of the sign-in page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderButton {
    pub slug: Slug,
    /// What stands on it: “Sign in with Okta”.
    pub text: String,
}

/// The ways to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInWays {
    pub providers: Vec<ProviderButton>,
    /// Whether passwords are taken.
    pub passwords: bool,
    /// Whether nobody has joined yet: the first admin does by a link that the server printed.
    pub nobody: bool,
    /// Why a sign-in by a provider did not succeed, in words.
    pub refused: Option<String>,
}

/// What an admin sees of how people sign in. Everything of it is configured in the server's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvidersView {
    pub providers: Vec<ProviderView>,
    pub passwords: bool,
    /// The test that the address asks for, if it is still kept.
    pub trial: Option<Trial>,
    pub now: Time,
}

/// One provider as it is configured, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderView {
    pub slug: Slug,
    pub text: String,
    pub issuer: String,
    pub client_id: String,
    /// Where the provider is to lead people back to; to be registered there.
    pub callback: String,
    pub scopes: Vec<String>,
    pub groups_claim: String,
    pub email_domains: Vec<String>,
    /// The role that new people get in the whole installation.
    pub default_role: Option<Slug>,
    pub groups: Vec<GroupView>,
}

/// What a group grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    pub group: String,
    /// “Admin in the project shop”.
    pub grants: String,
    /// Why it grants nothing, as when the project is not there yet.
    pub problem: Option<String>,
}

/// What came of testing a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    pub provider: Slug,
    pub outcome: Result<TrialOutcome, TrialRefused>,
    pub at: Time,
}

/// A test that got through: nobody was signed in by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialOutcome {
    /// All claims by name, each as JSON.
    pub claims: Vec<(String, String)>,
    pub asserted: Asserted,
    /// What the groups would grant, in words.
    pub grants: Vec<String>,
    /// Why a first sign-in would be refused, where it would.
    pub would_refuse: Option<Refused>,
}

/// A test that was refused, with the details that an admin needs and others do not get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialRefused {
    pub refused: Refused,
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_grant_what_the_rules_say_and_nothing_else() {
        let rule = |group: &str, role: &str| GroupRole {
            group: group.to_owned(),
            role: Slug::parse(role).unwrap(),
            place: "installation".to_owned(),
        };
        let rules = [rule("ops", "admin"), rule("dev", "developer"), rule("ops", "release-manager")];
        let given = |groups: &[&str]| {
            let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
            granted(&rules, &groups).iter().map(|rule| rule.role.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(given(&["ops", "sales"]), ["admin", "release-manager"]);
        assert!(given(&["OPS", "op", ""]).is_empty());
    }

    #[test]
    fn a_reason_is_found_by_its_name() {
        for refused in Refused::ALL {
            assert_eq!(Refused::parse(refused.name()), Some(refused));
            assert_eq!(serde_json::to_value(refused).unwrap(), refused.name());
        }
        assert_eq!(Refused::parse("<script>"), None);
    }
}
