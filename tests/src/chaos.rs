//! A network between device and hub that fails on demand: `chaosproxy.py` of `ALBUMEN_TOOLS`.

use std::net::SocketAddr;
use std::process::Command;

use serde_json::Value;

use crate::{RawConnection, RunningProgram, until};

/// How often another pair of ports is tried: somebody may be faster.
const ATTEMPTS: u32 = 5;

/// A proxy in front of a hub.
#[derive(Debug)]
pub struct ChaosProxy {
    address: SocketAddr,
    admin: SocketAddr,
    _program: RunningProgram,
}

impl ChaosProxy {
    /// Starts one that lets everything through. `None` when this machine has no such tool; then it
    /// says so, and fails in CI.
    pub fn start(hub: SocketAddr) -> Option<Self> {
        let script =
            testkit::tools_dir().map(|tools| tools.join("chaosproxy.py")).filter(|path| path.is_file());
        let Some(script) = script else {
            testkit::skip_or_fail("no chaosproxy.py: ALBUMEN_TOOLS is not set");
            return None;
        };
        for _ in 0..ATTEMPTS {
            let [listen, admin] = [testkit::free_port(), testkit::free_port()];
            let mut command = Command::new("python3");
            command.arg(&script).args([listen, hub.port(), admin].map(|port| port.to_string()));
            let mut program = RunningProgram::start(&mut command, "");
            until("a proxy that listens or ends", || {
                program.printed().contains("proxy") || program.has_ended()
            });
            if !program.has_ended() {
                let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
                return Some(Self { address: at(listen), admin: at(admin), _program: program });
            }
        }
        panic!("the proxy does not start");
    }

    /// Where devices connect to.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets faults, such as `latency=50 cut_after=100000`; what is not named stays as it is.
    pub fn set(&self, faults: &str) {
        let _ = self.tell("POST /set", faults);
    }

    /// Lets everything through again and forgets what was counted.
    pub fn clear(&self) {
        let _ = self.tell("POST /clear", "");
    }

    /// Resets every connection that stands.
    pub fn kill_connections(&self) {
        let _ = self.tell("POST /kill", "");
    }

    /// What was counted: `conns`, `up`, `down` (bytes), `cuts`, `resets`, `dropped`.
    pub fn count(&self, what: &str) -> u64 {
        self.tell("GET /stats", "")["stats"][what].as_u64().expect("a count")
    }

    fn tell(&self, request: &str, faults: &str) -> Value {
        let reply = RawConnection::ask(self.admin, request, &[], faults.as_bytes());
        serde_json::from_str(reply.body()).unwrap_or_else(|error| panic!("the proxy says {reply:?}: {error}"))
    }
}
