//! Environments: one of them with what should run there, the form for a new one, and moving one into another stream.

mod new;
mod one;
mod stream;

pub use new::NewEnvironmentPage;
pub use one::EnvironmentPage;
pub use stream::MoveEnvironmentPage;
