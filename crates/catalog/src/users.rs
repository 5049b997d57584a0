//! People with an account.

use std::fmt;

use domain::{Name, Role, TimestampMs, UserId};

use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;

/// A person with an account.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The person's id.
    pub id: UserId,
    /// The person's name; its NFC form is unique on the hub.
    pub name: Name,
    /// What the person is on this hub.
    pub role: Role,
    /// The password as a PHC string.
    pub password_hash: String,
    /// Since when the account exists.
    pub created_at_ms: TimestampMs,
    /// Since when it is switched off, if it is.
    pub disabled_at_ms: Option<TimestampMs>,
}

/// Without the password hash, which has no business in a log.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Adds an account. `NameTaken` when somebody has the name (compared in NFC form).
pub async fn insert(tx: &mut Tx, user: &User) -> Result<()> {
    unfinished((tx, user))
}

/// An account by its id, switched off or not.
pub async fn get(tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    unfinished((tx, id))
}

/// An account by its name, compared in NFC form.
pub async fn by_name(tx: &mut Tx, name: &Name) -> Result<Option<User>> {
    unfinished((tx, name))
}

/// All accounts, by name.
pub async fn list(tx: &mut Tx, page: &Page) -> Result<Listed<User>> {
    unfinished((tx, page))
}

/// Replaces the password. False when there is no such account.
pub async fn set_password(tx: &mut Tx, id: UserId, password_hash: &str) -> Result<bool> {
    unfinished((tx, id, password_hash))
}

/// Switches an account off (`Some(when)`) or on again (`None`). False when there is no such account.
pub async fn set_disabled(tx: &mut Tx, id: UserId, disabled_at_ms: Option<TimestampMs>) -> Result<bool> {
    unfinished((tx, id, disabled_at_ms))
}

/// How many accounts there are; 0 means that nobody has claimed the hub.
pub async fn count(tx: &mut Tx) -> Result<u64> {
    unfinished(tx)
}
