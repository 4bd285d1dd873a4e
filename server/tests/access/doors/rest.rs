//! The REST API: the methods and paths of its description.

use super::{Body, Door, Kind, Subject};
use crate::installation::{PASSWORD, email};
use crate::maker::PUBLIC_KEY;
use serde_json::json;

pub fn doors() -> Vec<Door> {
    vec![
        get("/api/v1/projects"),
        post("/api/v1/projects").body(|_, _| Body::Json(json!({"slug": "bank", "title": "Bank"}))),
        get("/api/v1/projects/{project}"),
        post("/api/v1/projects/{project}/archive"),
        get("/api/v1/projects/{project}/storage"),
        put("/api/v1/projects/{project}/storage/anonymous-pull")
            .body(|_, _| Body::Json(json!({"allowed": true}))),
        put("/api/v1/projects/{project}/storage/quota")
            .body(|_, _| Body::Json(json!({"quota_bytes": 1_000_000_000_000_i64}))),
        post("/api/v1/projects/{project}/restore"),
        delete("/api/v1/projects/{project}/integrations/{integration}").note("in use"),
        delete("/api/v1/projects/{project}/integrations/{integration}").note("dry run").query("dry_run=true"),
        delete("/api/v1/projects/{project}/environments/{environment}").note("in use"),
        delete("/api/v1/projects/{project}/workflows/{workflow}").note("in use"),
        delete("/api/v1/projects/{project}/rules/{rule}").note("in use"),
        delete("/api/v1/streams/{stream}").note("built in"),
        get("/api/v1/projects/{project}/deleted-integrations"),
        post("/api/v1/projects/{project}/deleted-integrations/{integration}/restore"),
        get("/api/v1/projects/{project}/environments"),
        post("/api/v1/projects/{project}/environments")
            .body(|_, _| Body::Json(json!({"slug": "dev", "title": "Dev", "stream": "dev"}))),
        post("/api/v1/projects/{project}/environments/{environment}/move")
            .note("of one with a pin")
            .body(|_, _| Body::Json(json!({"stream": "staging"}))),
        post("/api/v1/projects/{project}/environments/{environment}/move")
            .note("dry run")
            .body(|_, _| Body::Json(json!({"stream": "staging", "dry_run": true}))),
        get("/api/v1/projects/{project}/environments/{environment}/images"),
        post("/api/v1/getparams.execute").body(|subject, _| {
            let parameters = json!({"project": subject.project, "environment": "qa", "missing": "skip"});
            Body::Json(json!({"applicationSetName": "shop", "input": {"parameters": parameters}}))
        }),
        get("/api/v1/projects/{project}/environments/{environment}/pins"),
        post("/api/v1/projects/{project}/environments/{environment}/pins")
            .note("of what has been there")
            .body(|subject, _| Body::Json(pin(subject, &subject.digest))),
        post("/api/v1/projects/{project}/environments/{environment}/pins")
            .note("in production")
            .bucket("prod")
            .body(|subject, _| Body::Json(pin(subject, &subject.oldest))),
        post("/api/v1/projects/{project}/environments/{environment}/pins/{service}/release")
            .body(|_, _| Body::Json(json!({"reason": "All is well."}))),
        put("/api/v1/projects/{project}/integrations/{integration}/default-build")
            .body(|subject, _| Body::Json(json!({"digest": subject.digest}))),
        Door::new(
            Kind::Rest,
            "DELETE",
            "/api/v1/projects/{project}/integrations/{integration}/default-build",
        ),
        get("/api/v1/projects/{project}/environments/{environment}/deployments"),
        post("/api/v1/projects/{project}/environments/{environment}/deployments")
            .note("outside production")
            .body(|subject, _| Body::Json(deployment(subject))),
        post("/api/v1/projects/{project}/environments/{environment}/deployments")
            .note("in production")
            .bucket("prod")
            .body(|subject, _| Body::Json(deployment(subject))),
        get("/api/v1/projects/{project}/workflows"),
        post("/api/v1/projects/{project}/workflows").body(|_, _| {
            let stages = json!([{"bucket": "qa"}]);
            Body::Json(json!({"slug": "hotfix", "title": "Fix", "kind": "environment", "stages": stages}))
        }),
        get("/api/v1/projects/{project}/workflows/{workflow}"),
        put("/api/v1/projects/{project}/workflows/{workflow}").body(|_, _| {
            let stages = json!([{"bucket": "qa"}]);
            Body::Json(json!({"version": 1, "title": "Release", "is_default": true, "stages": stages}))
        }),
        get("/api/v1/projects/{project}/integrations"),
        post("/api/v1/projects/{project}/integrations")
            .body(|_, _| Body::Json(json!({"slug": "search", "title": "Search", "kind": "environment"}))),
        get("/api/v1/projects/{project}/integrations/{integration}"),
        post("/api/v1/projects/{project}/integrations/{integration}/promotions").note("into staging").body(
            |subject, _| {
                let reason = "Tested.";
                Body::Json(json!({"digest": subject.newest, "from": "qa", "to": "staging", "reason": reason}))
            },
        ),
        post("/api/v1/projects/{project}/integrations/{integration}/promotions").note("into prod").body(
            |subject, _| {
                let reason = "Tested.";
                Body::Json(
                    json!({"digest": subject.oldest, "from": "staging", "to": "prod", "reason": reason}),
                )
            },
        ),
        post("/api/v1/projects/{project}/integrations/{integration}/promotions").note("dry run").body(
            |subject, _| {
                Body::Json(json!({"digest": subject.newest, "from": "qa", "to": "staging", "dry_run": true}))
            },
        ),
        get("/api/v1/projects/{project}/integrations/{integration}/buckets/{bucket}/placements"),
        post("/api/v1/projects/{project}/integrations/{integration}/buckets/{bucket}/rollbacks").body(
            |subject, _| Body::Json(json!({"placement": subject.placement, "reason": "It is broken."})),
        ),
        post("/api/v1/projects/{project}/integrations/{integration}/buckets/{bucket}/resumption")
            .bucket("staging")
            .note("staging")
            .body(|_, _| Body::Json(json!({}))),
        get("/api/v1/projects/{project}/release-sets"),
        post("/api/v1/projects/{project}/release-sets").body(|subject, _| Body::Json(set(subject, false))),
        post("/api/v1/projects/{project}/release-sets")
            .note("dry run")
            .body(|subject, _| Body::Json(set(subject, true))),
        get("/api/v1/projects/{project}/release-sets/{number}"),
        post("/api/v1/projects/{project}/release-sets/{number}/promotions")
            .note("into prod")
            .body(|_, _| Body::Json(json!({"from": "staging", "to": "prod", "reason": "Tested."}))),
        post("/api/v1/projects/{project}/release-sets/{number}/rollbacks")
            .note("out of staging")
            .body(|_, _| Body::Json(json!({"bucket": "staging", "reason": "It is broken."}))),
        post("/api/v1/projects/{project}/release-sets/{number}/decisions")
            .note("of one of which nothing waits")
            .body(|_, _| Body::Json(json!({"choice": "approve", "promotions": ["shop#99"]}))),
        get("/api/v1/projects/{project}/promotions"),
        get("/api/v1/projects/{project}/promotions/{number}"),
        post("/api/v1/projects/{project}/promotions/{number}/decisions")
            .note("approve")
            .body(|subject, _| Body::Json(json!({"choice": "approve", "digest": subject.digest}))),
        post("/api/v1/projects/{project}/promotions/{number}/decisions").note("reject").body(|subject, _| {
            Body::Json(json!({"choice": "reject", "digest": subject.digest, "comment": "Not now."}))
        }),
        post("/api/v1/projects/{project}/promotions/{number}/cancellation")
            .body(|_, _| Body::Json(json!({}))),
        post("/api/v1/projects/{project}/promotions/{number}/application")
            .note("of one that nobody has to apply")
            .body(|subject, _| Body::Json(json!({"digest": subject.digest}))),
        post("/api/v1/projects/{project}/promotions/{number}/retry").note("one that has not failed"),
        post("/api/v1/projects/{project}/promotions/{number}/emergency")
            .body(|subject, _| Body::Json(json!({"digest": subject.digest, "reason": "The shop is down."}))),
        post("/api/v1/projects/{project}/promotions/{number}/review")
            .note("of one that passed no gates")
            .body(|_, _| Body::Json(json!({"comment": "It was right."}))),
        post("/api/v1/projects/{project}/integrations/{integration}/builds")
            .note("led by the rule")
            .body(|subject, _| Body::Json(json!({"digest": subject.unnamed, "tag": "announced"}))),
        post("/api/v1/projects/{project}/integrations/{integration}/builds").note("into a bucket").body(
            |subject, _| Body::Json(json!({"digest": subject.newest, "tag": "announced", "bucket": "qa"})),
        ),
        get("/api/v1/projects/{project}/integrations/{integration}/builds/{digest}/checks"),
        post("/api/v1/projects/{project}/integrations/{integration}/builds/{digest}/checks")
            .note("of the build")
            .body(|_, _| Body::Json(json!({"name": "tests", "state": "success"}))),
        post("/api/v1/projects/{project}/integrations/{integration}/builds/{digest}/checks")
            .note("in production")
            .body(|_, _| Body::Json(json!({"name": "smoke", "state": "success", "bucket": "prod"}))),
        get("/api/v1/projects/{project}/insights"),
        get("/api/v1/projects/{project}/production-changes"),
        get("/api/v1/projects/{project}/rules"),
        post("/api/v1/projects/{project}/rules").body(|_, _| {
            let criteria = json!([{"key": "tag", "operator": "semver", "value": ">=1", "bucket": "qa"}]);
            Body::Json(
                json!({"slug": "by-tag", "title": "By tag", "kind": "environment", "criteria": criteria}),
            )
        }),
        post("/api/v1/projects/{project}/rules/trial").body(|_, _| {
            let criteria = json!([{"key": "ref", "operator": "equals", "value": "main", "bucket": "qa"}]);
            Body::Json(json!({"kind": "environment", "criteria": criteria, "git_ref": "main"}))
        }),
        get("/api/v1/projects/{project}/rules/{rule}"),
        put("/api/v1/projects/{project}/rules/{rule}").body(|_, _| {
            let criteria = json!([{"key": "ref", "operator": "equals", "value": "main", "bucket": "qa"}]);
            Body::Json(json!({"version": 1, "title": "Branches", "is_default": true, "criteria": criteria}))
        }),
        put("/api/v1/projects/{project}/integrations/{integration}/workflow")
            .note("with a promotion that waits")
            .body(|_, _| Body::Json(json!({"follows": "none"}))),
        get("/api/v1/declarations/export").note("of a project").query("project={project}"),
        post("/api/v1/declarations/plan").body(|subject, _| Body::Json(declarations(subject))),
        post("/api/v1/declarations/apply").body(|subject, _| Body::Json(declarations(subject))),
        get("/api/v1/projects/{project}/integrations/{integration}/rule"),
        put("/api/v1/projects/{project}/integrations/{integration}/rule")
            .body(|_, _| Body::Json(json!({"follows": "none"}))),
        get("/api/v1/projects/{project}/integrations/{integration}/outside-steps"),
        put("/api/v1/projects/{project}/integrations/{integration}/outside-steps")
            .body(|_, _| Body::Json(json!({"bucket": "staging", "does": "record"}))),
        delete("/api/v1/projects/{project}/integrations/{integration}/outside-steps").query("bucket=qa"),
        get("/api/v1/projects/{project}/integrations/{integration}/retention"),
        put("/api/v1/projects/{project}/integrations/{integration}/retention")
            .body(|_, _| Body::Json(json!({"last": 500}))),
        post("/api/v1/projects/{project}/integrations/{integration}/carry-over")
            .body(|_, _| Body::Json(json!({"slug": "other", "title": "Other"}))),
        post("/api/v1/projects/{project}/integrations/{integration}/carry-over")
            .note("dry run")
            .body(|_, _| Body::Json(json!({"slug": "third", "title": "Third", "dry_run": true}))),
        get("/api/v1/projects/{project}/integrations/{integration}/unclassified"),
        post("/api/v1/projects/{project}/integrations/{integration}/assignments").body(|subject, _| {
            Body::Json(json!({"digest": subject.unnamed, "bucket": "qa", "reason": "No rule knows it."}))
        }),
        get("/api/v1/projects/{project}/integrations/{integration}/reclassification"),
        post("/api/v1/projects/{project}/integrations/{integration}/reclassification")
            .note("of which nothing comes")
            .body(|_, _| Body::Json(json!({"mark": "1-0-"}))),
        get("/api/v1/projects/{project}/integrations/{integration}/moment"),
        get("/api/v1/projects/{project}/integrations/{integration}/difference").query("from=qa&to=staging"),
        get("/api/v1/projects/{project}/integrations/{integration}/hooks"),
        post("/api/v1/projects/{project}/integrations/{integration}/hooks")
            .body(|_, _| Body::Json(json!({"title": "Job", "source": "standard"}))),
        get("/api/v1/hooks/{id}"),
        delete("/api/v1/hooks/{id}"),
        post("/api/v1/hooks/{id}/rotation"),
        get("/api/v1/hooks/{id}/deliveries"),
        post("/api/v1/hooks/{id}/deliveries/{delivery}/replay"),
        get("/api/v1/holds"),
        post("/api/v1/holds").note("on the bucket").body(|subject, _| {
            let Subject { project, integration, .. } = subject;
            Body::Json(hold(&format!("bucket:{project}/{integration}/qa")))
        }),
        post("/api/v1/holds").note("on the stream").body(|_, _| Body::Json(hold("stream:qa"))),
        post("/api/v1/holds")
            .note("on a build of the project")
            .body(|subject, _| Body::Json(hold(&format!("build:{}/{}", subject.project, subject.digest)))),
        get("/api/v1/holds/{number}"),
        post("/api/v1/holds/{number}/release").body(|_, _| Body::Json(json!({}))),
        get("/api/v1/proposals"),
        get("/api/v1/proposals/{number}"),
        post("/api/v1/proposals/{number}/confirmation"),
        post("/api/v1/proposals/{number}/rejection").body(|_, _| Body::Json(json!({"comment": "Not now."}))),
        post("/api/v1/proposals/{number}/withdrawal"),
        get("/api/v1/builds/{digest}"),
        get("/api/v1/search").query("q=shop"),
        get("/api/v1/timeline"),
        get("/api/v1/timeline").note("of the project").query("project={project}"),
        get("/api/v1/timeline").note("of the integration").query("integration={project}/{integration}"),
        get("/api/v1/timeline/export"),
        get("/api/v1/timeline/export").note("of the project").query("project={project}&format=csv"),
        get("/api/v1/timeline/{seq}/receipt"),
        get("/api/v1/refused-attempts"),
        get("/api/v1/refused-attempts/export"),
        get("/api/v1/audit/checkpoint"),
        get("/api/v1/audit/consistency").query("from=1&to=2"),
        get("/api/v1/audit/keys"),
        get("/api/v1/streams"),
        post("/api/v1/streams").body(|_, _| Body::Json(json!({"slug": "preview", "title": "Preview"}))),
        post("/api/v1/sessions")
            .body(|_, _| Body::Json(json!({"email": email("viewer"), "password": PASSWORD}))),
        delete("/api/v1/sessions/current"),
        get("/api/v1/me"),
        get("/api/v1/me/sessions"),
        delete("/api/v1/me/sessions/{id}").note("the admin's"),
        get("/api/v1/subscriptions"),
        get("/api/v1/subscriptions").note("of the project").query("project={project}"),
        post("/api/v1/subscriptions")
            .note("to the installation")
            .body(|_, _| Body::Json(json!({"title": "All", "address": ADDRESS, "format": "standard"}))),
        post("/api/v1/subscriptions").note("to the project").body(|subject, _| {
            let project = &subject.project;
            Body::Json(json!({"project": project, "title": "Own", "address": ADDRESS, "format": "slack"}))
        }),
        get("/api/v1/subscriptions/{id}"),
        delete("/api/v1/subscriptions/{id}"),
        post("/api/v1/subscriptions/{id}/rotation"),
        post("/api/v1/subscriptions/{id}/resumption").note("of one that is enabled"),
        post("/api/v1/subscriptions/{id}/test"),
        get("/api/v1/subscriptions/{id}/deliveries"),
        post("/api/v1/subscriptions/{id}/deliveries/{delivery}/replay"),
        get("/api/v1/registries"),
        get("/api/v1/registries").note("of the project").query("project={project}"),
        post("/api/v1/registries")
            .note("with the installation")
            .body(|_, _| Body::Json(json!({"name": "another", "address": REGISTRY}))),
        post("/api/v1/registries").note("with the project").body(|subject, _| {
            Body::Json(json!({"project": subject.project, "name": "another", "address": REGISTRY}))
        }),
        get("/api/v1/registries/{id}"),
        put("/api/v1/registries/{id}").body(|_, _| Body::Json(json!({"address": REGISTRY}))),
        delete("/api/v1/registries/{id}"),
        post("/api/v1/registries/{id}/test"),
        get("/api/v1/registries/{id}/tags").query("repository=acme/checkout"),
        get("/api/v1/delegations"),
        post("/api/v1/delegations").body(|_, _| {
            Body::Json(json!({"delegate": "admin@example.org", "until": "14d", "reason": "On holiday."}))
        }),
        delete("/api/v1/delegations/{id}").note("to the manager"),
        get("/api/v1/saved-views"),
        post("/api/v1/saved-views").body(|subject, _| {
            Body::Json(json!({"title": "Mine", "project": subject.project, "share_with": subject.project}))
        }),
        put("/api/v1/saved-views/{id}")
            .note("somebody else's")
            .body(|subject, _| Body::Json(json!({"title": "Mine", "project": subject.project}))),
        put("/api/v1/me/start-view").body(|subject, _| Body::Json(json!({"view": subject.view}))),
        delete("/api/v1/saved-views/{id}").note("somebody else's, of the project"),
        get("/api/v1/tokens"),
        post("/api/v1/tokens")
            .note("for all that one may")
            .body(|_, _| Body::Json(json!({"title": "CI", "actions": ["push"], "days": 1}))),
        post("/api/v1/tokens").note("for the project").body(|subject, _| {
            Body::Json(json!({"title": "CI", "actions": ["push"], "days": 1, "scope": subject.project}))
        }),
        delete("/api/v1/tokens/{id}").note("somebody else's"),
        post("/api/v1/tokens/{id}/rotation")
            .note("somebody else's")
            .body(|_, _| Body::Json(json!({"days": 1}))),
        delete("/api/v1/tokens"),
        delete("/api/v1/people/{id}/tokens"),
        get("/api/v1/service-accounts"),
        get("/api/v1/service-accounts").note("of the project").query("project={project}"),
        post("/api/v1/service-accounts")
            .note("of the installation")
            .body(|_, _| Body::Json(json!({"name": "Robot"}))),
        post("/api/v1/service-accounts")
            .note("of the project")
            .body(|subject, _| Body::Json(json!({"name": "Robot", "project": subject.project}))),
        get("/api/v1/service-accounts/{id}"),
        delete("/api/v1/service-accounts/{id}"),
        post("/api/v1/service-accounts/{id}/disable"),
        post("/api/v1/service-accounts/{id}/enable").note("one that is enabled"),
        post("/api/v1/service-accounts/{id}/roles").body(|subject, _| {
            Body::Json(json!({"role": "developer", "place": format!("project:{}", subject.project)}))
        }),
        delete("/api/v1/service-accounts/{id}/tokens"),
        post("/api/v1/service-accounts/{id}/tokens")
            .body(|_, _| Body::Json(json!({"title": "Own", "actions": ["pull"], "days": 1}))),
        get("/api/v1/projects/{project}/environments/{environment}/read-tokens"),
        post("/api/v1/projects/{project}/environments/{environment}/read-tokens")
            .body(|_, _| Body::Json(json!({"title": "Cluster", "days": 1}))),
        post("/api/v1/publishing/tokens")
            .body(|subject, _| Body::Json(json!({"project": subject.project, "token": "none"}))),
        get("/api/v1/projects/{project}/publishers"),
        post("/api/v1/projects/{project}/publishers").body(|_, _| {
            Body::Json(json!({"title": "CI", "system": "other", "issuer": "https://ci.example",
                              "claims": {"sub": "another job"}, "by_rule": true}))
        }),
        delete("/api/v1/projects/{project}/publishers/{id}"),
        put("/api/v1/projects/{project}/publishing").body(|_, _| Body::Json(json!({"demanded": true}))),
        get("/api/v1/projects/{project}/trust-roots"),
        post("/api/v1/projects/{project}/trust-roots")
            .body(|_, _| Body::Json(json!({"name": "another-key", "kind": "key", "key": PUBLIC_KEY}))),
        delete("/api/v1/projects/{project}/trust-roots/{root}"),
        get("/api/v1/projects/{project}/integrations/{integration}/builds/{digest}/evidence"),
        get("/api/v1/projects/{project}/integrations/{integration}/builds/{digest}/evidence/{content}"),
        get("/api/v1/roles"),
        post("/api/v1/roles")
            .body(|_, _| Body::Json(json!({"slug": "robot", "title": "Robot", "from": "viewer"}))),
        get("/api/v1/roles/{role}"),
        put("/api/v1/roles/{role}").body(|_, _| {
            Body::Json(json!({"title": "Puller", "permissions": {"push": "outside_production"}}))
        }),
        delete("/api/v1/roles/{role}"),
        get("/api/v1/groups"),
        post("/api/v1/groups").body(|_, _| Body::Json(json!({"slug": "others", "title": "Others"}))),
        get("/api/v1/groups/{group}"),
        delete("/api/v1/groups/{group}"),
        post("/api/v1/groups/{group}/members")
            .body(|_, _| Body::Json(json!({"email": "developer@example.org"}))),
        delete("/api/v1/groups/{group}/members/{person}"),
        post("/api/v1/groups/{group}/roles").body(|subject, _| {
            Body::Json(json!({"role": "developer", "place": format!("project:{}", subject.project)}))
        }),
        delete("/api/v1/groups/{group}/roles/{binding}"),
        get("/api/v1/people"),
        get("/api/v1/rights").note("of the installation").query("action=configure&place=installation"),
        get("/api/v1/rights").note("of the project").query("action=push&place=project:{project}"),
        get("/api/v1/people/{id}/rights"),
        post("/api/v1/people/{id}/deactivate"),
        post("/api/v1/people/{id}/reactivate"),
        post("/api/v1/invitations").note("to the installation").body(|_, _| {
            Body::Json(json!({"email": "eve@example.org", "role": "viewer", "place": "installation"}))
        }),
        post("/api/v1/invitations").note("to the project").body(|subject, _| {
            let place = format!("project:{}", subject.project);
            Body::Json(json!({"email": "eve@example.org", "role": "viewer", "place": place}))
        }),
        post("/api/v1/invitations").note("to an environment").body(|subject, _| {
            let place = format!("environment:{}/qa", subject.project);
            Body::Json(json!({"email": "eve@example.org", "role": "viewer", "place": place}))
        }),
        delete("/api/v1/invitations/{id}"),
        delete("/api/v1/bindings/{id}"),
    ]
}

