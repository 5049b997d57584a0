//! How long a device needs to see that nothing is new.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::hub::{Bench, NAME, PASSWORD};
use crate::measure::{median, scaled, timed};
use crate::pictures;
use crate::report::{Goal, Report};

/// A second run of the device program over 100 000 known files, beside a walk that asks every file
/// for its size and time. In turns; and the most memory that the device took.
pub(crate) fn known_files(report: &mut Report) {
    let (folder, data) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let home = tempfile::tempdir().expect("a folder");
    let count = scaled(100_000);
    pictures::make(folder.path(), count, 64);
    let bench = Bench::start(data.path());
    connect(&bench, home.path());
    albumen(home.path(), &["source", "add", &folder.path().to_string_lossy()]);
    let ((), first) = timed(|| albumen(home.path(), &["backup", "--json"]));
    Report::figure(&format!("first backup of {count} tiny files"), &format!("{:.1} s", first.as_secs_f64()));
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let (seen, walk) = timed(|| walk_and_stat(folder.path()));
        assert_eq!(seen, count, "every made file is seen");
        let ((), again) = timed(|| albumen(home.path(), &["backup", "--json"]));
        Report::figure("walk and stat", &format!("{:.0} ms", walk.as_secs_f64() * 1000.0));
        Report::figure("second backup", &format!("{:.0} ms", again.as_secs_f64() * 1000.0));
        ratios.push(again.as_secs_f64() / walk.as_secs_f64());
    }
    let what = format!("second run over {count} known files / walk and stat");
    report.goal(&what, median(ratios), "", Goal::AtMost(2.0));
    let Some(mib) = highest_memory(home.path()) else {
        Report::figure("device's memory", "not measured: GNU time is not there (apt-get install time)");
        return;
    };
    report.goal("device with known items, highest resident", mib, " MiB", Goal::AtMost(100.0));
}

fn walk_and_stat(folder: &Path) -> u64 {
    let mut files = 0;
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() && entry.metadata().is_ok_and(|facts| facts.len() > 0) {
            files += 1;
        }
    }
    files
}

fn connect(bench: &Bench, home: &Path) {
    use std::io::Write as _;
    let mut child = command(home)
        .args(["connect", &bench.hub.url(), "--user", NAME, "--password-stdin", "--device-name", "bench"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the device program");
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "{PASSWORD}").expect("a password");
    drop(stdin);
    assert!(child.wait().expect("its end").success(), "the device is connected");
}

fn albumen(home: &Path, words: &[&str]) {
    let output = command(home).args(words).output().expect("the device program");
    assert!(output.status.success(), "albumen {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn command(home: &Path) -> Command {
    let mut command = Command::new(program());
    command.env("ALBUMEN_HOME", home);
    command
}

fn program() -> PathBuf {
    testkit::binary("albumen-cli", "albumen")
}

/// Runs one more backup below GNU time, which tells the highest resident memory in KiB.
fn highest_memory(home: &Path) -> Option<f64> {
    let output = Command::new("time")
        .args(["-f", "%M"])
        .arg(program())
        .args(["backup", "--json"])
        .env("ALBUMEN_HOME", home)
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    said.lines().last()?.trim().parse::<f64>().ok().map(|kib| kib / 1024.0)
}
