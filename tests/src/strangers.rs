//! Other people's programs that speak tus, from their own registries: `ALBUMEN_TEST_TOOLS`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Python with `tuspy`. `None` when this machine does not have it; then it says so, and fails in CI.
pub fn python() -> Option<Command> {
    let python = tool("python/bin/python", "tuspy")?;
    Some(Command::new(python))
}

/// Node with `tus-js-client` beside it, for a script that takes the package's folder as its first
/// argument. `None` when this machine does not have it; then it says so, and fails in CI.
pub fn node(script_name: &str) -> Option<Command> {
    let package = tool("node/node_modules/tus-js-client", "tus-js-client")?;
    let mut command = Command::new("node");
    command.arg(script(script_name)).arg(package);
    Some(command)
}

/// One of our scripts that drive such a program.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}

fn tool(path: &str, name: &str) -> Option<PathBuf> {
    let tools = std::env::var_os("ALBUMEN_TEST_TOOLS").map(PathBuf::from);
    let found = tools.map(|tools| tools.join(path)).filter(|path| path.exists());
    if found.is_none() {
        testkit::skip_or_fail(&format!("no {name}: ALBUMEN_TEST_TOOLS does not name a folder with it"));
    }
    found
}
