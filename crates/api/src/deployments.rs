//! Deployment reports: what deployers say of environments.

use crate::pins::PinMark;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use towpath_domain::deployments as domain;
use utoipa::ToSchema;

/// A report: what a deployer did with an image of a service in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deployment {
    #[schema(format = "uuid")]
    pub id: String,
    pub service: String,
    /// As it was reported: of the build, or of the image of one platform in it.
    pub digest: String,
    /// The tag of the build; absent where no build of the service's integration has this image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    pub at: Timestamp,
    pub by: String,
    pub reported_at: Timestamp,
}

/// How far a deployment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Started,
    /// It runs.
    Succeeded,
    Failed,
}

/// A report to give. The same again changes nothing, so it can be given as often as one likes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeployment {
    pub service: String,
    /// The digest that was deployed: of the build, or of the image of one platform in it.
    pub digest: String,
    pub outcome: Outcome,
    /// Where more is told of it, such as the run of the deployer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// When it happened; left out, now. What comes late does not change what runs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(examples("2026-01-31T09:30:00Z"))]
    pub at: String,
}

/// What a service was reported to run in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    pub digest: String,
    /// The tag of the build; absent where no build of the service's integration has this image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    pub since: Timestamp,
}

/// An environment that a bucket feeds, with what was reported to run there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fed {
    pub project: String,
    pub environment: String,
    pub service: String,
    /// Absent where nobody has reported that anything runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Run>,
    /// A deployment that is under way or failed since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastDeployment>,
    /// What should run there whatever the bucket says, where something is pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinMark>,
}

/// A deployment that changed nothing about what runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastDeployment {
    pub outcome: Outcome,
    pub digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    pub at: Timestamp,
}

impl From<domain::DeploymentLine> for Deployment {
    fn from(line: domain::DeploymentLine) -> Self {
        let domain::DeploymentLine { report, service, tag, by, by_token: _ } = line;
        Self {
            id: report.id.to_string(),
            service: service.into(),
            digest: report.digest.into(),
            tag: tag.map(Into::into),
            outcome: report.outcome.into(),
            link: report.link.map(Into::into),
            at: report.at.into(),
            by,
            reported_at: report.reported_at.into(),
        }
    }
}

impl FromStr for Outcome {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        domain::Outcome::parse(text).map(Self::from).ok_or("use started, succeeded or failed")
    }
}

impl From<domain::Outcome> for Outcome {
    fn from(outcome: domain::Outcome) -> Self {
        match outcome {
            domain::Outcome::Started => Self::Started,
            domain::Outcome::Succeeded => Self::Succeeded,
            domain::Outcome::Failed => Self::Failed,
        }
    }
}

impl From<Outcome> for domain::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Started => Self::Started,
            Outcome::Succeeded => Self::Succeeded,
            Outcome::Failed => Self::Failed,
        }
    }
}

impl From<NewDeployment> for domain::ReportForm {
    fn from(new: NewDeployment) -> Self {
        let outcome = domain::Outcome::from(new.outcome).name().to_owned();
        Self { service: new.service, digest: new.digest, outcome, link: new.link, at: new.at }
    }
}

impl From<domain::Ran> for Run {
    fn from(ran: domain::Ran) -> Self {
        Self { digest: ran.digest.into(), tag: ran.tag.map(Into::into), since: ran.since.into() }
    }
}

impl From<domain::Last> for LastDeployment {
    fn from(last: domain::Last) -> Self {
        Self {
            outcome: last.outcome.into(),
            digest: last.digest.into(),
            tag: last.tag.map(Into::into),
            link: last.link.map(Into::into),
            at: last.at.into(),
        }
    }
}

impl From<domain::Fed> for Fed {
    fn from(fed: domain::Fed) -> Self {
        let (runs, last) = fed.run.map(|run| (run.runs, run.last)).unwrap_or_default();
        Self {
            project: fed.project.into(),
            environment: fed.environment.into(),
            service: fed.service.into(),
            runs: runs.map(Run::from),
            last: last.map(LastDeployment::from),
            pin: fed.pin.map(PinMark::from),
        }
    }
}
