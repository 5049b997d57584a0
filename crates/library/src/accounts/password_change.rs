//! Changing one's own password.

use catalog::{tokens, users};

use crate::error::{Error, Result};
use crate::{Caller, Library};

impl Library {
    /// Replaces the caller's password after checking the present one. Every other session and app
    /// token of the person is revoked, devices' too: whoever knew the old password is out.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: &str,
        new: &str,
        address: &str,
    ) -> Result<()> {
        let account = caller.user_name.key();
        let turn = self.guesses.take_turn(&account, address).await?;
        let user = self.account_of(caller).await?;
        if !self.passwords.verify(current, Some(&user.password_hash)).await? {
            self.guesses.wrong(&account, address);
            return Err(Error::Forbidden("the present password is wrong"));
        }
        drop(turn);
        let hash = self.passwords.hash(new).await?;
        let (user_id, keep, now_ms) = (caller.user_id, caller.token_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    users::set_password(tx, user_id, &hash).await?;
                    tokens::revoke_of_user(tx, user_id, Some(keep), now_ms).await?;
                    Ok(())
                })
            })
            .await
    }
}
