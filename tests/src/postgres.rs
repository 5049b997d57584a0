//! A PostgreSQL server of one test's own, which it may stop.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run;

/// A private cluster, made by `scripts/postgres.sh`. Gone when dropped.
#[derive(Debug)]
pub struct PrivatePostgres {
    folder: String,
    url: String,
}

impl PrivatePostgres {
    /// Starts one. `None` when this run does without PostgreSQL; then it says so, and fails in CI.
    pub fn start() -> Option<Self> {
        if testkit::postgres_server().is_none() {
            testkit::skip_or_fail("no PostgreSQL: ALBUMEN_TEST_POSTGRES is not set");
            return None;
        }
        let printed = tell(&["start"]);
        let mut lines = printed.lines().map(str::to_owned);
        let (folder, url) = (lines.next().expect("the folder"), lines.next().expect("the URL"));
        Some(Self { folder, url })
    }

    /// The address of its database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it as a crash would.
    pub fn kill(&self) {
        tell(&["kill", &self.folder]);
    }

    /// Starts it again on the same port.
    pub fn restart(&self) {
        tell(&["restart", &self.folder]);
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        // A test that failed already is not made worse by a folder that stays.
        let _ = run(Command::new("sh").arg(program()).args(["stop", &self.folder]), "");
    }
}

fn tell(words: &[&str]) -> String {
    run(Command::new("sh").arg(program()).args(words), "").expect_code(0).out
}

fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/postgres.sh")
}
