//! Trash, restore, purge.

use std::collections::HashMap;

use domain::{AssetId, ContentHash, EntryId, FolderPath, Ids, Name, SpaceId, TimestampMs, UserId};

use crate::entries::{Entry, EntryWithPath};
use crate::error::{Error, Result};
use crate::names::{name_key, stem_key};
use crate::page::{ByTimeDown, Listed, Page};
use crate::row::Row;
use crate::sql::{entries as entry_sql, trash as sql};
use crate::tx::{LIST_MAX, Tx, query};
use crate::value::Key;
use crate::{blobs, entries, filing, places, tombstones};

/// What went into the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trashed {
    /// Files that went, the deleted one counted.
    pub files: u64,
    /// Folders that went, the deleted one counted.
    pub folders: u64,
    /// Files that went along although they are not below the deleted one: they belong to its item.
    pub along: Vec<EntryId>,
    /// Contents whose last live file in the Space went; each has a tombstone now.
    pub contents: Vec<ContentHash>,
}

/// A deleted item, with all that went with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrashedEntry {
    /// What was deleted.
    pub entry: Entry,
    /// The folder that it was in.
    pub folder: FolderPath,
    /// Files that would come back or go with it, itself counted.
    pub files: u64,
}

/// What came back from the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where it is now: its folder.
    pub folder_id: EntryId,
    /// Its name now, numbered when its old one was taken meanwhile.
    pub name: String,
    /// Folders that were made again because the old ones are gone, outermost first.
    pub made_folders: Vec<EntryId>,
    /// Files that came back.
    pub files: u64,
    /// Those of them that had gone along with a file whose item they are part of.
    pub along: Vec<EntryId>,
    /// Assets that came back, or have one more live file.
    pub assets: Vec<AssetId>,
    /// Contents that are live again in the Space and were not; their tombstones are gone.
    pub contents: Vec<ContentHash>,
}

/// What went for good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    /// Files and folders that went.
    pub entries: u64,
    /// Assets that no entry shows any more; their rows are gone, also from albums.
    pub assets: Vec<AssetId>,
    /// Blobs that nothing names any more; they are `Deleting` now.
    pub blobs: Vec<ContentHash>,
}

/// Puts a live entry and all live entries below it into the trash. Contents and assets whose last
/// live file in the Space this was get a tombstone and are marked. `NotFound` when it is not live,
/// `RootStays`.
pub async fn trash(tx: &mut Tx, id: EntryId, by: UserId, now_ms: TimestampMs) -> Result<Trashed> {
    trash_along(tx, id, &[], by, now_ms).await
}

/// [`trash`], and with it live files from anywhere in its Space, which come back with it and go with it.
pub async fn trash_along(
    tx: &mut Tx,
    id: EntryId,
    along: &[EntryId],
    by: UserId,
    now_ms: TimestampMs,
) -> Result<Trashed> {
    let located =
        entries::get_with_path(tx, id).await?.filter(|located| located.entry.trashed_at_ms.is_none());
    let EntryWithPath { entry, folder } = located.ok_or(Error::NotFound("entry"))?;
    if entry.parent_id.is_none() {
        return Err(Error::RootStays);
    }
    query(sql::MARK).bind(id).bind(now_ms).run(tx).await?;
    let along = mark_along(tx, id, entry.space_id, along, now_ms).await?;
    query(sql::MARK_FOLDER).bind(id).bind(folder.to_string()).run(tx).await?;
    query(sql::MARK_ASSETS).bind(id).bind(now_ms).run(tx).await?;
    let buried = query(sql::BURY).bind(id).bind(now_ms).bind(by).all(tx).await?;
    let (files, folders) = counts_of(tx, id).await?;
    Ok(Trashed { files, folders, along, contents: keys(&buried, "sha256")? })
}

/// Marks what goes along; gives what was live, and of the same Space.
async fn mark_along(
    tx: &mut Tx,
    root_id: EntryId,
    space_id: SpaceId,
    along: &[EntryId],
    now_ms: TimestampMs,
) -> Result<Vec<EntryId>> {
    let mut marked = Vec::with_capacity(along.len());
    for &id in along {
        let Some(EntryWithPath { entry, folder }) = entries::get_with_path(tx, id).await? else { continue };
        if entry.trashed_at_ms.is_none() && entry.file.is_some() && entry.space_id == space_id {
            query(sql::MARK_FOLDER).bind(id).bind(folder.to_string()).run(tx).await?;
            marked.push(id);
        }
    }
    for chunk in marked.chunks(LIST_MAX) {
        query(sql::MARK_ALONG).bind(root_id).bind(now_ms).list(chunk).run(tx).await?;
    }
    Ok(marked)
}

