//! The audit log is proved, and whatever was done to it past the server is found.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::projects::ProjectForm;
use towpath_domain::timeline::canonical::opens;
use towpath_domain::timeline::{Change, Filter};
use towpath_proof::tree::{Hash, extends, leaf_hash};
use towpath_proof::{Checkpoint, Differs, Receipt, SigningKey, VerifyingKey};
use towpath_service::audit::keys;
use towpath_service::audit::proving::{checkpoint, consistency, receipt};
use towpath_service::audit::signing::{adopt, is_due, make_key, rotate, sign};
use towpath_service::audit::verifying::verify;
use towpath_service::timeline::export;
use towpath_service::{Error, Service, projects};

/// A private key, however often it is needed.
fn copy(key: &SigningKey) -> SigningKey {
    key.reveal().parse().expect("a key")
}

async fn signed(shop: &Shop) -> (SigningKey, Checkpoint) {
    let key = make_key(shop).await.expect("a key");
    assert!(adopt(shop, &key).await.expect("is adopted"));
    let checkpoint = sign_on(shop, &key).await;
    (key, checkpoint)
}

async fn sign_on(service: &Service, key: &SigningKey) -> Checkpoint {
    let note = sign(service, copy(key), None).await.expect("signs").expect("there is something new");
    Checkpoint::open(&note, &[key.public().clone()]).expect("is signed")
}

async fn newest_event(shop: &Shop) -> i64 {
    shop.timeline(&shop.ana, Filter::default()).await[0].seq
}

async fn something_happens(shop: &Shop, tag: &str) {
    shop.push(&shop.dora, "shop/checkout/qa", tag).await.expect("arrives");
}

/// Runs statements as whoever owns the database could, past the triggers that keep the log final.
async fn tamper(shop: &Shop, statements: &[&str]) {
    let tables = ["events", "audit_tiles", "audit_checkpoints"];
    if shop.is_postgres() {
        for table in tables {
            shop.sql(&format!("alter table {table} disable trigger user")).await;
        }
    } else {
        for trigger in [
            "events_are_not_changed",
            "events_are_not_deleted",
            "audit_tiles_only_grow",
            "audit_tiles_are_not_deleted",
            "audit_checkpoints_are_not_changed",
            "audit_checkpoints_are_not_deleted",
        ] {
            shop.sql(&format!("drop trigger if exists {trigger}")).await;
        }
    }
    // Whoever erases texts breaks nothing, and rows of it would only be in the way.
    shop.sql("delete from event_texts").await;
    for statement in statements {
        shop.sql(statement).await;
    }
}

/// What an event was becomes what another one is, hash and all.
fn edit(seq: u64) -> String {
    format!(
        "update events set bytes = (select other.bytes from events other where other.seq = 1),
         leaf = (select other.leaf from events other where other.seq = 1) where seq = {seq}"
    )
}

async fn differs(shop: &Shop, kept: &[Checkpoint]) -> Option<Differs> {
    verify(shop, kept.to_vec()).await.expect("reads").differs
}

#[test]
fn a_log_that_nobody_touched_is_what_was_signed() {
    on_both_engines(async |shop: Shop| {
        let (key, first) = signed(&shop).await;
        assert_eq!(sign(&shop, copy(&key), None).await.expect("looks"), None, "nothing is new");
        something_happens(&shop, "1.0").await;
        let second = sign_on(&shop, &key).await;
        something_happens(&shop, "1.1").await;
        let verified = verify(&shop, vec![first.clone(), second.clone()]).await.expect("reads");
        assert_eq!(verified.differs, None);
        assert_eq!(verified.size, newest_event(&shop).await);
        assert_eq!(verified.signed, i64::try_from(second.size).expect("small"));
        assert!(verified.signed < verified.size);
        let sizes = [&first, &second].map(|checkpoint| i64::try_from(checkpoint.size).expect("small"));
        let proof = consistency(&shop, sizes[0], sizes[1]).await.expect("is proved");
        assert!(extends((first.size, &first.root), (second.size, &second.root), &proof));
        let beyond = consistency(&shop, sizes[0], verified.size).await;
        assert!(matches!(beyond, Err(Error::NotFound(_))), "{beyond:?}");
        let backwards = consistency(&shop, sizes[1], sizes[0]).await;
        assert!(matches!(backwards, Err(Error::NotFound(_))), "{backwards:?}");
    });
}

