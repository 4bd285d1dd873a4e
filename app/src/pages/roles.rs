//! Roles: what each permits, and the form for one of the installation's own.

mod fields;
mod one;

pub use one::RolePage;

use super::forms::{Draft, NameFields, free};
use crate::components::badge::Badge;
use crate::components::banner::OnlyLook;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::fns::roles::{CreateRole, view_roles};
use crate::loaded::Loaded;
use crate::paths;
use fields::PermissionFields;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use towpath_domain::access::Role;
use towpath_domain::roles::{RoleLine, RolesView, filled};
use towpath_domain::slugs::Slug;

#[component]
pub fn RolesPage() -> impl IntoView {
    let roles = Resource::new(|| (), |()| view_roles());
    view! {
        <main id="main" class="page">
            <Loaded resource=roles let:view>
                <Roles view=view />
            </Loaded>
        </main>
    }
}

#[component]
fn Roles(view: RolesView) -> impl IntoView {
    let RolesView { roles, may_manage } = view;
    let trail = may_manage.is_ok().then(|| {
        view! { <Breadcrumbs trail=vec![Crumb::new("People", paths::PEOPLE), Crumb::here("Roles")] /> }
    });
    let make = may_manage.is_ok().then(|| {
        view! {
            <LinkButton href=paths::new_role(None) kind=ButtonKind::Primary>
                "New role"
            </LinkButton>
        }
    });
    view! {
        <Title text="Roles" />
        {trail}
        <PageHeader
            title="Roles"
            lead="What each permits, wherever it is bound. Somebody may hold several: what they permit adds up."
        >
            {make}
        </PageHeader>
        {may_manage.err().map(|why| view! { <OnlyLook words="You can look at the roles, not change them" why=why /> })}
        <Card title="Roles">
            <ul class="rows">{roles.into_iter().map(|line| view! { <Line line=line /> }).collect_view()}</ul>
        </Card>
    }
}

#[component]
fn Line(line: RoleLine) -> impl IntoView {
    let RoleLine { role, holders } = line;
    view! {
        <li class="rows__item">
            <a class="rows__link" href=paths::role(&role.slug)>
                {role.title.clone()}
            </a>
            <code class="rows__meta">{role.slug.to_string()}</code>
            {role.is_built_in().then(|| view! { <Badge>"built in"</Badge> })}
            {holders.map(|holders| view! { <span class="rows__meta">{held_by(holders)}</span> })}
            <span class="rows__meta rows__meta--line">{format!("May {}.", role.words())}</span>
        </li>
    }
}

/// The way here; from the people for who manages them, since nobody else sees that page.
fn trail(manages: bool, here: String) -> Vec<Crumb> {
    let people = manages.then(|| Crumb::new("People", paths::PEOPLE));
    people.into_iter().chain([Crumb::new("Roles", paths::ROLES), Crumb::here(here)]).collect()
}

/// “held by 2”.
fn held_by(holders: usize) -> String {
    if holders == 0 { "held by nobody".to_owned() } else { format!("held by {holders}") }
}

#[component]
pub fn NewRolePage() -> impl IntoView {
    let query = use_query_map();
    let from = move || query.with(|query| query.get("from")).unwrap_or_default();
    let roles = Resource::new(from, |from| async move { Ok((view_roles().await?, from)) });
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=roles let:found>
                <NewRole view=found.0 from=found.1 />
            </Loaded>
        </main>
    }
}

#[component]
fn NewRole(view: RolesView, from: String) -> impl IntoView {
    let RolesView { roles, may_manage } = view;
    let trail = trail(may_manage.is_ok(), "New role".to_owned());
    let roles: Vec<Role> = roles.into_iter().map(|line| line.role).collect();
    let form = match may_manage {
        Ok(()) => Either::Left(view! {
            <Beginning roles=roles.clone() from=from.clone() />
            <NewForm roles=roles from=from />
        }),
        Err(why) => Either::Right(view! { <OnlyLook words="You cannot make roles" why=why /> }),
    };
    view! {
        <Title text="New role" />
        <Breadcrumbs trail=trail />
        <PageHeader
            title="New role"
            lead="With no more than you may yourself. Whoever decides on promotions does not configure or manage people by the same role."
        />
        {form}
    }
}

/// Asks for the page anew, filled in with what another role permits.
#[component]
fn Beginning(roles: Vec<Role>, from: String) -> impl IntoView {
    let options = roles.into_iter().map(|role| SelectOption::new(role.slug.to_string(), role.title));
    let options: Vec<SelectOption> =
        std::iter::once(SelectOption::new("", "Nothing but to see")).chain(options).collect();
    view! {
        <Form method="GET" action=paths::NEW_ROLE attr:class="form form--inline filters">
            <Select name="from" label="Begin with what another role permits" options=options value=from />
            <div class="form__actions">
                <SubmitButton>"Fill in"</SubmitButton>
            </div>
        </Form>
    }
}

#[component]
fn NewForm(roles: Vec<Role>, from: String) -> impl IntoView {
    let create = ServerAction::<CreateRole>::new();
    let beginning = roles.iter().find(|role| role.slug.as_str() == from).map(filled).unwrap_or_default();
    // What it permits is taken over, not what it is called.
    let draft = Draft::of(create).starting(beginning.into_iter().filter(|(name, _)| name != "title"));
    let taken: Vec<Slug> = roles.into_iter().map(|role| role.slug).collect();
    let validate = free(Slug::parse_new, taken, "There is a role of this name already.");
    view! {
        <ActionForm action=create attr:class="form" attr:novalidate="">
            <ErrorSummary errors=draft.errors() />
            <NameFields draft=draft.clone() validate=validate />
            <PermissionFields draft=draft />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=create.pending()>
                    "Make the role"
                </SubmitButton>
            </div>
        </ActionForm>
    }
}
