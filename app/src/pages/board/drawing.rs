//! The board as a graph, where its workflow is not one stage after the other: each stage at its level and in its lane, and
//! the pieces of the ways between them. Narrow windows read the stages downwards instead.

use crate::components::graph::{self, LANES, LEVELS, counted};
use leptos::prelude::*;
use towpath_domain::boards::Board;
use towpath_domain::buckets::BucketKey;
use towpath_domain::workflows::{Layout, Place};

/// A graph that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drawing {
    layout: Layout,
    /// What the workflow does not lead to stands after it, from this level on.
    aside: Vec<BucketKey>,
    end: usize,
}

impl Drawing {
    /// Absent where the stages stand in one line.
    pub fn of(board: &Board) -> Option<Self> {
        let graph = &board.workflow.as_ref()?.graph;
        if graph.is_linear() {
            return None;
        }
        let layout = graph.layout();
        let end = layout.places.iter().map(|place| place.level + 1).max().unwrap_or_default();
        let lanes = layout.places.iter().map(|place| place.lane);
        let lanes = lanes.chain(layout.passes.iter().map(|pass| pass.lane)).max().unwrap_or_default() + 1;
        let aside = board.columns.iter().map(|column| column.slot.key);
        let aside: Vec<BucketKey> = aside.filter(|key| graph.stage(*key).is_none()).collect();
        let fits = end + aside.len() <= LEVELS && lanes <= LANES;
        fits.then_some(Self { layout, aside, end })
    }

    fn place(&self, bucket: BucketKey) -> Option<&Place> {
        self.layout.places.iter().find(|place| place.bucket == bucket)
    }

    /// The level of a bucket, as the stylesheet counts.
    pub fn level(&self, bucket: BucketKey) -> Option<String> {
        let beside = || Some(self.end + self.aside.iter().position(|aside| *aside == bucket)?);
        let level = self.place(bucket).map(|place| place.level).or_else(beside)?;
        Some(counted(level))
    }

    pub fn lane(&self, bucket: BucketKey) -> String {
        let lane = self.place(bucket).map_or(0, |place| place.lane);
        counted(lane)
    }

    /// Which ends of the way a stage has, as [`graph::ends`] tells it.
    pub fn ends(&self, bucket: BucketKey) -> &'static str {
        graph::ends(self.place(bucket))
    }

    /// The pieces of ways that belong to no stage.
    pub fn ways(&self) -> impl IntoView + use<> {
        graph::ways(&self.layout)
    }
}

/// From where builds come to a stage, in words for those who do not see the ways.
pub(super) fn comes_from(board: &Board, bucket: BucketKey) -> Option<String> {
    let graph = &board.workflow.as_ref()?.graph;
    let before = graph.before(bucket);
    let names = board.columns.iter().filter(|column| before.contains(&column.slot.key));
    let names: Vec<&str> = names.map(|column| column.slot.slug.as_str()).collect();
    match names.as_slice() {
        [] => None,
        names => Some(format!("From {}", names.join(" and "))),
    }
}
