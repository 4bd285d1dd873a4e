//! What differs between two images, in rows: only what does.

use crate::pages::builds::words_of_size;
use leptos::prelude::*;
use towpath_domain::differences::{Changed, Difference, Names};

#[component]
pub fn DifferenceView(difference: Difference, commits_link: Option<String>) -> impl IntoView {
    let layers = words_of_layers(&difference);
    let Difference { platforms, settings, environment, ports, labels, .. } = difference;
    let changed = |Changed { name, from, to }: Changed| {
        view! {
            <div class="facts__row">
                <dt>{name}</dt>
                <dd class="difference">{texts(from, to)}</dd>
            </div>
        }
    };
    view! {
        <dl class="facts">
            {commits_link
                .map(|link| {
                    view! {
                        <div class="facts__row">
                            <dt>"Commits"</dt>
                            <dd>
                                <a href=link rel="noreferrer">
                                    "What lies between them"
                                </a>
                            </dd>
                        </div>
                    }
                })}
            {row("Platforms", platforms)}
            {settings.into_iter().map(changed).collect_view()}
            {row("Environment variables", environment)}
            {row("Ports", ports)}
            {labels.into_iter().map(changed).collect_view()}
            <div class="facts__row">
                <dt>"Layers"</dt>
                <dd>{layers}</dd>
            </div>
        </dl>
    }
}

fn words_of_layers(difference: &Difference) -> String {
    let shared = words_of_size(difference.shared);
    let Difference { added, removed, shared_layers, .. } = difference;
    if added.is_empty() && removed.is_empty() {
        return format!("The same {} ({shared}).", counted(*shared_layers, "layer"));
    }
    let size = words_of_size(difference.added_size());
    let parts = [
        (!added.is_empty()).then(|| format!("{} added ({size})", counted(added.len(), "layer"))),
        (!removed.is_empty()).then(|| format!("{} taken away", counted(removed.len(), "layer"))),
        Some(match shared_layers {
            0 => "none shared".to_owned(),
            shared_layers => format!("{} shared ({shared})", counted(*shared_layers, "layer")),
        }),
    ];
    format!("{}.", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A text in place of another.
fn texts(from: String, to: String) -> impl IntoView {
    let from = (!from.is_empty()).then(|| view! { <del>{from}</del> " " });
    let to = if to.is_empty() { "taken away".into_any() } else { view! { <ins>{to}</ins> }.into_any() };
    view! { {from} {to} }
}

fn row(what: &'static str, names: Names) -> impl IntoView {
    (!names.is_empty()).then(|| {
        let Names { added, removed, changed } = names;
        let list = |names: Vec<String>| names.join(", ");
        view! {
            <div class="facts__row">
                <dt>{what}</dt>
                <dd class="difference">
                    {(!removed.is_empty()).then(|| view! { <del>{list(removed)}</del> " " })}
                    {(!added.is_empty()).then(|| view! { <ins>{list(added)}</ins> " " })}
                    {(!changed.is_empty()).then(|| format!("{} changed", list(changed)))}
                </dd>
            </div>
        }
    })
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
