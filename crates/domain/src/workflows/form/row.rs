//! A row of the form: one stage, with the gates that it can hold.

use super::StageForm;
use crate::buckets::{BucketKind, Slot};
use crate::checks::Wanted;
use crate::forms::Check;
use crate::gates::{Approvals, Bar, Gate, Window};
use crate::trust_roots::RootName;
use crate::workflows::given::{given_span, kept_name};
use crate::workflows::{Arrivals, Contest, Given, Order, Stage};

/// How many checks a row can hold.
const MOST_CHECKS: usize = 10;

/// What a text lists with commas between.
fn listed(text: &str) -> Vec<String> {
    text.split(',').map(|slug| slug.trim().to_owned()).filter(|slug| !slug.is_empty()).collect()
}

fn slugs(roots: &[RootName]) -> String {
    roots.iter().map(|root| root.slug.as_str()).collect::<Vec<_>>().join(", ")
}

impl StageForm {
    /// The row that makes this stage; absent where its bucket is gone. The first row has no fields for gates.
    pub(super) fn of(stage: &Stage, slots: &[Slot], first: bool) -> Option<Self> {
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
        for (number, gate) in stage.gates.iter().enumerate() {
            if first || !form.hold(gate) {
                form.kept.push(kept_name(&slot.slug, number));
            }
        }
        Some(form)
    }

    /// Fills in the fields of a gate; tells whether there are any left for it.
    fn hold(&mut self, gate: &Gate) -> bool {
        let (field, text) = match gate {
            Gate::Check(wanted) => return self.hold_check(wanted),
            // The second one has fields of its own, and who is barred from one is barred from both.
            Gate::Approvals(approvals) if !self.approvals.is_empty() => {
                if approvals.bar_pusher != self.bar_pusher.is_some()
                    || approvals.bar_author.name() != self.bar_author
                    || approvals.bar_actor.name() != self.bar_actor
                    || !self.also_approvals.is_empty()
                {
                    return false;
                }
                self.also_role = approvals.role.to_string();
                (&mut self.also_approvals, approvals.count.to_string())
            }
            Gate::Approvals(approvals) => {
                self.role = approvals.role.to_string();
                self.bar_pusher = approvals.bar_pusher.then(|| "on".to_owned());
                approvals.bar_author.name().clone_into(&mut self.bar_author);
                approvals.bar_actor.name().clone_into(&mut self.bar_actor);
                (&mut self.approvals, approvals.count.to_string())
            }
            Gate::Soak { time } => (&mut self.soak, time.to_string()),
            Gate::WasIn { buckets } => {
                let slugs: Vec<&str> = buckets.iter().map(|bucket| bucket.slug.as_str()).collect();
                (&mut self.was_in, slugs.join(", "))
            }
            Gate::Window(window) if self.hours.is_empty() => {
                window.zone.as_str().clone_into(&mut self.zone);
                (&mut self.hours, window.hours())
            }
            Gate::Reference { pattern } => (&mut self.reference, pattern.as_str().to_owned()),
            Gate::MaximumAge { age } => (&mut self.maximum_age, age.to_string()),
            Gate::Verified => (&mut self.verified, "on".to_owned()),
            Gate::Signed(signed) if self.signed_by.is_empty() => {
                if signed.all { "all" } else { "" }.clone_into(&mut self.signed_all);
                (&mut self.signed_by, slugs(&signed.roots))
            }
            Gate::Built(built) if self.built_by.is_empty() => {
                self.builder.clone_from(&built.builder);
                self.source.clone_from(&built.source);
                (&mut self.built_by, slugs(&built.roots))
            }
            Gate::Window(_) | Gate::Signed(_) | Gate::Built(_) => return false,
        };
        // A second gate of one kind has no field.
        let free = field.is_empty();
        if free {
            *field = text;
        }
        free
    }

