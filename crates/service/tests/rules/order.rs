//! Builds that arrive in another order than their commits were made.

use crate::engines::on_both_engines;
use crate::shop::{Shop, stage, workflow};
use serde_json::json;
use towpath_domain::builds::{AnnounceForm, Statement};
use towpath_domain::placements::Refused;
use towpath_domain::workflows::StageForm;
use towpath_service::builds::Received;
use towpath_service::images::{Announced, announce};
use towpath_service::{Error, workflows};

const EARLY: &str = "2020-11-30T09:00:00Z";
const LATE: &str = "2020-11-30T10:00:00+00:00";

/// Pushes an image into qa, as a build of a branch and of a commit of that time.
async fn arrives(shop: &Shop, tag: &str, branch: &str, committed_at: &str) -> Result<Announced, Error> {
    let labels = json!({ "n": tag });
    let digest = shop.push_labelled(&shop.dora, "shop/checkout/qa", "", labels).await.expect("stored");
    let statement = Statement {
        repository: "https://git.example/acme/shop".to_owned(),
        git_ref: format!("refs/heads/{branch}"),
        committed_at: committed_at.to_owned(),
        ..Statement::default()
    };
    let form = AnnounceForm { digest, tag: tag.to_owned(), statement };
    announce(shop, &shop.dora, ("shop", "checkout", "qa"), form).await
}

#[test]
fn an_older_commit_that_arrives_late_is_kept_and_does_not_become_current() {
    on_both_engines(async |shop: Shop| {
        arrives(&shop, "2.0", "main", LATE).await.expect("arrives");
        shop.clock.advance(60);
        let late = arrives(&shop, "1.0", "main", EARLY).await.expect("is kept");
        let Received::Refused { refused: Refused::OutOfOrder { current }, .. } = late.received else {
            panic!("{:?}", late.received);
        };
        assert_eq!(current.as_str(), "2.0");
        assert_eq!(shop.history("qa").await, ["2.0"]);
        let listed = shop.column("qa").await.refused;
        assert!(listed[0].why.starts_with("has 2.0, of a later commit or run of the same branch"));
        // The same again is answered alike; a newer commit, and another branch, enter.
        let again = arrives(&shop, "1.0", "main", EARLY).await.expect("is kept");
        assert!(matches!(again.received, Received::Refused { .. }), "{:?}", again.received);
        arrives(&shop, "3.0", "main", "2020-11-30T11:00:00Z").await.expect("arrives");
        arrives(&shop, "0.9", "fix", EARLY).await.expect("arrives");
        assert_eq!(shop.history("qa").await, ["0.9", "3.0", "2.0"]);
    });
}

#[test]
fn a_stage_can_take_builds_as_they_come() {
    on_both_engines(async |shop: Shop| {
        let first = StageForm { order: "as_they_come".to_owned(), ..stage("qa", "") };
        let form = workflow("release", "environment", &[first, stage("staging", ""), stage("prod", "1")]);
        workflows::change(&shop, &shop.ana, "shop", "release", 1, form).await.expect("may");
        for (tag, committed_at) in [("2.0", LATE), ("1.0", EARLY)] {
            shop.clock.advance(60);
            arrives(&shop, tag, "main", committed_at).await.expect("arrives");
        }
        assert_eq!(shop.history("qa").await, ["1.0", "2.0"]);
    });
}

#[test]
fn a_time_that_is_none_is_told() {
    on_both_engines(async |shop: Shop| match arrives(&shop, "1.0", "main", "yesterday").await {
        Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, "committed_at"),
        other => panic!("{other:?}"),
    });
}
