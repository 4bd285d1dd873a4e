//! Service accounts.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::ids::PersonId;
use towpath_domain::service_accounts::{
    ServiceAccountForm, ServiceAccountView, ServiceAccountsView, ServiceRoleForm,
};
use towpath_domain::tokens::TokenForm;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// Those of a project, or of the installation where none is named.
#[server(prefix = "/fn", endpoint = "view_service_accounts", output = Answer)]
pub async fn view_service_accounts(
    #[server(default)] project: String,
) -> Result<ServiceAccountsView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::service_accounts::list(&service()?, &actor, &project).await?)
}

#[server(prefix = "/fn", endpoint = "view_service_account", output = Answer)]
pub async fn view_service_account(account: PersonId) -> Result<ServiceAccountView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::service_accounts::view(&service()?, &actor, account).await?)
}

/// Makes a service account, and leads to its page.
#[server(prefix = "/fn", endpoint = "create_service_account", output = Answer)]
pub async fn create_service_account(form: ServiceAccountForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let made = towpath_service::service_accounts::create(&service()?, &actor, form).await?;
    leptos_axum::redirect(&crate::paths::service_account(made.account.id));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "give_service_account_role", output = Answer)]
pub async fn give_service_account_role(account: PersonId, form: ServiceRoleForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::service_accounts::give_role(&service()?, &actor, account, form).await?)
}

/// Makes a token of a service account; the answer is its secret, which is shown once.
#[server(prefix = "/fn", endpoint = "create_service_account_token", output = Answer)]
pub async fn create_service_account_token(account: PersonId, form: TokenForm) -> Result<String, AppError> {
    let (_, actor) = signed_in()?;
    let (_, secret) =
        towpath_service::service_accounts::create_token(&service()?, &actor, account, form).await?;
    crate::visitors::show_once("token", Some(secret.reveal()));
    Ok(secret.reveal().to_owned())
}

/// Disables a service account, or lets it act again where `disabled` is absent.
#[server(prefix = "/fn", endpoint = "disable_service_account", output = Answer)]
pub async fn disable_service_account(
    account: PersonId,
    #[server(default)] disabled: Option<String>,
) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let disabled = disabled.is_some();
    Ok(towpath_service::service_accounts::disable(&service()?, &actor, account, disabled).await?)
}

/// Revokes every token of a service account.
#[server(prefix = "/fn", endpoint = "revoke_service_account_tokens", output = Answer)]
pub async fn revoke_service_account_tokens(account: PersonId) -> Result<u64, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::service_accounts::revoke_tokens(&service()?, &actor, account).await?)
}

/// Deletes a service account, and leads to those that are left.
#[server(prefix = "/fn", endpoint = "delete_service_account", output = Answer)]
pub async fn delete_service_account(account: PersonId) -> Result<(), AppError> {
    let ((_, actor), service) = (signed_in()?, service()?);
    let view = towpath_service::service_accounts::view(&service, &actor, account).await?;
    towpath_service::service_accounts::delete(&service, &actor, account).await?;
    let project = view.project.map(|project| project.slug);
    leptos_axum::redirect(&crate::paths::service_accounts(project.as_ref()));
    Ok(())
}
