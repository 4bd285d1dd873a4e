//! Checks: who reports them, what a gate makes of them, and that a success after a failure stays visible.

use crate::engines::on_both_engines;
use crate::gates::{gated, staged, wish};
use crate::shop::{Shop, stage, workflow};
use towpath_domain::checks::{CheckForm, CheckState};
use towpath_domain::gates::Verdict;
use towpath_domain::promotions::{Outlook, State};
use towpath_domain::workflows::StageForm;
use towpath_service::checks::{list, report};
use towpath_service::promotions::{explain, look_again, request};
use towpath_service::{Error, inbox};

const PARCEL: (&str, &str) = ("shop", "parcel");

fn result(name: &str, state: &str) -> CheckForm {
    CheckForm { name: name.to_owned(), state: state.to_owned(), ..CheckForm::default() }
}

fn inside(bucket: &str, form: CheckForm) -> CheckForm {
    CheckForm { bucket: bucket.to_owned(), ..form }
}

#[test]
fn what_waits_for_a_check_enters_at_its_success_and_says_that_it_had_failed() {
    on_both_engines(async |shop: Shop| {
        let stage = StageForm { checks: "tests, smoke in staging".to_owned(), ..StageForm::default() };
        gated(&shop, stage).await;
        let digest = staged(&shop, "1.0").await;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("may ask");
        assert_eq!(asked.state, State::Waiting);
        report(&shop, &shop.ana, PARCEL, &digest, result("tests", "failure")).await.expect("may");
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        let outlook = async || {
            let view = inbox::promotion(&shop, &shop.ana, "shop", asked.number).await.expect("a view");
            view.verdicts
        };
        let waits = |needs: &str| Verdict::Waits { needs: needs.to_owned(), until: None };
        assert_eq!(outlook().await[0].verdict, waits("a success of tests, which failed"));
        report(&shop, &shop.ana, PARCEL, &digest, result("tests", "success")).await.expect("may");
        assert_eq!(look_again(&shop).await.expect("looks"), 0, "smoke is still missing");
        let verdicts = outlook().await;
        assert_eq!(verdicts[0].verdict, Verdict::Passes);
        assert_eq!(verdicts[0].note.as_deref(), Some("It failed once before."));
        assert_eq!(verdicts[1].verdict, waits("a success of smoke in staging"));
        // Elsewhere it says nothing about staging.
        report(&shop, &shop.ana, PARCEL, &digest, inside("qa", result("smoke", "success")))
            .await
            .expect("may");
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        report(&shop, &shop.ana, PARCEL, &digest, inside("staging", result("smoke", "success")))
            .await
            .expect("may");
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        let view = inbox::promotion(&shop, &shop.ana, "shop", asked.number).await.expect("a view");
        assert!(matches!(view.promotion.state, State::Applied { .. }));
    });
}

#[test]
fn the_same_result_again_changes_nothing_and_each_new_one_is_told_once() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { checks: "tests".to_owned(), ..StageForm::default() }).await;
        let digest = staged(&shop, "1.0").await;
        let told = async || shop.told(&shop.ana, "check_reported").await;
        let first = report(&shop, &shop.ana, PARCEL, &digest, result("tests", "pending")).await.expect("may");
        let again = report(&shop, &shop.ana, PARCEL, &digest, result("tests", "pending")).await.expect("may");
        assert!(first.new && !again.new && first.line == again.line);
        assert_eq!(told().await, 1);
        report(&shop, &shop.ana, PARCEL, &digest, result("tests", "success")).await.expect("may");
        assert_eq!(told().await, 2);
        let listed = list(&shop, &shop.dora, PARCEL, &digest).await.expect("may see");
        let states: Vec<CheckState> = listed.iter().map(|line| line.check.state).collect();
        assert_eq!(states, [CheckState::Success]);
        assert_eq!((listed[0].by.as_str(), &listed[0].token), ("Ana", &None));
    });
}

#[test]
fn who_may_not_report_does_not_and_bad_input_is_told_beside_its_field() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm::default()).await;
        let digest = staged(&shop, "1.0").await;
        let viewer = shop.viewer().await;
        let refused = report(&shop, &viewer, PARCEL, &digest, result("tests", "success")).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        // A developer reports outside production.
        report(&shop, &shop.dora, PARCEL, &digest, result("tests", "success")).await.expect("may");
        let refused =
            report(&shop, &shop.dora, PARCEL, &digest, inside("prod", result("smoke", "success"))).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        for (form, field) in [
            (result("unit tests", "success"), "name"),
            (result("tests", "green"), "state"),
            (inside("mars", result("tests", "success")), "bucket"),
            (CheckForm { link: "javascript:alert(1)".into(), ..result("tests", "success") }, "link"),
        ] {
            match report(&shop, &shop.ana, PARCEL, &digest, form).await {
                Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, field),
                other => panic!("expected a mistake in {field}, got {other:?}"),
            }
        }
        let missing = report(&shop, &shop.ana, PARCEL, "sha256:00", result("tests", "success")).await;
        assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    });
}

