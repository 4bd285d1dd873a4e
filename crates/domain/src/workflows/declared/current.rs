//! What would have to be declared for a workflow to be as it is.

use super::{Gate, Stage, Workflow};
use crate::buckets::Slot;
use crate::gates::Gate as CheckedGate;
use crate::trust_roots::RootName;
use crate::workflows::{Stage as CheckedStage, Workflow as CheckedWorkflow};

impl Workflow {
    /// A workflow of a project with these slots. The ways are left out where each stage leads to the next one.
    pub fn of(workflow: &CheckedWorkflow, slots: &[Slot]) -> Self {
        let graph = &workflow.graph;
        let name = |key| slots.iter().find(|slot| slot.key == key).map(|slot| slot.slug.to_string());
        let stages = graph.stages().iter().filter_map(|stage| Some(Stage::of(stage, name(stage.bucket)?)));
        let stages: Vec<Stage> = stages.collect();
        let position = |slug: &String| stages.iter().position(|stage| stage.bucket == *slug);
        let ways = graph.stages().iter().flat_map(|from| {
            let after = graph.after(from.bucket).into_iter();
            after.filter_map(move |to| Some((name(from.bucket)?, name(to)?)))
        });
        let mut ways: Vec<(String, String)> = ways.collect();
        // In one order, however they were named: it says nothing.
        ways.sort_by_key(|(from, to)| (position(from), position(to)));
        let line = stages.windows(2).map(|two| (two[0].bucket.clone(), two[1].bucket.clone()));
        Self {
            slug: workflow.name.slug.to_string(),
            title: workflow.name.title.to_string(),
            kind: workflow.name.kind,
            is_default: workflow.is_default,
            edges: (!line.eq(ways.iter().cloned())).then_some(ways),
            stages,
        }
    }
}

impl Stage {
    pub fn of(stage: &CheckedStage, bucket: String) -> Self {
        Self {
            bucket,
            arrivals: stage.arrivals,
            order: stage.order,
            automatic: stage.automatic,
            contest: stage.contest,
            rollbacks_ask: stage.rollbacks_ask,
            by_hand: stage.by_hand,
            gates: stage.gates.iter().cloned().map(Gate::from).collect(),
        }
    }
}

impl From<CheckedGate> for Gate {
    fn from(gate: CheckedGate) -> Self {
        match gate {
            CheckedGate::Approvals(approvals) => Self::Approvals {
                count: approvals.count,
                role: approvals.role.into(),
                bar_pusher: approvals.bar_pusher,
                bar_author: approvals.bar_author,
                bar_actor: approvals.bar_actor,
            },
            CheckedGate::Soak { time } => Self::Soak { time: time.to_string() },
            CheckedGate::WasIn { buckets } => {
                Self::WasIn { buckets: buckets.into_iter().map(|bucket| bucket.slug.into()).collect() }
            }
            CheckedGate::Window(window) => Self::Window {
                zone: window.zone.into(),
                hours: window.hours.into_iter().map(String::from).collect(),
            },
            CheckedGate::Reference { pattern } => Self::Reference { pattern: pattern.into() },
            CheckedGate::MaximumAge { age } => Self::MaximumAge { age: age.to_string() },
            CheckedGate::Verified => Self::Verified,
            CheckedGate::Signed(signed) => Self::Signed { roots: slugs(signed.roots), all: signed.all },
            CheckedGate::Built(built) => {
                Self::Built { roots: slugs(built.roots), builder: built.builder, source: built.source }
            }
            CheckedGate::Check(wanted) => Self::Check {
                name: wanted.name.into(),
                bucket: wanted.bucket.map(|bucket| bucket.slug.into()).unwrap_or_default(),
                tokens: wanted.by.into_iter().map(|token| token.id.to_string()).collect(),
            },
        }
    }
}

fn slugs(roots: Vec<RootName>) -> Vec<String> {
    roots.into_iter().map(|root| root.slug.into()).collect()
}
