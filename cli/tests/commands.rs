//! The command as scripts and people run it, against the real routes.

mod audit;
mod declarations;
mod doctor;
mod pipelines;
mod publishing;
mod pushing;
mod sets;
mod terminal;
mod watching;

#[path = "../../crates/service/tests/rules/signing.rs"]
mod signing;
#[path = "../../server/tests/routes/support.rs"]
#[expect(dead_code, reason = "the tests of the routes use all of it")]
mod support;

use insta::assert_snapshot;
use support::PASSWORD;
use terminal::Terminal;

const PROMOTE: [&str; 3] = ["promote", "shop/checkout", "1.4.2"];

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_is_known_and_signs_out() {
    let terminal = Terminal::new().await;
    let server = terminal.url.clone();
    let login = ["login", "--server", &server, "--email", "ana@example.org", "--password-stdin"];
    let ran = terminal.run(&login, &format!("{PASSWORD}\n"));
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran}");
    assert!(ran.stderr.contains("as Ana until 2026-01-31 21:30:00 UTC."), "{ran}");
    let ran = terminal.run(&["whoami"], "");
    assert!(ran.code == 0 && ran.stdout.contains("admin in the whole installation"), "{ran}");
    let session = terminal.credential().expect("a session is kept");
    assert_eq!(terminal.run(&["logout"], "").code, 0);
    assert_eq!(terminal.credential(), None);
    assert_eq!(terminal.world.get("/me", &session).await.status, 401);
    let ran = terminal.run(&["whoami"], "");
    assert!(ran.code == 3 && ran.stderr.contains("towpath login --server"), "{ran}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let terminal = Terminal::signed_in().await;
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&terminal.config), 0o600);
    assert_eq!(mode(terminal.config.parent().unwrap()), 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_read_from_standard_input_and_tried_before_it_is_kept() {
    let terminal = Terminal::new().await;
    let token = terminal.world.token(&["view"], "").await;
    let login = ["login", "--server", &terminal.url, "--token-stdin"];
    assert_eq!(terminal.run(&login, "tpt_nonsense").code, 3);
    assert_eq!(terminal.credential(), None);
    let ran = terminal.run(&login, &token);
    assert!(ran.code == 0 && ran.stderr.contains("with a token of Ana"), "{ran}");
    assert_eq!(terminal.credential(), Some(token));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_signs_nobody_in() {
    let terminal = Terminal::new().await;
    let login = ["login", "--server", &terminal.url, "--email", "ana@example.org", "--password-stdin"];
    assert_snapshot!(terminal.run(&login, "wrong"), @r#"
    exit 3
    ! error: The e-mail address or the password is wrong.
    "#);
    assert_eq!(terminal.credential(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_where_there_is_no_terminal() {
    let terminal = Terminal::new().await;
    assert_snapshot!(terminal.run(&["login", "--server", "http://localhost:1"], ""), @r#"
    exit 2
    ! error: there is no terminal to ask on; use --email
    "#);
    let login = ["login", "--server", "http://localhost:1", "--email", "ana@example.org"];
    assert_eq!(terminal.run(&login, "").code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_credential_goes_to_its_own_server_only() {
    let terminal = Terminal::signed_in().await;
    assert_eq!(terminal.run(&["whoami", "--server", "http://localhost:1"], "").code, 3);
    assert_eq!(terminal.run(&["whoami", "--server", &format!("{}/", terminal.url)], "").code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_is_enough_for_a_script() {
    let terminal = Terminal::new().await;
    let token = terminal.world.token(&["view"], "").await;
    let ran =
        terminal.run_with(&["whoami"], "", &[("TOWPATH_SERVER", &terminal.url), ("TOWPATH_TOKEN", &token)]);
    assert!(ran.code == 0 && ran.stdout.contains("scoped for"), "{ran}");
    assert!(!terminal.config.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_travels_by_two_people() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.1").await;
    terminal.world.push("qa", "1.4.2").await;
    let promote =
        |from, to, reason| [&PROMOTE[..], &["--from", from, "--to", to, "--reason", reason]].concat();
    assert_snapshot!(terminal.run(&promote("qa", "staging", "Release 1.4"), ""), @r#"
    exit 0
    promotion  shop#1
    state      applied
    build      1.4.2
    digest     sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    way        shop/checkout from qa to staging
    reason     Release 1.4
    asked by   Ana, 2026-01-31 09:30:00 UTC
    "#);
    assert_snapshot!(terminal.run(&promote("staging", "prod", "Release 1.4"), ""), @r#"
    exit 8
    promotion  shop#2
    state      waiting
    build      1.4.2
    digest     sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    way        shop/checkout from staging to prod
    needs      1 approval by a release manager
    reason     Release 1.4
    asked by   Ana, 2026-01-31 09:30:00 UTC
    ! It waits for 1 approval by a release manager. Someone else gives it with: towpath approve shop#2
    "#);
    assert_snapshot!(terminal.run(&["approve", "shop#2"], ""), @r#"
    exit 7
    ! shop#2 moves 1.4.2 (sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2) from staging to prod.
    ! error: You asked for this promotion, so someone else has to approve it.
    "#);
    let rita = terminal.world.person("Rita", "release-manager", "project:shop").await;
    let as_rita = [("TOWPATH_TOKEN", rita.as_str())];
    let approve = ["approve", "shop", "2", "--comment", "Looks good"];
    assert_snapshot!(terminal.run_with(&approve, "", &as_rita), @r#"
    exit 0
    promotion  shop#2
    state      applied
    build      1.4.2
    digest     sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    way        shop/checkout from staging to prod
    reason     Release 1.4
    asked by   Ana, 2026-01-31 09:30:00 UTC
    decisions  Rita approved (Looks good)
    ! shop#2 moves 1.4.2 (sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2) from staging to prod.
    "#);
    assert_eq!(terminal.run_with(&approve, "", &as_rita).code, 6);
    assert_snapshot!(terminal.run(&["status", "shop/checkout"], ""), @r#"
    exit 0
    BUCKET   CURRENT  DIGEST        SINCE                    BY                NOTES
    qa       1.4.2    4ba8324c019b  2026-01-31 09:30:00 UTC  Ana by push
    staging  1.4.2    4ba8324c019b  2026-01-31 09:30:00 UTC  Ana by promotion
    prod     1.4.2    4ba8324c019b  2026-01-31 09:30:00 UTC  Ana by promotion
    "#);
    assert_snapshot!(terminal.run(&["resolve", "shop", "prod"], ""), @r#"
    exit 0
    SERVICE   TAG    SOURCE  IMAGE
    checkout  1.4.2  bucket  towpath.example/shop/checkout/prod@sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    "#);
    assert_snapshot!(terminal.run(&["resolve", "shop", "prod", "--as", "env"], ""), @r#"
    exit 0
    CHECKOUT_IMAGE=towpath.example/shop/checkout/prod@sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    "#);
    assert_snapshot!(terminal.run(&["status", "shop/checkout", "--output", "name"], ""), @r#"
    exit 0
    qa
    staging
    prod
    "#);
    let yaml = terminal.run(&["resolve", "shop", "prod", "--output", "yaml"], "").stdout;
    assert!(
        yaml.contains("\n- service: checkout\n  reference: towpath.example/shop")
            && yaml.contains("\n  tag: \"1.4.2\"\n"),
        "{yaml}"
    );
    assert_snapshot!(terminal.run(&["timeline", "--integration", "shop/checkout", "--limit", "3"], ""), @r#"
    exit 0
    WHEN                     WHO   WHAT                                                                                                                             WHY
    2026-01-31 09:30:00 UTC  Rita  promoted 1.4.2 (4ba8324c019b) from staging to prod in shop/checkout by #2
    2026-01-31 09:30:00 UTC  Rita  approved #2 of 1.4.2 (4ba8324c019b) to prod in shop/checkout                                                                     Looks good
    2026-01-31 09:30:00 UTC  Ana   asked to promote 1.4.2 (4ba8324c019b) from staging to prod in shop/checkout as #2; it waits for 1 approval by a release manager  Release 1.4
    ! Older events: the same with --cursor MXQxOA
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_needs_words() {
    let terminal = Terminal::signed_in().await;
    terminal.waiting().await;
    let rita = terminal.world.person("Rita", "release-manager", "project:shop").await;
    let as_rita = [("TOWPATH_TOKEN", rita.as_str())];
    assert_snapshot!(terminal.run_with(&["reject", "shop#2"], "", &as_rita), @r#"
    exit 2
    ! shop#2 moves 1.4.2 (sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2) from staging to prod.
    ! error: comment: Say why you reject it.
    "#);
    let other = ["reject", "shop#2", "--comment", "No", "--digest", "sha256:0"];
    assert_eq!(terminal.run_with(&other, "", &as_rita).code, 6);
    let ran = terminal.run_with(&["reject", "shop#2", "--comment", "Not before Monday"], "", &as_rita);
    assert!(ran.code == 0 && ran.stdout.contains("Rita rejected (Not before Monday)"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_goes_back_by_tag() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.1").await;
    terminal.world.push("qa", "1.4.2").await;
    let back = |to| ["rollback", "shop/checkout/qa", "--to", to, "--reason", "Errors"];
    assert_snapshot!(terminal.run(&back("1.3.0"), ""), @r#"
    exit 5
    ! error: “1.3.0” was never in shop/checkout/qa; lately there were 1.4.1
    "#);
    assert_snapshot!(terminal.run(&back("1.4.2"), ""), @r#"
    exit 6
    ! error: 1.4.2 is already current in shop/checkout/qa
    "#);
    assert_snapshot!(terminal.run(&back("1.4.1"), ""), @r#"
    exit 0
    bucket   shop/checkout/qa
    current  sha256:dcc10cfdc3ba99ee065e3c55f84c1d1724ed183a016313c466984f4320aedf51
    ! A rollback deploys nothing by itself. If builds arrive here from CI, they are paused until resumed.
    "#);
    assert_snapshot!(terminal.run(&["status", "shop/checkout"], ""), @r#"
    exit 0
    BUCKET   CURRENT  DIGEST        SINCE                    BY               NOTES
    qa       1.4.1    dcc10cfdc3ba  2026-01-31 09:30:00 UTC  Ana by rollback  arrivals paused since 2026-01-31 09:30:00 UTC
    staging  empty
    prod     empty
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_by_its_exit_code() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.2").await;
    let dry = |from, to| [&PROMOTE[..], &["--dry-run", "--from", from, "--to", to]].concat();
    assert_eq!(terminal.run(&dry("qa", "staging"), "").code, 0);
    assert_snapshot!(terminal.run(&dry("qa", "prod"), ""), @r#"
    exit 7
    outlook  refused
    ! error: The workflow release does not lead from qa to prod.
    "#);
    let applied = [&PROMOTE[..], &["--from", "qa", "--to", "staging", "--reason", "Release"]].concat();
    assert_eq!(terminal.run(&applied, "").code, 0);
    assert_snapshot!(terminal.run(&dry("staging", "prod"), ""), @r#"
    exit 8
    outlook  waits for 1 approval by a release manager
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_what_the_api_answers_and_alone_on_standard_output() {
    let terminal = Terminal::signed_in().await;
    terminal.waiting().await;
    let ran = terminal.run(
        &[
            "promote",
            "shop/checkout",
            "1.4.2",
            "--from",
            "staging",
            "--to",
            "prod",
            "--dry-run",
            "--output",
            "json",
        ],
        "",
    );
    assert_eq!(ran.code, 6, "{ran}");
    let board = terminal.run(&["status", "shop/checkout", "-o", "json"], "");
    let answered = terminal.world.get("/projects/shop/integrations/checkout", &terminal.world.ana).await;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&board.stdout).unwrap(), answered.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_environment_is_told_by_the_exit_code() {
    let terminal = Terminal::signed_in().await;
    assert_snapshot!(terminal.run(&["resolve", "shop", "qa"], ""), @r#"
    exit 5
    SERVICE  TAG  SOURCE  IMAGE
    ! checkout: Nothing is current in shop/checkout/qa yet, and the integration has no default build. Push or promote a build there.
    "#);
    let written = terminal.run(&["resolve", "shop", "qa", "--as", "helm"], "");
    assert!(
        written.code == 5 && written.stdout.is_empty() && written.stderr.contains("--missing skip"),
        "{written}"
    );
    assert_snapshot!(terminal.run(&["resolve", "shop", "qa", "--as", "helm", "--missing", "skip"], ""), @r#"
    exit 0
    images: {}
    ! checkout: left out: Nothing is current in shop/checkout/qa yet, and the integration has no default build. Push or promote a build there.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_to_fail_has_its_exit_code() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.2").await;
    let vic = terminal.world.person("Vic", "viewer", "project:shop").await;
    let staging = [&PROMOTE[..], &["--from", "qa", "--to", "staging", "--reason", "Release"]].concat();
    let prod = [&PROMOTE[..], &["--from", "qa", "--to", "prod", "--reason", "Release"]].concat();
    let wordless = [&PROMOTE[..], &["--from", "qa", "--to", "staging", "--reason", " "]].concat();
    let run = |args: &[&str]| terminal.run(args, "").code;
    assert_eq!(run(&["dance"]), 2);
    assert_eq!(run(&wordless), 2);
    assert_eq!(terminal.run_with(&["whoami"], "", &[("TOWPATH_TOKEN", "tpt_nonsense")]).code, 3);
    assert_eq!(terminal.run_with(&staging, "", &[("TOWPATH_TOKEN", &vic)]).code, 4);
    assert_eq!(run(&["status", "shop/nothing"]), 5);
    assert_eq!(run(&["approve", "shop#9"]), 5);
    assert_eq!(run(&prod), 7);
    assert_eq!(run(&staging), 0);
    assert_eq!(run(&staging), 6);
    let nobody = Terminal::closed_port();
    let away = [("TOWPATH_TOKEN", "tpt_0"), ("TOWPATH_SERVER", nobody.as_str())];
    assert_eq!(terminal.run_with(&["whoami"], "", &away).code, 75);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_understood_is_named() {
    let terminal = Terminal::new().await;
    std::fs::create_dir_all(terminal.config.parent().unwrap()).unwrap();
    std::fs::write(&terminal.config, "sever = \"http://localhost\"\n").unwrap();
    let ran = terminal.run(&["whoami"], "");
    assert!(ran.code == 2 && ran.stderr.contains("unknown field `sever`"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_found_with_where_it_is_current() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.2").await;
    assert_snapshot!(terminal.run(&["search", "0a1b"], ""), @r#"
    exit 0
    KIND   NAME   WHERE          ABOUT
    build  1.4.2  shop/checkout  current in qa; sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    "#);
    let ran = terminal.run(&["search", "nothing", "so", "called"], "");
    assert_eq!(ran.code, 5, "{ran}");
}

const DIGEST: &str = "sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2";

#[tokio::test(flavor = "multi_thread")]
async fn checks_are_reported_and_listed() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.2").await;
    let check = |state| ["check", "shop/checkout", DIGEST, "smoke", state, "--in", "qa"];
    assert_snapshot!(terminal.run(&check("failure"), ""), @r#"
    exit 0
    CHECK  IN  STATE    FAILURES  BY   AT                       LINK
    smoke  qa  failure  1         Ana  2026-01-31 09:30:00 UTC
    "#);
    assert_eq!(terminal.run(&check("success"), "").code, 0);
    assert_snapshot!(terminal.run(&["checks", "shop/checkout", DIGEST], ""), @r#"
    exit 0
    CHECK  IN  STATE    FAILURES  BY   AT                       LINK
    smoke  qa  success  1         Ana  2026-01-31 09:30:00 UTC
    "#);
    let elsewhere = ["check", "shop/checkout", DIGEST, "smoke", "success", "--in", "prod"];
    assert_snapshot!(terminal.run(&elsewhere, ""), @r#"
    exit 2
    ! error: bucket: It has never been current in prod.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_found_where_it_is_current_and_what_waits_is_explained() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.2").await;
    let promote = |from, to| [&PROMOTE[..], &["--from", from, "--to", to, "--reason", "Release"]].concat();
    assert_eq!(terminal.run(&promote("qa", "staging"), "").code, 0);
    assert_eq!(terminal.run(&promote("staging", "prod"), "").code, 8);
    assert_snapshot!(terminal.run(&["where", "1.4.2"], ""), @r#"
    exit 0
    INTEGRATION    TAG    COMMIT  CURRENT IN   DIGEST
    shop/checkout  1.4.2  0a1b2c  qa, staging  sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    "#);
    assert_snapshot!(terminal.run(&["where", "1.4.2", "--in", "prod"], ""), @r#"
    exit 5
    INTEGRATION  TAG  COMMIT  CURRENT IN  DIGEST
    ! You see no build “1.4.2” that is current in prod.
    "#);
    assert_snapshot!(terminal.run(&["explain", "shop#2"], ""), @r#"
    exit 8
    GATE                             PASSES  NEEDS                            NOTE
    1 approval by a release manager  no      1 approval by a release manager
    ! shop#2 of 1.4.2 to prod is waiting.
    ! It waits for 1 approval by a release manager. Someone else gives it with: towpath approve shop#2
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_are_passed_in_an_emergency_and_that_is_reviewed() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.2").await;
    let promote = |from, to| [&PROMOTE[..], &["--from", from, "--to", to, "--reason", "Release"]].concat();
    assert_eq!(terminal.run(&promote("qa", "staging"), "").code, 0);
    assert_eq!(terminal.run(&promote("staging", "prod"), "").code, 8);
    let pass = ["pass", "shop#2", "--reason", "The shop is down"];
    assert_eq!(terminal.run(&pass, "").code, 4, "an admin passes no gates");
    let rita = terminal.world.person("Rita", "release-manager", "project:shop").await;
    let ran = terminal.run_with(&pass, "", &[("TOWPATH_TOKEN", rita.as_str())]);
    assert_snapshot!(ran, @r#"
    exit 0
    promotion  shop#2
    state      applied
    build      1.4.2
    digest     sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    way        shop/checkout from staging to prod
    reason     Release
    emergency  Rita (The shop is down), missing was 1 approval by a release manager, not reviewed
    asked by   Ana, 2026-01-31 09:30:00 UTC
    ! shop#2 moves 1.4.2 (sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2) from staging to prod, past its gates.
    "#);
    let zoe = terminal.world.person("Zoe", "release-manager", "project:shop").await;
    let review = ["review", "shop#2", "--comment", "Right call"];
    let ran = terminal.run_with(&review, "", &[("TOWPATH_TOKEN", zoe.as_str())]);
    assert!(ran.code == 0 && ran.stdout.contains("reviewed by Zoe (Right call)"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_is_pinned_in_an_environment_and_released() {
    let terminal = Terminal::signed_in().await;
    terminal.world.push("qa", "1.4.2").await;
    terminal.world.push("qa", "1.5.0").await;
    let pin = |environment| ["pin", "shop", environment, "checkout", DIGEST, "--until", "7d"];
    let because = |environment| [&pin(environment)[..], &["--reason", "1.5.0 loses orders"]].concat();
    assert_eq!(terminal.run(&[&pin("qa")[..], &["--dry-run"]].concat(), "").code, 0);
    let by_tag =
        |tag| terminal.run(&["pin", "shop", "qa", "checkout", tag, "--until", "7d", "--dry-run"], "");
    assert_eq!(by_tag("1.4.2").code, 0);
    let unknown = by_tag("9.9");
    assert!(unknown.code == 5 && unknown.stderr.contains("there were 1.5.0, 1.4.2"), "{unknown}");
    assert_snapshot!(terminal.run(&because("prod"), ""), @r#"
    exit 2
    ! error: digest: It has never been current in prod, nor in staging before it. Promote it as far as that first.
    "#);
    assert_snapshot!(terminal.run(&because("qa"), ""), @r#"
    exit 0
    promotion  shop#1
    state      applied
    build      1.4.2
    digest     sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    way        shop/checkout from qa to qa
    pins       checkout in shop/qa until 2026-02-07 09:30:00 UTC
    reason     1.5.0 loses orders
    asked by   Ana, 2026-01-31 09:30:00 UTC
    ! Release it with: towpath unpin shop qa checkout --reason …
    "#);
    assert_eq!(terminal.run(&because("qa"), "").code, 6);
    assert_snapshot!(terminal.run(&["pins", "shop", "qa"], ""), @r#"
    exit 0
    SERVICE   STATE     TAG    UNTIL                    PROMOTION  BY   REASON
    checkout  in force  1.4.2  2026-02-07 09:30:00 UTC  shop#1     Ana  1.5.0 loses orders
    "#);
    assert_snapshot!(terminal.run(&["resolve", "shop", "qa"], ""), @r#"
    exit 0
    SERVICE   TAG    SOURCE  IMAGE
    checkout  1.4.2  pin     towpath.example/shop/checkout/qa@sha256:4ba8324c019b336bd094ebe75b0a48e7f93f3e88b2da4b126a91c2bb87385ff2
    ! checkout: pinned until 2026-02-07 09:30:00 UTC by shop#1: 1.5.0 loses orders
    "#);
    let unpin = ["unpin", "shop", "qa", "checkout", "--reason", "1.5.1 is out"];
    assert_snapshot!(terminal.run(&unpin, ""), @r#"
    exit 0
    ! shop#1 pins 1.4.2 in shop/qa.
    ! checkout should run in shop/qa what its bucket says again.
    "#);
    assert_eq!(terminal.run(&unpin, "").code, 5);
    let ended = terminal.run(&["pins", "shop", "qa", "--ended"], "");
    assert!(ended.code == 0 && ended.stdout.contains("released"), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_waits_for_a_promotion_and_for_a_bucket() {
    let terminal = Terminal::signed_in().await;
    terminal.waiting().await;
    assert_snapshot!(terminal.run(&["wait", "shop#2", "--timeout", "0s"], ""), @r"
    exit 9
    ! shop#2 still waits for 1 approval by a release manager
    ");
    assert_eq!(terminal.run(&["wait", "shop#1"], "").code, 0);
    let board = terminal.run(&["status", "shop/checkout", "--output", "json"], "");
    let board: serde_json::Value = serde_json::from_str(&board.stdout).unwrap();
    let digest = board["buckets"][0]["current"]["build"]["digest"].as_str().unwrap();
    let wait = |bucket: &str| terminal.run(&["wait", bucket, "--digest", digest, "--timeout", "0s"], "");
    assert_eq!(wait("shop/checkout/staging").code, 0);
    let not_yet = wait("shop/checkout/prod");
    assert!(
        not_yet.code == 9 && not_yet.stderr.contains("nothing is current in shop/checkout/prod"),
        "{not_yet}"
    );
    assert_eq!(wait("shop/checkout/nowhere").code, 5);
    let rita = terminal.world.person("Rita", "release-manager", "project:shop").await;
    let reject = ["reject", "shop#2", "--comment", "Not yet"];
    assert_eq!(terminal.run_with(&reject, "", &[("TOWPATH_TOKEN", &rita)]).code, 0);
    assert_eq!(terminal.run(&["wait", "shop#2"], "").code, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_read_from_a_file_and_a_shell_gets_its_completions() {
    let terminal = Terminal::new().await;
    let token = terminal.world.token(&["view"], "").await;
    let file = terminal.config.with_file_name("token");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, format!("{token}\n")).unwrap();
    let login = |file: &std::path::Path| {
        terminal.run(&["login", "--server", &terminal.url, "--token-file", &file.display().to_string()], "")
    };
    assert_eq!(login(&file).code, 0);
    assert_eq!(terminal.credential(), Some(token));
    assert_eq!(login(&file.with_extension("missing")).code, 2);
    let completions = terminal.run(&["completions", "bash"], "");
    assert!(completions.code == 0 && completions.stdout.contains("rollback"), "{completions}");
}
