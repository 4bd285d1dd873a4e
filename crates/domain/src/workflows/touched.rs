//! What a change of a workflow means for what follows it, in words for whoever is about to save it.

use super::{Arrivals, Graph, Stage};
use crate::buckets::{BucketKey, Slot};
use crate::gates::Gate;
use crate::references::Tag;
use crate::slugs::Slug;
use serde::{Deserialize, Serialize};

/// A promotion that waits and was asked for under a workflow. It keeps the gates of that version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingUnder {
    pub project: Slug,
    pub integration: Slug,
    pub number: i64,
    pub tag: Tag,
    pub to: Slug,
    pub version: i64,
}

impl Graph {
    /// What is another thing in `next`, a sentence for each: stages, ways, gates, and whether CI may push into a bucket.
    pub fn changes(&self, next: &Self, slots: &[Slot]) -> Vec<String> {
        let name =
            |bucket: BucketKey| slots.iter().find(|slot| slot.key == bucket).map(|slot| slot.slug.as_str());
        let name = |bucket| name(bucket).unwrap_or("a bucket that is gone");
        let mut changes = Vec::new();
        for stage in self.stages().iter().filter(|stage| next.stage(stage.bucket).is_none()) {
            let name = name(stage.bucket);
            changes.push(format!(
                "{name} is no stage any more: what is in it stays, and no way leads to it or on from it."
            ));
        }
        for stage in next.stages() {
            match self.stage(stage.bucket) {
                None => {
                    changes.push(format!(
                        "{} becomes a stage, {}.",
                        name(stage.bucket),
                        asks(&stage.words())
                    ));
                }
                Some(before) if before.words() != stage.words() => {
                    let (now, then) = (asks(&before.words()), asks(&stage.words()));
                    changes.push(format!("{}: {then}, instead of {now}.", name(stage.bucket)));
                }
                Some(_) => {}
            }
        }
        let ways = |from: &Self, to: &Self, verb: &str| {
            let others = from.ends().filter(|(start, end)| !to.leads(*start, *end));
            let others =
                others.filter(|(start, end)| next.stage(*start).is_some() && next.stage(*end).is_some());
            others
                .map(|(start, end)| format!("Builds {verb} from {} to {}.", name(start), name(end)))
                .collect::<Vec<_>>()
        };
        changes.extend(ways(self, next, "no longer go"));
        changes.extend(ways(next, self, "go"));
        for slot in
            slots.iter().filter(|slot| self.stage(slot.key).is_some() || next.stage(slot.key).is_some())
        {
            match (self.arrivals(slot), next.arrivals(slot)) {
                (Arrivals::Any, Arrivals::PromotionOnly) => {
                    changes.push(format!("CI may no longer push into {}.", slot.slug));
                }
                (Arrivals::PromotionOnly, Arrivals::Any) => {
                    changes.push(format!("CI may push into {}.", slot.slug));
                }
                (Arrivals::Any, Arrivals::Any) | (Arrivals::PromotionOnly, Arrivals::PromotionOnly) => {}
            }
        }
        changes
    }
}

impl Graph {
    /// Whether `next` has other gates, ways or arrivals before what is production.
    pub fn touches_production(&self, next: &Self, slots: &[Slot]) -> bool {
        slots.iter().filter(|slot| slot.stream.production).any(|slot| {
            self.stage(slot.key) != next.stage(slot.key)
                || self.before(slot.key) != next.before(slot.key)
                || self.arrivals(slot) != next.arrivals(slot)
        })
    }

    /// Whether a stage of it is one of production.
    pub fn leads_to_production(&self, slots: &[Slot]) -> bool {
        slots.iter().any(|slot| slot.stream.production && self.stage(slot.key).is_some())
    }

    /// The gates that are gone in `next`, a sentence for each stage: of stages that are taken out, and of one that nothing
    /// leads to any more. Gates that change are not dropped.
    pub fn drops(&self, next: &Self, slots: &[Slot]) -> Vec<String> {
        let entered = |bucket| next.stage(bucket).is_some() && !next.before(bucket).is_empty();
        let gated = self.stages().iter().filter(|stage| !stage.gates.is_empty());
        let dropped = gated.filter(|stage| {
            let kept = next.stage(stage.bucket).is_some_and(|kept| !kept.gates.is_empty());
            !kept && !entered(stage.bucket)
        });
        let told = |stage: &Stage| {
            let name = slots.iter().find(|slot| slot.key == stage.bucket).map(|slot| slot.slug.as_str());
            let words: Vec<String> = stage.gates.iter().map(Gate::words).collect();
            format!("{}: {}.", name.unwrap_or("A bucket that is gone"), words.join("; "))
        };
        dropped.map(told).collect()
    }
}

