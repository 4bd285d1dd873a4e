//! Insights: how builds move on in a project.

use crate::{Error, Service, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::forms::Invalid;
use towpath_domain::ids::IntegrationId;
use towpath_domain::insights::{Insights, InsightsForm, Wanted, count};
use towpath_store::{insights, integrations};

/// How many promotions are looked at, the newest.
const MOST: i64 = 20_000;
/// How many integrations there are to choose from.
const CHOICE: i64 = 500;

/// What was applied, rolled back and passed in a project, or in one of its integrations, in the days until now. What who
/// asks may not see is not counted.
pub async fn view(
    service: &Service,
    actor: &Actor,
    project: &str,
    form: &InsightsForm,
) -> Result<Insights, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let Wanted { integration, days } = form.check()?;
    let sees = |id: IntegrationId| actor.may(Action::View, &Target::integration(project.id, id));
    let mut own = integrations::list(&mut conn, project.id, "", CHOICE).await?;
    own.retain(|own| sees(own.id));
    if let Some(slug) = integration.as_ref().filter(|slug| own.iter().all(|own| own.slug != **slug)) {
        let words = format!("There is no integration “{slug}” in {}.", project.slug);
        return Err(Invalid::field("integration", words).into());
    }
    let now = service.now();
    let since = now.plus_seconds(-days * 86_400);
    let wanted = |id: IntegrationId, slug: &towpath_domain::slugs::Slug| {
        sees(id) && integration.as_ref().is_none_or(|wanted| wanted == slug)
    };
    let mut applied = insights::applied(&mut conn, project.id, since, MOST + 1).await?;
    let cut = i64::try_from(applied.len()).is_ok_and(|count| count > MOST);
    applied.retain(|(id, applied)| wanted(*id, &applied.integration));
    let applied: Vec<_> = applied.into_iter().map(|(_, applied)| applied).collect();
    let mut back = insights::rollbacks(&mut conn, project.id, since).await?;
    back.retain(|(id, back)| wanted(*id, &back.integration));
    let back: Vec<_> = back.into_iter().map(|(_, back)| back).collect();
    Ok(Insights {
        integrations: own.into_iter().map(|own| own.slug).collect(),
        hops: count(&applied, &back, days, now),
        project,
        integration,
        days,
        cut,
        now,
    })
}
