//! Search: what was typed, how well a name fits it, and what was found.

use crate::access::{Action, Actor, Target};
use crate::digests::{Algorithm, Digest};
use crate::ids::PersonId;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// The most characters that anything can be found by: a digest with its algorithm has fewer.
const LONGEST: usize = 200;
/// The fewest digits of a digest or a commit that say which one is meant.
const FEWEST_DIGITS: usize = 4;
/// The most characters of a commit that builds are found by.
pub const COMMIT_KEY: usize = 64;

/// What someone looks for, as they typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    text: String,
    folded: String,
}

/// How well a name fits a term; the better, the less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// It is the name.
    Exact,
    /// The name starts with it.
    Prefix,
    /// Each of its words starts a word of the name.
    Inside,
}

impl Term {
    /// Reads what was typed. Absent where nothing was, or where nothing can be called so.
    pub fn parse(typed: &str) -> Option<Self> {
        let plain = typed.replace(char::is_control, " ");
        let text = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = !text.is_empty() && text.chars().count() <= LONGEST;
        fits.then(|| Self { folded: text.to_lowercase(), text })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// How well the best of a thing's names fits.
    pub fn rank(&self, names: &[&str]) -> Option<Rank> {
        names.iter().filter_map(|name| self.fits(&name.to_lowercase())).min()
    }

    fn fits(&self, name: &str) -> Option<Rank> {
        if name == self.folded {
            return Some(Rank::Exact);
        }
        if name.starts_with(&self.folded) {
            return Some(Rank::Prefix);
        }
        let starts_a_word =
            |part: &str| name.match_indices(part).any(|(at, _)| !name[..at].ends_with(char::is_alphanumeric));
        self.folded.split(' ').all(starts_a_word).then_some(Rank::Inside)
    }

    /// The number of a promotion, with its project where it is named: `#12`, `shop#12`.
    pub fn promotion(&self) -> Option<(Option<Slug>, i64)> {
        let (project, number) = self.folded.split_once('#')?;
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|_| digits)?;
        match project.trim() {
            "" => Some((None, number)),
            slug => Some((Some(Slug::parse(slug).ok()?), number)),
        }
    }

    /// What the digests that may be meant start with, each with its algorithm.
    pub fn digests(&self) -> Vec<String> {
        let last = self.folded.rsplit('@').next().unwrap_or_default();
        let (algorithms, digits) = match last.split_once(':') {
            Some(("sha256", digits)) => (vec![Algorithm::Sha256], digits),
            Some(("sha512", digits)) => (vec![Algorithm::Sha512], digits),
            Some(_) => return Vec::new(),
            None => (vec![Algorithm::Sha256, Algorithm::Sha512], last),
        };
        let hex = digits.len() >= FEWEST_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fits = |algorithm: &Algorithm| hex && digits.len() <= algorithm.digits();
        let prefix = |algorithm: Algorithm| format!("{}:{digits}", algorithm.name());
        algorithms.into_iter().filter(fits).map(prefix).collect()
    }

    /// What the commit that may be meant starts with; the last part of the address of one will do.
    pub fn commit(&self) -> Option<String> {
        let last = self.text.rsplit('/').next().unwrap_or_default();
        let key = commit_key(last);
        (key.len() >= FEWEST_DIGITS && last.len() <= COMMIT_KEY && !key.contains([' ', '#'])).then_some(key)
    }

    /// What the tag that may be meant starts with; it may stand behind the name of an image.
    pub fn tag(&self) -> Option<String> {
        let last = self.text.rsplit('/').next().unwrap_or_default();
        let tag = last.split_once(':').map_or(last, |(_, tag)| tag);
        Tag::parse(tag).ok().map(|tag| tag_key(&tag))
    }
}

/// A tag as searches compare it.
pub fn tag_key(tag: &Tag) -> String {
    tag.as_str().to_ascii_lowercase()
}

/// A commit as searches compare it.
pub fn commit_key(commit: &str) -> String {
    commit.chars().take(COMMIT_KEY).map(|character| character.to_ascii_lowercase()).collect()
}

/// What was found, best kinds first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// What was looked for, as it was typed.
    pub typed: String,
    pub groups: Vec<Group>,
    pub now: Time,
}

