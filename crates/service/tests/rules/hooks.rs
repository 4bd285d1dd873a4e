//! Hooks: who may make them, what is taken in, what is turned away, and what becomes of what came.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use crate::world::HOME;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::net::IpAddr;
use towpath_domain::access::{Action, Place, Role};
use towpath_domain::hooks::{Hook, HookDelivery, HookForm, Verdict};
use towpath_domain::timeline::Filter;
use towpath_service::hooks::{Refused, Request, create, delete, list, receive, replay, rotate, sweep, view};
use towpath_service::{Error, tokens};

async fn make(shop: &Shop, source: &str) -> (Hook, String) {
    let form = HookForm { title: "Release job".to_owned(), source: source.to_owned() };
    create(shop, &shop.ana, ("shop", "checkout"), form).await.expect("a hook")
}

/// A webhook as Standard Webhooks signs it.
struct Sent {
    id: &'static str,
    secret: String,
    seconds: i64,
    body: String,
}

impl Sent {
    fn new(shop: &Shop, id: &'static str, secret: &str, body: &Value) -> Self {
        let seconds = shop.now().micros() / 1_000_000;
        Self { id, secret: secret.to_owned(), seconds, body: body.to_string() }
    }

    async fn to(&self, shop: &Shop, hook: &Hook) -> Result<HookDelivery, Refused> {
        let key = STANDARD.decode(self.secret.trim_start_matches("whsec_")).expect("base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
        mac.update(format!("{}.{}.{}", self.id, self.seconds, self.body).as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        let seconds = self.seconds.to_string();
        let headers = [
            ("webhook-id", self.id),
            ("webhook-timestamp", &seconds),
            ("webhook-signature", &signature),
            ("authorization", "a secret of somebody"),
            ("content-type", "application/json"),
        ];
        send(shop, hook, &headers, self.body.as_bytes(), HOME).await
    }
}

async fn send(
    shop: &Shop,
    hook: &Hook,
    headers: &[(&str, &str)],
    body: &[u8],
    from: IpAddr,
) -> Result<HookDelivery, Refused> {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    receive(shop, hook.id, Request { headers, body }, from).await
}

fn build(digest: &str, tag: &str) -> Value {
    json!({"type": "build", "data": {"digest": digest, "tag": tag, "bucket": "qa"}})
}

#[test]
fn a_webhook_registers_a_build_once_in_the_name_of_who_made_the_hook() {
    on_both_engines(async |shop: Shop| {
        let (hook, secret) = make(&shop, "standard").await;
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "old").await.expect("arrives");
        shop.push(&shop.dora, "shop/checkout/qa", "newer").await.expect("arrives");
        let sent = Sent::new(&shop, "msg_1", &secret, &build(&digest, "1.0"));
        let received = sent.to(&shop, &hook).await.expect("is taken");
        assert_eq!(
            (received.verdict, received.detail.as_str()),
            (Verdict::Registered, "1.0 was received before.")
        );
        let told = shop.timeline(&shop.ana, Filter::default()).await.len();
        let again = sent.to(&shop, &hook).await.expect("is taken");
        assert_eq!(again.id, received.id, "the same is one delivery");
        assert_eq!(shop.timeline(&shop.ana, Filter::default()).await.len(), told, "and changes nothing");
        assert_eq!(shop.history("qa").await, ["newer", "old"], "what came since is not undone");
        let kept = view(&shop, &shop.ana, hook.id, None, 9).await.expect("is there").deliveries;
        let names: Vec<&str> = kept[0].headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["webhook-id", "webhook-timestamp", "content-type"], "without secrets");
        assert_eq!(kept[0].body, sent.body);
    });
}

