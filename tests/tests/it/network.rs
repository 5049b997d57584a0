//! A network that delays, cuts, loses replies and falls silent stands between device and hub.

use std::collections::BTreeSet;

use albumen_tests::{ChaosProxy, Device, Engine, Hub, Tree, engines, noise_file, put_file, until};
use testkit::samples;

/// A device that reaches the hub only through a proxy.
fn behind_proxy(engine: Engine) -> Option<(Hub, ChaosProxy, Device)> {
    let hub = Hub::start(engine);
    let proxy = ChaosProxy::start(hub.process.address())?;
    let device = Device::new("laptop");
    device.connect(&proxy.url(), hub.owner_name());
    device.add_source(&device.pictures(), false);
    Some((hub, proxy, device))
}

fn put_pictures(device: &Device, count: u64) {
    for number in 0..count {
        let path = device.pictures().join(format!("Trips/{number}.mp4"));
        put_file(path, &samples::mp4(number, 20_000 + usize::try_from(number).unwrap() * 1000));
    }
}

/// Everything on the device is on the hub, once, and whole.
fn assert_all_there_once(hub: &Hub, device: &Device) {
    let source = Tree::read(&device.pictures());
    let files = hub.owner().files();
    assert_eq!(files.len(), source.0.len(), "{:?}", files.keys());
    let contents: BTreeSet<_> = source.0.values().map(|kept| kept.sha256).collect();
    let held: BTreeSet<_> = files.values().filter_map(|file| file.entry.sha256).collect();
    assert_eq!(held, contents);
    assert!(!files.keys().any(|path| path.contains("(2)")), "filed twice: {:?}", files.keys());
    assert_eq!(hub.verify(), contents.len() as u64);
}

#[test]
fn a_slow_network_that_drops_and_resets_only_costs_time() {
    for engine in engines() {
        let Some((hub, proxy, device)) = behind_proxy(engine) else { return };
        put_pictures(&device, 60);
        proxy.set("latency=10 jitter=8 rate_up=4000000 reset=0.01 drop_conn=0.1 seed=7");
        let _ = device.backup().expect_safe();
        assert!(proxy.count("resets") + proxy.count("dropped") > 0, "the network did fail");
        proxy.clear();
        assert_all_there_once(&hub, &device);
        assert_eq!(device.backup().expect_safe().number("bytes_sent"), 0);
    }
}

#[test]
fn a_reply_that_is_lost_stores_nothing_twice() {
    for engine in engines() {
        let Some((hub, proxy, device)) = behind_proxy(engine) else { return };
        put_pictures(&device, 25);
        noise_file(device.pictures().join("Trips/large.mp4"), 1, 20_000_000);
        proxy.set("cut_reply=6");
        let _ = device.backup().expect_safe();
        assert_eq!(proxy.count("cuts"), 6, "the requests were answered, the answers lost");
        assert_all_there_once(&hub, &device);
    }
}

#[test]
fn a_large_file_goes_on_after_every_cut() {
    const SIZE_BYTES: u64 = 200_000_000;
    let Some((hub, proxy, device)) = behind_proxy(Engine::Sqlite) else { return };
    noise_file(device.pictures().join("film.mp4"), 1, SIZE_BYTES);
    // Each connection ends after so many bytes, in the middle of a piece.
    proxy.set("cut_after=25000000");
    let _ = device.backup().expect_safe();
    let (cuts, bytes) = (proxy.count("cuts"), proxy.count("up"));
    assert!(cuts >= 7, "it was cut {cuts} times");
    // What was on its way when a connection ended goes again: at most a piece for each cut would be
    // 16 MiB, and starting over would be 25 MB; what is really lost is what the hub had not written.
    assert!(bytes < SIZE_BYTES * 13 / 10, "{bytes} bytes went for a file of {SIZE_BYTES}, {cuts} cuts");
    proxy.clear();
    assert_all_there_once(&hub, &device);
}

#[test]
fn silence_is_noticed_and_outlived() {
    let Some((hub, proxy, device)) = behind_proxy(Engine::Sqlite) else { return };
    put_pictures(&device, 40);
    noise_file(device.pictures().join("Trips/large.mp4"), 1, 40_000_000);
    proxy.set("rate_up=5000000");
    let mut backup = device.start(["backup", "--json", "--stall-seconds", "2"]);
    until("bytes on their way", || hub.staged_bytes() > 1_000_000);
    // From now on everything is swallowed.
    proxy.set("blackhole=1");
    backup.wait_until_said("the hub is away");
    // What was swallowed never arrives: such connections end when the network is back.
    proxy.kill_connections();
    proxy.clear();
    let _ = device.finish(backup).expect_safe();
    assert_all_there_once(&hub, &device);
}
