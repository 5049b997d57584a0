//! Where a picture or video is filed, and putting all of that into the trash at once: who looks at
//! pictures does not think of the folders that they are in.

use catalog::Tx;
use catalog::entries::{self, Entry, EntryWithPath};
use domain::{Action, AssetId, EntryId, UserId};

use super::visible_asset;
use crate::care::trash_one;
use crate::error::{Error, Result};
use crate::ingest::BATCH_MAX;
use crate::{Caller, Library, spaces};

impl Library {
    /// Where an asset is filed: its live entries, oldest first. Empty while it is in the trash.
    pub async fn asset_entries(&self, caller: &Caller, id: AssetId) -> Result<Vec<EntryWithPath>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    visible_asset(tx, user_id, id).await?;
                    let mut found = Vec::new();
                    for entry in live(tx, id).await? {
                        found.extend(entries::get_with_path(tx, entry.id).await?);
                    }
                    Ok::<_, Error>(found)
                })
            })
            .await
    }

    /// Puts every live entry of some assets into the trash, all or none of them. Answers the entries that
    /// went: restoring each brings everything back.
    pub async fn trash_assets(&self, caller: &Caller, assets: Vec<AssetId>) -> Result<Vec<EntryId>> {
        if assets.len() > BATCH_MAX {
            return Err(Error::invalid("asset_ids", format!("at most {BATCH_MAX} at a time")));
        }
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let mut gone = Vec::new();
                    for &id in &assets {
                        demand_change(tx, user_id, id).await?;
                        for entry in live(tx, id).await? {
                            trash_one(tx, &entry, user_id, now_ms).await?;
                            gone.push(entry.id);
                        }
                    }
                    Ok(gone)
                })
            })
            .await
    }
}

async fn live(tx: &mut Tx, id: AssetId) -> Result<Vec<Entry>> {
    let all = entries::by_asset(tx, id).await?;
    Ok(all.into_iter().filter(|entry| entry.trashed_at_ms.is_none()).collect())
}

async fn demand_change(tx: &mut Tx, user_id: UserId, id: AssetId) -> Result<()> {
    let asset = visible_asset(tx, user_id, id).await?;
    spaces::demand(tx, user_id, asset.space_id, Action::Change).await?;
    Ok(())
}
