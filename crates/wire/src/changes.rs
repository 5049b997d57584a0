//! The change feed: everything that happened, in the order in which it happened.

use domain::{AlbumId, AssetId, ContentHash, DeviceId, EntryId, HubId, SpaceId, TimestampMs};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// A file or folder came.
    EntryAdded,
    /// A file or folder was renamed or moved.
    EntryChanged,
    /// A file or folder went into the trash.
    EntryTrashed,
    /// A file or folder came back from the trash.
    EntryRestored,
    /// A file or folder went for good.
    EntryPurged,
    /// The last live file with this content in its Space went into the trash.
    ContentTrashed,
    /// This content is live again in its Space.
    ContentRestored,
    /// The bytes of this content were found damaged or missing.
    ContentDamaged,
    /// The bytes of damaged content are whole again.
    ContentRepaired,
    /// A picture or video came.
    AssetAdded,
    /// Facts of an asset changed.
    AssetChanged,
    /// An album was made, renamed, filled or emptied.
    AlbumChanged,
    /// An album was deleted.
    AlbumDeleted,
    /// A device was added, renamed or retired.
    DeviceChanged,
    /// A Space or its members changed.
    SpaceChanged,
    /// Anything that this version does not know.
    #[serde(other)]
    Unknown,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Its place in the feed: greater is later.
    pub sequence: i64,
    /// What happened.
    pub kind: ChangeKind,
    /// When.
    pub at_ms: TimestampMs,
    /// In which Space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space_id: Option<SpaceId>,
    /// To which entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<EntryId>,
    /// To which asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_id: Option<AssetId>,
    /// To which album.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album_id: Option<AlbumId>,
    /// To which device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    /// To which content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<ContentHash>,
}

/// Which changes are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ChangeQuery {
    /// Only what came after this place; 0 or absent: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// Only changes of content (`content-*`): what a device asks to know whether its items are still safe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_only: Option<bool>,
    /// At most this many; 1 to 1000, 1000 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A piece of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangePage {
    /// The hub whose feed this is. Another id than last time: trust nothing remembered.
    pub hub_id: HubId,
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// Ask again with this as `after`. It moves on even when nothing matched.
    pub next_after: i64,
    /// The newest place in the feed. Less than a place seen before: the hub was restored from an older copy.
    pub newest: i64,
    /// Whether there is more to read right now.
    pub more: bool,
    /// The mark of the asked place, opaque; absent when nothing stands there. Another mark than the one
    /// given for this place before: the hub was restored from an older copy and has gone on since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_mark: Option<String>,
    /// The mark of `next_after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after_mark: Option<String>,
    /// The mark of `newest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_mark: Option<String>,
}
