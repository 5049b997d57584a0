//! Disks that are full, on either side.

use albumen_tests::{Device, Engine, Hub, SmallDisk, Tree, noise_file};

const MIB: u64 = 1024 * 1024;

fn put_pictures(device: &Device, count: u64) {
    for number in 0..count {
        noise_file(device.pictures().join(format!("Trips/{number}.mp4")), number, MIB);
    }
    device.add_source(&device.pictures(), false);
}

/// Whatever the hub lists is whole.
fn assert_nothing_half(hub: &Hub) -> usize {
    let files = hub.owner().files();
    for (path, file) in &files {
        assert_eq!(Some(hub.owner().hash(file.entry.id).sha256), file.entry.sha256, "{path}");
    }
    assert_eq!(hub.verify(), files.len() as u64);
    files.len()
}

#[test]
fn a_full_hub_says_so_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(24 * MIB) else { return };
    let hub = Hub::start_in(&disk.path().join("data"), 4);
    let device = hub.device("laptop");
    put_pictures(&device, 40);
    // Larger than a piece: it is begun and cannot be finished.
    noise_file(device.pictures().join("Trips/film.mp4"), 99, 20 * MIB);

    let full = device.run(["backup"]).expect_code(1);
    assert!(full.out.contains("disk") && full.out.contains("full"), "{}", full.out);
    assert!(full.out.contains("when there is room"), "what comes next is said: {}", full.out);
    assert!(assert_nothing_half(&hub) < 41, "not everything fits");
    let still_full = device.backup();
    let failed = still_full.outcome["failed"].as_array().map_or(0, Vec::len);
    assert_eq!((still_full.code, failed), (1, 41 - assert_nothing_half(&hub)), "{still_full:#?}");
    assert!(
        still_full.reason("failed", "film.mp4").is_some_and(|reason| reason.contains("full")),
        "{still_full:#?}"
    );

    disk.grow(160 * MIB);
    let done = device.backup().expect_safe();
    assert_eq!(done.number("seen"), 41);
    assert_eq!(assert_nothing_half(&hub), 41);
    Tree::read(&device.pictures()).assert_same(&Tree::read(&device.restore()));
}

#[test]
fn a_hub_that_keeps_some_of_its_disk_free_refuses_before_it_is_full() {
    // More than any disk has: the same on machines where nothing can be mounted.
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::start_in(&folder.path().join("data"), 4_000_000_000);
    let device = hub.device("laptop");
    put_pictures(&device, 3);
    let full = device.run(["backup"]).expect_code(1);
    assert!(full.out.contains("full"), "{}", full.out);
    assert_eq!((hub.blob_count(), hub.staged_bytes(), hub.owner().files().len()), (0, 0, 0));
}

#[test]
fn a_restore_to_a_full_disk_says_so_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(6 * MIB) else { return };
    let hub = Hub::start(Engine::Sqlite);
    let device = hub.device("laptop");
    put_pictures(&device, 12);
    let _ = device.backup().expect_safe();

    let to = disk.path().join("back");
    let restore = || device.run(["restore".as_ref(), "--json".as_ref(), "--to".as_ref(), to.as_os_str()]);
    let full = restore().expect_code(1).json();
    let failed = full["failed"].as_array().expect("a list");
    assert!(!failed.is_empty() && full["restored"].as_u64().is_some_and(|restored| restored > 0), "{full}");
    for item in failed {
        let reason = item["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("no room left on this disk"), "{reason}");
    }
    let source = Tree::read(&device.pictures());
    let mut partial = Tree::read(&to);
    partial.0.retain(|path, _| source.0.contains_key(path));
    for (path, kept) in &partial.0 {
        assert_eq!(source.0.get(path), Some(kept), "{} is half written", path.display());
    }

    disk.grow(32 * MIB);
    let done = restore().expect_code(0).json();
    assert_eq!(done["kept"], full["restored"], "what was back is kept: {done}");
    source.assert_same(&Tree::read(&to));
}
