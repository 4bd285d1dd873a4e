//! What a client shows to say who it is: the `Authorization` header (RFC 7617, RFC 6750).

use base64::{Engine, engine::general_purpose::STANDARD};

/// Credentials as they were sent; whether they are good is for the service to say.
#[derive(PartialEq, Eq)]
pub(crate) enum Credentials {
    /// An API token, or the session of a person, as the password of Basic; the user name means nothing.
    ApiToken(String),
    /// A short-lived token of our token service.
    Bearer(String),
}

/// The header is of no scheme that is understood here, or broken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Authorization header is neither Basic nor Bearer")]
pub(crate) struct Malformed;

impl Credentials {
    /// Reads the value of an `Authorization` header.
    pub(crate) fn parse(header: &str) -> Result<Self, Malformed> {
        let (scheme, value) = header.trim().split_once(' ').ok_or(Malformed)?;
        let value = value.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return Ok(Self::Bearer(value.to_owned()));
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(Malformed);
        }
        let decoded = STANDARD.decode(value).map_err(|_| Malformed)?;
        let pair = String::from_utf8(decoded).map_err(|_| Malformed)?;
        let (_, password) = pair.split_once(':').ok_or(Malformed)?;
        Ok(Self::ApiToken(password.to_owned()))
    }
}

/// Never the secret itself.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ApiToken(_) => "ApiToken(…)",
            Self::Bearer(_) => "Bearer(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_basic_is_the_token_whoever_the_user_is() {
        for pair in ["token:tow_1", ":tow_1", "ana@example.org:tow_1"] {
            let header = format!("Basic {}", STANDARD.encode(pair));
            assert_eq!(Credentials::parse(&header), Ok(Credentials::ApiToken("tow_1".into())));
        }
    }

    #[test]
    fn a_colon_in_the_password_belongs_to_it() {
        let header = format!("Basic {}", STANDARD.encode("user:a:b"));
        assert_eq!(Credentials::parse(&header), Ok(Credentials::ApiToken("a:b".into())));
    }

    #[test]
    fn schemes_are_known_in_any_case() {
        assert_eq!(Credentials::parse("bearer abc"), Ok(Credentials::Bearer("abc".into())));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for header in ["", "Basic", "Basic !", "Basic dG9rZW4=", "Digest x", "Basic /w=="] {
            assert_eq!(Credentials::parse(header), Err(Malformed), "{header}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let credentials = Credentials::Bearer("secret".into());
        assert!(!format!("{credentials:?}").contains("secret"));
    }
}
