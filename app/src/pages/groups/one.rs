//! One group: who is in it, what it holds, and its end.

use super::trail;
use crate::components::avatar::Avatar;
use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::groups::{DeleteGroup, GiveGroupRole, JoinGroup, LeaveGroup, TakeGroupRole, view_group};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, Failure, announce, empty_after, successes};
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::access::Role;
use towpath_domain::groups::{GroupMember, GroupRole, GroupView};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Email;

/// What can be done about a group.
#[derive(Clone, Copy)]
struct Actions {
    join: ServerAction<JoinGroup>,
    leave: ServerAction<LeaveGroup>,
    give: ServerAction<GiveGroupRole>,
    take: ServerAction<TakeGroupRole>,
    delete: ServerAction<DeleteGroup>,
}

impl Actions {
    fn new() -> Self {
        let actions = Self {
            join: ServerAction::new(),
            leave: ServerAction::new(),
            give: ServerAction::new(),
            take: ServerAction::new(),
            delete: ServerAction::new(),
        };
        announce(actions.join, "They are in the group.");
        announce(actions.leave, "They are out of the group.");
        announce(actions.give, "Role given.");
        announce(actions.take, "Role taken.");
        actions
    }

    /// Changes when one of them has succeeded, and the page is to be read anew.
    fn done(self) -> Memo<[usize; 4]> {
        let (joined, left) = (successes(self.join), successes(self.leave));
        let (given, taken) = (successes(self.give), successes(self.take));
        Memo::new(move |_| [joined.get(), left.get(), given.get(), taken.get()])
    }
}

#[component]
pub fn GroupPage() -> impl IntoView {
    let params = use_params_map();
    let group = move || params.with(|params| params.get("group")).unwrap_or_default();
    let actions = Actions::new();
    let done = actions.done();
    let found = Resource::new(move || (group(), done.get()), |(group, _)| view_group(group));
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:view>
                <Found view=view actions=actions />
            </Loaded>
        </main>
    }
}

#[component]
fn Found(view: GroupView, actions: Actions) -> impl IntoView {
    let GroupView { group, members, roles, known_roles, places, now } = view;
    let (slug, title) = (group.slug, group.title.to_string());
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(Some(title.clone())) />
        <PageHeader title=title.clone() lead="Whoever is in the group holds its roles, beside their own." />
        <Failure errors=errors(move || actions.leave.value().get()) />
        <Failure errors=errors(move || actions.take.value().get()) />
        <Failure errors=errors(move || actions.delete.value().get()) />
        <div class="columns">
            <div class="stack">
                <Members group=slug.clone() members=members leave=actions.leave now=now />
                <Roles group=slug.clone() roles=roles take=actions.take />
                <End group=slug.clone() title=title delete=actions.delete />
            </div>
            <div class="stack">
                <AddMember group=slug.clone() join=actions.join />
                <GiveRole group=slug roles=known_roles places=places give=actions.give />
            </div>
        </div>
    }
}

#[component]
fn Members(
    group: Slug,
    members: Vec<GroupMember>,
    leave: ServerAction<LeaveGroup>,
    now: Time,
) -> impl IntoView {
    let none = members.is_empty();
    let line = move |member| view! { <Line group=group.clone() member=member leave=leave now=now /> };
    view! {
        <Card title="Members">
            <ul class="rows">{members.into_iter().map(line).collect_view()}</ul>
            {none.then(|| view! { <p class="muted">"Nobody is in it yet."</p> })}
        </Card>
    }
}

