//! Finds the programs that whole-system tests start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

/// The built `albumen-hub`.
pub fn hub_binary() -> PathBuf {
    binary("albumen-hub", "albumen-hub")
}

/// The built program `name` of `package`: from the folder `ALBUMEN_PROGRAMS`, otherwise next to the
/// running test, and then built first, once per test program, so that no test judges yesterday's.
pub fn binary(package: &str, name: &str) -> PathBuf {
    static BUILT: LazyLock<Mutex<BTreeMap<String, PathBuf>>> = LazyLock::new(Mutex::default);
    let mut built = BUILT.lock().expect("no other test failed to build");
    if let Some(path) = built.get(name) {
        return path.clone();
    }
    let path = build(package, name);
    built.insert(name.to_owned(), path.clone());
    path
}

fn build(package: &str, name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    if let Some(programs) = std::env::var_os("ALBUMEN_PROGRAMS").filter(|programs| !programs.is_empty()) {
        let path = PathBuf::from(programs).join(file);
        assert!(path.is_file(), "ALBUMEN_PROGRAMS has no {}", path.display());
        return path;
    }
    let (folder, release) = build_folder();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", package, "--bin", name]);
    if release {
        command.arg("--release");
    }
    let target = folder.parent().expect("a build folder lies in the target folder");
    command.arg("--target-dir").arg(target);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    let status = command.status().expect("cargo starts");
    assert!(status.success(), "cargo build --package {package} ended with {status}");
    folder.join(file)
}

/// `target/debug` or `target/release`: the test runs in `deps` below it.
fn build_folder() -> (PathBuf, bool) {
    let test = std::env::current_exe().expect("the path of the running test");
    let folder = test
        .ancestors()
        .find(|above| above.join(".fingerprint").is_dir() || above.join("deps").is_dir())
        .unwrap_or_else(|| panic!("{} does not lie in a build folder", test.display()));
    (folder.to_owned(), folder.ends_with("release"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_lies_in_a_build_folder() {
        let (folder, _) = build_folder();
        assert!(std::env::current_exe().unwrap().starts_with(&folder));
        assert!(folder.join("deps").is_dir());
    }
}
