//! What was typed into a form that failed without script: the server sends it back in a short-lived
//! cookie, and the page fills the form with it again. Secrets are never echoed.

use crate::AppError;
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::error::ServerFnUrlError;
use std::collections::HashMap;
use towpath_domain::forms::FieldError;

/// The fields of the failed form, by name.
#[derive(Debug, Clone, Default)]
pub struct Echo(HashMap<String, Vec<String>>);

impl Echo {
    /// What was typed into the form of a server function, when this page follows its failure.
    pub fn of(path: &str) -> Self {
        read(path).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was typed into a field; empty where nothing was.
    pub fn value(&self, field: &str) -> String {
        self.0.get(field).and_then(|values| values.first()).cloned().unwrap_or_default()
    }

    /// What was typed, or else what the form starts with: also where the cookie had no room for what was typed, so that
    /// nothing is taken away unseen.
    pub fn value_or(&self, field: &str, default: &str) -> String {
        self.0.get(field).and_then(|values| values.first()).cloned().unwrap_or_else(|| default.to_owned())
    }

    /// Whether a box was ticked with this value.
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.0.get(field).is_some_and(|values| values.iter().any(|known| known == value))
    }
}

#[cfg(feature = "ssr")]
fn read(path: &str) -> Option<Echo> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use http::request::Parts;

    #[derive(serde::Deserialize)]
    struct Kept {
        path: String,
        fields: Vec<(String, String)>,
    }

    let parts = use_context::<Parts>()?;
    // The cookie may outlive the failure: it counts only on the page that tells of the error.
    parts.uri.query().filter(|query| query.contains("__err="))?;
    let cookie = crate::visitors::cookie("towpath-echo")?;
    let kept: Kept = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cookie).ok()?).ok()?;
    (kept.path == path).then(|| {
        let mut fields = HashMap::<String, Vec<String>>::new();
        for (name, value) in kept.fields {
            fields.entry(name).or_default().push(value);
        }
        Echo(fields)
    })
}

#[cfg(not(feature = "ssr"))]
fn read(_path: &str) -> Option<Echo> {
    None
}

/// The mistakes of a form that was sent without script to the server function at `path`, and refused.
pub fn refusal(path: &str) -> Memo<Vec<FieldError>> {
    let refused = use_context::<ServerActionError>().filter(|refused| refused.path() == path);
    let error = refused.map(|refused| ServerFnUrlError::<AppError>::decode_err(refused.err()));
    let errors = error.map(|error| error.field_errors()).unwrap_or_default();
    Memo::new(move |_| errors.clone())
}

/// The mistakes that an action's last answer tells of.
pub fn errors<T>(
    value: impl Fn() -> Option<Result<T, AppError>> + Send + Sync + 'static,
) -> Memo<Vec<FieldError>>
where
    T: 'static,
{
    Memo::new(move |_| match value() {
        Some(Err(error)) => {
            if error == AppError::SignIn {
                crate::notices::session_ended();
            }
            error.field_errors()
        }
        _ => Vec::new(),
    })
}

/// The mistake in one field, for the field's component.
pub fn mistake(errors: Memo<Vec<FieldError>>, field: &str) -> Signal<Option<String>> {
    let field = field.to_owned();
    Signal::derive(move || {
        errors.with(|errors| {
            errors.iter().find(|error| error.field == field).map(|error| error.message.clone())
        })
    })
}

/// The mistake in one field of a form that is asked for by its address, and so was told with the page.
pub fn told(mistakes: &[FieldError], field: &str) -> Signal<Option<String>> {
    let found = mistakes.iter().find(|mistake| mistake.field == field);
    Signal::stored(found.map(|mistake| mistake.message.clone()))
}
