//! Deciding for others.

use crate::engines::on_both_engines;
use crate::shop::{Shop, decision, integration, make_integration, make_workflow, stage, wish, workflow};
use crate::world::line;
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::changes::ChangesForm;
use towpath_domain::delegations::DelegationForm;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::DelegationId;
use towpath_domain::projects::ProjectForm;
use towpath_domain::promotions::{Choice, Promotion, State};
use towpath_domain::timeline::Filter;
use towpath_service::promotions::{Decide, Request, decide, request};
use towpath_service::{Error, buckets, changes, delegations, inbox, people, projects};

/// Hands the decisions of somebody in the shop to another.
fn form(to: &str) -> DelegationForm {
    DelegationForm {
        delegate: format!("{to}@example.org"),
        project: "shop".to_owned(),
        until: "14d".to_owned(),
        reason: "On holiday".to_owned(),
        ..DelegationForm::default()
    }
}

async fn hand_over(shop: &Shop, from: &Actor, to: &str) -> DelegationId {
    delegations::make(shop, from, form(to)).await.expect("is handed over").id
}

/// A promotion to prod that Ana asked for and that waits for one approval.
async fn waiting(shop: &Shop, tag: &str) -> Promotion {
    let digest = shop.push(&shop.dora, "shop/checkout/qa", tag).await.expect("arrives");
    shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes to staging");
    shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits")
}

/// An integration whose staging takes two approvals, with a build of which Dora asks to promote it there.
async fn doubled(shop: &Shop) -> Promotion {
    let stages = [stage("qa", ""), stage("staging", "2")];
    make_workflow(shop, &shop.ana, "shop", workflow("double", "environment", &stages)).await.expect("one");
    make_integration(shop, &shop.ana, "shop", integration("web", "environment", "double"))
        .await
        .expect("one");
    let digest = shop.push(&shop.dora, "shop/web/qa", "1.0").await.expect("arrives");
    let wish = Request { integration: "web".to_owned(), ..wish(&digest, "qa", "staging") };
    request(shop, &shop.dora, wish).await.expect("waits")
}

