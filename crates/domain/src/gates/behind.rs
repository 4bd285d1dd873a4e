//! Who stands behind a build: who pushed it, and whom it names itself. A stage may bar them from approving it.

use super::Verdict;
use crate::ids::PersonId;
use serde::{Deserialize, Serialize};

/// Who stands behind a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    pub pusher: PersonId,
    /// Who wrote the commit, where the build says so and a gate asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Party>,
    /// Who made the CI run, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Party>,
}

/// Somebody whom a build names, in its own words, with the people whom that may mean. A name can be that of several; all
/// of them count, since it is about who may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub said: String,
    pub people: Vec<PersonId>,
}

/// Whether somebody whom a build names may approve it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    #[default]
    No,
    /// They may not, if they are known here.
    IfKnown,
    /// They may not; and where nobody knows who they are, nothing enters.
    Always,
}

/// Whom a bar is about, in words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    /// “the commit's author”
    who: &'static str,
    /// What they did: “wrote its commit”
    did: &'static str,
}

pub(super) const AUTHOR: Words = Words { who: "the commit's author", did: "wrote its commit" };
pub(super) const ACTOR: Words = Words { who: "who made the CI run", did: "made its CI run" };

impl From<PersonId> for Behind {
    /// A build of which nothing is known but who pushed it.
    fn from(pusher: PersonId) -> Self {
        Self { pusher, author: None, actor: None }
    }
}

impl Party {
    /// By what somebody is looked for, in lower case: the address and the name before it, the address without what follows
    /// a `+`, and the name of the account in an address that GitHub or GitLab hands out in place of one's own, such as
    /// `1234+ada@users.noreply.github.com` or `1234-ada@users.noreply.gitlab.com`. Rather one too many than one too few,
    /// since it is about who may not.
    pub fn keys(said: &str) -> Vec<String> {
        let said = said.to_lowercase();
        let parts = said.rsplit_once('<').and_then(|(name, rest)| Some((name, rest.split_once('>')?.0)));
        let (name, address) = parts.unwrap_or(("", &said));
        let mut keys = vec![address.to_owned(), name.trim().trim_matches('"').to_owned()];
        if let Some((local, host)) = address.split_once('@') {
            let account = match host.trim() {
                "users.noreply.github.com" => Some(local.rsplit('+').next().unwrap_or(local)),
                "users.noreply.gitlab.com" => {
                    Some(local.split_once('-').map_or(local, |(_, account)| account))
                }
                _ => None,
            };
            keys.extend(account.map(str::to_owned));
            keys.extend(local.split_once('+').map(|(before, _)| format!("{before}@{host}")));
        }
        let mut keys: Vec<String> = keys.iter().map(|key| key.trim().to_owned()).collect();
        keys.retain(|key| !key.is_empty());
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    pub(super) fn is(&self, person: PersonId) -> bool {
        self.people.contains(&person)
    }
}

impl Bar {
    pub const ALL: [Self; 3] = [Self::No, Self::IfKnown, Self::Always];

    /// As forms send it; empty for none.
    pub const fn name(self) -> &'static str {
        match self {
            Self::No => "",
            Self::IfKnown => "if_known",
            Self::Always => "always",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bar| bar.name() == text)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    pub(super) const fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }

    pub(super) fn bars(self, party: Option<&Party>, person: PersonId) -> bool {
        self != Self::No && party.is_some_and(|party| party.is(person))
    }

    /// For a rule: whom it bars.
    pub(super) fn words(self, words: Words) -> Option<String> {
        match self {
            Self::No => None,
            Self::IfKnown => Some(words.who.to_owned()),
            Self::Always => Some(format!("{} (who must be known here)", words.who)),
        }
    }

    /// That nobody knows whom it should bar, where that is not put up with.
    pub(super) fn stops(self, party: Option<&Party>, words: Words) -> Option<Verdict> {
        let Words { who, did } = words;
        let because = match party {
            _ if self != Self::Always => return None,
            None => {
                format!("The build does not say who {did}, and this stage asks. Push it by `towpath push`.")
            }
            Some(party) if party.people.is_empty() => format!(
                "Nobody knows “{}”, {who}, and this stage asks. Invite them under the address that the build names.",
                party.said
            ),
            Some(_) => return None,
        };
        Some(Verdict::Blocked { because })
    }

    /// That nobody could be barred, where that is put up with.
    pub(super) fn note(self, party: Option<&Party>, words: Words) -> Option<String> {
        let party = party.filter(|party| self == Self::IfKnown && party.people.is_empty())?;
        Some(format!("“{}”, {}, is nobody who is known here.", party.said, words.who))
    }
}
