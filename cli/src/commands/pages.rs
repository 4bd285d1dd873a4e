//! `open`: prints the address of a thing's page, and opens it in a browser.

use crate::args::{Common, Format, Open};
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::{BucketName, IntegrationName, PromotionName};
use crate::output::{Table, say, show, write};
use serde_json::json;
use std::process::{Command, Stdio};
use towpath_domain::digests::Digest;
use towpath_domain::slugs::Slug;

pub fn open(common: &Common, args: &Open, format: Format) -> Result<Exit, Failure> {
    let server = Config::load()?.server(common)?;
    let address = format!("{server}{}", path(args.what.as_deref().unwrap_or_default())?);
    match format {
        // A line, so that it can be given to other programs as it is.
        Format::Table | Format::Name => write(&format!("{address}\n"))?,
        Format::Json | Format::Yaml => show(format, &json!({"address": address}), |_| Table::default())?,
    };
    if !args.print && !started(&address) {
        say("No browser could be opened; BROWSER names one.");
    }
    Ok(Exit::Success)
}

/// The page of what is named.
fn path(what: &str) -> Result<String, Failure> {
    let wrong = || {
        Failure::Usage(format!(
            "“{what}” names no page; write PROJECT, PROJECT/INTEGRATION, PROJECT/INTEGRATION/BUCKET, PROJECT#NUMBER or a digest"
        ))
    };
    if what.is_empty() {
        return Ok("/".to_owned());
    }
    if what.contains('#') {
        let PromotionName { project, number } = PromotionName::parse(what, None)?;
        return Ok(format!("/projects/{project}/promotions/{number}"));
    }
    if what.contains(':') {
        let digest = Digest::parse(what).map_err(|_| wrong())?;
        return Ok(format!("/builds/{digest}"));
    }
    match what.matches('/').count() {
        0 => Slug::parse(what).map(|project| format!("/projects/{project}")).map_err(|_| wrong()),
        1 => {
            let IntegrationName { project, integration } = what.parse().map_err(|_| wrong())?;
            Ok(format!("/projects/{project}/integrations/{integration}"))
        }
        _ => {
            let BucketName { at, bucket } = what.parse().map_err(|_| wrong())?;
            let IntegrationName { project, integration } = at;
            Ok(format!("/projects/{project}/integrations/{integration}/buckets/{bucket}"))
        }
    }
}

/// Whether a browser was told to open it: the one of `BROWSER`, else the system's.
fn started(address: &str) -> bool {
    let chosen = std::env::var("BROWSER").ok().filter(|browser| !browser.is_empty());
    let (program, arguments): (&str, &[&str]) = match (&chosen, cfg!(target_os = "macos"), cfg!(windows)) {
        (Some(browser), _, _) => (browser, &[]),
        (None, true, _) => ("open", &[]),
        (None, _, true) => ("rundll32", &["url.dll,FileProtocolHandler"]),
        (None, false, false) => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn each_name_leads_to_its_page() {
        let digest = format!("sha256:{}", "3f".repeat(32));
        for (what, page) in [
            ("", "/"),
            ("shop", "/projects/shop"),
            ("shop/checkout", "/projects/shop/integrations/checkout"),
            ("shop/checkout/prod", "/projects/shop/integrations/checkout/buckets/prod"),
            ("shop#2", "/projects/shop/promotions/2"),
            (&digest, &format!("/builds/{digest}")),
        ] {
            assert_eq!(path(what).unwrap(), page, "{what}");
        }
        for what in ["Shop", "shop/", "shop/a/b/c", "shop#0", "sha256:3f", "../admin"] {
            assert!(path(what).is_err(), "{what}");
        }
    }
}
