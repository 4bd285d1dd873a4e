//! Where the stages of a graph stand when it is drawn from left to right: in levels, and in lanes where it forks.

use super::Graph;
use crate::buckets::BucketKey;

/// A drawing of a graph. Levels and lanes count from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    pub places: Vec<Place>,
    /// Where a way passes by a level without stopping.
    pub passes: Vec<Pass>,
    /// Where ways leave their lane, in the gap before a level.
    pub joints: Vec<Joint>,
}

/// Where a stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub bucket: BucketKey,
    pub level: usize,
    pub lane: usize,
    /// Whether a way leads to it.
    pub enters: bool,
    /// Whether a way leads on from it.
    pub leaves: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pass {
    pub level: usize,
    pub lane: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Joint {
    /// The level before which it is.
    pub level: usize,
    pub top: usize,
    pub bottom: usize,
}

/// A stage, or a way that passes by a level, while lanes are given out.
struct Node {
    level: usize,
    lane: usize,
    stage: Option<usize>,
    /// The nodes of the level before from which ways lead here.
    from: Vec<usize>,
}

impl Graph {
    /// Whether each stage leads to the next one, and no way leads elsewhere.
    pub fn is_linear(&self) -> bool {
        let mut edges = self.parts.edges.clone();
        edges.sort_unstable();
        edges.into_iter().eq((1..self.parts.stages.len()).map(|position| (position - 1, position)))
    }

    /// Draws it: each stage one level after the last of those that lead to it, in the lane of the first of them where that
    /// is free.
    pub fn layout(&self) -> Layout {
        let nodes = self.nodes();
        let lane = |node: usize| nodes[node].lane;
        let mut layout = Layout::default();
        for node in &nodes {
            match node.stage {
                Some(stage) => {
                    let edges = &self.parts.edges;
                    layout.places.push(Place {
                        bucket: self.parts.stages[stage].bucket,
                        level: node.level,
                        lane: node.lane,
                        enters: edges.iter().any(|(_, to)| *to == stage),
                        leaves: edges.iter().any(|(from, _)| *from == stage),
                    });
                }
                None => layout.passes.push(Pass { level: node.level, lane: node.lane }),
            }
            for from in node.from.iter().map(|from| lane(*from)).filter(|from| *from != node.lane) {
                let (top, bottom) = (from.min(node.lane), from.max(node.lane));
                layout.joints.push(Joint { level: node.level, top, bottom });
            }
        }
        layout.passes.sort_unstable();
        layout.joints.sort_unstable();
        layout.joints.dedup();
        layout
    }

    /// The level of each stage.
    fn levels(&self) -> Vec<usize> {
        let mut levels = vec![0; self.parts.stages.len()];
        // No way is longer than there are stages, and none leads back.
        for _ in 0..levels.len() {
            for (from, to) in &self.parts.edges {
                levels[*to] = levels[*to].max(levels[*from] + 1);
            }
        }
        levels
    }

    /// The stages and what passes by, level by level, each in its lane.
    fn nodes(&self) -> Vec<Node> {
        let levels = self.levels();
        let mut nodes: Vec<Node> = levels
            .iter()
            .enumerate()
            .map(|(stage, level)| Node { level: *level, lane: 0, stage: Some(stage), from: Vec::new() })
            .collect();
        for (start, end) in &self.parts.edges {
            let mut last = *start;
            for level in levels[*start] + 1..levels[*end] {
                nodes.push(Node { level, lane: 0, stage: None, from: vec![last] });
                last = nodes.len() - 1;
            }
            nodes[*end].from.push(last);
        }
        for level in 0..=levels.iter().copied().max().unwrap_or_default() {
            let wish = |node: &Node| node.from.iter().map(|from| nodes[*from].lane).min().unwrap_or_default();
            let mut here: Vec<(usize, bool, usize)> = nodes
                .iter()
                .enumerate()
                .filter(|(_, node)| node.level == level)
                .map(|(position, node)| (wish(node), node.stage.is_none(), position))
                .collect();
            here.sort_unstable();
            let mut free = 0;
            for (wish, _, position) in here {
                nodes[position].lane = wish.max(free);
                free = nodes[position].lane + 1;
            }
        }
        nodes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::EnvironmentId;
    use crate::workflows::Stage;
    use uuid::Uuid;

    fn bucket(number: usize) -> BucketKey {
        BucketKey::Environment(EnvironmentId(Uuid::from_u128(number as u128)))
    }

    fn graph(stages: usize, edges: &[(usize, usize)]) -> Graph {
        let stages = (0..stages).map(|stage| Stage::bare(bucket(stage))).collect();
        Graph::new(stages, edges.to_vec()).unwrap()
    }

    /// Level and lane of each stage, in their order.
    fn places(layout: &Layout) -> Vec<(usize, usize)> {
        layout.places.iter().map(|place| (place.level, place.lane)).collect()
    }

    #[test]
    fn one_after_the_other_needs_one_lane() {
        let line = graph(3, &[(0, 1), (1, 2)]);
        assert!(line.is_linear());
        let layout = line.layout();
        assert_eq!(places(&layout), [(0, 0), (1, 0), (2, 0)]);
        assert_eq!((layout.passes, layout.joints), (vec![], vec![]));
        let ends: Vec<_> = layout.places.iter().map(|place| (place.enters, place.leaves)).collect();
        assert_eq!(ends, [(false, true), (true, true), (true, false)]);
        assert!(!graph(3, &[(0, 1), (0, 2)]).is_linear());
        assert!(!graph(2, &[]).is_linear());
    }

    #[test]
    fn a_fork_takes_lanes_and_joins_again() {
        let layout = graph(4, &[(0, 1), (0, 2), (1, 3), (2, 3)]).layout();
        assert_eq!(places(&layout), [(0, 0), (1, 0), (1, 1), (2, 0)]);
        let joint = |level| Joint { level, top: 0, bottom: 1 };
        assert_eq!(layout.joints, [joint(1), joint(2)]);
    }

    #[test]
    fn a_way_that_leaves_out_a_level_passes_by_in_a_lane_of_its_own() {
        let layout = graph(3, &[(0, 1), (1, 2), (0, 2)]).layout();
        assert_eq!(places(&layout), [(0, 0), (1, 0), (2, 0)]);
        assert_eq!(layout.passes, [Pass { level: 1, lane: 1 }]);
        let joint = |level| Joint { level, top: 0, bottom: 1 };
        assert_eq!(layout.joints, [joint(1), joint(2)]);
    }

    #[test]
    fn stages_that_nothing_leads_to_stand_below_each_other_and_no_two_share_a_place() {
        let layout = graph(6, &[(0, 2), (1, 2), (0, 3), (1, 4), (2, 5), (4, 5)]).layout();
        assert_eq!(places(&layout)[..2], [(0, 0), (0, 1)]);
        let mut all = places(&layout);
        all.extend(layout.passes.iter().map(|pass| (pass.level, pass.lane)));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(layout.joints.iter().all(|joint| joint.top < joint.bottom));
    }
}
