//! The form for a new trust root: a key, or an identity.

use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextArea, TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::fns::trust_roots::{AddTrustRoot, view_trust_roots};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, input_name};
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::slugs::Slug;
use towpath_domain::trust_roots::TrustRootsView;

#[component]
pub fn NewTrustRootPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let slug = move || params.with(|params| params.get("project")).unwrap_or_default();
    let identity = Memo::new(move |_| query.with(|query| query.get("kind")).as_deref() == Some("identity"));
    let action = ServerAction::<AddTrustRoot>::new();
    let view = Resource::new(slug, view_trust_roots);
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <New view=view identity=identity.get_untracked() action=action />
            </Loaded>
        </main>
    }
}

#[component]
fn New(view: TrustRootsView, identity: bool, action: ServerAction<AddTrustRoot>) -> impl IntoView {
    let TrustRootsView { project, may_configure, .. } = view;
    let back = paths::trust_roots(&project.slug);
    let title = if identity { "Trust an identity" } else { "Trust a key" };
    let lead = if identity {
        "Keyless signing: a certificate that lives for minutes says who signed. Nothing is fetched, so that this works without a way to the outside."
    } else {
        "Whoever has its private key signs images for this project."
    };
    let trail =
        Crumb::of_project(&project.slug, [Crumb::new("Trust roots", back.clone()), Crumb::here("New")]);
    let form = match may_configure {
        Ok(()) => {
            view! { <Form project=project.slug back=back identity=identity action=action /> }.into_any()
        }
        Err(why) => view! {
            <Banner tone=Tone::Info title="You cannot add a trust root here">
                <p class="banner__text">{why}</p>
            </Banner>
        }
        .into_any(),
    };
    view! {
        <Title text=title />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead=lead />
        {form}
    }
}

#[component]
fn Form(project: Slug, back: String, identity: bool, action: ServerAction<AddTrustRoot>) -> impl IntoView {
    let draft = Draft::of(action);
    let (kind, hint, button) = if identity {
        ("identity", "Gates ask for it by this name, such as release-workflow.", "Trust this identity")
    } else {
        ("key", "Gates ask for it by this name, such as release-key.", "Trust this key")
    };
    let fields = if identity {
        view! { <Identity draft=draft.clone() /> }.into_any()
    } else {
        view! {
            <TextArea
                name=draft.field("key")
                label="Public key"
                hint="In PEM, such as cosign.pub: ECDSA on P-256 or P-384, Ed25519, or RSA."
                required=true
                rows=5
            />
        }
        .into_any()
    };
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=draft.errors() />
            <input type="hidden" name="project" value=project.to_string() />
            <input type="hidden" name=input_name("kind") value=kind />
            <TextField
                name=draft.field("name")
                label="Name"
                hint=hint
                required=true
                validate=Validate::by(Slug::parse_new)
            />
            {fields}
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                    {button}
                </SubmitButton>
                <LinkButton href=back>"Cancel"</LinkButton>
            </div>
        </ActionForm>
    }
}

/// Whom certificates have to name, and by whose word.
#[component]
fn Identity(draft: Draft) -> impl IntoView {
    let log_key = draft.value("log_key");
    view! {
        <TextField
            name=draft.field("issuer")
            label="Issuer"
            hint="To the letter, such as https://token.actions.githubusercontent.com."
            required=true
        />
        <TextField
            name=draft.field("subject")
            label="Subject"
            hint="The address in the certificate: a workflow, or an e-mail address. An asterisk stands for any letters."
            required=true
        />
        <TextArea
            name=draft.field("certificates")
            label="Certificates of the authority"
            hint="In PEM: the root of Fulcio, or of an authority of your own."
            required=true
            rows=5
        />
        <Disclosure summary="Transparency log" open=!log_key.is_empty()>
            <TextArea
                name=draft.field("log_key")
                label="Public key of the log"
                hint="Of Rekor, in PEM. With it, the log has to have promised to take the signature in while the certificate was valid. Without it, the signature has to come here in that time."
                value=log_key
                rows=5
            />
        </Disclosure>
    }
}