/// All that the owner of the database may do, each on a log of its own, against a checkpoint that was kept elsewhere.
#[test]
fn an_event_that_was_changed_is_named() {
    on_both_engines(async |shop: Shop| {
        let (_, kept) = signed(&shop).await;
        tamper(&shop, &[&edit(5)]).await;
        assert_eq!(differs(&shop, &[kept]).await, Some(Differs::Changed { entry: 5 }));
    });
}

#[test]
fn an_event_that_was_deleted_is_named() {
    on_both_engines(async |shop: Shop| {
        let (_, kept) = signed(&shop).await;
        tamper(&shop, &["delete from events where seq = 5"]).await;
        assert_eq!(differs(&shop, &[kept]).await, Some(Differs::Missing { expected: 5, found: 6 }));
    });
}

#[test]
fn an_event_that_was_put_in_is_named() {
    on_both_engines(async |shop: Shop| {
        let (_, kept) = signed(&shop).await;
        let fresh = if shop.is_postgres() { "gen_random_uuid()" } else { "randomblob(16)" };
        let insert = format!(
            "insert into events (seq, id, at, kind, bytes, leaf)
             select 5, {fresh}, at, kind, bytes, leaf from events where seq = 1"
        );
        tamper(
            &shop,
            &[
                "update events set seq = -seq where seq >= 5",
                "update events set seq = 1 - seq where seq < 0",
                &insert,
                "update audit_head set size = size + 1",
            ],
        )
        .await;
        assert_eq!(differs(&shop, &[kept]).await, Some(Differs::Changed { entry: 5 }));
    });
}

#[test]
fn events_in_another_order_are_named() {
    on_both_engines(async |shop: Shop| {
        let (_, kept) = signed(&shop).await;
        tamper(
            &shop,
            &[
                "create table swap as select seq, bytes, leaf from events where seq in (5, 6)",
                "update events set bytes = (select swap.bytes from swap where swap.seq = 11 - events.seq),
                 leaf = (select swap.leaf from swap where swap.seq = 11 - events.seq) where seq in (5, 6)",
            ],
        )
        .await;
        assert_eq!(differs(&shop, &[kept]).await, Some(Differs::Changed { entry: 5 }));
    });
}

#[test]
fn an_end_that_was_cut_off_is_named() {
    on_both_engines(async |shop: Shop| {
        let (_, kept) = signed(&shop).await;
        let size = kept.size;
        tamper(&shop, &["delete from events where seq > 5"]).await;
        let cut = Some(Differs::Cut { last: 5, size });
        assert_eq!(differs(&shop, &[]).await, cut);
        // Even if all that the database knew of them is gone.
        tamper(
            &shop,
            &["update audit_head set size = 5", "delete from audit_checkpoints", "delete from audit_tiles"],
        )
        .await;
        assert_eq!(differs(&shop, &[]).await, None, "the database alone cannot tell");
        assert_eq!(differs(&shop, &[kept]).await, cut);
    });
}

/// Not even by whoever has the server with its key.
#[test]
fn a_log_that_was_built_anew_is_not_the_one_that_was_kept() {
    on_both_engines(async |shop: Shop| {
        let (key, first) = signed(&shop).await;
        something_happens(&shop, "1.0").await;
        let second = sign_on(&shop, &key).await;
        // What happened never happened, and something else did.
        let gone = format!("delete from events where seq > {}", first.size);
        let head = format!("update audit_head set size = {}", first.size);
        tamper(&shop, &[&gone, &head, "delete from audit_checkpoints", "delete from audit_tiles"]).await;
        something_happens(&shop, "2.0").await;
        sign_on(&shop, &key).await;
        assert_eq!(differs(&shop, &[]).await, None, "it is whole in itself");
        let rewritten = Some(Differs::Rewritten { met: first.size, size: second.size });
        assert_eq!(differs(&shop, &[first, second]).await, rewritten);
    });
}

