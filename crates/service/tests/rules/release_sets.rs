//! Release sets: comparing, moving several builds as one act, and going back.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_environment, make_integration, make_workflow, stage, workflow};
use towpath_domain::access::{Place, Role};
use towpath_domain::holds::HoldForm;
use towpath_domain::projects::ProjectForm;
use towpath_domain::promotions::Choice;
use towpath_domain::release_sets::{
    ActForm, Course, CourseForm, Likeness, Part, Prospect, ReleaseSetView, Told,
};
use towpath_domain::slugs::Slug;
use towpath_domain::workflows::StageForm;
use towpath_service::promotions::decide_all;
use towpath_service::release_sets::{Carry, Compare, Make, carry, compare, course, list, make, view};
use towpath_service::{Error, boards, holds, projects, timeline};

fn comparing(from: &str, to: &str) -> Compare {
    let course = CourseForm { from: from.to_owned(), to: to.to_owned(), at: String::new() };
    Compare { project: "shop".to_owned(), course: Some(course), others: Vec::new() }
}

fn act(parts: &[&str]) -> ActForm {
    ActForm {
        parts: parts.iter().map(ToString::to_string).collect(),
        reason: "The spring release".to_owned(),
        reference: String::new(),
    }
}

fn making(compare: Compare, parts: &[&str]) -> Make {
    Make { compare, title: "Spring".to_owned(), act: act(parts) }
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

fn on(from: &str, to: &str) -> Course {
    Course::Promote { from: slug(from), to: slug(to) }
}

fn carrying(number: i64, course: Course) -> Carry {
    Carry { project: "shop".to_owned(), number, course, act: act(&[]) }
}

/// Gives the shop a second and a third integration.
async fn widen(shop: &Shop) {
    for slug in ["billing", "search"] {
        let form = integration(slug, "environment", "release");
        make_integration(shop, &shop.ana, "shop", form).await.expect("an integration");
    }
}

/// “shop/billing new 1.0”, part by part.
fn told(parts: &[Part]) -> Vec<String> {
    let line = |part: &Part| {
        let tag = part.comes.as_ref().map(|build| build.tag.to_string()).unwrap_or_default();
        format!("{}/{} {} {tag}", part.project, part.integration, part.likeness().name())
    };
    parts.iter().map(line).collect()
}

async fn differences(shop: &Shop, wish: &Compare) -> Vec<String> {
    let view = compare(shop, &shop.ana, wish).await.expect("a comparison");
    told(&view.comparison.expect("asked for").1.parts)
}

async fn seen(shop: &Shop, number: i64) -> ReleaseSetView {
    view(shop, &shop.ana, "shop", number).await.expect("a set")
}

/// “billing applied”, result by result of the newest act.
fn results(view: &ReleaseSetView) -> Vec<String> {
    let line = |result: &towpath_domain::release_sets::ResultLine| {
        let words = match &result.told {
            Told::Promotion { state, .. } => state.name().to_owned(),
            Told::RolledBack => "rolled back".to_owned(),
            Told::Refused { because } => because.clone(),
        };
        format!("{} {words}", result.integration)
    };
    view.acts[0].results.iter().map(line).collect()
}

async fn current(shop: &Shop, integration: &str, bucket: &str) -> String {
    let board = boards::view(shop, &shop.ana, "shop", integration).await.expect("a board");
    let column = board.columns.into_iter().find(|column| column.slot.slug.as_str() == bucket);
    column.expect("a bucket").current.map(|card| card.build.tag.to_string()).unwrap_or_default()
}

#[test]
fn several_services_are_compared_and_go_as_one_act() {
    on_both_engines(async |shop: Shop| {
        widen(&shop).await;
        for (name, version) in [("checkout", "1.0"), ("billing", "2.0")] {
            let to = format!("shop/{name}/qa");
            shop.push(&shop.dora, &to, version).await.expect("arrives");
        }
        let wish = comparing("qa", "staging");
        assert_eq!(differences(&shop, &wish).await, ["shop/billing new 2.0", "shop/checkout new 1.0"]);
        let number = make(&shop, &shop.dora, making(wish.clone(), &[])).await.expect("a set");
        assert_eq!(number, 1);
        let set = seen(&shop, 1).await;
        assert_eq!(results(&set), ["billing applied", "checkout applied"]);
        assert_eq!(current(&shop, "billing", "staging").await, "2.0");
        assert_eq!(set.members.len(), 2);
        assert_eq!(set.members[0].current_in, [slug("qa"), slug("staging")]);
        // What is there already is told last.
        shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        assert_eq!(differences(&shop, &wish).await, ["shop/checkout differs 1.1", "shop/billing same 2.0"]);
        // It goes on with the builds that it has, whatever came after them.
        assert_eq!(set.onward, [(slug("staging"), slug("prod"))]);
        carry(&shop, &shop.dora, carrying(1, on("staging", "prod")))
            .await
            .expect_err("may not promote there");
        carry(&shop, &shop.ana, carrying(1, on("staging", "prod"))).await.expect("may");
        let set = seen(&shop, 1).await;
        assert_eq!(results(&set), ["billing waiting", "checkout waiting"]);
        // One word of one person is enough for all of it.
        let mine = view(&shop, &shop.ben, "shop", 1).await.expect("a set");
        assert_eq!(mine.to_decide.len(), 2);
        let wanted: Vec<_> = mine.to_decide.into_iter().map(|line| line.wanted).collect();
        assert!(set.to_decide.is_empty(), "who asked does not decide");
        let decided = decide_all(&shop, &shop.ben, wanted.clone(), Choice::Approve, "").await.expect("may");
        assert_eq!((decided.done.len(), decided.refused.len()), (2, 0));
        assert_eq!(current(&shop, "checkout", "prod").await, "1.0");
        let again = decide_all(&shop, &shop.ben, wanted, Choice::Approve, "").await.expect("is told");
        assert_eq!((again.done.len(), again.refused.len()), (0, 2));
        assert!(again.trouble().expect("told").contains("is applied already"));
        let page = list(&shop, &shop.ana, "shop", None, 10).await.expect("a list");
        assert_eq!((page.sets.len(), page.sets[0].size), (1, 2));
        assert_eq!(page.sets[0].last, on("staging", "prod"));
    });
}

#[test]
fn what_is_refused_for_one_keeps_no_other_back_and_nothing_is_made_of_refusals_alone() {
    on_both_engines(async |shop: Shop| {
        widen(&shop).await;
        for name in ["checkout", "billing"] {
            shop.push(&shop.dora, &format!("shop/{name}/qa"), "1.0").await.expect("arrives");
        }
        // Promoting by hand leaves the other to the set.
        let both = ["shop/billing", "shop/checkout"];
        let wish = comparing("qa", "staging");
        let first = make(&shop, &shop.dora, making(wish.clone(), &["shop/billing"])).await.expect("a set");
        assert_eq!(results(&seen(&shop, first).await), ["billing applied"]);
        let second = make(&shop, &shop.dora, making(wish.clone(), &both)).await.expect("a set");
        let set = seen(&shop, second).await;
        assert_eq!(results(&set), ["billing It is current there already.", "checkout applied"]);
        assert_eq!(set.members.len(), 2, "it keeps both");
        let before = timeline::head(&shop).await.expect("a size");
        match make(&shop, &shop.dora, making(wish.clone(), &both)).await {
            Err(Error::Refused(words)) => assert!(words.contains("shop/billing: It is current"), "{words}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(timeline::head(&shop).await.expect("a size"), before, "nothing was written");
        let vic = shop.viewer().await;
        shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        let view = compare(&shop, &vic, &wish).await.expect("may look");
        let parts = view.comparison.expect("asked for").1.parts;
        assert_eq!(told(&parts), ["shop/checkout cannot 1.1", "shop/billing same 1.0"]);
        make(&shop, &vic, making(wish, &["shop/checkout"])).await.expect_err("may not promote");
        assert_eq!(list(&shop, &vic, "shop", None, 10).await.expect("a list").sets.len(), 2);
    });
}

#[test]
fn what_somebody_saw_is_what_goes() {
    on_both_engines(async |shop: Shop| {
        let old = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        let wish = comparing("qa", "staging");
        let stale = format!("shop/checkout@{old}");
        match make(&shop, &shop.dora, making(wish.clone(), &[&stale])).await {
            Err(Error::Conflict(words)) => assert!(words.contains("it would be 1.1"), "{words}"),
            other => panic!("{other:?}"),
        }
        for (parts, wrong) in [(&["shop/nothing"][..], "parts"), (&["checkout"], "parts")] {
            match make(&shop, &shop.dora, making(wish.clone(), parts)).await {
                Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, wrong),
                other => panic!("{other:?}"),
            }
        }
        for (course, field) in [
            (CourseForm { from: "qa".into(), to: "qa".into(), at: String::new() }, "to"),
            (CourseForm { from: String::new(), to: "qa".into(), at: String::new() }, "from"),
            (CourseForm { from: "qa".into(), to: "staging".into(), at: "2026-01-01T00:00:00Z".into() }, "at"),
            (CourseForm { from: String::new(), to: "qa".into(), at: "2126-01-01T00:00:00Z".into() }, "at"),
            (CourseForm { from: "QA".into(), to: "staging".into(), at: String::new() }, "from"),
        ] {
            match compare(&shop, &shop.dora, &Compare { course: Some(course), ..wish.clone() }).await {
                Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, field),
                other => panic!("{other:?}"),
            }
        }
    });
}

#[test]
fn a_set_is_taken_back_to_what_was_there_before() {
    on_both_engines(async |shop: Shop| {
        widen(&shop).await;
        for (name, version) in [("checkout", "1.0"), ("billing", "2.0"), ("search", "3.0")] {
            shop.push(&shop.dora, &format!("shop/{name}/qa"), version).await.expect("arrives");
        }
        make(&shop, &shop.dora, making(comparing("qa", "staging"), &["shop/checkout", "shop/billing"]))
            .await
            .expect("a first set");
        let then = shop.now();
        shop.world.clock.advance(60);
        for (name, version) in [("checkout", "1.1"), ("billing", "2.1")] {
            shop.push(&shop.dora, &format!("shop/{name}/qa"), version).await.expect("arrives");
        }
        let number = make(&shop, &shop.dora, making(comparing("qa", "staging"), &[])).await.expect("a set");
        let back = Course::TakeBack { bucket: slug("staging") };
        assert_eq!(seen(&shop, number).await.back, [slug("staging")]);
        let foreseen = course(&shop, &shop.ana, ("shop", number), back.clone()).await.expect("told");
        assert_eq!(
            told(&foreseen.comparison.parts),
            ["shop/billing differs 2.0", "shop/checkout differs 1.0", "shop/search cannot "],
        );
        carry(&shop, &shop.ben, carrying(number, back.clone())).await.expect("may roll back");
        assert_eq!(current(&shop, "checkout", "staging").await, "1.0");
        assert_eq!(results(&seen(&shop, number).await), ["billing rolled back", "checkout rolled back"]);
        let twice = course(&shop, &shop.ana, ("shop", number), back).await.expect("told");
        assert!(twice.comparison.parts.iter().all(|part| part.likeness() == Likeness::Cannot), "{twice:?}");
        // A bucket of all services as it was at a time.
        carry(&shop, &shop.dora, carrying(number, on("qa", "staging"))).await.expect("goes again");
        assert_eq!(current(&shop, "checkout", "staging").await, "1.1");
        let course = CourseForm { from: String::new(), to: "staging".to_owned(), at: then.to_string() };
        let wish = Compare { course: Some(course), ..comparing("", "") };
        assert_eq!(
            differences(&shop, &wish).await,
            ["shop/billing differs 2.0", "shop/checkout differs 1.0", "shop/search cannot "],
        );
        let restored = make(&shop, &shop.ben, making(wish, &[])).await.expect("may roll back");
        assert_eq!(results(&seen(&shop, restored).await), ["billing rolled back", "checkout rolled back"]);
        assert_eq!(current(&shop, "billing", "staging").await, "2.0");
    });
}

#[test]
fn what_has_to_be_approved_to_go_back_stands_with_the_set() {
    on_both_engines(async |shop: Shop| {
        let asks = StageForm { rollbacks_ask: Some("on".to_owned()), ..stage("staging", "1") };
        let careful = workflow("careful", "environment", &[stage("qa", ""), asks]);
        make_workflow(&shop, &shop.ana, "shop", careful).await.expect("a workflow");
        let form = integration("pay", "environment", "careful");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let approve = async |number: i64| {
            let waits = view(&shop, &shop.ben, "shop", number).await.expect("a set").to_decide;
            let wanted = waits.into_iter().map(|line| line.wanted).collect();
            decide_all(&shop, &shop.ben, wanted, Choice::Approve, "").await.expect("may").done.len()
        };
        let mut number = 0;
        for version in ["1.0", "1.1"] {
            shop.push(&shop.dora, "shop/pay/qa", version).await.expect("arrives");
            let wish = making(comparing("qa", "staging"), &["shop/pay"]);
            number = make(&shop, &shop.dora, wish).await.expect("a set");
            assert_eq!(approve(number).await, 1);
        }
        let back = Course::TakeBack { bucket: slug("staging") };
        assert_eq!(seen(&shop, number).await.back, [slug("staging")]);
        carry(&shop, &shop.ana, carrying(number, back)).await.expect("may ask");
        let waits = seen(&shop, number).await;
        assert_eq!(results(&waits), ["pay waiting"]);
        assert!(waits.back.is_empty(), "it is asked for already");
        assert_eq!(current(&shop, "pay", "staging").await, "1.1");
        assert_eq!(approve(number).await, 1);
        assert_eq!(results(&seen(&shop, number).await), ["pay applied"]);
        assert_eq!(current(&shop, "pay", "staging").await, "1.0");
    });
}

#[test]
fn what_a_set_did_not_bring_is_not_taken_back_with_it() {
    on_both_engines(async |shop: Shop| {
        widen(&shop).await;
        let back = Course::TakeBack { bucket: slug("staging") };
        let cannot = async |number: i64| {
            let foreseen = course(&shop, &shop.ana, ("shop", number), back.clone()).await.expect("told");
            told(&foreseen.comparison.parts)
        };
        // It was there before the set, which keeps it as a member all the same.
        let by_hand = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &by_hand, "qa", "staging").await.expect("goes");
        let next = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        shop.promote(&shop.dora, &next, "qa", "staging").await.expect("goes");
        for version in ["2.0", "2.1"] {
            shop.push(&shop.dora, "shop/billing/qa", version).await.expect("arrives");
        }
        let both = ["shop/billing", "shop/checkout"];
        let number = make(&shop, &shop.dora, making(comparing("qa", "staging"), &both)).await.expect("a set");
        assert_eq!(cannot(number).await, ["shop/billing cannot ", "shop/checkout cannot 1.0"]);
        assert!(seen(&shop, number).await.back.contains(&slug("staging")), "billing came by it");
        // What came after it and was rolled back is nothing to go back to.
        shop.push(&shop.dora, "shop/checkout/qa", "1.2").await.expect("arrives");
        let number = make(&shop, &shop.dora, making(comparing("qa", "staging"), &[])).await.expect("a set");
        assert_eq!(cannot(number).await, ["shop/checkout differs 1.1"]);
        let bad = shop.push(&shop.dora, "shop/checkout/qa", "1.3").await.expect("arrives");
        shop.promote(&shop.dora, &bad, "qa", "staging").await.expect("goes");
        shop.roll_back(&shop.ben, "staging").await.expect("may");
        assert_eq!(current(&shop, "checkout", "staging").await, "1.2");
        assert_eq!(cannot(number).await, ["shop/checkout cannot 1.3"]);
        assert!(seen(&shop, number).await.back.is_empty());
        carry(&shop, &shop.ben, carrying(number, back.clone())).await.expect_err("nothing to take back");
        // A bucket that no act of it entered.
        let qa = Course::TakeBack { bucket: slug("qa") };
        carry(&shop, &shop.ben, carrying(number, qa)).await.expect_err("it did not come by the set");
    });
}

