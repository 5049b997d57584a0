//! Pictures and videos.

use domain::AssetId;
use wire::{Asset, AssetFacts, AssetQuery, JoinItem, Page};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Pictures and videos, newest first.
    pub async fn assets(&self, wanted: &AssetQuery) -> Result<Page<Asset>> {
        self.ask(Call::get("api/v1/assets").listed(wanted)).await
    }

    /// One picture or video.
    pub async fn asset(&self, id: AssetId) -> Result<Asset> {
        self.ask(Call::get(format!("api/v1/assets/{id}"))).await
    }

    /// Keeps apart what is one item: a part leaves it, and of what leads, all stand alone. For good: nothing
    /// joins them again by itself.
    pub async fn split_item(&self, id: AssetId) -> Result<Asset> {
        self.ask(Call::post(format!("api/v1/assets/{id}/split"))).await
    }

    /// Makes one item of assets of one Space, led by `id`.
    pub async fn join_item(&self, id: AssetId, others: &JoinItem) -> Result<Asset> {
        self.ask(Call::post(format!("api/v1/assets/{id}/join")).json(others)).await
    }

    /// Has a part lead its item.
    pub async fn lead_item(&self, id: AssetId) -> Result<Asset> {
        self.ask(Call::post(format!("api/v1/assets/{id}/lead"))).await
    }

    /// What the hub knows of a picture or video from looking into it.
    pub async fn asset_facts(&self, id: AssetId) -> Result<AssetFacts> {
        self.ask(Call::get(format!("api/v1/assets/{id}/facts"))).await
    }
}
