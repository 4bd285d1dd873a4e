//! CI rules: where they lead builds, what people do about the others, and what reclassifying changes.

use crate::engines::on_both_engines;
use crate::shop::{Shop, checkout};
use serde_json::json;
use towpath_domain::boards::Board;
use towpath_domain::builds::{AnnounceForm, Statement};
use towpath_domain::integrations::{FOLLOW_DEFAULT, FOLLOW_NONE};
use towpath_domain::rules::{CriterionForm, Reclassification, Rule, RuleForm};
use towpath_domain::timeline::Filter;
use towpath_service::builds::Received;
use towpath_service::images::{Announced, announce};
use towpath_service::rules::{
    MadeUp, assign, change, choose, create, preview, reclassify, try_out, unclassified,
};
use towpath_service::{Error, holds, timeline};

fn criterion(key: &str, operator: &str, value: &str, bucket: &str) -> CriterionForm {
    CriterionForm {
        key: key.to_owned(),
        operator: operator.to_owned(),
        value: value.to_owned(),
        bucket: bucket.to_owned(),
    }
}

fn form(slug: &str, criteria: Vec<CriterionForm>) -> RuleForm {
    RuleForm {
        slug: slug.to_owned(),
        title: slug.to_owned(),
        kind: "environment".to_owned(),
        is_default: Some("on".to_owned()),
        criteria,
    }
}

/// The project's default: main goes to qa, releases to staging.
async fn branches(shop: &Shop) -> Rule {
    let criteria = vec![
        criterion("branch", "equals", "main", "qa"),
        criterion("branch", "glob", "release/*", "staging"),
    ];
    create(shop, &shop.ana, "shop", form("branches", criteria)).await.expect("a rule")
}

/// Pushes a build of a git ref to the integration, without a bucket.
async fn pushed(shop: &Shop, version: &str, git_ref: &str) -> Result<String, Error> {
    shop.world.clock.advance(1);
    let labels = json!({"org.opencontainers.image.ref.name": git_ref, "n": version});
    shop.push_labelled(&shop.dora, "shop/checkout", version, labels).await.map_err(|error| match error {
        towpath_service::images::Error::Other(error) => error,
        towpath_service::images::Error::Denied(why) => Error::Refused(why),
        other => Error::Internal(other.to_string()),
    })
}

/// The tags of what no rule has led, newest first.
async fn left(shop: &Shop) -> Vec<String> {
    let view = unclassified(shop, &shop.dora, ("shop", "checkout"), None, 50).await.expect("a list");
    view.builds.into_iter().map(|one| one.build.tag.to_string()).collect()
}

async fn foreseen(shop: &Shop) -> Reclassification {
    preview(shop, &shop.dora, "shop", "checkout").await.expect("a preview")
}

fn lines(told: &Reclassification) -> Vec<String> {
    let name = |slug: &Option<towpath_domain::slugs::Slug>| {
        slug.as_ref().map_or("-".to_owned(), ToString::to_string)
    };
    let line = |moved: &towpath_domain::rules::Moved| {
        let current = if moved.becomes_current { " current" } else { "" };
        format!("{} {} {}{current}", moved.tag, name(&moved.from), name(&moved.to))
    };
    told.moved.iter().map(line).collect()
}

#[test]
fn a_rule_leads_what_is_pushed_without_a_bucket() {
    on_both_engines(async |shop: Shop| {
        branches(&shop).await;
        let digest = pushed(&shop, "1.0", "refs/heads/main").await.expect("arrives");
        pushed(&shop, "1.1", "feature/x").await.expect("is kept");
        assert_eq!(shop.history("qa").await, ["1.0"]);
        assert_eq!(left(&shop).await, ["1.1"]);
        // Deployers of qa find it there, by its tag and as what is current.
        for tag in ["1.0", "current"] {
            assert_eq!(shop.pull(&shop.dora, "shop/checkout/qa", tag).await.expect("is there"), digest);
        }
        // The same again changes nothing, not even after others came.
        pushed(&shop, "1.2", "main").await.expect("arrives");
        pushed(&shop, "1.0", "refs/heads/main").await.expect("the same answer");
        assert_eq!(shop.history("qa").await, ["1.2", "1.0"]);
        // Staging takes builds by promotion only, whatever a rule says.
        let refused = pushed(&shop, "2.0", "release/2").await;
        assert!(
            matches!(&refused, Err(Error::Refused(why)) if why.contains("by promotion only")),
            "{refused:?}"
        );
        let kinds = Filter { kind: "build_routed".to_owned(), ..Filter::default() };
        let page = timeline::page(&shop, &shop.ana, &kinds, None, 10).await.expect("the timeline");
        let told = towpath_domain::timeline::sentence::plain(&page.entries.last().expect("one").sentence);
        assert!(told.ends_with("to qa by version 1 of the rule branches in shop/checkout"), "{told}");
    });
}

