//! A month of a device's life: pictures come, change and go, the hub loses things and goes away, clocks
//! jump, the program is killed at random points. At the end of each stretch of days everything chosen is
//! on the hub, nothing private ever was, and one more run finds nothing to do.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::task::Poll;

use domain::{Random, TwinHasher};

use super::tests::{FakeClock, SOURCE};
use super::*;
use crate::pause::FakePause;
use crate::report::{Ending, Unwatched};
use crate::settings::AlbumState;
use crate::sources::LocalId;
use crate::sources::fake::FakeSource;
use crate::uploader::HubError;
use crate::uploader::fake_hub::{FakeHub, Fault, away};

/// Chance that can be repeated: `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

/// Waits need no real chance here.
#[derive(Debug)]
struct NoChance;

impl Random for NoChance {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

const ALBUMS: [&str; 4] = ["Camera", "Trips/2026", "Chat", "Private"];

struct World {
    dice: Dice,
    source: FakeSource,
    hub: Arc<FakeHub>,
    clock: Arc<FakeClock>,
    pause: Arc<FakePause>,
    settings: Settings,
    folder: Option<tempfile::TempDir>,
    ledger: Option<Arc<Ledger>>,
    /// What is on the device.
    items: BTreeMap<String, String>,
    /// What a person deleted on the hub.
    deleted: BTreeSet<String>,
    private: BTreeSet<String>,
    ticking: i64,
    kills: u32,
}

impl World {
    fn new(seed: u64, on_disk: bool) -> Self {
        let clock = Arc::new(FakeClock::default());
        let ids = domain::Ids::new(clock.clone(), Arc::new(NoChance));
        let mut settings = Settings::new(&ids);
        settings.set_album_state(SOURCE, &LocalId::from_slashes("Private"), AlbumState::Exclude);
        settings.set_album_state(SOURCE, &LocalId::from_slashes("Chat"), AlbumState::Neutral);
        Self {
            dice: Dice(seed),
            source: FakeSource::new(SOURCE),
            hub: Arc::default(),
            clock,
            pause: Arc::default(),
            settings,
            folder: on_disk.then(|| tempfile::tempdir().unwrap()),
            ledger: None,
            items: BTreeMap::new(),
            deleted: BTreeSet::new(),
            private: BTreeSet::new(),
            ticking: 0,
            kills: 0,
        }
    }

    fn engine(&mut self) -> Engine {
        let ledger = match (&self.folder, &self.ledger) {
            (Some(folder), _) => Arc::new(Ledger::open(folder.path()).unwrap()),
            (None, Some(ledger)) => ledger.clone(),
            (None, None) => Arc::new(Ledger::in_memory().unwrap()),
        };
        if self.folder.is_none() {
            self.ledger = Some(ledger.clone());
        }
        Engine::new(Parts {
            sources: vec![Arc::new(self.source.clone())],
            settings: self.settings.clone(),
            ledger,
            hub: self.hub.clone(),
            clock: self.clock.clone(),
            random: Arc::new(NoChance),
            pause: self.pause.clone(),
            reports: Arc::new(Unwatched),
        })
    }

