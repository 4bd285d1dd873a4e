//! Subscriptions: who may make them, what is sent where and in which order, and what becomes of what is not taken.

use crate::engines::{on_both_engines, on_sqlite};
use crate::receivers::{Answer, Receiver};
use crate::shop::Shop;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::Sha256;
use std::io::Write;
use std::process::{Command, Stdio};
use towpath_domain::access::{Action, Place, Role};
use towpath_domain::ids::SubscriptionId;
use towpath_domain::projects::ProjectForm;
use towpath_domain::slugs::Slug;
use towpath_domain::subscriptions::{DeliveryState, Subscription, SubscriptionForm};
use towpath_service::subscriptions::{
    claim, create, delete, drain, enable, list, queue, replay, rotate, sweep, test, view,
};
use towpath_service::{Error, Service, Sources, people, projects};

fn form(receiver: &Receiver) -> SubscriptionForm {
    SubscriptionForm {
        title: "Deployer".to_owned(),
        address: receiver.url.clone(),
        format: "standard".to_owned(),
        signing: "hmac".to_owned(),
        kinds: vec!["build_received".to_owned(), "build_placed".to_owned(), "rolled_back".to_owned()],
        ..SubscriptionForm::default()
    }
}

async fn subscribe(shop: &Shop, form: SubscriptionForm) -> (Subscription, Option<String>) {
    create(shop, &shop.ana, "shop", form).await.expect("subscribes")
}

/// What a server does in one turn: it queues what has happened, and sends what is due.
async fn turn(service: &Service) -> usize {
    while queue(service).await.expect("queues") > 0 {}
    let claimed = claim(service, 16).await.expect("claims");
    for id in &claimed {
        drain(service, *id).await.expect("sends");
    }
    claimed.len()
}

async fn states(shop: &Shop, id: SubscriptionId) -> Vec<DeliveryState> {
    let view = view(shop, &shop.ana, id, None, 50).await.expect("is there");
    view.deliveries.into_iter().rev().map(|delivery| delivery.state).collect()
}

async fn disabled(shop: &Shop, id: SubscriptionId) -> Option<String> {
    let view = view(shop, &shop.ana, id, None, 50).await.expect("is there");
    view.subscription.disabled.map(|disabled| disabled.because)
}

#[test]
fn a_stage_that_nothing_has_is_refused_beside_its_field() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        let narrow = |integration: &str, stage: &str| SubscriptionForm {
            integration: integration.to_owned(),
            stage: stage.to_owned(),
            ..form(&receiver)
        };
        // The stream of the environment prod is called production, and no integration here is of streams.
        for (project, integration, stage) in
            [("shop", "", "production"), ("shop", "checkout", "production"), ("", "", "nowhere")]
        {
            let refused = create(&shop, &shop.ana, project, narrow(integration, stage)).await;
            let Err(Error::Invalid(invalid)) = refused else { panic!("{project} {stage}: {refused:?}") };
            assert_eq!(invalid.errors()[0].field, "stage");
        }
        for (project, stage) in [("shop", "prod"), ("", "prod"), ("", "production")] {
            create(&shop, &shop.ana, project, narrow("", stage)).await.expect(stage);
        }
        let offered = list(&shop, &shop.ana, "shop").await.expect("is listed").stages;
        assert_eq!(offered.iter().map(Slug::as_str).collect::<Vec<_>>(), ["prod", "qa", "staging"]);
    });
}

#[test]
fn the_list_shows_whose_newest_event_was_not_taken() {
    on_both_engines(async |shop: Shop| {
        let (good, bad) = (Receiver::start().await, Receiver::start().await);
        subscribe(&shop, form(&good)).await;
        let (fails, _) = subscribe(&shop, form(&bad)).await;
        let failing = async || list(&shop, &shop.ana, "shop").await.expect("is listed").failing;
        assert_eq!(failing().await, [], "nothing was tried");
        bad.answer([Answer::Status(500)]);
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        turn(&shop).await;
        assert_eq!(failing().await, [fails.id]);
        shop.clock.advance(100);
        turn(&shop).await;
        assert_eq!(failing().await, []);
    });
}

