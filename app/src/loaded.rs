//! Showing what a resource brings: the page itself, or what went wrong.

use crate::AppError;
use crate::components::button::Button;
use crate::components::empty::EmptyState;
use crate::paths;
use crate::who_can_help::WhoCanHelp;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::Location;

/// Renders a resource's value, or the page of its error. While it is read anew, what was there stays.
#[component]
pub fn Loaded<T, V>(
    resource: Resource<Result<T, AppError>>,
    children: impl Fn(T) -> V + Send + Sync + Clone + 'static,
) -> impl IntoView
where
    T: Send + Sync + Clone + serde::Serialize + serde::de::DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| {
            view! { <div class="skeleton" aria-hidden="true"></div> }
        }>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(value) => Either::Left(children(value)),
                        Err(error) => {
                            let again = move || resource.refetch();
                            Either::Right(view! { <ErrorPage error=error again=Callback::new(move |()| again()) /> })
                        }
                    }
                })
            }}
        </Transition>
    }
}

/// What a page shows instead of itself.
#[expect(clippy::needless_pass_by_value, reason = "components own their props")]
#[component]
pub fn ErrorPage(
    error: AppError,
    /// Reads it once more, where that may help.
    #[prop(optional)]
    again: Option<Callback<()>>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    error.set_status();
    let title = match &error {
        AppError::SignIn => "You are not signed in",
        AppError::NotFound(_) => "Not found",
        AppError::Forbidden(_) => "You may not do this",
        AppError::Confirm(_) | AppError::Confirmed => "Confirm that it is you",
        AppError::Gone(_) => "This link works no more",
        AppError::Later(_) => "Try again in a moment",
        AppError::Network(_) => "No answer",
        AppError::Invalid(_) | AppError::Conflict(_) => "That did not work",
        AppError::Broken { .. } => "Something broke",
    };
    let message = error.message();
    let signed_out = error == AppError::SignIn;
    let forbidden = matches!(error, AppError::Forbidden(_));
    let passing = matches!(error, AppError::Later(_) | AppError::Network(_));
    let (href, words) = match error {
        AppError::SignIn => ("/sign-in", "Sign in"),
        _ => ("/", "Go to the first page"),
    };
    if signed_out {
        lead_to_sign_in();
    }
    view! {
        <leptos_meta::Title text=title />
        <h1 class="visually-hidden">{title}</h1>
        <EmptyState title=title>
            <p>{message}</p>
            {forbidden.then(|| view! { <WhoCanHelp /> })}
            <div class="form__actions">
                {again.filter(|_| passing).map(|again| view! { <Button on_click=again>"Try again"</Button> })}
                <a class="button" href=href>
                    {words}
                </a>
            </div>
        </EmptyState>
    }
}

/// What stands in place of a page whose code could not be loaded.
pub fn not_loaded() -> AnyView {
    view! {
        <main id="main" class="page">
            <leptos_meta::Title text="Not loaded" />
            <h1 class="visually-hidden">"This page could not be loaded"</h1>
            <EmptyState title="This page could not be loaded">
                <p>"The connection is gone, or Towpath was updated since you opened it. Nothing is lost."</p>
                // A plain visit, past the router: it brings the page and the newest scripts.
                <a class="button button--primary" href="" rel="external">
                    "Load it again"
                </a>
            </EmptyState>
        </main>
    }
    .into_any()
}

/// Goes to the sign-in page, which leads back here. The server does so for whole pages; this is for those to which
/// one came by a link while the session had ended.
fn lead_to_sign_in() {
    let Location { pathname, search, .. } = use_location();
    let navigate = use_navigate();
    Effect::new(move |_| {
        let query = search.get_untracked();
        let mark = if query.is_empty() { "" } else { "?" };
        let here = format!("{}{mark}{query}", pathname.get_untracked());
        navigate(&paths::sign_in(&here), NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
}