#[test]
fn a_checkpoint_of_another_key_is_not_believed() {
    on_both_engines(async |shop: Shop| {
        let (_, kept) = signed(&shop).await;
        let forger = SigningKey::new(&kept.origin, [7; 32]).expect("a key");
        let note = kept.sign(&[&forger]).to_string();
        tamper(&shop, &[&format!("update audit_checkpoints set note = '{note}'")]).await;
        let failed = verify(&shop, Vec::new()).await.expect_err("is forged").to_string();
        assert!(failed.contains("none of the known keys has signed it"), "{failed}");
        let failed = checkpoint(&shop).await.expect_err("is forged").to_string();
        assert!(failed.contains("none of the known keys has signed it"), "{failed}");
    });
}

#[test]
fn what_was_tampered_with_is_not_signed_on() {
    on_both_engines(async |shop: Shop| {
        let (key, kept) = signed(&shop).await;
        something_happens(&shop, "1.0").await;
        let refused = async |kept: Option<Checkpoint>| {
            let refused = sign(&shop, copy(&key), kept).await.expect_err("is refused").to_string();
            assert!(refused.starts_with("the audit log is not signed any further: "), "{refused}");
            refused
        };
        let next = kept.size + 1;
        let changed = "update events set bytes = (select other.bytes from events other where other.seq = 1)";
        tamper(&shop, &[&format!("{changed} where seq = {next}")]).await;
        let said = refused(None).await;
        assert!(said.contains(&format!("event {next} is missing or was changed")), "{said}");
        tamper(&shop, &[&format!("delete from events where seq = {next}")]).await;
        refused(None).await;
        // Shorter than what was signed, of which only the one who kept it knows.
        tamper(
            &shop,
            &[
                "delete from events where seq > 5",
                "update audit_head set size = 5",
                "delete from audit_checkpoints",
                "delete from audit_tiles",
            ],
        )
        .await;
        let said = refused(Some(kept)).await;
        assert!(said.contains("were signed, and 5 are there"), "{said}");
    });
}

#[test]
fn the_log_is_signed_after_half_a_minute_or_many_events() {
    on_both_engines(async |shop: Shop| {
        assert!(is_due(&shop).await.expect("looks"), "it never was");
        let (key, _) = signed(&shop).await;
        assert!(!is_due(&shop).await.expect("looks"));
        shop.clock.advance(60);
        assert!(!is_due(&shop).await.expect("looks"), "nothing is new");
        something_happens(&shop, "1.0").await;
        assert!(is_due(&shop).await.expect("looks"));
        sign_on(&shop, &key).await;
        something_happens(&shop, "1.1").await;
        assert!(!is_due(&shop).await.expect("looks"));
        shop.clock.advance(30);
        assert!(is_due(&shop).await.expect("looks"));
        sign_on(&shop, &key).await;
        for number in 0..140 {
            something_happens(&shop, &format!("2.{number}")).await;
        }
        assert!(is_due(&shop).await.expect("looks"), "{} events", newest_event(&shop).await);
        let checkpoint = sign_on(&shop, &key).await;
        assert!(checkpoint.size > 256, "more than one tile");
        assert_eq!(differs(&shop, &[checkpoint]).await, None);
    });
}

#[test]
fn replicas_sign_each_size_once() {
    on_both_engines(async |shop: Shop| {
        let replica = shop.replica().await;
        let key = make_key(&shop).await.expect("a key");
        let other = make_key(&replica).await.expect("a key");
        let (one, another) = tokio::join!(adopt(&shop, &key), adopt(&replica, &other));
        let (one, another) = (one.expect("asks"), another.expect("asks"));
        assert!(one != another, "one of them is the first");
        let (key, loser) = if one { (key, other) } else { (other, key) };
        let (one, another) = tokio::join!(sign(&shop, copy(&key), None), sign(&replica, copy(&key), None));
        let made = [one.expect("signs"), another.expect("signs")];
        assert_eq!(made.iter().flatten().count(), 1, "{made:?}");
        let refused = sign(&replica, loser, None).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        replica.close().await;
    });
}

