//! Folders and files: the tree inside a Space.

use domain::{AssetId, ContentHash, EntryId, FolderPath, Name, SpaceId, TimestampMs};
use serde::{Deserialize, Serialize};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Holds other entries.
    Folder,
    /// Points at bytes.
    File,
}

/// A place in a Space's tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entry {
    /// The entry's id.
    pub id: EntryId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// The folder it is in; absent for a Space's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<EntryId>,
    /// Folder or file.
    pub kind: EntryKind,
    /// Its name, exactly as given; empty for a Space's root.
    pub name: String,
    /// The bytes of its name on its device, in base64, where `name` does not tell them: they were not UTF-8,
    /// or another file had the name already, written in another form of Unicode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_raw: Option<String>,
    /// A file's bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<ContentHash>,
    /// A file's asset, when it is a picture or video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_id: Option<AssetId>,
    /// A file's length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// A file's type, found by looking at its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// When the file was last changed on its device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at_ms: Option<TimestampMs>,
    /// When the entry came to the hub.
    pub created_at_ms: TimestampMs,
    /// When it was put into the trash, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trashed_at_ms: Option<TimestampMs>,
}

/// An entry with its way down from the Space's root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryWithPath {
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
    /// The folder that it is in.
    pub folder: FolderPath,
}

/// A file somewhere below a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileBelow {
    /// The file.
    #[serde(flatten)]
    pub entry: Entry,
    /// The folders between the asked one and the file.
    pub folder: FolderPath,
}

/// Makes a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewFolder {
    /// Where.
    pub parent_id: EntryId,
    /// What to call it.
    pub name: Name,
}

/// Renames or moves an entry, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryPatch {
    /// The new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The new folder, in the same Space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<EntryId>,
}

/// An item in the trash, with all that is below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrashedEntry {
    /// What was deleted.
    #[serde(flatten)]
    pub entry: Entry,
    /// The folder that it was in.
    pub folder: FolderPath,
    /// Files that would come back or go with it.
    pub files: u64,
    /// When it goes for good.
    pub purge_at_ms: TimestampMs,
}
