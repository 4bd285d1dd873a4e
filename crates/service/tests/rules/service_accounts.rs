//! Service accounts: machines with roles and tokens of their own, which nobody signs in to.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use crate::world::HOME;
use towpath_domain::access::{Action, Actor, Place, Refusal, Role};
use towpath_domain::ids::PersonId;
use towpath_domain::rights::{HolderKind, RightsForm};
use towpath_domain::service_accounts::{ServiceAccountForm, ServiceRoleForm};
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_domain::tokens::{RotationForm, TokenForm};
use towpath_service::service_accounts::{create, create_token, delete, disable, give_role, list, view};
use towpath_service::{Error, images, members, people, rights, tokens};

/// A service account of the shop, or of the installation.
async fn make(shop: &Shop, actor: &Actor, project: &str) -> PersonId {
    let form = ServiceAccountForm { name: "Deployer".to_owned(), project: project.to_owned() };
    create(shop, actor, form).await.expect("makes it").account.id
}

fn role(role: &str, place: &str) -> ServiceRoleForm {
    ServiceRoleForm { role: role.to_owned(), place: place.to_owned() }
}

fn token(scope: &str, actions: &[&str]) -> TokenForm {
    TokenForm {
        title: "Cluster".to_owned(),
        scope: scope.to_owned(),
        actions: actions.iter().map(ToString::to_string).collect(),
        days: "30".to_owned(),
    }
}

/// The secret of a new token of it.
async fn secret(shop: &Shop, actor: &Actor, id: PersonId, form: TokenForm) -> String {
    create_token(shop, actor, id, form).await.expect("makes it").1.reveal().to_owned()
}

/// An admin of the shop alone.
async fn pia(shop: &Shop) -> Actor {
    shop.person("Pia", Role::admin(), Place::Project { project: shop.project.id }).await
}

#[test]
fn a_service_account_does_what_its_roles_permit_in_its_own_name() {
    on_both_engines(async |shop: Shop| {
        let pia = pia(&shop).await;
        let id = make(&shop, &pia, "shop").await;
        let own = secret(&shop, &pia, id, token("", &["push", "pull"])).await;
        let (idle, _) = tokens::actor(&shop, &own, HOME).await.expect("works");
        let refused = shop.push(&idle, "shop/checkout/qa", "1.0").await.expect_err("it has no role");
        assert!(matches!(refused, images::Error::Other(Error::NotFound(_))), "{refused:?}");

        give_role(&shop, &pia, id, role("developer", "project:shop")).await.expect("may");
        let (robot, _) = tokens::actor(&shop, &own, HOME).await.expect("works");
        shop.push(&robot, "shop/checkout/qa", "1.0").await.expect("arrives");
        let card = shop.column("qa").await.current.expect("is current");
        assert_eq!((card.by.as_str(), card.by_token), ("Deployer", true));
        // It goes on without whoever made it.
        people::deactivate(&shop, &shop.ana, pia.person()).await.expect("may");
        let (robot, _) = tokens::actor(&shop, &own, HOME).await.expect("works");
        shop.push(&robot, "shop/checkout/qa", "1.1").await.expect("arrives");

        let told = shop.timeline(&shop.ana, Filter { project: "shop".into(), ..Filter::default() }).await;
        let words: Vec<String> =
            told.iter().map(|entry| format!("{} {}", entry.who, plain(&entry.sentence))).collect();
        assert!(words.contains(&"Pia made the service account Deployer in shop".to_owned()), "{words:?}");
    });
}

#[test]
fn a_service_account_is_no_person() {
    on_both_engines(async |shop: Shop| {
        let id = make(&shop, &shop.ana, "shop").await;
        give_role(&shop, &shop.ana, id, role("release-manager", "project:shop")).await.expect("may");
        let people = people::list(&shop, &shop.ana).await.expect("sees them").people;
        assert!(people.iter().all(|member| member.person.id != id));
        let members = members::view(&shop, &shop.dora, "shop").await.expect("sees them").members;
        assert!(members.iter().all(|member| member.id != id));
        let invited = towpath_domain::people::InvitationForm {
            email: format!("{id}@service-account.invalid"),
            role: "viewer".to_owned(),
            place: "project:shop".to_owned(),
        };
        let refused = people::invite(&shop, &shop.ana, invited).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");

        // Whatever its roles, it decides nothing.
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
        let asked = shop.promote(&shop.dora, &digest, "staging", "prod").await;
        assert!(asked.is_err(), "a developer does not promote to production");
        let asked = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        let own = secret(&shop, &shop.ana, id, token("", &["view", "promote"])).await;
        let (robot, _) = tokens::actor(&shop, &own, HOME).await.expect("works");
        let refused = shop.approve(&robot, &asked).await;
        assert!(matches!(refused, Err(Error::Forbidden(Refusal::Token))), "{refused:?}");

        let form = RightsForm { action: "promote".into(), place: "project:shop".into(), at: String::new() };
        let holders = rights::ask(&shop, &shop.dora, &form).await.expect("an answer").holders;
        let kind = holders.iter().find(|holder| holder.person == Some(id)).map(|holder| holder.kind);
        assert_eq!(kind, Some(HolderKind::ServiceAccount));
        let own = rights::of_person(&shop, &shop.dora, id, "").await.expect("of her project");
        assert!(own.rights.iter().any(|right| right.action == Action::Promote));
    });
}

