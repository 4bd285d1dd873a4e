//! What changed in production, as auditors are told it.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration, make_workflow, stage, workflow};
use towpath_domain::access::{Place, Role};
use towpath_domain::changes::{ChangesForm, GatePassed, ProductionChange};
use towpath_domain::forms::Invalid;
use towpath_domain::workflows::StageForm;
use towpath_service::changes::view;
use towpath_service::promotions::{Pass, pass, review};
use towpath_service::{Error, workflows};

async fn changes(shop: &Shop) -> Vec<ProductionChange> {
    view(shop, &shop.ana, "shop", &ChangesForm::default()).await.expect("reads").changes
}

fn gates(change: &ProductionChange) -> Vec<(&str, bool)> {
    change.gates.iter().map(|GatePassed { rule, passed }| (rule.as_str(), *passed)).collect()
}

#[test]
fn each_change_of_production_is_told_with_who_wanted_and_who_allowed_it() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.release(&first).await;
        shop.clock.advance(86_400);
        let second = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        shop.promote(&shop.dora, &second, "qa", "staging").await.expect("goes to staging");
        let asked = shop.promote(&shop.ana, &second, "staging", "prod").await.expect("waits");
        let passing = Pass {
            project: "shop".to_owned(),
            number: asked.number,
            reason: "The shop is down".to_owned(),
            digest: second.clone(),
        };
        pass(&shop, &shop.ben, passing).await.expect("may");
        shop.roll_back(&shop.ana, "prod").await.expect("goes back");
        let told = changes(&shop).await;
        let [back, emergency, release] = told.as_slice() else { panic!("{told:#?}") };

        assert_eq!((release.how.as_str(), release.number), ("promotion", Some(2)));
        assert_eq!((release.tag.as_str(), release.before.as_ref()), ("1.0", None));
        assert_eq!((release.by.name.as_str(), release.pushed_by.as_str()), ("Ana", "Dora"));
        assert_eq!(release.approved_by, ["Ben"]);
        assert_eq!(gates(release), [("1 approval by a release manager", true)]);
        assert_eq!(release.reason.as_deref(), Some("it works"));

        assert_eq!(gates(emergency), [("1 approval by a release manager", false)]);
        assert_eq!(emergency.before.as_ref().map(|(tag, _)| tag.as_str()), Some("1.0"));
        let mark = emergency.emergency.as_ref().expect("a mark");
        assert_eq!((mark.by.as_str(), mark.reviewed_by.as_ref()), ("Ben", None));
        let place = Place::Project { project: shop.project.id };
        let rita = shop.person("Rita", Role::release_manager(), place).await;
        review(&shop, &rita, "shop", asked.number, "It was right").await.expect("may");
        let reviewed = changes(&shop).await[1].emergency.clone().expect("a mark").reviewed_by;
        assert_eq!(reviewed.as_deref(), Some("Rita"));

        assert_eq!((back.how.as_str(), back.number), ("rollback", None));
        assert_eq!((back.tag.as_str(), back.reason.as_deref()), ("1.0", Some("it fails")));
        assert!(back.gates.is_empty() && back.approved_by.is_empty());
    });
}

#[test]
fn a_period_has_its_own_changes_alone_and_tells_how_gates_changed_in_it() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.release(&digest).await;
        let stages = [stage("qa", ""), stage("staging", ""), stage("prod", "2")];
        let form = workflow("release", "environment", &stages);
        workflows::change(&shop, &shop.ana, "shop", "release", 1, form).await.expect("is changed");
        let of = async |from: &str, to: &str| {
            let form = ChangesForm { from: from.to_owned(), to: to.to_owned() };
            let found = view(&shop, &shop.ana, "shop", &form).await.expect("reads");
            let rules: Vec<String> = found.rules.into_iter().map(|entry| entry.kind).collect();
            (found.changes.len(), rules)
        };
        let (changes, rules) = of("2026-11-23", "2026-11-23").await;
        assert_eq!((changes, rules.first().map(String::as_str)), (1, Some("workflow_changed")));
        for made in ["workflow_created", "integration_created"] {
            assert!(rules.iter().any(|kind| kind == made), "{made}: {rules:?}");
        }
        assert_eq!(of("", "2026-11-22").await, (0, Vec::new()));
        assert_eq!(of("2026-11-24", "2026-11-25").await, (0, Vec::new()));
        assert_eq!(of("2026-11-23T09:00:01Z", "2026-11-24").await, (0, Vec::new()));
        let wrong = ChangesForm { from: "soon".to_owned(), ..ChangesForm::default() };
        let refused = view(&shop, &shop.ana, "shop", &wrong).await;
        assert!(matches!(&refused, Err(Error::Invalid(Invalid { .. }))), "{refused:?}");
        let stranger = shop.stranger("Eve").await;
        let hidden = view(&shop, &stranger, "shop", &ChangesForm::default()).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
    });
}

#[test]
fn a_bucket_of_a_production_stream_counts_and_a_token_sees_its_own_integration() {
    on_both_engines(async |shop: Shop| {
        let open = |bucket: &str| StageForm { arrivals: "any".to_owned(), ..stage(bucket, "") };
        let form = workflow("streams", "release_stream", &[open("staging"), open("production")]);
        make_workflow(&shop, &shop.ana, "shop", form).await.expect("a workflow");
        make_integration(&shop, &shop.ana, "shop", integration("billing", "release_stream", "streams"))
            .await
            .expect("an integration");
        shop.push(&shop.ana, "shop/billing/production", "3.0").await.expect("arrives");
        shop.push(&shop.ana, "shop/billing/staging", "3.1").await.expect("arrives");
        let told = changes(&shop).await;
        assert_eq!(told.iter().map(|change| change.tag.as_str()).collect::<Vec<_>>(), ["3.0"]);
        let (token, _) = shop.token(&shop.ana, "shop/checkout", &["pull"]).await;
        let seen = view(&shop, &token, "shop", &ChangesForm::default()).await.expect("reads");
        assert_eq!(seen.changes.len(), 0);
        let sheet = view(&shop, &shop.ana, "shop", &ChangesForm::default()).await.expect("reads").csv();
        let lines: Vec<&str> = sheet.lines().collect();
        assert!(lines[0].starts_with("\"at\",\"integration\",\"bucket\""), "{sheet}");
        assert!(lines[1].contains("\"billing\",\"production\",\"3.0\""), "{sheet}");
    });
}