fn asks(words: &[String]) -> String {
    if words.is_empty() { "without gates".to_owned() } else { format!("with {}", words.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::EnvironmentId;
    use crate::streams::Stream;
    use crate::words::Title;
    use uuid::Uuid;

    const NAMES: [&str; 4] = ["qa", "perf", "staging", "prod"];

    fn slots() -> Vec<Slot> {
        let slug = |text: &str| Slug::parse(text).unwrap();
        let title = || Title::parse("A title").unwrap();
        let stream = || Stream {
            id: Uuid::nil().into(),
            slug: slug("qa"),
            title: title(),
            production: false,
            built_in: false,
        };
        let slot = |(number, name): (usize, &&str)| Slot {
            key: bucket(number),
            slug: slug(name),
            title: title(),
            stream: stream(),
        };
        NAMES.iter().enumerate().map(slot).collect()
    }

    fn bucket(number: usize) -> BucketKey {
        BucketKey::Environment(EnvironmentId(Uuid::from_u128(number as u128)))
    }

    fn graph(stages: &[usize], edges: &[(usize, usize)]) -> Graph {
        Graph::new(stages.iter().map(|stage| Stage::bare(bucket(*stage))).collect(), edges.to_vec()).unwrap()
    }

    #[test]
    fn what_stays_is_not_told() {
        let line = graph(&[0, 2, 3], &[(0, 1), (1, 2)]);
        assert_eq!(line.changes(&line, &slots()), Vec::<String>::new());
    }

    #[test]
    fn stages_ways_and_arrivals_are_told_by_name() {
        let line = graph(&[0, 2, 3], &[(0, 1), (1, 2)]);
        let fork = graph(&[0, 1, 3], &[(0, 1), (0, 2)]);
        let told = [
            "staging is no stage any more: what is in it stays, and no way leads to it or on from it.",
            "perf becomes a stage, without gates.",
            "Builds go from qa to perf.",
            "Builds go from qa to prod.",
            "CI may no longer push into perf.",
            "CI may push into staging.",
        ];
        assert_eq!(line.changes(&fork, &slots()), told);
        let cut = graph(&[0, 2, 3], &[(1, 2)]);
        assert_eq!(
            line.changes(&cut, &slots()),
            ["Builds no longer go from qa to staging.", "CI may push into staging."]
        );
    }

    #[test]
    fn gates_that_go_with_their_stage_are_told_one_by_one() {
        let line = graph(&[0, 2, 3], &[(0, 1), (1, 2)]);
        let mut stages = line.stages().to_vec();
        stages[1].gates = vec![Gate::Verified];
        stages[2].gates = vec![Gate::Verified, Gate::Verified];
        let gated = Graph::new(stages.clone(), vec![(0, 1), (1, 2)]).unwrap();
        let words = Gate::Verified.words();
        assert_eq!(gated.drops(&gated, &slots()), Vec::<String>::new());
        let without = Graph::linear(vec![stages[0].clone(), stages[1].clone()]).unwrap();
        assert_eq!(gated.drops(&without, &slots()), [format!("prod: {words}; {words}.")]);
        // The first stage has no gates, so one that comes to stand there loses its own.
        let first = Graph::linear(vec![Stage::bare(bucket(2)), stages[2].clone()]).unwrap();
        assert_eq!(gated.drops(&first, &slots()), [format!("staging: {words}.")]);
        let looser =
            Graph::linear(vec![stages[0].clone(), Stage::bare(bucket(2)), stages[2].clone()]).unwrap();
        assert_eq!(gated.drops(&looser, &slots()), Vec::<String>::new(), "that is a change, and told as one");
    }

    #[test]
    fn gates_are_told_beside_those_before() {
        let line = graph(&[0, 2], &[(0, 1)]);
        let mut stages = line.stages().to_vec();
        stages[1].gates = vec![Gate::Verified];
        let words = stages[1].words().join(", ");
        let gated = Graph::linear(stages).unwrap();
        assert_eq!(
            line.changes(&gated, &slots()),
            [format!("staging: with {words}, instead of without gates.")]
        );
    }
}
