//! Room that is spoken for: bytes that were announced and are still to come. Without counting them,
//! many large files at once would each fit, and together use up what has to stay free.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Clock, UploadId};
use vault::Vault;

use crate::error::{Error, Result};

/// How long room is kept for an upload that brings nothing. A device that has gone away must not keep
/// others out for a week; when it comes back, it asks for room again.
const IDLE_MAX_MS: u64 = 60 * 60 * 1000;

/// Room for a body that does not say how long it is is asked for in steps of this size.
const STEP_BYTES: u64 = 64 * 1024 * 1024;

/// The room that uploads in flight have been promised. Lives in memory: after a restart each upload
/// asks again with its next bytes.
#[derive(Debug)]
pub(crate) struct Promises {
    vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
    keep_free_bytes: u64,
    /// Held from the question for free room to the promise: two that ask at once must not both get the
    /// last of it.
    deciding: tokio::sync::Mutex<()>,
    promised: Mutex<HashMap<UploadId, Promised>>,
}

#[derive(Debug, Clone, Copy)]
struct Promised {
    bytes: u64,
    /// When it was made, or bytes last came, by the clock that nobody sets.
    since_ms: u64,
}

/// Room for the rest of one upload, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Promise {
    promises: Arc<Promises>,
    id: UploadId,
    kept: bool,
}

impl Promises {
    pub(crate) fn new(vault: Arc<dyn Vault>, clock: Arc<dyn Clock>, keep_free_bytes: u64) -> Arc<Self> {
        Arc::new(Self {
            vault,
            clock,
            keep_free_bytes,
            deciding: tokio::sync::Mutex::default(),
            promised: Mutex::default(),
        })
    }

    /// Promises room for `bytes` that are still to come for this upload, in place of what it had been
    /// promised before. `StorageFull` when less than what has to stay free would be left once these
    /// and all others that were promised have come.
    pub(super) async fn claim(self: &Arc<Self>, id: UploadId, bytes: u64) -> Result<Promise> {
        let _one_at_a_time = self.deciding.lock().await;
        // In this order what arrives meanwhile is counted twice, never not at all.
        let others = self.promised_to_others(id);
        let wanted = bytes.saturating_add(others).saturating_add(self.keep_free_bytes);
        if self.vault.room().await?.is_some_and(|room| room.free_bytes < wanted) {
            return Err(Error::StorageFull);
        }
        self.lock().insert(id, Promised { bytes, since_ms: self.clock.uptime_ms() });
        Ok(Promise { promises: self.clone(), id, kept: false })
    }

    /// Gives the room back: the upload has ended.
    pub(super) fn release(&self, id: UploadId) {
        self.lock().remove(&id);
    }

    fn promised_to_others(&self, id: UploadId) -> u64 {
        let now_ms = self.clock.uptime_ms();
        let mut promised = self.lock();
        promised.retain(|_, promise| now_ms.saturating_sub(promise.since_ms) <= IDLE_MAX_MS);
        promised
            .iter()
            .filter(|(other, _)| **other != id)
            .fold(0, |sum, (_, promise)| sum.saturating_add(promise.bytes))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UploadId, Promised>> {
        self.promised.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Promise {
    /// Makes sure that there is room for the next `bytes`; asks for more when they were not announced.
    pub(super) async fn cover(&self, bytes: u64) -> Result<()> {
        let left = self.promises.lock().get(&self.id).map_or(0, |promised| promised.bytes);
        if left >= bytes {
            return Ok(());
        }
        let more = self.promises.claim(self.id, bytes.max(STEP_BYTES)).await;
        // On a small disk the step may not fit although these bytes do.
        let more = match more {
            Err(Error::StorageFull) if bytes < STEP_BYTES => self.promises.claim(self.id, bytes).await,
            other => other,
        };
        more?.keep();
        Ok(())
    }

    /// These bytes have come and are counted by the disk from here on.
    pub(super) fn arrived(&self, bytes: u64) {
        let now_ms = self.promises.clock.uptime_ms();
        if let Some(promised) = self.promises.lock().get_mut(&self.id) {
            *promised = Promised { bytes: promised.bytes.saturating_sub(bytes), since_ms: now_ms };
        }
    }

    /// Keeps the room for what comes with later requests.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if !self.kept {
            self.promises.release(self.id);
        }
    }
}
