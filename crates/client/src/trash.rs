//! What was deleted, and can still come back.

use domain::{EntryId, SpaceId};
use wire::{EntryWithPath, Page, PageQuery, TrashedEntry};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// What is in a Space's trash.
    pub async fn trash(&self, space: SpaceId, page: &PageQuery) -> Result<Page<TrashedEntry>> {
        self.ask(Call::get(format!("api/v1/spaces/{space}/trash")).page(page)).await
    }

    /// Brings an entry back to where it was, under another name if its own is taken by now.
    pub async fn restore_entry(&self, id: EntryId) -> Result<EntryWithPath> {
        self.ask(Call::post(format!("api/v1/trash/{id}/restore"))).await
    }

    /// Removes an entry for good, without waiting for its time.
    pub async fn purge_entry(&self, id: EntryId) -> Result<()> {
        self.tell(Call::delete(format!("api/v1/trash/{id}"))).await
    }
}
