//! One request to the server, and how it was answered.

use axum::body::Bytes;
use std::fmt;

/// A request, before anybody's credentials are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Where it leads.
    pub location: Option<String>,
    /// The methods that there are.
    pub allow: Option<String>,
    pub cookie: Option<String>,
    pub body: String,
}

/// What an answer means to who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Ok,
    /// Nobody is known by these credentials.
    SignIn,
    Forbidden,
    /// It is not there, or not for who asks to know.
    Hidden,
    /// A rule stands against it, whoever asks.
    Rule,
}

impl Call {
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Bytes::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self.with("content-type", content_type) }
    }
}

impl Answer {
    pub fn class(&self) -> Option<Class> {
        let leads_to_sign_in = self.location.as_deref().is_some_and(|to| to.starts_with("/sign-in"));
        Some(match self.status {
            // A script is led there by the header alone, whatever the status.
            300..=599 if leads_to_sign_in => Class::SignIn,
            200..=399 => Class::Ok,
            401 => Class::SignIn,
            403 => Class::Forbidden,
            404 => Class::Hidden,
            405 | 409 | 422 => Class::Rule,
            _ => return None,
        })
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::SignIn => "sign-in",
            Self::Forbidden => "forbidden",
            Self::Hidden => "hidden",
            Self::Rule => "rule",
        })
    }
}
