//! An OpenID Connect provider of our own, which can be made to lie, and a browser that goes to it.

use super::{Answer, Server};
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;
use towpath_service::Sources;

type Fields = HashMap<String, String>;

/// How the provider lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evil {
    Nonce,
    NoNonce,
    Audience,
    Issuer,
    /// A token with `alg: none` and no signature.
    Unsigned,
    /// A token that is signed with the public key, taken for a shared secret.
    Hmac,
    Expired,
    /// Signed by another key, under the name of the published one.
    KeySwapped,
    /// Signed by another key, under a name of its own.
    KeyUnknown,
    /// The answer names no issuer, though the metadata says that it would.
    Unnamed,
    /// The answer names another issuer.
    OtherName,
    Denies,
    NoToken,
    /// The user info tells of someone else.
    OtherUser,
    MetadataOfAnother,
    Down,
    /// Asked to let someone sign in anew, it does not say when that was.
    NoAuthTime,
    /// It goes by what it remembers of this morning.
    OldAuthTime,
}

/// A provider on a free port of this machine, at which everyone is signed in already.
#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    key: EcdsaKeyPair,
    other: EcdsaKeyPair,
    evil: Option<Evil>,
    /// What the token says of whoever comes, beside what it must.
    claims: Value,
    /// What only the user info says.
    more: Value,
    codes: HashMap<String, Fields>,
    issued: usize,
    /// The number by which the key goes.
    kid: usize,
}

pub const SECRET: &str = "a secret: with % and +";

fn key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).expect("a key")
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Inner {
            key: key(),
            other: key(),
            evil: None,
            claims: json!({}),
            more: json!({}),
            codes: HashMap::new(),
            issued: 0,
            kid: 1,
        };
        let provider = Self { issuer, inner: Arc::new(Mutex::new(inner)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/me", get(user_info))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        provider
    }

    /// The table by which a server knows it.
    pub fn table(&self, slug: &str, more: &str) -> String {
        format!(
            "[[providers]]\nslug = '{slug}'\nissuer = '{}'\nclient_id = 'towpath'\nclient_secret = '{SECRET}'\n{more}\n",
            self.issuer
        )
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic")
    }

    pub fn be(&self, evil: Evil) {
        self.inner().evil = Some(evil);
    }

    /// Whoever comes from now on is this person.
    pub fn admit(&self, subject: &str, groups: &[&str]) {
        self.assert(json!({"sub": subject, "name": subject, "email": format!("{subject}@example.org"),
                           "email_verified": true, "groups": groups}));
    }

    pub fn assert(&self, claims: Value) {
        self.inner().claims = claims;
    }

    pub fn tell_on_request(&self, more: Value) {
        self.inner().more = more;
    }

    /// Signs by a new key from now on.
    pub fn change_key(&self) {
        let mut inner = self.inner();
        inner.key = key();
        inner.kid += 1;
    }

    fn evil(&self) -> Option<Evil> {
        self.inner().evil
    }

    fn id_token(&self, asked: &Fields) -> String {
        let inner = self.inner();
        let now = Sources::system().now().micros() / 1_000_000;
        let mut claims = json!({"iss": self.issuer, "aud": "towpath", "iat": now, "exp": now + 300,
                                "nonce": asked.get("nonce")});
        let object = claims.as_object_mut().expect("an object");
        object.extend(inner.claims.as_object().expect("an object").clone());
        if asked.get("max_age").is_some_and(|age| age == "0")
            && asked.get("prompt").is_some_and(|how| how == "login")
        {
            object.insert("auth_time".to_owned(), json!(now));
        }
        match inner.evil {
            Some(Evil::Nonce) => claims["nonce"] = json!("another"),
            Some(Evil::NoNonce) => drop(object.remove("nonce")),
            Some(Evil::Audience) => claims["aud"] = json!("another"),
            Some(Evil::Issuer) => claims["iss"] = json!("https://another.example"),
            Some(Evil::Expired) => claims["exp"] = json!(now - 120),
            Some(Evil::NoAuthTime) => drop(object.remove("auth_time")),
            Some(Evil::OldAuthTime) => claims["auth_time"] = json!(now - 3_600),
            _ => {}
        }
        drop(inner);
        self.sign(&claims)
    }

    /// The token of a CI job that says this, for the audience.
    pub fn job_token(&self, audience: &str, change: &Value) -> String {
        let now = Sources::system().now().micros() / 1_000_000;
        let mut claims = json!({"iss": self.issuer, "aud": audience, "iat": now, "exp": now + 300});
        claims.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        self.sign(&claims)
    }

    fn sign(&self, claims: &Value) -> String {
        let inner = self.inner();
        let (algorithm, kid) = match inner.evil {
            Some(Evil::Unsigned) => ("none", inner.kid),
            Some(Evil::Hmac) => ("HS256", inner.kid),
            Some(Evil::KeyUnknown) => ("ES256", 99),
            _ => ("ES256", inner.kid),
        };
        let header = json!({"alg": algorithm, "kid": kid.to_string(), "typ": "JWT"});
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let by = |key: &EcdsaKeyPair| key.sign(&SystemRandom::new(), signed.as_bytes()).expect("signs");
        let signature = match inner.evil {
            Some(Evil::Unsigned) => String::new(),
            Some(Evil::Hmac) => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, inner.key.public_key().as_ref());
                encode(ring::hmac::sign(&key, signed.as_bytes()))
            }
            Some(Evil::KeySwapped | Evil::KeyUnknown) => encode(by(&inner.other)),
            _ => encode(by(&inner.key)),
        };
        format!("{signed}.{signature}")
    }
}

