//! Roles of the installation's own.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration, make_workflow, stage, wish, workflow};
use towpath_domain::access::{Action, Actor, Place, Role, Target};
use towpath_domain::people::InvitationForm;
use towpath_domain::promotions::State;
use towpath_domain::rights::RightsForm;
use towpath_domain::roles::RoleForm;
use towpath_domain::timeline::sentence::plain;
use towpath_domain::timeline::{Entry, Filter};
use towpath_domain::workflows::StageForm;
use towpath_service::people::{Invited, invite, revoke};
use towpath_service::promotions::request;
use towpath_service::rights::ask;
use towpath_service::roles::{change, create, delete, list, view};
use towpath_service::{Error, members, tokens, workflows};

fn form(slug: &str, permissions: &[(&str, &str)]) -> RoleForm {
    let permissions = permissions.iter().map(|(name, reach)| ((*name).to_owned(), (*reach).to_owned()));
    let title = slug.to_owned();
    RoleForm { slug: slug.to_owned(), title, permissions: permissions.collect(), ..RoleForm::default() }
}

async fn give(shop: &Shop, by: &Actor, name: &str, role: &str, place: &str) -> Result<Invited, Error> {
    let email = format!("{name}@example.org");
    invite(shop, by, InvitationForm { email, role: role.to_owned(), place: place.to_owned() }).await
}

fn mistake<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Invalid(invalid)) => invalid.to_string(),
        other => panic!("{other:?}"),
    }
}

fn conflict<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Conflict(why)) => why,
        other => panic!("{other:?}"),
    }
}

async fn lines(shop: &Shop, kind: &str) -> Vec<String> {
    let filter = Filter { kind: kind.to_owned(), ..Filter::default() };
    let told = |entry: &Entry| format!("{} {}", entry.who, plain(&entry.sentence));
    shop.timeline(&shop.ana, filter).await.iter().map(told).collect()
}

#[test]
fn a_role_of_ones_own_permits_what_it_says_wherever_it_is_bound() {
    on_both_engines(async |shop: Shop| {
        let clone =
            RoleForm { from: "viewer".to_owned(), ..form("deployer", &[("push", "outside_production")]) };
        let role = create(&shop, &shop.ana, clone).await.expect("an admin makes roles");
        assert_eq!(role.words(), "view, pull, and push outside production");
        let zoe = shop.stranger("Zoe").await;
        give(&shop, &shop.ana, "Zoe", "deployer", "project:shop").await.expect("may");
        let zoe = shop.actor(zoe.person()).await;
        let (project, prod) = shop.environment("prod").await;
        let at = Target { environment: Some(prod), ..Target::project(project) };
        assert!(zoe.may(Action::Push, &at) && !zoe.may(Action::Promote, &at));
        assert!(!zoe.may(Action::Push, &Target { production: true, ..at }));

        let more = form("deployer", &[("hold", "everywhere")]);
        change(&shop, &shop.ana, "deployer", more).await.expect("an admin changes roles");
        let zoe = shop.actor(zoe.person()).await;
        assert!(zoe.may(Action::Hold, &at) && !zoe.may(Action::Push, &at), "it counts at once");
        let seen = view(&shop, &shop.ana, "deployer").await.expect("sees it");
        let holders: Vec<String> =
            seen.holders.into_iter().flatten().map(|held| held.name + " in " + &held.place).collect();
        assert_eq!(holders, ["Zoe in the project shop"]);
        assert_eq!(
            lines(&shop, "role_made").await,
            ["Ana made the role deployer, which may view, pull, and push outside production"]
        );
        assert_eq!(
            lines(&shop, "role_changed").await,
            [
                "Ana changed the role deployer: it may not pull any more; it may not push any more; it may hold now"
            ]
        );
    });
}

