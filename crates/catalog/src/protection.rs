//! How well the pictures of some Spaces are kept, counted.

use domain::{SpaceId, TimestampMs};

use crate::error::Result;
use crate::sql::protection as sql;
use crate::tx::{Tx, query};

/// Live pictures and videos, and what is known of their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Protection {
    /// How many there are.
    pub assets: u64,
    /// How many bytes they have together.
    pub size_bytes: u64,
    /// How many were found damaged.
    pub damaged_assets: u64,
    /// When the one was checked that was not checked for longest: read again, or else hashed as it came.
    /// `None` when there are none.
    pub oldest_check_ms: Option<TimestampMs>,
}

/// Counts the live assets of some Spaces. Reads a row for each: for a screen, not for every call.
pub async fn count(tx: &mut Tx, spaces: &[SpaceId]) -> Result<Protection> {
    let mut all = Protection::default();
    for &space_id in spaces {
        let row = query(sql::COUNT).bind(space_id).one(tx).await?;
        all.assets += row.count("assets")?;
        all.size_bytes += row.count("size_bytes")?;
        all.damaged_assets += row.count("damaged_assets")?;
        let oldest = row.number_or_none("oldest_check_ms")?;
        all.oldest_check_ms = [all.oldest_check_ms, oldest].into_iter().flatten().min();
    }
    Ok(all)
}
