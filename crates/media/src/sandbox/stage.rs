//! Where a tool gets ready: locked up first, then turned into somebody else's program.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use super::confine::{self, ToolConfinement};

/// The exit status that says that the tool itself never ran. No tool of ours uses it, and no shell.
pub(super) const NOT_STARTED: u8 = 111;

/// Locks this process up and becomes the tool, with the given arguments and no environment. Only
/// comes back when that did not work, after saying so on standard error. `confinement` is the
/// argument that followed [`super::TOOL_COMMAND`].
///
/// Call it first thing in `main`, before any thread is started.
pub fn main(confinement: &str, arguments: &[OsString]) -> ExitCode {
    let error = become_tool(confinement, arguments);
    let _ = writeln!(io::stderr(), "media tool: {error}");
    ExitCode::from(NOT_STARTED)
}

#[cfg(unix)]
fn become_tool(confinement: &str, arguments: &[OsString]) -> io::Error {
    use std::os::unix::process::CommandExt as _;
    let confinement: ToolConfinement = match serde_json::from_str(confinement) {
        Ok(confinement) => confinement,
        Err(error) => return error.into(),
    };
    confine::tool(&confinement);
    let mut tool = std::process::Command::new(&confinement.program);
    let error = tool.args(arguments).env_clear().exec();
    let words = format!("{} cannot be started in the sandbox: {error}", confinement.program.display());
    io::Error::new(error.kind(), words)
}
