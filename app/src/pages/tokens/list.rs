//! The tokens that one has.

use super::TokenActions;
use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::Checkbox;
use crate::components::disclosure::Disclosure;
use crate::components::empty::EmptyState;
use crate::components::field::TextField;
use crate::components::icon::Symbol;
use crate::components::time::{ExactTime, TimeView};
use crate::components::tone::Tone;
use crate::fns::tokens::{RevokeToken, RevokeTokens, RotateToken};
use crate::pages::forms::input_name;
use leptos::either::Either;
use leptos::prelude::*;
use towpath_domain::ids::TokenId;
use towpath_domain::times::Time;
use towpath_domain::tokens::{Token, TokensView};

#[component]
pub fn Tokens(view: TokensView, actions: TokenActions) -> impl IntoView {
    let TokensView { tokens, lapse_days, now, .. } = view;
    if tokens.is_empty() {
        return Either::Left(view! {
            <EmptyState title="No tokens yet">
                <p>"Make one for your CI: let it pull and push, and keep it to one integration."</p>
            </EmptyState>
        });
    }
    let several = tokens.iter().filter(|token| State::of(token, now) == State::Active).count() > 1;
    let line = move |token| view! { <TokenLine token=token now=now actions=actions /> };
    let lines = tokens.into_iter().map(line).collect_view();
    Either::Right(view! {
        <Card title="Your tokens">
            <ul class="rows">{lines}</ul>
            {lapse_days
                .map(|days| {
                    view! {
                        <p class="form__note">
                            {format!("If you do not come here for {days} days, they stand still until you sign in.")}
                        </p>
                    }
                })}
            {several.then(|| view! { <RevokeAll revoke=actions.revoke_all /> })}
        </Card>
    })
}

/// One token, with what can be done about it.
#[component]
pub fn TokenLine(token: Token, now: Time, actions: TokenActions) -> impl IntoView {
    let state = State::of(&token, now);
    let (may, made) = (token.may_words(), token.makers_words());
    let overlaps = token.overlaps(now);
    let Token { id, title, expires_at, last_used_at, last_used_from, former_until, .. } = token;
    let from = last_used_from.map(|from| format!(" from {from}")).unwrap_or_default();
    let last = match last_used_at {
        Some(at) => Either::Left(view! { ", last used " <TimeView at=at now=now /> {from} }),
        None => Either::Right(", never used"),
    };
    let former = former_until.filter(|_| state == State::Active && overlaps).map(|until| {
        view! {
            <span class="rows__meta rows__meta--line">"The secret before works, too; it ends " <TimeView at=until now=now /></span>
        }
    });
    let ends = if state == State::Expired { "Expired " } else { "Expires " };
    let active = (state == State::Active).then(|| {
        view! {
            <Rotate token=id title=title.to_string() overlaps=overlaps rotate=actions.rotate />
            <Revoke token=id title=title.to_string() revoke=actions.revoke />
        }
    });
    view! {
        <li class="rows__item">
            <span class="rows__name">{title.to_string()}</span>
            <Badge tone=state.tone() symbol=state.symbol()>
                {state.word()}
            </Badge>
            <span class="rows__meta rows__meta--line">{may}</span>
            {made.map(|made| view! { <span class="rows__meta rows__meta--line">{made}</span> })}
            <span class="rows__meta rows__meta--line">
                {ends} <TimeView at=expires_at now=now /> " (" <ExactTime at=expires_at /> ")" {last}
            </span>
            {former}
            {active}
        </li>
    }
}

/// Asks for how long; opens without script.
#[component]
fn Rotate(
    token: TokenId,
    title: String,
    /// Whether the secret before works still.
    overlaps: bool,
    rotate: ServerAction<RotateToken>,
) -> impl IntoView {
    let end = overlaps.then(|| {
        view! {
            <Checkbox
                name=input_name("end_overlap")
                value="1"
                label="End the overlap that runs"
                hint="The secret before the present one stops working at once. Without this, no other is made until it has ended."
            />
        }
    });
    let (days, overlap) = (format!("days-{token}"), format!("overlap-{token}"));
    view! {
        <Disclosure summary="New secret…" class="rows__more">
            <ActionForm action=rotate attr:class="form form--confirm">
                <input type="hidden" name="token" value=token.to_string() />
                <TextField
                    id=days
                    name=input_name("days")
                    label="Days until it expires"
                    hint="From 1 to 365."
                    input_type="number"
                    value="90"
                />
                <TextField
                    id=overlap
                    name=input_name("overlap_hours")
                    label="Hours for which the old secret works, too"
                    hint="From 0, for a secret that leaked, to 720."
                    input_type="number"
                    value="24"
                />
                {end}
                <SubmitButton small=true pending=rotate.pending()>
                    "Make a new secret "
                    <span class="visually-hidden">"for " {title}</span>
                </SubmitButton>
            </ActionForm>
        </Disclosure>
    }
}

/// Asks once more; opens without script.
#[component]
fn RevokeAll(revoke: ServerAction<RevokeTokens>) -> impl IntoView {
    view! {
        <Disclosure summary="Revoke all…">
            <ActionForm action=revoke attr:class="form form--confirm">
                <p class="form__note">"Whatever uses any of them is refused from now on, your hooks among it."</p>
                <SubmitButton kind=ButtonKind::Danger small=true pending=revoke.pending()>
                    "Revoke all of your tokens"
                </SubmitButton>
            </ActionForm>
        </Disclosure>
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
