//! What stands under a name already, before whole bytes that have just arrived are thrown away for it.
//!
//! A blob of the right name and length need not have the right bytes: disks rot, and nobody may have
//! noticed yet. So one whose last proof is old is read again first, and makes way when it is rotten or
//! cannot be read. It makes way in the very step in which the new bytes take its name, never before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use catalog::Catalog;
use catalog::blobs::{self, Blob};
use domain::{Clock, ContentHash, Hashes, TimestampMs};
use tokio::sync::{Mutex as TurnMutex, OwnedMutexGuard, Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vault::Vault;

use crate::care::proof::{note_damaged, note_proven};
use crate::error::{Error, Result};
use crate::reread::reread;

/// How old the last proof of a blob may be for bytes to be thrown away on its word. Short against the
/// months in which disks rot, long against a family's devices sending the same pictures on one
/// evening: each of those pictures is read again once, not once for each device.
const PROOF_LASTS_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Up to this length a blob is short: read again in a few seconds.
const SHORT_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// How many short blobs, and how many long ones, are read again at the same time: long films must not
/// keep pictures waiting, and many of either must not take the disk away from everybody else.
const REREADS_MAX: usize = 2;

/// How long a sender who can come back waits for a reread.
pub(super) const REREAD_WAIT: Duration = Duration::from_mins(1);

/// Looks at what stands under a name.
#[derive(Debug, Clone)]
pub(crate) struct Doubts {
    catalog: Catalog,
    vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
    stopping: CancellationToken,
    places: Arc<Places>,
    turns: Arc<Mutex<HashMap<ContentHash, Weak<TurnMutex<()>>>>>,
    /// What was read and is to make way, and why. Whoever sent for the reading may be gone by its end;
    /// the next one need not read again, which for a film could go on for ever.
    unfit: Arc<Mutex<HashMap<ContentHash, String>>>,
    tasks: TaskTracker,
}

/// The places for rereads, by length.
#[derive(Debug)]
struct Places {
    short: Semaphore,
    long: Semaphore,
}

impl Default for Places {
    fn default() -> Self {
        Self { short: Semaphore::new(REREADS_MAX), long: Semaphore::new(REREADS_MAX) }
    }
}

impl Places {
    async fn take(&self, size_bytes: u64) -> Result<SemaphorePermit<'_>> {
        let places = if size_bytes > SHORT_MAX_BYTES { &self.long } else { &self.short };
        places.acquire().await.map_err(|error| Error::Internal(Box::new(error)))
    }
}

/// The duty to put whole bytes in the place of a blob that is rotten or cannot be read. Held until the
/// mended blob is committed, so that nobody else mends it meanwhile.
#[derive(Debug)]
pub(super) struct Mending {
    _turn: OwnedMutexGuard<()>,
    doubts: Doubts,
    blob: ContentHash,
}

impl Mending {
    /// The whole bytes have their name, durably.
    pub(super) fn took_its_place(&self) {
        let blob = self.blob;
        let why = self.doubts.unfit().remove(&blob).unwrap_or_else(|| "found earlier".to_owned());
        tracing::warn!(%blob, why, "the bytes that have just arrived took the place of blob {blob}");
    }
}