#[test]
fn nobody_makes_changes_or_gives_a_role_with_more_than_they_have() {
    on_both_engines(async |shop: Shop| {
        let helper = form("helper", &[("manage_people", "everywhere"), ("promote", "outside_production")]);
        let helper = create(&shop, &shop.ana, helper).await.expect("a role");
        let hans = shop.person("Hans", helper, Place::Installation).await;
        let beyond = |result: Result<_, Error>| match result {
            Err(Error::Forbidden(refusal)) => refusal.action(),
            other => panic!("{other:?}"),
        };
        for (more, action) in [
            (form("more", &[("push", "everywhere")]), Action::Push),
            (form("more", &[("promote", "everywhere")]), Action::Promote),
            (form("more", &[("configure", "everywhere")]), Action::Configure),
        ] {
            assert_eq!(beyond(create(&shop, &hans, more.clone()).await.map(drop)), action);
            assert_eq!(beyond(change(&shop, &hans, "helper", more).await.map(drop)), action);
        }
        create(&shop, &shop.ana, form("pusher", &[("push", "everywhere")])).await.expect("a role");
        shop.stranger("Zoe").await;
        let given = give(&shop, &hans, "Zoe", "pusher", "project:shop").await;
        assert_eq!(beyond(given.map(drop)), Action::Push);
        create(&shop, &hans, form("less", &[("promote", "outside_production")]))
            .await
            .expect("has it himself");
        give(&shop, &hans, "Zoe", "less", "project:shop").await.expect("has it himself");

        // Who manages the people of one project makes no roles: they would count elsewhere, too.
        let place = Place::Project { project: shop.project.id };
        let pia = shop.person("Pia", Role::admin(), place).await;
        for who in [&pia, &shop.ben] {
            assert_eq!(beyond(create(&shop, who, form("own", &[])).await.map(drop)), Action::ManagePeople);
            assert_eq!(
                beyond(change(&shop, who, "less", form("", &[])).await.map(drop)),
                Action::ManagePeople
            );
            assert_eq!(beyond(delete(&shop, who, "less").await), Action::ManagePeople);
        }
        give(&shop, &pia, "Zoe", "pusher", "environment:shop/qa").await.expect("she has it there");
    });
}

#[test]
fn no_role_decides_and_sets_up_and_no_token_decides_by_any() {
    on_both_engines(async |shop: Shop| {
        let both = form("both", &[("approve", "everywhere"), ("configure", "everywhere")]);
        let why = mistake(create(&shop, &shop.ana, both).await);
        assert!(why.contains("permissions[approve]: A role does not decide and also configure"), "{why}");
        let clone = RoleForm { from: "admin".to_owned(), ..form("chief", &[("approve", "everywhere")]) };
        let why = mistake(create(&shop, &shop.ana, clone).await);
        assert!(why.contains("permissions[approve]"), "{why}");

        let judge =
            create(&shop, &shop.ana, form("judge", &[("approve", "everywhere")])).await.expect("a role");
        let place = Place::Project { project: shop.project.id };
        let judith = shop.person("Judith", judge, place).await;
        let all = ["view", "pull", "push", "promote"];
        let (token, _) = shop.token(&judith, "", &all).await;
        assert!(!token.may(Action::Approve, &Target::project(shop.project.id)));
        let form = towpath_domain::tokens::TokenForm {
            title: "T".to_owned(),
            scope: String::new(),
            actions: vec!["approve".to_owned()],
            days: "1".to_owned(),
        };
        assert!(tokens::create(&shop, &judith, form).await.is_err());
    });
}

/// The shop with an integration whose prod takes an approval by a role of its own.
async fn judged(shop: &Shop) {
    create(shop, &shop.ana, form("judge", &[("approve", "everywhere")])).await.expect("a role");
    let prod = StageForm { role: "judge".to_owned(), ..stage("prod", "1") };
    let stages = [stage("qa", ""), prod];
    make_workflow(shop, &shop.ana, "shop", workflow("judged", "environment", &stages)).await.expect("one");
    make_integration(shop, &shop.ana, "shop", integration("web", "environment", "judged"))
        .await
        .expect("one");
}

#[test]
fn a_gate_asks_for_approvals_by_a_role_of_ones_own() {
    on_both_engines(async |shop: Shop| {
        judged(&shop).await;
        let digest = shop.push(&shop.dora, "shop/web/qa", "1.0").await.expect("arrives");
        let wish = towpath_service::promotions::Request {
            integration: "web".to_owned(),
            ..wish(&digest, "qa", "prod")
        };
        let waiting = request(&shop, &shop.ana, wish).await.expect("waits");
        let refused = shop.approve(&shop.ben, &waiting).await;
        assert!(refused.is_err_and(|why| why.to_string().contains("“judge”")), "he is not of the role");
        let place = Place::Project { project: shop.project.id };
        let judge = view(&shop, &shop.ana, "judge").await.expect("sees it").role;
        let judith = shop.person("Judith", judge, place).await;
        let applied = shop.approve(&judith, &waiting).await.expect("counts");
        assert!(matches!(applied.state, State::Applied { .. }), "{:?}", applied.state);

        let without = form("judge", &[("push", "everywhere")]);
        let why = mistake(change(&shop, &shop.ana, "judge", without).await);
        assert!(why.contains("a gate asks for that in shop/judged"), "{why}");
        let still = form("judge", &[("approve", "everywhere"), ("push", "everywhere")]);
        change(&shop, &shop.ana, "judge", still).await.expect("still approves");
    });
}

