//! Promotion workflows.

mod gates;

pub use gates::{Bar, Gate};

use serde::{Deserialize, Serialize};
use towpath_domain::buckets::{self, Slot};
use towpath_domain::workflows::{self as domain, declared};
use utoipa::ToSchema;

/// A promotion workflow in its newest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Workflow {
    pub slug: String,
    pub title: String,
    pub kind: BucketKind,
    /// Whether integrations of its type follow it where they say nothing else.
    pub is_default: bool,
    pub version: i64,
    pub stages: Vec<Stage>,
    pub edges: Vec<Edge>,
}

/// A promotion workflow to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWorkflow {
    #[schema(examples("release"))]
    pub slug: String,
    pub title: String,
    pub kind: BucketKind,
    #[serde(default)]
    pub is_default: bool,
    pub stages: Vec<Stage>,
    /// The ways between the stages; left out, each stage leads to the next one.
    #[serde(default)]
    pub edges: Option<Vec<Edge>>,
}

/// What a promotion workflow is to be from now on. Its slug and kind stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedWorkflow {
    /// The version that you looked at; another one by now is a conflict.
    pub version: i64,
    pub title: String,
    /// Whether integrations of its type follow it where they say nothing else. False takes that away from those.
    pub is_default: bool,
    pub stages: Vec<Stage>,
    /// The ways between the stages; left out, each stage leads to the next one.
    #[serde(default)]
    pub edges: Option<Vec<Edge>>,
}

/// A bucket in a workflow, with what it takes to enter it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The slug of the environment or release stream.
    #[schema(examples("prod"))]
    pub bucket: String,
    /// Left out, the default for the stage's position and stream holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Arrivals>,
    /// Which build stays where one of an earlier commit or CI run arrives late.
    #[serde(default, skip_serializing_if = "Order::is_usual")]
    pub order: Order,
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// Whether what becomes current in a stage before is promoted without anybody asking.
    #[serde(default)]
    pub automatic: bool,
    /// What happens where a promotion is asked for while others wait to enter.
    #[serde(default)]
    pub contest: Contest,
    /// Whether a rollback needs the stage's approvals, too; else whoever may roll back does so at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rollbacks_ask: bool,
    /// Whether a promotion that passes the gates is `ready` until a person applies it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

/// Which of two builds stays where they arrive in another order than their commits were made, or their CI ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The newer one: what arrives late is refused.
    #[default]
    NewerStays,
    /// The one that arrived last.
    AsTheyCome,
}

/// What happens where a promotion is asked for while others wait to enter the same bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Contest {
    /// It supersedes those that wait.
    #[default]
    NewestWins,
    /// It waits until those are over that were asked for before.
    Queue,
    /// It is refused.
    Refuse,
}

/// A way from one stage to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    pub from: String,
    pub to: String,
}

/// What the buckets of an integration, and the stages of a workflow, stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BucketKind {
    Environment,
    ReleaseStream,
}

/// Whether what arrives from CI may become current in a stage by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    Any,
    PromotionOnly,
}

impl Workflow {
    /// A workflow with its stages named; `slots` are those of its project.
    pub fn new(workflow: &domain::Workflow, slots: &[Slot]) -> Self {
        let graph = &workflow.graph;
        let name = |key| slots.iter().find(|slot| slot.key == key).map(|slot| slot.slug.to_string());
        let stage =
            |stage: &domain::Stage| Some(Stage::from(declared::Stage::of(stage, name(stage.bucket)?)));
        let edges = graph.stages().iter().flat_map(|from| {
            let ways = graph.after(from.bucket).into_iter();
            ways.filter_map(move |to| Some(Edge { from: name(from.bucket)?, to: name(to)? }))
        });
        Self {
            slug: workflow.name.slug.to_string(),
            title: workflow.name.title.to_string(),
            kind: workflow.name.kind.into(),
            is_default: workflow.is_default,
            version: workflow.version,
            stages: graph.stages().iter().filter_map(stage).collect(),
            edges: edges.collect(),
        }
    }
}

