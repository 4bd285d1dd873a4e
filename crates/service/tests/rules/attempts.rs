//! Refused attempts: counted, written down, shown to who configures the installation, and forgotten.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use crate::world::HOME;
use towpath_domain::access::Actor;
use towpath_domain::attempts::{AttemptKind, AttemptsForm};
use towpath_service::Error;
use towpath_service::attempts::{PAGE, Refused, Slip, export, list, sweep, write_down};

/// Turns somebody away at a door.
fn refuse(shop: &Shop, kind: AttemptKind, door: &str, who: Option<&Actor>) {
    let slip = Slip::default();
    if let Some(actor) = who {
        slip.acts(actor);
    }
    slip.refuse(Some(Refused::new(kind, "it is wrong")));
    slip.hand_in(shop, door, HOME);
}

fn of(kind: &str) -> AttemptsForm {
    AttemptsForm { kind: kind.to_owned() }
}

#[test]
fn what_was_refused_is_told_to_who_configures_the_installation_and_to_nobody_else() {
    on_both_engines(async |shop: Shop| {
        refuse(&shop, AttemptKind::SignIn, "POST /fn/sign_in", None);
        refuse(&shop, AttemptKind::SignIn, "POST /fn/sign_in", None);
        assert_eq!(write_down(&shop).await.expect("writes"), 1);
        assert_eq!(write_down(&shop).await.expect("writes"), 0, "nothing is new");
        shop.clock.advance(60);
        refuse(&shop, AttemptKind::Permission, "POST /api/v1/projects", Some(&shop.dora));

        let view = list(&shop, &shop.ana, &of(""), None, PAGE).await.expect("may");
        let told: Vec<_> = view
            .attempts
            .iter()
            .map(|line| (line.door.as_str(), line.who.as_deref(), line.from.as_deref(), line.count))
            .collect();
        let home = Some("127.0.0.1");
        let expected =
            [("POST /api/v1/projects", Some("Dora"), home, 1), ("POST /fn/sign_in", None, home, 2)];
        assert_eq!(told, expected);
        assert!(view.older.is_none());

        let first = list(&shop, &shop.ana, &of(""), None, 1).await.expect("may");
        let rest = list(&shop, &shop.ana, &of(""), first.older, 1).await.expect("may");
        assert_eq!((rest.attempts[0].kind, rest.older), (AttemptKind::SignIn, None));
        let signatures = list(&shop, &shop.ana, &of("signature"), None, PAGE).await.expect("may");
        assert!(signatures.attempts.is_empty());
        let unknown = list(&shop, &shop.ana, &of("theft"), None, PAGE).await;
        assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");

        for who in [&shop.ben, &shop.dora] {
            let refused = list(&shop, who, &of(""), None, PAGE).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
            let refused = export(&shop, who, &of("")).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        }
        let mut pieces = export(&shop, &shop.ana, &of("sign_in")).await.expect("may");
        assert_eq!(pieces.next().await.expect("reads").len(), 1);
        assert!(pieces.next().await.expect("reads").is_empty());
    });
}

#[test]
fn it_is_forgotten_after_its_days() {
    on_both_engines(async |shop: Shop| {
        refuse(&shop, AttemptKind::Signature, "POST /hooks/{id}", None);
        write_down(&shop).await.expect("writes");
        shop.clock.advance(90 * 86_400);
        assert_eq!(sweep(&shop).await.expect("sweeps"), 0);
        shop.clock.advance(1);
        assert_eq!(sweep(&shop).await.expect("sweeps"), 1);
        assert!(list(&shop, &shop.ana, &of(""), None, PAGE).await.expect("may").attempts.is_empty());
    });
}
