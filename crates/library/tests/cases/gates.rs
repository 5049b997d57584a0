//! A vault that lets a test do something between a seal and what follows it.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{ContentHash, UploadId};
use futures_util::future::BoxFuture;
use vault::{ByteStream, Result, Room, Sealed, SealedBlob, Staged, StagedUpload, Vault};

/// Passes everything on; after a seal it first does what was asked for.
#[derive(Clone)]
pub(crate) struct GatedVault {
    inner: Arc<dyn Vault>,
    after_seal: Arc<Mutex<VecDeque<BoxFuture<'static, ()>>>>,
    reads: Arc<AtomicU64>,
}

impl fmt::Debug for GatedVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatedVault").finish_non_exhaustive()
    }
}

impl GatedVault {
    pub(crate) fn new(inner: Arc<dyn Vault>) -> Self {
        Self { inner, after_seal: Arc::default(), reads: Arc::default() }
    }

    /// Done once, when the next seal is done and before its caller hears of it.
    pub(crate) fn after_seal(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.after_seal.lock().unwrap().push_back(Box::pin(work));
    }

    /// How often a blob was read.
    pub(crate) fn reads(&self) -> u64 {
        self.reads.load(Ordering::SeqCst)
    }
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
        let sealed = self.inner.seal(staged).await;
        let work = self.after_seal.lock().unwrap().pop_front();
        if let Some(work) = work {
            work.await;
        }
        sealed
    }

    async fn seal_over(&self, staged: Box<dyn Staged>) -> Result<Sealed> {
        self.inner.seal_over(staged).await
    }

    async fn size_of(&self, hash: ContentHash) -> Result<Option<u64>> {
        self.inner.size_of(hash).await
    }

    async fn read(&self, hash: ContentHash, range: Range<u64>) -> Result<ByteStream> {
        self.reads.fetch_add(1, Ordering::SeqCst);
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
