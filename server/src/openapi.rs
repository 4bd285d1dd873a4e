//! What the description of the REST API says besides its routes: OpenAPI 3.1, served and committed as
//! `docs/openapi.json`.

use towpath_api::subscriptions::EventMessage;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, SecurityRequirement};
use utoipa::{Modify, OpenApi as _};

/// The name of the one way to sign in.
const BEARER: &str = "bearer";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Towpath",
        version = "1",
        description = "Container images on their way from environment to environment. Failures are problem \
                       details (RFC 9457) whose `type` leads to its explanation.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "projects", description = "Projects with their environments, workflows and integrations"),
        (name = "declarations", description = "An installation as documents declare it"),
        (name = "builds", description = "What is known of an image"),
        (name = "promotions", description = "Moving builds forward and back"),
        (name = "pins", description = "Exceptions: what an environment runs whatever its bucket says"),
        (name = "subscriptions", description = "Events as webhooks, and what became of each"),
        (name = "hooks", description = "Addresses at which other systems announce builds"),
        (name = "registries", description = "Registries elsewhere, and what promotions do there"),
        (name = "evidence", description = "What is said about builds, and whose signatures count"),
        (name = "storage", description = "What is kept, for how long, and who may pull it"),
        (name = "timeline", description = "Who did what, when and why"),
        (name = "audit", description = "Proof that the timeline is what happened"),
        (name = "access", description = "Sessions, tokens, people and their roles")
    ),
    components(schemas(EventMessage)),
    modifiers(&Bearer)
)]
struct Base;

/// The description before any route is added.
pub fn base() -> OpenApi {
    Base::openapi()
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API token (`tpt_…`) or a session of a person (`tps_…`)."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
        document.security = Some(vec![SecurityRequirement::new(BEARER, [""; 0])]);
    }
}