#[component]
fn Line(group: Slug, member: GroupMember, leave: ServerAction<LeaveGroup>, now: Time) -> impl IntoView {
    let GroupMember { person, since, deactivated } = member;
    let name = person.name.to_string();
    view! {
        <li class="rows__item">
            <Avatar name=name.clone() />
            <a class="rows__name" href=paths::person_rights(person.id, "")>
                {name.clone()}
            </a>
            {deactivated.then(|| view! { <Badge tone=Tone::Warning>"deactivated"</Badge> })}
            <span class="rows__meta">{person.email.to_string()}</span>
            <span class="rows__meta">"in it since " <TimeView at=since now=now /></span>
            <Disclosure summary="Take out…" class="rows__more">
                <ActionForm action=leave attr:class="form form--confirm">
                    <input type="hidden" name="group" value=group.to_string() />
                    <input type="hidden" name="person" value=person.id.to_string() />
                    <p class="form__note">"They lose at once what they hold by the group alone."</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=leave.pending()>
                        "Take out "
                        <span class="visually-hidden">{name}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </li>
    }
}

#[component]
fn Roles(group: Slug, roles: Vec<GroupRole>, take: ServerAction<TakeGroupRole>) -> impl IntoView {
    let none = roles.is_empty();
    let line = move |role| view! { <Held group=group.clone() role=role take=take /> };
    view! {
        <Card title="Roles">
            <ul class="rows">{roles.into_iter().map(line).collect_view()}</ul>
            {none.then(|| view! { <p class="muted">"No role: it gives nothing."</p> })}
        </Card>
    }
}

#[component]
fn Held(group: Slug, role: GroupRole, take: ServerAction<TakeGroupRole>) -> impl IntoView {
    let GroupRole { binding, role, title, place } = role;
    let what = format!(" {title}");
    view! {
        <li class="rows__item">
            <a class="rows__name" href=paths::role(&role)>
                {title}
            </a>
            <span class="rows__meta">{format!("in {place}")}</span>
            <Disclosure summary="Take away…" class="rows__more">
                <ActionForm action=take attr:class="form form--confirm">
                    <input type="hidden" name="group" value=group.to_string() />
                    <input type="hidden" name="binding" value=binding.to_string() />
                    <p class="form__note">"Takes effect at once, for all who are in the group."</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=take.pending()>
                        "Take away"
                        <span class="visually-hidden">{what}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </li>
    }
}

#[component]
fn AddMember(group: Slug, join: ServerAction<JoinGroup>) -> impl IntoView {
    let draft = Draft::of(join);
    let form = NodeRef::new();
    empty_after(join, form);
    view! {
        <Card title="Add someone">
            <ActionForm action=join node_ref=form attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="group" value=group.to_string() />
                <TextField
                    name=draft.field("email")
                    label="E-mail"
                    hint="Of someone who has an account."
                    input_type="email"
                    required=true
                    validate=Validate::by(Email::parse)
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=join.pending()>
                        "Add to the group"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

#[component]
fn GiveRole(
    group: Slug,
    roles: Vec<Role>,
    places: Vec<(String, String)>,
    give: ServerAction<GiveGroupRole>,
) -> impl IntoView {
    let draft = Draft::of(give);
    let roles: Vec<SelectOption> =
        roles.into_iter().map(|role| SelectOption::new(role.slug.to_string(), role.title)).collect();
    let places: Vec<SelectOption> =
        places.into_iter().map(|(value, words)| SelectOption::new(value, words)).collect();
    view! {
        <Card title="Give it a role">
            <ActionForm action=give attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="group" value=group.to_string() />
                <Select
                    name=draft.field("role")
                    label="Role"
                    options=roles
                    required=true
                />
                <Select
                    name=draft.field("place")
                    label="Where"
                    options=places
                    required=true
                />
                <div class="form__actions">
                    <SubmitButton pending=give.pending()>"Give the role"</SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

/// Asks once more; opens without script.
#[component]
fn End(group: Slug, title: String, delete: ServerAction<DeleteGroup>) -> impl IntoView {
    view! {
        <Card title="Delete it">
            <Disclosure summary="Delete…">
                <ActionForm action=delete attr:class="form form--confirm">
                    <input type="hidden" name="group" value=group.to_string() />
                    <p class="form__note">
                        "Its members lose at once what they hold by it alone. Its name is not given again, since the timeline knows it."
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
