//! The document around every page.

#[cfg(feature = "ssr")]
mod document {
    use crate::App;
    use http::HeaderValue;
    use http::header::CONTENT_SECURITY_POLICY;
    use leptos::nonce::use_nonce;
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;
    use leptos_meta::MetaTags;

    /// The HTML document. Scripts come from files of our own, but for the data of resources, which
    /// Leptos writes inline with the nonce of the response.
    pub fn shell(_options: LeptosOptions) -> impl IntoView {
        set_policy();
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <link rel="stylesheet" href="/pkg/towpath.css" />
                    <link rel="modulepreload" href="/pkg/towpath.js" />
                    <script type="module" src="/start.js"></script>
                    <MetaTags />
                </head>
                <body>
                    <App />
                </body>
            </html>
        }
    }

    fn set_policy() {
        let nonce = use_nonce().map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{nonce}; style-src 'self'; \
             img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        if let (Some(response), Ok(policy)) =
            (use_context::<ResponseOptions>(), HeaderValue::from_str(&policy))
        {
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

#[cfg(feature = "ssr")]
pub use document::shell;

use crate::components::avatar::Avatar;
use crate::components::icon::{Icon, Symbol};
use crate::components::live::LiveRegion;
use crate::fns::people::{SignOut, who_am_i};
use crate::paths;
use crate::search::{SearchBox, provide_search};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// What the live region says; components set it to tell what happened.
#[derive(Debug, Clone, Copy)]
pub struct Announcement(pub RwSignal<String>);

/// Counts what a page did that the bar on top tells of, so that the bar reads anew.
#[derive(Debug, Clone, Copy)]
pub struct Deeds(pub RwSignal<usize>);

/// Gives the pages what they tell the shell by.
pub fn provide_shell_context() {
    provide_context(Announcement(RwSignal::new(String::new())));
    provide_context(Deeds(RwSignal::new(0)));
    provide_search();
}

/// The bar on top of every page.
#[component]
pub fn TopBar() -> impl IntoView {
    let path = use_location().pathname;
    let Deeds(deeds) = expect_context();
    let me = Resource::new(move || (path.get(), deeds.get()), |_| who_am_i());
    let announcement: Announcement = expect_context();
    view! {
        <a class="skip-link" href="#main">
            "Skip to content"
        </a>
        <Transition>
            {move || Suspend::new(async move {
                me.await.ok().flatten().map(|me| view! { <Bar me=me path=path /> })
            })}
        </Transition>
        <LiveRegion message=announcement.0 />
    }
}

#[component]
fn Bar(me: crate::fns::people::Me, path: Memo<String>) -> impl IntoView {
    let sign_out = ServerAction::<SignOut>::new();
    let current = move |href: &'static str| {
        let path = path.get();
        let here = if href == paths::HOME {
            path == href
        } else if href == paths::PROJECTS {
            path.starts_with(href) || path.starts_with("/builds")
        } else {
            path.starts_with(href)
        };
        here.then_some("page")
    };
    let link = move |href: &'static str, name: &'static str| {
        view! {
            <a class="topbar__link" href=href aria-current=move || current(href)>
                {name}
            </a>
        }
    };
    view! {
        <header class="topbar">
            <div class="topbar__inner">
                <a class="topbar__brand" href=paths::HOME>
                    <Icon symbol=Symbol::Mark />
                    "Towpath"
                </a>
                <nav class="topbar__nav" aria-label="Main">
                    {link(paths::HOME, "Home")}
                    {link(paths::PROJECTS, "Projects")}
                    <a
                        class="topbar__link"
                        href=paths::INBOX
                        aria-current=move || current(paths::INBOX)
                    >
                        "Inbox"
                        {(me.waiting > 0)
                            .then(|| {
                                view! {
                                    " "
                                    <span class="count">
                                        {me.waiting} <span class="visually-hidden">" waiting"</span>
                                    </span>
                                }
                            })}
                    </a>
                    {link(paths::TIMELINE, "Timeline")}
                    {link(paths::TOKENS, "Tokens")}
                    {link(paths::STREAMS, "Streams")}
                    {me.manages_people.then(|| link(paths::PEOPLE, "People"))}
                </nav>
                <SearchBox who=me.email.clone() />
                <details class="menu topbar__account">
                    <summary class="menu__trigger topbar__user">
                        <Avatar name=me.name.clone() />
                        <span class="topbar__name">{me.name}</span>
                        <span class="visually-hidden">" account"</span>
                        <Icon symbol=Symbol::ChevronDown class="icon--chevron" />
                    </summary>
                    <div class="menu__list">
                        <p class="menu__heading">{me.email}</p>
                        <ActionForm action=sign_out>
                            <button class="menu__item" type="submit">
                                "Sign out"
                            </button>
                        </ActionForm>
                    </div>
                </details>
            </div>
        </header>
    }
}
