//! Promotions: asking, deciding, taking back.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::inbox::PromotionView;
use towpath_domain::promotions::Choice;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// Asks for a promotion. One that is applied at once leads to the board, one that waits to its page.
#[server(prefix = "/fn", endpoint = "promote", output = Answer)]
pub async fn promote(
    project: String,
    integration: String,
    digest: String,
    from: String,
    to: String,
    reason: String,
    // Stages that ask for none have no field.
    #[server(default)] reference: String,
) -> Result<i64, AppError> {
    use towpath_domain::promotions::State;
    use towpath_service::promotions::Request;
    let (_, actor) = signed_in()?;
    let board = format!("/projects/{project}/integrations/{integration}");
    let page = format!("/projects/{project}/promotions");
    let request = Request { project, integration, digest, from, to, reason, reference };
    let promotion = towpath_service::promotions::request(&service()?, &actor, request).await?;
    match promotion.state {
        State::Waiting => leptos_axum::redirect(&format!("{page}/{}", promotion.number)),
        _ => leptos_axum::redirect(&board),
    }
    Ok(promotion.number)
}

#[server(prefix = "/fn", endpoint = "view_promotion", output = Answer)]
pub async fn view_promotion(project: String, number: i64) -> Result<PromotionView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::inbox::promotion(&service()?, &actor, &project, number).await?)
}

/// Approves or rejects; `choice` is the value of the button that was pressed.
#[server(prefix = "/fn", endpoint = "decide", output = Answer)]
pub async fn decide(
    project: String,
    number: i64,
    choice: Choice,
    digest: String,
    comment: String,
) -> Result<(), AppError> {
    use towpath_service::promotions::Decide;
    let (_, actor) = signed_in()?;
    let wish = Decide { project, number, choice, comment, digest };
    towpath_service::promotions::decide(&service()?, &actor, wish).await?;
    Ok(())
}

#[server(prefix = "/fn", endpoint = "cancel_promotion", output = Answer)]
pub async fn cancel_promotion(project: String, number: i64, reason: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::promotions::cancel(&service()?, &actor, &project, number, &reason).await?;
    Ok(())
}
