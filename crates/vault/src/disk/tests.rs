//! What only a vault of files can get wrong. The rules that every vault keeps are in `contract`.

mod damage;
mod failing_disk;

use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use domain::clock::TimestampMs;
use domain::hash::TwinHasher;
use domain::{Ids, OsRandom};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tempfile::TempDir;

use super::primitives::Step;
use super::*;
use crate::verify_blob;

#[derive(Debug)]
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now_ms(&self) -> TimestampMs {
        self.0.load(Ordering::Relaxed)
    }
}

/// Fails the step that it answers for.
type Failing = Box<dyn FnMut(Step, &Path) -> Option<io::Error> + Send>;

/// A vault in a folder of its own, with a log of its steps and a finger in each.
struct Bench {
    folder: TempDir,
    vault: DiskVault,
    log: Arc<Mutex<Vec<(Step, PathBuf)>>>,
    failing: Arc<Mutex<Failing>>,
    clock: Arc<SetClock>,
}

impl Bench {
    fn new() -> Self {
        Self::with_sync_all(false)
    }

    fn with_sync_all(can_sync_all: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let failing: Arc<Mutex<Failing>> = Arc::new(Mutex::new(Box::new(|_, _| None)));
        let clock = Arc::new(SetClock(AtomicI64::new(1_800_000_000_123)));
        let watch: Watch = {
            let (log, failing) = (Arc::clone(&log), Arc::clone(&failing));
            Arc::new(move |step, path| {
                log.lock().unwrap().push((step, path.to_owned()));
                let mut failing = failing.lock().unwrap();
                (*failing)(step, path).map_or(Ok(()), Err)
            })
        };
        let vault =
            DiskVault::open_watched(folder.path(), Arc::<SetClock>::clone(&clock), Some(watch)).unwrap();
        vault.shared.primitives.trust_sync_all(can_sync_all);
        Self { folder, vault, log, failing, clock }
    }

    fn fail(&self, failing: impl FnMut(Step, &Path) -> Option<io::Error> + Send + 'static) {
        *self.failing.lock().unwrap() = Box::new(failing);
    }

    /// Fails the `number`th step from now on, once. The flag tells whether it came.
    fn fail_once_at(&self, number: usize) -> Arc<Mutex<Option<Step>>> {
        let failed = Arc::new(Mutex::new(None));
        let (mut count, tell) = (0, Arc::clone(&failed));
        self.fail(move |step, _| {
            count += 1;
            (count == number + 1).then(|| {
                *tell.lock().unwrap() = Some(step);
                rustix::io::Errno::IO.into()
            })
        });
        failed
    }

    fn heal(&self) {
        self.fail(|_, _| None);
    }

    /// The steps since the last time this was asked.
    fn steps(&self) -> Vec<(Step, PathBuf)> {
        std::mem::take(&mut *self.log.lock().unwrap())
    }

    async fn staged(&self, bytes: &Bytes) -> Box<dyn Staged> {
        let mut staged = self.vault.stage(fresh_id()).await.unwrap();
        staged.append(vec![bytes.clone()]).await.unwrap();
        staged
    }

    async fn sealed(&self, bytes: &Bytes) -> Sealed {
        self.vault.seal(self.staged(bytes).await).await.unwrap()
    }

    /// Uploads as a client does that goes on where it can.
    async fn upload(&self, id: UploadId, bytes: &Bytes) -> Result<Sealed> {
        let mut staged = match self.vault.reopen(id).await? {
            Some(staged) => staged,
            None => self.vault.stage(id).await?,
        };
        let from = usize::try_from(staged.size_bytes()).unwrap();
        staged.append(vec![bytes.slice(from..)]).await?;
        self.vault.seal(staged).await
    }

