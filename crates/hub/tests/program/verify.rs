//! `verify` finds what a disk did behind the hub's back.

use std::fs::{File, Permissions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use testkit::samples;

use crate::bench::{Bench, log_in, put, stderr, stdout};

/// A hub that keeps one picture, stopped.
fn with_a_picture() -> Bench {
    let bench = Bench::with_owner();
    let mut hub = bench.start();
    let kept = put(&hub, &log_in(&hub), "beach.jpg", &samples::jpeg(1));
    assert!((200..300).contains(&kept.status), "{}", kept.text());
    assert!(hub.terminate().success());
    bench
}

fn flip_a_byte(path: &Path) {
    std::fs::set_permissions(path, Permissions::from_mode(0o640)).unwrap();
    let mut file = File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(100)).unwrap();
    file.write_all(&[0xEE]).unwrap();
}

#[test]
fn everything_is_right() {
    let bench = with_a_picture();
    let verified = bench.run(&["verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", stderr(&verified));
    let size = samples::jpeg(1).len();
    assert_eq!(
        stdout(&verified),
        format!("1 file ({size} B) read again and right.\nNothing is missing, nothing is damaged.\n")
    );
    let (report, code) = bench.json(&["verify", "--json"]);
    assert_eq!((code, &report["whole"], &report["proven"]), (0, &true.into(), &1.into()));
}

#[test]
fn a_flipped_byte_is_found_beside_a_running_hub() {
    let bench = with_a_picture();
    flip_a_byte(&bench.only_blob());
    let _running = bench.start();
    let (report, code) = bench.json(&["verify", "--json"]);
    assert_eq!((code, &report["whole"], &report["fault_count"]), (1, &false.into(), &1.into()));
    let fault = &report["faults"][0];
    assert_eq!((&fault["kind"], &fault["names"][0]), (&"damaged".into(), &"beach.jpg".into()));
    let name = bench.only_blob().file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(fault["sha256"], name);
    let words = bench.run(&["verify"]);
    assert_eq!(words.status.code(), Some(1));
    assert!(stdout(&words).contains(&format!("damaged     {name}  beach.jpg")), "{}", stdout(&words));
}

#[test]
fn a_missing_file_is_found_by_verify_and_by_doctor() {
    let bench = with_a_picture();
    std::fs::remove_file(bench.only_blob()).unwrap();
    let (report, code) = bench.json(&["verify", "--json"]);
    assert_eq!((code, &report["faults"][0]["kind"]), (1, &"missing".into()));
    let (report, code) = bench.json(&["doctor", "--json", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1, "{report:#}");
    let words: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["level"] == "problem")
        .map(|finding| finding["words"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["of 1 file kept, 1 is missing on the disk and 0 have the wrong size"]);
}
