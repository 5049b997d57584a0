//! Claiming a fresh hub.

use wire::{SetupRequest, SetupState};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Whether the hub waits to be claimed. Needs no token.
    pub async fn setup_state(&self) -> Result<SetupState> {
        self.ask(Call::get("api/v1/setup")).await
    }

    /// Makes the owner's account with the hub's one-time code. Needs no token; log in afterwards.
    pub async fn set_up(&self, request: &SetupRequest) -> Result<()> {
        self.tell(Call::post("api/v1/setup").json(request)).await
    }
}
