//! How fast pictures come in, everything durable.

use std::path::Path;

use crate::hub::Bench;
use crate::measure::{median, rate, scaled, timed};
use crate::naive;
use crate::pictures::{self, Picture, total_bytes};
use crate::report::{Goal, Report};

const MIB: f64 = 1024.0 * 1024.0;

/// 2 000 JPEGs of about 2.5 MB, four at a time, beside a bare program that reads, hashes twice, writes
/// and fsyncs the same files with four threads. In turns, so that the machine's moods hit both.
pub(crate) fn pictures(report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder for pictures");
    let all = pictures::library(report, folder.path(), scaled(2000), 2_500_000);
    report.figure("pictures", &format!("{} with {:.0} MiB", all.len(), mib(total_bytes(&all))));
    let mut ratios = Vec::new();
    for part in parts(&all, 3) {
        let bare = bare_rate(folder.path(), part, 4);
        let hub = hub_rate(part, 4);
        report.figure("bare program, 4 threads", &format!("{:.0} MiB/s", bare / MIB));
        report.figure("hub, 4 uploads at a time", &format!("{:.0} MiB/s", hub / MIB));
        ratios.push(hub / bare);
    }
    report.goal("ingest of pictures: hub / bare program", median(ratios), "", Goal::AtLeast(0.6));
}

/// Files of 200 KB, four and sixteen at a time, beside a server that fsyncs and commits one by one.
pub(crate) fn small_files(report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder for pictures");
    let all = pictures::library(report, folder.path(), scaled(6000), 200_000);
    report.figure("small files", &format!("{} with {:.0} MiB", all.len(), mib(total_bytes(&all))));
    let mut ratios = [Vec::new(), Vec::new()];
    for part in parts(&all, 3) {
        let floor = floor_rate(folder.path(), part);
        report.figure("one fsync per file and row, one by one", &format!("{floor:.0} files/s"));
        for (at_a_time, ratios) in [4, 16].into_iter().zip(&mut ratios) {
            let files = hub_files_rate(part, at_a_time);
            report.figure(&format!("hub, {at_a_time} uploads at a time"), &format!("{files:.0} files/s"));
            ratios.push(files / floor);
        }
    }
    let [four, sixteen] = ratios;
    report.goal("small files, 4 at a time: hub / one by one", median(four), "", Goal::AtLeast(3.0));
    report.goal("small files, 16 at a time: hub / one by one", median(sixteen), "", Goal::AtLeast(3.0));
}

fn parts(all: &[Picture], count: usize) -> impl Iterator<Item = &[Picture]> {
    all.chunks(all.len().div_ceil(count).max(1))
}

fn bare_rate(beside: &Path, part: &[Picture], threads: usize) -> f64 {
    let into = tempfile::tempdir_in(beside).expect("a folder for copies");
    let ((), took) = timed(|| naive::write_and_hash(part, into.path(), threads));
    rate(total_bytes(part), took)
}

fn floor_rate(beside: &Path, part: &[Picture]) -> f64 {
    let into = tempfile::tempdir_in(beside).expect("a folder for copies");
    let ((), took) = timed(|| naive::one_by_one(part, into.path()));
    rate(part.len() as u64, took)
}

fn hub_rate(part: &[Picture], at_a_time: usize) -> f64 {
    let data = tempfile::tempdir().expect("a folder for the hub");
    let bench = Bench::start(data.path());
    let ((), took) = timed(|| bench.send(part, at_a_time));
    rate(total_bytes(part), took)
}

fn hub_files_rate(part: &[Picture], at_a_time: usize) -> f64 {
    let data = tempfile::tempdir().expect("a folder for the hub");
    let bench = Bench::start(data.path());
    let ((), took) = timed(|| bench.send(part, at_a_time));
    rate(part.len() as u64, took)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB
}
