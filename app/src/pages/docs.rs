//! The user's guide, as it was when this server was built.

use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::docs::{Chapter, Page, view_docs};
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn DocsPage() -> impl IntoView {
    let params = use_params_map();
    let name = move || params.with(|params| params.get("page")).unwrap_or_default();
    let page = Resource::new(name, view_docs);
    view! {
        <main id="main" class="page">
            <Loaded resource=page let:page>
                <Guide page=page />
            </Loaded>
        </main>
    }
}

#[component]
fn Guide(page: Page) -> impl IntoView {
    let Page { name, title, html, others } = page;
    let link = move |chapter: Chapter| {
        let here = (chapter.name == name).then_some("page");
        view! {
            <li>
                <a class="chapters__link" href=paths::docs(&chapter.name) aria-current=here>
                    {chapter.title}
                </a>
            </li>
        }
    };
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=vec![Crumb::new("Docs", paths::DOCS), Crumb::here(title.clone())] />
        <PageHeader title=title />
        <div class="columns">
            <nav class="chapters" aria-label="The guide">
                <ul class="chapters__list">{others.into_iter().map(link).collect_view()}</ul>
            </nav>
            <article class="prose" inner_html=html></article>
        </div>
    }
}
