use super::*;
use crate::digests::Algorithm;
use crate::forms::Invalid;
use crate::slugs::Slug;
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn digest(text: &str) -> Digest {
    Digest::of(Algorithm::Sha256, text.as_bytes())
}

fn at(second: i64) -> Time {
    Time::from_micros(1_000_000_000_000_000).plus_seconds(second)
}

fn until_100(on: HoldOn) -> Hold {
    hold(on, at(0), Some(at(100)))
}

pub(crate) fn hold(on: HoldOn, from: Time, until: Option<Time>) -> Hold {
    Hold {
        id: id(1),
        number: 7,
        on,
        address: HoldAddress::Stream { stream: Slug::parse("production").unwrap() },
        reason: Reason::parse("Freeze").unwrap(),
        from,
        until,
        rollbacks: false,
        made_by: id(2),
        made_at: at(-10),
        released: None,
    }
}

/// The bucket of an environment (30, of stream 40) of integration 20 in project 10.
fn environment_bucket() -> Target {
    Target {
        project: Some(id(10)),
        integration: Some(id(20)),
        environment: Some(id(30)),
        stream: Some(id(40)),
        production: true,
    }
}

fn stream_bucket() -> Target {
    Target { environment: None, ..environment_bucket() }
}

#[test]
fn a_hold_covers_what_lies_inside_its_subject_and_nothing_else() {
    let covers = |on: HoldOn, bucket: Target| until_100(on).covers(&bucket);
    let (inside, of_stream) = (environment_bucket(), stream_bucket());
    let elsewhere = Target {
        project: Some(id(11)),
        integration: Some(id(21)),
        environment: Some(id(31)),
        stream: Some(id(41)),
        production: true,
    };
    let other_project = Target { project: Some(id(11)), ..of_stream };
    let environment = || HoldOn::Environment { project: id(10), environment: id(30), stream: id(40) };
    let bucket = |key| HoldOn::Bucket { project: id(10), integration: id(20), bucket: key, stream: id(40) };
    assert!(covers(HoldOn::Installation, inside) && covers(HoldOn::Installation, elsewhere));
    assert!(covers(HoldOn::Stream { stream: id(40) }, inside));
    assert!(covers(HoldOn::Stream { stream: id(40) }, of_stream));
    assert!(!covers(HoldOn::Stream { stream: id(40) }, elsewhere));
    assert!(covers(HoldOn::Project { project: id(10) }, inside));
    assert!(!covers(HoldOn::Project { project: id(10) }, elsewhere));
    assert!(covers(environment(), inside));
    assert!(covers(environment(), of_stream), "the stream's bucket feeds the environment");
    assert!(!covers(environment(), Target { environment: Some(id(31)), ..inside }), "a sister of it");
    assert!(!covers(environment(), other_project), "the same stream in another project");
    assert!(covers(bucket(BucketKey::Environment(id(30))), inside));
    assert!(!covers(bucket(BucketKey::Environment(id(30))), Target { integration: Some(id(21)), ..inside }));
    assert!(covers(bucket(BucketKey::ReleaseStream(id(40))), of_stream));
    assert!(!covers(bucket(BucketKey::ReleaseStream(id(40))), inside));
}

#[test]
fn a_bad_mark_follows_the_digest() {
    let (bad, good) = (digest("bad"), digest("good"));
    let everywhere = until_100(HoldOn::Build { digest: bad.clone(), project: None });
    let in_project = until_100(HoldOn::Build { digest: bad.clone(), project: Some(id(11)) });
    assert!(everywhere.concerns(&environment_bucket(), &bad));
    assert!(!everywhere.concerns(&environment_bucket(), &good));
    assert!(!everywhere.covers(&environment_bucket()), "the bucket takes other builds");
    assert!(!in_project.concerns(&environment_bucket(), &bad));
    assert!(in_project.concerns(&Target { project: Some(id(11)), ..environment_bucket() }, &bad));
}

#[test]
fn a_hold_is_in_force_from_its_start_until_its_end_or_release() {
    let planned = until_100(HoldOn::Installation);
    let phase = |second| planned.phase(at(second));
    assert_eq!(
        [phase(-1), phase(0), phase(99), phase(100)],
        [Phase::Planned, Phase::InForce, Phase::InForce, Phase::Over]
    );
    let released = Hold { released: Some(Released { by: id(3), at: at(5), reason: None }), ..planned };
    assert_eq!(released.phase(at(10)), Phase::Released);
    assert_eq!(released.turns(at(10)), None);
}

