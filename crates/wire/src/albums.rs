//! Albums: named sets of assets.

use domain::{AlbumId, AssetId, Name, SpaceId, TimestampMs};
use serde::{Deserialize, Serialize};

/// A named set of assets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Album {
    /// The album's id.
    pub id: AlbumId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// Its name.
    pub name: Name,
    /// How many items it shows.
    pub asset_count: u64,
    /// What it is shown with: its newest picture. Absent while it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<AlbumCover>,
    /// Since when it exists.
    pub created_at_ms: TimestampMs,
}

/// What an album is shown with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlbumCover {
    /// The picture or video.
    pub asset_id: AssetId,
    /// Goes behind `?v=` of the address of its thumbnail; absent until somebody has looked into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// A blurred miniature in base64, as in [`crate::AssetFacts`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbhash: Option<String>,
}

/// Makes an album.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAlbum {
    /// The Space; absent for the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space_id: Option<SpaceId>,
    /// What to call it; no other album of the Space may have the name.
    pub name: Name,
}

/// Renames an album.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlbumPatch {
    /// The new name.
    pub name: Name,
}

/// Assets to add to an album or to take out of it. Nothing is deleted by taking out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlbumAssets {
    /// At most 1000.
    pub asset_ids: Vec<AssetId>,
}

/// How many rows changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangedCount {
    /// Rows that were not so before.
    pub changed: u64,
}
