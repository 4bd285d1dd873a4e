//! Checkboxes and radios, and the group that names them.

use super::{
    check::FieldCheck,
    field::{FieldMessage, described_by, error_id, field_id, hint_id},
};
use leptos::prelude::*;

/// A thing that is so or not so.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// What the form sends when it is ticked.
    #[prop(default = "on".to_owned(), into)]
    value: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    view! { <Choice kind="checkbox" name=name label=label value=value hint=hint checked=checked disabled=disabled on_choose=None /> }
}

/// One of several, of which one holds; stands in a [`Fieldset`].
#[component]
pub fn Radio(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Called with the value when it is chosen.
    #[prop(optional, into)]
    on_choose: Option<Callback<String>>,
) -> impl IntoView {
    view! { <Choice kind="radio" name=name label=label value=value hint=hint checked=checked disabled=disabled on_choose=on_choose /> }
}

/// Choices that answer one question.
#[component]
pub fn Fieldset(
    /// The name that the choices share; error summaries link to it.
    #[prop(into)]
    name: String,
    #[prop(into)] legend: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    /// What the same check as the server's says of the form as it stands.
    #[prop(optional, into)]
    live: Signal<Option<String>>,
    /// Draws the choices as tiles side by side, for those that decide much.
    #[prop(optional)]
    tiles: bool,
    children: Children,
) -> impl IntoView {
    let id = field_id(&name);
    let message_id = error_id(&id);
    let described_by = described_by(&id, hint.is_some());
    let check = FieldCheck::of_choice(error, live);
    let message = check.message();
    let hint = hint.map(|hint| view! { <p class="fieldset__hint" id=hint_id(&id)>{hint}</p> });
    view! {
        <fieldset class="fieldset" id=id tabindex="-1" aria-describedby=described_by on:change=move |_| check.typed("")>
            <legend class="fieldset__legend">{legend}</legend>
            {hint}
            <div class=if tiles { "choices" } else { "fieldset__choices" }>{children()}</div>
            <FieldMessage id=message_id message=message />
        </fieldset>
    }
}

#[component]
fn Choice(
    kind: &'static str,
    name: String,
    label: String,
    value: String,
    hint: Option<String>,
    checked: bool,
    disabled: Signal<bool>,
    on_choose: Option<Callback<String>>,
) -> impl IntoView {
    let hint = hint.map(|hint| view! { <span class="choice__hint">{hint}</span> });
    let chosen = value.clone();
    let choose = move |_| {
        if let Some(on_choose) = on_choose {
            on_choose.run(chosen.clone());
        }
    };
    view! {
        <label class="choice">
            <input class="choice__input" type=kind name=name value=value checked=checked disabled=disabled on:change=choose />
            <span class="choice__text">
                <span class="choice__label">{label}</span>
                {hint}
            </span>
        </label>
    }
}