impl Doubts {
    pub(crate) fn new(
        catalog: Catalog,
        vault: Arc<dyn Vault>,
        clock: Arc<dyn Clock>,
        stopping: CancellationToken,
    ) -> Self {
        Self {
            catalog,
            vault,
            clock,
            stopping,
            places: Arc::default(),
            turns: Arc::default(),
            unfit: Arc::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Reads again what stands under this name unless it was proven lately. `None`: nothing stands
    /// there, or what does can be trusted. The proof is written down, and so is damage, with everybody
    /// who has the content being told. A disk that would not answer is not damage yet: such a blob makes
    /// way, and nobody is told anything.
    ///
    /// The work goes on when the caller goes away, or has waited for `patience` and is sent away with
    /// [`Error::UploadBusy`], so that a film whose reading takes longer than its sender waits is not read
    /// again for each of the sender's tries.
    pub(super) async fn settle(&self, hashes: Hashes, patience: Option<Duration>) -> Result<Option<Mending>> {
        if self.vault.size_of(hashes.sha256).await?.is_none() {
            return Ok(None);
        }
        if !is_doubtful(self.row(hashes.sha256).await?.as_ref(), self.clock.now_ms()) {
            return Ok(None);
        }
        let doubts = self.clone();
        let looking = self.tasks.spawn(async move {
            let stopping = doubts.stopping.clone();
            let stopped = || Error::Unavailable("the hub is being stopped".into());
            stopping.run_until_cancelled(doubts.look(hashes)).await.ok_or_else(stopped)?
        });
        let looked = match patience {
            Some(patience) => tokio::time::timeout(patience, looking).await.map_err(|_| Error::UploadBusy)?,
            None => looking.await,
        };
        looked.map_err(|error| Error::Internal(Box::new(error)))?
    }

    async fn look(&self, hashes: Hashes) -> Result<Option<Mending>> {
        let blob = hashes.sha256;
        let turn = self.turn(blob).lock_owned().await;
        // Whoever had the turn before may have settled it.
        let row = self.row(blob).await?;
        if !is_doubtful(row.as_ref(), self.clock.now_ms()) {
            self.unfit().remove(&blob);
            return Ok(None);
        }
        let is_unfit = row.is_some_and(|row| row.damaged_at_ms.is_some()) || self.unfit().contains_key(&blob);
        if is_unfit || self.is_unfit(hashes).await? {
            return Ok(Some(Mending { _turn: turn, doubts: self.clone(), blob }));
        }
        Ok(None)
    }

    /// Reads a blob. Says whether it must make way, which is remembered.
    async fn is_unfit(&self, hashes: Hashes) -> Result<bool> {
        let blob = hashes.sha256;
        let read = {
            let _place = self.places.take(hashes.size_bytes).await?;
            reread(&*self.vault, blob, hashes.size_bytes, |_| ()).await
        };
        let (is_damaged, why) = match read {
            Ok(read) if read.hashes == hashes => {
                note_proven(&self.catalog, vec![blob], self.clock.now_ms()).await?;
                return Ok(false);
            }
            // Taken away since it was looked for. Nothing is in the way, or somebody's new bytes are.
            Err(vault::Error::NotFound { .. }) => return Ok(false),
            Ok(_) => (true, "its bytes are other ones".to_owned()),
            Err(error @ vault::Error::Damaged { .. }) => (true, error.to_string()),
            Err(error) => (false, error.to_string()),
        };
        if is_damaged {
            tracing::error!(%blob, why, "blob {blob} is damaged");
            note_damaged(&self.catalog, blob, self.clock.now_ms()).await?;
        } else {
            tracing::warn!(%blob, why, "blob {blob} could not be read");
        }
        self.unfit().insert(blob, why);
        Ok(true)
    }

    fn unfit(&self) -> MutexGuard<'_, HashMap<ContentHash, String>> {
        self.unfit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn row(&self, sha256: ContentHash) -> Result<Option<Blob>> {
        Ok(self.catalog.read(move |tx| Box::pin(blobs::get(tx, sha256))).await?)
    }

    /// One at a time looks at the same content.
    fn turn(&self, sha256: ContentHash) -> Arc<TurnMutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = turns.get(&sha256).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(TurnMutex::default());
        turns.insert(sha256, Arc::downgrade(&turn));
        turn
    }
}

/// Whether a blob must be read before it is taken for good: damaged as far as is known, not proven for
/// long (or in a time that is not now: clocks are set), or without a row: sealed before a crash, and
/// nobody knows when.
fn is_doubtful(row: Option<&Blob>, now_ms: TimestampMs) -> bool {
    row.is_none_or(|blob| {
        let proven_at_ms = blob.proven_at_ms.unwrap_or(blob.created_at_ms);
        blob.damaged_at_ms.is_some() || now_ms.abs_diff(proven_at_ms) > PROOF_LASTS_MS.unsigned_abs()
    })
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn long_films_leave_room_for_pictures_and_pictures_for_films() {
        let places = Places::default();
        let take = |size_bytes| places.take(size_bytes).now_or_never();
        let _films = [take(SHORT_MAX_BYTES + 1).unwrap(), take(u64::MAX).unwrap()];
        assert!(take(SHORT_MAX_BYTES + 1).is_none(), "a third film waits");
        let _pictures = [take(SHORT_MAX_BYTES).unwrap(), take(0).unwrap()];
        assert!(take(1).is_none(), "a third picture waits");
    }
}
