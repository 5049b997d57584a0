use domain::{EntryId, TwinHasher};

use super::*;
use crate::sources::Facts;

fn key(source: u32, path: &str) -> ItemKey {
    ItemKey { source: SourceId(source), local: LocalId::from_slashes(path) }
}

fn record(content: &[u8], state: State) -> Record {
    let hashes = TwinHasher::of(content);
    Record {
        facts: Facts { size_bytes: hashes.size_bytes, modified_at_ns: 5, changed_at_ns: None, file: None },
        hashes: Some(hashes),
        state,
    }
}

fn stored() -> State {
    State::Stored { entry: EntryId::from_bytes([7; 16]), asset: None }
}

fn hub(place: i64) -> HubMemory {
    HubMemory { hub: HubId::from_bytes([1; 16]), place, mark: None, compared_all_at_ms: 0 }
}

fn states(ledger: &Ledger, source: u32) -> Vec<State> {
    ledger.known(SourceId(source)).unwrap().map(|row| row.unwrap().1.state).collect()
}

#[test]
fn what_was_recorded_is_there_after_opening_again_in_the_order_of_a_scan() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let paths = ["b.jpg", "a/z.jpg", "a.jpg"];
    let writes: Vec<_> =
        paths.iter().map(|path| (key(1, path), Write::Set(record(path.as_bytes(), stored())))).collect();
    ledger.record(&writes).unwrap();
    ledger.record(&[(key(2, "other.jpg"), Write::Set(record(b"x", State::Seen)))]).unwrap();
    drop(ledger);
    let ledger = Ledger::open(folder.path()).unwrap();
    let known: Vec<_> = ledger.known(SourceId(1)).unwrap().map(|row| row.unwrap().0.to_string()).collect();
    assert_eq!(known, ["a/z.jpg", "a.jpg", "b.jpg"]);
    assert_eq!(ledger.get(&key(2, "other.jpg")).unwrap(), Some(record(b"x", State::Seen)));
    assert_eq!(ledger.get(&key(2, "none.jpg")).unwrap(), None);
}

#[test]
fn a_second_program_is_told_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Ledger::open(folder.path()).unwrap();
    let error = Ledger::open(folder.path()).unwrap_err();
    assert!(matches!(error, LedgerError::Busy), "{error}");
}

#[test]
fn a_damaged_ledger_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    durable::replace(&folder.path().join(LEDGER_FILE), &[0x55; 8192]).unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    assert_eq!(ledger.counts(&[SourceId(1)]).unwrap(), Counts::default());
    assert!(folder.path().join("ledger.damaged").exists());
}

#[test]
fn items_are_forgotten_one_by_one_or_with_their_source() {
    let ledger = Ledger::in_memory().unwrap();
    for source in [1, 2] {
        for path in ["a.jpg", "b.jpg"] {
            ledger.record(&[(key(source, path), Write::Set(record(b"x", State::Seen)))]).unwrap();
        }
    }
    ledger.name_albums(&[((SourceId(1), LocalId::root()), "One".into())]).unwrap();
    ledger.record(&[(key(2, "a.jpg"), Write::Forget)]).unwrap();
    ledger.forget_source(SourceId(1)).unwrap();
    assert_eq!((states(&ledger, 1).len(), states(&ledger, 2).len()), (0, 1));
    assert!(ledger.album_names().unwrap().is_empty());
}

#[test]
fn another_hub_makes_everything_doubtful_but_hashes_stay() {
    let ledger = Ledger::in_memory().unwrap();
    let failed = State::Failed { why: "no".into(), permanent: true, retry_at_ms: 0 };
    let uploading = State::Uploading(domain::UploadId::from_bytes([3; 16]));
    let before = [stored(), State::DeletedEarlier, uploading, State::Offered, failed, State::Hashed];
    for (index, state) in before.into_iter().enumerate() {
        ledger.record(&[(key(1, &format!("{index}")), Write::Set(record(b"x", state)))]).unwrap();
    }
    let changed = ledger.remember_hub(&hub(3), &Doubt::All, &HashSet::new()).unwrap();
    assert_eq!(changed, 5);
    assert!(states(&ledger, 1).iter().all(|state| *state == State::Hashed));
    assert_eq!(ledger.hub().unwrap(), Some(hub(3)));
}

#[test]
fn another_account_begins_anew() {
    let ledger = Ledger::in_memory().unwrap();
    ledger.remember_hub(&hub(3), &Doubt::Contents(HashSet::new()), &HashSet::new()).unwrap();
    ledger.record(&[(key(1, "a"), Write::Set(record(b"x", stored())))]).unwrap();
    ledger.begin_anew().unwrap();
    assert_eq!(states(&ledger, 1), [State::Hashed], "nothing counts as safe, no hash is computed again");
    assert_eq!((ledger.hub().unwrap(), ledger.last_run().unwrap()), (None, None));
}