fn named(promotion: &Promotion, name: &str) -> Decide {
    Decide { in_name_of: format!("{name}@example.org"), ..decision(promotion, Choice::Approve) }
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Refused(why) | Error::Conflict(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn mistake<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Invalid(invalid)) => invalid.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_viewer_decides_in_the_name_of_who_handed_over_and_both_names_are_told() {
    on_both_engines(async |shop: Shop| {
        let vic = shop.viewer().await;
        let asked = waiting(&shop, "1.0").await;
        let not_yet = decide(&shop, &vic, decision(&asked, Choice::Approve)).await;
        assert!(matches!(not_yet, Err(Error::Forbidden(_))), "{not_yet:?}");
        assert!(inbox::list(&shop, &vic).await.expect("reads").to_decide.is_empty());

        hand_over(&shop, &shop.ben, "vic").await;
        let mine = inbox::list(&shop, &vic).await.expect("reads").to_decide;
        assert_eq!(mine.iter().map(|line| line.for_other.as_deref()).collect::<Vec<_>>(), [Some("Ben")]);
        let page = inbox::promotion(&shop, &vic, "shop", asked.number).await.expect("reads");
        assert!(page.may_decide.is_err());
        assert_eq!(
            page.for_others.iter().map(|one| (&*one.name, one.may.is_ok())).collect::<Vec<_>>(),
            [("Ben", true)]
        );

        let as_typed = Decide { in_name_of: " Ben@Example.ORG ".to_owned(), ..named(&asked, "ben") };
        let applied = decide(&shop, &vic, as_typed).await.expect("may approve for Ben");
        assert!(matches!(applied.state, State::Applied { .. }));
        let page = inbox::promotion(&shop, &shop.ana, "shop", asked.number).await.expect("reads");
        let who = page.promotion.decisions[0].who(|person| page.name(person).to_owned());
        assert_eq!(who, "Vic for Ben");
        let told = shop
            .timeline(&shop.ana, Filter { kind: "promotion_decided".to_owned(), ..Filter::default() })
            .await;
        assert!(line(&told[0]).contains("Vic approved #2 of 1.0"), "{}", line(&told[0]));
        assert!(line(&told[0]).contains("in the name of Ben"), "{}", line(&told[0]));
        let report = changes::view(&shop, &shop.ana, "shop", &ChangesForm::default()).await.expect("reads");
        assert_eq!(report.changes[0].approved_by, ["Vic for Ben"]);
    });
}

#[test]
fn who_asked_gets_round_nothing_by_either_name() {
    on_both_engines(async |shop: Shop| {
        let vic = shop.viewer().await;
        hand_over(&shop, &shop.ben, "vic").await;
        hand_over(&shop, &shop.ben, "ana").await;
        // Ana asked, and decides for Ben.
        let asked = waiting(&shop, "1.0").await;
        let why = refused(decide(&shop, &shop.ana, named(&asked, "ben")).await);
        assert!(why.starts_with("You asked for this promotion"), "{why}");
        // Ben asked, and Vic decides for him.
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes to staging");
        let asked = shop.promote(&shop.ben, &digest, "staging", "prod").await.expect("waits");
        let why = refused(decide(&shop, &vic, named(&asked, "ben")).await);
        assert!(why.contains("They asked for this promotion"), "{why}");
        assert!(
            inbox::list(&shop, &vic)
                .await
                .expect("reads")
                .to_decide
                .iter()
                .all(|line| line.number != asked.number)
        );
    });
}

#[test]
fn one_person_counts_once_whatever_they_hand_over() {
    on_both_engines(async |shop: Shop| {
        let carl = shop.person("Carl", Role::release_manager(), Place::Installation).await;
        hand_over(&shop, &shop.ben, "carl").await;
        let asked = doubled(&shop).await;
        // By default it is one's own word.
        let once = decide(&shop, &carl, decision(&asked, Choice::Approve)).await.expect("his own");
        assert_eq!((once.decisions[0].person, once.decisions[0].by), (carl.person(), None));
        let why = refused(decide(&shop, &carl, named(&asked, "ben")).await);
        assert!(why.contains("decided on this promotion already"), "{why}");
        let both = decide(&shop, &shop.ben, decision(&asked, Choice::Approve)).await.expect("Ben himself");
        assert!(matches!(both.state, State::Applied { .. }));
    });
}

#[test]
fn nothing_but_deciding_is_handed_over_and_it_goes_no_further() {
    on_both_engines(async |shop: Shop| {
        let vic = shop.viewer().await;
        hand_over(&shop, &shop.ben, "vic").await;
        let asked = waiting(&shop, "1.0").await;
        let digest = asked.digest.to_string();
        let refused = shop.promote(&vic, &digest, "qa", "staging").await;
        assert!(matches!(refused, Err(Error::Forbidden(_) | Error::Conflict(_))), "{refused:?}");
        let refused = buckets::resume(&shop, &vic, &crate::shop::checkout("qa"), "").await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let further = mistake(delegations::make(&shop, &vic, form("dora")).await);
        assert!(further.contains("nothing to hand over"), "{further}");
        // Carl has decisions of his own to hand over, but not Ben's.
        let carl = shop.person("Carl", Role::release_manager(), Place::Installation).await;
        hand_over(&shop, &shop.ben, "carl").await;
        hand_over(&shop, &carl, "dora").await;
        let why = mistake(decide(&shop, &shop.dora, named(&asked, "ben")).await);
        assert!(why.contains("Nobody of this address"), "{why}");
        // A token decides for nobody.
        let (machine, _) = shop.token(&vic, "", &["view"]).await;
        let by_token = decide(&shop, &machine, decision(&asked, Choice::Approve)).await;
        assert!(matches!(by_token, Err(Error::Forbidden(_))), "{by_token:?}");
        assert!(matches!(delegations::list(&shop, &machine).await, Err(Error::Refused(_))));
    });
}

#[test]
fn in_another_project_and_by_another_role_nothing_was_handed_over() {
    on_both_engines(async |shop: Shop| {
        let lab = ProjectForm { slug: "lab".to_owned(), title: "The lab".to_owned() };
        projects::create(&shop, &shop.ana, lab).await.expect("a project");
        let carl = shop.person("Carl", Role::release_manager(), Place::Installation).await;
        let vic = shop.person("Vic", Role::viewer(), Place::Installation).await;
        let elsewhere = DelegationForm { project: "lab".to_owned(), ..form("vic") };
        delegations::make(&shop, &carl, elsewhere).await.expect("is handed over");
        let asked = waiting(&shop, "1.0").await;
        let why = refused_or_forbidden(decide(&shop, &vic, named(&asked, "carl")).await);
        assert!(why.contains("did not hand that over"), "{why}");
        let wide =
            DelegationForm { project: String::new(), role: "release-manager".to_owned(), ..form("vic") };
        delegations::make(&shop, &carl, wide).await.expect("is handed over");
        // Of two by the same person, the one that counts does.
        decide(&shop, &vic, named(&asked, "carl")).await.expect("may approve for Carl");
    });
}

fn refused_or_forbidden<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(error @ (Error::Forbidden(_) | Error::Refused(_))) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_ends_when_it_is_ended_or_its_time_comes() {
    on_both_engines(async |shop: Shop| {
        let vic = shop.viewer().await;
        let asked = waiting(&shop, "1.0").await;
        let over = |result| mistake(result).contains("it is over");
        let first = hand_over(&shop, &shop.ben, "vic").await;
        let stranger = delegations::end(&shop, &shop.dora, first).await;
        assert!(matches!(stranger, Err(Error::NotFound(_))), "{stranger:?}");
        delegations::end(&shop, &shop.ben, first).await.expect("he takes it back");
        assert!(over(decide(&shop, &vic, named(&asked, "ben")).await));
        assert!(matches!(delegations::end(&shop, &shop.ben, first).await, Err(Error::Conflict(_))));
        let second = hand_over(&shop, &shop.ben, "vic").await;
        delegations::end(&shop, &vic, second).await.expect("she gives it back");
        let third = hand_over(&shop, &shop.ben, "vic").await;
        delegations::end(&shop, &shop.ana, third).await.expect("whoever manages people may");
        hand_over(&shop, &shop.ben, "vic").await;
        shop.world.clock.advance(14 * 86_400);
        assert!(over(decide(&shop, &vic, named(&asked, "ben")).await));
        let view = delegations::list(&shop, &shop.ben).await.expect("reads");
        assert!(view.given.is_empty());
        assert_eq!(shop.told(&shop.ana, "delegation_made").await, 4);
        assert_eq!(shop.told(&shop.ana, "delegation_ended").await, 3);
        let told = shop
            .timeline(&shop.ana, Filter { kind: "delegation_ended".to_owned(), ..Filter::default() })
            .await;
        assert!(
            line(&told[0]).contains("Ana ended that Vic takes the decisions in shop of Ben"),
            "{}",
            line(&told[0])
        );
    });
}

#[test]
fn it_ends_with_the_role_for_good() {
    on_both_engines(async |shop: Shop| {
        let vic = shop.viewer().await;
        hand_over(&shop, &shop.ben, "vic").await;
        let asked = waiting(&shop, "1.0").await;
        let people = people::list(&shop, &shop.ana).await.expect("reads").people;
        let ben = people.iter().find(|member| member.person.id == shop.ben.person()).expect("is there");
        people::revoke(&shop, &shop.ana, ben.roles[0].binding).await.expect("is taken");
        assert_eq!(shop.told(&shop.ana, "delegation_ended").await, 1);
        let invitation = towpath_domain::people::InvitationForm {
            email: "ben@example.org".to_owned(),
            role: "release-manager".to_owned(),
            place: "project:shop".to_owned(),
        };
        people::invite(&shop, &shop.ana, invitation).await.expect("is given again");
        let why = mistake(decide(&shop, &vic, named(&asked, "ben")).await);
        assert!(why.contains("it is over"), "{why}");
    });
}

#[test]
fn it_ends_when_either_is_deactivated_and_what_was_approved_so_is_undecided() {
    on_both_engines(async |shop: Shop| {
        let vic = shop.viewer().await;
        hand_over(&shop, &shop.ben, "vic").await;
        let asked = doubled(&shop).await;
        let once = decide(&shop, &vic, named(&asked, "ben")).await.expect("one of two");
        assert_eq!(once.decisions.len(), 1);
        people::deactivate(&shop, &shop.ana, vic.person()).await.expect("is deactivated");
        let page = inbox::promotion(&shop, &shop.ana, "shop", asked.number).await.expect("reads");
        assert!(page.promotion.decisions.is_empty());
        people::reactivate(&shop, &shop.ana, vic.person()).await.expect("is back");
        assert!(delegations::list(&shop, &vic).await.expect("reads").taken.is_empty());

        hand_over(&shop, &shop.ben, "vic").await;
        decide(&shop, &vic, named(&asked, "ben")).await.expect("one of two");
        people::deactivate(&shop, &shop.ana, shop.ben.person()).await.expect("is deactivated");
        let page = inbox::promotion(&shop, &shop.ana, "shop", asked.number).await.expect("reads");
        assert!(page.promotion.decisions.is_empty());
        let why = mistake(decide(&shop, &vic, named(&asked, "ben")).await);
        assert!(why.contains("it is over"), "{why}");
    });
}

#[test]
fn what_cannot_be_handed_over_is_told_beside_its_field() {
    on_both_engines(async |shop: Shop| {
        shop.stranger("Sam").await;
        shop.viewer().await;
        let wrong = async |form: DelegationForm, field: &str, why: &str| {
            let made = delegations::make(&shop, &shop.ben, form).await;
            let Err(Error::Invalid(invalid)) = made else { panic!("{made:?}") };
            let mistake = &Invalid::errors(&invalid)[0];
            assert_eq!(mistake.field, field);
            assert!(mistake.message.contains(why), "{}", mistake.message);
        };
        wrong(form("ben"), "delegate", "yourself").await;
        // An account of somebody whom he does not see is as none.
        for unseen in ["nobody", "sam"] {
            wrong(form(unseen), "delegate", "Nobody whom you know from a project has an account").await;
        }
        wrong(DelegationForm { project: "bank".to_owned(), ..form("vic") }, "project", "that you see").await;
        wrong(DelegationForm { role: "admin".to_owned(), ..form("vic") }, "role", "nothing to hand over")
            .await;
        wrong(DelegationForm { until: "91d".to_owned(), ..form("vic") }, "until", "90 days at most").await;
        wrong(DelegationForm { reason: String::new(), ..form("vic") }, "reason", "Fill this in").await;
        hand_over(&shop, &shop.ben, "vic").await;
        let twice = delegations::make(&shop, &shop.ben, form("vic")).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
    });
}
