//! Pins: those of an environment, and the form for a new one.

mod list;
mod new;

pub use list::Pins;
pub use new::NewPinPage;
