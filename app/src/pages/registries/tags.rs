//! What tags a repository elsewhere has, as its registry says now.

use crate::AppError;
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::field::TextField;
use crate::components::tone::Tone;
use crate::fns::registries::view_registry_tags;
use crate::paths;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use towpath_domain::ids::RegistryId;
use towpath_domain::registries::Tags;

#[component]
pub(super) fn TagsCard(id: RegistryId) -> impl IntoView {
    let query = use_query_map();
    let param = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let asked = move || (param("repository"), param("after"));
    let found = Resource::new(asked, move |(repository, after)| async move {
        if repository.trim().is_empty() {
            return None;
        }
        Some(view_registry_tags(id, repository, after).await)
    });
    let named = query.with_untracked(|query| query.get("repository")).unwrap_or_default();
    let list = move || {
        found.get().flatten().map(|found| match found {
            Ok(tags) => view! { <Found id=id tags=tags /> }.into_any(),
            Err(error) => view! { <NotFound error=error /> }.into_any(),
        })
    };
    view! {
        <Card title="Tags of a repository">
            <form method="get" class="form">
                <TextField
                    name="repository"
                    label="Repository"
                    hint="As the registry calls it: acme/checkout."
                    value=named
                    mono=true
                />
                <div class="form__actions">
                    <SubmitButton>"List its tags"</SubmitButton>
                </div>
            </form>
            <Suspense>{list}</Suspense>
        </Card>
    }
}

#[component]
fn Found(id: RegistryId, tags: Tags) -> impl IntoView {
    let Tags { repository, tags, after } = tags;
    if tags.is_empty() {
        return view! { <p class="muted">{format!("{repository} has no tags.")}</p> }.into_any();
    }
    let next = after.map(|after| {
        view! {
            <a class="button button--small" href=paths::registry_tags(id, repository.as_str(), &after)>
                "More tags"
            </a>
        }
    });
    let line = |tag: String| {
        view! {
            <li class="rows__item">
                <code>{tag}</code>
            </li>
        }
    };
    view! {
        <ul class="rows" aria-label=format!("Tags of {repository}")>
            {tags.into_iter().map(line).collect_view()}
        </ul>
        {next}
    }
    .into_any()
}

#[component]
fn NotFound(error: AppError) -> impl IntoView {
    view! {
        <Banner tone=Tone::Danger title="The tags could not be listed">
            <p class="banner__text">{error.message()}</p>
        </Banner>
    }
}
