//! Sessions: where someone is signed in, as their account page lists it.

mod agents;

pub use agents::words as agent_words;

use crate::ids::SessionId;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// One place where someone is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    /// The browser or program, and its system, in words: “Firefox on Linux”.
    pub agent: String,
    /// The address of the network that it was signed in from.
    pub address: String,
    pub signed_in_at: Time,
    /// To the minute.
    pub used_at: Time,
    pub expires_at: Time,
    /// Whether it is the one that asks.
    pub current: bool,
}
