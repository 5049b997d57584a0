//! `doctor` says what is wrong, in words.

use std::fs::File;
use std::io::Write as _;
use std::process::Command;

use serde_json::Value;
use testkit::samples;

use crate::bench::{Bench, log_in, put, run_to_end, stdout};

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

#[cfg(target_os = "linux")]
#[test]
fn the_sandbox_of_the_real_program_is_complete_and_videos_have_their_tools() {
    let (report, code) = doctor(&Bench::new(), &[]);
    assert_eq!(code, 0, "{report:#}");
    let sandbox = findings(&report, "sandbox")[0];
    // Older kernels close what they can, and the doctor says what they leave open.
    assert!(sandbox.1.starts_with("what reads pictures is locked up"), "{sandbox:?}");
    assert!(sandbox.0 == "fine" || std::env::var_os("CI").is_none(), "{sandbox:?}");
    let videos = findings(&report, "videos")[0];
    assert!(videos.0 == "fine" || std::env::var_os("CI").is_none(), "{videos:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn without_ffmpeg_the_hub_is_well_and_the_doctor_says_what_is_missing() {
    let bench = Bench::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_albumen-hub"));
    command.args(["doctor", "--json", "--listen", "127.0.0.1:0", "--data"]).arg(bench.data());
    command.env("PATH", "/nowhere");
    let output = run_to_end(command, "");
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (level, words) = findings(&report, "videos")[0];
    assert_eq!(level, "note");
    assert!(words.contains("ffmpeg is missing") && words.contains("install"), "{words}");
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
