//! From the compiled frontend to what the browser loads: a main module with its bindings, a module for each group
//! of pages that is loaded when one of them is opened, and in release all of them optimised.

use std::{
    collections::BTreeMap,
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::Options;

use crate::{
    cargo::{Profile, Workspace, run},
    site::Site,
};

/// What the main module is called, beside `towpath.js`.
const MODULE: &str = "towpath.wasm";
/// The script by which the main module loads the others.
const LOADER: &str = "./towpath-split.js";
/// Which modules each group of pages needs, for the server to tell browsers before they ask.
const CHUNKS: &str = "chunks.json";

/// Writes `pkg/towpath.js`, the modules and the scripts they import, unless they stand there already.
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
    let split = work.join("split.wasm");
    let mut modules = divide(compiled, &bound, &split)?;
    // Names of exports are kept as they are, since the other modules ask for them.
    Bindgen::new()
        .input_path(&split)
        .out_name("towpath")
        .web(true)?
        .typescript(false)
        .keep_lld_exports(true)
        .demangle(false)
        .generate(&bound)?;
    let main = bound.join(MODULE);
    fs::rename(bound.join("towpath_bg.wasm"), &main)?;
    modules.push(main);
    if profile == Profile::Release {
        for module in &modules {
            optimise(&workspace.root, module)?;
        }
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

/// Divides the compiled module at the pages that are loaded by themselves. Writes the main part to `main`, the others
/// with their loader into `folder`; answers the others.
fn divide(compiled: &Path, folder: &Path, main: &Path) -> Result<Vec<PathBuf>> {
    let whole = fs::read(compiled)?;
    let mut options = Options::new(&whole);
    options.output_dir = folder;
    options.main_out_path = main;
    options.main_module = "./towpath.js";
    options.link_name = LOADER;
    let divided =
        wasm_split_cli_support::transform(options).map_err(|error| anyhow!("splitting: {error:?}"))?;
    let chunks: BTreeMap<_, _> = divided.prefetch_map.into_iter().collect();
    fs::write(folder.join(CHUNKS), serde_json::to_vec(&chunks)?)?;
    Ok(divided.split_modules)
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
