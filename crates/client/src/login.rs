//! Getting a token, and giving it back.

use wire::{LoginAnswer, LoginRequest};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Exchanges name and password for a token. Needs none; the answer's is for [`HubClient::with_token`].
    pub async fn log_in(&self, request: &LoginRequest) -> Result<LoginAnswer> {
        self.ask(Call::post("api/v1/login").json(request)).await
    }

    /// Revokes the token of this very call.
    pub async fn log_out(&self) -> Result<()> {
        self.tell(Call::post("api/v1/logout")).await
    }
}
