//! Things of one kind with the same facts about each.

use leptos::prelude::*;

/// A table that scrolls by itself where the page is too narrow. Its children are the rows.
#[component]
pub fn Table(
    /// What the table lists, for those who do not see where it stands.
    #[prop(into)]
    caption: String,
    columns: Vec<&'static str>,
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    let head = columns.into_iter().map(|column| view! { <th scope="col">{column}</th> }).collect_view();
    view! {
        <div class="table-scroll" role="region" aria-label=label tabindex="0">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
