//! Release sets: named builds of several services that go together.

use crate::promotions::{Choice, PromotionState};
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::release_sets as domain;
use towpath_domain::timeline::BuildName;
use utoipa::ToSchema;

/// A set to make of what a comparison shows, and to move at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewReleaseSet {
    /// What people call it; a dry run needs none.
    pub title: String,
    /// The slug of the bucket from whose current builds the set is made; each integration has its own.
    #[schema(examples("staging"))]
    pub from: String,
    #[schema(examples("production"))]
    pub to: String,
    /// Instead of `from`: a time whose builds `to` shall have again, by rollbacks.
    #[schema(examples("2026-01-31T09:30:00Z"))]
    pub at: String,
    /// Other projects that take part.
    pub projects: Vec<String>,
    /// The parts to take, as `project/integration` or `project/integration@digest`, which is refused where another build
    /// would go by now, with `~digest` behind it for what has to be current there; left out, all that can go.
    #[schema(examples(json!(["shop/checkout"])))]
    pub parts: Vec<String>,
    /// Why; a dry run needs none.
    pub reason: String,
    /// What it refers to, such as a change ticket, for the stages that ask for one.
    pub reference: String,
    /// Only tells what it would do.
    pub dry_run: bool,
}

/// Carries a set on to another stage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewSetPromotion {
    pub from: String,
    pub to: String,
    /// The parts to take, as when a set is made; left out, all that can go.
    pub parts: Vec<String>,
    pub reason: String,
    pub reference: String,
    /// Only tells what it would do.
    pub dry_run: bool,
}

/// Takes a set back out of a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewSetRollback {
    /// The slug of the bucket.
    pub bucket: String,
    /// The parts to take back, as when a set is made; left out, all that can go.
    pub parts: Vec<String>,
    pub reason: String,
    /// Only tells what it would do.
    pub dry_run: bool,
}

/// One word on promotions of a set that wait for you.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSetDecision {
    pub choice: Choice,
    /// The promotions that are meant, as `project#number`, as `to_decide` of the set told them.
    #[schema(examples(json!(["shop#2"])))]
    pub promotions: Vec<String>,
    /// A rejection needs one.
    #[serde(default)]
    pub comment: String,
}

/// What came of one word on several promotions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetDecision {
    /// The promotions on which it was taken, as `project#number`.
    pub done: Vec<String>,
    pub refused: Vec<RefusedDecision>,
}

/// A promotion on which a word was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedDecision {
    /// As `project#number`.
    pub promotion: String,
    pub because: String,
}

/// What an act would do, integration by integration: those that differ first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetComparison {
    pub parts: Vec<SetPart>,
    /// Whether there are more than are shown.
    pub more: bool,
}

/// What an act would do in one integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetPart {
    pub project: String,
    pub integration: String,
    pub likeness: SetLikeness,
    /// What would become current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comes: Option<SetBuild>,
    /// What is current there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there: Option<SetBuild>,
    /// What it would wait for; nothing where it would be current at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// When it would be current without anybody doing anything, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why it cannot go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The form of the reference that the stage asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks_for: Option<String>,
}

/// How what would come compares with what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetLikeness {
    Differs,
    /// Nothing is there yet.
    New,
    Same,
    /// A rule is against it.
    Cannot,
}

/// A build as a set names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetBuild {
    pub digest: String,
    pub tag: String,
}

/// A set in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseSetLine {
    /// Counts up in the project.
    pub number: i64,
    pub title: String,
    /// How many builds it has, of those that you see.
    pub size: usize,
    pub made_by: String,
    pub made_at: Timestamp,
    /// What was done with it last.
    pub last: Course,
}

/// A set with its builds and what was done with them. What you may not see is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseSet {
    pub project: String,
    pub number: i64,
    pub title: String,
    pub made_by: String,
    pub made_at: Timestamp,
    pub members: Vec<SetMember>,
    /// The newest first.
    pub acts: Vec<SetAct>,
    /// Where it can be carried on to.
    pub onward: Vec<Onward>,
    /// The buckets that it can be taken back out of.
    pub back: Vec<String>,
    /// The promotions that wait for your decision, as `project#number`.
    pub to_decide: Vec<String>,
}

/// A way on which a set can go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Onward {
    pub from: String,
    pub to: String,
}

/// A build of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetMember {
    pub project: String,
    pub integration: String,
    #[serde(flatten)]
    pub build: SetBuild,
    /// The buckets in which it is current.
    pub current_in: Vec<String>,
}

/// What was done with a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetAct {
    #[serde(flatten)]
    pub course: Course,
    pub reason: String,
    pub by: String,
    pub done_at: Timestamp,
    pub results: Vec<SetResult>,
}

