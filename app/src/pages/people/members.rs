//! The people that are here, with their roles.

use crate::components::avatar::Avatar;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::time::TimeView;
use crate::fns::people::{DeactivatePerson, ReactivatePerson, RevokeRole};
use crate::fns::tokens::RevokeTokens;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::ids::PersonId;
use towpath_domain::people::{Member, MemberRole, PeopleView, Person};
use towpath_domain::providers::RoleSource;
use towpath_domain::times::Time;
use towpath_domain::words::Email;

#[component]
pub fn Members(
    view: PeopleView,
    revoke: ServerAction<RevokeRole>,
    deactivate: ServerAction<DeactivatePerson>,
    reactivate: ServerAction<ReactivatePerson>,
    revoke_tokens: ServerAction<RevokeTokens>,
) -> impl IntoView {
    let PeopleView { people, now, .. } = view;
    let (gone, here): (Vec<Member>, Vec<Member>) =
        people.into_iter().partition(|member| member.deactivated_at.is_some());
    let line = move |Member { person, roles, .. }| {
        let (joined, name) = (Some((person.joined_at, now)), person.name.to_string());
        view! {
            <MemberLine person=person.id name=name.clone() email=Some(person.email) joined=joined roles=roles revoke=revoke>
                <EndTokens person=person.id name=name.clone() revoke=revoke_tokens />
                <Deactivate person=person.id name=name deactivate=deactivate />
            </MemberLine>
        }
    };
    let none = gone.is_empty();
    let former = move |Member { person, roles, deactivated_at }| {
        view! { <Gone person=person roles=roles since=deactivated_at.map(|at| (at, now)) reactivate=reactivate /> }
    };
    let gone = gone.into_iter().map(former).collect_view();
    view! {
        <Card title="Members">
            <ul class="rows">{here.into_iter().map(line).collect_view()}</ul>
        </Card>
        {(!none)
            .then(|| {
                view! {
                    <Card title="Deactivated">
                        <ul class="rows">{gone}</ul>
                    </Card>
                }
            })}
    }
}

/// Someone who acts no more; their roles are kept for when they come back.
#[component]
fn Gone(
    person: Person,
    roles: Vec<MemberRole>,
    /// When they were deactivated, and what time it is.
    since: Option<(Time, Time)>,
    reactivate: ServerAction<ReactivatePerson>,
) -> impl IntoView {
    let name = person.name.to_string();
    let held: Vec<String> = roles.iter().map(|role| format!("{} in {}", role.title, role.place)).collect();
    let held = if held.is_empty() { "No role".to_owned() } else { held.join("; ") };
    view! {
        <li class="rows__item">
            <Avatar name=name.clone() />
            <span class="rows__name">{name.clone()}</span>
            <span class="rows__meta">{person.email.to_string()}</span>
            {since
                .map(|(at, now)| {
                    view! {
                        <span class="rows__meta">"deactivated " <TimeView at=at now=now /></span>
                    }
                })}
            <span class="rows__meta rows__meta--line">{held}</span>
            <ActionForm action=reactivate attr:class="rows__more">
                <input type="hidden" name="person" value=person.id.to_string() />
                <SubmitButton small=true pending=reactivate.pending()>
                    "Reactivate "
                    <span class="visually-hidden">{name}</span>
                </SubmitButton>
            </ActionForm>
        </li>
    }
}

/// Asks once more; opens without script.
#[component]
fn EndTokens(person: PersonId, name: String, revoke: ServerAction<RevokeTokens>) -> impl IntoView {
    view! {
        <Disclosure summary="Revoke tokens…" class="rows__more">
            <ActionForm action=revoke attr:class="form form--confirm">
                <input type="hidden" name="person" value=person.to_string() />
                <p class="form__note">"Ends every token of theirs at once, and with them their hooks. They stay signed in."</p>
                <SubmitButton kind=ButtonKind::Danger small=true pending=revoke.pending()>
                    "Revoke the tokens"
                    <span class="visually-hidden">{format!(" of {name}")}</span>
                </SubmitButton>
            </ActionForm>
        </Disclosure>
    }
}

/// Asks once more; opens without script.
#[component]
fn Deactivate(person: PersonId, name: String, deactivate: ServerAction<DeactivatePerson>) -> impl IntoView {
    view! {
        <Disclosure summary="Deactivate…" class="rows__more">
            <ActionForm action=deactivate attr:class="form form--confirm">
                <input type="hidden" name="person" value=person.to_string() />
                <p class="form__note">
                    "Signs them out everywhere, revokes their tokens and with them their hooks, disables the webhooks that they subscribed, and takes back what they approved of what still waits. What they did stays under their name."
                </p>
                <SubmitButton kind=ButtonKind::Danger small=true pending=deactivate.pending()>
                    "Deactivate "
                    <span class="visually-hidden">{name}</span>
                </SubmitButton>
            </ActionForm>
        </Disclosure>
    }
}

/// Someone with their roles, as far as the page tells of them.
#[component]
pub fn MemberLine(
    person: PersonId,
    name: String,
    email: Option<Email>,
    /// When they joined, and what time it is.
    joined: Option<(Time, Time)>,
    roles: Vec<MemberRole>,
    revoke: ServerAction<RevokeRole>,
    /// What else can be done about them.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let none = roles.is_empty();
    let rights = paths::person_rights(person, "");
    let role = {
        let name = name.clone();
        move |role| view! { <RoleLine role=role person=name.clone() revoke=revoke /> }
    };
    let joined = joined.map(|(at, now)| {
        view! {
            <span class="rows__meta">"joined " <TimeView at=at now=now /></span>
        }
    });
    view! {
        <li class="rows__item">
            <Avatar name=name.clone() />
            <a class="rows__name" href=rights>
                {name}
            </a>
            {email.map(|email| view! { <span class="rows__meta">{email.to_string()}</span> })}
            {joined}
            <ul class="roles rows__more">{roles.into_iter().map(role).collect_view()}</ul>
            {none.then(|| view! { <p class="rows__meta rows__more">"No role: sees nothing."</p> })}
            {children.map(|children| children())}
        </li>
    }
}

/// One role, which can be taken away; asks once more, and opens without script.
#[component]
pub fn RoleLine(role: MemberRole, person: String, revoke: ServerAction<RevokeRole>) -> impl IntoView {
    let MemberRole { binding, title, place, source, group, may_revoke, .. } = role;
    let note = match &source {
        Some(RoleSource { group: Some(_), .. }) => {
            "Takes effect at once, until they sign in again and are in the group still."
        }
        _ => "Takes effect at once.",
    };
    let what = format!(" {title} from {person}");
    let revoke = may_revoke.then(|| {
        view! {
            <Disclosure summary="Revoke…">
                <ActionForm action=revoke attr:class="form form--confirm">
                    <input type="hidden" name="binding" value=binding.to_string() />
                    <p class="form__note">{note}</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=revoke.pending()>
                        "Revoke"
                        <span class="visually-hidden">{what}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        }
    });
    view! {
        <li class="roles__item">
            <span>{format!("{title} in {place}")}</span>
            {source.map(|source| view! { <span class="rows__meta">{source.to_string()}</span> })}
            {group.map(|group| view! { <span class="rows__meta">{group.to_string()}</span> })}
            {revoke}
        </li>
    }
}
