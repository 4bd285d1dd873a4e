//! Workflows as a request or a file declares them: any graph, each stage with any gates.

mod current;

use super::given::{
    asks_for_nothing, asks_nobody, comes_later, given_span, leads_back, outlives, own_bucket,
    waits_for_itself,
};
use super::{Arrivals, Contest, Given, Graph, GraphError, NewWorkflow, Order, Stage as CheckedStage};
use crate::buckets::BucketKind;
use crate::checks::{CheckName, Wanted};
use crate::forms::{Check, Invalid};
use crate::gates::{Approvals, Bar, Gate as CheckedGate, Window};
use crate::integrations::check_kind;
use crate::slugs::Slug;
use crate::spans::SpanError;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// A new workflow, its parts named and not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    pub slug: String,
    pub title: String,
    pub kind: BucketKind,
    pub is_default: bool,
    pub stages: Vec<Stage>,
    /// The ways between stages, from and to; absent where each stage leads to the next one.
    pub edges: Option<Vec<(String, String)>>,
}

/// A stage by its bucket's slug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    pub bucket: String,
    pub arrivals: Option<Arrivals>,
    pub order: Order,
    pub automatic: bool,
    pub contest: Contest,
    /// Whether a rollback needs its approvals, too.
    pub rollbacks_ask: bool,
    /// Whether a person applies what the gates let in.
    pub by_hand: bool,
    pub gates: Vec<Gate>,
}

/// A condition on entering a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gate {
    Approvals {
        count: u8,
        /// The slug of the role that approves.
        role: String,
        bar_pusher: bool,
        bar_author: Bar,
        bar_actor: Bar,
    },
    Soak {
        time: String,
    },
    WasIn {
        /// The slugs of buckets.
        buckets: Vec<String>,
    },
    Window {
        zone: String,
        hours: Vec<String>,
    },
    Reference {
        pattern: String,
    },
    MaximumAge {
        age: String,
    },
    Check {
        name: String,
        /// The slug of a bucket; empty where it does not matter.
        bucket: String,
        /// The ids of the tokens whose word counts.
        tokens: Vec<String>,
    },
    Verified,
    Signed {
        /// The slugs of trust roots.
        roots: Vec<String>,
        all: bool,
    },
    Built {
        roots: Vec<String>,
        builder: String,
        source: String,
    },
}

/// How many gates a stage has at most.
const GATES: usize = 20;

impl Workflow {
    /// Checks it, stages and gates included.
    pub fn check(&self, given: &Given) -> Result<NewWorkflow, Invalid> {
        let mut check = Check::default();
        let slug = check.field("slug", Slug::parse_new(&self.slug));
        let title = check.field("title", Title::parse(&self.title));
        let kind = check.field("kind", check_kind(self.kind.name(), given.project));
        let stages = kind.and_then(|_| self.check_stages(given, &mut check));
        let edges = self.check_edges(&mut check);
        let graph = stages.zip(edges);
        let graph = graph.and_then(|(stages, edges)| match Graph::new(stages, edges) {
            // It stands beside the stage that names it again.
            Err(GraphError::Twice) => None,
            Err(GraphError::Cycle(around)) => {
                check.mistake("edges", leads_back(&around, given.slots));
                None
            }
            graph => check.field("stages", graph),
        });
        for (row, why) in graph.iter().flat_map(|graph| comes_later(graph, given.slots)) {
            check.mistake(&format!("stages[{row}][gates]"), why);
        }
        let new = slug.zip(title).zip(graph).map(|((slug, title), graph)| NewWorkflow {
            slug,
            title,
            is_default: self.is_default,
            graph,
        });
        check.finish(new)
    }

    /// The stages, if every one of them is right.
    fn check_stages(&self, given: &Given, check: &mut Check) -> Option<Vec<CheckedStage>> {
        let mut stages = Vec::new();
        for (row, stage) in self.stages.iter().enumerate() {
            let slot = check.field(&format!("stages[{row}][bucket]"), given.slot(self.kind, &stage.bucket));
            if self.stages[..row].iter().any(|above| above.bucket == stage.bucket) {
                check.mistake(&format!("stages[{row}][bucket]"), GraphError::Twice);
            }
            let gates = stage.check_gates(row, self.kind, given, check);
            if let Some(own) = slot.filter(|slot| waits_for_itself(slot, gates.as_deref())) {
                check.mistake(&format!("stages[{row}][gates]"), own_bucket(&own.slug));
            }
            let checked = slot.zip(gates).map(|(slot, gates)| CheckedStage {
                bucket: slot.key,
                arrivals: stage.arrivals,
                order: stage.order,
                gates,
                automatic: stage.automatic,
                contest: stage.contest,
                rollbacks_ask: stage.rollbacks_ask,
                by_hand: stage.by_hand,
            });
            if let Some(mistake) = checked.as_ref().and_then(asks_for_nothing) {
                check.mistake(&format!("stages[{row}][rollbacks_ask]"), mistake);
            }
            if let Some(mistake) = checked.as_ref().and_then(|stage| outlives(&stage.gates)) {
                check.mistake(&format!("stages[{row}][gates]"), mistake);
            }
            if let Some(mistake) = checked.as_ref().and_then(asks_nobody) {
                check.mistake(&format!("stages[{row}][automatic]"), mistake);
            }
            stages.push(checked);
        }
        stages.into_iter().collect()
    }

