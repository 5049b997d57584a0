//! The tree of a Space: folders and files.

use domain::{AssetId, ContentHash, DeviceId, EntryId, FolderPath, Ids, Name, SpaceId, TimestampMs};

use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;
use crate::words::words;

words! {
    /// Folder or file.
    EntryKind {
        /// Holds other entries.
        Folder = "folder",
        /// Points at bytes.
        File = "file",
    }
}

/// What only a file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Its bytes.
    pub sha256: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
    /// Its asset, when it is a picture or video.
    pub asset_id: Option<AssetId>,
    /// When it was last changed on its device.
    pub modified_at_ms: Option<TimestampMs>,
}

/// A place in a Space's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry's id.
    pub id: EntryId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// The folder it is in; `None` for a Space's root.
    pub parent_id: Option<EntryId>,
    /// Its name, exactly as given; empty for a Space's root and for nothing else.
    pub name: String,
    /// The bytes of a name that was not UTF-8 on its device.
    pub name_raw: Option<Vec<u8>>,
    /// What only a file has; `None` for a folder.
    pub file: Option<FileFacts>,
    /// The device that brought it.
    pub device_id: Option<DeviceId>,
    /// When it came to the hub.
    pub created_at_ms: TimestampMs,
    /// When it was last renamed, moved, trashed or restored.
    pub changed_at_ms: TimestampMs,
    /// When it was put into the trash, alone or with a folder above it.
    pub trashed_at_ms: Option<TimestampMs>,
    /// With which deleted item it went into the trash; itself when it was deleted by itself.
    pub trash_root_id: Option<EntryId>,
}

impl Entry {
    /// Folder or file.
    pub const fn kind(&self) -> EntryKind {
        if self.file.is_some() { EntryKind::File } else { EntryKind::Folder }
    }
}

/// An entry with the folder it is in, from its Space's root down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryWithPath {
    /// The entry.
    pub entry: Entry,
    /// The folders above it; empty when it is in the root or is the root.
    pub folder: FolderPath,
}

/// A file somewhere below a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileBelow {
    /// The file.
    pub entry: Entry,
    /// The folders between the asked one and the file.
    pub folder: FolderPath,
}

/// A file that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// A fresh id, used when the entry is new.
    pub id: EntryId,
    /// The Space.
    pub space_id: SpaceId,
    /// The folder, live and in that Space.
    pub parent_id: EntryId,
    /// The name as sent.
    pub name: Name,
    /// The bytes of a name that was not UTF-8.
    pub name_raw: Option<Vec<u8>>,
    /// Its bytes; the blob's row must exist.
    pub sha256: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its asset, when it is a picture or video.
    pub asset_id: Option<AssetId>,
    /// When it was last changed on its device.
    pub modified_at_ms: Option<TimestampMs>,
    /// The device that brought it.
    pub device_id: Option<DeviceId>,
    /// Now.
    pub now_ms: TimestampMs,
}

/// Where a file is filed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The entry: a new one, or the one that was there.
    pub id: EntryId,
    /// The name it has, numbered when other bytes had the wanted one.
    pub name: String,
    /// Whether the entry is new.
    pub created: bool,
}

/// A folder on the way of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnsuredFolder {
    /// The folder.
    pub id: EntryId,
    /// Whether it is new.
    pub created: bool,
}

/// A Space's files, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpaceTotals {
    /// Live files.
    pub files: u64,
    /// Their bytes; content that is filed twice counts twice.
    pub file_bytes: u64,
    /// Live folders, the root not counted.
    pub folders: u64,
    /// Files in the trash.
    pub trashed_files: u64,
}

/// The topmost folder of a Space.
pub async fn root_of(tx: &mut Tx, space_id: SpaceId) -> Result<Option<Entry>> {
    unfinished((tx, space_id))
}

/// An entry, live or in the trash.
pub async fn get(tx: &mut Tx, id: EntryId) -> Result<Option<Entry>> {
    unfinished((tx, id))
}

/// An entry, live or in the trash, with the folders above it.
pub async fn get_with_path(tx: &mut Tx, id: EntryId) -> Result<Option<EntryWithPath>> {
    unfinished((tx, id))
}

