//! The fields of a registry's form, with what well-known registries want to be signed in to with.

use crate::components::disclosure::Disclosure;
use crate::components::field::{TextField, Validate};
use crate::pages::forms::Draft;
use leptos::prelude::*;
use towpath_domain::registries::{Address, Below, KNOWN, known};
use towpath_domain::slugs::Slug;

#[component]
pub(super) fn RegistryFields(
    draft: Draft,
    /// Whether it is to be connected, so that it has no name and no password yet.
    new: bool,
) -> impl IntoView {
    let (typed, set_typed) = signal(draft.value("address"));
    let hint = move || {
        known(&typed.get()).map(|known| {
            view! {
                <p class="form__note">
                    <strong>{known.name}</strong>
                    ": "
                    {known.sign_in}
                    " Its repositories are called "
                    {known.repositories}
                    "."
                </p>
            }
        })
    };
    let name = new.then(|| {
        view! {
            <TextField
                name=draft.field("name")
                label="Name"
                hint="For good; by which steps name it: ghcr."
                required=true
                mono=true
                validate=Validate::by(Slug::parse)
            />
        }
    });
    let secret_hint = if new {
        "Kept sealed, and never shown again."
    } else {
        "Leave it empty to keep the one that it has. Enter it again where address or user are others."
    };
    view! {
        {name}
        <TextField
            name=draft.field("address")
            label="Address"
            hint="A host, such as ghcr.io or registry.example.org:5000; with http:// before it where it speaks no TLS."
            required=true
            mono=true
            validate=Validate::by(Address::parse)
            on_type=Callback::new(move |text| set_typed.set(text))
        />
        {hint}
        <TextField name=draft.field("user") label="User" hint="Empty where nobody has to sign in." mono=true />
        <TextField
            name=draft.field("secret")
            label="Password or token"
            hint=secret_hint
            input_type="password"
            autocomplete="new-password"
        />
        <TextField
            name=draft.field("below")
            label="Only repositories below"
            hint="Such as acme, or acme/{project} for each project its own. Empty for all."
            mono=true
            validate=Validate::by(|text: &str| if text.trim().is_empty() { Ok(()) } else { Below::parse(text).map(drop) })
        />
        <Disclosure summary="What well-known registries want">
            <dl class="facts">
                {KNOWN
                    .iter()
                    .map(|known| {
                        view! {
                            <div class="facts__row">
                                <dt>{known.name}</dt>
                                <dd>{known.sign_in}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </Disclosure>
    }
}
