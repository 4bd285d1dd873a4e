//! The bar where there is no room for its ways in one line: the inbox, and a menu with all the rest.

use super::Ways;
use super::account::AccountItems;
use crate::components::icon::{Icon, Symbol};
use crate::components::menu::Menu;
use crate::fns::people::Me;
use crate::paths;
use leptos::prelude::*;

/// Stands in the bar beside what it replaces; the style shows one or the other.
#[component]
pub fn CompactBar(me: Me, path: Memo<String>) -> impl IntoView {
    let waiting = me.waiting;
    let face = ViewFn::from(|| {
        view! {
            <Icon symbol=Symbol::Menu />
            <span class="visually-hidden">"Menu"</span>
        }
    });
    view! {
        <div class="topbar__compact">
            <a
                class="topbar__square"
                href=paths::INBOX
                aria-current=move || path.get().starts_with(paths::INBOX).then_some("page")
            >
                <Icon symbol=Symbol::Inbox />
                <span class="visually-hidden">"Inbox"</span>
                {(waiting > 0)
                    .then(|| view! { <span class="count">{waiting} <span class="visually-hidden">" waiting"</span></span> })}
            </a>
            <Menu label="Menu" face=face face_class="topbar__square">
                <nav class="menu__part" aria-label="Main">
                    <Ways me=me.clone() path=path class="menu__item" />
                </nav>
                <AccountItems email=me.email />
            </Menu>
        </div>
    }
}
