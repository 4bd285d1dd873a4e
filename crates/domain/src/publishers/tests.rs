use super::matching::like;
use super::*;
use crate::slugs::Slug;
use crate::streams::Stream;
use serde_json::json;
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn publisher(system: System, conditions: &[(&str, &str)]) -> Publisher {
    let condition =
        |(claim, value): &(&str, &str)| Condition { claim: (*claim).into(), value: (*value).into() };
    Publisher {
        id: id(1),
        project: id(2),
        account: id(3),
        title: Title::parse("CI of shop").unwrap(),
        system,
        issuer: "https://issuer.example".into(),
        keys: None,
        conditions: conditions.iter().map(condition).collect(),
        pull_requests: false,
        reach: Reach { integrations: vec![], buckets: vec![], by_rule: true },
        created_at: Time::from_micros(0),
        used_at: None,
        removed_at: None,
    }
}

fn github() -> Publisher {
    publisher(
        System::Github,
        &[
            ("repository_owner_id", "42"),
            ("repository", "acme/shop"),
            ("workflow_ref", "acme/shop/.github/workflows/release.yml@*"),
        ],
    )
}

fn job(change: &Value) -> Map<String, Value> {
    let mut claims = map(json!({
        "repository_owner_id": "42", "repository": "Acme/Shop", "event_name": "push", "ref": "refs/heads/main",
        "workflow_ref": "Acme/Shop/.github/workflows/release.yml@refs/heads/main", "sha": "c0ffee",
        "run_id": "7", "actor": "ada",
    }));
    claims.extend(map(change.clone()));
    claims
}

fn refusal(publisher: &Publisher, claims: &Map<String, Value>) -> Option<Refusal> {
    accepts(std::slice::from_ref(publisher), &publisher.issuer, claims).err()
}

#[test]
fn a_star_stands_for_any_letters_and_for_nothing_else() {
    for (pattern, right, wrong) in [
        ("refs/heads/main", "refs/heads/main", "refs/heads/main2"),
        ("refs/heads/*", "refs/heads/a/b", "refs/tags/heads/"),
        ("*@refs/heads/main", "x@refs/heads/main", "x@refs/heads/main/y"),
        ("a*b*c", "a-b-b-c", "a-c-b"),
        ("aa*aa", "aaaa", "aaa"),
        ("*", "", "\u{0}"),
    ] {
        assert!(like(pattern, right), "{pattern} {right}");
        assert!(pattern == "*" || !like(pattern, wrong), "{pattern} {wrong}");
    }
}

#[test]
fn a_job_is_trusted_by_whose_it_is_and_not_by_its_name_alone() {
    assert_eq!(refusal(&github(), &job(&json!({}))), None);
    // The same name, which now belongs to somebody else.
    for (claim, value) in [
        ("repository_owner_id", json!("43")),
        ("repository_owner_id", json!(null)),
        ("repository", json!("acme/shop-2")),
        ("workflow_ref", json!("acme/shop/.github/workflows/other.yml@refs/heads/main")),
    ] {
        let refused = refusal(&github(), &job(&json!({claim: value})));
        assert!(
            matches!(&refused, Some(Refusal::Differs { claim: named, .. }) if named == claim),
            "{refused:?}"
        );
    }
    let none: [Publisher; 0] = [];
    assert!(matches!(accepts(&none, "https://x", &job(&json!({}))), Err(Refusal::Untrusted { .. })));
}

#[test]
fn a_number_is_as_good_as_its_text_and_one_of_several_is_enough() {
    assert_eq!(refusal(&github(), &job(&json!({"repository_owner_id": 42}))), None);
    let contexts = publisher(System::Circleci, &[("oidc.circleci.com/context-ids", "b")]);
    assert_eq!(refusal(&contexts, &map(json!({"oidc.circleci.com/context-ids": ["a", "b"]}))), None);
    assert!(refusal(&contexts, &map(json!({"oidc.circleci.com/context-ids": ["a", "bb"]}))).is_some());
}

#[test]
fn jobs_that_strangers_can_steer_never_push() {
    let circle = publisher(System::Circleci, &[]);
    let buildkite = publisher(System::Buildkite, &[]);
    let gitlab = publisher(System::Gitlab, &[]);
    for (publisher, claims) in [
        (github(), job(&json!({"event_name": "pull_request_target"}))),
        (github(), job(&json!({"event_name": "workflow_run"}))),
        (github(), job(&json!({"event_name": "pull_request"}))),
        (gitlab.clone(), map(json!({"pipeline_source": "merge_request_event"}))),
        (gitlab, map(json!({"pipeline_source": "external_pull_request_event"}))),
        (circle.clone(), map(json!({"oidc.circleci.com/ssh-rerun": true}))),
        (circle, map(json!({"oidc.circleci.com/vcs-ref": "refs/pull/7/head"}))),
        (buildkite, map(json!({"build_branch": "mallory:main"}))),
    ] {
        let refused = refusal(&publisher, &claims);
        assert!(matches!(refused, Some(Refusal::Danger(_))), "{claims:?} {refused:?}");
    }
    let open = Publisher { pull_requests: true, ..github() };
    assert_eq!(refusal(&open, &job(&json!({"event_name": "pull_request"}))), None);
    let target = refusal(&open, &job(&json!({"event_name": "pull_request_target"})));
    assert!(matches!(target, Some(Refusal::Danger(_))), "{target:?}");
}

