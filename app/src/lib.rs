//! The pages of Towpath: the same code renders on the server (feature `ssr`) and wakes in the browser (`hydrate`).

pub mod components;

/// Attaches the app to the page that the server rendered.
#[cfg(feature = "hydrate")]
pub fn hydrate_app() {
    leptos::mount::hydrate_body(|| ());
}
