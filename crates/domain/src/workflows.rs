//! Promotion workflows: the stages that a build passes, drawn as a graph, with the gates of each.

pub mod declared;
mod form;
mod given;
mod layout;
mod plan;
mod stages;
mod touched;

pub use form::{StageForm, WorkflowForm};
pub use given::{Given, NewWorkflow};
pub use layout::{Joint, Layout, Pass, Place};
pub use plan::{Plan, Spot, Unplanned};
pub use stages::{Arrivals, Contest, Order, Stage, arrivals_without_stage};
pub use touched::WaitingUnder;

use crate::buckets::{BucketKey, BucketKind, Slot};
use crate::checks::TokenName;
use crate::gates::Gate;
use crate::ids::{ProjectId, WorkflowId};
use crate::slugs::Slug;
use crate::trust_roots::RootName;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// A workflow's name and kind: what a form needs to offer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowName {
    pub id: WorkflowId,
    pub slug: Slug,
    pub title: Title,
    pub kind: BucketKind,
}

/// A workflow in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    pub name: WorkflowName,
    pub project: ProjectId,
    pub is_default: bool,
    /// Counts from 1; every change makes a new one, and a promotion keeps the one it was asked under.
    pub version: i64,
    pub graph: Graph,
}

/// Stages and the edges between them. Only [`Graph::new`] makes one, so it is always sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Graph {
    parts: Parts,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Parts {
    stages: Vec<Stage>,
    /// Positions in `stages`, from and to.
    edges: Vec<(usize, usize)>,
}

impl Workflow {
    /// The tokens that its gates name, each once: they stay choosable, also when they are revoked.
    pub fn named_tokens(&self) -> Vec<TokenName> {
        let gates = self.graph.stages().iter().flat_map(|stage| &stage.gates);
        let by = gates.filter_map(|gate| match gate {
            Gate::Check(wanted) => Some(&wanted.by),
            _ => None,
        });
        let mut tokens: Vec<TokenName> = Vec::new();
        for token in by.flatten() {
            if tokens.iter().all(|known| known.id != token.id) {
                tokens.push(token.clone());
            }
        }
        tokens
    }

    /// The trust roots that its gates ask for.
    pub fn named_roots(&self) -> Vec<RootName> {
        let gates = self.graph.stages().iter().flat_map(|stage| &stage.gates);
        let mut roots: Vec<RootName> = Vec::new();
        for root in gates.flat_map(Gate::roots) {
            if !roots.contains(root) {
                roots.push(root.clone());
            }
        }
        roots
    }
}

/// Why stages and edges make no workflow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    #[error("Add at least one stage.")]
    Empty,
    #[error("Use at most {} stages.", Graph::MOST)]
    TooMany,
    #[error("Each bucket can be one stage only.")]
    Twice,
    #[error("All stages must be of the workflow's type.")]
    Mixed,
    #[error("An edge names a stage that is not there.")]
    Edge,
    /// With the buckets around which it leads, in order.
    #[error("A way must not lead back to where it came from.")]
    Cycle(Vec<BucketKey>),
}

impl Graph {
    /// How many stages there are at most.
    pub const MOST: usize = 50;

    /// Checks stages and edges: one stage a bucket, all of one kind, no way back.
    pub fn new(stages: Vec<Stage>, edges: Vec<(usize, usize)>) -> Result<Self, GraphError> {
        let Some(first) = stages.first() else {
            return Err(GraphError::Empty);
        };
        if stages.len() > Self::MOST {
            return Err(GraphError::TooMany);
        }
        let kind = first.bucket.kind();
        if stages.iter().any(|stage| stage.bucket.kind() != kind) {
            return Err(GraphError::Mixed);
        }
        for (position, stage) in stages.iter().enumerate() {
            if stages[..position].iter().any(|earlier| earlier.bucket == stage.bucket) {
                return Err(GraphError::Twice);
            }
        }
        if edges.iter().any(|(from, to)| *from >= stages.len() || *to >= stages.len()) {
            return Err(GraphError::Edge);
        }
        if let Some(around) = cycle(stages.len(), &edges) {
            return Err(GraphError::Cycle(around.into_iter().map(|at| stages[at].bucket).collect()));
        }
        Ok(Self { parts: Parts { stages, edges } })
    }

    /// Stages one after the other.
    pub fn linear(stages: Vec<Stage>) -> Result<Self, GraphError> {
        let edges = (1..stages.len()).map(|position| (position - 1, position)).collect();
        Self::new(stages, edges)
    }

    pub fn stages(&self) -> &[Stage] {
        &self.parts.stages
    }

    pub fn stage(&self, bucket: BucketKey) -> Option<&Stage> {
        self.parts.stages.iter().find(|stage| stage.bucket == bucket)
    }

    /// Whether a bucket is a stage, or a gate asks whether a build was there.
    pub fn names(&self, bucket: BucketKey) -> bool {
        let asks = |gate: &Gate| match gate {
            Gate::WasIn { buckets } => buckets.iter().any(|asked| asked.key == bucket),
            _ => false,
        };
        self.parts.stages.iter().any(|stage| stage.bucket == bucket || stage.gates.iter().any(asks))
    }

