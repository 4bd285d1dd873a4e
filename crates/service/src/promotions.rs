//! Promotions: asking, deciding, applying, taking back, passing gates. Each is one transaction with its placement and events.

mod asking;
mod automatic;
mod deciding;
mod found;
mod many;
mod pinning;
mod saving;
mod sending;
mod turns;

pub use asking::{Request, explain, explain_emergency, request};
pub(crate) use asking::{Wish, read_reference};
pub use automatic::promote_on;
pub use deciding::{Apply, Decide, Pass, apply, cancel, decide, pass, review};
pub(crate) use found::Found;
pub use many::{Decided, decide_all};
pub use pinning::{PinRequest, explain_pin, explain_pin_in_emergency, pin};
pub(crate) use pinning::{feeding, locate};
pub use sending::retry;
pub(crate) use sending::{not_sent, sent, still_passes};
pub use turns::look_again;