#[test]
fn a_person_assigns_what_no_rule_has_led() {
    on_both_engines(async |shop: Shop| {
        let digest = pushed(&shop, "1.0", "main").await.expect("is kept");
        assert_eq!(left(&shop).await, ["1.0"]);
        let place = async |bucket: &str, reason: &str| {
            assign(&shop, &shop.dora, &checkout(bucket), &digest, reason).await
        };
        assert!(matches!(place("qa", " ").await, Err(Error::Invalid(_))));
        assert!(matches!(place("mars", "why not").await, Err(Error::Invalid(_))));
        let refused = place("prod", "straight on").await;
        assert!(
            matches!(&refused, Err(Error::Refused(why)) if why.contains("promotion only")),
            "{refused:?}"
        );
        place("qa", "no rule yet").await.expect("may");
        let current = shop.column("qa").await.current.expect("is current");
        assert_eq!((current.cause.as_str(), current.reason.as_deref()), ("assignment", Some("no rule yet")));
        assert!(left(&shop).await.is_empty());
        let again = place("qa", "again").await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        // It counts as placed by name now: no rule moves it.
        branches(&shop).await;
        assert!(foreseen(&shop).await.moved.is_empty());
        let viewer = shop.viewer().await;
        let denied = assign(&shop, &viewer, &checkout("qa"), &digest, "no").await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
    });
}

#[test]
fn reclassifying_changes_what_was_foreseen_and_nothing_that_was_placed_by_name() {
    on_both_engines(async |shop: Shop| {
        shop.push(&shop.dora, "shop/checkout/qa", "0.9").await.expect("by name");
        for (version, git_ref) in [("1.0", "main"), ("1.1", "feature/x"), ("1.2", "main")] {
            pushed(&shop, version, git_ref).await.expect("is kept");
        }
        branches(&shop).await;
        assert_eq!(shop.history("qa").await, ["0.9"], "a rule alone moves nothing");
        let told = foreseen(&shop).await;
        assert_eq!(lines(&told), ["1.0 - qa", "1.2 - qa current"]);
        assert_eq!((told.builds, told.rule_version), (3, 1));
        let stale = reclassify(&shop, &shop.dora, "shop", "checkout", "0-2-x").await;
        assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");
        reclassify(&shop, &shop.dora, "shop", "checkout", &told.mark()).await.expect("may");
        assert_eq!(shop.history("qa").await, ["1.2", "0.9"]);
        assert_eq!(left(&shop).await, ["1.1"]);
        let nothing = foreseen(&shop).await;
        let again = reclassify(&shop, &shop.dora, "shop", "checkout", &nothing.mark()).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

        // Without a rule, what the rule has led is led nowhere; what is current stays.
        choose(&shop, &shop.ana, "shop", "checkout", FOLLOW_NONE).await.expect("may");
        let told = foreseen(&shop).await;
        assert_eq!(lines(&told), ["1.0 qa -", "1.2 qa -"]);
        reclassify(&shop, &shop.dora, "shop", "checkout", &told.mark()).await.expect("may");
        assert_eq!(left(&shop).await, ["1.1", "1.0"], "1.2 is in qa");
        assert_eq!(shop.history("qa").await, ["1.2", "0.9"]);
    });
}