async fn proved(shop: &Shop, actor: &Actor, seq: i64) -> Result<(Vec<u8>, Receipt), Error> {
    let receipt = receipt(shop, actor, seq).await?;
    assert!(receipt.personal.iter().all(|personal| opens(&receipt.bytes, personal)));
    Ok((receipt.bytes, receipt.proof.parse().expect("a proof")))
}

#[test]
fn who_may_see_an_event_gets_its_receipt_and_nobody_else_does() {
    on_both_engines(async |shop: Shop| {
        let (key, checkpoint) = signed(&shop).await;
        let keys = [key.public().clone()];
        for seq in 1..=i64::try_from(checkpoint.size).expect("small") {
            let (bytes, receipt) = proved(&shop, &shop.ana, seq).await.expect("an admin sees everything");
            assert_eq!(receipt.verify(&leaf_hash(&bytes), &keys).expect("holds"), checkpoint);
            let seen =
                shop.timeline(&shop.dora, Filter::default()).await.iter().any(|entry| entry.seq == seq);
            assert_eq!(proved(&shop, &shop.dora, seq).await.is_ok(), seen, "{seq}");
        }
        let form = ProjectForm { slug: "bank".to_owned(), title: "The bank".to_owned() };
        let bank = projects::create(&shop, &shop.ana, form).await.expect("a project").id;
        let eve = shop.person("Eve", Role::viewer(), Place::Project { project: bank }).await;
        something_happens(&shop, "1.0").await;
        sign_on(&shop, &key).await;
        let theirs = newest_event(&shop).await;
        for seq in [0, -1, i64::MIN, i64::MAX, 1, theirs] {
            let refused = proved(&shop, &eve, seq).await;
            assert!(matches!(refused, Err(Error::NotFound(_))), "{seq}: {refused:?}");
        }
        something_happens(&shop, "1.1").await;
        let early = proved(&shop, &shop.ana, newest_event(&shop).await).await;
        assert!(matches!(early, Err(Error::Conflict(_))), "{early:?}");
    });
}

/// What an old receipt says goes on being provable, and who knows the old key can follow to the new one.
#[test]
fn a_key_is_handed_over_to_the_next_one() {
    on_both_engines(async |shop: Shop| {
        let (old, first) = signed(&shop).await;
        something_happens(&shop, "1.0").await;
        let new = make_key(&shop).await.expect("a key");
        assert_eq!(new.public().name(), old.public().name());
        rotate(&shop, copy(&old), copy(&new)).await.expect("is rotated");
        let refused = sign(&shop, copy(&old), None).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        let told = shop.timeline(&shop.ana, Filter { kind: "audit_key_rotated".into(), ..Filter::default() });
        assert_eq!(told.await.len(), 1);
        let second = sign_on(&shop, &new).await;
        assert_eq!(differs(&shop, &[first, second.clone()]).await, None);
        let known = keys(&shop).await.expect("reads");
        assert_eq!(known.len(), 2);
        assert_eq!(known[0].public, old.public().to_string());
        let handover = known[1].handover.as_ref().expect("was handed over");
        for key in [old.public(), new.public()] {
            let handed: &[VerifyingKey] = std::slice::from_ref(key);
            assert_eq!(Checkpoint::open(handover, handed).expect("both signed").size, second.size - 1);
        }
        let again = rotate(&shop, old, copy(&new)).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    });
}

