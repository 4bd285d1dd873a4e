//! Who calls: people with one role each, and tokens.

use crate::calls::Call;
use crate::doors::Kind;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Someone with what they show to be known.
#[derive(Debug, Clone)]
pub struct Caller {
    pub name: &'static str,
    /// The session of a browser.
    pub cookie: Option<String>,
    /// The session of a command, or a token: what the REST API takes.
    pub bearer: Option<String>,
    /// A token: what the registry takes. A person's own is for all that they may.
    pub token: Option<String>,
    /// An upload into `checkout/qa` that the caller began, where they may; else one that is not.
    pub upload: String,
}

impl Caller {
    pub fn nobody() -> Self {
        let upload = "00000000-0000-4000-8000-000000000000".to_owned();
        Self { name: "nobody", cookie: None, bearer: None, token: None, upload }
    }

    /// A token by itself, with nobody's session.
    pub fn by_token(name: &'static str, token: &str) -> Self {
        let token = Some(token.to_owned());
        Self { name, bearer: token.clone(), token, ..Self::nobody() }
    }

    /// Shows what a kind of door asks for.
    pub fn sign(&self, kind: Kind, call: Call) -> Call {
        let bearer = |call: Call| match &self.bearer {
            Some(secret) => call.with("authorization", format!("Bearer {secret}")),
            None => call,
        };
        match (kind, &self.cookie) {
            (Kind::Registry, _) => match &self.token {
                Some(token) => call.with("authorization", basic(token)),
                None => call,
            },
            // Whoever has no session shows at least the token, which must not help.
            (Kind::Function | Kind::Page | Kind::Live | Kind::File, Some(cookie)) => {
                call.with("cookie", cookie)
            }
            (Kind::Function | Kind::Page | Kind::Live | Kind::File | Kind::Rest | Kind::Other, _) => {
                bearer(call)
            }
        }
    }
}

fn basic(token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("token:{token}")))
}
