//! What stops a service account: for a while, its tokens, or all of it.

use super::one::Actions;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use leptos::prelude::*;
use towpath_domain::ids::PersonId;

/// The ways to stop it; each asks once more, and opens without script.
#[component]
pub(super) fn End(account: PersonId, name: String, disabled: bool, actions: Actions) -> impl IntoView {
    let Actions { disable, revoke, delete, .. } = actions;
    let (word, note) = if disabled {
        ("Enable", "Its tokens work again, with the roles that it has.")
    } else {
        ("Disable", "Its tokens work no more, until it is enabled.")
    };
    let of = format!(" {name}");
    let (also, too) = (of.clone(), of.clone());
    view! {
        <Card title="Stop it">
            <Disclosure summary=format!("{word}…")>
                <ActionForm action=disable attr:class="form form--confirm">
                    <input type="hidden" name="account" value=account.to_string() />
                    {(!disabled).then(|| view! { <input type="hidden" name="disabled" value="1" /> })}
                    <p class="form__note">{note}</p>
                    <SubmitButton small=true pending=disable.pending()>
                        {word}
                        <span class="visually-hidden">{of}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
            <Disclosure summary="Revoke all its tokens…">
                <ActionForm action=revoke attr:class="form form--confirm">
                    <input type="hidden" name="account" value=account.to_string() />
                    <p class="form__note">
                        "Whatever uses any of them is refused from now on, also once it is enabled again."
                    </p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=revoke.pending()>
                        "Revoke all tokens"
                        <span class="visually-hidden">" of" {too}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
            <Disclosure summary="Delete…">
                <ActionForm action=delete attr:class="form form--confirm">
                    <input type="hidden" name="account" value=account.to_string() />
                    <p class="form__note">
                        "For good: its tokens are revoked and its roles taken. What it did stays under its name."
                    </p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=delete.pending()>
                        "Delete"
                        <span class="visually-hidden">{also}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </Card>
    }
}
