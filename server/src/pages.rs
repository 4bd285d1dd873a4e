//! The pages of the app, rendered here first.

use axum::Router;
use axum::extract::Request;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::LOCATION;
use leptos::config::LeptosOptions;
use leptos::server_fn::redirect::REDIRECT_HEADER;
use leptos_axum::{AxumRouteListing, LeptosRoutes};
use std::sync::LazyLock;
use towpath_app::{App, shell};

/// The addresses of all pages. Found out once and before anything is rendered: while it goes on, no resource of
/// the whole process loads, and a page that is rendered meanwhile would never end.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| leptos_axum::generate_route_list(App));

/// The address of every page, with its parameters in braces. To be asked on a runtime, as the list is rendered.
pub fn addresses() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().map(AxumRouteListing::path)
}

/// Every page at its address; any other address shows that there is none.
pub fn router() -> Router {
    let options = LeptosOptions::builder().output_name("towpath").build();
    let routes = ROUTES.clone();
    let document = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let missing = leptos_axum::render_app_async_with_context(|| {}, document.clone());
    let page = leptos_axum::render_route_with_context(routes.clone(), || {}, document);
    Router::new()
        .leptos_routes_with_handler(routes, page)
        .layer(map_response(led_elsewhere))
        .fallback(async move |request: Request| {
            let plain = without_slash(&request);
            let response = missing(request).await;
            match plain {
                // The pages' own routes overlook a slash at the end.
                Some(address) if response.status() == StatusCode::OK => {
                    Redirect::permanent(&address).into_response()
                }
                _ => not_found(response),
            }
        })
        .with_state(options)
}

/// A page that leads elsewhere does so for every client; the framework only redirects those that ask for HTML by
/// name, and tells the others by a header for its own scripts.
async fn led_elsewhere(mut response: Response) -> Response {
    response.headers_mut().remove(REDIRECT_HEADER);
    if response.status() == StatusCode::OK && response.headers().contains_key(LOCATION) {
        *response.status_mut() = StatusCode::FOUND;
    }
    response
}

/// The address of a page that was asked for with a slash at its end.
fn without_slash(request: &Request) -> Option<String> {
    let path = request.uri().path().strip_suffix('/')?;
    // Two slashes at the start would lead to another host, and to browsers a backslash is one.
    let plain = path.len() > 1 && !path.starts_with("//") && !path.contains('\\') && !path.ends_with('/');
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    (plain && request.method().is_safe()).then(|| format!("{path}{query}"))
}

fn not_found(mut response: Response) -> Response {
    // A redirect to the sign-in page, say, stays one.
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn a_slash_at_the_end_leads_to_the_page_and_never_to_another_host() {
        let address = |path: &str| without_slash(&Request::builder().uri(path).body(Body::empty()).unwrap());
        assert_eq!(address("/projects/shop/?a=b/").as_deref(), Some("/projects/shop?a=b/"));
        for path in ["/", "/inbox", "//example.org/", "/\\example.org/", "/inbox//"] {
            assert_eq!(address(path), None, "{path}");
        }
    }
}
