//! The form for a new subscription.

use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::{Checkbox, Fieldset};
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::select::{Select, SelectOption};
use crate::fns::subscriptions::CreateSubscription;
use crate::pages::forms::{Draft, empty_after, input_name};
use leptos::prelude::*;
use towpath_domain::slugs::Slug;
use towpath_domain::subscriptions::{Format, OFFERED, SubscriptionsView};
use towpath_domain::timeline::KINDS;
use towpath_domain::words::{Link, Title};

#[component]
pub fn NewSubscription(view: SubscriptionsView, create: ServerAction<CreateSubscription>) -> impl IntoView {
    let draft = Draft::of(create);
    let form = NodeRef::new();
    empty_after(create, form);
    let project = view.project.as_ref().map(|project| project.slug.to_string()).unwrap_or_default();
    let formats = Format::ALL.map(|format| SelectOption::new(format.name(), format.to_string())).to_vec();
    let signings = vec![
        SelectOption::new("ed25519", "Ed25519: the receiver needs a public key"),
        SelectOption::new("hmac", "HMAC-SHA256: the receiver needs a secret"),
    ];
    view! {
        <Card title="Subscribe an address">
            <ActionForm action=create node_ref=form attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="project" value=project />
                <TextField
                    name=draft.field("title")
                    label="Title"
                    hint="Who is told: “Deployer”, “#releases”."
                    required=true
                    validate=Validate::by(Title::parse)
                />
                <TextField
                    name=draft.field("address")
                    label="Address"
                    hint="By https. Only its host is shown afterwards: treat it as a secret."
                    input_type="url"
                    required=true
                    mono=true
                    validate=Validate::by(Link::parse)
                />
                <Select
                    name=draft.field("format")
                    label="Format"
                    options=formats
                />
                <Select
                    name=draft.field("signing")
                    label="Signature"
                    hint="Of no account for Slack and Teams."
                    options=signings
                />
                <Narrowing view=view draft=draft.clone() />
                <Kinds draft=draft />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=create.pending()>
                        "Subscribe"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

/// The integration and the stage whose events alone are sent.
#[component]
fn Narrowing(view: SubscriptionsView, draft: Draft) -> impl IntoView {
    let options = |all: &'static str, slugs: Vec<Slug>| -> Vec<SelectOption> {
        let option = |slug: Slug| SelectOption::new(slug.to_string(), slug.to_string());
        std::iter::once(SelectOption::new("", all)).chain(slugs.into_iter().map(option)).collect()
    };
    let own = !view.integrations.is_empty();
    view! {
        {own
            .then(|| {
                view! {
                    <Select
                        name=draft.field("integration")
                        label="Of"
                        options=options("Every integration, and the project", view.integrations)
                    />
                }
            })}
        <Select
            name=draft.field("stage")
            label="In"
            options=options("Every stage", view.stages)
        />
    }
}

#[component]
fn Kinds(draft: Draft) -> impl IntoView {
    let error = draft.mistake("kinds");
    let offered = OFFERED.iter().filter_map(|offered| KINDS.iter().find(|(kind, _)| kind == offered));
    let boxes = offered
        .map(|(kind, words)| {
            let checked = draft.ticked("kinds[]", kind, false);
            view! { <Checkbox name=input_name("kinds[]") value=*kind label=*words checked=checked /> }
        })
        .collect_view();
    let open = error.get_untracked().is_some();
    view! {
        <Disclosure summary="Only some kinds of events" open=open>
            <Fieldset
                name="kinds"
                legend="Kinds"
                hint="With none ticked, every kind is sent."
                error=error
            >
                {boxes}
            </Fieldset>
        </Disclosure>
    }
}