#[test]
fn what_was_looked_at_is_confirmed_and_nothing_else() {
    on_both_engines(async |shop: Shop| {
        pushed(&shop, "1.0", "main").await.expect("is kept");
        let to = |slug: &str, bucket: &str| RuleForm {
            is_default: None,
            ..form(slug, vec![criterion("branch", "equals", "main", bucket)])
        };
        for (slug, bucket) in [("first", "qa"), ("second", "prod")] {
            create(&shop, &shop.ana, "shop", to(slug, bucket)).await.expect("a rule");
        }
        choose(&shop, &shop.ana, "shop", "checkout", "first").await.expect("may");
        let mark = foreseen(&shop).await.mark();
        let late = async |mark: &str| {
            let outcome = reclassify(&shop, &shop.dora, "shop", "checkout", mark).await;
            assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
        };
        choose(&shop, &shop.ana, "shop", "checkout", "second").await.expect("may");
        late(&mark).await;
        choose(&shop, &shop.ana, "shop", "checkout", "first").await.expect("may");
        assert_eq!(foreseen(&shop).await.mark(), mark);
        shop.push(&shop.dora, "shop/checkout/qa", "2.0").await.expect("by name");
        late(&mark).await;
    });
}

#[test]
fn what_a_hold_kept_out_gets_in_by_pushing_again() {
    on_both_engines(async |shop: Shop| {
        branches(&shop).await;
        let (on, reason) = ("bucket:shop/checkout/qa".to_owned(), "not now".to_owned());
        let hold = towpath_domain::holds::HoldForm { on, reason, ..Default::default() };
        let hold = holds::place(&shop, &shop.ben, hold).await.expect("may");
        for version in ["1.0", "1.1"] {
            let refused = pushed(&shop, version, "main").await;
            assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        }
        let again = pushed(&shop, "1.1", "main").await;
        assert!(matches!(again, Err(Error::Refused(_))), "it is held still: {again:?}");
        holds::release(&shop, &shop.ben, hold.number, "now").await.expect("may");
        pushed(&shop, "1.1", "main").await.expect("arrives");
        let late = pushed(&shop, "1.0", "main").await;
        assert!(matches!(&late, Err(Error::Refused(why)) if why.contains("received later")), "{late:?}");
        assert_eq!(shop.history("qa").await, ["1.1"]);
        // Staging never takes it, so that pushing again never succeeds.
        for _ in 0..2 {
            let refused = pushed(&shop, "2.0", "release/2").await;
            assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        }
    });
}

#[test]
fn what_was_refused_by_name_is_still_led_by_rules() {
    on_both_engines(async |shop: Shop| {
        let by_name = async |version: &str| {
            let labels = json!({"org.opencontainers.image.ref.name": "main", "n": version});
            shop.push_labelled(&shop.dora, "shop/checkout/staging", version, labels).await
        };
        pushed(&shop, "1.0", "main").await.expect("is kept");
        by_name("1.0").await.expect_err("staging takes promotions only");
        assert_eq!(left(&shop).await, ["1.0"]);
        by_name("1.1").await.expect_err("staging takes promotions only");
        branches(&shop).await;
        pushed(&shop, "1.1", "main").await.expect("arrives");
        assert_eq!(shop.history("qa").await, ["1.1"]);
        assert_eq!(lines(&foreseen(&shop).await), ["1.0 - qa"]);
    });
}

#[test]
fn assigning_is_no_way_back() {
    on_both_engines(async |shop: Shop| {
        branches(&shop).await;
        let first = pushed(&shop, "1.0", "main").await.expect("arrives");
        pushed(&shop, "1.1", "main").await.expect("arrives");
        let back = async || assign(&shop, &shop.dora, &checkout("qa"), &first, "back").await;
        assert!(matches!(back().await, Err(Error::Conflict(_))), "it is in qa's history");
        choose(&shop, &shop.ana, "shop", "checkout", FOLLOW_NONE).await.expect("may");
        let mark = foreseen(&shop).await.mark();
        reclassify(&shop, &shop.dora, "shop", "checkout", &mark).await.expect("may");
        assert!(matches!(back().await, Err(Error::Conflict(_))), "it was in qa");
        assert_eq!(shop.history("qa").await, ["1.1", "1.0"]);
        assert!(left(&shop).await.is_empty());
    });
}

