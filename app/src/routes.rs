//! Which page stands at which address.

use crate::AppError;
use crate::lazy::lazy;
use crate::loaded::ErrorPage;
use crate::pages;
use crate::shell::{TopBar, provide_shell_context};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{PossibleRouteMatch, SsrMode, path};
use std::sync::Arc;

// Signing in, where everyone starts, is never loaded later.
lazy!(join_page = crate::pages::join::JoinPage, in entering);
lazy!(sign_out_page = crate::pages::sign_out::SignOutPage, in entering);
lazy!(home_page = crate::pages::home::HomePage, in overview);
lazy!(inbox_page = crate::pages::inbox::InboxPage, in overview);
lazy!(board_page = crate::pages::board::BoardPage, in daily);
lazy!(bucket_page = crate::pages::buckets::BucketPage, in daily);
lazy!(promote_page = crate::pages::promote::PromotePage, in daily);
lazy!(roll_back_page = crate::pages::roll_back::RollBackPage, in daily);
lazy!(promotion_page = crate::pages::promotions::PromotionPage, in daily);
lazy!(release_sets_page = crate::pages::release_sets::ReleaseSetsPage, in releasing);
lazy!(new_release_set_page = crate::pages::release_sets::NewReleaseSetPage, in releasing);
lazy!(release_set_page = crate::pages::release_sets::ReleaseSetPage, in releasing);
lazy!(carry_page = crate::pages::release_sets::CarryPage, in releasing);
lazy!(holds_page = crate::pages::holds::HoldsPage, in setting_up);
lazy!(new_hold_page = crate::pages::holds::NewHoldPage, in setting_up);
lazy!(hold_page = crate::pages::holds::HoldPage, in setting_up);
lazy!(timeline_page = crate::pages::timeline::TimelinePage, in reading);
lazy!(search_page = crate::pages::search::SearchPage, in reading);
lazy!(docs_page = crate::pages::docs::DocsPage, in reading);
lazy!(insights_page = crate::pages::insights::InsightsPage, in reading);
lazy!(production_changes_page = crate::pages::changes::ProductionChangesPage, in reading);
lazy!(moment_page = crate::pages::moments::MomentPage, in reading);
lazy!(difference_page = crate::pages::differences::DifferencePage, in reading);
lazy!(build_page = crate::pages::builds::BuildPage, in reading);
lazy!(account_page = crate::pages::account::AccountPage, in setting_up);
#[cfg(debug_assertions)]
lazy!(gallery_page = crate::pages::gallery::GalleryPage, in setting_up);
lazy!(members_page = crate::pages::members::MembersPage, in setting_up);
lazy!(publishers_page = crate::pages::publishers::PublishersPage, in setting_up);
lazy!(new_publisher_page = crate::pages::publishers::NewPublisherPage, in setting_up);
lazy!(service_accounts_page = crate::pages::service_accounts::ServiceAccountsPage, in setting_up);
lazy!(service_account_page = crate::pages::service_accounts::ServiceAccountPage, in setting_up);
lazy!(read_tokens_page = crate::pages::read_tokens::ReadTokensPage, in setting_up);
lazy!(rights_page = crate::pages::rights::RightsPage, in reading);
lazy!(person_rights_page = crate::pages::rights::PersonRightsPage, in reading);
lazy!(trust_roots_page = crate::pages::trust_roots::TrustRootsPage, in setting_up);
lazy!(new_trust_root_page = crate::pages::trust_roots::NewTrustRootPage, in setting_up);
lazy!(saved_views_page = crate::pages::saved_views::SavedViewsPage, in setting_up);
lazy!(tokens_page = crate::pages::tokens::TokensPage, in setting_up);
lazy!(hooks_page = crate::pages::hooks::HooksPage, in setting_up);
lazy!(pipelines_page = crate::pages::pipelines::PipelinesPage, in setting_up);
lazy!(hook_page = crate::pages::hooks::HookPage, in setting_up);
lazy!(subscriptions_page = crate::pages::subscriptions::SubscriptionsPage, in setting_up);
lazy!(subscription_page = crate::pages::subscriptions::SubscriptionPage, in setting_up);
lazy!(providers_page = crate::pages::providers::ProvidersPage, in setting_up);
lazy!(people_page = crate::pages::people::PeoplePage, in setting_up);
lazy!(streams_page = crate::pages::streams::StreamsPage, in setting_up);
lazy!(projects_page = crate::pages::projects::ProjectsPage, in setting_up);
lazy!(storage_page = crate::pages::storage::StoragePage, in setting_up);
lazy!(retention_page = crate::pages::retention::RetentionPage, in setting_up);
lazy!(archive_page = crate::pages::projects::ArchivePage, in setting_up);
lazy!(delete_page = crate::pages::deletions::DeletePage, in setting_up);
lazy!(deleted_page = crate::pages::deletions::DeletedPage, in setting_up);
lazy!(new_project_page = crate::pages::projects::NewProjectPage, in setting_up);
lazy!(project_page = crate::pages::projects::ProjectPage, in setting_up);
lazy!(environment_page = crate::pages::environments::EnvironmentPage, in setting_up);
lazy!(move_environment_page = crate::pages::environments::MoveEnvironmentPage, in setting_up);
lazy!(new_pin_page = crate::pages::pins::NewPinPage, in setting_up);
lazy!(new_environment_page = crate::pages::environments::NewEnvironmentPage, in setting_up);
lazy!(new_workflow_page = crate::pages::workflows::NewWorkflowPage, in setting_up);
lazy!(workflow_page = crate::pages::workflows::WorkflowPage, in setting_up);
lazy!(new_rule_page = crate::pages::rules::NewRulePage, in setting_up);
lazy!(rule_page = crate::pages::rules::RulePage, in setting_up);
lazy!(unclassified_page = crate::pages::rules::UnclassifiedPage, in setting_up);
lazy!(reclassify_page = crate::pages::rules::ReclassifyPage, in setting_up);
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
                <Route path=at(path!("/")) view=home_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/search")) view=search_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/sign-in")) view=pages::sign_in::SignInPage ssr=mode.clone() />
                <Route path=at(path!("/sign-out")) view=sign_out_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/join/:secret")) view=join_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/account")) view=account_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/inbox")) view=inbox_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/timeline")) view=timeline_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/holds")) view=holds_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/holds/new")) view=new_hold_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/holds/:number")) view=hold_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/tokens")) view=tokens_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/saved-views")) view=saved_views_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/people")) view=people_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/people/sign-in")) view=providers_page::PAGE ssr=mode.clone() />
                <RightsRoutes />
                <StreamsRoutes />
                <Route path=at(path!("/docs")) view=docs_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/docs/:page")) view=docs_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/builds/:digest")) view=build_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/projects")) view=projects_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/projects/new")) view=new_project_page::PAGE ssr=mode.clone() />
                <Route path=at(path!("/projects/:project")) view=project_page::PAGE ssr=mode.clone() />
                <Route
                    path=at(path!("/projects/:project/members"))
                    view=members_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/storage"))
                    view=storage_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/insights"))
                    view=insights_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/production-changes"))
                    view=production_changes_page::PAGE
                    ssr=mode.clone()
                />
                <ReleaseSetsRoutes />
                <SubscriptionRoutes />
                <PublishersRoutes />
                <DeletionRoutes />
                <Route
                    path=at(path!("/projects/:project/archive"))
                    view=archive_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/environments/new"))
                    view=new_environment_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/environments/:environment"))
                    view=environment_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/environments/:environment/stream"))
                    view=move_environment_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/environments/:environment/pins/new"))
                    view=new_pin_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/workflows/new"))
                    view=new_workflow_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/workflows/:workflow"))
                    view=workflow_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/rules/new"))
                    view=new_rule_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/rules/:rule"))
                    view=rule_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/:integration/moment"))
                    view=moment_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/:integration/difference"))
                    view=difference_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/:integration/unclassified"))
                    view=unclassified_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/:integration/retention"))
                    view=retention_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/:integration/reclassify"))
                    view=reclassify_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/new"))
                    view=new_integration_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/:integration"))
                    view=board_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/:integration/buckets/:bucket"))
                    view=bucket_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/:integration/promote"))
                    view=promote_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/integrations/:integration/roll-back"))
                    view=roll_back_page::PAGE
                    ssr=mode.clone()
                />
                <Route
                    path=at(path!("/projects/:project/promotions/:number"))
                    view=promotion_page::PAGE
                    ssr=mode.clone()
                />
            </Routes>
        </Router>
    }
}

