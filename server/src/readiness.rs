//! Asking the server beside one whether it can do its work: the health check of its container, which has no shell.

use anyhow::{Context, bail};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// Asks `/readyz` of the server that listens at this address on this machine.
///
/// # Errors
/// Where none does, or it is not ready; in words.
pub fn ask(listen: SocketAddr) -> anyhow::Result<()> {
    let address = reachable(listen);
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.take(4_096).read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = asked().with_context(|| format!("no server answers at {address}"))?;
    match answer.split(' ').nth(1) {
        Some("200") => Ok(()),
        Some("503") => bail!("the server at {address} runs, but is not ready; its log tells why"),
        _ => bail!("what answers at {address} is no Towpath"),
    }
}

/// A server that listens everywhere is reached here.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let here = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(here, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// Who answers one request with this text.
    fn answering(text: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let read = stream.read(&mut request).unwrap();
            assert!(request[..read].starts_with(b"GET /readyz HTTP/1.1\r\n"));
            stream.write_all(text.as_bytes()).unwrap();
        });
        address
    }

    #[test]
    fn a_server_is_ready_only_if_it_says_so() {
        ask(answering("HTTP/1.1 200 OK\r\n\r\nready\n")).unwrap();
        let not = ask(answering("HTTP/1.1 503 Service Unavailable\r\n\r\n")).unwrap_err().to_string();
        assert!(not.contains("is not ready"), "{not}");
        let other = ask(answering("220 mail.example.org ESMTP\r\n")).unwrap_err().to_string();
        assert!(other.ends_with("is no Towpath"), "{other}");
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let none = ask(closed).unwrap_err().to_string();
        assert!(none.starts_with("no server answers at 127.0.0.1:"), "{none}");
    }

    #[test]
    fn a_server_that_listens_everywhere_is_asked_here() {
        for (listen, here) in
            [("0.0.0.0:3000", "127.0.0.1:3000"), ("[::]:80", "[::1]:80"), ("10.0.0.7:1", "10.0.0.7:1")]
        {
            assert_eq!(reachable(listen.parse().unwrap()), here.parse().unwrap());
        }
    }
}
