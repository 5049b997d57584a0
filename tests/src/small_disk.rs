//! A disk that is soon full.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::run;

/// A file system in memory with little room. Needs root; unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Mounts one of this size. `None` where that is not allowed; then it says so, and fails in CI.
    pub fn mount(size_bytes: u64) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={size_bytes}");
        let mounted =
            run(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()), "");
        if mounted.code != Some(0) {
            testkit::skip_or_fail("a small disk cannot be mounted here: that needs root");
            return None;
        }
        Some(Self { folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives it more room.
    pub fn grow(&self, size_bytes: u64) {
        let size = format!("remount,size={size_bytes}");
        let _ = run(Command::new("mount").args(["-o", &size]).arg(self.path()), "").expect_code(0);
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whoever still writes to it is killed with the test.
        let _ = run(Command::new("umount").arg("-l").arg(self.path()), "");
    }
}