#[test]
fn what_was_pushed_by_its_digest_is_led_by_the_rule_once_a_webhook_tells_of_it() {
    on_both_engines(async |shop: Shop| {
        let (hook, secret) = make(&shop, "github").await;
        let digest = shop.push(&shop.dora, "shop/checkout", "later").await.expect("is kept");
        let version = json!({"version": digest, "target_oid": "0a1b2c",
                             "container_metadata": {"tag": {"name": "1.0", "digest": digest}}});
        let package = json!({"package_type": "CONTAINER", "package_version": version});
        let body = json!({"action": "published", "registry_package": package}).to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(body.as_bytes());
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let headers = [
            ("x-hub-signature-256", signature.as_str()),
            ("x-github-delivery", "72d3162e"),
            ("x-github-event", "registry_package"),
        ];
        let received = send(&shop, &hook, &headers, body.as_bytes(), HOME).await.expect("is taken");
        assert_eq!(received.verdict, Verdict::Registered, "{}", received.detail);
        let replayed = replay(&shop, &shop.ana, hook.id, received.id).await.expect("is replayed");
        assert_eq!(replayed.verdict, Verdict::Registered, "{}", replayed.detail);
        assert!(replayed.replayed_at.is_some());
    });
}

#[test]
fn what_is_not_here_is_kept_and_replayed_when_it_is() {
    on_both_engines(async |shop: Shop| {
        let (hook, secret) = make(&shop, "standard").await;
        let absent = format!("sha256:{}", "0".repeat(64));
        let received = Sent::new(&shop, "msg_1", &secret, &build(&absent, "1.0")).to(&shop, &hook).await;
        let received = received.expect("is taken");
        assert_eq!(received.verdict, Verdict::NotHere);
        assert!(received.detail.contains("push it there, then replay this"), "{}", received.detail);
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.sql(&format!("update hook_deliveries set body = replace(body, '{absent}', '{digest}')")).await;
        let replayed = replay(&shop, &shop.ana, hook.id, received.id).await.expect("is replayed");
        assert_eq!(replayed.verdict, Verdict::Registered, "{}", replayed.detail);
        shop.clock.advance(31 * 86_400);
        assert_eq!(sweep(&shop).await.expect("sweeps"), 1);
    });
}

#[test]
fn what_is_unfinished_is_worked_on_or_taken_up_again() {
    on_both_engines(async |shop: Shop| {
        let (hook, secret) = make(&shop, "standard").await;
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let sent = Sent::new(&shop, "msg_1", &secret, &build(&digest, "1.0"));
        // The database fails in the middle of it.
        shop.sql("alter table builds rename to lost").await;
        let failed = sent.to(&shop, &hook).await;
        assert!(matches!(failed, Err(Refused::Failed(Error::Store(_)))), "{failed:?}");
        shop.sql("alter table lost rename to builds").await;
        let kept = view(&shop, &shop.ana, hook.id, None, 9).await.expect("is there").deliveries;
        assert_eq!(kept[0].verdict, Verdict::Unfinished);
        let early = sent.to(&shop, &hook).await;
        assert!(matches!(early, Err(Refused::WorkedOn)), "its sender does not take it for done: {early:?}");
        shop.clock.advance(60);
        let done = sent.to(&shop, &hook).await.expect("is taken up again");
        assert_eq!((done.id, done.verdict), (kept[0].id, Verdict::Registered), "{}", done.detail);
        assert_eq!(done.replayed_at, Some(shop.now()));
        let again = sent.to(&shop, &hook).await.expect("is done");
        assert_eq!(again, done);
        // What is taken up is worked on for as long, too.
        shop.sql("update hook_deliveries set verdict = 'unfinished'").await;
        let once = sent.to(&shop, &hook).await;
        assert!(matches!(once, Err(Refused::WorkedOn)), "{once:?}");
        let replayed = replay(&shop, &shop.ana, hook.id, done.id).await.expect("is replayed");
        assert_eq!(replayed.verdict, Verdict::Registered);
    });
}

#[test]
fn what_comes_twice_at_once_is_worked_on_once() {
    on_both_engines(async |shop: Shop| {
        let (hook, secret) = make(&shop, "standard").await;
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let sent = Sent::new(&shop, "msg_1", &secret, &build(&digest, "1.0"));
        let (one, other) = tokio::join!(sent.to(&shop, &hook), sent.to(&shop, &hook));
        let done = [&one, &other].into_iter().filter(|answer| answer.is_ok()).count();
        for answer in [one, other] {
            assert!(matches!(answer, Ok(_) | Err(Refused::WorkedOn)), "{answer:?}");
        }
        assert!(done >= 1);
        assert_eq!(view(&shop, &shop.ana, hook.id, None, 9).await.expect("is there").deliveries.len(), 1);
    });
}