#[test]
fn news_of_the_hub_touch_only_what_they_are_about() {
    let ledger = Ledger::in_memory().unwrap();
    let rows = [("gone", b"1", stored()), ("fine", b"2", stored()), ("back", b"3", State::DeletedEarlier)];
    for (path, content, state) in rows {
        ledger.record(&[(key(1, path), Write::Set(record(content, state)))]).unwrap();
    }
    let gone = Doubt::Contents(HashSet::from([TwinHasher::of(b"1").sha256]));
    let back = HashSet::from([TwinHasher::of(b"3").sha256]);
    assert_eq!(ledger.remember_hub(&hub(9), &gone, &back).unwrap(), 2);
    let state = |path| ledger.get(&key(1, path)).unwrap().unwrap().state;
    assert_eq!((state("gone"), state("fine"), state("back")), (State::Hashed, stored(), State::Hashed));
}

#[test]
fn doubt_reaches_every_item_of_a_large_ledger() {
    let ledger = Ledger::in_memory().unwrap();
    let writes: Vec<_> = (0..REWRITE_STEP * 2 + 17)
        .map(|index| (key(1, &format!("{index:08}")), Write::Set(record(b"x", stored()))))
        .collect();
    ledger.record(&writes).unwrap();
    let changed = ledger.remember_hub(&hub(1), &Doubt::All, &HashSet::new()).unwrap();
    assert_eq!(changed, writes.len() as u64);
    let exact = Ledger::in_memory().unwrap();
    exact.record(&writes[..REWRITE_STEP]).unwrap();
    assert_eq!(exact.remember_hub(&hub(1), &Doubt::All, &HashSet::new()).unwrap(), REWRITE_STEP as u64);
}

#[test]
fn counts_and_notes_are_what_status_says() {
    let ledger = Ledger::in_memory().unwrap();
    for (path, state) in [("a", stored()), ("b", State::Seen), ("c", State::DeletedEarlier)] {
        ledger.record(&[(key(1, path), Write::Set(record(b"xy", state)))]).unwrap();
    }
    let counts = ledger.counts(&[SourceId(1), SourceId(9)]).unwrap();
    assert_eq!(counts, Counts { stored: 1, waiting: 1, failed: 0, deleted_earlier: 1, bytes: 6 });
    let run = LastRun {
        finished_at_ms: 1,
        ending: crate::report::Ending::Complete,
        seen: 3,
        safe: 1,
        skipped: 1,
        failed: 0,
        all_safe: false,
        why: Some("a.jpg: it cannot be read".into()),
    };
    assert_eq!(ledger.last_run().unwrap(), None);
    ledger.set_last_run(&run).unwrap();
    assert_eq!(ledger.last_run().unwrap(), Some(run));
}

#[test]
fn a_kill_at_any_moment_leaves_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    for round in 0..20 {
        let writes: Vec<_> = (0..100)
            .map(|index| (key(1, &format!("{round:02}/{index:02}.jpg")), Write::Set(record(b"x", stored()))))
            .collect();
        ledger.record(&writes).unwrap();
        // What another process finds when this one ends without a word.
        let after_kill = tempfile::tempdir().unwrap();
        let bytes = fs::read(folder.path().join(LEDGER_FILE)).unwrap();
        durable::replace(&after_kill.path().join(LEDGER_FILE), &bytes).unwrap();
        let found = Ledger::open(after_kill.path()).unwrap();
        assert_eq!(found.counts(&[SourceId(1)]).unwrap().stored, (round + 1) * 100);
        assert!(!after_kill.path().join("ledger.damaged").exists());
    }
}

/// A disk with so much room.
#[derive(Debug, Clone)]
pub(crate) struct SmallDisk {
    pub(crate) bytes: std::sync::Arc<std::sync::Mutex<Vec<u8>>>,
    pub(crate) room_bytes: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl SmallDisk {
    pub(crate) fn new(room_bytes: u64) -> Self {
        Self { bytes: std::sync::Arc::default(), room_bytes: std::sync::Arc::new(room_bytes.into()) }
    }
}

impl redb::StorageBackend for SmallDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap();
        out.copy_from_slice(&self.bytes.lock().unwrap()[start..start + out.len()]);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        if length > self.room_bytes.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.lock().unwrap().resize(usize::try_from(length).unwrap(), 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if self.room_bytes.load(std::sync::atomic::Ordering::SeqCst) == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let start = usize::try_from(offset).unwrap();
        self.bytes.lock().unwrap()[start..start + data.len()].copy_from_slice(data);
        Ok(())
    }
}

#[test]
fn a_disk_that_fills_up_says_so_and_loses_no_earlier_record() {
    let disk = SmallDisk::new(3 << 20);
    let ledger = Ledger::on(disk.clone()).unwrap();
    let mut kept = 0;
    let error = loop {
        let writes: Vec<_> = (0..1000)
            .map(|index| (key(1, &format!("{kept:03}/{index:04}.jpg")), Write::Set(record(b"x", stored()))))
            .collect();
        match ledger.record(&writes) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, LedgerError::Full), "{error:?}");
    assert!(kept > 0);
    drop(ledger);
    disk.room_bytes.store(u64::MAX, std::sync::atomic::Ordering::SeqCst);
    let ledger = Ledger::on(disk).unwrap();
    assert_eq!(ledger.counts(&[SourceId(1)]).unwrap().stored, kept * 1000);
}
