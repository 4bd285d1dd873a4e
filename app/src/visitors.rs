//! Who asks, as the server's middleware found out and laid into the request.

use crate::AppError;
use http::HeaderMap;
use http::header::{ACCEPT, REFERER, USER_AGENT};
use http::request::Parts;
use leptos::prelude::{expect_context, use_context};
use leptos::server_fn::error::ServerFnUrlError;
use leptos_axum::ResponseOptions;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tower_sessions::Session;
use towpath_domain::access::Actor;
use towpath_domain::people::Person;
use towpath_domain::times::Time;
use towpath_service::attempts::{Refused, Slip};
use towpath_service::{Error, Service};

/// Who asks: nobody, or a person with what they were granted.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    pub person: Option<(Person, Actor)>,
}

pub use towpath_service::Peer;

/// Which files of the site each group of pages needs, by the group's name.
#[derive(Debug, Clone, Default)]
pub struct Chunks(Arc<HashMap<String, Vec<String>>>);

impl Chunks {
    /// Reads what the site's build wrote: `{"group": ["module", …]}`, each a name without its ending.
    ///
    /// # Errors
    /// When it is no such JSON.
    pub fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        let mut groups: HashMap<String, Vec<String>> = serde_json::from_slice(json)?;
        for file in groups.values_mut().flatten() {
            file.push_str(".wasm");
        }
        Ok(Self(Arc::new(groups)))
    }

    pub(crate) fn of(&self, group: &str) -> Option<Vec<String>> {
        self.0.get(group).cloned()
    }
}
/// Names the site that this server has: other bytes, another name.
#[derive(Debug, Clone, Default)]
pub struct SiteName(pub Arc<str>);

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>()?.extensions.get::<T>().cloned()
}

/// The use cases.
pub(crate) fn service() -> Result<Service, AppError> {
    extension().ok_or_else(|| AppError::broken("the request carries no service"))
}

/// Notes that whoever asks is turned away, where an error says so.
pub(crate) fn note_refusal(error: &Error) {
    if let Some(slip) = extension::<Slip>() {
        slip.refuse(Refused::of(error));
    }
}

pub(crate) fn session() -> Result<Session, AppError> {
    extension().ok_or_else(|| AppError::broken("the request carries no session"))
}

pub(crate) fn visitor() -> Visitor {
    extension().unwrap_or_default()
}

pub(crate) fn chunks() -> Chunks {
    extension().unwrap_or_default()
}

pub(crate) fn peer() -> IpAddr {
    extension::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0)
}

/// The name of the site, for a page to find out later that it runs another.
pub(crate) fn site() -> String {
    extension::<SiteName>().unwrap_or_default().0.to_string()
}

/// Where the files of the site stand that pages load.
pub(crate) fn pkg() -> String {
    match site() {
        name if name.is_empty() => "/pkg".to_owned(),
        name => format!("/pkg/{name}"),
    }
}

/// Who is signed in; anyone else is led to the sign-in page, and back from there.
pub(crate) fn signed_in() -> Result<(Person, Actor), AppError> {
    visitor().person.ok_or_else(|| {
        let asks = expect_context::<Parts>();
        let scripted = asks.method == http::Method::POST && !is_plain_form(&asks.headers);
        // A form that a script sends stays on its page, which tells of it: what was typed is not to be lost.
        if !scripted || only_looks(asks.uri.path()) {
            leptos_axum::redirect(&crate::paths::sign_in(&here()));
        }
        // A page and a plain form are led there by the redirect's own status; a script's call is told.
        if scripted {
            expect_context::<ResponseOptions>().set_status(AppError::SignIn.status());
        }
        AppError::SignIn
    })
}

/// Whether a server function changes nothing; such have names of these kinds.
fn only_looks(path: &str) -> bool {
    path.starts_with("/fn/view_") || path == "/fn/shown_once"
}

/// The path of the page that is rendered, or that a script's call came from.
fn here() -> String {
    let parts = expect_context::<Parts>();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if !path.starts_with("/fn/") {
        return path.to_owned();
    }
    let referer = parts.headers.get(REFERER).and_then(|referer| referer.to_str().ok());
    let page = referer
        .and_then(|referer| referer.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    page.unwrap_or("/").to_owned()
}

/// Whether this is a form sent without script, which is answered by a redirect.
pub(crate) fn is_plain_form(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Starts a session for a person who has just shown a password or a link: under a new id, so that one that was known before
/// is worth nothing.
pub(crate) async fn start_session(
    service: &Service,
    person: towpath_domain::ids::PersonId,
) -> Result<(), AppError> {
    let origin = towpath_service::sessions::origin(&user_agent(), peer());
    let who = (person, Some(service.now()));
    let begun = begin_session(&session()?, service, who, origin).await;
    begun.map_err(|error| AppError::broken(&error.to_string()))
}

/// As [`start_session`], for a door that is no server function, and for who proved who they are at some other time, or at none
/// that is known. What another one left in the session goes.
///
/// # Errors
/// When the session cannot be kept.
pub async fn begin_session(
    session: &Session,
    service: &Service,
    (person, proven_at): (towpath_domain::ids::PersonId, Option<Time>),
    origin: towpath_service::sessions::Origin,
) -> Result<(), tower_sessions::session::Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert("person", person).await?;
    session.insert("user_agent", origin.user_agent).await?;
    session.insert("address", origin.address).await?;
    if let Some(at) = proven_at {
        session.insert(PROVEN_AT, at).await?;
    }
    session.insert("signed_in_at", service.now()).await
}

/// The session's key for when its person last proved who they are.
pub const PROVEN_AT: &str = "proven_at";

/// Notes that the person of a session has just proved that it is them: under a new id, as after signing in.
///
/// # Errors
/// When the session cannot be kept.
pub async fn confirm_session(session: &Session, at: Time) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(PROVEN_AT, at).await
}

