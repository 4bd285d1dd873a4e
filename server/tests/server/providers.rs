//! Signing in by providers, honest ones and others.

use crate::support::{Browser, Evil, Member, PASSWORD, Provider, Server};
use serde_json::json;
use towpath_domain::access::Actor;
use towpath_domain::people::JoinForm;
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_service::{Error, links, people, providers, timeline};

const GROUPS: &str = "
[[providers.groups]]
group = 'ops'
role = 'release-manager'
place = 'project:shop'
[[providers.groups]]
group = 'chiefs'
role = 'admin'
place = 'installation'
[[providers.groups]]
group = 'ops'
role = 'viewer'
place = 'project:not-there-yet'
";

/// Providers of these tests are on this machine, without encryption.
const ALLOW: &str = "outgoing_allow = 'http://127.0.0.1'";

/// A server with a provider called `idp`, to whose table `more` is added, and `first` in front of it.
async fn start(first: &str, more: &str) -> (Provider, Server) {
    let provider = Provider::start().await;
    let file = format!("{ALLOW}\n{first}\n{}", provider.table("idp", more));
    (provider, Server::start_configured(&file, &[]).await)
}

/// The sentences of the timeline of a kind, oldest first.
async fn told(server: &Server, reader: &Member, kind: &str) -> Vec<String> {
    let filter = Filter { kind: kind.to_owned(), ..Filter::default() };
    let page = timeline::page(&server.service, &reader.actor, &filter, None, 50).await.expect("reads");
    let sentences =
        page.entries.iter().rev().map(|entry| format!("{} {}", entry.who, plain(&entry.sentence)));
    sentences.collect()
}

/// The roles that someone holds, in words, with where each comes from.
async fn roles(server: &Server, reader: &Member, name: &str) -> Vec<String> {
    let view = people::list(&server.service, &reader.actor).await.expect("reads");
    let member = view.people.into_iter().find(|member| member.person.name.as_str() == name).expect("someone");
    let words = member.roles.into_iter().map(|role| {
        let source = role.source.map(|source| format!(" {source}")).unwrap_or_default();
        format!("{} in {}{source}", role.role, role.place)
    });
    words.collect()
}

async fn count(server: &Server, reader: &Member) -> usize {
    people::list(&server.service, &reader.actor).await.expect("reads").people.len()
}

#[tokio::test]
async fn the_first_sign_in_makes_an_account_that_sees_nothing_yet() {
    let (provider, server) = start("contact = 'platform@example.org'", "").await;
    let admin = server.admin("Ada").await;
    provider.admit("bob", &[]);
    let mut browser = Browser::at(&server);
    let entered = browser.sign_in("idp").await;
    assert_eq!((entered.status, entered.location()), (303, Some("/")));
    let home = browser.open("/").await;
    assert!(home.text().contains("You have no role here yet"), "{}", home.text());
    assert!(home.text().contains("platform@example.org"));
    assert_eq!(told(&server, &admin, "account_made").await, ["bob joined as bob by idp"]);

    // The same again, from elsewhere and under another name and address: it is the same account.
    provider.assert(json!({"sub": "bob", "name": "Robert", "email": "robert@example.org"}));
    Browser::at(&server).sign_in("idp").await;
    assert_eq!(count(&server, &admin).await, 2);
    assert_eq!(told(&server, &admin, "signed_in").await, ["bob signed in by idp"; 2]);
    // There is no password, so none is asked for.
    assert!(!browser.open("/account").await.text().contains("Current password"));
    server.stop().await;
}

