use super::*;
use crate::builds::{Claim, Origin};
use crate::ids::EnvironmentId;
use uuid::Uuid;

fn bucket(number: u128) -> BucketKey {
    BucketKey::Environment(EnvironmentId(Uuid::from_u128(number)))
}

fn criterion(key: &str, operator: Operator, value: &str, to: u128) -> Criterion {
    Criterion { key: Key::parse(key).unwrap(), operator, value: value.to_owned(), bucket: bucket(to) }
}

fn origin(git_ref: &str) -> Origin {
    let claim = Claim { value: git_ref.to_owned(), verified: false };
    let labels = [("team".to_owned(), "payments".to_owned())].into();
    Origin { git_ref: Some(claim), labels, ..Origin::default() }
}

const NOTHING: Reader = |_, _, _| false;

fn led(criteria: &[Criterion], git_ref: &str) -> Option<(usize, BucketKey)> {
    route(criteria, &Metadata { image_tag: "1.4.2", origin: &origin(git_ref) }, NOTHING)
}

#[test]
fn the_first_criterion_that_matches_decides() {
    let criteria = [
        criterion("branch", Operator::Equals, "main", 1),
        criterion("branch", Operator::StartsWith, "release/", 2),
        criterion("ref", Operator::Contains, "e", 3),
    ];
    assert_eq!(led(&criteria, "main"), Some((0, bucket(1))));
    assert_eq!(led(&criteria, "refs/heads/release/1.4"), Some((1, bucket(2))));
    assert_eq!(led(&criteria, "refs/heads/feature/x"), Some((2, bucket(3))));
    assert_eq!(led(&criteria, "Main"), None, "case counts");
}

#[test]
fn refs_are_compared_by_their_short_names_and_kinds() {
    let branch = [criterion("branch", Operator::Equals, "refs/heads/main", 1)];
    let tag = [criterion("tag", Operator::Equals, "main", 1)];
    let any = [criterion("ref", Operator::Equals, "main", 1)];
    for (git_ref, of_branch, of_tag) in
        [("main", true, true), ("refs/heads/main", true, false), ("refs/tags/main", false, true)]
    {
        assert_eq!(led(&branch, git_ref).is_some(), of_branch, "{git_ref}");
        assert_eq!(led(&tag, git_ref).is_some(), of_tag, "{git_ref}");
        assert!(led(&any, git_ref).is_some(), "{git_ref}");
    }
    assert_eq!(led(&any, "refs/pull/main"), None);
    assert_eq!(led(&branch, "refs/pull/7/merge"), None);
}

#[test]
fn who_writes_a_full_name_means_that_kind_of_ref() {
    use Operator::{Contains, EndsWith, Equals, Regex, StartsWith};
    // What regular expressions are asked: as good as equality here.
    let reads: Reader = |_, wanted, text| wanted.trim_start_matches('^') == text;
    let cases = [
        ("ref", StartsWith, "refs/tags/", "refs/tags/1", true),
        ("ref", StartsWith, "refs/tags/", "refs/heads/main", false),
        ("ref", StartsWith, "refs/heads/release/", "refs/tags/release/1", false),
        ("ref", StartsWith, "refs/heads", "refs/heads/main", true),
        ("ref", Contains, "refs/tags/", "refs/heads/main", false),
        ("ref", EndsWith, "refs/heads/", "refs/tags/x", false),
        ("ref", Equals, "refs/tags/main", "refs/heads/main", false),
        ("ref", Equals, "refs/pull/7/merge", "refs/pull/7/merge", true),
        ("ref", Regex, "^refs/heads/main", "refs/heads/main", true),
        ("ref", Regex, "^refs/heads/main", "refs/tags/main", false),
        ("branch", Regex, "feature/prefs/x", "refs/heads/feature/prefs/x", true),
        ("branch", Equals, "refs/tags/main", "refs/heads/main", false),
        ("branch", Contains, "heads", "refs/heads/main", false),
        ("tag", Equals, "refs/heads/v1", "refs/tags/v1", false),
        ("tag", Equals, "refs/tags/v1", "v1", true),
        ("ref", Equals, "refs/tags/v1", "v1", true),
    ];
    for (key, operator, value, git_ref, matches) in cases {
        let all = [criterion(key, operator, value, 1)];
        let found = route(&all, &Metadata { image_tag: "x", origin: &origin(git_ref) }, reads);
        assert_eq!(found.is_some(), matches, "{key} {operator:?} {value} {git_ref}");
    }
}

#[test]
fn what_a_build_does_not_say_matches_nothing() {
    let silent = Metadata { image_tag: "1.4.2", origin: &Origin::default() };
    for key in ["ref", "branch", "tag", "commit", "repository", "version", "title", "label:team"] {
        let all = [criterion(key, Operator::Contains, "", 1)];
        assert_eq!(route(&all, &silent, NOTHING), None, "{key}");
    }
    let by_tag = [criterion("image_tag", Operator::EndsWith, ".2", 1)];
    assert!(route(&by_tag, &silent, NOTHING).is_some());
    let by_label = [criterion("label:team", Operator::Equals, "payments", 1)];
    assert!(led(&by_label, "main").is_some());
}

#[test]
fn what_only_the_server_reads_is_asked_of_it() {
    let reads: Reader = |operator, wanted, text| operator == Operator::Glob && wanted == "v*" && text == "v1";
    let glob = [criterion("tag", Operator::Glob, "v*", 1)];
    let of = |git_ref| route(&glob, &Metadata { image_tag: "x", origin: &origin(git_ref) }, reads);
    assert!(of("refs/tags/v1").is_some() && of("refs/tags/w1").is_none());
}

#[test]
fn keys_survive_their_text() {
    for text in ["ref", "branch", "tag", "image_tag", "commit", "repository", "version", "title", "label:a b"]
    {
        assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Ok(text));
    }
    for text in ["", "events", "meta:", "label:", "label: ", "Branch"] {
        assert_eq!(Key::parse(text), Err(KeyError), "{text:?}");
    }
}

#[test]
fn the_mistakes_of_a_rule_stand_beside_their_rows() {
    let project = Slug::parse("shop").unwrap();
    let readable = |operator: Operator, _: &str| match operator {
        Operator::Regex => Err("no".to_owned()),
        _ => Ok(()),
    };
    let given = Given { project: &project, slots: &[], readable };
    let row = |key: &str, operator: &str, value: &str, bucket: &str| CriterionForm {
        key: key.to_owned(),
        operator: operator.to_owned(),
        value: value.to_owned(),
        bucket: bucket.to_owned(),
    };
    let form = RuleForm {
        slug: "branches".to_owned(),
        title: "Branches".to_owned(),
        kind: "environment".to_owned(),
        is_default: None,
        criteria: vec![
            row("branch", "equals", "", ""),
            row("events", "like", " ", "qa"),
            row("branch", "regex", "(", "qa"),
        ],
    };
    let mistakes = form.check(&given).unwrap_err();
    let fields: Vec<&str> = mistakes.errors().iter().map(|error| error.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "criteria[1][key]",
            "criteria[1][operator]",
            "criteria[1][value]",
            "criteria[1][bucket]",
            "criteria[2][value]",
            "criteria[2][bucket]",
        ]
    );
    let none = RuleForm { criteria: vec![CriterionForm::default()], ..form };
    assert_eq!(none.check(&given).unwrap_err().errors()[0].field, "criteria");
}
