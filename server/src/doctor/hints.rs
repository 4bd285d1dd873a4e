//! What a configuration that is sound may still have been meant otherwise.

use crate::config::Config;
use http::Uri;

/// Sentences on what should be looked at, each with what to do.
pub fn hints(config: &Config) -> Vec<String> {
    let url = &config.public_url;
    let local = is_local(url.as_str());
    let mut hints = Vec::new();
    if !url.is_https() && !local {
        hints.push(format!(
            "public_url is {url}, without TLS: passwords and tokens can be read on their way, and registry clients refuse \
             it. Put a proxy with a certificate in front, and name its https address."
        ));
    }
    if url.is_https() && config.proxies == 0 {
        hints.push(
            "public_url is https, so a proxy stands in front, but proxies is 0: all clients share one limit. Set it to how \
             many append to X-Forwarded-For."
                .to_owned(),
        );
    }
    if local && !config.listen.ip().is_loopback() {
        hints.push(format!(
            "listen is {}, so that others reach it, but public_url is {url}: forms and registry clients from elsewhere fail.",
            config.listen
        ));
    }
    if let Some(bucket) = &config.bucket {
        let address = bucket.endpoint.as_deref().unwrap_or_default();
        if address.starts_with("http://") && !is_local(address) {
            hints.push(format!(
                "s3_endpoint is {address}, without TLS: images and signed requests can be read on their way. Use https, unless \
                 that network is closed."
            ));
        }
    }
    if config.metrics_listen.is_some_and(|metrics| metrics.port() == config.listen.port()) {
        hints.push("metrics_listen and listen have one port: give metrics another one.".to_owned());
    }
    hints
}

fn is_local(url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
}
