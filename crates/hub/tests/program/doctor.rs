//! `doctor` says what is wrong, in words.

use std::fs::File;
use std::io::Write as _;

use serde_json::Value;
use testkit::samples;

use crate::bench::{Bench, log_in, put, stdout};

fn findings<'a>(report: &'a Value, topic: &str) -> Vec<(&'a str, &'a str)> {
    let all = report["findings"].as_array().unwrap();
    all.iter()
        .filter(|finding| finding["topic"] == topic)
        .map(|finding| (finding["level"].as_str().unwrap(), finding["words"].as_str().unwrap()))
        .collect()
}

fn doctor(bench: &Bench, words: &[&str]) -> (Value, i32) {
    bench.json(&[&["doctor", "--json", "--listen", "127.0.0.1:0"], words].concat())
}

#[test]
fn a_new_hub_is_well_and_nothing_is_made() {
    let bench = Bench::new();
    let (report, code) = doctor(&bench, &[]);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(findings(&report, "disk")[0].0, "note");
    assert_eq!(findings(&report, "clock"), [("fine", "the clock makes sense")]);
    assert!(!bench.data().exists());
}

#[test]
fn a_running_hub_is_well_and_its_settings_have_origins() {
    let bench = Bench::with_owner();
    let hub = bench.start();
    put(&hub, &log_in(&hub), "a.jpg", &samples::jpeg(1));
    let (report, code) = doctor(&bench, &[]);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(report["well"], true);
    assert_eq!(report["settings"]["listen.address"]["origin"], "--listen");
    assert_eq!(report["settings"]["trash.days"]["value"], 30);
    let running = format!("a hub is running here as process {}", hub.process_id());
    assert_eq!(findings(&report, "port"), [("fine", running.as_str())]);
    assert_eq!(findings(&report, "catalog"), [("fine", "the catalog (a file in the data folder) answers")]);
    assert_eq!(findings(&report, "content"), [("fine", "1 file is kept, and all are on the disk")]);
    assert!(stdout(&bench.run(&["doctor"])).ends_with("All is well.\n"));
}

#[test]
fn leftovers_a_taken_port_and_an_empty_disk_are_said() {
    let bench = Bench::with_owner();
    let orphan = bench.data().join("vault/blobs/ab/ab");
    std::fs::create_dir_all(&orphan).unwrap();
    File::create(orphan.join("ab".repeat(32))).unwrap().write_all(b"x").unwrap();
    let other = Bench::new();
    let other_running = other.start();
    let taken = other_running.address().to_string();
    let file = bench.data().join("albumen.toml");
    File::create(&file).unwrap().write_all(b"[uploads]\nkeep_free_mib = 4294967295\n").unwrap();

    let (report, code) = bench.json(&["doctor", "--json", "--listen", &taken]);
    assert_eq!(code, 1);
    assert_eq!(findings(&report, "port")[0].0, "problem");
    assert!(findings(&report, "port")[0].1.contains(&taken));
    assert!(findings(&report, "disk").iter().any(|(level, words)| {
        *level == "problem" && words.starts_with("only ") && words.contains("uploads wait")
    }));
    assert!(findings(&report, "content").contains(&("note", "1 file on the disk that nothing names")));
    assert_eq!(report["settings"]["uploads.keep_free_mib"]["origin"], file.display().to_string());
}

#[test]
fn a_broken_catalog_and_broken_settings_are_problems() {
    let bench = Bench::with_owner();
    let (report, code) = doctor(&bench, &["--catalog", "postgres://nobody@127.0.0.1:1/nothing"]);
    assert_eq!(code, 1);
    assert_eq!(findings(&report, "catalog")[0].0, "problem");
    File::create(bench.data().join("albumen.toml")).unwrap().write_all(b"[trash]\ndays = -3\n").unwrap();
    let (report, code) = doctor(&bench, &[]);
    assert_eq!(code, 1);
    let settings = findings(&report, "settings");
    assert!(settings[0].1.contains("\"trash.days\" must lie between"), "{settings:?}");
}
