//! The tree of a Space: folders and files.

use domain::path::PATH_MAX_DEPTH;
use domain::{AssetId, ContentHash, DeviceId, EntryId, FolderPath, Ids, Name, SpaceId, TimestampMs};

use crate::error::{Error, Result};
use crate::names::name_key;
use crate::page::{ByIdAndBytes, ByNumberAndBytes, Listed, Page};
use crate::row::Row;
use crate::sql::entries as sql;
use crate::tx::{LIST_MAX, Tx, query};
use crate::words::words;
use crate::{filing, places};

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
    /// The bytes of its name on its device, where `name` does not tell them.
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
    /// The bytes of its name on its device; kept where `name` does not tell them.
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
    let row = query(sql::ROOT_OF).bind(space_id).optional(tx).await?;
    row.as_ref().map(entry_of).transpose()
}

/// An entry, live or in the trash.
pub async fn get(tx: &mut Tx, id: EntryId) -> Result<Option<Entry>> {
    let row = query(sql::GET).bind(id).optional(tx).await?;
    row.as_ref().map(entry_of).transpose()
}

/// An entry, live or in the trash, with the folders above it.
pub async fn get_with_path(tx: &mut Tx, id: EntryId) -> Result<Option<EntryWithPath>> {
    let Some(entry) = get(tx, id).await? else { return Ok(None) };
    let above = places::folders_above(tx, id).await?;
    let names = above.into_iter().filter_map(|(_, name)| name).collect();
    let folder = FolderPath::new(names).map_err(|_| Error::TooDeep)?;
    Ok(Some(EntryWithPath { entry, folder }))
}

/// The live child of a folder with this name, compared in NFC form.
pub async fn child_by_key(tx: &mut Tx, parent_id: EntryId, name: &Name) -> Result<Option<Entry>> {
    let row = query(sql::CHILD).bind(parent_id).bind(name_key(name)).optional(tx).await?;
    row.as_ref().map(entry_of).transpose()
}

/// The live entry at a path below a folder; `None` when a name on the way is missing. An empty path
/// is the folder itself.
pub async fn at_path(tx: &mut Tx, folder_id: EntryId, path: &FolderPath) -> Result<Option<Entry>> {
    let mut found = get(tx, folder_id).await?.filter(|entry| entry.trashed_at_ms.is_none());
    for name in path.names() {
        let Some(folder) = found else { return Ok(None) };
        found = child_by_key(tx, folder.id, name).await?;
    }
    Ok(found)
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
    let above = places::live_folder_depth(tx, from).await?;
    if above + path.names().len() > PATH_MAX_DEPTH {
        return Err(Error::TooDeep);
    }
    let space_id = get(tx, from).await?.ok_or(Error::NotFound("folder"))?.space_id;
    let mut way = Vec::with_capacity(path.names().len());
    let mut parent_id = from;
    for name in path.names() {
        let step = match child_by_key(tx, parent_id, name).await? {
            Some(child) if child.file.is_some() => return Err(Error::NameTaken(child.name)),
            Some(child) => EnsuredFolder { id: child.id, created: false },
            None => {
                let id = ids.fresh();
                places::insert_folder(tx, id, space_id, parent_id, name, device_id, now_ms).await?;
                EnsuredFolder { id, created: true }
            }
        };
        parent_id = step.id;
        way.push(step);
    }
    Ok(way)
}

/// The live children of a folder: folders first, then files, each by name.
pub async fn list_children(tx: &mut Tx, folder_id: EntryId, page: &Page) -> Result<Listed<Entry>> {
    let ByNumberAndBytes(kind, after) = page.start(TAG)?;
    let rows =
        query(sql::CHILDREN).bind(folder_id).bind(kind).bind(after).bind(page.rows() + 1).all(tx).await?;
    let found = rows.iter().map(keyed_entry_of).collect::<Result<Vec<_>>>()?;
    let page = Listed::cut(found, page.rows(), TAG, |(entry, key): &(Entry, Vec<u8>)| {
        ByNumberAndBytes(kind_number(entry.kind()), key.clone())
    });
    Ok(Listed { items: page.items.into_iter().map(|(entry, _)| entry).collect(), next: page.next })
}

/// Files something. Sent before (same folder, same name as sent, same bytes): the entry that is
/// there, also after a person renamed it. Same name and other bytes: `name (2).jpg`, with
/// [`Name::numbered`]. A few queries, however many copies there are.
pub async fn insert_file(tx: &mut Tx, file: &NewFile) -> Result<Filed> {
    let mut filed = filing::file_all(tx, std::slice::from_ref(file)).await?;
    filed.pop().ok_or(Error::NotFound("file"))
}

/// [`insert_file`] for many, answered in the order given, without a query per file. Among files of one
/// batch that want a name, the first one gets it.
pub async fn insert_files(tx: &mut Tx, files: &[NewFile]) -> Result<Vec<Filed>> {
    filing::file_all(tx, files).await
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
    let depth = places::live_folder_depth(tx, parent_id).await?;
    if depth + 1 > PATH_MAX_DEPTH {
        return Err(Error::TooDeep);
    }
    let parent = get(tx, parent_id).await?.ok_or(Error::NotFound("folder"))?;
    places::insert_folder(tx, id, parent.space_id, parent_id, name, device_id, now_ms).await?;
    get(tx, id).await?.ok_or(Error::NotFound("folder"))
}

