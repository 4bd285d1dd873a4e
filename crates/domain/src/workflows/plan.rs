//! A workflow while it is being arranged: the rows of its form as stages with ways between them, and what moves them about.
//!
//! It holds no gate to be right: that is for the check of the form. What it yields is a form again, whose ways lead
//! nowhere back and whose rows stand in the order in which builds pass them.

use super::form::NOWHERE;
use super::{Graph, Stage, StageForm, WorkflowForm};
use crate::buckets::Slot;

/// The stages of a form that have a bucket, and the ways between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    rows: Vec<StageForm>,
    /// Positions in `rows`, from and to; sorted, each once.
    ways: Vec<(usize, usize)>,
    /// Rows without a bucket that say something: they are kept, and told of by the check.
    loose: Vec<StageForm>,
}

/// Where a stage can be put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// Between what leads to a stage and that stage.
    Before(String),
    /// From where a stage comes from, to where it leads: the way forks there, and joins again.
    Beside(String),
    /// Between a stage and what it leads to.
    After(String),
    /// On its own: no way leads to it, and none from it.
    Alone,
    /// Out of the workflow.
    Out,
}

/// Why a plan stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unplanned {
    #[error("A way must not lead back: {to} already leads to {from}.")]
    Back { from: String, to: String },
    #[error("A workflow has at most {} stages.", Graph::MOST)]
    TooMany,
    #[error("{0} is no stage.")]
    Gone(String),
}

impl Plan {
    /// What a form describes. Ways that start nowhere are left out, and told of by the check.
    pub fn of(form: &WorkflowForm) -> Self {
        let filled = form.stages.iter().filter(|stage| !stage.is_empty()).cloned();
        let (rows, loose): (Vec<_>, Vec<_>) = filled.partition(|stage| !stage.bucket.is_empty());
        let mut ways = Vec::new();
        for (to, row) in rows.iter().enumerate() {
            match row.from.trim() {
                "" => ways.extend(to.checked_sub(1).map(|above| (above, to))),
                NOWHERE => {}
                names => {
                    let names = names.split(',').map(str::trim);
                    let from = names.filter_map(|name| rows.iter().position(|row| row.bucket == name));
                    ways.extend(from.filter(|from| *from != to).map(|from| (from, to)));
                }
            }
        }
        let mut plan = Self { rows, ways, loose };
        plan.tidy();
        plan
    }

    /// The form that describes it; its name and the like stay as they were.
    #[must_use]
    pub fn fill(&self, form: WorkflowForm) -> WorkflowForm {
        let row = |(position, row): (usize, &StageForm)| {
            let before = self.before(position);
            let above: Vec<usize> = position.checked_sub(1).into_iter().collect();
            let from = if before == above {
                String::new()
            } else if before.is_empty() {
                NOWHERE.to_owned()
            } else {
                before.into_iter().map(|from| self.rows[from].bucket.as_str()).collect::<Vec<_>>().join(", ")
            };
            if position == 0 {
                // Nothing is promoted into the first stage, so that its row has no gates.
                return StageForm {
                    from,
                    bucket: row.bucket.clone(),
                    arrivals: row.arrivals.clone(),
                    ..StageForm::default()
                };
            }
            StageForm { from, ..row.clone() }
        };
        let stages = self.rows.iter().enumerate().map(row).chain(self.loose.iter().cloned());
        WorkflowForm { stages: stages.collect(), ..form }
    }

