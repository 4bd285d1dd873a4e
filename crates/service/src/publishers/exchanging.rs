//! A job of a CI shows the token that its system made for it, and gets one of ours.
//!
//! In the order of the registry of Rust's packages: the issuer has to be trusted before anything of it is fetched; then the
//! signature; then issuer, audience and times; then the token's id, which is good once; then whether it is a job that nobody
//! should trust; and last whom the publishers trust. What is wrong with the token by itself is told before all that, as the
//! job learns nothing else: who configures the project sees the rest.

use super::{places, publishers};
use crate::scenes::project_scene;
use crate::{Error, Service};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use towpath_domain::access::{Action, Scope};
use towpath_domain::integrations::Integration;
use towpath_domain::projects::Project;
use towpath_domain::providers::Refused as Reason;
use towpath_domain::publishers::{ISSUED_SECONDS, Publisher, Refusal, Refused, System, accepts, named, text};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, EventActor};
use towpath_domain::times::Time;
use towpath_domain::tokens::{Secret, Token};
use towpath_domain::words::Title;
use towpath_oidc::{Issuer, JobToken, Keys};
use towpath_outgoing::{Allowed, Outgoing};
use towpath_store::{projects, tokens};

/// How many refused exchanges a project keeps whose tokens were signed by their issuer, and how many that anybody may
/// have written.
const SIGNED: i64 = 20;
const UNSIGNED: i64 = 10;
/// How many claims are kept of a refused one, and the longest, in bytes.
const CLAIMS: usize = 60;
const CLAIM: usize = 600;

/// What a job may do for a quarter of an hour.
#[derive(Debug, Clone)]
pub struct Issued {
    pub secret: Secret,
    pub token: Token,
    pub publisher: Publisher,
    /// The integrations that it may push to; empty for all.
    pub integrations: Vec<Slug>,
    /// The buckets that it may name, as `environment:qa` or `stream:qa`.
    pub buckets: Vec<String>,
}

/// The issuers whose keys were fetched.
#[derive(Debug)]
pub(crate) struct Issuers {
    allowed: Allowed,
    /// A client reads the machine's certificates, so it is made when the first job comes.
    outgoing: OnceLock<Result<Outgoing, String>>,
    known: Mutex<HashMap<String, Arc<Issuer>>>,
}

impl Issuers {
    pub fn new(allowed: Allowed) -> Self {
        Self { allowed, outgoing: OnceLock::new(), known: Mutex::default() }
    }

    /// The keys of an issuer. Only those are asked for that an admin trusts, and those of the clouds that are known.
    async fn keys(&self, issuer: &str, token: &JobToken, now: Time) -> Result<Arc<Keys>, Error> {
        let unavailable =
            |detail: String| Error::Untrusted(Refusal::Unavailable { issuer: issuer.to_owned(), detail });
        let outgoing = self.outgoing.get_or_init(|| Outgoing::new(self.allowed.clone()));
        let outgoing = outgoing.as_ref().map_err(|error| unavailable(error.clone()))?;
        let known = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.entry(issuer.to_owned()).or_insert_with(|| Arc::new(Issuer::new(issuer))).clone()
        };
        known.keys(outgoing, token, now).await.map_err(|error| unavailable(format!("{}.", error.detail)))
    }
}

/// What is known of a token by the time that it is refused.
struct Seen {
    claims: Map<String, Value>,
    signed: bool,
}

