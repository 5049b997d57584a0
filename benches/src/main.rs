//! How fast and how small: each figure beside a limit of the machine or a peer, measured in the same
//! run on the same files. What counts is the ratio; the machine's own speed comes and goes.
//!
//! `make bench` runs all; `make bench` with names (`cargo run -p albumen-benches -- ingest`) some of
//! them. `ALBUMEN_BENCH_SCALE=0.1` makes everything smaller, for trying the benches themselves.

#![expect(
    clippy::expect_used,
    reason = "a bench that cannot set itself up has nothing to measure: it stops with words"
)]

mod hub;
mod ingest;
mod latency;
mod measure;
mod memory;
mod naive;
mod offers;
mod pictures;
mod renditions;
mod report;
mod rescan;
mod slow_disk;

use std::path::Path;
use std::process::ExitCode;

use report::Report;

/// One bench.
type Bench = fn(&mut Report);

/// Each bench by its name.
const BENCHES: [(&str, Bench); 7] = [
    ("ingest", ingest::pictures),
    ("small", ingest::small_files),
    ("rescan", rescan::known_files),
    ("offers", offers::many_hashes),
    ("memory", memory::resident),
    ("renditions", renditions::renditions),
    ("latency", latency::upload_to_thumbnail),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let [first, into] = wanted.as_slice()
        && first == naive::ONE_BY_ONE
    {
        naive::one_by_one(Path::new(into));
        return ExitCode::SUCCESS;
    }
    if let [first, path] = wanted.as_slice()
        && first == renditions::RENDER
    {
        renditions::render_file(Path::new(path));
        return ExitCode::SUCCESS;
    }
    let unknown = wanted.iter().find(|name| BENCHES.iter().all(|(known, _)| known != name));
    if let Some(name) = unknown {
        report::complain(&format!("there is no bench \"{name}\""));
        return ExitCode::from(2);
    }
    let mut report = Report::default();
    for (name, bench) in BENCHES {
        if wanted.is_empty() || wanted.iter().any(|one| one == name) {
            Report::heading(name);
            bench(&mut report);
        }
    }
    report.summary();
    ExitCode::SUCCESS
}