    /// One round with exactly these uploads.
    async fn round(&self, all: &[Bytes]) -> (Vec<UploadId>, Vec<Result<Sealed>>) {
        let mut jobs = Vec::new();
        for bytes in all {
            let staged: Box<dyn Any> = self.staged(bytes).await;
            jobs.push(staged.downcast::<DiskStaged>().unwrap().into_seal_job(Taken::IsKept));
        }
        self.steps();
        let ids = jobs.iter().map(|job| job.id).collect();
        (ids, seal::seal_round(&self.vault.shared, jobs))
    }

    fn file(&self, hash: ContentHash) -> PathBuf {
        self.vault.shared.layout.blob(hash).file
    }

    fn set_length(&self, hash: ContentHash, size_bytes: u64) {
        let path = self.file(hash);
        make_writable(&path);
        OpenOptions::new().write(true).open(path).unwrap().set_len(size_bytes).unwrap();
    }
}

#[cfg(unix)]
fn make_writable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o640)).unwrap();
}

#[cfg(not(unix))]
fn make_writable(_: &Path) {}

fn fresh_id() -> UploadId {
    Ids::new(Arc::new(domain::SystemClock), Arc::new(OsRandom)).fresh()
}

fn bytes(text: &str) -> Bytes {
    Bytes::from(text.repeat(100))
}

/// The first step of this kind about this path.
fn at(steps: &[(Step, PathBuf)], step: Step, path: &Path) -> usize {
    let found = steps.iter().position(|(other, about)| *other == step && about == path);
    found.unwrap_or_else(|| panic!("no {step:?} of {} in {steps:#?}", path.display()))
}

#[tokio::test]
async fn a_seal_takes_every_step_of_the_recipe_in_order() {
    let bench = Bench::new();
    let staged = bench.staged(&bytes("recipe")).await;
    let place = bench.vault.shared.layout.blob(staged.hashes().sha256);
    let path = bench.vault.shared.layout.staged(staged.id());
    bench.steps();
    bench.vault.seal(staged).await.unwrap();
    let steps = bench.steps();
    let before_folders = [
        (Step::CheckLength, path.clone()),
        (Step::MakeReadOnly, path.clone()),
        (Step::SyncFile, path),
        (Step::MakeFolder, place.top.clone()),
        (Step::MakeFolder, place.leaf.clone()),
        (Step::Rename, place.file),
    ];
    assert_eq!(steps[..6], before_folders);
    let mut folders: Vec<_> = steps[6..].to_vec();
    folders.sort_by(|a, b| a.1.cmp(&b.1));
    let blobs = bench.vault.shared.layout.blobs.clone();
    assert_eq!(folders, [blobs, place.top, place.leaf].map(|folder| (Step::SyncFolder, folder)));
    assert_eq!(bench.vault.syncs_total(), 4);
}

#[tokio::test]
async fn a_round_syncs_all_bytes_before_any_name_and_all_names_before_any_answer() {
    for can_sync_all in [true, false] {
        let bench = Bench::with_sync_all(can_sync_all);
        let all: Vec<_> = (0..20).map(|number| bytes(&format!("picture {number}"))).collect();
        let (ids, sealed) = bench.round(&all).await;
        let steps = bench.steps();
        let first_name = steps.iter().position(|(step, _)| *step == Step::Rename).unwrap();
        for (id, sealed) in ids.iter().zip(sealed) {
            let place = bench.vault.shared.layout.blob(sealed.unwrap().hashes.sha256);
            let named = at(&steps, Step::Rename, &place.file);
            assert!(at(&steps, Step::MakeFolder, &place.leaf) < named);
            if can_sync_all {
                assert!(at(&steps, Step::SyncFileSystem, Path::new("")) < first_name);
                assert_eq!(steps.last().unwrap().0, Step::SyncFileSystem);
            } else {
                assert!(at(&steps, Step::SyncFile, &bench.vault.shared.layout.staged(*id)) < first_name);
                assert!(at(&steps, Step::SyncFolder, &place.leaf) > named);
                assert!(at(&steps, Step::SyncFolder, &place.top) > named);
            }
        }
        if can_sync_all {
            assert_eq!(bench.vault.syncs_total(), 2, "one for all bytes, one for all names");
        }
    }
}

