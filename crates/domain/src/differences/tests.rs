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
    assert_eq!((same.layers.shared, same.layers.shared_size, same.layers.added_size), (2, 110, 0));
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
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
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
    let layers = &told.layers;
    assert_eq!((layers.shared, layers.shared_size, layers.added_size), (1, 100, 12));
    assert_eq!(layers.removed, [layer("app 1", 10)]);
}

#[test]
fn what_looks_the_same_is_told_apart() {
    let other = |change: fn(&mut Contents)| {
        let mut next = image();
        change(&mut next);
        compare(&image(), &next)
    };
    let words = other(|next| next.command = list(&["serve now"]));
    assert_eq!(words.settings[0].to.as_deref(), Some("\"serve now\""));
    let empty = other(|next| _ = next.labels.insert("empty".to_owned(), String::new()));
    assert_eq!((empty.labels[0].from.as_deref(), empty.labels[0].to.as_deref()), (None, Some("")));
    assert!(other(|next| next.layers.reverse()).layers.reordered);
    assert!(other(|next| next.layers.push(layer("base", 100))).layers.reordered);
}

#[test]
fn whatever_an_image_says_is_told_within_bounds() {
    let many = |prefix: &str| (0..20_000).map(|number| format!("{prefix}{number}")).collect::<Vec<_>>();
    let from = Contents { ports: many("a"), ..image() };
    let huge = (0..300).map(|number| layer(&number.to_string(), i64::MAX)).collect();
    let odd = [("\u{202e}name".to_owned(), "x".repeat(10_000))].into();
    let to = Contents { ports: many("b"), layers: huge, labels: odd, ..image() };
    let told = compare(&from, &to);
    assert!(told.shortened);
    assert_eq!(
        (told.ports.added.len(), told.ports.removed.len(), told.layers.added.len()),
        (TOLD, TOLD, TOLD)
    );
    assert_eq!((told.layers.added_count, told.layers.added_size), (300, i64::MAX));
    let label = told.labels.iter().find(|label| label.name == "name").expect("without what turns it round");
    assert!(label.to.as_ref().is_some_and(|value| value.len() < 300));
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
