//! API tokens.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id};
use crate::shop::Shop;
use towpath_domain::access::{Action, Scope};
use towpath_domain::tokens::Token;
use towpath_store::tokens::{Scoped, find, insert, list, load, revoke, titles, touch};

#[test]
fn a_token_is_found_by_its_hash_with_its_scope() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let older = shop.token(&store, 200).await;
        let project = Some(shop.project.id);
        let integration = Some(shop.integration.id);
        let narrow = Scope { actions: vec![Action::Push], project, integration, publishing: None };
        let wide = Scope { project: None, integration: None, ..narrow.clone() };
        for (number, scope) in [(201, narrow.clone()), (202, wide)] {
            let token = Token { id: id(number), ..older.clone() };
            store.save(async move |tx| insert(tx, &token, &scope, &number.to_be_bytes()).await).await;
        }
        let mut conn = store.conn().await;
        let listed = list(&mut conn, shop.ana.id).await.expect("reads");
        let scopes: Vec<&str> = listed.iter().map(|token| token.scope.as_str()).collect();
        assert_eq!(scopes, ["everything its owner may reach", "shop/checkout", "shop"]);
        assert_eq!(listed[2], older);
        let found = find(&mut conn, &201_u128.to_be_bytes()).await.expect("reads");
        assert_eq!(found, Some(Scoped { token: listed[1].clone(), scope: narrow, publisher: None }));
        assert_eq!(load(&mut conn, id(201)).await.expect("reads"), found);
        assert_eq!(find(&mut conn, b"another").await.expect("reads"), None);
        assert_eq!(list(&mut conn, id(2)).await.expect("reads"), []);
    });
}

#[test]
fn two_tokens_never_share_a_secret() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let token = Token { id: id(201), ..shop.token(&store, 200).await };
        let scope = Scope::default();
        let again =
            store.write(async move |tx| insert(tx, &token, &scope, &200_u128.to_be_bytes()).await).await;
        assert!(again.expect_err("the hash is taken").is_duplicate());
    });
}

#[test]
fn a_token_is_revoked_once_and_remembers_its_last_use() {
    on_both_engines(async |store: Store| {
        let token = Shop::open(&store).await.token(&store, 200).await;
        let id = token.id;
        store.save(async move |tx| touch(tx, id, at(7)).await).await;
        assert!(store.save(async move |tx| revoke(tx, id, at(8)).await).await);
        assert!(!store.save(async move |tx| revoke(tx, id, at(9)).await).await);
        let found = load(&mut store.conn().await, id).await.expect("reads").expect("is there").token;
        assert_eq!(found, Token { last_used_at: Some(at(7)), revoked_at: Some(at(8)), ..token });
    });
}

#[test]
fn tokens_are_named_by_their_titles() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let token = shop.token(&store, 200).await.id;
        let mut conn = store.conn().await;
        let named = titles(&mut conn, &[token, id(999)]).await.expect("reads");
        assert_eq!(named, [(token, "CI".to_owned())].into());
        assert_eq!(titles(&mut conn, &[]).await.expect("reads"), [].into());
    });
}
