//! What was chosen for this browser. The server reads it from cookies and writes it on `<html>`, so that it is
//! right on the first paint, also for who is not signed in; the page changes it there.
//!
//! Single-key shortcuts are kept beside the theme, not with the account: whether they are in the way depends on
//! what this browser is used with, such as speech input.

use leptos::prelude::*;
use towpath_domain::preferences::{Preferences, Theme};

/// The cookie of the theme; absent where the system decides.
#[cfg(feature = "ssr")]
pub const THEME: &str = "towpath-theme";
/// The cookie of the shortcuts: `off`, or absent.
#[cfg(feature = "ssr")]
pub const SHORTCUTS: &str = "towpath-shortcuts";
#[cfg(feature = "ssr")]
pub const OFF: &str = "off";

/// The ids of what tells the browser of the theme, for the document and for changing it.
pub const SCHEMES_ID: &str = "color-scheme";
pub const LIGHT_ID: &str = "theme-color-light";
pub const DARK_ID: &str = "theme-color-dark";

/// What was chosen, for whatever shows it or goes by it.
#[derive(Debug, Clone, Copy)]
pub struct Chosen(RwSignal<Preferences>);

/// Gives the pages what was chosen.
pub fn provide_preferences() {
    provide_context(Chosen(RwSignal::new(read())));
}

impl Chosen {
    pub fn theme(self) -> Theme {
        self.0.get().theme
    }

    pub fn shortcuts(self) -> bool {
        self.0.get().shortcuts
    }

    /// Whether single keys act now, for who listens to keys.
    pub fn single_keys(self) -> bool {
        self.0.get_untracked().shortcuts
    }

    /// Shows the page in a theme from now on.
    pub fn choose_theme(self, theme: Theme) {
        self.follow(Preferences { theme, ..self.0.get_untracked() });
    }

    pub fn switch_shortcuts(self, shortcuts: bool) {
        self.follow(Preferences { shortcuts, ..self.0.get_untracked() });
    }

    /// Goes by what was chosen, perhaps in another tab.
    pub fn follow(self, preferences: Preferences) {
        if self.0.get_untracked() != preferences {
            show(preferences.theme);
            self.0.set(preferences);
        }
    }
}

/// What the cookies of the request say.
#[cfg(feature = "ssr")]
pub fn read() -> Preferences {
    use crate::visitors::cookie;
    Preferences {
        theme: cookie(THEME).and_then(|theme| Theme::parse(&theme)).unwrap_or_default(),
        shortcuts: cookie(SHORTCUTS).is_none_or(|shortcuts| shortcuts != OFF),
    }
}

/// What the server wrote on the document.
#[cfg(not(feature = "ssr"))]
fn read() -> Preferences {
    let Some(html) = document().document_element() else { return Preferences::default() };
    Preferences {
        theme: html.get_attribute("data-theme").and_then(|theme| Theme::parse(&theme)).unwrap_or_default(),
        shortcuts: !html.has_attribute("data-no-shortcuts"),
    }
}

fn show(theme: Theme) {
    let Some(html) = document().document_element() else { return };
    // Attributes of these names can always be set.
    let _ = match theme.chosen() {
        Some(name) => html.set_attribute("data-theme", name),
        None => html.remove_attribute("data-theme"),
    };
    let [light, dark] = theme.colours();
    for (id, content) in [(SCHEMES_ID, theme.schemes()), (LIGHT_ID, light), (DARK_ID, dark)] {
        if let Some(meta) = document().get_element_by_id(id) {
            let _ = meta.set_attribute("content", content);
        }
    }
}
