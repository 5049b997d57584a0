//! `albumen-hub media-worker`: the inside of the sandbox in which pictures are decoded.

use std::process::ExitCode;

use media::look::jobs;
use media::sandbox::worker;

pub(super) fn run(limits: &str) -> ExitCode {
    worker::main(limits, &jobs())
}
