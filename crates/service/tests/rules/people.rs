//! People and the roles that they hold.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::ids::BindingId;
use towpath_domain::people::InvitationForm;
use towpath_service::Error;
use towpath_service::people::{invite, list, revoke};

pub async fn binding(shop: &Shop, of: &Actor) -> BindingId {
    let members = list(shop, &shop.ana).await.expect("an admin sees people").people;
    members.iter().find(|member| member.person.id == of.person()).expect("is there").roles[0].binding
}

#[test]
fn the_last_admin_stays() {
    on_both_engines(async |shop: Shop| {
        // An admin of one project does not count: nobody could invite another for the installation.
        let place = Place::Project { project: shop.project.id };
        shop.person("Pia", Role::admin(), place).await;
        let own = binding(&shop, &shop.ana).await;
        let refused = revoke(&shop, &shop.ana, own).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        assert_eq!(binding(&shop, &shop.ana).await, own, "the refusal left no trace");
        assert_eq!(shop.told(&shop.ana, "role_revoked").await, 0);

        shop.person("Zoe", Role::admin(), Place::Installation).await;
        revoke(&shop, &shop.ana, own).await.expect("there is another one");
    });
}

#[test]
fn a_role_is_taken_away_once() {
    on_both_engines(async |shop: Shop| {
        let of_ben = binding(&shop, &shop.ben).await;
        let refused = revoke(&shop, &shop.dora, of_ben).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        revoke(&shop, &shop.ana, of_ben).await.expect("an admin may");
        assert!(shop.actor(shop.ben.person()).await.grants.is_empty());
        let again = revoke(&shop, &shop.ana, of_ben).await;
        assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    });
}

#[test]
fn an_admin_of_a_project_invites_to_that_project_only() {
    on_both_engines(async |shop: Shop| {
        let place = Place::Project { project: shop.project.id };
        let pia = shop.person("Pia", Role::admin(), place).await;
        let form = |place: &str| InvitationForm {
            email: "new@example.org".to_owned(),
            role: "viewer".to_owned(),
            place: place.to_owned(),
        };
        for place in ["project:shop", "environment:shop/prod"] {
            invite(&shop, &pia, form(place)).await.expect("of the project");
        }
        for place in ["installation", "stream:qa"] {
            let refused = invite(&shop, &pia, form(place)).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{place}: {refused:?}");
        }
        // A project that she does not see is to her like one that is not there.
        let wrong = [("project:moon", "viewer"), ("project:global", "viewer"), ("project:shop", "king")];
        for (place, role) in wrong {
            let refused = invite(&shop, &pia, InvitationForm { role: role.to_owned(), ..form(place) }).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{place} {role}: {refused:?}");
        }
    });
}
