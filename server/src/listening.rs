//! Accepting connections, and ending: first no new ones, then those under way, then the rest.

use crate::clients::Clients;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long a client may take to send the head of a request, or to keep an idle connection: a little more than
/// what proxies keep theirs for, so that it is they who close first.
const HEAD: Duration = Duration::from_secs(75);
/// How many bytes a connection holds at most of what was received and of what is to be sent, its headers among them.
const BUFFER: usize = 128 * 1_024;
/// A pause when the system gives no more connections, until some have ended.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Serves until `stop`, then lets requests under way finish within `limit`; what is left is cut off.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    clients: Clients,
    stop: CancellationToken,
    limit: Duration,
) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let (stream, address) = tokio::select! {
            () = stop.cancelled() => break,
            // Ended ones are taken out, or they would pile up.
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "no connection could be accepted");
                    tokio::time::sleep(EXHAUSTED).await;
                    continue;
                }
            },
        };
        connections.spawn(connection(stream, address, router.clone(), clients, &graceful));
    }
    drop(listener);
    if tokio::time::timeout(limit, graceful.shutdown()).await.is_err() {
        tracing::warn!(connections = connections.len(), "cut off what did not finish in time");
    }
    connections.shutdown().await;
}

/// One connection, whose requests carry where they come from.
fn connection(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    clients: Clients,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + use<> {
    // Answers are written whole; waiting to fill a packet only delays them.
    _ = stream.set_nodelay(true);
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        let peer = clients.peer(address, request.headers());
        request.extensions_mut().insert(peer);
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let watched = graceful.watch(connection);
    async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, %address, "a connection ended early");
        }
    }
}
