//! What a browser loads on its first visit, in bytes on the wire.

use crate::figures::{Figure, Unit};
use crate::installation::Installation;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::path::Path;

const ENCODINGS: [(&str, &str); 2] = [("accept-encoding", "br"), ("accept", "text/html,*/*")];

/// What files may lead to others.
const ENDINGS: [&str; 5] = [".css", ".js", ".wasm", ".svg", ".woff2"];

pub async fn measure(installation: &Installation) -> Result<Vec<Figure>> {
    let page = installation.browser.get("/", &ENCODINGS).await?;
    let text = String::from_utf8_lossy(&page.body).into_owned();
    let mut wanted: Vec<String> = addresses(&text, "").collect();
    // Scripts name files below the folder in which the page says that they are.
    let main = wanted.iter().find_map(|address| address.strip_suffix("/towpath.js"));
    let folder = main.context("the page names no script")?.to_owned();
    let mut seen = BTreeSet::new();
    let mut figures =
        vec![Figure::new("the page itself, not compressed", kilobytes(page.body.len()), Unit::Kilobytes)];
    let mut all = 0;
    while let Some(address) = wanted.pop() {
        if !seen.insert(address.clone()) {
            continue;
        }
        // A mention in a comment or a message is no file.
        let Ok(file) = installation.browser.get(&address, &ENCODINGS).await else { continue };
        all += file.body.len();
        figures.push(Figure::new(&address, kilobytes(file.body.len()), Unit::Kilobytes));
        if is_script(&address) {
            let plain = installation.browser.get(&address, &[]).await?;
            wanted.extend(addresses(&String::from_utf8_lossy(&plain.body), &folder));
        }
    }
    figures.push(Figure::new("all files", kilobytes(all), Unit::Kilobytes));
    Ok(figures)
}

/// The addresses of our own files that a text names in quotes, in full or by their place in `folder`.
fn addresses(text: &str, folder: &str) -> impl Iterator<Item = String> {
    let quoted =
        text.split(['"', '\'', '`']).filter(|part| ENDINGS.iter().any(|ending| part.ends_with(ending)));
    // Modules that a script names beside itself are loaded when they are wanted, which is later.
    let first = quoted.filter(|part| !part.starts_with("./") || is_script(part));
    let full = first.map(move |part| part.replace("${pkg}", folder).replacen("./", &format!("{folder}/"), 1));
    full.filter(|address| address.starts_with('/') && !address.contains([' ', '$']))
}

fn is_script(address: &str) -> bool {
    Path::new(address).extension().is_some_and(|extension| extension == "js")
}

#[expect(clippy::cast_precision_loss, reason = "files are small")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}
