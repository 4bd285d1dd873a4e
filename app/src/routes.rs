//! Which page stands at which address.

use crate::AppError;
use crate::loaded::ErrorPage;
use crate::pages;
use crate::shell::{TopBar, provide_shell_context};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

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
                <Route path=path!("/search") view=pages::search::SearchPage ssr=mode.clone() />
                <Route path=path!("/sign-in") view=pages::sign_in::SignInPage ssr=mode.clone() />
                <Route path=path!("/join/:secret") view=pages::join::JoinPage ssr=mode.clone() />
                <Route path=path!("/inbox") view=pages::inbox::InboxPage ssr=mode.clone() />
                <Route path=path!("/timeline") view=pages::timeline::TimelinePage ssr=mode.clone() />
                <Route path=path!("/tokens") view=pages::tokens::TokensPage ssr=mode.clone() />
                <Route path=path!("/people") view=pages::people::PeoplePage ssr=mode.clone() />
                <Route path=path!("/streams") view=pages::streams::StreamsPage ssr=mode.clone() />
                <Route path=path!("/builds/:digest") view=pages::builds::BuildPage ssr=mode.clone() />
                <Route path=path!("/projects") view=pages::projects::ProjectsPage ssr=mode.clone() />
                <Route path=path!("/projects/new") view=pages::projects::NewProjectPage ssr=mode.clone() />
                <Route path=path!("/projects/:project") view=pages::projects::ProjectPage ssr=mode.clone() />
                <Route
                    path=path!("/projects/:project/environments/new")
                    view=pages::environments::NewEnvironmentPage
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/workflows/new")
                    view=pages::workflows::NewWorkflowPage
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/new")
                    view=pages::integrations::NewIntegrationPage
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/:integration")
                    view=pages::board::BoardPage
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/:integration/buckets/:bucket")
                    view=pages::buckets::BucketPage
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/:integration/promote")
                    view=pages::promote::PromotePage
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/integrations/:integration/roll-back")
                    view=pages::roll_back::RollBackPage
                    ssr=mode.clone()
                />
                <Route
                    path=path!("/projects/:project/promotions/:number")
                    view=pages::promotions::PromotionPage
                    ssr=mode.clone()
                />
            </Routes>
        </Router>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <main id="main" class="page">
            <ErrorPage error=AppError::NotFound("There is no page at this address".to_owned()) />
        </main>
    }
}