    /// Puts a check beside those that are there, all of which are reported by the same token.
    fn hold_check(&mut self, wanted: &Wanted) -> bool {
        let by = wanted.by.first().map(|token| token.id.to_string()).unwrap_or_default();
        let held = listed(&self.checks).len();
        if wanted.by.len() > 1 || held >= MOST_CHECKS || (held > 0 && by != self.reporter) {
            return false;
        }
        let words = match &wanted.bucket {
            Some(bucket) => format!("{} in {}", wanted.name, bucket.slug),
            None => wanted.name.to_string(),
        };
        let before = if held == 0 { String::new() } else { format!("{}, ", self.checks) };
        self.checks = before + &words;
        self.reporter = by;
        true
    }

    /// The gates, if every one of them is right, in the order in which the form has them.
    pub(super) fn check_gates(
        &self,
        kind: BucketKind,
        given: &Given,
        check: &mut Check,
        field: &impl Fn(&str) -> String,
    ) -> Option<Vec<Gate>> {
        let was_in = self.was_in.split(',').map(|slug| slug.trim().to_owned());
        let was_in: Vec<String> = was_in.filter(|slug| !slug.is_empty()).collect();
        let approvals = |count: &str, role: &str| self.check_approvals(count, role, given).transpose();
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
        let kept: Vec<Option<Gate>> =
            self.kept.iter().map(|name| check.field(&field("kept"), given.kept(kind, name))).collect();
        gates.into_iter().chain(window).chain(checks).chain(kept).collect()
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
    pub(in crate::workflows) fn is_empty(&self) -> bool {
        let texts =
            [&self.bucket, &self.from, &self.soak, &self.was_in, &self.hours, &self.zone, &self.reference];
        let others = [&self.maximum_age, &self.verified, &self.checks, &self.reporter, &self.contest];
        let evidence = [&self.signed_by, &self.built_by, &self.builder, &self.source];
        let nothing = texts.into_iter().chain(others).chain(evidence).all(|text| text.trim().is_empty());
        let nobody = [&self.approvals, &self.also_approvals].map(|count| matches!(count.trim(), "" | "0"));
        nothing
            && self.kept.is_empty()
            && nobody == [true; 2]
            && [&self.automatic, &self.rollbacks_ask, &self.by_hand] == [&None; 3]
    }

    fn check_approvals(&self, count: &str, role: &str, given: &Given) -> Result<Option<Gate>, String> {
        let count = match count.trim() {
            "" | "0" => return Ok(None),
            text => text.parse().ok().filter(|count| (1..=20).contains(count)),
        };
        let count = count.ok_or("Enter a number of approvals from 0 to 20.")?;
        let role = match role {
            "" => crate::access::Role::release_manager().slug,
            text => given.role(text)?,
        };
        let bar = |text: &str| Bar::parse(text).ok_or("Choose whether they may approve it.");
        let bar_pusher = self.bar_pusher.is_some();
        let (bar_author, bar_actor) = (bar(&self.bar_author)?, bar(&self.bar_actor)?);
        Ok(Some(Gate::Approvals(Approvals { count, role, bar_pusher, bar_author, bar_actor })))
    }

    pub(super) fn check_contest(&self) -> Result<Contest, &'static str> {
        match self.contest.as_str() {
            "" => Ok(Contest::default()),
            text => Contest::parse(text).ok_or("Choose what happens where several want to enter."),
        }
    }

    pub(super) fn check_order(&self) -> Result<Order, &'static str> {
        match self.order.as_str() {
            "" => Ok(Order::NewerStays),
            "as_they_come" => Ok(Order::AsTheyCome),
            _ => Err("Choose what happens with an older commit that arrives late."),
        }
    }

    pub(super) fn check_arrivals(&self) -> Result<Option<Arrivals>, &'static str> {
        match self.arrivals.as_str() {
            "" => Ok(None),
            "any" => Ok(Some(Arrivals::Any)),
            "promotion_only" => Ok(Some(Arrivals::PromotionOnly)),
            _ => Err("Choose what may arrive from CI."),
        }
    }
}
