//! How far the hub's looking into pictures and videos is.

use serde::{Deserialize, Serialize};

/// How far looking is. Counts everybody's pictures and videos, live or in the trash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MediaStatus {
    /// All.
    pub assets: u64,
    /// Those that were looked into.
    pub described: u64,
    /// Those of them that cannot be shown.
    pub failed: u64,
    /// Those that wait to be looked into, for the first time or again.
    pub waiting: u64,
    /// Whether more may wait than `waiting` says.
    pub waiting_is_at_least: bool,
    /// How long the rest takes at the pace of the last five minutes; absent while nothing waits or nothing is known
    /// of the pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<u64>,
}
