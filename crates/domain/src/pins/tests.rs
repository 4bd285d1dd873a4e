//! When a pin is in force, who may release it, and what a wish for one has to say.

use super::*;
use crate::access::{Grant, Identity, Place, Role};
use crate::digests::Algorithm;
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn at(seconds: i64) -> Time {
    Time::from_micros(0).plus_seconds(seconds)
}

fn pin() -> Pin {
    Pin {
        promotion: id(1),
        number: 7,
        integration: id(2),
        service: id(3),
        environment: id(4),
        build: BuildName {
            id: id(5),
            digest: Digest::of(Algorithm::Sha256, b"image"),
            tag: Tag::parse("1.4.2").expect("a tag"),
        },
        reason: Reason::parse("Canary").expect("a reason"),
        by: id(6),
        at: at(0),
        until: at(100),
        end: None,
    }
}

fn person(number: u128, role: Role) -> Actor {
    let grants = vec![Grant { role, place: Place::Installation }];
    Actor { identity: Identity::Person { person: id(number) }, grants, scope: None, proven_at: None }
}

fn target(production: bool) -> Target {
    Target { environment: Some(id(4)), stream: Some(id(8)), production, ..Target::integration(id(9), id(2)) }
}

#[test]
fn a_pin_is_in_force_until_its_time_and_no_longer_than_nobody_ends_it() {
    assert!(pin().is_in_force(at(99)));
    assert_eq!(pin().phase(at(100)), Phase::Over);
    let reason = Reason::parse("All is well").expect("a reason");
    let released = Pin { end: Some(End::Released { by: id(6), at: at(10), reason }), ..pin() };
    assert_eq!(released.phase(at(11)), Phase::Released);
    let replaced = Pin { end: Some(End::Replaced { by: 8, at: at(10) }), ..pin() };
    // What ended before its time did not end by its time.
    assert_eq!(replaced.phase(at(200)), Phase::Replaced);
}

#[test]
fn whoever_may_hold_there_releases_it_and_who_asked_while_they_may_promote() {
    let may = |who: &Actor, production| pin().may_release(who, &target(production)).is_ok();
    assert!(may(&person(1, Role::release_manager()), true));
    assert!(may(&person(1, Role::admin()), true));
    assert!(!may(&person(1, Role::developer()), false), "somebody else's");
    assert!(may(&person(6, Role::developer()), false), "their own");
    assert!(!may(&person(6, Role::developer()), true), "they may not promote there");
    assert!(!may(&person(6, Role::viewer()), false));
}

#[test]
fn a_wish_says_what_until_when_and_why() {
    let form = PinForm {
        service: "checkout".to_owned(),
        until: "7d".to_owned(),
        reason: "Canary".to_owned(),
        ..PinForm::default()
    };
    assert_eq!(form.check(at(0)).map(|asked| asked.until), Ok(at(7 * 86_400)));
    let mistakes = PinForm::default().check(at(0)).expect_err("empty");
    let fields: Vec<&str> = mistakes.errors().iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["service", "until", "reason"]);
    let wrong = |until: &str| read_until(until, at(0)).expect_err(until);
    assert_eq!(wrong(" "), UntilError::Missing);
    assert_eq!(wrong("1970-01-01T00:00:00Z"), UntilError::Past);
    assert_eq!(wrong("1971-01-01T00:00:01Z"), UntilError::TooLong);
    assert!(matches!(wrong("soon"), UntilError::Unread(_)));
    assert_eq!(read_until("365d", at(0)), Ok(at(365 * 86_400)));
}
