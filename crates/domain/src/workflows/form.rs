//! The form for a workflow: its fields as typed, the check of them, and the form of a workflow that is there.

use super::{
    Arrivals, Contest, Given, Graph, NewWorkflow, Order, Stage, Workflow, asks_for_nothing, asks_nobody,
    given_span, own_bucket, waits_for_itself,
};
use crate::buckets::{BucketKey, BucketKind, Slot};
use crate::checks::Wanted;
use crate::forms::{Check, Invalid};
use crate::gates::{Approvals, Bar, Gate, Window};
use crate::integrations::check_kind;
use crate::slugs::Slug;
use crate::trust_roots::RootName;
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
}

/// How many checks a row names at most.
const MOST_CHECKS: usize = 10;
/// What a row says to which no way leads.
pub(super) const NOWHERE: &str = "-";

impl WorkflowForm {
    /// The form that makes this workflow; absent where stages have gates that the form cannot hold.
    pub fn of(workflow: &Workflow, slots: &[Slot]) -> Option<Self> {
        let graph = &workflow.graph;
        let stage = |(position, stage)| {
            let from = comes_from(graph, position, slots)?;
            Some(StageForm { from, ..StageForm::of(stage, slots)? })
        };
        // Nothing is promoted into the first stage, so the form has nothing about that.
        let bare = graph.stages().first().is_some_and(|first| {
            let nothing = first.gates.is_empty()
                && !first.automatic
                && !first.by_hand
                && first.contest == Contest::default();
            nothing && graph.before(first.bucket).is_empty()
        });
        bare.then_some(())?;
        Some(Self {
            slug: workflow.name.slug.to_string(),
            title: workflow.name.title.to_string(),
            kind: workflow.name.kind.name().to_owned(),
            is_default: workflow.is_default.then(|| "on".to_owned()),
            stages: graph.stages().iter().enumerate().map(stage).collect::<Option<_>>()?,
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
        let graph = graph.and_then(|(stages, edges)| check.field("stages", Graph::new(stages, edges)));
        let new = slug.zip(title).zip(graph).map(|((slug, title), graph)| NewWorkflow {
            slug,
            title,
            is_default: self.is_default.is_some(),
            graph,
        });
        check.finish(new)
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
                if let Some(mistake) = checked.as_ref().and_then(asks_nobody) {
                    check.mistake(&field("reference"), mistake);
                }
                checked
            })
            .collect();
        stages.into_iter().collect()
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

/// What a text lists with commas between.
fn listed(text: &str) -> Vec<String> {
    text.split(',').map(|slug| slug.trim().to_owned()).filter(|slug| !slug.is_empty()).collect()
}

fn slugs(roots: &[RootName]) -> String {
    roots.iter().map(|root| root.slug.as_str()).collect::<Vec<_>>().join(", ")
}

impl StageForm {
    /// The row that makes this stage; absent where it has gates that one row cannot hold.
    fn of(stage: &Stage, slots: &[Slot]) -> Option<Self> {
        let slot = slots.iter().find(|slot| slot.key == stage.bucket)?;
        let arrivals = match stage.arrivals {
            None => "",
            Some(Arrivals::Any) => "any",
            Some(Arrivals::PromotionOnly) => "promotion_only",
        };
        let contest = match stage.contest {
            Contest::NewestWins => "",
            other => other.name(),
        };
        let mut form = Self {
            bucket: slot.slug.to_string(),
            arrivals: arrivals.to_owned(),
            order: if stage.order == Order::AsTheyCome { "as_they_come" } else { "" }.to_owned(),
            automatic: stage.automatic.then(|| "on".to_owned()),
            rollbacks_ask: stage.rollbacks_ask.then(|| "on".to_owned()),
            by_hand: stage.by_hand.then(|| "on".to_owned()),
            contest: contest.to_owned(),
            ..Self::default()
        };
        let mut checks: Vec<&Wanted> = Vec::new();
        for gate in &stage.gates {
            let (field, text) = match gate {
                Gate::Check(wanted) => {
                    checks.push(wanted);
                    continue;
                }
                // The second one has fields of its own, and who is barred from one is barred from both.
                Gate::Approvals(approvals) if !form.approvals.is_empty() => {
                    if approvals.bar_pusher != form.bar_pusher.is_some()
                        || approvals.bar_author.name() != form.bar_author
                        || approvals.bar_actor.name() != form.bar_actor
                    {
                        return None;
                    }
                    form.also_role = approvals.role.to_string();
                    (&mut form.also_approvals, approvals.count.to_string())
                }
                Gate::Approvals(approvals) => {
                    form.role = approvals.role.to_string();
                    form.bar_pusher = approvals.bar_pusher.then(|| "on".to_owned());
                    approvals.bar_author.name().clone_into(&mut form.bar_author);
                    approvals.bar_actor.name().clone_into(&mut form.bar_actor);
                    (&mut form.approvals, approvals.count.to_string())
                }
                Gate::Soak { time } => (&mut form.soak, time.to_string()),
                Gate::WasIn { buckets } => {
                    let slugs: Vec<&str> = buckets.iter().map(|bucket| bucket.slug.as_str()).collect();
                    (&mut form.was_in, slugs.join(", "))
                }
                Gate::Window(window) => {
                    window.zone.as_str().clone_into(&mut form.zone);
                    (&mut form.hours, window.hours())
                }
                Gate::Reference { pattern } => (&mut form.reference, pattern.as_str().to_owned()),
                Gate::MaximumAge { age } => (&mut form.maximum_age, age.to_string()),
                Gate::Verified => (&mut form.verified, "on".to_owned()),
                Gate::Signed(signed) => {
                    if signed.all { "all" } else { "" }.clone_into(&mut form.signed_all);
                    (&mut form.signed_by, slugs(&signed.roots))
                }
                Gate::Built(built) if form.built_by.is_empty() => {
                    form.builder.clone_from(&built.builder);
                    form.source.clone_from(&built.source);
                    (&mut form.built_by, slugs(&built.roots))
                }
                Gate::Built(_) => return None,
            };
            // A second gate of one kind has no field.
            if !field.is_empty() {
                return None;
            }
            *field = text;
        }
        form.set_checks(&checks)?;
        Some(form)
    }

    /// Fills in the checks; absent where tokens are named that one field cannot hold.
    fn set_checks(&mut self, checks: &[&Wanted]) -> Option<()> {
        let by = checks.first().map(|wanted| wanted.by.clone()).unwrap_or_default();
        let few = checks.len() <= MOST_CHECKS && by.len() <= 1;
        (few && checks.iter().all(|wanted| wanted.by == by)).then_some(())?;
        let words = |wanted: &&Wanted| match &wanted.bucket {
            Some(bucket) => format!("{} in {}", wanted.name, bucket.slug),
            None => wanted.name.to_string(),
        };
        self.checks = checks.iter().map(words).collect::<Vec<_>>().join(", ");
        self.reporter = by.first().map(|token| token.id.to_string()).unwrap_or_default();
        Some(())
    }

    /// The gates, if every one of them is right, in the order in which the form has them.
    fn check_gates(
        &self,
        kind: BucketKind,
        given: &Given,
        check: &mut Check,
        field: &impl Fn(&str) -> String,
    ) -> Option<Vec<Gate>> {
        let was_in = self.was_in.split(',').map(|slug| slug.trim().to_owned());
        let was_in: Vec<String> = was_in.filter(|slug| !slug.is_empty()).collect();
        let approvals = |count: &str, role: &str| {
            self.check_approvals(count, role, given.roles).map_err(str::to_owned).transpose()
        };
        let also = approvals(&self.also_approvals, &self.also_role);
        let also = match approvals(&self.approvals, &self.role) {
            None if also.is_some() => Some(Err("Fill in the first approvals before these.".to_owned())),
            _ => also,
        };
        let asked: [(&str, Option<Result<Gate, String>>); 9] = [
            ("approvals", approvals(&self.approvals, &self.role)),
            ("also_approvals", also),
            ("soak", given_span(&self.soak).map(|span| span.map(|time| Gate::Soak { time }))),
            ("was_in", (!was_in.is_empty()).then(|| given.was_in(kind, &was_in))),
            ("reference", (!self.reference.trim().is_empty()).then(|| given.reference(&self.reference))),
            (
                "maximum_age",
                given_span(&self.maximum_age).map(|span| span.map(|age| Gate::MaximumAge { age })),
            ),
            ("verified", (self.verified == "on").then_some(Ok(Gate::Verified))),
            ("signed_by", self.check_signed(given)),
            ("built_by", self.check_built(given)),
        ];
        let gates = asked.into_iter().filter_map(|(name, gate)| Some(check.field(&field(name), gate?)));
        // Every mistake is told, so that all are looked at before one ends it.
        let gates: Vec<Option<Gate>> = gates.collect();
        let window = self.check_window(given, check, field);
        let checks = self.check_checks(kind, given, check, field);
        gates.into_iter().chain(window).chain(checks).collect()
    }

    fn check_signed(&self, given: &Given) -> Option<Result<Gate, String>> {
        let roots = listed(&self.signed_by);
        (!roots.is_empty()).then(|| given.signed(&roots, self.signed_all == "all"))
    }

    fn check_built(&self, given: &Given) -> Option<Result<Gate, String>> {
        let roots = listed(&self.built_by);
        let said = !roots.is_empty() || !self.builder.trim().is_empty() || !self.source.trim().is_empty();
        said.then(|| given.built(&roots, &self.builder, &self.source))
    }

    fn check_checks(
        &self,
        kind: BucketKind,
        given: &Given,
        check: &mut Check,
        field: &impl Fn(&str) -> String,
    ) -> Vec<Option<Gate>> {
        let by: Vec<String> =
            Some(self.reporter.trim().to_owned()).filter(|id| !id.is_empty()).into_iter().collect();
        let checks: Vec<&str> =
            self.checks.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if checks.is_empty() && !by.is_empty() {
            check.mistake(&field("checks"), "Name the checks that this token reports.".to_owned());
            return vec![None];
        }
        if checks.len() > MOST_CHECKS {
            check.mistake(&field("checks"), format!("Name at most {MOST_CHECKS} checks."));
            return vec![None];
        }
        checks
            .into_iter()
            .map(|wanted| check.field(&field("checks"), given.check(kind, wanted, &by)))
            .collect()
    }

    /// The window, where the row has one: absent within where it is not right. A zone without hours says nothing.
    fn check_window(
        &self,
        given: &Given,
        check: &mut Check,
        field: &impl Fn(&str) -> String,
    ) -> Vec<Option<Gate>> {
        match (self.hours.trim(), self.zone.trim()) {
            ("", "") => Vec::new(),
            ("", _) => {
                check.mistake(&field("hours"), "Say which hours of this time zone are meant.".to_owned());
                vec![None]
            }
            (hours, zone) => {
                let hours = check.field(&field("hours"), Window::read_hours(hours));
                let zone = check.field(&field("zone"), given.zone(zone));
                vec![hours.zip(zone).map(|(hours, zone)| Gate::Window(Window { zone, hours }))]
            }
        }
    }

    /// Whether the row says nothing, so that it is left out. A role is what every row starts with.
    pub(super) fn is_empty(&self) -> bool {
        let texts =
            [&self.bucket, &self.from, &self.soak, &self.was_in, &self.hours, &self.zone, &self.reference];
        let others = [&self.maximum_age, &self.verified, &self.checks, &self.reporter, &self.contest];
        let evidence = [&self.signed_by, &self.built_by, &self.builder, &self.source];
        let nothing = texts.into_iter().chain(others).chain(evidence).all(|text| text.trim().is_empty());
        let nobody = [&self.approvals, &self.also_approvals].map(|count| matches!(count.trim(), "" | "0"));
        nothing && nobody == [true; 2] && [&self.automatic, &self.rollbacks_ask, &self.by_hand] == [&None; 3]
    }

    fn check_approvals(&self, count: &str, role: &str, roles: &[Slug]) -> Result<Option<Gate>, &'static str> {
        let count = match count.trim() {
            "" | "0" => return Ok(None),
            text => text.parse().ok().filter(|count| (1..=20).contains(count)),
        };
        let count = count.ok_or("Enter a number of approvals from 0 to 20.")?;
        let role = match role {
            "" => Some(crate::access::Role::release_manager().slug),
            text => roles.iter().find(|role| role.as_str() == text).cloned(),
        };
        let role = role.ok_or("Choose a role that may approve.")?;
        let bar = |text: &str| Bar::parse(text).ok_or("Choose whether they may approve it.");
        let bar_pusher = self.bar_pusher.is_some();
        let (bar_author, bar_actor) = (bar(&self.bar_author)?, bar(&self.bar_actor)?);
        Ok(Some(Gate::Approvals(Approvals { count, role, bar_pusher, bar_author, bar_actor })))
    }

    fn check_contest(&self) -> Result<Contest, &'static str> {
        match self.contest.as_str() {
            "" => Ok(Contest::default()),
            text => Contest::parse(text).ok_or("Choose what happens where several want to enter."),
        }
    }

    fn check_order(&self) -> Result<Order, &'static str> {
        match self.order.as_str() {
            "" => Ok(Order::NewerStays),
            "as_they_come" => Ok(Order::AsTheyCome),
            _ => Err("Choose what happens with an older commit that arrives late."),
        }
    }

    fn check_arrivals(&self) -> Result<Option<Arrivals>, &'static str> {
        match self.arrivals.as_str() {
            "" => Ok(None),
            "any" => Ok(Some(Arrivals::Any)),
            "promotion_only" => Ok(Some(Arrivals::PromotionOnly)),
            _ => Err("Choose what may arrive from CI."),
        }
    }
}
