//! The durable recipe, for several uploads at a time.
//!
//! Every blob of a round takes these steps in this order, and the round takes each of them for all its
//! blobs before the next:
//!
//! 1. length checked against what was hashed, and read-only;
//! 2. fsync of the file;
//! 3. folders made where missing, rename to the blob's name unless a good blob has it, or over it where
//!    the one that has it is to make way;
//! 4. fsync of the folder that got the name, and of the folders above it the first time this process
//!    uses them (one that was made by a process that lost its power may not be durable itself);
//! 5. only then the answer.
//!
//! In a round of [`SYNC_ALL_FROM`] or more, steps 2 and 4 are one `syncfs` each instead of many fsyncs.
//! It promises the same where it is used (see `primitives`), and after an error from it each file and
//! folder is synced by itself, which tells whose bytes are affected, for the rest of the process's life.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use domain::hash::Hashes;
use domain::{ContentHash, UploadId};

use super::Shared;
use super::layout::BlobPlace;
use super::primitives::{Placed, Step};
use super::staging::{give_up, is_gone};
use crate::{Error, Result, Sealed};

/// From this many files or folders on, one `syncfs` replaces their fsyncs.
///
/// Measured with seals of 200 KB on ext4, 2 cores: `syncfs` takes 0.5 to 0.7 of the time of fsyncs side
/// by side at 4 to 64 seals when nothing else writes. But it also waits for everything that other
/// programs have written: with 300 MB of that waiting, 4 seals take 1.9 times as long with it, and 16
/// seals 0.75 times.
const SYNC_ALL_FROM: usize = 8;

/// How many fsyncs go on side by side. In the same measurement 8 take half the time of one at a time
/// from 16 seals on, and 16 gain next to nothing more.
const SYNC_THREADS: usize = 8;

const WHAT: &str = "seal staged bytes";

/// One staged file on its way.
#[derive(Debug, Clone)]
pub(super) struct SealJob {
    pub(super) id: UploadId,
    /// Open since before the first byte was written (or read again), so that no failed write goes
    /// unnoticed: fsync reports one to every file that was open at that time.
    pub(super) file: Arc<File>,
    pub(super) path: Arc<Path>,
    pub(super) hashes: Hashes,
    pub(super) taken: Taken,
    /// The bytes are durable and read-only already ([`sync_alone`]).
    pub(super) is_synced: bool,
}

/// What is done with a name that a blob of the right length has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    IsKept,
    MakesWay,
}

/// The folders known to be durable in their parents, by the first byte or two of their hashes. At
/// most 65 792.
#[derive(Debug, Default)]
pub(super) struct KnownFolders {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    tops: HashSet<u8>,
    leaves: HashSet<[u8; 2]>,
}

impl KnownFolders {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It was free.
    Placed,
    /// A good blob has it.
    WasThere,
    /// A blob had it that was of the wrong length, or was to make way.
    Replaced,
}

/// A job that got its name, not yet durable.
#[derive(Debug)]
struct Named {
    job: SealJob,
    place: BlobPlace,
    outcome: Outcome,
}

/// Takes the first two steps for one file, before it joins a round: those who are sealed at the same
/// time are synced while others still arrive, and nobody waits for a round to begin.
pub(super) fn sync_alone(shared: &Shared, job: SealJob) -> Result<SealJob> {
    let job = make_ready(shared, job)?;
    sync_one(shared, &job)?;
    Ok(SealJob { is_synced: true, ..job })
}

/// One round: the answers are in the order of the jobs.
pub(super) fn seal_round(shared: &Shared, jobs: Vec<SealJob>) -> Vec<Result<Sealed>> {
    let ready = jobs.into_iter().map(|job| make_ready(shared, job)).collect();
    let synced = sync_files(shared, ready);
    let named: Vec<_> = synced.into_iter().map(|job| give_name(shared, job?)).collect();
    let durable = sync_folders(shared, &named);
    named.into_iter().map(|named| answer(shared, named?, &durable)).collect()
}

fn failed(source: io::Error) -> Error {
    Error::from_io(WHAT, source)
}

/// Length checked, and read-only.
fn make_ready(shared: &Shared, job: SealJob) -> Result<SealJob> {
    check_length(shared, &job)?;
    if !job.is_synced {
        shared.primitives.make_read_only(&job.file, &job.path).map_err(failed)?;
    }
    Ok(job)
}

