//! Fields for text: a label, what helps to fill it, the control, and what is wrong with it.
//!
//! The controls are the browser's own and keep their text themselves, so that a form works before script.

#![expect(clippy::fn_params_excessive_bools, reason = "a component's switches are named where it is used")]

pub use super::check::Validate;
use super::{
    check::FieldCheck,
    icon::{Icon, Symbol},
};
use leptos::{html, prelude::*};

/// The id of the field of this name, unless it was given another. Error summaries link to it.
pub fn field_id(name: &str) -> String {
    format!("field-{name}")
}

/// How a field is called in its form; a form's draft adds what it knows of the field.
#[derive(Debug, Clone, Default)]
pub struct FieldName {
    /// What the browser sends it as.
    pub name: String,
    /// Unique in the page; derived from the name if absent.
    pub id: Option<String>,
    /// What it starts with.
    pub value: String,
    /// What the server says is wrong; holds until it is edited.
    pub error: Signal<Option<String>>,
}

impl From<String> for FieldName {
    fn from(name: String) -> Self {
        Self { name, ..Self::default() }
    }
}

impl From<&str> for FieldName {
    fn from(name: &str) -> Self {
        name.to_owned().into()
    }
}

impl FieldName {
    /// With what the page itself says in place of what the draft knows.
    pub(super) fn or(
        self,
        id: Option<String>,
        value: Option<String>,
        error: Option<Signal<Option<String>>>,
    ) -> Parts {
        let id = id.or(self.id).unwrap_or_else(|| field_id(&self.name));
        Parts { id, name: self.name, value: value.unwrap_or(self.value), error: error.unwrap_or(self.error) }
    }
}

/// A field's name and what goes with it, once it is settled.
pub(super) struct Parts {
    pub id: String,
    pub name: String,
    pub value: String,
    pub error: Signal<Option<String>>,
}

/// A field for one line of text.
#[component]
pub fn TextField(
    #[prop(into)] name: FieldName,
    #[prop(into)] label: String,
    /// What helps to fill it, in one sentence.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The text it starts with.
    #[prop(optional, into)]
    value: Option<String>,
    /// What the server says is wrong; holds until the text is edited.
    #[prop(optional, into)]
    error: Option<Signal<Option<String>>>,
    #[prop(optional)] required: bool,
    #[prop(default = "text")] input_type: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// The same check as the server's, asked as one types.
    #[prop(optional, into)]
    validate: Option<Validate>,
    /// A text that fills the field by itself until the person types in it.
    #[prop(optional, into)]
    suggestion: Signal<String>,
    /// Called with the text as it is typed.
    #[prop(optional, into)]
    on_type: Option<Callback<String>>,
    /// Shows the text without letting it be changed; it is sent all the same.
    #[prop(optional)]
    readonly: bool,
    /// Draws the text with letters of one width: slugs, digests, references.
    #[prop(optional)]
    mono: bool,
    #[prop(optional)] autofocus: bool,
    /// Unique in the page; derived from the name if absent.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let Parts { id, name, value, error } = name.or(id, value, error);
    let check = FieldCheck::new(error, validate);
    let message = check.message();
    let described_by = described_by(&id, hint.is_some());
    let node = NodeRef::<html::Input>::new();
    // Followed as long as the field holds the last suggestion, so nothing that was typed is overwritten.
    Effect::new(move |last: Option<String>| {
        let (text, last) = (suggestion.get(), last.unwrap_or_default());
        if let Some(input) = node.get_untracked()
            && text != last
            && [String::new(), last].contains(&input.value())
        {
            input.set_value(&text);
            check.typed(&text);
        }
        text
    });
    let typed = move |text: String| {
        check.typed(&text);
        if let Some(on_type) = on_type {
            on_type.run(text);
        }
    };
    view! {
        <Frame id=id.clone() label=label hint=hint required=required message=message>
            <input
                node_ref=node
                class=if mono { "input input--mono" } else { "input" }
                id=id
                name=name
                type=input_type
                value=value
                required=required
                readonly=readonly
                autofocus=autofocus
                autocomplete=autocomplete
                spellcheck=mono.then_some("false")
                autocapitalize=mono.then_some("off")
                aria-describedby=described_by
                aria-invalid=move || message.get().map(|_| "true")
                on:input=move |event| typed(event_target_value(&event))
                on:blur=move |event| check.leaves(event_target_value(&event))
            />
        </Frame>
    }
}

/// A field for some lines of text.
#[component]
pub fn TextArea(
    #[prop(into)] name: FieldName,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] error: Option<Signal<Option<String>>>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    /// The most characters that it takes.
    #[prop(optional)]
    max: Option<u32>,
    #[prop(default = 3)] rows: u8,
    #[prop(optional, into)] validate: Option<Validate>,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let Parts { id, name, value, error } = name.or(id, value, error);
    let check = FieldCheck::new(error, validate);
    let message = check.message();
    let described_by = described_by(&id, hint.is_some());
    view! {
        <Frame id=id.clone() label=label hint=hint required=required message=message>
            <textarea
                class="textarea"
                id=id
                name=name
                rows=rows.to_string()
                required=required
                maxlength=max.map(|max| max.to_string())
                autofocus=autofocus
                aria-describedby=described_by
                aria-invalid=move || message.get().map(|_| "true")
                on:input=move |event| check.typed(&event_target_value(&event))
                on:blur=move |event| check.leaves(event_target_value(&event))
                inner_html=escape(&value)
            ></textarea>
        </Frame>
    }
}

/// What stands around every control: label, hint and message.
#[component]
pub(super) fn Frame(
    id: String,
    label: String,
    hint: Option<String>,
    required: bool,
    message: Memo<Option<String>>,
    children: Children,
) -> impl IntoView {
    let hint = hint.map(|hint| view! { <p class="field__hint" id=hint_id(&id)>{hint}</p> });
    // The control itself tells screen readers that it is required.
    let required =
        required.then(|| view! { <span class="field__required" aria-hidden="true">"required"</span> });
    let error = error_id(&id);
    view! {
        <div class="field" class:field--invalid=move || message.get().is_some()>
            <label class="field__label" for=id>
                {label}
                {required}
            </label>
            {hint}
            {children()}
            <FieldMessage id=error message=message />
        </div>
    }
}

/// What is wrong with the field, said politely when it appears.
#[component]
pub(super) fn FieldMessage(id: String, message: Memo<Option<String>>) -> impl IntoView {
    let words = move || {
        message.get().map(|message| {
            view! {
                <Icon symbol=Symbol::Warning />
                <span>{message}</span>
            }
        })
    };
    view! {
        <p class="field__error" id=id aria-live="polite">
            {words}
        </p>
    }
}

pub(super) fn hint_id(id: &str) -> String {
    format!("{id}-hint")
}

pub(super) fn error_id(id: &str) -> String {
    format!("{id}-error")
}

pub(super) fn described_by(id: &str, hint: bool) -> String {
    if hint { format!("{} {}", hint_id(id), error_id(id)) } else { error_id(id) }
}

/// A text area holds plain text, in which the framework's own markers would show; so its text is written
/// by hand. In a page it stands behind the line break that parsers skip there, and only there.
fn escape(text: &str) -> String {
    let skipped = if cfg!(feature = "ssr") { "\n" } else { "" };
    format!("{skipped}{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_area_cannot_be_closed_by_its_text() {
        assert_eq!(escape("</textarea>&lt;"), "\n&lt;/textarea>&amp;lt;");
    }
}