/// What was found of one kind, best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub kind: Kind,
    pub hits: Vec<Hit>,
    /// Whether there is more than is listed.
    pub more: bool,
}

/// What can be found, in the order in which kinds that fit alike are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Promotion,
    Build,
    Service,
    Integration,
    Project,
    Environment,
    Person,
    Errand,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hit {
    Project {
        slug: Slug,
        title: String,
    },
    Integration {
        project: Slug,
        slug: Slug,
        title: String,
    },
    Service {
        project: Slug,
        slug: Slug,
        title: String,
        /// The project and the name of the integration that builds it, where that may be seen.
        built_by: Option<(Slug, Slug)>,
    },
    Environment {
        project: Slug,
        slug: Slug,
        title: String,
        stream: Slug,
    },
    Build(FoundBuild),
    Promotion {
        project: Slug,
        number: i64,
        integration: Slug,
        tag: Tag,
        to: Slug,
        state: String,
    },
    Person {
        id: PersonId,
        name: String,
    },
    Errand {
        errand: Errand,
    },
}

/// A build that was found, with where it is current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundBuild {
    pub project: Slug,
    pub integration: Slug,
    pub digest: Digest,
    pub tag: Tag,
    pub commit: Option<String>,
    pub received_at: Time,
    pub current_in: Vec<Slug>,
}

/// A page of builds that were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundBuilds {
    pub builds: Vec<FoundBuild>,
    /// Names the next page, where there is one.
    pub next: Option<String>,
    pub now: Time,
}

/// Something that can be gone to or done from anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    Home,
    Projects,
    Inbox,
    Timeline,
    Holds,
    NewProject,
    NewStream,
    NewHold,
    MakeToken,
    Invite,
    Account,
    Guide,
    SignOut,
}

impl Kind {
    /// The heading over things of this kind.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Promotion => "Promotions",
            Self::Build => "Builds",
            Self::Service => "Services",
            Self::Integration => "Integrations",
            Self::Project => "Projects",
            Self::Environment => "Environments",
            Self::Person => "People",
            Self::Errand => "Actions",
        }
    }
}

impl Errand {
    pub const ALL: [Self; 13] = [
        Self::Home,
        Self::Projects,
        Self::Inbox,
        Self::Timeline,
        Self::Holds,
        Self::NewProject,
        Self::NewStream,
        Self::NewHold,
        Self::MakeToken,
        Self::Invite,
        Self::Account,
        Self::Guide,
        Self::SignOut,
    ];

