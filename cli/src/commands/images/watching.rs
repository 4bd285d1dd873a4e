//! `resolve --watch`: hears of every change of what should run, and hands it to a program.

use super::super::waiting::passes;
use super::{table, tell, whole};
use crate::args::{Format, Resolve};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, say, show};
use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::time::sleep;
use towpath_api::buckets::EnvironmentImages;
use towpath_api::client::Client;

/// How long the server is asked to wait for a change.
const WAIT: Duration = Duration::from_secs(50);
/// The first pause after something failed, and the longest.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(5);

/// Goes on until it is stopped, or what it reads is no longer read.
pub async fn run(client: &Client, args: Resolve, format: Format) -> Result<Exit, Failure> {
    let (mut known, mut pause) = (None, FIRST);
    // What a program failed at.
    let mut failed: Option<EnvironmentImages> = None;
    loop {
        let wait = if failed.is_some() { pause.min(WAIT) } else { WAIT };
        let heard = client.images_after(&args.project, &args.environment, known.as_deref(), wait).await;
        let images = match heard {
            Ok(Some((images, tag))) => {
                (known, pause) = (tag, FIRST);
                tell(&images, args.missing);
                Some(images)
            }
            Ok(None) => failed.take(),
            // The first look tells of a wrong address at once.
            Err(error) if known.is_some() && passes(&error) => {
                say(&format!("{error}; trying again"));
                sleep(pause).await;
                pause = longer(pause);
                None
            }
            Err(error) => return Err(error.into()),
        };
        let Some(images) = images else { continue };
        match hand_over(&args, format, &images).await? {
            Outcome::Taken => (failed, pause) = (None, FIRST),
            Outcome::Failed => {
                say(&format!(
                    "it is started again in {} s, or when what should run has changed",
                    pause.as_secs()
                ));
                (failed, pause) = (Some(images), longer(pause));
            }
            Outcome::Gone => return Ok(Exit::Success),
        }
    }
}

fn longer(pause: Duration) -> Duration {
    (pause * 2).min(LONGEST)
}

enum Outcome {
    Taken,
    Failed,
    /// Nobody reads it any more.
    Gone,
}

async fn hand_over(args: &Resolve, format: Format, images: &EnvironmentImages) -> Result<Outcome, Failure> {
    let read = |still: bool| if still { Outcome::Taken } else { Outcome::Gone };
    let Some(form) = args.form else {
        return Ok(read(show(format, images, table)?));
    };
    let Some(text) = whole(form, args.missing, images)? else { return Ok(Outcome::Taken) };
    let program = args.program.clone();
    if program.is_empty() {
        return Ok(read(output::write(&text)?));
    }
    let ended = tokio::task::spawn_blocking(move || start(&program, &text)).await;
    Ok(match ended.map_err(std::io::Error::other)? {
        Ok(()) => Outcome::Taken,
        Err(why) => {
            say(&why);
            Outcome::Failed
        }
    })
}

/// Starts a program with a text on its standard input, and waits for its end.
fn start(program: &[String], text: &str) -> Result<(), String> {
    let (name, arguments) = program.split_first().ok_or("no program was named")?;
    let told = |error: std::io::Error| format!("{name}: {error}");
    let mut child = Command::new(name).args(arguments).stdin(Stdio::piped()).spawn().map_err(told)?;
    if let Some(mut input) = child.stdin.take() {
        match input.write_all(text.as_bytes()) {
            // It needs no more of it.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written.map_err(told)?,
        }
    }
    let status = child.wait().map_err(told)?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed ({status})")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).into()
    }

    #[test]
    fn a_program_gets_the_images_and_tells_how_it_ended() {
        assert_eq!(start(&shell("test \"$(cat)\" = images"), "images\n"), Ok(()));
        assert_eq!(start(&shell("exit 3"), "images"), Err("sh failed (exit status: 3)".to_owned()));
        let missing = start(&["/there/is/none".to_owned()], "images").expect_err("cannot start");
        assert!(missing.starts_with("/there/is/none: "), "{missing}");
    }

    #[test]
    fn a_program_need_not_read_all_of_it() {
        assert_eq!(start(&shell("exec <&-; sleep 0.1"), &"x".repeat(1_000_000)), Ok(()));
    }
}
