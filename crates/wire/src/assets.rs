//! Pictures and videos.

use domain::{AssetId, ContentHash, EntryId, SpaceId, TimestampMs};
use serde::{Deserialize, Serialize};

use crate::{Part, PartOf};

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AssetKind {
    /// A still picture, moving ones such as GIF included.
    Picture,
    /// A video.
    Video,
}

/// A picture or video in a Space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Asset {
    /// The asset's id.
    pub id: AssetId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// Picture or video.
    pub kind: AssetKind,
    /// Its bytes.
    pub sha256: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
    /// When it was taken, as well as the hub knows.
    pub taken_at_ms: TimestampMs,
    /// When it came to the hub.
    pub created_at_ms: TimestampMs,
    /// When its bytes were last read again and found right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven_at_ms: Option<TimestampMs>,
    /// The item whose part it is; absent for what leads one, or stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOf>,
    /// The parts of the item that it leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// Assets to put into the trash, wherever they are filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrashAssets {
    /// At most 1000. All of them go, or none.
    pub asset_ids: Vec<AssetId>,
}

/// What went into the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrashedAssets {
    /// The files that went. Restoring each of them brings everything back.
    pub entry_ids: Vec<EntryId>,
}

/// Which assets to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct AssetQuery {
    /// Only this Space; absent for all that the caller can see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// `next` of the page before; absent for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many rows; 1 to 1000, 200 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}
