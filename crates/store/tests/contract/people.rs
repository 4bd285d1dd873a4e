//! People and their password hashes.

use crate::engines::on_both_engines;
use crate::fixture::{Store, email, id, person};
use std::collections::BTreeMap;
use towpath_domain::people::Person;
use towpath_domain::words::PersonName;
use towpath_store::people;

#[test]
fn a_person_comes_back_as_saved() {
    on_both_engines(async |store: Store| {
        let (zoe, ana) = (person(1, "Zoë"), person(2, "Ana"));
        let before = Person { name: person(2, "Anne").name, ..ana.clone() };
        let mut conn = store.conn().await;
        assert!(!people::any(&mut conn).await.expect("reads"));
        let saved = [zoe.clone(), before];
        store
            .save(async move |tx| {
                for person in &saved {
                    people::insert(tx, person, Some("a hash")).await?;
                }
                people::set_name(tx, saved[1].id, &person(2, "Ana").name).await?;
                people::set_password(tx, saved[0].id, "another hash").await
            })
            .await;
        assert!(people::any(&mut conn).await.expect("reads"));
        assert_eq!(people::list(&mut conn).await.expect("reads"), [ana.clone(), zoe.clone()]);
        assert_eq!(people::load(&mut conn, ana.id).await.expect("reads"), ana);
        assert!(people::load(&mut conn, id(9)).await.is_err(), "what is loaded must exist");
        let found = people::find_by_email(&mut conn, &zoe.email).await.expect("reads");
        assert_eq!(found.as_ref(), Some(&zoe));
        let password = people::find_password(&mut conn, &zoe.email).await.expect("reads");
        assert_eq!(password, Some((zoe.id, "another hash".to_owned())));
        let nobody = people::find_password(&mut conn, &email("nobody@example.org")).await.expect("reads");
        assert_eq!(nobody, None);
        let names = people::names(&mut conn, &[zoe.id, id(9)]).await.expect("reads");
        assert_eq!(names, BTreeMap::from([(zoe.id, "Zoë".to_owned())]));
        assert_eq!(people::names(&mut conn, &[]).await.expect("reads"), BTreeMap::new());
    });
}

#[test]
fn an_address_names_one_account() {
    on_both_engines(async |store: Store| {
        let ana = person(1, "Ana");
        let mut twin = person(2, "Twin");
        twin.email = ana.email.clone();
        store.save(async move |tx| people::insert(tx, &ana, Some("a hash")).await).await;
        let error = store.write(async move |tx| people::insert(tx, &twin, Some("a hash")).await).await;
        assert!(error.expect_err("it is taken").is_duplicate());
    });
}

#[test]
fn somebody_is_known_by_address_by_name_and_by_the_address_before_its_at() {
    on_both_engines(async |store: Store| {
        let known = |number, name, address| Person {
            name: PersonName::parse(name).expect("a name"),
            email: email(address),
            ..person(number, "Ana")
        };
        let saved = [
            known(1, "Ana Lima", "ana.l@example.org"),
            known(2, "Ana", "ana@example.org"),
            known(3, "Ben", "b_n@example.org"),
        ];
        store
            .save(async move |tx| {
                for person in &saved {
                    people::insert(tx, person, Some("a hash")).await?;
                }
                let renamed = PersonName::parse("Éva Lima").expect("a name");
                people::set_name(tx, id(1), &renamed).await
            })
            .await;
        let mut conn = store.conn().await;
        for (key, expected) in [
            ("éva lima", vec![id(1)]),
            ("ana.l@example.org", vec![id(1)]),
            ("ana lima", vec![id(1)]),
            ("ana.l", vec![id(1)]),
            ("ana", vec![id(2)]),
            ("b_n", vec![id(3)]),
            ("b", vec![]),
            ("", vec![]),
            ("%", vec![]),
        ] {
            assert_eq!(people::known_as(&mut conn, key).await.expect("reads"), expected, "{key}");
        }
    });
}
