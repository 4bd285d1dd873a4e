//! Notes who was turned away, at every door: each writes on the slip that goes along with a request.

use crate::metrics;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, Ipv4Addr};
use towpath_app::visitors::Peer;
use towpath_service::Service;
use towpath_service::attempts::Slip;

/// Gives a request its slip, and hands it in once that is answered. The pattern of the address is kept and not the address,
/// which may hold what is secret.
pub async fn watch(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let door = format!("{} {path}", metrics::known(request.method()));
    let from =
        request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(from)| *from);
    let slip = Slip::default();
    request.extensions_mut().insert(slip.clone());
    let response = next.run(request).await;
    slip.hand_in(&service, &door, from);
    response
}