/// Renames a live entry. `NameTaken`, `NotFound`, `RootStays`. The bytes of a name that was not
/// UTF-8 are forgotten; the name as sent is not, so that its device is not told to send it again.
pub async fn rename(tx: &mut Tx, id: EntryId, name: &Name, now_ms: TimestampMs) -> Result<()> {
    let entry = places::live_entry(tx, id).await?;
    let parent_id = entry.parent_id.ok_or(Error::RootStays)?;
    places::place(tx, &entry, parent_id, name, None, now_ms).await
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
    let entry = places::live_entry(tx, id).await?;
    let parent_id = entry.parent_id.ok_or(Error::RootStays)?;
    let old_name = Name::new(entry.name.clone()).map_err(|_| Error::Unreadable { column: "name" })?;
    let new_name = name.unwrap_or(&old_name);
    if parent_id == folder_id && *new_name == old_name {
        return Ok(());
    }
    if parent_id != folder_id {
        places::live_folder_depth(tx, folder_id).await?;
        let folder = get(tx, folder_id).await?.filter(|folder| folder.space_id == entry.space_id);
        folder.ok_or(Error::NotFound("folder"))?;
        let above = places::folders_above(tx, folder_id).await?;
        if folder_id == id || above.iter().any(|(folder, _)| *folder == id) {
            return Err(Error::FolderInItself);
        }
        places::refuse_too_deep(tx, &entry, folder_id).await?;
    }
    let name_raw = entry.name_raw.as_deref().filter(|_| *new_name == old_name);
    places::place(tx, &entry, folder_id, new_name, name_raw, now_ms).await
}

/// All live files below a live folder, at any depth, folder by folder and in each by name.
pub async fn files_below(tx: &mut Tx, folder_id: EntryId, page: &Page) -> Result<Listed<FileBelow>> {
    let ByIdAndBytes(from_folder, after) = page.start(TAG_BELOW)?;
    let folders = query(sql::FOLDERS_BELOW).bind(folder_id).bind(from_folder.as_slice()).all(tx).await?;
    let wanted = page.rows() + 1;
    let mut found: Vec<(FileBelow, EntryId, Vec<u8>)> = Vec::new();
    // Folder by folder along the index of names: each page costs what it holds, wherever it starts.
    for row in &folders {
        let id: EntryId = row.key("id")?;
        let folder = row.path("path")?;
        let after = if id.as_bytes()[..] == from_folder { after.as_slice() } else { &[] };
        let room = wanted - found.len();
        for row in query(sql::FILES_OF).bind(id).bind(after).bind(room).all(tx).await? {
            let (entry, key) = keyed_entry_of(&row)?;
            found.push((FileBelow { entry, folder: folder.clone() }, id, key));
        }
        if found.len() == wanted {
            break;
        }
    }
    let page = Listed::cut(found, page.rows(), TAG_BELOW, |(_, folder, key)| {
        ByIdAndBytes(folder.as_bytes().to_vec(), key.clone())
    });
    Ok(Listed { items: page.items.into_iter().map(|(file, _, _)| file).collect(), next: page.next })
}

/// The entries of an asset, live ones first, oldest first.
pub async fn by_asset(tx: &mut Tx, asset_id: AssetId) -> Result<Vec<Entry>> {
    let rows = query(sql::BY_ASSET).bind(asset_id).all(tx).await?;
    rows.iter().map(entry_of).collect()
}

/// The live entries of a Space with these contents, oldest first; some contents may have several or none.
pub async fn by_hashes(tx: &mut Tx, space_id: SpaceId, hashes: &[ContentHash]) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for chunk in hashes.chunks(LIST_MAX) {
        for row in query(sql::BY_HASHES).bind(space_id).list(chunk).all(tx).await? {
            entries.push(entry_of(&row)?);
        }
    }
    Ok(entries)
}

/// A Space's files, counted. Reads all of them: not for every request.
pub async fn totals(tx: &mut Tx, space_id: SpaceId) -> Result<SpaceTotals> {
    let row = query(sql::TOTALS).bind(space_id).one(tx).await?;
    Ok(SpaceTotals {
        files: row.count("files")?,
        file_bytes: row.count("file_bytes")?,
        folders: row.count("folders")?,
        trashed_files: row.count("trashed_files")?,
    })
}

/// Which list a cursor is of.
const TAG: u8 = b'e';
const TAG_BELOW: u8 = b'f';

/// How a kind stands in the catalog: folders sort first.
pub(crate) const fn kind_number(kind: EntryKind) -> i64 {
    match kind {
        EntryKind::Folder => 0,
        EntryKind::File => 1,
    }
}

pub(crate) fn entry_of(row: &Row) -> Result<Entry> {
    let file = match row.key_or_none("sha256")? {
        None => None,
        Some(sha256) => Some(FileFacts {
            sha256,
            size_bytes: row.count("size_bytes")?,
            content_type: row.text("content_type")?,
            asset_id: row.key_or_none("asset_id")?,
            modified_at_ms: row.number_or_none("modified_at_ms")?,
        }),
    };
    Ok(Entry {
        id: row.key("id")?,
        space_id: row.key("space_id")?,
        parent_id: row.key_or_none("parent_id")?,
        name: row.text("name")?,
        name_raw: row.bytes_or_none("name_raw")?,
        file,
        device_id: row.key_or_none("device_id")?,
        created_at_ms: row.number("created_at_ms")?,
        changed_at_ms: row.number("changed_at_ms")?,
        trashed_at_ms: row.number_or_none("trashed_at_ms")?,
        trash_root_id: row.key_or_none("trash_root_id")?,
    })
}

/// An entry and its name's key.
fn keyed_entry_of(row: &Row) -> Result<(Entry, Vec<u8>)> {
    Ok((entry_of(row)?, row.bytes("name_key")?))
}
