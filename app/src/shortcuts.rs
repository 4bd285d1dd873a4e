//! What keys do: one table, which the sheet and the account page show, and which is followed here.
//!
//! The table decides by itself, without a browser; the `listener` only tells it of keys and does what it says.

mod listener;
mod sheet;

pub use listener::Shortcuts;
pub use sheet::Keys;

use crate::paths;

/// What a shortcut does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Goes to a page.
    Open(&'static str),
    /// Opens the search.
    Search,
    /// Opens the sheet of keys.
    Sheet,
}

/// What the table says of some keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortcut {
    /// One after the other, as they are printed on keys.
    pub keys: &'static [&'static str],
    pub words: &'static str,
    /// What is done; absent where the part of the page that has the focus does it.
    deed: Option<Deed>,
}

/// Shortcuts that belong together.
pub struct Group {
    pub title: &'static str,
    pub shortcuts: &'static [Shortcut],
}

/// All of them.
pub const GROUPS: [Group; 4] = [
    Group {
        title: "Go to",
        shortcuts: &[
            acts(&["g", "h"], "Home", Deed::Open(paths::HOME)),
            acts(&["g", "p"], "Projects", Deed::Open(paths::PROJECTS)),
            acts(&["g", "i"], "Inbox", Deed::Open(paths::INBOX)),
            acts(&["g", "t"], "Timeline", Deed::Open(paths::TIMELINE)),
        ],
    },
    Group {
        title: "Anywhere",
        shortcuts: &[
            acts(&["/"], "Search", Deed::Search),
            acts(&["Ctrl K"], "Search, also while typing; ⌘ K on a Mac", Deed::Search),
            acts(&["?"], "These keys", Deed::Sheet),
            told(&["Esc"], "Close what is open"),
        ],
    },
    Group {
        title: "On Home",
        shortcuts: &[
            told(&["←", "→", "↑", "↓"], "Go from cell to cell"),
            told(&["Home"], "Go to the beginning of the row; End to its end"),
            told(&["Enter"], "Open the board there"),
        ],
    },
    Group {
        title: "On a board",
        shortcuts: &[
            told(&["Space"], "Pick up the build in focus, and drop it"),
            told(&["←", "→"], "Move between the stages that it may go to"),
            told(&["↑", "↓"], "Read what every stage says to it"),
            told(&["Esc"], "Put it back"),
        ],
    },
];

const fn acts(keys: &'static [&'static str], words: &'static str, deed: Deed) -> Shortcut {
    Shortcut { keys, words, deed: Some(deed) }
}

const fn told(keys: &'static [&'static str], words: &'static str) -> Shortcut {
    Shortcut { keys, words, deed: None }
}

/// A key that was pressed, with all that decides whether it is for us.
#[derive(Debug, Clone, Copy)]
pub struct Press<'a> {
    /// As `KeyboardEvent.key` has it.
    pub key: &'a str,
    /// Ctrl, or the command key of a Mac.
    pub command: bool,
    /// Alt, with or without others.
    pub alt: bool,
    pub focus: Focus,
    /// When, in milliseconds from any start.
    pub at: f64,
}

/// What has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    Page,
    /// A field that takes characters.
    Text,
    /// Anything in an open dialog.
    Dialog,
}

/// How long the second key of a sequence may take, in milliseconds.
const PATIENCE: f64 = 1_500.0;
/// The key with Ctrl that works while single characters are switched off, and while typing.
const COMMAND: &str = "Ctrl K";

/// Follows the keys.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sequence {
    /// The first key of a sequence, and when it was pressed.
    begun: Option<(&'static str, f64)>,
}

impl Sequence {
    /// What a key does, after those before it. `single`: whether shortcuts without Ctrl act.
    pub fn press(&mut self, press: Press<'_>, single: bool) -> Option<Deed> {
        let begun = self.begun.take().filter(|(_, at)| press.at - at <= PATIENCE);
        if press.focus == Focus::Dialog || press.alt {
            return None;
        }
        if press.command {
            let known = press.key.eq_ignore_ascii_case("k");
            return if known { find(&[COMMAND]) } else { None };
        }
        if press.focus == Focus::Text || !single {
            return None;
        }
        if let Some((first, _)) = begun {
            return find(&[first, press.key]);
        }
        self.begun = first(press.key).map(|first| (first, press.at));
        find(&[press.key])
    }
}

