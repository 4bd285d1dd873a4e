//! Who is who at providers, and the sign-ins that are under way there.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, slug};
use crate::shop::Shop;
use towpath_domain::ids::PersonId;
use towpath_domain::providers::{Purpose, Refused, Trial, TrialRefused};
use towpath_store::people;
use towpath_store::providers::{
    Attempt, Identity, begin, connect, connected, find_person, find_trial, keep_trial, sweep, take, touch,
};

const ISSUER: &str = "https://idp.example";

fn identity(person: PersonId, subject: &str) -> Identity {
    Identity { issuer: ISSUER.to_owned(), subject: subject.to_owned(), person, provider: slug("idp") }
}

fn attempt(purpose: Purpose) -> Attempt {
    Attempt {
        browser: b"browser".to_vec(),
        provider: "idp".to_owned(),
        purpose,
        nonce: "nonce".to_owned(),
        verifier: "verifier".to_owned(),
        return_path: "/inbox".to_owned(),
        expires_at: at(600),
    }
}

#[test]
fn someone_is_known_by_issuer_and_subject() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        store.save(async move |tx| connect(tx, &identity(ana, "1"), at(5)).await).await;
        store.save(async move |tx| touch(tx, &identity(ana, "1"), at(9)).await).await;
        let mut conn = store.conn().await;
        assert_eq!(find_person(&mut conn, ISSUER, "1").await.expect("reads"), Some(ana));
        assert_eq!(find_person(&mut conn, ISSUER, "2").await.expect("reads"), None);
        assert_eq!(find_person(&mut conn, "https://other.example", "1").await.expect("reads"), None);
        assert_eq!(connected(&mut conn, ana).await.expect("reads"), [(ISSUER.to_owned(), at(5))]);
        assert_eq!(connected(&mut conn, id(99)).await.expect("reads"), []);
        let again = store.write(async move |tx| connect(tx, &identity(ana, "1"), at(6)).await).await;
        assert!(again.expect_err("it is someone’s").is_duplicate());
        assert_eq!(store.count("select count(*) from identities where used_at > connected_at").await, 1);
    });
}

#[test]
fn a_sign_in_is_taken_once_and_in_time() {
    on_both_engines(async |store: Store| {
        let person = id(7);
        let own = [Purpose::Connect { person }, Purpose::Trial { person }, Purpose::Confirm { person }];
        for purpose in [Purpose::SignIn].into_iter().chain(own) {
            store.save(async move |tx| begin(tx, b"state", &attempt(purpose)).await).await;
            assert_eq!(store.save(async |tx| take(tx, b"other", at(0)).await).await, None);
            let taken = store.save(async |tx| take(tx, b"state", at(599)).await).await;
            assert_eq!(taken, Some(attempt(purpose)));
            assert_eq!(store.save(async |tx| take(tx, b"state", at(0)).await).await, None);
        }
        store.save(async |tx| begin(tx, b"state", &attempt(Purpose::SignIn)).await).await;
        assert_eq!(store.save(async |tx| take(tx, b"state", at(600)).await).await, None);
    });
}

#[test]
fn a_test_is_kept_for_who_made_it_and_for_a_while() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        let refused = TrialRefused { refused: Refused::Nonce, detail: "the nonce".to_owned() };
        let trial = Trial { provider: slug("idp"), outcome: Err(refused), at: at(0) };
        let kept = trial.clone();
        store.save(async move |tx| keep_trial(tx, id(1), ana, &kept, at(600)).await).await;
        store.save(async |tx| begin(tx, b"state", &attempt(Purpose::SignIn)).await).await;
        let mut conn = store.conn().await;
        assert_eq!(find_trial(&mut conn, id(1), ana, at(599)).await.expect("reads"), Some(trial));
        for (number, person, seconds) in [(1, ana, 600), (1, id(99), 0), (2, ana, 0)] {
            let found = find_trial(&mut conn, id(number), person, at(seconds)).await.expect("reads");
            assert_eq!(found, None);
        }
        assert_eq!(store.save(async |tx| sweep(tx, at(599)).await).await, 0);
        assert_eq!(store.save(async |tx| sweep(tx, at(600)).await).await, 2);
    });
}

#[test]
fn someone_may_have_no_password() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let mut bob = shop.ana.clone();
        (bob.id, bob.email) = (id(50), crate::fixture::email("bob@example.org"));
        let saved = bob.clone();
        store.save(async move |tx| people::insert(tx, &saved, None).await).await;
        let mut conn = store.conn().await;
        assert!(people::has_password(&mut conn, shop.ana.id).await.expect("reads"));
        assert!(!people::has_password(&mut conn, bob.id).await.expect("reads"));
        assert_eq!(people::find_password(&mut conn, &bob.email).await.expect("reads"), None);
    });
}
