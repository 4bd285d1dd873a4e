//! What someone chooses for the browser in front of them: its theme, and whether single keys act.

use serde::{Deserialize, Serialize};

/// All that is chosen; the defaults suit whoever chose nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    pub theme: Theme,
    /// Whether shortcuts of a single character act (WCAG 2.2, 2.1.4).
    pub shortcuts: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { theme: Theme::System, shortcuts: true }
    }
}

/// The colours in which pages are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the operating system has it at the moment.
    #[default]
    System,
    Light,
    Dark,
}

/// The ground of the bar on top in each theme, as `--surface` in `style/tokens.css`: browsers draw what is around
/// the page in it, and read no custom properties there.
const LIGHT: &str = "#ffffff";
const DARK: &str = "#192126";

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == text)
    }

    /// What the document says of it where the system does not decide.
    pub const fn chosen(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light | Self::Dark => Some(self.name()),
        }
    }

    /// The colour schemes of the document, in the words of CSS.
    pub const fn schemes(self) -> &'static str {
        match self {
            Self::System => "light dark",
            Self::Light | Self::Dark => self.name(),
        }
    }

    /// The colours around the page: where the system is light, and where it is dark.
    pub const fn colours(self) -> [&'static str; 2] {
        match self {
            Self::System => [LIGHT, DARK],
            Self::Light => [LIGHT, LIGHT],
            Self::Dark => [DARK, DARK],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_is_read_as_it_is_written() {
        for theme in Theme::ALL {
            assert_eq!(Theme::parse(theme.name()), Some(theme));
        }
        assert_eq!(Theme::parse("Dark"), None);
    }

    #[test]
    fn only_the_system_theme_changes_with_the_system() {
        assert_eq!(Theme::System.colours(), [LIGHT, DARK]);
        for theme in [Theme::Light, Theme::Dark] {
            assert_eq!(theme.colours()[0], theme.colours()[1]);
            assert_eq!(theme.chosen(), Some(theme.schemes()));
        }
    }
}
