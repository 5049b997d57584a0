//! A vault on a local file system.
//!
//! ```text
//! ROOT/blobs/ab/cd/<sha256 as 64 hexadecimal digits>   sealed, read-only
//! ROOT/staging/<upload id>                             arriving, on the same file system
//! ```
//!
//! A blob becomes visible in this order, and never in another: all bytes written → length checked →
//! read-only → fsync of the file → rename to its name → fsync of every folder that names it (`seal`).
//! Seals that arrive together share the syncing (`rounds`). All file work runs on tokio's blocking pool.

mod layout;
mod list;
mod primitives;
mod read;
mod rounds;
mod seal;
mod staging;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use domain::{Clock, ContentHash, UploadId};

use crate::{ByteStream, Error, Result, Room, Sealed, SealedBlob, Staged, StagedUpload, Vault};
use layout::Layout;
use primitives::{Primitives, Watch};
pub(crate) use read::stream as stream_of;
use rounds::Rounds;
use seal::{KnownFolders, SealJob, Taken};
use staging::DiskStaged;

/// Files above this length are synced before they join a round, so that a long film does not keep
/// small pictures waiting.
const SYNC_ALONE_BYTES: u64 = 1024 * 1024;

/// Keeps blobs as plain files below one folder. Clones share counters and sync rounds. One process
/// at a time may use a root.
#[derive(Debug, Clone)]
pub struct DiskVault {
    shared: Arc<Shared>,
}

/// What all clones, handles and rounds of one vault use.
#[derive(Debug)]
struct Shared {
    layout: Layout,
    primitives: Primitives,
    known_folders: KnownFolders,
    clock: Arc<dyn Clock>,
    rounds: Rounds<SealJob, Result<Sealed>>,
}

impl DiskVault {
    /// Opens the vault below `root`, making what is missing. Blocks: call it at start-up, or on the
    /// blocking pool. `clock` tells when staged bytes changed.
    pub fn open(root: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_watched(root, clock, None)
    }

    /// Like [`DiskVault::open`], with every step that matters for durability shown to `watch` before
    /// it is done; an error from there is taken for the disk's.
    fn open_watched(root: &Path, clock: Arc<dyn Clock>, watch: Option<Watch>) -> Result<Self> {
        let layout = Layout::below(root);
        let failed = |source| Error::from_io("open the vault's folders", source);
        layout.make_folders().map_err(failed)?;
        let primitives = Primitives::new(&layout.root, watch).map_err(failed)?;
        let known_folders = KnownFolders::default();
        Ok(Self {
            shared: Arc::new(Shared { layout, primitives, known_folders, clock, rounds: Rounds::default() }),
        })
    }

    /// How often this vault asked the disk to make something durable (fsync and syncfs calls), for
    /// benches. The metric `albumen_vault_syncs_total` counts the same.
    pub fn syncs_total(&self) -> u64 {
        self.shared.primitives.syncs_total()
    }

    /// Runs file work on the blocking pool. A panic there becomes an error here.
    async fn blocking<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&Shared) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = Arc::clone(&self.shared);
        run_blocking(what, move || work(&shared)).await
    }

    async fn seal_as(&self, staged: Box<dyn Staged>, taken: Taken) -> Result<Sealed> {
        const WHAT: &str = "seal staged bytes";
        let staged: Box<dyn Any> = staged;
        let staged = staged.downcast::<DiskStaged>().map_err(|_| Error::Io {
            what: WHAT,
            source: io::Error::new(io::ErrorKind::InvalidInput, "the handle is another vault's"),
        });
        let mut staged = staged?;
        staged.settle().await;
        let mut job = staged.into_seal_job(taken);
        if job.hashes.size_bytes > SYNC_ALONE_BYTES {
            job = self.blocking(WHAT, move |shared| seal::sync_alone(shared, job)).await?;
        }
        let shared = Arc::clone(&self.shared);
        let answer = self.shared.rounds.join(job, move |jobs| seal::seal_round(&shared, jobs)).await;
        answer.unwrap_or_else(|| {
            Err(Error::Io { what: WHAT, source: io::Error::other("the sync round did not end") })
        })
    }
}

/// Runs file work on the blocking pool. A panic there, or a runtime that is shutting down, becomes an
/// error here.
pub(crate) async fn run_blocking<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|source| Err(Error::Io { what, source: io::Error::other(source) }))
}

#[async_trait]
impl Vault for DiskVault {
    async fn stage(&self, id: UploadId) -> Result<Box<dyn Staged>> {
        let shared = Arc::clone(&self.shared);
        let staged = run_blocking("begin an upload", move || DiskStaged::create(shared, id)).await?;
        Ok(Box::new(staged))
    }

    async fn reopen(&self, id: UploadId) -> Result<Option<Box<dyn Staged>>> {
        let shared = Arc::clone(&self.shared);
        let staged = run_blocking("read staged bytes", move || DiskStaged::reopen(shared, id)).await?;
        Ok(staged.map(|staged| -> Box<dyn Staged> { Box::new(staged) }))
    }

    async fn staged(&self) -> Result<Vec<StagedUpload>> {
        self.blocking("list staged uploads", |shared| staging::list(&shared.layout)).await
    }

    async fn discard(&self, id: UploadId) -> Result<()> {
        self.blocking("throw staged bytes away", move |shared| staging::discard(shared, id)).await
    }

    async fn seal(&self, staged: Box<dyn Staged>) -> Result<Sealed> {
        self.seal_as(staged, Taken::IsKept).await
    }

    async fn seal_over(&self, staged: Box<dyn Staged>) -> Result<Sealed> {
        self.seal_as(staged, Taken::MakesWay).await
    }

    async fn sync_name(&self, hash: ContentHash) -> Result<bool> {
        self.blocking("make a blob's name durable", move |shared| seal::sync_name(shared, hash)).await
    }

    async fn size_of(&self, hash: ContentHash) -> Result<Option<u64>> {
        self.blocking("look for a blob", move |shared| read::size_of(&shared.layout, hash)).await
    }

    async fn read(&self, hash: ContentHash, range: Range<u64>) -> Result<ByteStream> {
        let file = self
            .blocking("read a blob", {
                let range = range.clone();
                move |shared| read::open(&shared.layout, hash, &range)
            })
            .await?;
        Ok(read::stream(file, hash, range))
    }

    fn file_of(&self, hash: ContentHash) -> Option<PathBuf> {
        Some(self.shared.layout.blob(hash).file)
    }

    async fn remove(&self, hash: ContentHash) -> Result<bool> {
        self.blocking("remove a blob", move |shared| seal::remove(shared, hash)).await
    }

    async fn list(&self, after: Option<ContentHash>, limit: usize) -> Result<Vec<SealedBlob>> {
        self.blocking("list blobs", move |shared| list::list(&shared.layout, after, limit)).await
    }

    async fn room(&self) -> Result<Option<Room>> {
        self.blocking("ask for free room", |shared| Ok(shared.layout.room())).await
    }

    async fn check(&self) -> Result<()> {
        self.blocking("write a trial file", |shared| {
            let failed = |source| Error::from_io("write a trial file", source);
            shared.layout.write_trial().map_err(failed)
        })
        .await
    }
}
