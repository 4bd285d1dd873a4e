//! One-time links.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, email, id};
use crate::shop::Shop;
use towpath_domain::access::{Place, Role};
use towpath_store::access::save_built_in;
use towpath_store::links::{Link, Purpose, find, insert, open_invitations, redeem, withdraw};

fn admin(number: u128) -> Link {
    Link { id: id(number), purpose: Purpose::Admin, created_at: at(0), expires_at: at(10), used_at: None }
}

fn invitation(number: u128) -> Link {
    let place = Place::Stream { stream: id(7) };
    let purpose = Purpose::Invitation { email: email("b@example.org"), role: Role::viewer().slug, place };
    Link { purpose, ..admin(number) }
}

async fn save(store: &Store, links: &[Link]) {
    let links = links.to_vec();
    store
        .save(async move |tx| {
            save_built_in(tx, &Role::viewer()).await?;
            for link in &links {
                insert(tx, link, link.id.uuid().as_bytes()).await?;
            }
            Ok(())
        })
        .await;
}

#[test]
fn a_link_is_found_by_its_hash_alone() {
    on_both_engines(async |store: Store| {
        let links = [admin(1), invitation(2)];
        save(&store, &links).await;
        let mut conn = store.conn().await;
        for link in links {
            let found = find(&mut conn, link.id.uuid().as_bytes()).await.expect("reads");
            assert_eq!(found, Some(link));
        }
        assert_eq!(find(&mut conn, b"another").await.expect("reads"), None);
        let again = store.write(async |tx| insert(tx, &admin(3), id_bytes(1).as_slice()).await).await;
        assert!(again.expect_err("the hash is taken").is_duplicate());
    });
}

fn id_bytes(number: u128) -> [u8; 16] {
    number.to_be_bytes()
}

#[test]
fn a_link_works_once_and_until_it_expires() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        save(&store, &[admin(1), admin(2)]).await;
        let mut redeemed = Vec::new();
        for (number, seconds) in [(1, 9), (1, 9), (2, 10)] {
            redeemed.push(store.save(async move |tx| redeem(tx, id(number), ana, at(seconds)).await).await);
        }
        assert_eq!(redeemed, [true, false, false]);
        let used = find(&mut store.conn().await, &id_bytes(1)).await.expect("reads").expect("is there");
        assert_eq!(used.used_at, Some(at(9)));
    });
}

#[test]
fn open_invitations_are_those_that_still_work() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        let expired = Link { expires_at: at(3), ..invitation(4) };
        save(&store, &[admin(1), invitation(2), invitation(3), expired, invitation(5)]).await;
        store.save(async move |tx| redeem(tx, id(3), ana, at(2)).await).await;
        let open = open_invitations(&mut store.conn().await, at(3)).await.expect("reads");
        assert_eq!(open, [invitation(5), invitation(2)]);
    });
}

#[test]
fn an_invitation_is_withdrawn_while_it_is_open_and_nothing_else_is() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        save(&store, &[admin(1), invitation(2), invitation(3)]).await;
        store.save(async move |tx| redeem(tx, id(3), ana, at(2)).await).await;
        let mut withdrawn = Vec::new();
        for number in [1, 2, 2, 3] {
            withdrawn.push(store.save(async move |tx| withdraw(tx, id(number)).await).await);
        }
        assert_eq!(withdrawn, [false, true, false, false]);
        assert_eq!(find(&mut store.conn().await, &id_bytes(2)).await.expect("reads"), None);
    });
}