/// Whether the file holds as many bytes as were hashed, and still has its name.
fn check_length(shared: &Shared, job: &SealJob) -> Result<()> {
    shared.primitives.step(Step::CheckLength, &job.path).map_err(failed)?;
    if is_gone(&job.file).map_err(failed)? {
        return Err(Error::NotStaged { id: job.id });
    }
    let actual_bytes = job.file.metadata().map_err(failed)?.len();
    let expected_bytes = job.hashes.size_bytes;
    if actual_bytes == expected_bytes {
        return Ok(());
    }
    Err(Error::LengthDiffers { id: job.id, expected_bytes, actual_bytes })
}

/// Makes the bytes of all jobs durable. Those whose bytes the disk refused are given up.
fn sync_files(shared: &Shared, jobs: Vec<Result<SealJob>>) -> Vec<Result<SealJob>> {
    if sync_all(shared, jobs.iter().flatten().filter(|job| !job.is_synced).count()) {
        return jobs;
    }
    side_by_side(jobs, |job| {
        let job = job?;
        if !job.is_synced {
            sync_one(shared, &job)?;
        }
        Ok(job)
    })
}

fn sync_one(shared: &Shared, job: &SealJob) -> Result<()> {
    let synced = shared.primitives.sync_file(&job.file, &job.path);
    synced.map_err(|source| {
        give_up(shared, &job.path);
        failed(source)
    })
}

/// Syncs everything in one go when that is worth it; `false` when it was not, or failed, and each
/// thing has to be synced by itself.
fn sync_all(shared: &Shared, how_many: usize) -> bool {
    if how_many < SYNC_ALL_FROM || !shared.primitives.can_sync_all() {
        return false;
    }
    shared
        .primitives
        .sync_file_system()
        .inspect_err(|error| {
            tracing::warn!(%error, "syncfs failed; syncing one by one, which tells what is affected");
        })
        .is_ok()
}

/// Gives the bytes their name. A blob that has it and is good, as far as the job knows, is kept; another
/// is replaced in one step.
fn give_name(shared: &Shared, job: SealJob) -> Result<Named> {
    let place = shared.layout.blob(job.hashes.sha256);
    make_folders(shared, &place).map_err(failed)?;
    let outcome = match shared.primitives.rename_new(&job.path, &place.file).map_err(failed)? {
        Placed::Done => Outcome::Placed,
        Placed::Taken if job.taken == Taken::MakesWay => {
            shared.primitives.rename_over(&job.path, &place.file).map_err(failed)?;
            Outcome::Replaced
        }
        Placed::Taken => {
            let stored = fs::symlink_metadata(&place.file).map_err(failed)?;
            if stored.is_file() && stored.len() == job.hashes.size_bytes {
                Outcome::WasThere
            } else {
                report_damaged(job.hashes, stored.len());
                shared.primitives.rename_over(&job.path, &place.file).map_err(failed)?;
                Outcome::Replaced
            }
        }
    };
    Ok(Named { job, place, outcome })
}

fn report_damaged(expected: Hashes, stored_bytes: u64) {
    metrics::counter!("albumen_vault_damaged_replaced_total").increment(1);
    let (blob, expected_bytes) = (expected.sha256, expected.size_bytes);
    tracing::error!(%blob, stored_bytes, expected_bytes, "blob {blob} was damaged on disk; replaced by a new upload");
}

/// Makes the folders of a blob unless this process knows that they are there.
fn make_folders(shared: &Shared, place: &BlobPlace) -> io::Result<()> {
    if shared.known_folders.lock().leaves.contains(&place.prefix) {
        return Ok(());
    }
    shared.primitives.make_folder(&place.top)?;
    shared.primitives.make_folder(&place.leaf)
}

/// The folders that must be synced before a blob's name is durable.
fn folders_to_sync(shared: &Shared, place: &BlobPlace) -> Vec<PathBuf> {
    let known = shared.known_folders.lock();
    let mut folders = vec![place.leaf.clone()];
    if !known.leaves.contains(&place.prefix) {
        folders.push(place.top.clone());
    }
    if !known.tops.contains(&place.prefix[0]) {
        folders.push(shared.layout.blobs.clone());
    }
    folders
}