/// Leads a form without script to the page on which its person confirms that it is them, and from there back to the form, which
/// is filled in again and says so. A script is told instead, so that its page keeps what was typed.
pub(crate) fn lead_to_confirmation() {
    let Some(parts) = use_context::<Parts>().filter(|parts| is_plain_form(&parts.headers)) else { return };
    if parts.method != http::Method::POST {
        return;
    }
    let Ok(service) = service() else { return };
    let told = ServerFnUrlError::new(parts.uri.path(), AppError::Confirmed);
    let back = told.to_url(&format!("{}{}", service.public_url(), here())).map(|url| {
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    });
    leptos_axum::redirect(&crate::paths::confirm(back.as_deref().unwrap_or("/")));
}

/// The session's key for where the session at the provider ends, by which someone signed in.
pub const END_SESSION: &str = "end_session";

/// What the browser says that it is.
fn user_agent() -> String {
    let parts = use_context::<Parts>();
    let agent = parts.as_ref().and_then(|parts| parts.headers.get(USER_AGENT));
    agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned()
}

/// The secret id of the session that asks, for telling it from others of the same person.
pub(crate) fn session_id() -> Result<[u8; 16], AppError> {
    let id = session()?.id().ok_or_else(|| AppError::broken("who is signed in has no session"))?;
    Ok(id.0.to_le_bytes())
}

/// The address of a page of this site, or else the first page: nobody is led elsewhere after signing in,
/// nor to a door that is no page.
#[must_use]
pub fn own_path(next: &str) -> &str {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let plain = next.starts_with('/') && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let straight = !path.contains("//") && path.split('/').all(|part| part != "." && part != "..");
    let no_page = ["/fn/", "/api/", "/v2", "/sign-in", "/join/", "/pkg/"];
    if plain && straight && !no_page.iter().any(|door| path.starts_with(door)) { next } else { "/" }
}

/// Says by the status of a page that it tells of a refusal.
pub(crate) fn refuse_page() {
    let looks = use_context::<Parts>().is_some_and(|parts| parts.method == http::Method::GET);
    if let Some(response) = use_context::<ResponseOptions>().filter(|_| looks) {
        response.set_status(http::StatusCode::FORBIDDEN);
    }
}

/// Lets a page lead on to an address elsewhere, once it is shown.
pub(crate) fn lead_on(address: &str) {
    let refresh = http::HeaderValue::try_from(format!("0;url={address}"));
    if let (Some(response), Ok(refresh)) = (use_context::<ResponseOptions>(), refresh) {
        response.insert_header(http::header::REFRESH, refresh);
    }
}

const SHOWN: &str = "towpath-shown-";

/// Lays a fresh secret into a short-lived cookie, where a form was sent without script: the page that
/// follows shows it once.
pub(crate) fn show_once(kind: &str, text: Option<&str>) {
    let plain = use_context::<Parts>().is_some_and(|parts| is_plain_form(&parts.headers));
    if let Some(text) = text.filter(|_| plain) {
        let text = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text);
        set_cookie(&format!("{SHOWN}{kind}={text}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict"));
    }
}

/// Takes what [`show_once`] laid down.
pub(crate) fn take_shown(kind: &str) -> Option<String> {
    let name = format!("{SHOWN}{kind}");
    let text =
        base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, cookie(&name)?).ok()?;
    set_cookie(&format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"));
    String::from_utf8(text).ok()
}

/// A cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get_all(http::header::COOKIE).into_iter();
    let mut cookies =
        cookies.filter_map(|cookie| cookie.to_str().ok()).flat_map(|cookies| cookies.split("; "));
    let value = cookies.find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.to_owned())
}

/// Keeps what was chosen for this browser in a cookie, for as long as browsers keep any; nothing takes it away.
pub(crate) fn keep(name: &str, value: Option<&str>) -> Result<(), AppError> {
    let secure = if service()?.public_url().starts_with("https:") { "; Secure" } else { "" };
    let (value, age) = value.map_or(("", 0), |value| (value, KEPT));
    set_cookie(&format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"));
    Ok(())
}

/// 400 days, in seconds: browsers keep no cookie longer.
const KEPT: u32 = 400 * 86_400;

fn set_cookie(cookie: &str) {
    let response = use_context::<ResponseOptions>();
    if let (Some(response), Ok(cookie)) = (response, http::HeaderValue::from_str(cookie)) {
        response.append_header(http::header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_led_to_another_site() {
        for next in ["https://example.org", "//example.org", "/\\example.org", "javascript:x", "", "/a\r\nb"]
        {
            assert_eq!(own_path(next), "/", "{next:?}");
        }
        assert_eq!(own_path("/projects/shop?x=1"), "/projects/shop?x=1");
    }
}
