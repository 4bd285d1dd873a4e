//! What was current in an integration's buckets at a moment.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::moments::MomentView;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// An integration as it was at a time, or as it is where none is named or it is wrong; and what is wrong with it.
#[server(prefix = "/fn", endpoint = "view_moment", output = Answer)]
pub async fn view_moment(
    project: String,
    integration: String,
    at: String,
) -> Result<(MomentView, Option<String>), AppError> {
    use towpath_service::{Error, moments};
    let ((_, actor), service) = (signed_in()?, service()?);
    let place = (project.as_str(), integration.as_str());
    match moments::view(&service, &actor, place, &at).await {
        Ok(view) => Ok((view, None)),
        // The address can be typed; what is wrong with it stands beside the field that makes a right one.
        Err(Error::Invalid(invalid)) => {
            let words =
                invalid.errors().iter().map(|error| error.message.clone()).collect::<Vec<_>>().join(" ");
            Ok((moments::view(&service, &actor, place, "").await?, Some(words)))
        }
        Err(error) => Err(error.into()),
    }
}
