//! `albumen-hub media-worker`: the inside of the sandbox in which pictures are decoded.

use std::process::ExitCode;

use media::sandbox::{Jobs, worker};

/// What workers can do.
fn jobs() -> Jobs {
    Jobs::default()
}

pub(super) fn run(limits: &str) -> ExitCode {
    worker::main(limits, &jobs())
}
