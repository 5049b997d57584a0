//! Compiles the crate again when the web app was built again: files may have come or gone.

fn main() {
    println!("cargo::rerun-if-changed=built");
}
