//! What stands under a name already, before whole bytes that have just arrived are thrown away for it.
//!
//! A blob of the right name and length need not have the right bytes: disks rot, and nobody may have
//! noticed yet. So one whose last proof is old is read again first, and makes way when it is rotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use catalog::Catalog;
use catalog::blobs::{self, Blob};
use domain::{Clock, ContentHash, Hashes, TimestampMs};
use tokio::sync::{Mutex as TurnMutex, OwnedMutexGuard, Semaphore};
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

/// How many blobs are read again at the same time: a long film must not keep pictures waiting, and
/// many films must not take the disk away from everybody else.
const REREADS_MAX: usize = 2;

/// Looks at what stands under a name.
#[derive(Debug, Clone)]
pub(crate) struct Doubts {
    catalog: Catalog,
    vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
    stopping: CancellationToken,
    reading: Arc<Semaphore>,
    turns: Arc<Mutex<HashMap<ContentHash, Weak<TurnMutex<()>>>>>,
    tasks: TaskTracker,
}

/// The right to put whole bytes in the place of a damaged blob. Held until the mended blob is
/// committed: somebody else who is mending the same one must not take the good bytes away again.
#[derive(Debug)]
pub(super) struct Mending {
    _turn: OwnedMutexGuard<()>,
    /// Rotten bytes stand in the way. Otherwise they were read just now and are right after all.
    pub(super) in_the_way: bool,
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
            reading: Arc::new(Semaphore::new(REREADS_MAX)),
            turns: Arc::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Reads again what stands under this name unless it was proven lately. `None`: nothing stands
    /// there, or what does can be trusted. The proof is written down, and so is damage, with everybody
    /// who has the content being told.
    ///
    /// The work goes on when the caller goes away, so that a film whose reading takes longer than its
    /// sender waits is not read again for each of the sender's tries.
    pub(super) async fn settle(&self, hashes: Hashes) -> Result<Option<Mending>> {
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
        looking.await.map_err(|error| Error::Internal(Box::new(error)))?
    }

    async fn look(&self, hashes: Hashes) -> Result<Option<Mending>> {
        let turn = self.turn(hashes.sha256).lock_owned().await;
        // Whoever had the turn before may have settled it.
        let row = self.row(hashes.sha256).await?;
        if !is_doubtful(row.as_ref(), self.clock.now_ms()) {
            return Ok(None);
        }
        let read = {
            let _place = self.reading.acquire().await.map_err(|error| Error::Internal(Box::new(error)))?;
            reread(&*self.vault, hashes.sha256, hashes.size_bytes, |_| ()).await
        };
        if read.as_ref().is_ok_and(|read| read.hashes == hashes) {
            if row.is_some_and(|row| row.damaged_at_ms.is_some()) {
                return Ok(Some(Mending { _turn: turn, in_the_way: false }));
            }
            note_proven(&self.catalog, vec![hashes.sha256], self.clock.now_ms()).await?;
            return Ok(None);
        }
        let why = read.err().map_or_else(|| "its bytes are other ones".to_owned(), |error| error.to_string());
        let blob = hashes.sha256;
        tracing::error!(%blob, why, "blob {blob} is damaged; the bytes that have just arrived take its place");
        note_damaged(&self.catalog, blob, self.clock.now_ms()).await?;
        Ok(Some(Mending { _turn: turn, in_the_way: true }))
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
