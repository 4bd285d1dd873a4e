//! Insights: how builds move on in a project.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::forms::FieldError;
use towpath_domain::insights::{Insights, InsightsForm};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// What happened in a project lately; and what is wrong with what was asked for, which the address can be.
#[server(prefix = "/fn", endpoint = "view_insights", output = Answer)]
pub async fn view_insights(
    project: String,
    form: InsightsForm,
) -> Result<(Insights, Vec<FieldError>), AppError> {
    use towpath_service::{Error, insights};
    let ((_, actor), service) = (signed_in()?, service()?);
    match insights::view(&service, &actor, &project, &form).await {
        Ok(view) => Ok((view, Vec::new())),
        Err(Error::Invalid(invalid)) => {
            let usual = InsightsForm::default();
            Ok((insights::view(&service, &actor, &project, &usual).await?, invalid.errors().to_vec()))
        }
        Err(error) => Err(error.into()),
    }
}
