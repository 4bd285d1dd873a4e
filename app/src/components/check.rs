//! When a field says that something is wrong: not before the person had a chance to get it right.

use leptos::prelude::*;

/// Says what is wrong with a text; the same function that the server asks.
pub type Validate = fn(&str) -> Result<(), String>;

/// A text is looked at after so many strokes, or when the field is left.
const PATIENCE: u32 = 4;

/// The message beside one field. The server's holds until the text is edited; from then on the browser's own.
#[derive(Clone, Copy)]
pub struct FieldCheck {
    server: Signal<Option<String>>,
    validate: Option<Validate>,
    own: RwSignal<Option<String>>,
    edited: RwSignal<bool>,
    left: StoredValue<bool>,
    strokes: StoredValue<u32>,
}

impl FieldCheck {
    pub fn new(server: Signal<Option<String>>, validate: Option<Validate>) -> Self {
        let edited = RwSignal::new(false);
        Effect::new(move |_| {
            server.track();
            edited.set(false);
        });
        Self {
            server,
            validate,
            own: RwSignal::new(None),
            edited,
            left: StoredValue::new(false),
            strokes: StoredValue::new(0),
        }
    }

    /// What is to be said beside the field.
    pub fn message(self) -> Memo<Option<String>> {
        Memo::new(move |_| {
            let server = self.server.get();
            if self.edited.get() || server.is_none() { self.own.get() } else { server }
        })
    }

    /// The text was changed to this.
    pub fn typed(self, text: &str) {
        self.strokes.update_value(|strokes| *strokes += 1);
        self.edited.set(true);
        if self.left.get_value() || self.strokes.get_value() >= PATIENCE {
            self.look(text);
        }
    }

    /// The field was left with this text. One that was only passed through is not blamed.
    pub fn left(self, text: &str) {
        if self.strokes.get_value() > 0 {
            self.left.set_value(true);
            self.look(text);
        }
    }

    fn look(self, text: &str) {
        self.own.set(self.validate.and_then(|validate| validate(text).err()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn never(_: &str) -> Result<(), String> {
        Err("own".to_owned())
    }

    fn check(server: Option<&str>) -> FieldCheck {
        FieldCheck::new(Signal::stored(server.map(str::to_owned)), Some(never))
    }

    #[test]
    fn nobody_is_blamed_in_the_middle_of_a_word() {
        Owner::new().with(|| {
            let check = check(None);
            let message = check.message();
            for _ in 1..PATIENCE {
                check.typed("a");
                assert_eq!(message.get_untracked(), None);
            }
            check.typed("a");
            assert_eq!(message.get_untracked().as_deref(), Some("own"));
        });
    }

    #[test]
    fn leaving_a_field_that_was_typed_in_shows_its_mistake() {
        Owner::new().with(|| {
            let check = check(None);
            let message = check.message();
            check.left("");
            assert_eq!(message.get_untracked(), None);
            check.typed("a");
            check.left("a");
            assert_eq!(message.get_untracked().as_deref(), Some("own"));
        });
    }

    #[test]
    fn the_servers_word_holds_until_the_text_is_edited() {
        Owner::new().with(|| {
            let check = check(Some("taken"));
            let message = check.message();
            assert_eq!(message.get_untracked().as_deref(), Some("taken"));
            check.typed("a");
            assert_eq!(message.get_untracked(), None);
        });
    }
}
