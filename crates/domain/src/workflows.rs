//! Promotion workflows: the stages that a build passes, drawn as a graph, with the gates of each.

pub mod declared;
mod form;
mod layout;
mod plan;
mod touched;

pub use form::{StageForm, WorkflowForm};
pub use layout::{Joint, Layout, Pass, Place};
pub use plan::{Plan, Spot, Unplanned};
pub use touched::WaitingUnder;

use crate::buckets::{BucketKey, BucketKind, BucketName, Slot};
use crate::checks::{CheckName, TokenName, Wanted};
use crate::gates::{Built, Gate, Pattern, Signed, Zone};
use crate::ids::{ProjectId, WorkflowId};
use crate::slugs::Slug;
use crate::spans::Span;
use crate::trust_roots::RootName;
use crate::words::{Title, is_plain};
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

/// A bucket in a workflow, with what it takes to enter it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    pub bucket: BucketKey,
    /// Absent where the default for the stage's position and stream holds.
    pub arrivals: Option<Arrivals>,
    #[serde(default)]
    pub order: Order,
    pub gates: Vec<Gate>,
    /// Whether what becomes current in a stage before is promoted without anybody asking.
    #[serde(default)]
    pub automatic: bool,
    #[serde(default)]
    pub contest: Contest,
    /// Whether a rollback needs its approvals, too; else whoever may roll back does so at once.
    #[serde(default)]
    pub rollbacks_ask: bool,
    /// Whether a promotion that passes the gates waits until a person applies it.
    #[serde(default)]
    pub by_hand: bool,
}

/// What happens where a promotion is asked for while others wait to enter the same bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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

impl Contest {
    pub const ALL: [Self; 3] = [Self::NewestWins, Self::Queue, Self::Refuse];

    pub const fn name(self) -> &'static str {
        match self {
            Self::NewestWins => "newest_wins",
            Self::Queue => "queue",
            Self::Refuse => "refuse",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|contest| contest.name() == text)
    }

    /// As people read it on a stage; nothing for what is usual.
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::NewestWins => None,
            Self::Queue => Some("one after the other, in the order of asking"),
            Self::Refuse => Some("one at a time"),
        }
    }
}

impl Stage {
    /// A stage without gates, which treats what arrives and what is asked for as is usual.
    pub const fn bare(bucket: BucketKey) -> Self {
        Self {
            bucket,
            arrivals: None,
            order: Order::NewerStays,
            gates: Vec::new(),
            automatic: false,
            contest: Contest::NewestWins,
            rollbacks_ask: false,
            by_hand: false,
        }
    }

    /// What it takes to enter, and how it treats those that ask, in words.
    pub fn words(&self) -> Vec<String> {
        let automatic = self.automatic.then(|| "automatic".to_owned());
        let gates = self.gates.iter().map(Gate::words);
        let back = self.rollbacks_ask.then(|| "rollbacks need the approvals, too".to_owned());
        let contest = self.contest.words().map(str::to_owned);
        let hand = self.by_hand.then(|| "applied by hand".to_owned());
        let order = (self.order == Order::AsTheyCome).then(|| "older commits, too".to_owned());
        automatic.into_iter().chain(order).chain(gates).chain(hand).chain(contest).chain(back).collect()
    }

    /// What has to pass that goes back to an earlier build of its bucket: the approvals, where rollbacks need them.
    pub fn gates_back(&self) -> Vec<Gate> {
        let approvals = self.gates.iter().filter(|gate| matches!(gate, Gate::Approvals(_)));
        approvals.filter(|_| self.rollbacks_ask).cloned().collect()
    }
}

/// Whether what arrives from CI may become current in a stage by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    Any,
    PromotionOnly,
}