/// Leads nowhere, by the rules of what may be called.
pub const ADDRESS: &str = "https://localhost/in";
/// A registry at which nobody listens.
pub const REGISTRY: &str = "https://localhost:9";

fn get(path: &'static str) -> Door {
    Door::new(Kind::Rest, "GET", path)
}

fn post(path: &'static str) -> Door {
    Door::new(Kind::Rest, "POST", path)
}

fn delete(path: &'static str) -> Door {
    Door::new(Kind::Rest, "DELETE", path)
}

fn put(path: &'static str) -> Door {
    Door::new(Kind::Rest, "PUT", path)
}

fn hold(on: &str) -> serde_json::Value {
    json!({"on": on, "reason": "Payments are down."})
}

fn pin(subject: &Subject, digest: &str) -> serde_json::Value {
    json!({"service": subject.integration, "digest": digest, "until": "7d", "reason": "One region first."})
}

fn deployment(subject: &Subject) -> serde_json::Value {
    json!({"service": subject.integration, "digest": subject.digest, "outcome": "succeeded"})
}

/// A release set of the newest build of `qa`.
fn set(subject: &Subject, dry_run: bool) -> serde_json::Value {
    let part = format!("{}/{}", subject.project, subject.integration);
    json!({"title": "Second", "from": "qa", "to": "staging", "parts": [part], "reason": "Tested.", "dry_run": dry_run})
}

/// An environment more, declared.
fn declarations(subject: &Subject) -> serde_json::Value {
    let more = json!({"kind": "environment", "project": subject.project, "slug": "more", "title": "More", "stream": "qa"});
    json!({"documents": [more]})
}
