//! The board of an integration: everything that its page shows, and what each drop on it would meet.

use crate::access::{Action, Actor, Target};
use crate::buckets::{BucketKey, Slot};
use crate::builds::Build;
use crate::checks::Check;
use crate::deployments::Fed;
use crate::digests::Digest;
use crate::evidence::Witness;
use crate::gates::{Behind, Circumstances, Gate, Opening, Pattern, Reported, Stay, Window};
use crate::holds::{Hold, HoldLine};
use crate::ids::{BuildId, PlacementId};
use crate::integrations::Integration;
use crate::projects::Project;
use crate::promotions::{Move, Outlook, consider};
use crate::references::Tag;
use crate::slugs::Slug;
use crate::timeline::BuildName;
use crate::times::Time;
use crate::workflows::{Arrivals, Contest, Workflow};
use serde::{Deserialize, Serialize};

/// An integration with all its buckets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    pub project: Project,
    pub integration: Integration,
    /// The workflow that holds for it, whether its own or the project's default.
    pub workflow: Option<Workflow>,
    pub columns: Vec<Column>,
    /// When each window of the workflow's gates is open, for the next days.
    pub openings: Vec<(Window, Vec<Opening>)>,
    /// The holds that concern any of its buckets or of its builds: in force, and still to begin.
    pub holds: Vec<HoldLine>,
    /// What services run where neither a pin nor a bucket says anything.
    pub default_build: Option<BuildName>,
    /// Builds that were pushed to the integration without a bucket.
    pub unclassified: Vec<Card>,
    /// The host and port by which clients name images here.
    pub registry: String,
    /// Whether that is plain HTTP, which clients have to be told.
    pub insecure: bool,
    /// Who looks at it, so that verdicts are theirs.
    pub actor: Actor,
    /// The audit log's size when this was read.
    pub as_of: i64,
    pub now: Time,
}

/// One bucket on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub slot: Slot,
    pub is_stage: bool,
    pub arrivals: Arrivals,
    /// What it takes to enter the stage, in words.
    pub gates: Vec<String>,
    /// Whether what becomes current in a stage before is promoted without anybody asking.
    pub automatic: bool,
    /// What a promotion into it does in a registry elsewhere, in words; absent where that is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<String>,
    pub current: Option<Card>,
    /// What was current before, newest first; the newest few.
    pub history: Vec<Card>,
    pub waiting: Vec<Waiting>,
    pub refused: Vec<RefusedCard>,
    /// The environments that it feeds, with what was reported to run in each; as far as who looks may see them.
    pub fed: Vec<Fed>,
    /// Since when a rollback has paused arrivals.
    pub paused_at: Option<Time>,
    /// Counts the placements; a rollback expects the one it was decided on.
    pub version: i64,
    pub may_roll_back: Result<(), String>,
    pub may_resume: Result<(), String>,
}

/// A build as the board shows it, with how it came where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub build: Build,
    /// Who pushed it, and whom it names, where a gate asks.
    pub behind: Behind,
    pub placement: Option<PlacementId>,
    /// How it came: “push”, “promotion” or “rollback”.
    pub cause: String,
    pub by: String,
    /// Whether a machine did it, by a token of that person.
    pub by_token: bool,
    pub at: Time,
    pub reason: Option<String>,
    /// Present where it came by passing the gates in an emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Passed>,
    /// The buckets in which the build is or ever was current, where a gate asks for some.
    pub been: Vec<BucketKey>,
    /// Since when it was reported to run where it is, where a gate asks for a stay.
    pub ran: Reported,
    /// The results that were reported on the build, where a gate asks for some.
    pub checks: Vec<Check>,
    /// What the trust roots that gates name make of what is said about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<Witness>,
}

/// The mark of a promotion whose gates were passed in an emergency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The promotion's.
    pub number: i64,
    /// Whether a second person has signed it.
    pub reviewed: bool,
}

/// A promotion that waits to enter a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub number: i64,
    pub build: BuildId,
    pub tag: Tag,
    pub from: Slug,
    pub needs: Vec<String>,
    /// Whether its gates pass, and a person only has to apply it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ready: bool,
    /// Whether what it does in a registry elsewhere failed, so that somebody has to let it try again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// When it enters without anybody doing anything, where that is known.
    pub until: Option<Time>,
    /// A person, or the stage where that asked by itself.
    pub requested_by: String,
    pub requested_at: Time,
    /// Before when it is not applied, where whoever asked wants that.
    pub scheduled_for: Option<Time>,
    /// The environment in which it is to pin its build, where it does not enter the bucket.
    pub pins_in: Option<Slug>,
    /// Whether it is to roll the bucket back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub back: bool,
}

/// An arrival that the bucket refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedCard {
    pub build: Build,
    pub tag: Tag,
    pub why: String,
    pub by: String,
    pub at: Time,
}