#[test]
fn what_comes_late_or_is_stopped_does_not_become_current_by_reclassifying() {
    on_both_engines(async |shop: Shop| {
        pushed(&shop, "1.0", "main").await.expect("is kept");
        shop.world.clock.advance(1);
        shop.push(&shop.dora, "shop/checkout/qa", "2.0").await.expect("by name");
        branches(&shop).await;
        let told = foreseen(&shop).await;
        assert_eq!(lines(&told), ["1.0 - qa"]);
        reclassify(&shop, &shop.dora, "shop", "checkout", &told.mark()).await.expect("may");
        assert_eq!(shop.history("qa").await, ["2.0"]);
        let refused = shop.column("qa").await.refused;
        assert!(refused[0].why.contains("received later"), "{:?}", refused[0].why);
        assert!(left(&shop).await.is_empty());
        // Who wants it there all the same says so.
        let digest = &shop.column("qa").await.refused[0].build.digest.to_string();
        assign(&shop, &shop.dora, &checkout("qa"), digest, "2.0 loses orders").await.expect("may");
        assert_eq!(shop.history("qa").await, ["1.0", "2.0"]);

        choose(&shop, &shop.ana, "shop", "checkout", FOLLOW_NONE).await.expect("may");
        pushed(&shop, "3.0", "main").await.expect("is kept");
        choose(&shop, &shop.ana, "shop", "checkout", FOLLOW_DEFAULT).await.expect("may");
        let (on, reason) = ("bucket:shop/checkout/qa".to_owned(), "not now".to_owned());
        let hold = towpath_domain::holds::HoldForm { on, reason, ..Default::default() };
        holds::place(&shop, &shop.ben, hold).await.expect("may");
        assert_eq!(lines(&foreseen(&shop).await), ["3.0 - qa"]);
    });
}

#[test]
fn a_changed_rule_is_tried_out_before_it_is_saved() {
    on_both_engines(async |shop: Shop| {
        let rule = branches(&shop).await;
        for (version, git_ref) in [("1.0", "main"), ("1.1", "develop")] {
            pushed(&shop, version, git_ref).await.expect("is kept");
        }
        let criteria = vec![criterion("branch", "regex", "main|develop", "qa")];
        let next = form("anything", criteria);
        let made_up = |git_ref: &str| MadeUp { git_ref: git_ref.to_owned(), ..MadeUp::default() };
        let saved = Some("branches");
        let trial =
            try_out(&shop, &shop.ana, "shop", saved, next.clone(), made_up("refs/heads/develop")).await;
        let trial = trial.expect("a trial");
        assert_eq!(trial.matched.map(|(row, bucket)| (row, bucket.to_string())), Some((1, "qa".to_owned())));
        assert_eq!((trial.builds, trial.elsewhere_count), (2, 1));
        assert_eq!(trial.elsewhere[0].tag.as_str(), "1.1");
        let none = try_out(&shop, &shop.ana, "shop", None, next.clone(), made_up("refs/tags/main")).await;
        assert_eq!(none.expect("a trial").matched, None);
        let denied = try_out(&shop, &shop.dora, "shop", None, next.clone(), made_up("main")).await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");

        let changed = change(&shop, &shop.ana, "shop", "branches", rule.version, next.clone()).await;
        assert_eq!(changed.expect("may").version, 2);
        let stale = change(&shop, &shop.ana, "shop", "branches", rule.version, next).await;
        assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");
        assert_eq!(lines(&foreseen(&shop).await), ["1.1 - qa current"]);
    });
}

#[test]
fn one_rule_is_the_default_and_wrong_ones_are_refused() {
    on_both_engines(async |shop: Shop| {
        branches(&shop).await;
        let all =
            create(&shop, &shop.ana, "shop", form("all", vec![criterion("ref", "glob", "**", "qa")])).await;
        assert!(all.expect("a rule").is_default);
        let first =
            towpath_service::rules::view(&shop, &shop.ana, "shop", "branches").await.expect("is there");
        assert_eq!((first.rule.is_default, first.rule.version), (false, 2));
        let twice =
            create(&shop, &shop.ana, "shop", form("all", vec![criterion("ref", "glob", "*", "qa")])).await;
        assert!(
            matches!(&twice, Err(Error::Invalid(invalid)) if invalid.errors()[0].field == "slug"),
            "{twice:?}"
        );
        let wrong = form(
            "wrong",
            vec![
                criterion("ref", "regex", "(", "qa"),
                criterion("ref", "semver", "latest", "qa"),
                criterion("ref", "equals", "main", "qa2"),
            ],
        );
        let Err(Error::Invalid(invalid)) = create(&shop, &shop.ana, "shop", wrong).await else {
            panic!("wrong")
        };
        let fields: Vec<&str> = invalid.errors().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["criteria[0][value]", "criteria[1][value]", "criteria[2][bucket]"]);
        let unknown = choose(&shop, &shop.ana, "shop", "checkout", "nothing").await;
        assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");
        let denied = choose(&shop, &shop.dora, "shop", "checkout", "all").await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
        let board: Board = shop.board().await;
        assert!(board.unclassified.is_empty());
    });
}

