//! Delete, restore, purge. What a person deleted stays deleted: the tombstone outlives the trash.

use catalog::changes::{self, ChangeKind, NewChange};
use catalog::entries::{self, Entry, EntryWithPath};
use catalog::trash::{self, TrashedEntry};
use catalog::{Listed, Page, Tx};
use domain::{Action, ContentHash, EntryId, SpaceId, TimestampMs, UserId};

use crate::browse::entries::{change_of, changeable, visible};
use crate::error::{Error, Result};
use crate::{Caller, Library, pairs, spaces};

/// How many expired items go in one transaction.
const PURGE_BATCH: u32 = 20;

/// How many assets that came back are looked at together for what belongs to them.
const SETTLE_BATCH: usize = 500;

impl Library {
    /// Puts a file, or a folder with all that is below it, into the trash. With a file that leads an item go
    /// the item's parts. Parts that stay when a folder goes are led by another one, or stand alone.
    pub async fn trash(&self, caller: &Caller, id: EntryId) -> Result<()> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let entry = changeable(tx, user_id, id).await?;
                    trash_one(tx, &entry, user_id, now_ms).await
                })
            })
            .await
    }

    /// The deleted items of a Space, last deleted first.
    pub async fn list_trash(
        &self,
        caller: &Caller,
        space_id: SpaceId,
        page: Page,
    ) -> Result<Listed<TrashedEntry>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    spaces::demand(tx, user_id, space_id, Action::Look).await?;
                    Ok(trash::list(tx, space_id, &page).await?)
                })
            })
            .await
    }

    /// Brings a deleted item back, with all that went with it.
    pub async fn restore(&self, caller: &Caller, id: EntryId) -> Result<EntryWithPath> {
        let (user_id, now_ms, ids) = (caller.user_id, self.now_ms(), self.ids.clone());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let entry = visible(tx, user_id, id).await?;
                    spaces::demand(tx, user_id, entry.space_id, Action::Change).await?;
                    let restored = trash::restore(tx, &ids, id, now_ms).await?;
                    let mut news: Vec<NewChange> = restored
                        .made_folders
                        .iter()
                        .map(|&folder| NewChange {
                            space_id: Some(entry.space_id),
                            entry_id: Some(folder),
                            ..NewChange::new(ChangeKind::EntryAdded, now_ms)
                        })
                        .collect();
                    let kind = ChangeKind::ContentRestored;
                    news.extend(contents(entry.space_id, &restored.contents, kind, now_ms));
                    news.extend(entries_of(&entry, &restored.along, ChangeKind::EntryRestored, now_ms));
                    for assets in restored.assets.chunks(SETTLE_BATCH) {
                        news.extend(pairs::settle(tx, assets, now_ms).await?);
                    }
                    changes::append_many(tx, &news).await?;
                    entries::get_with_path(tx, id).await?.ok_or(Error::NotFound("folder or file"))
                })
            })
            .await
    }

    /// Deletes a deleted item for good, before its time.
    pub async fn purge(&self, caller: &Caller, id: EntryId) -> Result<()> {
        let (user_id, now_ms, care_ms) = (caller.user_id, self.now_ms(), self.care_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let entry = visible(tx, user_id, id).await?;
                    spaces::demand(tx, user_id, entry.space_id, Action::Change).await?;
                    purge_one(tx, entry.space_id, id, now_ms, care_ms).await
                })
            })
            .await
    }

    /// Deletes for good what has been in the trash for longer than the settings say, both by the machine's
    /// clock and by the care's, which counts from when it first saw an item there. Says how many items.
    pub(crate) async fn purge_expired(&self, care_ms: TimestampMs) -> Result<u64> {
        let (now_ms, trash_ms) = (self.now_ms(), self.settings.trash_ms());
        self.catalog.write(move |tx| Box::pin(trash::note_seen(tx, care_ms))).await?;
        let mut purged = 0;
        loop {
            let gone = self
                .catalog
                .write(move |tx| {
                    Box::pin(async move {
                        let (before_ms, seen_before_ms) = (now_ms - trash_ms, care_ms - trash_ms);
                        let expired = trash::expired(tx, before_ms, seen_before_ms, PURGE_BATCH).await?;
                        for &(space_id, id) in &expired {
                            purge_one(tx, space_id, id, now_ms, care_ms).await?;
                        }
                        Ok::<_, Error>(expired.len())
                    })
                })
                .await?;
            purged += gone as u64;
            if gone < PURGE_BATCH as usize {
                return Ok(purged);
            }
        }
    }

    /// When an item that was deleted then goes for good. Later when the hub is off for long in between, or
    /// its clock was wrong; never earlier.
    pub fn purge_at_ms(&self, trashed_at_ms: TimestampMs) -> TimestampMs {
        trashed_at_ms + self.settings.trash_ms()
    }
}

/// Puts a live entry with all that is below it and belongs to it into the trash, and tells the feed.
pub(crate) async fn trash_one(
    tx: &mut Tx,
    entry: &Entry,
    user_id: UserId,
    now_ms: TimestampMs,
) -> Result<()> {
    let along = pairs::files_along(tx, entry).await?;
    let trashed = trash::trash_along(tx, entry.id, &along, user_id, now_ms).await?;
    let mut news = entries_of(entry, &trashed.along, ChangeKind::EntryTrashed, now_ms);
    news.extend(contents(entry.space_id, &trashed.contents, ChangeKind::ContentTrashed, now_ms));
    news.extend(pairs::moved_out(tx, entry.id, now_ms).await?);
    changes::append_many(tx, &news).await?;
    Ok(())
}

async fn purge_one(
    tx: &mut Tx,
    space_id: SpaceId,
    id: EntryId,
    now_ms: TimestampMs,
    care_ms: TimestampMs,
) -> Result<()> {
    let followers = pairs::moved_out_before_purge(tx, id).await?;
    // The bytes' period of grace runs by the care's clock.
    trash::purge(tx, id, care_ms).await?;
    let change = NewChange {
        space_id: Some(space_id),
        entry_id: Some(id),
        ..NewChange::new(ChangeKind::EntryPurged, now_ms)
    };
    let mut news = vec![change];
    news.extend(pairs::settle(tx, &followers, now_ms).await?);
    changes::append_many(tx, &news).await?;
    Ok(())
}

/// The same happened to an entry and to the files that went along.
fn entries_of(entry: &Entry, along: &[EntryId], kind: ChangeKind, now_ms: TimestampMs) -> Vec<NewChange> {
    let of_file = along.iter().map(|&id| NewChange {
        space_id: Some(entry.space_id),
        entry_id: Some(id),
        ..NewChange::new(kind, now_ms)
    });
    std::iter::once(change_of(entry, kind, now_ms)).chain(of_file).collect()
}

fn contents(
    space_id: SpaceId,
    hashes: &[ContentHash],
    kind: ChangeKind,
    now_ms: TimestampMs,
) -> Vec<NewChange> {
    hashes
        .iter()
        .map(|&sha256| NewChange {
            space_id: Some(space_id),
            sha256: Some(sha256),
            ..NewChange::new(kind, now_ms)
        })
        .collect()
}
