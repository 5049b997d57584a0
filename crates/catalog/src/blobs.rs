//! Bytes, named by their SHA-256. The bytes themselves are the vault's.

use domain::{ContentHash, Sha1Hash, SpaceId, TimestampMs};

use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;

/// Whether a blob's bytes are to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobState {
    /// Something names it: the bytes stay.
    Kept,
    /// Nothing names it since then: the bytes go after a grace period, then the row.
    Deleting {
        /// Since when nothing names it.
        since_ms: TimestampMs,
    },
}

/// What the catalog knows of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its name.
    pub sha256: ContentHash,
    /// Its alias.
    pub sha1: Sha1Hash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
    /// Whether the bytes are to stay.
    pub state: BlobState,
    /// When the bytes first came.
    pub created_at_ms: TimestampMs,
    /// When the bytes were last read again and found right.
    pub proven_at_ms: Option<TimestampMs>,
    /// Since when the bytes are known to be damaged or missing.
    pub damaged_at_ms: Option<TimestampMs>,
}

/// Bytes that the vault has sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlob {
    /// Its name.
    pub sha256: ContentHash,
    /// Its alias.
    pub sha1: Sha1Hash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
    /// Now.
    pub now_ms: TimestampMs,
}

/// What [`upsert_kept`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// There was no row.
    pub created: bool,
    /// The row was about to be deleted. The caller must look whether its bytes are still there.
    pub was_deleting: bool,
    /// The bytes were known to be damaged and are whole again.
    pub was_damaged: bool,
}

/// Counts over all blobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlobTotals {
    /// Blobs that stay.
    pub kept: u64,
    /// Their bytes.
    pub kept_bytes: u64,
    /// Blobs that are about to go.
    pub deleting: u64,
    /// Their bytes.
    pub deleting_bytes: u64,
    /// Blobs that stay but are known to be damaged.
    pub damaged: u64,
}

/// A blob's row.
pub async fn get(tx: &mut Tx, sha256: ContentHash) -> Result<Option<Blob>> {
    unfinished((tx, sha256))
}

/// Writes down that these bytes are in the vault, whole, and stay. An existing row becomes kept
/// and undamaged again; the rest of it stays as it was.
pub async fn upsert_kept(tx: &mut Tx, blob: &NewBlob) -> Result<Arrival> {
    unfinished((tx, blob))
}

/// Marks those of `hashes` that no entry and no asset names as `Deleting`; says which.
pub async fn mark_deleting(
    tx: &mut Tx,
    hashes: &[ContentHash],
    now_ms: TimestampMs,
) -> Result<Vec<ContentHash>> {
    unfinished((tx, hashes, now_ms))
}

/// Blobs that are `Deleting` since before `before_ms`, longest first, at most `limit`.
pub async fn deleting_since(tx: &mut Tx, before_ms: TimestampMs, limit: u32) -> Result<Vec<Blob>> {
    unfinished((tx, before_ms, limit))
}

/// Forgets a blob whose bytes are gone. False when it is not `Deleting` (any more).
pub async fn remove_row(tx: &mut Tx, sha256: ContentHash) -> Result<bool> {
    unfinished((tx, sha256))
}

/// Writes down that these bytes were read and are right. Known damage is thereby over.
pub async fn mark_proven(tx: &mut Tx, hashes: &[ContentHash], at_ms: TimestampMs) -> Result<u64> {
    unfinished((tx, hashes, at_ms))
}

/// Writes down that these bytes are damaged or missing. True when that is news.
pub async fn mark_damaged(tx: &mut Tx, sha256: ContentHash, at_ms: TimestampMs) -> Result<bool> {
    unfinished((tx, sha256, at_ms))
}

/// All blobs, by hash, those that are about to go too.
pub async fn list(tx: &mut Tx, page: &Page) -> Result<Listed<Blob>> {
    unfinished((tx, page))
}

/// A page that starts behind a hash, for walking catalog and vault side by side.
pub async fn list_after(tx: &mut Tx, after: Option<ContentHash>, limit: u32) -> Result<Vec<Blob>> {
    unfinished((tx, after, limit))
}

/// Counts over all blobs.
pub async fn totals(tx: &mut Tx) -> Result<BlobTotals> {
    unfinished(tx)
}

/// The Spaces in which this content is live, for telling the change feed.
pub async fn live_in(tx: &mut Tx, sha256: ContentHash) -> Result<Vec<SpaceId>> {
    unfinished((tx, sha256))
}
