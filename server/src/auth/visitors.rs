//! Lays into each request of a page or server function who asks, and what it works with.

use crate::auth::sessions::{PERSON, PROVEN_AT};
use crate::refusals;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_sessions::Session;
use towpath_app::visitors::Visitor;
use towpath_domain::access::Actor;
use towpath_domain::ids::PersonId;
use towpath_domain::times::Time;
use towpath_service::attempts::Slip;
use towpath_service::{Error, Service, people};

/// Finds out who asks. Someone whose account is gone is nobody.
pub async fn introduce(
    State(service): State<Service>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    match visitor(&service, &session).await {
        Ok(visitor) => {
            let extensions = request.extensions_mut();
            if let (Some((_, actor)), Some(slip)) = (&visitor.person, extensions.get::<Slip>()) {
                slip.acts(actor);
            }
            extensions.insert(visitor);
            extensions.insert(service);
            next.run(request).await
        }
        Err(error) => {
            tracing::error!(error, "the session could not be read");
            refusals::unavailable().into_response()
        }
    }
}

async fn visitor(service: &Service, session: &Session) -> Result<Visitor, String> {
    let id = session.get::<PersonId>(PERSON).await.map_err(|error| error.to_string())?;
    let Some(id) = id else { return Ok(Visitor::default()) };
    match people::actor(service, id).await {
        Ok((person, actor)) => {
            let proven_at = session.get::<Time>(PROVEN_AT).await.map_err(|error| error.to_string())?;
            Ok(Visitor { person: Some((person, Actor { proven_at, ..actor })) })
        }
        Err(Error::NotFound(_)) => Ok(Visitor::default()),
        Err(error) => Err(error.to_string()),
    }
}
