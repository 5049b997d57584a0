//! Verify: every kept blob is read again and compared with its name. The proof that "safe" rests on.

use catalog::blobs::{self, Blob, BlobState};
use catalog::entries;
use domain::ContentHash;
use tracing::warn;

use super::proof;
use crate::Library;
use crate::error::{Error, Result};
use crate::reread::reread;

/// How many blobs are looked up, and proven, in one go.
const BATCH: u32 = 100;

/// How many faults are listed; all are counted.
const FAULTS_LISTED_MAX: usize = 10_000;

/// How far a verification is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Blobs read.
    pub blobs: u64,
    /// Blobs to read.
    pub blobs_total: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes to read.
    pub bytes_total: u64,
}

/// What is wrong with a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Its bytes are not there.
    Missing,
    /// Its bytes are not the ones that its name says.
    Damaged,
    /// The disk would not give them this time.
    Unreadable,
}

/// A blob that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which.
    pub sha256: ContentHash,
    /// How.
    pub kind: FaultKind,
    /// What its files are called, a few of them.
    pub names: Vec<String>,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Blobs that were read again and are right.
    pub proven: u64,
    /// Their bytes.
    pub proven_bytes: u64,
    /// Blobs that are not, at most ten thousand of them.
    pub faults: Vec<Fault>,
    /// How many are not.
    pub fault_count: u64,
}

impl VerifyReport {
    /// Whether every kept blob is there and right.
    pub const fn is_whole(&self) -> bool {
        self.fault_count == 0
    }
}

impl Library {
    /// Re-reads every kept blob. Writes down which are proven and which are not; devices that have
    /// the damaged ones hear of it through the change feed and send them again.
    pub async fn verify(&self, progress: &(dyn Fn(VerifyProgress) + Send + Sync)) -> Result<VerifyReport> {
        let totals = self.catalog.read(|tx| Box::pin(blobs::totals(tx))).await?;
        let mut at = VerifyProgress {
            blobs_total: totals.kept,
            bytes_total: totals.kept_bytes,
            ..VerifyProgress::default()
        };
        let mut report = VerifyReport::default();
        let mut after = None;
        loop {
            let rows = self.catalog.read(move |tx| Box::pin(blobs::list_after(tx, after, BATCH))).await?;
            let mut proven = Vec::new();
            for blob in rows.iter().filter(|blob| matches!(blob.state, BlobState::Kept)) {
                match self.verify_one(blob, &mut at, progress).await {
                    None => {
                        proven.push(blob.sha256);
                        report.proven += 1;
                        report.proven_bytes += blob.size_bytes;
                    }
                    Some(kind) => self.note_fault(blob.sha256, kind, &mut report).await?,
                }
                at.blobs += 1;
                progress(at);
            }
            proof::note_proven(&self.catalog, proven, self.now_ms()).await?;
            if rows.len() < BATCH as usize {
                return Ok(report);
            }
            after = rows.last().map(|row| row.sha256);
        }
    }

    async fn verify_one(
        &self,
        blob: &Blob,
        at: &mut VerifyProgress,
        progress: &(dyn Fn(VerifyProgress) + Send + Sync),
    ) -> Option<FaultKind> {
        let before = at.bytes;
        let reread = reread(&*self.vault, blob.sha256, blob.size_bytes, |bytes| {
            at.bytes += bytes;
            progress(*at);
        })
        .await;
        at.bytes = before + blob.size_bytes;
        match reread {
            Ok(read) if read.hashes.sha256 == blob.sha256 => None,
            Ok(_) | Err(vault::Error::Damaged { .. }) => Some(FaultKind::Damaged),
            Err(vault::Error::NotFound { .. }) => Some(FaultKind::Missing),
            Err(error) => {
                warn!(%error, sha256 = %blob.sha256, "a blob could not be read");
                Some(FaultKind::Unreadable)
            }
        }
    }

    async fn note_fault(
        &self,
        sha256: ContentHash,
        kind: FaultKind,
        report: &mut VerifyReport,
    ) -> Result<()> {
        // A purge may have taken it while it was being read.
        let row = self.catalog.read(move |tx| Box::pin(blobs::get(tx, sha256))).await?;
        if !row.is_some_and(|row| matches!(row.state, BlobState::Kept)) {
            return Ok(());
        }
        let names = self.mark_damaged(sha256, kind).await?;
        report.fault_count += 1;
        if report.faults.len() < FAULTS_LISTED_MAX {
            report.faults.push(Fault { sha256, kind, names });
        }
        Ok(())
    }

    /// Writes the damage down and tells everybody who has the content; gives its files' names. A disk
    /// that would not answer is not damage yet, so nobody is told to send anything again.
    async fn mark_damaged(&self, sha256: ContentHash, kind: FaultKind) -> Result<Vec<String>> {
        const NAMES_MAX: usize = 5;
        let now_ms = self.now_ms();
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    if kind != FaultKind::Unreadable {
                        proof::mark_damaged(tx, sha256, now_ms).await?;
                    }
                    let mut names = Vec::new();
                    for space_id in blobs::live_in(tx, sha256).await? {
                        let files = entries::by_hashes(tx, space_id, &[sha256]).await?;
                        names.extend(files.into_iter().map(|file| file.name));
                    }
                    names.truncate(NAMES_MAX);
                    Ok::<_, Error>(names)
                })
            })
            .await
    }
}
