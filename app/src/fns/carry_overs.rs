//! Carrying an integration over into a new one of the other type.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::carry_overs::{CarryOverForm, CarryOverView};
use towpath_domain::forms::FieldError;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};
#[cfg(feature = "ssr")]
use towpath_service::{Error, carry_overs};

/// The form by which an integration is carried over, with what it would mean and what is wrong with it.
#[server(prefix = "/fn", endpoint = "view_carry_over", output = Answer)]
pub async fn view_carry_over(
    project: String,
    integration: String,
    #[server(default)] form: Option<CarryOverForm>,
) -> Result<(CarryOverView, Vec<FieldError>), AppError> {
    let ((_, actor), service) = (signed_in()?, service()?);
    let at = (&*project, &*integration);
    match carry_overs::preview(&service, &actor, at, form.as_ref()).await {
        Ok(view) => Ok((view, Vec::new())),
        // The address can be typed; what is wrong with it stands beside the field that makes a right one.
        Err(Error::Invalid(invalid)) => {
            Ok((carry_overs::preview(&service, &actor, at, None).await?, invalid.errors().to_vec()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Carries an integration over, and leads to the board of the new one.
#[server(prefix = "/fn", endpoint = "carry_over", output = Answer)]
pub async fn carry_over(project: String, integration: String, form: CarryOverForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let at = (&*project, &*integration);
    let made = carry_overs::carry_over(&service()?, &actor, at, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}/integrations/{}", made.slug));
    Ok(())
}
