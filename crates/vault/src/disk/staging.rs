//! Bytes that are still arriving.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::Bytes;
use domain::clock::TimestampMs;
use domain::hash::{Hashes, TwinHasher};
use domain::{Clock, UploadId};
use tokio::sync::Mutex as Turn;

use super::layout::Layout;
use super::primitives::begin_to_write_out;
use super::seal::{SealJob, Taken};
use super::{Shared, run_blocking};
use crate::{Checkpoint, Error, PIECE_MAX_BYTES, Result, Staged, StagedUpload};

/// From so many bytes on the kernel is asked to write them out while the next ones arrive.
const WRITE_OUT_BYTES: u64 = 1024 * 1024;

/// An upload's staged file, open for more.
#[derive(Debug)]
pub(super) struct DiskStaged {
    shared: Arc<Shared>,
    id: UploadId,
    path: Arc<Path>,
    open: Arc<Mutex<OpenFile>>,
    /// Held by whoever works on the file, also after its caller has gone: work is done in the order in
    /// which it was asked for, though blocking threads may start in another.
    turn: Arc<Turn<()>>,
    /// The hasher's count, readable while an append is at work.
    size_bytes: Arc<AtomicU64>,
}

/// The file and what is known about it. Whoever changes one changes the other under the same lock, so
/// that a dropped future leaves both agreeing.
#[derive(Debug)]
struct OpenFile {
    file: Arc<File>,
    hasher: TwinHasher,
    /// The file's name is durable in the staging folder.
    is_named_durably: bool,
    /// How far the kernel was asked to write it out ahead of the sync.
    written_out: u64,
    /// Bytes behind the hashed end may stand in the file: cutting them off failed.
    has_torn_end: bool,
}

impl DiskStaged {
    /// A new, empty staged file.
    pub(super) fn create(shared: Arc<Shared>, id: UploadId) -> Result<Self> {
        let path = shared.layout.staged(id);
        let file = match new_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(Error::AlreadyStaged { id });
            }
            opened => opened.map_err(|source| Error::from_io("begin an upload", source))?,
        };
        stamp(&file, &*shared.clock);
        Ok(Self::around(shared, id, &path, file, TwinHasher::new()))
    }

    /// A staged file of earlier, with its hashes computed anew.
    pub(super) fn reopen(shared: Arc<Shared>, id: UploadId) -> Result<Option<Self>> {
        let failed = |source| Error::from_io("read staged bytes", source);
        let path = shared.layout.staged(id);
        let mut file = match open_to_go_on(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let mut hasher = TwinHasher::new();
        let mut buffer = vec![0; PIECE_MAX_BYTES];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => hasher.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(Some(Self::around(shared, id, &path, file, hasher)))
    }

    fn around(shared: Arc<Shared>, id: UploadId, path: &Path, file: File, hasher: TwinHasher) -> Self {
        let size_bytes = Arc::new(AtomicU64::new(hasher.size_bytes()));
        let open = OpenFile {
            file: Arc::new(file),
            written_out: hasher.size_bytes(),
            hasher,
            is_named_durably: false,
            has_torn_end: false,
        };
        Self {
            shared,
            id,
            path: path.into(),
            open: Arc::new(Mutex::new(open)),
            turn: Arc::default(),
            size_bytes,
        }
    }

    /// What a seal needs of it.
    pub(super) fn into_seal_job(self, taken: Taken) -> SealJob {
        let open = lock(&self.open);
        SealJob {
            id: self.id,
            file: Arc::clone(&open.file),
            path: Arc::clone(&self.path),
            hashes: open.hasher.clone().finish(),
            taken,
            is_synced: false,
        }
    }

    /// Runs work on the open file on the blocking pool and publishes its length afterwards.
    async fn with_open<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&Shared, &Path, &mut OpenFile) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (shared, path) = (Arc::clone(&self.shared), Arc::clone(&self.path));
        let (open, size_bytes, id) = (Arc::clone(&self.open), Arc::clone(&self.size_bytes), self.id);
        let turn = Arc::clone(&self.turn).lock_owned().await;
        run_blocking(what, move || {
            let _turn = turn;
            let mut open = lock(&open);
            if is_gone(&open.file).map_err(|source| Error::from_io(what, source))? {
                return Err(Error::NotStaged { id });
            }
            let done = work(&shared, &path, &mut open);
            size_bytes.store(open.hasher.size_bytes(), Ordering::Release);
            done
        })
        .await
    }
}

#[async_trait]
impl Staged for DiskStaged {
    fn id(&self) -> UploadId {
        self.id
    }

    fn size_bytes(&self) -> u64 {
        self.size_bytes.load(Ordering::Acquire)
    }

    async fn settle(&mut self) {
        drop(self.turn.lock().await);
    }

    async fn append(&mut self, pieces: Vec<Bytes>) -> Result<()> {
        self.with_open("write staged bytes", move |shared, path, open| {
            append(shared, path, open, &pieces).map_err(|source| {
                match Error::from_io("write staged bytes", source) {
                    Error::Full { .. } => Error::Full {
                        needed_bytes: pieces.iter().map(|piece| piece.len() as u64).sum(),
                        free_bytes: shared.layout.room().map(|room| room.free_bytes),
                    },
                    other => other,
                }
            })
        })
        .await
    }

    async fn sync(&mut self) -> Result<()> {
        self.with_open("make staged bytes durable", |shared, path, open| {
            sync(shared, path, open).map_err(|source| Error::from_io("make staged bytes durable", source))
        })
        .await
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint { id: self.id, hasher: lock(&self.open).hasher.clone() }
    }

