use std::sync::Mutex;

use domain::{ContentHash, OsRandom, TimestampMs, TwinHasher};

use super::*;
use crate::ledger::{ItemKey, Record, State, Write};
use crate::pause::FakePause;
use crate::report::Ending;
use crate::settings::AlbumState;
use crate::sources::fake::FakeSource;
use crate::sources::{LocalId, SourceId};
use crate::uploader::HubError;
use crate::uploader::fake_hub::{FakeHub, Fault, away};
use crate::uploader::lanes::{BIG_BYTES, SHARED_BYTES};

#[derive(Debug, Default)]
pub(super) struct FakeClock(pub(super) Mutex<TimestampMs>);

impl Clock for FakeClock {
    fn now_ms(&self) -> TimestampMs {
        *self.0.lock().unwrap()
    }
}

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<Event>>);

impl Reports for Heard {
    fn tell(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

/// A timer that never rings.
#[derive(Debug)]
struct NeverOver;

#[async_trait::async_trait]
impl Pause for NeverOver {
    fn ticks_ms(&self) -> u64 {
        0
    }

    async fn pause(&self, _how_long: Duration) {
        std::future::pending::<()>().await;
    }
}

pub(super) const SOURCE: SourceId = SourceId(1);

/// A device, a hub and a clock.
pub(super) struct Scene {
    pub(super) source: FakeSource,
    pub(super) hub: Arc<FakeHub>,
    clock: Arc<FakeClock>,
    heard: Arc<Heard>,
    pub(super) engine: Engine,
    pub(super) options: RunOptions,
}

impl Scene {
    pub(super) fn new() -> Self {
        let source = FakeSource::new(SOURCE);
        let (hub, clock, heard) = <(Arc<FakeHub>, Arc<FakeClock>, Arc<Heard>)>::default();
        let ids = domain::Ids::new(clock.clone(), Arc::new(OsRandom));
        let parts = Parts {
            sources: vec![Arc::new(source.clone())],
            settings: Settings::new(&ids),
            ledger: Arc::new(Ledger::in_memory().unwrap()),
            hub: hub.clone(),
            clock: clock.clone(),
            random: Arc::new(OsRandom),
            pause: Arc::new(FakePause::default()),
            reports: heard.clone(),
        };
        let options = RunOptions { small_bytes: 20, piece_bytes: 8, ..RunOptions::default() };
        Self { source, hub, clock, heard, engine: Engine::new(parts), options }
    }

    /// Puts an item there whose content is its text.
    pub(super) fn put(&self, path: &str, content: &str, at: i64) -> &Self {
        self.source.put(path, content.as_bytes(), at * 1_000_000);
        self
    }

    pub(super) fn set(&mut self, folder: &str, state: AlbumState) {
        self.engine.parts.settings.set_album_state(SOURCE, &LocalId::from_slashes(folder), state);
    }

    pub(super) async fn run(&self) -> Outcome {
        let outcome = self.engine.run(&self.options, &CancellationToken::new()).await.unwrap();
        self.hub.check();
        let parts = outcome.safe() + (outcome.skipped.len() + outcome.failed.len()) as u64;
        assert_eq!(outcome.seen, parts, "each item ends once: {outcome:?}");
        outcome
    }

    pub(super) fn record(&self, path: &str) -> Option<Record> {
        let key = ItemKey { source: SOURCE, local: LocalId::from_slashes(path) };
        self.engine.parts.ledger.get(&key).unwrap()
    }

    pub(super) fn state(&self, path: &str) -> Option<State> {
        self.record(path).map(|record| record.state)
    }

    fn heard(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        self.heard.0.lock().unwrap().iter().filter(|event| wanted(event)).count()
    }
}

fn content(text: &str) -> ContentHash {
    TwinHasher::of(text.as_bytes()).sha256
}

pub(super) fn counts(outcome: &Outcome) -> (u64, u64, usize, usize) {
    (outcome.stored, outcome.already_held, outcome.skipped.len(), outcome.failed.len())
}

pub(super) const LONG: &str = "a long video that goes up in many pieces of eight bytes each";

#[tokio::test]
async fn everything_arrives_once_and_the_second_run_sends_nothing() {
    let scene = Scene::new();
    scene
        .put("Camera/a.jpg", "a", 1)
        .put("Camera/b.mov", LONG, 2)
        .put("Trips/2026/c.jpg", "", 3)
        .put("d.jpg", "d", 4);
    let first = scene.run().await;
    assert_eq!(counts(&first), (4, 0, 0, 0));
    assert!(first.all_safe());
    assert_eq!((first.bytes_sent, first.bytes_total), (62, 62));
    assert_eq!(scene.hub.entries(), ["Camera/a.jpg", "Camera/b.mov", "Fake 1/d.jpg", "Trips/2026/c.jpg"]);
    let reads = scene.source.reads();
    let second = scene.run().await;
    assert_eq!(counts(&second), (0, 4, 0, 0));
    assert!(second.all_safe());
    assert_eq!((second.bytes_sent, scene.source.reads()), (0, reads), "no item is even opened");
    assert_eq!(scene.hub.shelf().reports.len(), 2);
}

#[tokio::test]
async fn a_dry_run_tells_and_touches_nothing() {
    let scene = Scene::new();
    scene.put("a.jpg", "abc", 1).put("b.jpg", LONG, 2);
    let summary = scene.engine.dry_run(&scene.options).await.unwrap();
    assert_eq!((summary.chosen, summary.to_hash, summary.to_offer_bytes), (2, 2, 63));
    assert_eq!((scene.hub.shelf().steps, scene.source.reads(), scene.state("a.jpg")), (0, 0, None));
    scene.run().await;
    let after = scene.engine.dry_run(&scene.options).await.unwrap();
    assert_eq!((after.safe, after.to_hash, after.to_offer), (2, 0, 0));
}

#[tokio::test]
async fn the_same_bytes_go_up_once_and_are_filed_under_each_name() {
    let scene = Scene::new();
    for index in 0..10 {
        scene.put(&format!("album {index}/same.jpg"), "same", index);
    }
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 9, 0, 0));
    assert_eq!(scene.hub.shelf().arrivals[&content("same")], 1);
    assert_eq!(scene.hub.entries().len(), 10);
}

