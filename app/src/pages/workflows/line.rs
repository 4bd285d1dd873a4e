//! The stages of a workflow in the order in which builds pass them.

use crate::components::icon::{Icon, Symbol};
use leptos::prelude::*;
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::workflows::Graph;

/// `qa → staging → prod`, each with its gates.
#[component]
pub fn StageLine(graph: Graph, slots: Vec<Slot>) -> impl IntoView {
    let stages = (0..graph.stages().len()).map(|position| stop(&graph, position, &slots)).collect();
    view! { <Line stops=stages /> }
}

/// One stop of the line: a bucket's name, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub name: String,
    /// From where builds come, where that is not the stop before.
    pub after: Option<String>,
    pub gates: Vec<String>,
}

/// The line itself.
#[component]
pub fn Line(stops: Vec<Stop>) -> impl IntoView {
    let item = |Stop { name, after, gates }: Stop| {
        let gates = gates.into_iter().map(|gate| {
            view! {
                <span class="way__gate">
                    <Icon symbol=Symbol::Gate />
                    {gate}
                </span>
            }
        });
        let class = if after.is_some() { "way__stop way__stop--after" } else { "way__stop" };
        view! {
            <li class=class>
                <span class="way__name">{name}</span>
                {after.map(|after| view! { <span class="way__after">{after}</span> })}
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

fn stop(graph: &Graph, position: usize, slots: &[Slot]) -> Stop {
    let stage = &graph.stages()[position];
    let name = |bucket: BucketKey| {
        let slot = slots.iter().find(|slot| slot.key == bucket);
        slot.map_or_else(|| "a bucket that is gone".to_owned(), |slot| slot.slug.to_string())
    };
    let before = graph.before(stage.bucket);
    let above = position.checked_sub(1).map(|above| graph.stages()[above].bucket);
    let elsewhere = before != above.into_iter().collect::<Vec<_>>();
    let after = elsewhere.then(|| {
        let names: Vec<String> = before.into_iter().map(name).collect();
        if names.is_empty() { "from no stage".to_owned() } else { format!("from {}", names.join(" and ")) }
    });
    Stop { name: name(stage.bucket), after, gates: stage.words() }
}
