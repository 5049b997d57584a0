//! `albumen-hub verify`

use std::fmt::Write as _;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use library::{Fault, FaultKind, VerifyProgress, VerifyReport};
use serde_json::{Value, json};

use super::output::{count, print, print_json, size};
use super::{FAILED, open_existing};
use crate::HubError;
use crate::config::Loaded;

/// What the line of progress looks like. The time left comes from the rate of the last seconds.
const PROGRESS: &str =
    "{bar:30} {binary_bytes} of {binary_total_bytes} read again, {binary_bytes_per_sec}, {eta} left";

pub(super) async fn run(loaded: &Loaded, as_json: bool) -> Result<ExitCode, HubError> {
    let parts = open_existing(&loaded.config).await?;
    let bar = progress_bar();
    let verified = parts.library.verify(&|at| show(&bar, at)).await;
    bar.finish_and_clear();
    parts.catalog.close().await;
    let report = verified?;
    if as_json {
        print_json(&to_json(&report))?;
    } else {
        print(&words(&report))?;
    }
    Ok(if report.is_whole() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// On a terminal only; elsewhere it stays silent.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(PROGRESS) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn show(bar: &ProgressBar, at: VerifyProgress) {
    // The library may grow while it is read.
    bar.set_length(at.bytes_total.max(at.bytes));
    bar.set_position(at.bytes);
}

const fn kind_word(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Missing => "missing",
        FaultKind::Damaged => "damaged",
        FaultKind::Unreadable => "unreadable",
    }
}

fn to_json(report: &VerifyReport) -> Value {
    let faults: Vec<Value> = report
        .faults
        .iter()
        .map(|fault| json!({ "sha256": fault.sha256.to_string(), "kind": kind_word(fault.kind), "names": fault.names }))
        .collect();
    json!({
        "whole": report.is_whole(),
        "proven": report.proven,
        "proven_bytes": report.proven_bytes,
        "fault_count": report.fault_count,
        "faults": faults,
    })
}

fn words(report: &VerifyReport) -> String {
    let proven = count(report.proven, "file", "files");
    let mut text = format!("{proven} ({}) read again and right.\n", size(report.proven_bytes));
    if report.is_whole() {
        text.push_str("Nothing is missing, nothing is damaged.\n");
        return text;
    }
    let wrong = count(report.fault_count, "file is", "files are");
    // Writing to a String does not fail.
    let _ = writeln!(text, "{wrong} not as it should be:");
    for fault in &report.faults {
        let _ = writeln!(text, "  {:10}  {}  {}", kind_word(fault.kind), fault.sha256, names(fault));
    }
    text.push_str("Devices that have them send them again at their next backup. Check the disk's health.\n");
    text
}

fn names(fault: &Fault) -> String {
    if fault.names.is_empty() {
        return "(in no folder any more)".to_owned();
    }
    let shown: Vec<String> = fault.names.iter().map(|name| name.escape_debug().to_string()).collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use domain::ContentHash;

    use super::*;

    fn report() -> VerifyReport {
        let sha256: ContentHash = "ab".repeat(32).parse().unwrap();
        let fault = Fault { sha256, kind: FaultKind::Missing, names: vec!["a\nb.jpg".to_owned()] };
        VerifyReport { proven: 2, proven_bytes: 5_000_000, faults: vec![fault], fault_count: 1 }
    }

    #[test]
    fn faults_are_listed_with_their_names_on_one_line() {
        let text = words(&report());
        assert!(text.contains("2 files (5.0 MB) read again and right."), "{text}");
        assert!(text.contains(&format!("missing     {}  a\\nb.jpg\n", "ab".repeat(32))), "{text}");
        assert_eq!(to_json(&report())["faults"][0]["kind"], "missing");
        assert_eq!(to_json(&report())["whole"], false);
    }

    #[test]
    fn a_whole_library_says_so() {
        let text = words(&VerifyReport { proven: 1, ..VerifyReport::default() });
        assert_eq!(text, "1 file (0 B) read again and right.\nNothing is missing, nothing is damaged.\n");
    }
}
