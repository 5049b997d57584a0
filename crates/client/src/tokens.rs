//! Tokens by name, for scripts and other programs.

use domain::TokenId;
use wire::{FreshToken, NewToken, Page, PageQuery, Token};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// The caller's tokens, without their secrets.
    pub async fn tokens(&self, page: &PageQuery) -> Result<Page<Token>> {
        self.ask(Call::get("api/v1/tokens").page(page)).await
    }

    /// Makes a token; its secret is shown this once.
    pub async fn make_token(&self, new: &NewToken) -> Result<FreshToken> {
        self.ask(Call::post("api/v1/tokens").json(new)).await
    }

    /// Makes a token useless, for ever.
    pub async fn revoke_token(&self, id: TokenId) -> Result<()> {
        self.tell(Call::delete(format!("api/v1/tokens/{id}"))).await
    }
}
