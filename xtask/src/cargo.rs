//! Where things are built, and with which flags: every call of cargo that xtask makes.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build: nothing minified or compressed; the server reads the site from disk.
    Dev,
    /// Small and fast to run: the site is minified, compressed and embedded in the server.
    Release,
}

pub struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the workspace that the current folder lies in.
    ///
    /// Looked up when run: a target folder shared by several checkouts may hold an xtask that another of
    /// them compiled.
    pub fn find() -> Result<Self> {
        let here = env::current_dir().context("reading the current folder")?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("xtask/Cargo.toml").is_file())
            .context("not inside the Towpath workspace")?
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => here.join(folder),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// Compiles the frontend, and says where its module lies.
    ///
    /// It has a target folder of its own, as its host artefacts are built with other flags than the server's.
    pub fn build_frontend(&self, profile: Profile) -> Result<PathBuf> {
        const TRIPLE: &str = "wasm32-unknown-unknown";
        let target = self.target.join("front");
        let mut cargo = self.cargo("rustc", &target);
        cargo.args(["--package", "towpath-frontend", "--lib", "--target", TRIPLE]);
        let folder = match profile {
            Profile::Dev => {
                // Line tables would quadruple what the browser loads on each reload.
                cargo.env("CARGO_PROFILE_DEV_DEBUG", "false");
                "debug"
            }
            Profile::Release => {
                // wasm-bindgen reads which features of WASM are in use from a section that stripping removes;
                // wasm-opt drops the symbols afterwards.
                cargo.env("CARGO_PROFILE_WASM_RELEASE_STRIP", "none");
                cargo.args(["--profile", "wasm-release"]);
                "wasm-release"
            }
        };
        // Splitting follows what refers to what, which the linker otherwise forgets. For the last crate only, so that
        // lints and the libraries share what is compiled.
        cargo.args(["--", "-Clink-arg=--emit-relocs"]);
        run(&mut cargo)?;
        Ok(target.join(TRIPLE).join(folder).join("towpath_frontend.wasm"))
    }

    pub fn build_binaries(&self, profile: Profile) -> Result<()> {
        let mut cargo = self.cargo("build", &self.target);
        cargo.args(["--package", "towpath-server", "--package", "towpath-cli"]);
        if profile == Profile::Release {
            cargo.args(["--release", "--features", "towpath-server/embed"]);
        }
        run(&mut cargo)
    }

    fn cargo(&self, command: &str, target: &Path) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&self.root);
        cargo.args([command, "--locked", "--target-dir"]).arg(target);
        // `cargo run` describes xtask itself in these. A build script that watches one of them (ring's does)
        // would run again after each change between `cargo xtask` and a plain cargo command.
        for (name, _) in env::vars_os() {
            let described = name
                .to_str()
                .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
            if described {
                cargo.env_remove(name);
            }
        }
        cargo
    }
}

/// Runs a command to its end, with its output shown.
pub fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("starting {program}"))?;
    ensure!(status.success(), "{program} ended with {status}");
    Ok(())
}
