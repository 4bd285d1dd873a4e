//! What `push` takes.

use crate::names::IntegrationName;
use clap::Args;
use std::str::FromStr;
use towpath_api::checks::CheckState;
use towpath_domain::slugs::Slug;
use towpath_oci::Platform;

#[derive(Debug, Args)]
pub struct Push {
    /// The image: an archive of `docker save` or an OCI layout (a file, a folder, or - for standard input), an image of
    /// the local Docker or Podman by its name, or one of another registry as `docker://HOST/NAME:TAG`.
    pub image: String,
    /// Where it goes; without a bucket, the CI rule leads it.
    #[arg(long, value_name = "PROJECT/INTEGRATION[/BUCKET]")]
    pub to: Destination,
    /// The tag that it gets: the git tag or else the short commit, if not given.
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
    /// Of an image for several platforms, push only this one.
    #[arg(long, value_name = "OS/ARCHITECTURE", value_parser = Platform::parse)]
    pub platform: Option<Platform>,
    /// A check to report on the build; may be given several times.
    #[arg(long, value_name = "NAME=STATE[,link=URL]")]
    pub check: Vec<ReportedCheck>,
    #[command(flatten)]
    pub said: Said,
}

/// What is said of the build; it outweighs what is detected.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is said of the build, instead of what is detected")]
pub struct Said {
    /// The branch, with its slashes.
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// The git tag.
    #[arg(long, value_name = "NAME", conflicts_with = "branch")]
    pub git_tag: Option<String>,
    #[arg(long, value_name = "ID")]
    pub commit: Option<String>,
    #[arg(long, value_name = "URL")]
    pub repository: Option<String>,
    /// The commit's message.
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// Who wrote the commit.
    #[arg(long, value_name = "NAME <ADDRESS>")]
    pub author: Option<String>,
    /// Who made the CI run.
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// What made the CI run, such as push.
    #[arg(long, value_name = "NAME")]
    pub event: Option<String>,
    /// The version that is built.
    #[arg(long, value_name = "VERSION")]
    pub release: Option<String>,
    /// The CI's id of the run.
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    #[arg(long, value_name = "URL")]
    pub run_link: Option<String>,
    /// Whatever else, for rules to compare as meta:KEY; may be given several times.
    #[arg(long, value_name = "KEY=VALUE", value_parser = entry)]
    pub meta: Vec<(String, String)>,
    /// Say nothing of the build but what is given here.
    #[arg(long)]
    pub no_detect: bool,
}

/// An integration, or a bucket of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub at: IntegrationName,
    pub bucket: Option<String>,
}

/// `NAME=STATE`, with a link or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedCheck {
    pub name: String,
    pub state: CheckState,
    pub link: String,
}

impl Destination {
    /// Its name in the registry.
    pub fn repository(&self) -> String {
        let bucket = self.bucket.iter().flat_map(|bucket| ["/", bucket]).collect::<String>();
        format!("{}{bucket}", self.at)
    }
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write it as PROJECT/INTEGRATION or PROJECT/INTEGRATION/BUCKET".to_owned();
        let (at, bucket) = match text.match_indices('/').nth(1) {
            Some((cut, _)) => (&text[..cut], Some(&text[cut + 1..])),
            None => (text, None),
        };
        let bucket = bucket.map(|bucket| Slug::parse(bucket).map(String::from)).transpose();
        Ok(Self { at: at.parse().map_err(|_| wrong())?, bucket: bucket.map_err(|_| wrong())? })
    }
}

impl FromStr for ReportedCheck {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_once('=').ok_or("write it as NAME=STATE, such as tests=success")?;
        let (state, link) = match rest.split_once(",link=") {
            Some((state, link)) => (state, link),
            None => (rest, ""),
        };
        Ok(Self { name: name.to_owned(), state: state.parse()?, link: link.to_owned() })
    }
}

fn entry(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_an_integration_or_a_bucket() {
        let repository = |text: &str| text.parse::<Destination>().map(|to| to.repository()).ok();
        assert_eq!(repository("shop/checkout").as_deref(), Some("shop/checkout"));
        assert_eq!(repository("shop/checkout/qa").as_deref(), Some("shop/checkout/qa"));
        for wrong in ["shop", "shop/", "shop/checkout/", "shop/checkout/qa/x", "shop/checkout:1"] {
            assert_eq!(repository(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_check_has_a_state_and_maybe_a_link() {
        let check: ReportedCheck = "scan/trivy=failure,link=https://ci.example.org/7?a=b,c".parse().unwrap();
        assert_eq!((check.name.as_str(), check.state), ("scan/trivy", CheckState::Failure));
        assert_eq!(check.link, "https://ci.example.org/7?a=b,c");
        for wrong in ["tests", "tests=done", "tests=success,url=x"] {
            assert!(wrong.parse::<ReportedCheck>().is_err(), "{wrong}");
        }
    }
}
