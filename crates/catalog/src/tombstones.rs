//! The memory that a person deleted some content in a Space. It outlives the trash.

use domain::{ContentHash, SpaceId, TimestampMs, UserId};

use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;

/// The memory that a person deleted some content. Written by [`crate::trash::trash`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// In which Space.
    pub space_id: SpaceId,
    /// Which content.
    pub sha256: ContentHash,
    /// What its file was called.
    pub name: String,
    /// When.
    pub deleted_at_ms: TimestampMs,
    /// By whom.
    pub deleted_by: UserId,
}

/// The tombstones of these contents in a Space, in no order.
pub async fn for_hashes(tx: &mut Tx, space_id: SpaceId, hashes: &[ContentHash]) -> Result<Vec<Tombstone>> {
    unfinished((tx, space_id, hashes))
}

/// Forgets that these were deleted: somebody wants them again. Says how many were remembered.
pub async fn clear(tx: &mut Tx, space_id: SpaceId, hashes: &[ContentHash]) -> Result<u64> {
    unfinished((tx, space_id, hashes))
}

/// All tombstones of a Space, by content.
pub async fn list(tx: &mut Tx, space_id: SpaceId, page: &Page) -> Result<Listed<Tombstone>> {
    unfinished((tx, space_id, page))
}
