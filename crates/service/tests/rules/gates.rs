//! Gates that time and history judge: what the board foretells is what the server decides, also when nobody is there.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration, make_workflow, stage, workflow};
use towpath_domain::boards::Board;
use towpath_domain::deployments::ReportForm;
use towpath_domain::promotions::{Outlook, Promotion, State};
use towpath_domain::workflows::StageForm;
use towpath_service::promotions::{Decide, Request, decide, explain, look_again, request};
use towpath_service::{Error, boards, deployments, inbox, projects};

/// Gives the shop an integration `parcel` on the way qa → staging → prod, with one stage as described.
pub async fn gated(shop: &Shop, last: StageForm) {
    let stages = [stage("qa", ""), stage("staging", ""), StageForm { bucket: "prod".to_owned(), ..last }];
    make_workflow(shop, &shop.ana, "shop", workflow("gated", "environment", &stages))
        .await
        .expect("a workflow");
    make_integration(shop, &shop.ana, "shop", integration("parcel", "environment", "gated"))
        .await
        .expect("an integration");
}

pub fn wish(digest: &str, from: &str, to: &str, reference: &str) -> Request {
    Request {
        project: "shop".to_owned(),
        integration: "parcel".to_owned(),
        digest: digest.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        reason: "it works".to_owned(),
        reference: reference.to_owned(),
        ..Request::default()
    }
}

/// A build of `parcel` that has come to staging.
pub async fn staged(shop: &Shop, tag: &str) -> String {
    let digest = shop.push(&shop.dora, "shop/parcel/qa", tag).await.expect("arrives");
    shop.world.clock.advance(60);
    request(shop, &shop.dora, wish(&digest, "qa", "staging", "")).await.expect("goes to staging");
    digest
}

async fn board(shop: &Shop) -> Board {
    boards::view(shop, &shop.ana, "shop", "parcel").await.expect("a board")
}

/// What the browser tells of a build before it is dropped on prod, and what the server answers to the same question.
async fn foretold(shop: &Shop, digest: &str, reference: &str) -> (Outlook, Outlook) {
    let board = board(shop).await;
    let key = |slug: &str| {
        let column = board.columns.iter().find(|column| column.slot.slug.as_str() == slug);
        column.expect("a bucket").slot.key
    };
    let card = board.columns.iter().flat_map(towpath_domain::boards::Column::cards);
    let card = card.into_iter().find(|card| card.build.digest.to_string() == digest).expect("a card");
    let told = board.consider(card.build.id, key("staging"), key("prod"), board.now).expect("a verdict");
    let server =
        explain(shop, &shop.ana, wish(digest, "staging", "prod", reference)).await.expect("an answer");
    (told, server)
}

async fn current(shop: &Shop) -> Option<String> {
    let board = board(shop).await;
    let prod =
        board.columns.into_iter().find(|column| column.slot.slug.as_str() == "prod").expect("a bucket");
    prod.current.map(|card| card.build.tag.to_string())
}

pub async fn now(shop: &Shop, promotion: &Promotion) -> Promotion {
    let view = inbox::promotion(shop, &shop.ana, "shop", promotion.number).await.expect("a promotion");
    view.promotion
}

#[test]
fn what_is_typed_and_means_nothing_is_told_and_not_left_out() {
    on_both_engines(async |shop: Shop| {
        let nowhere = StageForm { bucket: String::new(), approvals: "2".to_owned(), ..StageForm::default() };
        let zone = StageForm { zone: "Europe/Berlin".to_owned(), ..stage("staging", "") };
        let own = StageForm { was_in: "prod".to_owned(), ..stage("prod", "") };
        let form = workflow("odd", "environment", &[stage("qa", ""), nowhere, zone, own]);
        let outcome = make_workflow(&shop, &shop.ana, "shop", form).await;
        let Err(Error::Invalid(invalid)) = outcome else { panic!("expected mistakes, got {outcome:?}") };
        let fields: Vec<&str> = invalid.errors().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["stages[1][bucket]", "stages[2][hours]", "stages[3][was_in]"]);
    });
}

