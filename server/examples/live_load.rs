//! Measures live events: opens many streams to one server on loopback, makes changes one after another, and prints
//! how long it took until every stream had each of them, and how much memory the server took.
//!
//! `cargo run --release --example live_load -- --server target/release/towpath-server`. The server is a process of
//! its own on a data folder of its own; both end with the measurement. Counts are bounded, and so is the time.

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use clap::Parser;
use http::Request;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::mpsc;
use towpath_service::live::STREAMS;

#[derive(Debug, Parser)]
struct Arguments {
    /// The server's program.
    #[arg(long, value_name = "FILE")]
    server: PathBuf,
    /// How many streams are open.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..=5_000))]
    streams: u16,
    /// How many changes are made.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    changes: u16,
    /// Where the server keeps its data: a folder of its own on SQLite, unless this names a Postgres.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// The longest that all of it may take.
const LIMIT: Duration = Duration::from_mins(5);
const PASSWORD: &str = "correct horse battery staple";

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::time::timeout(LIMIT, measure(&arguments)).await.context("it took too long")?
    })
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let server = Server::start(arguments)?;
    let people = usize::from(arguments.streams).div_ceil(STREAMS);
    let sessions = server.people(people).await?;
    let before = server.memory()?;

    let (told, mut tells) = mpsc::unbounded_channel();
    for number in 0..usize::from(arguments.streams) {
        let body = server.open(&sessions[number / STREAMS]).await?;
        tokio::spawn(listen(body, told.clone()));
    }
    let idle = server.memory()?;

    let mut last = Vec::new();
    let mut each = Vec::new();
    for number in 0..arguments.changes {
        let started = Instant::now();
        server.change(&sessions[0], number).await?;
        let answered = started.elapsed();
        let mut longest = answered;
        for _ in 0..arguments.streams {
            let at: Instant = tells.recv().await.context("a stream ended early")?;
            let took = at.duration_since(started);
            each.push(took);
            longest = longest.max(took);
        }
        last.push(longest);
    }
    say(&format!("{} streams of {people} people, {} changes", arguments.streams, arguments.changes));
    say("from sending the change until a stream had it, in ms:   p50     p99     max");
    row("one stream", &mut each);
    row("the last of all streams", &mut last);
    say(&format!(
        "memory of the server: {before} MB before, {idle} MB with all open, {} MB at the end",
        server.memory()?
    ));
    server.stop().await
}

/// Notes when each change came; beats and the like do not count.
async fn listen(mut body: Incoming, told: mpsc::UnboundedSender<Instant>) {
    while let Some(Ok(frame)) = body.frame().await {
        let at = Instant::now();
        let Some(data) = frame.data_ref() else { continue };
        let text = String::from_utf8_lossy(data);
        for _ in text.matches("\"project_created\"") {
            if told.send(at).is_err() {
                return;
            }
        }
    }
}

fn row(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    say(&format!("  {name:<52} {:7.1} {:7.1} {:7.1}", at(50), at(99), at(100)));
}

#[expect(clippy::print_stdout, reason = "what was measured goes to standard output")]
fn say(line: &str) {
    println!("{line}");
}

struct Server {
    url: String,
    link: String,
    child: Child,
    client: Client<HttpConnector, Body>,
    _data: TempDir,
}

impl Server {
    fn start(arguments: &Arguments) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let url = format!("http://{free}");
        let mut command = Command::new(&arguments.server);
        command
            .env("TOWPATH_LISTEN", free.to_string())
            .env("TOWPATH_PUBLIC_URL", &url)
            .env("TOWPATH_DATA", data.path())
            .env("TOWPATH_LOG_LEVEL", "error")
            .stdout(Stdio::piped());
        if let Some(database) = &arguments.database {
            command.env("TOWPATH_DATABASE_URL", database);
        }
        let mut child = command.spawn().context("starting the server")?;
        let output = child.stdout.take().context("the server has an output")?;
        let client = Client::builder(TokioExecutor::new()).build_http();
        let mut server = Self { url, link: String::new(), child, client, _data: data };
        let mut greeting = String::new();
        BufReader::new(output).read_line(&mut greeting)?;
        let link = greeting.split_whitespace().find(|word| word.contains("/join/"));
        link.context("it did not start on an empty database")?.clone_into(&mut server.link);
        Ok(server)
    }

    /// The sessions of an admin and of so many other people who see everything, the admin's first.
    async fn people(&self, count: usize) -> Result<Vec<String>> {
        let admin = self.join(&self.link, 0).await?;
        let mut sessions = vec![admin.clone()];
        for number in 1..count {
            let email = email(number);
            let form =
                [("form[email]", email.as_str()), ("form[role]", "viewer"), ("form[place]", "installation")];
            let (_, link) = self.call("invite", &admin, &form).await?;
            sessions.push(self.join(link.trim_matches('"'), number).await?);
        }
        Ok(sessions)
    }

    async fn join(&self, link: &str, number: usize) -> Result<String> {
        let (_, secret) = link.rsplit_once('/').context("a link ends in its secret")?;
        let (name, email) = (format!("Reader {number}"), email(number));
        let form = [
            ("secret", secret),
            ("form[name]", &name),
            ("form[email]", &email),
            ("form[password]", PASSWORD),
        ];
        let (cookie, _) = self.call("join", "", &form).await?;
        cookie.context("joining begins a session")
    }

    async fn change(&self, session: &str, number: u16) -> Result<()> {
        let slug = format!("load-{number}");
        self.call("create_project", session, &[("form[slug]", &slug), ("form[title]", &slug)]).await.map(drop)
    }

    /// Calls a server function; the answer is the session's cookie, if it begins one, and the body.
    async fn call(
        &self,
        name: &str,
        session: &str,
        fields: &[(&str, &str)],
    ) -> Result<(Option<String>, String)> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(format!("{}/fn/{name}", self.url))
            .header("accept", "application/json")
            .header("origin", &self.url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(COOKIE, session)
            .body(Body::from(body))?;
        let answer = self.client.request(request).await?;
        let (parts, body) = answer.into_parts();
        let body = String::from_utf8_lossy(&body.collect().await?.to_bytes()).into_owned();
        ensure!(parts.status.as_u16() < 400, "{name} was answered {}: {body}", parts.status);
        let cookie = parts.headers.get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        Ok((cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned), body))
    }

    async fn open(&self, session: &str) -> Result<Incoming> {
        let request =
            Request::get(format!("{}/live", self.url)).header(COOKIE, session).body(Body::empty())?;
        let answer = self.client.request(request).await?;
        ensure!(answer.status() == 200, "a stream was answered {}", answer.status());
        Ok(answer.into_body())
    }

    /// What the server has in memory now, in megabytes.
    fn memory(&self) -> Result<u64> {
        let process = self.child.id();
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("its memory")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1_024)
    }

    async fn stop(mut self) -> Result<()> {
        let started = Instant::now();
        let told = Command::new("kill").arg(self.child.id().to_string()).status()?;
        ensure!(told.success(), "the server could not be told to stop");
        while self.child.try_wait()?.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        say(&format!("the server stopped, with all streams open, in {} ms", started.elapsed().as_millis()));
        Ok(())
    }
}

/// Whatever happens, the server does not outlive the measurement.
impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn email(number: usize) -> String {
    format!("reader-{number}@example.org")
}
