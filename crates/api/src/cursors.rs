//! Cursors: how a list says where its next page starts, in a form that only the server reads.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// Where a page starts. Opaque: pass on what `next` held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct Cursor(String);

/// The lists that have pages; a cursor works in its own only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    Attempts,
    Deliveries,
    Deployments,
    Holds,
    HookDeliveries,
    Pins,
    Placements,
    Projects,
    Promotions,
    ReleaseSets,
    Timeline,
    Unclassified,
}

/// A text is not a cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not a cursor of this list. Pass on what `next` held, or leave it out to start anew.")]
pub struct NotACursor;

impl Cursor {
    /// Names the page of what comes next in the list after this number, id or name.
    pub fn new(listing: Listing, last: impl fmt::Display) -> Self {
        Self(URL_SAFE_NO_PAD.encode(format!("{}{last}", listing.prefix())))
    }

    /// The number below which the page starts.
    pub fn before(&self, listing: Listing) -> Result<i64, NotACursor> {
        self.read(listing).and_then(|before| if before > 0 { Ok(before) } else { Err(NotACursor) })
    }

    /// The number, id or name that came last on the page before.
    pub fn read<T: FromStr>(&self, listing: Listing) -> Result<T, NotACursor> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| NotACursor)?;
        let text = String::from_utf8(bytes).map_err(|_| NotACursor)?;
        let before = text.strip_prefix(listing.prefix()).ok_or(NotACursor)?;
        before.parse().map_err(|_| NotACursor)
    }
}

impl Listing {
    /// What a cursor's text starts with: its version and its list.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Attempts => "1a",
            Self::Deliveries => "1w",
            Self::Deployments => "1d",
            Self::Holds => "1o",
            Self::HookDeliveries => "1k",
            Self::Pins => "1i",
            Self::Placements => "1h",
            Self::Projects => "1j",
            Self::Promotions => "1p",
            Self::ReleaseSets => "1s",
            Self::Timeline => "1t",
            Self::Unclassified => "1u",
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text() {
        let cursor = Cursor::from(Cursor::new(Listing::Timeline, 42).to_string());
        assert_eq!(cursor.before(Listing::Timeline), Ok(42));
    }

    #[test]
    fn a_cursor_of_another_list_or_none_at_all_is_refused() {
        let other = Cursor::new(Listing::Promotions, 42);
        assert_eq!(other.before(Listing::Timeline), Err(NotACursor));
        let made_up = ["", "42", "!", "MXQ", "MXQtMQ"].map(|text| Cursor::from(text.to_owned()));
        for cursor in made_up {
            assert_eq!(cursor.before(Listing::Timeline), Err(NotACursor), "{cursor}");
        }
    }
}
