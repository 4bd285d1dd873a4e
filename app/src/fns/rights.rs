//! Who may do what.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::forms::FieldError;
use towpath_domain::ids::PersonId;
use towpath_domain::rights::{PersonRights, RightsForm, RightsView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// Who may do something somewhere; and what is wrong with the question, which the address can be.
#[server(prefix = "/fn", endpoint = "view_rights", output = Answer)]
pub async fn view_rights(
    // An empty form has no fields to send.
    #[server(default)] form: RightsForm,
) -> Result<(RightsView, Vec<FieldError>), AppError> {
    use towpath_service::{Error, rights};
    let ((_, actor), service) = (signed_in()?, service()?);
    match rights::who_may(&service, &actor, &form).await {
        Ok(view) => Ok((view, Vec::new())),
        Err(Error::Invalid(invalid)) => {
            let view = rights::who_may(&service, &actor, &RightsForm::default()).await?;
            Ok((RightsView { form, ..view }, invalid.errors().to_vec()))
        }
        Err(error) => Err(error.into()),
    }
}

/// What a person may do, now or at a moment in the past.
#[server(prefix = "/fn", endpoint = "view_person_rights", output = Answer)]
pub async fn view_person_rights(
    person: PersonId,
    #[server(default)] at: String,
) -> Result<PersonRights, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::rights::of_person(&service()?, &actor, person, &at).await?)
}