#[test]
fn what_someone_subscribed_ends_with_their_account() {
    on_both_engines(async |shop: Shop| {
        let (theirs, ours) = (Receiver::start().await, Receiver::start().await);
        let place = Place::Project { project: shop.project.id };
        let chris = shop.person("Chris", Role::admin(), place).await;
        let (of_chris, _) = create(&shop, &chris, "shop", form(&theirs)).await.expect("subscribes");
        let (of_ana, _) = subscribe(&shop, form(&ours)).await;
        people::deactivate(&shop, &shop.ana, chris.person()).await.expect("is deactivated");
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        turn(&shop).await;
        assert_eq!((theirs.kinds().len(), ours.kinds().is_empty()), (0, false));
        let because = disabled(&shop, of_chris.id).await.expect("is disabled");
        assert!(because.contains("deactivated"), "{because}");
        assert_eq!(disabled(&shop, of_ana.id).await, None);
        assert_eq!(shop.told(&shop.ana, "subscription_disabled").await, 1);
        enable(&shop, &shop.ana, of_chris.id).await.expect("somebody else answers for it now");
    });
}

#[test]
fn events_are_sent_once_in_their_order_and_signed() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let (_, secret) = subscribe(&shop, form(&receiver)).await;
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        turn(&shop).await;
        turn(&shop).await;
        let got = receiver.take();
        let kinds: Vec<String> = got.iter().map(crate::receivers::Got::kind).collect();
        assert_eq!(kinds, ["build_received", "build_placed"], "of what came since, and nothing else");
        let told = got[1].json();
        assert_eq!(told["data"]["build"]["digest"], digest);
        assert_eq!(told["data"]["bucket"], "qa");
        assert_eq!(told["data"]["who"], "Dora");
        let secret = secret.expect("is shown once");
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("its prefix")).expect("base64");
        for got in got {
            let headers = &got.headers;
            assert_eq!(headers["content-type"], "application/json");
            assert_eq!(headers["webhook-id"], got.json()["data"]["id"].as_str().expect("an id"));
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
            mac.update(
                format!("{}.{}.{}", headers["webhook-id"], headers["webhook-timestamp"], got.body).as_bytes(),
            );
            let signature = STANDARD.encode(mac.finalize().into_bytes());
            assert_eq!(headers["webhook-signature"], format!("v1,{signature}"));
        }
    });
}

#[test]
fn a_receiver_checks_ed25519_by_the_public_key_and_after_a_rotation_by_either() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        let signed = SubscriptionForm { signing: String::new(), ..form(&receiver) };
        let (before, secret) = subscribe(&shop, signed).await;
        assert_eq!(secret, None, "there is nothing to be kept secret");
        let (after, _) = rotate(&shop, &shop.ana, before.id).await.expect("rotates");
        let checks = |subscription: &Subscription,
                      headers: &std::collections::BTreeMap<String, String>,
                      body: &str| {
            let key =
                subscription.public_key.as_deref().and_then(|key| key.strip_prefix("whpk_")).expect("a key");
            let key = UnparsedPublicKey::new(&ED25519, STANDARD.decode(key).expect("base64"));
            let signed = format!("{}.{}.{body}", headers["webhook-id"], headers["webhook-timestamp"]);
            headers["webhook-signature"].split(' ').any(|signature| {
                let signature =
                    STANDARD.decode(signature.strip_prefix("v1a,").expect("v1a")).expect("base64");
                key.verify(signed.as_bytes(), &signature).is_ok()
            })
        };
        test(&shop, &shop.ana, before.id).await.expect("is sent");
        let got = receiver.take().remove(0);
        assert!(checks(&before, &got.headers, &got.body) && checks(&after, &got.headers, &got.body));
        shop.clock.advance(86_400);
        test(&shop, &shop.ana, before.id).await.expect("is sent");
        let got = receiver.take().remove(0);
        assert!(!checks(&before, &got.headers, &got.body), "the key before signs for a day only");
        assert!(checks(&after, &got.headers, &got.body));
        assert!(!checks(&after, &got.headers, "something else"));
    });
}

#[test]
fn what_is_not_taken_is_sent_again_before_anything_that_came_after_it() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        let (subscription, _) = subscribe(&shop, form(&receiver)).await;
        receiver.answer([Answer::Says(500, "x".repeat(5_000)), Answer::HangsUp]);
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        turn(&shop).await;
        let first = receiver.take();
        assert_eq!(first.len(), 1, "nothing overtakes it");
        turn(&shop).await;
        assert_eq!(receiver.take(), [], "it is not asked again at once");
        let view = view(&shop, &shop.ana, subscription.id, None, 50).await.expect("is there");
        let last = view.deliveries.last().and_then(|delivery| delivery.last.clone()).expect("a try");
        assert_eq!((last.status, last.answer.len()), (Some(500), 1_024));
        shop.clock.advance(10);
        turn(&shop).await;
        assert_eq!(receiver.take().len(), 1, "it hung up in the middle, which is no answer");
        shop.clock.advance(600);
        turn(&shop).await;
        let again = receiver.take();
        assert_eq!(again.len(), 2);
        assert_eq!(
            again[0].headers["webhook-id"], first[0].headers["webhook-id"],
            "it is known again by its id"
        );
        assert_ne!(again[0].headers["webhook-timestamp"], first[0].headers["webhook-timestamp"]);
        assert_eq!(states(&shop, subscription.id).await, [DeliveryState::Delivered; 2]);
    });
}

