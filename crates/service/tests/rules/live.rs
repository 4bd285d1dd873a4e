//! Live events: who is told of what, that nothing is missed, and when it ends.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use futures::FutureExt;
use futures::future::join_all;
use std::time::Duration;
use towpath_domain::access::{Actor, Place};
use towpath_domain::ids::PersonId;
use towpath_domain::roles::RoleForm;
use towpath_domain::tokens::TokenForm;
use towpath_service::live::{BACKLOG, FollowRefused, Follower, LAG, Message, STREAMS, Standing, follow};
use towpath_service::sessions::{self, Kept, Origin};
use towpath_service::timeline::head;
use towpath_service::{Service, people, roles, tokens};

/// Begins a session, as signing in does, under the id of the person.
async fn sign_in(service: &Service, person: PersonId) -> [u8; 16] {
    let id = person.uuid().into_bytes();
    let used_at = service.now();
    let kept = Kept {
        proven_at: None,
        person: Some(person),
        data: "{}".to_owned(),
        origin: Origin::default(),
        used_at,
        expires_at: used_at.plus_seconds(3_600),
    };
    sessions::save(service, &id, kept).await.expect("a session");
    id
}

async fn follower(service: &Service, actor: &Actor, after: Option<i64>) -> Follower {
    let session = sign_in(service, actor.person()).await;
    follow(service, actor.clone(), &session, after).await.expect("may follow")
}

/// The next message, which has to come.
async fn next(follower: &mut Follower) -> Option<Message> {
    tokio::time::timeout(Duration::from_secs(20), follower.next()).await.expect("it comes in time")
}

/// The number of the next event, which has to be a notice.
async fn next_seq(follower: &mut Follower) -> i64 {
    match next(follower).await {
        Some(Message::Notice(notice)) => notice.seq,
        other => panic!("no notice: {other:?}"),
    }
}

/// What there is to tell by now, kind by kind.
fn told(follower: &mut Follower) -> Vec<String> {
    let mut kinds = Vec::new();
    while let Some(message) = follower.next().now_or_never() {
        kinds.push(match message {
            Some(Message::Notice(notice)) => notice.kind.clone(),
            Some(Message::Reset) => "reset".to_owned(),
            None => "end".to_owned(),
        });
    }
    kinds
}

/// Waits until everything up to the newest event was handed on, as somebody who sees all of it hears.
async fn settle(service: &Service, all: &mut Follower) {
    let newest = head(service).await.expect("reads");
    while all.position() < newest {
        next(all).await.expect("goes on");
    }
}

#[test]
fn each_reader_is_told_of_what_they_may_see() {
    on_both_engines(async |shop: Shop| {
        let stranger = shop.stranger("Nemo").await;
        let before = head(&shop).await.expect("reads");
        let mut admin = follower(&shop, &shop.ana, None).await;
        let mut developer = follower(&shop, &shop.dora, None).await;
        let mut nobody = follower(&shop, &stranger, None).await;
        let mut all = follower(&shop, &shop.ana, None).await;
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.token(&shop.ana, "", &["view"]).await;
        settle(&shop, &mut all).await;
        for (reader, actor, kinds) in [
            (&mut admin, &shop.ana, &["build_received", "build_placed", "token_created"][..]),
            // What the installation's own people do is not for those of one project.
            (&mut developer, &shop.dora, &["build_received", "build_placed"]),
            (&mut nobody, &stranger, &[]),
        ] {
            assert_eq!(told(reader), kinds, "{actor:?}");
            let mut later = follower(&shop, actor, Some(before)).await;
            assert_eq!(told(&mut later), kinds, "the same to who comes later: {actor:?}");
        }
    });
}

#[test]
fn a_notice_names_where_it_happened_and_nobody() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
        let newest = head(&shop).await.expect("reads");
        let mut follower = follower(&shop, &shop.dora, Some(newest - 1)).await;
        let Some(Message::Notice(notice)) = next(&mut follower).await else { panic!("no notice") };
        let text = serde_json::to_string(&*notice).expect("JSON");
        let expected = format!(
            r#"{{"seq":{newest},"kind":"promotion_applied","project":"shop","integration":"checkout","bucket":"staging","promotion":1}}"#
        );
        assert_eq!(text, expected);
    });
}

#[test]
fn nothing_is_missed_or_told_twice_between_looking_back_and_listening() {
    on_both_engines(async |shop: Shop| {
        let pushes = async {
            for number in 0..20 {
                shop.push(&shop.dora, "shop/checkout/qa", &format!("1.{number}")).await.expect("arrives");
            }
        };
        let follow = async {
            let mut followers = Vec::new();
            for _ in 0..20 {
                followers.push(follower(&shop, &shop.ana, Some(0)).await);
                tokio::task::yield_now().await;
            }
            followers
        };
        let ((), followers) = tokio::join!(pushes, follow);
        let newest = head(&shop).await.expect("reads");
        for mut follower in followers {
            for seq in 1..=newest {
                assert_eq!(next_seq(&mut follower).await, seq);
            }
        }
    });
}

/// Makes many events quickly.
async fn make_noise(shop: &Shop, count: usize) {
    let form = TokenForm {
        title: "CI".to_owned(),
        scope: String::new(),
        actions: vec!["view".to_owned()],
        days: "1".to_owned(),
    };
    let made = join_all((0..count).map(|_| tokens::create(shop, &shop.ana, form.clone()))).await;
    assert!(made.iter().all(Result::is_ok));
}