#[test]
fn what_is_there_by_now_has_to_be_what_somebody_saw() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &first, "qa", "staging").await.expect("goes");
        let then = shop.now();
        shop.world.clock.advance(60);
        let second = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        shop.promote(&shop.dora, &second, "qa", "staging").await.expect("goes");
        let course = CourseForm { from: String::new(), to: "staging".to_owned(), at: then.to_string() };
        let wish = Compare { course: Some(course), ..comparing("", "") };
        let view = compare(&shop, &shop.ben, &wish).await.expect("told");
        let part = view.comparison.expect("asked for").1.parts.remove(0);
        let seen = part.pick().expect("can go").to_string();
        let third = shop.push(&shop.dora, "shop/checkout/qa", "1.2").await.expect("arrives");
        shop.promote(&shop.dora, &third, "qa", "staging").await.expect("goes");
        match make(&shop, &shop.ben, making(wish, &[&seen])).await {
            Err(Error::Conflict(words)) => assert!(words.contains("1.2 is current there"), "{words}"),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn projects_take_part_that_who_asks_may_see_and_each_is_judged_under_its_own_rules() {
    on_both_engines(async |shop: Shop| {
        let form = ProjectForm { slug: "lab".to_owned(), title: "The lab".to_owned() };
        let lab = projects::create(&shop, &shop.ana, form).await.expect("a project");
        for name in ["qa", "staging"] {
            make_environment(&shop, &shop.ana, "lab", name, name).await;
        }
        let stages = [stage("qa", ""), stage("staging", "1")];
        make_workflow(&shop, &shop.ana, "lab", workflow("release", "environment", &stages))
            .await
            .expect("a workflow");
        let form = integration("probe", "environment", "release");
        make_integration(&shop, &shop.ana, "lab", form).await.expect("an integration");
        shop.push(&shop.ana, "lab/probe/qa", "9.0").await.expect("arrives");
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let wish = Compare { others: vec!["lab".to_owned()], ..comparing("qa", "staging") };
        match compare(&shop, &shop.dora, &wish).await {
            Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, "projects"),
            other => panic!("{other:?}"),
        }
        let number = make(&shop, &shop.ana, making(wish, &[])).await.expect("a set");
        assert_eq!(results(&seen(&shop, number).await), ["probe waiting", "checkout applied"]);
        // Who sees one of the projects sees its part of the set.
        let set = view(&shop, &shop.dora, "shop", number).await.expect("a set");
        assert_eq!((set.members.len(), set.acts[0].results.len()), (1, 1));
        assert_eq!(list(&shop, &shop.dora, "shop", None, 10).await.expect("a list").sets[0].size, 1);
        // A set of which somebody sees nothing is none to them.
        shop.push(&shop.ana, "lab/probe/qa", "9.1").await.expect("arrives");
        let alone = Compare { others: vec!["lab".to_owned()], ..comparing("qa", "staging") };
        let hidden = make(&shop, &shop.ana, making(alone, &["lab/probe"])).await.expect("a set");
        view(&shop, &shop.dora, "shop", hidden).await.expect_err("sees none of its builds");
        assert_eq!(list(&shop, &shop.dora, "shop", None, 10).await.expect("a list").sets.len(), 1);
        let eve = shop.world.person("Eve", Role::release_manager(), Place::Project { project: lab.id }).await;
        view(&shop, &eve, "shop", number).await.expect_err("sees the lab only");
        // An archived project keeps its own part back, and no other.
        shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        projects::archive(&shop, &shop.ana, "lab").await.expect("archived");
        let wish = Compare { others: vec!["lab".to_owned()], ..comparing("qa", "staging") };
        let parts = differences(&shop, &wish).await;
        assert_eq!(parts, ["shop/checkout differs 1.1", "lab/probe cannot 9.1"]);
    });
}

