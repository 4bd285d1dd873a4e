//! Proof of the audit log, as clients and tools of others ask for it.

use crate::support::{World, request};
use axum::body::Body;
use http::{Request, StatusCode};
use insta::assert_snapshot;
use serde_json::{Value, json};
use towpath_proof::tree::{extends, leaf_hash};
use towpath_proof::{Checkpoint, Receipt, VerifyingKey};

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

async fn checkpoint(world: &World, key: &VerifyingKey) -> Checkpoint {
    let note = world.get("/audit/checkpoint", &world.ana).await.body;
    Checkpoint::open(text(&note), std::slice::from_ref(key)).expect("is signed")
}

#[tokio::test]
async fn a_checkpoint_is_a_signed_note_that_continues_the_ones_before_it() {
    let world = World::with_shop().await;
    assert_snapshot!(world.get("/audit/checkpoint", &world.ana).await, @r#"
    409 Conflict
    {
      "detail": "The log is not signed yet; that takes half a minute. Ask again then.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    let key: VerifyingKey = world.sign().await.parse().expect("a key");
    assert_snapshot!(world.get("/audit/checkpoint", &world.ana).await, @r#"
    200 OK
    towpath.example/log
    11
    cCln7XBA0M95w7SQQWpT8blD5TrK6ltfqqgCVDw3MI8=

    — towpath.example/log xop8FDU/BK2B+JaMvkW7S8SvpIwa6hg7HDJNkEf5PfrdTCb1U+hyTNWC51ZpcTQqJvSlDWjieNaf5y6FqPNQgm4DjAA=
    "#);
    let first = checkpoint(&world, &key).await;
    world.push("qa", "1.4.2").await;
    world.sign().await;
    let second = checkpoint(&world, &key).await;
    let path = format!("/audit/consistency?from={}&to={}", first.size, second.size);
    let answer = world.get(&path, &world.ana).await;
    let proof: towpath_api::audit::AuditConsistency = serde_json::from_value(answer.body).expect("a proof");
    let hashes = proof.hashes().expect("hashes");
    assert!(extends((first.size, &first.root), (second.size, &second.root), &hashes));
    assert_snapshot!(world.get("/audit/consistency?from=5&to=99", &world.ana).await, @r#"
    404 Not Found
    {
      "detail": "A proof from 5 to 99 (the log is signed up to 13) was not found.",
      "request_id": "a-request",
      "status": 404,
      "title": "Not found",
      "type": "/problems/not-found"
    }
    "#);
    assert_eq!(world.get("/audit/consistency?from=9&to=5", &world.ana).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/audit/consistency?from=-1&to=5", &world.ana).await.status, StatusCode::NOT_FOUND);
    let keys = world.get("/audit/keys", &world.ana).await.body;
    assert_eq!(keys, json!([{"key": key.to_string(), "made_at": "2026-01-31T09:30:00Z"}]));
}

#[tokio::test]
async fn a_receipt_holds_the_event_its_texts_and_its_proof() {
    let world = World::with_shop().await;
    let early = world.get("/timeline/3/receipt", &world.ana).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{early}");
    let key: VerifyingKey = world.sign().await.parse().expect("a key");
    let answer = world.get("/timeline/3/receipt", &world.ana).await.body;
    assert_snapshot!(text(&answer["bytes"]), @r#"
    towpath audit 1
    {"actor":{"as":"person","person":"019c1363-49c0-7000-8000-00000000000b"},"at":1769851800000000,"change":{"email":{"$sealed":"1308f2bed1f52bc054744b5b245ceb95db332f31893aba8c3b85e40dd4298f80"},"kind":"person_joined","link":"019c1363-49c0-7000-8000-000000000008","name":{"$sealed":"d7f3e92c159e8fe97e8019c2d246dbd54116e96d79b740ad6a5a180dcfcc3f10"},"person":"019c1363-49c0-7000-8000-00000000000b"},"id":"019c1363-49c0-7000-8000-00000000000c","scene":{}}
    "#);
    let texts: Vec<&str> = answer["openings"]
        .as_array()
        .expect("openings")
        .iter()
        .map(|opening| text(&opening["text"]))
        .collect();
    assert_eq!(texts, ["ana@example.org", "Ana"]);
    let receipt: Receipt = text(&answer["proof"]).parse().expect("a proof");
    receipt.verify(&leaf_hash(text(&answer["bytes"]).as_bytes()), &[key]).expect("it is proved");
    for nothing in ["0", "99", "-1", "x", "9223372036854775807", "9223372036854775808"] {
        let answer = world.get(&format!("/timeline/{nothing}/receipt"), &world.ana).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}: {answer}");
    }
    let vic = world.person("Vic", "viewer", "project:shop").await;
    assert_eq!(world.get("/timeline/3/receipt", &vic).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/timeline/5/receipt", &vic).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_export_is_lines_with_the_checkpoint_first() {
    let world = World::with_shop().await;
    let unsigned = world.get("/timeline/export?kind=project_created", &world.ana).await.body;
    let unsigned: Value = match unsigned {
        Value::String(text) => serde_json::from_str(&text).expect("one line"),
        line => line,
    };
    assert_eq!((&unsigned["seq"], unsigned.get("leaf")), (&json!(5), None), "{unsigned}");
    world.sign().await;
    let lines = world.get("/timeline/export?kind=environment_created", &world.ana).await.body;
    let lines: Vec<Value> =
        text(&lines).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(text(&lines[0]["checkpoint"]).starts_with("towpath.example/log\n11\n"), "{}", lines[0]);
    assert_eq!(lines.len(), 4);
    for line in &lines[1..] {
        let leaf = leaf_hash(text(&line["bytes"]).as_bytes());
        assert_eq!(line["leaf"], json!(hex::encode(leaf)));
    }
    let csv = world.get("/timeline/export?format=csv&project=shop", &world.ana).await.body;
    assert!(text(&csv).starts_with("\"seq\",\"at\",\"kind\""), "{csv}");
    let nothing = world.get("/timeline/export?format=csv&kind=rolled_back", &world.ana).await.body;
    assert_eq!(text(&nothing), "\"seq\",\"at\",\"kind\",\"who\",\"token\",\"what\",\"why\",\"mark\"\r\n");
    assert_eq!(world.get("/timeline/export?project=moon", &world.ana).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        world.get("/timeline/export?format=xml", &world.ana).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

/// As <https://c2sp.org/tlog-tiles> lays it out.
#[tokio::test]
async fn the_tree_lies_where_tools_of_others_look_for_it() {
    let world = World::with_shop().await;
    let key: VerifyingKey = world.sign().await.parse().expect("a key");
    let newest = checkpoint(&world, &key).await;
    let ask = async |path: String, secret: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {secret}"));
        world.send(request.body(Body::empty()).expect("a request")).await
    };
    let note = ask("/log/checkpoint".to_owned(), &world.ana).await;
    assert_eq!(Checkpoint::open(text(&note.body), &[key]), Ok(newest.clone()));
    let tile = ask(format!("/log/tile/0/000.p/{}", newest.size), &world.ana).await;
    assert_eq!(tile.status, StatusCode::OK);
    for nothing in
        ["0/000", "0/000.p/12", "0/000.p/0", "0/000.p/256", "0/001.p/1", "1/000.p/1", "0/0", "64/000.p/1"]
    {
        let answer = ask(format!("/log/tile/{nothing}"), &world.ana).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}: {answer}");
    }
    let vic = world.person("Vic", "viewer", "project:shop").await;
    assert_eq!(ask("/log/tile/0/000.p/1".to_owned(), &vic).await.status, StatusCode::FORBIDDEN);
    let nobody =
        world.send(request("GET", "/audit/checkpoint", "").body(Body::empty()).expect("a request")).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}
