//! Hub and device are killed again and again. What was acknowledged is there, whole, always.

use std::collections::BTreeSet;
use std::time::Duration;

use albumen_tests::{Device, Engine, Hub, RunningProgram, Tree, engines, noise_file, pause, put_file};
use domain::ContentHash;
use testkit::{SeededRandom, samples};

/// How often something is killed, on each engine.
const KILLS: u32 = 52;

/// How many files are there at the start, and come with each new batch.
const SMALL_FILES: u64 = 120;

/// The longest time that hub and device run together before one of them is killed.
const LONGEST_RUN_MS: u64 = 600;

/// Draws a number below a limit.
fn below(random: &SeededRandom, limit: u64) -> u64 {
    random.next_number() % limit
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    kill_again_and_again(Engine::Sqlite);
}

#[test]
fn what_was_acknowledged_survives_every_kill_beside_a_database() {
    if engines().contains(&Engine::Postgres) {
        kill_again_and_again(Engine::Postgres);
    }
}

#[expect(clippy::print_stdout, reason = "whoever looks into a failure needs the seed")]
fn kill_again_and_again(engine: Engine) {
    let seed =
        std::env::var("ALBUMEN_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_121);
    println!("kills at random, seed {seed} (set ALBUMEN_TEST_SEED for another)");
    let random = SeededRandom::new(seed);
    let mut hub = Hub::start(engine);
    let device = hub.device("laptop");
    let mut story = Story::default();
    story.add_batch(&device, &random);
    device.add_source(&device.pictures(), false);
    while story.device_kills + story.hub_kills < KILLS {
        story.one_kill(&mut hub, &device, &random);
    }
    println!(
        "{} kills of the device, {} of the hub, {} of them in the middle of an upload, {} batches, {} contents \
         acknowledged on the way",
        story.device_kills,
        story.hub_kills,
        story.in_the_middle,
        story.batches,
        story.acknowledged.len()
    );
    assert!(story.device_kills > 5 && story.hub_kills > 5, "both were killed");
    assert!(story.in_the_middle > 0, "some kills came in the middle of an upload");
    assert!(!story.acknowledged.is_empty(), "something was acknowledged between the kills");

    let _ = device.backup().expect_safe();
    let source = Tree::read(&device.pictures());
    let acknowledged = device.acknowledged();
    for (path, kept) in &source.0 {
        assert!(acknowledged.contains(&kept.sha256), "{} is not known to be safe", path.display());
    }
    let contents: BTreeSet<_> = source.0.values().map(|kept| kept.sha256).collect();
    assert_eq!(hub.verify(), contents.len() as u64, "every content once, whole");
    assert_eq!(hub.owner().files().len(), source.0.len(), "every file once");
    source.assert_same(&Tree::read(&device.restore()));
    hub.process.kill();
}

#[derive(Debug, Default)]
struct Story {
    batches: u64,
    /// Kills that left bytes of unfinished uploads behind.
    in_the_middle: u32,
    acknowledged: BTreeSet<ContentHash>,
    device_kills: u32,
    hub_kills: u32,
}

impl Story {
    /// New files, most of them small, some larger than what goes in one piece.
    fn add_batch(&mut self, device: &Device, random: &SeededRandom) {
        self.batches += 1;
        let folder = device.pictures().join(format!("batch {}", self.batches));
        for number in 0..SMALL_FILES {
            let unique = self.batches * 100_000 + number;
            put_file(
                folder.join(format!("{number}.mp4")),
                &samples::mp4(unique, 2_000 + usize_below(random, 150_000)),
            );
        }
        for number in 0..2 {
            let size_bytes = 8_500_000 + below(random, 12_000_000);
            noise_file(folder.join(format!("large {number}.mp4")), self.batches * 100 + number, size_bytes);
        }
    }

    /// Lets both run for a moment and kills one of them; looks whether everything acknowledged is there.
    fn one_kill(&mut self, hub: &mut Hub, device: &Device, random: &SeededRandom) {
        let mut backup = device.start_backup();
        pause(Duration::from_millis(below(random, LONGEST_RUN_MS)));
        if backup.has_ended() {
            // Everything was safe before the moment came: more work is needed.
            let _ = device.finish(backup).expect_safe();
            self.note(hub, device);
            return self.add_batch(device, random);
        }
        match below(random, 3) {
            0 => {
                hub.process.kill();
                self.hub_kills += 1;
                self.all_acknowledged_are_there(hub);
                hub.process.restart();
                self.let_it_go_on(backup, device, random);
            }
            1 => {
                let _ = backup.kill();
                self.device_kills += 1;
            }
            _ => {
                // A power cut of the whole house.
                hub.process.kill();
                let _ = backup.kill();
                self.hub_kills += 1;
                self.device_kills += 1;
                self.all_acknowledged_are_there(hub);
                hub.process.restart();
            }
        }
        self.note(hub, device);
    }

    /// The device met a hub that went away and came back. It is killed a moment later.
    fn let_it_go_on(&mut self, mut backup: RunningProgram, device: &Device, random: &SeededRandom) {
        pause(Duration::from_millis(below(random, LONGEST_RUN_MS)));
        if backup.has_ended() {
            let _ = device.finish(backup).expect_safe();
            return self.add_batch(device, random);
        }
        let _ = backup.kill();
        self.device_kills += 1;
    }

    /// Remembers what the device was told, and looks whether it is true.
    fn note(&mut self, hub: &Hub, device: &Device) {
        self.in_the_middle += u32::from(hub.staged_bytes() > 0);
        let now = device.acknowledged();
        assert!(self.acknowledged.is_subset(&now), "the device forgot what it was told");
        self.acknowledged = now;
        self.all_acknowledged_are_there(hub);
    }

    fn all_acknowledged_are_there(&self, hub: &Hub) {
        for content in &self.acknowledged {
            assert!(hub.blob_path(*content).is_file(), "{content} was acknowledged and is not there");
        }
    }
}

fn usize_below(random: &SeededRandom, limit: u64) -> usize {
    usize::try_from(below(random, limit)).unwrap_or_default()
}