/// Makes the names of all jobs durable, each folder once. Tells what became of each folder; one that
/// is missing from the answer is fine.
fn sync_folders(shared: &Shared, named: &[Result<Named>]) -> BTreeMap<PathBuf, io::Error> {
    let places: Vec<_> = named.iter().flatten().map(|named| &named.place).collect();
    let mut folders: Vec<_> = places.iter().flat_map(|place| folders_to_sync(shared, place)).collect();
    folders.sort_unstable();
    folders.dedup();
    let refused: BTreeMap<PathBuf, io::Error> = if sync_all(shared, folders.len()) {
        BTreeMap::new()
    } else {
        let synced = side_by_side(folders, |folder| (shared.primitives.sync_folder(&folder), folder));
        synced.into_iter().filter_map(|(synced, folder)| Some((folder, synced.err()?))).collect()
    };
    let mut known = shared.known_folders.lock();
    for place in places {
        if !refused.contains_key(&shared.layout.blobs) {
            known.tops.insert(place.prefix[0]);
        }
        if !refused.contains_key(&place.top) {
            known.leaves.insert(place.prefix);
        }
    }
    refused
}

/// What the caller is told, once everything that could be made durable is.
fn answer(shared: &Shared, named: Named, refused: &BTreeMap<PathBuf, io::Error>) -> Result<Sealed> {
    let Named { job, place, outcome } = named;
    let above = [&place.leaf, &place.top, &shared.layout.blobs];
    if let Some(refused) = above.iter().find_map(|folder| refused.get(*folder)) {
        // What was replaced is gone: without the new bytes there would be none. They keep the name, and
        // only the answer is missing.
        if outcome == Outcome::Placed {
            take_name_back(shared, &job, &place);
        }
        let again =
            refused.raw_os_error().map_or_else(|| refused.kind().into(), io::Error::from_raw_os_error);
        return Err(failed(again));
    }
    if outcome == Outcome::WasThere {
        // The blob is safe whatever happens here; a leftover is found by expiry.
        if let Err(error) = shared.primitives.unlink(&job.path) {
            tracing::warn!(%error, upload = %job.id, "the staged bytes of a blob that was there remain");
        }
    }
    Ok(Sealed {
        hashes: job.hashes,
        was_there: outcome == Outcome::WasThere,
        replaced: outcome == Outcome::Replaced,
    })
}

/// Puts a file back into staging whose new name could not be made durable, so that no blob is seen that
/// a power cut could take away.
fn take_name_back(shared: &Shared, job: &SealJob, place: &BlobPlace) {
    if let Err(error) = shared.primitives.rename_over(&place.file, &job.path) {
        let blob = job.hashes.sha256;
        tracing::error!(%error, %blob, "blob {blob} has its name, but the disk refused to make it durable");
    }
}

/// Does the same to each item on a few threads; the answers are in the order of the items.
fn side_by_side<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    if items.len() < 2 {
        return items.into_iter().map(work).collect();
    }
    let per_thread = items.len().div_ceil(SYNC_THREADS);
    let work = &work;
    let mut items = items.into_iter();
    thread::scope(|scope| {
        let mut threads = Vec::new();
        loop {
            let share: Vec<T> = items.by_ref().take(per_thread).collect();
            if share.is_empty() {
                break;
            }
            threads.push(scope.spawn(move || share.into_iter().map(work).collect::<Vec<R>>()));
        }
        let joined = threads.into_iter().map(thread::ScopedJoinHandle::join);
        joined.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// Makes the name of a blob durable, with the folders above it, whatever is known of them.
pub(super) fn sync_name(shared: &Shared, hash: ContentHash) -> Result<bool> {
    if super::read::size_of(&shared.layout, hash)?.is_none() {
        return Ok(false);
    }
    let place = shared.layout.blob(hash);
    for folder in [&place.leaf, &place.top, &shared.layout.blobs] {
        let synced = shared.primitives.sync_folder(folder);
        synced.map_err(|source| Error::from_io("make a blob's name durable", source))?;
    }
    Ok(true)
}

/// Removes a blob and makes its absence durable, also when a call before this one was cut off between
/// the two.
pub(super) fn remove(shared: &Shared, hash: ContentHash) -> Result<bool> {
    const WHAT: &str = "remove a blob";
    let place = shared.layout.blob(hash);
    let removed = shared.primitives.unlink(&place.file).map_err(|source| Error::from_io(WHAT, source))?;
    if removed || place.leaf.is_dir() {
        shared.primitives.sync_folder(&place.leaf).map_err(|source| Error::from_io(WHAT, source))?;
    }
    Ok(removed)
}
