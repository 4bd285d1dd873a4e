//! Changes that take a second person.

use crate::engines::on_both_engines;
use crate::shop::{Shop, stage, workflow};
use crate::world::line;
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::holds::HoldForm;
use towpath_domain::proposals::{LONGEST_WAIT, Proposal, State};
use towpath_domain::timeline::Filter;
use towpath_domain::workflows::{Workflow, WorkflowForm};
use towpath_service::proposals::{Outcome, confirm, expire, list, reject, view, withdraw};
use towpath_service::{Error, Service, holds, inbox, people, workflows};

/// The workflow of the shop, with so many approvals before `prod`.
fn approved_by(approvals: &str) -> WorkflowForm {
    let drops = Some("on".to_owned());
    let stages = [stage("qa", ""), stage("staging", ""), stage("prod", approvals)];
    WorkflowForm { drops, ..workflow("release", "environment", &stages) }
}

async fn change(service: &Service, by: &Actor, version: i64, form: WorkflowForm) -> Outcome<Workflow> {
    workflows::change(service, by, "shop", "release", version, form).await.expect("is taken")
}

fn proposed<T: std::fmt::Debug>(outcome: Outcome<T>) -> Proposal {
    match outcome {
        Outcome::Proposed(proposal) => *proposal,
        Outcome::Done(done) => panic!("{done:?}"),
    }
}

async fn version(shop: &Shop) -> i64 {
    workflows::view(shop, &shop.ana, "shop", "release").await.expect("reads").workflow.version
}

async fn told(shop: &Shop, kind: &str) -> Vec<String> {
    let filter = Filter { kind: kind.to_owned(), ..Filter::default() };
    shop.timeline(&shop.ana, filter).await.iter().map(line).collect()
}

#[test]
fn gates_of_production_change_once_a_second_person_confirms_it() {
    on_both_engines(async |shop: Shop| {
        let service = shop.cautious().await;
        let zoe = shop.person("Zoe", Role::admin(), Place::Installation).await;
        let proposal = proposed(change(&service, &shop.ana, 1, approved_by("")).await);
        assert_eq!(version(&shop).await, 1, "nothing has changed");
        assert_eq!(proposal.subject.title, "the change of the workflow release of shop");
        assert!(
            proposal.subject.changes[0].starts_with("prod: without gates, instead of with"),
            "{proposal:?}"
        );
        let own = confirm(&service, &shop.ana, proposal.number).await;
        assert!(matches!(&own, Err(Error::Refused(why)) if why.contains("yourself")), "{own:?}");
        // Who may not do it is not even told that it is there.
        let hidden = confirm(&service, &shop.dora, proposal.number).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        assert!(list(&service, &shop.dora).await.expect("reads").waiting.is_empty());
        assert_eq!(view(&service, &shop.ana, proposal.number).await.expect("reads").others, ["Zoe"]);
        assert_eq!(inbox::list(&service, &zoe).await.expect("reads").proposals, 1);
        assert_eq!(inbox::list(&service, &shop.ana).await.expect("reads").proposals, 0);
        let confirmed = confirm(&service, &zoe, proposal.number).await.expect("may");
        assert!(matches!(confirmed.state, State::Applied { by, .. } if by == zoe.person()));
        assert_eq!(version(&shop).await, 2);
        assert_eq!(inbox::list(&service, &zoe).await.expect("reads").proposals, 0);
        let again = confirm(&service, &zoe, proposal.number).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        let lines = told(&shop, "proposal_confirmed").await;
        assert!(
            lines[0].contains(
                "Zoe confirmed the change of the workflow release of shop (proposal 1), which Ana proposed"
            ),
            "{lines:?}"
        );
        let filter = Filter { kind: "workflow_changed".to_owned(), ..Filter::default() };
        let entries = shop.timeline(&shop.ana, filter).await;
        assert_eq!(entries[0].mark.as_deref(), Some("touches production"));
    });
}

#[test]
fn what_does_not_touch_production_is_done_at_once() {
    on_both_engines(async |shop: Shop| {
        let service = shop.cautious().await;
        let stages = [stage("qa", ""), stage("staging", "1"), stage("prod", "1")];
        let form = workflow("release", "environment", &stages);
        let done = change(&service, &shop.ana, 1, form).await.done().expect("staging is not production");
        assert_eq!(done.version, 2);
        let filter = Filter { kind: "workflow_changed".to_owned(), ..Filter::default() };
        assert_eq!(shop.timeline(&shop.ana, filter).await[0].mark, None);
        // Where nothing is demanded, all is done at once, and marked.
        let done = change(&shop, &shop.ana, 2, approved_by("2")).await.done().expect("nothing is demanded");
        assert_eq!(done.version, 3);
    });
}

