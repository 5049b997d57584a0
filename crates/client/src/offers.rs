//! "I have these; which do you want?"

use wire::{OfferReply, OfferRequest};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Offers at most [`wire::BATCH_MAX`] hashes; there is exactly one answer for each.
    pub async fn offer(&self, offer: &OfferRequest) -> Result<OfferReply> {
        let reply: OfferReply = self.ask(Call::post("api/v1/offers").json(offer)).await?;
        if reply.answers.len() != offer.hashes.len() {
            return Err(self.odd(format!(
                "{} answers to {} offered items",
                reply.answers.len(),
                offer.hashes.len()
            )));
        }
        Ok(reply)
    }
}
