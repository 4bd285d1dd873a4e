//! Builds the browser half of Towpath, and the binaries that serve it: `cargo xtask site|build [--release]`.
//!
//! It does what cargo-leptos does, from libraries that `Cargo.lock` pins, so that a fresh machine neither
//! compiles nor downloads another tool. Testing and setting up are shell's work, in `scripts/`.

mod cargo;
mod frontend;
mod site;
mod style;

use std::{env, fs, path::Path, process::ExitCode, time::Instant};

use anyhow::{Context, Result};

use crate::{
    cargo::{Profile, Workspace},
    site::Site,
};

const USAGE: &str = "\
usage: cargo xtask COMMAND [--release]

  site    build the WASM, the style sheet and the public files into target/site
  build   build the site, then towpath-server and towpath; --release embeds the site in the server";

enum Task {
    Site,
    Build,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((task, profile)) = parse(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&task, profile) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn parse(arguments: &[String]) -> Option<(Task, Profile)> {
    let (task, flags) = arguments.split_first()?;
    let task = match task.as_str() {
        "site" => Task::Site,
        "build" => Task::Build,
        _ => return None,
    };
    match flags {
        [] => Some((task, Profile::Dev)),
        [flag] if flag == "--release" => Some((task, Profile::Release)),
        _ => None,
    }
}

fn run(task: &Task, profile: Profile) -> Result<()> {
    let workspace = Workspace::find()?;
    build_site(&workspace, profile)?;
    if matches!(task, Task::Build) {
        step("binaries", || workspace.build_binaries(profile))?;
    }
    Ok(())
}

fn build_site(workspace: &Workspace, profile: Profile) -> Result<()> {
    let compiled = step("frontend", || workspace.build_frontend(profile))?;
    let mut site = Site::open(workspace, profile)?;
    step("bindgen", || frontend::bind(workspace, profile, &compiled, &mut site))?;
    step("style", || {
        let css = style::bundle(&workspace.root.join("style/main.css"), profile)?;
        site.write(Path::new("pkg/towpath.css"), css.as_bytes())
    })?;
    step("public", || copy_public(&workspace.root.join("public"), Path::new(""), &mut site))?;
    site.close()
}

fn copy_public(from: &Path, to: &Path, site: &mut Site) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let name = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_public(&entry.path(), &name, site)?;
        } else {
            site.write(&name, &fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// Runs one step under its name, and says how long it took.
fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let done = work().with_context(|| name.to_owned())?;
    eprintln!("xtask: {name:<9}{:>7.1} s", start.elapsed().as_secs_f64());
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(line: &str) -> bool {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&arguments).is_some()
    }

    #[test]
    fn a_command_takes_release_and_nothing_else() {
        assert!(accepts("site"));
        assert!(accepts("build --release"));
        for wrong in ["", "deploy", "--release", "build --relase", "site --release --release"] {
            assert!(!accepts(wrong), "{wrong:?} was accepted");
        }
    }
}
