//! Trusted publishing: which jobs get a token, what that may do, and what becomes of those that get none.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration, make_workflow, stage, wish, workflow};
use crate::signing::Ci;
use crate::world::{HOME, PASSWORD, secret};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use towpath_domain::access::{Actor, Place, Refusal as Denial, Role};
use towpath_domain::changes::ChangesForm;
use towpath_domain::ids::PublisherId;
use towpath_domain::people::{InvitationForm, JoinForm};
use towpath_domain::promotions::State;
use towpath_domain::publishers::{PublisherForm, Refusal};
use towpath_domain::rules::{CriterionForm, RuleForm};
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_domain::workflows::StageForm;
use towpath_service::promotions::{Request, request};
use towpath_service::publishers::{add, choices, demand, exchange, remove, view};
use towpath_service::timeline::export;
use towpath_service::{Error, builds, changes, images, links, people, rules, tokens};

/// One of GitHub Enterprise Server, whose keys are uploaded: nothing is fetched.
const ISSUER: &str = "https://ghe.example/_services/token";
const AUDIENCE: &str = "http://localhost:3000";

/// The token of a job, which says this beside what all say.
fn job_token(ci: &Ci, shop: &Shop, change: &Value) -> String {
    ci.token(&claims(shop, change))
}

fn claims(shop: &Shop, change: &Value) -> Value {
    let now = shop.now().micros() / 1_000_000;
    let mut claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "repo:acme/shop:ref:refs/heads/main", "jti": "job-1",
        "iat": now, "nbf": now, "exp": now + 300,
        "repository": "acme/shop", "repository_owner_id": "42", "repository_id": "77", "event_name": "push",
        "workflow_ref": "acme/shop/.github/workflows/release.yml@refs/heads/main", "ref": "refs/heads/main",
        "sha": "c0ffee", "run_id": "7", "actor": "mona",
    });
    claims.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
    claims
}

fn form_of(ci: &Ci, change: impl FnOnce(&mut PublisherForm)) -> PublisherForm {
    let claims = [("repository_owner_id", "42"), ("repository", "acme/shop")];
    let claims: BTreeMap<_, _> =
        claims.into_iter().map(|(claim, value)| (claim.to_owned(), value.to_owned())).collect();
    let mut form = PublisherForm {
        title: "CI of acme/shop".to_owned(),
        system: "github".to_owned(),
        issuer: ISSUER.to_owned(),
        keys: ci.keys().to_string(),
        claims,
        integrations: vec!["checkout".to_owned()],
        buckets: vec!["environment:qa".to_owned()],
        ..PublisherForm::default()
    };
    change(&mut form);
    form
}

/// A publisher whose jobs may push checkout into qa.
async fn trusting(shop: &Shop, ci: &Ci) -> PublisherId {
    add(shop, &shop.ana, "shop", form_of(ci, |_| {})).await.expect("a publisher").publisher.id
}

/// Who acts by the token that a job gets.
async fn admitted(shop: &Shop, token: &str) -> Actor {
    let issued = exchange(shop, "shop", token, HOME).await.expect("is trusted");
    tokens::actor(shop, issued.secret.reveal(), HOME).await.expect("it works").0
}

