//! How fast pictures come in, everything durable.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::hub::Bench;
use crate::measure::{median, rate, scaled, timed};
use crate::naive;
use crate::pictures::{self, Picture, total_bytes};
use crate::report::{Goal, Report};
use crate::slow_disk;

const MIB: f64 = 1024.0 * 1024.0;

/// 2 000 JPEGs of about 2.5 MB, four at a time, beside a bare program that reads, hashes twice, writes
/// and fsyncs the same files with four threads. In turns, so that the machine's moods hit both.
pub(crate) fn pictures(report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder for pictures");
    let all = pictures::library(folder.path(), scaled(2000), 2_500_000);
    Report::figure("pictures", &format!("{} with {:.0} MiB", all.len(), mib(total_bytes(&all))));
    let mut ratios = Vec::new();
    // Nothing is removed before the end: ext4 is slow to make files just after many were removed.
    let mut kept = Vec::new();
    for part in parts(&all, 3) {
        let mut fresh = || {
            let made = tempfile::tempdir_in(folder.path()).expect("a folder");
            let path = made.path().to_owned();
            kept.push(made);
            path
        };
        let bare = bare_rate(&fresh(), part, 4);
        let hub = hub_rate(&fresh(), part, 4);
        Report::figure("bare program, 4 threads", &format!("{:.0} MiB/s", bare / MIB));
        Report::figure("hub, 4 uploads at a time", &format!("{:.0} MiB/s", hub / MIB));
        ratios.push(hub / bare);
    }
    report.goal("ingest of pictures: hub / bare program", median(ratios), "", Goal::AtLeast(0.6));
}

/// Files of 200 KB, four and sixteen at a time, beside what fsyncs and commits one by one: on this
/// machine's disk, and on one whose flushes take as long as a hard disk's.
///
/// One by one is measured twice. The bare program has no HTTP and no tree of folders, which flatters it;
/// the hub with one upload at a time does all that a server does, and can share no commit.
pub(crate) fn small_files(report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder for pictures");
    let all = pictures::library(folder.path(), scaled(6000), 200_000);
    Report::figure("small files", &format!("{} with {:.0} MiB", all.len(), mib(total_bytes(&all))));
    side_by_side(&all, Disk::Here).tell(report, "this disk");
    let Some(library) = slow_disk::build(folder.path()) else {
        Report::figure("slow disk", "not measured: no C compiler");
        return;
    };
    let share = &all[..all.len().div_ceil(4)];
    let slow = side_by_side(share, Disk::Slow(&library));
    slow.tell(report, &format!("flush of {} ms", slow_disk::FLUSH_MS));
}

/// Which disk the programs believe to write to.
#[derive(Debug, Clone, Copy)]
enum Disk<'a> {
    Here,
    Slow(&'a Path),
}

/// Files per second of everybody, the medians of three parts.
struct SideBySide {
    bare: f64,
    hub: [f64; 3],
}

/// How many uploads at a time the hub is measured with; the first is the server that goes one by one.
const AT_A_TIME: [usize; 3] = [1, 4, 16];

impl SideBySide {
    fn tell(&self, report: &mut Report, disk: &str) {
        let [one, four, sixteen] = self.hub;
        Report::figure(
            &format!("{disk}: 16 at a time / bare program, one by one"),
            &format!("{:.2}", sixteen / self.bare),
        );
        Report::figure(&format!("{disk}: 4 at a time / hub, one by one"), &format!("{:.2}", four / one));
        let what = format!("small files, {disk}: 16 at a time / one by one");
        report.goal(&what, sixteen / one, "", Goal::AtLeast(3.0));
    }
}

fn side_by_side(all: &[Picture], disk: Disk<'_>) -> SideBySide {
    let mut bare = Vec::new();
    let mut hub = AT_A_TIME.map(|_| Vec::new());
    for part in parts(all, 3) {
        let rate = floor_rate(part, disk);
        Report::figure("bare program, one fsync per file and row", &format!("{rate:.0} files/s"));
        bare.push(rate);
        for (at_a_time, rates) in AT_A_TIME.into_iter().zip(&mut hub) {
            let rate = hub_files_rate(part, at_a_time, disk);
            Report::figure(&format!("hub, {at_a_time} at a time"), &format!("{rate:.0} files/s"));
            rates.push(rate);
        }
    }
    SideBySide { bare: median(bare), hub: hub.map(median) }
}

fn parts(all: &[Picture], count: usize) -> impl Iterator<Item = &[Picture]> {
    all.chunks(all.len().div_ceil(count).max(1))
}

fn bare_rate(into: &Path, part: &[Picture], threads: usize) -> f64 {
    let ((), took) = timed(|| naive::write_and_hash(part, into, threads));
    rate(total_bytes(part), took)
}

/// Runs the one-by-one peer as a process of its own, so that it can have the slow disk.
fn floor_rate(part: &[Picture], disk: Disk<'_>) -> f64 {
    let into = tempfile::tempdir().expect("a folder for copies");
    let mut command = Command::new(std::env::current_exe().expect("this program's path"));
    command.arg(naive::ONE_BY_ONE).arg(into.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    if let Disk::Slow(library) = disk {
        command.env("LD_PRELOAD", library).env("SLOW_FLUSH_MS", slow_disk::FLUSH_MS);
    }
    let mut child = command.spawn().expect("the peer");
    let mut stdin = child.stdin.take().expect("a pipe");
    for picture in part {
        writeln!(stdin, "{}", picture.path.display()).expect("the peer listens");
    }
    drop(stdin);
    let output = child.wait_with_output().expect("the peer's end");
    let seconds: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("the peer's seconds");
    rate(part.len() as u64, Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

fn hub_rate(data: &Path, part: &[Picture], at_a_time: usize) -> f64 {
    let bench = Bench::start(data);
    let ((), took) = timed(|| bench.send(part, at_a_time));
    rate(total_bytes(part), took)
}

fn hub_files_rate(part: &[Picture], at_a_time: usize, disk: Disk<'_>) -> f64 {
    let data = tempfile::tempdir().expect("a folder for the hub");
    let bench = match disk {
        Disk::Here => Bench::start(data.path()),
        Disk::Slow(library) => Bench::start_on_slow_disk(data.path(), library),
    };
    let ((), took) = timed(|| bench.send(part, at_a_time));
    rate(part.len() as u64, took)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB
}
