//! Who made the machines that act, and could act as them.

use crate::query::{execute, fetch_in};
use crate::{Conn, Error, Tx};
use std::collections::HashMap;
use towpath_domain::ids::{PersonId, TokenId};
use towpath_domain::times::Time;
use uuid::Uuid;

/// Notes that somebody was shown a secret of a token.
pub async fn note(tx: &mut Tx, token: TokenId, person: PersonId, now: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into token_makers (token, person, at) values ($1, $2, $3) on conflict (token, person) do nothing",
        token.uuid(),
        person.uuid(),
        now.micros()
    )
    .map(drop)
}

/// The names of those who were shown a secret of these tokens, each in the order in which they were. Nobody is told of whose
/// own a token is.
pub async fn names(conn: &mut Conn, tokens: &[TokenId]) -> Result<HashMap<TokenId, Vec<String>>, Error> {
    let rows = fetch_in!(
        (Uuid, String),
        conn,
        "select k.token, a.name from token_makers k
         join tokens t on t.id = k.token and t.owner <> k.person join people a on a.id = k.person
         where k.token in (",
        tokens.iter().map(|token| token.uuid()).collect(),
        ") order by k.at, a.name"
    )?;
    let mut names = HashMap::<TokenId, Vec<String>>::new();
    for (token, name) in rows {
        names.entry(token.into()).or_default().push(name);
    }
    Ok(names)
}

/// Who made accounts, with the time in which they could act as them.
#[derive(Debug, Clone, Default)]
pub struct Makers(HashMap<PersonId, Vec<Maker>>);

#[derive(Debug, Clone, Copy)]
struct Maker {
    person: PersonId,
    from: Time,
    until: Option<Time>,
}

impl Makers {
    /// Who made an account, or was shown a secret of a token of it that worked at a moment.
    pub fn by_then(&self, account: PersonId, at: Time) -> Vec<PersonId> {
        let could = |maker: &&Maker| maker.from <= at && maker.until.is_none_or(|until| at < until);
        let known = self.0.get(&account).into_iter().flatten().filter(could);
        let mut people: Vec<PersonId> = known.map(|maker| maker.person).collect();
        people.sort_unstable();
        people.dedup();
        people
    }
}

/// Who made which of these accounts, and tokens of theirs. People who make tokens of their own make nothing here.
pub async fn of(conn: &mut Conn, accounts: &[PersonId]) -> Result<Makers, Error> {
    let ids = || accounts.iter().map(|account| account.uuid()).collect::<Vec<Uuid>>();
    let mut rows: Vec<(Uuid, Uuid, i64, Option<i64>)> = fetch_in!(
        (Uuid, Uuid, i64, Option<i64>),
        conn,
        "select t.owner, k.person, k.at,
                case when t.revoked_at < t.expires_at then t.revoked_at else t.expires_at end
         from token_makers k join tokens t on t.id = k.token and t.owner <> k.person where t.owner in (",
        ids(),
        ")"
    )?;
    let accounts: Vec<(Uuid, Uuid, i64)> = fetch_in!(
        (Uuid, Uuid, i64),
        conn,
        "select account, made_by, created_at from service_accounts where account in (",
        ids(),
        ")"
    )?;
    rows.extend(accounts.into_iter().map(|(account, person, at)| (account, person, at, None)));
    let mut makers = Makers::default();
    for (account, person, from, until) in rows {
        let until = until.map(Time::from_micros);
        let maker = Maker { person: person.into(), from: Time::from_micros(from), until };
        makers.0.entry(account.into()).or_default().push(maker);
    }
    Ok(makers)
}
