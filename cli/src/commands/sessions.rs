//! `login`, `logout` and `whoami`.

use crate::args::{Common, Format, Login};
use crate::config::{Config, SignedIn};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Table, say, show};
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use towpath_api::client::{self, Client};
use towpath_api::problems::ProblemKind;
use towpath_api::sessions::{Credential, Me, NewSession};

/// What the secret of a session starts with; a token's starts otherwise.
const SESSION: &str = "tps_";

pub async fn login(common: &Common, login: Login) -> Result<Exit, Failure> {
    let server = Config::load()?.server(common)?;
    let credential = match &login.token_file {
        Some(path) => read_token(path)?,
        None if login.token_stdin => read_secret()?,
        None => sign_in(&server, login).await?,
    };
    let me = Client::new(&server, Some(credential.clone()))?.me().await?;
    Config::keep(SignedIn { server: server.clone(), credential })?;
    let how = match me.credential {
        Credential::Session => "as",
        Credential::Token => "with a token of",
    };
    say(&format!("Signed in to {server} {how} {} until {}.", me.person.name, me.expires_at.0.to_words()));
    Ok(Exit::Success)
}

async fn sign_in(server: &str, login: Login) -> Result<String, Failure> {
    if server.starts_with("http://") && !is_local(server) {
        say("warning: this server is reached by plain HTTP; others on the way can read the password");
    }
    let email = login.email.map_or_else(ask_email, Ok)?;
    let password = if login.password_stdin {
        read_secret()?
    } else {
        terminal("--password-stdin")?;
        rpassword::prompt_password("Password: ")?
    };
    let session = Client::new(server, None)?.sign_in(&NewSession { email, password }).await?;
    Ok(session.session)
}

fn is_local(server: &str) -> bool {
    let host = server.trim_start_matches("http://");
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| {
        host.strip_prefix(local).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    })
}

fn ask_email() -> Result<String, Failure> {
    terminal("--email")?;
    let mut prompt = io::stderr();
    write!(prompt, "E-mail address: ")?;
    prompt.flush()?;
    read_line()
}

/// Nothing is asked where nobody can answer.
fn terminal(option: &str) -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Failure::Usage(format!("there is no terminal to ask on; use {option}")))
}

fn read_secret() -> Result<String, Failure> {
    let secret = read_line()?;
    if secret.is_empty() {
        return Err(Failure::Usage("there is nothing on standard input".to_owned()));
    }
    Ok(secret)
}

fn read_token(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", path.display())))?;
    match text.trim() {
        "" => Err(Failure::Usage(format!("there is no token in {}", path.display()))),
        several if several.contains(char::is_whitespace) => {
            Err(Failure::Usage(format!("{} has more in it than one token", path.display())))
        }
        token => Ok(token.to_owned()),
    }
}

/// The first line of standard input; spaces may be part of a password.
fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

pub async fn logout(common: &Common) -> Result<Exit, Failure> {
    let config = Config::load()?;
    let server = config.server(common)?;
    let session = config.forget()?.filter(|credential| credential.starts_with(SESSION));
    if let Some(session) = session {
        match Client::new(&server, Some(session))?.sign_out().await {
            // It has ended by itself.
            Err(client::Error::Problem(problem)) if problem.known() == Some(ProblemKind::Unauthenticated) => {
            }
            other => other?,
        }
    }
    say("Signed out.");
    Ok(Exit::Success)
}

pub async fn whoami(client: &Client, format: Format) -> Result<Exit, Failure> {
    show(format, &client.me().await?, table)?;
    Ok(Exit::Success)
}

fn table(me: &Me) -> Table {
    let grants: Vec<String> =
        me.grants.iter().map(|grant| format!("{} in {}", grant.role, grant.words)).collect();
    let credential = match me.credential {
        Credential::Session => "session",
        Credential::Token => "token",
    };
    Table::facts([
        ("name", me.person.name.clone()),
        ("e-mail", me.person.email.clone()),
        ("id", me.person.id.clone()),
        ("by", format!("{credential} until {}", me.expires_at.0.to_words())),
        ("roles", grants.join(", ")),
        ("scoped for", me.actions.clone().unwrap_or_default().join(", ")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_local_name_is_local() {
        for local in ["http://localhost", "http://localhost:3000", "http://127.0.0.1:1/", "http://[::1]:3000"]
        {
            assert!(is_local(local), "{local}");
        }
        for other in ["http://localhost.example.org", "http://127.0.0.1.example.org", "http://example.org"] {
            assert!(!is_local(other), "{other}");
        }
    }
}
