//! Pictures and videos by month.

use domain::Month;
use wire::{AssetQuery, Page, TimelineMonth, TimelinePage, TimelineQuery};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// How many pictures and videos each month has, newest first.
    pub async fn months(&self, wanted: &TimelineQuery) -> Result<Page<TimelineMonth>> {
        self.ask(Call::get("api/v1/timeline").query("space", wanted.space)).await
    }

    /// The pictures and videos of a month, newest first; `None` is what has no month yet.
    pub async fn month(&self, month: Option<Month>, wanted: &AssetQuery) -> Result<TimelinePage> {
        let month = month.map_or_else(|| "none".to_owned(), |month| month.to_string());
        self.ask(Call::get(format!("api/v1/timeline/{month}")).listed(wanted)).await
    }
}