    pub fn kind(&self) -> BucketKind {
        self.parts.stages[0].bucket.kind()
    }

    /// The buckets from which an edge leads to `to`.
    pub fn before(&self, to: BucketKey) -> Vec<BucketKey> {
        self.ends().filter(|(_, end)| *end == to).map(|(start, _)| start).collect()
    }

    /// The buckets to which an edge leads from `from`.
    pub fn after(&self, from: BucketKey) -> Vec<BucketKey> {
        self.ends().filter(|(start, _)| *start == from).map(|(_, end)| end).collect()
    }

    /// What a build has to pass on its way from one bucket into another; from a bucket into the same, it goes back there.
    pub fn gates(&self, from: BucketKey, to: BucketKey) -> Vec<Gate> {
        let gates = |stage: &Stage| if from == to { stage.gates_back() } else { stage.gates.clone() };
        self.stage(to).map(gates).unwrap_or_default()
    }

    pub fn leads(&self, from: BucketKey, to: BucketKey) -> bool {
        self.ends().any(|edge| edge == (from, to))
    }

    /// The same with its stages in an order in which every edge leads downwards, and else as they are.
    #[must_use]
    pub fn downwards(&self) -> Self {
        let Parts { stages, edges } = &self.parts;
        let mut order: Vec<usize> = Vec::new();
        while order.len() < stages.len() {
            let ready = |stage: &usize| {
                let free = edges.iter().filter(|(_, to)| to == stage).all(|(from, _)| order.contains(from));
                free && !order.contains(stage)
            };
            // No way leads back, so that one is always ready.
            let Some(next) = (0..stages.len()).find(ready) else { break };
            order.push(next);
        }
        let place = |stage: usize| order.iter().position(|known| *known == stage);
        let edges = edges.iter().filter_map(|(from, to)| place(*from).zip(place(*to))).collect();
        Self { parts: Parts { stages: order.iter().map(|stage| stages[*stage].clone()).collect(), edges } }
    }

    /// Whether a way leads from one bucket to another, over any number of edges.
    pub fn reaches(&self, from: BucketKey, to: BucketKey) -> bool {
        let mut left = vec![from];
        let mut seen = left.clone();
        while let Some(here) = left.pop() {
            for next in self.after(here) {
                if next == to {
                    return true;
                }
                if !seen.contains(&next) {
                    seen.push(next);
                    left.push(next);
                }
            }
        }
        false
    }

    fn ends(&self) -> impl Iterator<Item = (BucketKey, BucketKey)> {
        let bucket = |position: usize| self.parts.stages[position].bucket;
        self.parts.edges.iter().map(move |(from, to)| (bucket(*from), bucket(*to)))
    }

    /// What holds for arrivals in a bucket: the stage's own word, else by promotion only where an
    /// edge leads to it. Outside any stage, [`arrivals_without_stage`] holds.
    pub fn arrivals(&self, slot: &Slot) -> Arrivals {
        match self.stage(slot.key) {
            Some(Stage { arrivals: Some(arrivals), .. }) => *arrivals,
            Some(_) if !self.before(slot.key).is_empty() => Arrivals::PromotionOnly,
            _ => arrivals_without_stage(slot),
        }
    }
}

/// The stages around which a way leads back to where it came from, in order. Takes away stages that nothing leads to
/// until none is left, or only such ways are.
fn cycle(stages: usize, edges: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut left: Vec<usize> = (0..stages).collect();
    let before = |stage: usize, left: &[usize]| {
        edges.iter().find(|(from, to)| *to == stage && left.contains(from)).map(|(from, _)| *from)
    };
    loop {
        let next: Vec<usize> = left.iter().copied().filter(|stage| before(*stage, &left).is_some()).collect();
        if next.len() == left.len() {
            break;
        }
        left = next;
    }
    // Each that is left is entered from another that is: back from any of them, one comes twice.
    let mut around = vec![*left.first()?];
    loop {
        let from = before(*around.last()?, &left)?;
        if let Some(start) = around.iter().position(|known| *known == from) {
            around.drain(..start);
            around.reverse();
            return Some(around);
        }
        around.push(from);
    }
}

impl TryFrom<Parts> for Graph {
    type Error = GraphError;

    fn try_from(parts: Parts) -> Result<Self, GraphError> {
        Self::new(parts.stages, parts.edges)
    }
}

impl From<Graph> for Parts {
    fn from(graph: Graph) -> Self {
        graph.parts
    }
}

/// A workflow with what a change of it would touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowView {
    pub workflow: Workflow,
    /// The first of the integrations that follow it, by slug, and how many there are in all.
    pub followers: Vec<Slug>,
    pub followed_by: usize,
    /// How many promotions wait that were asked for under it. They keep the gates of their version.
    pub waiting: usize,
    /// The first of those that who looks may see.
    pub waits: Vec<WaitingUnder>,
}

#[cfg(test)]
mod tests;
