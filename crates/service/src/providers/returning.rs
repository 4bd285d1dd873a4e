//! Someone comes back from a provider: who they are, and what follows from it.

use super::{Configured, SECONDS, Settings, grants, hash, trials};
use crate::{Error, Service};
use std::net::IpAddr;
use subtle::ConstantTimeEq;
use towpath_domain::access::{Binding, Place};
use towpath_domain::ids::{PersonId, TrialId};
use towpath_domain::people::Person;
use towpath_domain::providers::{Asserted, Purpose, Refused, RoleSource, TrialRefused};
use towpath_domain::timeline::{Change, EventActor, Personal, Scene};
use towpath_domain::times::Time;
use towpath_domain::words::{Email, PersonName};
use towpath_oidc::{Answer, Identified};
use towpath_store::providers::{Attempt, Identity};
use towpath_store::{Conn, Tx, people, providers};

/// How a sign-in at a provider ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    SignedIn {
        person: PersonId,
        /// The page to which it leads.
        next: String,
        /// Where the session at the provider ends, where it offers that.
        end_session: Option<String>,
        /// When they proved there who they are, as far as the provider tells.
        proven_at: Option<Time>,
    },
    /// Who is signed in proved just now that it is them.
    Confirmed {
        /// The page to which it leads.
        next: String,
        at: Time,
    },
    /// Nobody was signed in; what came of it is kept for who made the test.
    Tried { trial: TrialId },
    /// The account of who began it is connected with the provider from now on.
    Connected,
    Refused {
        refused: Refused,
        purpose: Purpose,
        /// The page to which it would have led.
        next: String,
    },
}

/// Ends a sign-in with what the provider answered. `browser` is the secret that the browser kept, and `signed_in` who is
/// signed in there. `from` is where the request comes from: nobody guesses without end.
pub async fn finish(
    service: &Service,
    slug: &str,
    answer: &Answer,
    browser: Option<&str>,
    signed_in: Option<PersonId>,
    from: IpAddr,
) -> Result<Outcome, Error> {
    let limits = &service.0.limits;
    limits.return_from_provider(from, service.now())?;
    let outcome = end(service, slug, answer, browser, signed_in).await?;
    if matches!(outcome, Outcome::Refused { .. }) {
        limits.refused_at_return(from, service.now());
    }
    Ok(outcome)
}

async fn end(
    service: &Service,
    slug: &str,
    answer: &Answer,
    browser: Option<&str>,
    signed_in: Option<PersonId>,
) -> Result<Outcome, Error> {
    let Configured { settings, provider } = service.0.providers.find(slug)?;
    let (key, now) = (hash(&answer.state), service.now());
    let taken =
        service.db().write(async move |tx| Ok::<_, Error>(providers::take(tx, &key, now).await?)).await?;
    let Some(attempt) = taken else {
        let unknown = (Purpose::SignIn, "/");
        return refuse(service, settings, unknown, refused(Refused::UnknownAttempt)).await;
    };
    let asked = (attempt.purpose, attempt.return_path.as_str());
    if let Err(why) = belongs(&attempt, slug, browser, signed_in) {
        return refuse(service, settings, asked, refused(why)).await;
    }
    let secrets = towpath_oidc::Attempt {
        state: answer.state.clone(),
        nonce: attempt.nonce.clone(),
        verifier: attempt.verifier.clone(),
    };
    let identified = match provider.finish(&secrets, answer, service.now()).await {
        Ok(identified) => identified,
        Err(error) => return refuse(service, settings, asked, error).await,
    };
    let returned = Returned { service: service.clone(), settings: settings.clone(), identified };
    let done = match attempt.purpose {
        Purpose::SignIn => returned.sign_in(attempt.return_path.clone()).await,
        Purpose::Connect { person } => returned.connect(person).await,
        Purpose::Confirm { person } => returned.confirm(person, &attempt).await,
        Purpose::Trial { person } => {
            return trials::keep(service, settings, person, &returned.identified).await;
        }
    };
    match done {
        Err(Stopped::Refused(why)) => refuse(service, settings, asked, refused(why)).await,
        Err(Stopped::Failed(error)) => Err(error),
        Ok(outcome) => Ok(outcome),
    }
}

