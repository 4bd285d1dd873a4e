//! The audit log as a command verifies it: online, and offline against what was kept.

use crate::terminal::Terminal;
use insta::assert_snapshot;
use std::path::{Path, PathBuf};
use towpath_proof::{Checkpoint, SigningKey};
use towpath_service::audit::signing;

/// The key by which `World::sign` signs.
fn key() -> SigningKey {
    SigningKey::new("towpath.example/log", [7; 32]).expect("a key")
}

fn file(terminal: &Terminal, name: &str, content: &str) -> PathBuf {
    let path = terminal.config.with_file_name(name);
    std::fs::write(&path, content).expect("a file");
    path
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a folder named in UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_verified_and_from_then_on_held_to_what_it_was() {
    let terminal = Terminal::signed_in().await;
    let early = terminal.run(&["audit", "verify"], "");
    assert_snapshot!(early, @r#"
    exit 6
    ! error: The log is not signed yet; that takes half a minute. Ask again then.
    "#);
    terminal.world.sign().await;
    assert_snapshot!(terminal.run(&["audit", "verify"], ""), @r#"
    exit 0
    log        towpath.example/log
    events     11, as they were logged
    signed     the first 11
    continues  0 earlier checkpoints
    keys       towpath.example/log+c68a7c14+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
    ! This log was not known. From now on it is held to the key towpath.example/log+c68a7c14+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
    ! Compare it with what `towpath-server audit key` prints on the server.
    "#);
    terminal.world.push("qa", "1.4.2").await;
    terminal.world.sign().await;
    terminal.world.push("qa", "1.4.3").await;
    assert_snapshot!(terminal.run(&["audit", "verify"], ""), @r#"
    exit 0
    log        towpath.example/log
    events     13 as they were logged; 2 after them are not signed, and not proved
    signed     the first 13
    continues  1 earlier checkpoint
    keys       towpath.example/log+c68a7c14+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
    "#);
    assert_snapshot!(terminal.run(&["audit", "verify", "--heads"], ""), @r#"
    exit 0
    log        towpath.example/log
    events     not read
    signed     the first 13
    continues  1 earlier checkpoint
    keys       towpath.example/log+c68a7c14+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
    "#);
    let vic = terminal.world.person("Vic", "viewer", "project:shop").await;
    let vic = [("TOWPATH_TOKEN", vic.as_str()), ("TOWPATH_SERVER", terminal.url.as_str())];
    assert_eq!(terminal.run_with(&["audit", "verify", "--heads"], "", &vic).code, 0);
    assert_snapshot!(terminal.run_with(&["audit", "verify"], "", &vic), @r#"
    exit 1
    ! error: entry 1 is missing: entry 5 stands in its place
    ! Either it was taken out, or this is not the whole log: that is for who may view the installation.
    "#);
}

/// Whoever has the server and its key may build the log anew, but not for somebody who kept a checkpoint.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_built_anew_or_cut_is_found_out_by_who_kept_a_checkpoint() {
    let terminal = Terminal::signed_in().await;
    terminal.world.sign().await;
    let origin = "towpath.example/log".to_owned();
    for (size, root) in [(4, [9; 32]), (400, [9; 32])] {
        let other = Checkpoint { origin: origin.clone(), size, root };
        let kept = file(&terminal, "kept.txt", &other.sign(&[&key()]).to_string());
        for heads in [&["--heads"][..], &[]] {
            let arguments = [&["audit", "verify", "--checkpoint", text(&kept)], heads].concat();
            let ran = terminal.run(&arguments, "");
            let said = match (size, heads.is_empty()) {
                (4, true) => "the first 4 entries are not those that were signed",
                (_, true) => "entries 12 to 400 are missing",
                (_, false) => "does not begin with the",
            };
            assert!(ran.code == 1 && ran.stderr.contains(said), "{ran}");
        }
    }
    let elsewhere = Checkpoint { origin: "elsewhere/log".to_owned(), size: 1, root: [9; 32] };
    let kept = file(&terminal, "kept.txt", &elsewhere.sign(&[&key()]).to_string());
    let ran = terminal.run(&["audit", "verify", "--checkpoint", text(&kept)], "");
    assert!(ran.code == 1 && ran.stderr.contains("is another log than elsewhere/log"), "{ran}");
    let strange = SigningKey::new("towpath.example/log", [8; 32]).expect("a key").public().to_string();
    let ran = terminal.run(&["audit", "verify", "--key", &strange], "");
    assert!(ran.code == 1 && ran.stderr.contains("none of the known keys has signed it"), "{ran}");
    let nothing = file(&terminal, "kept.txt", "nothing\n");
    let ran = terminal.run(&["audit", "verify", "--checkpoint", text(&nothing)], "");
    assert_eq!(ran.code, 1, "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_followed_to_if_the_old_one_has_signed_it() {
    let terminal = Terminal::signed_in().await;
    terminal.world.sign().await;
    assert_eq!(terminal.run(&["audit", "verify"], "").code, 0);
    let new = || SigningKey::new("towpath.example/log", [8; 32]).expect("a key");
    signing::rotate(&terminal.world.service, key(), new()).await.expect("is rotated");
    signing::sign(&terminal.world.service, new(), None).await.expect("signs");
    assert_snapshot!(terminal.run(&["audit", "verify"], ""), @r#"
    exit 0
    log        towpath.example/log
    events     12, as they were logged
    signed     the first 12
    continues  1 earlier checkpoint
    keys       towpath.example/log+c68a7c14+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs towpath.example/log+0dfa1397+AROY9ixtGkV8UbpqS189vS9p/KkyFiGNyJl+QWvRfZPK
    ! The key was handed over to towpath.example/log+0dfa1397+AROY9ixtGkV8UbpqS189vS9p/KkyFiGNyJl+QWvRfZPK
    "#);
    // The newest checkpoint that was kept is signed by the new one, so that it is enough.
    let known = new().public().to_string();
    assert_eq!(terminal.run(&["audit", "verify", "--key", &known], "").code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_verified_offline_and_whatever_was_done_to_it_is_named() {
    let terminal = Terminal::signed_in().await;
    let public = terminal.world.sign().await;
    terminal.world.push("qa", "1.4.2").await;
    let kept = file(&terminal, "kept.txt", &terminal.run(&["audit", "checkpoint"], "").stdout);
    let exported = terminal.run(&["audit", "export"], "").stdout;
    let lines: Vec<&str> = exported.lines().collect();
    let verify = |lines: &[String]| {
        let file = file(&terminal, "export.ndjson", &(lines.join("\n") + "\n"));
        let arguments =
            ["audit", "verify", "--export", text(&file), "--checkpoint", text(&kept), "--key", &public];
        let away = [("TOWPATH_SERVER", "http://localhost:1")];
        terminal.run_with(&arguments, "", &away)
    };
    let owned: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    assert_snapshot!(verify(&owned), @r#"
    exit 0
    log        towpath.example/log
    events     11 as they were logged; 2 after them are not signed, and not proved
    signed     the first 11
    continues  1 earlier checkpoint
    keys       towpath.example/log+c68a7c14+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
    "#);
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = owned.clone();
        change(&mut lines);
        let ran = verify(&lines);
        assert_eq!(ran.code, 1, "{ran}");
        ran.stderr
    };
    let swapped = |line: &str, from: &str, to: &str| {
        assert!(line.contains(from), "{line}");
        line.replace(from, to)
    };
    // Line 1 is the checkpoint, so that of event 5 is the sixth.
    assert_snapshot!(with(&|lines| lines[5] = swapped(&lines[5], "\\\"as\\\"", "\\\"is\\\"")), @r#"error: entry 5 is not what was logged: its bytes do not have the hash that the tree holds for it"#);
    assert_snapshot!(with(&|lines| lines[3] = swapped(&lines[3], "\"text\":\"Ana\"", "\"text\":\"Eve\"")), @r#"error: a text beside entry 3 is not the one that was logged: its bytes commit to another"#);
    assert_snapshot!(with(&|lines| _ = lines.remove(5)), @r#"
    error: entry 5 is missing: entry 6 stands in its place
    Either it was taken out, or this is not the whole log: that is for who may view the installation.
    "#);
    assert_snapshot!(with(&|lines| lines.insert(5, lines[4].clone())), @r#"
    error: entry 5 is missing: entry 4 stands in its place
    Either it was taken out, or this is not the whole log: that is for who may view the installation.
    "#);
    assert_snapshot!(with(&|lines| lines.swap(5, 6)), @r#"
    error: entry 5 is missing: entry 6 stands in its place
    Either it was taken out, or this is not the whole log: that is for who may view the installation.
    "#);
    assert_snapshot!(with(&|lines| lines.truncate(6)), @r#"error: entries 6 to 11 are missing: there were 11, and the log ends with 5"#);
    assert_snapshot!(with(&|lines| lines.rotate_left(1)), @r#"error: a checkpoint stands behind events that it signs"#);
    assert_snapshot!(with(&|lines| lines[0] = swapped(&lines[0], "\\n11\\n", "\\n10\\n")), @r#"error: the checkpoint: the signature is wrong: it was changed after it was signed, or somebody else signed it"#);
    assert_snapshot!(with(&|lines| lines[5] = "{}".to_owned()), @r#"error: entry 5: this is no line of an export as NDJSON: data did not match any variant of untagged enum TimelineLine"#);
    let part = terminal.run(&["audit", "export", "--kind", "environment_created"], "").stdout;
    let part: Vec<String> = part.lines().map(str::to_owned).collect();
    assert_snapshot!(verify(&part), @r#"
    exit 1
    ! error: entry 1 is missing: entry 6 stands in its place
    ! Either it was taken out, or this is not the whole log: that is for who may view the installation.
    "#);
    let csv = terminal.run(&["audit", "export", "--csv", "--kind", "environment_created"], "").stdout;
    assert_snapshot!(csv.lines().take(2).collect::<Vec<_>>().join("\n"), @r#"
    "seq","at","kind","who","token","what","why","mark"
    "6","2026-01-31T09:30:00Z","environment_created","Ana","","created the environment qa of the stream qa in shop","",""
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_verified_without_the_server() {
    let terminal = Terminal::signed_in().await;
    let public = terminal.world.sign().await;
    let receipt = terminal.run(&["audit", "receipt", "3"], "");
    assert_eq!(receipt.code, 0, "{receipt}");
    let verify = |receipt: &str, key: &[&str]| {
        let file = file(&terminal, "receipt.json", receipt);
        let away = [("TOWPATH_SERVER", "http://localhost:1")];
        terminal.run_with(&[&["audit", "verify-receipt", text(&file)], key].concat(), "", &away)
    };
    assert_snapshot!(verify(&receipt.stdout, &["--key", &public]), @r#"
    exit 0
    log    towpath.example/log
    event  3 of the 11 that were signed
    at     2026-01-31 09:30:00 UTC
    what   {"email":{"$personal":"ana@example.org"},"kind":"person_joined","link":"019c1363-49c0-7000-8000-000000000008","name":{"$personal":"Ana"},"person":"019c1363-49c0-7000-8000-00000000000b"}
    where  {}
    who    {"as":"person","person":"019c1363-49c0-7000-8000-00000000000b"}
    ! The event is in the log as it was signed.
    "#);
    assert_eq!(verify(&receipt.stdout, &[]).code, 2, "no key is known");
    assert_eq!(terminal.run(&["audit", "verify"], "").code, 0);
    assert_eq!(verify(&receipt.stdout, &[]).code, 0, "the key was kept");
    for (from, to, said) in [
        ("\\\"as\\\"", "\\\"is\\\"", "what it is for is not what stands at place 2"),
        ("\"seq\": 3", "\"seq\": 4", "it is of event 3, and not of 4"),
        ("index 2", "index 3", "is not what stands at place 3"),
        ("\"text\": \"", "\"text\": \"x", "a text beside entry 3 is not the one that was logged"),
        ("log\\n", "lag\\n", "the signature is wrong"),
        ("bytes", "bites", "missing field `bytes`"),
    ] {
        assert!(receipt.stdout.contains(from), "{from}: {receipt}");
        let ran = verify(&receipt.stdout.replacen(from, to, 1), &[]);
        assert!(ran.code == 1 && ran.stderr.contains(said), "{from}: {ran}");
    }
    assert_eq!(terminal.run(&["audit", "receipt", "99"], "").code, 5);
    terminal.world.push("qa", "1.4.2").await;
    assert_eq!(terminal.run(&["audit", "receipt", "12"], "").code, 6, "it is not signed yet");
}
