//! Tests of a provider: what it asserts and what that would grant. They sign nobody in and change nobody's roles.

use super::returning::{Outcome, Stopped, check_domain, newcomer};
use super::{SECONDS, Settings, grants};
use crate::people::Places;
use crate::{Error, Service};
use towpath_domain::ids::{PersonId, TrialId};
use towpath_domain::providers::{Refused, Trial, TrialOutcome, TrialRefused, granted};
use towpath_oidc::Identified;
use towpath_store::{Conn, access, providers};

/// Keeps what a provider asserted, for who made the test.
pub async fn keep(
    service: &Service,
    settings: &Settings,
    person: PersonId,
    identified: &Identified,
) -> Result<Outcome, Error> {
    let mut conn = service.read().await?;
    let asserted = identified.asserted.clone();
    let (places, roles) = (Places::load(&mut conn).await?, access::roles(&mut conn).await?);
    let fitting = granted(&settings.groups, &asserted.groups);
    let mut grants: Vec<String> =
        fitting.into_iter().map(|rule| grants::words(rule, &places, &roles)).collect();
    let known = providers::find_person(&mut conn, &settings.issuer, &asserted.subject).await?.is_some();
    if let Some(role) = settings.default_role.as_ref().filter(|_| !known) {
        grants.push(format!("{role} in the whole installation, for good"));
    }
    let outcome = TrialOutcome {
        claims: identified.claims.iter().map(|(name, value)| (name.clone(), value.to_string())).collect(),
        grants,
        would_refuse: would_refuse(&mut conn, settings, identified).await?,
        asserted,
    };
    drop(conn);
    keep_outcome(service, settings, person, Ok(outcome)).await
}

async fn would_refuse(
    conn: &mut Conn,
    settings: &Settings,
    identified: &Identified,
) -> Result<Option<Refused>, Error> {
    let asserted = &identified.asserted;
    if let Err(refused) = check_domain(settings, asserted) {
        return Ok(Some(refused));
    }
    if providers::find_person(conn, &settings.issuer, &asserted.subject).await?.is_some() {
        return Ok(None);
    }
    match newcomer(conn, asserted).await {
        Ok(_) => Ok(None),
        Err(Stopped::Refused(refused)) => Ok(Some(refused)),
        Err(Stopped::Failed(error)) => Err(error),
    }
}

pub async fn keep_outcome(
    service: &Service,
    settings: &Settings,
    person: PersonId,
    outcome: Result<TrialOutcome, TrialRefused>,
) -> Result<Outcome, Error> {
    let (id, now): (TrialId, _) = (service.id(), service.now());
    let trial = Trial { provider: settings.slug.clone(), outcome, at: now };
    let keep = async move |tx: &mut towpath_store::Tx| {
        Ok::<_, Error>(providers::keep_trial(tx, id, person, &trial, now.plus_seconds(SECONDS)).await?)
    };
    service.db().write(keep).await?;
    Ok(Outcome::Tried { trial: id })
}
