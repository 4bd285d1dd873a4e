//! CI rules, the builds that none has led, and reclassification.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::ids::BuildId;
use towpath_domain::projects::ProjectView;
use towpath_domain::rules::{Reclassification, RuleForm, RuleView, Trial, UnclassifiedView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};
#[cfg(feature = "ssr")]
use towpath_domain::projects::Part;

/// A CI rule with who follows it, and its project.
#[server(prefix = "/fn", endpoint = "view_rule", output = Answer)]
pub async fn view_rule(project: String, rule: String) -> Result<(ProjectView, RuleView), AppError> {
    use towpath_service::projects::PAGE;
    let ((_, actor), service) = (signed_in()?, service()?);
    let view = towpath_service::rules::view(&service, &actor, &project, &rule).await?;
    let project = towpath_service::projects::view(&service, &actor, &project, &Part::default(), PAGE).await?;
    Ok((project, view))
}

/// Creates a CI rule and leads to it.
#[server(prefix = "/fn", endpoint = "create_rule", output = Answer)]
pub async fn create_rule(project: String, form: RuleForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let rule = towpath_service::rules::create(&service()?, &actor, &project, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}/rules/{}", rule.name.slug));
    Ok(())
}

/// Makes the next version of a CI rule and leads back to it.
#[server(prefix = "/fn", endpoint = "change_rule", output = Answer)]
pub async fn change_rule(
    project: String,
    rule: String,
    version: i64,
    form: RuleForm,
) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::rules::change(&service()?, &actor, &project, &rule, version, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}"));
    Ok(())
}

/// Tells what a rule would do as it stands in the form. `saved` is the one that the form changes.
#[server(prefix = "/fn", endpoint = "view_rule_trial", output = Answer)]
pub async fn view_rule_trial(
    project: String,
    saved: Option<String>,
    form: RuleForm,
    git_ref: String,
    image_tag: String,
) -> Result<Trial, AppError> {
    use towpath_service::rules::{MadeUp, try_out};
    let (_, actor) = signed_in()?;
    let made_up = MadeUp { git_ref, image_tag, labels: Vec::new() };
    Ok(try_out(&service()?, &actor, &project, saved.as_deref(), form, made_up).await?)
}

/// A page of the builds that no rule has led, and which rule leads the others.
#[server(prefix = "/fn", endpoint = "view_unclassified", output = Answer)]
pub async fn view_unclassified(
    project: String,
    integration: String,
    before: Option<BuildId>,
) -> Result<UnclassifiedView, AppError> {
    /// How many builds a page has.
    const PAGE: usize = 50;
    let (_, actor) = signed_in()?;
    let at = (project.as_str(), integration.as_str());
    Ok(towpath_service::rules::unclassified(&service()?, &actor, at, before, PAGE).await?)
}

/// Chooses which rule leads what is pushed to an integration.
#[server(prefix = "/fn", endpoint = "choose_rule", output = Answer)]
pub async fn choose_rule(project: String, integration: String, rule: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::rules::choose(&service()?, &actor, &project, &integration, &rule).await?;
    Ok(())
}

/// Places a build that no rule has led.
#[server(prefix = "/fn", endpoint = "assign_build", output = Answer)]
pub async fn assign_build(
    project: String,
    integration: String,
    digest: String,
    bucket: String,
    reason: String,
) -> Result<(), AppError> {
    use towpath_service::buckets::BucketAddress;
    let (_, actor) = signed_in()?;
    let at = BucketAddress { project, integration, bucket };
    towpath_service::rules::assign(&service()?, &actor, &at, &digest, &reason).await?;
    Ok(())
}

/// What reclassifying an integration would change.
#[server(prefix = "/fn", endpoint = "view_reclassification", output = Answer)]
pub async fn view_reclassification(
    project: String,
    integration: String,
) -> Result<Reclassification, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::rules::preview(&service()?, &actor, &project, &integration).await?)
}

/// Reclassifies an integration as the preview said, and leads to its board.
#[server(prefix = "/fn", endpoint = "reclassify", output = Answer)]
pub async fn reclassify(project: String, integration: String, mark: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::rules::reclassify(&service()?, &actor, &project, &integration, &mark).await?;
    leptos_axum::redirect(&format!("/projects/{project}/integrations/{integration}"));
    Ok(())
}