#[test]
fn nobody_gives_a_service_account_more_than_they_have() {
    on_both_engines(async |shop: Shop| {
        let pia = pia(&shop).await;
        let own = make(&shop, &pia, "shop").await;
        for place in ["installation", "stream:qa"] {
            let refused = give_role(&shop, &pia, own, role("viewer", place)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{place}: {refused:?}");
        }
        for who in [&shop.ben, &shop.dora] {
            let refused = give_role(&shop, who, own, role("viewer", "project:shop")).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
            let refused = create_token(&shop, who, own, token("", &["pull"])).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        }
        let global = ServiceAccountForm { name: "Robot".to_owned(), project: String::new() };
        let refused = create(&shop, &pia, global).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let global = make(&shop, &shop.ana, "").await;
        let hidden = view(&shop, &pia, global).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        give_role(&shop, &shop.ana, global, role("admin", "installation"))
            .await
            .expect("an admin of it all may");
        let hidden = create_token(&shop, &pia, global, token("shop", &["push"])).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        let lasting = people::revoke(&shop, &shop.ana, only_binding(&shop, shop.ana.person()).await).await;
        assert!(matches!(lasting, Err(Error::Refused(_))), "a machine is no last admin: {lasting:?}");
    });
}

async fn only_binding(shop: &Shop, person: PersonId) -> towpath_domain::ids::BindingId {
    let people = people::list(shop, &shop.ana).await.expect("sees them").people;
    people.into_iter().find(|member| member.person.id == person).expect("is there").roles[0].binding
}

#[test]
fn who_sees_the_project_sees_its_service_accounts_and_who_manages_them_their_tokens() {
    on_both_engines(async |shop: Shop| {
        let id = make(&shop, &shop.ana, "shop").await;
        secret(&shop, &shop.ana, id, token("", &["pull"])).await;
        let seen = view(&shop, &shop.dora, id).await.expect("of her project");
        assert!(seen.tokens.is_empty() && seen.may_manage.is_err() && seen.places.is_empty());
        let managed = view(&shop, &shop.ana, id).await.expect("may");
        assert_eq!(managed.tokens[0].scope, "shop", "kept to its project");
        assert!(managed.places.iter().all(|(value, _)| value.contains("shop")), "{:?}", managed.places);
        let zoe = shop.stranger("Zoe").await;
        for hidden in [view(&shop, &zoe, id).await.map(drop), list(&shop, &zoe, "shop").await.map(drop)] {
            assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        }
    });
}

#[test]
fn a_service_account_stops_when_it_is_disabled_and_for_good_when_it_is_deleted() {
    on_both_engines(async |shop: Shop| {
        let pia = pia(&shop).await;
        let id = make(&shop, &pia, "shop").await;
        give_role(&shop, &pia, id, role("viewer", "project:shop")).await.expect("may");
        let own = secret(&shop, &pia, id, token("", &["pull"])).await;
        let works = async || tokens::actor(&shop, &own, HOME).await.map(drop);
        disable(&shop, &pia, id, true).await.expect("may");
        assert!(matches!(works().await, Err(Error::Token(why)) if why.contains("disabled")));
        let refused = create_token(&shop, &pia, id, token("", &["pull"])).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        disable(&shop, &pia, id, false).await.expect("may");
        works().await.expect("works again");

        let listed = view(&shop, &pia, id).await.expect("manages it").tokens[0].id;
        let form = RotationForm { days: "9".to_owned(), overlap: "1".to_owned() };
        let (_, renewed) = tokens::rotate(&shop, &pia, listed, form.clone()).await.expect("manages it");
        let hidden = tokens::rotate(&shop, &shop.dora, listed, form).await;
        assert!(matches!(hidden, Err(Error::Forbidden(_))), "she sees it and does not manage it: {hidden:?}");
        tokens::actor(&shop, renewed.reveal(), HOME).await.expect("works");

        delete(&shop, &pia, id).await.expect("may");
        assert!(tokens::actor(&shop, renewed.reveal(), HOME).await.is_err());
        let gone = view(&shop, &pia, id).await;
        assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
        assert!(list(&shop, &pia, "shop").await.expect("sees them").accounts.is_empty());
        assert_eq!(shop.told(&shop.ana, "service_account_deleted").await, 1);
        assert_eq!(shop.told(&shop.ana, "role_revoked").await, 1);
    });
}
