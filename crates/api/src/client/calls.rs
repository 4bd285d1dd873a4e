//! One method for each route.

use super::{Client, Error, Lines};
use crate::audit::{AuditConsistency, AuditKey, AuditReceipt};
use crate::boards::{Board, Card};
use crate::buckets::{EnvironmentImages, NewRollback, Resumption, Rollback};
use crate::builds::{BuildLives, NewBuild, ReceivedBuild};
use crate::checks::{Check, NewCheck};
use crate::cursors::Cursor;
use crate::deployments::{Deployment, NewDeployment};
use crate::differences::Comparison;
use crate::environments::{Environment, NewEnvironment};
use crate::holds::{Hold, NewHold, NewRelease};
use crate::integrations::{Integration, NewIntegration};
use crate::pages::Page;
use crate::people::{Invited, NewInvitation, People};
use crate::pins::{NewPin, NewPinRelease, Pin};
use crate::projects::{NewProject, Project, ProjectDetail};
use crate::promotions::{
    Application, Cancellation, NewDecision, NewEmergency, NewPromotion, NewReview, Outlook, Promotion,
    PromotionLine,
};
use crate::proposals::Outcome;
use crate::publishers::{IssuedToken, JobToken};
use crate::search::{Search, SearchResults};
use crate::sessions::{Me, NewSession, Session};
use crate::streams::{NewStream, Stream};
use crate::timeline::{ExportFormat, TimelineEntry, TimelineExport, TimelineFilter};
use crate::tokens::{CreatedToken, NewToken, Token};
use crate::workflows::{NewWorkflow, Workflow};
use reqwest::{Method, Url};
use std::time::Duration;

impl Client {
    /// Signs a person in; the answer's secret is the credential of another client.
    pub async fn sign_in(&self, new: &NewSession) -> Result<Session, Error> {
        self.post(self.address(&["sessions"]), new).await
    }

    /// Exchanges the token that a CI made for its job.
    pub async fn exchange(&self, token: &JobToken) -> Result<IssuedToken, Error> {
        self.post(self.address(&["publishing", "tokens"]), token).await
    }