    async fn roll_back(&mut self, to: Checkpoint) -> Result<()> {
        let id = self.id;
        self.with_open("cut staged bytes", move |shared, path, open| {
            let size_bytes = to.fits(id, open.hasher.size_bytes())?;
            shared
                .primitives
                .cut_back(&open.file, path, size_bytes)
                .map_err(|source| Error::from_io("cut staged bytes", source))?;
            open.hasher = to.hasher;
            open.written_out = open.written_out.min(size_bytes);
            open.has_torn_end = false;
            stamp(&open.file, &*shared.clock);
            Ok(())
        })
        .await
    }

    fn hashes(&self) -> Hashes {
        lock(&self.open).hasher.clone().finish()
    }
}

fn lock(open: &Mutex<OpenFile>) -> MutexGuard<'_, OpenFile> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes and hashes; after a failure the file is cut back to what it was.
fn append(shared: &Shared, path: &Path, open: &mut OpenFile, pieces: &[Bytes]) -> io::Result<()> {
    let size_bytes = open.hasher.size_bytes();
    if open.has_torn_end {
        shared.primitives.cut_back(&open.file, path, size_bytes)?;
        open.has_torn_end = false;
    }
    let mut hasher = open.hasher.clone();
    let written = (&*open.file).seek(SeekFrom::Start(size_bytes)).and_then(|_| {
        pieces.iter().try_for_each(|piece| {
            shared.primitives.write(&open.file, path, piece)?;
            hasher.update(piece);
            Ok(())
        })
    });
    if let Err(error) = written {
        if let Err(cut) = shared.primitives.cut_back(&open.file, path, size_bytes) {
            // Tried again by the next append; a seal before that sees the wrong length and refuses.
            tracing::warn!(error = %cut, "staged bytes that failed to be written could not be cut off");
            open.has_torn_end = true;
        }
        return Err(error);
    }
    open.hasher = hasher;
    let waiting = open.hasher.size_bytes() - open.written_out;
    if waiting >= WRITE_OUT_BYTES {
        begin_to_write_out(&open.file, open.written_out, waiting);
        open.written_out += waiting;
    }
    stamp(&open.file, &*shared.clock);
    Ok(())
}

/// Makes bytes and name durable. After a failed fsync the kernel may count pages as written that are
/// not, so that a second one would succeed and lie: the file is given up.
fn sync(shared: &Shared, path: &Path, open: &mut OpenFile) -> io::Result<()> {
    let mut synced = shared.primitives.sync_file(&open.file, path);
    if synced.is_ok() && !open.is_named_durably {
        synced = shared.primitives.sync_folder(&shared.layout.staging);
        open.is_named_durably = synced.is_ok();
    }
    if synced.is_err() {
        give_up(shared, path);
    }
    synced
}

/// Removes a staged file whose bytes cannot be trusted any more.
pub(super) fn give_up(shared: &Shared, path: &Path) {
    tracing::error!("the disk failed to make staged bytes durable; they are thrown away");
    if let Err(error) = shared.primitives.unlink(path) {
        tracing::error!(%error, "staged bytes that cannot be trusted could not be removed");
    }
}

/// Remembers when bytes last came. The file's own time would be the machine's, not the clock's. Only
/// expiry looks at it, so a failure costs nothing but precision.
fn stamp(file: &File, clock: &dyn Clock) {
    let since_epoch = Duration::from_millis(u64::try_from(clock.now_ms()).unwrap_or(0));
    if let Err(error) = file.set_modified(UNIX_EPOCH + since_epoch) {
        tracing::debug!(%error, "the time of staged bytes could not be set");
    }
}

#[cfg(unix)]
fn new_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o640).open(path)
}

#[cfg(not(unix))]
fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Opens a staged file again. A seal that was interrupted may have made it read-only already.
#[cfg(unix)]
fn open_to_go_on(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::PermissionsExt as _;
    let open = || OpenOptions::new().read(true).write(true).open(path);
    match open() {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            fs::set_permissions(path, fs::Permissions::from_mode(0o640))?;
            open()
        }
        opened => opened,
    }
}

#[cfg(not(unix))]
fn open_to_go_on(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// Whether the file has lost its name: discarded, or given up.
#[cfg(unix)]
pub(super) fn is_gone(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(file.metadata()?.nlink() == 0)
}

/// Windows removes no open file.
#[cfg(not(unix))]
pub(super) fn is_gone(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// All staged files. What does not carry an upload's id is not ours and is left alone.
pub(super) fn list(layout: &Layout) -> Result<Vec<StagedUpload>> {
    let failed = |source| Error::from_io("list staged uploads", source);
    let mut found = Vec::new();
    for entry in fs::read_dir(&layout.staging).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<UploadId>().ok()) else { continue };
        if layout.staged(id) != entry.path() {
            continue;
        }
        match entry.metadata() {
            // Sealed or discarded since the listing began.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
            Ok(facts) => found.push(StagedUpload {
                id,
                size_bytes: facts.len(),
                changed_at_ms: in_ms(facts.modified().map_err(failed)?),
            }),
        }
    }
    Ok(found)
}

/// Removes a staged file. Its absence need not be durable: sweep would find it again.
pub(super) fn discard(shared: &Shared, id: UploadId) -> Result<()> {
    let removed = shared.primitives.unlink(&shared.layout.staged(id));
    removed.map(|_| ()).map_err(|source| Error::from_io("throw staged bytes away", source))
}

/// Before 1970 counts as 1970: nothing was uploaded then.
fn in_ms(time: SystemTime) -> TimestampMs {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    TimestampMs::try_from(since_epoch.as_millis()).unwrap_or(TimestampMs::MAX)
}
