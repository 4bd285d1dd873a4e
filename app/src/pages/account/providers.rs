//! The providers by which one can sign in, and connecting another.

use crate::components::banner::Banner;
use crate::components::card::Card;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use towpath_domain::providers::{ProviderButton, Refused};
use towpath_domain::times::Time;

#[component]
pub fn Providers(providers: Vec<(ProviderButton, Option<Time>)>, now: Time) -> impl IntoView {
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
        let state = match since {
            Some(at) => Either::Left(view! {
                <span class="rows__meta">"connected " <TimeView at=at now=now /></span>
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
                <span class="rows__name">{name}</span>
                {state}
            </li>
        }
    };
    (!providers.is_empty()).then(|| {
        view! {
            {refused}
            <Card title="Providers">
                <p class="form__note">"You can sign in by those that are connected with your account."</p>
                <ul class="rows">{providers.into_iter().map(line).collect_view()}</ul>
            </Card>
        }
    })
}
