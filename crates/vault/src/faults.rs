//! A vault that fails on demand, wrapped around any other.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use domain::{ContentHash, UploadId};

use crate::{ByteStream, Result, Room, Sealed, SealedBlob, Staged, StagedUpload, Vault};

/// What happens at the chosen step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call fails once; the next one works again.
    Error,
    /// Only part of the bytes are written, then the call fails once. Elsewhere than in
    /// [`Staged::append`] the same as [`Fault::Error`].
    ShortWrite,
    /// Every call that writes fails with [`crate::Error::Full`] until [`FaultyVault::make_room`].
    Full,
    /// The program dies in the middle: every call fails until [`FaultyVault::restart`].
    Crash,
}

/// What a power cut does to staged bytes that were not yet synced. Sealed blobs always survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsynced {
    /// They survive, as when only the program died.
    Kept,
    /// About half of them survive.
    Torn,
    /// None survive.
    Lost,
}

/// Wraps a vault and fails at a chosen step. Every call that changes something counts two steps, one
/// before it is done and one after (done, but the caller is told that it failed, like a lost reply);
/// every call that only reads counts one.
#[derive(Debug, Clone)]
pub struct FaultyVault {
    inner: Arc<dyn Vault>,
}

impl FaultyVault {
    /// Wraps `inner`; nothing fails until asked to.
    pub fn new(inner: Arc<dyn Vault>) -> Self {
        Self { inner }
    }

    /// Fails at step `step` (the first step from now on is 0). Replaces an earlier order that was not
    /// reached.
    pub fn fail_at(&self, step: u64, fault: Fault) {
        let _ = (step, fault);
    }

    /// Whether the ordered fault has happened.
    pub fn has_failed(&self) -> bool {
        false
    }

    /// How many steps were taken since [`FaultyVault::fail_at`] or the beginning.
    pub fn steps_taken(&self) -> u64 {
        0
    }

    /// Ends [`Fault::Full`].
    pub fn make_room(&self) {}

    /// Comes back after [`Fault::Crash`], or simulates a power cut at rest. Handles of before the
    /// restart must be dropped first; they no longer work.
    pub async fn restart(&self, unsynced: Unsynced) -> Result<()> {
        let _ = unsynced;
        Ok(())
    }
}

#[async_trait]
impl Vault for FaultyVault {
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
        self.inner.seal(staged).await
    }
    async fn size_of(&self, hash: ContentHash) -> Result<Option<u64>> {
        self.inner.size_of(hash).await
    }
    async fn read(&self, hash: ContentHash, range: Range<u64>) -> Result<ByteStream> {
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
