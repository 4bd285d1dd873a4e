//! Holds: those that stand or have ended, one of them, and the form for a new one.

mod line;
mod list;
mod new;
mod one;

pub use line::HoldNote;
pub use list::HoldsPage;
pub use new::NewHoldPage;
pub use one::HoldPage;
