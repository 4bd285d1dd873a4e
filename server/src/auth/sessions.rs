//! Sessions of browsers: the layer, its cookie, and the adapter that keeps them through the service.
//!
//! A session ends when nobody used it for the idle time, and at the absolute time after signing in. The cookie
//! lives as long as the latter; the former is kept in the database alone, so that reading a page writes nothing
//! but, once a minute at most, that time.

use crate::config::Config;
use async_trait::async_trait;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::SET_COOKIE;
use std::sync::Arc;
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store;
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};
use towpath_domain::ids::PersonId;
use towpath_domain::times::Time;
use towpath_service::sessions::{self, Kept, Origin};
use towpath_service::{Error, Service};

/// The session's key for the id of the person who is signed in.
pub const PERSON: &str = "person";
/// The session's key for when they signed in, in microseconds.
pub const SIGNED_IN_AT: &str = "signed_in_at";

/// The session's key for when they last proved who they are, in microseconds.
pub const PROVEN_AT: &str = towpath_app::visitors::PROVEN_AT;

/// The session's keys for where they signed in from.
pub const USER_AGENT: &str = "user_agent";
pub const ADDRESS: &str = "address";

/// The layer that gives every request its `Session`.
pub fn layer(service: Service, config: &Config) -> SessionManagerLayer<Sessions> {
    let limits = Limits {
        idle: config.session_idle.as_secs().cast_signed(),
        absolute: config.session_absolute.as_secs().cast_signed(),
    };
    SessionManagerLayer::new(Sessions { service, limits })
        .with_name(cookie_name(config))
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(config.public_url.is_https())
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(time::Duration::seconds(limits.absolute)))
}

/// The name of the session's cookie. Browsers let no other host, and nothing unencrypted, set one that begins
/// with `__Host-`.
pub fn cookie_name(config: &Config) -> &'static str {
    if config.public_url.is_https() { "__Host-towpath" } else { "towpath" }
}

/// Writes the removal of the session's cookie anew: the layer leaves out attributes without which browsers
/// refuse to touch a `__Host-` cookie.
pub async fn whole_removal(State(config): State<Arc<Config>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let name = cookie_name(&config);
    let removes = |cookie: &HeaderValue| {
        let value = cookie.as_bytes().strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
        value.is_some_and(|value| value.is_empty() || value.starts_with(b";"))
    };
    let headers = response.headers_mut();
    let cookies: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    if cookies.iter().any(removes) {
        headers.remove(SET_COOKIE);
        for cookie in cookies {
            let cookie = if removes(&cookie) { removal(&config) } else { cookie };
            headers.append(SET_COOKIE, cookie);
        }
    }
    response
}

fn removal(config: &Config) -> HeaderValue {
    HeaderValue::from_static(if config.public_url.is_https() {
        "__Host-towpath=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
    } else {
        "towpath=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
    })
}

/// In seconds.
#[derive(Debug, Clone, Copy)]
struct Limits {
    idle: i64,
    absolute: i64,
}

impl Limits {
    /// When a session that is used now ends.
    fn end(self, now: Time, signed_in_at: Option<Time>) -> Time {
        let idle = now.plus_seconds(self.idle);
        signed_in_at.map_or(idle, |signed_in| idle.min(signed_in.plus_seconds(self.absolute)))
    }
}

/// Keeps sessions in the service's database.
#[derive(Debug, Clone)]
pub struct Sessions {
    service: Service,
    limits: Limits,
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        while !sessions::create(&self.service, &bytes(record.id), self.kept(record)?)
            .await
            .map_err(backend)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        sessions::save(&self.service, &bytes(record.id), self.kept(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let found = sessions::load(&self.service, &bytes(*id)).await.map_err(backend)?;
        let Some(kept) = found else { return Ok(None) };
        let decode = |error: serde_json::Error| session_store::Error::Decode(error.to_string());
        let record = Record {
            id: *id,
            data: serde_json::from_str(&kept.data).map_err(decode)?,
            expiry_date: date(kept.expires_at),
        };
        self.touch(&record, &kept).await;
        Ok(Some(record))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        sessions::delete(&self.service, &bytes(*id)).await.map_err(backend)
    }
}

impl Sessions {
    fn kept(&self, record: &Record) -> session_store::Result<Kept> {
        let encode = |error: serde_json::Error| session_store::Error::Encode(error.to_string());
        let now = self.service.now();
        let person =
            record.data.get(PERSON).and_then(|id| serde_json::from_value::<PersonId>(id.clone()).ok());
        Ok(Kept {
            person,
            data: serde_json::to_string(&record.data).map_err(encode)?,
            origin: Origin { user_agent: text(record, USER_AGENT), address: text(record, ADDRESS) },
            proven_at: time(record, PROVEN_AT),
            used_at: now,
            expires_at: self.limits.end(now, signed_in_at(record)),
        })
    }

    /// Puts off the end of a session that is in use. Pages can be read where that fails.
    async fn touch(&self, record: &Record, kept: &Kept) {
        let end = self.limits.end(self.service.now(), signed_in_at(record));
        if let Err(error) = sessions::touch(&self.service, &bytes(record.id), kept, end).await {
            tracing::warn!(%error, "a session's use was not noted");
        }
    }
}

fn text(record: &Record, key: &str) -> String {
    record.data.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
}

fn signed_in_at(record: &Record) -> Option<Time> {
    time(record, SIGNED_IN_AT)
}

fn time(record: &Record, key: &str) -> Option<Time> {
    record.data.get(key)?.as_i64().map(Time::from_micros)
}

/// The id as `service` is asked for it.
pub fn bytes(id: Id) -> [u8; 16] {
    id.0.to_le_bytes()
}

fn date(time: Time) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(time.micros().div_euclid(1_000_000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
fn backend(error: Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