async fn metadata(State(provider): State<Provider>) -> Response {
    let Provider { issuer, .. } = &provider;
    let named =
        if provider.evil() == Some(Evil::MetadataOfAnother) { "https://another.example" } else { issuer };
    if provider.evil() == Some(Evil::Down) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    Json(json!({
        "issuer": named,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/me"),
        "end_session_endpoint": format!("{issuer}/end"),
        "authorization_response_iss_parameter_supported": true,
    }))
    .into_response()
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let inner = provider.inner();
    let point = inner.key.public_key().as_ref();
    Json(
        json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": inner.kid.to_string(),
                          "x": encode(&point[1..33]), "y": encode(&point[33..])}]}),
    )
}

/// Sends whoever comes back at once, with a code for what was asked.
async fn authorize(State(provider): State<Provider>, Query(asked): Query<Fields>) -> Redirect {
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], "towpath");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
    let evil = provider.evil();
    let mut inner = provider.inner();
    inner.issued += 1;
    let code = format!("code-{}", inner.issued);
    let mut back = form_urlencoded::Serializer::new(String::new());
    back.append_pair("state", &asked["state"]);
    match evil {
        Some(Evil::Denies) => back.append_pair("error", "access_denied"),
        _ => back.append_pair("code", &code),
    };
    match evil {
        Some(Evil::Unnamed) => {}
        Some(Evil::OtherName) => drop(back.append_pair("iss", "https://another.example")),
        _ => drop(back.append_pair("iss", &provider.issuer)),
    }
    let address = format!("{}?{}", asked["redirect_uri"], back.finish());
    inner.codes.insert(code, asked);
    Redirect::to(&address)
}

/// Gives tokens for a code, once, to the client that it is for, if the verifier fits the challenge.
async fn token(State(provider): State<Provider>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response();
    let encoded: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let expected = format!("Basic {}", STANDARD.encode(format!("towpath:{encoded}")));
    if headers.get("authorization").and_then(|header| header.to_str().ok()) != Some(&expected) {
        return refuse("invalid_client");
    }
    let Some(asked) = provider.inner().codes.remove(&form["code"]) else { return refuse("invalid_grant") };
    let challenge = encode(Sha256::digest(&form["code_verifier"]));
    if challenge != asked["code_challenge"] || form["redirect_uri"] != asked["redirect_uri"] {
        return refuse("invalid_grant");
    }
    let mut tokens = json!({"access_token": "access", "token_type": "Bearer"});
    if provider.evil() != Some(Evil::NoToken) {
        tokens["id_token"] = json!(provider.id_token(&asked));
    }
    Json(tokens).into_response()
}

async fn user_info(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    if headers.get("authorization").is_none_or(|header| header != "Bearer access") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut more = provider.inner().more.clone();
    more["sub"] = provider.inner().claims["sub"].clone();
    if provider.evil() == Some(Evil::OtherUser) {
        more["sub"] = json!("another");
    }
    Json(more).into_response()
}

/// A browser that keeps cookies of the server, and follows no redirect by itself.
pub struct Browser {
    server: String,
    cookies: HashMap<String, String>,
}

impl Browser {
    pub fn at(server: &Server) -> Self {
        Self { server: server.url.clone(), cookies: HashMap::new() }
    }

    /// Opens an address, of the server where it is only a path; as a click on a page of the server.
    pub async fn open(&mut self, address: &str) -> Answer {
        self.open_from("same-origin", address).await
    }

    /// Opens an address, as a link on a page of another site does.
    pub async fn open_from(&mut self, site: &str, address: &str) -> Answer {
        let address =
            if address.starts_with('/') { format!("{}{address}", self.server) } else { address.to_owned() };
        let own = address.starts_with(&self.server);
        let mut request = Request::get(&address).header("accept", "text/html").header("sec-fetch-site", site);
        if own {
            request = request.header("cookie", self.cookies());
        }
        let client: Client<_, Body> = Client::builder(TokioExecutor::new()).build_http();
        let request = request.body(Body::empty()).expect("a request");
        let answer = Answer::read(client.request(request).await.expect("an answer")).await;
        if own {
            self.keep(&answer);
        }
        answer
    }

    pub fn cookies(&self) -> String {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        cookies.collect::<Vec<_>>().join("; ")
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Keeps what an answer sets.
    pub fn keep(&mut self, answer: &Answer) {
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().expect("ASCII");
            let (name, value) =
                line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Goes to a provider by a link, and gives the address by which that leads back.
    pub async fn go(&mut self, link: &str) -> String {
        let sent = self.open(link).await;
        let to =
            sent.location().unwrap_or_else(|| panic!("{link} leads nowhere: {}", sent.text())).to_owned();
        self.open(&to).await.location().expect("the provider leads back").to_owned()
    }

    /// Signs in by a provider, and gives the answer to coming back.
    pub async fn sign_in(&mut self, slug: &str) -> Answer {
        let back = self.go(&format!("/sign-in/with/{slug}")).await;
        self.open_from("cross-site", &back).await
    }
}