#[test]
fn after_ten_tries_nothing_is_sent_any_more_until_somebody_enables_it() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        let (subscription, _) = subscribe(&shop, form(&receiver)).await;
        receiver.answer(vec![Answer::Status(503); 10]);
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        for _ in 0..10 {
            assert_eq!(disabled(&shop, subscription.id).await, None);
            turn(&shop).await;
            shop.clock.advance(100_000);
        }
        let because = disabled(&shop, subscription.id).await.expect("is disabled");
        assert!(because.starts_with("10 tries"), "{because}");
        assert_eq!(receiver.take().len(), 10);
        assert_eq!(shop.told(&shop.ana, "subscription_disabled").await, 1);
        shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        assert_eq!(turn(&shop).await, 0);
        enable(&shop, &shop.ana, subscription.id).await.expect("enables");
        assert!(matches!(enable(&shop, &shop.ana, subscription.id).await, Err(Error::Conflict(_))));
        shop.push(&shop.dora, "shop/checkout/qa", "1.2").await.expect("arrives");
        turn(&shop).await;
        assert_eq!(
            receiver.kinds(),
            ["build_placed", "build_received", "build_placed"],
            "what waited and what is new, but not what happened meanwhile"
        );
        receiver.answer([Answer::Status(410)]);
        shop.push(&shop.dora, "shop/checkout/qa", "1.3").await.expect("arrives");
        turn(&shop).await;
        assert!(disabled(&shop, subscription.id).await.expect("is disabled").contains("410"));
    });
}

#[test]
fn a_subscription_gets_its_own_project_and_what_it_asked_for() {
    on_both_engines(async |shop: Shop| {
        let [own, narrow, all] = [Receiver::start().await, Receiver::start().await, Receiver::start().await];
        let every = |receiver| SubscriptionForm { kinds: Vec::new(), ..form(receiver) };
        subscribe(&shop, every(&own)).await;
        let prod = SubscriptionForm {
            integration: "checkout".to_owned(),
            stage: "staging".to_owned(),
            ..every(&narrow)
        };
        subscribe(&shop, prod).await;
        create(
            &shop,
            &shop.ana,
            "",
            SubscriptionForm { kinds: vec!["project_created".to_owned()], ..form(&all) },
        )
        .await
        .expect("subscribes");
        let bank = ProjectForm { slug: "bank".to_owned(), title: "Bank".to_owned() };
        projects::create(&shop, &shop.ana, bank).await.expect("another project");
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes on");
        turn(&shop).await;
        let own = own.take();
        assert!(own.iter().all(|got| got.json()["data"]["project"] == "shop"), "{own:?}");
        assert!(own.iter().any(|got| got.kind() == "build_received"));
        let narrow = narrow.take();
        assert!(
            !narrow.is_empty() && narrow.iter().all(|got| got.json()["data"]["bucket"] == "staging"),
            "{narrow:?}"
        );
        assert_eq!(all.kinds(), ["project_created"]);
    });
}

#[test]
fn a_redirect_is_no_success_and_is_not_followed() {
    on_both_engines(async |shop: Shop| {
        let [receiver, inside] = [Receiver::start().await, Receiver::start().await];
        let (subscription, _) = subscribe(&shop, form(&receiver)).await;
        receiver.answer([Answer::With(307, "location", inside.url.clone())]);
        let tried = test(&shop, &shop.ana, subscription.id).await.expect("is tried");
        assert_eq!(tried.state, DeliveryState::Failed);
        assert_eq!(tried.last.and_then(|last| last.status), Some(307));
        assert_eq!(inside.take(), []);
    });
}

#[test]
fn an_address_inside_the_network_is_refused_unless_it_is_allowed() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        for address in
            ["https://10.0.0.1/in", "https://[::1]/in", "http://example.org/in", "https://169.254.169.254/"]
        {
            let wrong = SubscriptionForm { address: address.to_owned(), ..form(&receiver) };
            let refused = create(&shop, &shop.ana, "shop", wrong).await.expect_err(address);
            let Error::Invalid(invalid) = refused else { panic!("{refused}") };
            assert_eq!(invalid.errors()[0].field, "address", "{address}");
        }
        // A name is judged at each call, since what it leads to may change.
        let name = SubscriptionForm { address: "https://localhost/in".to_owned(), ..form(&receiver) };
        let (subscription, _) = subscribe(&shop, name).await;
        let tried = test(&shop, &shop.ana, subscription.id).await.expect("is tried");
        let why = tried.last.and_then(|last| last.error).expect("was not called");
        assert!(why.contains("not on the public internet"), "{why}");
    });
}

