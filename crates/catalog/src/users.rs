//! People with an account.

use std::fmt;

use domain::{Name, Role, TimestampMs, UserId};

use crate::error::Result;
use crate::names::name_key;
use crate::page::{ByBytes, Listed, Page};
use crate::row::Row;
use crate::sql::users as sql;
use crate::tx::{Tx, query};

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
    let done = query(sql::INSERT)
        .bind(user.id)
        .bind(user.name.as_str())
        .bind(name_key(&user.name))
        .bind(user.role.as_str())
        .bind(user.password_hash.as_str())
        .bind(user.created_at_ms)
        .bind(user.disabled_at_ms)
        .run(tx);
    done.await.map_err(|error| error.or_name_taken(&user.name))?;
    Ok(())
}

/// An account by its id, switched off or not.
pub async fn get(tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    let row = query(sql::GET).bind(id).optional(tx).await?;
    row.as_ref().map(user_of).transpose()
}

/// An account by its name, compared in NFC form.
pub async fn by_name(tx: &mut Tx, name: &Name) -> Result<Option<User>> {
    let row = query(sql::BY_NAME).bind(name_key(name)).optional(tx).await?;
    row.as_ref().map(user_of).transpose()
}

/// All accounts, by name.
pub async fn list(tx: &mut Tx, page: &Page) -> Result<Listed<User>> {
    let ByBytes(after) = page.start(TAG)?;
    let rows = query(sql::LIST).bind(after).bind(page.rows() + 1).all(tx).await?;
    let users = rows.iter().map(user_of).collect::<Result<_>>()?;
    Ok(Listed::cut(users, page.rows(), TAG, |user: &User| ByBytes(name_key(&user.name))))
}

/// Replaces the password. False when there is no such account.
pub async fn set_password(tx: &mut Tx, id: UserId, password_hash: &str) -> Result<bool> {
    query(sql::SET_PASSWORD).bind(id).bind(password_hash).changed(tx).await
}

/// Switches an account off (`Some(when)`) or on again (`None`). False when there is no such account.
pub async fn set_disabled(tx: &mut Tx, id: UserId, disabled_at_ms: Option<TimestampMs>) -> Result<bool> {
    query(sql::SET_DISABLED).bind(id).bind(disabled_at_ms).changed(tx).await
}

/// How many accounts there are; 0 means that nobody has claimed the hub.
pub async fn count(tx: &mut Tx) -> Result<u64> {
    query(sql::COUNT).one(tx).await?.count("users")
}

/// Which list a cursor is of.
const TAG: u8 = b'u';

fn user_of(row: &Row) -> Result<User> {
    Ok(User {
        id: row.key("id")?,
        name: row.name("name")?,
        role: row.word("role", |word| word.parse().ok())?,
        password_hash: row.text("password_hash")?,
        created_at_ms: row.number("created_at_ms")?,
        disabled_at_ms: row.number_or_none("disabled_at_ms")?,
    })
}
