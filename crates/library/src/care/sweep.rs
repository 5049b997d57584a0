//! Sweep: bytes that nothing names go, after a grace period. Row first, bytes then (ADR 0003).

use std::collections::HashSet;

use catalog::blobs::{self, NewBlob};
use domain::ContentHash;
use tracing::warn;
use vault::SealedBlob;

use crate::Library;
use crate::error::{Error, Result};
use crate::reread::reread;

/// How many blobs are looked at in one go.
const BATCH: u32 = 500;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Blobs whose bytes are gone now.
    pub removed: u64,
    /// Blobs that no row names, found for the first time: they go after the grace period.
    pub orphans_found: u64,
}

impl Library {
    /// Removes bytes whose grace period is over, and starts the period of bytes that no row names
    /// (a crash between seal and commit leaves such).
    pub async fn sweep(&self) -> Result<Swept> {
        let removed = self.remove_unnamed().await?;
        let orphans_found = self.find_orphans().await?;
        Ok(Swept { removed, orphans_found })
    }

    async fn remove_unnamed(&self) -> Result<u64> {
        let before_ms = self.care_ms() - self.settings.sweep_grace_ms();
        let mut removed = 0;
        loop {
            let due =
                self.catalog.read(move |tx| Box::pin(blobs::deleting_since(tx, before_ms, BATCH))).await?;
            let mut progress = false;
            for blob in &due {
                if self.remove_one(blob.sha256).await? {
                    removed += 1;
                    progress = true;
                }
            }
            if due.len() < BATCH as usize || !progress {
                return Ok(removed);
            }
        }
    }

    /// Removes the row, then the bytes, while no upload is between its seal and its commit: one that
    /// has found these bytes to be there either has its row by now, or will send its own.
    async fn remove_one(&self, sha256: ContentHash) -> Result<bool> {
        let _alone = self.removal.write().await;
        let row_gone = self.catalog.write(move |tx| Box::pin(blobs::remove_row(tx, sha256))).await?;
        if row_gone {
            self.vault.remove(sha256).await?;
            self.forget_renditions(sha256).await;
        }
        Ok(row_gone)
    }

    /// What was made of bytes that are gone goes too. A rendition that stays costs room and harms nobody.
    async fn forget_renditions(&self, sha256: ContentHash) {
        let Some(parts) = &self.describing.parts else { return };
        if let Err(error) = parts.renditions.remove_all_of(sha256).await {
            warn!(%error, %sha256, "renditions of removed bytes remain");
        }
    }

    async fn find_orphans(&self) -> Result<u64> {
        let mut found = 0;
        let mut after = None;
        loop {
            let page = self.vault.list(after, BATCH as usize).await?;
            let Some(last) = page.last() else { return Ok(found) };
            let last = last.hash;
            found += self.mark_orphans(after, last, &page).await?;
            if page.len() < BATCH as usize {
                return Ok(found);
            }
            after = Some(last);
        }
    }

    /// Gives blobs without a row one that says "deleting", so that the grace period runs.
    async fn mark_orphans(
        &self,
        after: Option<ContentHash>,
        last: ContentHash,
        page: &[SealedBlob],
    ) -> Result<u64> {
        let known: HashSet<ContentHash> = self
            .catalog
            .read(move |tx| {
                Box::pin(async move {
                    let mut known = HashSet::new();
                    let mut from = after;
                    loop {
                        let rows = blobs::list_after(tx, from, BATCH).await?;
                        let enough = rows.len() < BATCH as usize;
                        known.extend(rows.iter().map(|row| row.sha256));
                        from = rows.last().map(|row| row.sha256);
                        if enough || from.is_none_or(|reached| reached >= last) {
                            return Ok::<_, Error>(known);
                        }
                    }
                })
            })
            .await?;
        let mut marked = 0;
        for orphan in page.iter().filter(|blob| !known.contains(&blob.hash)) {
            if self.mark_orphan(*orphan).await? {
                marked += 1;
            }
        }
        Ok(marked)
    }

    async fn mark_orphan(&self, orphan: SealedBlob) -> Result<bool> {
        // What is really there; a retried upload may adopt the row, so it must be true. Long films take
        // their time, so nobody is kept waiting meanwhile.
        let read = match reread(&*self.vault, orphan.hash, orphan.size_bytes, |_| ()).await {
            Ok(read) => read,
            Err(error) => {
                warn!(%error, sha256 = %orphan.hash, "a blob that nothing names could not be read");
                return Ok(false);
            }
        };
        // An upload may be just about to commit its row; wait for it, then look again.
        let _alone = self.removal.write().await;
        if self.vault.size_of(orphan.hash).await? != Some(orphan.size_bytes) {
            return Ok(false);
        }
        let (now_ms, care_ms) = (self.now_ms(), self.care_ms());
        let rotten = read.hashes.sha256 != orphan.hash;
        let content_type = media::sniff(&read.head).content_type.to_owned();
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    if blobs::get(tx, orphan.hash).await?.is_some() {
                        return Ok(false);
                    }
                    let row = NewBlob {
                        sha256: orphan.hash,
                        sha1: read.hashes.sha1,
                        size_bytes: orphan.size_bytes,
                        content_type,
                        now_ms,
                    };
                    blobs::upsert_kept(tx, &row).await?;
                    if rotten {
                        // An upload of this content must not take these bytes for its own.
                        blobs::mark_damaged(tx, orphan.hash, now_ms).await?;
                    }
                    blobs::mark_deleting(tx, &[orphan.hash], care_ms).await?;
                    Ok::<_, Error>(true)
                })
            })
            .await
    }
}
