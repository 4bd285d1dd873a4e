//! Where a form without script is led back to: a page of this site, whatever the request says.

use crate::config::PublicUrl;
use http::header::{HOST, LOCATION, REFERER};
use http::{HeaderMap, Uri};

/// The path and query of the page that a form stood on; the first page where that was another site's.
///
/// The page may have been reached under another name than the public one, such as an address of the network:
/// then the `Host` of the request says so.
pub(super) fn page(headers: &HeaderMap, public_url: &PublicUrl) -> String {
    let referer = headers.get(REFERER).and_then(|referer| referer.to_str().ok());
    let referer = referer.and_then(|referer| referer.parse::<Uri>().ok());
    let own = |uri: &Uri| {
        let Some(authority) = uri.authority() else { return false };
        let public = public_url.as_str().split_once("://").map(|(_, authority)| authority);
        public == Some(authority.as_str()) || headers.get(HOST).is_some_and(|host| host == authority.as_str())
    };
    let path = referer.filter(own).and_then(|uri| uri.into_parts().path_and_query);
    path.map(|path| path.to_string()).filter(|path| is_path(path)).unwrap_or_else(|| "/".to_owned())
}

/// The address of a page, without what the framework put into its query after a form had failed there.
pub(super) fn without_failure(page: &str) -> String {
    let Some((path, query)) = page.split_once('?') else { return page.to_owned() };
    let own = |pair: &&str| !pair.starts_with("__path=") && !pair.starts_with("__err=");
    let rest: Vec<&str> = query.split('&').filter(own).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

/// The `Location` of an answer as a path of this site, if it has one.
pub(super) fn within(headers: &HeaderMap, public_url: &PublicUrl) -> Option<String> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    let path = location.strip_prefix(public_url.as_str()).unwrap_or(location);
    // The framework leaves a question mark behind when it takes its own parameters out.
    let path = path.strip_suffix('?').unwrap_or(path);
    Some(if is_path(path) { path.to_owned() } else { "/".to_owned() })
}

/// Whether browsers read this as a path: with two slashes it would name a host (WHATWG URL, “relative slash
/// state”).
fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text[1..].starts_with(['/', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public_url() -> PublicUrl {
        PublicUrl::parse("https://towpath.example").unwrap()
    }

    #[test]
    fn a_form_leads_back_to_its_page_and_nowhere_else() {
        for (referer, page_) in [
            ("https://towpath.example/projects/new?a=1", "/projects/new?a=1"),
            ("http://10.0.0.7:3000/people", "/people"),
            ("https://evil.example/projects/new", "/"),
            ("https://towpath.example.evil.example/x", "/"),
            ("https://towpath.example@evil.example/x", "/"),
            ("https://towpath.example//evil.example", "/"),
            ("https://towpath.example/\\evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("/projects/new", "/"),
            ("", "/"),
        ] {
            let headers = [(REFERER, referer.parse().unwrap()), (HOST, "10.0.0.7:3000".parse().unwrap())];
            assert_eq!(page(&HeaderMap::from_iter(headers), &public_url()), page_, "{referer}");
        }
    }

    #[test]
    fn an_earlier_failure_is_over() {
        for (page, rest) in [
            ("/people", "/people"),
            ("/people?__path=/fn/a&__err=x", "/people"),
            ("/timeline?kind=a&__path=/fn/a&__err=x&after=1", "/timeline?kind=a&after=1"),
        ] {
            assert_eq!(without_failure(page), rest);
        }
    }

    #[test]
    fn an_answer_leads_to_a_path() {
        for (location, path) in [
            ("https://towpath.example/a?__err=x", "/a?__err=x"),
            ("/sign-in?next=/a", "/sign-in?next=/a"),
            ("https://towpath.example/account?", "/account"),
            ("https://towpath.example//evil.example", "/"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
        ] {
            let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
            assert_eq!(within(&headers, &public_url()).as_deref(), Some(path), "{location}");
        }
    }
}
