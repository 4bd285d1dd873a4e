//! The doors by which people go to a provider and come back: `/sign-in/with/{provider}` and its `/callback`.
//!
//! Both are opened by links and redirects, so they are read by GET. What belongs together is found by a cookie for each
//! sign-in, which a redirect from elsewhere brings along (`SameSite=Lax`).

use crate::config::Config;
use crate::refusals;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use http::header::{COOKIE, REFERER, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tower_sessions::Session;
use towpath_app::paths;
use towpath_app::visitors::{END_SESSION, Peer, Visitor, begin_session, confirm_session, own_path};
use towpath_domain::access::Actor;
use towpath_domain::attempts::AttemptKind;
use towpath_domain::ids::PersonId;
use towpath_domain::providers::{Purpose, Refused};
use towpath_domain::times::Time;
use towpath_service::attempts::{self, Slip};
use towpath_service::providers::{self, Answer, Begun, Outcome};
use towpath_service::sessions::origin;
use towpath_service::{Error, Service};

pub fn router(config: Arc<Config>) -> Router {
    Router::new()
        .route("/sign-in/with/{provider}", get(begin))
        .route("/sign-in/with/{provider}/callback", get(finish))
        .with_state(config)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The page to which it leads.
    next: String,
    /// `account` to connect the provider with one's account, `test` to try it, `confirm` to prove that one is still oneself.
    r#for: String,
}

type From = Option<Extension<Peer>>;

async fn begin(
    State(config): State<Arc<Config>>,
    Path(provider): Path<String>,
    Query(asked): Query<Asked>,
    Extension(service): Extension<Service>,
    Extension(visitor): Extension<Visitor>,
    from: From,
    headers: HeaderMap,
) -> Response {
    let actor = visitor.person.as_ref().map(|(_, actor)| actor);
    let next = own_path(&asked.next);
    let purpose = match purpose(&service, (&asked.r#for, next), actor, &headers, &config) {
        Ok(purpose) => purpose,
        Err(page) => return Redirect::to(&page).into_response(),
    };
    match providers::begin(&service, &provider, purpose, next, address(from)).await {
        Ok(Ok(Begun { address, state, browser })) => {
            let kept = cookie(&config, &state, &browser, AGE);
            ([(SET_COOKIE, kept)], Redirect::to(&address)).into_response()
        }
        Ok(Err(outcome)) => lead(outcome).into_response(),
        Err(error) => failed(&error, &headers),
    }
}

/// What someone is to be sent for. All but signing in begins on a page of ours: another site could otherwise connect an
/// account with whoever is signed in at the provider at the moment.
fn purpose(
    service: &Service,
    (wanted, next): (&str, &str),
    actor: Option<&Actor>,
    headers: &HeaderMap,
    config: &Config,
) -> Result<Purpose, String> {
    let (page, purpose) = match (wanted, actor) {
        ("account", Some(actor)) => {
            let purpose = providers::purpose_of_connecting(service, actor);
            (paths::ACCOUNT.to_owned(), purpose.map_err(|_| paths::confirm(paths::ACCOUNT))?)
        }
        ("test", Some(actor)) => {
            let purpose = providers::purpose_of_test(actor).map_err(|_| paths::SIGN_IN_WAYS.to_owned())?;
            (paths::SIGN_IN_WAYS.to_owned(), purpose)
        }
        ("confirm", Some(actor)) => (paths::confirm(next), Purpose::Confirm { person: actor.person() }),
        ("confirm", None) => return Err(paths::sign_in(next)),
        ("account", None) => return Err(paths::sign_in(paths::ACCOUNT)),
        ("test", None) => return Err(paths::sign_in(paths::SIGN_IN_WAYS)),
        _ => return Ok(Purpose::SignIn),
    };
    if from_our_page(headers, config) { Ok(purpose) } else { Err(page) }
}

fn from_our_page(headers: &HeaderMap, config: &Config) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let referrer = headers.get(REFERER).and_then(|referrer| referrer.to_str().ok());
    let rest = referrer.and_then(|referrer| referrer.strip_prefix(config.public_url.as_str()));
    rest.is_some_and(|rest| rest.starts_with('/'))
}

#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
async fn finish(
    State(config): State<Arc<Config>>,
    Path(provider): Path<String>,
    answer: Result<Query<Answer>, QueryRejection>,
    Extension(service): Extension<Service>,
    Extension(visitor): Extension<Visitor>,
    from: From,
    session: Session,
    Extension(slip): Extension<Slip>,
    headers: HeaderMap,
) -> Response {
    // An address that says one thing twice is none that a provider made.
    let Ok(Query(answer)) = answer else {
        let (refused, purpose, next) = (Refused::UnknownAttempt, Purpose::SignIn, paths::HOME.to_owned());
        return lead(Outcome::Refused { refused, purpose, next }).into_response();
    };
    let from = address(from);
    let signed_in = visitor.person.map(|(_, actor)| actor.person());
    let browser = kept(&config, &answer.state, &headers);
    let finished = providers::finish(&service, &provider, &answer, browser.as_deref(), signed_in, from).await;
    let turned_away = match &finished {
        Ok(Outcome::Refused { refused, .. }) => {
            let because = format!("a provider's answer: {}", refused.name().replace('_', " "));
            Some(attempts::Refused::new(AttemptKind::SignIn, because))
        }
        Ok(_) => None,
        Err(error) => attempts::Refused::of(error),
    };
    let led = match finished {
        Ok(Outcome::SignedIn { person, next, end_session, proven_at }) => {
            let who = (person, proven_at);
            let begun = enter(&session, &service, who, &headers, from, end_session).await;
            begun.map(|()| Redirect::to(&next)).map_err(|error| Error::Internal(error.to_string()))
        }
        Ok(Outcome::Confirmed { next, at }) => {
            let confirmed = confirm_session(&session, at).await;
            confirmed.map(|()| Redirect::to(&next)).map_err(|error| Error::Internal(error.to_string()))
        }
        Ok(outcome) => Ok(lead(outcome)),
        Err(error) => Err(error),
    };
    slip.refuse(turned_away);
    match led {
        Ok(redirect) => ([(SET_COOKIE, cookie(&config, &answer.state, "", 0))], redirect).into_response(),
        Err(error) => failed(&error, &headers),
    }
}

/// Signs in, under a new session id.
async fn enter(
    session: &Session,
    service: &Service,
    (person, proven_at): (PersonId, Option<Time>),
    headers: &HeaderMap,
    from: IpAddr,
    end_session: Option<String>,
) -> Result<(), tower_sessions::session::Error> {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    begin_session(session, service, (person, proven_at), origin(agent, from)).await?;
    match end_session {
        Some(address) => session.insert(END_SESSION, address).await,
        None => Ok(()),
    }
}

/// The page that tells how it ended.
fn lead(outcome: Outcome) -> Redirect {
    let refused = |page: &str, refused: Refused| format!("{page}?refused={}", refused.name());
    Redirect::to(&match outcome {
        Outcome::SignedIn { next, .. } | Outcome::Confirmed { next, .. } => next,
        Outcome::Tried { trial } => format!("{}?trial={trial}", paths::SIGN_IN_WAYS),
        Outcome::Connected => paths::ACCOUNT.to_owned(),
        Outcome::Refused { refused: why, purpose, next } => match purpose {
            Purpose::Connect { .. } => refused(paths::ACCOUNT, why),
            Purpose::Confirm { .. } => paths::not_confirmed(&next, why),
            Purpose::SignIn | Purpose::Trial { .. } => refused(paths::SIGN_IN, why),
        },
    })
}

fn failed(error: &Error, headers: &HeaderMap) -> Response {
    match error {
        Error::NotFound(_) => refusals::no_provider().into_response(),
        Error::TooMany { retry_after_seconds } => {
            refusals::too_many(*retry_after_seconds, &error.to_string()).into_response()
        }
        error => {
            let request =
                headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("without an id");
            tracing::error!(%error, request, "a sign-in broke");
            refusals::broken(request).into_response()
        }
    }
}

fn address(from: From) -> IpAddr {
    from.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(Peer(address))| address)
}

/// How long the cookie of a sign-in is kept, in seconds: a little longer than the sign-in can take.
const AGE: u32 = 660;

/// The name of a sign-in's cookie: each has its own, so that two tabs are not in each other's way.
fn cookie_name(config: &Config, state: &str) -> String {
    let prefix = if config.public_url.is_https() { "__Host-" } else { "" };
    let plain = state.chars().filter(char::is_ascii_alphanumeric).take(12);
    format!("{prefix}towpath-sign-in-{}", plain.collect::<String>())
}

fn cookie(config: &Config, state: &str, secret: &str, age: u32) -> HeaderValue {
    let secure = if config.public_url.is_https() { "; Secure" } else { "" };
    let name = cookie_name(config, state);
    let text = format!("{name}={secret}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(text).expect("names and secrets are ASCII")
}

/// The secret that this browser kept for a sign-in.
fn kept(config: &Config, state: &str, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(config, state);
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut cookies =
        lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(known, _)| *known == name).map(|(_, secret)| secret.to_owned())
}
