//! One role: what it permits, who holds it, and the form that changes it.

use super::fields::PermissionFields;
use super::{held_by, trail};
use crate::components::badge::Badge;
use crate::components::banner::OnlyLook;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, PageHeader};
use crate::echo::errors;
use crate::fns::roles::{ChangeRole, DeleteRole, view_role};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, Failure, announce, successes};
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::access::Role;
use towpath_domain::roles::{RoleHolder, RoleView, filled};
use towpath_domain::words;

#[component]
pub fn RolePage() -> impl IntoView {
    let params = use_params_map();
    let role = move || params.with(|params| params.get("role")).unwrap_or_default();
    let change = ServerAction::<ChangeRole>::new();
    let delete = ServerAction::<DeleteRole>::new();
    let changed = successes(change);
    announce(change, "Role changed.");
    let found = Resource::new(move || (role(), changed.get()), |(role, _)| view_role(role));
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:view>
                <Found view=view change=change delete=delete />
            </Loaded>
        </main>
    }
}

#[component]
fn Found(
    view: RoleView,
    change: ServerAction<ChangeRole>,
    delete: ServerAction<DeleteRole>,
) -> impl IntoView {
    let RoleView { role, holders, may_manage } = view;
    let (title, built_in) = (role.title.clone(), role.is_built_in());
    let manages = may_manage.is_ok();
    let count = holders.as_ref().map(Vec::len);
    let form = (manages && !built_in).then(|| view! { <Change role=role.clone() change=change /> });
    let end = (manages && !built_in).then(|| view! { <End role=role.clone() delete=delete /> });
    let clone = manages.then(|| {
        view! { <LinkButton href=paths::new_role(Some(&role.slug))>"Clone it"</LinkButton> }
    });
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(manages, title.clone()) />
        <PageHeader title=title lead=format!("May {}.", role.words())>
            {built_in.then(|| view! { <Badge>"built in"</Badge> })}
            {clone}
        </PageHeader>
        {may_manage.err().map(|why| view! { <OnlyLook words="You can look at it, not change it" why=why /> })}
        <Failure errors=errors(move || delete.value().get()) />
        <div class="columns">
            <div class="stack">
                {holders.map(|holders| view! { <Holders holders=holders words=count.map(held_by).unwrap_or_default() /> })}
                {end}
            </div>
            {form}
        </div>
    }
}

#[component]
fn Holders(holders: Vec<RoleHolder>, words: String) -> impl IntoView {
    let none = holders.is_empty();
    let line = |RoleHolder { person, name, place, group }| {
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::person_rights(person, "")>
                    {name}
                </a>
                <span class="rows__meta">{format!("in {place}")}</span>
                {group.map(|group| view! { <span class="rows__meta">{group.to_string()}</span> })}
            </li>
        }
    };
    view! {
        <Card title="Who holds it">
            <ul class="rows">{holders.into_iter().map(line).collect_view()}</ul>
            {none.then(|| view! { <p class="muted">{format!("It is {words}.")}</p> })}
        </Card>
    }
}

#[component]
fn Change(role: Role, change: ServerAction<ChangeRole>) -> impl IntoView {
    let draft = Draft::of(change).starting(filled(&role));
    view! {
        <Card title="Change it">
            <ActionForm action=change attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="role" value=role.slug.to_string() />
                <TextField
                    name=draft.field("title")
                    label="Title"
                    required=true
                    validate=Validate::by(words::Title::parse)
                />
                <PermissionFields draft=draft />
                <p class="form__note">"Counts at once for everyone who holds it, wherever it is bound."</p>
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=change.pending()>
                        "Change the role"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

/// Asks once more; opens without script.
#[component]
fn End(role: Role, delete: ServerAction<DeleteRole>) -> impl IntoView {
    let title = role.title.clone();
    view! {
        <Card title="Delete it">
            <Disclosure summary="Delete…">
                <ActionForm action=delete attr:class="form form--confirm">
                    <input type="hidden" name="role" value=role.slug.to_string() />
                    <p class="form__note">
                        "Goes once nobody holds it and no gate asks for it. Its name is not given again, since the timeline knows it."
                    </p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=delete.pending()>
                        "Delete "
                        <span class="visually-hidden">{title}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </Card>
    }
}
