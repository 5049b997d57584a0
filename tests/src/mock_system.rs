//! A system that says what a test wants about network and power: `dbus_mock_env.py` of `ALBUMEN_TOOLS`.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};

/// The system's own Python: the mocks are a package of the system, not of whatever `python3` is.
const PYTHON: &str = "/usr/bin/python3";

/// A private message bus with a `NetworkManager` and a `UPower` that only pretend.
#[derive(Debug)]
pub struct MockSystem {
    script: PathBuf,
    address: String,
    child: Child,
    /// The mocks end when this is closed, also when the test is killed.
    stdin: Option<ChildStdin>,
}

impl MockSystem {
    /// Starts one with these words, such as `--type wifi --metered no`. `None` when this machine has no
    /// such tool; then it says so, and fails in CI.
    pub fn start(words: &str) -> Option<Self> {
        let script =
            testkit::tools_dir().map(|tools| tools.join("dbus_mock_env.py")).filter(|path| path.is_file());
        let Some(script) = script else {
            testkit::skip_or_fail("no dbus_mock_env.py: ALBUMEN_TOOLS is not set");
            return None;
        };
        let has_mocks = Command::new(PYTHON).args(["-c", "import dbus, dbusmock"]).output();
        if !has_mocks.is_ok_and(|ran| ran.status.success()) {
            testkit::skip_or_fail("no python3-dbusmock: scripts/setup-tests.sh installs it");
            return None;
        }
        let mut child = Command::new(PYTHON)
            .arg(&script)
            .args(words.split_whitespace())
            .args(["--", "sh", "-c", "echo $DBUS_SYSTEM_BUS_ADDRESS; exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the system's Python");
        let stdin = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = lines.find_map(|line| line.ok().filter(|line| line.starts_with("unix:")));
        let address = address.expect("the mocks start and say where they are");
        Some(Self { script, address, child, stdin })
    }

    /// Where its message bus is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Changes what the system says, such as `metered=yes type=gsm`.
    pub fn set(&self, changes: &str) {
        let mut command = Command::new(PYTHON);
        command.arg(&self.script).env("DBUS_SYSTEM_BUS_ADDRESS", &self.address);
        for change in changes.split_whitespace() {
            command.args(["--set", change]);
        }
        let ran = command.output().expect("the system's Python");
        assert!(ran.status.success(), "{changes}: {ran:?}");
    }

    /// Tells everybody that the system woke up.
    pub fn wake_up(&self) {
        let signal = "import dbus.bus, dbus.lowlevel, os
bus = dbus.bus.BusConnection(os.environ['DBUS_SYSTEM_BUS_ADDRESS'])
message = dbus.lowlevel.SignalMessage('/org/freedesktop/login1', 'org.freedesktop.login1.Manager', 'PrepareForSleep')
message.append(False)
bus.send_message(message)
bus.flush()";
        let mut command = Command::new(PYTHON);
        command.args(["-c", signal]).env("DBUS_SYSTEM_BUS_ADDRESS", &self.address);
        let ran = command.output().expect("the system's Python");
        assert!(ran.status.success(), "{ran:?}");
    }
}

impl Drop for MockSystem {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}
