//! Pictures and videos.

use domain::AssetId;
use wire::{
    Asset, AssetFacts, AssetQuery, JoinItem, MapPoints, MapQuery, Page, SearchQuery, Suggestions,
    TimelinePage, TimelineQuery,
};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Pictures and videos, newest first.
    pub async fn assets(&self, wanted: &AssetQuery) -> Result<Page<Asset>> {
        self.ask(Call::get("api/v1/assets").listed(wanted)).await
    }

    /// Pictures and videos that are what is searched for, newest first.
    pub async fn search(&self, wanted: &SearchQuery) -> Result<TimelinePage> {
        let kind = wanted.kind.map(|kind| match kind {
            wire::AssetKind::Picture => "picture",
            wire::AssetKind::Video => "video",
        });
        let call = Call::get("api/v1/assets/search")
            .query("q", wanted.q.as_ref())
            .query("from", wanted.from.as_ref())
            .query("to", wanted.to.as_ref())
            .query("kind", kind)
            .query("type", wanted.content_type.as_ref())
            .query("camera", wanted.camera.as_ref())
            .query("place", wanted.place.as_ref())
            .query("album", wanted.album)
            .query("has_place", wanted.has_place)
            .query("bbox", wanted.bbox.as_ref())
            .query("space", wanted.space)
            .query("after", wanted.after.as_ref())
            .query("limit", wanted.limit);
        self.ask(call).await
    }

    /// The cameras and places with most pictures.
    pub async fn suggestions(&self, wanted: &TimelineQuery) -> Result<Suggestions> {
        self.ask(Call::get("api/v1/assets/suggestions").query("space", wanted.space)).await
    }

    /// Pictures and videos on a map.
    pub async fn map(&self, wanted: &MapQuery) -> Result<MapPoints> {
        let call = Call::get("api/v1/assets/places").query("bbox", wanted.bbox.as_ref());
        self.ask(call.query("space", wanted.space).query("points", wanted.points)).await
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
