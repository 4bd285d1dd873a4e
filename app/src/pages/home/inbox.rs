//! What waits for who looks, beside the matrix.

use crate::pages::inbox::List;
use crate::paths;
use leptos::prelude::*;
use std::sync::Arc;
use towpath_domain::home::Home;

#[component]
pub fn InboxBeside(home: Signal<Arc<Home>>) -> impl IntoView {
    let now = Memo::new(move |_| home.read().now);
    let waiting = Memo::new(move |_| home.read().waiting);
    let items = Memo::new(move |_| home.read().to_decide.clone());
    let nothing = Memo::new(move |_| items.read().is_empty());
    let all = move || {
        let waiting = waiting.get();
        if waiting > items.read().len() { format!("See all {waiting}") } else { "See all".to_owned() }
    };
    view! {
        <aside class="card home__inbox" aria-labelledby="home-inbox">
            <header class="card__header">
                <h2 class="card__title" id="home-inbox">
                    "For you to decide "
                    {move || (waiting.get() > 0).then(|| view! { <span class="count">{waiting}</span> })}
                </h2>
                <div class="card__actions">
                    <a class="button button--small" href=paths::INBOX>
                        {all}
                        <span class="visually-hidden">" in the inbox"</span>
                    </a>
                </div>
            </header>
            <div class="card__body">
                {move || nothing.get().then(|| view! { <p class="muted">"Nothing waits for you."</p> })}
                <List items=items now=now verb="Review" />
            </div>
        </aside>
    }
}
