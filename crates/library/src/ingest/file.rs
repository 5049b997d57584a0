//! Filing: content that is held already also appears where a device wants it. No bytes travel; the
//! rows are made in batches, without a query per item.

use std::collections::{HashMap, HashSet};

use catalog::albums;
use catalog::assets::{self, Asset, AssetKind, NewAsset};
use catalog::changes::{self, ChangeKind, NewChange};
use catalog::entries::{self, Entry, Filed, NewFile};
use catalog::{Tx, jobs, offers, tombstones};
use domain::{
    Action, AlbumId, AssetId, ContentHash, DeviceId, EntryId, FolderPath, Ids, Name, SpaceId, TimestampMs,
    UserId,
};

use super::{BATCH_MAX, FileDeclaration, Stored};
use crate::describe::describe_job;
use crate::error::{Error, Result};
use crate::{Caller, Library, pairs, spaces};

/// One item to file: content that an offer called held, and where it should appear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldFile {
    /// The content.
    pub sha256: ContentHash,
    /// Where and under what name; its own Space and hashes are not looked at.
    pub file: FileDeclaration,
}

/// What became of one filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilingOutcome {
    /// It is filed, or was already.
    Stored(Stored),
    /// The hub does not hold it for this caller (any more): offer it again.
    NotHeld,
    /// It is held, but cannot appear there: something of that name stands in the way, or the folder is
    /// too deep. The others of the batch are filed.
    Refused(Refusal),
    /// It was deleted here.
    DeletedEarlier,
}

/// Why one item of a batch cannot be filed where it should. Its words are for the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A file stands where a folder should be.
    #[error("there is already something called \"{0}\" here")]
    NameTaken(String),
    /// The folders would be too many levels deep.
    #[error("the folders would be too many levels deep")]
    TooDeep,
}

/// What is known of held content, wherever the caller may read it.
#[derive(Debug, Clone)]
struct Known {
    size_bytes: u64,
    kind: Option<AssetKind>,
    taken_at_ms: Option<TimestampMs>,
    here: bool,
}

/// What the catalog knows of a batch's contents.
#[derive(Default)]
struct LookUp {
    /// What may be filed.
    known: HashMap<ContentHash, Known>,
    /// What may not: it was deleted here.
    deleted: HashSet<ContentHash>,
    /// What was deleted here and is filed all the same, on purpose.
    buried: HashSet<ContentHash>,
}

/// One item on its way, with the fresh ids it may need.
struct Item {
    sha256: ContentHash,
    folder: FolderPath,
    album: Option<Name>,
    name: Name,
    name_raw: Option<Vec<u8>>,
    modified_at_ms: Option<TimestampMs>,
    send_again: bool,
}

/// The whole batch; runs inside one transaction.
struct Batch {
    user_id: UserId,
    device_id: Option<DeviceId>,
    space_id: Option<SpaceId>,
    items: Vec<Item>,
    ids: Ids,
    now_ms: TimestampMs,
}

impl Library {
    /// Files up to a thousand items and answers for each in its order.
    pub async fn file(
        &self,
        caller: &Caller,
        space_id: Option<SpaceId>,
        files: Vec<HeldFile>,
    ) -> Result<Vec<FilingOutcome>> {
        if files.len() > BATCH_MAX {
            return Err(Error::invalid("items", format!("at most {BATCH_MAX} items fit into one filing")));
        }
        let items = files.into_iter().map(|held| Item::new(caller, held)).collect::<Result<_>>()?;
        let batch = Batch {
            user_id: caller.user_id,
            device_id: caller.device.as_ref().map(|device| device.id),
            space_id,
            items,
            ids: self.ids.clone(),
            now_ms: self.now_ms(),
        };
        // Held content must not be swept away between the look and the commit.
        let _no_removal = self.removal.read().await;
        self.catalog.write(move |tx| Box::pin(async move { batch.record(tx).await })).await
    }
}

