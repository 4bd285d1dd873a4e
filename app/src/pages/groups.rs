//! Groups of people, and the form for a new one.

mod one;

pub use one::GroupPage;

use super::forms::{Draft, NameFields, free};
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::groups::{CreateGroup, view_groups};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::groups::{GroupLine, GroupsView};
use towpath_domain::slugs::Slug;

/// The way to a page of groups.
fn trail(here: Option<String>) -> Vec<Crumb> {
    let people = Crumb::new("People", paths::PEOPLE);
    match here {
        Some(here) => vec![people, Crumb::new("Groups", paths::GROUPS), Crumb::here(here)],
        None => vec![people, Crumb::here("Groups")],
    }
}

#[component]
pub fn GroupsPage() -> impl IntoView {
    let groups = Resource::new(|| (), |()| view_groups());
    view! {
        <main id="main" class="page">
            <Loaded resource=groups let:view>
                <Groups view=view />
            </Loaded>
        </main>
    }
}

#[component]
fn Groups(view: GroupsView) -> impl IntoView {
    let GroupsView { groups } = view;
    let taken: Vec<Slug> = groups.iter().map(|line| line.group.slug.clone()).collect();
    view! {
        <Title text="Groups" />
        <Breadcrumbs trail=trail(None) />
        <PageHeader
            title="Groups"
            lead="Whoever is in a group holds its roles. Groups of a sign-in provider are others: they give roles by themselves."
        />
        <div class="columns">
            <List groups=groups />
            <NewGroup taken=taken />
        </div>
    }
}

#[component]
fn List(groups: Vec<GroupLine>) -> impl IntoView {
    if groups.is_empty() {
        return Either::Left(view! {
            <EmptyState title="No groups yet">
                <p>"Make one for people who come to the same roles together: a team, or whoever is on call."</p>
            </EmptyState>
        });
    }
    Either::Right(view! {
        <Card title="Groups">
            <ul class="rows">{groups.into_iter().map(|line| view! { <Line line=line /> }).collect_view()}</ul>
        </Card>
    })
}

#[component]
fn Line(line: GroupLine) -> impl IntoView {
    let GroupLine { group, members, roles } = line;
    let held: Vec<String> = roles.iter().map(|role| format!("{} in {}", role.title, role.place)).collect();
    let held = if held.is_empty() { "No role: gives nothing".to_owned() } else { held.join("; ") };
    let members = match members {
        0 => "nobody is in it".to_owned(),
        1 => "1 member".to_owned(),
        more => format!("{more} members"),
    };
    view! {
        <li class="rows__item">
            <a class="rows__link" href=paths::group(&group.slug)>
                {group.title.to_string()}
            </a>
            <code class="rows__meta">{group.slug.to_string()}</code>
            <span class="rows__meta">{members}</span>
            <span class="rows__meta rows__meta--line">{held}</span>
        </li>
    }
}

#[component]
fn NewGroup(taken: Vec<Slug>) -> impl IntoView {
    let create = ServerAction::<CreateGroup>::new();
    let draft = Draft::of(create);
    let validate = free(Slug::parse_new, taken, "There is a group of this name already.");
    view! {
        <Card title="New group">
            <ActionForm action=create attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <NameFields draft=draft validate=validate aside=true />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=create.pending()>
                        "Make the group"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}