#[tokio::test]
async fn excluded_wins_also_when_only_the_bytes_tell() {
    let mut scene = Scene::new();
    scene.put("Camera/a.jpg", "private", 1).put("Camera/b.jpg", "public!", 2).put(
        "Private/x.jpg",
        "private",
        3,
    );
    scene.set("Private", AlbumState::Exclude);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 0, 1, 0));
    assert_eq!(outcome.skipped[0].reason.as_ref(), "it is also in \"Private\", which is excluded");
    assert!(outcome.all_safe(), "what is excluded is not chosen");
    assert!(!scene.hub.holds(b"private") && scene.hub.holds(b"public!"));
    assert_eq!(counts(&scene.run().await), (0, 1, 1, 0), "and it stays so");
}

#[tokio::test]
async fn an_excluded_item_that_cannot_be_read_holds_back_what_may_be_the_same() {
    let mut scene = Scene::new();
    scene.put("Camera/a.jpg", "private", 1).put("Camera/b.jpg", "other", 2).put(
        "Private/x.jpg",
        "private",
        3,
    );
    scene.set("Private", AlbumState::Exclude);
    scene.source.set_unreadable("Private/x.jpg", true);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 0, 0, 1));
    assert!(outcome.failed[0].reason.contains("may be the same as an item of \"Private\""));
    scene.source.set_unreadable("Private/x.jpg", false);
    scene.source.set_restless("Private/x.jpg", 2);
    assert_eq!(counts(&scene.run().await), (0, 1, 1, 0));
}

#[tokio::test]
async fn an_excluded_item_that_vanishes_before_it_was_read_holds_back_what_may_be_the_same() {
    let mut scene = Scene::new();
    scene.put("Camera/a.jpg", "private", 1).put("Camera/b.jpg", "other", 2).put(
        "Private/x.jpg",
        "private",
        3,
    );
    scene.set("Private", AlbumState::Exclude);
    scene.source.set_trouble_after("Private/x.jpg", 0, true);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 0, 0, 1), "{outcome:?}");
    assert!(outcome.failed[0].reason.contains("may be the same as an item of \"Private\""));
    assert!(!scene.hub.holds(b"private") && !outcome.all_safe());
    scene.put("Private/y.jpg", "another", 4);
    assert_eq!(counts(&scene.run().await), (1, 1, 0, 0), "it really is gone, and excludes nothing any more");
}

#[tokio::test]
async fn neutral_albums_are_not_chosen() {
    let mut scene = Scene::new();
    scene.put("Camera/a.jpg", "a", 1).put("Memes/b.jpg", "b", 2);
    scene.set("Memes", AlbumState::Neutral);
    assert_eq!(scene.run().await.seen, 1);
    assert!(!scene.hub.holds(b"b"));
    scene.set("Memes", AlbumState::Include);
    assert_eq!(counts(&scene.run().await), (1, 1, 0, 0));
}

#[tokio::test]
async fn what_was_deleted_on_the_hub_stays_deleted_until_somebody_takes_it_back() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("b.jpg", "b", 2);
    scene.run().await;
    scene.hub.delete(content("a"));
    for _ in 0..2 {
        let outcome = scene.run().await;
        assert_eq!(counts(&outcome), (0, 1, 1, 0));
        assert_eq!(outcome.skipped[0].reason.as_ref(), "deleted on the hub earlier; not sent again");
        assert!(outcome.all_safe() && !scene.hub.holds(b"a"));
    }
    scene.hub.undelete(content("a"), b"a");
    assert_eq!(counts(&scene.run().await), (0, 2, 0, 0));
    assert_eq!(scene.hub.shelf().arrivals[&content("a")], 1);
}

#[tokio::test]
async fn what_the_hub_lost_is_sent_again() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("b.jpg", "b", 2);
    scene.run().await;
    scene.hub.shelf().offered.clear();
    scene.hub.damage(content("a"));
    // The fake forgets bytes without telling entries; they are made again.
    let outcome = scene.engine.run(&scene.options, &CancellationToken::new()).await.unwrap();
    assert_eq!(counts(&outcome), (1, 1, 0, 0));
    assert!(scene.hub.holds(b"a"));
    assert_eq!(scene.hub.shelf().offered, [1], "only what is in doubt is offered");
}

#[tokio::test]
async fn another_hub_or_a_restored_one_gets_everything_without_hashing_again() {
    for replace in [FakeHub::replace as fn(&FakeHub), FakeHub::restore_empty_copy] {
        let scene = Scene::new();
        scene.put("a.jpg", "a", 1).put("b.jpg", LONG, 2);
        scene.run().await;
        replace(&scene.hub);
        let reads = scene.source.reads();
        let outcome = scene.run().await;
        assert_eq!(counts(&outcome), (2, 0, 0, 0));
        assert!(outcome.all_safe() && scene.hub.holds(LONG.as_bytes()));
        assert_eq!(scene.source.reads() - reads, 1 + LONG.len().div_ceil(8) as u64, "read to be sent only");
        assert_eq!(scene.heard(|event| matches!(event, Event::ComparingAll { .. })), 1);
    }
}

