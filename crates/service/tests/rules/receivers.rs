//! A receiver of webhooks on a free port of this machine, which keeps what it gets and answers as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What it does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Status(u16),
    /// A status with a header.
    With(u16, &'static str, String),
    /// A status with a body.
    Says(u16, String),
    /// Announces a body and hangs up in the middle of it.
    HangsUp,
    /// Answers once it is let go.
    Waits,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Got {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// The kind of event.
    pub fn kind(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }
}

/// Answers 200 to all that it is not told to answer otherwise.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
    let_go: Arc<Notify>,
}

#[derive(Default)]
struct Inner {
    got: Vec<Got>,
    answers: VecDeque<Answer>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/in?key=topsecret", listener.local_addr().expect("an address"));
        let receiver = Self { url, inner: Arc::default(), let_go: Arc::default() };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let receiver = serving.clone();
                tokio::spawn(async move { receiver.serve(stream).await });
            }
        });
        receiver
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic")
    }

    /// Answers the next requests so, one after the other.
    pub fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.inner().answers.extend(answers);
    }

    /// Lets an answer go that waits, now or later.
    pub fn let_go(&self) {
        self.let_go.notify_one();
    }

    /// What came since it was last asked.
    pub fn take(&self) -> Vec<Got> {
        std::mem::take(&mut self.inner().got)
    }

    /// The kinds of what came since it was last asked.
    pub fn kinds(&self) -> Vec<String> {
        self.take().iter().map(Got::kind).collect()
    }

    async fn serve(&self, mut stream: TcpStream) {
        let Some(got) = read(&mut stream).await else { return };
        let answer = {
            let mut inner = self.inner();
            inner.got.push(got);
            inner.answers.pop_front().unwrap_or(Answer::Status(200))
        };
        if answer == Answer::Waits {
            self.let_go.notified().await;
        }
        let text = match answer {
            Answer::Status(status) => respond(status, "", ""),
            Answer::With(status, name, value) => respond(status, &format!("{name}: {value}\r\n"), ""),
            Answer::Says(status, body) => respond(status, "", &body),
            Answer::HangsUp => "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of".to_owned(),
            Answer::Waits => respond(200, "", ""),
        };
        // Who asked may have gone.
        _ = stream.write_all(text.as_bytes()).await;
        _ = stream.shutdown().await;
    }
}

fn respond(status: u16, header: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Answered\r\n{header}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads a request with a body of known length.
async fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
            let headers: BTreeMap<String, String> =
                lines.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
            if headers.get("content-length")?.parse() == Ok(body.len()) {
                return Some(Got { headers, body: body.to_owned() });
            }
        }
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
}