#[test]
fn an_export_holds_what_verifies_it() {
    on_both_engines(async |shop: Shop| {
        for number in 0..140 {
            something_happens(&shop, &format!("1.{number}")).await;
        }
        let (key, checkpoint) = signed(&shop).await;
        something_happens(&shop, "2.0").await;
        let mut export_of = export::begin(&shop, &shop.ana, &Filter::default()).await.expect("begins");
        something_happens(&shop, "2.1").await;
        let note = export_of.checkpoint.clone().expect("is signed");
        assert_eq!(Checkpoint::open(&note, &[key.public().clone()]), Ok(checkpoint.clone()));
        let mut replay = towpath_proof::Replay::new(vec![checkpoint.clone()]);
        loop {
            let lines = export_of.next().await.expect("reads");
            if lines.is_empty() {
                break;
            }
            for line in lines {
                let seq = u64::try_from(line.entry.seq).expect("small");
                let held: Option<&Hash> = line.leaf.as_ref();
                assert_eq!(held.is_some(), seq <= checkpoint.size, "{seq}");
                replay.take(seq, &line.bytes, held).expect("fits");
                assert!(line.personal.iter().all(|personal| opens(&line.bytes, personal)), "{seq}");
                let event =
                    towpath_domain::timeline::canonical::open(&line.bytes, &line.personal).expect("opens");
                if let Change::PersonJoined { name, .. } = event.change {
                    assert_ne!(name.text(), "(erased)");
                }
            }
        }
        let size = replay.finish().expect("is what was signed");
        assert!(
            size > 256 && i64::try_from(size).expect("small") < newest_event(&shop).await,
            "not what came later"
        );
        let mut part =
            export::begin(&shop, &shop.dora, &Filter { kind: "build_placed".into(), ..Filter::default() })
                .await
                .expect("begins");
        let kinds: Vec<String> =
            part.next().await.expect("reads").into_iter().map(|line| line.entry.kind).collect();
        assert!(kinds.len() > 100 && kinds.iter().all(|kind| kind == "build_placed"), "{}", kinds.len());
        let nothing =
            export::begin(&shop, &shop.dora, &Filter { project: "moon".into(), ..Filter::default() }).await;
        assert!(matches!(nothing, Err(Error::NotFound(_))), "{nothing:?}");
    });
}

#[test]
fn what_lies_beside_the_log_is_found_too() {
    on_both_engines(async |shop: Shop| {
        // The reason of a promotion is such a text.
        let digest = shop.push(&shop.ana, "shop/checkout/qa", "1.0").await.expect("enters");
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes on");
        let (_, kept) = signed(&shop).await;
        shop.sql("update event_texts set text = 'Mallory' where seq = (select min(seq) from event_texts)")
            .await;
        let found = differs(&shop, &[kept]).await;
        assert!(matches!(found, Some(Differs::Text { .. })), "{found:?}");
    });
    on_both_engines(async |shop: Shop| {
        let (_, kept) = signed(&shop).await;
        shop.sql("update event_texts set text = null").await;
        assert_eq!(differs(&shop, std::slice::from_ref(&kept)).await, None, "an erased text is no text");
        tamper(&shop, &["update events set seq = -1 where seq = 1"]).await;
        assert!(matches!(differs(&shop, &[kept]).await, Some(Differs::Outside { count: 1, .. })));
    });
    // The columns by which an event is found: a list that it is left out of hides it as well as its deletion.
    for column in
        ["kind = 'tag_deleted'", "at = at - 86400000000", "person = id", "project = null", "bucket = id"]
    {
        on_both_engines(async |shop: Shop| {
            shop.push(&shop.ana, "shop/checkout/qa", "1.0").await.expect("enters");
            let (_, kept) = signed(&shop).await;
            let of = "(select max(seq) from events where kind = 'build_placed')";
            tamper(&shop, &[&format!("update events set {column} where seq = {of}")]).await;
            let found = differs(&shop, &[kept]).await;
            assert!(matches!(found, Some(Differs::Misfiled { .. })), "{column}: {found:?}");
        });
    }
    on_both_engines(async |shop: Shop| {
        let (_, kept) = signed(&shop).await;
        let size = newest_event(&shop).await;
        tamper(&shop, &["update audit_head set size = 3"]).await;
        let count = u64::try_from(size - 3).expect("small");
        assert_eq!(differs(&shop, &[kept]).await, Some(Differs::Outside { count, size: 3 }));
    });
}
