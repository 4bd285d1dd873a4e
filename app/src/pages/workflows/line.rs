//! The stages of a workflow in the order in which builds pass them.

use crate::components::icon::{Icon, Symbol};
use leptos::prelude::*;
use towpath_domain::buckets::Slot;
use towpath_domain::workflows::{Graph, Stage};

/// `qa → staging → prod`, each with its gates.
#[component]
pub fn StageLine(graph: Graph, slots: Vec<Slot>) -> impl IntoView {
    let stages = graph.stages().iter().map(|stage| stop(stage, &slots)).collect();
    view! { <Line stops=stages /> }
}

/// One stop of the line: a bucket's name, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub name: String,
    pub gates: Vec<String>,
}

/// The line itself.
#[component]
pub fn Line(stops: Vec<Stop>) -> impl IntoView {
    let item = |Stop { name, gates }: Stop| {
        let gates = gates.into_iter().map(|gate| {
            view! {
                <span class="way__gate">
                    <Icon symbol=Symbol::Gate />
                    {gate}
                </span>
            }
        });
        view! {
            <li class="way__stop">
                <span class="way__name">{name}</span>
                {gates.collect_view()}
            </li>
        }
    };
    view! {
        <ol class="way" aria-label="Stages">
            {stops.into_iter().map(item).collect_view()}
        </ol>
    }
}

fn stop(stage: &Stage, slots: &[Slot]) -> Stop {
    let slot = slots.iter().find(|slot| slot.key == stage.bucket);
    Stop {
        name: slot.map_or_else(|| "a bucket that is gone".to_owned(), |slot| slot.slug.to_string()),
        gates: stage.words(),
    }
}
