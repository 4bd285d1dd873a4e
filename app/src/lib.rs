//! The pages of Towpath: the same code renders on the server (feature `ssr`) and wakes in the browser
//! (feature `hydrate`).
//!
//! A page reads through resources and writes through server actions in forms, so that everything works
//! before script does. `fns` are the doors to `service`; nothing here decides what is allowed.

#![recursion_limit = "512"]

mod arriving;
pub mod components;
mod echo;
mod errors;
pub mod fns;
mod focus;
#[cfg(feature = "ssr")]
mod guide;
mod later;
mod lazy;
mod live;
mod loaded;
mod notices;
mod pages;
pub mod paths;
#[cfg(feature = "ssr")]
mod pipelines;
mod preferences;
mod routes;
pub mod search;
mod shell;
mod shortcuts;
#[cfg(feature = "ssr")]
pub mod visitors;
mod who_can_help;

pub use errors::AppError;
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;

/// Attaches the app to the page that the server rendered, once the code of that page is loaded.
#[cfg(feature = "hydrate")]
pub async fn hydrate_app() {
    use leptos::mount::hydrate_from_async;
    use leptos::prelude::document;
    if let Some(body) = document().body() {
        hydrate_from_async(body, App).await.forget();
    }
}
