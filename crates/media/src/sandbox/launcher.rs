//! How this program starts itself again.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use tokio::process::Command;

/// The hidden command whose code is [`crate::sandbox::worker::main`].
pub const WORKER_COMMAND: &str = "media-worker";

/// The hidden command whose code is [`crate::sandbox::stage::main`].
pub const TOOL_COMMAND: &str = "media-tool";

/// The running program as Linux shows it to each process: also right after an update has put
/// another file in its place, so that worker and hub always speak the same words.
const SELF: &str = "/proc/self/exe";

/// The program that knows [`WORKER_COMMAND`] and [`TOOL_COMMAND`].
#[derive(Debug, Clone)]
pub struct Launcher {
    program: PathBuf,
}

impl Launcher {
    /// The program that is running now.
    pub fn this_program() -> io::Result<Self> {
        let program = if Path::new(SELF).exists() { SELF.into() } else { std::env::current_exe()? };
        Ok(Self { program })
    }

    /// Another program that knows both commands.
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// Where that program really is, for [`super::Tool`]. An error when an update has put another file
    /// in its place since it was started.
    pub fn program(&self) -> io::Result<PathBuf> {
        self.program.canonicalize()
    }

    /// Starts with nothing of ours: no environment, no folder, and killed when it is dropped.
    pub(crate) fn command(&self, command: &str, setting: &str, arguments: &[OsString]) -> Command {
        let mut ready = Command::new(&self.program);
        ready.arg(command).arg(setting);
        if !arguments.is_empty() {
            ready.arg("--").args(arguments);
        }
        ready.current_dir("/").env_clear().kill_on_drop(true);
        // Each of glibc's pools reserves much address space and keeps what was freed.
        ready.env("MALLOC_ARENA_MAX", "2");
        ready
    }
}