/// Whether an answer is one to this attempt: of the provider that was asked, in the browser that began it, and where
/// an account is meant, by its owner.
fn belongs(
    attempt: &Attempt,
    slug: &str,
    browser: Option<&str>,
    signed_in: Option<PersonId>,
) -> Result<(), Refused> {
    if attempt.provider != slug {
        return Err(Refused::OtherProvider);
    }
    let kept = browser.map(hash).unwrap_or_default();
    let owner = match attempt.purpose {
        Purpose::SignIn => true,
        Purpose::Trial { person } | Purpose::Connect { person } | Purpose::Confirm { person } => {
            signed_in == Some(person)
        }
    };
    if bool::from(kept.ct_eq(&attempt.browser)) && owner { Ok(()) } else { Err(Refused::OtherBrowser) }
}

fn refused(refused: Refused) -> towpath_oidc::Error {
    towpath_oidc::Error { refused, detail: refused.to_string() }
}

/// Tells that nobody was signed in: the log, or who tests the provider.
pub(super) async fn refuse(
    service: &Service,
    settings: &Settings,
    (purpose, next): (Purpose, &str),
    error: towpath_oidc::Error,
) -> Result<Outcome, Error> {
    let towpath_oidc::Error { refused, detail } = error;
    tracing::info!(provider = %settings.slug, reason = refused.name(), detail, "a sign-in was refused");
    if let Purpose::Trial { person } = purpose {
        return trials::keep_outcome(service, settings, person, Err(TrialRefused { refused, detail })).await;
    }
    let change = Change::SignInRefused { provider: settings.slug.clone(), reason: refused };
    let event = service.event(EventActor::System, Scene::default(), change);
    let tell = async move |tx: &mut Tx| {
        tx.tell(event);
        Ok::<_, Error>(())
    };
    service.db().write(tell).await?;
    Ok(Outcome::Refused { refused, purpose, next: next.to_owned() })
}

