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
use crate::report::Unwatched;
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
}

#[async_trait]
impl Archive for Shelf {
    async fn files(&self, after: Option<String>) -> Result<Page<FileBelow>, HubError> {
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
        self.reads.lock().unwrap().push(from_bytes);
        let bytes: HashMap<_, _> = self.files.iter().map(|(file, bytes)| (file.entry.id, bytes)).collect();
        let mut bytes = bytes[&entry][usize::try_from(from_bytes).unwrap()..].to_vec();
        if self.damaged.contains(&entry) || self.damaged_once.lock().unwrap().remove(&entry) {
            for byte in &mut bytes {
                *byte ^= 1;
            }
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
}

impl Scene {
    fn new(files: Vec<(FileBelow, &[u8])>) -> Self {
        Self::with(Shelf {
            files: files.into_iter().map(|(file, bytes)| (file, bytes.to_vec())).collect(),
            ..Shelf::default()
        })
    }

    fn with(shelf: Shelf) -> Self {
        Self { shelf: Arc::new(shelf), to: tempfile::tempdir().unwrap() }
    }

    async fn restore(&self, album: Option<&str>) -> RestoreOutcome {
        let parts = RestoreParts {
            archive: self.shelf.clone(),
            pause: Arc::new(FakePause::default()),
            random: Arc::new(OsRandom),
            reports: Arc::new(Unwatched),
            downloads: 4,
        };
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
    let parts = RestoreParts {
        archive: scene.shelf.clone(),
        pause: Arc::new(FakePause::default()),
        random: Arc::new(OsRandom),
        reports: Arc::new(Unwatched),
        downloads: 0,
    };
    let stop = CancellationToken::new();
    stop.cancel();
    let files = list(&parts, None).await.unwrap();
    let outcome = restore(&parts, files, scene.to.path(), &stop).await;
    assert!(!outcome.all_back());
    assert_eq!(outcome.failed[0].item, "A/a.jpg");
}
