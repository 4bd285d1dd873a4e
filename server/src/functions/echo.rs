//! What was typed into a form that failed, for the page that shows it again: in a cookie that lives a minute.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;

/// The longest value of the cookie, in bytes; browsers take some 4,000 with its attributes.
const LONGEST: usize = 3_800;
const SECONDS: u32 = 60;
/// Fields whose name says that they are secret never leave this process.
const SECRET: [&str; 3] = ["password", "secret", "token"];

/// The value of the cookie; empty to remove an earlier one.
#[derive(Debug)]
pub(super) struct Echo(String);

#[derive(Serialize)]
struct Kept<'a> {
    /// The path of the server function.
    path: &'a str,
    fields: Vec<(String, String)>,
}

impl Echo {
    pub fn nothing() -> Self {
        Self(String::new())
    }

    /// The fields of an url-encoded form, without its secrets. Where they are too long for a cookie, the longest
    /// are left out.
    pub fn of(path: &str, body: &[u8]) -> Self {
        let fields = form_urlencoded::parse(body).into_owned().filter(|(name, _)| {
            let name = name.to_ascii_lowercase();
            !SECRET.iter().any(|secret| name.contains(secret))
        });
        let mut kept = Kept { path, fields: fields.collect() };
        loop {
            // Texts and lists of texts always have a JSON form.
            let value = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&kept).unwrap_or_default());
            if value.len() <= LONGEST || kept.fields.is_empty() {
                return Self(value);
            }
            let lengths = kept.fields.iter().map(|(name, value)| name.len() + value.len()).enumerate();
            if let Some((longest, _)) = lengths.max_by_key(|(_, length)| *length) {
                kept.fields.remove(longest);
            }
        }
    }

    pub fn lay_into(self, headers: &mut HeaderMap, https: bool) {
        let Self(value) = self;
        let age = if value.is_empty() { 0 } else { SECONDS };
        let secure = if https { "; Secure" } else { "" };
        let cookie =
            format!("towpath-echo={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        headers.append(SET_COOKIE, HeaderValue::try_from(cookie).expect("base64 is ASCII"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(echo: &Echo) -> String {
        String::from_utf8(URL_SAFE_NO_PAD.decode(&echo.0).unwrap()).unwrap()
    }

    #[test]
    fn secrets_are_not_kept() {
        let echo = Echo::of("/fn/join", b"form%5Bname%5D=Ada&form%5BPassword%5D=x&api_token=y&Secret=z");
        assert_eq!(json(&echo), r#"{"path":"/fn/join","fields":[["form[name]","Ada"]]}"#);
    }

    #[test]
    fn what_is_too_long_is_left_out_and_the_rest_is_kept() {
        let form = format!("a=short&b={}&c={}", "é".repeat(2_000), "x".repeat(1_000));
        let echo = Echo::of("/fn/a", form.as_bytes());
        assert!(echo.0.len() <= LONGEST);
        assert!(json(&echo).contains(r#"["a","short"],["c","xxx"#), "{}", json(&echo));
    }

    #[test]
    fn a_form_of_many_fields_ends_too() {
        let form = "field=value&".repeat(5_000);
        assert!(Echo::of("/fn/a", form.as_bytes()).0.len() <= LONGEST);
    }
}
