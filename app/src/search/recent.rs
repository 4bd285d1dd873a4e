//! What someone opened lately by searching: kept in their browser, and shown to nobody else who signs in there.

use super::entries::Entry;
use serde::{Deserialize, Serialize};

/// How many are remembered.
#[cfg(feature = "hydrate")]
const KEPT: usize = 6;
#[cfg(feature = "hydrate")]
const KEY: &str = "towpath-recent";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Recent {
    who: String,
    entries: Vec<Entry>,
}

/// What was opened lately, the newest first.
#[cfg(feature = "hydrate")]
pub fn load(who: &str) -> Vec<Entry> {
    // A browser may keep nothing, or what another version wrote; then nothing is remembered.
    let kept = storage().and_then(|storage| storage.get_item(KEY).ok()?);
    let recent: Recent = kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default();
    if recent.who == who { recent.entries } else { Vec::new() }
}

/// Remembers an entry in front of the others.
#[cfg(feature = "hydrate")]
pub fn remember(who: &str, entry: &Entry) {
    let mut entries = load(who);
    entries.retain(|known| known.goes != entry.goes);
    entries.insert(0, entry.clone());
    entries.truncate(KEPT);
    let recent = Recent { who: who.to_owned(), entries };
    if let Some((storage, text)) = storage().zip(serde_json::to_string(&recent).ok()) {
        let _ = storage.set_item(KEY, &text);
    }
}

#[cfg(feature = "hydrate")]
fn storage() -> Option<web_sys::Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}

#[cfg(not(feature = "hydrate"))]
pub fn load(_: &str) -> Vec<Entry> {
    Recent::default().entries
}

#[cfg(not(feature = "hydrate"))]
pub fn remember(_: &str, _: &Entry) {}
