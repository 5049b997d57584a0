//! Credentials: only the SHA-256 of a secret is ever kept.

use domain::{DeviceId, Name, TimestampMs, TokenId, UserId};

use crate::devices::Device;
use crate::error::Result;
use crate::page::{ByTimeDown, Listed, Page};
use crate::row::Row;
use crate::sql::tokens as sql;
use crate::tx::{Tx, query};
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
    query(sql::INSERT)
        .bind(token.id)
        .bind(token.kind.as_str())
        .bind(&token.secret_sha256[..])
        .bind(token.user_id)
        .bind(token.device_id)
        .bind(token.name.as_str())
        .bind(token.created_at_ms)
        .bind(token.expires_at_ms)
        .run(tx)
        .await?;
    Ok(())
}

/// Who is calling, in one query. `None` when the secret is unknown, the token is revoked or
/// expired, the account is switched off, or the device is retired.
pub async fn by_secret(tx: &mut Tx, secret_sha256: &[u8; 32], now_ms: TimestampMs) -> Result<Option<Bearer>> {
    let row = query(sql::BY_SECRET).bind(&secret_sha256[..]).bind(now_ms).optional(tx).await?;
    row.as_ref().map(bearer_of).transpose()
}

/// Remembers when tokens were last used. Callers collect these and write them together once in a
/// while, so that reading costs no commit. Never moves a time backwards.
pub async fn touch(tx: &mut Tx, used: &[(TokenId, TimestampMs)]) -> Result<()> {
    for (id, used_at_ms) in used {
        query(sql::TOUCH).bind(*id).bind(*used_at_ms).run(tx).await?;
    }
    Ok(())
}

/// A person's working tokens, newest first. Revoked ones are not shown; expired ones are.
pub async fn list_of_user(tx: &mut Tx, user_id: UserId, page: &Page) -> Result<Listed<Token>> {
    let ByTimeDown(before_ms, before_id) = page.start(TAG)?;
    let rows = query(sql::LIST_OF_USER)
        .bind(user_id)
        .bind(before_ms)
        .bind(before_id)
        .bind(page.rows() + 1)
        .all(tx)
        .await?;
    let tokens = rows.iter().map(token_of).collect::<Result<_>>()?;
    Ok(Listed::cut(tokens, page.rows(), TAG, |token: &Token| {
        ByTimeDown(token.created_at_ms, token.id.as_bytes().to_vec())
    }))
}

/// Revokes one token of a person. False when the person has no such working token.
pub async fn revoke(tx: &mut Tx, user_id: UserId, id: TokenId, now_ms: TimestampMs) -> Result<bool> {
    query(sql::REVOKE).bind(user_id).bind(id).bind(now_ms).changed(tx).await
}

/// Revokes all tokens of a device; says how many.
pub async fn revoke_of_device(tx: &mut Tx, device_id: DeviceId, now_ms: TimestampMs) -> Result<u64> {
    query(sql::REVOKE_OF_DEVICE).bind(device_id).bind(now_ms).run(tx).await
}

/// Revokes all tokens of a person but `keep`; says how many. For a changed password.
pub async fn revoke_of_user(
    tx: &mut Tx,
    user_id: UserId,
    keep: Option<TokenId>,
    now_ms: TimestampMs,
) -> Result<u64> {
    let keep = keep.unwrap_or(TokenId::from_bytes([0; 16]));
    query(sql::REVOKE_OF_USER).bind(user_id).bind(keep).bind(now_ms).run(tx).await
}

/// Revokes a person's working sessions but `keep`, and no token of devices and programs; says how many.
pub async fn revoke_sessions(
    tx: &mut Tx,
    user_id: UserId,
    keep: TokenId,
    now_ms: TimestampMs,
) -> Result<u64> {
    let session = TokenKind::Session.as_str();
    query(sql::REVOKE_OF_KIND).bind(user_id).bind(keep).bind(now_ms).bind(session).run(tx).await
}

/// Whether a token still works: neither revoked nor expired, its account and device not switched
/// off. Asked again in the transaction that finishes an upload, so that a token that was revoked in
/// mid-upload stores nothing any more.
pub async fn is_working(tx: &mut Tx, id: TokenId, now_ms: TimestampMs) -> Result<bool> {
    let row = query(sql::WORKING).bind(id).bind(now_ms).optional(tx).await?;
    Ok(row.is_some())
}

/// Which list a cursor is of.
const TAG: u8 = b't';

fn token_of(row: &Row) -> Result<Token> {
    Ok(Token {
        id: row.key("id")?,
        kind: row.word("kind", TokenKind::from_word)?,
        user_id: row.key("user_id")?,
        device_id: row.key_or_none("device_id")?,
        name: row.name("name")?,
        created_at_ms: row.number("created_at_ms")?,
        last_used_at_ms: row.number_or_none("last_used_at_ms")?,
        expires_at_ms: row.number_or_none("expires_at_ms")?,
    })
}

fn bearer_of(row: &Row) -> Result<Bearer> {
    let user_id = row.key("user_id")?;
    let device_id = row.key_or_none("device_id")?;
    let token = Token {
        id: row.key("token_id")?,
        kind: row.word("token_kind", TokenKind::from_word)?,
        user_id,
        device_id,
        name: row.name("token_name")?,
        created_at_ms: row.number("token_created_at_ms")?,
        last_used_at_ms: row.number_or_none("last_used_at_ms")?,
        expires_at_ms: row.number_or_none("expires_at_ms")?,
    };
    let user = User {
        id: user_id,
        name: row.name("user_name")?,
        role: row.word("role", |word| word.parse().ok())?,
        password_hash: row.text("password_hash")?,
        created_at_ms: row.number("user_created_at_ms")?,
        disabled_at_ms: row.number_or_none("disabled_at_ms")?,
    };
    let device = match device_id {
        None => None,
        Some(id) => Some(Device {
            id,
            user_id,
            installation: row.key("installation_id")?,
            name: row.name("device_name")?,
            platform: row.text("platform")?,
            created_at_ms: row.number("device_created_at_ms")?,
            last_contact_at_ms: row.number_or_none("last_contact_at_ms")?,
            retired_at_ms: row.number_or_none("retired_at_ms")?,
            report: row.text_or_none("report")?,
            reported_at_ms: row.number_or_none("reported_at_ms")?,
        }),
    };
    Ok(Bearer { token, user, device })
}
