//! Login, and who is calling.

use catalog::devices::{self, Device};
use catalog::tokens::{self, NewToken, TokenKind};
use catalog::users::{self, User};
use domain::{InstallationId, Name, TokenId};

use super::{Secret, digest};
use crate::error::{Error, Result};
use crate::{Caller, CallingDevice, Library};

/// How a device introduces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// Made once by the device's own installation.
    pub installation: InstallationId,
    /// What its owner calls it.
    pub name: Name,
    /// What it runs on.
    pub platform: String,
}

/// A fresh token and whose it is. The secret is shown this once.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The secret.
    pub secret: String,
    /// The person.
    pub user: User,
    /// The device, when one introduced itself.
    pub device: Option<Device>,
}

impl Library {
    /// Checks name and password and gives a token: a session's, which ends by itself, or a
    /// device's, which lasts until it is revoked.
    pub async fn log_in(
        &self,
        name: Name,
        password: &str,
        device: Option<Introduction>,
        address: &str,
    ) -> Result<LoggedIn> {
        let user = self.who_knows_password(name, password, address).await?;
        match device {
            None => self.start_session(user, Name::new("Session")?).await,
            Some(introduction) => self.connect_device(user, introduction).await,
        }
    }

    /// The person with this name, if the password is right. Wrong guesses are counted.
    pub(super) async fn who_knows_password(&self, name: Name, password: &str, address: &str) -> Result<User> {
        let account = name.key();
        let turn = self.guesses.take_turn(&account, address).await?;
        let user = self.catalog.read(|tx| Box::pin(async move { users::by_name(tx, &name).await })).await?;
        let active = user.filter(|user| user.disabled_at_ms.is_none());
        let kept = active.as_ref().map(|user| user.password_hash.as_str());
        if !self.passwords.verify(password, kept).await? {
            self.guesses.wrong(&account, address);
            return Err(Error::WrongPassword);
        }
        drop(turn);
        active.ok_or(Error::WrongPassword)
    }

    /// Who is calling with this secret. Wrong ones are counted against the address.
    pub async fn authenticate(&self, secret: &str, address: &str) -> Result<Caller> {
        if secret.is_empty() {
            return Err(Error::SignInAgain);
        }
        let (hash, now_ms) = (digest(secret), self.now_ms());
        let bearer = self
            .catalog
            .read(move |tx| Box::pin(async move { tokens::by_secret(tx, &hash, now_ms).await }))
            .await?;
        let Some(bearer) = bearer else {
            self.guesses.check_tokens(address)?;
            self.guesses.wrong_token(address);
            return Err(Error::SignInAgain);
        };
        let device = bearer.device.map(|device| CallingDevice { id: device.id, name: device.name });
        self.touches.used(bearer.token.id, device.as_ref().map(|device| device.id), now_ms);
        Ok(Caller {
            user_id: bearer.user.id,
            user_name: bearer.user.name,
            role: bearer.user.role,
            token_id: bearer.token.id,
            device,
        })
    }

    /// Ends the token of this very call.
    pub async fn log_out(&self, caller: &Caller) -> Result<()> {
        self.revoke_token(caller, caller.token_id).await
    }

    /// A session under this name in the person's list.
    pub(super) async fn start_session(&self, user: User, name: Name) -> Result<LoggedIn> {
        let expires_at_ms = Some(self.now_ms() + self.settings.session_ms());
        let secret = Secret::fresh(&*self.random);
        let token = NewToken {
            id: self.ids.fresh(),
            kind: TokenKind::Session,
            secret_sha256: secret.sha256,
            user_id: user.id,
            device_id: None,
            name,
            created_at_ms: self.now_ms(),
            expires_at_ms,
        };
        self.catalog.write(move |tx| Box::pin(async move { tokens::insert(tx, &token).await })).await?;
        Ok(LoggedIn { secret: secret.text, user, device: None })
    }

    async fn connect_device(&self, user: User, introduction: Introduction) -> Result<LoggedIn> {
        let secret = Secret::fresh(&*self.random);
        let (secret_sha256, now_ms) = (secret.sha256, self.now_ms());
        let token_id: TokenId = self.ids.fresh();
        let introduction = devices::Introduction {
            id: self.ids.fresh(),
            user_id: user.id,
            installation: introduction.installation,
            name: introduction.name,
            platform: introduction.platform,
            now_ms,
        };
        let device = self
            .catalog
            .write(move |tx| {
                Box::pin(async move {
                    let (device, created) = devices::insert_or_reclaim(tx, &introduction).await?;
                    // One token per device: whoever held an older one must ask again.
                    tokens::revoke_of_device(tx, device.id, now_ms).await?;
                    tokens::insert(
                        tx,
                        &NewToken {
                            id: token_id,
                            kind: TokenKind::Device,
                            secret_sha256,
                            user_id: device.user_id,
                            device_id: Some(device.id),
                            name: device.name.clone(),
                            created_at_ms: now_ms,
                            expires_at_ms: None,
                        },
                    )
                    .await?;
                    if created {
                        crate::devices::note_change(tx, device.user_id, device.id, now_ms).await?;
                    }
                    Ok::<_, Error>(device)
                })
            })
            .await?;
        Ok(LoggedIn { secret: secret.text, user, device: Some(device) })
    }
}
