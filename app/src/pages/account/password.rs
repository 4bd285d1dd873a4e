//! A new password.

use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::tone::Tone;
use crate::fns::accounts::ChangePassword;
use crate::pages::forms::{Draft, empty_after, successes};
use leptos::prelude::*;
use towpath_domain::words::check_password;

#[component]
pub fn Password(change: ServerAction<ChangePassword>) -> impl IntoView {
    let draft = Draft::of(change);
    let form = NodeRef::new();
    empty_after(change, form);
    let changed = successes(change);
    let done = move || {
        (changed.get() > 0).then(|| {
            view! {
                <Banner tone=Tone::Success title="Your password is changed" live=true>
                    <p class="banner__text">"All your other sessions have ended."</p>
                </Banner>
            }
        })
    };
    view! {
        <Card title="Password">
            <ActionForm action=change node_ref=form attr:class="form" attr:novalidate="">
                {done}
                <ErrorSummary errors=draft.errors() />
                <p class="form__note">"All other sessions end when you change it. Your API tokens go on."</p>
                <TextField
                    name=draft.field("current_password")
                    label="Current password"
                    input_type="password"
                    autocomplete="current-password"
                    required=true
                />
                <TextField
                    name=draft.field("new_password")
                    label="New password"
                    hint="At least 12 characters. A few words in a row are easy to keep in mind."
                    input_type="password"
                    autocomplete="new-password"
                    required=true
                    validate=Validate::by(check_password)
                />
                <div class="form__actions">
                    <SubmitButton pending=change.pending()>"Change password"</SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}
