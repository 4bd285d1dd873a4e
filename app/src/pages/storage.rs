//! What a project keeps: how much of how much, and who may pull it.

use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::choice::Checkbox;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::storage::{SetAnonymousPull, SetQuota, view_storage};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, Failure, input_name, successes};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::projects::Project;
use towpath_domain::storage::{Quota, QuotaForm, StorageView};
use towpath_domain::words::bytes;

#[component]
pub fn StoragePage() -> impl IntoView {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("project")).unwrap_or_default();
    let (pull, quota) = (ServerAction::<SetAnonymousPull>::new(), ServerAction::<SetQuota>::new());
    let (pulled, bounded) = (successes(pull), successes(quota));
    let view = Resource::new(
        move || (slug(), pulled.get(), bounded.get()),
        |(slug, ..)| async move { view_storage(slug).await },
    );
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=view let:view>
                <Storage view=view pull=pull quota=quota />
            </Loaded>
        </main>
    }
}

#[component]
fn Storage(
    view: StorageView,
    pull: ServerAction<SetAnonymousPull>,
    quota: ServerAction<SetQuota>,
) -> impl IntoView {
    let StorageView { project, used, quota: bound, anonymous_pull, may_configure, may_set_quota } = view;
    let title = format!("Storage of {}", project.title);
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=Crumb::of_project(&project.slug, [Crumb::here("Storage")]) />
        <PageHeader title=title lead="How much its images take up, and who may pull them." />
        <Room project=project.clone() used=used bound=bound may_set=may_set_quota action=quota />
        <Pulling project=project allowed=anonymous_pull may_set=may_configure action=pull />
    }
}

/// What is kept of what may be.
#[component]
fn Room(
    project: Project,
    used: i64,
    bound: Option<Quota>,
    may_set: Result<(), String>,
    action: ServerAction<SetQuota>,
) -> impl IntoView {
    let start = bound.map(|quota| ("quota".to_owned(), quota.to_typed()));
    let draft = Draft::of(action).starting(start);
    let words = match bound {
        Some(quota) => format!("{} of {quota}", bytes(used)),
        None => format!("{}, without a limit", bytes(used)),
    };
    let check = |text: &str| {
        let form = QuotaForm { quota: text.to_owned() };
        form.check().map(drop).map_err(|invalid| invalid.errors()[0].message.clone())
    };
    let form = match may_set {
        Err(why) => Either::Left(view! { <p class="muted">{why}</p> }),
        Ok(()) => Either::Right(view! {
            <ActionForm action=action attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="project" value=project.slug.to_string() />
                <TextField
                    name=input_name("quota")
                    label="Quota"
                    hint="A size such as 20 GB, or nothing for no limit. What is there already stays."
                    value=draft.value("quota")
                    error=draft.mistake("quota")
                    validate=Validate::from(check)
                />
                <div class="form__actions">
                    <SubmitButton pending=action.pending()>"Set the quota"</SubmitButton>
                </div>
            </ActionForm>
        }),
    };
    view! {
        <Card title="Room">
            <dl class="facts">
                <div class="facts__row">
                    <dt>"Kept"</dt>
                    <dd>{words}</dd>
                </div>
            </dl>
            {form}
        </Card>
    }
}

/// Who may pull.
#[component]
fn Pulling(
    project: Project,
    allowed: bool,
    may_set: Result<(), String>,
    action: ServerAction<SetAnonymousPull>,
) -> impl IntoView {
    let failed = crate::echo::errors(move || action.value().get());
    let form = match may_set {
        Err(why) => {
            let now = if allowed { "Anybody may pull." } else { "Whoever pulls signs in." };
            Either::Left(view! { <p>{now}</p> <p class="muted">{why}</p> })
        }
        Ok(()) => Either::Right(view! {
            <ActionForm action=action attr:class="form">
                <Failure errors=failed />
                <input type="hidden" name="project" value=project.slug.to_string() />
                <Checkbox
                    name="allowed"
                    value="true"
                    label="Anybody may pull without signing in"
                    hint="Images, tags and what was said about images, in all integrations of the project. Whoever reaches this server can read them."
                    checked=allowed
                />
                <div class="form__actions">
                    <SubmitButton pending=action.pending()>
                        "Save"
                    </SubmitButton>
                </div>
            </ActionForm>
        }),
    };
    view! { <Card title="Pulling">{form}</Card> }
}