#[test]
fn who_falls_behind_or_comes_too_late_is_told_to_read_anew() {
    on_both_engines(async |shop: Shop| {
        let mut slow = follower(&shop, &shop.ana, None).await;
        make_noise(&shop, LAG + 100).await;
        let newest = head(&shop).await.expect("reads");
        while slow.position() < newest {
            let message = next(&mut slow).await;
            if message == Some(Message::Reset) {
                break;
            }
        }
        assert_eq!(slow.position(), newest, "it was told to read anew, and goes on from the newest");

        for after in [0, newest - BACKLOG - 1, newest + 1] {
            let mut late = follower(&shop, &shop.ana, Some(after)).await;
            assert_eq!(next(&mut late).await, Some(Message::Reset), "after {after}");
            assert_eq!(late.position(), newest);
        }
        let mut in_time = follower(&shop, &shop.ana, Some(newest - BACKLOG)).await;
        assert_eq!(next_seq(&mut in_time).await, newest - BACKLOG + 1);

        make_noise(&shop, 1).await;
        assert_eq!(next_seq(&mut slow).await, newest + 1);
    });
}

#[test]
fn who_loses_a_role_is_told_no_more_of_what_it_showed() {
    on_both_engines(async |shop: Shop| {
        let mut developer = follower(&shop, &shop.dora, None).await;
        let mut all = follower(&shop, &shop.ana, None).await;
        let members = people::list(&shop, &shop.ana).await.expect("an admin sees people").people;
        let dora = members.iter().find(|member| member.person.id == shop.dora.person()).expect("is there");
        people::revoke(&shop, &shop.ana, dora.roles[0].binding).await.expect("revokes");
        assert_eq!(next(&mut developer).await, Some(Message::Reset), "at once");
        shop.push(&shop.ana, "shop/checkout/qa", "1.0").await.expect("arrives");
        settle(&shop, &mut all).await;
        assert_eq!(told(&mut developer), [""; 0]);
    });
}

#[test]
fn who_gains_a_role_is_told_of_what_it_shows() {
    on_both_engines(async |shop: Shop| {
        let nemo = shop.stranger("Nemo").await;
        let mut follower = follower(&shop, &nemo, None).await;
        assert_eq!(follower.look_again().await, Standing::Same);
        let form = towpath_domain::people::InvitationForm {
            email: "Nemo@example.org".to_owned(),
            role: "viewer".to_owned(),
            place: "project:shop".to_owned(),
        };
        people::invite(&shop, &shop.ana, form).await.expect("holds the role at once");
        assert_eq!(next(&mut follower).await, Some(Message::Reset));
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await;
        digest.expect("arrives");
        let newest = head(&shop).await.expect("reads");
        assert_eq!(next_seq(&mut follower).await, newest - 1);
    });
}

#[test]
fn a_stream_ends_with_the_session_of_its_reader() {
    on_both_engines(async |shop: Shop| {
        let mut developer = follower(&shop, &shop.dora, None).await;
        assert_eq!(developer.look_again().await, Standing::Same);
        let id = shop.dora.person().uuid().into_bytes();
        sessions::delete(&shop, &id).await.expect("signs out");
        assert_eq!(developer.look_again().await, Standing::Ended);

        let mut developer = follower(&shop, &shop.dora, None).await;
        shop.clock.advance(3_600);
        assert_eq!(developer.look_again().await, Standing::Ended, "it has expired");
        sign_in(&shop, shop.ana.person()).await;
        let ana = shop.ana.person().uuid().into_bytes();
        let mut other = follow(&shop, shop.dora.clone(), &ana, None).await.expect("may follow");
        assert_eq!(other.look_again().await, Standing::Ended, "it is the session of someone else");
    });
}

#[test]
fn one_person_follows_so_many_pages_and_no_more() {
    on_both_engines(async |shop: Shop| {
        let mut pages = Vec::new();
        for _ in 0..STREAMS {
            pages.push(follower(&shop, &shop.dora, None).await);
        }
        let session = shop.dora.person().uuid().into_bytes();
        let more = follow(&shop, shop.dora.clone(), &session, None).await;
        assert!(matches!(more, Err(FollowRefused::Crowded)), "{more:?}");
        follower(&shop, &shop.ben, None).await;
        pages.pop();
        follower(&shop, &shop.dora, None).await;
    });
}

#[test]
fn who_holds_a_role_that_is_changed_reads_anew_and_nobody_else() {
    on_both_engines(async |shop: Shop| {
        let form = |permissions: &[(&str, &str)]| RoleForm {
            slug: "own".to_owned(),
            title: "Own".to_owned(),
            permissions: permissions.iter().map(|(name, to)| ((*name).into(), (*to).into())).collect(),
            ..RoleForm::default()
        };
        let own = roles::create(&shop, &shop.ana, form(&[])).await.expect("a role");
        let zoe = shop.person("Zoe", own, Place::Project { project: shop.project.id }).await;
        let mut holder = follower(&shop, &zoe, None).await;
        let mut other = follower(&shop, &shop.dora, None).await;
        let mut all = follower(&shop, &shop.ana, None).await;
        roles::change(&shop, &shop.ana, "own", form(&[("hold", "everywhere")])).await.expect("may");
        assert_eq!(next(&mut holder).await, Some(Message::Reset));
        assert_eq!(next_seq(&mut all).await, head(&shop).await.expect("reads"), "the admin is told of it");
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        assert!(
            matches!(next(&mut other).await, Some(Message::Notice(notice)) if notice.kind != "role_changed")
        );
    });
}
