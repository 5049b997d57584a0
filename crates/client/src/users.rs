//! People with an account.

use wire::{NewUser, Page, PageQuery, User};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// Everybody with an account.
    pub async fn users(&self, page: &PageQuery) -> Result<Page<User>> {
        self.ask(Call::get("api/v1/users").page(page)).await
    }

    /// Makes an account. Only for owners and managers.
    pub async fn make_user(&self, new: &NewUser) -> Result<User> {
        self.ask(Call::post("api/v1/users").json(new)).await
    }
}