#[tokio::test]
async fn when_syncfs_fails_every_file_and_folder_is_synced_by_itself() {
    let bench = Bench::with_sync_all(true);
    bench.fail(|step, _| (step == Step::SyncFileSystem).then(|| rustix::io::Errno::IO.into()));
    let all: Vec<_> = (0..10).map(|number| bytes(&format!("fallback {number}"))).collect();
    let (ids, sealed) = bench.round(&all).await;
    let steps = bench.steps();
    for (id, sealed) in ids.iter().zip(sealed) {
        let place = bench.vault.shared.layout.blob(sealed.unwrap().hashes.sha256);
        let named = at(&steps, Step::Rename, &place.file);
        assert!(at(&steps, Step::SyncFile, &bench.vault.shared.layout.staged(*id)) < named);
        assert!(at(&steps, Step::SyncFolder, &place.leaf) > named);
    }
    // The failed write may have hit a file that is still staged, and syncfs tells of it only once.
    bench.heal();
    bench.round(&all).await.1.into_iter().for_each(|sealed| assert!(sealed.unwrap().was_there));
    assert!(bench.steps().iter().all(|(step, _)| *step != Step::SyncFileSystem));
}

#[tokio::test]
async fn folders_of_an_earlier_process_are_synced_once_more_and_known_ones_are_not() {
    let bench = Bench::new();
    let hash = bench.sealed(&bytes("same")).await.hashes.sha256;
    let place = bench.vault.shared.layout.blob(hash);
    bench.steps();
    assert!(bench.sealed(&bytes("same")).await.was_there);
    let steps = bench.steps();
    let synced: Vec<_> = steps.iter().filter(|(step, _)| *step == Step::SyncFolder).collect();
    assert_eq!(synced, [&(Step::SyncFolder, place.leaf.clone())], "the folder that has the blob");
    assert_eq!(steps.last().unwrap().0, Step::Unlink, "the second copy goes last");

    let again = DiskVault::open(bench.folder.path(), Arc::new(domain::SystemClock)).unwrap();
    let mut staged = again.stage(fresh_id()).await.unwrap();
    staged.append(vec![bytes("same")]).await.unwrap();
    assert!(again.seal(staged).await.unwrap().was_there);
    assert_eq!(again.syncs_total(), 4, "the file, its folder, and the two above");
}

#[tokio::test]
async fn a_failure_at_any_step_shows_nothing_unfinished_and_a_retry_ends_well() {
    use Step::{CheckLength, MakeFolder, MakeReadOnly, Rename, SyncFile, SyncFolder, Write};
    let content = bytes("any step");
    let hash = TwinHasher::of(&content).sha256;
    let mut seen = Vec::new();
    for number in 0.. {
        let (bench, id) = (Bench::new(), fresh_id());
        let failed = bench.fail_once_at(number);
        let answer = bench.upload(id, &content).await;
        bench.heal();
        let Some(step) = *failed.lock().unwrap() else {
            answer.unwrap();
            break;
        };
        let error = answer.unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{step:?}: {error:?}");
        assert_eq!(bench.vault.size_of(hash).await.unwrap(), None, "{step:?}");
        let left = bench.vault.reopen(id).await.unwrap().map(|staged| staged.hashes());
        match step {
            Step::SyncFile => assert_eq!(left, None, "bytes that no fsync vouches for are gone"),
            Step::Write => assert_eq!(left, Some(TwinHasher::of(b""))),
            _ => assert_eq!(left, Some(TwinHasher::of(&content)), "{step:?}"),
        }
        let sealed = bench.upload(id, &content).await.unwrap();
        assert!(!sealed.was_there && !sealed.replaced);
        verify_blob(&bench.vault, hash).await.unwrap();
        assert_eq!(bench.vault.staged().await.unwrap(), vec![]);
        seen.push(step);
    }
    let whole = [
        Write,
        CheckLength,
        MakeReadOnly,
        SyncFile,
        MakeFolder,
        MakeFolder,
        Rename,
        SyncFolder,
        SyncFolder,
        SyncFolder,
    ];
    assert_eq!(seen, whole);
}

