//! Signing in by OpenID Connect providers: which there are, and sending people to them. `returning` is what happens when
//! they come back.

mod grants;
mod returning;
mod trials;

pub use grants::let_go;
pub use returning::{Outcome, finish};
pub use towpath_oidc::{Answer, ClaimNames};
pub use towpath_outgoing::{Allowed, NotAllowed};

use crate::people::Places;
use crate::sessions::in_person;
use crate::{Error, Service, allow};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use towpath_domain::access::{Action, Actor, Role, Target};
use towpath_domain::confirmations::{Freshness, Guarded};
use towpath_domain::forms::Invalid;
use towpath_domain::ids::TrialId;
use towpath_domain::providers::{
    GroupRole, GroupView, ProviderButton, ProviderView, ProvidersView, Purpose, Refused, SignInWays,
};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, Scene};
use towpath_domain::times::Time;
use towpath_oidc::{Provider, Registration};
use towpath_outgoing::Outgoing;
use towpath_store::providers::Attempt;
use towpath_store::{access, people, providers};

const LAST_WAY: &str = "This is the only way in to your account. Connect another provider first.";

/// How long someone may take at a provider, in seconds.
const SECONDS: i64 = 600;

/// How people sign in, as the server's configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    pub providers: Vec<Settings>,
    /// Whether passwords are taken.
    pub passwords: bool,
    /// Whom people without a role are to ask; empty for “an admin”.
    pub contact: String,
    /// The hosts that may be called though they are not public.
    pub outgoing: Allowed,
    /// After how many seconds without a sign-in the tokens of a person stop; absent for never.
    pub token_lapse: Option<i64>,
    /// How fresh a sign-in has to be for what is guarded.
    pub freshness: Freshness,
    /// For how many seconds refused attempts are kept.
    pub attempts_kept: i64,
}

/// With passwords alone.
impl Default for SignIn {
    fn default() -> Self {
        Self {
            providers: Vec::new(),
            passwords: true,
            contact: String::new(),
            outgoing: Allowed::default(),
            token_lapse: None,
            freshness: Freshness::default(),
            attempts_kept: 90 * 86_400,
        }
    }
}

/// One provider, as the server's configuration says.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    pub slug: Slug,
    /// What stands on its button.
    pub text: String,
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    pub scopes: Vec<String>,
    pub claims: ClaimNames,
    /// Whether the provider tells when someone signed in there. Where it does not, who comes back from it counts as having
    /// signed in just now.
    pub auth_time: bool,
    /// The domains whose addresses may sign in; all, where there are none.
    pub email_domains: Vec<String>,
    /// What new people get in the whole installation.
    pub default_role: Option<Slug>,
    pub groups: Vec<GroupRole>,
}

/// Leaves the secret out.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("slug", &self.slug)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// The providers of a running server.
#[derive(Debug)]
pub(crate) struct Providers {
    all: Vec<Configured>,
    passwords: bool,
    contact: String,
}

#[derive(Debug)]
pub(crate) struct Configured {
    settings: Settings,
    provider: Provider,
}

impl Providers {
    /// Takes the configuration, whose roles have to be among the known ones.
    pub fn new(sign_in: SignIn, public_url: &str, roles: &[Role]) -> Result<Self, Error> {
        let SignIn { providers, passwords, contact, outgoing, .. } = sign_in;
        let mut all = Vec::new();
        // A client reads the machine's certificates, which not every machine has and nothing else needs.
        let outgoing = (!providers.is_empty()).then(|| Outgoing::new(outgoing)).transpose();
        if let Some(outgoing) = outgoing.map_err(Error::Internal)? {
            for settings in providers {
                settings.check_roles(roles)?;
                let provider = Provider::new(outgoing.clone(), settings.registration(public_url));
                all.push(Configured { settings, provider });
            }
        }
        Ok(Self { all, passwords, contact })
    }

    /// The provider, by its name in the configuration, by which people get a role.
    pub fn giving(&self, role: &Slug) -> Option<&Slug> {
        let gives = |settings: &&Settings| {
            settings.default_role.as_ref() == Some(role)
                || settings.groups.iter().any(|rule| rule.role == *role)
        };
        self.all.iter().map(|configured| &configured.settings).find(gives).map(|settings| &settings.slug)
    }