/// Exchanges the token of a CI job for one of ours that may push into a project. `from` is where the request comes from.
pub async fn exchange(service: &Service, project: &str, token: &str, from: IpAddr) -> Result<Issued, Error> {
    let now = service.now();
    service.0.limits.exchange(from, now)?;
    let project = find(service, project).await?;
    let mut seen = Seen { claims: Map::new(), signed: false };
    let read = JobToken::parse(token.trim()).map_err(|error| refusal(service, &error, &seen.claims));
    let issuer = read.as_ref().map(|token| token.issuer().to_owned()).unwrap_or_default();
    let refusal = match read {
        Err(refusal) => refusal,
        Ok(token) => {
            seen.claims = token.claims().clone();
            match admit(service, project.as_ref(), token, &mut seen).await {
                Ok(admitted) => return Ok(admitted),
                Err(Error::Untrusted(refusal)) => refusal,
                Err(error) => return Err(error),
            }
        }
    };
    let told = refusal.to_the_job(&issuer);
    if let Some(project) = project {
        keep(service, &project, refusal, seen, from).await?;
    }
    Err(Error::Untrusted(told))
}

/// The project of this name, while it is in use.
async fn find(service: &Service, slug: &str) -> Result<Option<Project>, Error> {
    let Ok(slug) = Slug::parse(slug) else { return Ok(None) };
    let project = projects::find(&mut service.read().await?, &slug).await?;
    Ok(project.filter(|project| project.check_in_use().is_ok()))
}

/// Lets a job in whose token passes every check.
async fn admit(
    service: &Service,
    project: Option<&Project>,
    token: JobToken,
    seen: &mut Seen,
) -> Result<Issued, Error> {
    // What can be said of the token alone is said whoever is trusted, so that this tells nothing of projects.
    let issuer = token.issuer().to_owned();
    let fits = token.check(&issuer, service.public_url(), service.now());
    fits.map_err(|error| Error::Untrusted(refusal(service, &error, &seen.claims)))?;
    let Some((jti, until)) = token.id() else {
        return Err(Error::Untrusted(Refusal::Incomplete { claim: "jti".to_owned() }));
    };
    let jti = Sha256::digest(jti).to_vec();
    let Some(project) = project.cloned() else {
        return Err(Error::Untrusted(Refusal::Untrusted { issuer }));
    };
    let (claims, all) = verify(service, &project, token, seen).await?;
    let writer = service.clone();
    service
        .db()
        .write(async move |tx| {
            if !publishers::spend(tx, &issuer, &jti, until).await? {
                return Err(Error::Untrusted(Refusal::Replayed));
            }
            let publisher = accepts(&all, &issuer, &claims).map_err(Error::Untrusted)?;
            issue(tx, &writer, &project, publisher.clone(), &claims).await
        })
        .await
}

/// The claims of a token that its issuer signed, with the publishers by whose keys that was seen.
async fn verify(
    service: &Service,
    project: &Project,
    token: JobToken,
    seen: &mut Seen,
) -> Result<(Map<String, Value>, Vec<Publisher>), Error> {
    let now = service.now();
    let issuer = token.issuer().to_owned();
    let mut all = publishers::list(&mut service.read().await?, project.id).await?;
    all.retain(|publisher| publisher.issuer == issuer);
    // So that the first job of a new project can be looked at, and be trusted by a click.
    let of_a_cloud = all.is_empty() && System::ALL.iter().any(|system| system.issuer() == Some(&issuer));
    if all.is_empty() && !of_a_cloud {
        return Err(Error::Untrusted(Refusal::Untrusted { issuer }));
    }
    let fetched = of_a_cloud || all.iter().any(|publisher| publisher.keys.is_none());
    let live = if fetched { Some(service.0.issuers.keys(&issuer, &token, now).await?) } else { None };
    let keys_of = |publisher: &Publisher| match &publisher.keys {
        Some(uploaded) => Keys::parse(uploaded).map(Arc::new),
        None => live.clone(),
    };
    all.retain(|publisher| keys_of(publisher).is_some_and(|keys| token.is_signed(&keys)));
    let keys = all.first().and_then(keys_of).or(live.clone());
    let keys = keys.filter(|keys| token.is_signed(keys)).ok_or(Error::Untrusted(Refusal::Signature))?;
    seen.signed = true;
    if of_a_cloud {
        return Err(Error::Untrusted(Refusal::Untrusted { issuer }));
    }
    let claims = token.verify(&keys, &issuer, service.public_url(), now);
    Ok((claims.map_err(|error| Error::Untrusted(refusal(service, &error, &seen.claims)))?, all))
}

