//! Credentials: only the SHA-256 of a secret is ever kept.

use domain::{DeviceId, Name, TimestampMs, TokenId, UserId};

use crate::devices::Device;
use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;
use crate::users::User;
use crate::words::words;

words! {
    /// What a token is for.
    TokenKind {
        /// A login, in a browser for instance.
        Session = "session",
        /// Made by name for a script or another program.
        App = "app",
        /// A device's.
        Device = "device",
    }
}

/// A credential without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token's id.
    pub id: TokenId,
    /// What it is for.
    pub kind: TokenKind,
    /// Whose it is.
    pub user_id: UserId,
    /// The device it belongs to.
    pub device_id: Option<DeviceId>,
    /// What its owner called it.
    pub name: Name,
    /// Since when it exists.
    pub created_at_ms: TimestampMs,
    /// When it was last used, as far as [`touch`] was told.
    pub last_used_at_ms: Option<TimestampMs>,
    /// From when on it no longer works.
    pub expires_at_ms: Option<TimestampMs>,
}

/// What is written for a new token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// A fresh id.
    pub id: TokenId,
    /// What it is for.
    pub kind: TokenKind,
    /// SHA-256 of the secret; unique.
    pub secret_sha256: [u8; 32],
    /// Whose it is.
    pub user_id: UserId,
    /// The device it belongs to.
    pub device_id: Option<DeviceId>,
    /// What its owner called it.
    pub name: Name,
    /// Now.
    pub created_at_ms: TimestampMs,
    /// From when on it no longer works; `None` for never.
    pub expires_at_ms: Option<TimestampMs>,
}

/// Who is behind a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The token.
    pub token: Token,
    /// The person.
    pub user: User,
    /// The device, when the token belongs to one.
    pub device: Option<Device>,
}

/// Adds a token.
pub async fn insert(tx: &mut Tx, token: &NewToken) -> Result<()> {
    unfinished((tx, token))
}

/// Who is calling, in one query. `None` when the secret is unknown, the token is revoked or
/// expired, the account is switched off, or the device is retired.
pub async fn by_secret(tx: &mut Tx, secret_sha256: &[u8; 32], now_ms: TimestampMs) -> Result<Option<Bearer>> {
    unfinished((tx, secret_sha256, now_ms))
}

/// Remembers when tokens were last used. Callers collect these and write them together once in a
/// while, so that reading costs no commit. Never moves a time backwards.
pub async fn touch(tx: &mut Tx, used: &[(TokenId, TimestampMs)]) -> Result<()> {
    unfinished((tx, used))
}

/// A person's working tokens, newest first. Revoked ones are not shown; expired ones are.
pub async fn list_of_user(tx: &mut Tx, user_id: UserId, page: &Page) -> Result<Listed<Token>> {
    unfinished((tx, user_id, page))
}

/// Revokes one token of a person. False when the person has no such working token.
pub async fn revoke(tx: &mut Tx, user_id: UserId, id: TokenId, now_ms: TimestampMs) -> Result<bool> {
    unfinished((tx, user_id, id, now_ms))
}

/// Revokes all tokens of a device; says how many.
pub async fn revoke_of_device(tx: &mut Tx, device_id: DeviceId, now_ms: TimestampMs) -> Result<u64> {
    unfinished((tx, device_id, now_ms))
}

/// Revokes all tokens of a person but `keep`; says how many. For a changed password.
pub async fn revoke_of_user(
    tx: &mut Tx,
    user_id: UserId,
    keep: Option<TokenId>,
    now_ms: TimestampMs,
) -> Result<u64> {
    unfinished((tx, user_id, keep, now_ms))
}