    /// The edges as positions of stages, if every one of them names two; without edges, one stage after
    /// the other.
    fn check_edges(&self, check: &mut Check) -> Option<Vec<(usize, usize)>> {
        let Some(edges) = &self.edges else {
            return Some((1..self.stages.len()).map(|position| (position - 1, position)).collect());
        };
        let mut position = |row: usize, end: &str, bucket: &str| {
            let found = self.stages.iter().position(|stage| stage.bucket == bucket);
            let found = found.ok_or_else(|| format!("“{bucket}” is not one of the stages."));
            check.field(&format!("edges[{row}][{end}]"), found)
        };
        let ends: Vec<_> = edges
            .iter()
            .enumerate()
            .map(|(row, (from, to))| position(row, "from", from).zip(position(row, "to", to)))
            .collect();
        // One that is named twice is one.
        let mut ends = ends.into_iter().collect::<Option<Vec<_>>>()?;
        let mut known = std::collections::HashSet::new();
        ends.retain(|edge| known.insert(*edge));
        Some(ends)
    }
}

impl Stage {
    fn check_gates(
        &self,
        row: usize,
        kind: BucketKind,
        given: &Given,
        check: &mut Check,
    ) -> Option<Vec<CheckedGate>> {
        if self.gates.len() > GATES {
            check.mistake(&format!("stages[{row}][gates]"), format!("Use at most {GATES} gates."));
            return None;
        }
        let mut gates = Vec::new();
        for (number, gate) in self.gates.iter().enumerate() {
            let field = |name: &str| format!("stages[{row}][gates][{number}][{name}]");
            gates.push(gate.check(kind, given, check, &field));
        }
        gates.into_iter().collect()
    }
}

