//! The whole way: a real image travels from a push to production, by two people, and back.

use crate::engines::on_both_engines;
use crate::images::refusal;
use crate::world::{Shop, World, line, make_shop};
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
        assert_eq!(items.iter().map(|item| item.promotion.number).collect::<Vec<_>>(), [2]);
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
        insta::assert_snapshot!(lines.join("\n"), @"");
    });
}
