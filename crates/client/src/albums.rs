//! Albums on the hub.

use domain::{AlbumId, SpaceId};
use wire::{Album, AlbumAssets, AlbumPatch, Asset, ChangedCount, NewAlbum, Page, PageQuery};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// The albums of a Space, or of all Spaces that the caller can see.
    pub async fn albums(&self, space: Option<SpaceId>, page: &PageQuery) -> Result<Page<Album>> {
        self.ask(Call::get("api/v1/albums").query("space", space).page(page)).await
    }

    /// Makes an empty album. Refused when the name is taken.
    pub async fn make_album(&self, new: &NewAlbum) -> Result<Album> {
        self.ask(Call::post("api/v1/albums").json(new)).await
    }

    /// One album.
    pub async fn album(&self, id: AlbumId) -> Result<Album> {
        self.ask(Call::get(format!("api/v1/albums/{id}"))).await
    }

    /// Renames an album.
    pub async fn rename_album(&self, id: AlbumId, patch: &AlbumPatch) -> Result<Album> {
        self.ask(Call::patch(format!("api/v1/albums/{id}")).json(patch)).await
    }

    /// Deletes an album. Its pictures stay.
    pub async fn delete_album(&self, id: AlbumId) -> Result<()> {
        self.tell(Call::delete(format!("api/v1/albums/{id}"))).await
    }

    /// What is in an album.
    pub async fn album_assets(&self, id: AlbumId, page: &PageQuery) -> Result<Page<Asset>> {
        self.ask(Call::get(format!("api/v1/albums/{id}/assets")).page(page)).await
    }

    /// Adds assets; those that are in it already stay as they are.
    pub async fn add_to_album(&self, id: AlbumId, assets: &AlbumAssets) -> Result<ChangedCount> {
        self.ask(Call::post(format!("api/v1/albums/{id}/assets")).json(assets)).await
    }

    /// Takes assets out of an album. Nothing is deleted.
    pub async fn remove_from_album(&self, id: AlbumId, assets: &AlbumAssets) -> Result<ChangedCount> {
        self.ask(Call::post(format!("api/v1/albums/{id}/assets/remove")).json(assets)).await
    }
}
