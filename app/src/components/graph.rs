//! What every drawing of a workflow shares: the pieces of its ways, and how a stage says where it stands to the stylesheet.

use leptos::prelude::*;
use towpath_domain::workflows::{Joint, Layout, Pass, Place};

/// Up to how many levels and lanes the stylesheet knows; what has more is drawn as one line.
pub const LEVELS: usize = 16;
pub const LANES: usize = 8;

/// A level or a lane as the stylesheet counts, from 1.
pub fn counted(index: usize) -> String {
    (index + 1).to_string()
}

/// Which ends of the way a stage has: `both`, `in`, `out` or `none`.
pub const fn ends(place: Option<&Place>) -> &'static str {
    match place {
        Some(Place { enters: true, leaves: true, .. }) => "both",
        Some(Place { enters: true, leaves: false, .. }) => "in",
        Some(Place { enters: false, leaves: true, .. }) => "out",
        Some(_) | None => "none",
    }
}

/// The pieces of ways that belong to no stage.
pub fn ways(layout: &Layout) -> impl IntoView + use<> {
    let joint = |Joint { level, top, bottom }: &Joint| {
        view! {
            <li
                class="graph__joint"
                aria-hidden="true"
                data-level=counted(*level)
                data-top=counted(*top)
                data-bottom=counted(*bottom)
            ></li>
        }
    };
    let pass = |Pass { level, lane }: &Pass| {
        view! { <li class="graph__pass" aria-hidden="true" data-level=counted(*level) data-lane=counted(*lane)></li> }
    };
    (layout.passes.iter().map(pass).collect_view(), layout.joints.iter().map(joint).collect_view())
}