/// The mistake that a refusal tells beside a field.
fn mistake<T: std::fmt::Debug>(outcome: Result<T, Error>, field: &str) -> String {
    match outcome {
        Err(Error::Invalid(invalid)) => {
            let found = invalid.errors().iter().find(|error| error.field == field);
            found.unwrap_or_else(|| panic!("nothing about {field}: {invalid:?}")).message.clone()
        }
        other => panic!("expected a mistake, got {other:?}"),
    }
}

#[test]
fn a_soaked_build_enters_by_itself_once_its_time_has_come() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { soak: "30m".to_owned(), ..StageForm::default() }).await;
        let digest = staged(&shop, "1.0").await;
        let (told, server) = foretold(&shop, &digest, "").await;
        assert_eq!(told, server);
        let Outlook::Waits { until: Some(until), .. } = told else { panic!("it waits for a time: {told:?}") };
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("may ask");
        assert_eq!(asked.state, State::Waiting);

        shop.world.clock.advance(29 * 60);
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        assert_eq!(current(&shop).await, None);
        shop.world.clock.advance(60);
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        assert_eq!(current(&shop).await.as_deref(), Some("1.0"));
        let State::Applied { at, .. } = now(&shop, &asked).await.state else { panic!("it is applied") };
        assert_eq!(at, until);
        // Nothing is left to look at, and nothing happens twice.
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
    });
}

#[test]
fn a_soak_counts_from_the_word_of_a_deployer_where_there_is_one() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { soak: "30m".to_owned(), ..StageForm::default() }).await;
        let earlier = staged(&shop, "0.9").await;
        let report = async |digest: &str| {
            let form = ReportForm {
                service: "parcel".to_owned(),
                digest: digest.to_owned(),
                outcome: "succeeded".to_owned(),
                ..ReportForm::default()
            };
            deployments::report(&shop, &shop.dora, "shop", "staging", form).await.expect("may");
        };
        report(&earlier).await;
        let digest = staged(&shop, "1.0").await;
        let (told, server) = foretold(&shop, &digest, "").await;
        assert_eq!(told, server);
        let Outlook::Waits { needs, until: None } = told else { panic!("it waits for a word: {told:?}") };
        assert!(needs[0].contains("from when it is reported to run there"), "{needs:?}");
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("may ask");
        shop.world.clock.advance(40 * 60);
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        // Reporting the past passes no gate.
        let past = shop.now().plus_seconds(-35 * 60).to_string();
        let form = ReportForm {
            service: "parcel".to_owned(),
            digest: digest.clone(),
            outcome: "succeeded".to_owned(),
            at: past,
            ..ReportForm::default()
        };
        deployments::report(&shop, &shop.dora, "shop", "staging", form).await.expect("may");
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        let (told, server) = foretold(&shop, &digest, "").await;
        assert_eq!(told, server);
        shop.world.clock.advance(30 * 60);
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        assert!(matches!(now(&shop, &asked).await.state, State::Applied { .. }));
    });
}

#[test]
fn what_was_replaced_before_it_had_soaked_ends_with_the_reason() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { soak: "30m".to_owned(), ..StageForm::default() }).await;
        let digest = staged(&shop, "1.0").await;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("may ask");
        shop.world.clock.advance(10 * 60);
        let second = staged(&shop, "1.1").await;
        // At once, not when its time would have come.
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        let State::Expired { because, .. } = now(&shop, &asked).await.state else { panic!("it has expired") };
        assert_eq!(because, "It was replaced in the stage before after 11 minutes, not 30 minutes.");
        assert_eq!(current(&shop).await, None);
        let refused = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await;
        assert!(
            matches!(&refused, Err(Error::Refused(why)) if why.contains("after 11 minutes")),
            "{refused:?}"
        );
        let (told, server) = foretold(&shop, &digest, "").await;
        assert_eq!(told, server);
        assert!(matches!(foretold(&shop, &second, "").await.0, Outlook::Waits { .. }));
    });
}

