//! A framed part of a page with a heading.

use leptos::prelude::*;

/// A frame. Lists and tables that are its only child go from edge to edge.
#[component]
pub fn Card(
    #[prop(optional, into)] title: Option<String>,
    /// Names the heading, and the part of the page after it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Where the title leads.
    #[prop(optional, into)]
    href: Option<String>,
    /// What can be done about all of it; stands at the end of the heading's line.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let actions = actions.map(|actions| view! { <div class="card__actions">{actions.run()}</div> });
    let named = id.clone();
    let header = title.map(|title| {
        let title = match href {
            Some(href) => view! { <a class="card__link" href=href>{title}</a> }.into_any(),
            None => title.into_any(),
        };
        view! {
            <header class="card__header">
                <h2 class="card__title" id=named>
                    {title}
                </h2>
                {actions}
            </header>
        }
    });
    view! {
        <section class="card" aria-labelledby=id>
            {header}
            <div class="card__body">{children()}</div>
        </section>
    }
}
