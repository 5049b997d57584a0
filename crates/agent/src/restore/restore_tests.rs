use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Mutex;

use base64::Engine as _;
use domain::OsRandom;
use filetime::FileTime;

use super::plan::tests::file;
use super::*;
use crate::durable;
use crate::pause::FakePause;
use crate::sources::os_name;

/// Files in memory, in pages of two, that can be cut, damaged or refused.
#[derive(Debug, Default)]
struct Shelf {
    files: Vec<(FileBelow, Vec<u8>)>,
    /// The next reads end after so many bytes.
    cuts: Mutex<Vec<u64>>,
    /// Entries whose next read gives wrong bytes.
    damaged_once: Mutex<HashSet<EntryId>>,
    /// Entries that always give wrong bytes.
    damaged: HashSet<EntryId>,
    /// Where reads began.
    reads: Mutex<Vec<u64>>,
    /// So many of the next calls find nobody.
    away: Mutex<u64>,
    /// Reads give so many bytes, and then nothing ever again.
    silent_after: Option<usize>,
    /// Reads that will give nothing any more.
    silent: Mutex<u64>,
}

impl Shelf {
    fn find(&self) -> Result<(), HubError> {
        let mut away = self.away.lock().unwrap();
        if *away == 0 {
            return Ok(());
        }
        *away -= 1;
        Err(HubError::Away { reason: "nobody is there".into(), retry_after: None })
    }
}

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<Event>>);

impl Reports for Heard {
    fn tell(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[async_trait]
impl Archive for Shelf {
    async fn files(&self, after: Option<String>) -> Result<Page<FileBelow>, HubError> {
        self.find()?;
        let start: usize = after.map_or(0, |after| after.parse().unwrap());
        let items = self.files.iter().skip(start).take(2).map(|(file, _)| file.clone()).collect();
        let next = (start + 2 < self.files.len()).then(|| (start + 2).to_string());
        Ok(Page { items, next })
    }

    async fn read(
        &self,
        entry: EntryId,
        from_bytes: u64,
    ) -> Result<BoxStream<'static, Result<Bytes, HubError>>, HubError> {
        // So that downloads go on side by side.
        tokio::task::yield_now().await;
        self.find()?;
        self.reads.lock().unwrap().push(from_bytes);
        let bytes: HashMap<_, _> = self.files.iter().map(|(file, bytes)| (file.entry.id, bytes)).collect();
        let mut bytes = bytes[&entry][usize::try_from(from_bytes).unwrap()..].to_vec();
        if self.damaged.contains(&entry) || self.damaged_once.lock().unwrap().remove(&entry) {
            for byte in &mut bytes {
                *byte ^= 1;
            }
        }
        if let Some(silent_after) = self.silent_after {
            *self.silent.lock().unwrap() += 1;
            if silent_after == 0 {
                return std::future::pending().await;
            }
            bytes.truncate(silent_after);
            let pieces = futures_util::stream::iter([Ok(Bytes::from(bytes))]);
            return Ok(pieces.chain(futures_util::stream::pending()).boxed());
        }
        let cut = self.cuts.lock().unwrap().pop();
        let mut pieces = Vec::new();
        match cut {
            None => pieces.push(Ok(Bytes::from(bytes))),
            Some(cut) => {
                bytes.truncate(usize::try_from(cut).unwrap());
                pieces.push(Ok(Bytes::from(bytes)));
                pieces.push(Err(HubError::Away { reason: "cut".into(), retry_after: None }));
            }
        }
        Ok(futures_util::stream::iter(pieces).boxed())
    }
}

struct Scene {
    shelf: Arc<Shelf>,
    to: tempfile::TempDir,
    heard: Arc<Heard>,
}

impl Scene {
    fn new(files: Vec<(FileBelow, &[u8])>) -> Self {
        Self::with(Shelf {
            files: files.into_iter().map(|(file, bytes)| (file, bytes.to_vec())).collect(),
            ..Shelf::default()
        })
    }

    fn with(shelf: Shelf) -> Self {
        Self { shelf: Arc::new(shelf), to: tempfile::tempdir().unwrap(), heard: Arc::default() }
    }

    fn parts(&self) -> RestoreParts {
        RestoreParts {
            archive: self.shelf.clone(),
            pause: Arc::new(FakePause::default()),
            random: Arc::new(OsRandom),
            reports: self.heard.clone(),
            downloads: 4,
            patience: Duration::from_mins(10),
        }
    }