#[test]
fn approval_and_time_are_both_waited_for_whichever_comes_last() {
    on_both_engines(async |shop: Shop| {
        let both = StageForm { approvals: "1".to_owned(), soak: "30m".to_owned(), ..StageForm::default() };
        gated(&shop, both).await;
        let digest = staged(&shop, "1.0").await;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("may ask");
        let approve = Decide {
            project: "shop".to_owned(),
            number: asked.number,
            choice: towpath_domain::promotions::Choice::Approve,
            comment: String::new(),
            digest: digest.clone(),
            in_name_of: String::new(),
        };
        let approved = decide(&shop, &shop.ben, approve).await.expect("may approve");
        assert_eq!(approved.state, State::Waiting);
        shop.world.clock.advance(30 * 60);
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        assert_eq!(current(&shop).await.as_deref(), Some("1.0"));
    });
}

#[test]
fn nothing_is_applied_for_someone_who_may_not_promote_any_more() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { soak: "30m".to_owned(), ..StageForm::default() }).await;
        let digest = staged(&shop, "1.0").await;
        let (token, secret) = shop.token(&shop.ana, "shop", &["view", "promote"]).await;
        let asked = request(&shop, &token, wish(&digest, "staging", "prod", "")).await.expect("may ask");
        let id = token.token().expect("a token");
        towpath_service::tokens::revoke(&shop, &shop.ana, id).await.expect("is revoked");
        shop.world.clock.advance(30 * 60);
        assert_eq!((look_again(&shop).await.expect("looks"), secret.is_empty()), (1, false));
        let State::Expired { because, .. } = now(&shop, &asked).await.state else { panic!("it has expired") };
        assert_eq!(because, "Whoever asked for it may not promote into prod any more.");
    });
}

#[test]
fn a_fan_in_asks_for_every_bucket_that_it_names() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { was_in: "qa, staging".to_owned(), ..StageForm::default() }).await;
        let digest = staged(&shop, "1.0").await;
        let (told, server) = foretold(&shop, &digest, "").await;
        assert_eq!((&told, &server), (&Outlook::Enters, &Outlook::Enters));
        // Pushed into staging alone, which is open to it: it never was in qa.
        let open = [
            StageForm { arrivals: "any".to_owned(), ..stage("staging", "") },
            StageForm { was_in: "qa, staging".to_owned(), ..stage("prod", "") },
        ];
        let form = workflow("short", "environment", &open);
        make_workflow(&shop, &shop.ana, "shop", form).await.expect("a workflow");
        let form = integration("letter", "environment", "short");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let pushed = shop.push(&shop.dora, "shop/letter/staging", "3.0").await.expect("arrives");
        let wish = Request { integration: "letter".to_owned(), ..wish(&pushed, "staging", "prod", "") };
        let outlook = explain(&shop, &shop.ana, wish.clone()).await.expect("an answer");
        assert_eq!(outlook, Outlook::Waits { needs: vec!["a stay in qa".to_owned()], until: None });
        let asked = request(&shop, &shop.ana, wish).await.expect("may ask");
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        // The same image comes to qa, and by that the promotion to its end.
        let again = shop.push(&shop.dora, "shop/letter/qa", "3.0").await.expect("arrives");
        assert_eq!((again, look_again(&shop).await.expect("looks")), (pushed, 1));
        assert!(matches!(now(&shop, &asked).await.state, State::Applied { .. }));
    });
}

#[test]
fn a_window_lets_in_what_waits_when_it_opens() {
    on_both_engines(async |shop: Shop| {
        let hours = StageForm {
            hours: "Mon 09:00-10:00".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            ..StageForm::default()
        };
        gated(&shop, hours).await;
        let digest = staged(&shop, "1.0").await;
        let (told, server) = foretold(&shop, &digest, "").await;
        assert_eq!(told, server);
        let Outlook::Waits { until: Some(until), .. } = told else { panic!("it waits for a time: {told:?}") };
        let begins = board(&shop).await.now;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("may ask");
        let seconds = (until.micros() - begins.micros()) / 1_000_000;
        shop.world.clock.advance(seconds - 1);
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        shop.world.clock.advance(1);
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        assert!(matches!(now(&shop, &asked).await.state, State::Applied { .. }));
        assert_eq!((until.micros() / 60_000_000) % 60, 0);
    });
}