/// Which of two builds stays where they arrive in another order than their commits were made, or their CI ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The newer one: what arrives late is refused.
    #[default]
    NewerStays,
    /// The one that arrived last.
    AsTheyCome,
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
    #[error("A way must not lead back to where it came from.")]
    Cycle,
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
        if has_cycle(stages.len(), &edges) {
            return Err(GraphError::Cycle);
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

/// What holds for arrivals in a bucket that no stage speaks for: production takes promotions only.
pub fn arrivals_without_stage(slot: &Slot) -> Arrivals {
    if slot.stream.production { Arrivals::PromotionOnly } else { Arrivals::Any }
}

/// Takes away stages that nothing leads to until none is left, or only a cycle is.
fn has_cycle(stages: usize, edges: &[(usize, usize)]) -> bool {
    let mut left: Vec<usize> = (0..stages).collect();
    loop {
        let before = left.len();
        let entered = |stage: usize| edges.iter().any(|(from, to)| *to == stage && left.contains(from));
        let next: Vec<usize> = left.iter().copied().filter(|stage| entered(*stage)).collect();
        if next.is_empty() {
            return false;
        }
        if next.len() == before {
            return true;
        }
        left = next;
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

/// What a workflow is checked against: what its project has, and what only the server can tell.
pub struct Given<'a> {
    pub project: &'a Slug,
    pub slots: &'a [Slot],
    /// The roles that can approve.
    pub roles: &'a [Slug],
    /// The tokens that can report in the project.
    pub reporters: &'a [TokenName],
    /// The trust roots of the project.
    pub roots: &'a [RootName],
    /// Whether there is a time zone of this name.
    pub is_zone: fn(&Zone) -> bool,
    /// Whether a text is a regular expression, or why it is none.
    pub pattern: fn(&Pattern) -> Result<(), String>,
}

/// A checked new workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkflow {
    pub slug: Slug,
    pub title: Title,
    pub is_default: bool,
    pub graph: Graph,
}

/// Whether a gate before a bucket asks that the build has been in that bucket, which could never be.
fn waits_for_itself(slot: &Slot, gates: Option<&[Gate]>) -> bool {
    gates.unwrap_or_default().iter().any(|gate| match gate {
        Gate::WasIn { buckets } => buckets.iter().any(|bucket| bucket.key == slot.key),
        _ => false,
    })
}

/// Why a stage cannot be automatic, where it shall be and cannot: nobody is there to name a reference.
fn asks_nobody(stage: &Stage) -> Option<String> {
    let asks = stage.gates.iter().any(|gate| matches!(gate, Gate::Reference { .. }));
    (stage.automatic && asks).then(|| {
        "A stage that asks for a reference cannot be automatic: nobody is there to name one.".to_owned()
    })
}

/// Why rollbacks cannot need a stage's approvals, where they shall and there are none.
fn asks_for_nothing(stage: &Stage) -> Option<String> {
    (stage.rollbacks_ask && stage.gates_back().is_empty())
        .then(|| "Ask for approvals first: a rollback needs the same ones.".to_owned())
}

fn own_bucket(slug: &Slug) -> String {
    format!("A build cannot have been in {slug} before it enters {slug}.")
}

/// A length of time, where one is given.
fn given_span(text: &str) -> Option<Result<Span, String>> {
    (!text.trim().is_empty()).then(|| Span::parse(text).map_err(|error| error.to_string()))
}

impl Given<'_> {
    /// The slot of a kind by its slug.
    fn slot(&self, kind: BucketKind, slug: &str) -> Result<&Slot, String> {
        let found = self.slots.iter().find(|slot| slot.key.kind() == kind && slot.slug.as_str() == slug);
        found.ok_or_else(|| format!("“{slug}” is not one of the {} here.", kind.plural()))
    }

    fn was_in(&self, kind: BucketKind, slugs: &[String]) -> Result<Gate, String> {
        let mut buckets: Vec<BucketName> = Vec::new();
        for slug in slugs {
            let slot = self.slot(kind, slug)?;
            if buckets.iter().all(|known| known.key != slot.key) {
                buckets.push(BucketName { key: slot.key, slug: slot.slug.clone() });
            }
        }
        if buckets.is_empty() {
            return Err("Name at least one bucket.".to_owned());
        }
        Ok(Gate::WasIn { buckets })
    }

    /// A time zone; UTC where none is named.
    fn zone(&self, name: &str) -> Result<Zone, String> {
        let name = if name.trim().is_empty() { "UTC" } else { name };
        let zone = Zone::parse(name).map_err(|error| error.to_string())?;
        if (self.is_zone)(&zone) {
            Ok(zone)
        } else {
            Err(format!("There is no time zone “{}”. Name one such as Europe/Berlin.", zone.as_str()))
        }
    }

    /// A check by its name, with ` in BUCKET` behind it where that matters, and the tokens whose word counts.
    fn check(&self, kind: BucketKind, check: &str, by: &[String]) -> Result<Gate, String> {
        let (name, bucket) =
            check.split_once(" in ").map_or((check, None), |(name, slug)| (name, Some(slug)));
        let name = CheckName::parse(name).map_err(|error| error.to_string())?;
        let bucket = bucket.map(|slug| self.bucket(kind, slug)).transpose()?;
        Ok(Gate::Check(Wanted { name, bucket, by: self.tokens(by)? }))
    }

    fn bucket(&self, kind: BucketKind, slug: &str) -> Result<BucketName, String> {
        self.slot(kind, slug.trim()).map(|slot| BucketName { key: slot.key, slug: slot.slug.clone() })
    }

    /// The tokens of these ids, each once.
    fn tokens(&self, by: &[String]) -> Result<Vec<TokenName>, String> {
        let mut tokens: Vec<TokenName> = Vec::new();
        for id in by {
            let known = self.reporters.iter().find(|token| token.id.to_string() == *id);
            let known = known.ok_or_else(|| {
                format!("“{id}” is no token that can report here. Make one with the permission “report”.")
            })?;
            if tokens.iter().all(|token| token.id != known.id) {
                tokens.push(known.clone());
            }
        }
        Ok(tokens)
    }

    /// The trust roots of these slugs, each once.
    fn roots(&self, slugs: &[String]) -> Result<Vec<RootName>, String> {
        let mut roots: Vec<RootName> = Vec::new();
        for slug in slugs.iter().map(|slug| slug.trim()).filter(|slug| !slug.is_empty()) {
            let known = self.roots.iter().find(|root| root.slug.as_str() == slug);
            let known = known.ok_or_else(|| {
                format!(
                    "“{slug}” is no trust root of this project. Its page Trust roots lists and adds them."
                )
            })?;
            if !roots.contains(known) {
                roots.push(known.clone());
            }
        }
        if roots.is_empty() { Err("Name at least one trust root.".to_owned()) } else { Ok(roots) }
    }

    /// A signature by these trust roots.
    fn signed(&self, roots: &[String], all: bool) -> Result<Gate, String> {
        Ok(Gate::Signed(Signed { roots: self.roots(roots)?, all }))
    }

    /// Provenance by one of these trust roots.
    fn built(&self, roots: &[String], builder: &str, source: &str) -> Result<Gate, String> {
        let text = |text: &str| {
            let text = text.trim();
            let right = text.len() <= 500 && is_plain(text);
            right.then(|| text.to_owned()).ok_or("Write one line of at most 500 bytes.")
        };
        Ok(Gate::Built(Built { roots: self.roots(roots)?, builder: text(builder)?, source: text(source)? }))
    }

    fn reference(&self, pattern: &str) -> Result<Gate, String> {
        let pattern = Pattern::parse(pattern).map_err(|error| error.to_string())?;
        (self.pattern)(&pattern)?;
        Ok(Gate::Reference { pattern })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::Invalid;
    use crate::ids::{EnvironmentId, StreamId};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn stage(number: u128) -> Stage {
        Stage::bare(bucket(number))
    }

    fn bucket(number: u128) -> BucketKey {
        BucketKey::Environment(EnvironmentId(Uuid::from_u128(number)))
    }

    #[test]
    fn a_line_leads_forward_only() {
        let graph = Graph::linear((1..=3).map(stage).collect()).expect("sound");
        assert!(graph.leads(bucket(1), bucket(2)));
        assert!(!graph.leads(bucket(1), bucket(3)));
        assert!(!graph.leads(bucket(2), bucket(1)));
        assert_eq!(graph.before(bucket(3)), [bucket(2)]);
        assert_eq!(graph.after(bucket(3)), []);
    }

    #[test]
    fn unsound_graphs_are_refused() {
        let stream = Stage { bucket: BucketKey::ReleaseStream(StreamId(Uuid::nil())), ..stage(1) };
        assert_eq!(Graph::linear(vec![]), Err(GraphError::Empty));
        assert_eq!(Graph::linear(vec![stage(1), stage(1)]), Err(GraphError::Twice));
        assert_eq!(Graph::linear(vec![stage(1), stream]), Err(GraphError::Mixed));
        assert_eq!(Graph::new(vec![stage(1)], vec![(0, 1)]), Err(GraphError::Edge));
        assert_eq!(Graph::new(vec![stage(1)], vec![(0, 0)]), Err(GraphError::Cycle));
        let ring = vec![(0, 1), (1, 2), (2, 1)];
        assert_eq!(Graph::new((1..=3).map(stage).collect(), ring), Err(GraphError::Cycle));
    }

    fn slots() -> Vec<Slot> {
        let slot = |number: u128, slug: &str| {
            let slug = Slug::parse(slug).expect("a slug");
            let title = Title::parse("A title").expect("a title");
            let id = StreamId(Uuid::nil());
            let stream = crate::streams::Stream {
                id,
                slug: slug.clone(),
                title: title.clone(),
                production: false,
                built_in: false,
            };
            Slot { key: bucket(number), slug, title, stream }
        };
        vec![slot(1, "qa"), slot(2, "staging"), slot(3, "prod")]
    }

    fn checked(form: &WorkflowForm) -> Result<NewWorkflow, Invalid> {
        let (project, slots) = (Slug::parse("shop").expect("a slug"), slots());
        let roles = [crate::access::Role::release_manager().slug];
        let given = Given {
            project: &project,
            slots: &slots,
            roles: &roles,
            reporters: &[],
            roots: &[],
            is_zone: |_| true,
            pattern: |_| Ok(()),
        };
        form.check(&given)
    }

    fn workflow_of(graph: Graph) -> Workflow {
        let name = WorkflowName {
            id: WorkflowId(Uuid::nil()),
            slug: Slug::parse("release").expect("a slug"),
            title: Title::parse("Release").expect("a title"),
            kind: BucketKind::Environment,
        };
        Workflow { name, project: ProjectId(Uuid::nil()), is_default: true, version: 1, graph }
    }

    #[test]
    fn the_form_of_a_workflow_makes_the_same_again() {
        let rows = [
            StageForm { bucket: "qa".into(), arrivals: "any".into(), ..StageForm::default() },
            StageForm {
                bucket: "staging".into(),
                soak: "90m".into(),
                was_in: "qa".into(),
                ..StageForm::default()
            },
            StageForm {
                bucket: "prod".into(),
                approvals: "2".into(),
                bar_pusher: Some("on".into()),
                bar_author: "always".into(),
                bar_actor: "if_known".into(),
                hours: "mon-fri 9:00-17:00, Sat 22:00-02:00".into(),
                zone: "Europe/Berlin".into(),
                maximum_age: "30d".into(),
                also_approvals: "1".into(),
                also_role: "release-manager".into(),
                checks: "tests, smoke in qa".into(),
                automatic: Some("on".into()),
                contest: "queue".into(),
                ..StageForm::default()
            },
        ];
        let form = WorkflowForm {
            slug: "release".into(),
            title: "Release".into(),
            kind: "environment".into(),
            is_default: Some("on".into()),
            stages: rows.to_vec(),
        };
        let workflow = workflow_of(checked(&form).expect("sound").graph);
        let again = WorkflowForm::of(&workflow, &slots()).expect("the form can hold it");
        assert_eq!(checked(&again).expect("sound").graph, workflow.graph);
        assert_eq!((again.title.as_str(), again.is_default.as_deref()), ("Release", Some("on")));
    }

    fn row(bucket: &str, from: &str) -> StageForm {
        StageForm { bucket: bucket.into(), from: from.into(), ..StageForm::default() }
    }

    fn form_of(rows: &[StageForm]) -> WorkflowForm {
        let kind = "environment".to_owned();
        WorkflowForm { slug: "x".into(), title: "X".into(), kind, is_default: None, stages: rows.to_vec() }
    }

    #[test]
    fn a_form_draws_forks_and_joins_by_where_builds_come_from() {
        for (edges, from) in [
            (vec![(0, 1), (0, 2)], ["", "", "qa"]),
            (vec![(0, 2), (1, 2)], ["", "-", "qa, staging"]),
            (vec![(0, 1), (0, 2), (1, 2)], ["", "", "qa, staging"]),
            (vec![(0, 2), (2, 1)], ["", "prod", "qa"]),
        ] {
            let graph = Graph::new((1..=3).map(stage).collect(), edges).expect("sound");
            let form = WorkflowForm::of(&workflow_of(graph.clone()), &slots()).expect("the form can hold it");
            let told: Vec<&str> = form.stages.iter().map(|stage| stage.from.as_str()).collect();
            assert_eq!(told, from);
            assert_eq!(checked(&form).expect("sound").graph, graph);
        }
        let wrong = |rows: &[StageForm]| {
            let invalid = checked(&form_of(rows)).expect_err("a mistake");
            invalid.errors().iter().map(|error| error.field.clone()).collect::<Vec<_>>()
        };
        assert_eq!(wrong(&[row("qa", ""), row("prod", "staging")]), ["stages[1][from]"]);
        assert_eq!(wrong(&[row("qa", ""), row("prod", "prod")]), ["stages[1][from]"]);
        assert_eq!(wrong(&[row("qa", "prod"), row("prod", "qa")]), ["stages"]);
        // A row that is left out is not the one above.
        let gap = form_of(&[row("qa", ""), row("", ""), row("prod", "")]);
        assert_eq!(
            checked(&gap).expect("sound").graph,
            Graph::linear(vec![stage(1), stage(3)]).expect("sound")
        );
    }

    #[test]
    fn what_the_form_cannot_hold_has_none() {
        // Its first row has nothing that is about entering it.
        let backwards = Graph::new((1..=2).map(stage).collect(), vec![(1, 0)]).expect("sound");
        assert_eq!(WorkflowForm::of(&workflow_of(backwards), &slots()), None);
        let soak = |minutes| Gate::Soak { time: Span::minutes(minutes).expect("a length") };
        let twice = Stage { gates: vec![soak(1), soak(2)], ..stage(2) };
        let twice = Graph::linear(vec![stage(1), twice]).expect("sound");
        assert_eq!(WorkflowForm::of(&workflow_of(twice), &slots()), None);
        let gone = Graph::linear(vec![stage(1), stage(9)]).expect("sound");
        assert_eq!(WorkflowForm::of(&workflow_of(gone), &slots()), None);
    }

    #[test]
    fn a_stored_graph_is_checked_again() {
        let text = r#"{"stages":[],"edges":[]}"#;
        assert!(serde_json::from_str::<Graph>(text).is_err());
        let graph = Graph::linear(vec![stage(1), stage(2)]).expect("sound");
        let text = serde_json::to_string(&graph).expect("serialises");
        assert_eq!(serde_json::from_str::<Graph>(&text).expect("reads back"), graph);
    }

    proptest! {
        #[test]
        fn edges_that_only_lead_forward_never_make_a_cycle(
            edges in proptest::collection::vec((0_usize..8, 0_usize..8), 0..20)
        ) {
            let forward: Vec<_> = edges.into_iter().filter(|(from, to)| from < to).collect();
            prop_assert!(Graph::new((0..8).map(stage).collect(), forward).is_ok());
        }
    }
}
