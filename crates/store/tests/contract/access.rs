//! Roles and bindings.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, slug};
use crate::shop::Shop;
use towpath_domain::access::{Binding, Grant, Place, Role};
use towpath_domain::providers::RoleSource;
use towpath_store::access::{
    Bound, bind, bindings, bindings_by_groups, bindings_of, grants, roles, save_built_in, unbind,
};

/// The second binding comes from a first sign-in, the third from a group, and the others from people.
fn source(number: u128) -> Option<RoleSource> {
    let provider = slug("okta");
    match number {
        1 => Some(RoleSource { provider, group: None }),
        2 => Some(RoleSource { provider, group: Some("ops".to_owned()) }),
        _ => None,
    }
}

async fn save_roles(store: &Store) {
    store
        .save(async |tx| {
            for role in Role::built_in() {
                save_built_in(tx, &role).await?;
            }
            Ok(())
        })
        .await;
}

#[test]
fn a_built_in_role_comes_to_mean_what_this_version_means_by_it() {
    on_both_engines(async |store: Store| {
        let older =
            Role { title: "Old".to_owned(), permissions: Role::viewer().permissions, ..Role::admin() };
        store.save(async move |tx| save_built_in(tx, &older).await).await;
        save_roles(&store).await;
        let mut expected = Role::built_in().to_vec();
        expected.sort_by(|one, other| one.title.cmp(&other.title));
        assert_eq!(roles(&mut store.conn().await).await.expect("reads"), expected);
    });
}

#[test]
fn a_binding_grants_until_it_is_taken_away() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        save_roles(&store).await;
        let places = [
            Place::Installation,
            Place::Project { project: shop.project.id },
            Place::Environment { project: shop.project.id, environment: shop.qa.id },
            Place::Stream { stream: shop.qa.stream.id },
        ];
        let person = shop.ana.id;
        let bound = |(number, place): (u128, Place)| Bound {
            binding: Binding { id: id(100 + number), person, place },
            role: Role::developer(),
            source: source(number),
        };
        let all: Vec<Bound> = (0..).zip(places).map(bound).collect();
        let saved = all.clone();
        store
            .save(async move |tx| {
                for Bound { binding, role, source } in &saved {
                    bind(tx, binding, &role.slug, source.as_ref(), at(0)).await?;
                }
                Ok(())
            })
            .await;
        let mut conn = store.conn().await;
        assert_eq!(bindings(&mut conn).await.expect("reads"), all);
        assert_eq!(bindings_of(&mut conn, person).await.expect("reads"), all);
        assert_eq!(bindings_by_groups(&mut conn).await.expect("reads"), all[2..3]);
        let granted = places.map(|place| Grant { role: Role::developer(), place });
        assert_eq!(grants(&mut conn, person).await.expect("reads"), granted);

        assert!(store.save(async |tx| unbind(tx, id(100)).await).await);
        assert!(!store.save(async |tx| unbind(tx, id(100)).await).await, "it is gone already");
        assert_eq!(grants(&mut conn, person).await.expect("reads"), granted[1..]);
        assert_eq!(grants(&mut conn, id(999)).await.expect("reads"), []);
    });
}
