//! The members of a project, and what each reader is told of them.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::people::InvitationForm;
use towpath_service::Error;
use towpath_service::members::{granters, view};
use towpath_service::people::{Invited, invite, withdraw};

/// “Name: role in place” of everyone.
async fn told(shop: &Shop, actor: &Actor) -> Vec<String> {
    let members = view(shop, actor, "shop").await.expect("sees the shop").members;
    let lines = members.into_iter().flat_map(|member| {
        let name = member.name.clone();
        member.roles.into_iter().map(move |role| format!("{name}: {} in {}", role.title, role.place))
    });
    lines.collect()
}

#[test]
fn members_are_those_whose_role_counts_in_the_project_wherever_it_is_bound() {
    on_both_engines(async |shop: Shop| {
        let environments = view(&shop, &shop.ana, "shop").await.expect("sees it").places;
        assert!(environments.iter().any(|(value, _)| value == "environment:shop/qa"));
        shop.stranger("Zoe").await;
        let qa = InvitationForm {
            email: "Zoe@example.org".to_owned(),
            role: "release-manager".to_owned(),
            place: "environment:shop/qa".to_owned(),
        };
        assert_eq!(invite(&shop, &shop.ana, qa.clone()).await.expect("may"), Invited::Granted);
        let stream =
            InvitationForm { role: "viewer".to_owned(), place: "stream:qa".to_owned(), ..qa.clone() };
        invite(&shop, &shop.ana, stream).await.expect("may");
        let unused = InvitationForm { role: "viewer".to_owned(), place: "stream:dev".to_owned(), ..qa };
        invite(&shop, &shop.ana, unused).await.expect("may");
        assert_eq!(
            told(&shop, &shop.dora).await,
            [
                "Ana: Admin in the whole installation",
                "Ben: Release manager in the project shop",
                "Dora: Developer in the project shop",
                "Zoe: Release manager in the environment shop/qa",
                "Zoe: Viewer in the release stream qa",
            ]
        );
    });
}

#[test]
fn addresses_invitations_and_places_are_for_who_manages_people() {
    on_both_engines(async |shop: Shop| {
        let place = Place::Project { project: shop.project.id };
        let pia = shop.person("Pia", Role::admin(), place).await;
        let new = |place: &str| InvitationForm {
            email: "new@example.org".to_owned(),
            role: "viewer".to_owned(),
            place: place.to_owned(),
        };
        for place in ["project:shop", "installation"] {
            invite(&shop, &shop.ana, new(place)).await.expect("may");
        }
        let seen = view(&shop, &pia, "shop").await.expect("sees it");
        assert!(seen.may_manage.is_ok());
        assert!(seen.members.iter().all(|member| member.email.is_some()));
        assert_eq!(seen.invitations.len(), 1, "that of the installation is not hers");
        let values: Vec<&str> = seen.places.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(values[0], "project:shop");
        assert!(values.iter().all(|value| value.contains(":shop")), "{values:?}");
        let revocable = seen.members.iter().flat_map(|member| &member.roles).filter(|role| role.may_revoke);
        assert_eq!(revocable.count(), 3, "all but the role that is bound to the installation");

        let seen = view(&shop, &shop.dora, "shop").await.expect("sees it");
        assert!(seen.may_manage.is_err() && seen.places.is_empty() && seen.invitations.is_empty());
        assert!(seen.members.iter().all(|member| member.email.is_none()));
        assert!(seen.members.iter().flat_map(|member| &member.roles).all(|role| !role.may_revoke));

        let zoe = shop.stranger("Zoe").await;
        let hidden = view(&shop, &zoe, "shop").await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
    });
}

#[test]
fn an_invitation_is_withdrawn_by_who_manages_its_place() {
    on_both_engines(async |shop: Shop| {
        let place = Place::Project { project: shop.project.id };
        let pia = shop.person("Pia", Role::admin(), place).await;
        let form = |place: &str| InvitationForm {
            email: "new@example.org".to_owned(),
            role: "viewer".to_owned(),
            place: place.to_owned(),
        };
        let Invited::Link(link) = invite(&shop, &shop.ana, form("project:shop")).await.expect("may") else {
            panic!("nobody has this address");
        };
        let id = view(&shop, &pia, "shop").await.expect("sees it").invitations[0].link;
        let refused = withdraw(&shop, &shop.dora, id).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let zoe = shop.stranger("Zoe").await;
        let hidden = withdraw(&shop, &zoe, id).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");

        withdraw(&shop, &pia, id).await.expect("it is of her project");
        let late = shop.join(&link, "new").await;
        assert!(matches!(late, Err(Error::LinkGone)), "{late:?}");
        let again = withdraw(&shop, &pia, id).await;
        assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
        assert!(view(&shop, &pia, "shop").await.expect("sees it").invitations.is_empty());
        assert_eq!(shop.told(&shop.ana, "invitation_withdrawn").await, 1);
    });
}

#[test]
fn who_may_not_is_told_who_can_give_the_role_as_far_as_they_know_of_them() {
    on_both_engines(async |shop: Shop| {
        let place = Place::Project { project: shop.project.id };
        shop.person("Pia", Role::admin(), place).await;
        assert_eq!(granters(&shop, &shop.dora, "shop").await.expect("reads"), ["Ana", "Pia"]);
        assert_eq!(granters(&shop, &shop.dora, "").await.expect("reads"), ["Ana"]);
        assert_eq!(granters(&shop, &shop.dora, "nowhere").await.expect("reads"), ["Ana"]);
        let zoe = shop.stranger("Zoe").await;
        assert!(granters(&shop, &zoe, "shop").await.expect("reads").is_empty());
    });
}