#[test]
fn what_must_never_push_does_not_whatever_a_publisher_calls_its_issuer() {
    let target = job(&json!({"event_name": "pull_request_target"}));
    for issuer in [
        "https://token.actions.githubusercontent.com",
        "https://token.actions.githubusercontent.com/acme",
        "https://ghe.example/_services/token",
    ] {
        for system in [System::Other, System::Buildkite] {
            let loose =
                Publisher { issuer: issuer.into(), ..publisher(system, &[("repository", "acme/shop")]) };
            assert_eq!(refusal(&loose, &job(&json!({}))), None, "{issuer}");
            let refused = refusal(&loose, &target);
            assert!(matches!(refused, Some(Refusal::Danger(_))), "{issuer} {refused:?}");
        }
    }
    let gitlab = Publisher { issuer: "https://gitlab.com".into(), ..publisher(System::Other, &[]) };
    let external = map(json!({"pipeline_source": "external_pull_request_event"}));
    assert!(matches!(refusal(&gitlab, &external), Some(Refusal::Danger(_))));
    // One publisher tells of which system an issuer is, so that another is no way around.
    let both = [publisher(System::Other, &[]), publisher(System::Gitlab, &[("project_path", "x/y")])];
    assert!(matches!(accepts(&both, "https://issuer.example", &external), Err(Refusal::Danger(_))));
}

#[test]
fn an_event_of_github_is_a_text_in_whichever_case() {
    for event in
        [json!(null), json!(""), json!(["push"]), json!("Pull_Request_Target"), json!("WORKFLOW_RUN")]
    {
        let refused = refusal(&github(), &job(&json!({"event_name": event})));
        assert!(matches!(refused, Some(Refusal::Danger(_))), "{event} {refused:?}");
    }
    let mut silent = job(&json!({}));
    silent.remove("event_name");
    assert!(matches!(refusal(&github(), &silent), Some(Refusal::Danger(_))));
}

#[test]
fn only_github_vouches_for_what_lies_there() {
    let repository = |system: System, issuer: &str, claims: &Map<String, Value>| {
        system.origin(issuer, claims).repository.map(|claim| claim.value)
    };
    for (issuer, at) in [
        ("https://token.actions.githubusercontent.com/acme", "https://github.com"),
        ("https://ghe.example/_services/token", "https://ghe.example"),
        ("https://mallory.example/keys", "https://mallory.example"),
        ("http://mallory.example:81", "http://mallory.example:81"),
    ] {
        let found = repository(System::Github, issuer, &job(&json!({})));
        assert_eq!(found, Some(format!("{at}/Acme/Shop")), "{issuer}");
    }
    let circle = map(json!({"oidc.circleci.com/vcs-origin": "github.com/acme/shop"}));
    let own = repository(System::Circleci, "https://oidc.circleci.com/org/1", &circle);
    assert_eq!(own.as_deref(), Some("https://github.com/acme/shop"));
    assert_eq!(repository(System::Circleci, "https://mallory.example/org/1", &circle), None);
}

#[test]
fn the_nearest_publisher_tells_what_differs() {
    let far = publisher(System::Github, &[("repository_owner_id", "1"), ("repository", "x/y")]);
    let near = publisher(System::Github, &[("repository_owner_id", "42"), ("repository", "x/y")]);
    let Err(Refusal::Differs { claim, got, .. }) = accepts(&[far, near], "i", &job(&json!({}))) else {
        panic!("one differs");
    };
    assert_eq!((claim.as_str(), got.as_str()), ("repository", "“Acme/Shop”"));
}

#[test]
fn claims_tell_where_a_build_comes_from() {
    let origin = System::Github.origin("https://token.actions.githubusercontent.com", &job(&json!({})));
    let value = |claim: Option<crate::builds::Claim>| claim.map(|claim| (claim.value, claim.verified));
    assert_eq!(value(origin.commit), Some(("c0ffee".into(), true)));
    assert_eq!(value(origin.repository), Some(("https://github.com/Acme/Shop".into(), true)));
    assert_eq!(value(origin.run_link), Some(("https://github.com/Acme/Shop/actions/runs/7".into(), true)));
    let own = System::Github.origin("https://ghe.example/_services/token", &job(&json!({})));
    assert_eq!(own.repository.unwrap().value, "https://ghe.example/Acme/Shop");
    let silent =
        System::Buildkite.origin("https://agent.buildkite.com", &map(json!({"build_branch": "main"})));
    assert_eq!((silent.commit, silent.git_ref.unwrap().value), (None, "refs/heads/main".into()));
}

