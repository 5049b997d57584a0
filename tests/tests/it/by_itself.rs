//! `albumen run`: a device that looks after itself, considerately.

use std::time::Duration;

use albumen_tests::{
    ChaosProxy, Device, Engine, Hub, MockSystem, RunningProgram, Tree, noise_file, pause, put_file, until,
};
use testkit::samples;

/// A device that reaches its hub through a proxy, on a system that says what the test wants.
struct Scene {
    device: Device,
    proxy: ChaosProxy,
    system: MockSystem,
    hub: Hub,
}

impl Scene {
    fn new(system: &str) -> Option<Self> {
        let system = MockSystem::start(system)?;
        let hub = Hub::start(Engine::Sqlite);
        let proxy = ChaosProxy::start(hub.process.address())?;
        let mut device = Device::new("laptop");
        device.connect(&proxy.url(), hub.owner_name());
        device.add_source(&device.pictures(), false);
        device.hear(system.address());
        Some(Self { device, proxy, system, hub })
    }

    fn put(&self, name: &str, number: u64, bytes: usize) {
        put_file(self.device.pictures().join(name), &samples::mp4(number, bytes));
    }

    /// Bytes that left the device, once what stood in the buffers of both systems has arrived.
    fn bytes_out(&self) -> u64 {
        let mut before = self.proxy.count("up");
        loop {
            pause(Duration::from_millis(300));
            let now = self.proxy.count("up");
            if now == before {
                return now;
            }
            before = now;
        }
    }

    fn set(&self, words: &str) {
        let _ = self.device.run(["settings", "set"].into_iter().chain(words.split(' '))).expect_code(0);
    }

    fn assert_all_there(&self) {
        let source = Tree::read(&self.device.pictures());
        assert_eq!(self.hub.owner().files().len(), source.0.len());
        assert_eq!(self.hub.verify(), source.0.len() as u64);
    }
}

fn stop(run: RunningProgram) {
    run.ask_to_end();
    let ran = run.wait();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}

#[test]
fn a_switch_to_a_mobile_network_pauses_in_mid_upload_and_the_way_back_resumes() {
    const SIZE_BYTES: u64 = 150_000_000;
    let Some(scene) = Scene::new("--type wifi --metered no") else { return };
    noise_file(scene.device.pictures().join("film.mp4"), 1, SIZE_BYTES);
    scene.proxy.set("rate_up=20000000");
    let run = scene.device.start(["run"]);
    until("a good part to be on its way", || scene.proxy.count("up") > 30_000_000);

    scene.system.set("metered=yes type=gsm");
    let engine = scene.device.until_engine_is("waiting");
    assert_eq!(engine["reason"], "mobile-network", "{engine}");
    assert_eq!((&engine["counts"]["waiting"], &engine["counts"]["safe"]), (&1.into(), &0.into()), "{engine}");
    let out = scene.bytes_out();
    assert!(out < SIZE_BYTES, "it paused before the end: {out}");
    // Something new is noticed, and waits as well: no byte goes for it either.
    scene.put("new.mp4", 2, 50_000);
    until("the new one to wait", || scene.device.engine()["counts"]["waiting"] == 2);
    assert_eq!(scene.bytes_out(), out, "no byte goes over a network that costs");
    let listed = scene.device.run(["status", "--items"]).expect_code(0).out;
    assert!(listed.contains("film.mp4: waiting for Wi-Fi: this is a mobile network"), "{listed}");
    assert!(scene.hub.owner().files().is_empty());

    scene.system.set("type=wifi metered=no");
    let engine = scene.device.until_engine_is("all-safe");
    assert_eq!((&engine["counts"]["waiting"], &engine["counts"]["safe"]), (&0.into(), &2.into()), "{engine}");
    let all = scene.bytes_out();
    assert!(all < SIZE_BYTES + SIZE_BYTES / 3, "it went on where it was: {all} bytes, {out} before");
    scene.assert_all_there();
    stop(run);
    assert!(scene.device.engine().is_null(), "nobody runs");
}

#[test]
fn photos_go_over_a_network_that_costs_where_videos_wait_and_no_more_than_a_day_may_cost() {
    let Some(scene) = Scene::new("--type wifi --metered yes") else { return };
    scene.put("film.mp4", 1, 90_000);
    put_file(scene.device.pictures().join("photo.jpg"), &samples::jpeg(1));
    let run = scene.device.start(["run"]);
    let engine = scene.device.until_engine_is("waiting");
    assert_eq!((&engine["reason"], &engine["counts"]["waiting"]), (&"metered-network".into(), &2.into()));

    scene.set("networks any");
    until("the photo to be there", || scene.hub.owner().files().len() == 1);
    until("the video to wait", || scene.device.engine()["reason"] == "videos-on-metered");

    scene.set("metered-daily-limit 600 kB");
    scene.set("metered-videos on");
    for number in 2..12 {
        scene.put(&format!("film{number}.mp4"), number, 200_000);
    }
    until("the day's limit", || scene.device.engine()["reason"] == "daily-limit");
    let out = scene.bytes_out();
    assert!(out < 700_000, "files, and what is said around them: {out}");
    let engine = scene.device.engine();
    let counts = &engine["counts"];
    assert_eq!(
        counts["safe"].as_u64().unwrap() + counts["waiting"].as_u64().unwrap(),
        12,
        "each is in one list: {engine}"
    );
    scene.system.set("metered=no");
    let _ = scene.device.until_engine_is("all-safe");
    scene.assert_all_there();
    stop(run);
}

