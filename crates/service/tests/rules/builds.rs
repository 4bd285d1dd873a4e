//! What arrives from CI: placed, refused or unclassified, and never twice.

use crate::engines::on_both_engines;
use crate::images::refusal;
use crate::shop::{Shop, checkout, integration, make_integration};
use towpath_domain::builds::life::Link;
use towpath_domain::promotions::Choice;
use towpath_domain::timeline::Filter;
use towpath_service::buckets::resume;
use towpath_service::rules::assign;
use towpath_service::{Error, builds, images};

#[test]
fn a_push_becomes_current_with_its_labels_and_platforms() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let card = shop.column("qa").await.current.expect("is current");
        assert_eq!(card.build.digest.to_string(), digest);
        assert_eq!(card.build.platforms, ["linux/amd64"]);
        let commit = card.build.origin.commit.expect("the label is read");
        assert_eq!((commit.value.as_str(), commit.verified), ("commit of 1.0", false));
        assert_eq!((card.cause.as_str(), card.by.as_str()), ("push", "Dora"));
        assert_eq!(shop.pull(&shop.dora, "shop/checkout/qa", "current").await.expect("is there"), digest);
    });
}

#[test]
fn a_label_that_no_database_could_keep_is_left_out() {
    on_both_engines(async |shop: Shop| {
        let labels = serde_json::json!({"good": "“text” \\ ✓", "bad": "a\0b", "b\0d": "text"});
        shop.push_labelled(&shop.dora, "shop/checkout/qa", "1.0", labels).await.expect("arrives");
        let card = shop.column("qa").await.current.expect("is current");
        let kept: Vec<(&String, &String)> = card.build.origin.labels.iter().collect();
        assert_eq!(kept, [(&"good".to_owned(), &"“text” \\ ✓".to_owned())]);
    });
}

#[test]
fn a_push_to_production_is_refused_and_kept_beside_the_bucket() {
    on_both_engines(async |shop: Shop| {
        let why = refusal(shop.push(&shop.ben, "shop/checkout/prod", "1.0").await);
        assert_eq!(why, "prod takes builds by promotion only; promote it from staging");
        let column = shop.column("prod").await;
        assert!(column.current.is_none() && column.history.is_empty());
        let [kept] = column.refused.try_into().expect("one is kept");
        assert_eq!((kept.tag.as_str(), kept.by.as_str()), ("1.0", "Ben"));
        assert_eq!(shop.told(&shop.ana, "arrival_refused").await, 1);
        assert_eq!(shop.told(&shop.ana, "build_placed").await, 0);
        assert_eq!(shop.tags(&shop.ana, "shop/checkout/prod").await, Vec::<String>::new());
    });
}

#[test]
fn a_stage_with_a_way_into_it_takes_promotions_only() {
    on_both_engines(async |shop: Shop| {
        let why = refusal(shop.push(&shop.ben, "shop/checkout/staging", "1.0").await);
        assert_eq!(why, "staging takes builds by promotion only; promote it from qa");
    });
}

#[test]
fn production_takes_promotions_only_even_where_no_workflow_leads() {
    on_both_engines(async |shop: Shop| {
        let form = integration("free", "environment", ":none");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        shop.push(&shop.ben, "shop/free/staging", "1.0").await.expect("no workflow, no rule");
        let why = refusal(shop.push(&shop.ben, "shop/free/prod", "1.0").await);
        assert_eq!(why, "prod takes builds by promotion only, and no workflow leads to it");
    });
}

#[test]
fn the_same_push_again_moves_nothing() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.push(&shop.dora, "shop/checkout/qa", "2.0").await.expect("arrives");
        let events = shop.timeline(&shop.ana, Filter::default()).await.len();
        let again = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("the same answer");
        assert_eq!(again, first);
        assert_eq!(shop.history("qa").await, ["2.0", "1.0"], "a repeated job undoes nothing");
        assert_eq!(shop.timeline(&shop.ana, Filter::default()).await.len(), events, "and nothing is told");
    });
}

#[test]
fn the_same_push_after_its_promotion_moves_nothing() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.release(&digest).await;
        shop.push(&shop.dora, "shop/checkout/qa", "2.0").await.expect("arrives");
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("the same answer");
        assert_eq!(shop.history("qa").await, ["2.0", "1.0"]);
        // What came to prod by promotion was refused there by nobody: it is there already.
        shop.push(&shop.ben, "shop/checkout/prod", "1.0").await.expect("it is current");
        assert_eq!(shop.history("prod").await, ["1.0"]);
    });
}

