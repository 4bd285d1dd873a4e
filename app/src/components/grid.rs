//! The ARIA grid pattern on a table of links: one stop for Tab, and the arrow keys move inside.
//!
//! Without script the table is a plain table, and every link a stop of its own.

use leptos::{
    ev::{FocusEvent, KeyboardEvent},
    html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, EventTarget, HtmlElement},
};

/// Where a link stands in its grid, by row and column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(pub usize, pub usize);

impl Place {
    /// What the link's `data-at` says.
    pub fn name(self) -> String {
        format!("{}-{}", self.0, self.1)
    }

    fn parse(name: &str) -> Option<Self> {
        let (row, column) = name.split_once('-')?;
        Some(Self(row.parse().ok()?, column.parse().ok()?))
    }

    /// Where a key leads from here, if it leads anywhere; the edges hold.
    fn after(self, key: &str, ctrl: bool, last: Self) -> Option<Self> {
        let Self(row, column) = self;
        Some(match (key, ctrl) {
            ("ArrowUp", false) => Self(row.saturating_sub(1), column),
            ("ArrowDown", false) => Self((row + 1).min(last.0), column),
            ("ArrowLeft", false) => Self(row, column.saturating_sub(1)),
            ("ArrowRight", false) => Self(row, (column + 1).min(last.1)),
            ("Home", false) => Self(row, 0),
            ("End", false) => Self(row, last.1),
            ("Home", true) => Self(0, 0),
            ("End", true) => last,
            _ => return None,
        })
    }
}

/// Makes a grid of a table whose links say where they stand by `data-at`; `last` is the one at its end.
///
/// Answers what the table does when a key is pressed and when something in it is focused.
pub fn use_grid(
    table: NodeRef<html::Table>,
    last: Place,
) -> (impl Fn(KeyboardEvent) + Clone, impl Fn(FocusEvent) + Clone) {
    Effect::new(move |_| {
        if let Some(table) = table.get() {
            // Fails for names that are no attributes.
            let _ = table.set_attribute("role", "grid");
            for row in 0..=last.0 {
                for column in 0..=last.1 {
                    if let Some(link) = find(table.as_ref(), Place(row, column)) {
                        link.set_tab_index(if (row, column) == (0, 0) { 0 } else { -1 });
                    }
                }
            }
        }
    });
    let on_key = move |event: KeyboardEvent| {
        let here = event.target().and_then(place);
        let there =
            here.and_then(|here| here.after(&event.key(), event.ctrl_key() || event.meta_key(), last));
        let link = there.zip(table.get_untracked()).and_then(|(there, table)| find(table.as_ref(), there));
        if let Some(link) = link {
            event.prevent_default();
            let _ = link.focus();
        }
    };
    // Whatever is focused, by key or by pointer, is where Tab comes back to.
    let on_focus = move |event: FocusEvent| {
        let Some((table, here)) = table.get_untracked().zip(event.target().and_then(place)) else { return };
        if let Ok(Some(stop)) = table.query_selector("[data-at][tabindex='0']")
            && let Ok(stop) = stop.dyn_into::<HtmlElement>()
        {
            stop.set_tab_index(-1);
        }
        if let Some(link) = find(table.as_ref(), here) {
            link.set_tab_index(0);
        }
    };
    (on_key, on_focus)
}

fn place(target: EventTarget) -> Option<Place> {
    let link = target.dyn_into::<Element>().ok()?.closest("[data-at]").ok()??;
    Place::parse(&link.get_attribute("data-at")?)
}

fn find(table: &Element, place: Place) -> Option<HtmlElement> {
    let link = table.query_selector(&format!("[data-at='{}']", place.name())).ok()??;
    link.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_inside_the_edges() {
        let last = Place(2, 3);
        let keys = [
            ("ArrowUp", false, Place(0, 1)),
            ("ArrowDown", false, Place(2, 1)),
            ("ArrowLeft", false, Place(1, 0)),
            ("ArrowRight", false, Place(1, 2)),
            ("Home", false, Place(1, 0)),
            ("End", false, Place(1, 3)),
            ("Home", true, Place(0, 0)),
            ("End", true, last),
        ];
        for (key, ctrl, expected) in keys {
            assert_eq!(Place(1, 1).after(key, ctrl, last), Some(expected), "{key}");
        }
        assert_eq!(last.after("ArrowDown", false, last), Some(last));
        assert_eq!(Place(0, 0).after("ArrowLeft", false, last), Some(Place(0, 0)));
        assert_eq!(Place(0, 0).after("a", false, last), None);
    }

    #[test]
    fn a_place_survives_its_name() {
        assert_eq!(Place::parse(&Place(12, 3).name()), Some(Place(12, 3)));
        assert_eq!(Place::parse("12"), None);
    }
}