#[test]
fn it_wakes_up_with_the_system_and_spares_the_battery() {
    let Some(scene) = Scene::new("--type ethernet --metered no --ac on --percent 80") else { return };
    scene.put("a.mp4", 1, 20_000);
    let run = scene.device.start(["run"]);
    let engine = scene.device.until_engine_is("all-safe");
    assert!(engine["conditions"].as_str().unwrap().starts_with("wired network"), "{engine}");
    scene.system.wake_up();
    until("another look", || {
        let now = scene.device.engine();
        now["state"] == "all-safe" && now["checked_at_ms"] != engine["checked_at_ms"]
    });

    scene.system.set("ac=off percent=19");
    let engine = scene.device.until_engine_is("waiting");
    assert_eq!(engine["reason"], "battery-low", "{engine}");
    scene.put("b.mp4", 2, 20_000);
    until("it to wait", || scene.device.engine()["counts"]["waiting"] == 1);
    scene.system.set("percent=20");
    let _ = scene.device.until_engine_is("all-safe");
    scene.set("only-charging on");
    assert_eq!(scene.device.until_engine_is("waiting")["reason"], "on-battery");
    scene.system.set("ac=on");
    let _ = scene.device.until_engine_is("all-safe");
    scene.assert_all_there();
    stop(run);
}

#[test]
fn what_is_new_goes_by_itself_and_what_a_person_asks_of_it_is_done() {
    let hub = Hub::start(Engine::Sqlite);
    let device = Device::new("laptop");
    let run = device.start(["run"]);
    let _ = device.until_engine_is("not-set-up");
    device.connect(&hub.url(), hub.owner_name());
    device.add_source(&device.pictures(), false);
    let _ = device.until_engine_is("all-safe");

    let new = |number: u64| {
        put_file(device.pictures().join(format!("Trip/{number}.mp4")), &samples::mp4(number, 9_000));
    };
    new(1);
    until("the new one", || hub.owner().files().len() == 1);
    let _ = device.until_engine_is("all-safe");
    assert_eq!(device.status()["counts"]["stored"], 1, "the ledger is free between rounds");

    // A pause, and what becomes of what comes meanwhile.
    let _ = device.run(["settings", "set", "automatic", "off"]).expect_code(0);
    let engine = device.until_engine_is("waiting");
    assert_eq!(engine["reason"], "paused-by-you", "{engine}");
    new(2);
    until("it to wait", || device.engine()["counts"]["waiting"] == 1);
    assert!(device.run(["status"]).expect_code(0).out.starts_with("Paused by you"));
    let _ = device.run(["settings", "unset", "automatic"]).expect_code(0);
    until("the second one", || hub.owner().files().len() == 2);

    // One engine at a time; a backup asks the one that runs.
    let second = device.run(["run"]).expect_code(1);
    assert!(second.err.contains("another albumen run"), "{}", second.err);
    let before = device.until_engine_is("all-safe");
    let asked = device.run(["backup"]).expect_code(1);
    assert!(asked.err.contains("was asked to back up now"), "{}", asked.err);
    until("another look", || {
        let now = device.engine();
        now["state"] == "all-safe" && now["checked_at_ms"] != before["checked_at_ms"]
    });
    assert!(resident_bytes(run.id()) < 50_000_000, "{}", resident_bytes(run.id()));
    stop(run);
    let _ = device.backup().expect_safe();
}

#[test]
fn a_hub_that_goes_away_is_told_and_found_again() {
    let mut hub = Hub::start(Engine::Sqlite);
    let device = hub.device("laptop");
    device.add_source(&device.pictures(), false);
    let run = device.start(["run", "--patience-seconds", "0"]);
    let _ = device.until_engine_is("all-safe");
    hub.process.kill();
    put_file(device.pictures().join("a.mp4"), &samples::mp4(1, 9_000));
    let engine = device.until_engine_is("hub-away");
    assert_eq!(engine["next_look_why"], "the hub may be back", "{engine}");
    hub.process.restart();
    let asked = device.run(["backup"]).expect_code(1);
    assert!(asked.err.contains("was asked"), "{}", asked.err);
    until("the picture", || hub.owner().files().len() == 1);
    let _ = device.until_engine_is("all-safe");
    stop(run);
}

/// How much memory a process holds.
fn resident_bytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
}
