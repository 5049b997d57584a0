//! A vault in memory, for tests: the same contract, no files.

use std::collections::{BTreeMap, HashMap};
use std::ops::{Bound, Range};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use domain::clock::TimestampMs;
use domain::hash::{Hashes, TwinHasher};
use domain::{Clock, ContentHash, UploadId};
use futures_util::{StreamExt as _, stream};

use crate::{
    ByteStream, Checkpoint, Error, PIECE_MAX_BYTES, Result, Room, Sealed, SealedBlob, Staged, StagedUpload,
    Vault,
};

/// Keeps everything in memory. Clones share what they keep.
#[derive(Debug, Clone)]
pub struct MemoryVault {
    clock: Arc<dyn Clock>,
    shelves: Arc<Mutex<Shelves>>,
}

/// What is kept.
#[derive(Debug, Default)]
struct Shelves {
    staged: HashMap<UploadId, StagedBytes>,
    sealed: BTreeMap<ContentHash, Bytes>,
    total_bytes: Option<u64>,
}

/// One upload's bytes.
#[derive(Debug)]
struct StagedBytes {
    bytes: Vec<u8>,
    changed_at_ms: TimestampMs,
}

impl Shelves {
    fn used_bytes(&self) -> u64 {
        let staged: usize = self.staged.values().map(|staged| staged.bytes.len()).sum();
        let sealed: usize = self.sealed.values().map(Bytes::len).sum();
        (staged + sealed) as u64
    }

    fn room(&self) -> Option<Room> {
        let total_bytes = self.total_bytes?;
        Some(Room { free_bytes: total_bytes.saturating_sub(self.used_bytes()), total_bytes })
    }
}

