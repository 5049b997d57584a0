//! `cargo xtask test-summary`: adds up what the test runners said of themselves, so that a run ends with one
//! line that people and programs read alike.

use std::path::PathBuf;

use crate::failure::Failure;

/// How many tests ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Totals {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Reads the logs of cargo-nextest, `cargo test` and Vitest, adds their summaries, and fails when a test failed,
/// when none ran, or when one was skipped although nothing may be.
pub(crate) fn run(logs: &[&str], no_skips: bool) -> Result<String, Failure> {
    let mut totals = Totals::default();
    for log in logs {
        let path = PathBuf::from(log);
        let text = std::fs::read_to_string(&path).map_err(|source| Failure::File { path, source })?;
        totals = add(totals, read(&text));
    }
    judge(totals, no_skips)
}

/// The totals of one log. Where cargo-nextest has summed up, nothing else counts: below a test that failed
/// it repeats what that test's own process said of itself.
fn read(log: &str) -> Totals {
    let sum = |of: fn(&str) -> Option<Totals>| log.lines().map(str::trim).filter_map(of).reduce(add);
    sum(nextest_line).or_else(|| sum(libtest_line)).or_else(|| sum(vitest_line)).unwrap_or_default()
}

fn judge(totals: Totals, no_skips: bool) -> Result<String, Failure> {
    let Totals { passed, failed, skipped } = totals;
    if passed + failed == 0 {
        return Err(Failure::Found("no test ran: the runner printed no summary".to_owned()));
    }
    let line = format!("{passed} passed, {failed} failed");
    if failed > 0 {
        return Err(Failure::Found(line));
    }
    if skipped > 0 && no_skips {
        return Err(Failure::Found(format!("{skipped} skipped, but nothing may be skipped here\n{line}")));
    }
    Ok(line)
}

const fn add(a: Totals, b: Totals) -> Totals {
    Totals { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/// The totals in cargo-nextest's last line; `None` for every other line.
fn nextest_line(line: &str) -> Option<Totals> {
    let (_, text) = line.strip_prefix("Summary [")?.split_once(']')?;
    Some(nextest(text))
}

/// The totals in the last line of each program that `cargo test` runs; `None` for every other line.
fn libtest_line(line: &str) -> Option<Totals> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    Some(Totals {
        passed: count(counts, "passed"),
        failed: count(counts, "failed"),
        skipped: count(counts, "ignored"),
    })
}

/// The totals that Vitest ends with, such as `Tests  1 failed | 40 passed | 2 skipped (43)`; `None` for every
/// other line.
fn vitest_line(line: &str) -> Option<Totals> {
    let counts = line.strip_prefix("Tests  ")?;
    Some(Totals {
        passed: count(counts, "passed"),
        failed: count(counts, "failed"),
        skipped: count(counts, "skipped") + count(counts, "todo"),
    })
}

/// `25/30 tests run: 20 passed (1 slow, 2 flaky), 3 failed, 1 timed out, 1 exec failed, 4 skipped`: whatever
/// was meant to run and did not pass has failed.
fn nextest(text: &str) -> Totals {
    let (head, counts) = text.split_once(':').unwrap_or((text, ""));
    let meant = head.split_whitespace().next().unwrap_or("0");
    let meant: u64 = meant.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or(0);
    let passed = count(counts, "passed");
    Totals { passed, failed: meant.saturating_sub(passed), skipped: count(counts, "skipped") }
}

/// The number in front of a word.
fn count(text: &str, word: &str) -> u64 {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|candidate| *candidate == word);
    at.and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(log: &str) -> (u64, u64, u64) {
        let Totals { passed, failed, skipped } = read(log);
        (passed, failed, skipped)
    }

    #[test]
    fn vitest_summaries() {
        assert_eq!(totals(" Test Files  1 failed | 13 passed (14)\n      Tests  44 passed (44)"), (44, 0, 0));
        assert_eq!(totals("      Tests  4 failed | 40 passed | 2 skipped (46)"), (40, 4, 2));
    }

    #[test]
    fn nextest_summaries() {
        assert_eq!(totals("     Summary [   3.2s] 7 tests run: 7 passed, 0 skipped"), (7, 0, 0));
        assert_eq!(
            totals("Summary [ 90.1s] 12 tests run: 11 passed (2 slow, 1 flaky), 1 failed, 3 skipped"),
            (11, 1, 3)
        );
        assert_eq!(totals("Summary [ 1.0s] 1 test run: 1 passed, 0 skipped"), (1, 0, 0));
    }

    #[test]
    fn what_was_meant_to_run_and_did_not_has_failed() {
        assert_eq!(
            totals("Summary [ 5.0s] 8/10 tests run: 6 passed, 1 failed, 1 timed out, 0 skipped"),
            (6, 4, 0)
        );
    }

    #[test]
    fn every_program_of_cargo_test_is_added() {
        let log = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.2s\n\
                   test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s\n\
                   test domain::name ... ok";
        assert_eq!(totals(log), (4, 2, 1));
    }

    #[test]
    fn what_nextest_repeats_of_a_failed_test_is_not_counted_again() {
        let log = "  stdout ───\n    running 1 test\n    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured\n\
                   Summary [ 1.0s] 5 tests run: 4 passed, 1 failed, 0 skipped\n  FAIL [ 0.1s] (5/5) a b";
        assert_eq!(totals(log), (4, 1, 0));
    }

    #[test]
    fn a_log_without_any_summary_counts_nothing() {
        assert_eq!(totals("error: could not compile `catalog`\n"), (0, 0, 0));
    }

    #[test]
    fn only_a_run_with_tests_and_without_failures_is_good() {
        let judge = |passed, failed, skipped, strict| judge(Totals { passed, failed, skipped }, strict);
        assert_eq!(judge(3, 0, 2, false).unwrap(), "3 passed, 0 failed");
        assert_eq!(judge(3, 1, 0, false).unwrap_err().to_string(), "3 passed, 1 failed");
        assert!(judge(3, 0, 2, true).unwrap_err().to_string().ends_with("\n3 passed, 0 failed"));
        assert!(judge(0, 0, 0, false).unwrap_err().to_string().starts_with("no test ran"));
    }

    #[test]
    fn a_missing_log_is_named() {
        let failure = run(&["/no/such/log"], false).unwrap_err();
        assert!(failure.to_string().starts_with("/no/such/log: "));
    }
}
