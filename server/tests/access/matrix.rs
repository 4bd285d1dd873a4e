//! Every door, tried by every caller.

use crate::calls::{Answer, Class};
use crate::doors::{self, Door, Kind};
use crate::installation::{Installation, ROLES, TELLTALES};
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// What anybody may do, known or not.
const PUBLIC: [&str; 22] = [
    "POST /api/v1/sessions",
    "POST /fn/who_am_i",
    "POST /fn/sign_in",
    "POST /fn/sign_out",
    "POST /fn/choose_theme",
    "POST /fn/switch_shortcuts",
    "POST /fn/view_sign_in_ways",
    "POST /fn/leave_provider",
    "POST /fn/view_link",
    "POST /fn/join",
    "POST /fn/view_docs",
    "GET /docs",
    "GET /docs/{page}",
    "GET /sign-in",
    "GET /sign-out",
    "GET /join/{secret}",
    "GET /gallery",
    "GET /livez",
    "GET /readyz",
    "GET /pkg/towpath.css",
    "GET /api/v1/openapi.json",
    "GET /problems/forbidden",
];

/// What a deployer asks for.
const RESOLVES: [&str; 2] =
    ["GET /api/v1/projects/{project}/environments/{environment}/images", "POST /api/v1/getparams.execute"];

/// What was answered to one caller, in the order of the table.
struct Column {
    caller: &'static str,
    answers: Vec<(Door, Class, Answer)>,
}

/// Tried once for all tests here.
async fn matrix() -> &'static [Column] {
    static MATRIX: OnceCell<Vec<Column>> = OnceCell::const_new();
    MATRIX
        .get_or_init(async || {
            let installation = Installation::shared().await;
            let names: Vec<&str> = installation.callers.iter().map(|caller| caller.name).collect();
            let columns: Vec<_> =
                names.into_iter().map(|name| tokio::spawn(column(installation.clone(), name))).collect();
            let mut matrix = Vec::new();
            for column in columns {
                matrix.push(column.await.expect("a column"));
            }
            matrix
        })
        .await
}

async fn column(installation: Arc<Installation>, name: &'static str) -> Column {
    let caller = installation.caller(name);
    let mut world = installation.world().await;
    let mut answers = Vec::new();
    for door in doors::all() {
        let label = door.label();
        let before = world.head().await;
        let answer = world.send(door.call(&installation.shop, caller)).await;
        let class = answer.class().unwrap_or_else(|| panic!("{label} by {name}: {answer:?}"));
        if matches!(class, Class::SignIn | Class::Forbidden | Class::Hidden) {
            assert_eq!(world.head().await, before, "{label} by {name} was refused, but left a trace");
        } else if !door.reads() {
            // Nothing that follows stands on what this one changed.
            world.close().await;
            world = installation.world().await;
        }
        answers.push((door, class, answer));
    }
    world.close().await;
    Column { caller: name, answers }
}