#[tokio::test]
async fn everything_is_compared_once_a_week_or_when_asked() {
    let mut scene = Scene::new();
    scene.put("a.jpg", "a", 1);
    scene.run().await;
    let compared = |scene: &Scene| std::mem::take(&mut scene.hub.shelf().offered).len();
    assert_eq!(compared(&scene), 1);
    let day = 24 * 60 * 60 * 1000;
    for (days, expected) in [(1, 0), (7, 1), (8, 0), (15, 1), (3, 1)] {
        *scene.clock.0.lock().unwrap() = days * day;
        let outcome = scene.run().await;
        assert_eq!(counts(&outcome), (0, 1, 0, 0));
        assert_eq!(compared(&scene), expected, "day {days}");
    }
    scene.options.verify = true;
    scene.run().await;
    assert_eq!(compared(&scene), 1);
    assert_eq!(scene.hub.shelf().arrivals[&content("a")], 1);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_is_taken_again() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("wild.jpg", "w", 2);
    scene.source.set_restless("a.jpg", 1);
    scene.source.set_restless("wild.jpg", 1000);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 0, 0, 1));
    assert_eq!(outcome.failed[0].reason.as_ref(), "it keeps changing while it is read");
    scene.source.set_restless("wild.jpg", 0);
    assert_eq!(counts(&scene.run().await), (1, 1, 0, 0));
}

#[tokio::test]
async fn files_that_vanish_or_cannot_be_read_stop_no_other() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("b.jpg", "b", 2).put("c.jpg", "c", 3);
    scene.source.set_unreadable("b.jpg", true);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (2, 0, 0, 1));
    assert!(outcome.failed[0].reason.contains("cannot be read") && !outcome.failed[0].permanent);
    assert!(matches!(scene.state("b.jpg"), Some(State::Failed { permanent: false, .. })));
    scene.source.set_unreadable("b.jpg", false);
    assert!(scene.run().await.all_safe());
    scene.source.remove("c.jpg");
    let outcome = scene.run().await;
    assert_eq!((counts(&outcome), scene.state("c.jpg")), ((0, 2, 0, 0), None));
}

#[tokio::test]
async fn a_file_that_changes_between_hashing_and_sending_is_taken_again() {
    for (still_reads, content) in [(1, "small"), (1, LONG), (4, LONG)] {
        let scene = Scene::new();
        scene.put("a.mov", content, 1);
        scene.source.set_trouble_after("a.mov", still_reads, false);
        let outcome = scene.run().await;
        assert!(outcome.all_safe() && outcome.safe() == 1, "{outcome:?}");
        assert_eq!(scene.hub.entries(), ["Fake 1/a.mov"]);
        let sent = scene.hub.shelf().received_bytes;
        assert_eq!(counts(&scene.run().await), (0, 1, 0, 0));
        assert_eq!(scene.hub.shelf().received_bytes, sent);
    }
}

#[tokio::test]
async fn the_newer_version_of_a_file_goes_up_beside_the_older_one() {
    let scene = Scene::new();
    scene.put("a.jpg", "first", 1);
    scene.run().await;
    scene.put("a.jpg", "second", 2);
    assert_eq!(counts(&scene.run().await), (1, 0, 0, 0));
    assert!(scene.hub.holds(b"first") && scene.hub.holds(b"second"));
    assert_eq!(scene.hub.entries().len(), 2);
}

#[tokio::test]
async fn a_file_that_was_edited_in_place_with_its_time_set_back_goes_up() {
    let scene = Scene::new();
    scene.put("a.jpg", "first", 1).put("b.jpg", "b", 2);
    scene.run().await;
    scene.source.edit_in_place("a.jpg", b"other");
    assert_eq!(counts(&scene.run().await), (1, 1, 0, 0));
    assert!(scene.hub.holds(b"first") && scene.hub.holds(b"other"));
    let reads = scene.source.reads();
    assert!(scene.run().await.all_safe());
    assert_eq!(scene.source.reads(), reads);
}

#[tokio::test]
async fn a_file_that_was_only_touched_is_read_once_and_neither_offered_nor_sent() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("b.jpg", "b", 2).put("v.mov", LONG, 3);
    scene.run().await;
    scene.hub.delete(content("b"));
    scene.run().await;
    let (reads, steps) = (scene.source.reads(), scene.hub.shelf().steps);
    for (path, bytes) in [("a.jpg", "a"), ("b.jpg", "b"), ("v.mov", LONG)] {
        scene.source.edit_in_place(path, bytes.as_bytes());
    }
    scene.hub.shelf().always = Some(away());
    assert_eq!(scene.run().await.ending, Ending::HubAway);
    assert!(matches!(scene.state("a.jpg"), Some(State::Stored { .. })), "not read yet, and not forgotten");
    scene.hub.shelf().always = None;
    let asked = scene.hub.shelf().steps;
    assert!(asked > steps);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (0, 2, 1, 0), "{outcome:?}");
    assert_eq!((scene.hub.shelf().steps - asked, scene.source.reads() - reads), (3, 3));
    assert!(matches!(scene.state("v.mov"), Some(State::Stored { .. })));
    assert_eq!(counts(&scene.run().await), (0, 2, 1, 0));
    assert_eq!(scene.source.reads() - reads, 3, "once");
}

