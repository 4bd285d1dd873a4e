//! Which page stands at which address.

use crate::AppError;
use crate::arriving::{NAME, Opening};
use crate::lazy::lazy;
use crate::loaded::ErrorPage;
use crate::pages;
use crate::shell::{TopBar, provide_shell_context};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::any_nested_route::IntoAnyNestedRoute;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{PossibleRouteMatch, SsrMode, path};
use std::sync::Arc;

// Signing in, where everyone starts, is never loaded later.
lazy!(join_page = crate::pages::join::JoinPage, in entering);
lazy!(sign_out_page = crate::pages::sign_out::SignOutPage, in entering);
lazy!(confirm_page = crate::pages::confirmations::ConfirmPage, in entering);
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
lazy!(timeline_page = crate::pages::timeline::TimelinePage, in reading);
lazy!(search_page = crate::pages::search::SearchPage, in reading);
lazy!(docs_page = crate::pages::docs::DocsPage, in reading);
lazy!(insights_page = crate::pages::insights::InsightsPage, in reading);
lazy!(production_changes_page = crate::pages::changes::ProductionChangesPage, in reading);
lazy!(moment_page = crate::pages::moments::MomentPage, in reading);
lazy!(difference_page = crate::pages::differences::DifferencePage, in reading);
lazy!(build_page = crate::pages::builds::BuildPage, in reading);
lazy!(refused_attempts_page = crate::pages::attempts::RefusedAttemptsPage, in reading);
lazy!(rights_page = crate::pages::rights::RightsPage, in reading);
lazy!(person_rights_page = crate::pages::rights::PersonRightsPage, in reading);
lazy!(groups_page = crate::pages::groups::GroupsPage, in setting_up);
lazy!(group_page = crate::pages::groups::GroupPage, in setting_up);
lazy!(roles_page = crate::pages::roles::RolesPage, in setting_up);
lazy!(new_role_page = crate::pages::roles::NewRolePage, in setting_up);
lazy!(role_page = crate::pages::roles::RolePage, in setting_up);
lazy!(account_page = crate::pages::account::AccountPage, in setting_up);
lazy!(members_page = crate::pages::members::MembersPage, in setting_up);
lazy!(service_accounts_page = crate::pages::service_accounts::ServiceAccountsPage, in setting_up);
lazy!(service_account_page = crate::pages::service_accounts::ServiceAccountPage, in setting_up);
lazy!(saved_views_page = crate::pages::saved_views::SavedViewsPage, in setting_up);
lazy!(tokens_page = crate::pages::tokens::TokensPage, in setting_up);
lazy!(providers_page = crate::pages::providers::ProvidersPage, in setting_up);
lazy!(people_page = crate::pages::people::PeoplePage, in setting_up);
lazy!(streams_page = crate::pages::streams::StreamsPage, in setting_up);
lazy!(projects_page = crate::pages::projects::ProjectsPage, in setting_up);
lazy!(archive_page = crate::pages::projects::ArchivePage, in setting_up);
lazy!(new_project_page = crate::pages::projects::NewProjectPage, in setting_up);
lazy!(project_page = crate::pages::projects::ProjectPage, in setting_up);
lazy!(publishers_page = crate::pages::publishers::PublishersPage, in setting_up);
lazy!(new_publisher_page = crate::pages::publishers::NewPublisherPage, in setting_up);
lazy!(read_tokens_page = crate::pages::read_tokens::ReadTokensPage, in setting_up);
lazy!(trust_roots_page = crate::pages::trust_roots::TrustRootsPage, in setting_up);
lazy!(new_trust_root_page = crate::pages::trust_roots::NewTrustRootPage, in setting_up);
lazy!(hooks_page = crate::pages::hooks::HooksPage, in setting_up);
lazy!(pipelines_page = crate::pages::pipelines::PipelinesPage, in setting_up);
lazy!(hook_page = crate::pages::hooks::HookPage, in setting_up);
lazy!(subscriptions_page = crate::pages::subscriptions::SubscriptionsPage, in setting_up);
lazy!(subscription_page = crate::pages::subscriptions::SubscriptionPage, in setting_up);
lazy!(registries_page = crate::pages::registries::RegistriesPage, in setting_up);
lazy!(registry_page = crate::pages::registries::RegistryPage, in setting_up);
lazy!(outside_steps_page = crate::pages::outside_steps::OutsideStepsPage, in setting_up);
lazy!(storage_page = crate::pages::storage::StoragePage, in setting_up);
lazy!(retention_page = crate::pages::retention::RetentionPage, in setting_up);
lazy!(holds_page = crate::pages::holds::HoldsPage, in setting_up);
lazy!(proposals_page = crate::pages::proposals::ProposalsPage, in setting_up);
lazy!(proposal_page = crate::pages::proposals::ProposalPage, in setting_up);
lazy!(new_hold_page = crate::pages::holds::NewHoldPage, in setting_up);
lazy!(hold_page = crate::pages::holds::HoldPage, in setting_up);
#[cfg(debug_assertions)]
lazy!(gallery_page = crate::pages::gallery::GalleryPage, in setting_up);
lazy!(delete_page = crate::pages::deletions::DeletePage, in setting_up);
lazy!(deleted_page = crate::pages::deletions::DeletedPage, in setting_up);
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
lazy!(carry_over_page = crate::pages::carry_overs::CarryOverPage, in setting_up);
lazy!(new_integration_page = crate::pages::integrations::NewIntegrationPage, in setting_up);