#[test]
fn a_reference_is_of_the_form_that_the_stage_asks_for() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { reference: "OPS-[0-9]+".to_owned(), ..StageForm::default() }).await;
        let digest = staged(&shop, "1.0").await;
        let ask = async |reference: &str| {
            request(&shop, &shop.ana, wish(&digest, "staging", "prod", reference)).await
        };
        assert_eq!(
            mistake(ask("").await, "reference"),
            "The stage asks for a reference of the form OPS-[0-9]+."
        );
        assert_eq!(
            mistake(ask("see OPS-1").await, "reference"),
            "“see OPS-1” is not of the form OPS-[0-9]+."
        );
        let dry = explain(&shop, &shop.ana, wish(&digest, "staging", "prod", "OPS")).await;
        assert_eq!(mistake(dry, "reference"), "“OPS” is not of the form OPS-[0-9]+.");
        let (told, server) = foretold(&shop, &digest, "OPS-7").await;
        assert_eq!((told, server), (Outlook::Enters, Outlook::Enters));
        let applied = ask("OPS-7").await.expect("may ask");
        assert!(matches!(applied.state, State::Applied { .. }));
        let kept = now(&shop, &applied).await.reference;
        assert_eq!(kept.map(|reference| reference.to_string()).as_deref(), Some("OPS-7"));
    });
}

#[test]
fn a_build_that_grew_too_old_is_refused_and_ends_what_waits() {
    on_both_engines(async |shop: Shop| {
        let form =
            StageForm { approvals: "1".to_owned(), maximum_age: "1h".to_owned(), ..StageForm::default() };
        gated(&shop, form).await;
        let digest = staged(&shop, "1.0").await;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("may ask");
        shop.world.clock.advance(3_600);
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        let State::Expired { because, .. } = now(&shop, &asked).await.state else { panic!("it has expired") };
        assert_eq!(because, "The build is older than 1 hour.");
        let again = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await;
        assert!(
            matches!(&again, Err(Error::Refused(why)) if why == "The build is older than 1 hour."),
            "{again:?}"
        );
    });
}

#[test]
fn nothing_waits_for_ever_and_nothing_happens_in_an_archived_project() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { approvals: "1".to_owned(), ..StageForm::default() }).await;
        let digest = staged(&shop, "1.0").await;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("may ask");
        shop.world.clock.advance(30 * 86_400 - 1);
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        projects::archive(&shop, &shop.ana, "shop").await.expect("is put away");
        shop.world.clock.advance(1);
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        projects::restore(&shop, &shop.ana, "shop").await.expect("is there again");
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        let State::Expired { because, .. } = now(&shop, &asked).await.state else { panic!("it has expired") };
        assert_eq!(because, "It waited for 30 days.");
    });
}

#[test]
fn conditions_that_make_no_sense_are_told_beside_their_fields() {
    on_both_engines(async |shop: Shop| {
        let wrong = StageForm {
            soak: "soon".to_owned(),
            was_in: "qa, mars".to_owned(),
            hours: "09:00-17:00".to_owned(),
            zone: "Mars/Base".to_owned(),
            reference: "(".to_owned(),
            maximum_age: "400d".to_owned(),
            ..stage("prod", "1")
        };
        let form = workflow("wrong", "environment", &[stage("qa", ""), wrong]);
        let outcome = make_workflow(&shop, &shop.ana, "shop", form).await;
        let Err(Error::Invalid(invalid)) = outcome else { panic!("expected mistakes, got {outcome:?}") };
        let told: Vec<(&str, &str)> =
            invalid.errors().iter().map(|error| (error.field.as_str(), error.message.as_str())).collect();
        assert_eq!(
            told,
            [
                ("stages[1][soak]", "Write a length of time such as 30m, 2h or 1d 12h, up to 365d."),
                ("stages[1][was_in]", "“mars” is not one of the environments here."),
                ("stages[1][reference]", "This is no regular expression: unclosed group."),
                ("stages[1][maximum_age]", "Write a length of time such as 30m, 2h or 1d 12h, up to 365d."),
                ("stages[1][zone]", "There is no time zone “Mars/Base”. Name one such as Europe/Berlin."),
            ]
        );
    });
}
