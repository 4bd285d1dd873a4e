//! The document around every page.

#[cfg(feature = "ssr")]
mod document {
    use crate::App;
    use crate::notices::SITE;
    use crate::preferences::{self, DARK_ID, LIGHT_ID, SCHEMES_ID};
    use crate::visitors;
    use http::HeaderValue;
    use http::header::{CONTENT_SECURITY_POLICY, HeaderName};
    use leptos::attr::custom::CustomAttribute;
    use leptos::html;
    use leptos::nonce::use_nonce;
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;
    use leptos_meta::MetaTags;
    use towpath_domain::preferences::Preferences;

    const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

    /// The HTML document. Scripts come from files of our own, but for the data of resources, which
    /// Leptos writes inline with the nonce of the response.
    pub fn shell(_options: LeptosOptions) -> impl IntoView {
        set_policy();
        let Preferences { theme, shortcuts } = preferences::read();
        let [light, dark] = theme.colours();
        let pkg = visitors::pkg();
        view! {
            <!DOCTYPE html>
            <html lang="en" data-theme=theme.chosen() data-no-shortcuts=(!shortcuts).then_some("")>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" id=SCHEMES_ID content=theme.schemes() />
                    {colour(LIGHT_ID, "(prefers-color-scheme: light)", light)}
                    {colour(DARK_ID, "(prefers-color-scheme: dark)", dark)}
                    <meta name=SITE content=visitors::site() />
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <link rel="stylesheet" href=format!("{pkg}/towpath.css") />
                    <script type="module" src="/start.js"></script>
                    <MetaTags />
                </head>
                <body>
                    <App />
                </body>
            </html>
        }
    }

    /// Tells `start.js` which modules the page needs that is rendered now, so that it loads them beside the main one.
    /// Scripts can read this header of a page; a browser without script must not load what it will never use.
    pub(crate) fn announce_group(group: &str) {
        let chunks = visitors::chunks();
        let Some((response, files)) = use_context::<ResponseOptions>().zip(chunks.of(group)) else { return };
        if let Ok(modules) = HeaderValue::from_str(&format!("modules;desc=\"{}\"", files.join(" "))) {
            response.insert_header(SERVER_TIMING, modules);
        }
    }

    /// The colour around the page, where the system is as `media` says.
    fn colour(id: &'static str, media: &'static str, content: &'static str) -> impl IntoView {
        html::meta().name("theme-color").id(id).attr("media", media).content(content)
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
pub(crate) use document::announce_group;
#[cfg(feature = "ssr")]
pub use document::shell;

mod account;
mod compact;
mod theme;

pub use theme::ThemeChoice;

use crate::arriving::arrive;
use crate::components::icon::{Icon, Symbol};
use crate::components::live::LiveRegion;
use crate::components::time::provide_clock;
use crate::fns::people::{Me, who_am_i};
use crate::focus::keep_focus;
use crate::later::Later;
use crate::live::{ContactBanner, follow, provide_live_context, use_changes};
use crate::notices::{Notices, NoticesView, provide_notices};
use crate::paths;
use crate::preferences::{Chosen, provide_preferences};
use crate::search::{SearchBox, SearchPalette, provide_search, use_search};
use crate::shortcuts::Shortcuts;
use account::AccountMenu;
use compact::CompactBar;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use towpath_domain::live::Notice;

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
    provide_clock();
    provide_live_context();
    provide_preferences();
    provide_notices();
    provide_search();
}

/// The bar on top of every page.
#[component]
pub fn TopBar() -> impl IntoView {
    keep_focus();
    let path = use_location().pathname;
    arrive(path);
    let Deeds(deeds) = expect_context();
    let changes = use_changes(Notice::is_of_promotion);
    let me = Resource::new(move || (path.get(), deeds.get(), changes.get()), |_| who_am_i());
    // Whoever is signed in hears of what happens.
    follow(move || match me.get() {
        Some(Ok(me)) => Some(me.map(|me| me.as_of)),
        Some(Err(_)) | None => None,
    });
    let announcement: Announcement = expect_context();
    let chosen: Chosen = expect_context();
    let notices: Notices = expect_context();
    let search = use_search();
    Effect::new(move |_| {
        let Some(Ok(me)) = me.get() else { return };
        notices.answered(me.as_ref());
        search.follow(me.as_ref().map(|me| me.email.as_str()));
        if let Some(me) = me {
            chosen.follow(me.preferences);
        }
    });
    // Whom it was made for, for as long as nobody can be asked.
    let known = StoredValue::new(None);
    view! {
        <a class="skip-link" href="#main">
            "Skip to content"
        </a>
        <Transition>
            {move || Suspend::new(async move {
                if let Ok(me) = me.await {
                    known.set_value(me);
                }
                known.get_value().map(|me| view! { <Bar me=me path=path /> })
            })}
        </Transition>
        <LiveRegion message=announcement.0 />
        <ContactBanner />
        <Shortcuts />
        <SearchPalette />
        <NoticesView />
    }
}

#[component]
fn Bar(me: Me, path: Memo<String>) -> impl IntoView {
    view! {
        <Later>
            <header class="topbar">
                <div class="topbar__inner">
                    <a class="topbar__brand" href=paths::HOME>
                        <Icon symbol=Symbol::Mark />
                        "Towpath"
                    </a>
                    <nav class="topbar__nav" aria-label="Main">
                        <Ways me=me.clone() path=path class="topbar__link" />
                    </nav>
                    <SearchBox />
                    <AccountMenu me=me.clone() />
                    <CompactBar me=me path=path />
                </div>
            </header>
        </Later>
    }
}

/// The links to the main pages.
#[component]
fn Ways(me: Me, path: Memo<String>, class: &'static str) -> impl IntoView {
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
            <a class=class href=href aria-current=move || current(href)>
                {name}
            </a>
        }
    };
    view! {
        {link(paths::HOME, "Home")}
        {link(paths::PROJECTS, "Projects")}
        <a class=class href=paths::INBOX aria-current=move || current(paths::INBOX)>
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
        {link(paths::HOLDS, "Holds")}
        {link(paths::TOKENS, "Tokens")}
        {link(paths::STREAMS, "Streams")}
        {me.manages_people.then(|| link(paths::PEOPLE, "People"))}
    }
}
