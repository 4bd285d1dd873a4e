//! `resolve --watch`: what should run, told again whenever it changes.

use crate::terminal::Terminal;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout};

/// A command that goes on until the test ends.
struct Watch {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watch {
    fn start(terminal: &Terminal, program: &[&str]) -> Self {
        let watch = ["resolve", "shop", "qa", "--as", "plain", "--watch"];
        let mut child = terminal.start(&[&watch, program].concat(), &[]);
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("a line").expect("UTF-8")
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_written() {
    let terminal = Terminal::signed_in().await;
    let first = terminal.world.push("qa", "1.0").await;
    let mut watch = Watch::start(&terminal, &[]);
    assert_eq!(watch.line(), format!("checkout towpath.example/shop/checkout/qa@{first}"));
    let second = terminal.world.push("qa", "1.1").await;
    assert_eq!(watch.line(), format!("checkout towpath.example/shop/checkout/qa@{second}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_started_with_each_change_and_again_when_it_fails() {
    let terminal = Terminal::signed_in().await;
    let first = terminal.world.push("qa", "1.0").await;
    let mut watch = Watch::start(&terminal, &["--", "/bin/sh", "-c", "echo \"got $(cat)\"; exit 1"]);
    let got = |digest| format!("got checkout towpath.example/shop/checkout/qa@{digest}");
    assert_eq!(watch.line(), got(&first));
    assert_eq!(watch.line(), got(&first));
    let second = terminal.world.push("qa", "1.1").await;
    assert_eq!(watch.line(), got(&second));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_watched_is_told_at_once() {
    let terminal = Terminal::signed_in().await;
    let nowhere = terminal.run(&["resolve", "shop", "mars", "--watch"], "");
    assert!(nowhere.code == 5 && nowhere.stderr.contains("“shop/mars” was not found"), "{nowhere}");
    for wrong in [&["--", "sh"][..], &["--watch", "--", "sh"]] {
        assert_eq!(terminal.run(&[&["resolve", "shop", "qa"], wrong].concat(), "").code, 2);
    }
}
