//! What a page says of itself, wherever one is: that the server was not reached, that the site was updated, that
//! the session has ended. Nothing is reloaded and nothing that was typed is lost.

use crate::components::button::{Button, ButtonKind};
use crate::components::toast::{Toast, Toasts};
use crate::components::tone::Tone;
use crate::fns::people::Me;
use crate::live::hears;
use crate::shell::Deeds;
use leptos::ev;
use leptos::prelude::*;
use std::cell::Cell;
use std::time::Duration;

/// How long after a call failed it is tried whether the server can be reached, while the page hears of it.
const SOON: Duration = Duration::from_secs(1);

/// The name of the tag that tells which site the page runs.
pub const SITE: &str = "towpath-site";

/// What there is to say.
#[derive(Debug, Clone, Copy)]
pub struct Notices {
    lost: RwSignal<bool>,
    updated: RwSignal<bool>,
    signed_out: RwSignal<bool>,
}

thread_local! {
    /// Those of the page, for what fails outside of any component; a server has none.
    static OF_PAGE: Cell<Option<Notices>> = const { Cell::new(None) };
}

/// Gives the pages what they are told by.
pub fn provide_notices() {
    let notices = Notices {
        lost: RwSignal::new(false),
        updated: RwSignal::new(false),
        signed_out: RwSignal::new(false),
    };
    provide_context(notices);
    if cfg!(feature = "hydrate") {
        OF_PAGE.set(Some(notices));
    }
}

/// A call did not reach the server.
pub fn not_reached() {
    if let Some(notices) = OF_PAGE.get() {
        notices.lost.set(true);
    }
}

/// A form was sent whose session has ended.
pub fn session_ended() {
    if let Some(notices) = OF_PAGE.get() {
        notices.signed_out.set(true);
    }
}

impl Notices {
    /// The server answered who is signed in: it can be reached, and tells which site it has now.
    pub fn answered(self, me: Option<&Me>) {
        self.lost.set(false);
        if let Some(me) = me {
            self.signed_out.set(false);
            if site().is_some_and(|site| site != me.site) {
                self.updated.set(true);
            }
        }
    }
}

/// The site that the page runs.
fn site() -> Option<String> {
    let tag = document().query_selector(&format!("meta[name={SITE}]")).ok().flatten()?;
    tag.get_attribute("content")
}

/// Says what there is to say, at the foot of the window, so that nothing moves.
#[component]
pub fn NoticesView() -> impl IntoView {
    let Notices { lost, updated, signed_out } = expect_context();
    let Deeds(deeds) = expect_context();
    // The bar asks who is signed in, and what is answered comes back to `answered`.
    let ask = move || deeds.update(|deeds| *deeds += 1);
    Effect::new(move |_| {
        if !window().navigator().on_line() {
            lost.set(true);
        }
        let offline = window_event_listener(ev::offline, move |_| lost.set(true));
        let online = window_event_listener(ev::online, move |_| ask());
        // Whoever comes back from signing in elsewhere need not say so.
        let back = window_event_listener(ev::focus, move |_| {
            if signed_out.get_untracked() {
                ask();
            }
        });
        on_cleanup(move || {
            offline.remove();
            online.remove();
            back.remove();
        });
    });
    // The server is there again, or one call of several failed while it was.
    let hears = hears();
    Effect::new(move |_| {
        if hears.get() && lost.get() {
            set_timeout(ask, SOON);
        }
    });
    view! {
        <Toasts>
            {move || lost.get().then(|| view! { <Lost again=ask /> })}
            {move || signed_out.get().then(|| view! { <SignedOut /> })}
            {move || updated.get().then(|| view! { <Updated later=move || updated.set(false) /> })}
        </Toasts>
    }
}

#[component]
fn Lost(#[prop(into)] again: Callback<()>) -> impl IntoView {
    let actions = ViewFn::from(move || {
        view! {
            <Button small=true on_click=again>
                "Try again"
            </Button>
        }
    });
    view! {
        <Toast tone=Tone::Warning actions=actions>
            "The server cannot be reached. You can go on reading; what you send now does not arrive."
        </Toast>
    }
}

#[component]
fn SignedOut() -> impl IntoView {
    let actions = ViewFn::from(|| {
        view! {
            <a class=ButtonKind::Default.class(true) href="/sign-in" target="_blank">
                "Sign in"
                <span class="visually-hidden">" (opens a new tab)"</span>
            </a>
        }
    });
    view! {
        <Toast tone=Tone::Warning actions=actions>
            "Your session has ended. Sign in in a new tab, come back and send this again: what you typed is still here."
        </Toast>
    }
}

#[component]
fn Updated(#[prop(into)] later: Callback<()>) -> impl IntoView {
    let reload = move |()| {
        // A page that cannot be reloaded stays as it is.
        let _ = window().location().reload();
    };
    let actions = ViewFn::from(move || {
        view! {
            <Button small=true on_click=reload>
                "Reload"
            </Button>
            <Button small=true kind=ButtonKind::Ghost on_click=later>
                "Later"
            </Button>
        }
    });
    view! {
        <Toast tone=Tone::Info actions=actions>"Towpath was updated."</Toast>
    }
}