#[test]
fn a_role_that_something_needs_is_not_deleted_and_a_name_is_given_once() {
    on_both_engines(async |shop: Shop| {
        judged(&shop).await;
        let why = conflict(delete(&shop, &shop.ana, "judge").await);
        assert_eq!(why, "Change the gates that ask for its approval first, in shop/judged.");

        create(&shop, &shop.ana, form("deployer", &[("push", "everywhere")])).await.expect("a role");
        for number in 1..=4 {
            let name = format!("Zoe{number}");
            shop.stranger(&name).await;
            give(&shop, &shop.ana, &name, "deployer", "project:shop").await.expect("may");
        }
        let why = conflict(delete(&shop, &shop.ana, "deployer").await);
        assert_eq!(
            why,
            "Take it from who holds it first: Zoe1 in the project shop, Zoe2 in the project shop, Zoe3 in the project shop, and 1 more."
        );
        for member in members::view(&shop, &shop.ana, "shop").await.expect("sees them").members {
            for role in member.roles.iter().filter(|role| role.role.as_str() == "deployer") {
                revoke(&shop, &shop.ana, role.binding).await.expect("may");
            }
        }
        give(&shop, &shop.ana, "new", "deployer", "project:shop").await.expect("invites");
        let why = conflict(delete(&shop, &shop.ana, "deployer").await);
        assert_eq!(why, "Withdraw the invitations to it first: new@example.org.");
        let seen = members::view(&shop, &shop.ana, "shop").await.expect("sees it");
        towpath_service::people::withdraw(&shop, &shop.ana, seen.invitations[0].link).await.expect("may");

        delete(&shop, &shop.ana, "deployer").await.expect("nothing needs it");
        assert!(matches!(view(&shop, &shop.ana, "deployer").await, Err(Error::NotFound(_))));
        let roles = list(&shop, &shop.dora).await.expect("anybody sees the roles").roles;
        assert!(roles.iter().all(|line| line.role.slug.as_str() != "deployer" && line.holders.is_none()));
        let why = mistake(give(&shop, &shop.ana, "Zoe1", "deployer", "project:shop").await);
        assert!(why.contains("Choose a role"), "{why}");
        let why = mistake(create(&shop, &shop.ana, form("deployer", &[])).await);
        assert!(why.contains("slug: There is a role of this name already, or was one"), "{why}");
        let why =
            mistake(create(&shop, &shop.ana, RoleForm { title: "VIEWER".into(), ..form("v", &[]) }).await);
        assert!(why.contains("title: There is a role of this title"), "{why}");
        assert_eq!(lines(&shop, "role_deleted").await, ["Ana deleted the role deployer"]);
        for slug in ["viewer", "admin"] {
            let changed = change(&shop, &shop.ana, slug, form(slug, &[])).await;
            assert!(matches!(changed, Err(Error::Refused(_))), "{changed:?}");
            assert!(matches!(delete(&shop, &shop.ana, slug).await, Err(Error::Refused(_))));
        }
    });
}

#[test]
fn the_past_knows_a_role_as_it_was() {
    on_both_engines(async |shop: Shop| {
        let zoe = shop.stranger("Zoe").await;
        create(&shop, &shop.ana, form("deployer", &[("push", "everywhere")])).await.expect("a role");
        give(&shop, &shop.ana, "Zoe", "deployer", "project:shop").await.expect("may");
        let then = shop.now().to_string();
        shop.clock.advance(60);
        change(&shop, &shop.ana, "deployer", form("deployer", &[("hold", "everywhere")])).await.expect("may");
        let may = async |action: &str, at: &str| {
            let (action, place, at) = (action.to_owned(), "project:shop".to_owned(), at.to_owned());
            let answer = ask(&shop, &shop.ana, &RightsForm { action, place, at }).await.expect("an answer");
            answer.holders.iter().any(|holder| holder.person == Some(zoe.person()))
        };
        assert!(may("push", &then).await && !may("hold", &then).await);
        assert!(!may("push", "").await && may("hold", "").await);
    });
}

#[test]
fn a_promotion_that_waits_under_an_earlier_workflow_keeps_its_role() {
    on_both_engines(async |shop: Shop| {
        judged(&shop).await;
        let digest = shop.push(&shop.dora, "shop/web/qa", "1.0").await.expect("arrives");
        let wish = towpath_service::promotions::Request {
            integration: "web".to_owned(),
            ..wish(&digest, "qa", "prod")
        };
        let waiting = request(&shop, &shop.ana, wish).await.expect("waits");
        let later = workflow("judged", "environment", &[stage("qa", ""), stage("prod", "1")]);
        workflows::change(&shop, &shop.ana, "shop", "judged", 1, later).await.expect("another version");
        let why = conflict(delete(&shop, &shop.ana, "judge").await);
        assert_eq!(
            why,
            format!("Change the gates that ask for its approval first, in shop #{}.", waiting.number)
        );
    });
}