#[tokio::test]
async fn a_stored_file_that_was_made_unreadable_keeps_what_is_known_of_it() {
    for restless in [false, true] {
        let scene = Scene::new();
        scene.put("a.jpg", "a", 1).put("b.jpg", "b", 2);
        scene.run().await;
        scene.source.edit_in_place("a.jpg", b"a");
        if restless {
            scene.source.set_restless("a.jpg", 9);
        } else {
            scene.source.set_unreadable("a.jpg", true);
        }
        let before = scene.record("a.jpg");
        assert_eq!(counts(&scene.run().await), (0, 1, 0, 1), "it cannot be told whether it is safe");
        assert_eq!(scene.record("a.jpg"), before);
        assert!(before.is_some_and(|record| record.hashes.is_some()));
        if !restless {
            scene.source.set_unreadable("a.jpg", false);
            let steps = scene.hub.shelf().steps;
            assert_eq!(counts(&scene.run().await), (0, 2, 0, 0));
            assert_eq!(scene.hub.shelf().steps - steps, 3, "neither offered nor sent");
        }
    }
}

#[tokio::test]
async fn what_is_not_hashed_yet_goes_on_when_all_that_waits_to_be_sent_finds_no_room() {
    let mut scene = Scene::new();
    (scene.options.uploads, scene.options.hashers) = (1, 1);
    let length_bytes = usize::try_from(SHARED_BYTES).unwrap() + 1;
    scene.options.piece_bytes = 512;
    for number in 100..170 {
        scene.put(&format!("{number}.mov"), &number.to_string().repeat(length_bytes / 3 + 1), number);
    }
    scene.hub.shelf().full = true;
    assert_eq!(counts(&scene.run().await), (0, 0, 0, 70));
    scene.hub.shelf().full = false;
    // All films are offered at once and wait, so that hashing does, too; the first is refused half-way.
    for number in 0..300 {
        scene.put(&format!("{number}.jpg"), &number.to_string(), 1);
    }
    scene.hub.fail_after(1500, Fault::Lost(HubError::StorageFull));
    let outcome = scene.run().await;
    let other = outcome.failed.iter().find(|item| item.reason.as_ref() != "the hub's disk is full");
    assert!(other.is_none(), "{other:?}");
    assert_eq!(counts(&outcome), (300, 0, 0, 70));
}

#[tokio::test]
async fn a_film_that_finds_no_room_holds_up_nothing_smaller() {
    let mut scene = Scene::new();
    scene.options.uploads = 1;
    scene.options.small_bytes = SHARED_BYTES;
    scene.options.piece_bytes = SHARED_BYTES;
    let bytes = |mib: usize, fill: &str| fill.repeat(mib << 20);
    scene.put("long.mov", &bytes(4, "l"), 9).put("twin/long.mov", &bytes(4, "l"), 8);
    scene.put("other.mov", &bytes(5, "o"), 7).put("short.mov", &bytes(2, "s"), 6).put("a.jpg", "a", 1);
    scene.hub.shelf().room_bytes = Some(3 << 20);
    let outcome = scene.run().await;
    assert_eq!((outcome.ending, counts(&outcome)), (Ending::HubFull, (2, 0, 0, 3)), "{outcome:?}");
    assert!(outcome.failed.iter().all(|item| item.reason.as_ref() == "the hub's disk is full"));
    assert_eq!(scene.hub.shelf().refused_for_room, 1, "what is as long is not even tried");
    scene.hub.shelf().room_bytes = None;
    assert_eq!(counts(&scene.run().await), (2, 3, 0, 0));
}

#[tokio::test]
async fn a_large_file_that_was_touched_goes_on_where_it_was() {
    let scene = Scene::new();
    scene.put("v.mov", LONG, 1);
    let hub = scene.hub.clone();
    let pulled = async {
        while hub.shelf().received_bytes < 24 {
            tokio::task::yield_now().await;
        }
        hub.shelf().always = Some(away());
    };
    tokio::join!(scene.run(), pulled);
    assert!(matches!(scene.state("v.mov"), Some(State::Uploading(_))));
    scene.source.edit_in_place("v.mov", LONG.as_bytes());
    scene.hub.shelf().always = None;
    assert!(scene.run().await.all_safe());
    let shelf = scene.hub.shelf();
    assert_eq!((shelf.begun, shelf.received_bytes), (1, LONG.len() as u64));
}

#[tokio::test]
async fn a_ledger_of_an_earlier_version_is_not_hashed_again_and_learns_the_systems_time() {
    let scene = Scene::new();
    scene.put("a.jpg", "first", 1);
    scene.run().await;
    let mut known = scene.record("a.jpg").unwrap();
    known.facts.changed_at_ns = None;
    let key = ItemKey { source: SOURCE, local: LocalId::from_slashes("a.jpg") };
    scene.engine.parts.ledger.record(&[(key, Write::Set(known.clone()))]).unwrap();
    let reads = scene.source.reads();
    scene.engine.dry_run(&scene.options).await.unwrap();
    assert_eq!(scene.record("a.jpg"), Some(known.clone()), "a dry run writes nothing");
    assert!(scene.run().await.all_safe());
    assert_eq!(scene.source.reads(), reads);
    let learnt = scene.record("a.jpg").unwrap();
    assert!(learnt.facts.changed_at_ns.is_some());
    assert_eq!((learnt.hashes, learnt.state), (known.hashes, known.state));
    scene.source.edit_in_place("a.jpg", b"other");
    assert_eq!(counts(&scene.run().await), (1, 0, 0, 0));
}

