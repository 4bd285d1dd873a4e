//! What a browser loads on its first visit, in bytes on the wire: the page to sign in at, then the pages after it,
//! each without what is there already.

use crate::figures::{Figure, Unit};
use crate::http::Client;
use crate::installation::Installation;
use anyhow::{Context, Result};
use std::collections::BTreeSet;

const ENCODINGS: [(&str, &str); 2] = [("accept-encoding", "br, gzip"), ("accept", "text/html,*/*")];
/// What every page loads from the folder that it names.
const ALWAYS: [&str; 3] = ["towpath.js", "towpath-split.js", "towpath.wasm"];

pub async fn measure(installation: &Installation) -> Result<Vec<Figure>> {
    let stranger = installation.browser.stranger();
    let mut seen = BTreeSet::new();
    let mut figures = Vec::new();
    let first = visit(&stranger, "/sign-in", &mut seen).await?;
    for (name, bytes) in &first.files {
        figures.push(Figure::new(name, kilobytes(*bytes), Unit::Kilobytes));
    }
    figures.push(Figure::new("all of the first visit, /sign-in", kilobytes(first.bytes()), Unit::Kilobytes));
    for page in ["/", "/inbox", "/timeline", "/projects"] {
        let then = visit(&installation.browser, page, &mut seen).await?;
        figures.push(Figure::new(format!("then {page} adds"), kilobytes(then.bytes()), Unit::Kilobytes));
    }
    Ok(figures)
}

/// What a page brought that was not there before.
struct Visit {
    files: Vec<(String, usize)>,
}

impl Visit {
    fn bytes(&self) -> usize {
        self.files.iter().map(|(_, bytes)| bytes).sum()
    }
}

async fn visit(client: &Client, path: &str, seen: &mut BTreeSet<String>) -> Result<Visit> {
    let page = client.get(path, &ENCODINGS).await?;
    let plain = client.get(path, &[]).await?;
    let text = String::from_utf8_lossy(&plain.body);
    let site = attribute(&text, "name=\"towpath-site\" content=\"").context("the page names no site")?;
    // As `start.js` reads them.
    let told = page.headers.get("server-timing").and_then(|timing| timing.to_str().ok()).unwrap_or_default();
    let modules = attribute(told, "modules;desc=\"").unwrap_or_default();
    let modules = ALWAYS.into_iter().chain(modules.split_whitespace());
    let mut wanted: Vec<String> = modules.map(|module| format!("/pkg/{site}/{module}")).collect();
    wanted.extend(["href=\"/", "src=\"/"].into_iter().flat_map(|start| linked(&text, start)));
    let mut files = vec![(format!("the page {path}"), page.body.len())];
    for address in wanted {
        if seen.insert(address.clone()) {
            let file = client.get(&address, &ENCODINGS).await?;
            files.push((address, file.body.len()));
        }
    }
    Ok(Visit { files })
}

fn attribute<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once('"').map(|(value, _)| value)
}

/// The files of the site that a page loads by itself.
fn linked(text: &str, start: &str) -> Vec<String> {
    let addresses = text.split(start).skip(1).filter_map(|rest| rest.split('"').next());
    let loaded = |address: &&str| [".css", ".js", ".svg"].iter().any(|ending| address.ends_with(ending));
    addresses.filter(loaded).map(|address| format!("/{address}")).collect()
}

#[expect(clippy::cast_precision_loss, reason = "files are small")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}
