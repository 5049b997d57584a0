//! The caller.

use wire::{Me, NewPassword};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Who the hub takes the caller for, and which hub it is.
    pub async fn me(&self) -> Result<Me> {
        self.ask(Call::get("api/v1/me")).await
    }

    /// Changes the caller's password. Every other token of the person stops working.
    pub async fn change_password(&self, passwords: &NewPassword) -> Result<()> {
        self.tell(Call::put("api/v1/me/password").json(passwords)).await
    }
}
