//! Claiming a fresh hub.

use wire::{LoginAnswer, SetupRequest, SetupState};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Whether the hub waits to be claimed. Needs no token.
    pub async fn setup_state(&self) -> Result<SetupState> {
        self.ask(Call::get("api/v1/setup")).await
    }

    /// Makes the owner's account with the hub's one-time code. Needs no token; the answer has one.
    pub async fn set_up(&self, request: &SetupRequest) -> Result<LoginAnswer> {
        self.ask(Call::post("api/v1/setup").json(request)).await
    }
}
