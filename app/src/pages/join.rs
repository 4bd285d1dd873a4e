//! Joining by a one-time link: it shows what it is for, and acts when the form is sent.

use super::forms::Draft;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::icon::{Icon, Symbol};
use crate::components::time::TimeView;
use crate::fns::links::{Join, view_link};
use crate::loaded::Loaded;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::people::LinkView;
use towpath_domain::words::{Email, PersonName, check_password};

#[component]
pub fn JoinPage() -> impl IntoView {
    let params = use_params_map();
    let secret = move || params.with(|params| params.get("secret")).unwrap_or_default();
    let link = Resource::new(secret, view_link);
    view! {
        <main id="main" class="sign-in">
            <Loaded resource=link let:link>
                <Invitation link=link secret=secret() />
            </Loaded>
        </main>
    }
}

#[component]
fn Invitation(link: LinkView, secret: String) -> impl IntoView {
    let (title, lead) = if link.admin {
        (
            "Become an admin",
            "Make the account of an admin. If there is one under your e-mail, it becomes an admin with the password that you set here."
                .to_owned(),
        )
    } else {
        ("Join Towpath", format!("You were invited as {}.", link.role))
    };
    view! {
        <Title text=title />
        <div class="sign-in__card">
            <p class="sign-in__brand">
                <Icon symbol=Symbol::Mark />
                "Towpath"
            </p>
            <h1 class="sign-in__title">{title}</h1>
            <p class="sign-in__lead">{lead}</p>
            <JoinForm email=link.email secret=secret />
            <p class="sign-in__note">
                "This link works once and expires " <TimeView at=link.expires_at now=link.now /> "."
            </p>
        </div>
    }
}

#[component]
fn JoinForm(email: Option<Email>, secret: String) -> impl IntoView {
    let action = ServerAction::<Join>::new();
    let draft = Draft::of(action);
    let invited = email.is_some();
    let email = email.map_or_else(|| draft.value("email"), String::from);
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=draft.errors() />
            <input type="hidden" name="secret" value=secret />
            <TextField
                name=draft.field("name")
                label="Name"
                autocomplete="name"
                required=true
                autofocus=true
                validate=Validate::by(PersonName::parse)
            />
            <TextField
                name=draft.field("email")
                label="E-mail"
                input_type="email"
                autocomplete="username"
                value=email
                required=true
                readonly=invited
                validate=Validate::by(Email::parse)
            />
            <TextField
                name=draft.field("password")
                label="Password"
                hint="At least 12 characters. A few words in a row are easy to keep in mind."
                input_type="password"
                autocomplete="new-password"
                required=true
                validate=Validate::by(check_password)
            />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                    "Join"
                </SubmitButton>
            </div>
        </ActionForm>
    }
}
