//! The hub goes away, forgets, or does not know the device any more.

use std::ops::Range;
use std::path::Path;
use std::process::Command;

use albumen_tests::{
    ChaosProxy, Device, Engine, Hub, PrivatePostgres, RunningProgram, Tree, engines, noise_file, put_file,
    run, until,
};
use testkit::samples;

/// Pictures that differ by their number; a hundred of them take a while through [`slow_device`].
fn put_pictures(device: &Device, folder: &str, numbers: Range<u64>) {
    for number in numbers {
        let path = device.pictures().join(folder).join(format!("{number}.mp4"));
        put_file(path, &samples::mp4(number, 200_000));
    }
}

/// A device behind a network that is slow enough to do something in the middle of a backup.
fn slow_device(hub: &Hub) -> Option<(ChaosProxy, Device)> {
    let proxy = ChaosProxy::start(hub.process.address())?;
    let device = Device::new("laptop");
    device.connect(&proxy.url(), hub.owner_name());
    device.add_source(&device.pictures(), false);
    proxy.set("rate_up=2000000");
    Some((proxy, device))
}

fn wait_for_some(hub: &Hub) {
    until("the first pictures on the hub", || hub.blob_count() >= 4);
}

fn assert_everything_is_back(device: &Device) {
    Tree::read(&device.pictures()).assert_same(&Tree::read(&device.restore()));
}

#[test]
fn a_hub_that_goes_away_and_comes_back_is_waited_for() {
    for engine in engines() {
        let mut hub = Hub::start(engine);
        let Some((proxy, device)) = slow_device(&hub) else { return };
        put_pictures(&device, "Trips", 0..100);
        let mut backup = device.start_backup();
        wait_for_some(&hub);
        assert!(!backup.has_ended(), "the hub goes away in the middle");
        hub.process.kill();
        backup.wait_until_said("the hub is away");
        hub.process.restart();
        proxy.set("rate_up=0");
        backup.wait_until_said("the hub is back");
        let done = device.finish(backup).expect_safe();
        assert_eq!((done.number("seen"), hub.owner().files().len()), (100, 100));
        let _ = hub.verify();
        assert_everything_is_back(&device);
    }
}

#[test]
fn a_database_that_goes_away_and_comes_back_is_waited_for() {
    let Some(postgres) = PrivatePostgres::start() else { return };
    let hub = Hub::start_on(postgres.url());
    let Some((proxy, device)) = slow_device(&hub) else { return };
    put_pictures(&device, "Trips", 0..100);
    let mut backup = device.start_backup();
    wait_for_some(&hub);
    assert!(!backup.has_ended(), "the database goes away in the middle");
    postgres.kill();
    backup.wait_until_said("the hub is away");
    postgres.restart();
    proxy.set("rate_up=0");
    let done = device.finish(backup).expect_safe();
    assert_eq!((done.number("seen"), hub.owner().files().len()), (100, 100));
    let _ = hub.verify();
    assert_everything_is_back(&device);
}

#[test]
fn a_device_that_was_retired_in_the_middle_says_so() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let Some((_proxy, device)) = slow_device(&hub) else { return };
        put_pictures(&device, "Trips", 0..60);
        noise_file(device.pictures().join("Trips/film.mp4"), 1, 40_000_000);
        let backup: RunningProgram = device.start(["backup"]);
        wait_for_some(&hub);
        let owner = hub.owner();
        let devices = owner.call(owner.client().devices(&wire::PageQuery::default())).items;
        let laptop = devices.iter().find(|known| known.name.as_str() == "laptop").expect("it is known");
        owner.call(owner.client().retire_device(laptop.id));
        // From here on nothing of it is taken, also not what was on its way.
        let before = owner.files().len();
        let ran = backup.wait().expect_code(1);
        assert!(ran.out.contains("no longer knows this device"), "{}", ran.out);
        let again = device.run(["backup"]).expect_code(1);
        assert!(again.out.contains("albumen connect"), "what to do is said: {}", again.out);
        assert_eq!(owner.files().len(), before, "a retired device stores nothing");
    }
}

#[test]
fn a_hub_restored_from_an_older_copy_gets_everything_again() {
    let mut hub = Hub::start(Engine::Sqlite);
    let device = hub.device("laptop");
    put_pictures(&device, "Trips", 0..10);
    device.add_source(&device.pictures(), false);
    let _ = device.backup().expect_safe();

    let copy = tempfile::tempdir().unwrap();
    let data = hub.process.data_dir().to_owned();
    assert!(hub.process.terminate().success());
    replace(&copy.path().join("data"), &data);
    hub.process.restart();
    put_pictures(&device, "Later", 10..20);
    let _ = device.backup().expect_safe();
    assert_eq!(hub.blob_count(), 20);

    assert!(hub.process.terminate().success());
    replace(&data, &copy.path().join("data"));
    hub.process.restart();
    assert_eq!(hub.blob_count(), 10, "it lost what came after the copy");
    let again = device.backup().expect_safe();
    assert!(again.err.contains("older copy"), "the device says why: {}", again.err);
    assert_eq!((again.number("stored"), again.number("already_held")), (10, 10), "{again:#?}");
    assert_eq!((hub.verify(), hub.owner().files().len()), (20, 20));
    assert_everything_is_back(&device);
}

/// Makes a folder the copy of another, as a person would who keeps copies of the hub.
fn replace(folder: &Path, by: &Path) {
    let _ = run(Command::new("rm").arg("-rf").arg(folder), "").expect_code(0);
    let _ = run(Command::new("cp").arg("-a").arg(by).arg(folder), "").expect_code(0);
}

#[test]
fn a_hub_that_is_asked_to_leave_keeps_what_arrived() {
    const SIZE_BYTES: u64 = 80_000_000;
    for engine in engines() {
        let mut hub = Hub::start(engine);
        let Some((proxy, device)) = slow_device(&hub) else { return };
        noise_file(device.pictures().join("Trips/film.mp4"), 2, SIZE_BYTES);
        proxy.set("rate_up=15000000");
        let mut backup = device.start_backup();
        until("half of the film on the hub", || hub.staged_bytes() > SIZE_BYTES / 2);
        assert!(hub.process.terminate().success(), "it leaves by itself");
        let kept = hub.staged_bytes();
        assert!(kept > SIZE_BYTES / 2 && hub.blob_count() == 0, "{kept} bytes are kept, unfinished");
        backup.wait_until_said("the hub is away");
        hub.process.restart();
        proxy.set("rate_up=0");
        let done = device.finish(backup).expect_safe();
        let sent = done.number("bytes_sent");
        assert!(sent < SIZE_BYTES + kept / 2, "{sent} bytes were sent: it started over");
        let _ = hub.verify();
        assert_everything_is_back(&device);
    }
}
