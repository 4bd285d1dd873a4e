//! What a provider publishes of itself (OpenID Connect Discovery 1.0).

use crate::Error;
use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderMap, Request, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use towpath_domain::providers::Refused;
use towpath_outgoing::Outgoing;
use url::Url;

/// The parts of a provider's metadata that are used here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: Endpoint,
    pub token_endpoint: Endpoint,
    pub jwks_uri: Endpoint,
    pub userinfo_endpoint: Option<Endpoint>,
    /// Where a session at the provider ends (OpenID Connect RP-Initiated Logout 1.0).
    pub end_session_endpoint: Option<Endpoint>,
    /// Whether answers name their issuer (RFC 9207 §3).
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    pub names_issuer: bool,
    /// How clients make themselves known; by HTTP Basic where nothing is said.
    #[serde(default = "basic", rename = "token_endpoint_auth_methods_supported")]
    pub client_authentication: Vec<String>,
}

/// An address of the web.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Endpoint(pub Url);

impl Endpoint {
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<String> for Endpoint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = Url::parse(&text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        url.map(Self).ok_or("no address of the web")
    }
}

fn basic() -> Vec<String> {
    vec!["client_secret_basic".to_owned()]
}

/// Reads the metadata of an issuer, which must be of exactly that issuer (§4.3).
pub async fn fetch(outgoing: &Outgoing, issuer: &str) -> Result<Metadata, Error> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let metadata: Metadata = get(outgoing, &address, HeaderMap::new()).await?;
    if metadata.issuer != issuer {
        let detail = format!("{address} describes another issuer than the configured {issuer}");
        return Err(Error::new(Refused::Issuer, detail));
    }
    // Those that are called from here, the client for outgoing calls judges; people go to these two.
    let led_to = [Some(&metadata.authorization_endpoint), metadata.end_session_endpoint.as_ref()];
    let encrypted = issuer.starts_with("https:");
    if led_to.into_iter().flatten().any(|endpoint| encrypted && endpoint.0.scheme() != "https") {
        return Err(Error::unavailable(format!("{address} names an endpoint without encryption")));
    }
    Ok(metadata)
}

/// Reads a JSON document.
pub async fn get<T: DeserializeOwned>(
    outgoing: &Outgoing,
    address: &str,
    mut headers: HeaderMap,
) -> Result<T, Error> {
    headers.insert(ACCEPT, http::HeaderValue::from_static("application/json"));
    let mut request = Request::get(address).body(Bytes::new()).map_err(|_| no_address(address))?;
    *request.headers_mut() = headers;
    let answer = outgoing.send(request).await.map_err(|error| Error::unavailable(error.to_string()))?;
    if answer.status() != StatusCode::OK {
        return Err(Error::unavailable(format!(
            "{address} answered with status {}",
            answer.status().as_u16()
        )));
    }
    serde_json::from_slice(answer.body())
        .map_err(|_| Error::unavailable(format!("{address} did not answer with the JSON that it should")))
}

pub fn no_address(address: &str) -> Error {
    Error::unavailable(format!("{address} is no address"))
}