    fn heard(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        self.heard.0.lock().unwrap().iter().filter(|event| wanted(event)).count()
    }

    async fn restore(&self, album: Option<&str>) -> RestoreOutcome {
        let parts = self.parts();
        let files = list(&parts, album).await.unwrap();
        restore(&parts, files, self.to.path(), &CancellationToken::new()).await
    }

    fn bytes(&self, path: &str) -> Vec<u8> {
        fs::read(self.to.path().join(path)).unwrap()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.to.path().join(folder))
            .unwrap()
            .map(|entry| String::from_utf8_lossy(entry.unwrap().file_name().as_bytes()).into_owned())
            .collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn names_times_and_bytes_are_as_they_were() {
    let scene = Scene::new(vec![
        (file(1, "Trips/2026", "a.jpg", b"one"), b"one"),
        (file(2, "Trips/2026", "two\nlines 🦊.jpg", b"two"), b"two"),
        (file(3, "Camera", "empty.jpg", b""), b""),
    ]);
    let outcome = scene.restore(None).await;
    assert_eq!((outcome.files, outcome.restored, outcome.kept, outcome.all_back()), (3, 3, 0, true));
    assert_eq!(scene.bytes("Trips/2026/two\nlines 🦊.jpg"), b"two");
    assert_eq!(scene.bytes("Camera/empty.jpg"), b"");
    let time = FileTime::from_last_modification_time(
        &fs::metadata(scene.to.path().join("Trips/2026/a.jpg")).unwrap(),
    );
    assert_eq!((time.unix_seconds(), time.nanoseconds()), (1_600_000_000, 123_000_000));
    assert!(outcome.renamed.is_empty());
}

#[tokio::test]
async fn one_album_is_one_album() {
    let scene = Scene::new(vec![(file(1, "A", "a.jpg", b"1"), b"1"), (file(2, "B", "b.jpg", b"2"), b"2")]);
    let outcome = scene.restore(Some("B")).await;
    assert_eq!((outcome.files, scene.names("")), (1, vec!["B".to_owned()]));
}

#[tokio::test]
async fn a_second_restore_keeps_what_is_there() {
    let scene = Scene::new(vec![(file(1, "A", "a.jpg", b"1"), b"1"), (file(2, "A", "b.jpg", b"2"), b"2")]);
    scene.restore(None).await;
    fs::remove_file(scene.to.path().join("A/b.jpg")).unwrap();
    let outcome = scene.restore(None).await;
    assert_eq!((outcome.restored, outcome.kept), (1, 1));
    assert_eq!(scene.names("A"), ["a.jpg", "b.jpg"]);
}

#[tokio::test]
async fn a_different_file_is_never_overwritten() {
    let scene = Scene::new(vec![(file(1, "A", "a.jpg", b"mine"), b"mine")]);
    fs::create_dir(scene.to.path().join("A")).unwrap();
    durable::replace(&scene.to.path().join("A/a.jpg"), b"else").unwrap();
    let outcome = scene.restore(None).await;
    assert_eq!(scene.bytes("A/a.jpg"), b"else");
    assert_eq!(scene.bytes("A/a (2).jpg"), b"mine");
    assert_eq!(outcome.renamed.len(), 1);
    let again = scene.restore(None).await;
    assert_eq!((again.kept, scene.names("A").len()), (1, 2));
}

#[tokio::test]
async fn a_name_that_the_disk_cannot_hold_is_written_safely_and_reported() {
    let long = format!("{}.jpg", "ü".repeat(200));
    let mut raw = file(2, "A", "br\u{fffd}.jpg", b"raw");
    raw.entry.name_raw = Some(base64::engine::general_purpose::STANDARD.encode(b"br\xff.jpg"));
    let scene = Scene::new(vec![(file(1, "A", &long, b"long"), b"long"), (raw, b"raw")]);
    let outcome = scene.restore(None).await;
    assert!(outcome.all_back(), "{outcome:?}");
    assert_eq!(outcome.renamed.len(), 1);
    assert_eq!(outcome.renamed[0].reason, "this disk cannot hold the name");
    let exact = scene.to.path().join("A").join(os_name(b"br\xff.jpg"));
    assert_eq!(fs::read(exact).unwrap(), b"raw");
    assert_eq!(scene.restore(None).await.kept, 2);
}

#[tokio::test]
async fn a_cut_download_goes_on_where_it_was() {
    let shelf = Shelf {
        files: vec![(file(1, "A", "a.mov", b"0123456789"), b"0123456789".to_vec())],
        cuts: Mutex::new(vec![3, 4]),
        ..Shelf::default()
    };
    let scene = Scene::with(shelf);
    assert!(scene.restore(None).await.all_back());
    assert_eq!(scene.bytes("A/a.mov"), b"0123456789");
    assert_eq!(*scene.shelf.reads.lock().unwrap(), [0, 4, 7]);
    assert_eq!(scene.names("A"), ["a.mov"], "no temporary file stays");
}

#[tokio::test]
async fn wrong_bytes_are_fetched_again_and_never_kept() {
    let shelf = Shelf {
        files: vec![
            (file(1, "A", "once.jpg", b"abc"), b"abc".to_vec()),
            (file(2, "A", "always.jpg", b"abc2"), b"abc2".to_vec()),
        ],
        damaged_once: Mutex::new(HashSet::from([EntryId::from_bytes([1; 16])])),
        damaged: HashSet::from([EntryId::from_bytes([2; 16])]),
        ..Shelf::default()
    };
    let scene = Scene::with(shelf);
    let outcome = scene.restore(None).await;
    assert_eq!(scene.bytes("A/once.jpg"), b"abc");
    assert_eq!(outcome.failed.len(), 1);
    assert_eq!(outcome.failed[0].reason, "what arrived is not what was backed up");
    assert_eq!(scene.names("A"), ["once.jpg"]);
}

#[tokio::test]
async fn a_stopped_restore_says_what_is_missing() {
    let scene = Scene::new(vec![(file(1, "A", "a.jpg", b"1"), b"1")]);
    let parts = RestoreParts { downloads: 0, ..scene.parts() };
    let stop = CancellationToken::new();
    stop.cancel();
    let files = list(&parts, None).await.unwrap();
    let outcome = restore(&parts, files, scene.to.path(), &stop).await;
    assert!(!outcome.all_back());
    assert_eq!(outcome.failed[0].item, "A/a.jpg");
}

fn ten_files() -> Vec<(FileBelow, Vec<u8>)> {
    (0..10)
        .map(|number| (file(number, "A", &format!("{number}.jpg"), b"0123456789"), b"0123456789".to_vec()))
        .collect()
}

#[tokio::test]
async fn a_stop_ends_a_restore_also_when_the_hub_never_answers() {
    for silent_after in [0, 4] {
        let scene =
            Scene::with(Shelf { files: ten_files(), silent_after: Some(silent_after), ..Shelf::default() });
        let parts = scene.parts();
        let files = list(&parts, None).await.unwrap();
        let stop = CancellationToken::new();
        let wrote = 4 * u64::from(silent_after > 0);
        let stopping = async {
            while *scene.shelf.silent.lock().unwrap() < 4
                || scene.heard(|event| matches!(event, Event::RestoreWrote { bytes: 4, .. })) as u64 != wrote
            {
                tokio::task::yield_now().await;
            }
            stop.cancel();
        };
        let (outcome, ()) = tokio::join!(restore(&parts, files, scene.to.path(), &stop), stopping);
        assert_eq!((outcome.files, outcome.failed.len()), (10, 10));
        assert_eq!(outcome.failed[0].reason, "the restore was stopped before it was back");
        assert_eq!(*scene.shelf.silent.lock().unwrap(), 4, "no other download begins");
    }
}

#[tokio::test]
async fn what_had_arrived_at_a_stop_is_not_fetched_again() {
    let files = vec![(file(1, "A", "a.mov", b"0123456789"), b"0123456789".to_vec())];
    let silent = Scene::with(Shelf { files: files.clone(), silent_after: Some(4), ..Shelf::default() });
    let (parts, stop) = (silent.parts(), CancellationToken::new());
    let listed = list(&parts, None).await.unwrap();
    let stopping = async {
        while silent.heard(|event| matches!(event, Event::RestoreWrote { .. })) == 0 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    let (outcome, ()) = tokio::join!(restore(&parts, listed, silent.to.path(), &stop), stopping);
    assert!(!outcome.all_back());
    let scene = Scene { to: silent.to, ..Scene::with(Shelf { files, ..Shelf::default() }) };
    assert!(scene.restore(None).await.all_back());
    assert_eq!(*scene.shelf.reads.lock().unwrap(), [4]);
    assert_eq!(
        (scene.bytes("A/a.mov"), scene.names("A")),
        (b"0123456789".to_vec(), vec!["a.mov".to_owned()])
    );
}

#[tokio::test]
async fn a_hub_that_is_away_for_a_while_is_waited_for_once_by_all() {
    let scene = Scene::with(Shelf { files: ten_files(), ..Shelf::default() });
    let parts = scene.parts();
    let files = list(&parts, None).await.unwrap();
    // All four downloads meet it, three times over.
    *scene.shelf.away.lock().unwrap() = 12;
    let outcome = restore(&parts, files, scene.to.path(), &CancellationToken::new()).await;
    assert_eq!((outcome.restored, outcome.failed.len()), (10, 0));
    let waits = scene.heard(|event| matches!(event, Event::HubAway { .. }));
    assert!((3..=6).contains(&waits), "{waits} waits for 12 failures");
    assert_eq!(scene.heard(|event| matches!(event, Event::HubBack)), 1);
    let told = scene.heard.0.lock().unwrap();
    let Some(Event::HubAway { reason, retry_in_ms }) =
        told.iter().find(|event| matches!(event, Event::HubAway { .. }))
    else {
        panic!("{told:?}")
    };
    assert!(
        reason.contains("nobody is there") && (250..=500).contains(retry_in_ms),
        "{reason} {retry_in_ms}"
    );
}

#[tokio::test]
async fn patience_ends_and_every_file_says_why_but_those_that_are_there() {
    let scene = Scene::with(Shelf { files: ten_files(), ..Shelf::default() });
    assert!(scene.restore(None).await.all_back());
    for number in 1..10 {
        fs::remove_file(scene.to.path().join(format!("A/{number}.jpg"))).unwrap();
    }
    let parts = scene.parts();
    let files = list(&parts, None).await.unwrap();
    *scene.shelf.away.lock().unwrap() = u64::MAX;
    let outcome = restore(&parts, files, scene.to.path(), &CancellationToken::new()).await;
    assert_eq!((outcome.kept, outcome.failed.len()), (1, 9));
    assert!(outcome.failed.iter().all(|file| file.reason.contains("nobody is there")));
    assert!(outcome.seconds >= 600.0 && outcome.seconds < 800.0, "{}", outcome.seconds);
    assert_eq!(scene.heard(|event| matches!(event, Event::Failed(_))), 9);
    *scene.shelf.away.lock().unwrap() = 0;
    assert_eq!(scene.restore(None).await.restored, 9);
}

#[tokio::test]
async fn a_list_waits_for_the_hub_within_patience() {
    let scene = Scene::with(Shelf { files: ten_files(), ..Shelf::default() });
    *scene.shelf.away.lock().unwrap() = u64::MAX;
    assert!(list(&scene.parts(), None).await.is_err());
    *scene.shelf.away.lock().unwrap() = 2;
    assert_eq!(list(&scene.parts(), None).await.unwrap().len(), 10);
    assert_eq!(scene.heard(|event| matches!(event, Event::HubBack)), 1);
}

#[tokio::test]
async fn a_stop_ends_a_wait_for_the_hub() {
    #[derive(Debug)]
    struct NeverOver;
    #[async_trait]
    impl Pause for NeverOver {
        fn ticks_ms(&self) -> u64 {
            0
        }
        async fn pause(&self, _how_long: Duration) {
            std::future::pending::<()>().await;
        }
    }
    let scene = Scene::with(Shelf { files: ten_files(), ..Shelf::default() });
    let files = list(&scene.parts(), None).await.unwrap();
    *scene.shelf.away.lock().unwrap() = u64::MAX;
    let parts = RestoreParts { pause: Arc::new(NeverOver), ..scene.parts() };
    let stop = CancellationToken::new();
    let stopping = async {
        while scene.heard(|event| matches!(event, Event::HubAway { .. })) == 0 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    let (outcome, ()) = tokio::join!(restore(&parts, files, scene.to.path(), &stop), stopping);
    assert_eq!(outcome.failed.len(), 10);
}

#[tokio::test]
async fn a_file_that_is_fetched_again_is_told_with_its_reason() {
    let scene = Scene::with(Shelf {
        files: vec![(file(1, "A", "a.jpg", b"abc"), b"abc".to_vec())],
        damaged_once: Mutex::new(HashSet::from([EntryId::from_bytes([1; 16])])),
        ..Shelf::default()
    });
    assert!(scene.restore(None).await.all_back());
    let told = |event: &Event| {
        matches!(event, Event::Retrying { item, reason, .. }
            if item.as_ref() == "A/a.jpg" && reason == "what arrived is not what was backed up")
    };
    assert_eq!(scene.heard(told), 1);
}