#[tokio::test]
async fn in_a_round_a_failure_is_told_to_those_it_concerns() {
    let mut all: Vec<_> = (0..9).map(|number| bytes(&format!("round {number}"))).collect();
    all.push(all[0].clone());
    for can_sync_all in [true, false] {
        for number in 0.. {
            let bench = Bench::with_sync_all(can_sync_all);
            // The order counts from the round on: the uploads write first.
            let failed = bench.fail_once_at(all.len() + number);
            let (_, answers) = bench.round(&all).await;
            bench.heal();
            let (good, bad): (Vec<_>, Vec<_>) =
                all.iter().zip(answers).partition(|(_, answer)| answer.is_ok());
            for (content, sealed) in &good {
                let sealed = sealed.as_ref().unwrap();
                assert_eq!(sealed.hashes, TwinHasher::of(content));
                verify_blob(&bench.vault, sealed.hashes.sha256).await.unwrap();
            }
            for (content, _) in &bad {
                let is_also_good = good.iter().any(|(other, _)| other == content);
                let stored = bench.vault.size_of(TwinHasher::of(content).sha256).await.unwrap();
                assert_eq!(stored.is_some(), is_also_good, "{can_sync_all} {number}");
            }
            let Some(step) = *failed.lock().unwrap() else {
                assert!(bad.is_empty() && number > 20, "{number}");
                break;
            };
            if step == Step::SyncFileSystem || step == Step::Unlink {
                assert!(bad.is_empty(), "{step:?} has another way");
            } else if step != Step::SyncFolder {
                assert_eq!(bad.len(), 1, "{step:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_sync_makes_bytes_and_name_durable_and_the_name_once() {
    let bench = Bench::new();
    let mut staged = bench.staged(&bytes("acknowledged")).await;
    bench.steps();
    staged.sync().await.unwrap();
    staged.sync().await.unwrap();
    let file = (Step::SyncFile, bench.vault.shared.layout.staged(staged.id()));
    let folder = (Step::SyncFolder, bench.vault.shared.layout.staging.clone());
    assert_eq!(bench.steps(), [file.clone(), folder, file]);
}

#[tokio::test]
async fn a_large_file_is_synced_before_it_joins_a_round() {
    let bench = Bench::new();
    let large = Bytes::from(vec![7; usize::try_from(SYNC_ALONE_BYTES).unwrap() + 1]);
    let staged = bench.staged(&large).await;
    bench.steps();
    bench.vault.seal(staged).await.unwrap();
    let kinds: Vec<_> = bench.steps().into_iter().map(|(step, _)| step).collect();
    let alone = [Step::CheckLength, Step::MakeReadOnly, Step::SyncFile];
    let round = [Step::CheckLength, Step::MakeFolder, Step::MakeFolder, Step::Rename];
    assert_eq!(kinds, [&alone[..], &round, &[Step::SyncFolder; 3]].concat());
}

#[cfg(unix)]
#[tokio::test]
async fn sealed_files_are_read_only_and_nobody_elses() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new();
    let hash = bench.sealed(&bytes("read only")).await.hashes.sha256;
    assert_eq!(fs::metadata(bench.file(hash)).unwrap().permissions().mode() & 0o777, 0o440);
}

#[tokio::test]
async fn after_a_restart_an_interrupted_seal_can_go_on_and_hashes_are_restored() {
    let bench = Bench::new();
    let content = bytes("before the restart");
    let staged = bench.staged(&content).await;
    let id = staged.id();
    bench.fail(|step, _| (step == Step::Rename).then(|| rustix::io::Errno::IO.into()));
    bench.vault.seal(staged).await.unwrap_err();
    let again = DiskVault::open(bench.folder.path(), Arc::new(domain::SystemClock)).unwrap();
    let mut staged = again.reopen(id).await.unwrap().unwrap();
    assert_eq!(staged.hashes(), TwinHasher::of(&content));
    staged.append(vec![bytes("and after")]).await.unwrap();
    let sealed = again.seal(staged).await.unwrap();
    assert_eq!(sealed.hashes, TwinHasher::of(&[content, bytes("and after")].concat()));
    verify_blob(&again, sealed.hashes.sha256).await.unwrap();
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "files that somebody else put there")]
async fn what_is_not_ours_is_left_alone() {
    let bench = Bench::new();
    let hash = bench.sealed(&bytes("ours")).await.hashes.sha256;
    let place = bench.vault.shared.layout.blob(hash);
    let layout = &bench.vault.shared.layout;
    let other = TwinHasher::of(b"other").sha256.to_string();
    let id = fresh_id().to_string();
    let strangers = [
        layout.blobs.join("notes.txt"),
        layout.blobs.join("00"),
        place.top.join("zz"),
        place.leaf.join("notes.txt"),
        place.leaf.join(&other),
        place.leaf.join(hash.to_string().to_uppercase()),
        layout.staging.join("notes.txt"),
        layout.staging.join(id.to_uppercase()),
        layout.staging.join(id.replace('-', "")),
    ];
    for stranger in &strangers {
        fs::write(stranger, "not ours").unwrap();
    }
    let listed = bench.vault.list(None, 100).await.unwrap();
    assert_eq!(listed.iter().map(|blob| blob.hash).collect::<Vec<_>>(), [hash]);
    assert_eq!(bench.vault.staged().await.unwrap(), vec![]);
    assert!(strangers.iter().all(|stranger| stranger.exists()));
}

#[tokio::test]
async fn staged_bytes_carry_the_time_of_the_clock() {
    let bench = Bench::new();
    let mut staged = bench.vault.stage(fresh_id()).await.unwrap();
    let changed_at = async || bench.vault.staged().await.unwrap()[0].changed_at_ms;
    assert_eq!(changed_at().await, 1_800_000_000_123);
    bench.clock.0.store(1_800_000_500_007, Ordering::Relaxed);
    staged.append(vec![bytes("later")]).await.unwrap();
    assert_eq!(changed_at().await, 1_800_000_500_007);
}

#[tokio::test]
async fn a_name_is_made_durable_with_all_folders_above_it() {
    let bench = Bench::new();
    let hash = bench.sealed(&bytes("named")).await.hashes.sha256;
    let place = bench.vault.shared.layout.blob(hash);
    bench.steps();
    assert!(bench.vault.sync_name(hash).await.unwrap());
    let blobs = bench.vault.shared.layout.blobs.clone();
    assert_eq!(bench.steps(), [place.leaf, place.top, blobs].map(|folder| (Step::SyncFolder, folder)));
    bench.fail(|step, _| (step == Step::SyncFolder).then(|| rustix::io::Errno::IO.into()));
    let error = bench.vault.sync_name(hash).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_removal_is_durable_before_it_is_told() {
    let bench = Bench::new();
    let hash = bench.sealed(&bytes("goes")).await.hashes.sha256;
    let place = bench.vault.shared.layout.blob(hash);
    bench.steps();
    assert!(bench.vault.remove(hash).await.unwrap());
    assert_eq!(bench.steps(), [(Step::Unlink, place.file), (Step::SyncFolder, place.leaf)]);
}

#[tokio::test]
async fn a_vault_that_lost_its_folder_is_not_ready() {
    let bench = Bench::new();
    fs::remove_dir(&bench.vault.shared.layout.staging).unwrap();
    assert!(matches!(bench.vault.check().await, Err(Error::Io { .. })));
}

#[tokio::test]
async fn a_handle_of_another_vault_is_refused() {
    let bench = Bench::new();
    let other = crate::MemoryVault::new(Arc::new(domain::SystemClock));
    let staged = other.stage(fresh_id()).await.unwrap();
    let error = bench.vault.seal(staged).await.unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error:?}");
}
