use super::*;
use crate::digests::Algorithm;

fn layer(text: &str, size: i64) -> Layer {
    Layer { digest: Digest::of(Algorithm::Sha256, text.as_bytes()), size }
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn image() -> Contents {
    Contents {
        platforms: list(&["linux/amd64"]),
        entrypoint: list(&["/app"]),
        command: list(&["serve"]),
        user: "app".to_owned(),
        working_directory: "/".to_owned(),
        environment: map(&[("PATH", "1"), ("TOKEN", "2"), ("OLD", "3")]),
        ports: list(&["8080/tcp"]),
        labels: map(&[("version", "1"), ("team", "shop")]),
        layers: vec![layer("base", 100), layer("app 1", 10)],
    }
}

#[test]
fn the_same_image_differs_in_nothing() {
    let same = compare(&image(), &image());
    assert!(same.is_empty());
    assert_eq!((same.shared, same.shared_layers, same.added_size()), (110, 2, 0));
}

#[test]
fn what_was_added_taken_away_and_changed_is_told_apart() {
    let next = Contents {
        platforms: list(&["linux/amd64", "linux/arm64"]),
        user: "root".to_owned(),
        environment: map(&[("PATH", "1"), ("TOKEN", "9"), ("NEW", "3")]),
        ports: list(&["9090/tcp"]),
        labels: map(&[("version", "2"), ("team", "shop")]),
        layers: vec![layer("base", 100), layer("app 2", 12)],
        ..image()
    };
    let told = compare(&image(), &next);
    assert!(!told.is_empty());
    assert_eq!(told.platforms.added, ["linux/arm64"]);
    let changed = |name: &str, from: &str, to: &str| Changed {
        name: name.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    assert_eq!(told.settings, [changed("user", "app", "root")]);
    let names = |one: &[String]| one.join(" ");
    let environment = &told.environment;
    assert_eq!(names(&environment.added), "NEW");
    assert_eq!(names(&environment.removed), "OLD");
    assert_eq!(names(&environment.changed), "TOKEN");
    assert_eq!(
        (names(&told.ports.added), names(&told.ports.removed)),
        ("9090/tcp".to_owned(), "8080/tcp".to_owned())
    );
    assert_eq!(told.labels, [changed("version", "1", "2")]);
    assert_eq!((told.shared, told.shared_layers, told.added_size()), (100, 1, 12));
    assert_eq!(told.removed, [layer("app 1", 10)]);
}

#[test]
fn a_side_survives_its_text() {
    let digest = Digest::of(Algorithm::Sha256, b"image").to_string();
    for text in ["prod", "prod@2026-01-31T09:30:00Z", digest.as_str()] {
        assert_eq!(SideAddress::parse(text).map(|side| side.to_string()).as_deref(), Ok(text));
    }
    for text in ["", "Prod", "prod@", "prod@yesterday", "@2026-01-31T09:30:00Z", "sha256:12"] {
        assert_eq!(SideAddress::parse(text), Err(SideError), "{text:?}");
    }
}
