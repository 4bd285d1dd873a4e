//! What waits for people: a promotion's page, and the list of those that someone can decide.

use crate::boards::Card;
use crate::builds::Build;
use crate::deployments::Fed;
use crate::differences::Difference;
use crate::digests::Digest;
use crate::gates::GateVerdict;
use crate::holds::{HoldAddress, HoldLine};
use crate::ids::PersonId;
use crate::outside_steps::Progress;
use crate::pins::Pin;
use crate::promotions::Promotion;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::spans::Span;
use crate::timeline::Entry;
use crate::times::Time;
use crate::words::{Email, Title};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A promotion with everything that its page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotionView {
    pub project: Slug,
    pub integration: Slug,
    pub promotion: Promotion,
    pub build: Build,
    /// What is current in the target bucket now; of a pin, what its place should run.
    pub current: Option<Card>,
    /// What differs between that and the build that is promoted, as far as both can be read.
    pub difference: Option<Difference>,
    /// Whether there is something to compare with, and one of the images could not be read.
    pub unread: bool,
    pub commits_link: Option<String>,
    pub verdicts: Vec<GateVerdict>,
    /// The pin that it made, where it did.
    pub pin: Option<Pin>,
    /// The holds that concern it: in force, and still to begin.
    pub holds: Vec<HoldLine>,
    pub names: BTreeMap<PersonId, String>,
    /// The release set by which it was asked for: its project, its number there and its title.
    pub release_set: Option<(Slug, i64, Title)>,
    /// The environments that a waiting rollback reaches, as far as who looks may see them.
    pub reaches: Vec<Fed>,
    /// Whether who looks may approve or reject, or why not.
    pub may_decide: Result<(), String>,
    /// Those who have handed their decisions to who looks.
    pub for_others: Vec<ForOther>,
    /// Whether who looks may apply it, or why not.
    pub may_apply: Result<(), String>,
    /// Whether who looks may let it try again what failed elsewhere, or why not.
    pub may_retry: Result<(), String>,
    /// How far that is which it does elsewhere, while it does.
    pub progress: Option<Progress>,
    pub may_cancel: Result<(), String>,
    /// Whether who looks may pass the gates in an emergency, or why not.
    pub may_pass: Result<(), String>,
    /// Whether who looks may review the emergency, or why not.
    pub may_review: Result<(), String>,
    /// Who can take the next step, where it is one that people take.
    pub who_can: Option<WhoCan>,
    /// What happened to it, the oldest first.
    pub events: Vec<Entry>,
    /// The audit log's size when this was read.
    pub as_of: i64,
    pub now: Time,
}

/// Those who can take the next step on a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoCan {
    pub next: Next,
    /// Of people, by name; no more than can be read.
    pub names: Vec<String>,
    /// How many more there are.
    pub others: usize,
}

/// A step on a promotion that people take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    Decide,
    Apply,
    Retry,
}

/// Somebody for whom who looks decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForOther {
    pub name: String,
    pub email: Email,
    /// Whether that would count here, or why not.
    pub may: Result<(), String>,
}

/// The waiting promotions that someone sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// Those that wait for this person's decision.
    pub to_decide: Vec<InboxLine>,
    /// The emergencies that this person can review.
    pub to_review: Vec<ReviewLine>,
    /// Those that are ready, and that this person can apply.
    pub to_apply: Vec<InboxLine>,
    /// Those that failed elsewhere, and that this person can let try again.
    pub to_retry: Vec<InboxLine>,
    /// Those that this person asked for.
    pub asked: Vec<InboxLine>,
    /// How many proposals of others this person can confirm.
    pub proposals: usize,
    /// What this person asked for or placed and ends by itself within [`SOON`], the first first.
    pub ending: Vec<EndingLine>,
    /// The audit log's size when this was read.
    pub as_of: i64,
    pub now: Time,
}

/// A waiting promotion as the inbox shows it: no more than is read, as every first visit loads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxLine {
    pub project: Slug,
    pub integration: Slug,
    pub number: i64,
    /// What a decision is bound to.
    pub digest: Digest,
    pub tag: Tag,
    pub to: Slug,
    /// The environment in which it is to pin its build, where it does not enter the bucket.
    pub pins_in: Option<Slug>,
    /// Whether it is to roll the bucket back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub back: bool,
    pub reason: String,
    pub requested_by: String,
    pub requested_at: Time,
    pub needs: Vec<String>,
    /// In whose name it would be decided, where not in one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_other: Option<String>,
}

impl Inbox {
    /// How much waits for this person.
    pub fn waiting(&self) -> usize {
        self.to_decide.len()
            + self.to_apply.len()
            + self.to_retry.len()
            + self.to_review.len()
            + self.proposals
    }
}

impl InboxLine {
    /// As a decision on several names it.
    pub fn wanted(&self) -> Wanted {
        Wanted { project: self.project.clone(), number: self.number, digest: self.digest.clone() }
    }
}

/// How soon something has to end to be told of, so that it can be seen to on a working day.
pub const SOON: Span = Span::DAYS_2;

/// Something that ends by itself soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingLine {
    #[serde(flatten)]
    pub what: Ending,
    pub at: Time,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Ending {
    /// A promotion that nothing has applied, and that expires.
    Promotion {
        project: Slug,
        number: i64,
        tag: Tag,
        to: Slug,
    },
    Hold {
        number: i64,
        on: HoldAddress,
    },
    Pin {
        project: Slug,
        environment: Slug,
        service: Slug,
        tag: Tag,
    },
    /// A token of this person's, which tells of itself earlier: whatever uses it has to be given another.
    Token {
        title: Title,
    },
}

/// A promotion whose gates were passed in an emergency that nobody has reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLine {
    pub project: Slug,
    pub integration: Slug,
    pub number: i64,
    pub tag: Tag,
    pub to: Slug,
    /// The environment in which it pins its build, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pins_in: Option<Slug>,
    /// Why the gates were passed, by whom and when.
    pub reason: String,
    pub by: String,
    pub at: Time,
}

/// A promotion in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxItem {
    pub project: Slug,
    pub integration: Slug,
    pub promotion: Promotion,
    pub requested_by: String,
    pub needs: Vec<String>,
}

/// A promotion that somebody is wanted for, as a decision names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Wanted {
    pub project: Slug,
    pub number: i64,
    pub digest: Digest,
}

impl Wanted {
    /// Reads `shop#142@sha256:…`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, digest) = text.split_once('@')?;
        let (project, number) = name.split_once('#')?;
        Some(Self {
            project: Slug::parse(project).ok()?,
            number: number.parse().ok()?,
            digest: Digest::parse(digest).ok()?,
        })
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}@{}", self.project, self.number, self.digest)
    }
}

impl From<InboxItem> for InboxLine {
    fn from(item: InboxItem) -> Self {
        let InboxItem { project, integration, promotion, requested_by, needs } = item;
        let back = promotion.is_rollback();
        Self {
            project,
            integration,
            number: promotion.number,
            digest: promotion.digest,
            tag: promotion.tag,
            to: promotion.to.slug,
            back,
            pins_in: promotion.pin.map(|pin| pin.environment.slug),
            reason: promotion.reason.into(),
            requested_by,
            requested_at: promotion.requested_at,
            needs,
            for_other: None,
        }
    }
}

impl PromotionView {
    pub fn name(&self, person: PersonId) -> &str {
        self.names.get(&person).map_or("someone", String::as_str)
    }
}
