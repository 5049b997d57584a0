//! Pictures and videos.

use domain::AssetId;
use wire::{Asset, AssetQuery, Page};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Pictures and videos, newest first.
    pub async fn assets(&self, wanted: &AssetQuery) -> Result<Page<Asset>> {
        let call = Call::get("api/v1/assets")
            .query("space", wanted.space)
            .query("after", wanted.after.as_ref())
            .query("limit", wanted.limit);
        self.ask(call).await
    }

    /// One picture or video.
    pub async fn asset(&self, id: AssetId) -> Result<Asset> {
        self.ask(Call::get(format!("api/v1/assets/{id}"))).await
    }
}
