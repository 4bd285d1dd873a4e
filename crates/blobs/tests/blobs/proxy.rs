//! Between a store and a bucket: passes requests on, and fails as networks and servers do.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What befalls a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is answered with 500, and never arrives.
    Failed,
    /// It is cut off in the middle of what it sends.
    CutOff,
    /// It arrives and is done; what is answered is lost.
    AnswerLost,
    /// It arrives; what is answered is cut off after its head and so many bytes.
    AnswerCut(usize),
    /// Nothing comes for longer than anybody waits.
    Stalled,
}

type Rule = Box<dyn FnMut(&str) -> Option<Fault> + Send>;

/// Its address, and what befalls each request by its first line.
#[derive(Clone)]
pub struct Proxy {
    pub address: String,
    rule: Arc<Mutex<Rule>>,
}

impl Proxy {
    /// Passes on to a server at `http://HOST:PORT`.
    pub async fn start(server: &str) -> io::Result<Self> {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let proxy = Self { address, rule: Arc::new(Mutex::new(Box::new(|_| None))) };
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (proxy, server) = (serving.clone(), server.clone());
                // A connection ends as it may: that is what is tried.
                tokio::spawn(async move { _ = proxy.pass(stream, &server).await });
            }
        });
        Ok(proxy)
    }

    /// From now on.
    pub fn rule(&self, rule: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        *self.rule.lock().expect("no panic") = Box::new(rule);
    }

    /// One request, on a connection that ends with it.
    async fn pass(&self, mut client: TcpStream, server: &str) -> io::Result<()> {
        let (head, mut body) = read_head(&mut client).await?;
        let line = head.lines().next().unwrap_or_default().to_owned();
        let fault = (self.rule.lock().expect("no panic"))(&line);
        let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if fault == Some(Fault::CutOff) {
            return Ok(());
        }
        while body.len() < length {
            if client.read_buf(&mut body).await? == 0 {
                return Ok(());
            }
        }
        match fault {
            Some(Fault::Failed) => {
                let answer =
                    b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                return client.write_all(answer).await;
            }
            Some(Fault::Stalled) => {
                tokio::time::sleep(Duration::from_mins(1)).await;
                return Ok(());
            }
            _ => {}
        }
        let mut upstream = TcpStream::connect(server).await?;
        let head = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        upstream.write_all(head.as_bytes()).await?;
        upstream.write_all(&body).await?;
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer).await?;
        match fault {
            Some(Fault::AnswerLost) => Ok(()),
            Some(Fault::AnswerCut(count)) => {
                let head = answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
                client.write_all(&answer[..answer.len().min(head + count)]).await
            }
            _ => client.write_all(&answer).await,
        }
    }
}

async fn read_head(client: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") {
            let body = read.split_off(end + 4);
            return Ok((String::from_utf8_lossy(&read).into_owned(), body));
        }
        if client.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let pairs = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