#[tokio::test]
async fn signing_in_begins_a_session_under_a_new_id_and_leads_on() {
    let (provider, server) = start("", "default_role = 'viewer'").await;
    let admin = server.admin("Ada").await;
    server.integration(&admin, "shop", "checkout").await;
    provider.admit("bob", &[]);
    let mut browser = Browser::at(&server);
    browser.sign_in("idp").await;
    let first = browser.cookie("towpath").expect("a session").to_owned();
    let back = browser.go("/sign-in/with/idp?next=%2Fprojects%2Fshop").await;
    let entered = browser.open_from("cross-site", &back).await;
    assert_eq!(entered.location(), Some("/projects/shop"));
    assert_ne!(browser.cookie("towpath"), Some(first.as_str()));
    assert_eq!(server.page("/", &format!("towpath={first}")).await.location(), Some("/sign-in"));
    assert_eq!(browser.open("/projects/shop").await.status, 200);
    assert_eq!(
        roles(&server, &admin, "bob").await,
        ["viewer in the whole installation from the first sign-in with idp"]
    );
    // Only the session's cookie is left.
    assert!(!browser.cookies().contains("sign-in"), "{}", browser.cookies());
    for elsewhere in ["https%3A%2F%2Fexample.org", "%2F%2Fexample.org", "%2Ffn%2Fsign_out"] {
        let back = browser.go(&format!("/sign-in/with/idp?next={elsewhere}")).await;
        assert_eq!(browser.open_from("cross-site", &back).await.location(), Some("/"), "{elsewhere}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_cookie_of_a_sign_in_is_lax_and_short_lived() {
    let (_provider, server) = start("", "").await;
    let mut browser = Browser::at(&server);
    let sent = browser.open("/sign-in/with/idp").await;
    let cookie = sent.header("set-cookie").unwrap();
    assert!(cookie.starts_with("towpath-sign-in-"), "{cookie}");
    let (_, attributes) = cookie.split_once(';').unwrap();
    assert_eq!(attributes, " Path=/; Max-Age=660; HttpOnly; SameSite=Lax");
    assert_eq!(sent.header("cache-control"), Some("no-store"));
    server.stop().await;
}

#[tokio::test]
async fn groups_give_roles_and_take_them_along() {
    let (provider, server) = start("", GROUPS).await;
    let admin = server.admin("Ada").await;
    server.integration(&admin, "shop", "checkout").await;
    provider.admit("bob", &["ops", "chiefs", "sales"]);
    let mut browser = Browser::at(&server);
    browser.sign_in("idp").await;
    let by_groups = [
        "release-manager in the project shop from the group ops of idp",
        "admin in the whole installation from the group chiefs of idp",
    ];
    assert_eq!(roles(&server, &admin, "bob").await, by_groups);
    let members = browser.open("/projects/shop/members").await;
    assert!(members.text().contains("from the group ops of idp"));

    // What a person gave stays, also where a group gave the same.
    server.member_again(&admin, "bob", "release-manager", "project:shop").await;
    provider.admit("bob", &["chiefs"]);
    browser.sign_in("idp").await;
    assert_eq!(
        roles(&server, &admin, "bob").await,
        [
            "admin in the whole installation from the group chiefs of idp",
            "release-manager in the project shop"
        ]
    );
    provider.assert(json!({"sub": "bob", "email": "bob@example.org", "name": "bob"}));
    browser.sign_in("idp").await;
    assert_eq!(roles(&server, &admin, "bob").await, ["release-manager in the project shop"]);
    assert_eq!(browser.open("/people").await.status, 403);
    assert_eq!(
        told(&server, &admin, "role_revoked").await,
        [
            "The server took the role release-manager in the project shop from bob, who had it from the group ops of idp",
            "The server took the role admin in the whole installation from bob, who had it from the group chiefs of idp",
        ]
    );
    server.stop().await;
}

#[tokio::test]
async fn what_the_configuration_names_no_more_is_taken_at_the_start() {
    let (provider, server) = start("", GROUPS).await;
    let admin = server.admin("Ada").await;
    server.integration(&admin, "shop", "checkout").await;
    provider.admit("bob", &["ops", "chiefs"]);
    Browser::at(&server).sign_in("idp").await;
    let same = provider.table("idp", GROUPS);
    let fewer = provider.table("idp", &GROUPS.replace("'chiefs'", "'bosses'"));
    for (file, gone, left) in [(same.as_str(), 0, 2), (fewer.as_str(), 1, 1), ("", 1, 0)] {
        let service = server.reopen(&format!("{ALLOW}\n{file}")).await.unwrap();
        assert_eq!(providers::let_go(&service).await.unwrap(), gone, "{file}");
        service.close().await;
        assert_eq!(roles(&server, &admin, "bob").await.len(), left, "{file}");
    }
    assert_eq!(roles(&server, &admin, "Ada").await.len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_role_that_is_none_stops_the_start() {
    let (provider, server) = start("", "").await;
    let table = provider.table("idp", "default_role = 'boss'");
    let refused = server.reopen(&format!("{ALLOW}\n{table}")).await.map(drop).unwrap_err();
    assert!(
        refused.contains("providers.idp: default_role names the role “boss”, but the roles are"),
        "{refused}"
    );
    server.stop().await;
}

#[tokio::test]
async fn what_the_token_leaves_out_is_asked_for() {
    let (provider, server) = start("", GROUPS).await;
    let admin = server.admin("Ada").await;
    server.integration(&admin, "shop", "checkout").await;
    provider.assert(json!({"sub": "bob"}));
    provider.tell_on_request(json!({"name": "Bob", "email": "bob@example.org", "groups": ["ops"]}));
    assert_eq!(Browser::at(&server).sign_in("idp").await.location(), Some("/"));
    assert_eq!(roles(&server, &admin, "Bob").await.len(), 1);
    server.stop().await;
}

/// Signs in where it must be refused, and tells why it was.
async fn refusal(server: &Server, browser: &mut Browser, admin: &Member, answer: &str) -> String {
    let people = count(server, admin).await;
    let before = told(server, admin, "sign_in_refused").await.len();
    let reason = answer.strip_prefix("/sign-in?refused=").unwrap_or_else(|| panic!("it leads to {answer}"));
    let page = browser.open(answer).await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("You are not signed in"), "{}", page.text());
    assert!(browser.cookie("towpath").is_none(), "nobody is signed in");
    assert_eq!(count(server, admin).await, people);
    let events = told(server, admin, "sign_in_refused").await;
    assert!(before > 0 && events.len() == before);
    assert_eq!(events[before - 1], format!("The server refused a sign-in by idp ({reason})"));
    reason.to_owned()
}

async fn refused(evil: Evil) -> String {
    let (provider, server) = start("", "").await;
    let admin = server.admin("Ada").await;
    provider.admit("bob", &[]);
    provider.be(evil);
    let mut browser = Browser::at(&server);
    let sent = browser.open("/sign-in/with/idp").await.location().expect("it leads on").to_owned();
    let ended = if sent.starts_with('/') {
        sent
    } else {
        let back = browser.open(&sent).await.location().expect("the provider leads back").to_owned();
        browser.open_from("cross-site", &back).await.location().expect("it leads on").to_owned()
    };
    let reason = refusal(&server, &mut browser, &admin, &ended).await;
    server.stop().await;
    reason
}

#[tokio::test]
async fn a_provider_that_lies_signs_nobody_in() {
    for (evil, reason) in [
        (Evil::Nonce, "nonce"),
        (Evil::NoNonce, "nonce"),
        (Evil::Audience, "audience"),
        (Evil::Issuer, "issuer"),
        (Evil::Unsigned, "algorithm"),
        (Evil::Hmac, "algorithm"),
        (Evil::Expired, "expired"),
        (Evil::KeySwapped, "signature"),
        (Evil::KeyUnknown, "signature"),
        (Evil::Unnamed, "other_provider"),
        (Evil::OtherName, "other_provider"),
        (Evil::Denies, "denied"),
        (Evil::NoToken, "malformed"),
        (Evil::MetadataOfAnother, "issuer"),
        (Evil::Down, "unavailable"),
    ] {
        assert_eq!(refused(evil).await, reason, "{evil:?}");
    }
}

#[tokio::test]
async fn keys_are_read_again_when_they_change() {
    let (provider, server) = start("", "").await;
    provider.admit("bob", &[]);
    Browser::at(&server).sign_in("idp").await;
    provider.change_key();
    // Not for each token that names an unknown key: anyone can make those.
    let soon = Browser::at(&server).sign_in("idp").await;
    assert_eq!(soon.location(), Some("/sign-in?refused=signature"));
    server.clock.advance(30);
    assert_eq!(Browser::at(&server).sign_in("idp").await.location(), Some("/"));
    server.stop().await;
}

#[tokio::test]
async fn the_user_info_is_about_the_same_person() {
    let (provider, server) = start("", "").await;
    let admin = server.admin("Ada").await;
    provider.assert(json!({"sub": "bob"}));
    provider.tell_on_request(json!({"name": "Bob", "email": "bob@example.org"}));
    provider.be(Evil::OtherUser);
    let mut browser = Browser::at(&server);
    let ended = browser.sign_in("idp").await.location().unwrap().to_owned();
    assert_eq!(refusal(&server, &mut browser, &admin, &ended).await, "malformed");
    server.stop().await;
}

#[tokio::test]
async fn an_answer_belongs_to_one_sign_in_of_one_browser() {
    let (provider, server) = start("", "").await;
    let admin = server.admin("Ada").await;
    provider.admit("bob", &[]);
    let ended = async |browser: &mut Browser, back: &str| {
        browser.open_from("cross-site", back).await.location().expect("it leads on").to_owned()
    };

    // Another browser, in which someone is led to a sign-in that is not theirs.
    let mut browser = Browser::at(&server);
    let back = browser.go("/sign-in/with/idp").await;
    let mut other = Browser::at(&server);
    let answer = ended(&mut other, &back).await;
    assert_eq!(refusal(&server, &mut other, &admin, &answer).await, "other_browser");
    // It is used up by that.
    let answer = ended(&mut browser, &back).await;
    assert_eq!(refusal(&server, &mut browser, &admin, &answer).await, "unknown_attempt");

    // The state of one sign-in with the code of another: PKCE and the nonce hold them apart.
    let (one, two) = (browser.go("/sign-in/with/idp").await, browser.go("/sign-in/with/idp").await);
    let code = |back: &str| {
        let code = back.split(['?', '&']).find(|pair| pair.starts_with("code=")).expect("a code");
        code.to_owned()
    };
    let mixed = one.replace(&code(&one), &code(&two));
    let answer = ended(&mut browser, &mixed).await;
    assert_eq!(refusal(&server, &mut browser, &admin, &answer).await, "code");

    // A state that nobody made, and none at all.
    for back in ["/sign-in/with/idp/callback?state=abc&code=code-1", "/sign-in/with/idp/callback"] {
        let answer = ended(&mut browser, back).await;
        assert_eq!(refusal(&server, &mut browser, &admin, &answer).await, "unknown_attempt", "{back}");
    }

    // After ten minutes.
    let back = browser.go("/sign-in/with/idp").await;
    server.clock.advance(600);
    let answer = ended(&mut browser, &back).await;
    assert_eq!(refusal(&server, &mut browser, &admin, &answer).await, "unknown_attempt");
    server.stop().await;
}

#[tokio::test]
async fn a_used_code_signs_nobody_in() {
    let (provider, server) = start("", "").await;
    let admin = server.admin("Ada").await;
    provider.admit("bob", &[]);
    let mut browser = Browser::at(&server);
    let back = browser.go("/sign-in/with/idp").await;
    assert_eq!(browser.open_from("cross-site", &back).await.location(), Some("/"));
    let mut again = Browser::at(&server);
    let answer = again.open_from("cross-site", &back).await;
    let answer = answer.location().unwrap();
    assert_eq!(refusal(&server, &mut again, &admin, answer).await, "unknown_attempt");

    // The code of a sign-in that is over, under a state that is not.
    let next = again.go("/sign-in/with/idp").await;
    let replayed = next.replace("code-2", "code-1");
    assert_ne!(next, replayed);
    let answer = again.open_from("cross-site", &replayed).await;
    let answer = answer.location().unwrap();
    assert_eq!(refusal(&server, &mut again, &admin, answer).await, "code");
    server.stop().await;
}

#[tokio::test]
async fn the_answer_of_another_provider_is_not_taken() {
    let (provider, evil) = (Provider::start().await, Provider::start().await);
    let file = format!(
        "outgoing_allow = 'http://127.0.0.1'\n{}{}",
        provider.table("idp", ""),
        evil.table("evil", "")
    );
    let server = Server::start_configured(&file, &[]).await;
    let admin = server.admin("Ada").await;
    evil.admit("bob", &[]);
    let mut browser = Browser::at(&server);
    let back = browser.go("/sign-in/with/evil").await;
    let mixed = back.replace("/with/evil/", "/with/idp/");
    let answer = browser.open_from("cross-site", &mixed).await;
    let answer = answer.location().unwrap();
    assert_eq!(refusal(&server, &mut browser, &admin, answer).await, "other_provider");

    // The same subject at two providers is two people.
    provider.admit("carol", &[]);
    evil.assert(json!({"sub": "carol", "name": "Eve", "email": "eve@example.org"}));
    browser.sign_in("idp").await;
    Browser::at(&server).sign_in("evil").await;
    assert_eq!(count(&server, &admin).await, 3);
    server.stop().await;
}

#[tokio::test]
async fn nobody_is_known_by_an_address() {
    let (provider, server) = start("", "").await;
    let admin = server.admin("Ada").await;
    provider.admit("ada", &[]);
    let mut browser = Browser::at(&server);
    let answer = browser.sign_in("idp").await.location().unwrap().to_owned();
    assert_eq!(refusal(&server, &mut browser, &admin, &answer).await, "email_taken");

    // Its owner connects it, by a link on the page of the account and in no other way.
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    let entered = server.submit("/sign-in", "/fn/sign_in", "", &fields).await;
    browser.keep(&entered);
    assert!(browser.open("/account").await.text().contains("/sign-in/with/idp?for=account"));
    let lured = browser.open_from("cross-site", "/sign-in/with/idp?for=account").await;
    assert_eq!(lured.location(), Some("/account"));
    let back = browser.go("/sign-in/with/idp?for=account").await;
    assert_eq!(browser.open_from("cross-site", &back).await.location(), Some("/account"));
    assert_eq!(told(&server, &admin, "identity_connected").await, ["Ada connected idp with their account"]);
    let mut elsewhere = Browser::at(&server);
    elsewhere.sign_in("idp").await;
    assert_eq!(elsewhere.open("/people").await.status, 200, "it is the admin's account");

    // Nobody else can have it.
    let bob = server.member(&admin, "Bob", "viewer", "installation").await;
    let mut other = Browser::at(&server);
    let fields = [("email", bob.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    other.keep(&server.submit("/sign-in", "/fn/sign_in", "", &fields).await);
    let back = other.go("/sign-in/with/idp?for=account").await;
    let answer = other.open_from("cross-site", &back).await;
    assert_eq!(answer.location(), Some("/account?refused=connected"));
    assert!(other.open("/account?refused=connected").await.text().contains("Nothing was connected"));

    // Nor is it connected with whoever is signed in by the time the answer comes.
    let back = other.go("/sign-in/with/idp?for=account").await;
    other.keep(&server.submit("/", "/fn/sign_out", &other.cookies(), &[]).await);
    let answer = other.open_from("cross-site", &back).await;
    assert_eq!(answer.location(), Some("/account?refused=other_browser"));
    server.stop().await;
}

#[tokio::test]
async fn an_identity_can_be_disconnected_but_not_the_last_way_in() {
    let (provider, server) = start("", "").await;
    let admin = server.admin("Ada").await;
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    let mut browser = Browser::at(&server);
    browser.keep(&server.submit("/sign-in", "/fn/sign_in", "", &fields).await);
    provider.admit("ada", &[]);
    let back = browser.go("/sign-in/with/idp?for=account").await;
    browser.open_from("cross-site", &back).await;
    // One of each provider is enough.
    provider.admit("ada-2", &[]);
    let back = browser.go("/sign-in/with/idp?for=account").await;
    let second = browser.open_from("cross-site", &back).await;
    assert_eq!(second.location(), Some("/account?refused=another_connected"));
    assert!(browser.open("/account").await.text().contains("Disconnect…"));
    providers::disconnect(&server.service, &admin.actor, "idp").await.expect("the password is left");
    assert_eq!(
        told(&server, &admin, "identity_disconnected").await,
        ["Ada disconnected idp from their account"]
    );
    let gone = providers::disconnect(&server.service, &admin.actor, "idp").await;
    assert!(matches!(gone, Err(Error::Conflict(_))), "{gone:?}");
    let back = browser.go("/sign-in/with/idp?for=account").await;
    assert_eq!(browser.open_from("cross-site", &back).await.location(), Some("/account"));

    // Who came by the provider alone would be shut out.
    provider.admit("bob", &[]);
    Browser::at(&server).sign_in("idp").await;
    let view = people::list(&server.service, &admin.actor).await.expect("reads");
    let bob = view.people.into_iter().find(|member| member.person.name.as_str() == "bob").expect("joined");
    let (_, actor) = people::actor(&server.service, bob.person.id).await.expect("acts");
    let actor = Actor { proven_at: Some(server.service.now()), ..actor };
    let refused = providers::disconnect(&server.service, &actor, "idp").await;
    assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("only way in")), "{refused:?}");
    assert_eq!(Browser::at(&server).sign_in("idp").await.location(), Some("/"), "nothing was taken away");

    // Whoever is deactivated is told so, and does not come in.
    people::deactivate(&server.service, &admin.actor, bob.person.id).await.expect("is deactivated");
    let answer = Browser::at(&server).sign_in("idp").await;
    assert_eq!(answer.location(), Some("/sign-in?refused=deactivated"));
    server.stop().await;
}

#[tokio::test]
async fn an_answer_that_says_one_thing_twice_leads_to_a_page_that_tells_so() {
    let (_provider, server) = start("", "").await;
    let mut browser = Browser::at(&server);
    let back = browser.go("/sign-in/with/idp").await;
    let answer = browser.open_from("cross-site", &format!("{back}&state=other")).await;
    assert_eq!(answer.location(), Some("/sign-in?refused=unknown_attempt"));
    assert!(browser.open("/sign-in?refused=unknown_attempt").await.text().contains("Start again"));
    server.stop().await;
}

#[tokio::test]
async fn an_account_needs_an_address_that_the_provider_believes() {
    let (provider, server) = start("", "").await;
    let admin = server.admin("Ada").await;
    for (claims, reason) in [
        (json!({"sub": "bob", "name": "Bob"}), "no_email"),
        (json!({"sub": "bob", "name": "Bob", "email": "bob"}), "no_email"),
        (
            json!({"sub": "bob", "name": "Bob", "email": "bob@example.org", "email_verified": false}),
            "email_unverified",
        ),
    ] {
        provider.assert(claims);
        let mut browser = Browser::at(&server);
        let answer = browser.sign_in("idp").await.location().unwrap().to_owned();
        assert_eq!(refusal(&server, &mut browser, &admin, &answer).await, reason);
    }
    // Without a name, or with one that cannot be shown, the address gives one.
    provider.assert(json!({"sub": "bob", "name": "\u{202e}evil", "email": "Bob@example.org"}));
    Browser::at(&server).sign_in("idp").await;
    assert_eq!(told(&server, &admin, "account_made").await, ["bob joined as bob by idp"]);
    server.stop().await;
}

#[tokio::test]
async fn where_domains_are_named_others_stay_out() {
    let (provider, server) = start("", "email_domains = ['example.org']").await;
    let admin = server.admin("Ada").await;
    for (email, verified, reason) in [
        ("bob@example.com", Some(true), "other_domain"),
        ("bob@sub.example.org", Some(true), "other_domain"),
        ("bob@example.org", None, "email_unverified"),
    ] {
        provider.assert(json!({"sub": "bob", "name": "Bob", "email": email, "email_verified": verified}));
        let mut browser = Browser::at(&server);
        let answer = browser.sign_in("idp").await.location().unwrap().to_owned();
        assert_eq!(refusal(&server, &mut browser, &admin, &answer).await, reason, "{email}");
    }
    provider.admit("bob", &[]);
    assert_eq!(Browser::at(&server).sign_in("idp").await.location(), Some("/"));
    server.stop().await;
}

#[tokio::test]
async fn without_passwords_the_form_is_gone_and_the_admin_link_works() {
    let (provider, server) = start("local_sign_in = false", "").await;
    let admin = server.admin("Ada").await;
    let page = server.get("/sign-in").await;
    assert!(page.text().contains("/sign-in/with/idp") && !page.text().contains("type=\"password\""));
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    let refused = server.submit("/sign-in", "/fn/sign_in", "", &fields).await;
    assert!(refused.cookie("towpath").is_none());

    let link = links::issue_admin(&server.service).await.unwrap();
    let (_, secret) = link.rsplit_once('/').unwrap();
    let form = JoinForm { name: "Eve".into(), email: "eve@example.org".into(), password: PASSWORD.into() };
    let fields = [
        ("secret", secret),
        ("form[name]", form.name.as_str()),
        ("form[email]", form.email.as_str()),
        ("form[password]", form.password.as_str()),
    ];
    let joined = server.submit(&format!("/join/{secret}"), "/fn/join", "", &fields).await;
    assert_eq!(server.page("/people", &joined.sent_back("towpath")).await.status, 200);

    // Nobody is invited to a password that would not be taken.
    let fields =
        [("form[email]", "bob@example.org"), ("form[role]", "viewer"), ("form[place]", "installation")];
    let invited = server.submit("/people", "/fn/invite", &joined.sent_back("towpath"), &fields).await;
    assert!(invited.location().unwrap().contains("__err="));
    provider.admit("bob", &[]);
    Browser::at(&server).sign_in("idp").await;
    let invited = server.submit("/people", "/fn/invite", &joined.sent_back("towpath"), &fields).await;
    assert_eq!(invited.location(), Some("/people"));
    assert_eq!(roles(&server, &admin, "bob").await, ["viewer in the whole installation"]);
    server.stop().await;
}

#[tokio::test]
async fn a_test_shows_what_came_back_and_changes_nothing() {
    let (provider, server) = start("", GROUPS).await;
    let admin = server.admin("Ada").await;
    server.integration(&admin, "shop", "checkout").await;
    provider.admit("bob", &["ops"]);
    let mut browser = Browser::at(&server);
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    browser.keep(&server.submit("/sign-in", "/fn/sign_in", "", &fields).await);
    let page = browser.open("/people/sign-in").await;
    assert!(page.text().contains(&provider.issuer) && !page.text().contains("a secret"));
    assert!(page.text().contains("There is no “project:not-there-yet” yet"), "{}", page.text());

    let session = browser.cookie("towpath").map(str::to_owned);
    let back = browser.go("/sign-in/with/idp?for=test").await;
    let answer = browser.open_from("cross-site", &back).await;
    let outcome = answer.location().unwrap().to_owned();
    let page = browser.open(&outcome).await;
    for words in ["It works", "bob@example.org", "Release manager in the project shop", "email_verified"] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    assert_eq!(browser.cookie("towpath").map(str::to_owned), session);
    assert_eq!(count(&server, &admin).await, 1);

    provider.be(Evil::Audience);
    let back = browser.go("/sign-in/with/idp?for=test").await;
    let answer = browser.open_from("cross-site", &back).await;
    let page = browser.open(answer.location().unwrap()).await;
    assert!(page.text().contains("the claim “aud” of the ID token"), "{}", page.text());
    assert!(told(&server, &admin, "sign_in_refused").await.is_empty());

    // It is for who made it, and for a while.
    let other = server.admin("Eve").await;
    let cookies = server.sign_in(&other).await;
    assert!(!server.page(&outcome, &cookies).await.text().contains("bob@example.org"));
    server.clock.advance(600);
    assert!(!browser.open(&outcome).await.text().contains("bob@example.org"));
    let viewer = server.member(&admin, "Rui", "viewer", "installation").await;
    let mut browser = Browser::at(&server);
    let fields = [("email", viewer.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    browser.keep(&server.submit("/sign-in", "/fn/sign_in", "", &fields).await);
    assert_eq!(browser.open("/sign-in/with/idp?for=test").await.location(), Some("/people/sign-in"));
    server.stop().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_at_the_provider_too() {
    let (provider, server) = start("", "").await;
    provider.admit("bob", &[]);
    let mut browser = Browser::at(&server);
    browser.sign_in("idp").await;
    let session = browser.cookies();
    let out = server.submit("/", "/fn/sign_out", &session, &[]).await;
    assert_eq!(out.location(), Some("/sign-out"));
    browser.keep(&out);
    assert_eq!(server.page("/", &session).await.location(), Some("/sign-in"), "it is over at once");
    let page = browser.open("/sign-out").await;
    let leads = page.header("refresh").expect("it leads on by itself");
    let expected = format!("0;url={}/end?id_token_hint=ey", provider.issuer);
    assert!(leads.starts_with(&expected), "{leads}");
    assert!(leads.ends_with(&format!(
        "&client_id=towpath&post_logout_redirect_uri={}%2Fsign-in",
        server.url.replace(':', "%3A").replace('/', "%2F")
    )));
    let again = browser.open("/sign-out").await;
    assert!(again.header("refresh").is_none() && again.text().contains("You are signed out."));
    server.stop().await;
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_not_found() {
    let (_provider, server) = start("", "").await;
    for path in ["/sign-in/with/nobody", "/sign-in/with/nobody/callback?state=a&code=b"] {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_provider_inside_the_network_is_called_only_where_that_is_allowed() {
    let provider = Provider::start().await;
    let encrypted = provider.table("idp", "").replace("http://", "https://");
    let server = Server::start_configured(&encrypted, &[]).await;
    let admin = server.admin("Ada").await;
    let mut browser = Browser::at(&server);
    let answer = browser.open("/sign-in/with/idp").await;
    let answer = answer.location().unwrap();
    assert_eq!(refusal(&server, &mut browser, &admin, answer).await, "unavailable");
    server.stop().await;
}

#[tokio::test]
async fn the_door_is_not_tried_without_end() {
    let (_provider, server) = start("", "").await;
    for _ in 0..30 {
        assert_eq!(server.get("/sign-in/with/idp/callback?state=a&code=b").await.status, 303);
    }
    let refused = server.get("/sign-in/with/idp/callback?state=a&code=b").await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some());
    server.stop().await;
}
