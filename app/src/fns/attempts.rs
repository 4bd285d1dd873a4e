//! Refused attempts.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::attempts::{AttemptsForm, AttemptsView};
use towpath_domain::ids::AttemptId;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_refused_attempts", output = Answer)]
pub async fn view_refused_attempts(
    // An empty filter has no fields to send.
    #[server(default)] form: AttemptsForm,
    #[server(default)] before: Option<AttemptId>,
) -> Result<AttemptsView, AppError> {
    use towpath_service::attempts::{PAGE, list};
    let (_, actor) = signed_in()?;
    Ok(list(&service()?, &actor, &form, before, PAGE).await?)
}
