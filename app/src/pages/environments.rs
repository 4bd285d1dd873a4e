//! Environments: one of them with what should run there, and the form for a new one.

mod new;
mod one;

pub use new::NewEnvironmentPage;
pub use one::EnvironmentPage;
