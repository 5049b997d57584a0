//! A person's tokens.

use catalog::tokens::{self, NewToken, Token, TokenKind};
use catalog::{Listed, Page};
use domain::{Name, TokenId};

use super::Secret;
use crate::error::{Error, Result};
use crate::{Caller, Library};

/// A fresh token with its secret, which is shown this once.
#[derive(Debug, Clone)]
pub struct FreshToken {
    /// The secret.
    pub secret: String,
    /// The token as it is listed.
    pub token: Token,
}

impl Library {
    /// The caller's tokens, newest first.
    pub async fn tokens(&self, caller: &Caller, page: Page) -> Result<Listed<Token>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| Box::pin(async move { Ok(tokens::list_of_user(tx, user_id, &page).await?) }))
            .await
    }

    /// Makes a token for a script or another program. A device's token cannot: whoever steals a
    /// phone must not make itself at home.
    pub async fn add_token(&self, caller: &Caller, name: Name) -> Result<FreshToken> {
        if caller.device.is_some() {
            return Err(Error::Forbidden("a device cannot make tokens; log in with name and password"));
        }
        let secret = Secret::fresh(&*self.random);
        let new = NewToken {
            id: self.ids.fresh(),
            kind: TokenKind::App,
            secret_sha256: secret.sha256,
            user_id: caller.user_id,
            device_id: None,
            name,
            created_at_ms: self.now_ms(),
            expires_at_ms: None,
        };
        let token = Token {
            id: new.id,
            kind: new.kind,
            user_id: new.user_id,
            device_id: None,
            name: new.name.clone(),
            created_at_ms: new.created_at_ms,
            last_used_at_ms: None,
            expires_at_ms: None,
        };
        self.catalog.write(move |tx| Box::pin(async move { tokens::insert(tx, &new).await })).await?;
        Ok(FreshToken { secret: secret.text, token })
    }

    /// Revokes one of the caller's tokens; it stops working at once, also in mid-upload.
    pub async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Result<()> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        let revoked = self.catalog.write(move |tx| Box::pin(tokens::revoke(tx, user_id, id, now_ms))).await?;
        if revoked { Ok(()) } else { Err(Error::NotFound("token")) }
    }
}