    /// Runs the program; `None` when it was killed after so many steps. Its threads end with it.
    fn live(&mut self, steps: u64) -> Option<Outcome> {
        let engine = self.engine();
        let options = RunOptions { small_bytes: 12, piece_bytes: 5, ..RunOptions::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(async {
            let stop = CancellationToken::new();
            let mut run = pin!(engine.run(&options, &stop));
            let mut left = steps;
            std::future::poll_fn(|context| {
                if left == 0 {
                    return Poll::Ready(None);
                }
                left -= 1;
                run.as_mut().poll(context).map(|outcome| Some(outcome.unwrap()))
            })
            .await
        });
        drop(runtime);
        self.kills += u32::from(outcome.is_none());
        self.hub.check();
        for private in &self.private {
            assert!(!self.hub.holds(private.as_bytes()), "{private} must never leave the device");
        }
        outcome
    }

    fn put(&mut self, album: &str, content: String) {
        let path = format!("{album}/{}.jpg", self.dice.below(40));
        self.put_at(path, content);
    }

    fn put_at(&mut self, path: String, content: String) {
        self.ticking += 1;
        self.source.put(&path, content.as_bytes(), self.ticking * 1_000_000);
        self.items.insert(path, content);
    }

    /// What people and pictures do in a day.
    fn spend_a_day(&mut self) {
        for _ in 0..self.dice.below(6) {
            let length = usize::try_from(self.dice.below(30)).unwrap();
            let content = format!("{}:{}", self.dice.below(60), "x".repeat(length));
            // Private content is told apart by its letter and may also lie in an album that is chosen.
            let private = self.dice.one_in(8);
            let album = ALBUMS[usize::try_from(self.dice.below(3)).unwrap()];
            if private {
                let content = content.replace('x', "p") + "private";
                self.put_at(format!("Private/{}.jpg", self.ticking), content.clone());
                if self.dice.one_in(2) {
                    self.put(album, content.clone());
                }
                self.private.insert(content);
            } else {
                self.put(album, content);
            }
        }
        if self.dice.one_in(3)
            && let Some(path) = self.any_item()
            && !path.starts_with("Private")
        {
            self.source.remove(&path);
            self.items.remove(&path);
        }
        if self.dice.one_in(5)
            && let Some(path) = self.any_item()
        {
            self.source.set_restless(&path, 1);
        }
        self.trouble();
        let day = 24 * 60 * 60 * 1000;
        let jump = if self.dice.one_in(10) { -3 * day } else { day };
        *self.clock.0.lock().unwrap() += jump;
    }

    fn trouble(&mut self) {
        if self.dice.one_in(4)
            && let Some(path) = self.any_item()
        {
            let content = self.items[&path].clone();
            let hash = TwinHasher::of(content.as_bytes()).sha256;
            if self.hub.holds(content.as_bytes()) {
                if self.dice.one_in(2) {
                    self.hub.delete(hash);
                    self.deleted.insert(content);
                } else {
                    self.hub.lose(hash);
                }
            }
        }
        if self.dice.one_in(25) {
            if self.dice.one_in(2) {
                self.hub.replace();
            } else {
                self.hub.restore_empty_copy();
            }
            self.deleted.clear();
        }
        for _ in 0..self.dice.below(5) {
            let fault = match self.dice.below(4) {
                0 => Fault::Lost(away()),
                1 => Fault::ReplyLost(away()),
                2 => Fault::Cut,
                _ => Fault::Lost(HubError::Retryable { reason: "busy".into(), retry_after: None }),
            };
            let calls = self.dice.below(40);
            self.hub.fail_after(calls, fault);
        }
    }

    fn any_item(&mut self) -> Option<String> {
        let at = self.dice.below(self.items.len().max(1) as u64);
        self.items.keys().nth(usize::try_from(at).unwrap()).cloned()
    }

    /// The promise, after a run that nobody disturbed.
    fn check_the_promise(&mut self) {
        self.hub.shelf().forget_faults();
        let outcome = self.live(u64::MAX).unwrap();
        assert_eq!(outcome.ending, Ending::Complete);
        assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
        let excluded: BTreeSet<_> = self
            .items
            .iter()
            .filter(|(path, _)| path.starts_with("Private"))
            .map(|(_, content)| content)
            .collect();
        let chosen: Vec<_> = self
            .items
            .iter()
            .filter(|(path, _)| path.starts_with("Camera") || path.starts_with("Trips"))
            .collect();
        assert_eq!(outcome.seen, chosen.len() as u64);
        for (path, content) in chosen {
            let kept_back = excluded.contains(content) || self.deleted.contains(content);
            assert!(kept_back || self.hub.holds(content.as_bytes()), "{path} with {content} is lost");
        }
        let (received, reads) = (self.hub.shelf().received_bytes, self.source.reads());
        let again = self.live(u64::MAX).unwrap();
        assert!(again.all_safe() && again.stored == 0);
        assert_eq!(
            (self.hub.shelf().received_bytes, self.source.reads()),
            (received, reads),
            "there is peace"
        );
    }
}

fn live_a_month(seed: u64, on_disk: bool) -> u32 {
    let mut world = World::new(seed, on_disk);
    for day in 1..=30 {
        world.spend_a_day();
        for _ in 0..world.dice.below(3) {
            let steps = 1 + world.dice.below(120);
            world.live(steps);
        }
        if day % 5 == 0 {
            world.check_the_promise();
        }
    }
    world.kills
}

#[test]
fn a_month_with_kills_loses_nothing_and_stores_nothing_twice() {
    let kills: u32 = (0..60).map(|seed| live_a_month(seed, false)).sum();
    assert!(kills > 300, "only {kills} kills");
}

#[test]
fn a_month_with_a_ledger_on_disk_is_no_different() {
    assert!((100..103).map(|seed| live_a_month(seed, true)).sum::<u32>() > 10);
}

#[test]
fn a_kill_at_every_single_step_loses_nothing() {
    let mut steps = 1;
    loop {
        let mut world = World::new(7, false);
        for index in 0..4 {
            world.put("Camera", format!("{index} small"));
            world.put("Trips/2026", format!("{index} is a longer one that goes in pieces"));
        }
        let killed = world.live(steps).is_none();
        world.check_the_promise();
        let most = world.hub.shelf().arrivals.values().copied().max();
        assert!(most <= Some(2), "at most what was under way goes up again");
        if !killed {
            return;
        }
        steps += 1;
    }
}