#[tokio::test]
async fn a_file_that_vanishes_from_among_others_is_no_failure() {
    for still_reads in 0..4 {
        let scene = Scene::new();
        scene.put("a.jpg", "a", 1).put("gone.mov", LONG, 2);
        scene.source.set_trouble_after("gone.mov", still_reads, true);
        let outcome = scene.run().await;
        assert_eq!(counts(&outcome), (1, 0, 1, 0), "{outcome:?}");
        assert_eq!(
            outcome.skipped[0].reason.as_ref(),
            "it was deleted on this device before it could be sent"
        );
        assert!(outcome.all_safe() && scene.state("gone.mov").is_none());
    }
}

#[tokio::test]
async fn a_disk_that_is_pulled_out_in_mid_run_is_a_failure_and_forgets_nothing() {
    let paths = ["Camera/a.jpg", "Camera/b.jpg", "Trips/v.mov"];
    let mut met = 0;
    for reads in 0..20 {
        let scene = Scene::new();
        scene.put(paths[0], "a", 1).put(paths[1], "b", 2).put(paths[2], LONG, 3);
        scene.source.set_away_after(reads);
        let outcome = scene.run().await;
        assert!(outcome.skipped.is_empty(), "nothing was deleted, after {reads} reads: {outcome:?}");
        assert!(paths.iter().all(|path| scene.state(path).is_some()), "after {reads} reads");
        assert_eq!(outcome.all_safe(), outcome.failed.is_empty());
        if !outcome.failed.is_empty() {
            met += 1;
            assert!(outcome.failed.iter().all(|item| item.reason.contains("is the disk still attached?")));
        }
        scene.source.set_away(false);
        assert!(scene.run().await.all_safe(), "after {reads} reads");
        assert_eq!(scene.hub.entries().len(), 3);
    }
    assert!(met >= 6, "while hashing and while sending: {met}");
}

#[tokio::test]
async fn the_last_file_of_a_folder_that_vanishes_fails_once() {
    let scene = Scene::new();
    scene.put("Camera/a.jpg", "a", 1).put("Trips/gone.jpg", "b", 2);
    scene.source.set_trouble_after("Trips/gone.jpg", 0, true);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 0, 0, 1));
    assert!(!outcome.all_safe() && scene.state("Trips/gone.jpg").is_some());
    assert_eq!(counts(&scene.run().await), (0, 1, 0, 0));
}

#[tokio::test]
async fn a_full_disk_on_the_device_ends_the_run_with_words_and_the_next_one_goes_on() {
    let mut scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("b.mov", LONG, 2);
    let disk = crate::ledger::tests::SmallDisk::new(u64::MAX);
    scene.engine.parts.ledger = Arc::new(Ledger::on(disk.clone()).unwrap());
    disk.room_bytes.store(0, std::sync::atomic::Ordering::SeqCst);
    let error = scene.engine.run(&scene.options, &CancellationToken::new()).await.unwrap_err();
    assert!(error.is_retryable() && error.to_string().contains("disk is full"), "{error}");
    disk.room_bytes.store(u64::MAX, std::sync::atomic::Ordering::SeqCst);
    scene.engine.parts.ledger = Arc::new(Ledger::in_memory().unwrap());
    scene.engine.parts.ledger = Arc::new(Ledger::on(disk).unwrap());
    assert!(scene.run().await.all_safe());
}

#[tokio::test]
async fn a_real_folder_of_odd_files_arrives_byte_for_byte() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{}.jpg", "x".repeat(251));
    let names: [&[u8]; 7] = [
        b"two\nlines.jpg",
        "🦊.heic".as_bytes(),
        long.as_bytes(),
        b"bad\xff.jpg",
        b"bad\xfe.jpg",
        "caf\u{e9}.jpg".as_bytes(),
        "cafe\u{301}.jpg".as_bytes(),
    ];
    for name in names {
        crate::durable::replace(&folder.path().join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
    }
    crate::durable::replace(&folder.path().join("empty.jpg"), b"").unwrap();
    let mut scene = Scene::new();
    scene.engine.parts.settings.add_source(folder.path(), false).unwrap();
    scene.engine.parts.sources = scene.engine.parts.settings.open_sources();
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (8, 0, 0, 0));
    assert!(names.iter().all(|name| scene.hub.holds(name)) && scene.hub.holds(b""));
    let mut raw = scene.hub.shelf().raw_names.clone();
    raw.sort();
    let mut wanted: Vec<_> = names.iter().filter(|name| !name.is_ascii()).map(|name| name.to_vec()).collect();
    wanted.sort();
    assert_eq!(raw, wanted, "the bytes of every name that text alone may not bring back");
    assert_eq!(counts(&scene.run().await), (0, 8, 0, 0));
}

#[tokio::test]
async fn a_source_that_was_pulled_out_is_a_failure_and_forgets_nothing() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1);
    scene.run().await;
    scene.source.set_away(true);
    let outcome = scene.run().await;
    assert_eq!(outcome.failed.len(), 1);
    assert!(!outcome.all_safe() && scene.state("a.jpg").is_some());
    scene.source.set_away(false);
    let reads = scene.source.reads();
    assert!(scene.run().await.all_safe());
    assert_eq!(scene.source.reads(), reads);
}

