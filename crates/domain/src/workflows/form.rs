//! The form for a workflow: its fields as typed, the check of them, and the form of a workflow that is there.

mod row;

use super::given::{
    asks_for_nothing, asks_nobody, comes_later, kept_name, leads_back, outlives, own_bucket, waits_for_itself,
};
use super::{Given, Graph, GraphError, NewWorkflow, Stage, Workflow};
use crate::buckets::{BucketKey, BucketKind, Slot};
use crate::forms::{Check, Invalid};
use crate::gates::Gate;
use crate::integrations::check_kind;
use crate::slugs::Slug;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// What the form for a new workflow holds, as typed: stages in the order in which builds pass them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkflowForm {
    pub slug: String,
    pub title: String,
    pub kind: String,
    /// Present where it shall be the project's default of its kind.
    pub is_default: Option<String>,
    pub stages: Vec<StageForm>,
    /// Present where gates may go that the change drops.
    pub drops: Option<String>,
}

/// One stage of the form; a row without a bucket is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StageForm {
    /// A slot's slug.
    pub bucket: String,
    /// The slugs of the buckets from which builds come, with commas between them; empty for the stage above, and `-` for
    /// none.
    pub from: String,
    /// Empty for the default, else `any` or `promotion_only`.
    pub arrivals: String,
    /// `as_they_come` where what arrives late takes the place of a newer build; else empty.
    pub order: String,
    /// How many approvals it takes; empty for none.
    pub approvals: String,
    /// The slug of the role that approves; empty for the release manager.
    pub role: String,
    /// Present where the person who pushed the build may not approve it.
    pub bar_pusher: Option<String>,
    /// Whether the commit's author may approve it, and who made the CI run: empty, `if_known` or `always`.
    pub bar_author: String,
    pub bar_actor: String,
    /// A second requirement of the same kind; empty for none.
    pub also_approvals: String,
    pub also_role: String,
    /// The names of checks, with commas between them, each with ` in BUCKET` behind it where that matters.
    pub checks: String,
    /// The id of the token whose word on these checks counts; empty for anybody's who may report.
    pub reporter: String,
    /// Present where the stage promotes by itself.
    pub automatic: Option<String>,
    /// What happens where several want to enter; empty for the default.
    pub contest: String,
    /// Present where a rollback needs the approvals, too.
    pub rollbacks_ask: Option<String>,
    /// Present where a person applies what the gates let in.
    pub by_hand: Option<String>,
    /// How long a build must have been in the stage before; empty for no such gate, as are all below.
    pub soak: String,
    /// The slugs of the buckets in which a build must have been, with commas between them.
    pub was_in: String,
    /// Hours of the week, with their time zone.
    pub hours: String,
    pub zone: String,
    /// The pattern of the reference that a promotion must name.
    pub reference: String,
    /// How old a build may be.
    pub maximum_age: String,
    /// `on` where a CI has to vouch for what enters.
    pub verified: String,
    /// The slugs of trust roots that have to have signed it, with commas between them.
    pub signed_by: String,
    /// `all` where every one of them has to have, else empty.
    pub signed_all: String,
    /// The slugs of trust roots of which one has to vouch for how it was built; by what and from what, as patterns.
    pub built_by: String,
    pub builder: String,
    pub source: String,
    /// Those of the stage's gates that have no field above and stay as they are.
    pub kept: Vec<String>,
}

/// What a row says to which no way leads.
pub(super) const NOWHERE: &str = "-";

impl WorkflowForm {
    /// The form that makes this workflow; absent where a bucket is gone. Its first row has no fields for gates, so that
    /// stages change places where something leads to the first one.
    pub fn of(workflow: &Workflow, slots: &[Slot]) -> Option<Self> {
        let graph = &workflow.graph.as_rows();
        let stage = |(position, stage)| {
            let from = comes_from(graph, position, slots)?;
            Some(StageForm { from, ..StageForm::of(stage, slots, position == 0)? })
        };
        Some(Self {
            slug: workflow.name.slug.to_string(),
            title: workflow.name.title.to_string(),
            kind: workflow.name.kind.name().to_owned(),
            is_default: workflow.is_default.then(|| "on".to_owned()),
            stages: graph.stages().iter().enumerate().map(stage).collect::<Option<_>>()?,
            drops: None,
        })
    }

