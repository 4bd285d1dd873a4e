//! Who is who at providers, the sign-ins that are under way there, and tests of them.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::ids::{PersonId, TrialId};
use towpath_domain::providers::{Purpose, Trial};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use uuid::Uuid;

/// Someone at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    pub person: PersonId,
    /// The name that the provider has in the configuration.
    pub provider: Slug,
}

/// A sign-in that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The hash of the secret that the browser keeps.
    pub browser: Vec<u8>,
    pub provider: String,
    pub purpose: Purpose,
    pub nonce: String,
    /// The code verifier of PKCE.
    pub verifier: String,
    /// The page to which it leads.
    pub return_path: String,
    pub expires_at: Time,
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    browser: Vec<u8>,
    provider: String,
    #[sqlx(json)]
    purpose: Purpose,
    nonce: String,
    verifier: String,
    return_path: String,
    #[sqlx(try_from = "i64")]
    expires_at: Time,
}

impl From<AttemptRow> for Attempt {
    fn from(row: AttemptRow) -> Self {
        let AttemptRow { browser, provider, purpose, nonce, verifier, return_path, expires_at } = row;
        Self { browser, provider, purpose, nonce, verifier, return_path, expires_at }
    }
}

/// Whose account an identity is connected with.
pub async fn find_person(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<PersonId>, Error> {
    let row = fetch!(
        fetch_optional,
        (Uuid,),
        conn,
        "select person from identities where issuer = $1 and subject = $2",
        issuer,
        subject
    )?;
    Ok(row.map(|(person,)| person.into()))
}

/// Lets someone sign in by an issuer no more; false where they could not.
pub async fn disconnect(tx: &mut Tx, person: PersonId, issuer: &str) -> Result<bool, Error> {
    let sql = "delete from identities where person = $1 and issuer = $2";
    Ok(execute!(tx.conn(), sql, person.uuid(), issuer)? > 0)
}

/// The issuers that someone is connected with, each with when that was.
pub async fn connected(conn: &mut Conn, person: PersonId) -> Result<Vec<(String, Time)>, Error> {
    let rows = fetch!(
        fetch_all,
        (String, i64),
        conn,
        "select issuer, connected_at from identities where person = $1 order by connected_at, issuer",
        person.uuid()
    )?;
    Ok(rows.into_iter().map(|(issuer, at)| (issuer, Time::from_micros(at))).collect())
}

pub async fn connect(tx: &mut Tx, identity: &Identity, at: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into identities (issuer, subject, person, provider, connected_at, used_at)
         values ($1, $2, $3, $4, $5, $5)",
        identity.issuer.as_str(),
        identity.subject.as_str(),
        identity.person.uuid(),
        identity.provider.as_str(),
        at.micros(),
    )
    .map(drop)
}

/// Notes that someone signed in by an identity.
pub async fn touch(tx: &mut Tx, identity: &Identity, at: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update identities set used_at = $3, provider = $4 where issuer = $1 and subject = $2",
        identity.issuer.as_str(),
        identity.subject.as_str(),
        at.micros(),
        identity.provider.as_str(),
    )
    .map(drop)
}

/// Keeps a sign-in under the hash of its state.
pub async fn begin(tx: &mut Tx, state: &[u8], attempt: &Attempt) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into sign_in_attempts (state, browser, provider, purpose, nonce, verifier, return_path, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        state,
        attempt.browser.as_slice(),
        attempt.provider.as_str(),
        Json(&attempt.purpose),
        attempt.nonce.as_str(),
        attempt.verifier.as_str(),
        attempt.return_path.as_str(),
        attempt.expires_at.micros(),
    )
    .map(drop)
}

/// Takes a sign-in away, so that it ends once. Nothing where there is none, or it has expired.
pub async fn take(tx: &mut Tx, state: &[u8], now: Time) -> Result<Option<Attempt>, Error> {
    let row = fetch!(
        fetch_optional,
        AttemptRow,
        tx.conn(),
        "delete from sign_in_attempts where state = $1
         returning browser, provider, purpose, nonce, verifier, return_path, expires_at",
        state
    )?;
    Ok(row.map(Attempt::from).filter(|attempt| attempt.expires_at > now))
}

/// Keeps what came of a test, for who made it.
pub async fn keep_trial(
    tx: &mut Tx,
    id: TrialId,
    person: PersonId,
    trial: &Trial,
    expires_at: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into sign_in_trials (id, person, trial, expires_at) values ($1, $2, $3, $4)",
        id.uuid(),
        person.uuid(),
        Json(trial),
        expires_at.micros(),
    )
    .map(drop)
}

/// A test that someone made, while it is kept.
pub async fn find_trial(
    conn: &mut Conn,
    id: TrialId,
    person: PersonId,
    now: Time,
) -> Result<Option<Trial>, Error> {
    let row = fetch!(
        fetch_optional,
        (Json<Trial>,),
        conn,
        "select trial from sign_in_trials where id = $1 and person = $2 and expires_at > $3",
        id.uuid(),
        person.uuid(),
        now.micros()
    )?;
    Ok(row.map(|(Json(trial),)| trial))
}

/// Takes away the sign-ins and tests that have expired, and tells how many there were.
pub async fn sweep(tx: &mut Tx, now: Time) -> Result<u64, Error> {
    let attempts = execute!(tx.conn(), "delete from sign_in_attempts where expires_at <= $1", now.micros())?;
    let trials = execute!(tx.conn(), "delete from sign_in_trials where expires_at <= $1", now.micros())?;
    Ok(attempts + trials)
}
