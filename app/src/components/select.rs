//! A choice among a few named things, closed until it is opened.

use super::{
    check::FieldCheck,
    field::{Frame, described_by, field_id},
};
use leptos::prelude::*;

/// One of the things to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOption {
    pub value: String,
    pub label: String,
}

impl SelectOption {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A field that takes one of its options.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<SelectOption>,
    #[prop(optional, into)] hint: Option<String>,
    /// The value that is chosen at first; the first option if none has it.
    #[prop(optional, into)]
    value: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] id: Option<String>,
    /// Called with the chosen value, for pages that show more depending on it.
    #[prop(optional, into)]
    on_choose: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| field_id(&name));
    let check = FieldCheck::new(error, None);
    let message = check.message();
    let described_by = described_by(&id, hint.is_some());
    let options = options
        .into_iter()
        .map(|option| {
            let selected = option.value == value;
            view! { <option value=option.value selected=selected>{option.label}</option> }
        })
        .collect_view();
    let chosen = move |text: String| {
        check.typed(&text);
        if let Some(on_choose) = on_choose {
            on_choose.run(text);
        }
    };
    view! {
        <Frame id=id.clone() label=label hint=hint required=required message=message>
            <select
                class="select"
                id=id
                name=name
                required=required
                aria-describedby=described_by
                aria-invalid=move || message.get().map(|_| "true")
                on:change=move |event| chosen(event_target_value(&event))
            >
                {options}
            </select>
        </Frame>
    }
}
