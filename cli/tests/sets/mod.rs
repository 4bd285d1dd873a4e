//! Release sets from the shell.

use crate::terminal::Terminal;
use insta::assert_snapshot;
use serde_json::Value;

const WAY: [&str; 4] = ["--from", "qa", "--to", "staging"];

fn sets<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [&["sets"], words, more].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_compared_made_carried_on_approved_and_taken_back() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.2").await;
    let compared = terminal.run(&sets(&["compare", "shop"], &WAY), "");
    assert_snapshot!(compared, @r#"
    exit 0
    SERVICE        HOW  COMES  THERE  NEEDS
    shop/checkout  new  1.4.2
    ! 0 differ, 1 new, 0 the same, 0 cannot go.
    "#);
    let dry = sets(&["make", "shop", "--dry-run"], &WAY);
    assert_eq!(terminal.run(&dry, "").code, 0);
    let make = ["make", "shop", "--title", "Spring", "--reason", "Tested"];
    assert_snapshot!(terminal.run(&sets(&make, &WAY), ""), @r#"
    exit 0
    SERVICE        BUILD  PROMOTION  RESULT
    shop/checkout  1.4.2  shop#1     applied
    ! Release set shop#1, “Spring”.
    "#);
    assert_snapshot!(terminal.run(&["sets", "list", "shop"], ""), @r#"
    exit 0
    SET     TITLE   BUILDS  LAST                         BY   MADE
    shop#1  Spring  1       promoted from qa to staging  Ana  2026-01-31 09:30:00 UTC
    "#);
    assert_snapshot!(terminal.run(&["sets", "show", "shop#1"], ""), @r#"
    exit 0
    SERVICE        TAG    DIGEST                                                                   CURRENT IN
    shop/checkout  1.4.2  sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2  qa, staging
    ! promoted from qa to staging by Ana, 2026-01-31 09:30:00 UTC: Tested
    !   shop/checkout 1.4.2: #1 is applied
    ! Carry it on with: towpath sets promote shop#1 --from staging --to prod --reason …
    ! Take it back with: towpath sets take-back shop#1 --out-of staging --reason …
    "#);
    let on = ["promote", "shop#1", "--from", "staging", "--to", "prod"];
    assert_eq!(terminal.run(&sets(&on, &["--dry-run"]), "").code, 8);
    assert_snapshot!(terminal.run(&sets(&on, &["--reason", "Release"]), ""), @r#"
    exit 8
    SERVICE        BUILD  PROMOTION  RESULT
    shop/checkout  1.4.2  shop#2     waits for 1 approval by a release manager
    ! What waits, someone else approves with: towpath sets approve shop#1
    "#);
    assert_eq!(
        terminal.run(&["sets", "approve", "shop#1"], "").code,
        6,
        "nobody approves what they asked for"
    );
    let rita = terminal.world.person("Rita", "release-manager", "project:shop").await;
    let as_rita = [("TOWPATH_TOKEN", rita.as_str())];
    let approve = ["sets", "approve", "shop#1", "--comment", "Looks good"];
    assert_snapshot!(terminal.run_with(&approve, "", &as_rita), @r#"
    exit 0
    PROMOTION  RESULT
    shop#2     done
    "#);
    let back = ["take-back", "shop#1", "--out-of", "staging", "--reason", "Errors"];
    assert_snapshot!(terminal.run(&sets(&back, &[]), ""), @r#"
    exit 7
    ! error: There is nothing that could be moved. shop/checkout: Nothing was current in staging before, and a bucket is never emptied.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_returns_to_how_it_was_and_the_rest_is_told_in_exit_codes() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.2").await;
    let same = sets(&["make", "shop", "--dry-run", "--to", "qa", "--at", "2026-01-31T09:30:00Z"], &[]);
    let ran = terminal.run(&same, "");
    assert!(ran.code == 7 && ran.stderr.contains("0 differ, 0 new, 1 the same"), "{ran}");
    let json = terminal.run(&sets(&["compare", "shop", "--output", "json"], &WAY), "").stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["parts"][0]["likeness"], "new");
    assert_eq!(json["parts"][0]["comes"]["tag"], "1.4.2");
    let unknown = sets(&["compare", "shop", "--from", "moon", "--to", "staging"], &[]);
    assert_eq!(terminal.run(&unknown, "").code, 2);
    for (words, code) in [
        (&["show", "shop#9"][..], 5),
        (&["show", "shop"], 2),
        (&["compare", "moon", "--from", "qa", "--to", "staging"], 5),
        (&["compare", "shop", "--to", "staging"], 2),
        (&["make", "shop", "--from", "qa", "--to", "staging", "--title", "Spring"], 2),
        (&["list", "moon"], 5),
    ] {
        let ran = terminal.run(&sets(words, &[]), "");
        assert_eq!(ran.code, code, "{words:?}: {ran}");
    }
}
