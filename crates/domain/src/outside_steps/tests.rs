use super::*;
use crate::buckets::BucketKey;
use crate::ids::StreamId;
use crate::streams::Stream;
use crate::words::Title;
use proptest::prelude::*;
use uuid::Uuid;

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn tag(pattern: &str) -> String {
    let (bucket, tag) = (slug("prod"), Tag::parse("1.4.2").unwrap());
    let names = Names { bucket: &bucket, number: 142, tag: &tag };
    TagPattern::parse(pattern).unwrap().of(names).unwrap().as_str().to_owned()
}

#[test]
fn a_pattern_is_filled_with_what_is_of_the_promotion() {
    assert_eq!(tag("{bucket}"), "prod");
    assert_eq!(tag("{bucket}-{number}"), "prod-142");
    assert_eq!(tag("v{tag}"), "v1.4.2");
    for wrong in ["{stage}", "{bucket", "-{bucket}", "a b", "", "{{bucket}}"] {
        assert!(TagPattern::parse(wrong).is_err(), "{wrong}");
    }
    assert!(TagPattern::parse("{bucket}-{number}").unwrap().stays());
    assert!(!TagPattern::parse("{bucket}-{tag}").unwrap().stays());
}

fn registry(name: &str, below: Option<&str>) -> Registry {
    Registry {
        id: Uuid::nil().into(),
        project: None,
        slug: slug(name),
        address: Address::parse("ghcr.io").unwrap(),
        user: None,
        below: below.map(|below| crate::registries::Below::parse(below).unwrap()),
        created_at: Time::from_micros(0),
    }
}

fn prod() -> Slot {
    let (id, title) = (StreamId(Uuid::nil()), Title::parse("Production").unwrap());
    let stream =
        Stream { id, slug: slug("production"), title: title.clone(), production: true, built_in: true };
    Slot { key: BucketKey::ReleaseStream(id), slug: slug("production"), title, stream }
}

fn checked(change: impl FnOnce(&mut StepForm)) -> Result<String, Vec<String>> {
    let mut form = StepForm {
        bucket: "production".into(),
        does: "copy".into(),
        registry: "ghcr".into(),
        repository: "acme/shop/checkout".into(),
        tags: "{bucket}, {bucket}-{number} {bucket}".into(),
    };
    change(&mut form);
    let registries = [registry("ghcr", Some("acme/{project}")), registry("quay", None)];
    let checked = form.check(&slug("shop"), &[prod()], &registries);
    let fields = |invalid: Invalid| invalid.errors().iter().map(|error| error.field.clone()).collect();
    checked.map(|(_, does)| does.words()).map_err(fields)
}

#[test]
fn a_step_is_told_in_words() {
    let words = "copies to ghcr.io/acme/shop/checkout as {bucket}, {bucket}-{number}";
    assert_eq!(checked(|_| {}).as_deref(), Ok(words));
    assert_eq!(checked(|form| form.does = "record".into()).as_deref(), Ok("does nothing elsewhere"));
    assert_eq!(
        checked(|form| form.tags.clear()).as_deref(),
        Ok("copies to ghcr.io/acme/shop/checkout"),
        "by its digest alone"
    );
}

#[test]
fn what_is_wrong_is_told_beside_its_field() {
    let wrong = |change: fn(&mut StepForm)| checked(change).unwrap_err().join(" ");
    assert_eq!(wrong(|form| form.bucket = "qa".into()), "bucket");
    assert_eq!(wrong(|form| form.does = "explode".into()), "does");
    assert_eq!(wrong(|form| form.registry = "nowhere".into()), "registry");
    assert_eq!(wrong(|form| form.repository = "acme/other".into()), "repository");
    assert_eq!(wrong(|form| form.repository = "ACME".into()), "repository");
    assert_eq!(wrong(|form| form.tags = "{nonsense}".into()), "tags");
    assert_eq!(wrong(|form| form.tags = "a b c d e f g h i".into()), "tags");
    let untagged = |form: &mut StepForm| {
        form.does = "tag".into();
        form.tags.clear();
    };
    assert_eq!(wrong(untagged), "tags");
}

#[test]
fn a_step_is_tried_a_few_times_with_growing_pauses() {
    let pauses = |dice| (1..=MOST_TRIES).map(|failed| pause(failed, dice)).collect::<Vec<_>>();
    assert_eq!(pauses(0), [Some(5), Some(20), Some(80), Some(320), Some(1_280), None]);
    assert_eq!(pauses(255), [Some(3), Some(10), Some(40), Some(160), Some(640), None]);
}

proptest! {
    #[test]
    fn a_pattern_that_is_taken_makes_a_tag_or_one_that_is_too_long(text in "[a-zA-Z0-9._{}-]{0,30}") {
        let (bucket, tag) = (slug("prod"), Tag::parse("1").unwrap());
        if let Ok(pattern) = TagPattern::parse(&text) {
            let named = pattern.of(Names { bucket: &bucket, number: 1, tag: &tag });
            prop_assert!(named.is_ok());
        }
    }
}
