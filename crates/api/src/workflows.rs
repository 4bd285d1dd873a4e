//! Promotion workflows.

use serde::{Deserialize, Serialize};
use towpath_domain::access::Role;
use towpath_domain::buckets::{self, Slot};
use towpath_domain::gates;
use towpath_domain::trust_roots::RootName;
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

/// Whether somebody whom a build names may approve it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// They may.
    #[default]
    No,
    /// They may not, if an address or a name says who of the people here they are.
    IfKnown,
    /// They may not; and what does not say who they are, or names somebody unknown, does not enter.
    Always,
}

/// A condition on entering a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "gate", rename_all = "snake_case", deny_unknown_fields)]
pub enum Gate {
    /// So many people of a role must approve; never the requester.
    Approvals {
        /// 1 to 20.
        count: u8,
        /// The slug of the role.
        #[serde(default = "release_manager")]
        role: String,
        /// Whether the person who pushed the build may not approve it.
        #[serde(default)]
        bar_pusher: bool,
        /// Whether whom the build names as its commit's author may not approve it.
        #[serde(default, skip_serializing_if = "Bar::is_no")]
        bar_author: Bar,
        /// Whether whom the build names as who made its CI run may not approve it.
        #[serde(default, skip_serializing_if = "Bar::is_no")]
        bar_actor: Bar,
    },
    /// The build must have been current in the stage that it comes from for so long.
    Soak {
        /// Such as `30m`, `2h` or `1d 12h`; up to `365d`.
        #[schema(examples("2h"))]
        time: String,
    },
    /// The build must have been current in every one of these buckets.
    WasIn {
        /// The slugs of buckets.
        buckets: Vec<String>,
    },
    /// Nothing enters outside these hours of the week.
    Window {
        /// A name of the IANA time zone database.
        #[schema(examples("Europe/Berlin"))]
        zone: String,
        /// Each such as `Mon-Fri 09:00-17:00`; what ends before it begins ends on the next day.
        hours: Vec<String>,
    },
    /// A promotion must name something of this form, such as a change ticket.
    Reference {
        /// A regular expression that the whole reference has to match.
        #[schema(examples("OPS-[0-9]+"))]
        pattern: String,
    },
    /// The build must have been received no longer ago than this.
    MaximumAge {
        /// Such as `7d`; up to `365d`.
        age: String,
    },
    /// A named result on the build must be a success.
    Check {
        #[schema(examples("unit-tests"))]
        name: String,
        /// The slug of the bucket in which it has to be made, where that matters.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        bucket: String,
        /// The ids of the tokens whose word counts; without one, anybody's who may report.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tokens: Vec<String>,
    },
    /// Signed claims of a CI must say from which repository and commit the build was made.
    Verified,
    /// Trust roots of the project have to have signed the image.
    Signed {
        /// The names of trust roots.
        roots: Vec<String>,
        /// Whether all of them have to have; else one is enough.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        all: bool,
    },
    /// A trust root of the project has to vouch for how the image was built.
    Built {
        /// The names of trust roots, of which one is enough.
        roots: Vec<String>,
        /// The builder that the provenance has to name; `*` stands for any letters.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        builder: String,
        /// The source, alike.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        source: String,
    },
}

fn release_manager() -> String {
    Role::release_manager().slug.into()
}

impl Workflow {
    /// A workflow with its stages named; `slots` are those of its project.
    pub fn new(workflow: &domain::Workflow, slots: &[Slot]) -> Self {
        let graph = &workflow.graph;
        let name = |key| slots.iter().find(|slot| slot.key == key).map(|slot| slot.slug.to_string());
        let stage = |stage: &domain::Stage| {
            Some(Stage {
                bucket: name(stage.bucket)?,
                arrivals: stage.arrivals.map(Arrivals::from),
                order: stage.order.into(),
                gates: stage.gates.iter().cloned().map(Gate::from).collect(),
                automatic: stage.automatic,
                contest: stage.contest.into(),
                rollbacks_ask: stage.rollbacks_ask,
                by_hand: stage.by_hand,
            })
        };
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
        let stage = |stage: Stage| declared::Stage {
            bucket: stage.bucket,
            arrivals: stage.arrivals.map(domain::Arrivals::from),
            order: stage.order.into(),
            gates: stage.gates.into_iter().map(declared::Gate::from).collect(),
            automatic: stage.automatic,
            contest: stage.contest.into(),
            rollbacks_ask: stage.rollbacks_ask,
            by_hand: stage.by_hand,
        };
        Self {
            slug: new.slug,
            title: new.title,
            kind: new.kind.into(),
            is_default: new.is_default,
            stages: new.stages.into_iter().map(stage).collect(),
            edges: new.edges.map(|edges| edges.into_iter().map(|edge| (edge.from, edge.to)).collect()),
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

impl Bar {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    const fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }
}

impl From<Bar> for gates::Bar {
    fn from(bar: Bar) -> Self {
        match bar {
            Bar::No => Self::No,
            Bar::IfKnown => Self::IfKnown,
            Bar::Always => Self::Always,
        }
    }
}

impl From<gates::Bar> for Bar {
    fn from(bar: gates::Bar) -> Self {
        match bar {
            gates::Bar::No => Self::No,
            gates::Bar::IfKnown => Self::IfKnown,
            gates::Bar::Always => Self::Always,
        }
    }
}

impl From<Gate> for declared::Gate {
    fn from(gate: Gate) -> Self {
        match gate {
            Gate::Approvals { count, role, bar_pusher, bar_author, bar_actor } => {
                let (bar_author, bar_actor) = (bar_author.into(), bar_actor.into());
                Self::Approvals { count, role, bar_pusher, bar_author, bar_actor }
            }
            Gate::Soak { time } => Self::Soak { time },
            Gate::WasIn { buckets } => Self::WasIn { buckets },
            Gate::Window { zone, hours } => Self::Window { zone, hours },
            Gate::Reference { pattern } => Self::Reference { pattern },
            Gate::MaximumAge { age } => Self::MaximumAge { age },
            Gate::Check { name, bucket, tokens } => Self::Check { name, bucket, tokens },
            Gate::Verified => Self::Verified,
            Gate::Signed { roots, all } => Self::Signed { roots, all },
            Gate::Built { roots, builder, source } => Self::Built { roots, builder, source },
        }
    }
}

impl From<gates::Gate> for Gate {
    fn from(gate: gates::Gate) -> Self {
        match gate {
            gates::Gate::Approvals(approvals) => Self::Approvals {
                count: approvals.count,
                role: approvals.role.into(),
                bar_pusher: approvals.bar_pusher,
                bar_author: approvals.bar_author.into(),
                bar_actor: approvals.bar_actor.into(),
            },
            gates::Gate::Soak { time } => Self::Soak { time: time.to_string() },
            gates::Gate::WasIn { buckets } => {
                Self::WasIn { buckets: buckets.into_iter().map(|bucket| bucket.slug.into()).collect() }
            }
            gates::Gate::Window(window) => Self::Window {
                zone: window.zone.into(),
                hours: window.hours.into_iter().map(String::from).collect(),
            },
            gates::Gate::Reference { pattern } => Self::Reference { pattern: pattern.into() },
            gates::Gate::MaximumAge { age } => Self::MaximumAge { age: age.to_string() },
            gates::Gate::Verified => Self::Verified,
            gates::Gate::Signed(signed) => Self::Signed { roots: slugs(signed.roots), all: signed.all },
            gates::Gate::Built(built) => {
                Self::Built { roots: slugs(built.roots), builder: built.builder, source: built.source }
            }
            gates::Gate::Check(wanted) => Self::Check {
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
