//! Queries of requests: pages of lists.

use super::failures::Failure;
use axum::extract::FromRequestParts;
use axum::extract::rejection::QueryRejection;
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::str::FromStr;
use towpath_api::cursors::{Cursor, Listing, NotACursor};
use towpath_api::problems::Mistake;
use towpath_api::rejections::{Told, told, told_of_parameter};
use utoipa::IntoParams;

/// How many items a page has, where the query does not say.
const USUAL: i64 = 50;
const MOST: i64 = 200;

/// The query of a request.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        match axum::extract::Query::try_from_uri(&parts.uri) {
            Ok(read) => Ok(Self(read.0)),
            Err(rejection) => Err(refused(query, &rejection)),
        }
    }
}

/// Which parameter is wrong, and why: the rejection's cause reads “limit: invalid digit found in string”, or names no
/// parameter where one is missing or given twice.
fn refused(query: &str, rejection: &QueryRejection) -> Failure {
    let cause =
        std::error::Error::source(rejection).map_or_else(|| rejection.body_text(), ToString::to_string);
    let mut given = form_urlencoded::parse(query.as_bytes());
    let wrong = given.find_map(|(name, value)| {
        let words = cause.strip_prefix(&*name)?.strip_prefix(": ")?;
        Some(Mistake::in_parameter(&name, told_of_parameter(words, &value).detail))
    });
    let wrong = wrong.unwrap_or_else(|| {
        let Told { detail, missing } = told(&cause);
        Mistake { detail, pointer: None, parameter: missing }
    });
    Failure::invalid(vec![wrong])
}

/// Which projects to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Choice {
    /// Whether to list those that are archived, instead of those in use.
    pub archived: bool,
    /// What `next` of the page before held.
    pub cursor: Option<String>,
    /// How many to list, 1 to 200.
    pub limit: Option<i64>,
}

impl Choice {
    pub fn paging(self) -> Paging {
        Paging { cursor: self.cursor, limit: self.limit }
    }
}

/// Whose subscriptions, or registries, to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfProject {
    /// The slug of a project; without one, the installation's.
    #[param(required = false)]
    pub project: String,
}

/// The bucket that is meant.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfBucket {
    /// Its slug; left out, every bucket that has nothing of its own.
    #[param(required = false)]
    pub bucket: String,
}

/// The repository elsewhere that is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfRepository {
    /// Its name in the registry, such as `acme/checkout`.
    pub repository: String,
    /// The tag after which to begin, as `after` of the page before held it.
    #[serde(default)]
    #[param(required = false)]
    pub after: String,
}

/// Whether to do it, or to say what that would mean.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// Whether to change nothing and answer what would happen.
    pub dry_run: bool,
}

/// Which holds to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HoldChoice {
    /// Whether to list those that have ended, instead of those in force and planned.
    pub ended: bool,
    /// What `next` of the page before held.
    pub cursor: Option<String>,
    /// How many to list, 1 to 200.
    pub limit: Option<i64>,
}

/// Which pins of an environment to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PinChoice {
    /// Whether to list those that have ended, instead of those in force.
    pub ended: bool,
    /// What `next` of the page before held.
    pub cursor: Option<String>,
    /// How many to list, 1 to 200.
    pub limit: Option<i64>,
}

/// How long to wait for other images than those that `If-None-Match` names.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Patience {
    /// In seconds, up to 50; without one, no time at all.
    #[param(minimum = 0, maximum = 50)]
    pub wait: Option<u64>,
}

/// Which reports of an environment to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfService {
    /// Those of one service alone.
    pub service: Option<String>,
    /// What `next` of the page before held.
    pub cursor: Option<String>,
    /// How many to list, 1 to 200.
    pub limit: Option<i64>,
}

/// Which two builds to compare.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Sides {
    /// A bucket, a bucket at a time such as `prod@2026-01-31T09:30:00Z`, or a digest.
    pub from: String,
    /// The same for the build that it is compared with.
    pub to: String,
}

/// Two sizes of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Sizes {
    /// How many events the smaller one has.
    pub from: i64,
    /// How many the larger one has, which is signed.
    pub to: i64,
}

/// Which moment to look at.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct At {
    /// A time with an offset, such as `2026-01-31T09:30:00Z`; without one, now.
    #[param(required = false)]
    pub at: String,
}

/// What is to be done where, and when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhoMayChoice {
    /// What is to be done: `approve`, `promote` and the like, as tokens and roles name it.
    pub action: String,
    /// Where: `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    pub place: String,
    /// A day such as `2026-01-31`, which counts to its end in UTC, or a time with an offset; without one, now.
    #[serde(default)]
    #[param(required = false)]
    pub at: String,
}

/// What happened lately, and where.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Lately {
    /// The slug of an integration; without one, all.
    #[param(required = false)]
    pub integration: String,
    /// How many days until now, from 1 to 365; without one, 30.
    #[param(required = false)]
    pub days: String,
}

/// From when until when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// A day such as `2026-01-31`, from its beginning in UTC, or a time with an offset; without one, 30 days before the end.
    #[param(required = false)]
    pub from: String,
    /// A day, to its end, or a time; without one, now.
    #[param(required = false)]
    pub to: String,
    /// Whether to answer a sheet of comma-separated values.
    pub csv: bool,
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// What `next` of the page before held.
    pub cursor: Option<String>,
    /// How many to list, 1 to 200.
    pub limit: Option<i64>,
}

impl Paging {
    /// The number below which the page starts, where it is not the first, and how many it has.
    pub fn of(self, listing: Listing) -> Result<(Option<i64>, i64), Failure> {
        self.read(|cursor| cursor.before(listing))
    }

    /// The id or name after which the page starts, where it is not the first, and how many it has.
    pub fn of_names<Name: FromStr>(self, listing: Listing) -> Result<(Option<Name>, i64), Failure> {
        self.read(|cursor| cursor.read(listing))
    }

    fn read<T>(
        self,
        before: impl FnOnce(Cursor) -> Result<T, NotACursor>,
    ) -> Result<(Option<T>, i64), Failure> {
        let before = self.cursor.map(Cursor::from).map(before).transpose();
        let before = before.map_err(|error| mistake("cursor", error.to_string()))?;
        let limit = self.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(mistake("limit", format!("Use a number from 1 to {MOST}.")));
        }
        Ok((before, limit))
    }
}

pub fn mistake(parameter: &str, detail: String) -> Failure {
    Failure::invalid(vec![Mistake::in_parameter(parameter, detail)])
}
