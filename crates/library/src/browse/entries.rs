//! The tree of a Space: looking, making folders, renaming, moving.

use catalog::changes::{self, ChangeKind, NewChange};
use catalog::entries::{self, Entry, EntryWithPath, FileBelow};
use catalog::{Listed, Page, Tx};
use domain::{Action, EntryId, FolderPath, Name, SpaceId, TimestampMs, UserId};

use crate::error::{Error, Result};
use crate::{Caller, Library, pairs, spaces};

impl Library {
    /// An entry, live or in the trash, with the folders above it.
    pub async fn entry(&self, caller: &Caller, id: EntryId) -> Result<EntryWithPath> {
        let user_id = caller.user_id;
        self.catalog.read(move |tx| Box::pin(visible_with_path(tx, user_id, id))).await
    }

    /// The entry at a path of a Space; an empty path is its topmost folder.
    pub async fn entry_at(
        &self,
        caller: &Caller,
        space_id: SpaceId,
        path: FolderPath,
    ) -> Result<EntryWithPath> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let space = spaces::demand(tx, user_id, space_id, Action::Look).await?.space;
                    let found = entries::at_path(tx, space.root_id, &path).await?;
                    let id = found.ok_or(Error::NotFound("folder or file"))?.id;
                    visible_with_path(tx, user_id, id).await
                })
            })
            .await
    }

    /// The live children of a folder: folders first, then files, each by name.
    pub async fn children(&self, caller: &Caller, folder_id: EntryId, page: Page) -> Result<Listed<Entry>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    live_folder(tx, user_id, folder_id).await?;
                    Ok(entries::list_children(tx, folder_id, &page).await?)
                })
            })
            .await
    }

    /// All live files below a folder, at any depth.
    pub async fn files_below(
        &self,
        caller: &Caller,
        folder_id: EntryId,
        page: Page,
    ) -> Result<Listed<FileBelow>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    live_folder(tx, user_id, folder_id).await?;
                    Ok(entries::files_below(tx, folder_id, &page).await?)
                })
            })
            .await
    }

    /// Makes a folder.
    pub async fn add_folder(&self, caller: &Caller, parent_id: EntryId, name: Name) -> Result<Entry> {
        let (user_id, id, now_ms) = (caller.user_id, self.ids.fresh(), self.now_ms());
        let device_id = caller.device.as_ref().map(|device| device.id);
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    changeable(tx, user_id, parent_id).await?;
                    let made = entries::create_folder(tx, id, parent_id, &name, device_id, now_ms).await?;
                    note(tx, &made, ChangeKind::EntryAdded, now_ms).await?;
                    Ok(made)
                })
            })
            .await
    }

    /// Renames a live entry, or moves it into another folder of its Space, or both at once.
    pub async fn change_entry(
        &self,
        caller: &Caller,
        id: EntryId,
        name: Option<Name>,
        folder_id: Option<EntryId>,
    ) -> Result<EntryWithPath> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let entry = changeable(tx, user_id, id).await?;
                    match (folder_id, name) {
                        (Some(folder_id), name) => {
                            entries::move_to(tx, id, folder_id, name.as_ref(), now_ms).await?;
                        }
                        (None, Some(name)) => entries::rename(tx, id, &name, now_ms).await?,
                        (None, None) => return visible_with_path(tx, user_id, id).await,
                    }
                    note(tx, &entry, ChangeKind::EntryChanged, now_ms).await?;
                    if let Some(asset_id) = entry.file.as_ref().and_then(|file| file.asset_id) {
                        // Names and folders say what belongs together.
                        let news = pairs::settle(tx, &[asset_id], now_ms).await?;
                        changes::append_many(tx, &news).await?;
                    }
                    visible_with_path(tx, user_id, id).await
                })
            })
            .await
    }
}

/// An entry that this person may look at. Others' entries do not exist.
pub(crate) async fn visible(tx: &mut Tx, user_id: UserId, id: EntryId) -> Result<Entry> {
    let entry = entries::get(tx, id).await?.ok_or(Error::NotFound("folder or file"))?;
    demand_quietly(tx, user_id, entry.space_id, Action::Look).await?;
    Ok(entry)
}

/// A live entry that this person may change.
pub(crate) async fn changeable(tx: &mut Tx, user_id: UserId, id: EntryId) -> Result<Entry> {
    let entry = visible(tx, user_id, id).await?;
    spaces::demand(tx, user_id, entry.space_id, Action::Change).await?;
    if entry.trashed_at_ms.is_some() {
        return Err(Error::Conflict("it is in the trash; restore it first"));
    }
    Ok(entry)
}

async fn live_folder(tx: &mut Tx, user_id: UserId, id: EntryId) -> Result<Entry> {
    let entry = visible(tx, user_id, id).await?;
    if entry.file.is_some() {
        return Err(Error::Conflict("this is a file, not a folder"));
    }
    if entry.trashed_at_ms.is_some() {
        return Err(Error::Conflict("the folder is in the trash; restore it first"));
    }
    Ok(entry)
}

async fn visible_with_path(tx: &mut Tx, user_id: UserId, id: EntryId) -> Result<EntryWithPath> {
    let found = entries::get_with_path(tx, id).await?.ok_or(Error::NotFound("folder or file"))?;
    demand_quietly(tx, user_id, found.entry.space_id, Action::Look).await?;
    Ok(found)
}

/// The same as [`spaces::demand`], but says that the entry is not there rather than its Space.
async fn demand_quietly(tx: &mut Tx, user_id: UserId, space_id: SpaceId, action: Action) -> Result<()> {
    match spaces::demand(tx, user_id, space_id, action).await {
        Ok(_) => Ok(()),
        Err(Error::NotFound(_)) => Err(Error::NotFound("folder or file")),
        Err(error) => Err(error),
    }
}

async fn note(tx: &mut Tx, entry: &Entry, kind: ChangeKind, now_ms: TimestampMs) -> Result<()> {
    changes::append(tx, &change_of(entry, kind, now_ms)).await?;
    Ok(())
}

/// What happened to an entry.
pub(crate) fn change_of(entry: &Entry, kind: ChangeKind, now_ms: TimestampMs) -> NewChange {
    NewChange {
        space_id: Some(entry.space_id),
        entry_id: Some(entry.id),
        asset_id: entry.file.as_ref().and_then(|file| file.asset_id),
        sha256: entry.file.as_ref().map(|file| file.sha256),
        ..NewChange::new(kind, now_ms)
    }
}