#[test]
fn promotions_wait_for_a_hold_and_are_blocked_by_a_bad_mark() {
    let stop = until_100(HoldOn::Installation);
    let verdict = stop.judge(at(1)).map(|of| of.verdict);
    let needs = "the end of hold 7 on the stream production".to_owned();
    assert_eq!(verdict, Some(Verdict::Waits { needs, until: Some(at(100)) }));
    assert_eq!(stop.judge(at(100)), None);
    assert_eq!((stop.turns(at(-1)), stop.turns(at(1))), (Some(at(0)), Some(at(100))));
    let bad = until_100(HoldOn::Build { digest: digest("bad"), project: None });
    assert!(matches!(bad.judge(at(1)).unwrap().verdict, Verdict::Blocked { .. }));
}

#[test]
fn rollbacks_pass_holds_unless_they_say_otherwise_but_never_to_a_bad_build() {
    let stop = until_100(HoldOn::Installation);
    let strict = Hold { rollbacks: true, ..stop.clone() };
    let bad = until_100(HoldOn::Build { digest: digest("bad"), project: None });
    assert_eq!(stops_rollback(std::slice::from_ref(&stop), at(1)), None);
    assert!(matches!(stops_rollback(&[stop.clone(), strict], at(1)), Some(Held::Stopped { number: 7, .. })));
    assert!(matches!(stops_rollback(&[stop.clone(), bad.clone()], at(1)), Some(Held::Bad { number: 7, .. })));
    assert!(
        matches!(stops_arrival(&[stop.clone(), bad], at(1)), Some(Held::Bad { .. })),
        "for good comes first"
    );
    assert!(stops_arrival(std::slice::from_ref(&stop), at(1)).is_some());
    assert_eq!(stops_arrival(&[stop], at(-1)), None, "not before it begins");
}

#[test]
fn an_address_survives_its_text() {
    let digest = digest("a build");
    for text in [
        "installation".to_owned(),
        "stream:production".to_owned(),
        "project:shop".to_owned(),
        "environment:shop/prod".to_owned(),
        "bucket:global/checkout/production".to_owned(),
        format!("build:{digest}"),
        format!("build:shop/{digest}"),
    ] {
        assert_eq!(HoldAddress::parse(&text).map(|address| address.to_string()), Ok(text));
    }
    for text in
        ["", "shop", "stream:", "stream:A", "environment:shop", "bucket:a/b", "build:sha256:12", "x:y"]
    {
        assert_eq!(HoldAddress::parse(text), Err(AddressError), "{text:?}");
    }
}

fn form(from: &str, until: &str) -> HoldForm {
    let (on, reason) = ("stream:production".to_owned(), "Freeze".to_owned());
    HoldForm { on, reason, from: from.to_owned(), until: until.to_owned(), rollbacks: false }
}

fn mistakes(form: &HoldForm, now: Time) -> Vec<String> {
    let fields = |invalid: Invalid| invalid.errors().iter().map(|error| error.field.clone()).collect();
    form.check(now).err().map(fields).unwrap_or_default()
}

#[test]
fn times_are_read_as_utc_and_lengths_from_the_start() {
    let now = Time::parse("2026-12-01T10:00:30Z").unwrap();
    let read = |from, until| form(from, until).check(now).map(|new| (new.from, new.until));
    let time = |text| Time::parse(text).unwrap();
    assert_eq!(read("", ""), Ok((now, None)));
    assert_eq!(read("", "2h"), Ok((now, Some(now.plus_seconds(7_200)))));
    let from = time("2026-12-20T18:00:00Z");
    assert_eq!(read("2026-12-20T18:00", "2026-12-27T08:00"), Ok((from, Some(time("2026-12-27T08:00:00Z")))));
    assert_eq!(read("2026-12-20T19:00:00+01:00", "1d"), Ok((from, Some(from.plus_seconds(86_400)))));
    assert_eq!(read("2026-12-01T10:00", ""), Ok((now, None)), "the minute that has just begun is now");
    assert_eq!(read("1h", "1h"), Ok((now.plus_seconds(3_600), Some(now.plus_seconds(7_200)))));
}

#[test]
fn times_in_the_past_or_the_wrong_way_round_are_refused_beside_their_field() {
    let now = Time::parse("2026-12-01T10:00:30Z").unwrap();
    let wrong = |from, until| mistakes(&form(from, until), now);
    assert_eq!(wrong("2026-11-30T10:00", ""), ["from"]);
    assert_eq!(wrong("", "2026-11-30T10:00"), ["until"]);
    assert_eq!(wrong("2026-12-20T18:00", "2026-12-19T18:00"), ["until"]);
    assert_eq!(wrong("tomorrow", "2100-01-01T00:00"), ["from", "until"]);
    assert_eq!(wrong("2026-02-30T10:00", "0m"), ["from", "until"]);
    assert_eq!(mistakes(&HoldForm::default(), now), ["on", "reason"]);
}
