//! The members of a project: who has which role, where it comes from, and what it permits.

use super::people::{Invitations, InviteForm, MemberLine, Outcome, PeopleActions};
use crate::components::banner::OnlyLook;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::members::view_members;
use crate::fns::people::RevokeRole;
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::access::{Action, Role};
use towpath_domain::members::{MembersView, ProjectMember};

#[component]
pub fn MembersPage() -> impl IntoView {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("project")).unwrap_or_default();
    let actions = PeopleActions::new();
    let done = actions.done();
    let members = Resource::new(move || (slug(), done.get()), |(slug, _)| view_members(slug));
    view! {
        <main id="main" class="page">
            <Loaded resource=members let:view>
                <Members view=view actions=actions />
            </Loaded>
        </main>
    }
}

#[component]
fn Members(view: MembersView, actions: PeopleActions) -> impl IntoView {
    let MembersView { project, members, invitations, roles, places, may_manage, now } = view;
    let title = format!("Members of {}", project.title);
    let trail = Crumb::of_project(&project.slug, [Crumb::here("Members")]);
    let asking = paths::rights(Action::Approve, &format!("project:{}", project.slug));
    let machines = paths::service_accounts(Some(&project.slug));
    // Who manages a part of the project may give roles there.
    let refused = may_manage.err().filter(|_| places.is_empty());
    let form = (!places.is_empty())
        .then(|| view! { <InviteForm roles=roles.clone() places=places invite=actions.invite /> });
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead="Who may do what here. A role that is bound further up counts here too.">
            <a class="button" href=machines>
                "Service accounts"
            </a>
            <a class="button" href=asking>
                "Who may do what"
            </a>
        </PageHeader>
        {refused.map(|why| view! { <OnlyLook words="You can look at the members here, not change them" why=why /> })}
        <Outcome actions=actions />
        <div class="columns">
            <div class="stack">
                <List members=members revoke=actions.revoke />
                <Invitations invitations=invitations withdraw=actions.withdraw now=now />
                <Roles roles=roles />
            </div>
            {form}
        </div>
    }
}

#[component]
fn List(members: Vec<ProjectMember>, revoke: ServerAction<RevokeRole>) -> impl IntoView {
    if members.is_empty() {
        return Either::Left(view! {
            <EmptyState title="Nobody has a role here">
                <p>"Whoever is given one sees the project."</p>
            </EmptyState>
        });
    }
    let line = move |ProjectMember { id, name, email, roles }| {
        view! { <MemberLine person=id name=name email=email joined=None roles=roles revoke=revoke /> }
    };
    Either::Right(view! {
        <Card title="Members">
            <ul class="rows">{members.into_iter().map(line).collect_view()}</ul>
        </Card>
    })
}

/// What each role permits, from the same table by which the server decides.
#[component]
fn Roles(roles: Vec<Role>) -> impl IntoView {
    let role = |role: Role| {
        view! {
            <div class="facts__row">
                <dt>
                    <a href=paths::role(&role.slug)>{role.title.clone()}</a>
                </dt>
                <dd>{format!("May {}.", role.words())}</dd>
            </div>
        }
    };
    view! {
        <Card title="What each role permits">
            <dl class="facts">{roles.into_iter().map(role).collect_view()}</dl>
        </Card>
    }
}
