//! A server that holds the site is built again when the site has changed.

#[expect(clippy::print_stdout, reason = "how a build script talks to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_EMBED").is_some() {
        println!("cargo::rerun-if-changed=../target/site");
    }
}
