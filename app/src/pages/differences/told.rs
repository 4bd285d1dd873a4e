//! What differs between two images, in rows: only what does.

use leptos::prelude::*;
use towpath_domain::differences::{Changed, Difference, Layers, Names, TOLD};
use towpath_domain::words::bytes;

#[component]
pub fn DifferenceView(difference: Difference, commits_link: Option<String>) -> impl IntoView {
    let layers = words_of_layers(&difference.layers);
    let Difference { platform, platforms, settings, environment, ports, labels, shortened, .. } = difference;
    let setting = |Changed { name, from, to }: Changed| {
        view! {
            <div class="facts__row">
                <dt>{name}</dt>
                <dd class="difference">{texts(from, to)}</dd>
            </div>
        }
    };
    // Whoever made the image names its labels: no name of one may pass for a row of ours.
    let label = |Changed { name, from, to }: Changed| {
        view! {
            <div class="facts__row">
                <dt>"label " <code>{name}</code></dt>
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
            {settings.into_iter().map(setting).collect_view()}
            {row("Environment variables", environment)}
            {row("Ports", ports)}
            {labels.into_iter().map(label).collect_view()}
            <div class="facts__row">
                <dt>"Layers"</dt>
                <dd>{layers}</dd>
            </div>
            {platform
                .map(|platform| {
                    view! {
                        <div class="facts__row">
                            <dt>"Compared for"</dt>
                            <dd>{platform}</dd>
                        </div>
                    }
                })}
        </dl>
        {shortened.then(|| view! { <p class="muted">{format!("Of each kind only the first {TOLD} are told.")}</p> })}
    }
}

fn words_of_layers(layers: &Layers) -> String {
    let Layers { shared, shared_size, added_count, added_size, removed_count, reordered, .. } = layers;
    let (size, shared_size) = (bytes(*added_size), bytes(*shared_size));
    if *added_count == 0 && *removed_count == 0 {
        let order = if *reordered { ", in another order or number" } else { "" };
        return format!("The same {}{order} ({shared_size}).", counted(*shared, "layer"));
    }
    let parts = [
        (*added_count > 0).then(|| format!("{} added ({size})", counted(*added_count, "layer"))),
        (*removed_count > 0).then(|| format!("{} taken away", counted(*removed_count, "layer"))),
        Some(match shared {
            0 => "none shared".to_owned(),
            shared => format!("{} shared ({shared_size})", counted(*shared, "layer")),
        }),
    ];
    format!("{}.", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A text in place of another.
fn texts(from: Option<String>, to: Option<String>) -> impl IntoView {
    let shown = |text: String| if text.is_empty() { "(empty)".to_owned() } else { text };
    let from = from.map(|text| view! { <del>{shown(text)}</del> " " });
    let to = match to {
        Some(text) => view! { <ins>{shown(text)}</ins> }.into_any(),
        None => "taken away".into_any(),
    };
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