#[test]
fn a_gate_that_names_a_token_hears_nobody_else() {
    on_both_engines(async |shop: Shop| {
        let (ci, _) = shop.token(&shop.ana, "", &["report"]).await;
        let (other, _) = shop.token(&shop.dora, "", &["report"]).await;
        let named = StageForm {
            checks: "tests".to_owned(),
            reporter: ci.token().expect("a token").to_string(),
            ..StageForm::default()
        };
        gated(&shop, named).await;
        let digest = staged(&shop, "1.0").await;
        let outlook = async || {
            explain(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("an answer")
        };
        let needs = vec!["a success of tests, reported by “CI”".to_owned()];
        for stranger in [&shop.ana, &other] {
            report(&shop, stranger, PARCEL, &digest, result("tests", "success")).await.expect("may report");
            assert_eq!(outlook().await, Outlook::Waits { needs: needs.clone(), until: None });
        }
        report(&shop, &ci, PARCEL, &digest, result("tests", "success")).await.expect("may report");
        assert_eq!(outlook().await, Outlook::Enters);
        // What others say afterwards is not heard either.
        report(&shop, &other, PARCEL, &digest, result("tests", "failure")).await.expect("may report");
        assert_eq!(outlook().await, Outlook::Enters);
        let wrong = StageForm { checks: "tests".into(), reporter: "nobody".into(), ..StageForm::default() };
        let stages = [stage("qa", ""), StageForm { bucket: "prod".into(), ..wrong }];
        let form = workflow("wrong", "environment", &stages);
        let refused = towpath_service::workflows::create(&shop, &shop.ana, "shop", form).await;
        assert!(
            matches!(&refused, Err(Error::Invalid(invalid)) if invalid.errors()[0].field == "stages[1][checks]"),
            "{refused:?}"
        );
    });
}

#[test]
fn what_one_says_again_counts_again_and_what_another_saw_fail_stays_visible() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { checks: "tests".to_owned(), ..StageForm::default() }).await;
        let digest = staged(&shop, "1.0").await;
        let (ci, _) = shop.token(&shop.ana, "", &["report"]).await;
        let say = async |who, state| {
            report(&shop, who, PARCEL, &digest, result("tests", state)).await.expect("may")
        };
        say(&shop.dora, "success").await;
        shop.world.clock.advance(1);
        say(&ci, "failure").await;
        let outlook = async || {
            explain(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("an answer")
        };
        assert!(matches!(outlook().await, Outlook::Waits { .. }), "the newest word counts");
        shop.world.clock.advance(1);
        assert!(say(&shop.dora, "success").await.new, "it was run again");
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("enters");
        let view = inbox::promotion(&shop, &shop.ana, "shop", asked.number).await.expect("a view");
        assert_eq!(view.verdicts[0].note.as_deref(), Some("It failed once before."));
    });
}

#[test]
fn a_check_is_made_where_the_build_has_been() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm::default()).await;
        let digest = staged(&shop, "1.0").await;
        match report(&shop, &shop.ana, PARCEL, &digest, inside("prod", result("smoke", "success"))).await {
            Err(Error::Invalid(invalid)) => {
                assert_eq!(invalid.errors()[0].message, "It has never been current in prod.");
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_workflow_keeps_the_token_that_it_names_also_when_that_is_revoked() {
    on_both_engines(async |shop: Shop| {
        let (ci, _) = shop.token(&shop.ana, "", &["report"]).await;
        let id = ci.token().expect("a token");
        let named = StageForm { checks: "tests".into(), reporter: id.to_string(), ..StageForm::default() };
        gated(&shop, named.clone()).await;
        towpath_service::tokens::revoke(&shop, &shop.ana, id).await.expect("may");
        let view = towpath_service::workflows::view(&shop, &shop.ana, "shop", "gated").await.expect("a view");
        assert_eq!(view.workflow.named_tokens().len(), 1);
        let last = StageForm { bucket: "prod".into(), soak: "1h".into(), ..named };
        let stages = [stage("qa", ""), stage("staging", ""), last];
        let form = workflow("gated", "environment", &stages);
        let next = towpath_service::workflows::change(&shop, &shop.ana, "shop", "gated", 1, form).await;
        assert_eq!(
            next.expect("may").done().expect("at once").named_tokens().len(),
            1,
            "it was not opened to anybody"
        );
    });
}
