//! Promotions: asking, deciding, taking back.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use serde::{Deserialize, Serialize};
use towpath_domain::inbox::PromotionView;
use towpath_domain::promotions::Choice;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// What the form of a promotion holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    pub project: String,
    pub integration: String,
    pub digest: String,
    pub from: String,
    pub to: String,
    pub reason: String,
    /// Stages that ask for none have no field.
    #[serde(default)]
    pub reference: String,
    #[serde(default)]
    pub scheduled_for: String,
    /// Present where the box is ticked, which only some see.
    #[serde(default)]
    pub emergency: Option<String>,
}

/// Asks for a promotion. One that is applied at once leads to the board, one that waits to its page.
#[server(prefix = "/fn", endpoint = "promote", output = Answer)]
pub async fn promote(#[server(flatten)] ask: Ask) -> Result<i64, AppError> {
    use towpath_service::promotions::Request;
    let (_, actor) = signed_in()?;
    let Ask { project, integration, digest, from, to, reason, reference, scheduled_for, emergency } = ask;
    let board = format!("/projects/{project}/integrations/{integration}");
    let page = format!("/projects/{project}/promotions");
    let emergency = emergency.is_some();
    let request = Request {
        project,
        integration,
        digest,
        from,
        to,
        reason,
        reference,
        scheduled_for,
        emergency,
        ..Request::default()
    };
    let promotion = towpath_service::promotions::request(&service()?, &actor, request).await?;
    if promotion.is_open() {
        leptos_axum::redirect(&format!("{page}/{}", promotion.number));
    } else {
        leptos_axum::redirect(&board);
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
    // Only those who decide for others have this field.
    #[server(default)] in_name_of: String,
) -> Result<(), AppError> {
    use towpath_service::promotions::Decide;
    let (_, actor) = signed_in()?;
    let wish = Decide { project, number, choice, comment, digest, in_name_of };
    towpath_service::promotions::decide(&service()?, &actor, wish).await?;
    Ok(())
}

/// Approves or rejects several promotions, each for itself; `choice` is the value of the button that was pressed. Where
/// some were not decided, that is told as a refusal, though the others were.
#[server(prefix = "/fn", endpoint = "decide_together", output = Answer)]
pub async fn decide_together(
    #[server(default)] promotions: Vec<String>,
    choice: Choice,
    comment: String,
) -> Result<(), AppError> {
    use towpath_domain::{forms::Invalid, inbox::Wanted};
    use towpath_service::Error;
    let (_, actor) = signed_in()?;
    let wanted = promotions.iter().map(|text| {
        let wrong = || Invalid::field("promotions", format!("“{text}” names no promotion."));
        Wanted::parse(text).ok_or_else(wrong)
    });
    let wanted = wanted.collect::<Result<Vec<_>, _>>().map_err(Error::from)?;
    let decided =
        towpath_service::promotions::decide_all(&service()?, &actor, wanted, choice, &comment).await?;
    decided.trouble().map_or(Ok(()), |words| Err(Error::Conflict(words).into()))
}

#[server(prefix = "/fn", endpoint = "cancel_promotion", output = Answer)]
pub async fn cancel_promotion(project: String, number: i64, reason: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::promotions::cancel(&service()?, &actor, &project, number, &reason).await?;
    Ok(())
}

/// Applies a promotion that is ready.
#[server(prefix = "/fn", endpoint = "apply_promotion", output = Answer)]
pub async fn apply_promotion(project: String, number: i64, digest: String) -> Result<(), AppError> {
    use towpath_service::promotions::Apply;
    let (_, actor) = signed_in()?;
    let wish = Apply { project, number, digest };
    towpath_service::promotions::apply(&service()?, &actor, wish).await?;
    Ok(())
}

/// Lets a promotion that has failed try again what it does elsewhere.
#[server(prefix = "/fn", endpoint = "retry_promotion", output = Answer)]
pub async fn retry_promotion(project: String, number: i64) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::promotions::retry(&service()?, &actor, &project, number).await?;
    Ok(())
}

/// Applies a waiting promotion past its gates in an emergency.
#[server(prefix = "/fn", endpoint = "pass_gates", output = Answer)]
pub async fn pass_gates(
    project: String,
    number: i64,
    digest: String,
    reason: String,
) -> Result<(), AppError> {
    use towpath_service::promotions::Pass;
    let (_, actor) = signed_in()?;
    let wish = Pass { project, number, reason, digest };
    towpath_service::promotions::pass(&service()?, &actor, wish).await?;
    Ok(())
}

/// Takes a second person's word on an emergency.
#[server(prefix = "/fn", endpoint = "review_emergency", output = Answer)]
pub async fn review_emergency(project: String, number: i64, comment: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::promotions::review(&service()?, &actor, &project, number, &comment).await?;
    Ok(())
}