    /// The buckets that are stages, in their order.
    pub fn stages(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.bucket.as_str())
    }

    pub fn has(&self, bucket: &str) -> bool {
        self.position(bucket).is_some()
    }

    /// The rows, in their order.
    pub fn rows(&self) -> &[StageForm] {
        &self.rows
    }

    /// From which stages a way leads to this one.
    pub fn from(&self, bucket: &str) -> Vec<&str> {
        let before = self.position(bucket).map(|to| self.before(to)).unwrap_or_default();
        before.into_iter().map(|from| self.rows[from].bucket.as_str()).collect()
    }

    /// To which stages a way leads from this one.
    pub fn to(&self, bucket: &str) -> Vec<&str> {
        let after = self.position(bucket).map(|from| self.after(from)).unwrap_or_default();
        after.into_iter().map(|to| self.rows[to].bucket.as_str()).collect()
    }

    /// Puts a stage, which may be a new one, into a place. Where it was the ways close, where builds would otherwise not
    /// come on.
    ///
    /// # Errors
    /// The place is at no stage, or there are too many.
    pub fn put(&self, bucket: &str, spot: &Spot) -> Result<Self, Unplanned> {
        let mut plan = self.clone();
        let row = match plan.lift(bucket) {
            Some(row) => row,
            None => StageForm { bucket: bucket.to_owned(), ..StageForm::default() },
        };
        let at = match spot {
            Spot::Before(at) | Spot::Beside(at) | Spot::After(at) if at == bucket => return Ok(self.clone()),
            Spot::Before(at) | Spot::Beside(at) | Spot::After(at) => Some(at),
            Spot::Alone => None,
            Spot::Out => return Ok(plan),
        };
        if plan.rows.len() >= Graph::MOST {
            return Err(Unplanned::TooMany);
        }
        match at {
            None => plan.rows.push(row),
            Some(name) => {
                let at = plan.position(name).ok_or_else(|| Unplanned::Gone(name.clone()))?;
                plan.insert(at, spot, row);
            }
        }
        plan.tidy();
        Ok(plan)
    }

    /// Gives stages back what the form had no place for while they were first, or out of the workflow: a row of `remembered`.
    #[must_use]
    pub fn recall(mut self, before: &Self, remembered: &[StageForm]) -> Self {
        let was_first = |bucket: &str| before.rows.first().is_some_and(|first| first.bucket == bucket);
        for row in self.rows.iter_mut().skip(1) {
            let bare = was_first(&row.bucket) || !before.has(&row.bucket);
            if let Some(kept) = remembered.iter().find(|kept| bare && kept.bucket == row.bucket) {
                row.clone_from(kept);
            }
        }
        self
    }

    /// Draws a way between two stages, or takes away the one that is there.
    ///
    /// # Errors
    /// The way would lead back.
    pub fn tie(&self, from: &str, to: &str) -> Result<Self, Unplanned> {
        let find = |bucket: &str| self.position(bucket).ok_or_else(|| Unplanned::Gone(bucket.to_owned()));
        let way = (find(from)?, find(to)?);
        let mut plan = self.clone();
        if plan.ways.contains(&way) {
            plan.ways.retain(|other| *other != way);
        } else if self.reaches(way.1, way.0) {
            return Err(Unplanned::Back { from: from.to_owned(), to: to.to_owned() });
        } else {
            plan.ways.push(way);
        }
        plan.tidy();
        Ok(plan)
    }

    /// Whether a way leads straight from one stage to the other.
    pub fn leads(&self, from: &str, to: &str) -> bool {
        self.to(from).contains(&to)
    }

    /// The way of builds in words: `qa, then perf and staging, then prod`.
    pub fn words(&self) -> String {
        let levels = self.levels();
        let last = levels.iter().copied().max().unwrap_or_default();
        let level = |level: usize| {
            let here = self.rows.iter().zip(&levels).filter(|(_, at)| **at == level);
            here.map(|(row, _)| row.bucket.as_str()).collect::<Vec<_>>().join(" and ")
        };
        if self.rows.is_empty() {
            return "no stage".to_owned();
        }
        (0..=last).map(level).collect::<Vec<_>>().join(", then ")
    }

    /// Its stages and ways without gates, for those buckets that there are; absent where none is a stage, or ways lead
    /// back, as typed ones can.
    pub fn graph(&self, slots: &[Slot]) -> Option<Graph> {
        let key = |row: &StageForm| Some(slots.iter().find(|slot| slot.slug.as_str() == row.bucket)?.key);
        let keys: Vec<_> = self.rows.iter().map(key).collect::<Option<_>>()?;
        Graph::new(keys.into_iter().map(Stage::bare).collect(), self.ways.clone()).ok()
    }

    fn position(&self, bucket: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.bucket == bucket)
    }

    fn before(&self, to: usize) -> Vec<usize> {
        self.ways.iter().filter(|(_, end)| *end == to).map(|(start, _)| *start).collect()
    }

    fn after(&self, from: usize) -> Vec<usize> {
        self.ways.iter().filter(|(start, _)| *start == from).map(|(_, end)| *end).collect()
    }

    /// Whether builds come from one stage to another, or it is the same.
    fn reaches(&self, from: usize, to: usize) -> bool {
        let mut seen = vec![from];
        let mut next = 0;
        while let Some(at) = seen.get(next).copied() {
            let further: Vec<usize> = self.after(at).into_iter().filter(|to| !seen.contains(to)).collect();
            seen.extend(further);
            next += 1;
        }
        seen.contains(&to)
    }

    /// Takes a stage out, and closes the ways that led through it.
    fn lift(&mut self, bucket: &str) -> Option<StageForm> {
        let at = self.position(bucket)?;
        let (before, after) = (self.before(at), self.after(at));
        self.ways.retain(|(from, to)| *from != at && *to != at);
        for from in before {
            for to in &after {
                if !self.reaches(from, *to) {
                    self.ways.push((from, *to));
                }
            }
        }
        let shift = |position: usize| position - usize::from(position > at);
        self.ways = self.ways.iter().map(|(from, to)| (shift(*from), shift(*to))).collect();
        Some(self.rows.remove(at))
    }

    /// Puts a row into a place at the stage that stands at `at`.
    fn insert(&mut self, at: usize, spot: &Spot, row: StageForm) {
        let place = if matches!(spot, Spot::Before(_)) { at } else { at + 1 };
        let shift = |position: usize| position + usize::from(position >= place);
        self.ways = self.ways.iter().map(|(from, to)| (shift(*from), shift(*to))).collect();
        self.rows.insert(place, row);
        let at = shift(at);
        let (before, after) = (self.before(at), self.after(at));
        let enter = before.into_iter().map(|from| (from, place));
        let leave = after.into_iter().map(|to| (place, to));
        match spot {
            Spot::Before(_) => {
                self.ways.retain(|(_, to)| *to != at);
                self.ways.extend(enter.chain([(place, at)]));
            }
            Spot::After(_) => {
                self.ways.retain(|(from, _)| *from != at);
                self.ways.extend(leave.chain([(at, place)]));
            }
            Spot::Beside(_) => self.ways.extend(enter.chain(leave)),
            Spot::Alone | Spot::Out => {}
        }
    }

    /// Puts each stage behind all that lead to it, and otherwise leaves them in their order.
    fn tidy(&mut self) {
        let mut order: Vec<usize> = Vec::new();
        while let Some(next) = (0..self.rows.len())
            .find(|row| !order.contains(row) && self.before(*row).iter().all(|before| order.contains(before)))
        {
            order.push(next);
        }
        // Typed ways may lead back. They stay where they are, for the check to tell of.
        if order.len() == self.rows.len() {
            let place = |row: usize| order.iter().position(|at| *at == row).unwrap_or_default();
            self.ways = self.ways.iter().map(|(from, to)| (place(*from), place(*to))).collect();
            self.rows = order.iter().map(|row| self.rows[*row].clone()).collect();
        }
        self.ways.sort_unstable();
        self.ways.dedup();
    }

    fn levels(&self) -> Vec<usize> {
        let mut levels = vec![0; self.rows.len()];
        for _ in 0..levels.len() {
            for (from, to) in &self.ways {
                levels[*to] = levels[*to].max(levels[*from] + 1).min(self.rows.len());
            }
        }
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plan of `bucket` or `bucket<from, from`, in their order.
    fn plan(rows: &[&str]) -> Plan {
        let row = |text: &&str| {
            let (bucket, from) = text.split_once('<').unwrap_or((text, ""));
            StageForm { bucket: bucket.to_owned(), from: from.to_owned(), ..StageForm::default() }
        };
        Plan::of(&WorkflowForm { stages: rows.iter().map(row).collect(), ..WorkflowForm::default() })
    }

    /// The rows of a plan, written as [`plan`] reads them.
    fn rows(plan: &Plan) -> Vec<String> {
        let row = |row: StageForm| match row.from.as_str() {
            "" => row.bucket,
            from => format!("{}<{from}", row.bucket),
        };
        plan.fill(WorkflowForm::default()).stages.into_iter().map(row).collect()
    }

    fn before(bucket: &str) -> Spot {
        Spot::Before(bucket.to_owned())
    }

    fn beside(bucket: &str) -> Spot {
        Spot::Beside(bucket.to_owned())
    }

    fn after(bucket: &str) -> Spot {
        Spot::After(bucket.to_owned())
    }

    const DIAMOND: [&str; 4] = ["qa", "perf", "staging<qa", "prod<perf, staging"];

    #[test]
    fn a_line_stays_a_line_in_another_order() {
        let line = plan(&["dev", "qa", "staging", "prod"]);
        for (bucket, spot, then) in [
            ("prod", before("dev"), ["prod", "dev", "qa", "staging"]),
            ("prod", after("dev"), ["dev", "prod", "qa", "staging"]),
            ("dev", after("qa"), ["qa", "dev", "staging", "prod"]),
            ("dev", after("prod"), ["qa", "staging", "prod", "dev"]),
            ("qa", before("prod"), ["dev", "staging", "qa", "prod"]),
        ] {
            assert_eq!(rows(&line.put(bucket, &spot).unwrap()), then, "{bucket} {spot:?}");
        }
        assert_eq!(line.put("qa", &after("qa")).unwrap(), line);
    }

    #[test]
    fn a_form_and_its_plan_say_the_same() {
        for form in [&["qa", "staging", "prod"][..], &DIAMOND, &["a", "b<-", "c<a, b"]] {
            assert_eq!(rows(&plan(form)), form);
        }
    }

    #[test]
    fn beside_a_stage_the_way_forks_and_joins_again() {
        let forked = plan(&["qa", "staging", "prod"]).put("perf", &beside("staging")).unwrap();
        assert_eq!(rows(&forked), ["qa", "staging", "perf<qa", "prod<staging, perf"]);
        let open = plan(&["qa", "staging"]).put("perf", &beside("staging")).unwrap();
        assert_eq!(rows(&open), ["qa", "staging", "perf<qa"]);
        let start = plan(&["qa", "staging"]).put("dev", &beside("qa")).unwrap();
        assert_eq!(rows(&start), ["qa", "dev<-", "staging<qa, dev"]);
    }

    #[test]
    fn the_ways_close_where_builds_would_not_come_on() {
        let out = plan(&["qa", "staging", "prod"]).put("staging", &Spot::Out).unwrap();
        assert_eq!(rows(&out), ["qa", "prod"]);
        let one = plan(&DIAMOND).put("perf", &Spot::Out).unwrap();
        assert_eq!(rows(&one), ["qa", "staging", "prod"], "staging still leads on, so nothing else does");
        let fork = plan(&DIAMOND).put("qa", &Spot::Out).unwrap();
        assert_eq!(rows(&fork), ["perf", "staging<-", "prod<perf, staging"]);
        assert_eq!(rows(&plan(&["qa"]).put("qa", &Spot::Out).unwrap()), Vec::<String>::new());
    }

    #[test]
    fn a_fork_is_passed_as_a_whole_before_and_after() {
        let plan = plan(&DIAMOND);
        let last = plan.put("qa", &after("prod")).unwrap();
        assert_eq!(rows(&last), ["perf", "staging<-", "prod<perf, staging", "qa"]);
        let between = plan.put("dev", &before("prod")).unwrap();
        assert_eq!(rows(&between), ["qa", "perf", "staging<qa", "dev<perf, staging", "prod"]);
        let split = plan.put("dev", &after("qa")).unwrap();
        assert_eq!(rows(&split), ["qa", "dev", "perf", "staging<dev", "prod<perf, staging"]);
    }

    #[test]
    fn a_way_is_drawn_and_taken_away_but_never_leads_back() {
        let line = plan(&["qa", "staging", "prod"]);
        let short = line.tie("qa", "prod").unwrap();
        assert_eq!(rows(&short), ["qa", "staging", "prod<qa, staging"]);
        assert!(short.leads("qa", "prod") && !line.leads("qa", "prod"));
        assert_eq!(short.tie("qa", "prod").unwrap(), line);
        let cut = line.tie("qa", "staging").unwrap();
        assert_eq!(rows(&cut), ["qa", "staging<-", "prod"]);
        let back = line.tie("prod", "qa").unwrap_err();
        assert_eq!(back.to_string(), "A way must not lead back: qa already leads to prod.");
        assert!(line.tie("qa", "qa").is_err());
        assert_eq!(line.tie("qa", "moon").unwrap_err().to_string(), "moon is no stage.");
    }

    #[test]
    fn stages_stand_behind_what_leads_to_them() {
        let turned = plan(&["qa", "staging<-"]).tie("staging", "qa").unwrap();
        assert_eq!(rows(&turned), ["staging", "qa"]);
    }

    #[test]
    fn a_plan_begins_with_any_bucket_and_has_so_many_stages_at_most() {
        let begun = Plan::default().put("qa", &Spot::Alone).unwrap().put("prod", &after("qa")).unwrap();
        assert_eq!(rows(&begun), ["qa", "prod"]);
        assert_eq!(rows(&begun.put("dev", &Spot::Alone).unwrap()), ["qa", "prod", "dev<-"]);
        let many: Vec<String> = (0..Graph::MOST).map(|number| format!("b{number}")).collect();
        let full = many.iter().fold(Plan::default(), |plan, bucket| plan.put(bucket, &Spot::Alone).unwrap());
        assert_eq!(full.put("one-more", &Spot::Alone).unwrap_err(), Unplanned::TooMany);
        assert!(full.put("b3", &before("b0")).is_ok(), "moving adds none");
    }

    #[test]
    fn gates_go_with_their_stage_and_what_is_typed_wrong_is_kept() {
        let gated =
            StageForm { bucket: "prod".to_owned(), approvals: "2".to_owned(), ..StageForm::default() };
        let loose = StageForm { approvals: "1".to_owned(), ..StageForm::default() };
        let qa = StageForm { bucket: "qa".to_owned(), ..StageForm::default() };
        let stages = vec![qa, StageForm::default(), gated.clone(), loose.clone()];
        let plan = Plan::of(&WorkflowForm { stages, ..WorkflowForm::default() });
        let filled = plan.put("staging", &before("prod")).unwrap().fill(WorkflowForm::default());
        assert_eq!(filled.stages[2..], [gated, loose]);
        let circle = self::plan(&["qa", "staging<prod", "prod"]);
        assert_eq!(rows(&circle), ["qa<-", "staging<prod", "prod"].map(|row| row.replace("qa<-", "qa")));
        assert_eq!(circle.graph(&[]), None);
    }

    #[test]
    fn the_first_stage_has_no_gates_and_gets_them_back_when_it_is_first_no_more() {
        let form = |stages| WorkflowForm { stages, ..WorkflowForm::default() };
        let row = |bucket: &str, approvals: &str| StageForm {
            bucket: bucket.to_owned(),
            approvals: approvals.to_owned(),
            ..StageForm::default()
        };
        let line = Plan::of(&form(vec![row("qa", ""), row("prod", "2")]));
        let shelf = line.rows().to_vec();
        let turned = line.put("prod", &before("qa")).unwrap().fill(form(Vec::new()));
        assert_eq!(turned.stages, [row("prod", ""), row("qa", "")]);
        let turned = Plan::of(&turned);
        let back = turned.put("prod", &after("qa")).unwrap().recall(&turned, &shelf);
        assert_eq!(back, line);
        let gone = line.put("prod", &Spot::Out).unwrap();
        assert_eq!(gone.put("prod", &after("qa")).unwrap().recall(&gone, &shelf), line);
        let typed = Plan::of(&form(vec![row("qa", ""), row("prod", "1")]));
        let forked = typed.put("perf", &beside("prod")).unwrap().recall(&typed, &shelf);
        assert_eq!(forked.rows()[1].approvals, "1", "what is typed now counts");
    }

    #[test]
    fn the_way_is_told_in_words() {
        assert_eq!(plan(&DIAMOND).words(), "qa, then perf and staging, then prod");
        assert_eq!(Plan::default().words(), "no stage");
    }
}