#[tokio::test]
async fn a_hub_that_is_away_is_waited_for_and_then_it_goes_on() {
    let scene = Scene::new();
    for index in 0..20 {
        scene.put(&format!("{index:02}.jpg"), &format!("content {index}"), index);
    }
    scene.hub.fail_after(6, Fault::Lost(away()));
    scene.hub.fail_after(9, Fault::ReplyLost(away()));
    scene.hub.fail_after(12, Fault::Cut);
    scene.hub.fail_after(14, Fault::Lost(HubError::Retryable { reason: "busy".into(), retry_after: None }));
    let outcome = scene.run().await;
    assert!(outcome.all_safe(), "{outcome:?}");
    assert!(scene.heard(|event| matches!(event, Event::HubAway { .. })) > 0);
    assert!(scene.heard(|event| matches!(event, Event::HubBack)) > 0);
    assert_eq!(scene.hub.entries().len(), 20);
}

#[tokio::test]
async fn patience_ends_and_every_item_says_why() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("b.jpg", "b", 2);
    scene.hub.shelf().always = Some(away());
    let outcome = scene.run().await;
    assert_eq!((outcome.ending, outcome.confirmed, outcome.failed.len()), (Ending::HubAway, false, 2));
    assert!(outcome.failed.iter().all(|item| item.reason.contains("the hub does not answer")));
    assert!(outcome.seconds >= 600.0 && outcome.seconds < 800.0, "{}", outcome.seconds);
    scene.hub.shelf().always = None;
    assert!(scene.run().await.all_safe());
}

#[tokio::test]
async fn a_hub_that_goes_away_in_the_middle_ends_the_run_with_what_was_done() {
    let mut scene = Scene::new();
    // Few at a time: most still wait when the hub goes.
    scene.options.uploads = 1;
    for index in 0..50 {
        scene.put(&format!("{index:02}.jpg"), &format!("content {index}"), index);
    }
    scene.hub.shelf().always_left = Some(u64::MAX);
    let hub = scene.hub.clone();
    let pulled = async {
        while hub.shelf().arrivals.len() < 10 {
            tokio::task::yield_now().await;
        }
        hub.shelf().always = Some(away());
    };
    let (outcome, ()) = tokio::join!(scene.run(), pulled);
    assert_eq!(outcome.ending, Ending::HubAway);
    assert!(outcome.stored >= 6 && outcome.failed.len() >= 30, "{:?}", counts(&outcome));
    scene.hub.shelf().always = None;
    assert!(scene.run().await.all_safe());
    assert!(scene.hub.shelf().arrivals.values().all(|&times| times == 1), "nothing goes up twice");
}

#[tokio::test]
async fn a_revoked_token_stops_with_words() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("b.jpg", LONG, 2);
    scene.hub.fail_after(3, Fault::Lost(HubError::Revoked));
    let outcome = scene.run().await;
    assert_eq!(outcome.ending, Ending::Revoked);
    assert!(outcome.failed.iter().all(|item| item.reason.contains("connect it again")), "{outcome:?}");
    scene.hub.shelf().always = Some(HubError::Revoked);
    let outcome = scene.run().await;
    assert_eq!((outcome.ending, outcome.seconds), (Ending::Revoked, 0.0), "there is nothing to wait for");
}

#[tokio::test]
async fn a_full_hub_stops_sending_but_not_filing_and_goes_on_when_there_is_room() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1);
    scene.run().await;
    scene.hub.shelf().full = true;
    scene.put("b.jpg", "b", 2).put("c/b.jpg", "b", 2).put("c/v.mov", LONG, 3).put("c/a.jpg", "a", 4);
    let outcome = scene.run().await;
    assert_eq!(outcome.ending, Ending::HubFull);
    assert_eq!(counts(&outcome), (0, 2, 0, 3), "{outcome:?}");
    assert!(outcome.failed.iter().all(|item| item.reason.as_ref() == "the hub's disk is full"));
    scene.hub.shelf().full = false;
    assert_eq!(counts(&scene.run().await), (2, 3, 0, 0));
}

#[tokio::test]
async fn what_the_hub_refuses_for_good_fails_alone_and_is_tried_again_when_a_person_asks() {
    let mut scene = Scene::new();
    scene.put("bad.jpg", "bad", 1).put("x/bad.jpg", "good", 2).put("good.jpg", "good", 3);
    scene.hub.shelf().refused.insert("bad.jpg".into());
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 0, 0, 2), "{outcome:?}");
    assert!(outcome.failed.iter().all(|item| item.reason.contains("does not want this name")));
    scene.options.only_due = true;
    let sent = scene.hub.shelf().received_bytes;
    assert_eq!(scene.run().await.failed.len(), 2);
    assert_eq!(scene.hub.shelf().received_bytes, sent, "no automatic run sends it again");
    scene.options.only_due = false;
    assert_eq!(scene.run().await.failed.len(), 2);
    assert_eq!(scene.hub.shelf().received_bytes - sent, 3, "once in a run that a person starts");
    scene.hub.shelf().refused.clear();
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 2, 0, 0), "and it works once the reason is gone");
    assert!(outcome.all_safe());
}

#[tokio::test]
async fn a_large_file_goes_on_where_it_was() {
    let scene = Scene::new();
    scene.put("v.mov", LONG, 1);
    // changes, offer, begin, three pieces, then the network is cut for longer than patience.
    scene.hub.fail_after(6, Fault::Cut);
    let hub = scene.hub.clone();
    let pulled = async {
        while hub.shelf().received_bytes < 28 {
            tokio::task::yield_now().await;
        }
        hub.shelf().always = Some(away());
    };
    let (outcome, ()) = tokio::join!(scene.run(), pulled);
    assert_eq!(outcome.ending, Ending::HubAway);
    assert!(matches!(scene.state("v.mov"), Some(State::Uploading(_))));
    scene.hub.shelf().always = None;
    assert!(scene.run().await.all_safe());
    let shelf = scene.hub.shelf();
    assert_eq!((shelf.begun, shelf.received_bytes), (1, LONG.len() as u64), "no byte twice");
}