impl Gate {
    fn check(
        &self,
        kind: BucketKind,
        given: &Given,
        check: &mut Check,
        field: &impl Fn(&str) -> String,
    ) -> Option<CheckedGate> {
        let span = |text: &str| given_span(text).unwrap_or_else(|| Err(SpanError.to_string()));
        match self {
            Self::Approvals { count, role, bar_pusher, bar_author, bar_actor } => {
                let enough = (1..=20).contains(count).then_some(*count);
                let count = check.field(&field("count"), enough.ok_or("Use a number from 1 to 20."));
                let role = check.field(&field("role"), given.role(role));
                count.zip(role).map(|(count, role)| {
                    let (bar_pusher, bar_author, bar_actor) = (*bar_pusher, *bar_author, *bar_actor);
                    CheckedGate::Approvals(Approvals { count, role, bar_pusher, bar_author, bar_actor })
                })
            }
            Self::Soak { time } => {
                check.field(&field("time"), span(time)).map(|time| CheckedGate::Soak { time })
            }
            Self::WasIn { buckets } => check.field(&field("buckets"), given.was_in(kind, buckets)),
            Self::Window { zone, hours } => {
                let zone = check.field(&field("zone"), given.zone(zone));
                let hours = check.field(&field("hours"), Window::read_hours(&hours.join(",")));
                zone.zip(hours).map(|(zone, hours)| CheckedGate::Window(Window { zone, hours }))
            }
            Self::Reference { pattern } => check.field(&field("pattern"), given.reference(pattern)),
            Self::MaximumAge { age } => {
                check.field(&field("age"), span(age)).map(|age| CheckedGate::MaximumAge { age })
            }
            Self::Verified => Some(CheckedGate::Verified),
            Self::Signed { roots, all } => check.field(&field("roots"), given.signed(roots, *all)),
            Self::Built { roots, builder, source } => {
                check.field(&field("roots"), given.built(roots, builder, source))
            }
            Self::Check { name, bucket, tokens } => {
                let name = check.field(&field("name"), CheckName::parse(name));
                let place = Some(bucket.trim()).filter(|slug| !slug.is_empty());
                let place = place.map(|slug| given.bucket(kind, slug)).transpose();
                let place = check.field(&field("bucket"), place);
                let by = check.field(&field("tokens"), given.tokens(tokens));
                let wanted = name.zip(place).zip(by);
                wanted.map(|((name, bucket), by)| CheckedGate::Check(Wanted { name, bucket, by }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;
    use crate::buckets::{BucketKey, Slot};
    use crate::streams::Stream;
    use uuid::Uuid;

    fn slot(number: u128, slug: &str) -> Slot {
        let slug = Slug::parse(slug).expect("a slug");
        let title = Title::parse("A title").expect("a title");
        Slot {
            key: BucketKey::new(BucketKind::Environment, Uuid::from_u128(number)),
            slug: slug.clone(),
            title: title.clone(),
            stream: Stream { id: Uuid::nil().into(), slug, title, production: false, built_in: false },
        }
    }

    fn workflow(edges: Option<&[(&str, &str)]>) -> Workflow {
        let stage = |bucket: &str| Stage {
            bucket: bucket.to_owned(),
            arrivals: None,
            order: Order::default(),
            automatic: false,
            contest: Contest::default(),
            rollbacks_ask: false,
            by_hand: false,
            gates: Vec::new(),
        };
        let edge = |(from, to): &(&str, &str)| ((*from).to_owned(), (*to).to_owned());
        Workflow {
            slug: "release".to_owned(),
            title: "Release".to_owned(),
            kind: BucketKind::Environment,
            is_default: false,
            stages: ["qa", "eu", "us"].map(stage).to_vec(),
            edges: edges.map(|edges| edges.iter().map(edge).collect()),
        }
    }

    fn check(workflow: &Workflow) -> Result<NewWorkflow, Invalid> {
        let slots = [slot(1, "qa"), slot(2, "eu"), slot(3, "us")];
        let project = Slug::parse("shop").expect("a slug");
        let roles = [Role::release_manager().slug];
        let given = Given {
            project: &project,
            slots: &slots,
            roles: &roles,
            reporters: &[],
            roots: &[],
            before: None,
            is_zone: |zone| zone.as_str() == "Europe/Berlin",
            pattern: |pattern| {
                if pattern.as_str() == "(" { Err("It has no end.".to_owned()) } else { Ok(()) }
            },
        };
        workflow.check(&given)
    }

    fn mistakes(workflow: &Workflow) -> Vec<String> {
        let invalid = check(workflow).expect_err("a mistake");
        invalid.errors().iter().map(|error| error.field.clone()).collect()
    }

    #[test]
    fn stages_without_edges_follow_one_another() {
        let graph = check(&workflow(None)).expect("sound").graph;
        let buckets: Vec<_> = graph.stages().iter().map(|stage| stage.bucket).collect();
        assert!(graph.leads(buckets[0], buckets[1]) && graph.leads(buckets[1], buckets[2]));
    }

    #[test]
    fn edges_may_fan_out() {
        let graph = check(&workflow(Some(&[("qa", "eu"), ("qa", "us")]))).expect("sound").graph;
        let buckets: Vec<_> = graph.stages().iter().map(|stage| stage.bucket).collect();
        assert_eq!(graph.after(buckets[0]), [buckets[1], buckets[2]]);
        assert_eq!(graph.after(buckets[1]), []);
    }

    #[test]
    fn every_gate_is_checked_by_its_own_rule() {
        let mut workflow = workflow(None);
        let gates = |right: bool| {
            let text = |fits: &str, wrong: &str| if right { fits } else { wrong }.to_owned();
            vec![
                Gate::Soak { time: text("2h", "soon") },
                Gate::WasIn { buckets: vec!["qa".to_owned(), text("eu", "mars")] },
                Gate::Window {
                    zone: "Europe/Berlin".to_owned(),
                    hours: vec![text("Mon-Fri 09:00-17:00", "always")],
                },
                Gate::Window {
                    zone: text("Europe/Berlin", "Mars/Base"),
                    hours: vec!["09:00-17:00".to_owned()],
                },
                Gate::Reference { pattern: text("OPS-[0-9]+", "(") },
                Gate::MaximumAge { age: text("30d", "") },
            ]
        };
        workflow.stages[2].gates = gates(true);
        let words: Vec<String> =
            check(&workflow).expect("sound").graph.stages()[2].gates.iter().map(CheckedGate::words).collect();
        assert_eq!(
            words,
            [
                "2 hours in the stage before",
                "a stay in qa and eu",
                "only Mon-Fri 09:00-17:00 (Europe/Berlin)",
                "only 09:00-17:00 (Europe/Berlin)",
                "a reference like OPS-[0-9]+",
                "not older than 30 days",
            ]
        );
        workflow.stages[2].gates = gates(false);
        let fields = ["0][time]", "1][buckets]", "2][hours]", "3][zone]", "4][pattern]", "5][age]"];
        assert_eq!(mistakes(&workflow), fields.map(|field| format!("stages[2][gates][{field}")));
    }

    #[test]
    fn mistakes_are_told_where_they_are() {
        assert_eq!(mistakes(&workflow(Some(&[("qa", "mars")]))), ["edges[0][to]"]);
        assert_eq!(mistakes(&workflow(Some(&[("qa", "eu"), ("eu", "qa")]))), ["edges"]);
        let mut wrong = workflow(None);
        wrong.stages[1].bucket = "mars".to_owned();
        let gate = Gate::Approvals {
            count: 0,
            role: "viewer".to_owned(),
            bar_pusher: false,
            bar_author: Bar::No,
            bar_actor: Bar::No,
        };
        wrong.stages[2].gates = vec![gate];
        let fields = ["stages[1][bucket]", "stages[2][gates][0][count]", "stages[2][gates][0][role]"];
        assert_eq!(mistakes(&wrong), fields);
    }
}
