//! A disk whose flush takes as long as a hard disk's or an SD card's: see `slow_flush.c`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// How long one flush takes, in milliseconds.
pub(crate) const FLUSH_MS: &str = "4";

/// Builds the library that slows flushes down; `None` without a C compiler, or elsewhere than Linux.
pub(crate) fn build(into: &Path) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("slow_flush.c");
    let library = into.join("slow_flush.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-O2", "-shared", "-fPIC", "-pthread", "-o"]).arg(&library).arg(source).arg("-ldl");
    compiler.status().is_ok_and(|status| status.success()).then_some(library)
}
