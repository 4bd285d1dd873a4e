//! Roles and bindings.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, slug};
use crate::shop::Shop;
use towpath_domain::access::{Binding, Grant, Place, Role};
use towpath_domain::groups::{Group, GroupName};
use towpath_domain::providers::RoleSource;
use towpath_domain::words::Title;
use towpath_store::access::{
    Bound, bind, bindings, bindings_by_groups, bindings_of, grants, roles, save_built_in, unbind,
};
use towpath_store::groups::{self, GroupBinding};
use towpath_store::roles as own_roles;

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
            group: None,
        };
        let all: Vec<Bound> = (0..).zip(places).map(bound).collect();
        let saved = all.clone();
        store
            .save(async move |tx| {
                for Bound { binding, role, source, .. } in &saved {
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

#[test]
fn a_role_of_ones_own_is_changed_and_deleted_and_its_name_stays_taken() {
    on_both_engines(async |store: Store| {
        save_roles(&store).await;
        let own = Role { slug: slug("own"), title: "Own".to_owned(), ..Role::viewer() };
        let new = own.clone();
        store.save(async move |tx| own_roles::insert(tx, &new).await).await;
        let changed = Role { title: "Mine".to_owned(), permissions: Role::developer().permissions, ..own };
        let after = changed.clone();
        assert!(store.save(async move |tx| own_roles::change(tx, &after).await).await);
        let mut conn = store.conn().await;
        assert_eq!(own_roles::find(&mut conn, &changed.slug).await.expect("reads"), Some(changed.clone()));
        assert!(store.save(async |tx| own_roles::delete(tx, &slug("own"), at(1)).await).await);
        assert!(!store.save(async |tx| own_roles::delete(tx, &slug("own"), at(2)).await).await, "it is gone");
        assert_eq!(own_roles::find(&mut conn, &changed.slug).await.expect("reads"), None);
        assert!(roles(&mut conn).await.expect("reads").iter().all(|role| role.slug != changed.slug));
        let again = changed.clone();
        let taken = store.write(async move |tx| own_roles::insert(tx, &again).await).await;
        assert!(taken.is_err_and(|error| error.is_duplicate()));

        let admin = Role { title: "Chief".to_owned(), ..Role::admin() };
        assert!(!store.save(async move |tx| own_roles::change(tx, &admin).await).await, "it is built in");
        assert!(!store.save(async |tx| own_roles::delete(tx, &slug("admin"), at(1)).await).await);
    });
}

#[test]
fn who_is_in_a_group_holds_what_is_bound_to_it() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        save_roles(&store).await;
        let (person, place) = (shop.ana.id, Place::Project { project: shop.project.id });
        let title = Title::parse("Crew").expect("a title");
        let crew = Group { id: id(500), slug: slug("crew"), title, created_at: at(0) };
        let of_crew = GroupBinding { id: id(501), group: crew.id, role: Role::viewer().slug, place };
        let (group, binding) = (crew.clone(), of_crew.clone());
        store
            .save(async move |tx| {
                groups::insert(tx, &group).await?;
                groups::bind(tx, &binding, at(0)).await?;
                let own = Binding { id: id(100), person, place };
                bind(tx, &own, &Role::developer().slug, None, at(0)).await
            })
            .await;
        let mut conn = store.conn().await;
        let own = Grant { role: Role::developer(), place };
        assert_eq!(grants(&mut conn, person).await.expect("reads"), std::slice::from_ref(&own));
        assert!(store.save(async move |tx| groups::join(tx, id(500), person, at(1)).await).await);
        assert!(
            !store.save(async move |tx| groups::join(tx, id(500), person, at(2)).await).await,
            "is in it"
        );
        let by_crew = Grant { role: Role::viewer(), place };
        assert_eq!(grants(&mut conn, person).await.expect("reads"), [own.clone(), by_crew]);
        let name = GroupName { slug: slug("crew"), title: "Crew".to_owned() };
        let held = bindings(&mut conn).await.expect("reads");
        let through: Vec<_> = held.iter().map(|bound| (bound.binding.id, bound.group.clone())).collect();
        assert_eq!(through, [(id(100), None), (id(501), Some(name))]);
        assert!(!store.save(async |tx| unbind(tx, id(501)).await).await, "it is the group's");
        assert_eq!(groups::members(&mut conn).await.expect("reads"), [(crew.id, person, at(1))]);
        assert_eq!(groups::bindings(&mut conn).await.expect("reads"), [of_crew]);

        assert!(store.save(async move |tx| groups::leave(tx, id(500), person).await).await);
        assert_eq!(grants(&mut conn, person).await.expect("reads"), [own]);
        assert!(store.save(async |tx| groups::delete(tx, id(500), at(3)).await).await);
        assert!(!store.save(async |tx| groups::delete(tx, id(500), at(4)).await).await, "it is gone");
        assert!(groups::list(&mut conn).await.expect("reads").is_empty());
        assert!(groups::bindings(&mut conn).await.expect("reads").is_empty());
        let taken = store.write(async move |tx| groups::insert(tx, &crew).await).await;
        assert!(taken.is_err_and(|error| error.is_duplicate()));
    });
}