/// Why a token is none that counts, in the words of this door.
fn refusal(service: &Service, error: &towpath_oidc::Error, claims: &Map<String, Value>) -> Refusal {
    match error.refused {
        Reason::Algorithm => Refusal::Algorithm,
        Reason::Signature => Refusal::Signature,
        Reason::Expired => Refusal::Time,
        Reason::Audience => Refusal::Audience {
            audience: claims.get("aud").map(text).unwrap_or_default(),
            expected: service.public_url().to_owned(),
        },
        Reason::Malformed if !claims.is_empty() => Refusal::Incomplete { claim: "sub".to_owned() },
        _ => Refusal::Unreadable,
    }
}

/// Makes the token of ours.
async fn issue(
    tx: &mut towpath_store::Tx,
    service: &Service,
    project: &Project,
    publisher: Publisher,
    claims: &Map<String, Value>,
) -> Result<Issued, Error> {
    let now = service.now();
    let origin = publisher.system.origin(&publisher.issuer, claims);
    let run = origin.run.as_ref().map(|claim| claim.value.clone());
    let repository = origin.repository.as_ref().map(|claim| claim.value.clone());
    let secret = Secret::from_random(service.random());
    let title = run.as_ref().map(|run| format!("CI run {run}")).unwrap_or_default();
    let title = Title::parse(&title).unwrap_or_else(|_| publisher.title.clone());
    let about = (title, vec![Action::Pull, Action::Push], project.slug.to_string());
    let times = (now, now.plus_seconds(ISSUED_SECONDS));
    let token = Token::fresh(service.id(), publisher.account, about, times);
    let scope = Scope { actions: token.actions.clone(), project: Some(project.id), ..Scope::default() };
    tokens::insert(tx, &token, &scope, &secret.hash()).await?;
    publishers::vouch(tx, token.id, publisher.id, &origin, now).await?;
    let change = Change::JobAdmitted {
        publisher: publisher.id,
        token: token.id,
        repository,
        run,
        expires_at: token.expires_at,
    };
    let actor = EventActor::Person { person: publisher.account };
    tx.tell(service.event(actor, project_scene(project), change));
    let (integrations, slots) = places(tx, project).await?;
    let of = |known: &Integration| publisher.reach.integrations.contains(&known.id);
    Ok(Issued {
        integrations: integrations.into_iter().filter(|known| of(known)).map(|known| known.slug).collect(),
        buckets: named(&publisher.reach.buckets, &slots),
        secret,
        token,
        publisher,
    })
}

/// Keeps a refused exchange for who configures the project. Of one that nobody signed, anybody may have written all.
async fn keep(
    service: &Service,
    project: &Project,
    refusal: Refusal,
    Seen { claims, signed }: Seen,
    from: IpAddr,
) -> Result<(), Error> {
    // Postgres keeps no NUL in JSON.
    let storable = |value: &Value| {
        let json = value.to_string();
        json.len() <= CLAIM && !json.contains("\\u0000")
    };
    let kept = claims
        .into_iter()
        .filter(|(claim, value)| claim.len() <= CLAIM && !claim.contains('\0') && storable(value));
    let refused = Refused {
        id: service.id(),
        at: service.now(),
        refusal: storable_refusal(refusal),
        claims: kept.take(CLAIMS).collect(),
        signed,
        from: from.to_string(),
    };
    let (project, most) = (project.id, if signed { SIGNED } else { UNSIGNED });
    service.db().write(async move |tx| Ok(publishers::refuse(tx, project, &refused, most).await?)).await
}

/// The words of a refusal repeat what a token says.
fn storable_refusal(refusal: Refusal) -> Refusal {
    let json = serde_json::to_string(&refusal).unwrap_or_default();
    if json.contains("\\u0000") || json.len() > 4 * CLAIM { Refusal::Unreadable } else { refusal }
}