/// A pattern of addresses, whatever its segments, so that all routes are of one type.
fn at(path: impl PossibleRouteMatch + Send + Sync + 'static) -> Arc<dyn PossibleRouteMatch + Send + Sync> {
    Arc::new(path)
}

/// The release sets of a project.
#[component(transparent)]
fn ReleaseSetsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    use leptos_router::any_nested_route::IntoAnyNestedRoute;
    let mode = SsrMode::Async;
    view! {
        <Route
            path=at(path!("/projects/:project/release-sets"))
            view=release_sets_page::PAGE
            ssr=mode.clone()
        />
        <Route
            path=at(path!("/projects/:project/release-sets/new"))
            view=new_release_set_page::PAGE
            ssr=mode.clone()
        />
        <Route
            path=at(path!("/projects/:project/release-sets/:number"))
            view=release_set_page::PAGE
            ssr=mode.clone()
        />
        <Route path=at(path!("/projects/:project/release-sets/:number/carry")) view=carry_page::PAGE ssr=mode />
    }
    .into_inner()
    .into_any_nested_route()
}

/// Where events are sent, of a project and of the installation, and where builds are announced.
#[component(transparent)]
fn SubscriptionRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    use leptos_router::any_nested_route::IntoAnyNestedRoute;
    let mode = SsrMode::Async;
    view! {
        <Route path=at(path!("/subscriptions")) view=subscriptions_page::PAGE ssr=mode.clone() />
        <Route path=at(path!("/subscriptions/:subscription")) view=subscription_page::PAGE ssr=mode.clone() />
        <Route
            path=at(path!("/projects/:project/integrations/:integration/ci"))
            view=pipelines_page::PAGE
            ssr=mode.clone()
        />
        <Route
            path=at(path!("/projects/:project/integrations/:integration/hooks"))
            view=hooks_page::PAGE
            ssr=mode.clone()
        />
        <Route
            path=at(path!("/projects/:project/integrations/:integration/hooks/:hook"))
            view=hook_page::PAGE
            ssr=mode.clone()
        />
        <Route path=at(path!("/projects/:project/subscriptions")) view=subscriptions_page::PAGE ssr=mode />
    }
    .into_inner()
    .into_any_nested_route()
}

