//! A vault that lets a test do something between a seal and what follows it, and in place of a read.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{ContentHash, UploadId};
use futures_util::future::BoxFuture;
use vault::{ByteStream, Error, Result, Room, Sealed, SealedBlob, Staged, StagedUpload, Vault};

/// Passes everything on; after a seal it first does what was asked for.
#[derive(Clone)]
pub(crate) struct GatedVault {
    inner: Arc<dyn Vault>,
    after_seal: Arc<Mutex<VecDeque<BoxFuture<'static, ()>>>>,
    reads: Arc<AtomicU64>,
    instead_of_read: Arc<Mutex<VecDeque<BoxFuture<'static, Result<ByteStream>>>>>,
    is_unreadable: Arc<AtomicBool>,
    refuses_seals: Arc<AtomicBool>,
    synced_names: Arc<AtomicU64>,
}

impl fmt::Debug for GatedVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatedVault").finish_non_exhaustive()
    }
}

impl GatedVault {
    pub(crate) fn new(inner: Arc<dyn Vault>) -> Self {
        Self {
            inner,
            after_seal: Arc::default(),
            reads: Arc::default(),
            instead_of_read: Arc::default(),
            is_unreadable: Arc::default(),
            refuses_seals: Arc::default(),
            synced_names: Arc::default(),
        }
    }

    /// Done once, when the next seal is done and before its caller hears of it.
    pub(crate) fn after_seal(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.after_seal.lock().unwrap().push_back(Box::pin(work));
    }

    /// Answers the next read.
    pub(crate) fn instead_of_read(&self, work: impl Future<Output = Result<ByteStream>> + Send + 'static) {
        self.instead_of_read.lock().unwrap().push_back(Box::pin(work));
    }

    /// The disk gives no blob's bytes, good as they may be.
    pub(crate) fn be_unreadable(&self, is_unreadable: bool) {
        self.is_unreadable.store(is_unreadable, Ordering::SeqCst);
    }

    /// No seal succeeds; staged bytes remain.
    pub(crate) fn refuse_seals(&self, refuses: bool) {
        self.refuses_seals.store(refuses, Ordering::SeqCst);
    }

    /// How often a name was made durable by itself.
    pub(crate) fn synced_names(&self) -> u64 {
        self.synced_names.load(Ordering::SeqCst)
    }

    async fn sealed(&self, sealing: impl Future<Output = Result<Sealed>>) -> Result<Sealed> {
        if self.refuses_seals.load(Ordering::SeqCst) {
            return Err(failure());
        }
        let sealed = sealing.await;
        let work = self.after_seal.lock().unwrap().pop_front();
        if let Some(work) = work {
            work.await;
        }
        sealed
    }

    /// How often a blob was read.
    pub(crate) fn reads(&self) -> u64 {
        self.reads.load(Ordering::SeqCst)
    }
}

/// What a disk says that does not answer.
pub(crate) fn failure() -> Error {
    Error::Io { what: "do as asked", source: std::io::Error::other("an error of the disk as ordered") }
}

#[async_trait]
impl Vault for GatedVault {
    async fn stage(&self, id: UploadId) -> Result<Box<dyn Staged>> {
        self.inner.stage(id).await
    }

    async fn reopen(&self, id: UploadId) -> Result<Option<Box<dyn Staged>>> {
        self.inner.reopen(id).await
    }

    async fn staged(&self) -> Result<Vec<StagedUpload>> {
        self.inner.staged().await
    }

    async fn discard(&self, id: UploadId) -> Result<()> {
        self.inner.discard(id).await
    }

    async fn seal(&self, staged: Box<dyn Staged>) -> Result<Sealed> {
        self.sealed(self.inner.seal(staged)).await
    }

    async fn seal_over(&self, staged: Box<dyn Staged>) -> Result<Sealed> {
        self.sealed(self.inner.seal_over(staged)).await
    }

    async fn sync_name(&self, hash: ContentHash) -> Result<bool> {
        self.synced_names.fetch_add(1, Ordering::SeqCst);
        self.inner.sync_name(hash).await
    }

    async fn size_of(&self, hash: ContentHash) -> Result<Option<u64>> {
        self.inner.size_of(hash).await
    }

    async fn read(&self, hash: ContentHash, range: Range<u64>) -> Result<ByteStream> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if self.is_unreadable.load(Ordering::SeqCst) {
            return Err(failure());
        }
        let instead = self.instead_of_read.lock().unwrap().pop_front();
        if let Some(instead) = instead {
            return instead.await;
        }
        self.inner.read(hash, range).await
    }

    async fn remove(&self, hash: ContentHash) -> Result<bool> {
        self.inner.remove(hash).await
    }

    async fn list(&self, after: Option<ContentHash>, limit: usize) -> Result<Vec<SealedBlob>> {
        self.inner.list(after, limit).await
    }

    async fn room(&self) -> Result<Option<Room>> {
        self.inner.room().await
    }

    async fn check(&self) -> Result<()> {
        self.inner.check().await
    }
}
