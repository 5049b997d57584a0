//! Albums: named sets of assets of one Space.

use catalog::albums::{self, Album};
use catalog::changes::{self, ChangeKind, NewChange};
use catalog::timeline::Moment;
use catalog::{Listed, Page, Tx};
use domain::{Action, AlbumId, AssetId, Name, SpaceId, TimestampMs, UserId};

use super::assets::wanted_spaces;
use crate::error::{Error, Result};
use crate::ingest::BATCH_MAX;
use crate::pairs::{Item, with_parts};
use crate::{Caller, Library, spaces};

impl Library {
    /// The albums of one Space, or of all that the caller can see, by name.
    pub async fn albums(
        &self,
        caller: &Caller,
        space_id: Option<SpaceId>,
        page: Page,
    ) -> Result<Listed<Album>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let wanted = wanted_spaces(tx, user_id, space_id).await?;
                    Ok(albums::list(tx, &wanted, &page).await?)
                })
            })
            .await
    }

    /// One album.
    pub async fn album(&self, caller: &Caller, id: AlbumId) -> Result<Album> {
        let user_id = caller.user_id;
        self.catalog.read(move |tx| Box::pin(demand_album(tx, user_id, id, Action::Look))).await
    }

    /// The live items of an album, newest first.
    pub async fn album_assets(&self, caller: &Caller, id: AlbumId, page: Page) -> Result<Listed<Item>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    demand_album(tx, user_id, id, Action::Look).await?;
                    let listed = albums::items(tx, id, &page).await?;
                    with_parts(tx, listed).await
                })
            })
            .await
    }

    /// The same as a timeline shows them.
    pub async fn album_moments(&self, caller: &Caller, id: AlbumId, page: Page) -> Result<Listed<Moment>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    demand_album(tx, user_id, id, Action::Look).await?;
                    Ok(albums::moments(tx, id, &page).await?)
                })
            })
            .await
    }

    /// Makes an empty album in a Space, the caller's own when none is named.
    pub async fn add_album(&self, caller: &Caller, space_id: Option<SpaceId>, name: Name) -> Result<Album> {
        let (user_id, id, now_ms) = (caller.user_id, self.ids.fresh(), self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let space = spaces::demand_or_own(tx, user_id, space_id, Action::Change).await?.space;
                    let album = albums::create(tx, id, space.id, &name, now_ms).await?;
                    note(tx, &album, ChangeKind::AlbumChanged, now_ms).await?;
                    Ok(album)
                })
            })
            .await
    }

    /// Renames an album.
    pub async fn rename_album(&self, caller: &Caller, id: AlbumId, name: Name) -> Result<Album> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let album = demand_album(tx, user_id, id, Action::Change).await?;
                    albums::rename(tx, id, &name, now_ms).await?;
                    note(tx, &album, ChangeKind::AlbumChanged, now_ms).await?;
                    demand_album(tx, user_id, id, Action::Look).await
                })
            })
            .await
    }

    /// Deletes an album. Its pictures stay where they are.
    pub async fn delete_album(&self, caller: &Caller, id: AlbumId) -> Result<()> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let album = demand_album(tx, user_id, id, Action::Change).await?;
                    albums::delete(tx, id).await?;
                    note(tx, &album, ChangeKind::AlbumDeleted, now_ms).await
                })
            })
            .await
    }

    /// Adds items of the album's Space, each named by any of its assets; says how many were not in it. Others are
    /// left out.
    pub async fn add_to_album(&self, caller: &Caller, id: AlbumId, assets: Vec<AssetId>) -> Result<u64> {
        self.change_members(caller, id, assets, true).await
    }

    /// Takes items out of an album, each named by any of its assets; says how many were in it. Nothing is deleted.
    pub async fn remove_from_album(&self, caller: &Caller, id: AlbumId, assets: Vec<AssetId>) -> Result<u64> {
        self.change_members(caller, id, assets, false).await
    }

    async fn change_members(
        &self,
        caller: &Caller,
        id: AlbumId,
        assets: Vec<AssetId>,
        add: bool,
    ) -> Result<u64> {
        if assets.len() > BATCH_MAX {
            return Err(Error::invalid("asset_ids", format!("at most {BATCH_MAX} at a time")));
        }
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let album = demand_album(tx, user_id, id, Action::Change).await?;
                    let changed = if add {
                        albums::add_assets(tx, id, &assets, now_ms).await?
                    } else {
                        albums::remove_assets(tx, id, &assets, now_ms).await?
                    };
                    if changed > 0 {
                        note(tx, &album, ChangeKind::AlbumChanged, now_ms).await?;
                    }
                    Ok(changed)
                })
            })
            .await
    }
}

pub(super) async fn demand_album(tx: &mut Tx, user_id: UserId, id: AlbumId, action: Action) -> Result<Album> {
    let album = albums::get(tx, id).await?.ok_or(Error::NotFound("album"))?;
    match spaces::demand(tx, user_id, album.space_id, action).await {
        Ok(_) => Ok(album),
        Err(Error::NotFound(_)) => Err(Error::NotFound("album")),
        Err(error) => Err(error),
    }
}

async fn note(tx: &mut Tx, album: &Album, kind: ChangeKind, now_ms: TimestampMs) -> Result<()> {
    let change = NewChange {
        space_id: Some(album.space_id),
        album_id: Some(album.id),
        ..NewChange::new(kind, now_ms)
    };
    changes::append(tx, &change).await?;
    Ok(())
}