fn slot() -> Slot {
    let stream = Stream {
        id: id(9),
        slug: Slug::parse("qa").unwrap(),
        title: Title::parse("QA").unwrap(),
        production: false,
        built_in: true,
    };
    let slug = stream.slug.clone();
    Slot { key: BucketKey::Environment(id(8)), slug, title: stream.title.clone(), stream }
}

fn form(system: System, claims: &[(&str, &str)]) -> PublisherForm {
    PublisherForm {
        title: "CI".into(),
        system: system.name().into(),
        claims: claims.iter().map(|(claim, value)| ((*claim).to_owned(), (*value).to_owned())).collect(),
        buckets: vec!["environment:qa".into()],
        ..PublisherForm::default()
    }
}

#[test]
fn a_publisher_names_its_owner_for_good() {
    let fields = |form: &PublisherForm| {
        let invalid = form.check(&[], &[slot()]).err();
        let errors = invalid.iter().flat_map(crate::forms::Invalid::errors);
        errors.map(|error| error.field.clone()).collect::<Vec<_>>()
    };
    let right = [("repository_owner_id", "42"), ("repository", "acme/*")];
    assert_eq!(fields(&form(System::Github, &right)), [""; 0]);
    let new = form(System::Github, &right).check(&[], &[slot()]).unwrap();
    assert_eq!(new.issuer, "https://token.actions.githubusercontent.com");
    assert_eq!(new.reach.buckets, [slot().key]);
    for (claims, wrong) in [
        (vec![("repository", "acme/shop")], "claims[repository_owner_id]"),
        (vec![("repository_owner_id", "4*"), ("repository", "acme/shop")], "claims[repository_owner_id]"),
        (vec![("repository_owner_id", "42"), ("repository", "*/*")], "claims[repository]"),
    ] {
        assert_eq!(fields(&form(System::Github, &claims)), [wrong]);
    }
    let sub = [("sub", "job")];
    assert_eq!(fields(&form(System::Other, &sub)), ["issuer"]);
    let found = PublisherForm {
        issuer: "https://x/.well-known/openid-configuration".into(),
        ..form(System::Other, &sub)
    };
    assert_eq!(fields(&found), ["issuer"]);
    // An issuer that is known is of one system, and has keys of its own.
    for (system, claims, issuer) in [
        (System::Other, &sub[..], "https://token.actions.githubusercontent.com"),
        (System::Other, &sub[..], "https://oidc.circleci.com/org/1"),
        (System::Other, &sub[..], "https://ghe.example/_services/token"),
        (System::Github, &right[..], "https://gitlab.com"),
    ] {
        let misnamed = PublisherForm { issuer: issuer.into(), ..form(system, claims) };
        assert_eq!(fields(&misnamed), ["issuer"], "{issuer}");
    }
    let keyed = |issuer: &str| PublisherForm {
        issuer: issuer.into(),
        keys: "{}".into(),
        ..form(System::Github, &right)
    };
    assert_eq!(fields(&keyed("")), ["keys"]);
    assert_eq!(fields(&keyed("https://token.actions.githubusercontent.com/acme")), ["keys"]);
    assert_eq!(fields(&keyed("https://ghe.example/_services/token")), [""; 0]);
    let nowhere = PublisherForm { buckets: vec![], ..form(System::Github, &right) };
    assert_eq!(fields(&nowhere), ["buckets"]);
    let more = PublisherForm { more: "environment = prod\nrunner".into(), ..form(System::Github, &right) };
    assert_eq!(fields(&more), ["more"]);
}

#[test]
fn trusting_exactly_a_job_fills_in_its_numbers_and_its_workflow_on_any_ref() {
    let mut claims = job(&json!({"repository_id": "77", "environment": "prod"}));
    claims.insert("iss".into(), json!("https://token.actions.githubusercontent.com"));
    let refused = Refused {
        id: id(1),
        at: Time::from_micros(0),
        refusal: Refusal::Replayed,
        claims,
        signed: true,
        from: "192.0.2.1".into(),
    };
    let form = PublisherForm::trusting(&refused, &[]);
    assert_eq!(form.claims["workflow_ref"], "Acme/Shop/.github/workflows/release.yml@*");
    assert_eq!(form.claims["repository_id"], "77");
    assert_eq!(form.claims.get("environment"), None);
    let checked = PublisherForm { by_rule: Some("on".into()), ..form }.check(&[], &[]).unwrap();
    let trusted = Publisher { conditions: checked.conditions, ..github() };
    assert_eq!(refusal(&trusted, &refused.claims), None);
    // Of an issuer that its address does not tell, the project's own publishers do.
    let mut own = refused.clone();
    own.claims.insert("iss".into(), json!("https://issuer.example"));
    assert_eq!(PublisherForm::trusting(&own, &[]).system, "other");
    let ours = [publisher(System::Other, &[]), publisher(System::Gitlab, &[])];
    assert_eq!(PublisherForm::trusting(&own, &ours).system, "gitlab");
    let forged = Refused { signed: false, ..refused };
    assert_eq!(PublisherForm::trusting(&forged, &[]), PublisherForm::default());
}
