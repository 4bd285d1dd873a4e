//! API tokens: how machines sign in, in the name of a person and within a scope.

use crate::access::{Action, TOKEN_ACTIONS};
use crate::forms::{Check, Invalid};
use crate::ids::{PersonId, TokenId};
use crate::times::Time;
use crate::words::Title;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What every token's secret starts with, so that scanners find a leaked one.
const PREFIX: &str = "tpt_";

/// A secret as its holder shows it: `tpt_`, 40 hexadecimal digits, and 8 more as a checksum, so that
/// a mistyped or made-up one is told apart without asking the database.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A text is not a token's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a Towpath token: it starts with tpt_ and has 48 digits")]
pub struct NotASecret;

impl Secret {
    pub fn from_random(random: [u8; 20]) -> Self {
        let body = hex::encode(random);
        Self(format!("{PREFIX}{body}{}", checksum(&body)))
    }

    pub fn parse(text: &str) -> Result<Self, NotASecret> {
        let digits = text.strip_prefix(PREFIX).ok_or(NotASecret)?;
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.len() != 48 || !digits.bytes().all(hex) {
            return Err(NotASecret);
        }
        let (body, sum) = digits.split_at(40);
        if checksum(body) == sum { Ok(Self(text.to_owned())) } else { Err(NotASecret) }
    }

    /// The secret itself, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored in its place. A plain hash is enough for 160 random bits.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

fn checksum(body: &str) -> String {
    let hash = Sha256::digest(format!("{PREFIX}{body}").as_bytes());
    hex::encode(&hash[..4])
}

/// What is known of a token once its secret has been shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub owner: PersonId,
    pub title: Title,
    pub actions: Vec<Action>,
    /// The scope in words: “everything you may see”, `shop` or `shop/checkout`.
    pub scope: String,
    pub created_at: Time,
    pub expires_at: Time,
    pub last_used_at: Option<Time>,
    /// The network address of the last use, as far as it is known.
    pub last_used_from: Option<String>,
    /// Until when the secret before works, too.
    pub former_until: Option<Time>,
    pub revoked_at: Option<Time>,
    /// The environment of which it is a read token, as “shop / prod”.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The names of those who were shown a secret of it that is not their own, in that order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made_by: Vec<String>,
}

/// How long before its end a token is told of, in seconds.
pub const NOTICE_SECONDS: i64 = 7 * 86_400;

impl Token {
    /// A token that works from now on. Its scope is in words.
    pub fn fresh(
        id: TokenId,
        owner: PersonId,
        (title, actions, scope): (Title, Vec<Action>, String),
        (created_at, expires_at): (Time, Time),
    ) -> Self {
        Self {
            id,
            owner,
            title,
            actions,
            scope,
            created_at,
            expires_at,
            last_used_at: None,
            last_used_from: None,
            former_until: None,
            revoked_at: None,
            environment: None,
            made_by: Vec::new(),
        }
    }

    /// What it may, and where: “May pull, push in shop”.
    pub fn may_words(&self) -> String {
        if let Some(environment) = &self.environment {
            return format!("May pull what is or was current in {environment}");
        }
        let actions: Vec<String> = self.actions.iter().map(Action::to_string).collect();
        format!("May {} in {}", actions.join(", "), self.scope)
    }

    /// Who made it in another's name, and who was shown a later secret: “Made by Rita; a later secret went to Max”.
    pub fn makers_words(&self) -> Option<String> {
        let (first, later) = self.made_by.split_first()?;
        if later.is_empty() {
            return Some(format!("Made by {first}"));
        }
        Some(format!("Made by {first}; a later secret went to {}", later.join(", ")))
    }

    /// Whether the secret before the present one works, too.
    pub fn overlaps(&self, now: Time) -> bool {
        self.former_until.is_some_and(|until| now < until)
    }

    /// Whether its end is worth a notice: that of a token which was never to last longer is not.
    pub fn is_noticed(&self) -> bool {
        self.created_at.plus_seconds(NOTICE_SECONDS) < self.expires_at
    }
}

/// A person's tokens, with what a new one can be scoped to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensView {
    pub tokens: Vec<Token>,
    /// `PROJECT` and `PROJECT/INTEGRATION`, as far as the person sees them.
    pub scopes: Vec<String>,
    /// After how many days without a sign-in of their owner tokens stop; absent for never.
    pub lapse_days: Option<i64>,
    pub now: Time,
}

/// What the form for a new token holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    pub title: String,
    /// Empty for all that its owner may reach, else `PROJECT` or `PROJECT/INTEGRATION`.
    pub scope: String,
    pub actions: Vec<String>,
    /// Days until it expires.
    pub days: String,
}

