//! An installation to be measured: its admin, and what is configured in it, made through the doors that people use.

use crate::figures::{Figure, Unit, note};
use crate::http::Client;
use crate::images::Target;
use crate::server::{Database, Server, towpath};
use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A thousand services in ten projects, each in ten environments.
pub const PROJECTS: usize = 10;
pub const SERVICES: usize = 100;
pub const ENVIRONMENTS: usize = 10;

const EMAIL: &str = "bench@example.org";
const PASSWORD: &str = "only for this bench";

/// How long a server is left alone before its idle memory is read.
const IDLE: Duration = Duration::from_secs(3);

pub struct Installation {
    program: PathBuf,
    folder: TempDir,
    database: Database,
    pub address: String,
    pub server: Server,
    /// Signed in as a browser is.
    pub browser: Client,
    /// Signed in with a session outside a browser.
    pub rest: Client,
}

impl Installation {
    /// A fresh one, with its first admin.
    pub async fn make(program: &Path, database: &Database) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("towpath-bench.").tempdir()?;
        let address = database.create(&folder).await?;
        let server = towpath(program, &folder, &address).await?;
        let link = server.greeting.split_whitespace().find(|word| word.contains("/join/"));
        let secret = link.and_then(|link| link.rsplit('/').next()).context("the server printed no link")?;
        let fields = [
            ("secret", secret),
            ("form[name]", "Bench"),
            ("form[email]", EMAIL),
            ("form[password]", PASSWORD),
        ];
        let client = Client::new(&base(&server));
        client.submit("/fn/join", &origin(&server), &fields).await?;
        let (browser, rest) = sign_in(&server).await?;
        Ok(Self {
            program: program.to_owned(),
            folder,
            database: database.clone(),
            address,
            server,
            browser,
            rest,
        })
    }

    /// Projects, environments, workflows, integrations and services.
    pub async fn furnish(&self) -> Result<()> {
        note(&format!(
            "making {} services in {PROJECTS} projects on {}",
            PROJECTS * SERVICES,
            self.database.name()
        ));
        for project in 0..PROJECTS {
            let slug = format!("product-{project}");
            self.made("/projects", json!({"slug": slug, "title": format!("Product {project}")})).await?;
            let at = format!("/projects/{slug}");
            for environment in 0..ENVIRONMENTS {
                let slug = format!("e{environment}");
                let new = json!({"slug": slug, "title": slug, "stream": "qa"});
                self.made(&format!("{at}/environments"), new).await?;
            }
            let stages: Vec<Value> =
                (0..ENVIRONMENTS).map(|environment| json!({"bucket": format!("e{environment}")})).collect();
            let workflow = json!({
                "slug": "way", "title": "Way", "kind": "environment", "is_default": true, "stages": stages,
            });
            self.made(&format!("{at}/workflows"), workflow).await?;
            for service in 0..SERVICES {
                let slug = format!("service-{service}");
                let new = json!({"slug": slug, "title": slug, "kind": "environment"});
                self.made(&format!("{at}/integrations"), new).await?;
            }
        }
        Ok(())
    }

    /// A bucket that takes images from clients.
    pub async fn images(&self) -> Result<Target> {
        self.made("/projects", json!({"slug": "bench", "title": "Bench"})).await?;
        self.made("/projects/bench/environments", json!({"slug": "qa", "title": "QA", "stream": "qa"}))
            .await?;
        let new = json!({"slug": "images", "title": "Images", "kind": "environment"});
        self.made("/projects/bench/integrations", new).await?;
        self.target("bench/images/qa").await
    }

    /// A repository with a client that may push to it and pull from it.
    pub async fn target(&self, name: &str) -> Result<Target> {
        let new = json!({"title": "Bench", "actions": ["pull", "push"], "days": 1});
        let token = self.made("/tokens", new).await?;
        let secret = token["secret"].as_str().context("no secret")?;
        let authorization = format!("Basic {}", STANDARD.encode(format!("token:{secret}")));
        let client = Client::new(&base(&self.server)).bearing(&authorization)?;
        Ok(Target { client, name: name.to_owned() })
    }

    pub async fn made(&self, path: &str, new: Value) -> Result<Value> {
        self.rest.post(&format!("/api/v1{path}"), &new).await
    }

    pub async fn asked(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(&self.rest.get(&format!("/api/v1{path}"), &[]).await?.body)?)
    }

    /// Starts it again on what it has, and tells how long that took and how much memory it has while idle.
    pub async fn restart(&mut self) -> Result<Vec<Figure>> {
        self.server = towpath(&self.program, &self.folder, &self.address).await?;
        let started = self.server.started.as_secs_f64() * 1_000.0;
        tokio::time::sleep(IDLE).await;
        let idle = self.server.resident()?;
        (self.browser, self.rest) = sign_in(&self.server).await?;
        Ok(vec![
            Figure::new("start until ready", started, Unit::Milliseconds),
            Figure::new("memory while idle", idle, Unit::Megabytes),
        ])
    }

    pub async fn remove(mut self) -> Result<()> {
        self.server.stop().await?;
        self.database.remove(&self.address).await?;
        Ok(self.folder.close()?)
    }
}

async fn sign_in(server: &Server) -> Result<(Client, Client)> {
    let client = Client::new(&base(server));
    let fields = [("email", EMAIL), ("password", PASSWORD), ("next", "/")];
    let cookie = client.submit("/fn/sign_in", &origin(server), &fields).await?.context("no cookie")?;
    let session = client.post("/api/v1/sessions", &json!({"email": EMAIL, "password": PASSWORD})).await?;
    let session = session["session"].as_str().context("no session")?;
    Ok((client.with_cookie(&cookie)?, client.bearing(&format!("Bearer {session}"))?))
}

fn base(server: &Server) -> String {
    format!("http://127.0.0.1:{}", server.port)
}

fn origin(server: &Server) -> String {
    format!("http://localhost:{}", server.port)
}
