//! What was typed into a form that failed, for the page that shows it again: in a cookie that lives a minute.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;

/// How much JSON the cookie holds, in bytes: browsers take some 4,000 in base64, with name and attributes.
const ROOM: usize = 2_800;
const SECONDS: u32 = 60;
/// Fields whose name says that they are secret never leave this process.
const SECRET: [&str; 3] = ["password", "secret", "token"];

/// The value of the cookie, empty to remove an earlier one, and for how many seconds it lives.
#[derive(Debug)]
pub(super) struct Echo(String, u32);

struct Field {
    /// Which one of the form it is.
    place: usize,
    length: usize,
    pair: (String, String),
}

#[derive(Serialize)]
struct Kept<'a> {
    /// The path of the server function.
    path: &'a str,
    fields: Vec<(String, String)>,
}

impl Echo {
    pub fn nothing() -> Self {
        Self(String::new(), 0)
    }

    /// The fields of an url-encoded form, without its secrets. Where they are too long for a cookie, the longest
    /// are left out.
    pub fn of(path: &str, body: &[u8]) -> Self {
        let mut fields: Vec<Field> = form_urlencoded::parse(body)
            .into_owned()
            .filter(|(name, _)| !is_secret(name))
            .enumerate()
            .map(|(place, pair)| Field { place, length: json_length(&pair), pair })
            .collect();
        fields.sort_by_key(|field| field.length);
        let mut room = ROOM.saturating_sub(json_length(&path));
        fields.retain(|field| {
            let fits = field.length <= room;
            room = room.saturating_sub(field.length);
            fits
        });
        fields.sort_by_key(|field| field.place);
        let kept = Kept { path, fields: fields.into_iter().map(|field| field.pair).collect() };
        Self(URL_SAFE_NO_PAD.encode(json(&kept)), SECONDS)
    }

    pub fn lasting(self, seconds: u32) -> Self {
        Self(self.0, seconds)
    }

    pub fn lay_into(self, headers: &mut HeaderMap, https: bool) {
        let Self(value, age) = self;
        let secure = if https { "; Secure" } else { "" };
        let cookie = format!("towpath-echo={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        headers.append(SET_COOKIE, HeaderValue::try_from(cookie).expect("base64 is ASCII"));
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|secret| name.contains(secret))
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("texts, and lists of them, have a JSON form")
}

/// With the comma after it.
fn json_length(value: &impl Serialize) -> usize {
    json(value).len() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(echo: &Echo) -> String {
        String::from_utf8(URL_SAFE_NO_PAD.decode(&echo.0).unwrap()).unwrap()
    }

    #[test]
    fn secrets_are_not_kept() {
        let echo = Echo::of("/fn/join", b"form%5Bname%5D=Ada&form%5BPassword%5D=x&api_token=y&Secret=z");
        assert_eq!(text(&echo), r#"{"path":"/fn/join","fields":[["form[name]","Ada"]]}"#);
    }

    #[test]
    fn what_is_too_long_is_left_out_and_the_rest_is_kept() {
        let form = format!("a=short&b={}&c={}", "é".repeat(2_000), "x".repeat(1_000));
        let echo = Echo::of("/fn/a", form.as_bytes());
        assert!(echo.0.len() <= 3_800);
        assert!(text(&echo).contains(r#"["a","short"],["c","xxx"#), "{}", text(&echo));
    }

    #[test]
    fn a_form_of_many_fields_ends_too() {
        let form = "field=value&".repeat(5_000);
        assert!(Echo::of("/fn/a", form.as_bytes()).0.len() <= 3_800);
    }
}