    /// Checks the form, stages and gates included.
    pub fn check(&self, given: &Given) -> Result<NewWorkflow, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let slug = check.field("slug", Slug::parse_new(&self.slug));
        let kind = check.field("kind", check_kind(&self.kind, given.project));
        let stages = kind.and_then(|kind| self.check_stages(kind, given, &mut check));
        let edges = self.check_edges(&mut check);
        let graph = stages.zip(edges);
        let graph = graph.and_then(|(stages, edges)| match Graph::new(stages, edges) {
            // It stands beside the row that names it again.
            Err(GraphError::Twice) => None,
            Err(GraphError::Cycle(around)) => {
                check.mistake("stages", leads_back(&around, given.slots));
                None
            }
            graph => check.field("stages", graph),
        });
        let rows: Vec<usize> = self.filled().map(|(row, _)| row).collect();
        for (position, why) in graph.iter().flat_map(|graph| comes_later(graph, given.slots)) {
            check.mistake(&format!("stages[{}][was_in]", rows[position]), why);
        }
        let new = slug.zip(title).zip(graph).map(|((slug, title), graph)| NewWorkflow {
            slug,
            title,
            is_default: self.is_default.is_some(),
            graph,
        });
        check.finish(new)
    }

    /// Whether the bucket of a row is a stage by an earlier one.
    fn is_named_above(&self, row: usize) -> bool {
        let bucket = &self.stages[row].bucket;
        !bucket.is_empty() && self.stages[..row].iter().any(|above| above.bucket == *bucket)
    }

    /// Checks that no gate goes unseen: whoever takes a stage out has to say that its gates may go.
    pub fn check_drops(&self, before: &Graph, next: &Graph, slots: &[Slot]) -> Result<(), Invalid> {
        let drops = before.drops(next, slots);
        if drops.is_empty() || self.drops.is_some() {
            return Ok(());
        }
        let drops = drops.join(" ");
        Err(Invalid::field(
            "drops",
            format!("Tick it if these gates may go, or put the stages back: {drops}"),
        ))
    }

    /// The rows that say something, with their places in the form.
    fn filled(&self) -> impl Iterator<Item = (usize, &StageForm)> {
        self.stages.iter().enumerate().filter(|(_, stage)| !stage.is_empty())
    }

    /// The ways as positions among the rows that say something, if every one of them starts at another row.
    fn check_edges(&self, check: &mut Check) -> Option<Vec<(usize, usize)>> {
        let buckets: Vec<&str> = self.filled().map(|(_, stage)| stage.bucket.as_str()).collect();
        let mut edges = Vec::new();
        let mut right = true;
        for (to, (row, stage)) in self.filled().enumerate() {
            match stage.from.trim() {
                "" => edges.extend(to.checked_sub(1).map(|above| (above, to))),
                NOWHERE => {}
                names => {
                    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                        let from = buckets.iter().position(|bucket| *bucket == name);
                        let from = from.filter(|from| *from != to);
                        let wrong = || format!("“{name}” is no other stage of this workflow.");
                        let from = check.field(&format!("stages[{row}][from]"), from.ok_or_else(wrong));
                        right &= from.is_some();
                        edges.extend(from.map(|from| (from, to)));
                    }
                }
            }
        }
        edges.sort_unstable();
        edges.dedup();
        right.then_some(edges)
    }

    /// The stages, if every one of them is right.
    fn check_stages(&self, kind: BucketKind, given: &Given, check: &mut Check) -> Option<Vec<Stage>> {
        // Every mistake is told, so that all are looked at before one ends it.
        let stages: Vec<Option<Stage>> = self
            .filled()
            .map(|(row, stage)| {
                let field = |name: &str| format!("stages[{row}][{name}]");
                let slot = match stage.bucket.as_str() {
                    "" => Err("Choose a bucket, or empty what stands below.".to_owned()),
                    slug => given.slot(kind, slug),
                };
                let slot = check.field(&field("bucket"), slot);
                if self.is_named_above(row) {
                    check.mistake(&field("bucket"), GraphError::Twice);
                }
                let gates = stage.check_gates(kind, given, check, &field);
                if let Some(own) = slot.filter(|slot| waits_for_itself(slot, gates.as_deref())) {
                    check.mistake(&field("was_in"), own_bucket(&own.slug));
                }
                let arrivals = check.field(&field("arrivals"), stage.check_arrivals());
                let contest = check.field(&field("contest"), stage.check_contest());
                let order = check.field(&field("order"), stage.check_order());
                let checked = slot.zip(gates).zip(arrivals.zip(contest).zip(order));
                let checked = checked.map(|((slot, gates), ((arrivals, contest), order))| Stage {
                    bucket: slot.key,
                    arrivals,
                    order,
                    gates,
                    automatic: stage.automatic.is_some(),
                    contest,
                    rollbacks_ask: stage.rollbacks_ask.is_some(),
                    by_hand: stage.by_hand.is_some(),
                });
                if let Some(mistake) = checked.as_ref().and_then(asks_for_nothing) {
                    check.mistake(&field("approvals"), mistake);
                }
                if let Some(mistake) = checked.as_ref().and_then(|stage| outlives(&stage.gates)) {
                    check.mistake(&field("maximum_age"), mistake);
                }
                if let Some(mistake) = checked.as_ref().and_then(asks_nobody) {
                    check.mistake(&field("reference"), mistake);
                }
                checked
            })
            .collect();
        stages.into_iter().collect()
    }
}

impl Graph {
    /// The gates of a stage that its row has no fields for: what the form calls each, and its words.
    pub fn kept(&self, slot: &Slot) -> Vec<(String, String)> {
        let Some(stage) = self.stage(slot.key) else { return Vec::new() };
        let first = self.as_rows().stages().first().is_some_and(|first| first.bucket == slot.key);
        let kept = StageForm::of(stage, std::slice::from_ref(slot), first).map(|row| row.kept);
        let named = |(number, gate): (usize, &Gate)| (kept_name(&slot.slug, number), gate.words());
        let all = stage.gates.iter().enumerate().map(named);
        all.filter(|(name, _)| kept.as_ref().is_some_and(|kept| kept.contains(name))).collect()
    }

    /// The same as the rows of a form have it: with its stages in another order where something leads to the first one.
    fn as_rows(&self) -> Self {
        let entered = self.stages().first().is_some_and(|first| !self.before(first.bucket).is_empty());
        if entered { self.downwards() } else { self.clone() }
    }
}

/// From where builds come to a stage, as its row says it; absent where a bucket is gone.
fn comes_from(graph: &Graph, position: usize, slots: &[Slot]) -> Option<String> {
    let stages = graph.stages();
    let before = graph.before(stages[position].bucket);
    let above = position.checked_sub(1).map(|above| stages[above].bucket);
    if before == above.into_iter().collect::<Vec<_>>() {
        return Some(String::new());
    }
    let name = |bucket: &BucketKey| Some(slots.iter().find(|slot| slot.key == *bucket)?.slug.as_str());
    let names: Vec<&str> = before.iter().map(name).collect::<Option<_>>()?;
    Some(if names.is_empty() { NOWHERE.to_owned() } else { names.join(", ") })
}