#[test]
fn what_a_rollback_took_back_does_not_return_by_a_push() {
    on_both_engines(async |shop: Shop| {
        for version in ["1.0", "2.0"] {
            shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
        }
        shop.roll_back(&shop.ben, "qa").await.expect("back to 1.0");
        shop.push(&shop.dora, "shop/checkout/qa", "2.0").await.expect("the same answer");
        assert_eq!(shop.history("qa").await, ["1.0", "2.0", "1.0"]);
        resume(&shop, &shop.ben, &checkout("qa"), "").await.expect("was paused");
        shop.push(&shop.dora, "shop/checkout/qa", "2.0").await.expect("the same answer");
        assert_eq!(shop.history("qa").await, ["1.0", "2.0", "1.0"], "resuming does not change that");
    });
}

#[test]
fn a_push_without_a_bucket_is_unclassified() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout", "1.0").await.expect("arrives");
        let board = shop.board().await;
        let [card] = board.unclassified.try_into().expect("one");
        assert_eq!(card.build.digest.to_string(), digest);
        assert!(board.columns.iter().all(|column| column.current.is_none()));
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        assert!(shop.board().await.unclassified.is_empty(), "the same build has a bucket now");
    });
}

#[test]
fn a_tag_in_a_bucket_keeps_its_meaning() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let why = refusal(shop.push_as(&shop.dora, "shop/checkout/qa", "2.0", "1.0").await);
        assert!(why.contains("does not change"), "{why}");
        assert_eq!(shop.pull(&shop.dora, "shop/checkout/qa", "1.0").await.expect("is there"), digest);
        assert_eq!(shop.history("qa").await, ["1.0"]);
        let why = refusal(shop.push_as(&shop.dora, "shop/checkout/qa", "2.0", "current").await);
        assert!(why.contains("push under another tag"), "{why}");
    });
}

#[test]
fn an_empty_bucket_has_nothing_current() {
    on_both_engines(async |shop: Shop| {
        let outcome = shop.pull(&shop.dora, "shop/checkout/qa", "current").await;
        assert!(matches!(outcome, Err(images::Error::ManifestUnknown)), "{outcome:?}");
    });
}

#[test]
fn a_build_tells_its_whole_life() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.release(&digest).await;
        shop.push(&shop.dora, "shop/checkout/qa", "2.0").await.expect("arrives");
        let view = builds::view(&shop, &shop.dora, &digest, builds::Part::PAGE).await.expect("is known");
        let [life] = view.lives.try_into().expect("one integration");
        let placed = life.chain.iter().filter_map(|link| match link {
            Link::Placed(placed) => Some(placed),
            _ => None,
        });
        let lines: Vec<String> = placed
            .map(|line| format!("{} by {} of {}: {}", line.bucket, line.cause, line.by, line.current))
            .collect();
        assert_eq!(
            lines,
            [
                "qa by push of Dora: false",
                "staging by promotion of Ana: true",
                "prod by promotion of Ana: true"
            ]
        );
    });
}

#[test]
fn a_life_tells_who_let_a_build_pass_what_refused_it_and_what_waits() {
    on_both_engines(async |shop: Shop| {
        let (ci, _) = shop.token(&shop.dora, "shop/checkout", &["push"]).await;
        let digest = shop.push(&ci, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.clock.advance(60);
        refusal(shop.push(&shop.ben, "shop/checkout/prod", "1.0").await);
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
        shop.clock.advance(60);
        let asked = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        shop.decide(&shop.ben, &asked, Choice::Reject).await.expect("may reject");
        shop.clock.advance(60);
        let asked = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        let part = builds::Part::PAGE;
        let waiting =
            builds::view(&shop, &shop.dora, &digest, part).await.expect("is known").lives.remove(0).waiting;
        assert_eq!(
            (waiting[0].number, waiting[0].needs.as_slice()),
            (3, &["1 approval by a release manager".to_owned()][..])
        );
        shop.approve(&shop.ben, &asked).await.expect("goes to prod");
        let life = builds::view(&shop, &shop.dora, &digest, part).await.expect("is known").lives.remove(0);
        let told: Vec<String> = life
            .chain
            .iter()
            .map(|link| match link {
                Link::Placed(placed) => {
                    let passed = placed.promotion.as_ref().map(|passed| {
                        let approved: Vec<&str> =
                            passed.approved.iter().map(|approved| approved.by.as_str()).collect();
                        format!(" by #{} of {} approved by {approved:?}", passed.number, passed.from)
                    });
                    format!("{} of {}{}", placed.bucket, placed.by, passed.unwrap_or_default())
                }
                Link::Refused { bucket, by, .. } => format!("{bucket} refused it of {by}"),
                Link::Pinned { environment, by, .. } => format!("pinned in {environment} by {by}"),
                Link::Ended { number, how, by, comment, .. } => {
                    format!("#{number} {how} by {by}: {comment:?}")
                }
            })
            .collect();
        assert_eq!(
            told,
            [
                "qa of Dora by the token “CI”",
                "staging of Dora by #1 of qa approved by []",
                "prod refused it of Ben",
                "#2 rejected by Ben: Some(\"I looked\")",
                "prod of Ana by #3 of staging approved by [\"Ben\"]",
            ]
        );
        assert_eq!(life.received_by.to_string(), "Dora by the token “CI”");
        let current: Vec<&str> = life.current.iter().map(|standing| standing.bucket.as_str()).collect();
        assert_eq!((current, life.waiting.len()), (vec!["qa", "staging", "prod"], 0));
    });
}

#[test]
fn a_long_life_is_told_in_parts_without_gap_or_doubling() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        refusal(shop.push(&shop.ben, "shop/checkout/prod", "1.0").await);
        for round in 1..4 {
            shop.clock.advance(60);
            shop.push(&shop.dora, "shop/checkout/qa", &format!("2.{round}")).await.expect("arrives");
            shop.clock.advance(60);
            shop.roll_back(&shop.ben, "qa").await.expect("rolls back");
            resume(&shop, &shop.ben, &checkout("qa"), "").await.expect("resumes");
        }
        let whole = builds::view(&shop, &shop.dora, &digest, builds::Part::WHOLE).await.expect("is known");
        let whole = whole.lives.into_iter().next().expect("one").chain;
        assert_eq!(whole.len(), 5);
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let part = builds::Part { within: Some("shop/checkout"), after, links: 2, ..builds::Part::PAGE };
            let life =
                builds::view(&shop, &shop.dora, &digest, part).await.expect("is known").lives.remove(0);
            assert_eq!(life.from_start, after.is_none());
            walked.extend(life.chain);
            after = life.later;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(walked, whole);
        let elsewhere = builds::Part { within: Some("shop/nothing"), ..builds::Part::PAGE };
        assert!(builds::view(&shop, &shop.dora, &digest, elsewhere).await.is_err());
    });
}

