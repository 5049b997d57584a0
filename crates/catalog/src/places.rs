//! Where in the tree something may stand.

use domain::path::PATH_MAX_DEPTH;
use domain::{DeviceId, EntryId, Name, SpaceId, TimestampMs};

use crate::entries::{self, Entry, EntryKind, kind_number};
use crate::error::{Error, Result};
use crate::names::{name_key, stem_key};
use crate::sql::entries as sql;
use crate::tx::{Tx, query};
use crate::value::Value;

/// How many values a new entry has.
pub(crate) const ENTRY_WIDTH: usize = 16;

/// The folders above an entry, outermost first. The root has no name.
pub(crate) async fn folders_above(tx: &mut Tx, id: EntryId) -> Result<Vec<(EntryId, Option<Name>)>> {
    let rows = query(sql::FOLDERS_ABOVE).bind(id).all(tx).await?;
    rows.iter().map(|row| Ok((row.key("id")?, Name::new(row.text("name")?).ok()))).collect()
}

/// A live entry, or `NotFound`.
pub(crate) async fn live_entry(tx: &mut Tx, id: EntryId) -> Result<Entry> {
    let entry = entries::get(tx, id).await?.filter(|entry| entry.trashed_at_ms.is_none());
    entry.ok_or(Error::NotFound("entry"))
}

/// How many names the path of a live folder has; 0 for a root. `NotFound` or `NotAFolder` when it
/// is no such thing.
pub(crate) async fn live_folder_depth(tx: &mut Tx, id: EntryId) -> Result<usize> {
    let folder = entries::get(tx, id).await?.filter(|folder| folder.trashed_at_ms.is_none());
    if folder.ok_or(Error::NotFound("folder"))?.kind() == EntryKind::File {
        return Err(Error::NotAFolder);
    }
    Ok(folders_above(tx, id).await?.len())
}

/// `TooDeep` when the deepest folder at or below `entry` would not have a possible path in `folder_id`.
pub(crate) async fn refuse_too_deep(tx: &mut Tx, entry: &Entry, folder_id: EntryId) -> Result<()> {
    let above = live_folder_depth(tx, folder_id).await?;
    let levels = query(sql::LEVELS).bind(entry.id).one(tx).await?.count("levels")?;
    if above + usize::try_from(levels).unwrap_or(usize::MAX) > PATH_MAX_DEPTH {
        return Err(Error::TooDeep);
    }
    Ok(())
}

/// Adds a folder. The caller has checked `parent_id`. `NameTaken`.
pub(crate) async fn insert_folder(
    tx: &mut Tx,
    id: EntryId,
    space_id: SpaceId,
    parent_id: EntryId,
    name: &Name,
    device_id: Option<DeviceId>,
    now_ms: TimestampMs,
) -> Result<()> {
    if entries::child_by_key(tx, parent_id, name).await?.is_some() {
        return Err(Error::NameTaken(name.as_str().to_owned()));
    }
    let values: [Value<'_>; ENTRY_WIDTH] = [
        id.into(),
        space_id.into(),
        parent_id.into(),
        kind_number(EntryKind::Folder).into(),
        name.as_str().into(),
        name_key(name).into(),
        None::<&[u8]>.into(),
        name_key(name).into(),
        None::<&[u8]>.into(),
        None::<&[u8]>.into(),
        None::<&[u8]>.into(),
        None::<i64>.into(),
        None::<i64>.into(),
        device_id.into(),
        now_ms.into(),
        now_ms.into(),
    ];
    query(sql::INSERT).rows(ENTRY_WIDTH, values).run(tx).await?;
    Ok(())
}

/// Puts a live entry into a folder under a name. `NameTaken` when another one has it there.
pub(crate) async fn place(
    tx: &mut Tx,
    id: EntryId,
    folder_id: EntryId,
    name: &Name,
    name_raw: Option<&[u8]>,
    now_ms: TimestampMs,
) -> Result<()> {
    let there = entries::child_by_key(tx, folder_id, name).await?;
    if there.is_some_and(|there| there.id != id) {
        return Err(Error::NameTaken(name.as_str().to_owned()));
    }
    query(sql::PLACE)
        .bind(id)
        .bind(folder_id)
        .bind(name.as_str())
        .bind(name_key(name))
        .bind(name_raw)
        .bind(now_ms)
        .bind(stem_key(name))
        .run(tx)
        .await?;
    Ok(())
}
