//! The pages of Towpath: the same code renders on the server (feature `ssr`) and wakes in the browser
//! (feature `hydrate`).
//!
//! A page reads through resources and writes through server actions in forms, so that everything works
//! before script does. `fns` are the doors to `service`; nothing here decides what is allowed.

#![recursion_limit = "512"]

pub mod components;
mod echo;
mod errors;
pub mod fns;
mod loaded;
mod pages;
pub mod paths;
mod routes;
pub mod search;
mod shell;
#[cfg(feature = "ssr")]
pub mod visitors;

pub use errors::AppError;
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;

/// Attaches the app to the page that the server rendered.
#[cfg(feature = "hydrate")]
pub fn hydrate_app() {
    leptos::mount::hydrate_body(App);
}
