//! From the compiled frontend to what the browser loads: bindings, and in release an optimised module.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    cargo::{Profile, Workspace, run},
    site::Site,
};

/// What the bound module is called, beside `towpath.js`.
const MODULE: &str = "towpath.wasm";

/// Writes `pkg/towpath.js`, `pkg/towpath.wasm` and the scripts they import, unless they stand there already.
pub fn bind(workspace: &Workspace, profile: Profile, compiled: &Path, site: &mut Site) -> Result<()> {
    let work = workspace.root.join("target/site-work");
    let stamp = work.join("bound");
    let key = key(compiled, profile)?;
    if keep(&stamp, &key, site) {
        return Ok(());
    }

    let bound = work.join("pkg");
    if bound.exists() {
        fs::remove_dir_all(&bound)?;
    }
    fs::create_dir_all(&bound)?;
    Bindgen::new().input_path(compiled).out_name("towpath").web(true)?.typescript(false).generate(&bound)?;
    let module = bound.join(MODULE);
    fs::rename(bound.join("towpath_bg.wasm"), &module)?;
    if profile == Profile::Release {
        optimise(&workspace.root, &module)?;
    }

    let mut record = key;
    for file in files(&bound)? {
        let name = Path::new("pkg").join(file.strip_prefix(&bound)?);
        site.write(&name, &fs::read(&file)?)?;
        record.push('\n');
        record.push_str(name.to_str().context("a script's name is not UTF-8")?);
    }
    Ok(fs::write(stamp, record)?)
}

/// Names the inputs of the binding: the module, the profile, and this program.
fn key(compiled: &Path, profile: Profile) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    fs::read(compiled).with_context(|| format!("reading {}", compiled.display()))?.hash(&mut hasher);
    (profile == Profile::Release).hash(&mut hasher);
    let program = fs::metadata(env::current_exe()?)?;
    (program.len(), program.modified()?).hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

/// Keeps what the earlier binding wrote, if it was made from the same inputs and is all there.
fn keep(stamp: &Path, key: &str, site: &mut Site) -> bool {
    let record = fs::read_to_string(stamp).unwrap_or_default();
    let mut lines = record.lines();
    if lines.next() != Some(key) {
        return false;
    }
    let names: Vec<&Path> = lines.map(Path::new).collect();
    let complete = names.iter().all(|name| site.has(name));
    if complete {
        for name in names {
            site.keep(name);
        }
    }
    complete
}

fn optimise(root: &Path, module: &Path) -> Result<()> {
    // Never one from the PATH: Debian's binaryen (108) writes modules that Chromium rejects.
    let program = root.join("end2end/node_modules/.bin/wasm-opt");
    ensure!(program.is_file(), "{} is missing; `scripts/setup run` installs it", program.display());
    let features = [
        "bulk-memory",
        "multivalue",
        "mutable-globals",
        "nontrapping-float-to-int",
        "reference-types",
        "sign-ext",
    ];
    run(Command::new(program)
        .arg("-Oz")
        .args(features.map(|feature| format!("--enable-{feature}")))
        .arg(module)
        .arg("--output")
        .arg(module))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    Ok(found)
}