/// The deleted items of a Space, last deleted first. What went with a folder is not listed by itself.
pub async fn list(tx: &mut Tx, space_id: SpaceId, page: &Page) -> Result<Listed<TrashedEntry>> {
    let ByTimeDown(before_ms, before_id) = page.start(TAG)?;
    let rows =
        query(sql::LIST).bind(space_id).bind(before_ms).bind(before_id).bind(page.rows() + 1).all(tx).await?;
    let ids: Vec<EntryId> = keys(&rows, "id")?;
    let mut files = HashMap::new();
    for chunk in ids.chunks(LIST_MAX) {
        for row in query(sql::FILES_OF).list(chunk).all(tx).await? {
            files.insert(row.key::<EntryId>("trash_root_id")?, row.count("files")?);
        }
    }
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        let entry = entries::entry_of(row)?;
        let files = files.get(&entry.id).copied().unwrap_or(0);
        items.push(TrashedEntry { entry, folder: row.path("trash_folder")?, files });
    }
    Ok(Listed::cut(items, page.rows(), TAG, |item: &TrashedEntry| {
        ByTimeDown(item.entry.trashed_at_ms.unwrap_or(0), item.entry.id.as_bytes().to_vec())
    }))
}

/// Brings a deleted item back with all that went with it: to its folder when that lives, else to
/// the same path, made again (to the root when a file stands in that path). A name that was taken meanwhile gets a number. Assets and contents
/// are live again, tombstones are cleared. `NotFound` when it is not a deleted item.
pub async fn restore(tx: &mut Tx, ids: &Ids, id: EntryId, now_ms: TimestampMs) -> Result<Restored> {
    let (entry, folder) = deleted_item(tx, id).await?;
    let coming_back: Vec<ContentHash> = keys(&query(sql::COMING_BACK).bind(id).all(tx).await?, "sha256")?;
    let assets: Vec<AssetId> = keys(&query(sql::ASSETS).bind(id).all(tx).await?, "asset_id")?;
    let (files, _) = counts_of(tx, id).await?;
    query(sql::REVIVE_ASSETS).bind(id).run(tx).await?;
    let mut made_folders = Vec::new();
    let mut along = Vec::new();
    for row in query(sql::ALONG).bind(id).all(tx).await? {
        let gone_along = entries::entry_of(&row)?;
        let folder = row.path("trash_folder")?;
        bring_home(tx, ids, &gone_along, &folder, now_ms, &mut made_folders).await?;
        // Live at once, so that the next one does not take its name.
        query(sql::UNMARK_ONE).bind(gone_along.id).bind(now_ms).run(tx).await?;
        along.push(gone_along.id);
    }
    let (folder_id, name) = bring_home(tx, ids, &entry, &folder, now_ms, &mut made_folders).await?;
    query(sql::UNMARK).bind(id).bind(now_ms).run(tx).await?;
    tombstones::clear(tx, entry.space_id, &coming_back).await?;
    Ok(Restored { folder_id, name, made_folders, files, along, assets, contents: coming_back })
}

/// Gives a deleted entry its place again, not yet live: its folder, and its name or a numbered one. Folders
/// that had to be made join `made_folders`.
async fn bring_home(
    tx: &mut Tx,
    ids: &Ids,
    entry: &Entry,
    folder: &FolderPath,
    now_ms: TimestampMs,
    made_folders: &mut Vec<EntryId>,
) -> Result<(EntryId, String)> {
    let (folder_id, made) = home_of(tx, ids, entry, folder, now_ms).await?;
    made_folders.extend(made);
    places::refuse_too_deep(tx, entry, folder_id).await?;
    let old_name = Name::new(entry.name.clone()).map_err(|_| Error::Unreadable { column: "name" })?;
    let name = filing::free_name(tx, folder_id, &old_name).await?;
    let name_raw = entry.name_raw.as_deref().filter(|_| name == old_name);
    query(entry_sql::PLACE)
        .bind(entry.id)
        .bind(folder_id)
        .bind(name.as_str())
        .bind(name_key(&name))
        .bind(name_raw)
        .bind(now_ms)
        .bind(stem_key(&name))
        .run(tx)
        .await?;
    Ok((folder_id, name.as_str().to_owned()))
}