/// What is done with all builds of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "course", rename_all = "snake_case")]
pub enum Course {
    Promote {
        from: String,
        to: String,
    },
    /// Gives a bucket back what it had before the set's build.
    TakeBack {
        bucket: String,
    },
    /// Gives a bucket back what it had at a time.
    Restore {
        bucket: String,
        at: Timestamp,
    },
}

/// How an act ended for one build, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetResult {
    pub project: String,
    pub integration: String,
    #[serde(flatten)]
    pub build: SetBuild,
    #[serde(flatten)]
    pub outcome: SetOutcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SetOutcome {
    /// A promotion was asked for.
    Asked {
        promotion: i64,
        state: PromotionState,
        /// What is missing while it waits.
        needs: Vec<String>,
    },
    RolledBack,
    Refused {
        because: String,
    },
}

impl NewReleaseSet {
    /// The comparison that it is made of.
    pub fn course(&self) -> domain::CourseForm {
        domain::CourseForm { from: self.from.clone(), to: self.to.clone(), at: self.at.clone() }
    }
}

impl From<BuildName> for SetBuild {
    fn from(build: BuildName) -> Self {
        Self { digest: build.digest.into(), tag: build.tag.into() }
    }
}

impl From<domain::Comparison> for SetComparison {
    fn from(comparison: domain::Comparison) -> Self {
        let domain::Comparison { parts, more } = comparison;
        Self { parts: parts.into_iter().map(SetPart::from).collect(), more }
    }
}

impl From<domain::Part> for SetPart {
    fn from(part: domain::Part) -> Self {
        use domain::{Likeness as Of, Prospect};
        let likeness = match part.likeness() {
            Of::Same => SetLikeness::Same,
            Of::Cannot => SetLikeness::Cannot,
            Of::New => SetLikeness::New,
            Of::Differs => SetLikeness::Differs,
        };
        let (needs, until, because) = match part.prospect {
            Prospect::Same | Prospect::Enters => (Vec::new(), None, None),
            Prospect::Waits { needs, until } => (needs, until, None),
            Prospect::Cannot { because } => (Vec::new(), None, Some(because)),
        };
        Self {
            project: part.project.into(),
            integration: part.integration.into(),
            likeness,
            comes: part.comes.map(SetBuild::from),
            there: part.there.map(SetBuild::from),
            needs,
            until: until.map(Timestamp::from),
            because,
            asks_for: part.asks_for,
        }
    }
}

impl From<domain::Course> for Course {
    fn from(course: domain::Course) -> Self {
        match course {
            domain::Course::Promote { from, to } => Self::Promote { from: from.into(), to: to.into() },
            domain::Course::TakeBack { bucket } => Self::TakeBack { bucket: bucket.into() },
            domain::Course::Restore { bucket, at } => Self::Restore { bucket: bucket.into(), at: at.into() },
        }
    }
}

impl From<domain::ReleaseSetLine> for ReleaseSetLine {
    fn from(line: domain::ReleaseSetLine) -> Self {
        Self {
            number: line.number,
            title: line.title.into(),
            size: line.size,
            made_by: line.made_by,
            made_at: line.made_at.into(),
            last: line.last.into(),
        }
    }
}

impl From<domain::ReleaseSetView> for ReleaseSet {
    fn from(view: domain::ReleaseSetView) -> Self {
        let member = |member: domain::MemberLine| SetMember {
            project: member.project.into(),
            integration: member.integration.into(),
            build: member.build.into(),
            current_in: member.current_in.into_iter().map(String::from).collect(),
        };
        let way = |(from, to): (_, _)| Onward { from: String::from(from), to: String::from(to) };
        let wanted =
            view.to_decide.iter().map(|line| format!("{}#{}", line.wanted.project, line.wanted.number));
        Self {
            to_decide: wanted.collect(),
            project: view.project.into(),
            number: view.number,
            title: view.title.into(),
            made_by: view.made_by,
            made_at: view.made_at.into(),
            members: view.members.into_iter().map(member).collect(),
            acts: view.acts.into_iter().map(SetAct::from).collect(),
            onward: view.onward.into_iter().map(way).collect(),
            back: view.back.into_iter().map(String::from).collect(),
        }
    }
}

impl From<domain::ActLine> for SetAct {
    fn from(act: domain::ActLine) -> Self {
        Self {
            course: act.course.into(),
            reason: act.reason,
            by: act.by,
            done_at: act.at.into(),
            results: act.results.into_iter().map(SetResult::from).collect(),
        }
    }
}

impl From<domain::ResultLine> for SetResult {
    fn from(result: domain::ResultLine) -> Self {
        use domain::Told;
        let outcome = match result.told {
            Told::Promotion { number, state, needs } => {
                SetOutcome::Asked { promotion: number, state: state.into(), needs }
            }
            Told::RolledBack => SetOutcome::RolledBack,
            Told::Refused { because } => SetOutcome::Refused { because },
        };
        Self {
            project: result.project.into(),
            integration: result.integration.into(),
            build: result.build.into(),
            outcome,
        }
    }
}
