use super::*;
use crate::digests::Algorithm;
use crate::ids::{BuildId, IntegrationId, ProjectId};
use crate::timeline::sentence::Part;
use crate::timeline::{BuildName, EventActor, Named, Personal, Scene};
use uuid::Uuid;

const BASE: &str = "https://towpath.example";
const AT: &str = "2026-01-31T09:30:00Z";

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn build() -> BuildName {
    BuildName {
        id: BuildId(Uuid::nil()),
        digest: Digest::of(Algorithm::Sha256, b"image"),
        tag: Tag::parse("1.4.2").unwrap(),
    }
}

/// What a change in `shop/checkout` is told as.
fn message(change: Change, sentence: &str, reason: Option<&str>) -> Message {
    let scene = Scene {
        project: Some(Named { id: ProjectId(Uuid::nil()), slug: slug("shop") }),
        integration: Some(Named { id: IntegrationId(Uuid::nil()), slug: slug("checkout") }),
        ..Scene::default()
    };
    let at = Time::parse(AT).unwrap();
    let entry = Entry {
        seq: 7,
        at,
        kind: change.kind().to_owned(),
        who: "Ana".to_owned(),
        with: Some("CI".to_owned()),
        sentence: vec![Part::Text { text: sentence.to_owned() }],
        reason: reason.map(str::to_owned),
        mark: None,
    };
    let event = Event { id: EventId(Uuid::nil()), at, actor: EventActor::System, scene, change };
    Message::of(&event, entry, BASE)
}

fn cancelled(reason: &str) -> Message {
    let change = Change::PromotionCancelled {
        number: 14,
        build: build(),
        pins_in: None,
        reason: Some(Personal::new(&reason)),
    };
    message(change, "took back #14 of 1.4.2", Some(reason))
}

fn read(message: &Message, format: Format) -> Value {
    serde_json::from_str(&message.write(format, BASE).1).unwrap()
}

#[test]
fn an_event_is_told_by_what_it_is_about() {
    let told = read(&cancelled("Too early"), Format::Standard);
    assert_eq!(told["type"], "promotion_cancelled");
    assert_eq!(told["timestamp"], AT);
    assert_eq!(
        told["data"],
        json!({
            "id": Uuid::nil(), "seq": 7, "who": "Ana", "token": "CI", "sentence": "took back #14 of 1.4.2",
            "reason": "Too early", "project": "shop", "integration": "checkout", "promotion": 14,
            "build": {"digest": build().digest, "tag": "1.4.2"},
            "url": "https://towpath.example/projects/shop/promotions/14",
        })
    );
}

#[test]
fn a_cloud_event_names_its_place_and_carries_the_same() {
    let message = cancelled("Too early");
    let event = read(&message, Format::CloudEvents);
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["type"], "towpath.promotion_cancelled");
    assert_eq!(event["source"], "https://towpath.example/timeline");
    assert_eq!(event["subject"], "shop/checkout");
    assert_eq!(event["data"], read(&message, Format::Standard)["data"]);
}

#[test]
fn a_build_that_arrives_is_an_artifact_of_cdevents() {
    let change = Change::BuildReceived { build: build(), size: 1 };
    let event = read(&message(change, "pushed 1.4.2", None), Format::CloudEvents);
    assert_eq!(event["type"], "dev.cdevents.artifact.published.0.2.0");
    assert_eq!(event["type"], event["data"]["context"]["type"]);
    let digest = build().digest.to_string().replace(':', "%3A");
    assert_eq!(
        event["data"]["subject"],
        json!({
            "id": format!("pkg:oci/checkout@{digest}?repository_url=towpath.example%2Fshop%2Fcheckout&tag=1.4.2"),
            "source": "https://towpath.example/timeline", "type": "artifact", "content": {},
        })
    );
    assert_eq!(event["data"]["customData"]["build"]["tag"], "1.4.2");
}

#[test]
fn nothing_that_was_typed_calls_everyone_in_slack_or_hides_a_link() {
    let message = cancelled("<!channel> see <https://evil.example|this> & that\nand more");
    let text = read(&message, Format::Slack)["blocks"][0]["text"]["text"].as_str().unwrap().to_owned();
    assert_eq!(
        text,
        "Ana took back #14 of 1.4.2\n> &lt;!channel&gt; see &lt;https://evil.example|this&gt; &amp; that\n> and more"
    );
    assert!(!read(&message, Format::Slack)["text"].as_str().unwrap().contains('<'));
    let long = read(&cancelled(&"x".repeat(5_000)), Format::Slack);
    assert!(long["blocks"][0]["text"]["text"].as_str().unwrap().chars().count() <= 3_000);
}

#[test]
fn nothing_that_was_typed_is_a_link_on_a_card() {
    let card = read(&cancelled("see [this](https://evil.example)"), Format::Teams);
    let content = &card["attachments"][0]["content"];
    assert_eq!(content["body"][1]["text"], "“see \\[this\\]\\(https://evil.example\\)”");
    assert_eq!(content["actions"][0]["url"], "https://towpath.example/projects/shop/promotions/14");
}
