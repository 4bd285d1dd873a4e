//! When a field says that something is wrong: not before the person had a chance to get it right.

use leptos::prelude::*;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

type Check = dyn Fn(&str) -> Result<(), String> + Send + Sync;

/// Says what is wrong with a text: the same check as the server's, with what the page knows already.
#[derive(Clone)]
pub struct Validate(Arc<Check>);

impl Validate {
    /// Asks a parser; what it reads is left to the server.
    pub fn by<T, E: Display>(parse: impl Fn(&str) -> Result<T, E> + Send + Sync + 'static) -> Self {
        Self::from(move |text: &str| parse(text).map(drop).map_err(|error| error.to_string()))
    }
}

impl<F> From<F> for Validate
where
    F: Fn(&str) -> Result<(), String> + Send + Sync + 'static,
{
    fn from(check: F) -> Self {
        Self(Arc::new(check))
    }
}

/// A text is looked at after so many strokes, or when the field is left.
const PATIENCE: u32 = 4;

/// Longer than a press of a button takes.
const PRESS: Duration = Duration::from_millis(200);

/// The message beside one field. The server's holds until the text is edited; from then on the browser's own.
#[derive(Clone, Copy)]
pub struct FieldCheck {
    server: Signal<Option<String>>,
    /// What is wrong with the form as it stands, as far as it concerns this field.
    live: Signal<Option<String>>,
    validate: StoredValue<Option<Validate>>,
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
            live: Signal::default(),
            validate: StoredValue::new(validate),
            own: RwSignal::new(None),
            edited,
            left: StoredValue::new(false),
            strokes: StoredValue::new(0),
        }
    }

    /// A check of a choice, which depends on other fields too: `live` is what it comes to.
    pub fn of_choice(server: Signal<Option<String>>, live: Signal<Option<String>>) -> Self {
        Self { live, ..Self::new(server, None) }
    }

    /// What is to be said beside the field.
    pub fn message(self) -> Memo<Option<String>> {
        Memo::new(move |_| {
            let server = self.server.get();
            let held = !self.edited.get() && server.is_some();
            if held { server } else { self.own.get().or_else(|| self.live.get()) }
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

    /// The field has been left with this text. One that was only passed through is not blamed.
    pub fn left(self, text: &str) {
        // By now the field may be gone from the page.
        if self.strokes.try_get_value().is_some_and(|strokes| strokes > 0) {
            self.left.set_value(true);
            self.look(text);
        }
    }

    /// The field was just left with this text. What is wrong is said a moment later: a message that
    /// appeared between press and release would move the button away from under the pointer.
    pub fn leaves(self, text: String) {
        set_timeout(move || self.left(&text), PRESS);
    }

    fn look(self, text: &str) {
        let check = |validate: &Option<Validate>| validate.as_ref().and_then(|check| check.0(text).err());
        self.own.set(self.validate.with_value(check));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn never(_: &str) -> Result<(), &'static str> {
        Err("own")
    }

    fn check(server: Option<&str>) -> FieldCheck {
        FieldCheck::new(Signal::stored(server.map(str::to_owned)), Some(Validate::by(never)))
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

    #[test]
    fn a_choice_is_judged_by_the_form_once_it_was_changed() {
        Owner::new().with(|| {
            let server = Signal::stored(Some("taken".to_owned()));
            let check = FieldCheck::of_choice(server, Signal::stored(Some("live".to_owned())));
            let message = check.message();
            assert_eq!(message.get_untracked().as_deref(), Some("taken"));
            check.typed("b");
            assert_eq!(message.get_untracked().as_deref(), Some("live"));
        });
    }
}