/// Who may do what, what one person may do, and the machines that have roles.
#[component(transparent)]
fn RightsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    use leptos_router::any_nested_route::IntoAnyNestedRoute;
    let mode = SsrMode::Async;
    view! {
        <Route path=at(path!("/service-accounts")) view=service_accounts_page::PAGE ssr=mode.clone() />
        <Route
            path=at(path!("/service-accounts/:account"))
            view=service_account_page::PAGE
            ssr=mode.clone()
        />
        <Route
            path=at(path!("/projects/:project/service-accounts"))
            view=service_accounts_page::PAGE
            ssr=mode.clone()
        />
        <Route
            path=at(path!("/projects/:project/environments/:environment/read-tokens"))
            view=read_tokens_page::PAGE
            ssr=mode.clone()
        />
        <Route path=at(path!("/rights")) view=rights_page::PAGE ssr=mode.clone() />
        <Route path=at(path!("/people/:person/rights")) view=person_rights_page::PAGE ssr=mode />
    }
    .into_inner()
    .into_any_nested_route()
}

/// The CI jobs that a project trusts, and whose signatures.
#[component(transparent)]
fn PublishersRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    use leptos_router::any_nested_route::IntoAnyNestedRoute;
    let mode = SsrMode::Async;
    view! {
        <Route path=at(path!("/projects/:project/publishers")) view=publishers_page::PAGE ssr=mode.clone() />
        <Route path=at(path!("/projects/:project/publishers/new")) view=new_publisher_page::PAGE ssr=mode.clone() />
        <Route path=at(path!("/projects/:project/trust-roots")) view=trust_roots_page::PAGE ssr=mode.clone() />
        <Route path=at(path!("/projects/:project/trust-roots/new")) view=new_trust_root_page::PAGE ssr=mode />
    }
    .into_inner()
    .into_any_nested_route()
}

/// The pages that ask before they delete something, and what can be restored.
#[component(transparent)]
fn DeletionRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    use leptos_router::any_nested_route::IntoAnyNestedRoute;
    let mode = SsrMode::Async;
    view! {
        <Route path=at(path!("/projects/:project/deleted")) view=deleted_page::PAGE ssr=mode.clone() />
        <Route
            path=at(path!("/projects/:project/integrations/:integration/delete"))
            view=delete_page::PAGE
            ssr=mode.clone()
        />
        <Route
            path=at(path!("/projects/:project/environments/:environment/delete"))
            view=delete_page::PAGE
            ssr=mode.clone()
        />
        <Route
            path=at(path!("/projects/:project/workflows/:workflow/delete"))
            view=delete_page::PAGE
            ssr=mode.clone()
        />
        <Route path=at(path!("/projects/:project/rules/:rule/delete")) view=delete_page::PAGE ssr=mode.clone() />
        <Route path=at(path!("/streams/:stream/delete")) view=delete_page::PAGE ssr=mode />
    }
    .into_inner()
    .into_any_nested_route()
}

/// The streams; development builds have the gallery beside them, and release builds no such route at all.
#[cfg(debug_assertions)]
#[component(transparent)]
fn StreamsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    use leptos_router::any_nested_route::IntoAnyNestedRoute;
    view! {
        <Route path=at(path!("/streams")) view=streams_page::PAGE ssr=SsrMode::Async />
        <Route path=at(path!("/gallery")) view=gallery_page::PAGE ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}

#[cfg(not(debug_assertions))]
#[component(transparent)]
fn StreamsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    use leptos_router::any_nested_route::IntoAnyNestedRoute;
    view! { <Route path=at(path!("/streams")) view=streams_page::PAGE ssr=SsrMode::Async /> }
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
