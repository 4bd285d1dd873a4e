//! Inviting someone, and the invitations that wait for an answer.

use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::field::{TextField, Validate, field_id};
use crate::components::form::ErrorSummary;
use crate::components::select::{Select, SelectOption};
use crate::components::table::Table;
use crate::components::time::TimeView;
use crate::fns::people::Invite;
use crate::pages::forms::{Draft, empty_after, input_name};
use leptos::prelude::*;
use towpath_domain::people::{Invitation, PeopleView};
use towpath_domain::times::Time;
use towpath_domain::words::Email;

#[component]
pub fn InviteForm(view: PeopleView, invite: ServerAction<Invite>) -> impl IntoView {
    let draft = Draft::of(invite);
    let form = NodeRef::new();
    empty_after(invite, form);
    let PeopleView { roles, places, .. } = view;
    let roles = roles.into_iter().map(|role| SelectOption::new(role.slug.to_string(), role.title));
    let roles: Vec<_> = std::iter::once(SelectOption::new("", "Choose a role")).chain(roles).collect();
    let places: Vec<_> = places.into_iter().map(|(value, words)| SelectOption::new(value, words)).collect();
    view! {
        <Card title="Invite someone">
            <ActionForm action=invite node_ref=form attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <TextField
                    id=field_id("email")
                    name=input_name("email")
                    label="E-mail"
                    hint="Whoever has an account under it is given the role at once."
                    input_type="email"
                    value=draft.value("email")
                    error=draft.mistake("email")
                    required=true
                    validate=Validate::by(Email::parse)
                />
                <Select
                    id=field_id("role")
                    name=input_name("role")
                    label="Role"
                    options=roles
                    value=draft.value("role")
                    error=draft.mistake("role")
                    required=true
                />
                <Select
                    id=field_id("place")
                    name=input_name("place")
                    label="Where"
                    hint="A role reaches everything inside its place."
                    options=places
                    value=draft.value("place")
                    error=draft.mistake("place")
                    required=true
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=invite.pending()>
                        "Invite"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

/// The invitations that nobody has used yet.
#[component]
pub fn Invitations(invitations: Vec<Invitation>, now: Time) -> impl IntoView {
    let none = invitations.is_empty();
    let line = move |invitation: Invitation| {
        view! {
            <tr>
                <th scope="row">{invitation.email.to_string()}</th>
                <td>{format!("{} in {}", invitation.role, invitation.place)}</td>
                <td>
                    <TimeView at=invitation.expires_at now=now />
                </td>
            </tr>
        }
    };
    let rows = invitations.into_iter().map(line).collect_view();
    (!none).then(|| {
        view! {
            <Card title="Open invitations">
                <Table caption="Open invitations" columns=vec!["E-mail", "Role", "Expires"]>
                    {rows}
                </Table>
            </Card>
        }
    })
}
