//! Live events: `GET /live`, one stream of server-sent events for each open page (HTML, 9.2 “Server-sent events”).
//!
//! Its reader is known by the session of a browser, as on pages. `after`, or `Last-Event-ID` where a browser comes
//! back by itself, says up to which event the page knows what happened. A stream ends with the session of its
//! reader and when the server stops.

mod frames;

use crate::auth::sessions;
use crate::routes::{Failure, Query, render};
use axum::body::Body;
use axum::extract::State;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use bytes::Bytes;
use futures::stream::unfold;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tower_sessions::Session;
use towpath_api::problems::{Mistake, ProblemKind};
use towpath_app::visitors::Visitor;
use towpath_service::Service;
use towpath_service::live::{FollowRefused, Follower, Standing, follow};

/// How often a stream shows that it lives, and looks again at who reads it.
const BEAT: Duration = Duration::from_secs(15);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

const HEADERS: [(HeaderName, &str); 3] = [
    (CONTENT_TYPE, "text/event-stream"),
    (CACHE_CONTROL, "no-store"),
    // nginx would keep events until a buffer is full.
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// The stream, which ends when `stop` is cancelled so that the server can.
pub fn router(stop: CancellationToken) -> Router {
    Router::new().route("/live", get(open)).layer(from_fn(render)).with_state(stop)
}

#[derive(Debug, Deserialize)]
struct Asked {
    /// The number of the newest event that the page knows.
    after: Option<String>,
}

async fn open(
    State(stop): State<CancellationToken>,
    Extension(service): Extension<Service>,
    Extension(visitor): Extension<Visitor>,
    session: Session,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let signed_in = visitor.person.zip(session.id());
    let Some(((_, actor), session)) = signed_in else {
        let detail = "Sign in with a browser: its session opens this stream.";
        return Err(Failure::new(ProblemKind::Unauthenticated, detail));
    };
    let after = after(&headers, asked)?;
    let follower = follow(&service, actor, &sessions::bytes(session), after).await?;
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stream = unfold(Stream { follower, beats, stop }, |mut stream| async move {
        let frame = stream.next().await?;
        Some((Ok::<_, Infallible>(frame), stream))
    });
    Ok((HEADERS, Body::from_stream(stream)).into_response())
}

/// What the browser saw last stands over what its page knew when it was opened.
fn after(headers: &HeaderMap, asked: Asked) -> Result<Option<i64>, Failure> {
    let (name, text) = match headers.get(LAST_EVENT_ID) {
        Some(last) => ("Last-Event-ID", Some(last.to_str().unwrap_or("?").to_owned())),
        None => ("after", asked.after),
    };
    let number = |text: String| text.parse().ok().filter(|number| *number >= 0);
    text.map(|text| {
        number(text).ok_or_else(|| {
            let detail =
                format!("{name}: Use the number of an event, or leave it away to hear of new ones only.");
            Failure::invalid(vec![Mistake::in_parameter(name, detail)])
        })
    })
    .transpose()
}

impl From<FollowRefused> for Failure {
    fn from(refused: FollowRefused) -> Self {
        match refused {
            FollowRefused::Crowded => Self::new(ProblemKind::TooManyRequests, refused.to_string()),
            FollowRefused::Failed(error) => error.into(),
        }
    }
}

/// One open stream.
struct Stream {
    follower: Follower,
    /// The first comes at once: it tells the page how far it is.
    beats: Interval,
    stop: CancellationToken,
}

impl Stream {
    async fn next(&mut self) -> Option<Bytes> {
        tokio::select! {
            biased;
            message = self.follower.next() => message.map(|message| frames::message(&message, self.follower.position())),
            () = self.stop.cancelled() => None,
            _ = self.beats.tick() => self.beat().await,
        }
    }

    async fn beat(&mut self) -> Option<Bytes> {
        let standing = self.follower.look_again().await;
        let position = self.follower.position();
        match standing {
            Standing::Same => Some(frames::beat(position)),
            Standing::Changed => Some(frames::reset(position)),
            Standing::Ended => None,
        }
    }
}