#[tokio::test]
async fn an_upload_that_expired_or_lost_its_last_reply_still_ends_well() {
    let scene = Scene::new();
    scene.put("v.mov", LONG, 1);
    let last = 3 + LONG.len().div_ceil(8) as u64 - 1;
    scene.hub.fail_after(last, Fault::ReplyLost(away()));
    assert_eq!(counts(&scene.run().await), (1, 0, 0, 0));
    assert_eq!(scene.hub.shelf().begun, 1);
    scene.put("w.mov", &LONG.replace('v', "w"), 2);
    scene.hub.fail_after(5, Fault::Lost(HubError::UploadGone));
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 1, 0, 0));
    assert_eq!(scene.hub.shelf().begun, 3);
    scene.hub.expire_uploads();
    assert!(scene.run().await.all_safe());
}

#[tokio::test]
async fn an_item_that_never_works_is_given_up_after_some_tries_and_others_are_not_held_up() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1);
    for call in 2..40 {
        scene.hub.fail_after(
            call,
            Fault::Lost(HubError::Retryable { reason: "fault 500".into(), retry_after: None }),
        );
    }
    let outcome = scene.run().await;
    assert_eq!(outcome.ending, Ending::Complete);
    assert_eq!(outcome.failed[0].reason.as_ref(), "fault 500");
    assert_eq!(scene.heard(|event| matches!(event, Event::Retrying { .. })), 8);
}

#[tokio::test]
async fn a_stop_is_an_ending_and_not_a_loss() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("v.mov", LONG, 2);
    let stop = CancellationToken::new();
    let hub = scene.hub.clone();
    let stopping = async {
        while hub.shelf().received_bytes < 8 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    let (outcome, ()) = tokio::join!(scene.engine.run(&scene.options, &stop), stopping);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.ending, Ending::Stopped);
    assert!(!outcome.failed.is_empty() && !outcome.all_safe());
    assert!(scene.run().await.all_safe());
    assert_eq!(scene.hub.shelf().begun, 1);
}

#[tokio::test]
async fn a_stop_ends_the_run_whichever_call_the_hub_never_answers() {
    let mut met = 0;
    for answered in 0..20 {
        let scene = Scene::new();
        scene.put("a.jpg", "a", 1).put("v.mov", LONG, 2).put("b/a.jpg", "a", 3);
        scene.hub.fall_silent_after(answered);
        let stop = CancellationToken::new();
        let stopped = {
            let mut run = std::pin::pin!(scene.engine.run(&scene.options, &stop));
            tokio::select! {
                outcome = &mut run => { outcome.unwrap(); None }
                () = scene.hub.silence() => {
                    stop.cancel();
                    Some(run.await.unwrap())
                }
            }
        };
        if let Some(outcome) = stopped {
            met += 1;
            let parts = outcome.safe() + outcome.failed.len() as u64;
            assert_eq!((parts, outcome.seen), (3, 3), "after {answered} answers: {outcome:?}");
            // Only the last questions are asked when everything is through.
            let expected = if parts == outcome.safe() { Ending::Complete } else { Ending::Stopped };
            assert_eq!(outcome.ending, expected, "after {answered} answers");
        }
        scene.hub.speak_again();
        assert!(scene.run().await.all_safe(), "after {answered} answers");
        let shelf = scene.hub.shelf();
        assert!(shelf.arrivals.values().all(|&times| times == 1), "nothing goes up twice");
        drop(shelf);
        assert_eq!(scene.hub.entries().len(), 3);
    }
    assert!(met >= 14, "changes, offers, filings, uploads, the end: {met}");
}

