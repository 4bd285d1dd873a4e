//! A choice among a few named things, closed until it is opened.

use super::{
    check::FieldCheck,
    field::{FieldName, Frame, Parts, described_by},
};
use leptos::{html, prelude::*};

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
    #[prop(into)] name: FieldName,
    #[prop(into)] label: String,
    /// What can be chosen. When it changes, the choice stays as far as it is still among them.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
    #[prop(optional, into)] hint: Option<String>,
    /// The value that is chosen at first; the first option if none has it.
    #[prop(optional, into)]
    value: Option<String>,
    #[prop(optional, into)] error: Option<Signal<Option<String>>>,
    /// What the same check as the server's says of the form as it stands.
    #[prop(optional, into)]
    live: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] id: Option<String>,
    /// Called with the chosen value, also when the options changed beneath it.
    #[prop(optional, into)]
    on_choose: Option<Callback<String>>,
) -> impl IntoView {
    let Parts { id, name, value, error } = name.or(id, value, error);
    let check = FieldCheck::of_choice(error, live);
    let message = check.message();
    let described_by = described_by(&id, hint.is_some());
    let node = NodeRef::<html::Select>::new();
    let choice = StoredValue::new(value);
    // Only other options count as a change, or a page that looks at its form on a choice would never rest.
    let options = Memo::new(move |_| options.get());
    keep_choice(node, options, choice, on_choose);
    let choose = move |text: String| {
        choice.set_value(text.clone());
        check.typed(&text);
        if let Some(on_choose) = on_choose {
            on_choose.run(text);
        }
    };
    let option = move |option: SelectOption| {
        let selected = choice.with_value(|choice| *choice == option.value);
        view! { <option value=option.value selected=selected>{option.label}</option> }
    };
    view! {
        <Frame id=id.clone() label=label hint=hint required=required message=message>
            <select
                node_ref=node
                class="select"
                id=id
                name=name
                required=required
                aria-describedby=described_by
                aria-invalid=move || message.get().map(|_| "true")
                on:change=move |event| choose(event_target_value(&event))
            >
                {move || options.get().into_iter().map(option).collect_view()}
            </select>
        </Frame>
    }
}

/// Browsers forget the choice when the options beneath it change; it is made again once they are there.
fn keep_choice(
    node: NodeRef<html::Select>,
    options: Memo<Vec<SelectOption>>,
    choice: StoredValue<String>,
    on_choose: Option<Callback<String>>,
) {
    Effect::new(move |again: Option<()>| {
        let options = options.get();
        let Some(select) = node.get_untracked().filter(|_| again.is_some()) else { return };
        let kept = choice.with_value(|choice| options.iter().find(|option| option.value == *choice).cloned());
        if let Some(value) = kept.or_else(|| options.into_iter().next()).map(|option| option.value) {
            request_animation_frame(move || {
                select.set_value(&value);
                if let Some(on_choose) = on_choose {
                    on_choose.run(value);
                }
            });
        }
    });
}
