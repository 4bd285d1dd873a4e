//! API tokens.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id};
use crate::shop::Shop;
use towpath_domain::access::{Action, Scope};
use towpath_domain::times::Time;
use towpath_domain::tokens::Token;
use towpath_store::tokens::{
    Scoped, ending, find, find_former, insert, list, load, revoke, rotate, titles, touch, unwarned, warned,
};

#[test]
fn a_token_is_found_by_its_hash_with_its_scope() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let older = shop.token(&store, 200).await;
        let project = Some(shop.project.id);
        let integration = Some(shop.integration.id);
        let narrow = Scope { actions: vec![Action::Push], project, integration, ..Scope::default() };
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
        assert_eq!(
            found,
            Some(Scoped { token: listed[1].clone(), scope: narrow, publisher: None, environment: None })
        );
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
        store.save(async move |tx| touch(tx, id, at(7), Some("192.0.2.7")).await).await;
        assert!(store.save(async move |tx| revoke(tx, id, at(8)).await).await);
        assert!(!store.save(async move |tx| revoke(tx, id, at(9)).await).await);
        let found = load(&mut store.conn().await, id).await.expect("reads").expect("is there").token;
        let last_used_from = Some("192.0.2.7".to_owned());
        let revoked_at = Some(at(8));
        assert_eq!(found, Token { last_used_at: Some(at(7)), last_used_from, revoked_at, ..token });
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

#[test]
fn a_rotated_token_is_found_by_both_secrets_and_a_revoked_one_is_not_rotated() {
    on_both_engines(async |store: Store| {
        let token = Shop::open(&store).await.token(&store, 200).await;
        let id = token.id;
        let rotated = async |hash: &'static [u8], until| {
            store.save(async move |tx| rotate(tx, id, hash, at(900), until).await).await
        };
        assert!(rotated(b"second", Some(at(50))).await);
        let mut conn = store.conn().await;
        let new = find(&mut conn, b"second").await.expect("reads").expect("is there").token;
        let wanted = Token { expires_at: at(900), former_until: Some(at(50)), ..token };
        assert_eq!(new, wanted);
        let first = 200_u128.to_be_bytes();
        assert_eq!(find(&mut conn, &first).await.expect("reads"), None);
        assert_eq!(find_former(&mut conn, &first).await.expect("reads").expect("is there").token, wanted);
        assert!(rotated(b"third", None).await);
        assert_eq!(find_former(&mut conn, &first).await.expect("reads"), None, "two secrets at most");
        store.save(async move |tx| revoke(tx, id, at(8)).await).await;
        assert!(!rotated(b"fourth", None).await);
    });
}

#[test]
fn the_end_of_a_token_is_told_once_until_it_is_put_off() {
    on_both_engines(async |store: Store| {
        let token = Shop::open(&store).await.token(&store, 200).await;
        let (id, end) = (token.id, token.expires_at);
        let around = (Time::from_micros(end.micros() - 1), end);
        let mut conn = store.conn().await;
        let told = async |conn: &mut towpath_store::Conn, within| {
            let unwarned = unwarned(conn, within, 9).await.expect("reads");
            unwarned.into_iter().map(|scoped| scoped.token.id).collect::<Vec<_>>()
        };
        assert_eq!(told(&mut conn, around).await, [id]);
        assert_eq!(told(&mut conn, (end, end.plus_seconds(9))).await, [], "it is over then");
        let own = ending(&mut conn, token.owner, around, 9).await.expect("reads");
        assert_eq!(own, std::slice::from_ref(&token));
        store.save(async move |tx| warned(tx, id, at(5)).await).await;
        assert_eq!(told(&mut conn, around).await, []);
        store.save(async move |tx| rotate(tx, id, b"second", end, None).await).await;
        assert_eq!(told(&mut conn, around).await, [id]);
    });
}
