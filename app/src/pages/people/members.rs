//! The people that are here, with their roles.

use crate::components::avatar::Avatar;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::time::TimeView;
use crate::fns::people::RevokeRole;
use leptos::prelude::*;
use towpath_domain::people::{Member, MemberRole, PeopleView};
use towpath_domain::providers::RoleSource;
use towpath_domain::times::Time;
use towpath_domain::words::Email;

#[component]
pub fn Members(view: PeopleView, revoke: ServerAction<RevokeRole>) -> impl IntoView {
    let PeopleView { people, now, .. } = view;
    let line = move |Member { person, roles }| {
        let joined = Some((person.joined_at, now));
        view! { <MemberLine name=person.name.to_string() email=Some(person.email) joined=joined roles=roles revoke=revoke /> }
    };
    let lines = people.into_iter().map(line).collect_view();
    view! {
        <Card title="Members">
            <ul class="rows">{lines}</ul>
        </Card>
    }
}

/// Someone with their roles, as far as the page tells of them.
#[component]
pub fn MemberLine(
    name: String,
    email: Option<Email>,
    /// When they joined, and what time it is.
    joined: Option<(Time, Time)>,
    roles: Vec<MemberRole>,
    revoke: ServerAction<RevokeRole>,
) -> impl IntoView {
    let none = roles.is_empty();
    let role = {
        let name = name.clone();
        move |role| view! { <Role role=role person=name.clone() revoke=revoke /> }
    };
    let joined = joined.map(|(at, now)| {
        view! {
            <span class="rows__meta">"joined " <TimeView at=at now=now /></span>
        }
    });
    view! {
        <li class="rows__item">
            <Avatar name=name.clone() />
            <span class="rows__name">{name}</span>
            {email.map(|email| view! { <span class="rows__meta">{email.to_string()}</span> })}
            {joined}
            <ul class="roles rows__more">{roles.into_iter().map(role).collect_view()}</ul>
            {none.then(|| view! { <p class="rows__meta rows__more">"No role: sees nothing."</p> })}
        </li>
    }
}

/// One role, which can be taken away; asks once more, and opens without script.
#[component]
fn Role(role: MemberRole, person: String, revoke: ServerAction<RevokeRole>) -> impl IntoView {
    let MemberRole { binding, title, place, source, may_revoke, .. } = role;
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
            {revoke}
        </li>
    }
}
