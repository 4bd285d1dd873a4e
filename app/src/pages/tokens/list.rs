//! The tokens that one has.

use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::empty::EmptyState;
use crate::components::icon::Symbol;
use crate::components::time::{ExactTime, TimeView};
use crate::components::tone::Tone;
use crate::fns::tokens::RevokeToken;
use leptos::either::Either;
use leptos::prelude::*;
use towpath_domain::access::Action;
use towpath_domain::ids::TokenId;
use towpath_domain::times::Time;
use towpath_domain::tokens::{Token, TokensView};

#[component]
pub fn Tokens(view: TokensView, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    let TokensView { tokens, now, .. } = view;
    if tokens.is_empty() {
        return Either::Left(view! {
            <EmptyState title="No tokens yet">
                <p>"Make one for your CI: let it pull and push, and keep it to one integration."</p>
            </EmptyState>
        });
    }
    let line = move |token| view! { <Line token=token now=now revoke=revoke /> };
    let lines = tokens.into_iter().map(line).collect_view();
    Either::Right(view! {
        <Card title="Your tokens">
            <ul class="rows">{lines}</ul>
        </Card>
    })
}

#[component]
fn Line(token: Token, now: Time, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    let state = State::of(&token, now);
    let Token { id, title, actions, scope, expires_at, last_used_at, .. } = token;
    let actions: Vec<String> = actions.iter().map(Action::to_string).collect();
    let last = match last_used_at {
        Some(at) => Either::Left(view! { ", last used " <TimeView at=at now=now /> }),
        None => Either::Right(", never used"),
    };
    let ends = if state == State::Expired { "Expired " } else { "Expires " };
    let revoke =
        (state == State::Active).then(|| view! { <Revoke token=id title=title.to_string() revoke=revoke /> });
    view! {
        <li class="rows__item">
            <span class="rows__name">{title.to_string()}</span>
            <Badge tone=state.tone() symbol=state.symbol()>
                {state.word()}
            </Badge>
            <span class="rows__meta rows__meta--line">{format!("May {} in {scope}", actions.join(", "))}</span>
            <span class="rows__meta rows__meta--line">
                {ends} <TimeView at=expires_at now=now /> " (" <ExactTime at=expires_at /> ")" {last}
            </span>
            {revoke}
        </li>
    }
}

/// Asks once more; opens without script.
#[component]
fn Revoke(token: TokenId, title: String, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    view! {
        <Disclosure summary="Revoke…" class="rows__more">
            <ActionForm action=revoke attr:class="form form--confirm">
                <input type="hidden" name="token" value=token.to_string() />
                <p class="form__note">"Whatever uses it is refused from now on."</p>
                <SubmitButton kind=ButtonKind::Danger small=true pending=revoke.pending()>
                    "Revoke "
                    <span class="visually-hidden">{title}</span>
                </SubmitButton>
            </ActionForm>
        </Disclosure>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Active,
    Expired,
    Revoked,
}

impl State {
    fn of(token: &Token, now: Time) -> Self {
        match token.revoked_at {
            Some(_) => Self::Revoked,
            None if token.expires_at <= now => Self::Expired,
            None => Self::Active,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Success,
            Self::Expired => Tone::Warning,
            Self::Revoked => Tone::Neutral,
        }
    }

    const fn symbol(self) -> Symbol {
        match self {
            Self::Active => Symbol::Check,
            Self::Expired => Symbol::Clock,
            Self::Revoked => Symbol::Ban,
        }
    }
}
