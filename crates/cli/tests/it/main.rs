//! The real program, run as a person runs it. What it does with a real hub is tested in the system
//! tests; here a stub answers, or nobody.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod backing_up;
mod connecting;
mod help;
mod service;
mod settings;
mod sources;
#[expect(dead_code, reason = "the client's tests use all of it")]
#[path = "../../../client/tests/it/stub.rs"]
mod stub;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A device's folder, and the program that is run with it.
struct Device {
    folder: tempfile::TempDir,
}

/// What a run printed, and its exit code.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// Standard output as JSON: all of it.
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

impl Device {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The device's folder; made by the program.
    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A folder with one picture in it.
    fn pictures(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::File::create(folder.join("a.jpg")).unwrap().write_all(b"picture").unwrap();
        folder
    }

    fn run<A: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ran {
        self.run_with("", arguments)
    }

    fn run_with<A: AsRef<std::ffi::OsStr>>(
        &self,
        input: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Ran {
        let mut child = program(&self.home())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input has closed it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program with a device's folder, and nothing of this machine's own wishes.
fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_albumen"));
    for wish in ["COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "ALBUMEN_LOG", "ALBUMEN_STALL_SECONDS"] {
        command.env_remove(wish);
    }
    // What this machine's own system says about network and power is nobody's affair.
    command.env("ALBUMEN_HOME", home).env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    command
}