/// Why a token is refused, as who configures the project sees it. The job is told no more than at a project that is not
/// there.
async fn refused(shop: &Shop, token: &str) -> Refusal {
    let told = async |project: &str| match exchange(shop, project, token, HOME).await {
        Err(Error::Untrusted(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let (here, nowhere) = (told("shop").await, told("nowhere").await);
    let seen = view(shop, &shop.ana, "shop").await.expect("reads").refused.remove(0).refused.refusal;
    assert!(here == nowhere || here == Refusal::Replayed, "{here:?} {nowhere:?}");
    seen
}

#[test]
fn a_trusted_job_pushes_what_its_claims_vouch_for() {
    on_both_engines(async |shop: Shop| {
        let ci = Ci::new();
        trusting(&shop, &ci).await;
        let issued =
            exchange(&shop, "shop", &job_token(&ci, &shop, &json!({})), HOME).await.expect("is trusted");
        assert_eq!(issued.buckets, ["environment:qa"]);
        assert_eq!(issued.integrations[0].as_str(), "checkout");
        let (job, until) = tokens::actor(&shop, issued.secret.reveal(), HOME).await.expect("it works");
        assert_eq!(until, shop.now().plus_seconds(900));
        let digest = shop.push(&job, "shop/checkout/qa", "1.0").await.expect("arrives");
        let view = builds::view(&shop, &shop.ana, &digest, builds::Part::PAGE).await.expect("is seen");
        let origin = view.lives[0].build.origin.clone();
        let commit = origin.commit.expect("a commit");
        // The label named another, which counts for less.
        assert_eq!((commit.value.as_str(), commit.verified), ("c0ffee", true));
        assert_eq!(origin.repository.expect("known").value, "https://ghe.example/acme/shop");
        let told =
            shop.timeline(&shop.ana, Filter { kind: "job_admitted".into(), ..Filter::default() }).await;
        assert_eq!(told[0].who, "CI of acme/shop");
        assert_eq!(
            plain(&told[0].sentence),
            "was admitted as the CI job run 7 of https://ghe.example/acme/shop"
        );
        // Its account is nobody's.
        assert_eq!(people::list(&shop, &shop.ana).await.expect("reads").people.len(), 3);
        shop.world.clock.advance(900);
        let late = tokens::actor(&shop, issued.secret.reveal(), HOME).await;
        assert!(matches!(late, Err(Error::Token(_))), "{late:?}");
    });
}

#[test]
fn the_account_of_a_publisher_gets_no_role_and_is_no_admin() {
    on_both_engines(async |shop: Shop| {
        trusting(&shop, &Ci::new()).await;
        let email = "select email from people where id = (select account from publishers)";
        let email = shop.text(email).await;
        let form = |role: &str| InvitationForm {
            email: email.clone(),
            role: role.to_owned(),
            place: "installation".to_owned(),
        };
        for role in ["admin", "viewer"] {
            let Err(Error::Invalid(invalid)) = people::invite(&shop, &shop.ana, form(role)).await else {
                panic!("{role} was given")
            };
            assert_eq!(invalid.errors()[0].field, "email");
        }
        let link = links::issue_admin(&shop).await.expect("a link");
        let joining = JoinForm { name: "CI".to_owned(), email: email.clone(), password: PASSWORD.to_owned() };
        let joined = links::join(&shop, secret(&link), joining, HOME).await;
        assert!(matches!(joined, Err(Error::Invalid(_))), "{joined:?}");
        // Even one that holds the role, from before it was refused, does not count as the last admin.
        let own = crate::people::binding(&shop, &shop.ana).await;
        shop.person("Zoe", Role::admin(), Place::Installation).await;
        let moved = "update bindings set person = (select account from publishers) \
                     where person = (select id from people where name = 'Zoe')";
        shop.sql(moved).await;
        let last = people::revoke(&shop, &shop.ana, own).await;
        assert!(matches!(last, Err(Error::Refused(_))), "{last:?}");
    });
}

#[test]
fn a_job_pushes_nowhere_else_and_does_nothing_else() {
    on_both_engines(async |shop: Shop| {
        let other = integration("billing", "environment", ":none");
        make_integration(&shop, &shop.ana, "shop", other).await.expect("an integration");
        let ci = Ci::new();
        trusting(&shop, &ci).await;
        let job = admitted(&shop, &job_token(&ci, &shop, &json!({}))).await;
        for repository in ["shop/checkout/staging", "shop/checkout/prod", "shop/checkout"] {
            let pushed = shop.push(&job, repository, "1.0").await.expect_err(repository);
            let scope = matches!(&pushed, images::Error::Other(Error::Forbidden(Denial::Scope { .. })));
            assert!(scope, "{repository}: {pushed:?}");
        }
        let elsewhere = shop.push(&job, "shop/billing/qa", "1.0").await.expect_err("another integration");
        assert!(matches!(elsewhere, images::Error::Other(Error::NotFound(_))), "{elsewhere:?}");
        let digest = shop.push(&job, "shop/checkout/qa", "1.0").await.expect("arrives");
        let promoted = shop.promote(&job, &digest, "qa", "staging").await;
        assert!(matches!(promoted, Err(Error::Forbidden(_))), "{promoted:?}");
    });
}

#[test]
fn a_job_reads_nothing_of_the_integrations_beside_its_own() {
    on_both_engines(async |shop: Shop| {
        let other = integration("billing", "environment", ":none");
        make_integration(&shop, &shop.ana, "shop", other).await.expect("an integration");
        shop.push(&shop.dora, "shop/billing/qa", "7.0").await.expect("arrives");
        let ci = Ci::new();
        trusting(&shop, &ci).await;
        let job = admitted(&shop, &job_token(&ci, &shop, &json!({}))).await;
        let digest = shop.push(&job, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.release(&digest).await;
        let (token, _) = shop.token(&shop.dora, "shop/checkout", &["push"]).await;
        for narrow in [&job, &token] {
            let told = shop.timeline(narrow, Filter::default()).await;
            let beside: Vec<String> = told.iter().map(|entry| plain(&entry.sentence)).collect();
            assert!(!beside.is_empty() && !beside.join(" ").contains("billing"), "{beside:?}");
            assert!(told.iter().all(|entry| entry.kind != "publisher_added"), "no claims of others");
            let billing = Filter { integration: "shop/billing".to_owned(), ..Filter::default() };
            assert!(shop.timeline(narrow, billing).await.is_empty());
            let mut export = export::begin(&shop, narrow, &Filter::default()).await.expect("begins");
            assert_eq!(export.next().await.expect("reads").len(), told.len());
            let changes = changes::view(&shop, narrow, "shop", &ChangesForm::default()).await.expect("reads");
            assert_eq!(changes.changes.len(), 1);
            let rules: Vec<String> = changes.rules.iter().map(|entry| plain(&entry.sentence)).collect();
            assert!(!rules.join(" ").contains("billing"), "{rules:?}");
            let publishers = view(&shop, narrow, "shop").await;
            assert!(matches!(publishers, Err(Error::NotFound(_))), "{publishers:?}");
        }
        let (whole, _) = shop.token(&shop.dora, "shop", &["push"]).await;
        view(&shop, &whole, "shop").await.expect("a token of the project sees whom it trusts");
    });
}

#[test]
fn a_job_that_may_push_by_rule_gets_wherever_the_rule_leads_and_not_further() {
    on_both_engines(async |shop: Shop| {
        let ci = Ci::new();
        let by_rule = form_of(&ci, |form| (form.buckets, form.by_rule) = (Vec::new(), Some("on".to_owned())));
        add(&shop, &shop.ana, "shop", by_rule).await.expect("a publisher");
        let verified = CriterionForm {
            key: "verified:branch".to_owned(),
            operator: "equals".to_owned(),
            value: "main".to_owned(),
            bucket: "staging".to_owned(),
        };
        let rule = RuleForm {
            slug: "branches".to_owned(),
            title: "Branches".to_owned(),
            kind: "environment".to_owned(),
            is_default: Some("on".to_owned()),
            criteria: vec![verified],
        };
        rules::create(&shop, &shop.ana, "shop", rule).await.expect("a rule");
        let workflow = integration("search", "environment", ":none");
        make_integration(&shop, &shop.ana, "shop", workflow).await.expect("an integration");
        let anywhere = form_of(&ci, |form| {
            (form.buckets, form.by_rule) = (Vec::new(), Some("on".to_owned()));
            form.integrations = vec!["search".to_owned()];
            form.claims.insert("ref".to_owned(), "refs/heads/main".to_owned());
            form.claims.insert("environment".to_owned(), "build".to_owned());
        });
        add(&shop, &shop.ana, "shop", anywhere).await.expect("a publisher");
        let labels = json!({"org.opencontainers.image.ref.name": "main"});
        // The word of who pushes is not enough for this rule.
        shop.push_labelled(&shop.dora, "shop/search", "0.9", labels).await.expect("is kept");
        let job = admitted(&shop, &job_token(&ci, &shop, &json!({"jti": "a"}))).await;
        let job_of_search = {
            let removed = view(&shop, &shop.ana, "shop").await.expect("reads").publishers;
            let first = removed.iter().find(|line| line.reach.contains("checkout")).expect("is there");
            remove(&shop, &shop.ana, "shop", first.publisher.id).await.expect("is removed");
            admitted(&shop, &job_token(&ci, &shop, &json!({"jti": "b", "environment": "build"}))).await
        };
        let gone = shop.push(&job, "shop/search", "1.0").await;
        assert!(gone.is_err());
        shop.push(&job_of_search, "shop/search", "1.0").await.expect("the rule leads it");
        let board = towpath_service::boards::view(&shop, &shop.ana, "shop", "search").await.expect("a board");
        let staging = board.columns.iter().find(|column| column.slot.slug.as_str() == "staging");
        let current = staging.and_then(|column| column.current.as_ref()).expect("is current");
        assert_eq!(current.build.tag.as_str(), "1.0");
        let named =
            shop.push(&job_of_search, "shop/search/staging", "1.1").await.expect_err("was not allowed");
        assert!(matches!(named, images::Error::Other(Error::Forbidden(Denial::Scope { .. }))), "{named:?}");
    });
}

/// How a refusal is expected to be.
type Expected<'a> = &'a dyn Fn(&Refusal) -> bool;

#[test]
fn tokens_that_are_not_what_they_must_be_are_refused() {
    on_both_engines(async |shop: Shop| {
        let (own, other) = (Ci::new(), Ci::new());
        trusting(&shop, &own).await;
        let now = shop.now().micros() / 1_000_000;
        let header = json!({"alg": "ES256", "kid": "1"});
        let said = |change: Value| job_token(&own, &shop, &change);
        let unsigned = {
            let token = own.sign(&json!({"alg": "none"}), &claims(&shop, &json!({})));
            format!("{}.", token.rsplit_once('.').expect("a token").0)
        };
        let shared = own.sign(&json!({"alg": "HS256", "kid": "1"}), &claims(&shop, &json!({})));
        let unknown = own.sign(&json!({"alg": "ES256", "kid": "2"}), &claims(&shop, &json!({})));
        let swapped = other.sign(&header, &claims(&shop, &json!({})));
        let untrusted = |refusal: &Refusal| matches!(refusal, Refusal::Untrusted { .. });
        let signature = |refusal: &Refusal| *refusal == Refusal::Signature;
        let algorithm = |refusal: &Refusal| *refusal == Refusal::Algorithm;
        let audience = |refusal: &Refusal| matches!(refusal, Refusal::Audience { .. });
        let time = |refusal: &Refusal| *refusal == Refusal::Time;
        let incomplete = |refusal: &Refusal| matches!(refusal, Refusal::Incomplete { .. });
        let differs = |refusal: &Refusal| matches!(refusal, Refusal::Differs { .. });
        let danger = |refusal: &Refusal| matches!(refusal, Refusal::Danger(_));
        let table: [(String, Expected<'_>); 20] = [
            ("no token".to_owned(), &|refusal| *refusal == Refusal::Unreadable),
            (unsigned, &algorithm),
            (shared, &algorithm),
            (unknown, &signature),
            (swapped, &signature),
            (said(json!({"iss": "https://issuer.example"})), &untrusted),
            (said(json!({"aud": "https://another.example"})), &audience),
            (said(json!({"aud": [AUDIENCE, "https://another.example"]})), &audience),
            (said(json!({"aud": null})), &audience),
            (said(json!({"exp": now - 60})), &time),
            (said(json!({"exp": null})), &time),
            (said(json!({"nbf": now + 61})), &time),
            (said(json!({"iat": now + 61})), &time),
            (said(json!({"jti": null})), &incomplete),
            (said(json!({"sub": ""})), &incomplete),
            (said(json!({"repository_owner_id": "43"})), &differs),
            (said(json!({"repository": "acme/other"})), &differs),
            (said(json!({"event_name": "pull_request_target"})), &danger),
            (said(json!({"event_name": "pull_request"})), &danger),
            (said(json!({"event_name": "workflow_run"})), &danger),
        ];
        for (token, expected) in table {
            let refusal = refused(&shop, &token).await;
            assert!(expected(&refusal), "{token}: {refusal:?}");
        }
        assert_eq!(shop.told(&shop.ana, "job_admitted").await, 0);
        admitted(&shop, &said(json!({}))).await;
    });
}

#[test]
fn a_token_of_a_job_is_good_once_for_as_long_as_clocks_may_let_it_be_taken() {
    on_both_engines(async |shop: Shop| {
        let ci = Ci::new();
        trusting(&shop, &ci).await;
        let token = job_token(&ci, &shop, &json!({}));
        admitted(&shop, &token).await;
        assert_eq!(refused(&shop, &token).await, Refusal::Replayed);
        // Past its end, within the seconds by which clocks may differ, and swept meanwhile.
        shop.world.clock.advance(340);
        towpath_service::publishers::sweep(&shop).await.expect("sweeps");
        assert_eq!(refused(&shop, &token).await, Refusal::Replayed);
        shop.world.clock.advance(100);
        assert!(towpath_service::publishers::sweep(&shop).await.expect("sweeps") >= 1);
        assert_eq!(refused(&shop, &token).await, Refusal::Time);
        // What was refused is not spent: it may be shown again once a publisher trusts it.
        let early = job_token(&ci, &shop, &json!({"jti": "job-2", "repository_owner_id": "43"}));
        refused(&shop, &early).await;
        let other = form_of(&ci, |form| drop(form.claims.insert("repository_owner_id".into(), "43".into())));
        add(&shop, &shop.ana, "shop", other).await.expect("a publisher");
        admitted(&shop, &early).await;
    });
}

#[test]
fn a_project_can_demand_that_nothing_but_trusted_jobs_pushes() {
    on_both_engines(async |shop: Shop| {
        let ci = Ci::new();
        trusting(&shop, &ci).await;
        let (token, _) = shop.token(&shop.dora, "shop", &["push", "pull"]).await;
        shop.push(&token, "shop/checkout/qa", "0.9").await.expect("arrives");
        let forbidden = demand(&shop, &shop.dora, "shop", true).await;
        assert!(matches!(forbidden, Err(Error::Forbidden(_))), "{forbidden:?}");
        demand(&shop, &shop.ana, "shop", true).await.expect("is demanded");
        demand(&shop, &shop.ana, "shop", true).await.expect("changes nothing");
        for pusher in [&token, &shop.dora, &shop.ana] {
            let pushed = shop.push(pusher, "shop/checkout/qa", "1.0").await.expect_err("no trusted job");
            let words = pushed.to_string();
            assert!(words.contains("trusted CI jobs alone"), "{words}");
        }
        let job = admitted(&shop, &job_token(&ci, &shop, &json!({}))).await;
        shop.push(&job, "shop/checkout/qa", "1.0").await.expect("arrives");
        demand(&shop, &shop.ana, "shop", false).await.expect("is let go");
        shop.push(&token, "shop/checkout/qa", "1.1").await.expect("arrives");
        assert_eq!(shop.told(&shop.ana, "trusted_publishing_demanded").await, 2);
    });
}

#[test]
fn a_removed_publisher_ends_the_tokens_of_its_jobs() {
    on_both_engines(async |shop: Shop| {
        let ci = Ci::new();
        let id = trusting(&shop, &ci).await;
        let issued =
            exchange(&shop, "shop", &job_token(&ci, &shop, &json!({})), HOME).await.expect("is trusted");
        remove(&shop, &shop.ana, "shop", id).await.expect("is removed");
        let acting = tokens::actor(&shop, issued.secret.reveal(), HOME).await;
        assert!(matches!(acting, Err(Error::Token(why)) if why.contains("removed")), "{acting:?}");
        assert!(matches!(
            refused(&shop, &job_token(&ci, &shop, &json!({"jti": "b"}))).await,
            Refusal::Untrusted { .. }
        ));
        let again = remove(&shop, &shop.ana, "shop", id).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    });
}

#[test]
fn what_was_refused_is_shown_beside_what_is_wanted_and_can_be_trusted_by_a_click() {
    on_both_engines(async |shop: Shop| {
        let ci = Ci::new();
        trusting(&shop, &ci).await;
        let tells = json!({"repository": "acme/web", "repository_owner_id": "43", "odd": "\u{0}"});
        refused(&shop, &job_token(&ci, &shop, &tells)).await;
        refused(&shop, "rubbish").await;
        let seen = view(&shop, &shop.ana, "shop").await.expect("reads").refused;
        let [rubbish, differing] = seen.as_slice() else { panic!("{seen:?}") };
        assert!(!rubbish.refused.signed && differing.refused.signed);
        let (title, compared) = &differing.beside[0];
        assert_eq!(title.as_str(), "CI of acme/shop");
        let marked: Vec<(&str, bool)> =
            compared.iter().map(|compared| (compared.claim.as_str(), compared.fits)).collect();
        assert_eq!(marked, [("repository_owner_id", false), ("repository", false)]);
        assert!(differing.others.iter().any(|(claim, value)| claim == "sha" && value == "c0ffee"));
        // It is for those who configure.
        assert_eq!(view(&shop, &shop.dora, "shop").await.expect("reads").refused, []);

        let id = differing.refused.id;
        let start = choices(&shop, &shop.ana, "shop", Some(id)).await.expect("reads").start;
        assert_eq!(start.title, "GitHub Actions of acme/web");
        let trusting = PublisherForm { keys: ci.keys().to_string(), by_rule: Some("on".to_owned()), ..start };
        add(&shop, &shop.ana, "shop", trusting).await.expect("a publisher");
        admitted(&shop, &job_token(&ci, &shop, &tells)).await;
        let nothing = choices(&shop, &shop.ana, "shop", Some(rubbish.refused.id)).await.expect("reads").start;
        assert_eq!(nothing, PublisherForm::default());

        for number in 0..25 {
            refused(
                &shop,
                &job_token(&ci, &shop, &json!({"jti": number.to_string(), "repository": "acme/none"})),
            )
            .await;
            refused(&shop, "rubbish").await;
        }
        assert_eq!(view(&shop, &shop.ana, "shop").await.expect("reads").refused.len(), 30);
        shop.world.clock.advance(8 * 86_400);
        towpath_service::publishers::sweep(&shop).await.expect("sweeps");
        assert_eq!(view(&shop, &shop.ana, "shop").await.expect("reads").refused, []);
    });
}

#[test]
fn publishers_are_set_up_by_those_who_configure_and_could_push_themselves() {
    on_both_engines(async |shop: Shop| {
        let ci = Ci::new();
        for who in [&shop.ben, &shop.dora] {
            let added = add(&shop, who, "shop", form_of(&ci, |_| {})).await;
            assert!(matches!(added, Err(Error::Forbidden(_))), "{added:?}");
        }
        let stranger = shop.stranger("Sam").await;
        let added = add(&shop, &stranger, "shop", form_of(&ci, |_| {})).await;
        assert!(matches!(added, Err(Error::NotFound(_))), "{added:?}");
        let unreadable = form_of(&ci, |form| form.keys = "{\"keys\": []}".to_owned());
        let Err(Error::Invalid(invalid)) = add(&shop, &shop.ana, "shop", unreadable).await else {
            panic!("keys that sign nothing")
        };
        assert_eq!(invalid.errors()[0].field, "keys");
        let id = trusting(&shop, &ci).await;
        let removed = remove(&shop, &shop.ben, "shop", id).await;
        assert!(matches!(removed, Err(Error::Forbidden(_))), "{removed:?}");
    });
}

#[test]
fn a_stage_can_take_what_a_ci_vouches_for_alone() {
    on_both_engines(async |shop: Shop| {
        let strict = StageForm { verified: "on".to_owned(), ..stage("staging", "") };
        let form = workflow("strict", "environment", &[stage("qa", ""), strict]);
        make_workflow(&shop, &shop.ana, "shop", form).await.expect("a workflow");
        let follows = integration("web", "environment", "strict");
        make_integration(&shop, &shop.ana, "shop", follows).await.expect("an integration");
        let ci = Ci::new();
        let web = form_of(&ci, |form| form.integrations = vec!["web".to_owned()]);
        add(&shop, &shop.ana, "shop", web).await.expect("a publisher");
        let job = admitted(&shop, &job_token(&ci, &shop, &json!({}))).await;
        let vouched = shop.push(&job, "shop/web/qa", "1.0").await.expect("arrives");
        let claimed = shop.push(&shop.dora, "shop/web/qa", "1.1").await.expect("arrives");
        let wish = |digest: &str| Request { integration: "web".to_owned(), ..wish(digest, "qa", "staging") };
        let promotion = request(&shop, &shop.dora, wish(&vouched)).await.expect("enters");
        assert!(matches!(promotion.state, State::Applied { .. }), "{promotion:?}");
        let refused = request(&shop, &shop.dora, wish(&claimed)).await.expect_err("nobody vouches for it");
        assert!(refused.to_string().contains("No CI vouches"), "{refused}");
    });
}
