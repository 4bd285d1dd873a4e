//! Two servers on one database: what holds on one holds on both together.

use crate::engines::on_both_engines;
use crate::shop::{Shop, decision, wish};
use futures::future::join_all;
use towpath_domain::access::{Actor, Grant, Place, Role};
use towpath_domain::people::InvitationForm;
use towpath_domain::promotions::Choice;
use towpath_domain::timeline::Filter;
use towpath_service::promotions::{decide, request};
use towpath_service::{Error, Service, boards, people};

/// Every number of the audit log is there once.
async fn assert_no_gaps(shop: &Shop) {
    let numbers: Vec<i64> =
        shop.timeline(&shop.ana, Filter::default()).await.iter().rev().map(|entry| entry.seq).collect();
    assert!(numbers.iter().copied().eq(1..=i64::try_from(numbers.len()).expect("a count")), "{numbers:?}");
}

#[test]
fn approvals_on_two_replicas_apply_it_exactly_once() {
    on_both_engines(async |shop: Shop| {
        let replica = shop.replica().await;
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
        let promotion = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("may ask");
        let place = Place::Project { project: shop.project.id };
        let names: Vec<String> = (1..=100).map(|number| format!("Manager{number}")).collect();
        let managers = shop.crowd(&names, &[Grant { role: Role::release_manager(), place }]).await;
        let services: [&Service; 2] = [&shop, &replica];
        let approvals = managers
            .iter()
            .zip(services.into_iter().cycle())
            .map(|(manager, service)| decide(service, manager, decision(&promotion, Choice::Approve)));
        let (won, lost): (Vec<_>, Vec<_>) = join_all(approvals).await.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 99));
        for outcome in lost {
            assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
        }
        assert_eq!(shop.history("prod").await, ["1.0"]);
        assert_no_gaps(&shop).await;
        replica.close().await;
    });
}

#[test]
fn requests_on_two_replicas_never_share_a_number() {
    on_both_engines(async |shop: Shop| {
        let replica = shop.replica().await;
        let services: [&Service; 2] = [&shop, &replica];
        let mut digests = Vec::new();
        for number in 0..20 {
            let pushed = shop.push(&shop.dora, "shop/checkout/qa", &format!("1.{number}")).await;
            digests.push(pushed.expect("arrives"));
        }
        let requests = digests
            .iter()
            .zip(services.into_iter().cycle())
            .map(|(digest, service)| request(service, &shop.dora, wish(digest, "qa", "staging")));
        let promoted = join_all(requests).await;
        let mut numbers: Vec<i64> =
            promoted.into_iter().map(|promotion| promotion.expect("goes to staging").number).collect();
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(1..=20));
        let seen = boards::view(&replica, &shop.ana, "shop", "checkout").await.expect("a board");
        let own = shop.board().await;
        assert_eq!(seen.columns, own.columns, "both replicas show the same");
        assert_no_gaps(&shop).await;
        replica.close().await;
    });
}

#[test]
fn two_admins_cannot_remove_each_other() {
    on_both_engines(async |shop: Shop| {
        let replica = shop.replica().await;
        let zoe = shop.person("Zoe", Role::admin(), Place::Installation).await;
        for _ in 0..10 {
            let members = people::list(&shop, &shop.ana).await.expect("an admin sees people").people;
            let binding = |actor: &Actor| {
                let member = members.iter().find(|member| member.person.id == actor.person());
                member.expect("is there").roles[0].binding
            };
            let (one, other) = tokio::join!(
                people::revoke(&shop, &shop.ana, binding(&zoe)),
                people::revoke(&replica, &zoe, binding(&shop.ana)),
            );
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            let lost = if one.is_ok() { "Zoe" } else { "Ana" };
            let form = InvitationForm {
                email: format!("{lost}@example.org"),
                role: "admin".to_owned(),
                place: "installation".to_owned(),
            };
            people::invite(&shop, &shop.ana, form).await.expect("is an admin again");
        }
        replica.close().await;
    });
}
