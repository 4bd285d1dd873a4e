//! What belongs to the person: their account, the theme, the way out.

use super::theme::ThemeChoice;
use crate::components::avatar::Avatar;
use crate::components::icon::{Icon, Symbol};
use crate::components::menu::Menu;
use crate::fns::people::{Me, SignOut};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The menu at the end of the bar.
#[component]
pub fn AccountMenu(me: Me) -> impl IntoView {
    let name = me.name.clone();
    let face = ViewFn::from(move || {
        let name = name.clone();
        view! {
            <Avatar name=name.clone() />
            <span class="topbar__name">{name}</span>
            <span class="visually-hidden">" account"</span>
            <Icon symbol=Symbol::ChevronDown class="icon--chevron" />
        }
    });
    view! {
        <Menu label="Account" face=face face_class="topbar__user" class="topbar__account">
            <AccountItems email=me.email />
        </Menu>
    }
}

/// The items of that menu, which a narrow bar has in its only one.
#[component]
pub fn AccountItems(email: String) -> impl IntoView {
    view! {
        <p class="menu__heading">{email}</p>
        <a class="menu__item" href=paths::ACCOUNT>
            "Account"
        </a>
        <a class="menu__item" href=paths::SHORTCUTS>
            "Keyboard shortcuts"
        </a>
        <a class="menu__item" href=paths::DOCS>
            "Docs"
        </a>
        // Stays open, so that the choice is seen.
        <div class="menu__part" on:click=|event| event.stop_propagation()>
            <ThemeChoice />
        </div>
        // A plain form: what is in the page's memory goes with the page.
        <form method="post" action=SignOut::PATH>
            <button class="menu__item" type="submit">
                "Sign out"
            </button>
        </form>
    }
}
