//! What changed in production.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::changes::{ChangesForm, ProductionChanges};
use towpath_domain::forms::FieldError;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// What changed in a period; and what is wrong with what was asked for, which the address can be.
#[server(prefix = "/fn", endpoint = "view_production_changes", output = Answer)]
pub async fn view_production_changes(
    project: String,
    // An empty form has no fields to send.
    #[server(default)] form: ChangesForm,
) -> Result<(ProductionChanges, Vec<FieldError>), AppError> {
    use towpath_service::{Error, changes};
    let ((_, actor), service) = (signed_in()?, service()?);
    match changes::view(&service, &actor, &project, &form).await {
        Ok(view) => Ok((view, Vec::new())),
        Err(Error::Invalid(invalid)) => {
            let usual = ChangesForm::default();
            Ok((changes::view(&service, &actor, &project, &usual).await?, invalid.errors().to_vec()))
        }
        Err(error) => Err(error.into()),
    }
}
