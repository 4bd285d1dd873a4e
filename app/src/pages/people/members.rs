//! The people that are here, with their roles.

use crate::components::avatar::Avatar;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::table::Table;
use crate::components::time::TimeView;
use crate::fns::people::RevokeRole;
use leptos::prelude::*;
use towpath_domain::people::{Member, MemberRole, PeopleView};
use towpath_domain::times::Time;

#[component]
pub fn Members(view: PeopleView, revoke: ServerAction<RevokeRole>) -> impl IntoView {
    let PeopleView { people, now, .. } = view;
    let line = move |member| view! { <Line member=member now=now revoke=revoke /> };
    let rows = people.into_iter().map(line).collect_view();
    view! {
        <Card title="Members">
            <Table caption="Members" columns=vec!["Name", "Roles", "Joined"]>
                {rows}
            </Table>
        </Card>
    }
}

#[component]
fn Line(member: Member, now: Time, revoke: ServerAction<RevokeRole>) -> impl IntoView {
    let Member { person, roles } = member;
    let name = person.name.to_string();
    let none = roles.is_empty();
    let roles = roles
        .into_iter()
        .map(|role| view! { <Role role=role person=name.clone() revoke=revoke /> })
        .collect_view();
    view! {
        <tr>
            <th scope="row">
                <span class="person">
                    <Avatar name=name.clone() />
                    <span>{name} <span class="table__note">{person.email.to_string()}</span></span>
                </span>
            </th>
            <td>
                <ul class="roles">{roles}</ul>
                {none.then_some("none")}
            </td>
            <td>
                <TimeView at=person.joined_at now=now />
            </td>
        </tr>
    }
}

/// One role, which can be taken away; asks once more, and opens without script.
#[component]
fn Role(role: MemberRole, person: String, revoke: ServerAction<RevokeRole>) -> impl IntoView {
    let MemberRole { binding, title, place, .. } = role;
    let what = format!(" {title} from {person}");
    view! {
        <li class="roles__item">
            <strong>{title}</strong>
            " in "
            {place}
            <Disclosure summary="Revoke…">
                <ActionForm action=revoke attr:class="form form--confirm">
                    <input type="hidden" name="binding" value=binding.to_string() />
                    <p class="form__note">"Takes effect at once."</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=revoke.pending()>
                        "Revoke"
                        <span class="visually-hidden">{what}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </li>
    }
}