impl MemoryVault {
    /// An empty vault without a limit. `clock` tells when staged bytes changed.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, shelves: Arc::default() }
    }

    /// Pretends to be a disk of this size (`None`: without end). Less than what is kept already means
    /// full.
    pub fn set_total_bytes(&self, total_bytes: Option<u64>) {
        self.lock().total_bytes = total_bytes;
    }

    /// Changes one byte of a sealed blob, as a dying disk would. `false` when there is no such blob
    /// or it is empty.
    pub fn rot(&self, hash: ContentHash) -> bool {
        let mut shelves = self.lock();
        let Some(sealed) = shelves.sealed.get_mut(&hash).filter(|sealed| !sealed.is_empty()) else {
            return false;
        };
        let mut bytes = sealed.to_vec();
        bytes[0] ^= 1;
        *sealed = bytes.into();
        true
    }

    /// Cuts a sealed blob to this length, as a broken file system would.
    pub fn cut(&self, hash: ContentHash, size_bytes: usize) {
        if let Some(sealed) = self.lock().sealed.get_mut(&hash) {
            sealed.truncate(size_bytes);
        }
    }

    /// A seal; `over`: whatever has the name makes way.
    fn put_on_shelf(&self, staged: &dyn Staged, over: bool) -> Result<Sealed> {
        let (id, hashes) = (staged.id(), staged.hashes());
        let mut shelves = self.lock();
        let bytes = shelves.staged.get(&id).ok_or(Error::NotStaged { id })?.bytes.len() as u64;
        if bytes != hashes.size_bytes {
            return Err(Error::LengthDiffers { id, expected_bytes: hashes.size_bytes, actual_bytes: bytes });
        }
        let held = shelves.sealed.get(&hashes.sha256).map(|sealed| sealed.len() as u64);
        let was_there = held == Some(hashes.size_bytes) && !over;
        if let Some(staged) = shelves.staged.remove(&id).filter(|_| !was_there) {
            shelves.sealed.insert(hashes.sha256, staged.bytes.into());
        }
        Ok(Sealed { hashes, was_there, replaced: held.is_some() && !was_there })
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An upload's bytes in a [`MemoryVault`].
#[derive(Debug)]
struct MemoryStaged {
    vault: MemoryVault,
    id: UploadId,
    hasher: TwinHasher,
}

#[async_trait]
impl Staged for MemoryStaged {
    fn id(&self) -> UploadId {
        self.id
    }

    fn size_bytes(&self) -> u64 {
        self.hasher.size_bytes()
    }

    async fn append(&mut self, pieces: Vec<Bytes>) -> Result<()> {
        let mut shelves = self.vault.lock();
        let needed_bytes = pieces.iter().map(|piece| piece.len() as u64).sum();
        let room = shelves.room();
        let staged = shelves.staged.get_mut(&self.id).ok_or(Error::NotStaged { id: self.id })?;
        if let Some(room) = room.filter(|room| room.free_bytes < needed_bytes) {
            return Err(Error::Full { needed_bytes, free_bytes: Some(room.free_bytes) });
        }
        for piece in pieces {
            self.hasher.update(&piece);
            staged.bytes.extend_from_slice(&piece);
        }
        staged.changed_at_ms = self.vault.clock.now_ms();
        Ok(())
    }

    async fn sync(&mut self) -> Result<()> {
        if self.vault.lock().staged.contains_key(&self.id) {
            Ok(())
        } else {
            Err(Error::NotStaged { id: self.id })
        }
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint { id: self.id, hasher: self.hasher.clone() }
    }

    async fn roll_back(&mut self, to: Checkpoint) -> Result<()> {
        let mut shelves = self.vault.lock();
        let staged = shelves.staged.get_mut(&self.id).ok_or(Error::NotStaged { id: self.id })?;
        let size = to.fits(self.id, self.hasher.size_bytes())?;
        staged.bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        staged.changed_at_ms = self.vault.clock.now_ms();
        self.hasher = to.hasher;
        Ok(())
    }

    fn hashes(&self) -> Hashes {
        self.hasher.clone().finish()
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn stage(&self, id: UploadId) -> Result<Box<dyn Staged>> {
        let mut shelves = self.lock();
        if shelves.staged.contains_key(&id) {
            return Err(Error::AlreadyStaged { id });
        }
        shelves.staged.insert(id, StagedBytes { bytes: Vec::new(), changed_at_ms: self.clock.now_ms() });
        Ok(Box::new(MemoryStaged { vault: self.clone(), id, hasher: TwinHasher::new() }))
    }

    async fn reopen(&self, id: UploadId) -> Result<Option<Box<dyn Staged>>> {
        let shelves = self.lock();
        let Some(staged) = shelves.staged.get(&id) else { return Ok(None) };
        let mut hasher = TwinHasher::new();
        hasher.update(&staged.bytes);
        Ok(Some(Box::new(MemoryStaged { vault: self.clone(), id, hasher })))
    }

    async fn staged(&self) -> Result<Vec<StagedUpload>> {
        let listed = |(&id, staged): (&UploadId, &StagedBytes)| StagedUpload {
            id,
            size_bytes: staged.bytes.len() as u64,
            changed_at_ms: staged.changed_at_ms,
        };
        Ok(self.lock().staged.iter().map(listed).collect())
    }

    async fn discard(&self, id: UploadId) -> Result<()> {
        self.lock().staged.remove(&id);
        Ok(())
    }

    async fn seal(&self, staged: Box<dyn Staged>) -> Result<Sealed> {
        self.put_on_shelf(&*staged, false)
    }

    async fn seal_over(&self, staged: Box<dyn Staged>) -> Result<Sealed> {
        self.put_on_shelf(&*staged, true)
    }

    async fn sync_name(&self, hash: ContentHash) -> Result<bool> {
        Ok(self.lock().sealed.contains_key(&hash))
    }

    async fn size_of(&self, hash: ContentHash) -> Result<Option<u64>> {
        Ok(self.lock().sealed.get(&hash).map(|sealed| sealed.len() as u64))
    }

    async fn read(&self, hash: ContentHash, range: Range<u64>) -> Result<ByteStream> {
        let sealed = self.lock().sealed.get(&hash).cloned().ok_or(Error::NotFound { hash })?;
        let size_bytes = sealed.len() as u64;
        let (Ok(start), Ok(end)) = (usize::try_from(range.start), usize::try_from(range.end)) else {
            return Err(Error::OutOfRange { size_bytes });
        };
        if start > end || end > sealed.len() {
            return Err(Error::OutOfRange { size_bytes });
        }
        let wanted = sealed.slice(start..end);
        let pieces = (0..wanted.len())
            .step_by(PIECE_MAX_BYTES)
            .map(move |at| Ok(wanted.slice(at..wanted.len().min(at + PIECE_MAX_BYTES))));
        Ok(stream::iter(pieces).boxed())
    }

    async fn remove(&self, hash: ContentHash) -> Result<bool> {
        Ok(self.lock().sealed.remove(&hash).is_some())
    }

    async fn list(&self, after: Option<ContentHash>, limit: usize) -> Result<Vec<SealedBlob>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let shelves = self.lock();
        let blobs = shelves.sealed.range((from, Bound::Unbounded)).take(limit);
        Ok(blobs.map(|(&hash, bytes)| SealedBlob { hash, size_bytes: bytes.len() as u64 }).collect())
    }

    async fn room(&self) -> Result<Option<Room>> {
        Ok(self.lock().room())
    }

    async fn check(&self) -> Result<()> {
        match self.lock().room() {
            Some(Room { free_bytes: 0, .. }) => Err(Error::Full { needed_bytes: 1, free_bytes: Some(0) }),
            _ => Ok(()),
        }
    }
}