    /// Ends the session that is this client's credential.
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.delete(self.address(&["sessions", "current"])).await
    }

    pub async fn me(&self) -> Result<Me, Error> {
        self.get(self.address(&["me"])).await
    }

    pub async fn projects(&self) -> Result<Page<Project>, Error> {
        self.get(self.address(&["projects"])).await
    }

    pub async fn project(&self, project: &str) -> Result<ProjectDetail, Error> {
        self.get(self.address(&["projects", project])).await
    }

    pub async fn create_project(&self, new: &NewProject) -> Result<Project, Error> {
        self.post(self.address(&["projects"]), new).await
    }

    pub async fn create_environment(
        &self,
        project: &str,
        new: &NewEnvironment,
    ) -> Result<Environment, Error> {
        self.post(self.address(&["projects", project, "environments"]), new).await
    }

    /// What every service should run in an environment.
    pub async fn images(&self, project: &str, environment: &str) -> Result<EnvironmentImages, Error> {
        self.get(self.address(&["projects", project, "environments", environment, "images"])).await
    }

    /// What every service should run in an environment, with the entity tag that names it, once it differs from what a known tag
    /// names; nothing, if it did not within `wait`, which is at most 50 s.
    pub async fn images_after(
        &self,
        project: &str,
        environment: &str,
        known: Option<&str>,
        wait: Duration,
    ) -> Result<Option<(EnvironmentImages, Option<String>)>, Error> {
        let mut url = self.address(&["projects", project, "environments", environment, "images"]);
        url.query_pairs_mut().append_pair("wait", &wait.as_secs().to_string());
        self.newer(url, known).await
    }

    /// Reports what a deployer did.
    pub async fn report(
        &self,
        project: &str,
        environment: &str,
        new: &NewDeployment,
    ) -> Result<Deployment, Error> {
        self.post(self.address(&["projects", project, "environments", environment, "deployments"]), new).await
    }

    pub async fn create_workflow(&self, project: &str, new: &NewWorkflow) -> Result<Workflow, Error> {
        self.post(self.address(&["projects", project, "workflows"]), new).await
    }

    pub async fn workflow(&self, project: &str, workflow: &str) -> Result<Workflow, Error> {
        self.get(self.address(&["projects", project, "workflows", workflow])).await
    }

    pub async fn create_integration(
        &self,
        project: &str,
        new: &NewIntegration,
    ) -> Result<Integration, Error> {
        self.post(self.address(&["projects", project, "integrations"]), new).await
    }

    pub async fn board(&self, project: &str, integration: &str) -> Result<Board, Error> {
        self.get(self.address(&["projects", project, "integrations", integration])).await
    }

    /// Compares two builds of an integration, each by a bucket, a bucket at a time, or a digest.
    pub async fn difference(
        &self,
        project: &str,
        integration: &str,
        from: &str,
        to: &str,
    ) -> Result<Comparison, Error> {
        let mut url = self.address(&["projects", project, "integrations", integration, "difference"]);
        query(&mut url, [("from", Some(from)), ("to", Some(to))]);
        self.get(url).await
    }

    pub async fn build(&self, digest: &str) -> Result<BuildLives, Error> {
        self.get(self.address(&["builds", digest])).await
    }

    /// The holds in force and planned, or those that have ended.
    pub async fn holds(&self, ended: bool, cursor: Option<&str>) -> Result<Page<Hold>, Error> {
        let mut url = self.address(&["holds"]);
        query(&mut url, [("ended", ended.then_some("true")), ("cursor", cursor)]);
        self.get(url).await
    }

    pub async fn place_hold(&self, new: &NewHold) -> Result<Hold, Error> {
        self.post(self.address(&["holds"]), new).await
    }

    pub async fn release_hold(&self, number: i64, release: &NewRelease) -> Result<Outcome<Hold>, Error> {
        self.post(self.address(&["holds", &number.to_string(), "release"]), release).await
    }

    /// The pins in force in an environment, or those that have ended.
    pub async fn pins(
        &self,
        project: &str,
        environment: &str,
        ended: bool,
        cursor: Option<&str>,
    ) -> Result<Page<Pin>, Error> {
        let mut url = self.address(&["projects", project, "environments", environment, "pins"]);
        query(&mut url, [("ended", ended.then_some("true")), ("cursor", cursor)]);
        self.get(url).await
    }

    /// Asks to pin a build.
    pub async fn pin(&self, project: &str, environment: &str, new: &NewPin) -> Result<Promotion, Error> {
        let new = NewPin { dry_run: false, ..new.clone() };
        self.post(self.address(&["projects", project, "environments", environment, "pins"]), &new).await
    }

    /// Tells what a pin would meet, without asking for it.
    pub async fn consider_pin(
        &self,
        project: &str,
        environment: &str,
        new: &NewPin,
    ) -> Result<Outlook, Error> {
        let new = NewPin { dry_run: true, ..new.clone() };
        self.post(self.address(&["projects", project, "environments", environment, "pins"]), &new).await
    }

    /// Releases the pin of a service, given as project, environment and service.
    pub async fn release_pin(&self, at: [&str; 3], release: &NewPinRelease) -> Result<(), Error> {
        let [project, environment, of] = at;
        let url = ["projects", project, "environments", environment, "pins", of, "release"];
        self.tell(self.address(&url), release).await
    }

    pub async fn search(&self, wanted: &Search) -> Result<SearchResults, Error> {
        let mut url = self.address(&["search"]);
        let limit = wanted.limit.map(|limit| limit.to_string());
        query(&mut url, [("q", Some(wanted.q.as_str())), ("limit", limit.as_deref())]);
        self.get(url).await
    }

    pub async fn promotions(
        &self,
        project: &str,
        cursor: Option<&str>,
    ) -> Result<Page<PromotionLine>, Error> {
        let mut url = self.address(&["projects", project, "promotions"]);
        query(&mut url, [("cursor", cursor)]);
        self.get(url).await
    }

    pub async fn promotion(&self, project: &str, number: i64) -> Result<Promotion, Error> {
        self.get(self.address(&["projects", project, "promotions", &number.to_string()])).await
    }

    /// Asks for a promotion.
    pub async fn promote(
        &self,
        project: &str,
        integration: &str,
        new: &NewPromotion,
    ) -> Result<Promotion, Error> {
        let new = NewPromotion { dry_run: false, ..new.clone() };
        self.post(self.address(&["projects", project, "integrations", integration, "promotions"]), &new).await
    }

    /// Tells what a promotion would meet, without asking for it.
    pub async fn consider(
        &self,
        project: &str,
        integration: &str,
        new: &NewPromotion,
    ) -> Result<Outlook, Error> {
        let new = NewPromotion { dry_run: true, ..new.clone() };
        self.post(self.address(&["projects", project, "integrations", integration, "promotions"]), &new).await
    }

    pub async fn decide(&self, project: &str, number: i64, new: &NewDecision) -> Result<Promotion, Error> {
        let number = number.to_string();
        self.post(self.address(&["projects", project, "promotions", &number, "decisions"]), new).await
    }

    pub async fn apply_promotion(
        &self,
        project: &str,
        number: i64,
        new: &Application,
    ) -> Result<Promotion, Error> {
        let number = number.to_string();
        self.post(self.address(&["projects", project, "promotions", &number, "application"]), new).await
    }

    pub async fn retry_promotion(&self, project: &str, number: i64) -> Result<Promotion, Error> {
        let number = number.to_string();
        let url = self.address(&["projects", project, "promotions", &number, "retry"]);
        super::read(self.send(Method::POST, url, None::<&()>).await?).await
    }

    pub async fn pass_gates(
        &self,
        project: &str,
        number: i64,
        new: &NewEmergency,
    ) -> Result<Promotion, Error> {
        let number = number.to_string();
        self.post(self.address(&["projects", project, "promotions", &number, "emergency"]), new).await
    }

    pub async fn review_emergency(
        &self,
        project: &str,
        number: i64,
        new: &NewReview,
    ) -> Result<Promotion, Error> {
        let number = number.to_string();
        self.post(self.address(&["projects", project, "promotions", &number, "review"]), new).await
    }

    /// The newest results on a build.
    pub async fn checks(&self, project: &str, integration: &str, digest: &str) -> Result<Vec<Check>, Error> {
        let path = ["projects", project, "integrations", integration, "builds", digest, "checks"];
        self.get(self.address(&path)).await
    }

    /// Announces an image that was pushed by its digest.
    pub async fn announce(
        &self,
        project: &str,
        integration: &str,
        new: &NewBuild,
    ) -> Result<ReceivedBuild, Error> {
        self.post(self.address(&["projects", project, "integrations", integration, "builds"]), new).await
    }

    pub async fn report_check(
        &self,
        project: &str,
        integration: &str,
        digest: &str,
        new: &NewCheck,
    ) -> Result<Check, Error> {
        let path = ["projects", project, "integrations", integration, "builds", digest, "checks"];
        self.post(self.address(&path), new).await
    }

    pub async fn cancel(
        &self,
        project: &str,
        number: i64,
        cancellation: &Cancellation,
    ) -> Result<Promotion, Error> {
        let number = number.to_string();
        let url = self.address(&["projects", project, "promotions", &number, "cancellation"]);
        self.post(url, cancellation).await
    }

    /// A page of what was ever current in a bucket, newest first, from where the page before said.
    pub async fn placements(
        &self,
        [project, integration, bucket]: [&str; 3],
        cursor: Option<&Cursor>,
    ) -> Result<Page<Card>, Error> {
        let address = ["projects", project, "integrations", integration, "buckets", bucket, "placements"];
        let mut url = self.address(&address);
        let cursor = cursor.map(Cursor::to_string);
        query(&mut url, [("limit", Some("200")), ("cursor", cursor.as_deref())]);
        self.get(url).await
    }

    /// Makes an earlier build of a bucket, given as project, integration and bucket, current again.
    pub async fn roll_back(&self, bucket: [&str; 3], new: &NewRollback) -> Result<Rollback, Error> {
        let new = NewRollback { dry_run: false, ..new.clone() };
        self.post(self.rollbacks(bucket), &new).await
    }

    /// What that would meet.
    pub async fn consider_rollback(&self, bucket: [&str; 3], new: &NewRollback) -> Result<Outlook, Error> {
        let new = NewRollback { dry_run: true, ..new.clone() };
        self.post(self.rollbacks(bucket), &new).await
    }

    fn rollbacks(&self, [project, integration, bucket]: [&str; 3]) -> Url {
        self.address(&["projects", project, "integrations", integration, "buckets", bucket, "rollbacks"])
    }

    /// Lets builds arrive again in a bucket, given as project, integration and bucket.
    pub async fn resume(&self, bucket: [&str; 3], resumption: &Resumption) -> Result<(), Error> {
        let [project, integration, bucket] = bucket;
        let url = ["projects", project, "integrations", integration, "buckets", bucket, "resumption"];
        self.tell(self.address(&url), resumption).await
    }

    pub async fn timeline(&self, filter: &TimelineFilter) -> Result<Page<TimelineEntry>, Error> {
        let mut url = self.address(&["timeline"]);
        let limit = filter.limit.map(|limit| limit.to_string());
        let filters = [
            ("project", &filter.project),
            ("integration", &filter.integration),
            ("bucket", &filter.bucket),
            ("person", &filter.person),
            ("kind", &filter.kind),
            ("cursor", &filter.cursor),
            ("limit", &limit),
        ];
        query(&mut url, filters.map(|(name, value)| (name, value.as_deref())));
        self.get(url).await
    }

    pub async fn tokens(&self) -> Result<Page<Token>, Error> {
        self.get(self.address(&["tokens"])).await
    }

    pub async fn create_token(&self, new: &NewToken) -> Result<CreatedToken, Error> {
        self.post(self.address(&["tokens"]), new).await
    }

    pub async fn revoke_token(&self, id: &str) -> Result<(), Error> {
        self.delete(self.address(&["tokens", id])).await
    }

    /// The timeline as a file, line by line.
    pub async fn export_timeline(&self, export: &TimelineExport) -> Result<Lines, Error> {
        let mut url = self.address(&["timeline", "export"]);
        let format = match export.format {
            ExportFormat::Ndjson => "ndjson",
            ExportFormat::Csv => "csv",
        };
        query(
            &mut url,
            [
                ("format", Some(format)),
                ("project", export.project.as_deref()),
                ("integration", export.integration.as_deref()),
                ("bucket", export.bucket.as_deref()),
                ("person", export.person.as_deref()),
                ("kind", export.kind.as_deref()),
            ],
        );
        self.lines(url).await
    }

    /// An event, with the proof that it is in the log.
    pub async fn receipt(&self, seq: i64) -> Result<AuditReceipt, Error> {
        self.get(self.address(&["timeline", &seq.to_string(), "receipt"])).await
    }

    /// The newest checkpoint of the audit log, as a signed note.
    pub async fn checkpoint(&self) -> Result<String, Error> {
        self.text(self.address(&["audit", "checkpoint"])).await
    }

    /// The proof that the log of `to` events begins with that of `from`.
    pub async fn consistency(&self, from: u64, to: u64) -> Result<AuditConsistency, Error> {
        let mut url = self.address(&["audit", "consistency"]);
        query(&mut url, [("from", Some(from.to_string().as_str())), ("to", Some(to.to_string().as_str()))]);
        self.get(url).await
    }

    /// The keys by which the log was signed, the oldest first.
    pub async fn audit_keys(&self) -> Result<Vec<AuditKey>, Error> {
        self.get(self.address(&["audit", "keys"])).await
    }

    pub async fn streams(&self) -> Result<Page<Stream>, Error> {
        self.get(self.address(&["streams"])).await
    }

    pub async fn create_stream(&self, new: &NewStream) -> Result<Stream, Error> {
        self.post(self.address(&["streams"]), new).await
    }

    pub async fn people(&self) -> Result<People, Error> {
        self.get(self.address(&["people"])).await
    }

    pub async fn invite(&self, new: &NewInvitation) -> Result<Invited, Error> {
        self.post(self.address(&["invitations"]), new).await
    }

    pub async fn revoke_role(&self, binding: &str) -> Result<(), Error> {
        self.delete(self.address(&["bindings", binding])).await
    }
}

pub(super) fn query<'a>(url: &mut Url, pairs: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) {
    for (name, value) in pairs {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
}
