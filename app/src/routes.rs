//! Which page stands at which address.

use crate::AppError;
use crate::lazy::lazy;
use crate::loaded::ErrorPage;
use crate::pages;
use crate::shell::{TopBar, provide_shell_context};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};

// What everyone does every day, beside the first page, the inbox and signing in, which are never loaded later.
lazy!(board_page = crate::pages::board::BoardPage, in daily);
lazy!(bucket_page = crate::pages::buckets::BucketPage, in daily);
lazy!(promote_page = crate::pages::promote::PromotePage, in daily);
lazy!(roll_back_page = crate::pages::roll_back::RollBackPage, in daily);
lazy!(promotion_page = crate::pages::promotions::PromotionPage, in daily);
lazy!(timeline_page = crate::pages::timeline::TimelinePage, in reading);
lazy!(search_page = crate::pages::search::SearchPage, in reading);
lazy!(docs_page = crate::pages::docs::DocsPage, in reading);
lazy!(build_page = crate::pages::builds::BuildPage, in reading);
lazy!(account_page = crate::pages::account::AccountPage, in setting_up);
#[cfg(debug_assertions)]
lazy!(gallery_page = crate::pages::gallery::GalleryPage, in setting_up);
lazy!(members_page = crate::pages::members::MembersPage, in setting_up);
lazy!(tokens_page = crate::pages::tokens::TokensPage, in setting_up);
lazy!(people_page = crate::pages::people::PeoplePage, in setting_up);
lazy!(streams_page = crate::pages::streams::StreamsPage, in setting_up);
lazy!(projects_page = crate::pages::projects::ProjectsPage, in setting_up);
lazy!(archive_page = crate::pages::projects::ArchivePage, in setting_up);
lazy!(new_project_page = crate::pages::projects::NewProjectPage, in setting_up);
lazy!(project_page = crate::pages::projects::ProjectPage, in setting_up);
lazy!(new_environment_page = crate::pages::environments::NewEnvironmentPage, in setting_up);
lazy!(new_workflow_page = crate::pages::workflows::NewWorkflowPage, in setting_up);
lazy!(new_integration_page = crate::pages::integrations::NewIntegrationPage, in setting_up);

/// The whole app. Every page is rendered completely on the server before it is sent, so that it can be
/// read without script and has the right status.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_shell_context();
    let mode = SsrMode::Async;
    view! {
        <Title formatter=|text: String| {
            if text.is_empty() { "Towpath".to_owned() } else { format!("{text} · Towpath") }
        } />
        <Router>
            <TopBar />
            <Routes fallback=NotFound>
                <Route path=path!("/") view=pages::home::HomePage ssr=mode.clone() />
                <Route path=path!("/search") view={Lazy::<search_page::Page>::new()} ssr=mode.clone() />
                <Route path=path!("/sign-in") view=pages::sign_in::SignInPage ssr=mode.clone() />
                <Route path=path!("/join/:secret") view=pages::join::JoinPage ssr=mode.clone() />
                <Route path=path!("/account") view={Lazy::<account_page::Page>::new()} ssr=mode.clone() />
                <Route path=path!("/inbox") view=pages::inbox::InboxPage ssr=mode.clone() />
                <Route path=path!("/timeline") view={Lazy::<timeline_page::Page>::new()} ssr=mode.clone() />
                <Route path=path!("/tokens") view={Lazy::<tokens_page::Page>::new()} ssr=mode.clone() />
                <Route path=path!("/people") view={Lazy::<people_page::Page>::new()} ssr=mode.clone() />
                <StreamsRoutes />
                <Route path=path!("/docs") view={Lazy::<docs_page::Page>::new()} ssr=mode.clone() />
                <Route path=path!("/docs/:page") view={Lazy::<docs_page::Page>::new()} ssr=mode.clone() />
                <Route path=path!("/builds/:digest") view={Lazy::<build_page::Page>::new()} ssr=mode.clone() />
                <Route path=path!("/projects") view={Lazy::<projects_page::Page>::new()} ssr=mode.clone() />
                <Route path=path!("/projects/new") view={Lazy::<new_project_page::Page>::new()} ssr=mode.clone() />
                <Route path=path!("/projects/:project") view={Lazy::<project_page::Page>::new()} ssr=mode.clone() />
                <Route
                    path=path!("/projects/:project/members")
                    view={Lazy::<members_page::Page>::new()}
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/archive")
                    view={Lazy::<archive_page::Page>::new()}
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/environments/new")
                    view={Lazy::<new_environment_page::Page>::new()}
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/workflows/new")
                    view={Lazy::<new_workflow_page::Page>::new()}
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/new")
                    view={Lazy::<new_integration_page::Page>::new()}
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/:integration")
                    view={Lazy::<board_page::Page>::new()}
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/:integration/buckets/:bucket")
                    view={Lazy::<bucket_page::Page>::new()}
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/:integration/promote")
                    view={Lazy::<promote_page::Page>::new()}
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/:integration/roll-back")
                    view={Lazy::<roll_back_page::Page>::new()}
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/promotions/:number")
                    view={Lazy::<promotion_page::Page>::new()}
                    ssr=mode.clone()
                />
            </Routes>
        </Router>
    }
}

/// The streams; development builds have the gallery beside them, and release builds no such route at all.
#[cfg(debug_assertions)]
#[component(transparent)]
fn StreamsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    use leptos_router::any_nested_route::IntoAnyNestedRoute;
    view! {
        <Route path=path!("/streams") view={Lazy::<streams_page::Page>::new()} ssr=SsrMode::Async />
        <Route path=path!("/gallery") view={Lazy::<gallery_page::Page>::new()} ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}

#[cfg(not(debug_assertions))]
#[component(transparent)]
fn StreamsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    use leptos_router::any_nested_route::IntoAnyNestedRoute;
    view! { <Route path=path!("/streams") view={Lazy::<streams_page::Page>::new()} ssr=SsrMode::Async /> }
        .into_inner()
        .into_any_nested_route()
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <main id="main" class="page">
            <ErrorPage error=AppError::NotFound("There is no page at this address".to_owned()) />
        </main>
    }
}
