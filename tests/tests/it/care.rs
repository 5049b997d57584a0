//! Deleted stays deleted, and what rots is found and replaced.

use std::fs::{File, Permissions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use albumen_tests::{Hub, Tree, engines, put_file, remove_file};
use testkit::samples;

#[test]
fn what_was_deleted_on_the_hub_stays_deleted() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let device = hub.device("laptop");
        for number in 0..3 {
            put_file(device.pictures().join(format!("Cats/{number}.jpg")), &samples::jpeg(number));
        }
        device.add_source(&device.pictures(), false);
        let _ = device.backup().expect_safe();
        let owner = hub.owner();
        let deleted = owner.files()["Album Backup/laptop/Cats/1.jpg"].entry.id;
        owner.call(owner.client().trash_entry(deleted));

        let next = device.backup().expect_safe();
        assert_eq!((next.number("bytes_sent"), next.number("already_held")), (0, 2), "{next:#?}");
        let reason = next.reason("skipped", "Cats/1.jpg").expect("it is told");
        assert!(reason.contains("deleted on the hub"), "{reason}");
        let status = device.status();
        assert_eq!(status["counts"]["deleted_earlier"], 1, "{status}");
        let words = device.run(["status"]).expect_code(0).out;
        assert!(words.contains("1 deleted on the hub and not sent again"), "{words}");

        // Also for a device that does not remember, and after the trash was emptied.
        owner.call(owner.client().purge_entry(deleted));
        let other = hub.device("desktop");
        put_file(other.pictures().join("Found/again.jpg"), &samples::jpeg(1));
        other.add_source(&other.pictures(), false);
        let found = other.backup().expect_safe();
        assert!(found.reason("skipped", "again.jpg").is_some(), "{found:#?}");
        assert_eq!(owner.files().len(), 2);
    }
}

#[test]
fn what_was_deleted_by_mistake_comes_back_from_the_trash() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let device = hub.device("laptop");
        put_file(device.pictures().join("Cats/1.jpg"), &samples::jpeg(1));
        device.add_source(&device.pictures(), false);
        let _ = device.backup().expect_safe();
        let owner = hub.owner();
        let file = owner.files()["Album Backup/laptop/Cats/1.jpg"].entry.id;
        owner.call(owner.client().trash_entry(file));
        let _ = device.backup().expect_safe();
        owner.call(owner.client().restore_entry(file));
        let again = device.backup().expect_safe();
        assert_eq!((again.number("already_held"), &again.outcome["skipped"]), (1, &serde_json::json!([])));
        Tree::read(&device.pictures()).assert_same(&Tree::read(&device.restore()));
    }
}

#[test]
fn rot_and_loss_are_found_and_repaired_by_the_next_backup() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let device = hub.device("laptop");
        for number in 0..4 {
            put_file(device.pictures().join(format!("Cats/{number}.mp4")), &samples::mp4(number, 50_000));
        }
        device.add_source(&device.pictures(), false);
        let _ = device.backup().expect_safe();
        let files = hub.owner().files();
        let content =
            |name: &str| files[&format!("Album Backup/laptop/Cats/{name}")].entry.sha256.expect("a hash");
        flip_a_byte(&hub.blob_path(content("1.mp4")));
        remove_file(hub.blob_path(content("2.mp4")));

        let report = hub.run(&["verify", "--json"]).expect_code(1).json();
        assert_eq!((&report["whole"], &report["fault_count"]), (&false.into(), &2.into()), "{report}");
        let told = report["faults"].to_string();
        for expected in ["damaged", "missing", &content("1.mp4").to_string(), &content("2.mp4").to_string()] {
            assert!(told.contains(expected), "{expected}: {told}");
        }
        let words = hub.run(&["verify"]).expect_code(1).out;
        assert!(words.contains("1.mp4") && words.contains("2.mp4"), "{words}");

        let next = device.backup().expect_safe();
        assert_eq!(next.number("stored"), 2, "both are sent again: {next:#?}");
        assert_eq!((hub.verify(), hub.blob_count(), hub.owner().files().len()), (4, 4, 4));
        Tree::read(&device.pictures()).assert_same(&Tree::read(&device.restore()));
    }
}

/// Changes one byte in the middle of a file, as a bad disk does.
fn flip_a_byte(path: &Path) {
    std::fs::set_permissions(path, Permissions::from_mode(0o640)).unwrap();
    let mut file = File::options().read(true).write(true).open(path).unwrap();
    let middle = file.metadata().unwrap().len() / 2;
    let mut byte = [0u8];
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
}
