//! Uploads whose time is over, and staged bytes that no upload owns any more.

use std::collections::HashSet;

use catalog::uploads;
use domain::{TimestampMs, UploadId};

use crate::Library;
use crate::error::Result;

/// How many uploads are looked at in one go.
const BATCH: u32 = 200;

impl Library {
    /// Forgets uploads that have expired, finished ones too, and discards what they had staged.
    /// Says how many.
    pub(crate) async fn expire_uploads(&self) -> Result<u64> {
        let mut gone = 0;
        loop {
            let now_ms = self.now_ms();
            let expired = self
                .catalog
                .read(move |tx| Box::pin(async move { uploads::expired(tx, now_ms, BATCH).await }))
                .await?;
            let mut progress = false;
            for &id in &expired {
                if self.expire_one(id, now_ms).await? {
                    gone += 1;
                    progress = true;
                }
            }
            if !progress || expired.len() < BATCH as usize {
                return Ok(gone);
            }
        }
    }

    /// The row goes first: bytes without one are swept later, a row without bytes would promise them.
    async fn expire_one(&self, id: UploadId, now_ms: TimestampMs) -> Result<bool> {
        let expired = self
            .catalog
            .write(move |tx| {
                Box::pin(async move {
                    // It may have gone on, or been finished, since it was listed.
                    let upload = uploads::get(tx, id).await?;
                    if upload.is_none_or(|upload| upload.declared.expires_at_ms >= now_ms) {
                        return Ok(false);
                    }
                    uploads::delete(tx, id).await
                })
            })
            .await?;
        if expired {
            self.vault.discard(id).await?;
            self.sessions.forget(id);
            self.promises.release(id);
        }
        Ok(expired)
    }

    /// Discards staged bytes that belong to no open upload and have been still for the grace period:
    /// leftovers of a crash. Says how many.
    pub(crate) async fn sweep_staging(&self) -> Result<u64> {
        let still_since_ms = self.now_ms() - self.settings.sweep_grace_ms();
        let old: Vec<UploadId> = self
            .vault
            .staged()
            .await?
            .into_iter()
            .filter(|staged| staged.changed_at_ms < still_since_ms)
            .map(|staged| staged.id)
            .collect();
        let mut gone = 0;
        for ids in old.chunks(BATCH as usize) {
            let asked = ids.to_vec();
            let open: HashSet<UploadId> = self
                .catalog
                .read(move |tx| {
                    Box::pin(async move {
                        let mut open = HashSet::new();
                        for id in asked {
                            let upload = uploads::get(tx, id).await?;
                            if upload.is_some_and(|upload| upload.state == uploads::UploadState::Open) {
                                open.insert(id);
                            }
                        }
                        Ok::<_, catalog::Error>(open)
                    })
                })
                .await?;
            for &id in ids.iter().filter(|id| !open.contains(*id)) {
                self.vault.discard(id).await?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}
