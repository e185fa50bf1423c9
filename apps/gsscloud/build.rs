//! Puts the web interface into the program.

fn main() {
    println!("cargo::rerun-if-env-changed=GSSA_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    gssa_embed::embed();
}
