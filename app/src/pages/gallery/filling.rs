//! What is filled in.

use crate::components::choice::{Checkbox, Fieldset, Radio};
use crate::components::field::{TextArea, TextField};
use crate::components::form::ErrorSummary;
use crate::components::select::{Select, SelectOption};
use leptos::prelude::*;
use towpath_domain::forms::FieldError;

#[component]
pub fn Fields() -> impl IntoView {
    let options = vec![SelectOption::new("qa", "QA"), SelectOption::new("prod", "Production")];
    view! {
        <form class="form" method="get" on:submit=|event| event.prevent_default()>
            <div class="form__row">
                <TextField name="plain" label="A line" hint="What helps to fill it." value="Filled" required=true />
                <TextField name="mono" label="A slug" mono=true value="shop" />
            </div>
            <div class="form__row">
                <TextField name="fixed" label="A line that stays" value="Cannot be changed" readonly=true />
                <Select name="choice" label="One of a few" options=options value="prod" />
            </div>
            <TextArea name="lines" label="Some lines" hint="As many as it takes." value="One\nTwo" />
            <Fieldset name="boxes" legend="As many as fit" hint="Or none.">
                <Checkbox name="boxes" label="Ticked" hint="With a hint." checked=true />
                <Checkbox name="boxes" label="Not ticked" />
                <Checkbox name="boxes" label="Not now" disabled=true />
            </Fieldset>
            <Fieldset name="tiles" legend="One of two" tiles=true>
                <Radio name="tiles" value="one" label="One" hint="With a hint." checked=true />
                <Radio name="tiles" value="two" label="The other" hint="With another." />
            </Fieldset>
        </form>
    }
}

#[component]
pub fn Mistakes() -> impl IntoView {
    let mistake =
        |field: &str, message: &str| FieldError { field: field.to_owned(), message: message.to_owned() };
    let errors = vec![
        mistake("wrong", "Fill this in."),
        mistake("wrong-lines", "Use at most 10 characters."),
        mistake("", "Something about the whole form."),
    ];
    let said = |message: &'static str| Signal::stored(Some(message.to_owned()));
    let options = vec![SelectOption::new("", "Choose one")];
    view! {
        <form class="form" method="get" on:submit=|event| event.prevent_default()>
            <ErrorSummary errors=Signal::stored(errors) />
            <TextField name="wrong" label="A line" error=said("Fill this in.") required=true />
            <TextArea name="wrong-lines" label="Some lines" error=said("Use at most 10 characters.") />
            <Select name="wrong-choice" label="One of a few" options=options error=said("Choose one.") />
            <Fieldset name="wrong-boxes" legend="As many as fit" error=said("Choose at least one.")>
                <Checkbox name="wrong-boxes" label="This" />
            </Fieldset>
        </form>
    }
}
