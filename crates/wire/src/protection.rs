//! How well pictures are kept.

use domain::TimestampMs;
use serde::{Deserialize, Serialize};

/// The pictures and videos that the caller can see, trash left out, and what is known of their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Protection {
    /// How many there are.
    pub assets: u64,
    /// How many bytes they have together.
    pub size_bytes: u64,
    /// How many were found damaged when they were read again. Their devices are asked to send them once more.
    pub damaged_assets: u64,
    /// When the one was checked that was not checked for longest: read again, or else hashed as it came.
    /// Everything else was checked later. Absent when there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_check_ms: Option<TimestampMs>,
}
