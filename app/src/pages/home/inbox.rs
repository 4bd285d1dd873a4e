//! What waits for who looks, beside the matrix.

use crate::pages::inbox::Item;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::inbox::InboxItem;
use towpath_domain::times::Time;

#[component]
pub fn InboxBeside(items: Vec<InboxItem>, waiting: usize, now: Time) -> impl IntoView {
    let more = waiting > items.len();
    let all = if more { format!("See all {waiting}") } else { "See all".to_owned() };
    view! {
        <aside class="card home__inbox" aria-labelledby="home-inbox">
            <header class="card__header">
                <h2 class="card__title" id="home-inbox">
                    "For you to decide "
                    {(waiting > 0).then(|| view! { <span class="count">{waiting}</span> })}
                </h2>
                <div class="card__actions">
                    <a class="button button--small" href=paths::INBOX>
                        {all}
                        <span class="visually-hidden">" in the inbox"</span>
                    </a>
                </div>
            </header>
            <div class="card__body">
                {if items.is_empty() {
                    view! { <p class="muted">"Nothing waits for you."</p> }.into_any()
                } else {
                    let item = move |item| view! { <Item item=item now=now verb="Review" /> };
                    view! { <ul class="inbox">{items.into_iter().map(item).collect_view()}</ul> }.into_any()
                }}
            </div>
        </aside>
    }
}