/// What the form for a new secret of a token holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RotationForm {
    /// Days until the token expires.
    pub days: String,
    /// Hours for which the secret before works, too; empty for a day.
    pub overlap_hours: String,
    /// Present where the secret of an earlier overlap that still runs may stop working at once.
    pub end_overlap: Option<String>,
}

/// A checked new secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    pub days: i64,
    pub overlap_seconds: i64,
    /// Whether an earlier overlap may be cut short.
    pub ends_overlap: bool,
}

impl RotationForm {
    pub fn check(&self) -> Result<Rotation, Invalid> {
        let mut check = Check::default();
        let days = check.field("days", days(&self.days));
        let overlap = match self.overlap_hours.trim() {
            "" => Some(USUAL_OVERLAP),
            text => text.parse().ok().filter(|hours| (0..=LONGEST_OVERLAP).contains(hours)),
        };
        let overlap = check.field("overlap_hours", overlap.ok_or("Enter a number of hours from 0 to 720."));
        let rotation = days.zip(overlap);
        let ends_overlap = self.end_overlap.is_some();
        check.finish(rotation.map(|(days, hours)| Rotation {
            days,
            overlap_seconds: hours * 3_600,
            ends_overlap,
        }))
    }
}

/// In hours.
const USUAL_OVERLAP: i64 = 24;
const LONGEST_OVERLAP: i64 = 720;

/// Days until the end of a token, as typed.
pub(crate) fn days(text: &str) -> Result<i64, &'static str> {
    let days = text.trim().parse().ok().filter(|days| (1..=365).contains(days));
    days.ok_or("Enter a number of days from 1 to 365.")
}

/// A checked new token, before its scope is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub title: Title,
    pub scope: String,
    pub actions: Vec<Action>,
    pub days: i64,
}

impl NewToken {
    pub fn changes_things(&self) -> bool {
        changes_things(&self.actions)
    }
}

/// Whether a token of these actions does more than look.
pub fn changes_things(actions: &[Action]) -> bool {
    actions.iter().any(|action| !matches!(action, Action::View | Action::Pull))
}

impl TokenForm {
    pub fn check(&self) -> Result<NewToken, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let actions = check.field("actions", self.check_actions());
        let days = check.field("days", days(&self.days));
        let scope = self.scope.trim().to_owned();
        let new = title.zip(actions).zip(days).map(|((title, actions), days)| NewToken {
            title,
            scope,
            actions,
            days,
        });
        check.finish(new)
    }

    fn check_actions(&self) -> Result<Vec<Action>, &'static str> {
        let known = |text: &String| Action::parse(text).filter(|action| TOKEN_ACTIONS.contains(action));
        let actions: Option<Vec<Action>> = self.actions.iter().map(known).collect();
        match actions {
            Some(actions) if !actions.is_empty() => Ok(actions),
            _ => Err("Choose at least one thing that the token may do."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_secret_is_known_again_and_a_changed_digit_is_not(random: [u8; 20], at in 4_usize..52) {
            let secret = Secret::from_random(random);
            prop_assert_eq!(Secret::parse(secret.reveal()), Ok(secret.clone()));
            let mut changed = secret.reveal().as_bytes().to_vec();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).expect("ascii");
            prop_assert_eq!(Secret::parse(&changed), Err(NotASecret));
        }
    }

    #[test]
    fn a_secret_does_not_stand_in_debug_output() {
        let secret = Secret::from_random([7; 20]);
        assert!(!format!("{secret:?}").contains("0707"));
    }

    #[test]
    fn a_rotation_keeps_the_secret_before_for_a_day_unless_it_is_said_otherwise() {
        let form = |days: &str, hours: &str| RotationForm {
            days: days.into(),
            overlap_hours: hours.into(),
            end_overlap: None,
        };
        let rotation = |days, overlap_seconds| Ok(Rotation { days, overlap_seconds, ends_overlap: false });
        assert_eq!(form("90", "").check(), rotation(90, 86_400));
        assert_eq!(form("1", "0").check(), rotation(1, 0));
        let mistakes = form("0", "721").check().expect_err("out of bounds");
        let fields: Vec<&str> = mistakes.errors().iter().map(|mistake| &*mistake.field).collect();
        assert_eq!(fields, ["days", "overlap_hours"]);
    }

    #[test]
    fn a_token_cannot_be_made_for_approving() {
        let form = TokenForm {
            title: "CI".into(),
            actions: vec!["approve".into()],
            days: "30".into(),
            scope: String::new(),
        };
        assert_eq!(form.check().expect_err("refused").errors()[0].field, "actions");
    }
}