#[test]
fn whoever_does_not_know_the_secret_leaves_nothing_but_a_note() {
    on_both_engines(async |shop: Shop| {
        let (hook, secret) = make(&shop, "standard").await;
        let body = build(&format!("sha256:{}", "0".repeat(64)), "1.0");
        let good = || Sent::new(&shop, "msg_1", &secret, &body);
        let other = make(&shop, "standard").await.1;
        let wrong = Sent { secret: other, ..good() }.to(&shop, &hook).await;
        assert!(matches!(wrong, Err(Refused::Unknown(_))), "{wrong:?}");
        for seconds in [-301, 301] {
            let late = Sent { seconds: good().seconds + seconds, ..good() }.to(&shop, &hook).await;
            assert!(matches!(late, Err(Refused::Untimely(_))), "{late:?}");
        }
        let bare = send(&shop, &hook, &[], b"{}", HOME).await;
        assert!(matches!(&bare, Err(Refused::Unknown(why)) if why.contains("webhook-id")), "{bare:?}");
        let seen = view(&shop, &shop.ana, hook.id, None, 9).await.expect("is there");
        assert_eq!((seen.deliveries.len(), seen.turned_away.len()), (0, 4));
        assert!(seen.turned_away[0].because.contains("webhook-id"), "the newest first");
        for _ in 0..60 {
            _ = send(&shop, &hook, &[], b"{}", HOME).await;
        }
        let limited = good().to(&shop, &hook).await;
        assert!(matches!(limited, Err(Refused::Failed(Error::TooMany { .. }))), "{limited:?}");
        let seen = view(&shop, &shop.ana, hook.id, None, 9).await.expect("is there");
        assert_eq!(seen.turned_away.len(), 20, "no more are remembered");
        shop.clock.advance(60);
        good().to(&shop, &hook).await.expect("is taken again");
    });
}

#[test]
fn a_body_that_is_none_of_ours_is_kept_and_refused() {
    on_both_engines(async |shop: Shop| {
        let (hook, secret) = make(&shop, "standard").await;
        let text = Sent { body: "not\0JSON".to_owned(), ..Sent::new(&shop, "msg_1", &secret, &json!({})) };
        assert!(matches!(text.to(&shop, &hook).await, Err(Refused::Unreadable(_))));
        let unknown = Sent::new(&shop, "msg_2", &secret, &json!({"image": "x"})).to(&shop, &hook).await;
        let Err(Refused::Unreadable(kept)) = unknown else { panic!("{unknown:?}") };
        assert!(kept.detail.contains("no text “type”"), "{}", kept.detail);
        let other =
            Sent::new(&shop, "msg_3", &secret, &json!({"type": "invoice.paid"})).to(&shop, &hook).await;
        assert_eq!(other.expect("is taken").verdict, Verdict::Ignored);
        let bad = Sent::new(&shop, "msg_4", &secret, &build("sha256:xyz", "1.0")).to(&shop, &hook).await;
        assert_eq!(bad.expect("is taken").verdict, Verdict::Refused);
        assert_eq!(view(&shop, &shop.ana, hook.id, None, 9).await.expect("is there").deliveries.len(), 4);
    });
}

#[test]
fn a_nul_in_a_field_is_no_failure_of_the_server() {
    on_both_engines(async |shop: Shop| {
        let (hook, secret) = make(&shop, "standard").await;
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let with = |field: &str, value: &str| {
            let mut body = build(&digest, "1.0");
            body["data"][field] = json!(value);
            body
        };
        let bodies = [
            ("msg_1", json!({"type": "a\0b"})),
            ("msg_2", with("digest", "sha256:\0")),
            ("msg_3", with("tag", "1\0")),
            ("msg_4", with("bucket", "q\0a")),
            ("msg_5", with("un\0known", "x")),
            (
                "msg_6",
                json!({"type": "build", "data": {"digest": digest, "tag": "2.0", "origin": {"commit": "c\0"}}}),
            ),
        ];
        for (id, body) in bodies {
            let answer = Sent::new(&shop, id, &secret, &body).to(&shop, &hook).await;
            assert!(matches!(answer, Ok(_) | Err(Refused::Unreadable(_))), "{body}: {answer:?}");
        }
        let kept = view(&shop, &shop.ana, hook.id, None, 9).await.expect("is there").deliveries;
        assert_eq!(kept.len(), 6);
        assert!(kept.iter().all(|one| one.verdict != Verdict::Unfinished && !one.detail.contains('\0')));
    });
}

