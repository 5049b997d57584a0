//! A vault on a local file system.
//!
//! ```text
//! ROOT/blobs/ab/cd/<sha256 as 64 hexadecimal digits>   sealed, read-only
//! ROOT/staging/<upload id>                             arriving, on the same file system
//! ```

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use domain::{Clock, ContentHash, UploadId};

use crate::{ByteStream, Error, Result, Room, Sealed, SealedBlob, Staged, StagedUpload, Vault};

/// Keeps blobs as plain files below one folder. Clones share counters and sync rounds.
#[derive(Debug, Clone)]
pub struct DiskVault {
    clock: Arc<dyn Clock>,
}

impl DiskVault {
    /// Opens the vault below `root`, making what is missing. Blocks: call it at start-up, or on the
    /// blocking pool. `clock` tells when staged bytes changed.
    pub fn open(root: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let _ = root;
        Ok(Self { clock })
    }

    /// How often this vault asked the disk to make something durable (fsync and syncfs calls).
    pub fn syncs_total(&self) -> u64 {
        0
    }
}

fn unfinished<T>() -> Result<T> {
    Err(Error::Io { what: "do this yet", source: std::io::ErrorKind::Unsupported.into() })
}

#[async_trait]
impl Vault for DiskVault {
    async fn stage(&self, _: UploadId) -> Result<Box<dyn Staged>> {
        unfinished()
    }
    async fn reopen(&self, _: UploadId) -> Result<Option<Box<dyn Staged>>> {
        unfinished()
    }
    async fn staged(&self) -> Result<Vec<StagedUpload>> {
        unfinished()
    }
    async fn discard(&self, _: UploadId) -> Result<()> {
        unfinished()
    }
    async fn seal(&self, _: Box<dyn Staged>) -> Result<Sealed> {
        unfinished()
    }
    async fn size_of(&self, _: ContentHash) -> Result<Option<u64>> {
        unfinished()
    }
    async fn read(&self, _: ContentHash, _: Range<u64>) -> Result<ByteStream> {
        unfinished()
    }
    async fn remove(&self, _: ContentHash) -> Result<bool> {
        unfinished()
    }
    async fn list(&self, _: Option<ContentHash>, _: usize) -> Result<Vec<SealedBlob>> {
        unfinished()
    }
    async fn room(&self) -> Result<Option<Room>> {
        unfinished()
    }
    async fn check(&self) -> Result<()> {
        unfinished()
    }
}