/// A page of the whole history of one bucket: everything that was ever current there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub project: Project,
    pub integration: Integration,
    pub slot: Slot,
    pub arrivals: Arrivals,
    /// Whether it is a stage that promotes by itself.
    pub automatic: bool,
    pub current: Option<Card>,
    /// Newest first; on the first page the current one leads.
    pub cards: Vec<Card>,
    /// The placement before which the next page starts, where there is one.
    pub older: Option<PlacementId>,
    /// The stages to which the workflow leads from here: what is or was current here can be promoted there.
    pub leads_to: Vec<Slug>,
    /// The environments that it feeds, as far as who looks may see them: what a rollback reaches.
    pub fed: Vec<Fed>,
    /// Counts the placements; a rollback expects the one it was decided on.
    pub version: i64,
    pub may_roll_back: Result<(), String>,
    /// What a rollback waits for, in words; nothing where it is made at once.
    pub rollback_needs: Vec<String>,
    /// The audit log's size when this was read.
    pub as_of: i64,
    pub now: Time,
}

impl Board {
    pub fn column(&self, key: BucketKey) -> Option<&Column> {
        self.columns.iter().find(|column| column.slot.key == key)
    }

    /// The holds that stop a bucket, whatever the build.
    pub fn holds_on<'a>(&'a self, column: &Column) -> impl Iterator<Item = &'a HoldLine> {
        let place = column.slot.target(self.project.id, self.integration.id);
        self.holds.iter().filter(move |line| line.hold.covers(&place))
    }

    /// The hold that marks a build bad at a moment.
    pub fn bad_mark(&self, digest: &Digest, now: Time) -> Option<&Hold> {
        let here = Target::integration(self.project.id, self.integration.id);
        let mut holds = self.holds.iter().map(|line| &line.hold);
        holds.find(|hold| hold.is_bad_mark() && hold.concerns(&here, digest) && hold.is_in_force(now))
    }

    /// The form of the reference that a stage asks for, where it asks for one.
    pub fn asks_for(&self, to: BucketKey) -> Option<&Pattern> {
        let stage = self.workflow.as_ref()?.graph.stage(to)?;
        stage.gates.iter().find_map(Gate::reference)
    }

    /// Whether who looks may pass the gates of a stage in an emergency.
    pub fn may_pass(&self, to: &Column) -> bool {
        let place = to.slot.target(self.project.id, self.integration.id);
        self.actor.may(Action::PassGates, &place)
    }

    /// The promotions that one into this stage would supersede, which wait by now.
    pub fn supersedes(&self, to: &Column) -> Vec<i64> {
        let stage = self.workflow.as_ref().and_then(|workflow| workflow.graph.stage(to.slot.key));
        match stage.map_or_else(Contest::default, |stage| stage.contest) {
            Contest::NewestWins => {
                to.contestants().filter(|waiting| !waiting.back).map(|waiting| waiting.number).collect()
            }
            Contest::Queue | Contest::Refuse => Vec::new(),
        }
    }

    /// What promoting a build from one bucket to another would meet. Absent where the board does not
    /// have the build or a bucket.
    pub fn consider(&self, build: BuildId, from: BucketKey, to: BucketKey, now: Time) -> Option<Outlook> {
        let (from, to) = (self.column(from)?, self.column(to)?);
        let (card, stay) = from.stays().find(|(card, _)| card.build.id == build)?;
        let place = to.slot.target(self.project.id, self.integration.id);
        let digest = &card.build.digest;
        let circumstances = Circumstances {
            received_at: card.build.received_at,
            stay: Some(stay),
            ran: card.ran,
            been: card.been.clone(),
            verified: card.build.origin.is_verified(),
            checks: card.checks.clone(),
            witnesses: card.witnesses.clone(),
            openings: self.openings.clone(),
            ahead: None,
            pinned: None,
            current: None,
            outside: to.outside.is_some(),
            holds: self
                .holds
                .iter()
                .map(|line| &line.hold)
                .filter(|hold| hold.concerns(&place, digest))
                .cloned()
                .collect(),
        };
        Some(consider(&Move {
            actor: &self.actor,
            project: &self.project,
            workflow: self.workflow.as_ref(),
            from: &from.slot,
            to: &to.slot,
            place: &place,
            build,
            behind: &card.behind,
            was_current: true,
            current: to.current.as_ref().map(|card| card.build.id),
            open: to.contestants().find(|waiting| waiting.build == build).map(|waiting| waiting.number),
            rival: to
                .contestants()
                .filter(|waiting| waiting.is_on_time(now))
                .map(|waiting| waiting.number)
                .max(),
            pin: None,
            takes_back: None,
            automatic: false,
            scheduled_for: None,
            circumstances: &circumstances,
            now,
        }))
    }
}

impl Waiting {
    /// Whether the time has come that it was asked for.
    fn is_on_time(&self, now: Time) -> bool {
        self.scheduled_for.is_none_or(|at| at <= now)
    }
}

impl Column {
    /// What waits to become current in it: pins stand beside that.
    fn contestants(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.iter().filter(|waiting| waiting.pins_in.is_none())
    }

    /// The current build and those before it.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.current.iter().chain(&self.history)
    }

    /// The same with how long each was current: until the one after it was placed.
    fn stays(&self) -> impl Iterator<Item = (&Card, Stay)> {
        let ends = std::iter::once(None).chain(self.cards().map(|card| Some(card.at)));
        self.cards().zip(ends).map(|(card, to)| (card, Stay { from: card.at, to }))
    }
}

impl Outlook {
    /// The verdict in one line, as a stage shows it while a build is over it.
    pub fn words(&self) -> String {
        match self {
            Self::Enters => "May enter now".to_owned(),
            Self::Waits { needs, .. } => format!("Waits for {}", needs.join(" and ")),
            Self::Refused { refused } => refused.to_string(),
        }
    }
}
