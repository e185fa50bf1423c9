//! Tells the program what it is built for and from, and puts the web interface into it.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=GSSA_TARGET={target}");
    println!("cargo::rerun-if-env-changed=GSSA_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    gssa_embed::embed();
}
