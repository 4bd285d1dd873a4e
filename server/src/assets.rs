//! The style sheet, scripts, WASM and pictures of the site.
//!
//! Style, scripts and modules stand under the site's name, `/pkg/NAME/towpath.css`, which changes with the content of
//! any of them: browsers keep them for good, and a page never gets parts of two sites. Under their plain names files
//! may change, so browsers ask each time whether they have the newest (`no-cache`); so do those of a folder, which is
//! built anew under a running server.

#[cfg_attr(feature = "embed", path = "assets/embedded.rs")]
#[cfg_attr(not(feature = "embed"), path = "assets/folder.rs")]
mod source;

use crate::conditional;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, Method, StatusCode};

use source::LASTING;
pub use source::Site;

use std::borrow::Cow;
use towpath_app::visitors::{Chunks, SiteName};

impl Site {
    /// Which modules each group of pages needs; nothing where the site's build did not say.
    pub fn chunks(&self) -> Chunks {
        let told = self.read_at_start("pkg/chunks.json");
        told.and_then(|json| Chunks::read(&json).ok()).unwrap_or_default()
    }
}

/// One file, or a compressed copy of one.
struct File {
    content: Bytes,
    hash: [u8; 32],
}

/// Answers with a file of the site where the address names one, and leaves all else to what follows.
/// Pages are told which site there is.
pub async fn serve(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let name = site.name().await;
    let asked = [Method::GET, Method::HEAD].contains(request.method());
    let kind = asked.then(|| content_type(request.uri().path())).flatten();
    if let Some(kind) = kind {
        let (path, named) = unnamed(request.uri().path(), &name);
        if let Some((file, encoding)) = find(&site, &path, request.headers()).await {
            return answer(request.headers(), file, kind, encoding, named);
        }
    }
    request.extensions_mut().insert(name);
    next.run(request).await
}

impl Site {
    /// What the site is called, as its build says. Nothing where none was built, as in tests.
    async fn name(&self) -> SiteName {
        let told = self.read("pkg/site-name").await;
        let text = told.as_ref().and_then(|file| str::from_utf8(&file.content).ok());
        SiteName(text.unwrap_or_default().into())
    }
}

/// The path of a file without the site's name, and whether it stood there.
fn unnamed<'a>(path: &'a str, SiteName(name): &SiteName) -> (Cow<'a, str>, bool) {
    let rest = path.strip_prefix("/pkg/").and_then(|rest| rest.split_once('/'));
    match rest {
        Some((first, rest)) if !name.is_empty() && first == &**name => (format!("/pkg/{rest}").into(), true),
        _ => (path.into(), false),
    }
}

/// The best copy that the client understands.
async fn find(site: &Site, path: &str, headers: &HeaderMap) -> Option<(File, Option<&'static str>)> {
    let name = name(path)?;
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(headers, encoding)
            && let Some(file) = site.read(&format!("{name}{suffix}")).await
        {
            return Some((file, Some(encoding)));
        }
    }
    Some((site.read(name).await?, None))
}

/// Answers with a file. Its address is `named` where the site's name stands in it.
fn answer(
    headers: &HeaderMap,
    file: File,
    kind: &'static str,
    encoding: Option<&'static str>,
    named: bool,
) -> Response {
    // Each copy has content of its own, and so a tag of its own.
    let tag = format!("\"{}\"", hex::encode(&file.hash[..16]));
    let mut response = Response::builder()
        .header(ETAG, &tag)
        .header(CACHE_CONTROL, kept(named, LASTING))
        .header(VARY, "accept-encoding");
    let answered = if conditional::has(headers, &tag) {
        response.status(StatusCode::NOT_MODIFIED).body(Body::empty())
    } else {
        response = response.header(CONTENT_TYPE, kind);
        if let Some(encoding) = encoding {
            response = response.header(CONTENT_ENCODING, encoding);
        }
        response.body(Body::from(file.content))
    };
    answered.expect("tags and types are ASCII")
}

/// For how long a browser keeps what it got: for good where the address is of one content only.
const fn kept(named: bool, lasting: bool) -> &'static str {
    if named && lasting { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// Whether the client takes this encoding (RFC 9110 §12.5.3), named outright.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|choice| {
        let (name, quality) = choice.split_once(';').unwrap_or((choice, ""));
        let refused = quality.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

/// The name of a file from the path of an address: plain words alone, so that none leads out of the folder.
fn name(path: &str) -> Option<&str> {
    let name = path.strip_prefix('/')?;
    let plain = |word: &str| {
        !word.is_empty()
            && !word.starts_with('.')
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    name.split('/').all(plain).then_some(name)
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for path in
            ["/../a.css", "/a/../../b.css", "//etc/a.txt", "/.env.txt", "/a\\b.css", "/%2e%2e/a.css", "a.css"]
        {
            assert_eq!(name(path), None, "{path:?}");
        }
        assert_eq!(name("/pkg/towpath.css"), Some("pkg/towpath.css"));
    }

    #[test]
    fn only_this_sites_name_is_left_out() {
        let name = SiteName("0123".into());
        assert_eq!(unnamed("/pkg/0123/towpath.js", &name), ("/pkg/towpath.js".into(), true));
        for path in ["/pkg/towpath.js", "/pkg/4567/towpath.js", "/start.js"] {
            assert_eq!(unnamed(path, &name), (path.into(), false));
        }
        assert!(!unnamed("/pkg//towpath.js", &SiteName::default()).1);
    }

    #[test]
    fn only_what_cannot_change_is_kept_for_good() {
        assert!(kept(true, true).ends_with("immutable"));
        assert_eq!([kept(true, false), kept(false, true)], ["no-cache"; 2]);
    }

    #[test]
    fn an_encoding_is_used_only_where_it_is_welcome() {
        let accepts =
            |line: &str| accepts(&HeaderMap::from_iter([(ACCEPT_ENCODING, line.parse().unwrap())]), "br");
        assert!(accepts("gzip, deflate, br, zstd") && accepts("BR;q=0.5"));
        assert!(!accepts("gzip") && !accepts("br;q=0, gzip") && !accepts("br; q=0.0") && !accepts(""));
    }
}