/// The live child of a folder with this name, compared in NFC form.
pub async fn child_by_key(tx: &mut Tx, parent_id: EntryId, name: &Name) -> Result<Option<Entry>> {
    unfinished((tx, parent_id, name))
}

/// The live entry at a path below a folder; `None` when a name on the way is missing. An empty path
/// is the folder itself.
pub async fn at_path(tx: &mut Tx, folder_id: EntryId, path: &FolderPath) -> Result<Option<Entry>> {
    unfinished((tx, folder_id, path))
}

/// Makes the folders of `path` below the live folder `from` that are missing. One element per name
/// of the path; an empty path gives none. `NameTaken` when a file stands in the way, `NotFound` when
/// `from` is no live folder, `TooDeep`.
pub async fn ensure_folder_path(
    tx: &mut Tx,
    ids: &Ids,
    from: EntryId,
    path: &FolderPath,
    device_id: Option<DeviceId>,
    now_ms: TimestampMs,
) -> Result<Vec<EnsuredFolder>> {
    unfinished((tx, ids, from, path, device_id, now_ms))
}

/// The live children of a folder: folders first, then files, each by name.
pub async fn list_children(tx: &mut Tx, folder_id: EntryId, page: &Page) -> Result<Listed<Entry>> {
    unfinished((tx, folder_id, page))
}

/// Files something. Sent before (same folder, same name as sent, same bytes): the entry that is
/// there, also after a person renamed it. Same name and other bytes: `name (2).jpg`, with
/// [`Name::numbered`]. A few queries, however many copies there are.
pub async fn insert_file(tx: &mut Tx, file: &NewFile) -> Result<Filed> {
    unfinished((tx, file))
}

/// [`insert_file`] for many, in the order given and as if one after the other, without a query per file.
pub async fn insert_files(tx: &mut Tx, files: &[NewFile]) -> Result<Vec<Filed>> {
    unfinished((tx, files))
}

/// Makes a folder in a live folder. `NameTaken`, `NotFound`, `NotAFolder`, `TooDeep`.
pub async fn create_folder(
    tx: &mut Tx,
    id: EntryId,
    parent_id: EntryId,
    name: &Name,
    device_id: Option<DeviceId>,
    now_ms: TimestampMs,
) -> Result<Entry> {
    unfinished((tx, id, parent_id, name, device_id, now_ms))
}

/// Renames a live entry. `NameTaken`, `NotFound`, `RootStays`. The bytes of a name that was not
/// UTF-8 are forgotten; the name as sent is not, so that its device is not told to send it again.
pub async fn rename(tx: &mut Tx, id: EntryId, name: &Name, now_ms: TimestampMs) -> Result<()> {
    unfinished((tx, id, name, now_ms))
}

/// Moves a live entry into a live folder of the same Space, optionally under a new name.
/// `NameTaken`, `NotFound` (also for a folder of another Space), `NotAFolder`, `FolderInItself`,
/// `TooDeep`, `RootStays`. Moving to where it is changes nothing.
pub async fn move_to(
    tx: &mut Tx,
    id: EntryId,
    folder_id: EntryId,
    name: Option<&Name>,
    now_ms: TimestampMs,
) -> Result<()> {
    unfinished((tx, id, folder_id, name, now_ms))
}

/// All live files below a live folder, at any depth, folder by folder and in each by name.
pub async fn files_below(tx: &mut Tx, folder_id: EntryId, page: &Page) -> Result<Listed<FileBelow>> {
    unfinished((tx, folder_id, page))
}

/// The entries of an asset, live ones first, oldest first.
pub async fn by_asset(tx: &mut Tx, asset_id: AssetId) -> Result<Vec<Entry>> {
    unfinished((tx, asset_id))
}

/// The live entries of a Space with these contents, oldest first; some contents may have several or none.
pub async fn by_hashes(tx: &mut Tx, space_id: SpaceId, hashes: &[ContentHash]) -> Result<Vec<Entry>> {
    unfinished((tx, space_id, hashes))
}

/// A Space's files, counted. Reads all of them: not for every request.
pub async fn totals(tx: &mut Tx, space_id: SpaceId) -> Result<SpaceTotals> {
    unfinished((tx, space_id))
}
