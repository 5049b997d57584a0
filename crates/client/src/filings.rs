//! Putting held content in its place without sending it.

use wire::{FilingReply, FilingRequest};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Files at most [`wire::BATCH_MAX`] items; there is exactly one outcome for each.
    pub async fn file(&self, filing: &FilingRequest) -> Result<FilingReply> {
        let reply: FilingReply = self.ask(Call::post("api/v1/filings").json(filing)).await?;
        if reply.outcomes.len() != filing.items.len() {
            return Err(self.odd(format!(
                "{} outcomes of {} filed items",
                reply.outcomes.len(),
                filing.items.len()
            )));
        }
        Ok(reply)
    }
}