/// Deletes a deleted item for good with all that went with it. What was deleted by itself earlier
/// below it stays in the trash. Tombstones stay. `NotFound` when it is not a deleted item. `since_ms`:
/// from when on, by whichever clock the caller goes by, blobs that nothing names any more are `Deleting`.
pub async fn purge(tx: &mut Tx, id: EntryId, since_ms: TimestampMs) -> Result<Purged> {
    deleted_item(tx, id).await?;
    let contents: Vec<ContentHash> = keys(&query(sql::CONTENTS).bind(id).all(tx).await?, "sha256")?;
    let shown: Vec<AssetId> = keys(&query(sql::ASSETS).bind(id).all(tx).await?, "asset_id")?;
    query(sql::LIFT_OUT).bind(id).run(tx).await?;
    let entries = query(sql::DELETE).bind(id).run(tx).await?;
    let mut assets = Vec::new();
    for chunk in shown.chunks(LIST_MAX) {
        let gone = query(sql::DELETE_ASSETS).list(chunk).all(tx).await?;
        assets.append(&mut keys(&gone, "id")?);
    }
    let blobs = blobs::mark_deleting(tx, &contents, since_ms).await?;
    Ok(Purged { entries, assets, blobs })
}

/// Writes down when care first saw each deleted item, by a clock of its own, where it has not yet.
/// Says how many.
pub async fn note_seen(tx: &mut Tx, seen_ms: TimestampMs) -> Result<u64> {
    query(sql::NOTE_SEEN).bind(seen_ms).run(tx).await
}

/// Items that were deleted before `before_ms` and that [`note_seen`] saw before `seen_before_ms`,
/// longest ago first, at most `limit`.
pub async fn expired(
    tx: &mut Tx,
    before_ms: TimestampMs,
    seen_before_ms: TimestampMs,
    limit: u32,
) -> Result<Vec<(SpaceId, EntryId)>> {
    let asked = query(sql::EXPIRED).bind(before_ms).bind(seen_before_ms).bind(i64::from(limit));
    asked.all(tx).await?.iter().map(|row| Ok((row.key("space_id")?, row.key("id")?))).collect()
}

/// Which list a cursor is of.
const TAG: u8 = b'r';

/// A deleted item and the folder that it was in.
async fn deleted_item(tx: &mut Tx, id: EntryId) -> Result<(Entry, FolderPath)> {
    let row = query(entry_sql::GET).bind(id).optional(tx).await?.ok_or(Error::NotFound("entry"))?;
    let entry = entries::entry_of(&row)?;
    if entry.trash_root_id != Some(id) {
        return Err(Error::NotFound("entry"));
    }
    Ok((entry, row.path("trash_folder")?))
}

/// The folder that a deleted item comes back to, and the folders that had to be made for that.
async fn home_of(
    tx: &mut Tx,
    ids: &Ids,
    entry: &Entry,
    folder: &FolderPath,
    now_ms: TimestampMs,
) -> Result<(EntryId, Vec<EntryId>)> {
    let root = entries::root_of(tx, entry.space_id).await?.ok_or(Error::NotFound("Space"))?;
    // A parent that is the root although the path was longer: the real one was purged.
    if let Some(parent_id) = entry.parent_id.filter(|&parent_id| parent_id != root.id || folder.is_root())
        && entries::get(tx, parent_id).await?.is_some_and(|parent| parent.trashed_at_ms.is_none())
    {
        return Ok((parent_id, Vec::new()));
    }
    match entries::ensure_folder_path(tx, ids, root.id, folder, entry.device_id, now_ms).await {
        Ok(way) => {
            let made = way.iter().filter(|step| step.created).map(|step| step.id).collect();
            Ok((way.last().map_or(root.id, |step| step.id), made))
        }
        Err(Error::NameTaken(_)) => Ok((root.id, Vec::new())),
        Err(error) => Err(error),
    }
}

async fn counts_of(tx: &mut Tx, id: EntryId) -> Result<(u64, u64)> {
    let row = query(sql::COUNTS).bind(id).one(tx).await?;
    Ok((row.count("files")?, row.count("folders")?))
}

fn keys<T: Key>(rows: &[Row], column: &'static str) -> Result<Vec<T>> {
    rows.iter().map(|row| row.key(column)).collect()
}