    pub const fn words(self) -> &'static str {
        match self {
            Self::Home => "Go home",
            Self::Projects => "Go to projects",
            Self::Inbox => "Go to the inbox",
            Self::Timeline => "Go to the timeline",
            Self::Holds => "Go to holds",
            Self::NewProject => "New project",
            Self::NewStream => "New release stream",
            Self::NewHold => "Hold something",
            Self::MakeToken => "Make a token",
            Self::Invite => "Invite someone",
            Self::Account => "Go to your account",
            Self::Guide => "Read the guide",
            Self::SignOut => "Sign out",
        }
    }

    /// What else people call it.
    pub const fn also(self) -> &'static str {
        match self {
            Self::Home => "overview dashboard matrix",
            Self::Projects => "list",
            Self::Inbox => "approve reject decide review waiting",
            Self::Timeline => "audit log history events",
            Self::Holds => "freezes bad builds",
            Self::NewProject => "create add",
            Self::NewStream => "create add environment class",
            Self::NewHold => "freeze stop the line mark bad",
            Self::MakeToken => "create new api key secret ci",
            Self::Invite => "add new person user member",
            Self::Account => "settings profile password sessions theme dark light keyboard shortcuts",
            Self::Guide => "help docs documentation manual",
            Self::SignOut => "log out logout",
        }
    }

    /// Whether it leads someone to anything.
    pub fn is_for(self, actor: &Actor) -> bool {
        let needs = match self {
            Self::NewProject | Self::NewStream => Action::Configure,
            Self::Invite => Action::ManagePeople,
            Self::Home
            | Self::Projects
            | Self::Inbox
            | Self::Timeline
            | Self::Holds
            | Self::NewHold
            | Self::MakeToken
            | Self::Account
            | Self::Guide
            | Self::SignOut => return true,
        };
        actor.may(needs, &Target::installation())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Grant, Identity, Place, Role};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn term(typed: &str) -> Term {
        Term::parse(typed).expect(typed)
    }

    #[test]
    fn a_name_fits_exactly_before_by_its_start_before_by_a_word_of_it() {
        let names = ["Checkout", "checkout-web", "web checkout", "recheckout", "other"];
        let ranks = names.map(|name| term(" CHECKOUT ").rank(&[name]));
        let expected = [Some(Rank::Exact), Some(Rank::Prefix), Some(Rank::Inside), None, None];
        assert_eq!(ranks, expected);
        assert!(Rank::Exact < Rank::Prefix && Rank::Prefix < Rank::Inside);
        assert_eq!(term("web").rank(&["other", "web-shop", "web"]), Some(Rank::Exact));
    }

    #[test]
    fn every_word_counts_in_any_order() {
        assert_eq!(term("check shop").rank(&["shop/checkout"]), Some(Rank::Inside));
        assert_eq!(term("shop billing").rank(&["shop/checkout"]), None);
        assert_eq!(term("ärg").rank(&["Großer Ärger"]), Some(Rank::Inside));
    }

    #[test]
    fn what_nothing_can_be_called_is_no_term() {
        for typed in ["", "  \t\n", "\0", &"x".repeat(201)] {
            assert_eq!(Term::parse(typed), None, "{typed:?}");
        }
        assert_eq!(term("a\0b").text(), "a b");
    }

    #[test]
    fn a_promotion_is_known_by_its_number() {
        let shop = Slug::parse("shop").ok();
        for (typed, expected) in [
            ("#12", Some((None, 12))),
            ("shop#12", Some((shop.clone(), 12))),
            ("Shop #12", Some((shop, 12))),
            ("12", None),
            ("#", None),
            ("#-1", None),
            ("#99999999999999999999", None),
            ("#1a", None),
            ("a b#1", None),
        ] {
            assert_eq!(term(typed).promotion(), expected, "{typed}");
        }
    }

    #[test]
    fn a_digest_is_known_by_its_first_digits() {
        for (typed, expected) in [
            ("sha256:AB12", vec!["sha256:ab12"]),
            ("ab12", vec!["sha256:ab12", "sha512:ab12"]),
            ("localhost/shop/web@sha256:ab12cd", vec!["sha256:ab12cd"]),
            ("ab1", vec![]),
            ("sha256:abcg", vec![]),
            ("md5:abcd", vec![]),
        ] {
            assert_eq!(term(typed).digests(), expected, "{typed}");
        }
        let long = "a".repeat(65);
        assert_eq!(term(&long).digests(), [format!("sha512:{long}")]);
    }

    #[test]
    fn a_commit_and_a_tag_may_stand_at_the_end_of_an_address() {
        assert_eq!(term("https://git.example/shop/commit/C0FFEE").commit().as_deref(), Some("c0ffee"));
        assert_eq!(term("abc").commit(), None);
        assert_eq!(term("two words").commit(), None);
        assert_eq!(term("localhost:3000/shop/web/qa:1.4-RC").tag().as_deref(), Some("1.4-rc"));
        assert_eq!(term("%").tag(), None);
    }

    #[test]
    fn only_what_someone_may_do_is_offered() {
        let mut actor = Actor {
            identity: Identity::Person { person: Uuid::nil().into() },
            grants: Vec::new(),
            scope: None,
            proven_at: None,
        };
        let offered = |actor: &Actor| Errand::ALL.into_iter().filter(|errand| errand.is_for(actor)).count();
        assert_eq!(offered(&actor), 10);
        actor.grants.push(Grant { role: Role::admin(), place: Place::Installation });
        assert_eq!(offered(&actor), Errand::ALL.len());
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(typed in any::<String>(), name in any::<String>()) {
            if let Some(term) = Term::parse(&typed) {
                prop_assert!(!term.text().contains('\0'));
                _ = (term.rank(&[&name]), term.promotion(), term.digests(), term.commit(), term.tag());
            }
        }

        #[test]
        fn a_name_always_fits_itself(name in "[a-zA-Z0-9 .-]{1,40}") {
            if let Some(term) = Term::parse(&name) {
                prop_assert_eq!(term.rank(&[term.text()]), Some(Rank::Exact));
            }
        }
    }
}
