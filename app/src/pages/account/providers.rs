//! The providers by which one can sign in, and connecting another.

use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::accounts::DisconnectProvider;
use crate::pages::forms::Failure;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use towpath_domain::providers::{ProviderButton, Refused};
use towpath_domain::times::Time;

#[component]
pub fn Providers(
    providers: Vec<(ProviderButton, Option<Time>)>,
    now: Time,
    disconnect: ServerAction<DisconnectProvider>,
) -> impl IntoView {
    let refused = use_query_map().with_untracked(|query| query.get("refused"));
    let refused = refused.and_then(|name| Refused::parse(&name)).map(|why| {
        view! {
            <Banner tone=Tone::Danger title="Nothing was connected" live=true>
                <p class="banner__text">{why.to_string()}</p>
            </Banner>
        }
    });
    let line = move |(provider, since): (ProviderButton, Option<Time>)| {
        let name = provider.slug.to_string();
        let told = name.clone();
        let state = match since {
            Some(at) => Either::Left(view! {
                <span class="rows__meta">"connected " <TimeView at=at now=now /></span>
                <Disclosure summary="Disconnect…" class="rows__more">
                    <ActionForm action=disconnect attr:class="form form--confirm">
                        <input type="hidden" name="provider" value=name.clone() />
                        <p class="form__note">"You sign in by it no more. Where you are signed in, you stay so."</p>
                        <SubmitButton kind=ButtonKind::Danger small=true pending=disconnect.pending()>
                            "Disconnect"
                            <span class="visually-hidden">{format!(" {name}")}</span>
                        </SubmitButton>
                    </ActionForm>
                </Disclosure>
            }),
            None => Either::Right(view! {
                <a class="button button--small" href=paths::connect(&provider.slug) rel="external">
                    "Connect"
                    <span class="visually-hidden">{format!(" {name}")}</span>
                </a>
            }),
        };
        view! {
            <li class="rows__item">
                <span class="rows__name">{told}</span>
                {state}
            </li>
        }
    };
    (!providers.is_empty()).then(|| {
        view! {
            {refused}
            <Failure errors=errors(move || disconnect.value().get()) />
            <Card title="Providers">
                <p class="form__note">"You can sign in by those that are connected with your account."</p>
                <ul class="rows">{providers.into_iter().map(line).collect_view()}</ul>
            </Card>
        }
    })
}
