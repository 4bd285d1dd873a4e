//! The whole way: a real image travels from a push to production, by two people, and back.

use crate::engines::on_both_engines;
use crate::images::refusal;
use crate::shop::{Shop, make_shop};
use crate::world::{World, line};
use towpath_domain::access::Role;
use towpath_domain::people::InvitationForm;
use towpath_domain::timeline::Filter;
use towpath_service::people::{Invited, invite};
use towpath_service::{Error, inbox, links};

#[test]
fn an_image_travels_from_a_push_to_production_by_two_people_and_back() {
    on_both_engines(async |world: World| {
        let minute = || world.clock.advance(60);
        let link = links::issue_admin(&world).await.expect("a link");
        let ana = world.join(&link, "Ana").await.expect("joins");
        minute();
        let project = make_shop(&world, &ana).await;
        minute();
        let (ci, _) = world.token(&ana, "shop", &["push", "pull"]).await;
        let form = InvitationForm {
            email: "ben@example.org".to_owned(),
            role: Role::release_manager().slug.to_string(),
            place: "project:shop".to_owned(),
        };
        let Invited::Link(link) = invite(&world, &ana, form).await.expect("may invite") else {
            panic!("nobody has this address yet")
        };
        let ben = world.join(&link, "Ben").await.expect("joins");
        let shop = Shop { dora: ben.clone(), ana, ben, project, world };
        let minute = || shop.clock.advance(60);

        minute();
        let first = shop.push(&ci, "shop/checkout/qa", "1.4.1").await.expect("arrives");
        refusal(shop.push(&ci, "shop/checkout/prod", "1.4.1").await);
        minute();
        let applied = shop.promote(&shop.ana, &first, "qa", "staging").await.expect("no gate");
        assert_eq!((applied.number, applied.state.name()), (1, "applied"));
        let waiting = shop.promote(&shop.ana, &first, "staging", "prod").await.expect("may ask");
        assert_eq!((waiting.number, waiting.state.name()), (2, "waiting"));
        let own = shop.approve(&shop.ana, &waiting).await;
        assert!(matches!(&own, Err(Error::Refused(why)) if why.contains("someone else")), "{own:?}");
        minute();
        let items = inbox::list(&shop, &shop.ben).await.expect("reads").to_decide;
        assert_eq!(items.iter().map(|item| item.number).collect::<Vec<_>>(), [2]);
        shop.approve(&shop.ben, &waiting).await.expect("may approve");
        assert_eq!(shop.pull(&ci, "shop/checkout/prod", "current").await.expect("is there"), first);

        minute();
        let second = shop.push(&ci, "shop/checkout/qa", "1.4.2").await.expect("arrives");
        shop.release(&second).await;
        assert_eq!(shop.pull(&ci, "shop/checkout/prod", "current").await.expect("is there"), second);
        minute();
        assert_eq!(shop.roll_back(&shop.ben, "prod").await.expect("back to 1.4.1"), first);
        assert_eq!(shop.pull(&ci, "shop/checkout/prod", "current").await.expect("is there"), first);

        let told = shop.timeline(&shop.ana, Filter::default()).await;
        let lines: Vec<String> = told.iter().rev().map(line).collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(lines.join("\n"), @"
             1 09:00 The server created this installation
             2 09:00 Someone in the server’s shell issued a one-time admin link
             3 09:00 Ana joined as Ana
             4 09:00 Ana gave Ana the role admin in the whole installation
             5 09:01 Ana created the project shop
             6 09:01 Ana created the environment qa of the stream qa in shop
             7 09:01 Ana created the environment staging of the stream staging in shop
             8 09:01 Ana created the environment prod of the stream production in shop
             9 09:01 Ana created the workflow release (qa → staging → prod) in shop
            10 09:01 Ana created the integration shop/checkout
            11 09:01 Ana created the service checkout in shop/checkout
            12 09:02 Ana created the token CI, which expires on 2026-12-23
            13 09:02 Ana invited ben@example.org as release-manager in the project shop
            14 09:02 Ben joined as Ben
            15 09:02 Ben gave Ben the role release-manager in the project shop
            16 09:03 Ana (CI) pushed 1.4.1 (2627a3d21321) to shop/checkout
            17 09:03 Ana (CI) placed 1.4.1 (2627a3d21321) in qa in shop/checkout, which was empty
            18 09:03 Ana (CI) was refused 1.4.1 (2627a3d21321) in prod in shop/checkout: it takes builds by promotion only; promote it from staging
            19 09:04 Ana asked to promote 1.4.1 (2627a3d21321) from qa to staging in shop/checkout as #1 — “it works”
            20 09:04 Ana promoted 1.4.1 (2627a3d21321) from qa to staging in shop/checkout by #1
            21 09:04 Ana asked to promote 1.4.1 (2627a3d21321) from staging to prod in shop/checkout as #2; it waits for 1 approval by a release manager — “it works”
            22 09:05 Ben approved #2 of 1.4.1 (2627a3d21321) to prod in shop/checkout — “I looked”
            23 09:05 Ben promoted 1.4.1 (2627a3d21321) from staging to prod in shop/checkout by #2
            24 09:06 Ana (CI) pushed 1.4.2 (5fdfa2249b7f) to shop/checkout
            25 09:06 Ana (CI) placed 1.4.2 (5fdfa2249b7f) in qa in shop/checkout, in place of 1.4.1 (2627a3d21321)
            26 09:06 Ana asked to promote 1.4.2 (5fdfa2249b7f) from qa to staging in shop/checkout as #3 — “it works”
            27 09:06 Ana promoted 1.4.2 (5fdfa2249b7f) from qa to staging in shop/checkout by #3
            28 09:06 Ana asked to promote 1.4.2 (5fdfa2249b7f) from staging to prod in shop/checkout as #4; it waits for 1 approval by a release manager — “it works”
            29 09:06 Ben approved #4 of 1.4.2 (5fdfa2249b7f) to prod in shop/checkout — “I looked”
            30 09:06 Ben promoted 1.4.2 (5fdfa2249b7f) from staging to prod in shop/checkout by #4
            31 09:07 Ben rolled prod in shop/checkout back to 1.4.1 (2627a3d21321), in place of 1.4.2 (5fdfa2249b7f) — “it fails”
            ");
        }
    });
}
