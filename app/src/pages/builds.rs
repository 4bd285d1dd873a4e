//! One build: what it is, where it came from, and where it has been.

mod life;
mod origin;
mod sizes;

use crate::components::digest::DigestView;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::builds::view_build;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use life::LifeCard;
use towpath_domain::builds::BuildView;

#[component]
pub fn BuildPage() -> impl IntoView {
    let params = use_params_map();
    let digest = move || params.with(|params| params.get("digest")).unwrap_or_default();
    let build = Resource::new(digest, view_build);
    view! {
        <main id="main" class="page">
            <Loaded resource=build let:view>
                <Build view=view />
            </Loaded>
        </main>
    }
}

#[component]
fn Build(view: BuildView) -> impl IntoView {
    let BuildView { digest, lives, now } = view;
    let name = lives.first().map_or_else(|| digest.short().to_owned(), |life| life.build.tag.to_string());
    let lives = lives.into_iter().map(|life| view! { <LifeCard life=life now=now /> }).collect_view();
    view! {
        <Title text=format!("Build {name}") />
        <Breadcrumbs trail=vec![Crumb::new("Projects", paths::HOME), Crumb::here(format!("Build {name}"))] />
        <PageHeader title=format!("Build {name}")>
            <DigestView value=digest.to_string() />
        </PageHeader>
        <div class="stack">{lives}</div>
    }
}
