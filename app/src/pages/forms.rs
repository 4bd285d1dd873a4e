//! What the forms of pages share: how their fields are called, what was typed into them before, what is
//! typed now, and what is wrong with it.

mod naming;

pub use naming::{NameFields, free};

use crate::AppError;
use crate::components::banner::Banner;
use crate::components::field::{FieldName, field_id};
use crate::components::form::{Confirmed, way_on};
use crate::components::tone::Tone;
use crate::echo::{Echo, errors, mistake};
use crate::shell::Announcement;
use leptos::form::FromFormData;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::web_sys::FormData;
use std::collections::HashMap;
use std::sync::Arc;
use towpath_domain::forms::FieldError;

/// A form while it is being filled in, for a server function that takes it as the argument `form`.
///
/// Fields are called as the checks in `domain` call them: `slug`, `stages[0][bucket]`.
#[derive(Clone)]
pub struct Draft {
    echo: Echo,
    errors: Memo<Vec<FieldError>>,
    /// What its fields start with, where it is about something that is there already.
    start: Arc<HashMap<String, String>>,
}

impl Draft {
    pub fn of<S>(action: ServerAction<S>) -> Self
    where
        S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        S::Output: Clone + Send + Sync + 'static,
    {
        let errors = errors(move || action.value().get());
        Self { echo: Echo::of(S::PATH), errors, start: Arc::default() }
    }

    /// The same form, filled in with these fields at first.
    pub fn starting(self, fields: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { start: Arc::new(fields.into_iter().collect()), ..self }
    }

    /// The same form, filled in anew: with these fields, whatever it was filled in with before.
    pub fn afresh(self, fields: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { echo: Echo::default(), ..self.starting(fields) }
    }

    pub const fn errors(&self) -> Memo<Vec<FieldError>> {
        self.errors
    }

    /// A field by its name here: what the browser calls it, what it starts with and what is wrong with it.
    pub fn field(&self, field: &str) -> FieldName {
        FieldName {
            name: input_name(field),
            id: Some(field_id(field)),
            value: self.value(field),
            error: self.mistake(field),
        }
    }

    /// What the server says is wrong with a field.
    pub fn mistake(&self, field: &str) -> Signal<Option<String>> {
        mistake(self.errors, field)
    }

    /// What was typed into a field before the form failed without script, or else what it starts with.
    pub fn value(&self, field: &str) -> String {
        self.value_or(field, "")
    }

    pub fn value_or(&self, field: &str, default: &str) -> String {
        let start = self.start.get(field).map_or(default, String::as_str);
        self.echo.value_or(&input_name(field), start)
    }

    /// Whether a box is ticked at first: as it was, or else by `default`.
    pub fn ticked(&self, field: &str, value: &str, default: bool) -> bool {
        if !self.echo.is_empty() {
            return self.echo.has(&input_name(field), value);
        }
        self.start.get(field).map_or(default, |start| start == value)
    }
}

/// The name under which a field is sent, as `serde_qs` reads it: `form[stages][0][bucket]`.
pub fn input_name(field: &str) -> String {
    let (head, rest) = field.find('[').map_or((field, ""), |at| field.split_at(at));
    format!("form[{head}]{rest}")
}

/// The form as it stands in the browser, read as the server will read it.
pub fn typed<S: FromFormData>(form: NodeRef<html::Form>) -> Option<S> {
    let data = FormData::new_with_form(&form.get_untracked()?).ok()?;
    S::from_form_data(&data).ok()
}

/// The first mistake in a field among those of a check in the browser.
pub fn first_mistake(
    mistakes: impl Fn() -> Vec<FieldError> + Send + Sync + 'static,
    field: impl Into<String>,
) -> Signal<Option<String>> {
    let field = field.into();
    Signal::derive(move || {
        mistakes().into_iter().find(|mistake| mistake.field == field).map(|mistake| mistake.message)
    })
}

/// Whether script runs. The page is first drawn as without, since the server drew it so.
pub fn scripted() -> ReadSignal<bool> {
    let (scripted, set) = signal(false);
    Effect::new(move |_| set.set(true));
    scripted
}

/// Changes whenever an action has succeeded: what it changed is read anew, and nothing after a failure,
/// which leaves the form as it is.
pub fn successes<S>(action: ServerAction<S>) -> Memo<usize>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    Memo::new(move |last: Option<&usize>| {
        let version = action.version().get();
        let succeeded = action.value().with(|value| matches!(value, Some(Ok(_))));
        if succeeded { version } else { last.copied().unwrap_or_default() }
    })
}

/// Empties a form once its action has succeeded, where the page stays.
pub fn empty_after<S>(action: ServerAction<S>, form: NodeRef<html::Form>)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let successes = successes(action);
    Effect::new(move |last: Option<usize>| {
        let now = successes.get();
        if let Some(form) = form.get_untracked().filter(|_| last.is_some_and(|last| last != now)) {
            form.reset();
        }
        now
    });
}

/// Tells those who listen that an action has succeeded.
pub fn announce<S>(action: ServerAction<S>, words: &'static str)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let successes = successes(action);
    let announcement = use_context::<Announcement>();
    Effect::new(move |last: Option<usize>| {
        let now = successes.get();
        if let (Some(Announcement(message)), true) = (announcement, last.is_some_and(|last| last != now)) {
            message.set(words.to_owned());
        }
        now
    });
}

/// The version that a form was filled in for, kept also where it failed without script; and, where somebody has made another
/// one since, the way to begin again from that, which drops what was typed.
#[component]
pub fn Version(path: &'static str, now: i64, #[prop(into)] page: String) -> impl IntoView {
    let now = now.to_string();
    let version = Echo::of(path).value_or("version", &now);
    let outdated = version != now;
    view! {
        <input type="hidden" name="version" value=version />
        {outdated
            .then(|| {
                view! {
                    <p>
                        <a href=page>{format!("Begin again from version {now}")}</a>
                        ", which somebody has made since."
                    </p>
                }
            })}
    }
}

/// What was answered to a form that is not there any more: meanwhile somebody else did what ends it. Nothing that was
/// refused goes unseen.
#[component]
pub fn Late(
    #[prop(into)] errors: Signal<Vec<FieldError>>,
    /// Whether the form is there, which tells its errors itself.
    #[prop(into)]
    form: Signal<bool>,
) -> impl IntoView {
    move || {
        let error = errors.get().into_iter().next().filter(|_| !form.get());
        error.map(|error| {
            view! {
                <Banner tone=Tone::Warning title="It came too late, and was not taken" live=true>
                    <p class="banner__text">{error.message}</p>
                </Banner>
            }
        })
    }
}

/// What went wrong with an action that has no fields of its own.
#[component]
pub fn Failure(#[prop(into)] errors: Signal<Vec<FieldError>>) -> impl IntoView {
    move || {
        errors.get().into_iter().next().map(|error| {
            if error.message == AppError::Confirmed.message() {
                return view! { <Confirmed /> }.into_any();
            }
            let way = way_on(&error.message);
            view! {
                <Banner tone=Tone::Danger title="That did not work" live=true>
                    <p class="banner__text">{error.message} {way}</p>
                </Banner>
            }
            .into_any()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::input_name;

    #[test]
    fn a_field_is_sent_as_a_part_of_the_form() {
        assert_eq!(input_name("slug"), "form[slug]");
        assert_eq!(input_name("stages[0][bucket]"), "form[stages][0][bucket]");
        assert_eq!(input_name("actions[]"), "form[actions][]");
    }
}