#[test]
fn a_proposal_is_void_once_what_it_changes_has_changed() {
    on_both_engines(async |shop: Shop| {
        let service = shop.cautious().await;
        let zoe = shop.person("Zoe", Role::admin(), Place::Installation).await;
        let late = proposed(change(&service, &shop.ana, 1, approved_by("")).await);
        let first = proposed(change(&service, &shop.ana, 1, approved_by("2")).await);
        confirm(&service, &zoe, first.number).await.expect("the first");
        let void = confirm(&service, &zoe, late.number).await;
        assert!(matches!(&void, Err(Error::Conflict(why)) if why.contains("version 2")), "{void:?}");
        let state = view(&service, &zoe, late.number).await.expect("reads").proposal.state;
        assert!(matches!(state, State::Void { .. }), "{state:?}");
        assert_eq!(version(&shop).await, 2, "nothing was half done");
        assert_eq!(
            (told(&shop, "proposal_void").await.len(), told(&shop, "proposal_confirmed").await.len()),
            (1, 1)
        );

        // Nor is it done for somebody who may not do it any more.
        let gone = proposed(change(&service, &shop.ana, 2, approved_by("")).await);
        people::deactivate(&shop, &zoe, shop.ana.person()).await.expect("may");
        let void = confirm(&service, &zoe, gone.number).await;
        assert!(matches!(&void, Err(Error::Conflict(why)) if why.contains("any more")), "{void:?}");
        assert_eq!(version(&shop).await, 2);
    });
}

#[test]
fn a_proposal_is_rejected_withdrawn_or_expires() {
    on_both_engines(async |shop: Shop| {
        let service = shop.cautious().await;
        let zoe = shop.person("Zoe", Role::admin(), Place::Installation).await;
        let asked = async || proposed(change(&service, &shop.ana, 1, approved_by("")).await).number;
        let rejected = asked().await;
        let silent = reject(&service, &zoe, rejected, " ").await;
        assert!(matches!(silent, Err(Error::Invalid(_))), "{silent:?}");
        let own = reject(&service, &shop.ana, rejected, "not mine").await;
        assert!(matches!(own, Err(Error::Refused(_))), "{own:?}");
        reject(&service, &zoe, rejected, "We need that approval.").await.expect("may");
        let withdrawn = asked().await;
        let other = withdraw(&service, &zoe, withdrawn).await;
        assert!(matches!(other, Err(Error::Refused(_))), "{other:?}");
        withdraw(&service, &shop.ana, withdrawn).await.expect("is hers");
        let expired = asked().await;
        assert_eq!(expire(&service).await.expect("looks"), 0);
        shop.clock.advance(LONGEST_WAIT.seconds());
        let late = confirm(&service, &zoe, expired).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert_eq!(expire(&service).await.expect("looks"), 1);
        let states: Vec<&str> = list(&service, &zoe)
            .await
            .expect("reads")
            .over
            .iter()
            .map(|line| line.proposal.state.name())
            .collect();
        assert_eq!(states, ["expired", "withdrawn", "rejected"]);
        assert_eq!(version(&shop).await, 1);
    });
}

#[test]
fn a_new_default_is_no_way_past_the_second_person() {
    on_both_engines(async |shop: Shop| {
        let service = shop.cautious().await;
        let on = Some("on".to_owned());
        let default = WorkflowForm { is_default: on.clone(), ..approved_by("1") };
        let zoe = shop.person("Zoe", Role::admin(), Place::Installation).await;
        let made = proposed(change(&service, &shop.ana, 1, default).await);
        confirm(&service, &zoe, made.number).await.expect("may");
        let stages = [stage("qa", ""), stage("prod", "")];
        let open = WorkflowForm { is_default: on, ..workflow("open", "environment", &stages) };
        let refused = workflows::create(&service, &shop.ana, "shop", open.clone()).await;
        assert!(
            matches!(&refused, Err(Error::Invalid(why)) if why.to_string().contains("second person")),
            "{refused:?}"
        );
        let alone = WorkflowForm { is_default: None, ..open.clone() };
        workflows::create(&service, &shop.ana, "shop", alone).await.expect("nobody follows it");
        let taking = workflows::change(&service, &shop.ana, "shop", "open", 1, open).await;
        proposed(taking.expect("is taken"));
    });
}

#[test]
fn the_end_of_a_hold_on_production_takes_a_second_person_and_its_begin_does_not() {
    on_both_engines(async |shop: Shop| {
        let service = shop.cautious().await;
        let hold = async |on: &str| {
            let form = HoldForm { on: on.to_owned(), reason: "Frozen".to_owned(), ..HoldForm::default() };
            holds::place(&service, &shop.ben, form).await.expect("is placed at once").number
        };
        let (prod, qa) = (hold("environment:shop/prod").await, hold("environment:shop/qa").await);
        let released = holds::release(&service, &shop.ben, qa, "").await.expect("may");
        assert!(released.done().is_some());
        let proposal = proposed(holds::release(&service, &shop.ben, prod, "All is well").await.expect("may"));
        let marks: Vec<Option<String>> = shop
            .timeline(&shop.ana, Filter { kind: "hold_placed".to_owned(), ..Filter::default() })
            .await
            .into_iter()
            .map(|entry| entry.mark)
            .collect();
        assert_eq!(marks, [None, Some("touches production".to_owned())]);
        confirm(&service, &shop.ana, proposal.number).await.expect("an admin may hold, too");
        let view = holds::view(&shop, &shop.ana, prod).await.expect("reads");
        assert!(view.line.hold.released.is_some());
        let over = holds::release(&service, &shop.ben, prod, "").await;
        assert!(matches!(over, Err(Error::Conflict(_))), "{over:?}");
    });
}
