//! Files that are empty, vanish, change, cannot be read or have names that few expect.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;

use albumen_tests::until;
use albumen_tests::{
    ChaosProxy, Device, Engine, Hub, Tree, engines, noise_file, put_file, remove_file, set_modified,
};
use testkit::samples;

#[test]
fn every_odd_name_comes_back_exactly() {
    let longest = format!("{}.jpg", "é".repeat(125) + "x");
    assert_eq!(longest.len(), 255);
    let names: [&[u8]; 12] = [
        b"two\nlines.jpg",
        "🦊 fox 👨‍👩‍👧.jpg".as_bytes(),
        longest.as_bytes(),
        b"not utf-8 \xff\xfe.jpg",
        b"not utf-8 \xff\xfd.jpg",
        "caf\u{e9}.jpg".as_bytes(),
        "cafe\u{301}.jpg".as_bytes(),
        b"CON.jpg",
        b"a:b*c?\"<>|\\.jpg",
        b"trailing dot..jpg",
        b" space around .jpg",
        b"percent%20and+plus&=#.jpg",
    ];
    for engine in engines() {
        let hub = Hub::start(engine);
        let device = hub.device("laptop");
        for (number, name) in names.iter().enumerate() {
            let path = device.pictures().join("Odd \u{1f98a}\nalbum").join(OsStr::from_bytes(name));
            put_file(&path, &samples::jpeg(number as u64));
            set_modified(&path, 946_684_800_123 + i64::try_from(number).unwrap());
        }
        device.add_source(&device.pictures(), false);
        let backup = device.backup().expect_safe();
        assert_eq!(backup.number("stored"), names.len() as u64, "{backup:#?}");
        assert_eq!(hub.owner().files().len(), names.len());
        Tree::read(&device.pictures()).assert_same(&Tree::read(&device.restore()));
        assert_eq!(device.backup().expect_safe().number("bytes_sent"), 0, "they are known by these names");
    }
}

#[test]
fn what_cannot_be_backed_up_is_named_with_its_reason() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let device = hub.device("laptop");
        let trips = device.pictures().join("Trips");
        put_file(trips.join("good.jpg"), &samples::jpeg(1));
        put_file(trips.join("empty.jpg"), b"");
        // A loop of folders, a link to itself, one that leads nowhere, and a file whose reading fails
        // even for root.
        symlink("..", trips.join("loop")).unwrap();
        symlink("itself.jpg", trips.join("itself.jpg")).unwrap();
        symlink("/nowhere/at/all.jpg", trips.join("nowhere.jpg")).unwrap();
        symlink("/proc/self/mem", trips.join("unreadable.jpg")).unwrap();
        symlink("good.jpg", trips.join("linked.jpg")).unwrap();
        device.add_source(&device.pictures(), false);

        let backup = device.backup();
        assert_eq!(backup.code, 1, "one cannot be read: {backup:#?}");
        assert_eq!(
            backup.number("stored") + backup.number("already_held"),
            3,
            "good, empty, linked: {backup:#?}"
        );
        let unreadable = backup.reason("failed", "unreadable.jpg").expect("it is told");
        assert!(unreadable.contains("cannot be read"), "{unreadable}");
        for link in ["itself.jpg", "nowhere.jpg"] {
            let reason =
                backup.reason("skipped", link).unwrap_or_else(|| panic!("{link} is told: {backup:#?}"));
            assert!(reason.contains("leads nowhere"), "{reason}");
        }
        let files = hub.owner().files();
        assert_eq!(files["Album Backup/laptop/Trips/empty.jpg"].entry.size_bytes, Some(0));
        assert_eq!(files.len(), 3, "{:?}", files.keys());

        // What it led to was on another disk, which might only be away: that is asked about, until the person
        // answers that it was deleted on purpose.
        remove_file(trips.join("unreadable.jpg"));
        let asked = device.backup();
        assert_eq!(asked.code, 1, "{asked:#?}");
        assert!(asked.reason("failed", "Trips").expect("it is told").contains("another disk"), "{asked:#?}");
        for decision in ["neutral", "include"] {
            let _ = device.run(["albums", decision, "Trips"]).expect_code(0);
            let _ = device.backup();
        }
        let _ = device.backup().expect_safe();
        let restored = Tree::read(&device.restore());
        assert_eq!(restored.0.len(), 3);
        let kept = |name: &str| restored.0.get(Path::new("Trips").join(name).as_os_str()).expect(name);
        assert_eq!(kept("good.jpg").sha256, kept("linked.jpg").sha256);
        assert_eq!(kept("empty.jpg").size_bytes, 0);
    }
}

#[test]
fn a_file_that_vanishes_and_one_that_changes_in_the_middle() {
    let hub = Hub::start(Engine::Sqlite);
    let Some(proxy) = ChaosProxy::start(hub.process.address()) else { return };
    let device = Device::new("laptop");
    device.connect(&proxy.url(), hub.owner_name());
    let trips = device.pictures().join("Trips");
    for number in 0..100u64 {
        noise_file(trips.join(format!("{number}.mp4")), number, 500_000);
    }
    // Old ones come last: there is time for them to vanish.
    let vanishing = noise_file(trips.join("vanishing.mp4"), 1001, 10_000);
    set_modified(&vanishing, 1_000_000_000_000);
    let changing = noise_file(trips.join("changing.mp4"), 1002, 30_000_000);
    device.add_source(&device.pictures(), false);
    proxy.set("rate_up=2000000");

    let mut backup = device.start_backup();
    until("pieces of the large file on the hub", || hub.staged_bytes() > 1_000_000);
    assert!(!backup.has_ended());
    remove_file(&vanishing);
    noise_file(&changing, 1003, 20_000_000);
    proxy.set("rate_up=0");
    let done = device.finish(backup).expect_safe();
    let reason = done.reason("skipped", "vanishing.mp4");
    assert!(reason.is_some_and(|reason| reason.contains("deleted on this device")), "{done:#?}");
    assert_eq!(hub.owner().files().len(), 101);
    let _ = hub.verify();
    Tree::read(&device.pictures()).assert_same(&Tree::read(&device.restore()));
}