impl From<NewWorkflow> for declared::Workflow {
    fn from(new: NewWorkflow) -> Self {
        Self {
            slug: new.slug,
            title: new.title,
            kind: new.kind.into(),
            is_default: new.is_default,
            stages: new.stages.into_iter().map(declared::Stage::from).collect(),
            edges: new.edges.map(|edges| edges.into_iter().map(|edge| (edge.from, edge.to)).collect()),
        }
    }
}

impl From<Stage> for declared::Stage {
    fn from(stage: Stage) -> Self {
        Self {
            bucket: stage.bucket,
            arrivals: stage.arrivals.map(domain::Arrivals::from),
            order: stage.order.into(),
            gates: stage.gates.into_iter().map(declared::Gate::from).collect(),
            automatic: stage.automatic,
            contest: stage.contest.into(),
            rollbacks_ask: stage.rollbacks_ask,
            by_hand: stage.by_hand,
        }
    }
}

impl From<declared::Stage> for Stage {
    fn from(stage: declared::Stage) -> Self {
        Self {
            bucket: stage.bucket,
            arrivals: stage.arrivals.map(Arrivals::from),
            order: stage.order.into(),
            gates: stage.gates.into_iter().map(Gate::from).collect(),
            automatic: stage.automatic,
            contest: stage.contest.into(),
            rollbacks_ask: stage.rollbacks_ask,
            by_hand: stage.by_hand,
        }
    }
}

impl From<ChangedWorkflow> for (i64, declared::Workflow) {
    fn from(changed: ChangedWorkflow) -> Self {
        let ChangedWorkflow { version, title, is_default, stages, edges } = changed;
        // The slug and the kind are taken from the workflow that is changed.
        let (slug, kind) = (String::new(), BucketKind::Environment);
        (version, NewWorkflow { slug, title, kind, is_default, stages, edges }.into())
    }
}

impl Order {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    const fn is_usual(&self) -> bool {
        matches!(self, Self::NewerStays)
    }
}

impl From<Order> for domain::Order {
    fn from(order: Order) -> Self {
        match order {
            Order::NewerStays => Self::NewerStays,
            Order::AsTheyCome => Self::AsTheyCome,
        }
    }
}

impl From<domain::Order> for Order {
    fn from(order: domain::Order) -> Self {
        match order {
            domain::Order::NewerStays => Self::NewerStays,
            domain::Order::AsTheyCome => Self::AsTheyCome,
        }
    }
}

impl From<buckets::BucketKind> for BucketKind {
    fn from(kind: buckets::BucketKind) -> Self {
        match kind {
            buckets::BucketKind::Environment => Self::Environment,
            buckets::BucketKind::ReleaseStream => Self::ReleaseStream,
        }
    }
}

impl From<BucketKind> for buckets::BucketKind {
    fn from(kind: BucketKind) -> Self {
        match kind {
            BucketKind::Environment => Self::Environment,
            BucketKind::ReleaseStream => Self::ReleaseStream,
        }
    }
}

impl From<domain::Arrivals> for Arrivals {
    fn from(arrivals: domain::Arrivals) -> Self {
        match arrivals {
            domain::Arrivals::Any => Self::Any,
            domain::Arrivals::PromotionOnly => Self::PromotionOnly,
        }
    }
}

impl From<Arrivals> for domain::Arrivals {
    fn from(arrivals: Arrivals) -> Self {
        match arrivals {
            Arrivals::Any => Self::Any,
            Arrivals::PromotionOnly => Self::PromotionOnly,
        }
    }
}

impl From<domain::Contest> for Contest {
    fn from(contest: domain::Contest) -> Self {
        match contest {
            domain::Contest::NewestWins => Self::NewestWins,
            domain::Contest::Queue => Self::Queue,
            domain::Contest::Refuse => Self::Refuse,
        }
    }
}

impl From<Contest> for domain::Contest {
    fn from(contest: Contest) -> Self {
        match contest {
            Contest::NewestWins => Self::NewestWins,
            Contest::Queue => Self::Queue,
            Contest::Refuse => Self::Refuse,
        }
    }
}