#[test]
fn two_servers_send_each_event_once_and_one_takes_over_from_one_that_stopped() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        subscribe(&shop, form(&receiver)).await;
        let other = shop.replica().await;
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let (one, two) = tokio::join!(turn(&shop), turn(&other));
        assert!(one + two >= 1);
        assert_eq!(receiver.kinds(), ["build_received", "build_placed"]);
        shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        while queue(&shop).await.expect("queues") > 0 {}
        assert_eq!(claim(&shop, 16).await.expect("claims").len(), 1, "and stops before it sends");
        assert_eq!(turn(&other).await, 0);
        shop.clock.advance(61);
        turn(&other).await;
        assert_eq!(receiver.kinds(), ["build_received", "build_placed"]);
        other.close().await;
    });
}

#[test]
fn a_slow_receiver_is_in_nobodys_way() {
    on_both_engines(async |shop: Shop| {
        let [slow, fast] = [Receiver::start().await, Receiver::start().await];
        let (first, _) = subscribe(&shop, form(&slow)).await;
        let (second, _) = subscribe(&shop, form(&fast)).await;
        slow.answer([Answer::Waits]);
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        while queue(&shop).await.expect("queues") > 0 {}
        assert_eq!(claim(&shop, 16).await.expect("claims").len(), 2);
        let service: Service = (*shop.world).clone();
        let sending = tokio::spawn(async move { drain(&service, first.id).await });
        drain(&shop, second.id).await.expect("sends");
        assert_eq!(fast.kinds(), ["build_received", "build_placed"]);
        slow.let_go();
        sending.await.expect("ends").expect("sends");
        assert_eq!(slow.kinds(), ["build_received", "build_placed"]);
    });
}

#[test]
fn a_test_and_a_replay_are_sent_at_once_and_not_too_often() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        let (subscription, _) = subscribe(&shop, form(&receiver)).await;
        receiver.answer([Answer::Status(410)]);
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        turn(&shop).await;
        assert!(disabled(&shop, subscription.id).await.is_some());
        let failed = view(&shop, &shop.ana, subscription.id, None, 50).await.expect("is there").deliveries;
        let failed = failed.last().expect("one").clone();
        assert_eq!(failed.state, DeliveryState::Failed);
        let again = replay(&shop, &shop.ana, subscription.id, failed.id).await.expect("is sent");
        assert_eq!((again.id, again.state, again.attempts), (failed.id, DeliveryState::Delivered, 2));
        let got = receiver.take();
        assert_eq!(got[0].headers["webhook-id"], got[1].headers["webhook-id"]);
        let tried = test(&shop, &shop.ana, subscription.id).await.expect("is sent");
        assert_eq!((tried.seq, tried.state), (None, DeliveryState::Delivered));
        assert_eq!(receiver.kinds(), ["test"]);
        for _ in 2..20 {
            test(&shop, &shop.ana, subscription.id).await.expect("is sent");
        }
        let refused = test(&shop, &shop.ana, subscription.id).await;
        assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
        shop.clock.advance(31 * 86_400);
        let swept = sweep(&shop).await.expect("sweeps");
        assert_eq!(swept, 20, "what waits is kept: {:?}", states(&shop, subscription.id).await);
    });
}

#[test]
fn only_who_configures_a_place_learns_where_its_events_go() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        let place = Place::Project { project: shop.project.id };
        let chris = shop.person("Chris", Role::admin(), place).await;
        let stranger = shop.stranger("Eve").await;
        let (subscription, _) =
            create(&shop, &chris, "shop", form(&receiver)).await.expect("an admin of the project");
        let (global, _) = create(&shop, &shop.ana, "", form(&receiver)).await.expect("an admin of all");
        for actor in [&shop.ben, &shop.dora] {
            let forbidden = |error: Error| matches!(error, Error::Forbidden(refusal) if refusal.action() == Action::Configure);
            assert!(forbidden(list(&shop, actor, "shop").await.expect_err("no list")));
            assert!(forbidden(create(&shop, actor, "shop", form(&receiver)).await.expect_err("none made")));
            assert!(forbidden(view(&shop, actor, subscription.id, None, 1).await.expect_err("no view")));
            assert!(forbidden(test(&shop, actor, subscription.id).await.expect_err("no test")));
            assert!(forbidden(rotate(&shop, actor, subscription.id).await.expect_err("no rotation")));
            assert!(forbidden(delete(&shop, actor, subscription.id).await.expect_err("not deleted")));
        }
        assert!(matches!(view(&shop, &stranger, subscription.id, None, 1).await, Err(Error::NotFound(_))));
        assert!(matches!(view(&shop, &chris, global.id, None, 1).await, Err(Error::NotFound(_))));
        assert!(create(&shop, &chris, "", form(&receiver)).await.is_err());
        let shown = view(&shop, &chris, subscription.id, None, 1).await.expect("is there").subscription.shown;
        assert!(!shown.contains("topsecret") && shown.starts_with("http://127.0.0.1:"), "{shown}");
        delete(&shop, &chris, subscription.id).await.expect("is deleted");
        assert!(matches!(delete(&shop, &chris, subscription.id).await, Err(Error::NotFound(_))));
        assert_eq!(receiver.take(), []);
    });
}

