//! Service accounts: machines with roles and tokens of their own, which nobody signs in to.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use crate::world::HOME;
use towpath_domain::access::{Action, Actor, Place, Refusal, Role};
use towpath_domain::ids::PersonId;
use towpath_domain::people::InvitationForm;
use towpath_domain::rights::{HolderKind, RightsForm};
use towpath_domain::service_accounts::{ServiceAccountForm, ServiceRoleForm};
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_domain::tokens::{RotationForm, TokenForm};
use towpath_service::service_accounts::{
    create, create_token, delete, disable, give_role, list, revoke_tokens, view,
};
use towpath_service::{Error, images, inbox, members, people, rights, tokens};

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
        let invited = InvitationForm {
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

/// Somebody who manages the shop's people and decides there, too.
async fn manager(shop: &Shop, name: &str) -> Actor {
    let person = shop.person(name, Role::admin(), Place::Project { project: shop.project.id }).await;
    let invitation = InvitationForm {
        email: format!("{}@example.org", name.to_lowercase()),
        role: "release-manager".to_owned(),
        place: "project:shop".to_owned(),
    };
    people::invite(shop, &shop.ana, invitation).await.expect("is given");
    shop.actor(person.person()).await
}

#[test]
fn whoever_made_a_service_account_or_holds_a_token_of_it_does_not_approve_what_it_asks_for() {
    on_both_engines(async |shop: Shop| {
        let (rita, max, finn) =
            (manager(&shop, "Rita").await, manager(&shop, "Max").await, manager(&shop, "Finn").await);
        let id = make(&shop, &rita, "shop").await;
        give_role(&shop, &rita, id, role("release-manager", "project:shop")).await.expect("may");
        let own = secret(&shop, &max, id, token("", &["view", "promote"])).await;
        let (former, _) = create_token(&shop, &finn, id, token("", &["view"])).await.expect("makes it");
        tokens::revoke(&shop, &finn, former.id).await.expect("may");
        shop.clock.advance(60);

        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
        let (robot, _) = tokens::actor(&shop, &own, HOME).await.expect("works");
        let asked = shop.promote(&robot, &digest, "staging", "prod").await.expect("waits");
        for barred in [&rita, &max] {
            let refused = shop.approve(barred, &asked).await;
            assert!(
                matches!(&refused, Err(Error::Refused(why)) if why.contains("You made the service account")),
                "{refused:?}"
            );
            let page = inbox::promotion(&shop, barred, "shop", asked.number).await.expect("sees it");
            assert!(page.may_decide.is_err_and(|why| why.contains("You made the service account")));
        }
        // By then he held none that worked.
        shop.approve(&finn, &asked).await.expect("may");

        let listed = view(&shop, &rita, id).await.expect("manages it").tokens;
        let makers: Vec<_> = listed.iter().map(|token| token.makers_words().unwrap_or_default()).collect();
        assert_eq!(makers, ["Made by Finn", "Made by Max"]);
    });
}

#[test]
fn whoever_was_shown_a_later_secret_is_barred_as_who_made_the_token() {
    on_both_engines(async |shop: Shop| {
        let (rita, max) = (manager(&shop, "Rita").await, manager(&shop, "Max").await);
        let id = make(&shop, &shop.ana, "shop").await;
        give_role(&shop, &shop.ana, id, role("release-manager", "project:shop")).await.expect("may");
        let made =
            create_token(&shop, &shop.ana, id, token("", &["view", "promote"])).await.expect("makes it").0;
        let form = RotationForm { days: "9".to_owned(), overlap_hours: "0".to_owned(), end_overlap: None };
        let (_, own) = tokens::rotate(&shop, &max, made.id, form).await.expect("may");
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
        let (robot, _) = tokens::actor(&shop, own.reveal(), HOME).await.expect("works");
        let asked = shop.promote(&robot, &digest, "staging", "prod").await.expect("waits");
        let refused = shop.approve(&max, &asked).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        shop.approve(&rita, &asked).await.expect("may");
        let words = view(&shop, &shop.ana, id).await.expect("may").tokens[0].makers_words();
        assert_eq!(words.as_deref(), Some("Made by Ana; a later secret went to Max"));
    });
}

#[test]
fn a_service_account_has_its_name_to_itself_in_its_place() {
    on_both_engines(async |shop: Shop| {
        let id = make(&shop, &shop.ana, "shop").await;
        make(&shop, &shop.ana, "").await;
        for project in ["shop", ""] {
            let form = ServiceAccountForm { name: "DEPLOYER".to_owned(), project: project.to_owned() };
            let refused = create(&shop, &shop.ana, form).await;
            let Err(Error::Invalid(invalid)) = refused else { panic!("{refused:?}") };
            assert_eq!(invalid.errors()[0].field, "name");
        }
        delete(&shop, &shop.ana, id).await.expect("may");
        make(&shop, &shop.ana, "shop").await;
    });
}

#[test]
fn all_its_tokens_end_at_once_also_while_it_is_disabled() {
    on_both_engines(async |shop: Shop| {
        let pia = pia(&shop).await;
        let id = make(&shop, &pia, "shop").await;
        let own = secret(&shop, &pia, id, token("", &["pull"])).await;
        secret(&shop, &pia, id, token("", &["view"])).await;
        let refused = revoke_tokens(&shop, &shop.dora, id).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        disable(&shop, &pia, id, true).await.expect("may");
        assert_eq!(revoke_tokens(&shop, &pia, id).await.expect("may"), 2);
        disable(&shop, &pia, id, false).await.expect("may");
        let ended = tokens::actor(&shop, &own, HOME).await.map(drop);
        assert!(matches!(ended, Err(Error::Token(why)) if why.contains("revoked")));
        assert_eq!(revoke_tokens(&shop, &pia, id).await.expect("may"), 0);
        assert_eq!(shop.told(&shop.ana, "tokens_revoked").await, 1);
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
        let form = RotationForm { days: "9".to_owned(), overlap_hours: "1".to_owned(), end_overlap: None };
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