#[tokio::test]
async fn a_stop_ends_a_wait_for_the_hub() {
    let mut scene = Scene::new();
    scene.put("a.jpg", "a", 1);
    scene.engine.parts.pause = Arc::new(NeverOver);
    scene.hub.shelf().always = Some(away());
    let stop = CancellationToken::new();
    let heard = scene.heard.clone();
    let stopping = async {
        while !heard.0.lock().unwrap().iter().any(|event| matches!(event, Event::HubAway { .. })) {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    let (outcome, ()) = tokio::join!(scene.engine.run(&scene.options, &stop), stopping);
    assert_eq!(outcome.unwrap().ending, Ending::Stopped);
}

#[tokio::test]
async fn offers_come_in_batches_of_a_thousand_and_big_files_leave_room() {
    let scene = Scene::new();
    for index in 0..2500 {
        scene.put(&format!("{index:04}.jpg"), &format!("{index}"), index);
    }
    let outcome = scene.run().await;
    assert!(outcome.all_safe());
    scene.hub.replace();
    scene.run().await;
    let offered = scene.hub.shelf().offered.clone();
    assert_eq!(offered, [1000, 1000, 500], "what is hashed already goes in full batches");
}

#[tokio::test]
async fn a_folder_of_small_files_goes_up_sixteen_at_a_time() {
    let mut scene = Scene::new();
    scene.options.small_bytes = u64::MAX;
    for index in 0..60 {
        scene.put(&format!("{index}.jpg"), &format!("content {index}"), index);
    }
    scene.run().await;
    // Another hub: everything is hashed already, and nothing but the lanes sets the pace.
    scene.hub.replace();
    assert!(scene.run().await.all_safe());
    assert_eq!(scene.hub.shelf().most_at_once, (16, 0));
}

#[tokio::test]
async fn one_item_that_cannot_be_filed_costs_few_calls_and_no_other_item() {
    let scene = Scene::new();
    let paths: Vec<_> = (0..2001).map(|index| format!("{}/{index}.jpg", index % 20)).collect();
    for path in &paths {
        scene.put(path, "same", 1);
    }
    assert!(scene.run().await.all_safe());
    // Everything is offered again, in full batches, and held.
    let forget = |paths: &[String]| {
        let hashed = |path: &String| {
            let key = ItemKey { source: SOURCE, local: LocalId::from_slashes(path) };
            (key, Write::Set(Record { state: State::Hashed, ..scene.record(path).unwrap() }))
        };
        let writes: Vec<_> = paths.iter().map(hashed).collect();
        scene.engine.parts.ledger.record(&writes).unwrap();
        scene.hub.shelf().filings.clear();
    };
    forget(&paths);
    scene.hub.shelf().refused.insert("1234.jpg".into());
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (0, 2000, 0, 1));
    assert!(outcome.failed[0].item.ends_with("1234.jpg"));
    let filings = scene.hub.shelf().filings.clone();
    assert!(filings.len() < 40, "{filings:?}");

    let bad = &paths[..200];
    forget(bad);
    scene.hub.shelf().refused.extend((0..200).map(|index| format!("{index}.jpg")));
    assert_eq!(scene.run().await.failed.len(), 201);
    let filings = scene.hub.shelf().filings.clone();
    assert!(filings.len() < 220, "one call for each, and some to find out: {filings:?}");
}

#[tokio::test]
async fn a_last_question_that_the_hub_does_not_answer_confirms_nothing() {
    let scene = Scene::new();
    *scene.clock.0.lock().unwrap() = 30 * 24 * 60 * 60 * 1000;
    scene.put("a.jpg", "a", 1);
    assert!(scene.run().await.all_safe());
    // changes; then the last question, again and again until patience ends.
    for call in 1..200 {
        scene.hub.fail_after(call, Fault::Lost(away()));
    }
    let outcome = scene.run().await;
    assert_eq!((outcome.ending, counts(&outcome)), (Ending::Complete, (0, 1, 0, 0)));
    assert!(!outcome.confirmed && !outcome.all_safe());
    assert!(outcome.doubt.as_deref().unwrap().contains("the hub does not answer"), "{outcome:?}");
    let last = scene.engine.parts.ledger.last_run().unwrap().unwrap();
    assert!(!last.all_safe && last.why.unwrap().contains("the hub does not answer"));
    scene.hub.shelf().forget_faults();
    let reports = scene.hub.shelf().reports.len();
    assert_eq!(reports, 1, "a hub that was not asked is told nothing");
    let offered = scene.hub.shelf().offered.len();
    let outcome = scene.run().await;
    assert!(outcome.all_safe() && outcome.doubt.is_none());
    assert_eq!(scene.hub.shelf().offered.len(), offered + 1, "what was not confirmed is compared");
}

#[tokio::test]
async fn a_last_question_that_fails_once_is_asked_again() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1);
    scene.run().await;
    scene.hub.fail_after(1, Fault::Lost(away()));
    assert!(scene.run().await.all_safe());
    scene.hub.fail_after(1, Fault::Lost(HubError::Revoked));
    let outcome = scene.run().await;
    assert!(!outcome.all_safe() && outcome.doubt.unwrap().contains("connect it again"));
}

#[tokio::test]
async fn what_is_deleted_on_the_hub_during_the_run_is_not_called_safe() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("v.mov", LONG, 2);
    let hub = scene.hub.clone();
    let deleting = async {
        while !(hub.holds(b"a") && hub.shelf().received_bytes > 8) {
            tokio::task::yield_now().await;
        }
        hub.delete(content("a"));
    };
    let (outcome, ()) = tokio::join!(scene.run(), deleting);
    assert_eq!(counts(&outcome), (2, 0, 0, 0));
    let doubt = outcome.doubt.as_deref().unwrap();
    assert!(!outcome.all_safe() && doubt.contains("restored 1 item meanwhile"), "{doubt}");
    assert_eq!(counts(&scene.run().await), (0, 1, 1, 0));
}

#[tokio::test]
async fn big_files_have_three_lanes_and_small_ones_share_the_fourth() {
    let mut scene = Scene::new();
    scene.options.small_bytes = u64::MAX;
    let big = "b".repeat(usize::try_from(BIG_BYTES).unwrap());
    for index in 0..5 {
        scene.put(&format!("big{index}.mov"), &format!("{big}{index}"), 100 + index);
        scene.put(&format!("small{index}.jpg"), &format!("{index}"), index);
    }
    assert!(scene.run().await.all_safe());
    let (all, big) = scene.hub.shelf().most_at_once;
    assert!(all <= 7 && big == 3, "{all} at once, {big} big");
}

#[tokio::test]
async fn album_names_stay_when_another_source_comes() {
    let mut scene = Scene::new();
    scene.put("Trips/a.jpg", "a", 1);
    scene.run().await;
    let other = FakeSource::new(SourceId(0));
    other.put("Trips/b.jpg", b"b", 1);
    scene.engine.parts.sources.insert(0, Arc::new(other));
    scene.run().await;
    assert_eq!(scene.hub.entries(), ["Trips/a.jpg", "Trips (Fake 0)/b.jpg"]);
}