fn all() -> impl Iterator<Item = &'static Shortcut> {
    GROUPS.iter().flat_map(|group| group.shortcuts)
}

fn find(keys: &[&str]) -> Option<Deed> {
    all().filter(|shortcut| shortcut.keys == keys).find_map(|shortcut| shortcut.deed)
}

/// The key, if a sequence begins with it.
fn first(key: &str) -> Option<&'static str> {
    all()
        .filter(|shortcut| shortcut.deed.is_some() && shortcut.keys.len() > 1)
        .find_map(|shortcut| shortcut.keys.first().copied().filter(|first| *first == key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Press<'_> = Press { key: "", command: false, alt: false, focus: Focus::Page, at: 0.0 };

    /// What a row of keys does, each pressed a tenth of a second after the one before.
    fn deeds(keys: &[&str]) -> Vec<Deed> {
        let mut sequence = Sequence::default();
        let mut at = 0.0;
        let press = |key: &&str| {
            at += 100.0;
            sequence.press(Press { key, at, ..PLAIN }, true)
        };
        keys.iter().filter_map(press).collect()
    }

    #[test]
    fn a_sequence_leads_to_its_page() {
        assert_eq!(deeds(&["g", "i"]), [Deed::Open(paths::INBOX)]);
        assert_eq!(deeds(&["g", "t", "?"]), [Deed::Open(paths::TIMELINE), Deed::Sheet]);
        assert_eq!(deeds(&["/"]), [Deed::Search]);
    }

    #[test]
    fn another_key_breaks_a_sequence_off() {
        assert_eq!(deeds(&["g", "x", "i"]), []);
        assert_eq!(deeds(&["g", "Escape", "i"]), []);
        assert_eq!(deeds(&["g", "g", "h"]), [], "the second key ends it, whatever it is");
        assert_eq!(deeds(&["i"]), []);
    }

    #[test]
    fn a_sequence_is_forgotten_after_a_while() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.press(Press { key: "g", at: 0.0, ..PLAIN }, true), None);
        assert_eq!(sequence.press(Press { key: "i", at: PATIENCE + 1.0, ..PLAIN }, true), None);
    }

    #[test]
    fn keys_that_are_meant_for_something_else_do_nothing() {
        let mut sequence = Sequence::default();
        let quiet = [
            Press { focus: Focus::Text, ..PLAIN },
            Press { focus: Focus::Dialog, ..PLAIN },
            Press { alt: true, ..PLAIN },
            Press { command: true, ..PLAIN },
        ];
        for press in quiet {
            for key in ["?", "/", "g", "i"] {
                assert_eq!(sequence.press(Press { key, ..press }, true), None, "{key} {press:?}");
            }
        }
    }

    #[test]
    fn single_characters_can_be_switched_off_and_ctrl_k_stays() {
        let mut sequence = Sequence::default();
        for key in ["?", "/", "g", "h"] {
            assert_eq!(sequence.press(Press { key, ..PLAIN }, false), None);
        }
        for key in ["k", "K"] {
            let press = Press { key, command: true, focus: Focus::Text, ..PLAIN };
            assert_eq!(sequence.press(press, false), Some(Deed::Search));
        }
        let press = Press { key: "k", command: true, focus: Focus::Dialog, ..PLAIN };
        assert_eq!(sequence.press(press, true), None);
    }

    #[test]
    fn no_two_shortcuts_are_of_the_same_keys() {
        let acting: Vec<_> = all().filter(|shortcut| shortcut.deed.is_some()).collect();
        for shortcut in &acting {
            let same = acting.iter().filter(|other| other.keys == shortcut.keys).count();
            assert_eq!(same, 1, "{:?}", shortcut.keys);
            let begins = acting.iter().any(|other| other.keys.len() > 1 && other.keys[..1] == *shortcut.keys);
            assert!(!begins, "{:?} would hide a longer one", shortcut.keys);
        }
    }
}