#[test]
fn a_hook_ends_with_its_maker_its_token_or_by_being_deleted() {
    on_both_engines(async |shop: Shop| {
        let place = Place::Project { project: shop.project.id };
        let chris = shop.person("Chris", Role::admin(), place).await;
        let form = HookForm { title: "Release job".to_owned(), source: "standard".to_owned() };
        let (hook, secret) = create(&shop, &chris, ("shop", "checkout"), form).await.expect("a hook");
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let told = build(&digest, "1.0");
        let works = Sent::new(&shop, "msg_1", &secret, &told).to(&shop, &hook).await.expect("is taken");
        assert_eq!(works.verdict, Verdict::Registered);
        let token = tokens::list(&shop, &chris).await.expect("tokens").tokens.remove(0);
        assert_eq!((token.title.as_str(), token.scope.as_str()), ("Hook: Release job", "shop/checkout"));
        shop.sql("delete from bindings where person = (select owner from tokens where title = 'Hook: Release job')").await;
        let without = Sent::new(&shop, "msg_2", &secret, &told).to(&shop, &hook).await.expect("is taken");
        assert_eq!(
            without.verdict,
            Verdict::Refused,
            "who made it may not push any more: {}",
            without.detail
        );
        tokens::revoke(&shop, &chris, token.id).await.expect("revokes");
        let revoked = Sent::new(&shop, "msg_3", &secret, &told).to(&shop, &hook).await.expect("is taken");
        assert!(revoked.detail.contains("revoked"), "{}", revoked.detail);
        delete(&shop, &shop.ana, hook.id).await.expect("is deleted");
        let gone = Sent::new(&shop, "msg_4", &secret, &told).to(&shop, &hook).await;
        assert!(matches!(gone, Err(Refused::Failed(Error::NotFound(_)))), "{gone:?}");
    });
}

#[test]
fn both_secrets_count_for_a_day_after_a_rotation() {
    on_both_engines(async |shop: Shop| {
        let (hook, before) = make(&shop, "standard").await;
        let (_, after) = rotate(&shop, &shop.ana, hook.id).await.expect("rotates");
        let ping = json!({"type": "ping"});
        for (id, secret) in [("msg_1", &before), ("msg_2", &after)] {
            Sent::new(&shop, id, secret, &ping).to(&shop, &hook).await.expect("is taken");
        }
        shop.clock.advance(86_400);
        let late = Sent::new(&shop, "msg_3", &before, &ping).to(&shop, &hook).await;
        assert!(matches!(late, Err(Refused::Unknown(_))), "{late:?}");
        Sent::new(&shop, "msg_4", &after, &ping).to(&shop, &hook).await.expect("is taken");
    });
}

#[test]
fn only_who_configures_an_integration_has_to_do_with_its_hooks() {
    on_both_engines(async |shop: Shop| {
        let (hook, _) = make(&shop, "harbor").await;
        let stranger = shop.stranger("Eve").await;
        for actor in [&shop.ben, &shop.dora] {
            let forbidden = |error: Error| {
                assert!(
                    matches!(&error, Error::Forbidden(refusal) if refusal.action() == Action::Configure),
                    "{error}"
                );
            };
            forbidden(list(&shop, actor, "shop", "checkout").await.expect_err("no list"));
            let form = HookForm { title: "Mine".to_owned(), source: "harbor".to_owned() };
            forbidden(create(&shop, actor, ("shop", "checkout"), form).await.expect_err("none made"));
            forbidden(view(&shop, actor, hook.id, None, 1).await.expect_err("no view"));
            forbidden(rotate(&shop, actor, hook.id).await.expect_err("no rotation"));
            forbidden(delete(&shop, actor, hook.id).await.expect_err("not deleted"));
        }
        assert!(matches!(view(&shop, &stranger, hook.id, None, 1).await, Err(Error::NotFound(_))));
        assert_eq!(list(&shop, &shop.ana, "shop", "checkout").await.expect("is listed").hooks.len(), 1);
    });
}
