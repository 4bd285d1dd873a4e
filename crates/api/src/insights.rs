//! Insights: how builds move on in a project.

use serde::{Deserialize, Serialize};
use towpath_domain::insights as domain;
use utoipa::ToSchema;

/// What happened in a project in the days until now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Insights {
    pub project: String,
    pub days: i64,
    pub hops: Vec<Hop>,
    /// Whether there was more than could be looked at, so that the oldest are left out.
    pub cut: bool,
}

/// The applied promotions of one integration from one stage to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hop {
    pub integration: String,
    pub from: String,
    pub to: String,
    pub promotions: usize,
    /// How many in each part of the time, the oldest first.
    pub parts: Vec<usize>,
    /// From when the build became current in the stage before until it did in this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<Spread>,
    /// From when the build was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Spread>,
    /// From the asking to the end, of those on which somebody decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Spread>,
    pub emergencies: usize,
    /// How often the bucket that they lead to was rolled back.
    pub rollbacks: usize,
}

/// Times in seconds, as half and nine in ten of them are at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Spread {
    pub median: i64,
    pub nine_in_ten: i64,
}

impl From<domain::Insights> for Insights {
    fn from(insights: domain::Insights) -> Self {
        Self {
            project: insights.project.slug.into(),
            days: insights.days,
            hops: insights.hops.into_iter().map(Hop::from).collect(),
            cut: insights.cut,
        }
    }
}

impl From<domain::Hop> for Hop {
    fn from(hop: domain::Hop) -> Self {
        Self {
            promotions: hop.promotions(),
            integration: hop.integration.into(),
            from: hop.from.into(),
            to: hop.to.into(),
            parts: hop.parts,
            lead: hop.lead.map(Spread::from),
            total: hop.total.map(Spread::from),
            decision: hop.decision.map(Spread::from),
            emergencies: hop.emergencies,
            rollbacks: hop.rollbacks,
        }
    }
}

impl From<domain::Spread> for Spread {
    fn from(spread: domain::Spread) -> Self {
        Self { median: spread.median, nine_in_ten: spread.nine_in_ten }
    }
}