#[test]
fn a_copy_of_the_database_gives_no_secret_away() {
    on_both_engines(async |shop: Shop| {
        let receiver = Receiver::start().await;
        let (_, secret) = subscribe(&shop, form(&receiver)).await;
        let secret = STANDARD.decode(secret.expect("a secret").trim_start_matches("whsec_")).expect("base64");
        let hex = if shop.is_postgres() {
            "select encode(address, 'hex') || encode(secret, 'hex') from subscriptions"
        } else {
            "select lower(hex(address) || hex(secret)) from subscriptions"
        };
        let kept = shop.text(hex).await;
        assert!(!kept.contains(&hex::encode(&secret)) && !kept.contains(&hex::encode("topsecret")), "{kept}");
        // What was sealed for one is of no use in another's place.
        subscribe(&shop, form(&receiver)).await;
        shop.sql("update subscriptions set secret = (select secret from subscriptions order by id limit 1)")
            .await;
        let newest = list(&shop, &shop.ana, "shop").await.expect("is listed").subscriptions.remove(0);
        let refused = test(&shop, &shop.ana, newest.id).await.expect_err("is not signed");
        assert!(refused.to_string().contains("another key"), "{refused}");
    });
}

#[test]
fn the_guide_tells_how_to_check_a_signature() {
    on_sqlite(async |shop: Shop| {
        for (signing, language, program) in [("hmac", "python", "python3"), ("ed25519", "sh", "sh")] {
            let receiver = Receiver::start().await;
            let signed = SubscriptionForm { signing: signing.to_owned(), ..form(&receiver) };
            let (subscription, secret) = subscribe(&shop, signed).await;
            // The guide's programs look at the clock.
            let now = Sources::system().now().micros() / 1_000_000;
            shop.clock.advance(now - shop.now().micros() / 1_000_000);
            test(&shop, &shop.ana, subscription.id).await.expect("is sent");
            let got = receiver.take().remove(0);
            let key = secret.or(subscription.public_key).expect("a key");
            let judge = |body: &str, late: i64| {
                let time: i64 = got.headers["webhook-timestamp"].parse().expect("seconds");
                let environment = [
                    ("SECRET", key.clone()),
                    ("PUBLIC_KEY", key.clone()),
                    ("WEBHOOK_ID", got.headers["webhook-id"].clone()),
                    ("WEBHOOK_TIMESTAMP", (time - late).to_string()),
                    ("WEBHOOK_SIGNATURE", got.headers["webhook-signature"].clone()),
                ];
                run(program, &in_guide(language), &environment, body)
            };
            assert_eq!(judge(&got.body, 0), Ok("genuine\n".to_owned()), "{language}");
            assert_eq!(judge(&got.body.replace("test", "best"), 0), Err("not from Towpath\n".to_owned()));
            assert_eq!(judge(&got.body, 1), Err("not from Towpath\n".to_owned()));
            assert_eq!(judge(&got.body, 400), Err("too old, or of the future\n".to_owned()));
        }
    });
}

/// The first program in a language that stands in the guide.
fn in_guide(language: &str) -> String {
    let guide = include_str!("../../../../docs/webhooks.md");
    let (_, rest) = guide.split_once(&format!("```{language}\n")).expect("a program");
    rest.split("```").next().expect("its end").to_owned()
}

/// What a program says, on its output where it succeeds and else on standard error.
fn run(program: &str, text: &str, environment: &[(&str, String)], input: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("program");
    std::fs::write(&path, text).expect("is written");
    let mut child = Command::new(program)
        .arg(&path)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    // A program that does not read to the end has its reasons.
    _ = child.stdin.take().expect("an input").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}
