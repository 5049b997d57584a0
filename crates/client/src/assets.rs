//! Pictures and videos.

use domain::AssetId;
use wire::{Asset, AssetFacts, AssetQuery, Page};

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

    /// What the hub knows of a picture or video from looking into it.
    pub async fn asset_facts(&self, id: AssetId) -> Result<AssetFacts> {
        self.ask(Call::get(format!("api/v1/assets/{id}/facts"))).await
    }
}
