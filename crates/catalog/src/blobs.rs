//! Bytes, named by their SHA-256. The bytes themselves are the vault's.

use domain::{ContentHash, Sha1Hash, SpaceId, TimestampMs};

use crate::error::Result;
use crate::page::{ByBytes, Listed, Page};
use crate::row::Row;
use crate::sql::blobs as sql;
use crate::tx::{LIST_MAX, Tx, query};

/// Whether a blob's bytes are to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobState {
    /// Something names it: the bytes stay.
    Kept,
    /// Nothing names it since then: the bytes go after a grace period, then the row.
    Deleting {
        /// Since when nothing names it, by the clock that the period of grace goes by.
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
    /// When the bytes were last read again and found right, or came anew in place of others.
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
    let row = query(sql::GET).bind(sha256).optional(tx).await?;
    row.as_ref().map(blob_of).transpose()
}

/// Writes down that these bytes are in the vault, whole, and stay. An existing row becomes kept
/// and undamaged again; the rest of it stays as it was.
pub async fn upsert_kept(tx: &mut Tx, blob: &NewBlob) -> Result<Arrival> {
    if let Some(standing) = get(tx, blob.sha256).await? {
        let arrival = Arrival {
            created: false,
            was_deleting: standing.state != BlobState::Kept,
            was_damaged: standing.damaged_at_ms.is_some(),
        };
        if arrival.was_deleting || arrival.was_damaged {
            query(sql::KEEP).bind(blob.sha256).run(tx).await?;
        }
        return Ok(arrival);
    }
    query(sql::INSERT)
        .bind(blob.sha256)
        .bind(blob.sha1)
        .bind(blob.size_bytes)
        .bind(blob.content_type.as_str())
        .bind(blob.now_ms)
        .run(tx)
        .await?;
    Ok(Arrival { created: true, was_deleting: false, was_damaged: false })
}

/// Marks those of `hashes` that no entry and no asset names as `Deleting`; says which.
pub async fn mark_deleting(
    tx: &mut Tx,
    hashes: &[ContentHash],
    now_ms: TimestampMs,
) -> Result<Vec<ContentHash>> {
    let mut marked = Vec::new();
    for chunk in hashes.chunks(LIST_MAX) {
        for row in query(sql::MARK_DELETING).bind(now_ms).list(chunk).all(tx).await? {
            marked.push(row.key("sha256")?);
        }
    }
    Ok(marked)
}

/// Blobs that are `Deleting` since before `before_ms`, longest first, at most `limit`.
pub async fn deleting_since(tx: &mut Tx, before_ms: TimestampMs, limit: u32) -> Result<Vec<Blob>> {
    let rows = query(sql::DELETING_SINCE).bind(before_ms).bind(i64::from(limit)).all(tx).await?;
    rows.iter().map(blob_of).collect()
}

/// Forgets a blob whose bytes are gone. False when it is not `Deleting` (any more).
pub async fn remove_row(tx: &mut Tx, sha256: ContentHash) -> Result<bool> {
    query(sql::REMOVE_ROW).bind(sha256).changed(tx).await
}

/// Writes down that these bytes were read, or have just come, and are right. Known damage is thereby over.
pub async fn mark_proven(tx: &mut Tx, hashes: &[ContentHash], at_ms: TimestampMs) -> Result<u64> {
    let mut marked = 0;
    for chunk in hashes.chunks(LIST_MAX) {
        marked += query(sql::MARK_PROVEN).bind(at_ms).list(chunk).run(tx).await?;
    }
    Ok(marked)
}

/// Writes down that these bytes are damaged or missing. True when that is news.
pub async fn mark_damaged(tx: &mut Tx, sha256: ContentHash, at_ms: TimestampMs) -> Result<bool> {
    query(sql::MARK_DAMAGED).bind(sha256).bind(at_ms).changed(tx).await
}

/// All blobs, by hash, those that are about to go too.
pub async fn list(tx: &mut Tx, page: &Page) -> Result<Listed<Blob>> {
    let ByBytes(after) = page.start(TAG)?;
    let rows = query(sql::LIST).bind(after).bind(page.rows() + 1).all(tx).await?;
    let blobs = rows.iter().map(blob_of).collect::<Result<_>>()?;
    Ok(Listed::cut(blobs, page.rows(), TAG, |blob: &Blob| ByBytes(blob.sha256.as_bytes().to_vec())))
}

/// A page that starts behind a hash, for walking catalog and vault side by side.
pub async fn list_after(tx: &mut Tx, after: Option<ContentHash>, limit: u32) -> Result<Vec<Blob>> {
    let after = after.map_or_else(Vec::new, |hash| hash.as_bytes().to_vec());
    let rows = query(sql::LIST).bind(after).bind(i64::from(limit)).all(tx).await?;
    rows.iter().map(blob_of).collect()
}

/// Counts over all blobs.
pub async fn totals(tx: &mut Tx) -> Result<BlobTotals> {
    let row = query(sql::TOTALS).one(tx).await?;
    Ok(BlobTotals {
        kept: row.count("kept")?,
        kept_bytes: row.count("kept_bytes")?,
        deleting: row.count("deleting")?,
        deleting_bytes: row.count("deleting_bytes")?,
        damaged: row.count("damaged")?,
    })
}

/// The Spaces in which this content is live, for telling the change feed.
pub async fn live_in(tx: &mut Tx, sha256: ContentHash) -> Result<Vec<SpaceId>> {
    let rows = query(sql::LIVE_IN).bind(sha256).all(tx).await?;
    rows.iter().map(|row| row.key("space_id")).collect()
}

/// Which list a cursor is of.
const TAG: u8 = b'b';

pub(crate) fn blob_of(row: &Row) -> Result<Blob> {
    let state = match row.number_or_none("deleting_since_ms")? {
        None => BlobState::Kept,
        Some(since_ms) => BlobState::Deleting { since_ms },
    };
    Ok(Blob {
        sha256: row.key("sha256")?,
        sha1: row.key("sha1")?,
        size_bytes: row.count("size_bytes")?,
        content_type: row.text("content_type")?,
        state,
        created_at_ms: row.number("created_at_ms")?,
        proven_at_ms: row.number_or_none("proven_at_ms")?,
        damaged_at_ms: row.number_or_none("damaged_at_ms")?,
    })
}