/// The whole app. Every page is rendered completely on the server before it is sent, so that it can be
/// read without script and has the right status.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_shell_context();
    let opening = Opening::of_document();
    provide_context(opening);
    view! {
        // While a page has not said its name yet, the window is called as it was, and never nothing.
        <Title
            text=move || opening.0.get()
            formatter=|text: String| {
                if text.is_empty() { NAME.to_owned() } else { format!("{text} · {NAME}") }
            }
        />
        <Router>
            <TopBar />
            <Routes fallback=NotFound>
                <EverydayRoutes />
                <InstallationRoutes />
                <StreamRoutes />
                <RightsRoutes />
                <ProjectRoutes />
                <ReleaseSetRoutes />
                <PublisherRoutes />
                <IntegrationRoutes />
                <SubscriptionRoutes />
                <RegistryRoutes />
                <DeletionRoutes />
            </Routes>
        </Router>
    }
}

/// `routes! { Name "/address" => page, … }` makes a part of the routes, in their order: an address that is a word stands before
/// one that takes any.
macro_rules! routes {
    ($(#[$about:meta])* $name:ident $($address:tt => $($page:ident)::+,)+) => {
        $(#[$about])*
        #[component(transparent)]
        fn $name() -> impl MatchNestedRoutes + Clone {
            view! { $(<Route path=at(path!($address)) view=$($page)::+ ssr=SsrMode::Async />)+ }
                .into_inner()
                .into_any_nested_route()
        }
    };
}

routes! {
    /// What everybody comes to: one's own things, and what goes across projects.
    EverydayRoutes
    "/" => home_page::PAGE,
    "/search" => search_page::PAGE,
    "/sign-in" => pages::sign_in::SignInPage,
    "/sign-out" => sign_out_page::PAGE,
    "/join/:secret" => join_page::PAGE,
    "/confirm" => confirm_page::PAGE,
    "/account" => account_page::PAGE,
    "/inbox" => inbox_page::PAGE,
    "/timeline" => timeline_page::PAGE,
    "/tokens" => tokens_page::PAGE,
    "/saved-views" => saved_views_page::PAGE,
    "/docs" => docs_page::PAGE,
    "/docs/:page" => docs_page::PAGE,
    "/builds/:digest" => build_page::PAGE,
}

routes! {
    /// What the installation has: projects, people, holds.
    InstallationRoutes
    "/holds" => holds_page::PAGE,
    "/holds/new" => new_hold_page::PAGE,
    "/holds/:number" => hold_page::PAGE,
    "/proposals" => proposals_page::PAGE,
    "/proposals/:number" => proposal_page::PAGE,
    "/people" => people_page::PAGE,
    "/people/sign-in" => providers_page::PAGE,
    "/projects" => projects_page::PAGE,
    "/projects/new" => new_project_page::PAGE,
}

routes! {
    /// Who may do what, what one person may do, and the machines that have roles.
    RightsRoutes
    "/service-accounts" => service_accounts_page::PAGE,
    "/service-accounts/:account" => service_account_page::PAGE,
    "/projects/:project/service-accounts" => service_accounts_page::PAGE,
    "/projects/:project/environments/:environment/read-tokens" => read_tokens_page::PAGE,
    "/refused-attempts" => refused_attempts_page::PAGE,
    "/groups" => groups_page::PAGE,
    "/groups/:group" => group_page::PAGE,
    "/roles" => roles_page::PAGE,
    "/roles/new" => new_role_page::PAGE,
    "/roles/:role" => role_page::PAGE,
    "/rights" => rights_page::PAGE,
    "/people/:person/rights" => person_rights_page::PAGE,
}

routes! {
    /// What a project has.
    ProjectRoutes
    "/projects/:project" => project_page::PAGE,
    "/projects/:project/members" => members_page::PAGE,
    "/projects/:project/storage" => storage_page::PAGE,
    "/projects/:project/insights" => insights_page::PAGE,
    "/projects/:project/production-changes" => production_changes_page::PAGE,
    "/projects/:project/archive" => archive_page::PAGE,
    "/projects/:project/environments/new" => new_environment_page::PAGE,
    "/projects/:project/environments/:environment" => environment_page::PAGE,
    "/projects/:project/environments/:environment/stream" => move_environment_page::PAGE,
    "/projects/:project/environments/:environment/pins/new" => new_pin_page::PAGE,
    "/projects/:project/workflows/new" => new_workflow_page::PAGE,
    "/projects/:project/workflows/:workflow" => workflow_page::PAGE,
    "/projects/:project/rules/new" => new_rule_page::PAGE,
    "/projects/:project/rules/:rule" => rule_page::PAGE,
}

routes! {
    /// The release sets of a project.
    ReleaseSetRoutes
    "/projects/:project/release-sets" => release_sets_page::PAGE,
    "/projects/:project/release-sets/new" => new_release_set_page::PAGE,
    "/projects/:project/release-sets/:number" => release_set_page::PAGE,
    "/projects/:project/release-sets/:number/carry" => carry_page::PAGE,
}

routes! {
    /// The CI jobs that a project trusts, and whose signatures.
    PublisherRoutes
    "/projects/:project/publishers" => publishers_page::PAGE,
    "/projects/:project/publishers/new" => new_publisher_page::PAGE,
    "/projects/:project/trust-roots" => trust_roots_page::PAGE,
    "/projects/:project/trust-roots/new" => new_trust_root_page::PAGE,
}

routes! {
    /// The board of an integration, and what goes on there.
    IntegrationRoutes
    "/projects/:project/integrations/:integration/moment" => moment_page::PAGE,
    "/projects/:project/integrations/:integration/difference" => difference_page::PAGE,
    "/projects/:project/integrations/:integration/unclassified" => unclassified_page::PAGE,
    "/projects/:project/integrations/:integration/retention" => retention_page::PAGE,
    "/projects/:project/integrations/:integration/carry-over" => carry_over_page::PAGE,
    "/projects/:project/integrations/:integration/reclassify" => reclassify_page::PAGE,
    "/projects/:project/integrations/new" => new_integration_page::PAGE,
    "/projects/:project/integrations/:integration" => board_page::PAGE,
    "/projects/:project/integrations/:integration/buckets/:bucket" => bucket_page::PAGE,
    "/projects/:project/integrations/:integration/promote" => promote_page::PAGE,
    "/projects/:project/integrations/:integration/roll-back" => roll_back_page::PAGE,
    "/projects/:project/promotions/:number" => promotion_page::PAGE,
}

routes! {
    /// Where events are sent, of a project and of the installation, and where builds are announced.
    SubscriptionRoutes
    "/subscriptions" => subscriptions_page::PAGE,
    "/subscriptions/:subscription" => subscription_page::PAGE,
    "/projects/:project/integrations/:integration/ci" => pipelines_page::PAGE,
    "/projects/:project/integrations/:integration/hooks" => hooks_page::PAGE,
    "/projects/:project/integrations/:integration/hooks/:hook" => hook_page::PAGE,
    "/projects/:project/subscriptions" => subscriptions_page::PAGE,
}

routes! {
    /// Registries elsewhere, of a project and of the installation, and what promotions do there.
    RegistryRoutes
    "/registries" => registries_page::PAGE,
    "/registries/:registry" => registry_page::PAGE,
    "/projects/:project/registries" => registries_page::PAGE,
    "/projects/:project/integrations/:integration/outside-steps" => outside_steps_page::PAGE,
}

routes! {
    /// The pages that ask before they delete something, and what can be restored.
    DeletionRoutes
    "/projects/:project/deleted" => deleted_page::PAGE,
    "/projects/:project/integrations/:integration/delete" => delete_page::PAGE,
    "/projects/:project/environments/:environment/delete" => delete_page::PAGE,
    "/projects/:project/workflows/:workflow/delete" => delete_page::PAGE,
    "/projects/:project/rules/:rule/delete" => delete_page::PAGE,
    "/streams/:stream/delete" => delete_page::PAGE,
}

// Development builds have the gallery of components, and release builds no such address at all.
#[cfg(debug_assertions)]
routes! {
    /// The streams, and the gallery.
    StreamRoutes
    "/streams" => streams_page::PAGE,
    "/gallery" => gallery_page::PAGE,
}

#[cfg(not(debug_assertions))]
routes! {
    /// The streams.
    StreamRoutes
    "/streams" => streams_page::PAGE,
}

/// A pattern of addresses, whatever its segments, so that all routes are of one type.
fn at(path: impl PossibleRouteMatch + Send + Sync + 'static) -> Arc<dyn PossibleRouteMatch + Send + Sync> {
    Arc::new(path)
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <main id="main" class="page">
            <ErrorPage error=AppError::NotFound("There is no page at this address".to_owned()) />
        </main>
    }
}