/// Why an identified person is not let in.
pub(super) enum Stopped {
    Refused(Refused),
    Failed(Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<towpath_store::Error> for Stopped {
    fn from(error: towpath_store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

struct Returned {
    service: Service,
    settings: Settings,
    identified: Identified,
}

impl Returned {
    async fn sign_in(self, next: String) -> Result<Outcome, Stopped> {
        let end_session = self.identified.end_session.clone();
        let proven_at = self.proven_at();
        let db = self.service.db().clone();
        let person = db
            .write(async move |tx| match self.enter(tx).await {
                Ok(person) => Ok(Ok(person)),
                Err(Stopped::Refused(refused)) => Ok(Err(refused)),
                Err(Stopped::Failed(error)) => Err(error),
            })
            .await??;
        Ok(Outcome::SignedIn { person, next, end_session, proven_at })
    }

    /// When whoever came back proved who they are. A provider that remembers them sends them back without asking anything.
    fn proven_at(&self) -> Option<Time> {
        let now = self.service.now();
        if !self.settings.auth_time {
            return Some(now);
        }
        self.identified.auth_time.map(|at| at.min(now))
    }

    /// Takes the word of the provider that whoever is signed in here has just proved there who they are.
    async fn confirm(self, person: PersonId, attempt: &Attempt) -> Result<Outcome, Stopped> {
        let begun = attempt.expires_at.plus_seconds(-SECONDS);
        // Its clock may be behind by as much as is granted to tokens.
        if self.proven_at().is_none_or(|at| at < begun.plus_seconds(-towpath_oidc::SKEW)) {
            return Err(Refused::NotFresh.into());
        }
        let (db, next) = (self.service.db().clone(), attempt.return_path.clone());
        let at = self.service.now();
        db.write(async move |tx| {
            let asserted = &self.identified.asserted;
            let known = providers::find_person(tx, &self.settings.issuer, &asserted.subject).await?;
            if known != Some(person) {
                return Ok(Err(Refused::OtherPerson));
            }
            let provider = Some(self.settings.slug.clone());
            self.tell(tx, person, Change::PresenceConfirmed { person, provider });
            Ok::<_, Error>(Ok(()))
        })
        .await??;
        Ok(Outcome::Confirmed { next, at })
    }

    /// Signs in who is known, and makes an account for who is not. Nothing is written before it is certain.
    async fn enter(&self, tx: &mut Tx) -> Result<PersonId, Stopped> {
        let asserted = &self.identified.asserted;
        check_domain(&self.settings, asserted)?;
        let found = providers::find_person(tx, &self.settings.issuer, &asserted.subject).await?;
        let person = match found {
            Some(person) if !people::deactivated(tx, &[person]).await?.is_empty() => {
                return Err(Refused::Deactivated.into());
            }
            Some(person) => {
                providers::touch(tx, &self.identity(person), self.service.now()).await?;
                person
            }
            None => self.join(tx).await?,
        };
        grants::follow(tx, &self.service, &self.settings, person, &asserted.groups).await?;
        self.tell(tx, person, Change::SignedIn { person, provider: self.settings.slug.clone() });
        Ok(person)
    }

    async fn join(&self, tx: &mut Tx) -> Result<PersonId, Stopped> {
        let (name, email) = newcomer(tx, &self.identified.asserted).await?;
        let now = self.service.now();
        let person = Person { id: self.service.id(), name, email, joined_at: now };
        people::insert(tx, &person, None).await?;
        providers::connect(tx, &self.identity(person.id), now).await?;
        let provider = self.settings.slug.clone();
        let change = Change::AccountMade {
            person: person.id,
            provider: provider.clone(),
            name: Personal::new(&person.name),
            email: Personal::new(&person.email),
        };
        self.tell(tx, person.id, change);
        if let Some(role) = &self.settings.default_role {
            let binding = Binding { id: self.service.id(), person: person.id, place: Place::Installation };
            let source = RoleSource { provider, group: None };
            grants::give(tx, &self.service, &binding, role, source).await?;
        }
        Ok(person.id)
    }

    /// Lets someone who is signed in sign in by this identity from now on.
    async fn connect(self, person: PersonId) -> Result<Outcome, Stopped> {
        let db = self.service.db().clone();
        db.write(async move |tx| match self.attach(tx, person).await {
            Ok(()) => Ok(Ok(())),
            Err(Stopped::Refused(refused)) => Ok(Err(refused)),
            Err(Stopped::Failed(error)) => Err(error),
        })
        .await??;
        Ok(Outcome::Connected)
    }

    async fn attach(&self, tx: &mut Tx, person: PersonId) -> Result<(), Stopped> {
        let asserted = &self.identified.asserted;
        check_domain(&self.settings, asserted)?;
        match providers::find_person(tx, &self.settings.issuer, &asserted.subject).await? {
            Some(known) if known == person => return Ok(()),
            Some(_) => return Err(Refused::Connected.into()),
            None => {}
        }
        // With two of one provider, nobody could tell which one to disconnect.
        let connected = providers::connected(tx, person).await?;
        if connected.iter().any(|(issuer, _)| *issuer == self.settings.issuer) {
            return Err(Refused::AnotherConnected.into());
        }
        providers::connect(tx, &self.identity(person), self.service.now()).await?;
        self.tell(tx, person, Change::IdentityConnected { person, provider: self.settings.slug.clone() });
        grants::follow(tx, &self.service, &self.settings, person, &asserted.groups).await?;
        Ok(())
    }

    fn identity(&self, person: PersonId) -> Identity {
        Identity {
            issuer: self.settings.issuer.clone(),
            subject: self.identified.asserted.subject.clone(),
            person,
            provider: self.settings.slug.clone(),
        }
    }

    fn tell(&self, tx: &mut Tx, person: PersonId, change: Change) {
        tx.tell(self.service.event(EventActor::Person { person }, Scene::default(), change));
    }
}

/// Where domains are named, an address of one of them is needed, which the provider has checked.
pub(super) fn check_domain(settings: &Settings, asserted: &Asserted) -> Result<(), Refused> {
    if settings.email_domains.is_empty() {
        return Ok(());
    }
    let email =
        asserted.email.as_deref().and_then(|email| Email::parse(email).ok()).ok_or(Refused::NoEmail)?;
    if asserted.email_verified != Some(true) {
        return Err(Refused::EmailUnverified);
    }
    let domain = email.as_str().rsplit_once('@').map(|(_, domain)| domain);
    let admitted = settings.email_domains.iter().any(|known| Some(known.as_str()) == domain);
    if admitted { Ok(()) } else { Err(Refused::OtherDomain) }
}

/// What a new account needs. An address that another account has is not taken for proof that it is the same person;
/// nor is one that the provider itself does not believe.
pub(super) async fn newcomer(conn: &mut Conn, asserted: &Asserted) -> Result<(PersonName, Email), Stopped> {
    let email =
        asserted.email.as_deref().and_then(|email| Email::parse(email).ok()).ok_or(Refused::NoEmail)?;
    if asserted.email_verified == Some(false) {
        return Err(Refused::EmailUnverified.into());
    }
    if people::find_by_email(conn, &email).await?.is_some() {
        return Err(Refused::EmailTaken.into());
    }
    let name = asserted.name.as_deref().and_then(|name| PersonName::parse(name).ok());
    let local = email.as_str().split('@').next().unwrap_or_default();
    let name = name.or_else(|| PersonName::parse(local).ok()).ok_or(Refused::NoEmail)?;
    Ok((name, email))
}