/// Announces an image that was pushed by its digest.
async fn announced(
    shop: &Shop,
    (digest, tag, bucket): (&str, &str, &str),
    git_ref: &str,
) -> Result<Announced, Error> {
    let statement = Statement { git_ref: git_ref.to_owned(), ..Statement::default() };
    let form = AnnounceForm { digest: digest.to_owned(), tag: tag.to_owned(), statement };
    announce(shop, &shop.dora, ("shop", "checkout", bucket), form).await
}

#[test]
fn an_announced_build_is_led_by_what_the_ci_says_and_comes_once() {
    on_both_engines(async |shop: Shop| {
        branches(&shop).await;
        let labels = json!({"org.opencontainers.image.ref.name": "release/1", "n": "1"});
        let digest = shop.push_labelled(&shop.dora, "shop/checkout", "", labels).await.expect("stored");
        assert!(left(&shop).await.is_empty(), "without a tag it is no build yet");
        let first = announced(&shop, (&digest, "1.0", ""), "refs/heads/main").await.expect("arrives");
        assert_eq!(first.received, Received::Placed);
        assert_eq!(first.bucket.expect("a bucket").as_str(), "qa");
        let (rule, version) = first.rule.expect("a rule");
        assert_eq!((rule.as_str(), version), ("branches", 1));
        assert_eq!(shop.pull(&shop.dora, "shop/checkout", "1.0").await.expect("a tag"), digest);
        // Another ref changes nothing: the build is what it was received as.
        let again = announced(&shop, (&digest, "1.0", ""), "refs/heads/release/2").await.expect("is known");
        assert_eq!((again.received, again.build.id), (Received::AlreadyThere, first.build.id));
        assert_eq!(again.build.origin, first.build.origin);
    });
}

#[test]
fn what_is_announced_was_pushed_there_and_enters_only_where_it_may() {
    on_both_engines(async |shop: Shop| {
        branches(&shop).await;
        let labels = |n: &str| json!({"n": n});
        let digest =
            shop.push_labelled(&shop.dora, "shop/checkout/qa", "", labels("1")).await.expect("stored");
        let elsewhere = announced(&shop, (&digest, "1.0", ""), "refs/heads/main").await;
        assert!(matches!(&elsewhere, Err(Error::NotFound(_))), "{elsewhere:?}");
        let here = announced(&shop, (&digest, "1.0", "qa"), "").await.expect("arrives");
        assert_eq!((here.received, here.rule), (Received::Placed, None));
        let other =
            shop.push_labelled(&shop.dora, "shop/checkout/qa", "", labels("2")).await.expect("stored");
        let taken = announced(&shop, (&other, "1.0", "qa"), "").await;
        assert!(matches!(&taken, Err(Error::Refused(why)) if why.contains("does not change")), "{taken:?}");
        let free = announced(&shop, (&other, "2.0", "qa"), "").await.expect("arrives");
        assert_eq!(free.received, Received::Placed);
        let late = shop.push_labelled(&shop.dora, "shop/checkout", "", labels("3")).await.expect("stored");
        let refused = announced(&shop, (&late, "3.0", ""), "refs/heads/release/3").await.expect("is kept");
        assert!(matches!(refused.received, Received::Refused { .. }), "{refused:?}");
        for tag in ["current", "", "a b"] {
            let wrong = announced(&shop, (&late, tag, ""), "").await;
            assert!(matches!(&wrong, Err(Error::Invalid(_))), "{wrong:?}");
        }
        let stranger = shop.stranger("Nemo").await;
        let form = AnnounceForm { digest: late, tag: "4".to_owned(), statement: Statement::default() };
        let hidden = announce(&shop, &stranger, ("shop", "checkout", ""), form).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
    });
}