impl Item {
    fn new(caller: &Caller, held: HeldFile) -> Result<Self> {
        let file = held.file.checked()?;
        Ok(Self {
            sha256: held.sha256,
            folder: file.folder_for(caller)?,
            album: file.album.as_ref().map(super::DeviceAlbum::hub_name),
            name: file.name,
            name_raw: file.name_raw,
            modified_at_ms: file.modified_at_ms,
            send_again: file.send_again,
        })
    }
}

impl Batch {
    async fn record(self, tx: &mut Tx) -> Result<Vec<FilingOutcome>> {
        let space = spaces::demand_or_own(tx, self.user_id, self.space_id, Action::Change).await?.space;
        let mut news = Vec::new();
        let LookUp { known, deleted, buried } = self.look_up(tx, space.id).await?;
        let held: Vec<usize> =
            (0..self.items.len()).filter(|&at| known.contains_key(&self.items[at].sha256)).collect();
        let (folders, refused) = self.ensure_folders(tx, space.id, space.root_id, &held, &mut news).await?;
        let wanted: Vec<usize> =
            held.into_iter().filter(|&at| folders.contains_key(&self.items[at].folder)).collect();
        self.clear_tombstones(tx, space.id, &wanted, &buried, &mut news).await?;
        let assets = self.ensure_assets(tx, space.id, &wanted, &known, &mut news).await?;
        let filed = self.insert(tx, space.id, &wanted, &known, &folders, &assets, &mut news).await?;
        let settled: Vec<AssetId> = assets.values().copied().collect();
        // What has one more place, or is live again, may belong to others here.
        news.extend(pairs::settle(tx, &settled, self.now_ms).await?);
        self.join_albums(tx, space.id, &wanted, &assets, &mut news).await?;
        changes::append_many(tx, &news).await?;
        Ok(self.outcomes(&known, &deleted, &refused, &assets, wanted, filed))
    }

    /// What of the batch may be filed, and what is refused because it was deleted here.
    async fn look_up(&self, tx: &mut Tx, space_id: SpaceId) -> Result<LookUp> {
        let hashes: Vec<ContentHash> = self.items.iter().map(|item| item.sha256).collect();
        let readable = spaces::readable(tx, self.user_id).await?;
        let rows = offers::answers(tx, space_id, &readable, &hashes).await?;
        // Said once for a content is enough, as with an upload.
        let wanted_again: HashSet<ContentHash> =
            self.items.iter().filter(|item| item.send_again).map(|item| item.sha256).collect();
        let mut places: HashMap<SpaceId, Vec<ContentHash>> = HashMap::new();
        let mut found = LookUp::default();
        for row in rows.iter().filter(|row| !row.damaged) {
            if row.deleted_here && !row.here {
                if self.device_id.is_some() && !wanted_again.contains(&row.sha256) {
                    found.deleted.insert(row.sha256);
                    continue;
                }
                found.buried.insert(row.sha256);
            }
            if let Some(place) = if row.here { Some(space_id) } else { row.elsewhere } {
                places.entry(place).or_default().push(row.sha256);
            }
        }
        for (place, hashes) in places {
            let here = place == space_id;
            describe_held(tx, place, &hashes, here, &mut found.known).await?;
        }
        Ok(found)
    }

    /// What is filed although it was deleted here earlier is live again.
    async fn clear_tombstones(
        &self,
        tx: &mut Tx,
        space_id: SpaceId,
        wanted: &[usize],
        buried: &HashSet<ContentHash>,
        news: &mut Vec<NewChange>,
    ) -> Result<()> {
        let filed = wanted.iter().map(|&at| self.items[at].sha256);
        let mut cleared: Vec<ContentHash> = filed.filter(|sha256| buried.contains(sha256)).collect();
        cleared.sort_unstable();
        cleared.dedup();
        tombstones::clear(tx, space_id, &cleared).await?;
        news.extend(cleared.into_iter().map(|sha256| NewChange {
            sha256: Some(sha256),
            ..self.change(space_id, ChangeKind::ContentRestored)
        }));
        Ok(())
    }

