//! Reads what a refused request still sends.
//!
//! A connection that is closed while the client sends is reset, and the client never reads why it was refused. So a
//! little more is taken in and thrown away, for a little while.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;

/// More than any manifest, and than the chunks of most clients.
const MOST: usize = 8 * 1024 * 1024;
const LONGEST: Duration = Duration::from_secs(5);

type Slot = Arc<Mutex<Option<Body>>>;

/// What is left of a body once whoever read it has let go of it.
pub(crate) struct Rest(Slot);

/// Passes a body on; what is not read of it comes back by the second.
pub(crate) fn watch(body: Body) -> (Body, Rest) {
    let slot = Slot::default();
    let watched = Watched { body: Some(body), slot: Arc::clone(&slot) };
    (Body::new(watched), Rest(slot))
}

impl Rest {
    /// Reads on for a little.
    pub(crate) async fn read_on(self) {
        let rest = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut body) = rest.filter(|body| !body.is_end_stream()) else { return };
        let reading = async {
            let mut read = 0;
            while read < MOST
                && let Some(Ok(frame)) = body.frame().await
            {
                read += frame.data_ref().map_or(0, Bytes::len);
            }
        };
        // The client is answered all the same.
        _ = tokio::time::timeout(LONGEST, reading).await;
    }
}

struct Watched {
    body: Option<Body>,
    slot: Slot,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
    }
}
