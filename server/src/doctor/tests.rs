use super::*;
use crate::config::Given;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

fn config(data: &TempDir, more: &[(&str, &str)]) -> Config {
    let folder = data.path().join("data").display().to_string();
    // A port at which nobody listens.
    let variables = [("TOWPATH_DATA", folder.as_str()), ("TOWPATH_LISTEN", "127.0.0.1:1")];
    let variables =
        variables.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Given::read(None, variables).unwrap().check().unwrap()
}

/// What is said of one thing.
async fn said(config: &Config, what: &str) -> (Verdict, String) {
    let findings = examine(config, &Sources::system()).await;
    let found = findings.iter().find(|finding| finding.what == what).expect("is looked at");
    (found.verdict, found.words.clone())
}

async fn started(config: &Config) {
    crate::running::open(config, Sources::system()).await.unwrap().close().await;
}

#[tokio::test]
async fn before_the_first_start_all_is_well_and_nothing_is_made() {
    let data = tempfile::tempdir().unwrap();
    let config = config(&data, &[]);
    let findings = examine(&config, &Sources::system()).await;
    let wrong: Vec<String> = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Wrong && finding.what != "site")
        .map(ToString::to_string)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_installation_is_looked_at_without_a_server() {
    let data = tempfile::tempdir().unwrap();
    let config = config(&data, &[]);
    started(&config).await;
    let (verdict, words) = said(&config, "database").await;
    assert!(verdict == Verdict::Well && words.ends_with("up to date"), "{words}");
    assert_eq!(said(&config, "secret key").await.0, Verdict::Well);
    assert_eq!(said(&config, "data").await.0, Verdict::Well);
    let (verdict, words) = said(&config, "server").await;
    assert!(verdict == Verdict::Odd && words.contains("no server answers"), "{words}");
}

#[tokio::test]
async fn a_key_that_is_gone_or_open_to_others_is_told() {
    let data = tempfile::tempdir().unwrap();
    let config = config(&data, &[]);
    started(&config).await;
    let mode =
        |mode| std::fs::set_permissions(&config.secret_key, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o644);
    let (verdict, words) = said(&config, "secret key").await;
    assert!(verdict == Verdict::Odd && words.contains("chmod 600"), "{words}");
    mode(0o600);
    std::fs::remove_file(&config.secret_key).unwrap();
    let (verdict, words) = said(&config, "secret key").await;
    assert!(verdict == Verdict::Wrong && words.contains("backup"), "{words}");
    assert!(!config.secret_key.exists(), "the doctor makes none");
}

#[tokio::test]
async fn a_database_that_is_gone_is_not_made_anew() {
    let data = tempfile::tempdir().unwrap();
    let config = config(&data, &[]);
    started(&config).await;
    let file = config.data.join("towpath.db");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(said(&config, "database").await.0, Verdict::Wrong);
    assert!(!file.exists());
}

#[test]
fn a_database_is_judged_by_its_damage_then_by_its_age() {
    let found = Diagnosis {
        engine: "SQLite 3".to_owned(),
        pending: 0,
        newer: None,
        damage: None,
        newest: None,
        clock: None,
        signed_by: None,
    };
    assert_eq!(database(&found).verdict, Verdict::Well);
    let behind = database(&Diagnosis { pending: 2, ..found.clone() });
    assert!(behind.verdict == Verdict::Odd && behind.words.contains("2 migrations"), "{behind}");
    let newer = database(&Diagnosis { newer: Some(99), ..found.clone() });
    assert!(newer.verdict == Verdict::Wrong && newer.words.contains("newer Towpath"), "{newer}");
    let damaged = database(&Diagnosis { damage: Some("row 7 missing".to_owned()), newer: Some(99), ..found });
    assert!(damaged.verdict == Verdict::Wrong && damaged.words.contains("row 7"), "{damaged}");
}

#[test]
fn a_clock_that_differs_is_told() {
    let now = Sources::system().now();
    let found = |clock: i64, newest: i64| Diagnosis {
        engine: String::new(),
        pending: 0,
        newer: None,
        damage: None,
        newest: Some(now.plus_seconds(newest)),
        clock: Some(now.plus_seconds(clock)),
        signed_by: None,
    };
    assert_eq!(clock(now, &found(0, -86_400)).verdict, Verdict::Well);
    assert_eq!(clock(now, &found(-90, 0)).verdict, Verdict::Wrong);
    let behind = clock(now, &found(0, 90));
    assert!(behind.words.contains("behind the newest event"), "{behind}");
}

#[test]
fn a_disk_is_judged_by_what_is_free() {
    assert_eq!(folders::judge(50_000_000_000, 100_000_000_000).verdict, Verdict::Well);
    assert_eq!(folders::judge(4_000_000_000, 100_000_000_000).verdict, Verdict::Odd);
    assert_eq!(folders::judge(500_000_000, 1_000_000_000).verdict, Verdict::Odd);
    assert_eq!(folders::judge(50_000_000, 1_000_000_000).verdict, Verdict::Wrong);
}

#[test]
fn what_was_probably_meant_otherwise_is_told() {
    let data = tempfile::tempdir().unwrap();
    let said = |more: &[(&str, &str)]| hints(&config(&data, more)).join("\n");
    assert_eq!(said(&[]), "");
    let tls = ("TOWPATH_PUBLIC_URL", "https://towpath.example.org");
    assert_eq!(said(&[tls, ("TOWPATH_PROXIES", "1")]), "");
    assert!(said(&[tls]).contains("proxies is 0"));
    assert!(said(&[("TOWPATH_PUBLIC_URL", "http://towpath.example.org")]).contains("without TLS"));
    assert!(said(&[("TOWPATH_LISTEN", "0.0.0.0:3000")]).contains("from elsewhere fail"));
    assert!(said(&[("TOWPATH_METRICS_LISTEN", "127.0.0.1:1")]).contains("another one"));
}

#[test]
fn a_finding_is_one_line() {
    let finding = Finding::new(Verdict::Wrong, "data", "one\ntwo");
    assert_eq!(finding.to_string(), "wrong  data           one two");
}
