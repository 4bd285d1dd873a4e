//! Who one is to others.

use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::fns::accounts::ChangeName;
use crate::pages::forms::{Draft, announce};
use leptos::prelude::*;
use towpath_domain::people::Person;
use towpath_domain::words::PersonName;

#[component]
pub fn Profile(person: Person, change: ServerAction<ChangeName>) -> impl IntoView {
    let draft = Draft::of(change);
    announce(change, "Name saved.");
    view! {
        <Card title="Profile">
            <ActionForm action=change attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <TextField
                    name=draft.field("name")
                    label="Name"
                    hint="Others read it on the timeline and beside your decisions."
                    autocomplete="name"
                    value=draft.value_or("name", person.name.as_str())
                    required=true
                    validate=Validate::by(PersonName::parse)
                />
                <TextField
                    name="email"
                    label="E-mail"
                    hint="It names your account and stays."
                    input_type="email"
                    value=person.email.to_string()
                    readonly=true
                />
                <div class="form__actions">
                    <SubmitButton pending=change.pending()>"Save name"</SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}
