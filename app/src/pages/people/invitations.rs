//! Inviting someone, and the invitations that wait for an answer: for the whole installation, or for a project.

use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::select::{Select, SelectOption};
use crate::components::time::TimeView;
use crate::fns::people::{Invite, WithdrawInvitation};
use crate::pages::forms::{Draft, empty_after};
use leptos::prelude::*;
use towpath_domain::access::Role;
use towpath_domain::people::Invitation;
use towpath_domain::times::Time;
use towpath_domain::words::Email;

/// Gives a role to someone, by invitation where they have no account yet.
#[component]
pub fn InviteForm(
    roles: Vec<Role>,
    /// Where a role can be given: the form's value and its words.
    places: Vec<(String, String)>,
    invite: ServerAction<Invite>,
) -> impl IntoView {
    let draft = Draft::of(invite);
    let form = NodeRef::new();
    empty_after(invite, form);
    let roles = roles.into_iter().map(|role| SelectOption::new(role.slug.to_string(), role.title));
    let roles: Vec<_> = std::iter::once(SelectOption::new("", "Choose a role")).chain(roles).collect();
    let places: Vec<_> = places.into_iter().map(|(value, words)| SelectOption::new(value, words)).collect();
    view! {
        <Card title="Invite someone">
            <ActionForm action=invite node_ref=form attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <TextField
                    name=draft.field("email")
                    label="E-mail"
                    hint="Whoever has an account under it is given the role at once."
                    input_type="email"
                    required=true
                    validate=Validate::by(Email::parse)
                />
                <Select
                    name=draft.field("role")
                    label="Role"
                    options=roles
                    required=true
                />
                <Select
                    name=draft.field("place")
                    label="Where"
                    hint="A role reaches everything inside its place."
                    options=places
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

/// The invitations that nobody has used yet, each with the way to take it back.
#[component]
pub fn Invitations(
    invitations: Vec<Invitation>,
    withdraw: ServerAction<WithdrawInvitation>,
    now: Time,
) -> impl IntoView {
    let line = move |Invitation { link, email, role, place, expires_at }: Invitation| {
        let whose = format!(" the invitation of {email}");
        view! {
            <li class="rows__item">
                <span class="rows__name">{email.to_string()}</span>
                <span class="rows__meta">{format!("{role} in {place}")}</span>
                <span class="rows__meta">"expires " <TimeView at=expires_at now=now /></span>
                <Disclosure summary="Withdraw…" class="rows__more">
                    <ActionForm action=withdraw attr:class="form form--confirm">
                        <input type="hidden" name="link" value=link.to_string() />
                        <p class="form__note">"The link works no more. You can invite them again."</p>
                        <SubmitButton kind=ButtonKind::Danger small=true pending=withdraw.pending()>
                            "Withdraw"
                            <span class="visually-hidden">{whose}</span>
                        </SubmitButton>
                    </ActionForm>
                </Disclosure>
            </li>
        }
    };
    (!invitations.is_empty()).then(|| {
        view! {
            <Card title="Open invitations">
                <ul class="rows">{invitations.into_iter().map(line).collect_view()}</ul>
            </Card>
        }
    })
}