    /// Whether passwords are taken.
    pub fn passwords(&self) -> bool {
        self.passwords
    }

    pub fn contact(&self) -> &str {
        &self.contact
    }

    fn find(&self, slug: &str) -> Result<&Configured, Error> {
        let found = self.all.iter().find(|configured| configured.settings.slug.as_str() == slug);
        found.ok_or_else(|| Error::not_found(format_args!("The provider “{slug}”")))
    }
}

impl Settings {
    fn registration(&self, public_url: &str) -> Registration {
        Registration {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            redirect_uri: format!("{public_url}/sign-in/with/{}/callback", self.slug),
            signed_out_uri: format!("{public_url}/sign-in"),
            scopes: self.scopes.clone(),
            claims: self.claims.clone(),
            groups_wanted: !self.groups.is_empty(),
        }
    }

    fn check_roles(&self, roles: &[Role]) -> Result<(), Error> {
        let groups = self.groups.iter().map(|rule| (format!("the group “{}”", rule.group), &rule.role));
        let default = self.default_role.iter().map(|role| ("default_role".to_owned(), role));
        let unknown = groups.chain(default).find(|(_, role)| !roles.iter().any(|known| known.slug == **role));
        let Some((place, unknown)) = unknown else { return Ok(()) };
        let known: Vec<&str> = roles.iter().map(|role| role.slug.as_str()).collect();
        let message = format!(
            "providers.{}: {place} names the role “{unknown}”, but the roles are {}.",
            self.slug,
            known.join(", ")
        );
        Err(Invalid::field("providers", message).into())
    }
}

/// The ways to sign in, for everyone. `refused` names why one did not succeed, as an address tells it.
pub async fn ways(service: &Service, refused: &str) -> Result<SignInWays, Error> {
    let Providers { all, passwords, .. } = &service.0.providers;
    let button = |Configured { settings, .. }: &Configured| ProviderButton {
        slug: settings.slug.clone(),
        text: settings.text.clone(),
    };
    Ok(SignInWays {
        providers: all.iter().map(button).collect(),
        passwords: *passwords,
        nobody: service.is_empty().await?,
        refused: Refused::parse(refused).map(|why| why.to_string()),
    })
}

/// How people sign in, for who manages them; with a test that who asks made, if it is still kept.
pub async fn view(service: &Service, actor: &Actor, trial: Option<TrialId>) -> Result<ProvidersView, Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    let mut conn = service.read().await?;
    let places = Places::load(&mut conn).await?;
    let roles = access::roles(&mut conn).await?;
    let now = service.now();
    let trial = match trial {
        Some(id) => providers::find_trial(&mut conn, id, actor.person(), now).await?,
        None => None,
    };
    let providers = &service.0.providers;
    Ok(ProvidersView {
        providers: providers.all.iter().map(|configured| configured.view(&places, &roles)).collect(),
        passwords: providers.passwords,
        trial,
        now,
    })
}

impl Configured {
    fn view(&self, places: &Places, roles: &[Role]) -> ProviderView {
        let Settings {
            slug,
            text,
            issuer,
            client_id,
            scopes,
            claims,
            email_domains,
            default_role,
            groups,
            ..
        } = &self.settings;
        let group = |rule: &GroupRole| {
            let missing = places.named_so(&rule.place).is_none();
            GroupView {
                group: rule.group.clone(),
                grants: grants::words(rule, places, roles),
                problem: missing.then(|| format!("There is no “{}” yet, so it grants nothing.", rule.place)),
            }
        };
        ProviderView {
            slug: slug.clone(),
            text: text.clone(),
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            callback: self.provider.registration().redirect_uri.clone(),
            scopes: scopes.clone(),
            groups_claim: claims.groups.clone(),
            email_domains: email_domains.clone(),
            default_role: default_role.clone(),
            groups: groups.iter().map(group).collect(),
        }
    }
}

/// Someone who is to be sent to a provider.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Where to send them.
    pub address: String,
    /// What the provider gives back, and by which the browser's secret is found.
    pub state: String,
    /// What this browser keeps until then, so that nobody else's answer is taken for its own.
    pub browser: String,
}

