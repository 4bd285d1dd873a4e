//! Groups of people.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_domain::access::{Action, Actor, Place, Role, Target};
use towpath_domain::delegations::DelegationForm;
use towpath_domain::groups::{GroupForm, GroupMemberForm, GroupRoleForm};
use towpath_domain::rights::RightsForm;
use towpath_domain::roles::RoleForm;
use towpath_domain::timeline::sentence::plain;
use towpath_domain::timeline::{Entry, Filter};
use towpath_service::groups::{add, create, delete, give, list, remove, take, view};
use towpath_service::rights::ask;
use towpath_service::{Error, delegations, members, people, roles};

async fn made(shop: &Shop) {
    let form = GroupForm { slug: "crew".to_owned(), title: "Crew".to_owned() };
    create(shop, &shop.ana, form).await.expect("an admin makes groups");
}

fn someone(name: &str) -> GroupMemberForm {
    GroupMemberForm { email: format!("{name}@example.org") }
}

fn role(role: &str, place: &str) -> GroupRoleForm {
    GroupRoleForm { role: role.to_owned(), place: place.to_owned() }
}

fn mistake<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Invalid(invalid)) => invalid.to_string(),
        other => panic!("{other:?}"),
    }
}

fn forbidden<T: std::fmt::Debug>(result: Result<T, Error>) -> Action {
    match result {
        Err(Error::Forbidden(refusal)) => refusal.action(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_is_in_a_group_holds_its_roles_beside_their_own() {
    on_both_engines(async |shop: Shop| {
        made(&shop).await;
        let zoe = shop.stranger("Zoe").await;
        give(&shop, &shop.ana, "crew", role("release-manager", "project:shop")).await.expect("may");
        add(&shop, &shop.ana, "crew", someone("Zoe")).await.expect("may");
        add(&shop, &shop.ana, "crew", someone("Dora")).await.expect("may");
        let at = Target { production: true, ..Target::project(shop.project.id) };
        let may = async |who: &Actor, action| shop.actor(who.person()).await.may(action, &at);
        assert!(may(&zoe, Action::Approve).await && may(&shop.dora, Action::Promote).await);

        let told = members::view(&shop, &shop.ben, "shop").await.expect("sees it").members;
        let doras = told.iter().find(|member| member.name == "Dora").expect("is a member");
        let through = |member: &towpath_domain::members::ProjectMember| -> Vec<Option<String>> {
            let name = |role: &towpath_domain::people::MemberRole| {
                role.group.as_ref().map(|group| group.title.clone())
            };
            member.roles.iter().map(name).collect()
        };
        assert_eq!(through(doras), [None, Some("Crew".to_owned())]);
        let binding = doras.roles[1].binding;
        let all = people::list(&shop, &shop.ana).await.expect("an admin sees all").people;
        let roles = all.iter().flat_map(|member| &member.roles);
        assert!(roles.filter(|role| role.group.is_some()).all(|role| !role.may_revoke));
        let revoked = people::revoke(&shop, &shop.ana, binding).await;
        assert!(matches!(revoked, Err(Error::NotFound(_))), "it is the group's: {revoked:?}");

        remove(&shop, &shop.ana, "crew", zoe.person()).await.expect("may");
        assert!(!may(&zoe, Action::View).await, "it was all that she had");
        take(&shop, &shop.ana, "crew", binding).await.expect("may");
        assert!(!may(&shop.dora, Action::Promote).await && may(&shop.dora, Action::Push).await);
        let gone = take(&shop, &shop.ana, "crew", binding).await;
        assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
    });
}

#[test]
fn what_happens_to_a_group_is_told_and_the_past_knows_it() {
    on_both_engines(async |shop: Shop| {
        let zoe = shop.stranger("Zoe").await;
        made(&shop).await;
        add(&shop, &shop.ana, "crew", someone("Zoe")).await.expect("may");
        give(&shop, &shop.ana, "crew", role("viewer", "project:shop")).await.expect("may");
        let then = shop.now().to_string();
        let question = async |at: &str| {
            let form = RightsForm { action: "view".into(), place: "project:shop".into(), at: at.to_owned() };
            let answer = ask(&shop, &shop.ana, &form).await.expect("an answer");
            let zoes = answer.holders.into_iter().find(|holder| holder.person == Some(zoe.person()));
            zoes.map(|zoes| {
                zoes.through.into_iter().filter_map(|by| by.group).map(|group| group.title).collect()
            })
        };
        let crew = Some(vec!["Crew".to_owned()]);
        assert_eq!(question("").await, crew);
        shop.clock.advance(60);
        delete(&shop, &shop.ana, "crew").await.expect("may");
        assert_eq!(question("").await, None);
        assert_eq!(question(&then).await, crew);

        let told = shop.timeline(&shop.ana, Filter::default()).await;
        let told: Vec<String> = told
            .iter()
            .filter(|entry| plain(&entry.sentence).contains("group"))
            .map(|entry: &Entry| format!("{} {}", entry.who, plain(&entry.sentence)))
            .collect();
        assert_eq!(
            told,
            [
                "Ana deleted the group Crew, with 1 member and 1 role",
                "Ana gave the group Crew the role viewer in the project shop",
                "Ana put Zoe into the group Crew",
                "Ana made the group Crew",
            ]
        );
        let form = GroupForm { slug: "crew".to_owned(), title: "Crew".to_owned() };
        let why = mistake(create(&shop, &shop.ana, form).await);
        assert!(why.contains("slug: There is a group of this name already, or was one"), "{why}");
        assert!(list(&shop, &shop.ana).await.expect("sees them").groups.is_empty());
    });
}

#[test]
fn groups_are_for_who_manages_the_people_of_the_installation_and_gives_no_more_than_they_have() {
    on_both_engines(async |shop: Shop| {
        made(&shop).await;
        let place = Place::Project { project: shop.project.id };
        let pia = shop.person("Pia", Role::admin(), place).await;
        for who in [&pia, &shop.ben] {
            assert_eq!(forbidden(list(&shop, who).await), Action::ManagePeople);
            assert_eq!(forbidden(view(&shop, who, "crew").await), Action::ManagePeople);
            assert_eq!(forbidden(create(&shop, who, GroupForm::default()).await), Action::ManagePeople);
            assert_eq!(forbidden(add(&shop, who, "crew", someone("Pia")).await), Action::ManagePeople);
            let given = give(&shop, who, "crew", role("viewer", "project:shop")).await;
            assert_eq!(forbidden(given), Action::ManagePeople);
            assert_eq!(forbidden(delete(&shop, who, "crew").await), Action::ManagePeople);
        }
        let permissions = [("manage_people".to_owned(), "everywhere".to_owned())].into();
        let form =
            RoleForm { slug: "helper".into(), title: "Helper".into(), permissions, ..RoleForm::default() };
        let helper = roles::create(&shop, &shop.ana, form).await.expect("a role");
        let hans = shop.person("Hans", helper, Place::Installation).await;
        let given = give(&shop, &hans, "crew", role("developer", "project:shop")).await;
        assert_eq!(forbidden(given), Action::Pull, "he may not himself");
        give(&shop, &shop.ana, "crew", role("developer", "project:shop")).await.expect("may");
        assert_eq!(forbidden(add(&shop, &hans, "crew", someone("Hans")).await), Action::Pull);
        remove(&shop, &hans, "crew", hans.person()).await.expect_err("he is not in it");
        let held = view(&shop, &hans, "crew").await.expect("sees it").roles;
        take(&shop, &hans, "crew", held[0].binding).await.expect("taking takes managing people");
    });
}

#[test]
fn only_people_who_may_act_are_put_into_a_group_and_the_last_admin_stays_in_it() {
    on_both_engines(async |shop: Shop| {
        made(&shop).await;
        let refused = async |name: &str| mistake(add(&shop, &shop.ana, "crew", someone(name)).await);
        assert!(refused("Nobody").await.contains("email: Nobody has an account"));
        let zoe = shop.stranger("Zoe").await;
        people::deactivate(&shop, &shop.ana, zoe.person()).await.expect("may");
        assert!(refused("Zoe").await.contains("email: The account under this e-mail is deactivated"));
        add(&shop, &shop.ana, "crew", someone("Dora")).await.expect("may");
        assert!(refused("Dora").await.contains("email: Dora is in the group already"));

        give(&shop, &shop.ana, "crew", role("admin", "installation")).await.expect("may");
        let again = give(&shop, &shop.ana, "crew", role("admin", "installation")).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        let anas = people::list(&shop, &shop.ana).await.expect("sees all").people;
        let anas = anas.iter().find(|member| member.person.name.as_str() == "Ana").expect("is here");
        people::revoke(&shop, &shop.ana, anas.roles[0].binding).await.expect("Dora is an admin by the group");
        let dora = shop.actor(shop.dora.person()).await;
        let held = view(&shop, &dora, "crew").await.expect("sees it").roles;
        for refused in [
            remove(&shop, &dora, "crew", dora.person()).await,
            take(&shop, &dora, "crew", held[0].binding).await,
            delete(&shop, &dora, "crew").await,
        ] {
            assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        }
        assert!(shop.actor(dora.person()).await.may(Action::Configure, &Target::installation()));
    });
}

#[test]
fn whoever_loses_a_role_with_a_group_loses_what_they_handed_over_by_it() {
    on_both_engines(async |shop: Shop| {
        made(&shop).await;
        give(&shop, &shop.ana, "crew", role("release-manager", "project:shop")).await.expect("may");
        add(&shop, &shop.ana, "crew", someone("Dora")).await.expect("may");
        let dora = shop.actor(shop.dora.person()).await;
        let form = DelegationForm {
            delegate: "Ben@example.org".to_owned(),
            until: "14d".to_owned(),
            reason: "On holiday".to_owned(),
            ..DelegationForm::default()
        };
        delegations::make(&shop, &dora, form).await.expect("is handed over");
        remove(&shop, &shop.ana, "crew", dora.person()).await.expect("may");
        assert_eq!(shop.told(&shop.ana, "delegation_ended").await, 1);
    });
}

#[test]
fn a_place_that_is_deleted_gives_a_group_nothing_any_more() {
    on_both_engines(async |shop: Shop| {
        made(&shop).await;
        crate::shop::make_environment(&shop, &shop.ana, "shop", "spare", "dev").await;
        give(&shop, &shop.ana, "crew", role("viewer", "environment:shop/spare")).await.expect("may");
        give(&shop, &shop.ana, "crew", role("viewer", "environment:shop/qa")).await.expect("may");
        let spare = towpath_domain::deletions::Subject::Environment {
            project: "shop".to_owned(),
            slug: "spare".to_owned(),
        };
        towpath_service::deletions::delete(&shop, &shop.ana, &spare, None).await.expect("nothing needs it");
        let held = view(&shop, &shop.ana, "crew").await.expect("sees it").roles;
        let places: Vec<&str> = held.iter().map(|role| role.place.as_str()).collect();
        assert_eq!(places, ["the environment shop/qa"]);
        assert_eq!(shop.told(&shop.ana, "group_role_revoked").await, 1);
    });
}

#[test]
fn a_role_that_a_group_holds_is_not_deleted() {
    on_both_engines(async |shop: Shop| {
        made(&shop).await;
        let form = RoleForm { slug: "own".into(), title: "Own".into(), ..RoleForm::default() };
        roles::create(&shop, &shop.ana, form).await.expect("a role");
        give(&shop, &shop.ana, "crew", role("own", "project:shop")).await.expect("may");
        match roles::delete(&shop, &shop.ana, "own").await {
            Err(Error::Conflict(why)) => {
                assert_eq!(why, "Take it from who holds it first: the group Crew in the project shop.");
            }
            other => panic!("{other:?}"),
        }
    });
}