    /// Makes the folders that are missing. Those that cannot be are given back with the reason; nothing
    /// is made on the way to them, because whatever is in the way is where the way is known.
    async fn ensure_folders(
        &self,
        tx: &mut Tx,
        space_id: SpaceId,
        root_id: EntryId,
        held: &[usize],
        news: &mut Vec<NewChange>,
    ) -> Result<(HashMap<FolderPath, EntryId>, HashMap<FolderPath, Refusal>)> {
        let (mut folders, mut refused) = (HashMap::new(), HashMap::new());
        for &at in held {
            let path = &self.items[at].folder;
            if folders.contains_key(path) || refused.contains_key(path) {
                continue;
            }
            let made =
                entries::ensure_folder_path(tx, &self.ids, root_id, path, self.device_id, self.now_ms).await;
            let made = match made {
                Ok(made) => made,
                Err(catalog::Error::NameTaken(name)) => {
                    refused.insert(path.clone(), Refusal::NameTaken(name));
                    continue;
                }
                Err(catalog::Error::TooDeep) => {
                    refused.insert(path.clone(), Refusal::TooDeep);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            for folder in made.iter().filter(|folder| folder.created) {
                news.push(NewChange {
                    entry_id: Some(folder.id),
                    ..self.change(space_id, ChangeKind::EntryAdded)
                });
            }
            folders.insert(path.clone(), made.last().map_or(root_id, |folder| folder.id));
        }
        Ok((folders, refused))
    }

    async fn ensure_assets(
        &self,
        tx: &mut Tx,
        space_id: SpaceId,
        wanted: &[usize],
        known: &HashMap<ContentHash, Known>,
        news: &mut Vec<NewChange>,
    ) -> Result<HashMap<ContentHash, AssetId>> {
        let mut new = Vec::new();
        for &at in wanted {
            let item = &self.items[at];
            let facts = &known[&item.sha256];
            if let Some(kind) = facts.kind {
                new.push(NewAsset {
                    id: self.ids.fresh(),
                    space_id,
                    sha256: item.sha256,
                    kind,
                    taken_at_ms: facts.taken_at_ms.or(item.modified_at_ms).unwrap_or(self.now_ms),
                    now_ms: self.now_ms,
                });
            }
        }
        let upserted = assets::upsert_many(tx, &new).await?;
        let mut assets = HashMap::new();
        for (asset, (asset_id, created)) in new.iter().zip(upserted) {
            if created {
                jobs::enqueue(tx, &describe_job(self.ids.fresh(), asset_id, self.now_ms)).await?;
                news.push(NewChange {
                    asset_id: Some(asset_id),
                    ..self.change(space_id, ChangeKind::AssetAdded)
                });
            }
            assets.insert(asset.sha256, asset_id);
        }
        Ok(assets)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the steps of one transaction hand each other their results"
    )]
    async fn insert(
        &self,
        tx: &mut Tx,
        space_id: SpaceId,
        wanted: &[usize],
        known: &HashMap<ContentHash, Known>,
        folders: &HashMap<FolderPath, EntryId>,
        assets: &HashMap<ContentHash, AssetId>,
        news: &mut Vec<NewChange>,
    ) -> Result<Vec<Filed>> {
        let files: Vec<NewFile> = wanted
            .iter()
            .map(|&at| {
                let item = &self.items[at];
                NewFile {
                    id: self.ids.fresh(),
                    space_id,
                    parent_id: folders[&item.folder],
                    name: item.name.clone(),
                    name_raw: item.name_raw.clone(),
                    sha256: item.sha256,
                    size_bytes: known[&item.sha256].size_bytes,
                    asset_id: assets.get(&item.sha256).copied(),
                    modified_at_ms: item.modified_at_ms,
                    device_id: self.device_id,
                    now_ms: self.now_ms,
                }
            })
            .collect();
        let filed = entries::insert_files(tx, &files).await?;
        for (file, filed) in files.iter().zip(&filed).filter(|(_, filed)| filed.created) {
            news.push(NewChange {
                entry_id: Some(filed.id),
                asset_id: file.asset_id,
                sha256: Some(file.sha256),
                ..self.change(space_id, ChangeKind::EntryAdded)
            });
        }
        Ok(filed)
    }

    async fn join_albums(
        &self,
        tx: &mut Tx,
        space_id: SpaceId,
        wanted: &[usize],
        assets: &HashMap<ContentHash, AssetId>,
        news: &mut Vec<NewChange>,
    ) -> Result<()> {
        let mut members: HashMap<&Name, Vec<AssetId>> = HashMap::new();
        for &at in wanted {
            let item = &self.items[at];
            if let (Some(album), Some(&asset_id)) = (&item.album, assets.get(&item.sha256)) {
                members.entry(album).or_default().push(asset_id);
            }
        }
        for (album, asset_ids) in members {
            let fresh: AlbumId = self.ids.fresh();
            let (album_id, _) = albums::ensure(tx, fresh, space_id, album, self.now_ms).await?;
            if albums::add_assets(tx, album_id, &asset_ids, self.now_ms).await? > 0 {
                news.push(NewChange {
                    album_id: Some(album_id),
                    ..self.change(space_id, ChangeKind::AlbumChanged)
                });
            }
        }
        Ok(())
    }

    fn outcomes(
        &self,
        known: &HashMap<ContentHash, Known>,
        deleted: &HashSet<ContentHash>,
        refused: &HashMap<FolderPath, Refusal>,
        assets: &HashMap<ContentHash, AssetId>,
        wanted: Vec<usize>,
        filed: Vec<Filed>,
    ) -> Vec<FilingOutcome> {
        let mut outcomes: Vec<FilingOutcome> = self
            .items
            .iter()
            .map(|item| {
                if deleted.contains(&item.sha256) {
                    return FilingOutcome::DeletedEarlier;
                }
                let refusal = refused.get(&item.folder).filter(|_| known.contains_key(&item.sha256));
                refusal.cloned().map_or(FilingOutcome::NotHeld, FilingOutcome::Refused)
            })
            .collect();
        for (at, filed) in wanted.into_iter().zip(filed) {
            let sha256 = self.items[at].sha256;
            outcomes[at] = FilingOutcome::Stored(Stored {
                entry_id: filed.id,
                asset_id: assets.get(&sha256).copied(),
                sha256,
                name: filed.name,
                already_held: known[&sha256].here,
            });
        }
        outcomes
    }

    fn change(&self, space_id: SpaceId, kind: ChangeKind) -> NewChange {
        NewChange { space_id: Some(space_id), device_id: self.device_id, ..NewChange::new(kind, self.now_ms) }
    }
}

/// Adds what a Space knows of its own content.
async fn describe_held(
    tx: &mut Tx,
    space_id: SpaceId,
    hashes: &[ContentHash],
    here: bool,
    known: &mut HashMap<ContentHash, Known>,
) -> Result<()> {
    let assets: HashMap<ContentHash, Asset> = assets::by_hashes(tx, space_id, hashes)
        .await?
        .into_iter()
        .map(|asset| (asset.sha256, asset))
        .collect();
    let files: Vec<Entry> = entries::by_hashes(tx, space_id, hashes).await?;
    for file in files.into_iter().filter_map(|entry| entry.file) {
        let asset = assets.get(&file.sha256);
        known.entry(file.sha256).or_insert(Known {
            size_bytes: file.size_bytes,
            kind: asset.map(|asset| asset.kind),
            taken_at_ms: asset.map(|asset| asset.taken_at_ms),
            here,
        });
    }
    Ok(())
}
