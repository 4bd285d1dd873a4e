//! The installation behind the doors, prepared once and copied for each caller.
//!
//! The project `shop` is where the callers have their roles. `secret-lab` has the same things, and nobody but the
//! admin of the installation sees it.

use crate::callers::Caller;
use crate::doors::{GROUP, ROLE, Subject};
use crate::maker::Maker;
use crate::world::{Clock, World};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Weak};
use tempfile::TempDir;
use tokio::sync::Mutex;

pub const PASSWORD: &str = "correct horse battery staple";
/// Whoever reads these words in an answer was told of the other project.
pub const TELLTALES: [&str; 3] = ["secret-lab", "hush", "keeper"];

const DAY: i64 = 86_400;

/// The callers who hold one role in the shop.
pub const ROLES: [(&str, &str, &str); 6] = [
    ("viewer", "viewer", "project:shop"),
    ("developer", "developer", "project:shop"),
    ("manager", "release-manager", "project:shop"),
    ("admin", "admin", "project:shop"),
    ("auditor", "auditor", "project:shop"),
    ("qa-manager", "release-manager", "environment:shop/qa"),
];

pub struct Installation {
    folder: TempDir,
    clock: Clock,
    pub callers: Vec<Caller>,
    pub shop: Subject,
    pub lab: Subject,
}

impl Installation {
    /// The same for all tests that run at a time; its folder goes with the last of them.
    pub async fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Installation>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(installation) = shared.upgrade() {
            return installation;
        }
        let installation = Arc::new(Self::prepare().await);
        *shared = Arc::downgrade(&installation);
        installation
    }

    async fn prepare() -> Self {
        let clock = Clock::default();
        clock.advance(-2 * DAY);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut maker = Maker::begin(World::open(folder, &clock).await).await;
        maker.project("shop").await;
        let mut shop = maker.integration("shop", "checkout").await;
        maker.integration("shop", "billing").await;
        maker.project("secret-lab").await;
        let mut lab = maker.integration("secret-lab", "hush").await;
        maker.role(ROLE).await;
        for (name, role, place) in ROLES {
            maker.join(name, role, place).await;
        }
        maker.join("stranger", "viewer", "installation").await;
        maker.join("keeper", "release-manager", "project:secret-lab").await;
        maker.expel("stranger").await;
        let (_, expired) = maker.token(&["push", "pull"], "shop/checkout", 1).await;
        clock.advance(2 * DAY);

        maker.root = maker.bearer("root").await;
        shop.secret = maker.invite("invited", "viewer", "project:shop").await;
        lab.secret.clone_from(&shop.secret);
        maker.invite("hush", "viewer", "project:secret-lab").await;
        shop.invitation = maker.invitation("invited").await;
        lab.invitation = maker.invitation("hush").await;
        shop.session = maker.session().await;
        lab.session.clone_from(&shop.session);
        shop.person = maker.person("viewer").await;
        lab.person = maker.person("keeper").await;
        shop.crew_role = maker.group(GROUP, "viewer").await;
        lab.crew_role.clone_from(&shop.crew_role);
        shop.binding = maker.binding("viewer").await;
        lab.binding = maker.binding("keeper").await;
        let bearer = maker.bearer("qa-manager").await;
        shop.delegation = maker.delegation(&bearer, "manager").await;
        let bearer = maker.bearer("keeper").await;
        lab.delegation = maker.delegation(&bearer, "root").await;
        (shop.token, _) = maker.token(&["view"], "", 5).await;
        let keeper = maker.caller("keeper").await;
        (lab.token, _) = maker.token_of(keeper.bearer.as_deref().unwrap_or_default(), &["view"], "", 5).await;
        let mut callers = vec![Caller::nobody()];
        let people = ROLES.map(|(name, ..)| name);
        for name in ["stranger"].into_iter().chain(people).chain(["root"]) {
            callers.push(maker.caller(name).await);
        }
        let (_, scoped) = maker.token(&["push", "pull"], "shop/checkout", 5).await;
        let (id, revoked) = maker.token(&["push", "pull"], "shop/checkout", 5).await;
        maker.ask("DELETE", &format!("/tokens/{id}"), Value::Null, 204).await;
        callers.push(Caller::by_token("token", &scoped));
        callers.push(Caller::by_token("deployer", &maker.read_token("shop", "qa").await));
        callers.push(Caller::by_token("expired", &expired));
        callers.push(Caller::by_token("revoked", &revoked));
        maker.sign().await;
        for caller in &mut callers {
            maker.begin_upload(caller).await;
        }
        Self { folder: maker.world.close().await, clock, callers, shop, lab }
    }

    /// A copy that can be changed.
    pub async fn world(&self) -> World {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(self.folder.path(), folder.path());
        World::open(folder, &self.clock).await
    }

    pub fn caller(&self, name: &str) -> &Caller {
        self.callers.iter().find(|caller| caller.name == name).expect("a caller")
    }
}

pub fn email(name: &str) -> String {
    format!("{name}@example.org")
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