impl Column {
    async fn of(caller: &str) -> &'static Self {
        matrix().await.iter().find(|column| column.caller == caller).expect("a caller")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_is_as_committed() {
    let matrix = matrix().await;
    let width = doors::all().iter().map(|door| door.label().len()).max().unwrap_or_default();
    let mut table = " ".repeat(width);
    for column in matrix {
        _ = write!(table, " {:<10}", column.caller);
    }
    for (row, (door, ..)) in matrix[0].answers.iter().enumerate() {
        if row == 0 || matrix[0].answers[row - 1].0.kind != door.kind {
            _ = write!(table, "\n\n{}", heading(door.kind));
        }
        _ = write!(table, "\n{:<width$}", door.label());
        for column in matrix {
            _ = write!(table, " {:<10}", column.answers[row].1);
        }
    }
    let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Rest => "The REST API, by a session outside a browser or by a token",
        Kind::Function => "Server functions, by the session of a browser",
        Kind::Registry => "The registry, by a token for all that its owner may",
        Kind::Page => "Pages, by the session of a browser",
        Kind::Live => "Live events, by the session of a browser",
        Kind::File => "Files, by the session of a browser",
        Kind::Other => "Others",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_but_where_everybody_does() {
    for (door, class, _) in &Column::of("nobody").await.answers {
        let public = PUBLIC.contains(&door.label().as_str());
        assert_eq!(*class == Class::Ok, public, "{}: {class}", door.label());
        // What is not there is nobody's.
        let expected = public || *class == Class::SignIn || leads_nowhere(door);
        assert!(expected, "{}: {class}", door.label());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expired_or_was_revoked_is_nobody() {
    let nobody = &Column::of("nobody").await.answers;
    for caller in ["expired", "revoked"] {
        for ((door, class, _), (_, of_nobody, _)) in Column::of(caller).await.answers.iter().zip(nobody) {
            assert_eq!(class, of_nobody, "{} by {caller}", door.label());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_no_page_and_no_server_function() {
    let nobody = &Column::of("nobody").await.answers;
    for ((door, class, _), (_, of_nobody, _)) in Column::of("token").await.answers.iter().zip(nobody) {
        if matches!(door.kind, Kind::Page | Kind::Function | Kind::Live | Kind::File) {
            assert_eq!(class, of_nobody, "{}", door.label());
        }
    }
}

/// Whoever adds a route opens it to no deployer by that: a read token opens what resolves its environment, and what anybody may.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_token_opens_what_resolves_and_what_it_pulls() {
    let nobody = &Column::of("nobody").await.answers;
    for ((door, class, answer), (_, of_nobody, _)) in Column::of("deployer").await.answers.iter().zip(nobody)
    {
        let label = door.label();
        if *of_nobody == Class::Ok || leads_nowhere(door) {
            assert_eq!(class, of_nobody, "{label}");
            continue;
        }
        let expected = match door.kind {
            Kind::Rest if RESOLVES.contains(&&*label) => *class == Class::Ok,
            Kind::Rest => *class == Class::Forbidden && answer.body.contains("A read token resolves"),
            Kind::Registry if *class == Class::Ok => {
                matches!(door.method, "GET" | "HEAD") || door.path == "/v2/token"
            }
            Kind::Registry => matches!(class, Class::Hidden | Class::Forbidden | Class::Rule),
            Kind::Function | Kind::Page | Kind::Live | Kind::File => class == of_nobody,
            Kind::Other => matches!(class, Class::Forbidden),
        };
        assert!(expected, "{label}: {class} {}", answer.body);
    }
}

/// Whether there is nothing behind a door of the table for anyone: no such page, no provider, a hook that asks for its secret
/// whoever comes, and a door of CI jobs.
fn leads_nowhere(door: &Door) -> bool {
    let doors = [
        "/nowhere",
        "/.well-known/security.txt",
        "/hooks/{hook}",
        "/api/v1/publishing/tokens",
        "/fn/disconnect_provider",
    ];
    doors.contains(&door.path) || door.path.starts_with("/sign-in/with/")
}

/// Otherwise a row might be hidden from everyone by a mistake in the table, and prove nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_admin_of_the_installation_finds_everything() {
    for (door, class, answer) in &Column::of("root").await.answers {
        let found = !matches!(class, Class::Hidden | Class::SignIn) || leads_nowhere(door);
        assert!(found, "{}: {answer:?}", door.label());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_tells_of_a_project_that_the_caller_does_not_see() {
    let callers = matrix().await.iter().filter(|column| column.caller != "root");
    for Column { caller, answers } in callers {
        for (door, _, answer) in answers {
            let told = TELLTALES.iter().find(|word| answer.body.contains(**word));
            assert_eq!(told, None, "{} tells {caller}: {}", door.label(), answer.body);
        }
    }
}

/// Or else the test above would pass for streams that tell nobody anything.
#[tokio::test(flavor = "multi_thread")]
async fn live_events_are_told_to_those_who_see_where_they_happened() {
    for Column { caller, answers } in matrix().await {
        let (_, _, answer) = answers.iter().find(|(door, ..)| door.kind == Kind::Live).expect("the row");
        let tells = |project: &str| answer.body.contains(&format!(r#""project":"{project}""#));
        let sees_all = *caller == "root";
        let sees_shop = ROLES.iter().any(|(name, ..)| name == caller) || sees_all;
        assert_eq!((tells("shop"), tells("secret-lab")), (sees_shop, sees_all), "{caller}: {}", answer.body);
    }
}

/// A token of one integration does not see what stands beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_integration_is_not_told_of_others() {
    for (door, _, answer) in &Column::of("token").await.answers {
        assert!(!answer.body.contains("billing"), "{}: {}", door.label(), answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_release_manager_of_the_place_decides() {
    for column in matrix().await.iter().filter(|column| column.caller != "manager") {
        let decides = |door: &Door| door.path == "/fn/decide" || door.path.ends_with("/decisions");
        for (door, class, _) in column.answers.iter().filter(|(door, ..)| decides(door)) {
            assert_ne!(*class, Class::Ok, "{} by {}", door.label(), column.caller);
        }
    }
}
