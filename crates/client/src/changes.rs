//! What happened on the hub.

use wire::{ChangePage, ChangeQuery};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// A piece of the change feed, oldest first.
    pub async fn changes(&self, wanted: &ChangeQuery) -> Result<ChangePage> {
        let call = Call::get("api/v1/changes")
            .query("after", wanted.after)
            .query("content_only", wanted.content_only)
            .query("limit", wanted.limit);
        self.ask(call).await
    }
}
