//! Who may do what, and through what: now and in the past.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_domain::access::{Action, Actor, Place, Role};
use towpath_domain::people::InvitationForm;
use towpath_domain::rights::{Holder, RightsForm, WhoMay};
use towpath_service::people::{deactivate, invite, revoke};
use towpath_service::rights::{ask, of_person, who_may};
use towpath_service::{Error, members};

fn question(action: &str, place: &str, at: &str) -> RightsForm {
    RightsForm { action: action.to_owned(), place: place.to_owned(), at: at.to_owned() }
}

async fn asked(shop: &Shop, actor: &Actor, form: &RightsForm) -> WhoMay {
    ask(shop, actor, form).await.expect("an answer")
}

/// “Name: role in place” of everyone.
fn told(holders: &[Holder]) -> Vec<String> {
    let lines = holders.iter().flat_map(|holder| {
        holder.through.iter().map(|through| {
            let but = if through.outside_production { ", outside production" } else { "" };
            format!("{}: {} in {}{but}", holder.name, through.title, through.place)
        })
    });
    lines.collect()
}

#[test]
fn whoever_may_is_named_with_the_roles_through_which_they_do() {
    on_both_engines(async |shop: Shop| {
        let (project, environment) = shop.environment("qa").await;
        let place = Place::Environment { project, environment };
        shop.person("Zoe", Role::release_manager(), place).await;

        let promote = asked(&shop, &shop.dora, &question("promote", "project:shop", "")).await;
        assert_eq!(
            told(&promote.holders),
            [
                "Ana: Admin in the whole installation",
                "Ben: Release manager in the project shop",
                "Dora: Developer in the project shop, outside production",
            ]
        );
        assert_eq!(told(&promote.partly), ["Zoe: Release manager in the environment shop/qa"]);
        let prod = asked(&shop, &shop.dora, &question("promote", "environment:shop/prod", "")).await;
        assert_eq!(
            told(&prod.holders),
            ["Ana: Admin in the whole installation", "Ben: Release manager in the project shop"]
        );
        assert!(prod.partly.is_empty());
        let qa = asked(&shop, &shop.dora, &question("approve", "environment:shop/qa", "")).await;
        assert_eq!(
            told(&qa.holders),
            ["Ben: Release manager in the project shop", "Zoe: Release manager in the environment shop/qa"]
        );
    });
}

#[test]
fn what_counts_in_places_that_one_does_not_see_is_not_told() {
    on_both_engines(async |shop: Shop| {
        let zoe = shop.stranger("Zoe").await;
        for (who, place) in [
            (&zoe, "project:shop"),
            (&zoe, "installation"),
            (&shop.dora, "installation"),
            (&shop.dora, "stream:qa"),
        ] {
            let hidden = ask(&shop, who, &question("push", place, "")).await;
            assert!(matches!(hidden, Err(Error::NotFound(_))), "{place}: {hidden:?}");
        }
        assert!(who_may(&shop, &zoe, &RightsForm::default()).await.expect("a form").places.is_empty());
        let hidden = of_person(&shop, &zoe, shop.dora.person(), "").await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        assert!(of_person(&shop, &zoe, zoe.person(), "").await.expect("her own").rights.is_empty());

        let seen =
            of_person(&shop, &shop.ben, shop.dora.person(), "").await.expect("a member of his project");
        let actions: Vec<Action> = seen.rights.iter().map(|right| right.action).collect();
        assert_eq!(actions, [Action::View, Action::Pull, Action::Push, Action::Promote, Action::Report]);
        assert!(seen.partial);
        assert!(seen.rights[3].through[0].outside_production);
        assert!(
            !of_person(&shop, &shop.ana, shop.dora.person(), "").await.expect("an admin sees all").partial
        );
    });
}

#[test]
fn the_past_is_as_the_log_tells_it() {
    on_both_engines(async |shop: Shop| {
        let zoe = shop.stranger("Zoe").await;
        let form = InvitationForm {
            email: "Zoe@example.org".to_owned(),
            role: "release-manager".to_owned(),
            place: "project:shop".to_owned(),
        };
        let at = async |seconds: i64| {
            let now = shop.now().to_string();
            shop.clock.advance(seconds);
            now
        };
        let before = at(60).await;
        invite(&shop, &shop.ana, form).await.expect("may");
        let with = at(60).await;
        let all = members::view(&shop, &shop.ana, "shop").await.expect("sees them").members;
        let zoes = all.iter().find(|member| member.name == "Zoe").expect("is a member");
        revoke(&shop, &shop.ana, zoes.roles[0].binding).await.expect("may");
        let after = at(60).await;

        let approve = |at: &str| question("approve", "project:shop", at);
        let line = "Zoe: Release manager in the project shop";
        assert_eq!(told(&asked(&shop, &shop.ana, &approve(&with)).await.holders), [line]);
        for at in [&before, &after] {
            assert_eq!(told(&asked(&shop, &shop.ana, &approve(at)).await.holders), [""; 0], "{at}");
        }
        let then = of_person(&shop, &shop.ana, zoe.person(), &with).await.expect("an admin sees all");
        assert!(then.rights.iter().any(|right| right.action == Action::Approve));
        assert!(of_person(&shop, &shop.ana, zoe.person(), "").await.expect("now").rights.is_empty());

        let ahead = ask(&shop, &shop.ana, &approve("2999-01-01")).await;
        assert!(matches!(ahead, Err(Error::Invalid(_))), "{ahead:?}");
    });
}

#[test]
fn whoever_is_deactivated_may_nothing() {
    on_both_engines(async |shop: Shop| {
        deactivate(&shop, &shop.ana, shop.ben.person()).await.expect("may");
        let approve = asked(&shop, &shop.ana, &question("approve", "project:shop", "")).await;
        assert_eq!(told(&approve.holders), [""; 0]);
        let ben = of_person(&shop, &shop.ana, shop.ben.person(), "").await.expect("an admin sees all");
        assert!(ben.deactivated && !ben.rights.is_empty(), "his roles are kept: {ben:?}");
    });
}
