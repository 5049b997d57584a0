//! The memory that a person deleted some content in a Space. It outlives the trash.

use domain::{ContentHash, SpaceId, TimestampMs, UserId};

use crate::error::Result;
use crate::page::{ByBytes, Listed, Page};
use crate::row::Row;
use crate::sql::tombstones as sql;
use crate::tx::{LIST_MAX, Tx, query};

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
    let mut tombstones = Vec::new();
    for chunk in hashes.chunks(LIST_MAX) {
        for row in query(sql::FOR_HASHES).bind(space_id).list(chunk).all(tx).await? {
            tombstones.push(tombstone_of(&row)?);
        }
    }
    Ok(tombstones)
}

/// Forgets that these were deleted: somebody wants them again. Says how many were remembered.
pub async fn clear(tx: &mut Tx, space_id: SpaceId, hashes: &[ContentHash]) -> Result<u64> {
    let mut cleared = 0;
    for chunk in hashes.chunks(LIST_MAX) {
        cleared += query(sql::CLEAR).bind(space_id).list(chunk).run(tx).await?;
    }
    Ok(cleared)
}

/// All tombstones of a Space, by content.
pub async fn list(tx: &mut Tx, space_id: SpaceId, page: &Page) -> Result<Listed<Tombstone>> {
    let ByBytes(after) = page.start(TAG)?;
    let rows = query(sql::LIST).bind(space_id).bind(after).bind(page.rows() + 1).all(tx).await?;
    let tombstones = rows.iter().map(tombstone_of).collect::<Result<_>>()?;
    Ok(Listed::cut(tombstones, page.rows(), TAG, |tombstone: &Tombstone| {
        ByBytes(tombstone.sha256.as_bytes().to_vec())
    }))
}

/// Which list a cursor is of.
const TAG: u8 = b's';

fn tombstone_of(row: &Row) -> Result<Tombstone> {
    Ok(Tombstone {
        space_id: row.key("space_id")?,
        sha256: row.key("sha256")?,
        name: row.text("name")?,
        deleted_at_ms: row.number("deleted_at_ms")?,
        deleted_by: row.key("deleted_by")?,
    })
}