#[test]
fn in_a_bucket_a_build_goes_by_the_tag_that_it_came_there_with() {
    on_both_engines(async |shop: Shop| {
        // Named like the next release where nobody looks, and pushed to the bucket under another name.
        let other = shop.push_as(&shop.dora, "shop/checkout", "other", "9.0.0").await.expect("unclassified");
        shop.push_as(&shop.dora, "shop/checkout/qa", "other", "nightly").await.expect("arrives");
        assert_eq!(shop.history("qa").await, ["nightly"]);
        let promoted = shop.promote(&shop.ana, &other, "qa", "staging").await.expect("goes to staging");
        assert_eq!(promoted.tag.as_str(), "nightly", "the promotion carries on what the bucket calls it");
        assert_eq!(shop.history("staging").await, ["nightly"]);
        assert_eq!(shop.tags(&shop.ana, "shop/checkout/staging").await, ["current", "nightly"]);
        let release = shop.push(&shop.dora, "shop/checkout/qa", "9.0.0").await.expect("arrives");
        shop.promote(&shop.ana, &release, "qa", "staging").await.expect("goes to staging");
        assert_eq!(shop.pull(&shop.ana, "shop/checkout/staging", "9.0.0").await.expect("is there"), release);
        shop.roll_back(&shop.ben, "staging").await.expect("back");
        assert_eq!(shop.history("staging").await, ["nightly", "9.0.0", "nightly"]);
        let newest = shop.timeline(&shop.ana, Filter::default()).await;
        let line = crate::world::line(newest.first().expect("the rollback"));
        assert!(line.contains("back to nightly") && line.contains("in place of 9.0.0"), "{line}");
    });
}

#[test]
fn where_the_tag_is_another_images_a_build_goes_by_its_digest() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push_as(&shop.dora, "shop/checkout/qa", "first", "1.0").await.expect("arrives");
        let second = shop.push_as(&shop.dora, "shop/checkout", "second", "1.0").await.expect("unclassified");
        assign(&shop, &shop.dora, &checkout("qa"), &second, "by hand").await.expect("is placed");
        let build = shop.column("qa").await.current.expect("is current").build;
        assert_eq!((build.digest.to_string(), build.tag.as_str()), (second.clone(), build.digest.short()));
        let pull = async |tag: &str| shop.pull(&shop.dora, "shop/checkout/qa", tag).await.expect("is there");
        assert_eq!(pull("1.0").await, first, "it does not change");
        assert_eq!(pull(build.tag.as_str()).await, second);
    });
}

#[test]
fn where_every_name_of_an_image_is_anothers_it_does_not_enter() {
    on_both_engines(async |shop: Shop| {
        let second = shop.push_as(&shop.dora, "shop/checkout", "second", "1.0").await.expect("unclassified");
        let digits = second.strip_prefix("sha256:").expect("digits");
        for tag in ["1.0", &digits[..12], &digits[..24], digits] {
            shop.push_as(&shop.dora, "shop/checkout/qa", "first", tag).await.expect("arrives");
        }
        let placed = assign(&shop, &shop.dora, &checkout("qa"), &second, "by hand").await;
        assert!(matches!(&placed, Err(Error::Conflict(why)) if why.contains("Delete one")), "{placed:?}");
        assert_eq!(shop.history("qa").await, ["1.0"]);
    });
}