#[test]
fn a_hold_keeps_a_part_waiting_and_a_reference_is_asked_for_beside_its_field() {
    on_both_engines(async |shop: Shop| {
        let asks = StageForm { reference: r"CHG-\d+".to_owned(), ..stage("staging", "") };
        let form = workflow("tickets", "environment", &[stage("qa", ""), asks]);
        make_workflow(&shop, &shop.ana, "shop", form).await.expect("a workflow");
        let form = integration("billing", "environment", "tickets");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        for name in ["checkout", "billing"] {
            shop.push(&shop.dora, &format!("shop/{name}/qa"), "1.0").await.expect("arrives");
        }
        let on = "bucket:shop/checkout/staging".to_owned();
        let hold = HoldForm { on, reason: "Payments are down".to_owned(), ..HoldForm::default() };
        holds::place(&shop, &shop.ben, hold).await.expect("may");
        let view = compare(&shop, &shop.dora, &comparing("qa", "staging")).await.expect("told");
        let parts = view.comparison.expect("asked for").1.parts;
        assert_eq!(parts[0].asks_for.as_deref(), Some(r"CHG-\d+"));
        assert!(matches!(parts[1].prospect, Prospect::Waits { .. }), "{parts:?}");
        match make(&shop, &shop.dora, making(comparing("qa", "staging"), &[])).await {
            Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, "reference"),
            other => panic!("{other:?}"),
        }
        let mut wish = making(comparing("qa", "staging"), &[]);
        wish.act.reference = "INC-1".to_owned();
        let number = make(&shop, &shop.dora, wish.clone()).await.expect("the other one goes");
        let told = results(&seen(&shop, number).await);
        assert!(told[0].contains("is not of the form"), "{told:?}");
        assert_eq!(told[1], "checkout waiting");
        wish.act = ActForm { reference: "CHG-1".to_owned(), ..act(&["shop/billing"]) };
        let number = make(&shop, &shop.dora, wish).await.expect("goes");
        assert_eq!(results(&seen(&shop, number).await), ["billing applied"]);
    });
}
