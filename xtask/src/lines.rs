//! `cargo xtask lines`: the house budgets. Quality lives in the tail: one function of 300 lines hurts more
//! than a hundred of ten.

mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::failure::{Failure, output_of, root};
use scan::Scan;

/// The longest function outside tests, from its `fn` to its closing brace.
const FUNCTION_MAX_LINES: usize = 60;
/// The longest file, test modules not counted.
const FILE_MAX_LINES: usize = 500;
/// How much of all Rust should be tests.
const TESTS_AT_LEAST_PERCENT: usize = 40;

/// Lines of one crate, without comments and blank lines.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Share {
    code: usize,
    tests: usize,
}

/// What the whole tree looks like.
#[derive(Debug, Default)]
struct Census {
    over: Vec<String>,
    shares: BTreeMap<String, Share>,
}

/// Counts every Rust file that git knows or would add.
pub(crate) fn run() -> Result<String, Failure> {
    let listed = output_of("git", &["ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.rs"])?;
    let mut files = BTreeMap::new();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        // A file that was deleted and not yet committed is listed all the same.
        if let Ok(text) = std::fs::read_to_string(root().join(path)) {
            files.insert(path.to_owned(), scan::scan(&text));
        }
    }
    report(&census(&files))
}

fn census(files: &BTreeMap<String, Scan>) -> Census {
    let declared_as_tests: BTreeSet<String> =
        files.iter().flat_map(|(path, scan)| test_module_files(path, &scan.test_modules)).collect();
    let mut census = Census::default();
    for (path, scan) in files {
        let is_test = declared_as_tests.contains(path) || is_test_path(path);
        let share = census.shares.entry(crate_of(path).to_owned()).or_default();
        if is_test || crate_of(path) == "crates/testkit" {
            share.tests += scan.code_lines;
        } else {
            share.code += scan.code_lines - scan.test_code_lines;
            share.tests += scan.test_code_lines;
        }
        if !is_test {
            census.over.extend(over_budget(path, scan));
        }
    }
    census
}

fn over_budget(path: &str, scan: &Scan) -> Vec<String> {
    let mut over = Vec::new();
    let lines = scan.lines - scan.test_lines;
    if lines > FILE_MAX_LINES {
        over.push(format!("{path}: {lines} lines before tests; split it by what it does, not by size"));
    }
    for function in scan.functions.iter().filter(|function| function.lines > FUNCTION_MAX_LINES) {
        let scan::Function { name, first_line, lines } = function;
        over.push(format!(
            "{path}:{first_line}: `fn {name}` has {lines} lines; give its steps names of their own"
        ));
    }
    over
}

/// The files that `#[cfg(test)] mod name;` in this file may mean.
fn test_module_files(path: &str, names: &[String]) -> Vec<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or((".", path));
    let home = match file {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        _ => format!("{folder}/{}", file.trim_end_matches(".rs")),
    };
    names.iter().flat_map(|name| [format!("{home}/{name}.rs"), format!("{home}/{name}/mod.rs")]).collect()
}

fn is_test_path(path: &str) -> bool {
    path.split('/').any(|part| part == "tests") || path.ends_with("/tests.rs") || path.ends_with("_tests.rs")
}

/// `crates/NAME`, or the top-level folder.
fn crate_of(path: &str) -> &str {
    let depth = if path.starts_with("crates/") { 2 } else { 1 };
    path.match_indices('/').nth(depth - 1).map_or(path, |(at, _)| &path[..at])
}

fn report(census: &Census) -> Result<String, Failure> {
    let mut text = format!("{:<22}{:>8}{:>8}  tests\n", "lines", "code", "tests");
    let mut all = Share::default();
    for (name, share) in &census.shares {
        all.code += share.code;
        all.tests += share.tests;
        row(&mut text, name, *share);
    }
    row(&mut text, "all", all);
    if percent(all) < TESTS_AT_LEAST_PERCENT {
        let _ = writeln!(text, "the house asks for {TESTS_AT_LEAST_PERCENT} % tests");
    }
    if census.over.is_empty() {
        let _ = write!(
            text,
            "lines: every file within {FILE_MAX_LINES} lines and every function within {FUNCTION_MAX_LINES}"
        );
        return Ok(text);
    }
    let _ = writeln!(
        text,
        "\nlines: {} over budget (a file {FILE_MAX_LINES} lines, a function {FUNCTION_MAX_LINES})",
        census.over.len()
    );
    for line in &census.over {
        let _ = writeln!(text, "  {line}");
    }
    Err(Failure::Found(text))
}

/// One row of the table. Writing to a String cannot fail.
fn row(text: &mut String, name: &str, share: Share) {
    let _ = writeln!(text, "{name:<22}{:>8}{:>8}{:>5} %", share.code, share.tests, percent(share));
}

const fn percent(share: Share) -> usize {
    match share.code + share.tests {
        0 => 0,
        total => share.tests * 100 / total,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Census {
        census(&files.iter().map(|(path, text)| ((*path).to_owned(), scan::scan(text))).collect())
    }

    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    step();\n".repeat(lines - 2))
    }

    #[test]
    fn sixty_lines_pass_and_sixty_one_do_not() {
        assert!(of(&[("crates/a/src/lib.rs", &function(60))]).over.is_empty());
        let over = of(&[("crates/a/src/lib.rs", &format!("\n{}", function(61)))]).over;
        assert_eq!(
            over,
            ["crates/a/src/lib.rs:2: `fn long` has 61 lines; give its steps names of their own"]
        );
    }

    #[test]
    fn a_file_is_as_long_as_what_is_not_tests() {
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "// line\n".repeat(600));
        assert!(of(&[("crates/a/src/b.rs", &format!("{}{tests}", "// line\n".repeat(500)))]).over.is_empty());
        let over = of(&[("crates/a/src/b.rs", &format!("{}{tests}", "// line\n".repeat(501)))]).over;
        assert!(over[0].starts_with("crates/a/src/b.rs: 501 lines before tests"));
    }

    #[test]
    fn tests_have_no_budget_wherever_they_are() {
        let long = function(90);
        let census = of(&[
            ("tests/tests/crash.rs", &long),
            ("crates/a/src/disk.rs", "#[cfg(test)]\nmod contract;\n"),
            ("crates/a/src/disk/contract.rs", &long),
            ("crates/a/src/lib.rs", "#[cfg(test)] mod story;\n"),
            ("crates/a/src/story/mod.rs", &long),
        ]);
        assert!(census.over.is_empty(), "{:?}", census.over);
        assert_eq!(census.shares["crates/a"], Share { code: 0, tests: 183 });
        assert_eq!(census.shares["tests"], Share { code: 0, tests: 90 });
    }

    #[test]
    fn the_testkit_counts_as_tests_but_keeps_the_budgets() {
        let census = of(&[("crates/testkit/src/lib.rs", &function(70))]);
        assert_eq!(census.over.len(), 1);
        assert_eq!(census.shares["crates/testkit"].tests, 70);
    }

    #[test]
    fn the_report_fails_on_budgets_and_only_tells_the_share() {
        let fine = report(&of(&[("xtask/src/main.rs", "fn main() {}\n")])).unwrap();
        assert!(fine.contains("xtask                        1       0    0 %"), "{fine}");
        assert!(fine.contains("the house asks for 40 % tests"));
        let failure = report(&of(&[("xtask/src/main.rs", &function(61))])).unwrap_err();
        assert!(matches!(failure, Failure::Found(text) if text.contains("lines: 1 over budget")));
    }
}