/// Begins a sign-in at a provider, which leads to the page `next`. `from` is where the request comes from.
pub async fn begin(
    service: &Service,
    slug: &str,
    purpose: Purpose,
    next: &str,
    from: IpAddr,
) -> Result<Result<Begun, Outcome>, Error> {
    service.0.limits.send_to_provider(from, service.now())?;
    let Configured { settings, provider } = service.0.providers.find(slug)?;
    let secret = || hex::encode(service.random::<32>());
    let (state, browser) = (secret(), secret());
    let attempt = towpath_oidc::Attempt { state: state.clone(), nonce: secret(), verifier: secret() };
    let anew = matches!(purpose, Purpose::Confirm { .. });
    let address = match provider.begin(&attempt, anew, service.now()).await {
        Ok(address) => address,
        Err(error) => return returning::refuse(service, settings, (purpose, next), error).await.map(Err),
    };
    let kept = Attempt {
        browser: hash(&browser),
        provider: slug.to_owned(),
        purpose,
        nonce: attempt.nonce,
        verifier: attempt.verifier,
        return_path: next.to_owned(),
        expires_at: service.now().plus_seconds(SECONDS),
    };
    let key = hash(&state);
    let keep =
        async move |tx: &mut towpath_store::Tx| Ok::<_, Error>(providers::begin(tx, &key, &kept).await?);
    service.db().write(keep).await?;
    Ok(Ok(Begun { address, state, browser }))
}

/// A test of a provider by who asks, and manages people.
pub fn purpose_of_test(actor: &Actor) -> Result<Purpose, Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    Ok(Purpose::Trial { person: actor.person() })
}

/// Connecting a provider with the account of who asks, who has to have proved lately that it is theirs: it would let in
/// whoever found it open.
pub fn purpose_of_connecting(service: &Service, actor: &Actor) -> Result<Purpose, Error> {
    in_person(actor)?;
    service.check_fresh(actor, Guarded::Rights)?;
    Ok(Purpose::Connect { person: actor.person() })
}

/// Lets who asks sign in by a provider no more. A way in stays, or they would be shut out.
pub async fn disconnect(service: &Service, actor: &Actor, slug: &str) -> Result<(), Error> {
    in_person(actor)?;
    let Providers { all, passwords, .. } = &service.0.providers;
    let Configured { settings, .. } = service.0.providers.find(slug)?;
    service.check_fresh(actor, Guarded::Rights)?;
    let (person, issuer, passwords) = (actor.person(), settings.issuer.clone(), *passwords);
    let known: Vec<String> = all.iter().map(|configured| configured.settings.issuer.clone()).collect();
    let change = Change::IdentityDisconnected { person, provider: settings.slug.clone() };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let words = format!("Your account is not connected with {slug}.");
    service
        .db()
        .write(async move |tx| {
            if !providers::disconnect(tx, person, &issuer).await? {
                return Err(Error::Conflict(words));
            }
            let left = providers::connected(tx, person).await?;
            let by_provider = left.iter().any(|(issuer, _)| known.contains(issuer));
            let by_password = passwords && people::has_password(tx, person).await?;
            if !by_provider && !by_password {
                return Err(Error::Refused(LAST_WAY.to_owned()));
            }
            tx.tell(event);
            Ok(())
        })
        .await
}

/// Takes away the sign-ins and tests that have expired, and tells how many there were.
pub async fn sweep(service: &Service) -> Result<u64, Error> {
    let now = service.now();
    service.db().write(async move |tx| Ok(providers::sweep(tx, now).await?)).await
}

/// The providers with when someone's account was connected with each.
pub(crate) fn connections(
    service: &Service,
    connected: &[(String, Time)],
) -> Vec<(ProviderButton, Option<Time>)> {
    let connection = |Configured { settings, .. }: &Configured| {
        let since = connected.iter().find(|(issuer, _)| *issuer == settings.issuer).map(|(_, at)| *at);
        (ProviderButton { slug: settings.slug.clone(), text: settings.text.clone() }, since)
    };
    service.0.providers.all.iter().map(connection).collect()
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
